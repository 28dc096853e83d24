"""Names and places: reads see the newest version, writes are seen under every name, doubtful writes are refused."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from s2sad import runtime
from s2sad.errors import AliasError
from tests.frontend.helper import A, V, check, ops, refused, text


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


def in_a_list(v):
    a = v * 1.0
    items = [a, v]
    items[0][1] = 5.0
    x, y = items
    x += y
    return a


def in_a_dict(v):
    table = {"a": v * 1.0}
    b = table["a"]
    table["a"][0] = 2.0
    b[1] += 3.0
    table["c"] = b
    table["c"] *= 2.0
    return table["a"]


def out_argument(v):
    a = np.zeros(4)
    b = np.sin(v, out=a)
    np.add(a, v, a)
    b[0] = 0.0
    return a


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


def a_list_is_shared(v):
    xs = [v[0]]
    ys = xs
    ys.append(v[1])
    ys += [v[2]]
    zs = xs[:]
    zs.append(v[3])
    return xs, zs


def swap_of_items(v):
    a = v * 1.0
    a[0], a[1] = a[1], a[0]
    return a


def copies_are_apart(v):
    a = v * 1.0
    b = a.copy()
    c = np.array(a)
    d = a + 0.0
    a[:] = 0.0
    return a, b, c, d


def possible_view_read_only(v):
    b = v.reshape(2, 2)
    c = np.ravel(b)
    return b @ b, c


def possible_view_of_what_is_gone(v):
    a = np.outer(v, v)
    a = a.reshape(-1)
    a[0] = 3.0
    return a


PROGRAMS = [
    two_names,
    row,
    view_of_a_view,
    transposed,
    new_axis,
    moved_axes,
    fancy_is_a_copy,
    mask_write,
    overlapping,
    in_a_list,
    in_a_dict,
    out_argument,
    argument_is_copied,
    rebinding_is_not_a_write,
    numbers_are_rebound,
    a_list_is_shared,
    swap_of_items,
    copies_are_apart,
    possible_view_read_only,
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


def test_a_view_is_read_once_per_version():
    def f(A):
        r = A[0]
        s = r[0] + r[1]
        A[1, 1] = s
        return s * r[2]

    assert text(f, A).count("A1[0]") == 1 and text(f, A).count("A2[0]") == 1


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


def asarray_of_a_list_element(v):
    a = v * 1.0
    b = np.squeeze(a)
    b[0] = 3.0
    return a * b


@pytest.mark.parametrize(
    "fn",
    [
        through_reshape,
        through_the_original,
        through_a_branch,
        into_an_argument_seen_by_reshape,
        asarray_of_a_list_element,
    ],
)
def test_a_doubtful_write_is_refused(fn):
    error = refused(fn, V)
    assert isinstance(error, AliasError) and error.code == "S2S004" and ".copy()" in error.hint


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
