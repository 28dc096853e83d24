"""Generators of random numbers that are made in the function, or handed to it."""

from __future__ import annotations

import copy
import random

import numpy as np
import pytest

import s2sad
from s2sad import check_grads, grad, value_and_grad, vjp
from s2sad.errors import S2SADError

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


@pytest.mark.parametrize(
    "f", [lambda x: np.random.default_rng(0).normal(x[0]), lambda x: np.sum(np.random.RandomState(1).gamma(2.0, x))]
)
def test_a_draw_that_depends_on_what_is_differentiated_is_refused(f):
    with pytest.raises(s2sad.S2SADError, match="S2S003"):
        grad(f)(X)


# Generators among the arguments


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


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState, random.Random])
def test_shuffling_in_place(make):
    def f(x, rng):
        y = x * x
        rng.shuffle(y)
        items = [y[0], 2.0 * y[1], y[2]]
        rng.shuffle(items)
        return y[0] * items[0] + items[1] * rng.random()

    x, rng, own = np.array([0.4, 0.7, 1.1]), make(0), make(0)
    value, gradient = s2sad.value_and_grad(f)(x, rng)
    assert value == f(x, own) and rng.random() == own.random()
    for k in range(3):
        step = 1e-6 * np.eye(3)[k]
        assert gradient[k] == pytest.approx((f(x + step, make(0)) - f(x - step, make(0))) / 2e-6, rel=1e-6)


def test_shuffling_along_an_axis_is_refused():
    def f(x, rng):
        rng.shuffle(x, axis=1)
        return x[0, 0]

    with pytest.raises(S2SADError, match="`shuffle` along another axis") as caught:
        grad(f)(np.ones((3, 3)), np.random.default_rng(0))
    assert "permutation(n)" in str(caught.value)


def test_a_method_that_there_is_not():
    def f(x):
        return x * np.random.default_rng(0).gaussian()

    with pytest.raises(AttributeError, match="has no attribute 'gaussian'"):
        grad(f)(0.5)


MINE = np.random.default_rng(3)


def copied(x):
    rng = copy.deepcopy(MINE)
    return x * rng.normal() * MINE.normal()


def copied_in_a_loop(x):
    s = 0.0
    for _ in range(3):
        s += x * copy.deepcopy(MINE).normal()
    return s


def copied_in_a_branch(x):
    rng = copy.deepcopy(MINE) if x > 0.0 else MINE
    return x * rng.normal()


def drawn_by(rng, x):
    return rng.normal() * x


def copied_for_a_helper(x):
    rng = copy.deepcopy(MINE)
    return drawn_by(rng, x) + drawn_by(MINE, x) + drawn_by(rng, x)


def copied_twice(x):
    one, other = copy.deepcopy((MINE, MINE))
    return x * one.normal() * other.normal()


def copied_in_a_dict(x):
    return x * copy.deepcopy({"rng": MINE})["rng"].normal()


def a_copy_that_shares(x):
    return x * copy.copy(MINE).normal()


def made_of_another(x):
    return x * np.random.default_rng(MINE).normal()


def spawned(x):
    return x * copy.deepcopy(MINE).spawn(2)[1].normal()


@pytest.mark.parametrize(
    "fn",
    [
        copied,
        copied_in_a_loop,
        copied_in_a_branch,
        copied_for_a_helper,
        copied_twice,
        copied_in_a_dict,
        a_copy_that_shares,
        made_of_another,
        spawned,
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        lambda fn, x: s2sad.value_and_grad(fn)(x)[0],
        lambda fn, x: s2sad.vjp(fn, x)[0],
        lambda fn, x: s2sad.jvp(fn, (x,), (1.0,))[0],
    ],
    ids=["value_and_grad", "vjp", "jvp"],
)
def test_copies_of_generators(fn, call):
    """A deep copy is a generator of its own: it draws the same numbers, and does not move the original on."""
    start = MINE.bit_generator.state
    expected, after = fn(0.5), MINE.bit_generator.state
    MINE.bit_generator.state = start
    assert call(fn, 0.5) == expected
    assert MINE.bit_generator.state == after
