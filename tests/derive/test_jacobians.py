"""Jacobians as one function: what runs once, and what is a loop."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.api.products import Products
from s2sad.ir import For
from tests.differences import columns

V = np.array([0.3, -0.7, 1.2, 0.9])
RNG = np.random.default_rng()


def in_place(x):
    u = x.copy()
    for _ in range(3):
        u[1:-1] += 0.25 * (u[:-2] - 2.0 * u[1:-1] + u[2:]) * np.sin(u[1:-1])
        u[0] *= u[1]
    u[2:] *= u[:2]
    return u


def with_loops_and_branches(x):
    total = x[:2] * 1.0
    for k in range(4):
        if x[k] > 0.0:
            total = total * np.sin(x[k]) + x[2:]
        else:
            total[0] += x[k] ** 2
        while total[1] > 2.0:
            total[1] *= 0.5
    return np.outer(total, x)


def of_views(x):
    y = x * x
    rows = y.reshape(2, 2)
    rows = rows @ rows.T
    return rows[:, ::-1].T


def checkpointed(x):
    return s2sad.checkpoint(in_place)(s2sad.checkpoint(in_place)(x) * 0.5)


def constant_in_part(x):
    return np.array([1.0, x[0] * x[1], 2.0])


@pytest.mark.parametrize("fn", [in_place, with_loops_and_branches, of_views, checkpointed, constant_in_part])
@pytest.mark.parametrize("transform", [s2sad.jacrev, s2sad.jacfwd])
def test_matrices_of_functions_that_write(transform, fn):
    x = V.copy()
    first = transform(fn)(x)
    np.testing.assert_allclose(first, columns(fn, V), rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(x, V)
    np.testing.assert_array_equal(transform(fn)(x), first)


@pytest.mark.parametrize("mode", ["rows", "columns"])
def test_the_function_runs_once(mode, capsys):
    def fn(x):
        print("here")
        for _ in range(2):
            print("inside")
            x = np.sin(x)
        return x

    transform = s2sad.jacrev if mode == "rows" else s2sad.jacfwd
    J = transform(fn)(V)
    assert capsys.readouterr().out == "here\ninside\ninside\n"
    np.testing.assert_allclose(J, np.diag(np.cos(V) * np.cos(np.sin(V))))


@pytest.mark.parametrize("transform", [s2sad.jacrev, s2sad.jacfwd])
def test_random_numbers_are_drawn_once(transform):
    def fn(x):
        for _ in range(2):
            x = x * RNG.normal(size=4) + x[::-1]
        return x

    def seeded(f):
        RNG.bit_generator.state = np.random.default_rng(3).bit_generator.state
        return f(V), RNG.uniform()

    J, after = seeded(transform(fn))
    y, expected = seeded(fn)
    assert after == expected
    np.testing.assert_allclose(J @ V, y)


@pytest.mark.parametrize("mode", ["rows", "columns"])
def test_what_needs_no_cotangent_is_outside_of_the_loop(mode):
    def fn(x):
        return np.exp(np.tanh(x) * x)

    entry = Products(fn, mode, (0,)).entry((V,), {})
    (loop,) = [s for s in entry.adjoint.body.stmts if isinstance(s, For)]
    names = [getattr(s.op, "__name__", "") for s in loop.body.stmts]
    assert "tanh" not in names and "exp" not in names
    before, after = entry.source.text.split("for x_dot in" if mode == "columns" else "for y_bar in")
    assert before.count("= np.tanh(") == 1 and "= np.tanh(" not in after
    assert ("# reverse sweep" in before) == (mode == "rows")


def test_what_is_random_and_active_is_refused_by_columns():
    with pytest.raises(s2sad.S2SADError, match="normal"):
        s2sad.jacfwd(lambda x: x * RNG.normal(x))(V)
