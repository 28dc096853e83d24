"""Divided differences, and sums, of a function of values."""

from __future__ import annotations

import numpy as np

from s2sad import runtime


def test_differences_at_equal_values_are_slopes():
    w = np.array([1.0, 1.0 + 1e-16, 1.0 + 1e-9, 2.0])
    got = runtime.divided_differences(w, np.exp(w), np.exp(w))
    assert np.allclose(got[:3, :3], np.e * (1.0 - np.eye(3)), rtol=1e-8)
    assert np.isclose(got[0, 3], np.exp(2.0) - np.e) and np.array_equal(got, got.T)
    exact = np.expm1(1e-5) * np.e / 1e-5
    w = np.array([1.0, 1.0 + 1e-5])
    assert abs(runtime.divided_differences(w, np.exp(w), np.exp(w))[0, 1] - exact) < 1e-9


def test_a_function_that_jumps_between_equal_values():
    got = runtime.divided_differences(np.array([1.0, 1.0]), np.array([0.0, 1.0]), np.zeros(2))
    assert np.isnan(got[0, 1]) and got[0, 0] == 0.0


def test_slopes_that_happen_to_be_alike_are_no_differences():
    w = np.array([-1.0, 1.0])
    assert runtime.divided_differences(w, w ** 3, 3.0 * w ** 2)[0, 1] == 1.0


def test_differences_of_numbers_that_cancel():
    w = np.array([-0.7, 1e-16, 6e-16, 3e-13, 2e-10])
    got, exact = runtime.divided_differences(w, np.exp(w) - 1.0, np.exp(w)), np.array([1.0, 1.0, 1.0, 1.0 + 1e-10])
    assert np.allclose(got[1, 2:], exact[1:], rtol=1e-9) and np.allclose(got[3, [1, 2, 4]], 1.0, rtol=1e-9)


def test_powers_of_what_is_nearly_zero():
    w = np.array([1e-14, 2e-14, 3e-12, 1e-7, 1.0])
    for k in (0.5, 1.5, 3.0):
        got, f = runtime.divided_differences(w, w**k, k * w ** (k - 1.0)), w**k
        exact = np.subtract.outer(f, f) / (np.subtract.outer(w, w) + np.eye(5))
        assert np.allclose(got, exact, rtol=1e-6, atol=1e-11)


def test_sums_at_zero():
    zero = np.zeros(2)
    assert runtime.divided_sums(zero, zero, np.full(2, 3.0)).tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert np.all(np.isnan(runtime.divided_sums(zero, np.ones(2), zero)))
