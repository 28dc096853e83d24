"""What joins arrays does what its record says."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.checker import check, given, members, name_of

A = np.array([0.5, -1.25, 2.0])
EXPLICIT = {
    np.append: [given(A, []), given(A, [], axis=0)],
    np.insert: [given(A, [], []), given(A, 0, 1.0)],
    np.delete: [given(A, []), given(A, slice(0, 0))],
    np.concatenate: [given([A]), given([A, []])],
    np.block: [given(A), given([A])],
    np.sort: [given(A[:1]), given(A, axis=None)],
}


@pytest.mark.parametrize("op", members("joining"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))
