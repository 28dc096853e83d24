"""Arguments in words, and tests that hold for these kinds and for no others."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from s2sad.arguments import describe

Pair = namedtuple("Pair", "x y")


@dataclass
class Layer:
    w: Any
    b: Any = None


class Slotted:
    __slots__ = ("a",)

    def __init__(self, a: Any) -> None:
        self.a = a


def texts(*args: Any) -> list[str]:
    return [item.text for item in describe("abc", args)]


def fits(made_for: tuple, given: tuple) -> bool:
    """Whether the tests for some arguments hold for others."""
    scope = dict(zip("abc", given)) | {"np": np}
    return all(eval(item.test, scope) for item in describe("abc", made_for))


def test_words():
    assert texts(1.0, 2, np.float32(1)) == ["a: float", "b: int", "c: np.float32"]
    assert texts(np.ones((2, 3)), np.ones((3, 1), np.float32), np.array(1.0)) == [
        "a: float64[n, m]", "b: float32[m, 1]", "c: float64[]"]
    assert texts([1.0, (2, None)], {}, "relu") == [
        "a: list of 2", "a[0]: float", "a[1]: tuple of 2", "a[1][0]: int", "a[1][1]: None", "b: empty dict",
        "c: 'relu'"]
    assert texts({"k": 1.0}, Pair(1.0, 2.0), [0.5] * 100) == [
        "a: dict with 'k'", "a['k']: float", "b: Pair with x, y", "b[0]: float", "b[1]: float",
        "c: list of many numbers of type float"]
    layer = Layer(np.ones(2))
    assert texts(layer, [layer], np.tanh) == [
        "a: Layer with w, b", "a.w: float64[n]", "a.b: None", "b: list of 1", "b[0]: the same object as a",
        "c: the function or class tanh"]
    assert texts(Slotted(1.0)) == ["a: Slotted with a", "a.a: float"]


SAME = [
    (1.0, 2.0), (1.0, np.float64(2)), (1j, np.complex128(2)),
    (np.ones(3), np.ones(7)), (np.float32(1), np.float32(2)), ({"k": 1.0, "l": 2}, {"l": 3, "k": 4.0}),
    ([1.0] * 100, [2.0] * 70), (Layer(np.ones(2)), Layer(np.ones(5))), ("a", "a"), (None, None), (np.tanh, np.tanh),
    (Pair(1.0, 2), Pair(3.0, 4)), ({}, {}), (Slotted(1.0), Slotted(2.0))]
OTHER = [
    (1.0, 1), (1.0, True), (1.0, np.float32(1)), (1.0, np.ones(2)), (np.ones(3), np.ones(1)), (np.ones(1), np.ones(3)),
    (np.ones(3), np.ones((3, 1))), (np.ones(3), np.ones(3, np.float32)), (np.ones((2, 2)), np.ones((2, 3))),
    ([1.0], (1.0,)), ([1.0], [1.0, 2.0]), ({"k": 1.0}, {"l": 1.0}), ({}, {"k": 1.0}), ([1.0] * 100, [1] * 100),
    (Layer(1.0), Slotted(1.0)), (Layer(1.0), Layer(1)), (Layer(1.0), Layer(1.0, 2.0)), ("a", "b"), (None, 1.0),
    (np.tanh, np.sin), (Pair(1.0, 2.0), (1.0, 2.0)), (np.float32(1), np.float64(1)), (True, 1)]


@pytest.mark.parametrize("made_for, given", SAME)
def test_arguments_of_the_same_kind_pass(made_for, given):
    assert fits((made_for,), (given,))


@pytest.mark.parametrize("made_for, given", OTHER)
def test_arguments_of_another_kind_do_not(made_for, given):
    assert not fits((made_for,), (given,))


def test_sizes_that_are_equal_stay_equal():
    made_for = np.ones((2, 3)), np.ones(3)
    assert fits(made_for, (np.ones((4, 5)), np.ones(5))) and fits(made_for, (np.ones((5, 5)), np.ones(5)))
    assert not fits(made_for, (np.ones((4, 5)), np.ones(4)))


def test_objects_that_are_one_or_two():
    one, two = Layer(1.0), Layer(2.0)
    assert fits((one, one), (two, two)) and fits((one, two), (two, one))
    assert not fits((one, one), (one, two)) and not fits((one, two), (one, one))
