"""What loops carry."""

from __future__ import annotations

import pytest

from s2sad.ir import For
from s2sad.ir.walk import statements
from tests.frontend.helper import check, lower, refused


def loop_carries_structures(x, n):
    state = {"p": (x, 0), "q": [x, x]}
    for _ in range(n):
        p, k = state["p"]
        state["p"] = (p * 2.0, k + 1)
        state["q"][0] = p
    return state


def loop_appends(x, n):
    xs = []
    ys = [x]
    for i in range(n):
        xs.append(ys[-1] * x)
        ys.append(xs[-1])
        if i == 2:
            xs.pop()
    return xs, ys


def changes_kind(x, n):
    s = 0
    for i in range(n):
        s = s + x
    return s


PROGRAMS = [
    loop_carries_structures,
    loop_appends,
    changes_kind,
]


@pytest.mark.parametrize("x, n", [(0.7, 0), (0.7, 1), (0.2, 4), (-0.3, 3), (0.2, 1), (0.9, 7)])
@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn, x, n):
    check(fn, x, n)


def test_the_loop_carries_only_what_changes():
    def f(x, n):
        y, z = x * 2.0, 0.0
        for i in range(n):
            t = y * i
            z += t
        return z

    (made,) = [s for s in statements(lower(f, 0.5, 3).body) if isinstance(s, For)]
    assert len(made.carried) == 1


def grows(x):
    t = ()
    for i in range(int(x)):
        t = (*t, x)
    return t


def test_a_structure_that_grows():
    assert refused(grows, 0.5).code == "S2S010"
