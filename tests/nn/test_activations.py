"""Activation functions: rules, extreme arguments, dtypes."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from s2sad import check_grads, check_rule, grad, vjp
from s2sad.nn import activations
from s2sad.nn.activations import gelu, log_softmax, relu, softmax

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4, 5))


@pytest.mark.parametrize("x", [X, 0.7, -0.7, np.float32(0.7), X.astype(np.float32)], ids=str)
def test_relu_rule(x):
    check_rule(relu, x)


@pytest.mark.parametrize("axis", [-1, 0, 1])
@pytest.mark.parametrize("f", [softmax, log_softmax])
def test_softmax_rules(f, axis):
    check_rule(f, X, axis)
    check_rule(f, X, axis=axis)
    check_grads(lambda x: np.sum(f(x, axis) ** 2), (X,))


def test_softmax_is_what_it_says():
    e = np.exp(X)
    np.testing.assert_allclose(softmax(X, 1), e / e.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(np.exp(log_softmax(X, 1)), softmax(X, 1))


def test_softmax_does_not_overflow():
    x = np.array([[-1e4, 0.0, 1e4], [-np.inf, 0.0, 0.0]])
    np.testing.assert_array_equal(softmax(x), [[0.0, 0.0, 1.0], [0.0, 0.5, 0.5]])
    assert np.isfinite(grad(lambda x: np.sum(softmax(x)[:, 1]))(x)).all()
    assert log_softmax(x)[0].tolist() == [-2e4, -1e4, 0.0]


def test_relu_at_the_edges():
    x = np.array([-np.inf, -0.0, 0.0, 1.0, np.inf])
    np.testing.assert_array_equal(relu(x), [0.0, 0.0, 0.0, 1.0, np.inf])
    np.testing.assert_array_equal(grad(lambda x: np.sum(relu(x)))(x), [0.0, 0.0, 0.0, 1.0, 1.0])
    assert np.isnan(relu(np.nan)) and grad(relu)(0.0) == 0.0 and grad(relu)(2.0) == 1.0


def test_second_derivative_of_a_relu_network():
    w, v = RNG.normal(size=(4, 6)), RNG.normal(size=6)
    x = RNG.normal(size=4)
    check_grads(lambda w, v: (relu(x @ w) @ v) ** 2, (w, v))


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu(approximate):
    check_grads(lambda x: np.sum(gelu(x, approximate)), (X,))
    exact = np.array([0.5 * x * (1.0 + math.erf(x / math.sqrt(2.0))) for x in X.ravel()]).reshape(X.shape)
    np.testing.assert_allclose(gelu(X, approximate), exact, atol=1e-14 if approximate == "none" else 5e-4)
    assert grad(lambda x: gelu(x, approximate))(0.0) == 0.5


def test_gelu_without_scipy(monkeypatch):
    monkeypatch.setattr(activations, "erf", None)
    with pytest.raises(ImportError, match=r"s2sad\[scipy\]"):
        gelu(1.0)
    assert gelu(1.0, "tanh") == pytest.approx(0.8412, abs=1e-4)
    with pytest.raises(ValueError, match="none"):
        gelu(1.0, "sigmoid")


def test_the_module_loads_without_scipy(monkeypatch):
    import importlib.util

    monkeypatch.setitem(sys.modules, "scipy.special", None)
    spec = importlib.util.spec_from_file_location("activations_without_scipy", activations.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.erf is None


@pytest.mark.parametrize("f", [relu, gelu, softmax, log_softmax, lambda x: gelu(x, "tanh")])
def test_single_precision_stays(f):
    y, pullback = vjp(f, X.astype(np.float32))
    assert y.dtype == np.float32 and pullback(y)[0].dtype == np.float32
