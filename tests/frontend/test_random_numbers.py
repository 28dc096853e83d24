"""Generators of random numbers that are made in the function, or handed to it."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad, value_and_grad, vjp
from s2sad.errors import S2SADError


def noisy(x, rng):
    z = rng.normal(size=3)
    z *= 2.0
    return np.sum(x * z)


def test_a_generator_that_is_handed_in_is_drawn_from_as_the_function_does():
    df = grad(noisy)
    for seed in range(3):
        ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
        np.testing.assert_array_equal(df(np.ones(3), ours), 2.0 * theirs.normal(size=3))
        assert ours.random() == theirs.random()
    assert len(df.entries) == 1, "another generator is no reason to compile again"
    assert "rng.normal(size=3)" in df.source and "drawn" not in df.source


def test_building_draws_nothing():
    ours, theirs = np.random.default_rng(5), np.random.default_rng(5)
    grad(noisy).source_for(np.ones(3), ours)
    assert ours.random() == theirs.random()


def test_it_has_no_cotangent_and_forward_and_reverse_sweep_share_the_draws():
    value, pullback = vjp(noisy, np.ones(3), np.random.default_rng(0))
    x_bar, nothing = pullback(1.0)
    assert nothing is None and value == pytest.approx(np.sum(x_bar))
    value, gradient = value_and_grad(noisy)(np.ones(3), np.random.RandomState(0))
    assert value == pytest.approx(np.sum(gradient))


def test_numbers_that_depend_on_an_input_are_refused():
    def f(mu, rng):
        return rng.normal(mu)

    with pytest.raises(S2SADError, match="`normal` of a random number generator has no derivative") as caught:
        grad(f)(0.5, np.random.default_rng(0))
    assert caught.value.code == "S2S003" and "mu + sigma * rng.normal()" in str(caught.value)


def test_shuffling_in_place_is_refused():
    def f(x, rng):
        rng.shuffle(x)
        return x[0]

    with pytest.raises(S2SADError, match="`shuffle` of a random number generator") as caught:
        grad(f)(np.ones(3), np.random.default_rng(0))
    assert "permutation(n)" in str(caught.value)


def test_a_method_that_there_is_not():
    def f(x):
        return x * np.random.default_rng(0).gaussian()

    with pytest.raises(S2SADError, match="has no attribute `gaussian`"):
        grad(f)(0.5)
