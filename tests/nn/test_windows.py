"""Windows: geometry, images to columns and back."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import check_grads, check_rule, jvp, vjp
from s2sad.nn.windows import Windows, flatten, fold, pair, unfold
from tests.nn.loops import places

RNG = np.random.default_rng(0)
GEOMETRY = [
    (2, 1, 0, 1),
    (3, 2, 1, 1),
    ((2, 3), (3, 1), (1, 0), (1, 2)),
    (2, 3, 1, 2),
    (1, 4, 0, 1),
]
"""Kernel, stride, padding, dilation; a stride larger than the window among them."""
each_geometry = pytest.mark.parametrize("geometry", GEOMETRY, ids=str)


def images(n=2, c=3, h=7, w=6):
    return RNG.normal(size=(n, c, h, w))


@each_geometry
def test_unfold_copies_each_window(geometry):
    x = images()
    kernel, stride, padding, dilation = geometry
    m, n = pair(kernel)
    expected = []
    for _, _, items in places(x.shape[2:], kernel, stride, padding, dilation):
        column = np.zeros((2, 3, m, n))
        for k, c, row, col in items:
            column[:, :, k, c] = x[:, :, row, col]
        expected.append(column.reshape(2, -1))
    np.testing.assert_array_equal(unfold(x, *geometry), np.stack(expected, axis=-1))


@each_geometry
def test_fold_is_the_transpose(geometry):
    x = images()
    columns = unfold(x, *geometry)
    g = RNG.normal(size=columns.shape)
    assert np.vdot(columns, g) == pytest.approx(np.vdot(x, fold(g, x.shape[2:], *geometry)))


@each_geometry
def test_rules(geometry):
    x = images()
    check_rule(unfold, x, *geometry)
    check_rule(fold, RNG.normal(size=unfold(x, *geometry).shape), x.shape[2:], *geometry)


def test_both_are_differentiated_twice():
    check_grads(lambda x: np.sum(unfold(x, 2, 1, 1) ** 3), (images(1, 1, 3, 3),))
    check_grads(lambda c: np.sum(fold(c, (3, 3), 2) ** 3), (RNG.normal(size=(1, 4, 4)),))


def test_single_precision_stays():
    x = images().astype(np.float32)
    y, pullback = vjp(lambda x: unfold(x, 3, 2, 1), x)
    assert y.dtype == np.float32 and pullback(y)[0].dtype == np.float32
    assert jvp(lambda c: fold(c, (7, 6), 3, 2, 1), (y,), (y,))[1].dtype == np.float32


@pytest.mark.parametrize(
    "arguments, message",
    [
        (((4, 4), 5), "does not fit into an image"),
        (((4, 4), 3, 1, 0, 2), "does not fit into an image"),
        (((4, 4), 0), "must be positive"),
        (((4, 4), 2, 0), "must be positive"),
        (((4, 4), 2, 1, -1), "not negative"),
    ],
)
def test_impossible_windows_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        Windows.of(*arguments)


def test_columns_that_do_not_belong_to_the_windows():
    with pytest.raises(ValueError, match="do not belong"):
        fold(np.ones((1, 4, 5)), (3, 3), 2)
    with pytest.raises(ValueError, match="do not belong"):
        fold(np.ones((1, 3, 4)), (3, 3), 2)


def test_flatten():
    check_grads(lambda x: np.sum(flatten(x) ** 2), (images(),))
    assert flatten(images(4)).shape == (4, 126)
