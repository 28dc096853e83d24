"""Normalisation: values from their definition, derivatives, axes, dtypes."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import check_grads, check_rule, vjp
from s2sad.nn.normalisation import batch_norm, layer_norm, standardise

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 3, 5, 2))


@pytest.mark.parametrize("axis", [-1, 0, (0, 2, 3), (2, 3)])
def test_standardise(axis):
    check_rule(standardise, X, axis)
    check_rule(standardise, X, axis, eps=0.1)
    check_grads(lambda x: np.sum(standardise(x, axis) ** 3), (X,))
    y = standardise(X, axis, 0.0)
    np.testing.assert_allclose(y.mean(axis=axis), 0.0, atol=1e-14)
    np.testing.assert_allclose(y.var(axis=axis), 1.0)


def test_constants_are_finite():
    y, pullback = vjp(lambda x: standardise(x, 0), np.ones(4))
    assert y.tolist() == [0.0] * 4 and np.isfinite(pullback(np.arange(4.0))[0]).all()


@pytest.mark.parametrize("axis", [-1, (-2, -1)])
def test_layer_norm(axis):
    shape = X.shape[-1:] if axis == -1 else X.shape[-2:]
    weight, bias = RNG.normal(size=shape), RNG.normal(size=shape)
    keep = {"axis": axis, "keepdims": True}
    expected = (X - X.mean(**keep)) / np.sqrt(X.var(**keep) + 0.1) * weight + bias
    np.testing.assert_allclose(layer_norm(X, weight, bias, axis, 0.1), expected)
    check_grads(lambda x, w, b: np.sum(layer_norm(x, w, b, axis) ** 2), (X, weight, bias))
    check_grads(lambda x: np.sum(layer_norm(x, axis=axis) ** 3), (X,))


@pytest.mark.parametrize("x", [X, X[..., 0], X[..., 0, 0]], ids=lambda x: str(x.shape))
def test_batch_norm(x):
    weight, bias, mean, var = RNG.normal(size=(3, 3)).tolist() + [[0.5, 1.0, 2.0]]
    weight, bias, mean, var = map(np.array, (weight, bias, mean, var))
    for c in range(3):
        expected = (x[:, c] - x[:, c].mean()) / np.sqrt(x[:, c].var() + 1e-5) * weight[c] + bias[c]
        np.testing.assert_allclose(batch_norm(x, weight, bias)[:, c], expected)
        expected = (x[:, c] - mean[c]) / np.sqrt(var[c] + 0.1) * weight[c] + bias[c]
        np.testing.assert_allclose(batch_norm(x, weight, bias, mean, var, 0.1)[:, c], expected)
    check_grads(lambda x, w, b: np.sum(batch_norm(x, w, b) ** 2), (x, weight, bias))
    check_grads(lambda *args: np.sum(batch_norm(*args) ** 2), (x, weight, bias, mean, var))


def test_one_statistic_is_an_error():
    with pytest.raises(ValueError, match="both statistics"):
        batch_norm(X, mean=np.zeros(3))


def test_single_precision_stays():
    x, w = X.astype(np.float32), np.ones(3, np.float32)
    for f, args in ((batch_norm, (x, w, w)), (batch_norm, (x, w, w, w, w)), (lambda x: layer_norm(x), (x,))):
        y, pullback = vjp(f, *args)
        assert y.dtype == np.float32 and {g.dtype for g in pullback(y)} == {np.dtype(np.float32)}
