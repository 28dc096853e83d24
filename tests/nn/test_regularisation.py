"""Dropout: one mask for value and gradient, drawn as the primal draws it."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad, jvp, value_and_grad
from s2sad.nn.regularisation import dropout


def energy(x, rng):
    return np.sum(dropout(x, 0.3, rng) ** 2)


def test_value_and_gradient_have_the_mask_of_the_primal():
    x = np.random.default_rng(5).normal(size=(20, 10))
    ours, plain = np.random.default_rng(0), np.random.default_rng(0)
    for _ in range(3):
        value, gradient = value_and_grad(energy)(x, ours)
        y = dropout(x, 0.3, plain)
        assert value == np.sum(y**2)
        np.testing.assert_allclose(gradient, np.where(y == 0.0, 0.0, 2.0 * x / 0.49))
    assert ours.bit_generator.state == plain.bit_generator.state


def test_two_layers_draw_two_masks_in_order():
    def f(x, w, rng):
        return np.sum(dropout(dropout(x, 0.5, rng) * w, 0.5, rng))

    x, w = np.random.default_rng(1).normal(size=(2, 50))
    value, gradient = value_and_grad(f, 1)(x, w, np.random.default_rng(2))
    rng = np.random.default_rng(2)
    first, second = rng.random(50) >= 0.5, rng.random(50) >= 0.5
    assert value == pytest.approx(np.sum(4.0 * x * w * first * second))
    np.testing.assert_allclose(gradient, 4.0 * x * first * second)


def test_the_mean_stays_and_the_rate_is_right():
    y = dropout(np.ones(100_000), 0.3, np.random.default_rng(0))
    assert np.mean(y == 0.0) == pytest.approx(0.3, abs=0.01) and y.mean() == pytest.approx(1.0, abs=0.02)


def test_the_rate_is_a_constant():
    x = np.ones(4)
    rng = np.random.default_rng(0)
    assert grad(lambda x, rate: np.sum(dropout(x, rate, rng)), 1)(x, 0.5) == 0.0
    assert jvp(lambda r: np.sum(dropout(x, r, rng)), (0.5,), (1.0,))[1] == 0.0


@pytest.mark.parametrize("rate", [-0.1, 1.0, np.nan])
def test_impossible_rates(rate):
    with pytest.raises(ValueError, match="at least 0 and less than 1"):
        dropout(np.ones(3), rate, np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least 0 and less than 1"):
        grad(lambda x, rate, rng: np.sum(dropout(x, rate, rng)))(np.ones(3), rate, np.random.default_rng(0))


def test_rate_zero_keeps_everything_and_single_precision_stays():
    x = np.random.default_rng(0).normal(size=7).astype(np.float32)
    y = dropout(x, 0.0, np.random.default_rng(0))
    assert np.array_equal(y, x) and y.dtype == np.float32
    assert grad(energy)(x, np.random.default_rng(0)).dtype == np.float32
