"""Sums, extreme values and scans do what their records say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.ops.checker import check, given, members, name_of

A = np.array([0.5, -1.25, 2.0])
EXPLICIT = {
    sum: [given([], A), given([[A], [A]], []), given([A, A])],
    math.prod: [given([], start=A), given([2.0, 3.0])],
    max: [given([A[:1], A[1:2]]), given([1.0, 2.0])],
    min: [given([A[:1], A[1:2]])],
    np.sum: [given(A, axis=()), given(A[:1])],
    np.max: [given(A, axis=())],
    np.prod: [given(A, axis=())],
    np.mean: [given(A, axis=())],
    np.cumsum: [given(A[:1])],
    np.add.reduce: [given(A, axis=()), given(np.array(1.0), None)],
    np.any: [given(A > 0, axis=())],
}


@pytest.mark.parametrize("op", members("reductions"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))
