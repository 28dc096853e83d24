"""Values that have another form on two paths."""

from __future__ import annotations

import pytest

from s2sad.ir import If
from s2sad.ir.walk import statements
from tests.frontend.helper import check, lower, refused


def branch_structures(x, n):
    pair, table = (x, [n]), {"k": x}
    if x > 0.5:
        pair = (x * 2.0, [n + 1])
        table["k"] = 3.0
        table["new"] = 1.0
    else:
        pair[1][0] = 7
        table["new"] = x
    return pair, table


PROGRAMS = [
    branch_structures,
]


@pytest.mark.parametrize("x, n", [(0.7, 0), (0.7, 1), (0.2, 4), (-0.3, 3), (0.2, 1), (0.9, 7)])
@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn, x, n):
    check(fn, x, n)


def different_structure(x):
    state = (x, x) if x > 0.0 else (x,)
    return state[0]


def different_kind(x):
    xs = [x]
    if x > 0.0:
        xs = {"a": x}
    return xs


@pytest.mark.parametrize("fn", [different_structure, different_kind])
def test_forms_that_cannot_be_joined(fn):
    assert refused(fn, 0.5).code == "S2S010"


def test_only_the_parts_that_differ_are_joined():
    def f(x):
        t = (x, 1.0) if x > 0.0 else (2.0 * x, 1.0)
        return t

    (made,) = [s for s in statements(lower(f, 0.5).body) if isinstance(s, If)]
    assert len(made.outs) == 1
    check(f, 0.5)
    check(f, -0.5)


def test_lists_of_different_length_become_lists_of_run_time_length():
    def f(x):
        xs = [x]
        if x > 0.0:
            xs.append(2.0 * x)
        return sum(xs)

    check(f, 0.5)
    check(f, -0.5)
