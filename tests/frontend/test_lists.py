"""Lists, known and of run-time length."""

from __future__ import annotations

import pytest

from tests.frontend.helper import V, check, raised


def a_list_is_shared(v):
    xs = [v[0]]
    ys = xs
    ys.append(v[1])
    ys += [v[2]]
    zs = xs[:]
    zs.append(v[3])
    return xs, zs


def in_a_list(v):
    a = v * 1.0
    items = [a, v]
    items[0][1] = 5.0
    x, y = items
    x += y
    return a


PROGRAMS = [
    a_list_is_shared,
    in_a_list,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def grown(v):
    xs = []
    for x in v:
        xs.append(x * 2.0)
        if len(xs) > 2:
            xs.pop(0)
    xs += [1.0]
    return xs, xs[-1]


def test_lists_of_run_time_length():
    check(grown, V)
    check(grown, V[:2])


def test_pop_from_an_empty_list():
    assert type(raised(lambda v: [].pop(), V)) is IndexError


def test_pop_from_an_empty_list_inside_try():
    def f(v):
        try:
            return [].pop()
        except IndexError:
            return v[0]

    check(f, V)
