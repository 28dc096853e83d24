"""Compositions that are smooth where a part of them is not: second derivatives at zero, in every mode."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import grad, hessian, jacobian, jvp

ZERO = np.zeros(3)
EYE = np.eye(3)
CENTER = EYE - 1.0 / 3.0
norm = np.linalg.norm


def squared_twice(x):
    r = norm(x)
    return 3.0 * r * r + r ** 4


def rational(x):
    r2 = norm(x) ** 2
    return r2 / (1.0 + r2)


def of_rows(x):
    return np.sum(norm(np.stack([x, 2.0 * x]), axis=1) ** 2)


def of_kept_rows(x):
    return np.sum(norm(np.stack([x, 2.0 * x]), axis=1, keepdims=True) ** 2)


def in_a_loop(x):
    total = 0.0
    for k in range(2):
        total = total + norm(x * (k + 1.0)) ** 2
    return total


def in_a_branch(x):
    if x[0] < 1.0:
        r = norm(x)
        y = r * r
    else:
        y = norm(x)
    return y


def absolute_values(x):
    a = np.abs(x)
    return np.sum(a * a + a ** 3)


SMOOTH = {
    "norm": (lambda x: norm(x) ** 2, ZERO, 2 * EYE),
    "norm by another norm": (lambda x: norm(x) * norm(x), ZERO, 2 * EYE),
    "norm, several terms": (squared_twice, ZERO, 6 * EYE),
    "rational": (rational, ZERO, 2 * EYE),
    "root": (lambda x: np.sqrt(1.0 + norm(x) ** 2), ZERO, EYE),
    "rows": (of_rows, ZERO, 10 * EYE),
    "rows, kept": (of_kept_rows, ZERO, 10 * EYE),
    "matrix": (lambda x: norm(np.outer(x, np.ones(2)), "fro") ** 2, ZERO, 4 * EYE),
    "cube": (lambda x: norm(x) ** 3, ZERO, 0 * EYE),
    "loop": (in_a_loop, ZERO, 10 * EYE),
    "branch": (in_a_branch, ZERO, 2 * EYE),
    "vector_norm": (lambda x: np.linalg.vector_norm(x) ** 2, ZERO, 2 * EYE),
    "abs": (lambda x: np.sum(abs(x) ** 2), ZERO, 2 * EYE),
    "abs by abs": (lambda x: np.sum(np.abs(x) * np.abs(x)), ZERO, 2 * EYE),
    "abs, several terms": (absolute_values, ZERO, 2 * EYE),
    "fabs": (lambda x: np.sum(np.square(np.fabs(x))), ZERO, 2 * EYE),
    "complex": (lambda x: np.sum(np.abs(x + 1j * x) ** 2), ZERO, 4 * EYE),
    "hypot": (lambda x: np.sum(np.hypot(x, 2.0 * x) ** 2), ZERO, 10 * EYE),
    "std": (lambda x: np.std(x) ** 2, ZERO + 0.1, 2.0 / 3.0 * CENTER),
    "std, one less": (lambda x: np.std(x, ddof=1) ** 2, ZERO + 0.1, CENTER),
    "std of rows": (lambda x: np.sum(np.std(np.stack([x, x]), axis=1) ** 2), ZERO, 4.0 / 3.0 * CENTER),
}


def forward_twice(f, x):
    def along(e):
        return lambda x: jvp(f, (x,), (e,))[1]

    return np.array([[jvp(along(a), (x,), (b,))[1] for b in EYE] for a in EYE])


@pytest.mark.parametrize("name", SMOOTH)
def test_second_derivative(name):
    f, x, want = SMOOTH[name]
    with np.errstate(all="ignore"):
        for got in (hessian(f)(x), jacobian(grad(f))(x), forward_twice(f, x)):
            np.testing.assert_allclose(got, want, atol=1e-12)


@pytest.mark.parametrize("f, x", [(norm, ZERO), (np.std, ZERO + 0.1), (lambda x: np.sum(np.abs(x)), ZERO),
                                  (lambda x: np.hypot(x[0], x[1]), ZERO), (lambda x: np.arctan2(x[0], x[1]), ZERO),
                                  (lambda x: norm(x, 3), ZERO), (lambda x: norm(x, 1), ZERO)])
def test_what_has_no_second_derivative(f, x):
    with np.errstate(all="ignore"):
        assert np.isfinite(grad(f)(x)).all()
        assert np.isnan(hessian(f)(x)).any()


def test_a_zero_among_others_has_a_second_derivative():
    x = np.array([1.0, 0.0, 2.0])
    df = grad(lambda x: norm(x, 3))
    got = hessian(lambda x: norm(x, 3))(x)
    assert got[1].tolist() == got[:, 1].tolist() == [0.0, 0.0, 0.0]
    step = 1e-5 * EYE[0]
    np.testing.assert_allclose(got[0], (df(x + step) - df(x - step)) / 2e-5, atol=1e-8)


def test_scalars():
    assert grad(grad(lambda x: abs(x) ** 2))(0.0) == grad(grad(lambda x: np.abs(x) ** 2))(0.0) == 2.0
    assert grad(grad(lambda x: abs(x) * abs(x) * 2.0))(0.0) == 4.0
    assert grad(grad(lambda x: np.hypot(x, 1.0) ** 2))(0.0) == 2.0
    assert np.isnan(grad(grad(abs))(0.0))
    assert grad(grad(abs))(-2.0) == 0.0


def test_a_value_that_broadcasts_stays():
    """``2 y · x/y`` is ``2 x`` for each of the three, so the product must keep their shape."""
    assert grad(lambda x: np.sum(np.hypot(x, np.arange(3.0)) ** 2))(1.0) == 6.0


def test_the_page_is_that_of_the_whole():
    df = grad(lambda x: norm(x) ** 2)
    df(np.ones(3))
    assert "2 * x" in df.source and "ratio" not in df.source


def test_other_values_are_left_alone():
    def f(x, w):
        return norm(x) * norm(w) + abs(w[0]) * np.sign(x[0])

    with s2sad.checking("always"):
        x, w = np.array([3.0, 4.0]), np.array([1.0, 0.0])
        np.testing.assert_allclose(grad(f)(x, w), [0.6, 0.8])
