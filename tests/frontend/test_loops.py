"""Loops."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ir import For, While
from s2sad.ir.walk import statements
from tests.frontend.helper import A, check, lower, refused


def kinds(fn, *args):
    return [type(s) for s in statements(lower(fn, *args).body) if not hasattr(s, "op")]


def loop(x, n):
    s = x
    for i in range(n):
        s = s * x + i
    return s


def loop_variable_after(x, n):
    i = -1
    for i in range(n):
        x = x * 0.5
    return x, i


def loop_steps(x, n):
    s = []
    for i in range(n, -n, -2):
        s.append(i * x)
    for i in reversed(range(2, n + 3)):
        s.append(i)
    return s


def loop_writes(x, n):
    a = np.zeros((n + 1, 2))
    for i in range(n):
        row = a[i]
        row[0] = x * i
        a[i + 1, 1] = row[0] + a[i, 1]
    return a


def loop_over_what_it_made(x, n):
    xs = [x * i for i in range(n)]
    s = 0.0
    for k, v in enumerate(xs):
        s += k * v
    for a, b in zip(xs, xs[1:]):
        s += a * b
    for v in reversed(xs):
        s = s * 0.5 + v
    return s


def loop_undefined_before(x, n):
    for i in range(n + 1):
        y = x * i
    return y


def while_loop(x, n):
    k = 0
    while x < 10.0 and k < n:
        x = x * 1.7
        k += 1
        if x > 3.0:
            break
    else:
        k = -k
    return x, k


def while_true(x, n):
    while True:
        x = x + 1.0
        n -= 1
        if n < 0:
            return x


def while_over_a_list(x, n):
    todo = [x] * 1
    done = []
    while todo:
        y = todo.pop()
        done.append(y)
        if len(done) < n:
            todo.append(y * 0.5)
    return done


PROGRAMS = [
    loop,
    loop_variable_after,
    loop_steps,
    loop_writes,
    loop_over_what_it_made,
    loop_undefined_before,
    while_loop,
    while_true,
    while_over_a_list,
]


@pytest.mark.parametrize("x, n", [(0.7, 0), (0.7, 1), (0.2, 4), (-0.3, 3), (0.2, 1), (0.9, 7)])
@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn, x, n):
    check(fn, x, n)


def test_loops_over_structure_dissolve():
    def f(layers, x):
        for w, b in layers:
            x = x * w + b
        return x

    assert kinds(f, [(1.0, 2.0), (3.0, 4.0)], 0.5) == []
    check(f, [(1.0, 2.0), (A, 4.0)], 0.5)


def test_a_loop_is_a_loop_whatever_its_length():
    assert kinds(loop, 0.7, 3) == [For] and kinds(while_loop, 0.7, 3)[0] is While


def iterates_while_it_changes(x):
    xs = [x, x * 2.0]
    for y in xs:
        if y < 0.0:
            xs.append(y)
    return xs


def test_a_list_that_changes_under_its_loop():
    assert refused(iterates_while_it_changes, 0.5).code in ("S2S010", "S2S001")
