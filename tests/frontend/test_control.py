"""Exits: ``return``, ``break``, ``continue``."""

from __future__ import annotations

import pytest

from tests.frontend.helper import V, check, ops, refused


def loop_breaks(x, n):
    k = 0
    for i in range(n):
        x = x * 1.5
        if x > 1.0:
            break
        k = i
    else:
        x = -x
    return x, k


def loop_continues(x, n):
    s = 0.0
    for i in range(n):
        if i % 2 == 0:
            continue
        s += x * i
        if s > 5.0:
            continue
        s += 1.0
    return s


def loop_returns(x, n):
    for i in range(n):
        for j in range(n):
            x = x * 1.3
            if x > 1.0 + i:
                return x, i, j
    return x, -1, -1


def nested_exits(x, n):
    total = 0.0
    for i in range(n):
        for j in range(n):
            if j > i:
                break
            if (i + j) % 3 == 1:
                continue
            total += x * j
        else:
            total -= 1.0
            continue
        if total > 3.0:
            break
    return total


def recursion(x, n):
    def power(k):
        return 1.0 if k == 0 else x * power(k - 1)

    return power(4)


PROGRAMS = [
    loop_breaks,
    loop_continues,
    loop_returns,
    nested_exits,
    recursion,
]


@pytest.mark.parametrize("x, n", [(0.7, 0), (0.7, 1), (0.2, 4), (-0.3, 3), (0.2, 1), (0.9, 7)])
@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn, x, n):
    check(fn, x, n)


def test_what_follows_a_return_is_gone():
    def f(v):
        return v[0]
        return v[1]

    check(f, V)
    assert ops(f, V) == ops(lambda v: v[0], V)


def test_a_class_inside():
    def f(x):
        class C:
            pass

        return x

    error = refused(f, 0.5)
    assert "`class` is not differentiated" in error.message and "at module level" in error.hint
