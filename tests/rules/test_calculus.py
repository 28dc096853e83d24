"""Rules of discrete calculus against finite differences."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import rules
from s2sad.rules import calculus
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(7)
V = np.array([0.7, -1.6, 1.2, 0.3, 2.1])
A = RNG.normal(size=(3, 5))
T = RNG.normal(size=(2, 3, 4))
SINGLE = A.astype(np.float32)
GRID = np.array([0.0, 0.5, 1.3, 2.0, 3.1])
trapezoid = calculus._trapezoid

SAMPLES = [
    *[sample(np.diff, a, **kw) for a in [V, A, SINGLE] for kw in [{}, {"n": 2}, {"axis": 0}, {"n": 3}, {"n": 0}]
      if not (a is not V and kw == {"n": 3})],
    sample(np.diff, A, prepend=1.5), sample(np.diff, A, append=A[:, :2]),
    sample(np.diff, A, n=2, axis=0, prepend=A[:2], append=0.5),
    sample(np.ediff1d, V), sample(np.ediff1d, A), sample(np.ediff1d, V, to_begin=1.0, to_end=np.array([1.0, 2.0])),
    *[sample(np.gradient, V, *h, edge_order=e) for h in [(), (0.3,)] for e in [1, 2]],
    sample(np.gradient, V[:2]), sample(np.gradient, A), sample(np.gradient, A, 0.5, 2.0),
    sample(np.gradient, A, axis=1),
    sample(np.gradient, T, 0.5, axis=(1, 2), edge_order=2), sample(np.gradient, SINGLE, axis=0),
    sample(trapezoid, V), sample(trapezoid, V, GRID), sample(trapezoid, A, dx=0.3), sample(trapezoid, A, GRID),
    sample(trapezoid, A, axis=0), sample(trapezoid, A, A ** 2, axis=0), sample(trapezoid, SINGLE, GRID),
    sample(trapezoid, V[:1]),
    sample(np.interp, np.array([0.2, 1.7, 2.9, -1.0, 5.0]), GRID, V), sample(np.interp, 0.7, GRID, V),
    sample(np.interp, np.array([[0.2, 1.7], [-1.0, 5.0]]), GRID, V, left=0.0),
    sample(np.interp, A, GRID, V, right=1.0),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def test_gradient_on_a_nonuniform_grid_is_refused():
    assert rules.pullback(np.gradient, (V, GRID), {}, y=np.gradient(V, GRID), y_bar=V)["f"] is NotImplemented


def test_interp_with_a_period_is_refused():
    got = rules.pullback(np.interp, (V, GRID, V), {"period": 4.0}, y=V, y_bar=V)
    assert got["fp"] is NotImplemented
