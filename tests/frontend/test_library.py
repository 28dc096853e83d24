"""functools, itertools, copy and NumPy helpers."""

from __future__ import annotations

import functools
import itertools
import operator

import numpy as np
import pytest

from s2sad import runtime
from tests.frontend.helper import V, check, ops, refused


def with_itertools(v):
    xs = [v[0], v[1], v[2]]
    return (
        list(itertools.product(xs, [1.0, 2.0])),
        list(itertools.chain(xs, xs)),
        functools.reduce(operator.mul, xs),
        functools.reduce(lambda a, b: a - b, xs, 1.0),
    )


PROGRAMS = [
    with_itertools,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def more_itertools(v):
    xs = [v[0], v[1], v[2]]
    return (
        list(itertools.combinations(xs, 2)),
        list(itertools.accumulate(xs, initial=1.0)),
        list(itertools.islice(xs, 1, None)),
        list(itertools.zip_longest(xs, xs[:1], fillvalue=0.0)),
        list(itertools.starmap(operator.mul, [(v[0], 2.0), (v[1], 3.0)])),
        list(itertools.repeat(v[3], 2)),
        list(itertools.pairwise(xs)),
        list(itertools.chain.from_iterable([xs, xs[:1]])),
    )


def scattered(v):
    out = np.zeros(3)
    np.add.at(out, [0, 2, 0, 1], v)
    return out


def test_itertools():
    check(more_itertools, V)


def test_add_at():
    check(scattered, V)
    assert runtime.add_at in ops(scattered, V)


@pytest.mark.parametrize(
    "fn, text",
    [
        (lambda v: functools.reduce(lambda a, b: a, zip(v, v)), "`reduce` over something of run-time length"),
        (lambda v: list(itertools.product(v[v > 0.0])), "itertools over something of run-time length"),
        (lambda v: [x for x in itertools.repeat(v)], "does not end by itself"),
        (lambda v: np.vectorize(abs, otypes=[float])(v), "`np.vectorize` with options"),
    ],
)
def test_refusals(fn, text):
    assert text in refused(fn, V).message
