"""Bracketing searches are refused, other loops are not."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.errors import NotDifferentiable


def bisection(c, lo, hi):
    while hi - lo > 1e-12:
        mid = 0.5 * (lo + hi)
        if mid * mid < c:
            lo = mid
        else:
            hi = mid
    return lo


def conditional_expressions(c, n):
    lo, hi = 0.0, 10.0
    for _ in range(n):
        mid = lo + (hi - lo) / 2
        lo, hi = (mid, hi) if mid ** 3 < c else (lo, mid)
    return (lo + hi) / 2


def several_at_once(c, n):
    lo, hi = np.zeros_like(c), np.full_like(c, 10.0)
    for _ in range(n):
        mid = 0.5 * (lo + hi)
        below = mid * mid < c
        lo = np.where(below, mid, lo)
        hi = np.where(below, hi, mid)
    return lo


def by_masks(c, n):
    lo, hi = np.zeros_like(c), np.full_like(c, 10.0)
    for _ in range(n):
        mid = 0.5 * (lo + hi)
        below = mid * mid < c
        lo[below] = mid[below]
        hi[~below] = mid[~below]
    return lo


def golden_section(c, n):
    ratio = (np.sqrt(5.0) - 1.0) / 2.0
    a, b = 0.0, 4.0
    for _ in range(n):
        p, q = b - ratio * (b - a), a + ratio * (b - a)
        if (p - c) ** 2 < (q - c) ** 2:
            b = q
        else:
            a = p
    return 0.5 * (a + b)


def returns_inside(c, n):
    """The result leaves the loop early."""
    lo, hi = 0.0, 10.0
    for _ in range(n):
        mid = 0.5 * (lo + hi)
        value = mid * mid - c
        if abs(value) < 1e-12:
            return mid
        if value < 0:
            lo = mid
        else:
            hi = mid
    return mid


C = np.array([2.0, 3.0])


@pytest.mark.parametrize(
    "f, args",
    [
        (bisection, (2.0, 0.0, 10.0)),
        (conditional_expressions, (2.0, 60)),
        (several_at_once, (C, 60)),
        (by_masks, (C, 60)),
        (golden_section, (2.0, 60)),
        (returns_inside, (2.0, 60)),
    ],
)
def test_brackets_are_refused_in_both_modes(f, args):
    tangent = np.ones(2) if f in (several_at_once, by_masks) else 1.0
    with pytest.raises(NotDifferentiable, match="S2S017: this loop searches for"):
        s2sad.vjp(f, *args)
    with pytest.raises(NotDifferentiable, match="S2S017"):
        s2sad.jvp(f, args, (tangent, *[None] * (len(args) - 1)))


def test_the_message_names_the_ends_and_a_remedy():
    with pytest.raises(NotDifferentiable) as caught:
        s2sad.grad(bisection)(2.0, 0.0, 10.0)
    text = str(caught.value)
    assert "`lo` and `hi`" in text and "Newton step" in text and "while hi - lo > 1e-12" in text


def with_a_newton_step(c):
    x = bisection(s2sad.stop_gradient(c), 0.0, 10.0)
    return x - (x * x - c) / s2sad.stop_gradient(2.0 * x)


def test_the_remedy_works():
    assert s2sad.grad(with_a_newton_step)(2.0) == pytest.approx(0.5 / np.sqrt(2.0), rel=1e-12)


def step_doubling(x, n):
    """Steps that are halved and doubled by tests, and clipped at the end of the interval."""
    t, h, y = 0.0, 0.1, x
    for _ in range(n):
        if t + h > 1.0:
            h = 1.0 - t
        error = abs(h * h * y)
        if error < 0.01:
            y = y - h * y
            t = t + h
            h = 2.0 * h
        else:
            h = 0.5 * h
    return y


def sorted_pair(a, b, n):
    for _ in range(n):
        if a > b:
            a, b = b, a
    return a - 2.0 * b


def secant(c, n):
    a, b = 1.0, 2.0
    for _ in range(n):
        fa, fb = a * a - c, b * b - c
        if abs(fb) < 1e-12:
            break
        a, b = b, b - fb * (b - a) / (fb - fa)
    return b


def regula_falsi(c, n):
    a, b = 0.0, 10.0
    for _ in range(n):
        fa, fb = a * a - c, b * b - c
        m = (a * fb - b * fa) / (fb - fa)
        if (m * m - c) * fa > 0:
            a = m
        else:
            b = m
    return a


def backtracking(x, n):
    step, y = 1.0, x
    for _ in range(n):
        if (y - step * y) ** 2 > 0.5 * y * y:
            step = 0.5 * step
        else:
            y = y - 0.1 * step * y
    return y


def best_of_grid(x, grid):
    best, value = grid[0], (grid[0] - x) ** 2
    for g in grid:
        if (g - x) ** 2 < value:
            best, value = g, (g - x) ** 2
    return best * x + value


def unused_bracket(x, n):
    """Only whether the search ended matters."""
    lo, hi, k = 0.0, 10.0, 0
    for _ in range(n):
        mid = 0.5 * (lo + hi)
        if mid < x:
            lo = mid
        else:
            hi = mid
        k += 1
    return k * x


@pytest.mark.parametrize(
    "f, args",
    [
        (step_doubling, (0.7, 20)),
        (sorted_pair, (2.0, 1.0, 3)),
        (secant, (2.0, 30)),
        (regula_falsi, (2.0, 400)),
        (backtracking, (0.8, 10)),
        (best_of_grid, (0.33, np.linspace(0.0, 1.0, 5))),
        (unused_bracket, (0.33, 5)),
    ],
)
def test_other_loops_are_differentiated(f, args):
    h = 1e-6
    slope = (f(args[0] + h, *args[1:]) - f(args[0] - h, *args[1:])) / (2 * h)
    assert s2sad.grad(f)(*args) == pytest.approx(slope, rel=1e-5)


def test_a_bracket_that_does_not_depend_on_what_is_differentiated():
    def scaled(c, s):
        return bisection(c, 0.0, 10.0) * s

    assert s2sad.grad(scaled, 1)(2.0, 3.0) == pytest.approx(np.sqrt(2.0))
