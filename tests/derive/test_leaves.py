"""Parameter trees."""

from __future__ import annotations

import operator
import types

import numpy as np
import pytest

from s2sad.derive.leaves import differentiable, leaf_path, structured
from s2sad.frontend import Record, branches_of, leaves_of
from s2sad.ir import Const, Fact, Var
from s2sad.ir.interpret import evaluate

V = np.array([0.3, 0.7, 1.2])


def test_leaves_and_their_paths():
    a, b, c = Var("a"), Var("b"), Var("c")
    tree = ({"x": a, "n": None}, [Record(types.SimpleNamespace, {"w": (b,)})], c)
    assert leaves_of(tree) == [a, b, c]
    value = ({"x": 1, "n": 0}, [types.SimpleNamespace(w=(2,))], 3)
    for leaf, expected in ((a, 1), (b, 2), (c, 3)):
        found = value
        for op, key in leaf_path(tree, leaf):
            found = op(found, key)
        assert found == expected


def test_the_parts_of_a_tree():
    v = Var("v", Fact("float"))
    assert branches_of(v) == []
    assert branches_of([v]) == [(operator.getitem, 0, v)]
    assert branches_of({"k": v}) == [(operator.getitem, "k", v)]
    assert branches_of(Record(types.SimpleNamespace, {"w": v})) == [(getattr, "w", v)]


def test_a_tree_with_other_leaves_has_the_same_structure():
    v, w = Var("v", Fact("float")), Var("w", Fact("float"))
    made = structured({"a": [v], "b": (w, None)}, lambda x: Const(x.name))
    assert evaluate(made, {}) == {"a": ["v"], "b": ("w", None)}


@pytest.mark.parametrize(
    "fact, certain",
    [
        (Fact("float"), True),
        (Fact("complex"), True),
        (Fact("int"), False),
        (Fact("str"), False),
        (Fact("array", np.dtype(np.float32)), True),
        (Fact("array", np.dtype(int)), False),
        (Fact("list", item=Fact("float")), True),
        (Fact("list", item=Fact("str")), False),
    ],
)
def test_what_can_be_differentiated_by(fact, certain):
    assert differentiable(Var("x", fact)) == certain
