"""Rules of reductions: each against finite differences over shapes and axes; exact zeros, constants, nan."""
from __future__ import annotations

import builtins
import math

import numpy as np
import pytest

from s2sad import rules
from s2sad.testing import check_rule
from tests.rules import sample
from tests.rules.arrays import AXES, MASK, NANS, SCALAR, SINGLE, ZEROS, A, T, V, Z

REDUCTIONS = [np.sum, np.mean, np.prod, np.nansum, np.nanmean, np.nanprod]
SPREADS = [np.var, np.std, np.nanvar, np.nanstd]
UFUNCS = [np.add.reduce, np.multiply.reduce]

SAMPLES = [
    *[sample(op, a, **kw) for op in REDUCTIONS for a, kw in AXES],
    *[sample(op, 1.3) for op in REDUCTIONS],
    *[sample(op, a, **kw) for op in SPREADS for a, kw in AXES if kw.get("axis") != () and a is not SCALAR],
    *[sample(op, a, ddof=1, **kw) for op in SPREADS for a, kw in [(V, {}), (T, {"axis": (0, -1)})]],
    *[sample(op, a) for op in UFUNCS for a in [V, T]], *[sample(op, T, axis=(1, 2)) for op in UFUNCS],
    *[sample(op, T, axis=None, keepdims=True) for op in UFUNCS],
    *[sample(op, Z, axis=1) for op in [np.sum, np.mean, np.prod, np.var, np.std]],
    *[sample(op, A, axis=1, where=MASK) for op in [np.sum, np.mean, np.prod, np.var, np.std, np.nansum, np.nanvar]],
    *[sample(op, NANS, axis=0) for op in [np.nansum, np.nanmean, np.nanprod]],
    *[sample(op, NANS, axis=1) for op in [np.nanvar, np.nanstd]],
    *[sample(op, NANS, axis=0, where=MASK) for op in [np.nansum, np.nanmean, np.nanprod]],
    *[sample(op, A, axis=0, initial=0.5) for op in [np.sum, np.prod]],
    *[sample(op, A, axis=0, initial=0.5, where=MASK) for op in [np.sum, np.prod]],
    *[sample(np.prod, ZEROS, **kw) for kw in [{}, {"axis": 0}, {"axis": 1}, {"axis": (0, 1)}]],
    *[sample(op, np.zeros((0, 3)), axis=0) for op in [np.sum, np.prod]],
    sample(np.sum, SINGLE, dtype=np.float64), sample(np.mean, SINGLE, axis=0, dtype=np.float64),
    sample(builtins.sum, V), sample(builtins.sum, A), sample(builtins.sum, [0.5, 1.2]),
    sample(builtins.sum, [V, A[0, 0]], 0.5),
    sample(math.fsum, [0.5, 1.2]), sample(math.fsum, V), sample(math.prod, [0.5, 1.2, -3.0]),
    sample(math.prod, [0.5, 0.0, -3.0]),
    sample(math.prod, V), sample(math.prod, (1.5, 2.5)), sample(math.dist, [0.5, 1.2], [0.3, -1.0]),
    sample(math.dist, V, 2.0 * V),
]
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


@pytest.mark.parametrize("op", [np.any, np.all, np.count_nonzero])
def test_no_gradient(op):
    assert rules.has_no_gradient(op)
