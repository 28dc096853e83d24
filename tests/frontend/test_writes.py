"""Writes are seen under every name; doubtful writes are refused."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from s2sad import runtime
from s2sad.errors import AliasError
from tests.frontend.helper import A, V, check, ops, refused, text


def argument_is_copied(v):
    v[0] = 3.0
    v *= 2.0
    return v


def rebinding_is_not_a_write(v):
    a = v * 1.0
    b = a
    a = a + 1.0
    a[0] = 9.0
    return a, b


def numbers_are_rebound(v):
    x = v[0]
    y = x
    y += 1.0
    return x, y


def swap_of_items(v):
    a = v * 1.0
    a[0], a[1] = a[1], a[0]
    return a


def mask_write(v):
    a = v * 1.0
    a[a < 0.0] = 0.0
    a[[0, 0, 2]] += 1.0
    return a


def overlapping(v):
    a = v * 1.0
    a[1:] = a[:-1]
    a[:-1] += a[1:]
    return a


def copies_are_apart(v):
    a = v * 1.0
    b = a.copy()
    c = np.array(a)
    d = a + 0.0
    a[:] = 0.0
    return a, b, c, d


def possible_view_of_what_is_gone(v):
    a = np.outer(v, v)
    a = a.reshape(-1)
    a[0] = 3.0
    return a


PROGRAMS = [
    argument_is_copied,
    rebinding_is_not_a_write,
    numbers_are_rebound,
    swap_of_items,
    mask_write,
    overlapping,
    copies_are_apart,
    possible_view_of_what_is_gone,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_a_write_through_a_view_is_a_new_version_of_the_root():
    def f(A, i, v):
        row = A[i]
        row[0] = v
        return A

    assert text(f, A, 1, 2.0) == "row = A1[i]\nA2 = setview(A1, (('index', i),), 0, v)\nreturn A2"


def test_an_augmented_item_is_read_added_and_set():
    def f(a, v):
        a[1:] += v
        return a

    assert ops(f, V, 2.0) == [operator.getitem, operator.iadd, runtime.setitem]


def through_reshape(v):
    a = v[:4] * 1.0
    c = a[:]
    b = c.reshape(2, 2)
    b[0, 0] = 1.0
    return a


def through_the_original(v):
    b = v.ravel()
    v[0] = 1.0
    return b


def through_a_branch(v):
    a, b = v * 1.0, v * 2.0
    c = a if v[0] > 0.0 else b
    c += 1.0
    return a


def into_an_argument_seen_by_reshape(v):
    b = np.reshape(v, (2, 2))
    v[0] = 2.0
    return np.sum(b)


@pytest.mark.parametrize(
    "fn",
    [
        through_reshape,
        through_the_original,
        through_a_branch,
        into_an_argument_seen_by_reshape,
    ],
)
def test_a_doubtful_write_is_refused(fn):
    error = refused(fn, V)
    assert isinstance(error, AliasError) and error.code == "S2S004" and ".copy()" in error.hint


def test_squeeze_is_a_view():
    def f(v):
        a = v * 1.0
        b = np.squeeze(a)
        b[0] = 3.0
        return a * b

    check(f, V)


def test_the_same_write_is_fine_when_nobody_looks():
    def f(v):
        a = v * 1.0
        b = a.reshape(2, 2)
        b[0, 0] = 1.0
        return b

    check(f, V)
GLOBAL = np.zeros(3)


def test_writes_to_captured_arrays_are_refused_through_any_name():
    def direct(x):
        GLOBAL[0] = x
        return x

    def by_name(x):
        g = GLOBAL
        g += x
        return x

    def by_view(x):
        GLOBAL[1:][0] = x
        return x

    for fn in (direct, by_name, by_view):
        assert refused(fn, 1.0).code == "S2S009"


def test_a_copy_of_a_captured_array_may_be_written():
    def f(x):
        g = GLOBAL.copy()
        g[0] = x
        return g

    check(f, 2.0)
    assert GLOBAL[0] == 0.0
