"""Activation functions.

    >>> import numpy as np
    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    >>> softmax(np.array([0.0, 0.0]))
    array([0.5, 0.5])
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.rules import elementwise, rule

try:
    from scipy.special import erf
except ImportError:
    erf = None


def relu(x: Any) -> Any:
    """max(x, 0), elementwise.

    Parameters
    ----------
    x : array or float
        NaN stays NaN.

    Returns
    -------
    array or scalar
        Of the shape and dtype of ``x``. The derivative at 0 is 0, as in torch (``np.maximum`` has ½).

    Examples
    --------
    >>> from s2sad import grad
    >>> grad(lambda x: np.sum(relu(x)))(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    return np.maximum(x, 0.0)


@elementwise(relu, pure=True)
def relu_rule(x, *, y):
    return y > 0.0


def gelu(x: Any, approximate: str = "none") -> Any:
    """x Φ(x) with the standard normal distribution function Φ, elementwise (Hendrycks and Gimpel, arXiv:1606.08415).

    Parameters
    ----------
    x : array or float
    approximate : "none" or "tanh"
        "tanh" takes Φ(x) ≈ (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, which needs no SciPy.

    Returns
    -------
    array or scalar
        Of the shape and dtype of ``x``.

    Raises
    ------
    ImportError
        For "none" without SciPy.
    ValueError
        For another ``approximate``.

    Examples
    --------
    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1587,  0.    ,  0.8413])
    >>> gelu(np.array([-1.0, 0.0, 1.0]), approximate="tanh").round(4)
    array([-0.1588,  0.    ,  0.8412])
    """
    if approximate == "tanh":
        return 0.5 * x * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * (x * x * x))))
    if approximate != "none":
        raise ValueError('approximate must be "none" or "tanh"')
    if erf is None:
        raise ImportError('gelu needs SciPy: pip install "s2sad[scipy]", or gelu(x, approximate="tanh")')
    return 0.5 * x * (1.0 + erf(math.sqrt(0.5) * x))


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / Σ exp(x) along an axis, without overflow.

    Parameters
    ----------
    x : array, shape (..., n, ...)
    axis : int

    Returns
    -------
    array
        Positive numbers with the sum 1 along the axis; of the shape and dtype of ``x``.

    Examples
    --------
    >>> softmax(np.array([1000.0, 1000.0 + np.log(3.0)])).round(6)
    array([0.25, 0.75])
    """
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


@rule(softmax, wrt=("x",), pure=True)
def softmax_rule(x, axis=-1, *, y, y_bar):
    """y = softmax x  ⟹  x̄ = y (ȳ − Σ y ȳ)"""
    return y * (y_bar - np.sum(y * y_bar, axis=axis, keepdims=True))


@softmax_rule.jvp
def softmax_jvp(x, axis=-1, *, y, x_dot):
    return y * (x_dot - np.sum(y * x_dot, axis=axis, keepdims=True))


def log_softmax(x: Any, axis: int = -1) -> Any:
    """x − ln Σ exp(x) along an axis: the logarithm of ``softmax``, exact where that is nearly 0.

    Parameters
    ----------
    x : array, shape (..., n, ...)
    axis : int

    Returns
    -------
    array
        Of the shape and dtype of ``x``.

    Examples
    --------
    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    z = x - np.max(x, axis=axis, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))


@rule(log_softmax, wrt=("x",), pure=True)
def log_softmax_rule(x, axis=-1, *, y, y_bar):
    """y = x − ln Σ exp x  ⟹  x̄ = ȳ − exp(y) Σ ȳ"""
    return y_bar - np.exp(y) * np.sum(y_bar, axis=axis, keepdims=True)


@log_softmax_rule.jvp
def log_softmax_jvp(x, axis=-1, *, y, x_dot):
    return x_dot - np.sum(np.exp(y) * x_dot, axis=axis, keepdims=True)
