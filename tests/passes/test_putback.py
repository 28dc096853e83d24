"""Zeros that are undone: before and after, and what has to stay."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import check_grads, grad
from s2sad.ir.interpret import interpret
from s2sad.ir.text import format, parse
from s2sad.ir.verify import verify
from s2sad.passes.putback import putback

UNDONE = """
def f(u, h):
    g := u[1:]
    u2 := setitem(u, slice(1, None), 0.0)
    u3 := add_at(u2, slice(None, -1), h)
    u4 := add_at(u3, slice(1, None), g)
    return u4
"""
KEPT = {
    "the array is read in between": UNDONE.replace("    u4", "    t := np.sum(u3)\n    u4").replace("return u4",
                                                                                               "return u4, t"),
    "something else is added": UNDONE.replace("slice(1, None), g)", "slice(1, None), h)"),
    "at another place": UNDONE.replace("add_at(u3, slice(1, None), g)", "add_at(u3, slice(None, -1), g)"),
    "another number": UNDONE.replace("0.0", "1.0"),
    "overwritten in between": UNDONE.replace("add_at(u2, slice(None, -1), h)", "setitem(u2, slice(None, -1), h)"),
    "an index with repeats": UNDONE.replace("u[1:]", "u[[1, 1]]").replace("slice(1, None)", "[1, 1]"),
    "statements of the user": UNDONE.replace(":=", "="),
}


def run(text):
    fn = putback(parse(text))
    verify(fn)
    return fn


def test_sums_stay_and_the_zeros_go():
    fn = run(UNDONE)
    assert format(fn).splitlines()[1:] == ["    g := u[1:]", "    u3 := add_at(u, slice(None, -1), h)", "    return u3"]
    args = np.array([1.0, 2.0, 4.0]), np.array([10.0, 20.0])
    np.testing.assert_array_equal(interpret(fn, *args), interpret(parse(UNDONE), *args))


@pytest.mark.parametrize("why", KEPT)
def test_what_matters_is_kept(why):
    fn = run(KEPT[why])
    assert format(fn) == format(parse(KEPT[why]))


def test_inside_loops_and_after_a_read():
    text = """
def f(u, h, n):
    u9 := for i in range(n) carry u1 = u:
        g := u1[0]
        u2 := setitem(u1, 0, 0.0)
        v := u2[1]
        u3 := add_at(u2, 0, g)
        w := u3[2]
        u4 := setitem(u3, 2, 0.0)
        u5 := add_at(u4, 1, h)
        u6 := add_at(u5, 2, w)
        yield u6
    return u9
"""
    made = format(run(text))
    assert made.count("setitem") == 1 and "u5 := add_at(u3, 1, h)" in made and "yield u5" in made


def stencil(u, a, n):
    u = u.copy()
    for i in range(n):
        u[1:-1] += a * (u[:-2] - 2.0 * u[1:-1] + u[2:])
        u[i] -= a * u[i + 1]
        u[-1] += u[0]
    return np.sum(u ** 2)


def test_stencils_in_place():
    source = grad(stencil).source_for(np.ones(6), 0.1, 2)
    assert "] = 0.0" not in source.partition("# reverse sweep")[2]
    check_grads(stencil, (np.array([0.3, -1.0, 0.5, 2.0, 1.0, 0.2]), 0.1, 3))


def test_the_same_place_twice_and_repeated_indices():
    def f(u, v):
        u = u.copy()
        i = np.array([0, 2, 2])
        u[i] += v * u[i]
        u[1] += u[1] * v[0]
        u[u > 0.45] += np.sum(v)
        return np.sum(u ** 3)
    check_grads(f, (np.array([0.3, -1.0, 0.5, 2.0]), np.array([0.7, 0.1, -0.2])))
