"""Rules of maxima and minima: each against finite differences over shapes and axes; ties, nan."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import rules
from s2sad.testing import check_rule
from tests.rules import sample
from tests.rules.arrays import AXES, MASK, NANS, SCALAR, A, T, V

EXTREMA = [np.max, np.min, np.ptp, np.nanmax, np.nanmin]
UFUNCS = [np.maximum.reduce, np.minimum.reduce, np.fmax.reduce, np.fmin.reduce]

SAMPLES = [
    *[sample(op, a, **kw) for op in EXTREMA for a, kw in AXES if not (op is np.ptp and a is SCALAR)],
    *[sample(op, 1.3) for op in EXTREMA if op is not np.ptp],
    *[sample(op, a) for op in UFUNCS for a in [V, T]], *[sample(op, T, axis=(1, 2)) for op in UFUNCS],
    *[sample(op, T, axis=None, keepdims=True) for op in UFUNCS],
    *[sample(op, NANS, axis=0) for op in [np.nanmax, np.nanmin]],
    *[sample(op, A, axis=0, initial=0.5) for op in [np.max, np.min]],
    *[sample(op, A, axis=0, initial=0.5, where=MASK) for op in [np.max, np.min]],
    *[sample(op, a, **kw) for op in [np.maximum.accumulate, np.minimum.accumulate, np.logaddexp.reduce]
      for a, kw in [(V, {}), (A, {}), (T, {"axis": 1}), (T, {"axis": -1})]],
    sample(np.logaddexp.reduce, A, axis=None), sample(np.logaddexp.reduce, A, axis=1, keepdims=True),
    sample(np.amax, A, axis=0), sample(np.amin, A, axis=0),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def bar(op, x, y_bar=1.0, **kwargs):
    (got,) = [v for k, v in rules.pullback(op, (x,), kwargs, y=op(x, **kwargs),
        y_bar=y_bar).items() if k != "initial"]
    return got


@pytest.mark.parametrize("op", [np.max, np.min])
def test_ties_share_equally(op):
    assert bar(op, np.array([2.0, 2.0, 2.0, 2.0])).tolist() == [0.25] * 4
    assert bar(op, np.ones((2, 2)), np.array([1.0, 2.0]), axis=1).tolist() == [[0.5, 0.5], [1.0, 1.0]]


def test_a_tie_with_initial_counts():
    assert bar(np.max, np.array([1.0, 2.0]), initial=2.0).tolist() == [0.0, 0.5]


def test_ptp_of_equal_values_is_flat():
    assert bar(np.ptp, np.ones(4)).tolist() == [0.0] * 4


@pytest.mark.parametrize("op", [np.argmax, np.argmin, np.nanargmax])
def test_no_gradient(op):
    assert rules.has_no_gradient(op)
