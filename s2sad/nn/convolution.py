"""Two-dimensional convolution (cross-correlation, as every framework calls it), with its two transposes.

Windows are copied into columns and multiplied with the weights, a few images at a time, so that the columns stay in
the cache and are never kept for the reverse sweep. The three functions are bilinear and the cotangents of each are the
other two::

    y = conv2d(x, w)        x_bar = conv2d_input(x, w, y_bar),  w_bar = conv2d_weight(x, w, y_bar)

    >>> import numpy as np
    >>> conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))[0, 0]
    array([[4., 4.],
           [4., 4.]])
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from s2sad.nn.windows import Windows, fold, unfold
from s2sad.rules import bilinear, rule

BLOCK = 1 << 18
"""Items of the columns that are held at a time."""


def conv2d(x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
           groups: int = 1) -> np.ndarray:
    """Convolve a batch of images with a set of kernels.

    y[n, o, i, j] = bias[o] + Σ weight[o, c, k, l] x[n, c, i·stride + k·dilation − padding, …]

    Parameters
    ----------
    x : array, shape (N, C, H, W)
    weight : array, shape (O, C / groups, kernel rows, kernel columns)
    bias : array, shape (O,), optional
    stride, padding, dilation : int or pair of ints
        Distance of neighbouring windows, zeros around the image, distance of neighbouring items of a window.
    groups : int
        Output channels are in as many groups, and each group sees its own share of the input channels;
        ``groups=C`` is a depthwise convolution.

    Returns
    -------
    y : array, shape (N, O, rows, columns)
        rows = (H + 2 padding − dilation (kernel rows − 1) − 1) // stride + 1; as ``torch.nn.functional.conv2d``.

    Raises
    ------
    ValueError
        If channels, groups and shapes do not fit together.

    Examples
    --------
    >>> conv2d(np.ones((2, 3, 28, 28)), np.ones((6, 3, 5, 5)), np.zeros(6), stride=2, padding=2).shape
    (2, 6, 14, 14)
    """
    n, o = np.shape(x)[0], np.shape(weight)[0]
    at = _windows(np.shape(x), np.shape(weight), stride, padding, dilation, groups)
    if bias is not None and np.shape(bias) != (o,):
        raise ValueError(f"a bias of shape {np.shape(bias)} for {o} output channels")
    matrix = np.reshape(weight, (groups, o // groups, -1))
    dtype = np.result_type(x, weight, weight if bias is None else bias)
    y = np.empty((n, groups, o // groups, at.out[0] * at.out[1]), dtype)
    for part in _blocks(np.shape(x), at):
        np.matmul(matrix, _columns(x[part], at, groups), out=y[part])
    y = y.reshape(n, o, *at.out)
    if bias is not None:
        y += np.reshape(bias, (o, 1, 1))
    return y


def conv2d_input(x: Any, weight: Any, g: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
                 groups: int = 1) -> np.ndarray:
    """The cotangent of the input of ``conv2d``: a transposed convolution of the cotangent of its result.

    Parameters
    ----------
    x : array, shape (N, C, H, W)
        The input; only its shape and dtype count.
    weight : array, shape (O, C / groups, kernel rows, kernel columns)
    g : array, shape (N, O, rows, columns)
    stride, padding, dilation, groups
        As for ``conv2d``.

    Returns
    -------
    array
        Of the shape and dtype of ``x``.

    Raises
    ------
    ValueError
        If channels, groups and shapes do not fit together.

    Examples
    --------
    >>> conv2d_input(np.zeros((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2)))[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    n, o = np.shape(x)[0], np.shape(weight)[0]
    at = _windows(np.shape(x), np.shape(weight), stride, padding, dilation, groups)
    parts = _grouped(g, (n, o), at, groups)
    matrix = np.swapaxes(np.reshape(weight, (groups, o // groups, -1)), 1, 2)
    x_bar = np.empty(np.shape(x), _dtype_like(x, weight, g))
    for part in _blocks(np.shape(x), at):
        columns = np.matmul(matrix, parts[part])
        x_bar[part] = fold(columns.reshape(len(columns), -1, columns.shape[-1]), at.size, at.kernel, at.stride,
                           at.padding, at.dilation)
    return x_bar


def conv2d_weight(x: Any, weight: Any, g: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
                  groups: int = 1) -> np.ndarray:
    """The cotangent of the weights of ``conv2d``, from its input and the cotangent of its result.

    Parameters
    ----------
    x : array, shape (N, C, H, W)
    weight : array, shape (O, C / groups, kernel rows, kernel columns)
        The weights; only their shape and dtype count.
    g : array, shape (N, O, rows, columns)
    stride, padding, dilation, groups
        As for ``conv2d``.

    Returns
    -------
    array
        Of the shape and dtype of ``weight``.

    Raises
    ------
    ValueError
        If channels, groups and shapes do not fit together.

    Examples
    --------
    >>> conv2d_weight(np.ones((1, 1, 3, 3)), np.zeros((1, 1, 2, 2)), np.ones((1, 1, 2, 2)))[0, 0]
    array([[4., 4.],
           [4., 4.]])
    """
    n, o = np.shape(x)[0], np.shape(weight)[0]
    at = _windows(np.shape(x), np.shape(weight), stride, padding, dilation, groups)
    parts = _grouped(g, (n, o), at, groups)
    matrix = np.zeros((groups, o // groups, np.size(weight) // o), np.result_type(x, g))
    for part in _blocks(np.shape(x), at):
        matrix += np.sum(np.matmul(parts[part], np.swapaxes(_columns(x[part], at, groups), 2, 3)), axis=0)
    return matrix.reshape(np.shape(weight)).astype(_dtype_like(weight, x, g), copy=False)


def _windows(images: tuple[int, ...], weights: tuple[int, ...], stride: Any, padding: Any, dilation: Any,
             groups: int) -> Windows:
    """The windows of a convolution; shapes that do not fit together are an error."""
    if len(images) != 4 or len(weights) != 4:
        raise ValueError(f"images of shape {images} and weights of shape {weights}: four axes are needed")
    if groups < 1 or weights[0] % groups or weights[1] * groups != images[1]:
        raise ValueError(f"images of shape {images} and weights of shape {weights} do not fit with {groups} groups")
    return Windows.of(images[2:], weights[2:], stride, padding, dilation)


def _blocks(images: tuple[int, ...], at: Windows) -> Iterator[slice]:
    """The images in parts whose columns are small."""
    items = images[1] * at.kernel[0] * at.kernel[1] * at.out[0] * at.out[1]
    step = max(1, BLOCK // max(1, items))
    return (slice(k, k + step) for k in range(0, images[0], step))


def _columns(x: Any, at: Windows, groups: int) -> np.ndarray:
    """Columns in groups: shape (N, groups, items of a group, windows)."""
    columns = unfold(x, at.kernel, at.stride, at.padding, at.dilation)
    return columns.reshape(len(columns), groups, -1, columns.shape[-1])


def _grouped(g: Any, channels: tuple[int, int], at: Windows, groups: int) -> np.ndarray:
    """The cotangent of a result with (images, channels), in groups, one row for each output channel."""
    n, o = channels
    if np.shape(g) != (n, o, *at.out):
        raise ValueError(f"a cotangent of shape {np.shape(g)} for a result of shape {(n, o, *at.out)}")
    return np.reshape(g, (n, groups, o // groups, at.out[0] * at.out[1]))


def _dtype_like(x: Any, *factors: Any) -> np.dtype:
    """The dtype of a cotangent of ``x``; of integers that of the product."""
    found = np.asarray(x).dtype
    return found if found.kind in "fc" else np.result_type(*factors)


@rule(conv2d, wrt=("x", "weight", "bias"), pure=True)
def conv2d_rule(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *, y_bar):
    x_bar = conv2d_input(x, weight, y_bar, stride, padding, dilation, groups)
    weight_bar = conv2d_weight(x, weight, y_bar, stride, padding, dilation, groups)
    return x_bar, weight_bar, None if bias is None else np.sum(y_bar, axis=(0, 2, 3))


@conv2d_rule.jvp
def conv2d_jvp(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *, y, x_dot, weight_dot, bias_dot):
    y_dot = None
    if x_dot is not None:
        y_dot = conv2d(x_dot, weight, bias_dot, stride, padding, dilation, groups)
    if weight_dot is not None and y_dot is not None:
        return y_dot + conv2d(x, weight_dot, None, stride, padding, dilation, groups)
    if weight_dot is not None:
        return conv2d(x, weight_dot, bias_dot, stride, padding, dilation, groups)
    if y_dot is not None:
        return y_dot
    return np.broadcast_to(np.reshape(bias_dot, (-1, 1, 1)), np.shape(y))


@bilinear(conv2d_input, "weight", "g", pure=True, like="x", shapes_of=("x",))
def conv2d_input_rule(x, weight, g, stride=1, padding=0, dilation=1, groups=1, *, y_bar):
    weight_bar = conv2d_weight(y_bar, weight, g, stride, padding, dilation, groups)
    return weight_bar, conv2d(y_bar, weight, None, stride, padding, dilation, groups)


@bilinear(conv2d_weight, "x", "g", pure=True, like="weight", shapes_of=("weight",))
def conv2d_weight_rule(x, weight, g, stride=1, padding=0, dilation=1, groups=1, *, y_bar):
    x_bar = conv2d_input(x, y_bar, g, stride, padding, dilation, groups)
    return x_bar, conv2d(x, y_bar, None, stride, padding, dilation, groups)
