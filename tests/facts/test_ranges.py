"""Signs, zeros and what is finite."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.facts.ranges import Range, Ranges
from s2sad.frontend import lower
from s2sad.ir import Const, Var
from s2sad.ir.kinds import kinds_of

FINITE, INFINITE, NAN = 0, 1, 2
A = np.ones(3)


def range_of(f, *args) -> Range:
    fn = lower(f, kinds_of(args, {})).function
    return Ranges(fn).of(fn.result)


def softmax(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


def softmax_of_rows(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def protected(x):
    return np.log(np.where(x > 0.0, x, 1.0))


def protected_otherwise(x):
    return 1.0 / np.where(x == 0.0, 1.0, x)


def written(x):
    y = np.zeros(3)
    y[0] = x[0] * x[0]
    return y


def grown(x):
    s = 1.0
    for v in x:
        s = s + v * v
    return 1.0 / s


def shrunk(x):
    s = 1.0
    for v in x:
        s = s - v * v
    return 1.0 / s


def chosen(x):
    if x[0] > 0.0:
        y = np.exp(x[1])
    else:
        y = 2.0
    return y


@pytest.mark.parametrize("f, wild", [
    (lambda x: x * x + np.sin(x), FINITE),
    (lambda x: 1.0 / (1.0 + x * x), FINITE),
    (lambda x: 1.0 / x, INFINITE),
    (lambda x: x / x, NAN),
    (lambda x: np.exp(x), INFINITE),
    (lambda x: np.exp(-x * x), FINITE),
    (lambda x: 1.0 / (1.0 + np.exp(x)), FINITE),
    (lambda x: np.exp(x) - np.exp(-x), NAN),
    (lambda x: np.log(x), NAN),
    (lambda x: np.log(2.0 + np.abs(x)), FINITE),
    (lambda x: np.log1p(np.exp(-x * x)), FINITE),
    (lambda x: np.sqrt(x), NAN),
    (lambda x: np.sqrt(x * x + 1.0), FINITE),
    (lambda x: x**3, FINITE),
    (lambda x: x**-2, NAN),
    (lambda x: (x * x + 1.0) ** -0.5, FINITE),
    (lambda x: np.linalg.norm(x) * x, FINITE),
    (lambda x: np.maximum(x, 0.5) ** 0.5, FINITE),
    (softmax, FINITE),
    (protected, FINITE),
    (protected_otherwise, FINITE),
    (written, FINITE),
    (grown, FINITE),
    (shrunk, INFINITE),
    (chosen, INFINITE),
])
def test_finite(f, wild):
    assert range_of(f, A).wild == wild


def test_the_largest_of_each_row():
    assert range_of(softmax_of_rows, np.ones((2, 3))).wild == FINITE


@pytest.mark.parametrize("f, low, high, nonzero", [
    (lambda x: x * x, 0, 1, False),
    (lambda x: -np.abs(x), -1, 0, False),
    (lambda x: x * x + 1.0, 1, 1, True),
    (lambda x: np.exp(x), 1, 1, True),
    (lambda x: -2.0 * np.exp(x), -1, -1, True),
    (lambda x: x - np.max(x), -1, 0, False),
    (lambda x: x, -1, 1, False),
    (lambda x: np.sum(np.exp(x[1:])), 1, 1, True),
])
def test_signs(f, low, high, nonzero):
    found = range_of(f, A)
    assert (found.low, found.high, found.nonzero) == (low, high, nonzero)


def test_a_square_of_complex_numbers_has_no_sign():
    assert range_of(lambda z: z * z, np.ones(2, complex)).low == -1


@pytest.mark.parametrize("value, expected", [
    (2.0, Range(1, 1, True)), (0.0, Range(0, 0)), (np.inf, Range(1, 1, True, 2)), ("text", Range()),
    (np.array([1.0, np.nan]), Range(wild=2)),
])
def test_constants(value, expected):
    assert Ranges.constant(None, value) == expected


def test_what_comes_from_outside_is_finite():
    fn = lower(lambda x: x, kinds_of((A,), {})).function
    assert Ranges(fn).of(Var("elsewhere")) == Range() and Ranges(fn).of(Const(-1.0)).high == -1
