"""Instances of user classes: fields, methods, properties, special methods, ``super()``."""

from __future__ import annotations

import collections
import dataclasses
import datetime

import pytest

import s2sad
from tests.frontend.helper import V, check, raised, refused


@dataclasses.dataclass
class Layer:
    w: object
    b: float = 0.5

    def __call__(self, x):
        return x * self.w + self.b

    def grow(self, by):
        self.w = self.w * by
        return self

    @property
    def double(self):
        return 2.0 * self.b

    @staticmethod
    def half(x):
        return x / 2.0

    @classmethod
    def of(cls, w):
        return cls(w, b=1.0)

    def __add__(self, other):
        return Layer(self.w + other.w, self.b)

    def __getitem__(self, k):
        return self.w[k]

    def __len__(self):
        return 3


class Deep(Layer):
    def __call__(self, x):
        return super().__call__(x) * 2.0


def objects(v):
    layer = Layer(v)
    deep = Deep.of(v * 2.0)
    layer.grow(3.0).b = 7.0
    both = layer + deep
    return (
        layer(v),
        deep(v),
        layer.double,
        Layer.half(both.w),
        both[1],
        len(both),
        isinstance(deep, Layer),
        layer.w is layer.w,
    )


PROGRAMS = [
    objects,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


class Bounded:
    def __init__(self, x):
        self.set(x)

    def set(self, x):
        self._x = x

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, new):
        self.set(new * 0.5)

    def __getattr__(self, name):
        return len(name)


def test_properties_are_set_through_their_setter():
    def f(v):
        b = Bounded(v)
        b.x = v * 3.0
        return b.x, b.seven

    check(f, V)


def test_equality_of_dataclasses_compares_their_fields():
    check(lambda v: v if Layer(1.0) == Layer(1.0) else -v, V)
    check(lambda v: v if Layer(1.0) == Layer(2.0) else -v, V)


def test_a_missing_attribute_names_the_class():
    assert str(raised(lambda v: Layer(v).weight, V)) == "'Layer' object has no attribute 'weight'"


def test_super_needs_a_method():
    assert "`super()` here" in refused(lambda v: super().f(v), V).message


class Window(collections.deque):
    """A container of compiled code: its length is kept there."""


@pytest.mark.parametrize("longest", [None, 3])
def test_what_compiled_code_keeps_is_read_from_the_argument(longest):
    def f(x, window):
        return x * 2.0 if window.maxlen else x * 3.0

    args = 1.5, Window([1.0, 2.0], longest)
    assert s2sad.value_and_grad(f)(*args) == (f(*args), 2.0 if longest else 3.0)
    assert s2sad.grad(lambda x, span: x * span.days)(1.5, datetime.timedelta(4)) == 4.0


def test_what_compiled_code_does_to_an_object_is_refused():
    error = refused(lambda x, window: window.append(x), 1.5, Window())
    assert error.code == "S2S011" and "`append` of an object of class `Window`, which compiled code" in error.message


def test_what_a_metaclass_has_is_no_attribute_of_an_instance():
    check(lambda v: v * (2.0 if hasattr(Layer(v), "mro") else 3.0), V)
    assert type(raised(lambda v: Layer(v).mro, V)) is AttributeError
