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
