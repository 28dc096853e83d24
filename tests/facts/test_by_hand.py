"""Facts that trying an operation cannot tell."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from s2sad import runtime
from s2sad.facts.infer import infer
from s2sad.ir import Const, Fact, Var
from s2sad.ir.facts import UNSET
from tests.facts.helper import SHAPES, M, N, S, check, value


@pytest.mark.parametrize(
    "op", [runtime.add, runtime.unbroadcast, runtime.broadcast_like, runtime.astype_of], ids=lambda f: f.__name__
)
def test_helpers_of_cotangents(op):
    for shape in SHAPES[1:]:
        for dtype in (float, np.float32, complex):
            check(op, (value(shape, dtype), value(shape, dtype, 1)))
    for g, x in (
        (0.5, 0.7),
        (np.float64(0.5), 0.7),
        (np.float32(0.5), np.float32(1)),
        (value((4, 3), float), value((3,), float)),
        (value((4, 3), float), value((1, 3), np.float32)),
    ):
        if op is not runtime.add or np.shape(g) == np.shape(x):
            check(op, (g, x))


@pytest.mark.parametrize(
    "op, args",
    [
        (runtime.copy, (value((2, 3), float),)),
        (runtime.zeros_like, (value((2, 3), np.float32),)),
        (runtime.setitem, (value((3,), float), 0, 0.5)),
        (operator.getitem, ((0.5, 2), S(1))),
        (np.shape, (value((2, 3), float),)),
        (np.size, (value((2, 3), float),)),
        (np.ndim, (value((2, 3), float),)),
        (operator.eq, (3, 3)),
        (operator.ne, (3, 4)),
        (operator.pow, (2.0, 0.5)),
        (operator.pow, (2, 3)),
        (max, (0.5, 0.7)),
        (max, (1, 0.7)),
        (np.linalg.eigvals, (np.array([[0.0, 1.0], [-1.0, 0.0]]),)),
        (np.squeeze, (value((1, 3), float),)),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_by_hand(op, args):
    check(op, args)


def test_a_size_that_is_not_one_does_not_equal_one():
    n, m = Var("n", Fact("int", sym=N)), Var("m", Fact("int", sym=M))
    assert infer(operator.eq, (n, Const(1)), ()).facts[0].value is False
    assert infer(operator.ne, (Const(1), n), ()).facts[0].value is True
    assert infer(operator.eq, (m, Const(1)), ()).facts[0].value is UNSET


def test_what_an_append_leaves():
    xs = Var("xs", Fact("list", item=Fact("float")))
    assert infer(runtime.append, (xs, Const(1.0)), ()).facts[0].item.kind == "float"
