"""Rules of scans: each against finite differences over shapes and axes; exact zeros."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import runtime
from s2sad.testing import check_rule
from tests.rules import sample
from tests.rules.arrays import NANS, SINGLE, ZEROS, A, T, V, Z

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
