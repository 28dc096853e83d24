"""Statistics and tables of values do what their records say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.checker import check, given, members, name_of

A = np.array([0.5, -1.25, 2.0])
EXPLICIT = {
    np.diff: [given(A, 0), given(A, n=0), given(A, n=0, axis=-1), given(A), given(A, prepend=1.0)],
    np.quantile: [given(A, 0.5), given(A, [0.0, 1.0])],
    np.histogram: [given(A, np.array([0.0, 1.0, 2.0])), given(A, 3), given(A)],
    np.histogramdd: [given(A[:, None] * 1.0, [np.array([0.0, 1.0])])],
    np.interp: [given(A, [0.0, 1.0], [2.0, 3.0])],
    np.gradient: [given(A), given(A, 2.0)],
    np.average: [given(A, weights=A), given(A, returned=True)],
}


@pytest.mark.parametrize("op", members("statistics"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))
