"""Products and polynomials do what their records say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.checker import check, given, members, name_of

M = np.array([[2.0, 0.5], [0.5, 1.0]])
A = np.array([0.5, -1.25, 2.0])
EXPLICIT = {
    np.einsum: [
        given("ij->ij", M),
        given("ij->ji", M),
        given("ii->i", M),
        given("ij", M),
        given("ij,jk->ik", M, M),
        given(M, [0, 1], [1, 0]),
    ],
    np.linalg.multi_dot: [given([M, M]), given([M, M, M])],
    np.polyder: [given(A, 0), given(A)],
    np.polyint: [given(A, 0)],
    np.polyfit: [given(A, A, 1)],
    np.tensordot: [given(M, M, 0)],
    np.poly: [given(A), given(M)],
}


@pytest.mark.parametrize("op", members("products"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))
