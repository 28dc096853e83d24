"""Primitive operations."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest

from tests.frontend.helper import A, V, check, ops, refused


def operations(v):
    return (
        np.sum(v, axis=0),
        np.add.reduce(v),
        np.multiply.outer(v, v),
        np.stack([v, v]),
        np.concatenate((v, [1.0])),
        np.where(v > 0.0, v, 0.0),
        np.linalg.norm(v),
        np.split(v, 2),
        np.array([v[0], 2.0]),
        np.einsum("i,i->", v, v),
        operator.add(v, v),
        math.hypot(v[0], v[1]),
        np.linspace(0.0, v[0], 3),
        np.zeros(len(v)),
        np.full((2,), v[0]),
    )


def out_argument(v):
    a = np.zeros(4)
    b = np.sin(v, out=a)
    np.add(a, v, a)
    b[0] = 0.0
    return a


PROGRAMS = [
    operations,
    out_argument,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: np.sin([v[0], 1.0]),
        lambda v: np.add(v, [1.0, 2.0, 3.0, 4.0]),
        lambda v: np.copyto(v, 2.0),
        lambda v: np.subtract.outer(v, v[:2]),
        lambda v: np.vectorize(lambda x: x * 2.0 if x > 0.0 else 0.5)(v),
    ],
)
def test_lists_are_arrays_where_numpy_wants_arrays(fn):
    check(fn, V.copy())


def test_identities_are_gone():
    assert ops(lambda v: np.asarray(v) * 2.0, V) == [operator.mul]


def test_transposition_is_a_view():
    def f(a):
        b = np.transpose(a)
        b[0] = 1.0
        return a

    check(f, A.copy())


@pytest.mark.parametrize(
    "fn, text",
    [
        (lambda v: np.fill_diagonal(v, 1.0, True), "writes to its argument"),
        (lambda v: np.put(v, 0, 1.0, "clip"), "writes to its argument"),
        (lambda v: np.sin(v, out=2.0), "`out=` of something that is not an array"),
    ],
)
def test_refusals(fn, text):
    assert text in refused(fn, V).message


def difference_of_order_zero(v):
    a = v * v
    b = np.diff(a, n=0, axis=0)
    b[0] = 5.0
    return np.sum(a * b)


def difference_by_keyword(v):
    a = v * v
    b = np.diff(a=a, n=0)
    a[0] = 5.0
    return np.sum(a * b)


def power_of_order_one(v):
    a = np.outer(v, v)
    b = np.linalg.matrix_power(a, 1)
    b[0, 0] = 5.0
    return np.sum(a * b)


def places_of_a_loop(v):
    total = 0.0
    i = np.array([0, 1])
    for k in range(2):
        mesh = np.ix_(i)
        i[0] = k
        total = total + np.sum(v[mesh] * np.array([1.0, 10.0]))
    return total


def places_written(v):
    a = np.outer(v, v)
    i, j = np.array([0, 1]), np.array([0, 1])
    p, q = np.ix_(i, j)
    q[0, 0] = 1
    return np.sum(a[p, q] ** 2) + a[0, j[0]]


def nan_to_num_by_position(v):
    a = v * v
    b = np.nan_to_num(a, False)
    b[0] = 5.0
    return np.sum(a * b)


def trimmed(v):
    a = v * v
    b = np.trim_zeros(a)
    a[0] = 5.0
    return np.sum(a * b)


def rounded_places(v):
    i = np.array([0, 1])
    j = np.round(i)
    j[0] = 1
    return np.sum(v[i] * np.array([1.0, 10.0]))


def at_least_one_axis(v):
    a = v * v
    b, c = np.atleast_1d(a, 2.0 * a)
    b[0] = 5.0
    return np.sum(a * b * c)


def broadcast_together(v):
    a = v * v
    b, c = np.broadcast_arrays(a, 1.0)
    a[0] = 5.0
    return np.sum(a * b * c)


def split_in_two(v):
    a = v * v
    b, c = np.split(a, 2)
    b[0] = 5.0
    return np.sum(a) * b[0] * c[0]


def required(v):
    a = v * v
    b = np.require(a, float, ["C"])
    b[0] = 5.0
    return np.sum(a * b)


def cast_by_position(v):
    a = v * v
    b = a.astype(float, "K", "unsafe", True, False)
    b[0] = 5.0
    return np.sum(a * b)


def edges_given(v):
    edges = np.array([0.0, 1.0, 2.0])
    _, found = np.histogram(v, edges)
    edges[0] = -1.0
    return np.sum(v) * found[0]


def transformed_along_nothing(v):
    a = v * (1.0 + 1.0j)
    b = np.fft.fftn(a, axes=())
    b[0] = 5.0
    return np.sum(np.abs(a * b))


def scalars_of_arrays(v):
    a = v * v
    b = np.float64(a)
    b[0] = 5.0
    return np.sum(a * b)


def difference_of_some_order(v):
    total = 0.0
    for k in range(2):
        a = v * v
        b = np.diff(a, n=k)
        b[0] = 5.0
        total = total + np.sum(a)
    return total


def rows_of_a_line(v):
    t = np.linspace(v, 2.0 * v, 3)
    r = np.reshape(t, (6,))
    r[0] = 5.0
    return np.sum(t)


SHARED = (difference_of_order_zero, difference_by_keyword, power_of_order_one, places_of_a_loop, places_written,
          nan_to_num_by_position, trimmed)
PERHAPS = (rounded_places, at_least_one_axis, broadcast_together, split_in_two, required, cast_by_position, edges_given,
           transformed_along_nothing, scalars_of_arrays, difference_of_some_order, rows_of_a_line)


@pytest.mark.parametrize("fn", SHARED, ids=lambda f: f.__name__)
def test_a_result_that_is_its_argument_is_written_to_as_such(fn):
    check(fn, V[:2])


@pytest.mark.parametrize("fn", PERHAPS, ids=lambda f: f.__name__)
def test_what_may_be_its_argument_is_right_or_refused(fn):
    assert refused(fn, V[:2]).code == "S2S004"


def overwritten(v):
    a = v * v
    m = np.median(a, None, None, True)
    return m + a[0]


def test_an_option_to_overwrite_is_seen_by_position():
    assert refused(overwritten, V[:2]).code == "S2S010"
