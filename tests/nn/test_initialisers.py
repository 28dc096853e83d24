"""Initialisers: moments, bounds, seeds."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.nn import initialisers as init

SHAPE = (64, 32, 3, 3)
FAN_IN, FAN_OUT = 32 * 9, 64 * 9
VARIANCES = {
    "he_normal": 2.0 / FAN_IN,
    "he_uniform": 2.0 / FAN_IN,
    "glorot_normal": 2.0 / (FAN_IN + FAN_OUT),
    "glorot_uniform": 2.0 / (FAN_IN + FAN_OUT),
    "fan_in_uniform": 1.0 / (3.0 * FAN_IN),
}


@pytest.mark.parametrize("name", VARIANCES)
def test_variance(name):
    w = getattr(init, name)(SHAPE, np.random.default_rng(0))
    assert w.shape == SHAPE and w.dtype == float
    assert w.var() == pytest.approx(VARIANCES[name], rel=0.05) and abs(w.mean()) < 0.02 * w.std()


@pytest.mark.parametrize("name", [n for n in VARIANCES if n.endswith("uniform")])
def test_bounds(name):
    w = getattr(init, name)(SHAPE, np.random.default_rng(0))
    bound = np.sqrt(3.0 * VARIANCES[name])
    assert 0.99 * bound < np.abs(w).max() <= bound


@pytest.mark.parametrize("name", VARIANCES)
def test_seeds(name):
    f = getattr(init, name)
    a, b, c = (f((3, 4), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


def test_biases_need_to_be_told():
    assert np.abs(init.fan_in_uniform((5,), np.random.default_rng(0), (100, 5))).max() <= 0.1
    with pytest.raises(ValueError, match="how many inputs"):
        init.he_normal((5,), np.random.default_rng(0))


def test_zeros_draw_nothing():
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    assert not init.zeros((2, 2), rng).any() and rng.bit_generator.state == before
