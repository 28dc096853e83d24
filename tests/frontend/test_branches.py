"""Branches and the values that differ after them."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ir import If
from s2sad.ir.interpret import interpret
from s2sad.ir.walk import statements
from tests.frontend.helper import check, lower, raised


def kinds(fn, *args):
    return [type(s) for s in statements(lower(fn, *args).body) if not hasattr(s, "op")]


def branches(x, n):
    if x > 0.5:
        y = x * 2.0
    elif x > 0.0:
        y = x - 1.0
        if n > 1:
            y *= 3.0
    else:
        y = 0.0
    return y


def branch_returns(x, n):
    if x > 0.5:
        return x
    if n > 1:
        if x > 0.1:
            return x * 2.0
        x = x + 1.0
    else:
        return -x
    return x * 3.0


def branch_writes(x, n):
    a = np.zeros(3)
    b = a
    if x > 0.5:
        a[0] = x
    elif n > 1:
        a[1:] += x
    b[2] = 1.0
    return a, b


def branch_rebinds(x, n):
    a = np.zeros(3)
    if n > 1:
        a = a + x
    a[2] = 1.0
    return a


def one_sided(x, n):
    if n > 1:
        y = x * 2.0
    if n > 1:
        return y
    return x


def branch_appends(x, n):
    xs = [x]
    if x > 0.5:
        xs.append(x * 2.0)
    return len(xs), xs[-1]


PROGRAMS = [
    branches,
    branch_returns,
    branch_writes,
    branch_rebinds,
    one_sided,
    branch_appends,
]


@pytest.mark.parametrize("x, n", [(0.7, 0), (0.7, 1), (0.2, 4), (-0.3, 3), (0.2, 1), (0.9, 7)])
@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn, x, n):
    check(fn, x, n)


def test_every_if_is_one_if():
    assert kinds(branches, 0.7, 3) == [If, If, If]


def maybe_unassigned(x):
    if x > 10.0:
        y = x
        z = y
    del x
    return x


def test_a_name_that_only_one_path_assigns():
    assert type(raised(maybe_unassigned, 0.5)) is UnboundLocalError


def test_a_name_without_a_value_raises_pythons_error_when_it_is_read():
    def f(x):
        if x > 0.0:
            y = x
        return y

    check(f, 0.5)
    with pytest.raises(NameError):
        interpret(lower(f, 0.5), -0.5)
