"""Abstract values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from s2sad.frontend.values import (
    FALSE,
    NONE,
    TRUE,
    Atom,
    Buffer,
    Frame,
    Ref,
    Step,
    Tup,
    Unbound,
    const,
    is_var,
    pack,
    static,
)
from s2sad.ir import Const, Fact, Pack, Var
from s2sad.ir.facts import UNSET, array


@pytest.mark.parametrize(
    "x, kind",
    [
        (2.0, "float"),
        (3, "int"),
        (True, "bool"),
        (1j, "complex"),
        ("s", "str"),
        (None, "none"),
        (math, "object"),
        (len, "function"),
        (np.float32(1), "scalar"),
        (Ellipsis, "object"),
        ((1, 2), "tuple"),
        (int, "function"),
    ],
)
def test_constants(x, kind):
    value = const(x, "name")
    assert value.arg.value is x and value.arg.name == "name" and value.fact.kind == kind
    assert value.is_static == (kind != "scalar") and (static(value) is x) == (kind != "scalar")


def test_an_array_is_not_static():
    assert static(const(np.ones(3))) is UNSET


def test_what_is_not_an_atom_is_not_static():
    assert static(Ref(1)) is UNSET and static(Tup(())) is UNSET and static(Unbound()) is UNSET
    assert static(Atom(Var("x"), Fact("float"))) is UNSET
    assert not static(FALSE) and static(TRUE) is True and static(NONE) is None


def test_two_names_of_one_place_are_equal_values():
    step = Step(len, (Const(1),))
    assert Ref(1, (step,)) == Ref(1, (step,)) != Ref(2, (step,))
    assert Tup((Ref(1), TRUE)) == Tup((Ref(1), TRUE)) and Tup((), tuple) != Tup((), list)


def test_frames_are_compared_by_identity():
    assert Frame({}) != Frame({}) and len({Frame({}), Frame({})}) == 2


def test_small_helpers():
    x = Var("x", array(float))
    assert is_var(x) and not is_var(Const(1))
    made = pack("dict", (x,), ("k",))
    assert isinstance(made, Pack) and made.items == (x,) and made.keys == ("k",)
    assert Buffer(x).alias == frozenset() and Buffer(x).family is None
