"""Arguments are the same only if they certainly are one value."""

from __future__ import annotations

import math

import numpy as np
import pytest

from s2sad.ir import Const, Pack, Var
from s2sad.ir.equal import key, same, value_key

X, Y = Var("x"), Var("x")
ARRAY = np.ones(2)


@pytest.mark.parametrize(
    "a, b",
    [
        (X, X),
        (Const(1.5), Const(1.5)),
        (Const(math.nan), Const(float("nan"))),
        (Const("a"), Const("a")),
        (Const((1, 2.0)), Const((1, 2.0))),
        (Const(slice(0, None)), Const(slice(0, None))),
        (Const(ARRAY), Const(ARRAY)),
        (Pack("tuple", (X, Const(1))), Pack("tuple", (X, Const(1)))),
        (Pack("dict", (X,), ("a",)), Pack("dict", (X,), ("a",))),
        (Const(np.sum), Const(np.sum)),
        (Const(1 + 2j), Const(1 + 2j)),
    ],
)
def test_one_value(a, b):
    assert same(a, b) and key(a) == key(b) and hash(key(a)) == hash(key(b))


@pytest.mark.parametrize(
    "a, b",
    [
        (X, Y),
        (Const(1), Const(True)),
        (Const(1), Const(1.0)),
        (Const(0.0), Const(-0.0)),
        (Const(0j), Const(-0j)),
        (Const(1.0), Const(np.float64(1.0))),
        (Const((1,)), Const((True,))),
        (Const((0.0,)), Const((-0.0,))),
        (Const(slice(0, 1)), Const(slice(0, True))),
        (Const(ARRAY), Const(ARRAY.copy())),
        (Const(None), Const(0)),
        (Pack("tuple", (X,)), Pack("list", (X,))),
        (Pack("tuple", (X,)), Pack("tuple", (Y,))),
        (Pack("dict", (X,), ("a",)), Pack("dict", (X,), ("b",))),
        (Const("a"), Const(b"a")),
        (X, Const(1)),
    ],
)
def test_two_values(a, b):
    assert not same(a, b)


def test_a_key_can_be_hashed_whatever_the_value():
    hash(value_key([1, 2]))
    hash(value_key({"a": ([],)}))
