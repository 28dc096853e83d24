"""Forward mode, before any pass."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from s2sad.ir import Call
from s2sad.ir.interpret import interpret
from s2sad.ir.walk import statements
from tests.ad.helper import V, derived, loops
from tests.ad.test_reverse import PROGRAMS
from tests.differences import pair, random_direction, same


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_forward_is_the_transpose_of_reverse(fn):
    def outputs(v):
        return fn(v) * v, [np.sin(fn(v))]

    rng = np.random.default_rng(0)
    weights, dot = random_direction(outputs(V), rng), random_direction(V, rng)
    y, y_dot = interpret(derived(outputs, (V,), "jvp"), V, dot)
    again, (bar,) = interpret(derived(outputs, (V,), "vjp"), V, weights)
    assert same(y, outputs(V)) and same(again, y)
    assert pair(y_dot, weights) == pytest.approx(pair(bar, dot), rel=1e-10, abs=1e-12)


def test_each_statement_is_followed_by_its_tangent():
    def f(x, y):
        t = np.sin(x)
        u = np.cos(y)
        return t * x + u

    fn = derived(f, (0.5, 0.7), "jvp")
    names = [s.outs[0].name for s in statements(fn.body) if isinstance(s, Call)]
    assert names.index("t_dot") > names.index("t") and "u_dot" not in names


def test_tangents_ride_in_the_same_loop():
    fn = derived(PROGRAMS[3], (V,), "jvp")
    assert len(list(loops(fn))) == 1
    assert {"s", "s_dot"} <= {o.name for each in loops(fn) for o in each.outs}


def test_tangents_of_what_is_written_are_written():
    def f(x, v):
        a = v * 1.0
        a[1] = x
        a[2:] *= x
        return a

    y, y_dot = interpret(derived(f, (0.5, V), "jvp"), 0.5, V, 1.0)
    np.testing.assert_array_equal(y, f(0.5, V))
    np.testing.assert_allclose(y_dot, (f(0.5 + 1e-6, V) - f(0.5 - 1e-6, V)) / 2e-6, atol=1e-8)


def test_a_result_that_does_not_vary_has_a_zero_tangent():
    def f(x):
        return x, 3.0, np.ones(2), 7

    _, dots = interpret(derived(f, (0.5,), "jvp"), 0.5, 1.0)
    assert dots[0] == 1.0 and dots[1] == 0.0 and same(dots[2], np.zeros(2))


def test_tangents_of_structured_arguments():
    def f(p):
        return p["a"] * p["b"][0]

    args, dots = ({"a": V, "b": [0.5, 2]},), ({"a": V, "b": [1.0, None]},)
    _, dot = s2sad.jvp(f, args, dots)
    np.testing.assert_allclose(dot, V * 0.5 + V)


def test_where_takes_the_tangent_of_the_branch_taken():
    with np.errstate(all="ignore"):
        _, dot = s2sad.jvp(lambda x: np.where(x > 0.0, np.sqrt(x), 3.0 * x), (np.array([-0.5, 0.25]),), (np.ones(2),))
    np.testing.assert_allclose(dot, [3.0, 1.0])


def test_the_items_of_a_list_without_a_tangent_have_zeros():
    columns = s2sad.jacfwd(lambda x, y: max([x * y, x, y]) + math.fsum([x, y, y]), (0, 1))(1.5, 2.0)
    assert columns == (3.0, 3.5)


def capped(x):
    return np.exp(np.minimum(x, 25.0))


@s2sad.rule(capped)
def _(x, *, y, y_bar):
    return y_bar * y


def switched(a, b, k):
    return np.sum(a * a) * b * b if k else 3.0 * np.sum(a) * b


@s2sad.rule(switched, wrt=("a", "b"))
def _(a, b, k, *, y_bar):
    if k:
        return 2.0 * a * np.sum(y_bar * b * b), 2.0 * np.sum(a * a) * b * y_bar
    return 3.0 * np.sum(y_bar * b) * np.ones_like(a), 3.0 * np.sum(a) * y_bar


VECTOR, MATRIX = np.array([0.3, -0.2]), np.array([[1.0, 2.0], [0.5, -1.0]])


def looped(x, n):
    for _ in range(n):
        x = capped(x) * 0.1 if np.sum(x) < 3.0 else x
    return np.sum(x * x)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_rule_with_a_vjp_only(n):
    tangent = np.array([1.0, -0.5])
    _, slope = s2sad.jvp(lambda x: looped(x, n), (VECTOR,), (tangent,))
    np.testing.assert_allclose(slope, s2sad.grad(looped)(VECTOR, n) @ tangent)


@pytest.mark.parametrize("k", [True, False])
def test_a_rule_with_a_vjp_only_of_several_arguments(k):
    def f(a, b):
        return np.sum(np.sin(switched(a, b, k)) * b)

    ones = np.ones_like(MATRIX)
    over_a, over_b = s2sad.grad(f, argnums=(0, 1))(MATRIX, VECTOR)
    for a_dot, b_dot in ((ones, VECTOR), (0.0 * ones, VECTOR), (ones, 0.0 * VECTOR)):
        _, slope = s2sad.jvp(f, (MATRIX, VECTOR), (a_dot, b_dot))
        np.testing.assert_allclose(slope, np.sum(over_a * a_dot) + over_b @ b_dot)
    _, slope = s2sad.jvp(lambda b: f(MATRIX, b), (VECTOR,), (VECTOR,))
    np.testing.assert_allclose(slope, over_b @ VECTOR)


def test_second_derivatives_by_a_rule_with_a_vjp_only():
    def f(x):
        return np.sum(capped(x) * x)

    expected = np.diag(np.exp(VECTOR) * (2.0 + VECTOR))
    np.testing.assert_allclose(s2sad.hessian(f)(VECTOR), expected)
    np.testing.assert_allclose(s2sad.hvp(f)(VECTOR, np.ones(2)), expected @ np.ones(2))
    np.testing.assert_allclose(s2sad.jacfwd(s2sad.grad(f))(VECTOR), expected)
    np.testing.assert_allclose(s2sad.jacfwd(capped)(VECTOR), np.diag(np.exp(VECTOR)))
    assert s2sad.jvp(capped, (0.5,), (2.0,))[1] == pytest.approx(2.0 * np.exp(0.5))


@pytest.mark.parametrize("fn", [np.max, np.min, np.ptp, np.median, np.sum, np.linalg.norm, np.prod])
def test_tangents_of_scalars_are_as_precise_as_these(fn):
    v = np.array([1.0, 2.0, 3.5], np.float32)
    value, dot = s2sad.jvp(lambda x: fn(x), (v,), (np.ones_like(v),))
    assert type(value) is type(dot) is np.float32
