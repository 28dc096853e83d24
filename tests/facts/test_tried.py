"""What is remembered of trials, and what is not."""

from __future__ import annotations

import enum
import math
import operator
import os

import numpy as np
import pytest

from s2sad.facts import infer as inference
from s2sad.facts.infer import infer
from s2sad.facts.tried import is_plain, key_of, may_be_tried
from s2sad.ir import Const, Fact, Pack, Var
from s2sad.ir.facts import array, constant, fresh_dim
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


class Counts:
    def __eq__(self, other):
        raise AssertionError

    __hash__ = None


class Colour(enum.Enum):
    RED = 1


class Shade(enum.Enum):
    DARK = 1

    def __eq__(self, other):
        raise AssertionError


def test_what_is_not_recorded_as_pure_is_not_tried():
    for op in (
        Counter(),
        lambda x: x,
        [].append,
        os.remove,
        print,
        np.vectorize(abs),
        np.frompyfunc(abs, 1, 1),
        np.unique,
    ):
        assert not may_be_tried(op)
    for op in (np.sin, math.sin, operator.add, len, np.linalg.inv):
        assert may_be_tried(op) and key_of(op, (X,), ()) is not None


def test_values_that_can_be_changed_are_not_remembered():
    assert key_of(np.sum, (Const(np.zeros(3)),), ()) is None and key_of(np.sum, (Const([1]),), ()) is None


@pytest.mark.parametrize(
    "value",
    [
        1,
        2.0,
        "a",
        None,
        ...,
        (1, [2.0]),
        {"a": 1},
        np.ones(3),
        np.float32(1),
        np.dtype(float),
        float,
        slice(1),
        np.sin,
        len,
        Colour.RED,
        np.finfo(float),
    ],
    ids=repr,
)
def test_nothing_of_the_user_runs_in_these(value):
    assert is_plain(value)


@pytest.mark.parametrize(
    "value",
    [
        Counts(),
        (1, Counts()),
        {"a": Counts()},
        lambda: 1,
        np.array([Counts()]),
        Shade.DARK,
        os.remove,
        np.frompyfunc(abs, 1, 1),
    ],
    ids=lambda v: type(v).__name__,
)
def test_code_of_the_user_may_run_in_these(value):
    assert not is_plain(value)


def test_a_list_that_may_be_empty_is_another_one():
    item = Fact("scalar", np.dtype(float))
    filled, perhaps = (Var("xs", Fact("list", item=item, length=n)) for n in (fresh_dim(True), fresh_dim()))
    assert infer(sum, (filled,), ()).facts[0].kind == "scalar"
    assert infer(sum, (perhaps,), ()).facts[0].kind == "real"
    assert key_of(sum, (filled,), ()) != key_of(sum, (perhaps,), ())
