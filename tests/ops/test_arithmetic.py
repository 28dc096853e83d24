"""Operators and the arithmetic of numbers do what their records say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.checker import check, given, members, name_of

A = np.array([0.5, -1.25, 2.0])
EXPLICIT = {
    np.nan_to_num: [given(np.array([np.nan, 1.0]), copy=False), given(A, False)],
    np.clip: [given(A, 0.0, 1.0), given(A, None, 1.0)],
    np.float64: [given(A), given(0.5)],
}


@pytest.mark.parametrize("op", members("arithmetic"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))
