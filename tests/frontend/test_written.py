"""NumPy's functions that write to their argument: the same bits as NumPy, and right derivatives."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import check_grads, grad
from s2sad.frontend import written

RNG = np.random.default_rng(37)
A, V = RNG.normal(size=(3, 4)), RNG.normal(size=5)
INDEX = np.array([[2], [0], [3]])

CALLS = [
    (np.fill_diagonal, RNG.normal(size=(3, 3)), (RNG.normal(size=3),)), (np.fill_diagonal, A, (2.0,)),
    (np.fill_diagonal, A.T, (np.array([1.0, -1.0]),)), (np.fill_diagonal, RNG.normal(size=(2, 2, 2)), (V,)),
    (np.put_along_axis, A, (INDEX, RNG.normal(size=(3, 1)), 1)), (np.put_along_axis, A, (INDEX[:1] % 3, 0.5, 0)),
    (np.put_along_axis, A, (INDEX, A[:, :1], -1)), (np.putmask, V, (V > 0.0, V * V)), (np.putmask, A, (A > 0.0, V)),
    (np.putmask, A, (A > 0.0, 3.0)), (np.putmask, A, (A > 9.0, V)), (np.place, V, (V > 0.0, V[:2])),
    (np.place, A, (A > 0.0, [1.0, 2.0])), (np.put, V, ([0, -2], V[:2])), (np.put, A, ([0, -2, 5], V[:1])),
    (np.put, A, (7, 1.5)),
]


@pytest.mark.parametrize("fn, a, rest", CALLS)
def test_the_same_bits_as_numpy(fn, a, rest):
    ours, theirs = a.copy(), a.copy()
    getattr(written, fn.__name__)(ours, *rest)
    fn(theirs, *rest)
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("f, args", [
    (lambda a, v: (np.fill_diagonal(a, v), a * a)[1], (A[:, :3], V[:3])),
    (lambda a: (np.fill_diagonal(a[1:], 0.0), np.tanh(a))[1], (A,)),
    (lambda a, v: (np.put_along_axis(a, INDEX, v, axis=1), a * a)[1], (A, V[:3, None])),
    (lambda a, v: (np.putmask(a, a > 0.0, v), a * a)[1], (V, V**2)),
    (lambda a, v: (np.place(a, a > 0.0, v), a * a)[1], (V, V[:2] + 1.0)),
    (lambda a, v: (a.put([0, -2], v), a * a)[1], (A, V[:2])),
    (lambda a: (a.partition(2), a[2])[1], (V,)),
])
def test_derivatives(f, args):
    check_grads(f, args)


@pytest.mark.parametrize("f", [
    lambda a: np.fill_diagonal(a, 0.0, wrap=True), lambda a: np.put(a, [9], 1.0, mode="wrap"),
    lambda a: np.put_along_axis(a, INDEX, 1.0, None)])
def test_options_are_refused(f):
    with pytest.raises(s2sad.S2SADError, match="writes to its argument"):
        grad(lambda a: (f(a), np.sum(a))[1])(A)
