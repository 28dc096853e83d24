"""What moves elements, or looks at them in another shape, does what its record says."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.checker import check, given, members, name_of

A = np.array([0.5, -1.25, 2.0])
M = np.arange(6.0).reshape(2, 3)
EXPLICIT = {
    np.typename: [given("f"), given("d")],
    np.datetime_data: [given(np.dtype("M8[s]"))],
    np.trim_zeros: [given(A), given(np.array([0.0, 1.0, 0.0])), given([0, 1])],
    np.broadcast_arrays: [given(A), given(A, M), given(A, 1.0)],
    np.atleast_1d: [given(A), given(A, M)],
    np.split: [given(A, 1), given(A, 3), given(A, [])],
    np.array_split: [given(A, 2)],
    np.rot90: [given(M), given(M, 0), given(M, 4)],
    np.roll: [given(A, 0), given(A, 1)],
    np.repeat: [given(A, 1)],
    np.tile: [given(A, 1), given(A, ())],
    np.resize: [given(A, 3), given(A, (3,))],
    np.pad: [given(A, 0)],
    np.reshape: [given(M, (3, 2)), given(M.T, (6,)), given(M, (3, 2), copy=True)],
    np.lib.stride_tricks.sliding_window_view: [given(A, 2)],
    np.ravel: [given(M.T), given(M.T, "F"), given(M)],
    np.ndarray.flatten: [given(A)],
    np.squeeze: [given(2.0), given(A[:1])],
    np.diagonal: [given(M, 1)],
    np.expand_dims: [given(A, ())],
}
if hasattr(np, "isdtype"):
    EXPLICIT[np.isdtype] = [given(np.dtype(float), "numeric"), given(np.int8, "bool")]


@pytest.mark.parametrize("op", members("shapes"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))
