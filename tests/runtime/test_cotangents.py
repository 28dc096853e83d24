"""Helpers of derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import runtime

A = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    "shape, g_shape",
    [
        ((3,), (3,)),
        ((3,), (2, 3)),
        ((1,), (2, 3)),
        ((), (2, 3)),
        ((2, 1), (2, 3)),
        ((1, 1), (4, 5)),
        ((2, 3), (3,)),
        ((0,), (0,)),
        ((1,), (0,)),
        ((3, 1, 2), (4, 3, 5, 2)),
    ],
)
@pytest.mark.parametrize("dtype", [float, np.float32, complex])
def test_unbroadcast_is_the_transpose_of_broadcast(shape, g_shape, dtype):
    rng = np.random.default_rng(0)
    x, g = np.asarray(rng.normal(size=shape), dtype), np.asarray(rng.normal(size=g_shape))
    made = runtime.unbroadcast(g, x)
    full = np.broadcast_shapes(shape, g_shape)
    assert np.shape(made) == shape and made.dtype == dtype
    expected = np.sum(np.broadcast_to(g, full) * np.broadcast_to(x, full))
    np.testing.assert_allclose(np.sum(made * x), expected, rtol=1e-4, atol=1e-6)
    again = runtime.unbroadcast_to(g, shape, np.dtype(dtype))
    np.testing.assert_array_equal(again, made)


@pytest.mark.parametrize(
    "g, x, expected",
    [
        (1.0 + 2.0j, 0.5, 1.0),
        (np.float64(2.0), np.float32(1.0), np.float32(2.0)),
        (1j * A, A, 0.0 * A),
        (A, A.astype(np.float32), A),
        (2.0, 0.5, 2.0),
        (2.0, 3, 2.0),
    ],
)
def test_the_dtype_of_the_argument(g, x, expected):
    made = runtime.astype_of(g, x)
    np.testing.assert_array_equal(made, expected)
    assert getattr(made, "dtype", None) == getattr(expected if not hasattr(x, "dtype") else x, "dtype", None)


def test_zeros_of_anything():
    assert runtime.zeros_like(2.0) == 0.0 and runtime.zeros_like(2j) == 0j
    assert runtime.zeros_like(np.float32(2)).dtype == np.float32
    np.testing.assert_array_equal(runtime.zeros_like([A, 1.0])[0], np.zeros((2, 3)))


@pytest.mark.parametrize(
    "g, partial, expected",
    [
        (0.0, np.inf, 0.0),
        (0.0, np.nan, 0.0),
        (2.0, np.inf, np.inf),
        (np.array([0.0, 1.0]), np.array([np.inf, 3.0]), [0.0, 3.0]),
        (np.array([0.0, 2.0]), np.nan, [0.0, np.nan]),
        (0.0, np.array([np.nan, 1.0]), [0.0, 0.0]),
    ],
)
def test_a_zero_cotangent_wins(g, partial, expected):
    np.testing.assert_array_equal(runtime.masked_product(g, partial), expected)


def test_seed():
    assert runtime.seed(2.0) == 1.0 and runtime.seed(np.float32(2)) == 1.0
    assert runtime.seed(np.array([[2.0]])).shape == (1, 1)
    for bad in (A, np.array([1]), 3, 1j, "s", None, [1.0], np.zeros(0)):
        with pytest.raises(runtime.NotScalar):
            runtime.seed(bad)


def test_cotangents_of_the_caller_are_checked():
    assert runtime.cotangent_of(np.ones((2, 3), np.float32), A).dtype == float
    assert runtime.cotangent_of(1, 0.5) == 1.0 and isinstance(runtime.cotangent_of(1, 0.5), float)
    assert runtime.cotangent_of([1.0, 2.0], np.zeros(2)).tolist() == [1.0, 2.0]
    for g, y in ((np.ones(3), A), (1.0, A), (A, 1.0), (np.ones((2, 3, 1)), A)):
        with pytest.raises(ValueError, match="of shape"):
            runtime.cotangent_of(g, y)


def test_what_rules_of_users_give_is_checked():
    assert runtime.fitted(np.ones((2, 3), np.float32), A).dtype == float
    assert runtime.fitted(np.float64(1), 0.5) == 1.0 and type(runtime.fitted(np.float64(1), 0.5)) is np.float64
    assert runtime.fitted(np.array(1 + 2j), 0.5) == 1.0
    assert runtime.fitted([1.0, 2.0], np.zeros(2)).tolist() == [1.0, 2.0]
    assert runtime.fitted(None, np.zeros(2)).tolist() == [0.0, 0.0]
    for g, y in ((np.ones(3), A), (1.0, A), (A, 1.0), (np.ones((2, 3, 1)), A)):
        with pytest.raises(runtime.WrongRule, match="of shape"):
            runtime.fitted(g, y)


def test_sums_of_structures():
    assert runtime.add([1.0, 2.0], [3.0, 4.0]) == [4.0, 6.0]
    np.testing.assert_array_equal(runtime.add(A, A), 2 * A)
    assert runtime.add((1.0, [2.0]), (1.0, [3.0])) == (2.0, [5.0])


def test_units():
    units = runtime.Units(np.zeros((2, 2), np.float32))
    assert len(units) == 4 and units[1].dtype == np.float32 and units[1].tolist() == [[0.0, 1.0], [0.0, 0.0]]
    assert list(runtime.Units(2.0)) == [1.0] and list(runtime.Units(np.zeros(0))) == []
    assert runtime.Units([1, 2])[0].dtype == float
    first = units[0]
    first[:] = 7.0
    assert units[0].sum() == 1.0
    with pytest.raises(IndexError):
        units[4]
