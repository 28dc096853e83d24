"""Parameters as values: trees of leaves, what is written to, equal sizes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from s2sad import frontend
from s2sad.errors import ArgumentError
from s2sad.frontend import Record
from s2sad.ir import Var
from s2sad.ir.kinds import kinds_of
from tests.frontend.helper import A, V, lower


@dataclasses.dataclass
class Box:
    w: object
    n: int = 3


def test_leaves_follow_the_structure():
    def f(p, q):
        return p["a"][0] * q.w

    leaves = frontend.lower(f, kinds_of(({"a": [1.0, (V, 2)]}, Box(2.0)))).leaves
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

    lowered = frontend.lower(f, kinds_of((V, {"x": A, "y": A}, V)))
    assert lowered.written == {lowered.leaves[0], lowered.leaves[1]["x"]}


def test_equal_sizes_share_a_dimension():
    (a, b, c) = lower(lambda a, b, c: a, np.ones((2, 3)), np.ones(3), np.ones((1, 2))).params
    assert a.fact.dims[1] == b.fact.dims[0] and a.fact.dims[0] == c.fact.dims[1] and c.fact.dims[0] == 1
    assert a.fact.dims[0] != a.fact.dims[1]


def test_an_object_that_refers_to_itself_is_refused():
    box = Box(1.0)
    box.w = box
    with pytest.raises(ArgumentError, match="`Box` among the arguments refers to itself"):
        lower(lambda b: b.n, box)
