"""Assignment."""

from __future__ import annotations

import numpy as np
import pytest

from tests.frontend.helper import V, check, raised


def chained(v):
    a = b = v * 2.0
    c = d = v[0]
    a[0] = 1.0
    return a, b, c, d


def unpacking(v):
    a, (b, [c, d]) = v[0], (v[1], [v[2], v[3]])
    e, *f, g = [a, b, c, d]
    (*h,) = (a, b)
    (i,) = [c]
    return a, b, e, f, g, h, i


def unpacking_arrays(v):
    a, b, c, d = v
    first, *rest = v
    return a * d, first, rest[1]


def unpacking_rows(v):
    a, b = np.reshape(v, (2, 2))
    return a @ b


def swap(v):
    a, b = v[0], v[1]
    a, b = b, a + b
    return a, b


def annotated(v):
    x: float = v[0]
    y: float
    y = x * 2.0
    return y


def augmented(v):
    s = v[0]
    s += 1.0
    s -= v[1]
    s *= s
    s /= 2.0
    s **= 2
    s %= 3.0
    s //= 0.1
    n = 7
    n <<= 2
    n |= 1
    return s, n


def augmented_targets(v):
    a = v * 1.0
    xs = [v[0], v[1]]
    table = {"k": v[2]}
    a[0] += 1.0
    a[1:3] *= 2.0
    xs[1] -= v[3]
    table["k"] /= 3.0
    return a, xs, table


def order_of_evaluation(v):
    seen = []

    def at(k):
        seen.append(k)
        return k

    a = v * 1.0
    a[at(1)] = v[at(0)]
    a[at(2)] += v[at(3)]
    return a, seen


def value_before_target(v):
    a = v * 1.0
    i = 0
    i, a[i] = 2, 5.0
    return a


def deletes(v):
    a = v[0]
    b = a * 2.0
    del a
    xs = [b, v[1], v[2]]
    del xs[1]
    table = {"x": b, "y": v[3]}
    del table["x"]
    return xs, table


PROGRAMS = [
    chained,
    unpacking,
    unpacking_arrays,
    unpacking_rows,
    swap,
    annotated,
    augmented,
    augmented_targets,
    order_of_evaluation,
    value_before_target,
    deletes,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_too_many_values():
    def f(v):
        a, b = (v, v, v)
        return a

    assert type(raised(f, V)) is ValueError


def test_a_name_that_was_deleted():
    def f(v):
        a = v
        del a
        return a

    assert type(raised(f, V)) is UnboundLocalError


def test_unpacking_one_thing_into_two_names():
    assert type(raised(lambda t: [a for a, b in [t]], (1.0, 2.0, 3.0))) is ValueError
