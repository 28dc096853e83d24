"""What is remembered of trials, and what is not."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest

from s2sad.facts import infer as inference
from s2sad.facts.infer import infer
from s2sad.facts.tried import key_of
from s2sad.ir import Const, Fact, Pack, Var
from s2sad.ir.facts import array, constant
from tests.facts.helper import N

A, X = Var("a", array(float, (N, 3))), Var("x", Fact("float"))


def trials(monkeypatch, op, *calls):
    """How many of some calls were tried."""
    count = []
    original = inference._describe
    monkeypatch.setattr(inference, "_describe", lambda result: count.append(1) or original(result))
    for args in calls:
        infer(op, args, ())
    return len(count)


def test_the_same_kinds_are_tried_once(monkeypatch):
    other = Var("b", array(float, ((("n", 99), 0), 3)))
    assert trials(monkeypatch, np.fft.ifftshift, (A,), (other,), (A,)) <= 1


@pytest.mark.parametrize(
    "one, two",
    [
        ((A, Const(0)), (A, Const(1))),
        ((A, Const(0)), (A, Const(0.0))),
        ((A, Const(1)), (A, Const(True))),
        ((A, Const(0.0)), (A, Const(-0.0))),
        ((A, Const("C")), (A, Const(None))),
        ((A, X), (X, A)),
        ((A, X), (A, Var("k", Fact("int")))),
        ((A, X), (Var("a", array(np.float32, (N, 3))), X)),
        ((A, X), (Var("a", array(float, (3, 3))), X)),
        ((A, Pack("tuple", (Const(0),))), (A, Pack("list", (Const(0),)))),
        ((A, Const((0, 1))), (A, Const((1, 0)))),
        ((X, X), (Var("x", constant(2.0)), X)),
        ((A, A), (A, Var("s", Fact("list", item=A.fact)))),
    ],
    ids=str,
)
def test_other_kinds_and_other_constants_are_other_keys(one, two):
    assert key_of(np.sum, one, ()) is not None and key_of(np.sum, one, ()) != key_of(np.sum, two, ())


def test_options_count():
    keys = {key_of(np.sum, (A,), kw) for kw in ((), (("axis", Const(0)),), (("keepdims", Const(0)),))}
    assert len(keys) == 3


def test_two_results_have_sizes_of_their_own():
    one, two = (infer(np.nonzero, (Var("m", array(float, (N,))),), ()).facts[0] for _ in range(2))
    assert one.kind == two.kind == "array" and one.dims != two.dims


class Counter:
    calls = 0

    def __call__(self, x):
        return x


def test_what_may_have_a_state_is_not_remembered():
    for op in (Counter(), lambda x: x, np.random.default_rng(0).normal, [].append, np.zeros(3).sum):
        assert key_of(op, (X,), ()) is None
    assert key_of(np.sum, (Const(np.zeros(3)),), ()) is None and key_of(np.sum, (Const([1]),), ()) is None
    for op in (np.sin, math.sin, operator.add, len, np.linalg.inv):
        assert key_of(op, (X,), ()) is not None
