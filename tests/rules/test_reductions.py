"""Rules of reductions: each against finite differences over shapes and axes; exact zeros, ties, constants, nan."""
from __future__ import annotations

import builtins
import math

import numpy as np
import pytest

from s2sad import rules, runtime
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(3)
V = np.array([0.7, -1.6, 1.2, 0.3])
A = RNG.normal(size=(2, 3))
T = RNG.normal(size=(2, 3, 4))
Z = A + 1j * RNG.normal(size=(2, 3))
SINGLE = A.astype(np.float32)
MASK = np.array([[True, False, True], [True, True, False]])
NANS = np.where(MASK, A, np.nan)
ZEROS = np.array([[0.0, 1.5, -2.0], [0.0, 3.0, 0.0]])
SCALAR = np.array(1.4)

AXES = [(V, {}), (V, {"axis": 0}), (V, {"keepdims": True}), (A, {"axis": 1}), (A, {"axis": -1, "keepdims": True}),
        (A, {"axis": (0, 1)}), (T, {"axis": (0, -1)}), (T, {"axis": 1}), (T, {"axis": (2, 0), "keepdims": True}),
        (A, {"axis": ()}),
        (SINGLE, {"axis": 0}), (SCALAR, {})]
REDUCTIONS = [np.sum, np.mean, np.prod, np.max, np.min, np.ptp, np.nansum, np.nanmean, np.nanprod, np.nanmax,
    np.nanmin]
SPREADS = [np.var, np.std, np.nanvar, np.nanstd]
UFUNCS = [np.add.reduce, np.multiply.reduce, np.maximum.reduce, np.minimum.reduce, np.fmax.reduce, np.fmin.reduce]
SCANS = [np.cumsum, np.cumprod, np.nancumsum, np.add.accumulate, np.multiply.accumulate]

SAMPLES = [
    *[sample(op, a, **kw) for op in REDUCTIONS for a, kw in AXES if not (op is np.ptp and a is SCALAR)],
    *[sample(op, 1.3) for op in REDUCTIONS if op not in (np.ptp,)],
    *[sample(op, a, **kw) for op in SPREADS for a, kw in AXES if kw.get("axis") != () and a is not SCALAR],
    *[sample(op, a, ddof=1, **kw) for op in SPREADS for a, kw in [(V, {}), (T, {"axis": (0, -1)})]],
    *[sample(op, a) for op in UFUNCS for a in [V, T]], *[sample(op, T, axis=(1, 2)) for op in UFUNCS],
    *[sample(op, T, axis=None, keepdims=True) for op in UFUNCS],
    *[sample(op, Z, axis=1) for op in [np.sum, np.mean, np.prod, np.var, np.std, np.cumsum, np.cumprod]],
    *[sample(op, A, axis=1, where=MASK) for op in [np.sum, np.mean, np.prod, np.var, np.std, np.nansum, np.nanvar]],
    *[sample(op, NANS, axis=0) for op in [np.nansum, np.nanmean, np.nanprod, np.nanmax, np.nanmin, np.nancumsum]],
    *[sample(op, NANS, axis=1) for op in [np.nanvar, np.nanstd]],
    *[sample(op, NANS, axis=0, where=MASK) for op in [np.nansum, np.nanmean, np.nanprod]],
    *[sample(op, A, axis=0, initial=0.5) for op in [np.sum, np.prod, np.max, np.min]],
    *[sample(op, A, axis=0, initial=0.5, where=MASK) for op in [np.sum, np.prod, np.max, np.min]],
    *[sample(np.prod, ZEROS, **kw) for kw in [{}, {"axis": 0}, {"axis": 1}, {"axis": (0, 1)}]],
    *[sample(np.cumprod, ZEROS, **kw) for kw in [{}, {"axis": 0}, {"axis": 1}]],
    *[sample(op, np.zeros((0, 3)), axis=0) for op in [np.sum, np.prod]],
    *[sample(op, a) for op in SCANS for a in [V, T, SINGLE]],
    *[sample(op, T, axis=ax) for op in SCANS for ax in [1, -1]],
    sample(np.sum, SINGLE, dtype=np.float64), sample(np.mean, SINGLE, axis=0, dtype=np.float64),
    sample(np.amax, A, axis=0), sample(np.amin, A, axis=0),
    sample(runtime.recurrence, A, A + 1.0), sample(runtime.recurrence, V, V),
    sample(builtins.sum, V), sample(builtins.sum, A), sample(builtins.sum, [0.5, 1.2]),
    sample(builtins.sum, [V, A[0, 0]], 0.5),
    sample(math.fsum, [0.5, 1.2]), sample(math.fsum, V), sample(math.prod, [0.5, 1.2, -3.0]),
    sample(math.prod, [0.5, 0.0, -3.0]),
    sample(math.prod, V), sample(math.prod, (1.5, 2.5)), sample(math.dist, [0.5, 1.2], [0.3, -1.0]),
    sample(math.dist, V, 2.0 * V),
]
if hasattr(np, "cumulative_sum"):
    SAMPLES += [sample(np.cumulative_sum, V), sample(np.cumulative_sum, T, axis=1), sample(np.cumulative_prod, V),
                sample(np.cumulative_sum, T, axis=1, include_initial=True), sample(np.cumulative_prod, T, axis=-1)]
if hasattr(math, "sumprod"):
    SAMPLES += [sample(math.sumprod, [0.5, 1.2], [0.3, -1.0])]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def bar(op, x, y_bar=1.0, **kwargs):
    (got,) = [v for k, v in rules.pullback(op, (x,), kwargs, y=op(x, **kwargs),
        y_bar=y_bar).items() if k != "initial"]
    return got


@pytest.mark.parametrize("value", [2.0, 0.0, 0.1, -1e-300, 1e30])
@pytest.mark.parametrize("n", [1, 3, 1000])
def test_std_of_equal_values_is_flat(value, n):
    assert np.all(bar(np.std, np.full(n, value)) == 0.0)


@pytest.mark.parametrize("op", [np.max, np.min])
def test_ties_share_equally(op):
    assert bar(op, np.array([2.0, 2.0, 2.0, 2.0])).tolist() == [0.25] * 4
    assert bar(op, np.ones((2, 2)), np.array([1.0, 2.0]), axis=1).tolist() == [[0.5, 0.5], [1.0, 1.0]]


def test_a_tie_with_initial_counts():
    assert bar(np.max, np.array([1.0, 2.0]), initial=2.0).tolist() == [0.0, 0.5]


def test_ptp_of_equal_values_is_flat():
    assert bar(np.ptp, np.ones(4)).tolist() == [0.0] * 4


@pytest.mark.parametrize("op", [np.argmax, np.any, np.count_nonzero])
def test_no_gradient(op):
    assert rules.has_no_gradient(op)
