"""Operators."""

from __future__ import annotations

import operator

import gast
import numpy as np
import pytest

from s2sad.frontend.operators import OPERATOR
from tests.frontend.helper import V, check, ops


def test_one_ir_operation_per_operator():
    assert ops(lambda v: -(v + v) @ v, V) == [OPERATOR[gast.Add], OPERATOR[gast.USub], OPERATOR[gast.MatMult]]
    assert ops(lambda x: x < 2.0, 1.0) == [OPERATOR[gast.Lt]]


@pytest.mark.xfail(reason="np.bool where Python gives bool", strict=True)
def test_equality_of_lists_is_a_bool():
    check(lambda v: [v[0], v[1]] == [v[0], v[1]], V)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: v + 2.0,
        lambda v: 2.0 - v,
        lambda v: v * v,
        lambda v: v / 3,
        lambda v: v**2,
        lambda v: v // 0.4,
        lambda v: v % 0.5,
        lambda v: v @ v,
        lambda v: -v,
        lambda v: +v,
        lambda v: abs(v),
        lambda v: (v > 0.0) & (v < 1.0),
        lambda v: ~(v > 0.0),
        lambda v: (v > 0) | (v < -1),
        lambda v: (v > 0) ^ (v > 1),
        lambda v: 1 << 3,
        lambda v: 17 >> 2,
        lambda v: divmod(v[2], 0.5),
        lambda v: pow(v[2], 3),
        lambda v: round(v[0], 1),
        lambda v: 0.0 < v[0] < v[2] < 5.0,
        lambda v: 0.0 < v[1] < v[2],
        lambda v: v[0] == v[0] != v[1],
        lambda v: 1 in [1, 2],
        lambda v: "a" not in {"b": 1},
        lambda v: v[0] in (v[0], 2.0),
        lambda v: "x" * 3 and v[0],
        lambda v: [v[0]] * 3 + [v[1]],
        lambda v: (v[0],) + (v[1],) * 2,
        lambda v: [v[0], v[1]] == [v[1], v[0]] or v[2],
        lambda v: (v[0], 1) == (v[0], 1.0),
    ],
)
def test_operators(fn):
    check(fn, V)


def test_objects_that_equal_themselves_alone_are_compared_now():
    class Plain:
        pass

    one = Plain()

    def f(v):
        known = np == np and one == one and one != "a"  # noqa: PLR0124
        return v * 2.0 if known and None != one.__class__ else v  # noqa: E711

    assert ops(f, V) == [operator.mul]


def test_isinstance_with_unions_and_nested_tuples():
    def f(v):
        return v * 2.0 if isinstance(v, int | np.ndarray) and not isinstance(v, (int, (str, float | None))) else v

    assert ops(f, V) == [operator.mul]
