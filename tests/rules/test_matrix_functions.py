"""Rules of functions of matrices and of divided differences."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import runtime
from s2sad.numeric import gradient
from s2sad.testing import check_rule
from tests.rules import sample

W = np.array([0.4, 1.1, 2.3])
SAMPLES = [
    sample(runtime.divided_differences, W, np.exp(W), np.exp(W)),
    sample(runtime.divided_differences, np.array([[0.4, 1.1], [2.0, 0.3]]), np.array([[1.0, 3.0], [1.0, 3.0]]),
           np.ones((2, 2))),
    sample(runtime.divided_sums, W, np.exp(W), np.exp(W)), sample(runtime.divided_sums, W, 1.0, 0.0),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("op", [runtime.matrix_function, runtime.singular_function])
def test_the_operation_is_its_product(op):
    def f(a):
        if op is runtime.matrix_function:
            w, v = np.linalg.eigh(a)
            return np.sum((v * np.exp(w)) @ v.T * C)
        u, s, vh = np.linalg.svd(a)
        return np.sum((u * np.sinh(s)) @ vh * C)

    C = np.arange(9.0).reshape(3, 3)
    a = np.eye(3)
    got, wanted = s2sad.grad(f)(a), gradient(lambda m: f((m + m.T) / 2.0), a)
    if op is runtime.matrix_function:
        got = (got + got.T) / 2.0
    else:
        wanted = gradient(f, a)
    assert np.allclose(got, wanted, rtol=1e-9, atol=1e-9)
