"""Functions lowered for the kinds of a call: results, guards, parameters."""

from __future__ import annotations

import collections
import dataclasses

import numpy as np
import pytest

import s2sad
from s2sad import frontend
from s2sad.errors import SourceNotFound
from s2sad.frontend.functions import parameter_names
from s2sad.ir import Pack
from s2sad.ir.interpret import interpret
from s2sad.ir.kinds import kinds_of
from tests.frontend.helper import A, V, check, lower

Pair = collections.namedtuple("Pair", "a b")


@dataclasses.dataclass
class Box:
    w: object
    n: int = 3


def test_names_of_parameters():
    def f(x, *rest, k, **more):
        return x

    assert parameter_names(f, 3, ("k", "m")) == ["x", "rest0", "rest1", "k", "m"]
    assert parameter_names(np.sin, 1, ()) == ["x0"]
    assert [p.name for p in lower(lambda u, v: u, 1.0, 2.0).params] == ["u", "v"]


def test_a_function_without_source():
    exec("def hidden(x): return x", scope := {})
    with pytest.raises(SourceNotFound):
        frontend.lower(scope["hidden"], kinds_of((1.0,)))


@pytest.mark.parametrize("fn, x", [(np.sin, V), (abs, -2.0), (np.linalg.inv, A[:, :2])])
def test_operations_can_be_lowered_themselves(fn, x):
    check(fn, x)


def test_results_of_every_structure():
    check(lambda x: {"a": (x, [x * 2.0]), "b": Pair(x, None)}, 1.5)
    check(lambda x: [], 1.5)
    check(lambda x: None, 1.5)
    assert isinstance(lower(lambda x: (x, x), 1.5).result, Pack)


def test_an_object_is_returned_as_an_object():
    def f(box):
        box.w = box.w * 2.0
        return box

    box = Box(V.copy())
    made = interpret(lower(f, box), box)
    assert type(made) is Box and made.n == 3
    np.testing.assert_array_equal(made.w, 2.0 * V)
    np.testing.assert_array_equal(box.w, V)


def test_bound_methods_and_keyword_arguments():
    class Scale:
        def __init__(self, s):
            self.s = s

        def times(self, x, *, by=1.0):
            return self.s * x * by

    check(Scale(3.0).times, V)
    check(Scale(V).times, 2.0, by=3.0)


def test_guards_see_a_new_global(monkeypatch):
    monkeypatch.setitem(globals(), "FACTOR", 2.0)

    def f(x):
        return x * FACTOR  # noqa: F821

    guards = frontend.lower(f, kinds_of((1.0,))).guards
    assert all(g() for g in guards)
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    assert not all(g() for g in guards)


@pytest.mark.parametrize("value", [3, 2.5, "s", (1, 2.0), [1.0], {"a": 1}, np.ones(2), len])
def test_guards_accept_an_equal_value_only_where_it_is_the_same(value, monkeypatch):
    monkeypatch.setitem(globals(), "THING", value)

    def f(x):
        return (x, THING)[0]  # noqa: F821

    guards = frontend.lower(f, kinds_of((1.0,))).guards
    assert guards and all(g() for g in guards)
    monkeypatch.setitem(globals(), "THING", [value])
    assert not all(g() for g in guards)


def test_a_function_with_a_rule_is_differentiated_by_it():
    norm = pytest.importorskip("scipy.stats").norm
    assert s2sad.grad(norm.logpdf)(0.3) == -0.3
    assert s2sad.grad(np.sin)(0.0) == 1.0
