"""Reading through names: the newest version, through every view."""

from __future__ import annotations

import numpy as np
import pytest

from tests.frontend.helper import A, V, check, text


def two_names(v):
    a = v * 1.0
    b = a
    b[0] = 5.0
    a += 1.0
    return a, b


def row(v):
    a = np.outer(v, v)
    r = a[1]
    r[0] = 3.0
    a[1, 1] = 4.0
    return a, r[1], r[0]


def view_of_a_view(v):
    a = np.outer(v, v)
    b = a[1:].T
    b[0] = 7.0
    b[2:, 0] *= 2.0
    return a, b


def transposed(v):
    a = np.zeros((2, 4))
    t = a.T
    t[:, 1] = v
    return a, t


def new_axis(v):
    a = v * 1.0
    b = a[:, None]
    b[1, 0] = 9.0
    return a


def moved_axes(v):
    a = np.zeros((2, 4, 3))
    np.moveaxis(a, 0, 2)[1] = v[:3, None]
    np.swapaxes(a, 0, 1)[2, 1] = v[0]
    return a


def fancy_is_a_copy(v):
    a = v * 1.0
    b = a[[0, 1]]
    b[0] = 5.0
    c = a[a > 0.0]
    c[:] = 1.0
    return a, b, c


def in_a_dict(v):
    table = {"a": v * 1.0}
    b = table["a"]
    table["a"][0] = 2.0
    b[1] += 3.0
    table["c"] = b
    table["c"] *= 2.0
    return table["a"]


def possible_view_read_only(v):
    b = v.reshape(2, 2)
    c = np.ravel(b)
    return b @ b, c


PROGRAMS = [
    two_names,
    row,
    view_of_a_view,
    transposed,
    new_axis,
    moved_axes,
    fancy_is_a_copy,
    in_a_dict,
    possible_view_read_only,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_a_view_is_read_once_per_version():
    def f(A):
        r = A[0]
        s = r[0] + r[1]
        A[1, 1] = s
        return s * r[2]

    assert text(f, A).count("A1[0]") == 1 and text(f, A).count("A2[0]") == 1
