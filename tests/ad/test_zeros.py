"""What was not selected has a derivative of exactly zero, beside partial derivatives that are infinite or nan.

Every program is differentiated at a point at which something that it computes, and does not use, has no derivative. The
truth are differences of the program itself, of first and of second order.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special as sp

import s2sad
from s2sad import elementwise, rule

PROGRAMS: dict[str, tuple[Callable, np.ndarray]] = {}
V = np.array([0.0, 4.0, 9.0])
W = np.array([-1.0, 0.5, 2.0])
D = np.array([0.0, 2.0, 4.0])


def program(x: Any) -> Callable[[Callable], Callable]:
    """Register a program of one array, to be differentiated at ``x``."""

    def add(fn: Callable) -> Callable:
        assert fn.__name__ not in PROGRAMS
        PROGRAMS[fn.__name__] = fn, np.asarray(x, float)
        return fn

    return add


# ---- indices ---------------------------------------------------------------------------------------------------------
@program(V)
def element(x):
    return np.sqrt(x)[1] * x[2]


@program(V)
def two_elements(x):
    y = np.sqrt(x)
    return y[1] * y[2]


@program(V)
def slice_of_roots(x):
    return np.sum(np.sqrt(x)[1:] ** 3)


@program(V)
def last_one(x):
    return np.log(x)[-1]


@program(V)
def list_of_indices(x):
    return np.sum(np.cbrt(x)[[1, 2, 1]] * x[1])


@program(W)
def mask_of_positive(x):
    return np.sum(np.log(x)[x > 0.0] ** 2)


@program(np.array([[0.0, 1.0], [4.0, 0.0]]))
def column(a):
    return np.sqrt(a)[0, 1] * np.sqrt(a)[1, 0]


@program(V)
def unpacked(x):
    a, b, c = np.sqrt(x)
    return b * c


@program(V)
def chain_of_operations(x):
    return np.sum((np.sin(np.sqrt(x)) * x + np.exp(x / 9.0))[1:])


@program(V)
def taken(x):
    return np.sum(np.take(np.sqrt(x), [1, 2]))


@program(V)
def taken_along_an_axis(x):
    return np.sum(np.take_along_axis(np.sqrt(x), np.array([2, 1]), 0) ** 2)


@program(V)
def compressed(x):
    return np.sum(np.compress([False, True, True], np.sqrt(x)))


@program(V)
def deleted(x):
    return np.sum(np.delete(np.sqrt(x), 0) ** 3)


# ---- choices ---------------------------------------------------------------------------------------------------------
@program(W)
def root_where_positive(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x), x * x))


@program(W)
def logarithm_of_the_larger(x):
    return np.sum(np.where(x > 0.0, x * np.log(np.maximum(x, 0.0)), 0.0))


@program(W)
def select_of_three(x):
    return np.sum(np.select([x < 0.0, x < 1.0], [x**2, x**3], np.sqrt(x)))


@program(W)
def choose_of_two(x):
    return np.sum(np.choose((x > 0.0).astype(int), [x * x, np.sqrt(x)]))


@program(W)
def root_of_the_maximum(x):
    return np.sum(np.sqrt(np.maximum(x, 0.0)) * x)


@program(W)
def root_of_the_minimum(x):
    return np.sum(np.sqrt(1.0 - np.minimum(x, 1.0)) * np.array([1.0, 2.0, 0.0]))


@program(W)
def root_of_what_is_clipped(x):
    return np.sum(np.sqrt(np.clip(x, 0.0, 3.0)))


@program(W)
def maximum_of_a_root(x):
    return np.sum(np.maximum(np.sqrt(np.maximum(x, 0.0)), 0.1) * x)


@program(W)
def power_where_positive(x):
    return np.sum(np.where(x > 0.0, x**1.5, 2.0 * x))


@program(W)
def two_choices_in_a_row(x):
    y = np.where(x > 0.0, np.log(x), x)
    return np.sum(np.where(x > 1.0, np.sqrt(y), y))


@program(W)
def choice_inside_a_product(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x) * np.log(x) * x, np.cos(x)))


@program(W)
def quotient_of_a_difference(x):
    return np.sum(np.where(x == 0.5, 1.0 + x, (x * x - 0.25) / (x - 0.5)))


@program(W)
def number_or_nothing(x):
    return np.where(x[0] > 0.0, np.sum(np.log(x)), x[1] * x[2])


@program(W)
def done_where_positive(x):
    return np.sum(np.sqrt(x, out=x * 1.0, where=x > 0.0))


@program(V)
def done_where_possible(x):
    return np.sum(np.divide(x * x, D, out=np.zeros(3), where=D > 0.0))


# ---- overwriting -----------------------------------------------------------------------------------------------------
@program(V)
def overwritten(x):
    y = x / D
    y[0] = 1.0
    return np.sum(y * y)


@program(V)
def overwritten_by_another(x):
    y = np.sqrt(x)
    y[0] = x[1] * x[2]
    return np.sum(y**2)


@program(W)
def overwritten_under_a_mask(x):
    y = np.log(x)
    y[x < 0.0] = 2.0
    return np.sum(y**3)


@program(V)
def written_in_a_loop_then_overwritten(x):
    y = np.empty(3)
    for i in range(3):
        y[i] = np.sqrt(x[i])
    y[0] = 0.0
    return np.sum(y * x)


# ---- extreme values, sorting -----------------------------------------------------------------------------------------
@program(V)
def largest(x):
    return np.max(np.cbrt(x)) * x[1]


@program(np.array([[0.0, 3.0], [1.0, 0.0]]))
def smallest_of_each_row_of_the_negative(a):
    return np.sum(np.min(-np.cbrt(a), axis=1) ** 2)


@program(V)
def second_of_the_sorted(x):
    return np.sort(np.cbrt(x))[1] ** 3


@program(V)
def partitioned(x):
    return np.partition(np.cbrt(x), 1)[2] ** 3


@program(V)
def median_of_roots(x):
    return np.median(np.cbrt(x)) * x[2]


@program(V)
def largest_number(x):
    return max(np.cbrt(x[0]), np.cbrt(x[1]), np.cbrt(x[2]))


# ---- joining, splitting, moving --------------------------------------------------------------------------------------
@program(V)
def concatenated(x):
    return np.concatenate([np.sqrt(x), x])[2] * np.concatenate([x, np.sqrt(x)])[4]


@program(V)
def stacked(x):
    return np.stack([np.linalg.norm(x[:1]), np.sqrt(x[1])])[1] * x[2]


@program(np.zeros(3))
def norm_beside_a_number(x):
    return np.stack([np.linalg.norm(x) ** 0.5, np.sum(np.exp(x))])[1]


@program(V)
def split(x):
    a, b, c = np.split(np.sqrt(x), 3)
    return np.sum(b * c)


@program(V)
def padded(x):
    return np.sum(np.pad(np.sqrt(x), 1)[2:] ** 3)


@program(np.array([[1.0, 0.0], [0.0, 4.0]]))
def diagonal(a):
    return np.sum(np.diag(np.sqrt(a)) ** 3)


@program(np.array([[1.0, 0.0], [0.0, 4.0]]))
def trace_of_roots(a):
    return np.trace(np.sqrt(a)) ** 2


@program(np.array([[1.0, 0.0], [3.0, 4.0]]))
def lower_triangle(a):
    return np.sum(np.tril(np.sqrt(a)) ** 3)


@program(np.array([[1.0, 2.0], [0.0, 4.0]]))
def upper_triangle(a):
    return np.sum(np.triu(np.log(a)) ** 2)


@program(V)
def rolled(x):
    return np.sum(np.roll(np.sqrt(x), 1)[[0, 2]] ** 3)


@program(V)
def reshaped_and_transposed(x):
    return np.sum(np.reshape(np.concatenate([np.sqrt(x), x[1:2]]), (2, 2)).T[1] ** 3)


@program(V)
def repeated(x):
    return np.sum(np.repeat(np.sqrt(x), 2)[2:] ** 3)


@program(V)
def differences(x):
    return np.diff(np.sqrt(x))[1] ** 2


@program(V)
def tensor_of_roots(x):
    return np.einsum("i,j->ij", np.sqrt(x), x)[1, 2]


# ---- loops, branches, lists, helpers ---------------------------------------------------------------------------------
@program(V)
def loop_that_leaves_one_out(x):
    y = np.sqrt(x)
    s = 0.0
    for i in range(1, 3):
        s += y[i] ** 3
    return s


@program(V)
def loop_that_writes(x):
    y = np.empty(3)
    for i in range(3):
        y[i] = np.sqrt(x[i]) * x[1]
    return y[1] * y[2]


@program(V)
def loop_with_a_common_factor(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = x[1] * (1.0 / np.float64(x[i]))
    return y[1] + y[2]


@program(W)
def loop_with_a_branch(x):
    y = np.sqrt(x)
    s = 0.0
    for i in range(3):
        if x[i] > 0.0:
            s += y[i] * x[i]
    return s


@program(W)
def loop_that_skips(x):
    s = 0.0
    for v in x:
        r = np.sqrt(v)
        if v < 0.0:
            continue
        s += r**3
    return s


@program(V)
def while_loop(x):
    y, i, s = np.log(x), 2, 0.0
    while i > 0:
        s += y[i] ** 2
        i -= 1
    return s


@program(W)
def branch_that_does_not_need_it(x):
    r = np.sqrt(x[0])
    if x[0] > 0.0:
        s = r * x[1]
    else:
        s = x[1] * x[2]
    return s


@program(W)
def number_chosen(x):
    r = np.sqrt(x[0])
    return x[1] ** 2 if x[0] < 0.0 else r


@program(V)
def list_of_roots(x):
    roots = [np.sqrt(v) for v in x]
    return roots[1] * roots[2]


@program(V)
def list_grown_and_read(x):
    roots = []
    for v in x:
        roots.append(np.sqrt(v) * x[2])
    return roots[1] ** 2


@program(V)
def dictionary_of_arrays(x):
    made = {"root": np.sqrt(x), "square": x * x}
    return made["root"][1] * made["square"][2]


def _root_and_square(v):
    return np.sqrt(v), v * v


@program(V)
def helper_with_two_results(x):
    a, b = _root_and_square(x)
    return a[1] * np.sum(b)


@program(np.array([0.0, 0.0, 1.0]))
def constant_beside_a_variable(x):
    joined = np.concatenate([np.zeros(2), x + 1.0])
    return np.sum(np.sqrt(joined))


@program(np.array([1.0, 2.0, 3.0]))
def constant_start_of_a_recurrence(x):
    s = 0.0
    for v in x:
        s = np.sqrt(np.float64(s)) + v * v
    return s


# ---- scipy.special, rules of the user, rules with formulas -----------------------------------------------------------
@program(W)
def gammaln_where_positive(x):
    return np.sum(np.where(x > 0.0, sp.gammaln(x) * x, 0.0))


@program(np.array([0.0, 0.5, 2.0]))
def psi_indexed(x):
    return sp.psi(x)[1] * sp.psi(x)[2]


@program(np.array([-0.5, 0.25, 1.5]))
def logit_inside(x):
    return np.sum(np.where((x > 0.0) & (x < 1.0), sp.logit(x), x))


@program(np.array([-0.5, 0.25, 0.5]))
def xlogy_where(x):
    return np.sum(np.where(x > 0.0, sp.xlogy(x, x) ** 2, x))


@program(np.array([0.0, 0.25, 0.5]))
def ndtri_indexed(x):
    return sp.ndtri(x)[1] * x[2]


@program(np.array([0.0, 0.25, 0.5]))
def entropy_indexed(x):
    return np.sum(sp.entr(x)[1:] ** 2)


def _steep(x):
    return np.abs(x) ** 0.25


@elementwise(_steep)
def _steep_partials(x, *, y):
    return 0.25 * np.sign(x) * np.abs(x) ** -0.75


def _steep_too(x):
    return np.abs(x) ** 0.25


@rule(_steep_too)
def _steep_too_rule(x, *, y, y_bar):
    return y_bar * 0.25 * np.sign(x) / np.abs(x) ** 0.75


@_steep_too_rule.jvp
def _steep_too_jvp(x, *, y, x_dot):
    return 0.25 * np.sign(x) / np.abs(x) ** 0.75 * x_dot


@program(V)
def users_rule_where(x):
    return np.sum(np.where(x > 0.5, _steep(x) * x, x))


@program(V)
def users_rule_indexed(x):
    return _steep_too(x)[1] * x[2]


@program(V)
def users_rule_in_a_loop(x):
    s = 0.0
    for k in range(3):
        y = _steep_too(x[k] * x)
        s = s + y[2] if k > 0 else s
    return s


@program(V)
def product_of_roots(x):
    return np.stack([np.prod(np.log(x)), x[1] * x[2]])[1]


@program(V)
def quotient_beside(x):
    return np.stack([np.dot(x, 1.0 / x), x[1] * x[2]])[1]


@program(V)
def logarithms_of_a_sum(x):
    return np.where(np.sum(x) < 0.0, np.dot(np.sqrt(x), x), np.sum(x**2))


@program(np.array([0.0, 1.0, 2.0]))
def cumulative(x):
    return np.cumsum(np.sqrt(x)[1:])[1] ** 2


def truth(f: Callable, x: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of f at x, and the derivative of the gradient along v, from values of f alone."""
    n, h = x.size, 2e-3
    unit = np.eye(n).reshape(n, *x.shape)

    def at(d: np.ndarray) -> float:
        return float(f(x + d))

    def slope(d: np.ndarray, base: np.ndarray) -> float:
        return (8 * (at(base + h * d) - at(base - h * d)) - (at(base + 2 * h * d) - at(base - 2 * h * d))) / (12 * h)

    first = np.array([slope(e, 0.0 * x) for e in unit])
    k = 4e-3
    second = np.array([
        (8 * (slope(e, k * v) - slope(e, -k * v)) - (slope(e, 2 * k * v) - slope(e, -2 * k * v))) / (12 * k)
        for e in unit
    ])
    return first.reshape(x.shape), second.reshape(x.shape)


def direction(x: np.ndarray) -> np.ndarray:
    return np.linspace(0.5, 1.25, x.size).reshape(x.shape)


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def each() -> Any:
    return pytest.mark.parametrize("f, x", PROGRAMS.values(), ids=PROGRAMS.keys())


@each()
def test_reverse(f: Callable, x: np.ndarray) -> None:
    first, _ = truth(f, x, direction(x))
    np.testing.assert_allclose(s2sad.grad(f)(x.copy()), first, rtol=1e-6, atol=1e-8)


@each()
def test_forward(f: Callable, x: np.ndarray) -> None:
    v = direction(x)
    first, _ = truth(f, x, v)
    _, dot = s2sad.jvp(f, (x.copy(),), (v,))
    np.testing.assert_allclose(dot, np.sum(first * v), rtol=1e-6, atol=1e-8)


@each()
def test_reverse_over_reverse(f: Callable, x: np.ndarray) -> None:
    v = direction(x)
    _, second = truth(f, x, v)
    _, pull = s2sad.vjp(s2sad.grad(f), x.copy())
    np.testing.assert_allclose(pull(v)[0] if isinstance(pull(v), tuple) else pull(v), second, rtol=1e-4, atol=1e-5)


@each()
def test_forward_over_reverse(f: Callable, x: np.ndarray) -> None:
    v = direction(x)
    _, second = truth(f, x, v)
    _, dot = s2sad.jvp(s2sad.grad(f), (x.copy(),), (v,))
    np.testing.assert_allclose(dot, second, rtol=1e-4, atol=1e-5)


MISSING, V3 = np.array([1.0, np.nan, 2.0]), np.array([0.5, 0.6, 0.7])


@pytest.mark.parametrize("f, want", [
    (lambda x, d: np.sum(np.where(np.isnan(d), 0.0, (x - d) ** 2)), 2 * (V3 - MISSING)),
    (lambda x, d: np.sum(np.where(np.isnan(d), 0.0, x * d)), MISSING),
    (lambda x, d: np.sum(np.select([np.isnan(d), True], [0.0, np.exp(x) * d])), np.exp(V3) * MISSING)])
def test_data_that_are_missing_are_kept_out_by_a_mask(f, want):
    want = np.where(np.isnan(MISSING), 0.0, want)
    np.testing.assert_allclose(s2sad.grad(f)(V3, MISSING), want)
    np.testing.assert_allclose(s2sad.jvp(f, (V3, MISSING), (V3, None))[1], want @ V3)
    assert np.all(np.isfinite(s2sad.hessian(f)(V3, MISSING)))


def test_by_data_that_are_missing():
    gradient = s2sad.grad(lambda x: np.sum(np.where(np.isnan(x), 0.0, x ** 2)))
    np.testing.assert_allclose(gradient(MISSING), [2.0, 0.0, 4.0])
