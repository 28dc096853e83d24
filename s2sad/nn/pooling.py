"""Pooling: the largest or the mean value of each window.

``max_pool2d`` passes its cotangent to the first of the largest values of a window (row by row), as torch does; so the
cotangent is scattered to the places of the maxima, and the transpose of that gathers there::

    y = max_pool2d(x, 2)        x_bar = scatter_to_maxima(y_bar, x, y, 2)

    >>> import numpy as np
    >>> max_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from s2sad.nn.windows import Windows
from s2sad.rules import linear, rule


def max_pool2d(x: Any, kernel: Any, stride: Any = None, padding: Any = 0) -> np.ndarray:
    """The largest value of each window.

    Parameters
    ----------
    x : array, shape (N, C, H, W)
    kernel : int or pair of ints
        Size of the window.
    stride : int or pair of ints, optional
        Distance of neighbouring windows; by default the size of the window, so that they do not overlap.
    padding : int or pair of ints
        Rows and columns of −inf around the image, at most half a window.

    Returns
    -------
    y : array, shape (N, C, rows, columns), dtype of ``x``
        As ``torch.nn.functional.max_pool2d``. NaN is the largest value.

    Raises
    ------
    ValueError
        If no window fits into the image, or the padding is larger than half a window.

    Examples
    --------
    The cotangent goes to the first of several equal values:

    >>> from s2sad import grad
    >>> grad(lambda x: np.sum(max_pool2d(x, 2)))(np.array([[[[1.0, 3.0], [3.0, 2.0]]]]))
    array([[[[0., 1.],
             [0., 0.]]]])
    """
    at = _windows(np.shape(x), kernel, stride, padding)
    padded = at.pad(np.asarray(x), -np.inf)
    views = [padded[places] for _, _, places in at.items()]
    y = views[0].copy()
    for view in views[1:]:
        np.maximum(y, view, out=y)
    return y


def avg_pool2d(x: Any, kernel: Any, stride: Any = None, padding: Any = 0) -> np.ndarray:
    """The mean value of each window, zeros of the padding included.

    Parameters
    ----------
    x : array, shape (N, C, H, W)
    kernel, stride, padding
        As for ``max_pool2d``; the padding is zeros.

    Returns
    -------
    y : array, shape (N, C, rows, columns), dtype of ``x``
        As ``torch.nn.functional.avg_pool2d``.

    Raises
    ------
    ValueError
        If no window fits into the image, or the padding is larger than half a window.

    Examples
    --------
    >>> avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    at = _windows(np.shape(x), kernel, stride, padding)
    padded = at.pad(np.asarray(x), 0.0)
    y = np.zeros((*np.shape(x)[:2], *at.out), dtype=padded.dtype)
    for _, _, places in at.items():
        y += padded[places]
    return y / (at.kernel[0] * at.kernel[1])


def spread_means(g: Any, x: Any, kernel: Any, stride: Any = None, padding: Any = 0) -> np.ndarray:
    """The cotangent of the input of ``avg_pool2d``: each value of ``g`` in equal shares over its window.

    Parameters
    ----------
    g : array, shape (N, C, rows, columns)
    x : array, shape (N, C, H, W)
        The input; only its shape and dtype count.
    kernel, stride, padding
        As for ``avg_pool2d``.

    Returns
    -------
    array
        Of the shape and dtype of ``x``.

    Examples
    --------
    >>> spread_means(np.array([[[[4.0]]]]), np.zeros((1, 1, 2, 2)), 2)[0, 0]
    array([[1., 1.],
           [1., 1.]])
    """
    at = _windows(np.shape(x), kernel, stride, padding)
    share = np.asarray(g) / (at.kernel[0] * at.kernel[1])
    out = np.zeros((*np.shape(x)[:2], *at.padded), dtype=_dtype_like(x, g))
    for _, _, places in at.items():
        out[places] += share
    return out[at.inner]


def scatter_to_maxima(g: Any, x: Any, maxima: Any, kernel: Any, stride: Any = None, padding: Any = 0) -> np.ndarray:
    """The cotangent of the input of ``y = max_pool2d(x, …)``: each value of ``g`` where its window has its maximum.

    Parameters
    ----------
    g : array, shape of ``maxima``
    x : array, shape (N, C, H, W)
    maxima : array, shape (N, C, rows, columns)
        The result of ``max_pool2d(x, kernel, stride, padding)``.
    kernel, stride, padding
        As for ``max_pool2d``.

    Returns
    -------
    array
        Of the shape and dtype of ``x``.

    Examples
    --------
    >>> x = np.array([[[[1.0, 3.0], [3.0, 2.0]]]])
    >>> scatter_to_maxima(np.array([[[[5.0]]]]), x, max_pool2d(x, 2), 2)[0, 0]
    array([[0., 5.],
           [0., 0.]])
    """
    at = _windows(np.shape(x), kernel, stride, padding)
    out = np.zeros((*np.shape(x)[:2], *at.padded), dtype=_dtype_like(x, g))
    apart = at.stride[0] >= at.kernel[0] and at.stride[1] >= at.kernel[1]
    for places, first in _first_maxima(x, maxima, at):
        target = out[places]
        if apart:
            np.multiply(g, first, out=target, casting="same_kind")
        else:
            target += g * first
    return out[at.inner]


def gather_at_maxima(v: Any, x: Any, maxima: Any, kernel: Any, stride: Any = None, padding: Any = 0) -> np.ndarray:
    """The tangent of ``y = max_pool2d(x, …)``: the values of ``v`` at the places of the maxima.

    Parameters
    ----------
    v : array, shape of ``x``
    x, maxima, kernel, stride, padding
        As for ``scatter_to_maxima``.

    Returns
    -------
    array
        Of the shape and dtype of ``maxima``.

    Examples
    --------
    >>> x = np.array([[[[1.0, 3.0], [3.0, 2.0]]]])
    >>> gather_at_maxima(10.0 * x, x, max_pool2d(x, 2), 2)[0, 0]
    array([[30.]])
    """
    at = _windows(np.shape(x), kernel, stride, padding)
    padded = at.pad(np.asarray(v), 0.0)
    out = np.zeros(np.shape(maxima), dtype=_dtype_like(maxima, v))
    for places, first in _first_maxima(x, maxima, at):
        out += padded[places] * first
    return out


def _windows(images: tuple[int, ...], kernel: Any, stride: Any, padding: Any) -> Windows:
    """The windows of a pooling layer."""
    if len(images) != 4:
        raise ValueError(f"images of shape {images}: four axes are needed")
    at = Windows.of(images[2:], kernel, kernel if stride is None else stride, padding)
    if any(2 * p > k for p, k in zip(at.padding, at.kernel)):
        raise ValueError(f"padding {at.padding} is larger than half a window of {at.kernel}")
    return at


def _dtype_like(x: Any, g: Any) -> np.dtype:
    """The dtype of a cotangent of ``x``; of integers that of ``g``."""
    found = np.asarray(x).dtype
    return found if found.kind in "fc" else np.asarray(g).dtype


def _first_maxima(x: Any, maxima: Any, at: Windows) -> Iterator[tuple[tuple[Any, ...], np.ndarray]]:
    """For each item of the windows its places in the padded image, and whether it is the first maximum.

    "Not smaller than the maximum" is true of the maximum, and of the first item where the maximum is NaN.
    """
    padded = at.pad(np.asarray(x), -np.inf)
    free = np.ones(np.shape(maxima), dtype=bool)
    for _, _, places in at.items():
        first = np.less(padded[places], maxima)
        np.logical_not(first, out=first)
        first &= free
        free ^= first
        yield places, first


@rule(max_pool2d, wrt=("x",), pure=True)
def max_pool2d_rule(x, kernel, stride=None, padding=0, *, y, y_bar):
    return scatter_to_maxima(y_bar, x, y, kernel, stride, padding)


@max_pool2d_rule.jvp
def max_pool2d_jvp(x, kernel, stride=None, padding=0, *, y, x_dot):
    return gather_at_maxima(x_dot, x, y, kernel, stride, padding)


# Where the maxima are is locally constant: an input that is differentiated counts as one here.
@linear(scatter_to_maxima, "g", pure=True, like="x", constant_in=("x", "maxima"))
def scatter_to_maxima_rule(g, x, maxima, kernel, stride=None, padding=0, *, y_bar):
    return gather_at_maxima(y_bar, x, maxima, kernel, stride, padding)


@linear(gather_at_maxima, "v", pure=True, like="maxima", constant_in=("x", "maxima"))
def gather_at_maxima_rule(v, x, maxima, kernel, stride=None, padding=0, *, y_bar):
    return scatter_to_maxima(y_bar, x, maxima, kernel, stride, padding)


@linear(avg_pool2d, "x", pure=True)
def avg_pool2d_rule(x, kernel, stride=None, padding=0, *, y_bar):
    return spread_means(y_bar, x, kernel, stride, padding)


@linear(spread_means, "g", pure=True, like="x", shapes_of=("x",))
def spread_means_rule(g, x, kernel, stride=None, padding=0, *, y_bar):
    return avg_pool2d(y_bar, kernel, stride, padding)
