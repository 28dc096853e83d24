"""User functions: parameters, bodies in place of calls, recursion."""

from __future__ import annotations

import operator

import numpy as np
import pytest

import s2sad
from s2sad.errors import UnsupportedSyntax
from s2sad.ir import Call
from tests.frontend.helper import V, check, lower, ops, raised


def helper(a, b=2.0, *rest, k=1.0, **more):
    return a * b * k + sum(rest) + more.get("extra", 0.0)


def mutates(a, i=0):
    a[i] *= 2.0
    a = a + 1.0
    a[1] = 9.0
    return a


def recursive(x, n=3):
    return x if n == 0 else recursive(np.sin(x), n - 1)


def keywords(v):
    return helper(v), helper(v, 3.0), helper(b=1.0, a=v), helper(v, 1.0, 2.0, 3.0, k=4.0), helper(v, extra=1.0)


def spread(v):
    args, named = (v, 3.0), {"k": 2.0}
    return helper(*args, **named), helper(*[v], **{"b": 1.0})


def writes_through_helper(v):
    a = v * 1.0
    b = mutates(a, i=2)
    return a, b


def closures(v):
    def scale(s):
        return lambda x: x * s

    return [scale(s)(v[0]) for s in (1.0, v[1])]


PROGRAMS = [
    recursive,
    keywords,
    spread,
    writes_through_helper,
    closures,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_helpers_are_inlined():
    assert all(isinstance(s, Call) for s in lower(keywords, V).body.stmts)
    assert ops(lambda v: helper(v, 3.0), V)[0] is operator.mul


def test_the_place_of_inlined_code_is_in_the_helper():
    lines = {s.loc.text for s in lower(writes_through_helper, V).body.stmts}
    assert "a[i] *= 2.0" in lines and "a = v * 1.0" in lines


def test_inlined_code_knows_the_call_that_brought_it():
    def square(v):
        return v * v

    def both(v):
        return square(square(v)) + np.sin(v)
    inner, outer, rest, last = (s.loc for s in lower(lambda v: both(v), V).body.stmts)
    sites = [place.site for place in (inner, outer)]
    assert [site.name for site in sites] == ["square", "square"] and sites[0] is not sites[1]
    assert sites[0].loc.text == "return square(square(v)) + np.sin(v)"
    assert sites[0].loc.site is sites[1].loc.site is rest.site is last.site and rest.site.name == "both"
    assert rest.site.loc.site is None
    assert inner == outer, "a place is the same place whoever calls"


def endless(x):
    return endless(x) + 1.0


def test_recursion_without_end():
    with pytest.raises((UnsupportedSyntax, RecursionError)):
        s2sad.grad(endless)(1.0)


def one(x):
    return x


@pytest.mark.parametrize(
    "fn", [lambda v: helper(), lambda v: one(v, v), lambda v: one(v, k=1), lambda v: helper(v, a=v)]
)
def test_arguments_that_do_not_fit(fn):
    assert type(raised(fn, V)) is TypeError
