"""Rules of scans: each against finite differences over shapes and axes; exact zeros."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import runtime
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

SCANS = [np.cumsum, np.cumprod, np.nancumsum, np.add.accumulate, np.multiply.accumulate]

SAMPLES = [
    *[sample(op, a) for op in SCANS for a in [V, T, SINGLE]],
    *[sample(op, T, axis=ax) for op in SCANS for ax in [1, -1]],
    *[sample(op, Z, axis=1) for op in [np.cumsum, np.cumprod]],
    *[sample(np.cumprod, ZEROS, **kw) for kw in [{}, {"axis": 0}, {"axis": 1}]],
    sample(np.nancumsum, NANS, axis=0),
    sample(runtime.recurrence, A, A + 1.0), sample(runtime.recurrence, V, V),
]
if hasattr(np, "cumulative_sum"):
    SAMPLES += [sample(np.cumulative_sum, V), sample(np.cumulative_sum, T, axis=1), sample(np.cumulative_prod, V),
                sample(np.cumulative_sum, T, axis=1, include_initial=True), sample(np.cumulative_prod, T, axis=-1)]

@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)
