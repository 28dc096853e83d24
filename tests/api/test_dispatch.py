"""The short way: what passes the test of a call has the signature of that call."""

from __future__ import annotations

import dataclasses
import itertools
from typing import NamedTuple

import numpy as np
import pytest

import s2sad
from s2sad.api.derivative import MOST_TESTS
from s2sad.api.dispatch import fits_like as make_test
from s2sad.ir.kinds import kinds_of


@dataclasses.dataclass
class Pair:
    a: object
    b: object


class Point(NamedTuple):
    x: float
    y: float


class Slotted:
    __slots__ = ("a",)

    def __init__(self, a):
        self.a = a


V = np.ones(3)
SHARED = Pair(1.0, 2.0)
ARGUMENTS = [
    (2.0,), (2,), (True,), (1j,), (None,), (np.float64(1.0),), (np.float32(1.0),), ("a",), ("b",), (np.sin,), (len,),
    (V,), (np.ones(4),), (np.ones((3, 1)),), (np.ones((3, 3)),), (np.ones((3, 4)),), (V.astype(np.float32),),
    (V.astype(">f8"),), (np.array(1.0),), (np.ones((1, 1)),), (np.matrix([[1.0]]),),
    ([1.0, 2.0],), ([1.0, 2],), ([1.0],), ([],), ((1.0, 2.0),), ((),), (Point(1.0, 2.0),), ([1.0] * 80,),
    ([[1.0], [2.0]],),
    ({"a": 1.0},), ({"b": 1.0},), ({"a": 1.0, "b": V},), ({"b": V, "a": 1.0},), ({},), ({1: 2.0},), ({(1, 2): 2.0},),
    ({True: 2.0},), ({"it's": 1.0},), ({"a": {"a": [V, 1.0]}},), ({"a": {"a": [np.ones(2), 1.0]}},),
    (Pair(1.0, 2.0),), (Pair(1.0, 2),), (Pair(Pair(1.0, V), Pair(1.0, V)),), (Pair(SHARED, SHARED),), (Slotted(1.0),),
    (Pair(1.0, "a"),), (Pair(1.0, np.sin),), ([SHARED] * 2,), ([Pair(1.0, 2.0), Pair(1.0, 2.0)],),
]


def test_what_passes_has_the_same_kinds_of():
    kept = 0
    for a, b in itertools.product(ARGUMENTS, repeat=2):
        fits = make_test(a)
        if fits is not None and type(a[0]) is type(b[0]) and fits(*b):
            assert kinds_of(a) == kinds_of(b), (a, b)
            kept += a is b
    assert kept > 30


def test_what_has_no_quick_test():
    for x in (Slotted(1.0), [1.0] * 80, np.matrix([[1.0]]), [[1.0]] * 300, [Pair(1.0, 2.0) for _ in range(20)]):
        assert make_test((x,)) is None
    assert make_test((SHARED, SHARED)) is None
    fits = make_test((SHARED, Pair(1.0, 2.0)))
    assert fits is not None and not fits(SHARED, SHARED)


def test_a_class_with_another_attribute_does_not_pass():
    p = Pair(1.0, 2.0)
    fits = make_test((p,))
    assert fits(p)
    p.c = 3.0
    assert not fits(p)


@pytest.mark.parametrize("make, change", [
    (lambda k: np.full(3, float(k)), lambda x: np.append(x, 1.0)),
    (lambda k: {"a": float(k), "b": 2.0}, lambda x: {"b": 2.0, "a": x["a"] + 1.0}),
    (lambda k: [float(k), 3.0], lambda x: [*x, 4.0]),
    (lambda k: Pair(float(k), np.ones(2)), lambda x: Pair(np.ones(2), x.a)),
    (lambda k: Point(float(k), 1.0), lambda x: Point(x.x, np.ones(2))),
])
def test_calls_of_one_kind_after_another(make, change):
    def total(x):
        return sum(np.sum(leaf * leaf) for leaf in s2sad.tree.leaves(x))

    def f(x):
        if isinstance(x, np.ndarray):
            return np.sum(x * x)
        parts = [x.a, x.b] if isinstance(x, Pair) else list(x.values()) if isinstance(x, dict) else list(x)
        out = 0.0
        for p in parts:
            out = out + np.sum(p * p)
        return out

    value_and_gradient = s2sad.value_and_grad(f)
    for k in range(5):
        for x in (make(k), change(make(k)), make(k + 1)):
            value, gradient = value_and_gradient(x)
            assert value == total(x)
            doubled = [2.0 * np.asarray(v) for v in s2sad.tree.leaves(x)]
            found = s2sad.tree.leaves(vars(gradient) if isinstance(x, Pair) else gradient)
            assert all(np.array_equal(g, d) for g, d in zip(found, doubled, strict=True))


def test_ever_new_sizes_make_no_ever_new_tests():
    df = s2sad.grad(lambda x: np.sum(x * x), check="first")
    for n in range(1, 3 * MOST_TESTS):
        assert np.array_equal(df(np.ones(n)), 2.0 * np.ones(n))
    assert len(df.quick) == 1


def test_captured_values_are_still_guarded():
    scale = 2.0

    def f(p):
        return p["a"] * scale

    df = s2sad.grad(f)
    for _ in range(3):
        assert df({"a": 1.0}) == {"a": 2.0}
    scale = 5.0
    assert df({"a": 1.0}) == {"a": 5.0}
    assert df(p={"a": 1.0}) == {"a": 5.0} == df(p={"a": 3.0})
