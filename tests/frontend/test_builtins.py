"""Builtin functions."""

from __future__ import annotations

import numpy as np
import pytest

from tests.frontend.helper import V, check, ops, refused


def helper(a, b=2.0, *rest, k=1.0, **more):
    return a * b * k + sum(rest) + more.get("extra", 0.0)


def builtin_functions(v):
    xs = [v[0], v[1], v[2]]
    return (
        sum(xs),
        sum(xs, 1.0),
        max(xs),
        min(v[0], v[1]),
        abs(v[1]),
        len(xs),
        list(range(3)),
        float(v[0]),
        int(v[2]),
        bool(v[0]),
        round(v[0]),
        list(zip(xs, xs)),
        tuple(reversed(xs)),
        any(x > 0 for x in xs),
        all(xs),
        divmod(7, 2),
        list(enumerate(xs)),
        isinstance(v, list),
        callable(helper),
        type(v) is np.ndarray,
        hasattr(v, "shape"),
        v.ndim,
        complex(v[0], 1.0),
        list(map(abs, xs)),
        pow(v[0], 2),
    )


PROGRAMS = [
    builtin_functions,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def of_objects(v):
    class Box:
        pass

    return hasattr(v, "shape"), v.size, getattr(v, "nothing", 3.0)


def with_keys(v):
    xs = [("b", v[0]), ("a", v[1])]
    return sorted(xs, key=lambda p: p[0]), max(v[0], v[1], key=lambda x: x * x), min([], default=v[2])


def filters(v):
    return list(filter(None, [0, 1, 2])), list(map(lambda a, b: a * b, v[:2], [1.0, v[3]]))


@pytest.mark.parametrize("fn", [with_keys, filters, lambda v: (hasattr(v, "shape"), getattr(v, "nothing", 3.0))])
def test_of_structure_and_values(fn):
    check(fn, V)


def test_lengths_of_structure_are_known():
    assert len not in ops(lambda v: len([v, v]) + len((1, 2)), V)


@pytest.mark.parametrize(
    "fn, text",
    [
        (lambda v: sorted([v, v]), "`sorted` of values of which is not known whether they are numbers"),
        (lambda v: getattr(v, str(v[0])), "known only at run time"),
    ],
)
def test_refusals(fn, text):
    assert text in refused(fn, V).message
