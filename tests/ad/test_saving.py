"""How the reverse sweep gets at primal values: alive, recomputed, collected, handed out of branches."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ad.saving import plural
from s2sad.ir import For, If
from s2sad.ir.walk import statements
from tests.ad.helper import V, check, collected, derived, loops


def reads_an_element(v):
    a = np.zeros(5)
    for i in range(4):
        p = a[i]
        a[i + 1] = np.sin(p) * v[i]
    return a[4] + a[2]


def linear(v):
    s = 0.0
    for x in v:
        s = s + 2.0 * x
    return s


def cheap(v):
    s = 1.0
    for i in range(4):
        k = i * 2 + 1
        s = s + v[i] * k
    return s


def by_item(v):
    s = 0.0
    for x in v:
        s = s + x * x
    return s


def expensive(v):
    s = v[0]
    for x in v:
        s = np.exp(s * x)
    return s


def test_of_an_overwritten_element(v):
    a = v * 1.0
    for i in range(4):
        if a[i] > 0.8:
            a[i] = a[i] * 0.1
        else:
            a[i] = a[i] * a[i]
    return np.sum(a)


test_of_an_overwritten_element.__test__ = False


def rows(v):
    a = np.outer(v, v)
    s = 0.0
    for i in range(4):
        s = s + a[i] @ a[i]
        a[(i + 1) % 4] = a[i] * v
    return s


def ends_early(v):
    s = 1.0
    for x in v:
        s = s * x * np.cos(s)
        if s < 0.1:
            break
    return s


def nested(v):
    s = 0.0
    for i in range(3):
        t = v[i]
        for j in range(i + 1):
            t = t * np.sin(t + v[j])
        s = s + t * t
    return s


def branch_in_a_loop(v):
    s = 1.0
    for x in v:
        if x > 0.5:
            t = np.sin(s * x)
            s = t * t
        else:
            s = s / x
    return s


def loop_in_a_branch(v):
    s = v[0]
    if v[1] > 0.0:
        for x in v:
            s = s * np.sin(x + s)
    return s


def while_with_values(v):
    x, k = v[0], 0
    while x < 3.0 and k < 20:
        x = x * x + v[1]
        k += 1
    return x * k


def parts_swapped(v):
    y = v
    for _ in range(3):
        out = np.empty(4)
        out[:2] = y[2:]
        out[2:] = y[:2] * 0.9
        y = y + 0.01 / 6 * out
    return np.sum(y * y)


def parts_of_a_written_array(v):
    y = v * 1.0
    for k in range(3):
        out = np.zeros(4)
        out[1:] = y[:3]
        y[k] = np.sum(out) * 0.5
    return np.sum(y * y)


def a_part_that_is_broadcast(v):
    y = v
    for _ in range(2):
        out = np.zeros(4)
        out[:3] = y[3:]
        y = y + out
    return np.sum(y * y)


PROGRAMS = [
    parts_swapped,
    parts_of_a_written_array,
    a_part_that_is_broadcast,
    reads_an_element,
    linear,
    cheap,
    by_item,
    expensive,
    test_of_an_overwritten_element,
    rows,
    ends_early,
    nested,
    branch_in_a_loop,
    loop_in_a_branch,
    while_with_values,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_right_gradient(fn):
    check(fn, V)


@pytest.mark.parametrize(
    "fn, names",
    [
        (linear, set()),
        (parts_swapped, set()),
        (cheap, set()),
        (expensive, {"s_all", "ts"}),
        (by_item, {"ts"}),
        (reads_an_element, {"ps", "ts"}),
    ],
    ids=lambda f: getattr(f, "__name__", ""),
)
def test_what_is_collected(fn, names):
    assert collected(derived(fn, (V,))) == names


def test_no_whole_array_is_collected():
    for fn in (reads_an_element, test_of_an_overwritten_element):
        assert all(
            c.out.fact.item is None or not c.out.fact.item.is_array
            for s in statements(derived(fn, (V,)).body)
            if isinstance(s, For)
            for c in s.collected
        )


def test_elements_read_through_a_view_cost_an_element():
    def f(v):
        a = v * 1.0
        b = a[1:]
        for i in range(1, 3):
            b[i] = b[i] * b[i - 1]
        return np.sum(a)

    check(f, V)
    made = [s for each in loops(derived(f, (V,))) if each.adjoint for s in each.body.stmts]
    assert not any(getattr(s, "op", None) in (np.zeros, np.zeros_like) for s in made)


def test_a_branch_hands_out_what_its_reverse_reads():
    def f(x, v):
        if x > 0.0:
            t = np.sin(v)
            y = np.sum(t * t) * x
        else:
            y = x
        return y

    made = [s for s in statements(derived(f, (0.5, V)).body) if isinstance(s, If) and not s.adjoint]
    assert len(made) == 1 and len(made[0].outs) >= 2
    check(f, 0.5, V)
    check(f, -0.5, V)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_loops_of_any_length(n):
    def f(x, n):
        s = x
        for i in range(n):
            s = s * np.sin(s)
        return s

    check(f, 0.7, n)


def test_plural():
    assert plural("p") == "ps" and plural("x_bar") == "x_bars" and plural("s") == "s_all"
