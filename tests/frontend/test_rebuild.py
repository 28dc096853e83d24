"""Objects and tuples of the user's classes, made of their parts."""

from __future__ import annotations

import collections
import typing

import s2sad
from s2sad.frontend.rebuild import Rebuild, tuple_kind

Pair = collections.namedtuple("Pair", "a b")


class Written(typing.NamedTuple):
    a: float
    b: float = 1.0


class Doubled(Pair):
    def __new__(cls, a, b):
        return super().__new__(cls, 2.0 * a, b)


def test_classes_that_make_what_they_are_given_are_called():
    assert tuple_kind(tuple, 2) == "tuple" and tuple_kind(Pair, 2) is Pair and tuple_kind(Written, 2) is Written


def test_others_are_made_without_their_own_code():
    made = tuple_kind(Doubled, 2)(1.0, 3.0)
    assert made == (1.0, 3.0) and type(made) is Doubled


def test_objects_are_made_without_init():
    class Point:
        def __init__(self):
            raise AssertionError

    made = Rebuild(Point, ("x", "y"))(1.0, 2.0)
    assert vars(made) == {"x": 1.0, "y": 2.0}


def test_derivatives_of_what_has_a_maker_of_its_own():
    def f(x):
        p = Doubled(x, x * x)
        return Doubled(p.b, p.a)

    y, pullback = s2sad.vjp(f, 3.0)
    assert y == f(3.0) == (18.0, 6.0) and type(y) is Doubled
    assert pullback(tuple.__new__(Doubled, (1.0, 0.0))) == (12.0,)
    assert s2sad.jvp(f, (3.0,), (1.0,))[1] == (12.0, 2.0)


def test_the_gradient_of_an_argument_with_a_maker_of_its_own():
    def f(p):
        return p.a * p.b

    g = s2sad.grad(f)(tuple.__new__(Doubled, (2.0, 5.0)))
    assert g == (5.0, 2.0) and type(g) is Doubled
    h = s2sad.hessian(lambda p: p.a * p.a * p.b)(tuple.__new__(Doubled, (2.0, 5.0)))
    assert type(h) is Doubled and h.a.tolist() == [10.0, 4.0] and h.b.tolist() == [4.0, 0.0]
