"""Sliding windows over images: where they lie, and images to columns and back.

``Windows`` knows the geometry that convolution and pooling share. ``unfold`` copies every window of a batch of images
into a column, ``fold`` adds columns up at the places they came from; each is the transpose of the other, so neither
needs more than that to be differentiated any number of times.

    >>> import numpy as np
    >>> image = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> unfold(image, 2)[0].T
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.],
           [3., 4., 6., 7.],
           [4., 5., 7., 8.]])
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from s2sad.rules import linear

Pair = tuple[int, int]


def pair(value: Any) -> Pair:
    """One number for both axes, or one for each.

    >>> pair(2), pair((1, 3))
    ((2, 2), (1, 3))
    """
    first, second = value if isinstance(value, (tuple, list)) else (value, value)
    return int(first), int(second)


@dataclass(frozen=True)
class Windows:
    """All positions of a window on an image of a given size: ``out`` of them along each axis."""

    size: Pair
    kernel: Pair
    stride: Pair
    padding: Pair
    dilation: Pair

    @classmethod
    def of(cls, size: Any, kernel: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> Windows:
        """Windows from numbers or pairs, checked."""
        made = cls(pair(size), pair(kernel), pair(stride), pair(padding), pair(dilation))
        if min(*made.kernel, *made.stride, *made.dilation) < 1 or min(made.padding) < 0:
            raise ValueError(f"kernel {made.kernel}, stride {made.stride} and dilation {made.dilation} must be "
                             f"positive and padding {made.padding} not negative")
        if min(made.out) < 1:
            raise ValueError(f"a window of {made.reach} does not fit into an image of {made.padded}")
        return made

    @property
    def reach(self) -> Pair:
        """Rows and columns from the first to the last item of a window, both included."""
        (m, n), (p, q) = self.kernel, self.dilation
        return (m - 1) * p + 1, (n - 1) * q + 1

    @property
    def padded(self) -> Pair:
        """The size of the image with its border."""
        (h, w), (p, q) = self.size, self.padding
        return h + 2 * p, w + 2 * q

    @property
    def out(self) -> Pair:
        """The number of windows along each axis."""
        (h, w), (m, n), (s, t) = self.padded, self.reach, self.stride
        return (h - m) // s + 1, (w - n) // t + 1

    @property
    def inner(self) -> tuple[Any, ...]:
        """The index of the image in its padded form."""
        (h, w), (p, q) = self.size, self.padding
        return ..., slice(p, p + h), slice(q, q + w)

    def pad(self, x: np.ndarray, value: float) -> np.ndarray:
        """Images with their border, ``x`` itself if there is none."""
        if self.padding == (0, 0):
            return x
        y = np.full((*x.shape[:-2], *self.padded), value, dtype=x.dtype)
        y[self.inner] = x
        return y

    def items(self) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
        """For each item of a window, its row and column, and the index of it, of all windows, in a padded image."""
        (m, n), (s, t), (p, q), (a, b) = self.kernel, self.stride, self.dilation, self.out
        for i in range(m):
            for j in range(n):
                rows, columns = slice(i * p, i * p + (a - 1) * s + 1, s), slice(j * q, j * q + (b - 1) * t + 1, t)
                yield i, j, (..., rows, columns)


def unfold(x: Any, kernel: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> np.ndarray:
    """Copy every window of a batch of images into a column ("im2col").

    Parameters
    ----------
    x : array, shape (N, C, H, W)
    kernel, stride, padding, dilation : int or pair of ints
        Size of the window, distance of neighbouring windows, zeros around the image, distance of neighbouring items of
        a window; for rows and columns.

    Returns
    -------
    columns : array, shape (N, C · kernel items, number of windows), dtype of ``x``
        As ``torch.nn.functional.unfold``.

    Raises
    ------
    ValueError
        If no window fits into the image.

    Examples
    --------
    >>> unfold(np.ones((2, 3, 5, 5)), 3, stride=2).shape
    (2, 27, 4)
    """
    n, c, h, w = np.shape(x)
    at = Windows.of((h, w), kernel, stride, padding, dilation)
    (s, t), (p, q) = at.stride, at.dilation
    views = sliding_window_view(at.pad(np.asarray(x), 0.0), at.reach, axis=(2, 3))[:, :, ::s, ::t, ::p, ::q]
    return views.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * at.kernel[0] * at.kernel[1], at.out[0] * at.out[1])


def fold(columns: Any, size: Any, kernel: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> np.ndarray:
    """Add columns up at the places of the images they come from: the transpose of ``unfold``.

    Parameters
    ----------
    columns : array, shape (N, C · kernel items, number of windows)
    size : pair of ints
        Rows and columns (H, W) of the images.
    kernel, stride, padding, dilation
        As for ``unfold``. What falls on the padding is dropped.

    Returns
    -------
    x : array, shape (N, C, H, W), dtype of ``columns``
        As ``torch.nn.functional.fold``.

    Raises
    ------
    ValueError
        If the columns do not fit to the windows.

    Examples
    --------
    How many windows of 2 × 2 see each item of an image of 3 × 3:

    >>> fold(np.ones((1, 4, 4)), (3, 3), 2)[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    n, rows, count = np.shape(columns)
    at = Windows.of(size, kernel, stride, padding, dilation)
    items = at.kernel[0] * at.kernel[1]
    if rows % items or count != at.out[0] * at.out[1]:
        raise ValueError(f"columns of shape {(n, rows, count)} do not belong to {at.out} windows of {at.kernel}")
    parts = np.reshape(columns, (n, rows // items, *at.kernel, *at.out))
    x = np.zeros((n, rows // items, *at.padded), dtype=parts.dtype)
    for i, j, places in at.items():
        x[places] += parts[:, :, i, j]
    return x[at.inner]


def flatten(x: Any) -> Any:
    """Each image as one row.

    Parameters
    ----------
    x : array, shape (N, ...)

    Returns
    -------
    array, shape (N, items of an image)

    Examples
    --------
    >>> flatten(np.ones((2, 3, 4, 4))).shape
    (2, 48)
    """
    return np.reshape(x, (np.shape(x)[0], -1))


@linear(unfold, "x", pure=True)
def unfold_rule(x, kernel, stride=1, padding=0, dilation=1, *, y_bar):
    return fold(y_bar, np.shape(x)[2:], kernel, stride, padding, dilation)


@linear(fold, "columns", pure=True)
def fold_rule(columns, size, kernel, stride=1, padding=0, dilation=1, *, y_bar):
    return unfold(y_bar, kernel, stride, padding, dilation)
