"""Generators of random numbers made inside the function."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import check_grads, grad

X = np.array([0.4, 1.3, 2.2])


def two_streams(x):
    """Two generators with one seed are two; the order of draws is that of the program."""
    rng, other = np.random.default_rng(3), np.random.default_rng(3)
    total = 0.0
    for _ in range(3):
        total = total + np.sum(x * rng.normal(size=3)) * other.normal()
        if total > 0.0:
            total = total * rng.uniform(0.5, 1.0)
    return total * rng.random()


def unused_draw(x):
    rng = np.random.RandomState(0)
    rng.randn(5)
    return np.sum(x**2 * rng.randn(3)) + rng.randint(3, 9) * x[0]


def handed_on(x):
    def noise(rng, n):
        return rng.standard_normal(n)
    rng = np.random.default_rng(7)
    samples = [x + noise(rng, 3) for _ in range(2)]
    return np.sum(np.tanh(samples[0] * samples[1]))


@pytest.mark.parametrize("f", [two_streams, unused_draw, handed_on])
def test_draws_are_constants_in_order(f):
    assert s2sad.value_and_grad(f)(X)[0] == f(X)
    check_grads(f, (X,))


def test_facts_of_draws_are_known():
    assert "float64[n" in str(grad(lambda x: np.sum(x * np.random.default_rng(0).normal(size=3))).stages(X))


@pytest.mark.parametrize("f", [lambda x: np.random.default_rng(0).normal(x[0]),
                               lambda x: np.sum(np.random.RandomState(1).gamma(2.0, x))])
def test_a_draw_that_depends_on_what_is_differentiated_is_refused(f):
    with pytest.raises(s2sad.S2SADError, match="S2S003"):
        grad(f)(X)
