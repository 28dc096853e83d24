"""Linear algebra and Fourier transforms do what their records say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.checker import check, given, members, name_of

M = np.array([[2.0, 0.5], [0.5, 1.0]])
EXPLICIT = {
    np.linalg.matrix_power: [given(M, 0), given(M, 1), given(M, 2), given(M, -1)],
    np.linalg.tensorsolve: [given(np.eye(4).reshape(2, 2, 2, 2), M)],
    np.linalg.tensorinv: [given(np.eye(4).reshape(2, 2, 2, 2), 2)],
    np.linalg.norm: [given(M, "fro")],
    np.fft.fftn: [given(M, axes=()), given(M + 0j, axes=())],
    np.fft.fft2: [given(M, axes=())],
    np.fft.fftshift: [given(M, axes=()), given(M, 0)],
}


@pytest.mark.parametrize("op", members("linalg"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))
