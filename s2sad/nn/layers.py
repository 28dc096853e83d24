"""Layers: plain objects that hold arrays, called like functions.

A network is a class of one's own that has layers as fields. It is an argument of the loss, so its gradient has the same
fields, and ``s2sad.optim`` makes the next network of both. Nothing is registered anywhere.

    >>> import numpy as np
    >>> from s2sad import grad
    >>> layer = Linear(3, 2, np.random.default_rng(0))
    >>> def loss(layer, x):
    ...     return np.sum(layer(x) ** 2)
    >>> grad(loss)(layer, np.ones((5, 3))).weight.shape
    (2, 3)

A class names in ``frozen`` what an optimiser leaves alone: numbers that are settings, and statistics.
"""
from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from s2sad.nn.convolution import conv2d
from s2sad.nn.initialisers import Initialiser, fan_in_uniform, fans
from s2sad.nn.normalisation import batch_norm, layer_norm
from s2sad.nn.regularisation import dropout
from s2sad.nn.windows import pair
from s2sad.runtime import stop_gradient


class Linear:
    """y = x Wᵀ + b, on the last axis.

    Parameters
    ----------
    inputs, outputs : int
    rng : numpy.random.Generator
        The initial values are drawn from it.
    bias : bool
        Whether there is a b.
    init : callable
        An initialiser, for weights and bias.
    dtype
        Of the weights: float64 or float32.

    Attributes
    ----------
    weight : array, shape (outputs, inputs)
    bias : array, shape (outputs,), or None

    Examples
    --------
    >>> Linear(3, 2, np.random.default_rng(0))(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(self, inputs: int, outputs: int, rng: np.random.Generator, bias: bool = True,
                 init: Initialiser = fan_in_uniform, dtype: Any = float) -> None:
        shape = (outputs, inputs)
        self.weight = init(shape, rng).astype(dtype)
        self.bias = init((outputs,), rng, fans(shape)).astype(dtype) if bias else None

    def __call__(self, x: Any) -> Any:
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class Conv2d:
    """A two-dimensional convolution with a bias for each output channel.

    Parameters
    ----------
    inputs, outputs : int
        Channels.
    kernel : int or pair of ints
    rng : numpy.random.Generator
    stride, padding, dilation, groups
        As for ``conv2d``.
    bias, init, dtype
        As for ``Linear``.

    Attributes
    ----------
    weight : array, shape (outputs, inputs / groups, *kernel)
    bias : array, shape (outputs,), or None

    Raises
    ------
    ValueError
        If the channels cannot be divided into the groups.

    Examples
    --------
    >>> Conv2d(1, 6, 5, np.random.default_rng(0), padding=2)(np.ones((2, 1, 28, 28))).shape
    (2, 6, 28, 28)
    """

    def __init__(self, inputs: int, outputs: int, kernel: Any, rng: np.random.Generator, stride: Any = 1,
                 padding: Any = 0, dilation: Any = 1, groups: int = 1, bias: bool = True,
                 init: Initialiser = fan_in_uniform, dtype: Any = float) -> None:
        if inputs % groups or outputs % groups:
            raise ValueError(f"{inputs} and {outputs} channels cannot be divided into {groups} groups")
        shape = (outputs, inputs // groups, *pair(kernel))
        self.weight = init(shape, rng).astype(dtype)
        self.bias = init((outputs,), rng, fans(shape)).astype(dtype) if bias else None
        self.stride, self.padding, self.dilation, self.groups = stride, padding, dilation, groups

    def __call__(self, x: Any) -> Any:
        return conv2d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class LayerNorm:
    """Standardise the last axes of every item, then scale and shift.

    Parameters
    ----------
    shape : int or tuple of ints
        The sizes of the last axes.
    eps : float
        Added to the variance.
    dtype
        Of the weights.

    Attributes
    ----------
    weight, bias : array of that shape
        At first ones and zeros.

    Examples
    --------
    >>> LayerNorm(4)(np.arange(8.0).reshape(2, 4)).mean(axis=1).round(12)
    array([0., 0.])
    """

    frozen: ClassVar[tuple[str, ...]] = ("eps",)

    def __init__(self, shape: int | tuple[int, ...], eps: float = 1e-5, dtype: Any = float) -> None:
        self.weight, self.bias = np.ones(shape, dtype), np.zeros(shape, dtype)
        self.axis = tuple(range(-self.weight.ndim, 0))
        self.eps = eps

    def __call__(self, x: Any) -> Any:
        return layer_norm(x, self.weight, self.bias, self.axis, stop_gradient(self.eps))


class BatchNorm:
    """Standardise every channel (axis 1): over the batch in training, with running statistics at inference.

    A call with ``training=True`` moves the running statistics. A derivative never changes its arguments: let the loss
    return the network too, as auxiliary output, and go on with that one.

    Parameters
    ----------
    channels : int
    momentum : float
        The weight of a batch in the running statistics.
    eps : float
        Added to the variance.
    dtype
        Of the weights.

    Attributes
    ----------
    weight, bias : array, shape (channels,)
        At first ones and zeros.
    running_mean, running_var : array, shape (channels,)
        At first zeros and ones. They are constants of derivatives, and optimisers leave them alone.

    Examples
    --------
    >>> from s2sad import value_and_grad
    >>> def loss(norm, x):
    ...     return np.sum(norm(x, training=True) ** 2), norm
    >>> norm = BatchNorm(2)
    >>> (value, moved), gradient = value_and_grad(loss, has_aux=True)(norm, np.array([[1.0, 4.0], [3.0, 6.0]]))
    >>> norm.running_mean, moved.running_mean
    (array([0., 0.]), array([0.2, 0.5]))
    """

    frozen: ClassVar[tuple[str, ...]] = ("running_mean", "running_var", "momentum", "eps")

    def __init__(self, channels: int, momentum: float = 0.1, eps: float = 1e-5, dtype: Any = float) -> None:
        self.weight, self.bias = np.ones(channels, dtype), np.zeros(channels, dtype)
        self.running_mean, self.running_var = np.zeros(channels, dtype), np.ones(channels, dtype)
        self.momentum, self.eps = momentum, eps

    def __call__(self, x: Any, training: bool = False) -> Any:
        mean, var = stop_gradient(self.running_mean), stop_gradient(self.running_var)
        eps = stop_gradient(self.eps)
        if not training:
            return batch_norm(x, self.weight, self.bias, mean, var, eps)
        share, seen = stop_gradient(self.momentum), stop_gradient(x)
        axes = (0,) + tuple(range(2, np.ndim(x)))
        self.running_mean = mean + share * (np.mean(seen, axis=axes) - mean)
        self.running_var = var + share * (np.var(seen, axis=axes, ddof=1) - var)
        return batch_norm(x, self.weight, self.bias, None, None, eps)


class Dropout:
    """Dropout in training, nothing at inference.

    Parameters
    ----------
    rate : float
        The probability of a zero.

    Examples
    --------
    >>> layer = Dropout(0.5)
    >>> layer(np.ones(4))
    array([1., 1., 1., 1.])
    >>> layer(np.ones(4), np.random.default_rng(0))
    array([2., 0., 0., 0.])
    """

    frozen: ClassVar[tuple[str, ...]] = ("rate",)

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, x: Any, rng: np.random.Generator | None = None) -> Any:
        return x if rng is None else dropout(x, self.rate, rng)
