"""Tests of s2sad/backend/express.py: constants, operators, names of functions."""
from __future__ import annotations

import math
import operator
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

from s2sad.backend.emit import emit
from s2sad.backend.load import load
from s2sad.ir import Block, Call, Const, Function, Pack, Var
from tests.backend.helper import MATRIX, compiled, equal, ir, text

Point = namedtuple("Point", "x y")


def value_of(arg: Any) -> Any:
    source = emit(Function("f", Block((), (), (arg,))))
    return load(source.text, source.namespace, "f")()


@pytest.mark.parametrize("value", [
    0, -1, 10**40, 1.5, -2.0, -0.0, math.inf, -math.inf, 1e300, 2j, -2j, complex(-0.0, 1.0), complex(1.0, -0.0),
    True, None, ..., "it's \"quoted\"\n", b"\x00", (1, (2.0, None)), (), np.float64(1.5), np.float32(0.1), np.int8(3),
    np.bool_(True), np.float64("nan"), np.dtype("float32"), np.float64, np.sin, len, slice(1, None, 2), np.newaxis,
    math.nan, np.complex64(1 + 2j)], ids=repr)
def test_constants(value: Any) -> None:
    made = value_of(Const(value))
    assert type(made) is type(value) and repr(made) == repr(value)


def test_objects_are_bound() -> None:
    table = {"a": 1}
    assert value_of(Const(table, "table")) is table
    assert value_of(Const(table)) is table


def test_packs() -> None:
    assert value_of(Pack("dict", (Const(1), Const(2)), ("a", 3))) == {"a": 1, 3: 2}
    assert value_of(Pack("list", (Const(1), Pack("tuple", ())))) == [1, ()]
    assert value_of(Pack(Point, (Const(1), Const(2)))) == Point(1, 2)
    assert value_of(Pack("slice", (Const(None), Const(2), Const(None)))) == slice(2)


def test_precedence() -> None:
    fn = ir("""
        def f(x, y):
            a = -(x - y) - (x - (y - x))
            b = (x < y) == (y < x)
            return x ** -2.0, (-x) ** 2.0, -(x ** 2.0), a, b, not (x < y), x / (y * x)
        """)
    x, y = 1.25, 0.75
    assert compiled(fn)(x, y) == (x ** -2.0, (-x) ** 2.0, -(x ** 2.0), -(x - y) - (x - (y - x)), (x < y) == (y < x),
                                  not (x < y), x / (y * x))


def test_indices() -> None:
    fn = ir("""
        def f(A, i):
            s = np.sum(A, axis=0)
            return A[1:, ..., None, ::2], A[i], A[i, :-1], A[[0, 1]], A[()], np.transpose(A), np.shape(A), s
        """, {"A": MATRIX})
    assert "A[1:, ..., None, ::2], A[i], A[i, :-1], A[[0, 1]], A[()], A.T, A.shape" in " ".join(text(fn).split())
    A = np.arange(16.0).reshape(4, 4)
    assert equal(compiled(fn)(A, 1), (A[1:, ..., None, ::2], A[1], A[1, :-1], A[[0, 1]], A[()], A.T, A.shape, A.sum(0)))


def test_operations_by_name() -> None:
    def mine(x: float) -> float:
        return x + 1

    outs = tuple(Var(f"y{k}") for k in range(4))
    x = Var("x")
    calls = tuple(Call((out,), op, (x,)) for out, op in zip(outs, (math.sin, np.linalg.norm, mine, abs)))
    contains = Var("c")
    fn = Function("f", Block((x,), (*calls, Call((contains,), operator.contains, (Pack("list", (x,)), x))),
                             (Pack("tuple", (*outs, contains)),)))
    source = emit(fn)
    assert "math.sin(x)" in source.text and "mine(x)" in source.text and "x in [x]" in source.text
    assert source.namespace["mine"] is mine
    assert compiled(fn)(2.0) == (math.sin(2.0), 2.0, 3.0, 2.0, True)
