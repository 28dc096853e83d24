"""Simple statements."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.frontend.helper import A, V, check, refused


def nested_functions(v):
    scale = v[0]

    def times(x, by=2.0, *, plus=0.0):
        """Inner."""
        return x * by * scale + plus

    scale = v[1]
    return times(v[2]), times(v[2], 3.0, plus=v[3])


def nonlocal_inside(v):
    total = 0.0

    def add(x):
        nonlocal total
        total += x

    for x in v:
        add(x)
    return total


def decorated_inside(v):
    def twice(fn):
        return lambda x: fn(fn(x))

    @twice
    def half(x):
        return x / 2.0

    return half(v[0])


def imports(v):
    import math as m
    from math import cos  # noqa: I001
    from math import sin as sine

    return m.exp(v[0]) + cos(v[1]) + sine(v[2])


def with_errstate(v):
    with np.errstate(all="ignore"):
        y = np.sqrt(v)
    return np.nansum(y)


def nothing(v):
    pass


def expression_statements(v):
    "a string"
    v[0] + 1.0
    ...
    return v[0]


def early(v):
    return v[0]
    return v[1]


def global_read(v):
    global math
    return math.sin(v[0])


PROGRAMS = [
    nested_functions,
    nonlocal_inside,
    decorated_inside,
    imports,
    with_errstate,
    nothing,
    expression_statements,
    early,
    global_read,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_a_global_that_is_written():
    def f(v):
        global A
        A = v
        return v

    assert refused(f, V).code == "S2S009" and A.shape == (2, 3)


def test_writing_to_an_outer_variable_of_a_closure():
    count = 0

    def f(v):
        nonlocal count
        count += 1
        return v

    assert refused(f, V).code == "S2S009" and count == 0
