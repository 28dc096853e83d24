"""What makes arrays does what its record says."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.checker import check, given, members, name_of

A = np.array([0.5, -1.25, 2.0])
M = np.arange(6.0).reshape(2, 3)
EXPLICIT = {
    np.frombuffer: [given(b"12345678"), given(A)],
    np.fromstring: [given("1 2", sep=" ")],
    np.array: [given([A, A]), given(A, copy=False), given(A, copy=None), given(A, float, copy=None)],
    np.meshgrid: [given(A, A, copy=False), given(A, A, copy=False, sparse=True), given(A, A)],
    np.require: [given(A, float, ["C", "W"]), given(M.T, None, "C")],
    np.asarray: [given([A, A]), given(M, order="F")],
    np.ndarray.astype: [given(A, float, copy=False), given(A, int), given(M, float, "C", copy=False)],
    np.fromiter: [given([1.0, 2.0], float)],
    np.linspace: [given(0.0, 1.0, 3), given(A, 1.0, 4)],
    np.indices: [given((2, 3)), given((2, 2), sparse=True)],
}


@pytest.mark.parametrize("op", members("creation"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))
