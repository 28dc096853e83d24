"""Signatures, structured arguments, and functions lowered for them."""

from __future__ import annotations

import collections
import dataclasses

import numpy as np
import pytest

import s2sad
from s2sad import nn
from s2sad.errors import ArgumentError, SourceNotFound
from s2sad.frontend.signature import (
    Record,
    fields_of,
    is_long,
    is_record,
    lower_function,
    parameter_names,
    signature,
)
from s2sad.ir import Pack, Var
from s2sad.ir.interpret import interpret
from tests.frontend.helper import A, V, check, lower

Pair = collections.namedtuple("Pair", "a b")


@dataclasses.dataclass
class Box:
    w: object
    n: int = 3


class Slotted:
    __slots__ = ("w",)

    def __init__(self, w):
        self.w = w


def ones(*shape, dtype=float):
    return np.ones(shape, dtype)


@pytest.mark.parametrize(
    "a, b",
    [
        ((1.0,), (2.0,)),
        ((ones(3, 1),), (ones(7, 1),)),
        ((ones(3), ones(3)), (ones(4), ones(4))),
        (([1.0, 2],), ([0.5, 3],)),
        (({"a": 1.0},), ({"a": 2.0},)),
        ((Pair(1.0, V),), (Pair(2.0, V),)),
        ((np.float32(1),), (np.float32(2),)),
        (("s",), ("s",)),
        ((None, len), (None, len)),
        ((Box(V),), (Box(V + 1),)),
        (([1.0] * 100,), ([2.0] * 200,)),
        ((ones(0),), (ones(2),)),
    ],
)
def test_calls_of_one_signature(a, b):
    assert signature(a) == signature(b) and hash(signature(a)) == hash(signature(b))


@pytest.mark.parametrize(
    "a, b",
    [
        ((1.0,), (1,)),
        ((1,), (True,)),
        ((1.0,), (1j,)),
        ((1.0,), (np.float64(1.0),)),
        ((np.float64(1),), (np.float32(1),)),
        ((np.array(1.0),), (1.0,)),
        ((ones(3),), (ones(3, 1),)),
        ((ones(3),), (ones(1),)),
        ((ones(3, 4),), (ones(3, 3),)),
        ((ones(3), ones(3)), (ones(3), ones(4))),
        ((ones(3),), (ones(3, dtype=np.float32),)),
        (([1.0],), ((1.0,),)),
        (([1.0],), ([1.0, 2.0],)),
        (({"a": 1.0},), ({"b": 1.0},)),
        (({"a": 1.0, "b": 1.0},), ({"b": 1.0, "a": 1.0},)),
        (("s",), ("t",)),
        ((len,), (max,)),
        ((None,), (1.0,)),
        ((Pair(1.0, 2.0),), ((1.0, 2.0),)),
        ((Box(V),), (Box(1.0),)),
        ((Box(V),), (Slotted(V),)),
        ((int,), (float,)),
        (([1.0] * 100,), ([1] * 100,)),
    ],
)
def test_calls_of_two_signatures(a, b):
    assert signature(a) != signature(b)


def test_records():
    assert is_record(Box(V)) and is_record(Slotted(V))
    assert not any(map(is_record, (1.0, V, "s", len, Box, np, Box.__init__, np.random.default_rng(0))))
    assert fields_of(Box(1.0)) == {"w": 1.0, "n": 3} and fields_of(Slotted(2.0)) == {"w": 2.0}


def test_long_lists_are_not_taken_apart():
    assert is_long([1.0] * 65) and not is_long([1.0] * 64) and not is_long([1.0] * 64 + [1])
    assert not is_long((1.0,) * 65)


def test_leaves_follow_the_structure():
    def f(p, q):
        return p["a"][0] * q.w

    leaves = lower_function(f, ({"a": [1.0, (V, 2)]}, Box(2.0)), {}).leaves
    assert isinstance(leaves[0]["a"][0], Var) and isinstance(leaves[0]["a"][1], tuple)
    assert isinstance(leaves[1], Record) and leaves[1].cls is Box and list(leaves[1].fields) == ["w", "n"]
    flat = [leaves[0]["a"][0], *leaves[0]["a"][1], *leaves[1].fields.values()]
    assert [v.fact.kind for v in flat] == ["float", "array", "int", "float", "int"]


def test_what_is_written_to():
    def f(a, b, c):
        a[0] = 1.0
        row = b["x"][0]
        row += 1.0
        return a, b, c

    lowered = lower_function(f, (V, {"x": A, "y": A}, V), {})
    assert lowered.written == {lowered.leaves[0], lowered.leaves[1]["x"]}


def test_equal_sizes_share_a_dimension():
    (a, b, c) = lower(lambda a, b, c: a, np.ones((2, 3)), np.ones(3), np.ones((1, 2))).params
    assert a.fact.dims[1] == b.fact.dims[0] and a.fact.dims[0] == c.fact.dims[1] and c.fact.dims[0] == 1
    assert a.fact.dims[0] != a.fact.dims[1]


def test_names_of_parameters():
    def f(x, *rest, k, **more):
        return x

    assert parameter_names(f, 3, {"k": 1, "m": 2}) == ["x", "rest0", "rest1", "k", "m"]
    assert parameter_names(np.sin, 1, {}) == ["x0"]
    assert [p.name for p in lower(lambda u, v: u, 1.0, 2.0).params] == ["u", "v"]


def test_a_function_without_source():
    exec("def hidden(x): return x", scope := {})
    with pytest.raises(SourceNotFound):
        lower_function(scope["hidden"], (1.0,), {})


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

    guards = lower_function(f, (1.0,), {}).guards
    assert all(g() for g in guards)
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    assert not all(g() for g in guards)


@pytest.mark.parametrize("value", [3, 2.5, "s", (1, 2.0), [1.0], {"a": 1}, np.ones(2), len])
def test_guards_accept_an_equal_value_only_where_it_is_the_same(value, monkeypatch):
    monkeypatch.setitem(globals(), "THING", value)

    def f(x):
        return (x, THING)[0]  # noqa: F821

    guards = lower_function(f, (1.0,), {}).guards
    assert guards and all(g() for g in guards)
    monkeypatch.setitem(globals(), "THING", [value])
    assert not all(g() for g in guards)


def test_layers_are_records_and_our_own_objects_are_not():
    assert is_record(nn.Dropout(0.5)) and fields_of(nn.Dropout(0.5)) == {"rate": 0.5}
    assert not is_record(Var("x"))


def test_arrays_of_other_libraries_are_refused():
    class Chunked:
        shape = (3,)

        def __array_function__(self, *args):
            raise AssertionError("nothing is computed with it")

    with pytest.raises(ArgumentError, match="array of class `tests..*Chunked`, not of `np.ndarray`") as caught:
        s2sad.grad(lambda v: (v**2).sum())(Chunked())
    assert caught.value.code == "S2S006"
    assert "np.asarray" in caught.value.hint


def test_a_function_with_a_rule_is_differentiated_by_it():
    norm = pytest.importorskip("scipy.stats").norm
    assert s2sad.grad(norm.logpdf)(0.3) == -0.3
    assert s2sad.grad(np.sin)(0.0) == 1.0
