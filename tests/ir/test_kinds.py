"""The kinds of the arguments of a call."""

from __future__ import annotations

import collections
import dataclasses

import numpy as np
import pytest

import s2sad
from s2sad import nn
from s2sad.errors import ArgumentError
from s2sad.ir import Var
from s2sad.ir.kinds import fields_of, is_long, is_record, kinds_of

V = np.array([0.3, -0.7, 1.2, 0.9])
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
        ((ones(0, 4),), (ones(0, 7),)),
    ],
)
def test_calls_of_one_kinds_of(a, b):
    assert kinds_of(a) == kinds_of(b) and hash(kinds_of(a)) == hash(kinds_of(b))


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
        ((ones(3),), (ones(0),)),
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
    assert kinds_of(a) != kinds_of(b)


def test_records():
    assert is_record(Box(V)) and is_record(Slotted(V))
    assert not any(map(is_record, (1.0, V, "s", len, Box, np, Box.__init__, np.random.default_rng(0))))
    assert fields_of(Box(1.0)) == {"w": 1.0, "n": 3} and fields_of(Slotted(2.0)) == {"w": 2.0}


def test_long_lists_are_not_taken_apart():
    assert is_long([1.0] * 65) and not is_long([1.0] * 64) and not is_long([1.0] * 64 + [1])
    assert not is_long((1.0,) * 65)


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


def test_a_generator_of_random_numbers_inside_a_structure_is_the_one_of_the_call():
    df = s2sad.grad(lambda x, p: x * p["rng"].normal())
    for seed in (0, 1):
        assert df(1.0, {"rng": np.random.default_rng(seed)}) == np.random.default_rng(seed).normal()


def test_what_has_no_hash_is_itself_alone():
    one, other = collections.defaultdict(float, a=2.0), collections.defaultdict(float, a=2.0)
    assert kinds_of((one,)) == kinds_of((one,)) != kinds_of((other,))
