"""Calls: which function is called, and what becomes of the call."""

from __future__ import annotations

import functools
import math
import operator

import numpy as np
import pytest

from tests.frontend.helper import V, check, raised, refused


def helper(a, b=2.0, *rest, k=1.0, **more):
    return a * b * k + sum(rest) + more.get("extra", 0.0)


def functions_as_values(v):
    def apply(f, *args):
        return f(*args)

    table = {"sin": np.sin, "mine": helper}
    fs = [math.sin, lambda x: x * v[1]]
    return (
        apply(table["mine"], v),
        apply(np.add, v, v),
        [f(0.5) for f in fs],
        apply(functools.partial(helper, b=5.0), v),
    )


def chosen_function(v):
    f = np.sin if v[0] > 0.0 else np.cos
    return f(v)


PROGRAMS = [
    functions_as_values,
    chosen_function,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_a_c_function_that_nobody_knows_may_not_get_an_array():
    class Callable:
        __call__ = staticmethod(np.frompyfunc(lambda x: x, 1, 1))

    opaque = Callable()
    error = refused(lambda v: opaque(v), V)
    assert error.code in ("S2S003", "S2S011", "S2S002")


def test_getters():
    check(lambda v: (operator.itemgetter(0, 2)(v), operator.attrgetter("size")(v), operator.methodcaller("sum")(v)), V)


@pytest.mark.parametrize(
    "fn, text",
    [
        (lambda v: eval("v"), "`eval`"),
        (lambda v: exec("v"), "`exec`"),
        (lambda v: locals(), "`locals`"),
        (lambda v: globals(), "`globals`"),
        (lambda v: helper(**v), "`**` of something"),
    ],
)
def test_refusals(fn, text):
    assert text in refused(fn, V).message


def test_an_array_is_called():
    assert type(raised(lambda v: v(1.0), V)) is TypeError
