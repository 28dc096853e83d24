"""What the rules about matrices share."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad.rules import matrices

A = np.arange(9.0).reshape(3, 3) + 1j * np.eye(3)


def test_real_values_are_not_copied():
    assert matrices.conj(A.real) is not None and matrices.conj(x := np.ones(2)) is x


def test_adjoint():
    assert np.array_equal(matrices.adjoint(A), A.conj().T)
    assert np.array_equal(matrices.transposed(np.stack([A, A]))[1], A.T)


@pytest.mark.parametrize("lower", [True, False])
def test_unfolded_is_hermitian_and_folded_its_transpose(lower):
    h, g = matrices.unfolded(A, lower), A.T + 0.5j
    assert np.array_equal(h, matrices.adjoint(h))
    assert np.real(np.sum(g * h)) == pytest.approx(np.real(np.sum(matrices.folded(g, lower) * A)))


def test_cofactors_of_regular_and_singular_matrices_agree():
    a = np.array([[2.0, 1.0], [4.0, 2.0]])
    assert matrices.cofactors(a, 0.0) == pytest.approx(np.array([[2.0, -4.0], [-1.0, 2.0]]))
    assert matrices.cofactors(a + np.eye(2), 5.0) == pytest.approx(np.array([[3.0, -4.0], [-1.0, 3.0]]))


def test_diagonals():
    assert np.array_equal(matrices.on_diagonal(np.array([1.0, 2.0])), np.diag([1.0, 2.0]))
    assert matrices.diagonal(np.stack([A, A])).shape == (2, 3) and matrices.each(2.0) == 2.0
