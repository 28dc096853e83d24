"""Rules of shapes: each against finite differences; scalars, empty arrays, single precision, complex values."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad.rules import has_no_gradient
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(5)
V = RNG.normal(size=5)
A = RNG.normal(size=(3, 4))
T = RNG.normal(size=(2, 3, 4))
Z = A + 1j * RNG.normal(size=(3, 4))
SINGLE = A.astype(np.float32)
EMPTY = np.zeros((0, 3))
windows = np.lib.stride_tricks.sliding_window_view

SAMPLES = [
    *[sample(np.reshape, a, s) for a in [A, Z, SINGLE] for s in [(2, 6), -1, (6, -1)]],
    sample(np.reshape, A, (6, 2), order="F"), sample(np.reshape, 2.0, (1, 1)), sample(np.reshape, EMPTY, (3, 0)),
    *[sample(np.ravel, a) for a in [A, Z, SINGLE, 1.5]], sample(np.ravel, A, order="F"),
    sample(np.ndarray.flatten, A), sample(np.ndarray.flatten, A, "F"),
    sample(np.squeeze, T[:1]), sample(np.squeeze, T[:1], axis=0),
    sample(np.expand_dims, A, (0, 2)), sample(np.expand_dims, 2.0, 0),
    *[sample(f, *xs) for f in [np.atleast_1d, np.atleast_2d, np.atleast_3d] for xs in [(2.0,), (V,), (V, A, 1.0)]],
    *[sample(np.transpose, a) for a in [A, Z, SINGLE, V, T, EMPTY]], sample(np.transpose, T, (2, 0, 1)),
    sample(np.transpose, T, (-1, 0, 1)), sample(np.matrix_transpose, T), sample(np.linalg.matrix_transpose, T),
    sample(np.swapaxes, T, 0, -1), sample(np.moveaxis, T, (0, 1), (-1, 0)), sample(np.moveaxis, T, 0, 2),
    *[sample(np.rollaxis, T, a, s) for a in range(-3, 3) for s in range(-3, 4)],
    sample(np.flip, T), sample(np.flip, T, axis=(0, 1)), sample(np.fliplr, A), sample(np.flipud, A),
    sample(np.rot90, A), sample(np.rot90, T, 3, axes=(1, 2)),
    sample(np.roll, A, 2), sample(np.roll, A, (1, 2), axis=(0, 1)), sample(np.roll, A, np.int64(2), axis=1),
    sample(np.broadcast_to, V, (3, 5)), sample(np.broadcast_to, 2.0, (3, 5)),
    sample(np.broadcast_to, A[:, :1], (2, 3, 4)), sample(np.broadcast_arrays, V, A[:, :1], 1.0),
    *[sample(np.repeat, A, n, axis=ax) for n in [0, 2] for ax in [None, 0, 1, -1]],
    sample(np.repeat, A, np.array([1, 0, 2]), axis=0), sample(np.repeat, A, [1, 0, 2, 3], axis=1),
    sample(np.repeat, V, 2), sample(np.repeat, 1.5, 3), sample(np.repeat, V, [1, 2, 0, 0, 4]),
    sample(np.repeat, Z, 3, axis=1), sample(np.repeat, EMPTY, 2),
    sample(np.tile, A, 2), sample(np.tile, A, (2, 1, 3)), sample(np.tile, T, (2, 3)), sample(np.tile, 1.5, 3),
    sample(np.tile, EMPTY, 2),
    *[sample(np.pad, a, w, mode=mode) for mode in ["edge", "reflect", "symmetric", "wrap"]
      for a, w in [(A, ((1, 2), (2, 3))), (V, 7)]],
    *[sample(np.pad, A, w) for w in [2, (1, 2), ((1, 2),), ((0, 0), (1, 2)), ((1,), (2,))]],
    sample(np.pad, A, 1, constant_values=2.5), sample(np.pad, Z, 1), sample(np.pad, SINGLE, 1),
    sample(np.pad, A, ((0, 0), (1, 2)), constant_values=(0, 1)),
    sample(np.resize, A, (5, 4)), sample(np.resize, A, 7),
    *[sample(f, a) for f in [np.triu, np.tril] for a in [A, Z, T, V]], sample(np.triu, T, k=-1), sample(np.tril, A, 1),
    *[sample(f, A, k) for f in [np.diag, np.diagflat, np.diagonal, np.trace] for k in [-2, 0, 1]],
    *[sample(f, T, k, 2, 0) for f in [np.diagonal, np.trace] for k in [-2, 0, 1]], sample(np.diag, V, -1),
    *[sample(f, T, offset=1) for f in [np.linalg.diagonal, np.linalg.trace]],
    sample(np.trace, Z), sample(np.trace, EMPTY), sample(np.diag, SINGLE),
    sample(np.ndarray.astype, A, np.complex128), sample(np.ndarray.astype, SINGLE, np.float64),
    sample(np.ndarray.item, V[:1]), sample(np.ndarray.item, A, 5), sample(np.ndarray.item, A, (1, 2)),
    sample(np.ndarray.item, A, 1, 2),
    sample(windows, A, (2, 2)), sample(windows, A, 3, axis=1), sample(windows, V, 2),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("op, args, kwargs", [sample(np.reshape, A, 12, order="A"), sample(np.ravel, A, order="K"),
                                              sample(np.pad, V, 2, mode="mean"),
                                              sample(np.pad, V, 2, mode="reflect", reflect_type="odd")])
def test_refused(op, args, kwargs):
    with pytest.raises(NotImplementedError):
        check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("op", [np.shape, np.ndim, np.size, len])
def test_no_gradient(op):
    assert has_no_gradient(op)
