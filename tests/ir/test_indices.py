"""Indices that select no element twice."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad.ir import Const, Fact, Pack, Var
from s2sad.ir.indices import selects_once


def slices(*parts):
    return Pack("slice", tuple(map(Const, parts)))


@pytest.mark.parametrize("index", [
    Const(3), Const(None), Const(...), Const(np.int64(2)), Const((0, slice(1, None))), slices(1, None, None),
    Pack("tuple", (Const(0), slices(None, None, -1))), Var("i", Fact("int")),
    Var("i", Fact("scalar", np.dtype("int32"))),
    Var("mask", Fact("array", np.dtype(bool)))], ids=str)
def test_once(index):
    assert selects_once(index)


@pytest.mark.parametrize("index", [
    Const([0, 0]), Const(np.array([1, 1])), Const((0, [1, 1])), Var("i"), Var("i", Fact("array", np.dtype(int))),
    Pack("tuple", (Const(0), Var("i", Fact("list")))), Pack("list", (Const(0), Const(0)))], ids=str)
def test_perhaps_twice(index):
    assert not selects_once(index)


def test_captured_masks():
    assert selects_once(Const(np.array([True, False]))) and not selects_once(Const(np.array([0, 0])))
