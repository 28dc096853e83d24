"""Looking at objects without running them."""

from __future__ import annotations

import abc
import enum
import functools
import inspect
import types

import numpy as np
import pytest

from s2sad.ir import inert
from s2sad.ir.inert import (
    MISSING,
    callable_parts,
    compares_by_identity,
    is_a,
    is_plain_class,
    look,
    look_in_class,
    resolve,
    slot_of,
    written_method,
)


class Loud:
    kept = 1.0
    __slots__ = ("__dict__", "empty", "full")

    def __init__(self):
        object.__setattr__(self, "full", 2.0)
        object.__setattr__(self, "own", 3.0)

    @property
    def asked(self):
        raise AssertionError

    def __getattr__(self, name):
        raise AssertionError

    def __eq__(self, other):
        raise AssertionError

    def __hash__(self):
        raise AssertionError

    def __call__(self):
        raise AssertionError

    def method(self):
        return 4.0


class Hidden(Loud):
    def __getattribute__(self, name):
        raise AssertionError


class Meta(type):
    def __instancecheck__(cls, x):
        raise AssertionError


class Hooked(abc.ABC):  # noqa: B024
    @classmethod
    def __subclasshook__(cls, other):
        raise AssertionError


class Colour(enum.Enum):
    RED = 1


def test_what_an_instance_has():
    loud = Loud()
    assert resolve(loud, "kept") == 1.0 and resolve(loud, "own") == 3.0 and resolve(loud, "full") == 2.0
    assert resolve(loud, "method")() == 4.0
    assert resolve(loud, "asked") is MISSING and resolve(loud, "absent") is MISSING
    assert type(look(loud, "asked")) is property and look(loud, "absent") is MISSING
    assert slot_of(loud, "full") == 2.0 and slot_of(loud, "empty") is MISSING


def test_an_object_that_asks_python_for_all_is_asked_for_nothing():
    assert resolve(Hidden(), "kept") is MISSING and is_a(Hidden(), Loud) and not is_a(Hidden(), float)


def test_objects_of_the_library():
    assert resolve(inspect.signature(lambda x: x), "parameters")["x"].name == "x"
    assert resolve(Colour.RED, "value") == 1 and resolve(np, "sin") is np.sin
    assert resolve(functools.partial(abs), "func") is abs and resolve(types, "absent") is MISSING


def test_methods_that_are_written():
    assert written_method(Loud, "__len__", "__call__") is Loud.__call__ and written_method(int, "__len__") is None
    assert callable_parts(Loud()) is Loud.__call__ and callable_parts(abs) is None
    assert look_in_class(Hidden, "kept") == 1.0 and not compares_by_identity(Loud()) and compares_by_identity(object())


@pytest.mark.parametrize(
    "cls, plain",
    [(int, True), (Loud, True), (Colour, True), (abc.ABC, True), (Hooked, False), (Meta("Made", (), {}), False)],
)
def test_classes_that_may_be_asked(cls, plain):
    assert is_plain_class(cls) is plain


def test_members_of_enumerations():
    assert inert.is_inert_member(Colour.RED) and not inert.is_inert_member(Loud())
