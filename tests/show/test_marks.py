"""Saved, recomputed and active values."""
from __future__ import annotations

import inspect

import numpy as np

from s2sad import grad
from s2sad.api.inspection import _active
from s2sad.ir import For
from s2sad.ir.walk import statements
from s2sad.show.marks import active_names, recomputed, saved


def helper(x):
    return np.tanh(x)


def f(x, n):
    k = 2 * n
    h = helper(x)
    s = 0.0
    for i in range(n):
        p = h[i] * x[i]
        s += np.exp(p) * k
    return s * np.sum(h)


ARGS = (np.array([0.5, 0.6]), 2)


def test_saved_values_are_read_by_the_reverse_sweep():
    names = {v.name for v in saved(grad(f).entry(ARGS, {}).adjoint)}
    assert "result" in names and not names & {"n", "x_bar"}  # the value of `h`, by its name in the helper


def test_what_the_loop_collects_is_saved_with_its_list():
    fn = grad(f).entry(ARGS, {}).adjoint
    kept = saved(fn)
    (first,) = [s for s in fn.body.stmts if isinstance(s, For) and not s.adjoint]
    (second,) = [s for s in fn.body.stmts if isinstance(s, For) and s.adjoint]
    lists = {c.out for c in first.collected}
    assert lists and lists <= kept
    assert {c.result for c in first.collected} <= kept
    assert {w.item for w in second.walked if w.sequence in lists} <= kept


def test_nothing_is_saved_of_a_linear_function():
    assert not saved(grad(lambda x: 3.0 * np.sum(x)).entry((np.ones(2),), {}).adjoint)


def steps(x, n):
    for i in range(n):
        if x > 1.0:
            u = i + 2.0
            x = np.sin(x * u) * u
    return x


def test_what_the_reverse_sweep_computes_again_is_recomputed():
    fn = grad(steps).entry((1.5, 3), {}).adjoint
    again = recomputed(fn)
    assert "u" in {v.name for v in again} and not again & saved(fn)
    made = [s for s in statements(fn.body) if set(s.outs) & again]
    forward = {s.op for s in statements(fn.body) if not s.adjoint and hasattr(s, "op")}
    assert all(s.adjoint and s.op in forward for s in made)


def test_active_names_leave_out_what_does_not_vary():
    entry = grad(f).entry(ARGS, {})
    text = inspect.getsource(f)
    names = active_names(entry.lowered.function, _active(entry), __file__, text)
    assert {"x", "h", "s", "p"} <= names and not names & {"k", "n", "i"}


def test_a_parameter_is_active_if_something_in_it_is():
    def loss(params, x):
        return np.sum(params["W"] * x)
    entry = grad(loss).entry(({"W": np.ones(2)}, np.ones(2)), {})
    names = active_names(entry.lowered.function, _active(entry), __file__, inspect.getsource(loss))
    assert "params" in names and "x" not in names
