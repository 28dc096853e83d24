"""Pooling: values and cotangents against loops, ties, borders, NaN, second derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import check_grads, check_rule, grad, vjp
from s2sad.nn.activations import relu
from s2sad.nn.pooling import avg_pool2d, gather_at_maxima, max_pool2d, scatter_to_maxima, spread_means
from tests.nn import loops

RNG = np.random.default_rng(0)
GEOMETRY = [(2, None, 0), (2, 3, 0), (3, 1, 1), ((2, 3), (3, 2), (1, 1)), (3, 2, 0)]
"""Kernel, stride, padding; windows that overlap, that leave gaps, and that leave rows over."""
each_geometry = pytest.mark.parametrize("geometry", GEOMETRY, ids=str)


def images(n=2, c=3, h=7, w=5):
    return RNG.normal(size=(n, c, h, w))


def spelled(kernel, stride, padding):
    return kernel, kernel if stride is None else stride, padding


@each_geometry
def test_values(geometry):
    x = images()
    np.testing.assert_array_equal(max_pool2d(x, *geometry), loops.pool(x, *spelled(*geometry), True))
    np.testing.assert_allclose(avg_pool2d(x, *geometry), loops.pool(x, *spelled(*geometry), False), rtol=1e-12)


@each_geometry
def test_rules(geometry):
    x = images()
    y = max_pool2d(x, *geometry)
    check_rule(max_pool2d, x, *geometry)
    check_rule(avg_pool2d, x, *geometry)
    check_rule(spread_means, y, x, *geometry)
    check_rule(scatter_to_maxima, RNG.normal(size=y.shape), x, y, *geometry)
    check_rule(gather_at_maxima, RNG.normal(size=x.shape), x, y, *geometry)


@each_geometry
def test_the_first_maximum_gets_the_cotangent(geometry):
    x = RNG.integers(0, 3, (2, 2, 7, 5)).astype(float)
    y, pullback = vjp(lambda x: max_pool2d(x, *geometry), x)
    g = RNG.normal(size=y.shape)
    np.testing.assert_allclose(pullback(g)[0], loops.max_pool_bar(x, g, *spelled(*geometry)), rtol=1e-12)


@each_geometry
def test_second_derivatives(geometry):
    check_grads(lambda x: np.sum(max_pool2d(x * x, *geometry) ** 2), (images(1, 2),))
    check_grads(lambda x: np.sum(avg_pool2d(x, *geometry) ** 3), (images(1, 2),))
    x = images(1, 2)
    y = max_pool2d(x, *geometry)
    check_grads(lambda g: np.sum(scatter_to_maxima(g, x, y, *geometry) ** 3), (RNG.normal(size=y.shape),))
    check_grads(lambda v: np.sum(gather_at_maxima(v, x, y, *geometry) ** 3), (x,))
    check_grads(lambda g: np.sum(spread_means(g, x, *geometry) ** 3), (y,))


@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_single_precision_stays(pool):
    y, pullback = vjp(lambda x: pool(x, 3, 2, 1), images().astype(np.float32))
    assert y.dtype == np.float32 and pullback(y)[0].dtype == np.float32


def test_nan_is_the_largest_value_and_gets_the_cotangent():
    x = np.array([[[[1.0, np.nan], [5.0, 2.0]]]])
    assert np.isnan(max_pool2d(x, 2)).all()
    g = grad(lambda x: np.sum(max_pool2d(x, 2)))(x)
    assert np.count_nonzero(g) == 1 and g.sum() == 1.0


def test_infinities():
    x = np.array([[[[-np.inf, -np.inf], [-np.inf, -np.inf]]]])
    assert max_pool2d(x, 2).item() == -np.inf
    assert grad(lambda x: np.sum(max_pool2d(x, 2)))(x).ravel().tolist() == [1.0, 0.0, 0.0, 0.0]


def test_all_zeros_after_relu():
    x = -np.ones((1, 1, 4, 4))
    assert not grad(lambda x: np.sum(max_pool2d(relu(x), 2)))(x).any()


def test_what_cannot_be_pooled():
    with pytest.raises(ValueError, match="four axes"):
        max_pool2d(np.ones((4, 4)), 2)
    with pytest.raises(ValueError, match="half a window"):
        avg_pool2d(np.ones((1, 1, 4, 4)), 2, padding=2)
    with pytest.raises(ValueError, match="does not fit"):
        max_pool2d(np.ones((1, 1, 2, 2)), 3)
