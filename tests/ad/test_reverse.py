"""Reverse mode, before any pass."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from s2sad import runtime
from s2sad.errors import NotDifferentiable
from s2sad.ir import Call
from s2sad.ir.interpret import interpret
from s2sad.ir.walk import statements
from tests.ad.helper import V, adjoint_ops, check, collected, derived, loops


def straight(v):
    a = np.sin(v)
    return np.sum(a * v) / (1.0 + a[0] ** 2)


def branch(v):
    if v[0] > 0.2:
        a = v * v[1]
        b = a
    else:
        a, b = v, v * 2.0
    return np.sum(a * b)


def branch_of_one_side(v):
    s = v[0]
    if v[1] > 0.0:
        s = s * v[2]
    if v[1] < 0.0:
        s = s * v[3]
    return s


def loop(v):
    s = 0.0
    for x in v:
        s = s * x + math.sin(x)
    return s


def nested_loops(v):
    a = np.zeros((4, 4))
    for i in range(4):
        for j in range(i):
            a[i, j] = v[i] * v[j] + a[i - 1, j]
    return np.sum(a * a)


def exits(v):
    s = 1.0
    for i in range(len(v)):
        if v[i] < 0.5:
            continue
        s = s * v[i]
        if s > 0.8:
            return s * 2.0
    return s


def while_loop(v):
    x = v[0]
    k = 0
    while x < 5.0:
        x = x * (1.0 + v[k % 4])
        k += 1
    return x


def overwrites(v):
    a = v * 1.0
    for i in range(1, 4):
        a[i] = a[i] * a[i - 1]
        a[i - 1] = a[i] ** 2
    return np.sum(a)


def swapped(v):
    a, b = v[0], v[1]
    for _ in range(3):
        a, b = b, a * b
    return b


def lists(v):
    xs = [v[0]]
    for i in range(1, 4):
        xs.append(xs[i - 1] * v[i])
    ys = [x * x for x in xs]
    return sum(ys) + ys.pop()


def views(v):
    a = np.outer(v, v)
    for r in range(4):
        row = a[r]
        row *= v[r]
        row[1:] += row[:-1]
    return np.sum(a.T[1:] ** 2)


def many_uses(v):
    a = v * 2.0
    return np.sum(a + a * a) + a[0] * np.dot(a, a) - np.max(a)


PROGRAMS = [
    straight,
    branch,
    branch_of_one_side,
    loop,
    nested_loops,
    exits,
    while_loop,
    overwrites,
    swapped,
    lists,
    views,
    many_uses,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_against_finite_differences(fn):
    check(fn, V)


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_the_derivative_can_be_differentiated(fn):
    gradient = s2sad.grad(fn)
    check(lambda v: np.sum(gradient(v) * v), V)


def test_what_is_inactive_has_no_adjoint():
    def f(x, n):
        table = np.arange(n) ** 2
        weights = np.sin(table)
        return x * np.sum(weights)

    assert np.cos not in adjoint_ops(f, 0.5, 4)
    assert adjoint_ops(f, 0.5, 4).count(np.sum) == 0


def test_one_argument_only():
    def f(x, y):
        return x * np.exp(y)

    assert len(adjoint_ops(f, 0.5, 0.7)) < len(adjoint_ops(f, 0.5, 0.7, argnums=(0, 1)))


def test_a_missing_cotangent_costs_nothing():
    def f(x):
        a, b = x * 2.0, np.sin(x)  # noqa: F841
        return a * x

    ops = adjoint_ops(f, 0.5)
    assert np.zeros_like not in ops and runtime.zeros_like not in ops and math.cos not in ops and np.cos not in ops


def test_element_updates_stay_element_updates():
    gradient = derived(overwrites, (V,))
    for each in loops(gradient):
        for s in each.body.stmts:
            assert not (isinstance(s, Call) and s.op in (runtime.copy, np.zeros_like, np.copy)), s


def test_loops_are_reversed_and_collect_no_array():
    gradient = derived(nested_loops, (V,))
    assert [each.reverse for each in loops(gradient) if each.adjoint] == [True, True]
    assert not any("a" == name.rstrip("s") for name in collected(gradient))


def test_parts_of_the_result_that_do_not_vary():
    assert interpret(derived(lambda x: 3.0, (0.5,)), 0.5) == (0.0,)
    np.testing.assert_array_equal(interpret(derived(lambda v: 3.0, (V,)), V)[0], np.zeros(4))


@pytest.mark.parametrize(
    "fn, x",
    [
        (lambda x: np.sum(np.where(x > 0.0, np.sqrt(x), x)), np.array([0.3, -0.7, 0.0])),
        (lambda x: np.sum(np.where(x > 0.0, np.log(x) * x, 2.0 * x)), np.array([0.3, -0.7])),
        (lambda x: np.sum(np.where(x != 0.0, np.sin(x) / x, 1.0)), np.array([0.3, 0.7])),
        (lambda x: np.where(x > 0.0, np.sqrt(x), x * 3.0), -0.5),
        (lambda x: np.where(x > 0.0, np.log(x), x * 3.0), -0.5),
        (lambda x: np.sum(np.where(x > 1.0, (x - 1.0) ** 0.5 * 2.0, x)), np.array([0.3, 1.7])),
        (lambda x: np.sum(np.where(x < 1.0, np.arcsin(x) + 1.0, x**2)), np.array([0.3, 1.7])),
    ],
)
def test_the_branch_of_where_that_is_not_taken_gives_an_exact_zero(fn, x):
    with np.errstate(all="ignore"):
        g = s2sad.grad(fn)(x)
        assert np.all(np.isfinite(g))
        if np.ndim(x) == 0 or np.all(x != 0.0):
            check(fn, x)


def test_an_unknown_operation_names_the_active_argument():
    opaque = np.frompyfunc(lambda t: t, 1, 1)
    with pytest.raises(NotDifferentiable) as info:
        derived(lambda v: np.sum(opaque(v)), (V,))
    assert "`v` depends on an input" in info.value.why
    assert interpret(derived(lambda v: np.sum(v * opaque(2.0)), (V,)), V)[0].shape == (4,)


def test_an_active_argument_without_derivative_is_refused():
    with pytest.raises(NotDifferentiable) as info:
        derived(lambda v: np.percentile(v, 50.0 * v[0]), (V,))
    assert info.value.code == "S2S003"


def test_comments_can_name_the_users_statement():
    for s in statements(derived(straight, (V,)).body):
        if isinstance(s, Call) and s.adjoint and s.loc is not None:
            assert s.loc.text in ("a = np.sin(v)", "return np.sum(a * v) / (1.0 + a[0] ** 2)", "def straight(v):")


def stencil(u, a, n):
    u = u.copy()
    for i in range(n):
        u[1:-1] += a * (u[:-2] - 2.0 * u[1:-1] + u[2:])
        u[i] -= a * u[i + 1]
        u[-1] += u[0]
    return np.sum(u ** 2)


def test_stencils_in_place():
    source = s2sad.grad(stencil).source_for(np.ones(6), 0.1, 2)
    assert "] = 0.0" not in source.partition("# reverse sweep")[2]
    s2sad.check_grads(stencil, (np.array([0.3, -1.0, 0.5, 2.0, 1.0, 0.2]), 0.1, 3))


def test_the_same_place_twice_and_repeated_indices():
    def f(u, v):
        u = u.copy()
        i = np.array([0, 2, 2])
        u[i] += v * u[i]
        u[1] += u[1] * v[0]
        u[u > 0.45] += np.sum(v)
        return np.sum(u ** 3)
    s2sad.check_grads(f, (np.array([0.3, -1.0, 0.5, 2.0]), np.array([0.7, 0.1, -0.2])))
