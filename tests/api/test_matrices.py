"""Jacobians."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import (
    jacfwd,
    jacobian,
    jacrev,
)
from tests.differences import columns

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.6, -1.3, 2.2], [1.7, 0.4, -0.9]])


@pytest.mark.parametrize(
    "fn, x",
    [
        (lambda x: np.sin(x) * x[0], V),
        (lambda x: np.sum(x * x), V),
        (lambda x: np.outer(x, x), V[:2]),
        (lambda x: x @ x.T, A),
        (lambda x: np.array([x[0, 1] * x[1, 2]]), A),
        (lambda x: x[1:, ::2] * 2.0, A),
    ],
)
@pytest.mark.parametrize("transform", [jacobian, jacrev, jacfwd])
def test_jacobian(transform, fn, x):
    J = transform(fn)(x)
    expected = columns(fn, x)
    assert np.shape(J) == expected.shape
    np.testing.assert_allclose(J, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("transform", [jacobian, jacfwd])
def test_jacobian_of_scalars_and_several_arguments(transform):
    def f(x, t):
        return np.sin(x * t)

    Jx, Jt = transform(f, (0, 1))(V, 0.5)
    assert Jx.shape == (4, 4) and Jt.shape == (4,)
    np.testing.assert_allclose(Jx, columns(lambda x: f(x, 0.5), V), atol=1e-8)
    assert transform(lambda t: t * t)(0.5) == 1.0
    assert transform(f, 1)(V, t=0.5).shape == (4,)
