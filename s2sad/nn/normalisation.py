"""Normalisation: activations brought to mean 0 and variance 1, over the batch or over the features.

    >>> import numpy as np
    >>> standardise(np.array([1.0, 3.0]), axis=0, eps=0.0)
    array([-1.,  1.])
"""
from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.rules import rule

Axis = int | tuple[int, ...]


def standardise(x: Any, axis: Axis, eps: float = 1e-5) -> Any:
    """(x − mean) / √(variance + eps) along axes, with the variance that divides by n.

    Parameters
    ----------
    x : array
    axis : int or tuple of ints
        The axes that mean and variance are taken over.
    eps : float
        Keeps constants finite. It is a constant of the derivative.

    Returns
    -------
    array
        Of the shape and dtype of ``x``.

    Examples
    --------
    >>> standardise(np.array([[0.0, 2.0], [5.0, 5.0]]), axis=1).round(3)
    array([[-1.,  1.],
           [ 0.,  0.]])
    """
    centred = x - np.mean(x, axis=axis, keepdims=True)
    return centred / np.sqrt(np.mean(centred * centred, axis=axis, keepdims=True) + eps)


@rule(standardise, wrt=("x",), pure=True)
def standardise_rule(x, axis, eps=1e-5, *, y, y_bar):
    """y = (x − μ) / s  ⟹  x̄ = (ȳ − mean ȳ − y mean(y ȳ)) / s"""
    g = y_bar - np.mean(y_bar, axis=axis, keepdims=True) - y * np.mean(y * y_bar, axis=axis, keepdims=True)
    return g / np.sqrt(np.var(x, axis=axis, keepdims=True) + eps)


@standardise_rule.jvp
def standardise_jvp(x, axis, eps=1e-5, *, y, x_dot):
    g = x_dot - np.mean(x_dot, axis=axis, keepdims=True) - y * np.mean(y * x_dot, axis=axis, keepdims=True)
    return g / np.sqrt(np.var(x, axis=axis, keepdims=True) + eps)


def layer_norm(x: Any, weight: Any = None, bias: Any = None, axis: Axis = -1, eps: float = 1e-5) -> Any:
    """Standardise every item over its features (Ba, Kiros and Hinton, arXiv:1607.06450).

    Parameters
    ----------
    x : array, shape (..., features)
    weight, bias : array, optional
        Scale and shift, of a shape that broadcasts to the last axes of ``x``.
    axis : int or tuple of ints
        The axes of the features.
    eps : float
        Added to the variance.

    Returns
    -------
    array
        Of the shape of ``x``; as ``torch.nn.functional.layer_norm``.

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0]]), weight=np.array([1.0, 2.0]), bias=np.array([0.0, 5.0])).round(3)
    array([[-1.,  7.]])
    """
    y = standardise(x, axis, eps)
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y


def batch_norm(x: Any, weight: Any = None, bias: Any = None, mean: Any = None, variance: Any = None,
               eps: float = 1e-5) -> Any:
    """Standardise every channel over the batch (Ioffe and Szegedy, arXiv:1502.03167).

    Parameters
    ----------
    x : array, shape (N, C, ...)
    weight, bias : array, shape (C,), optional
        Scale and shift.
    mean, variance : array, shape (C,), optional
        Statistics to use instead of those of the batch: those of the training data, at inference. Both or none.
    eps : float
        Added to the variance.

    Returns
    -------
    array
        Of the shape of ``x``; as ``torch.nn.functional.batch_norm`` with ``training=mean is None``.

    Raises
    ------
    ValueError
        If only one of the two statistics is given.

    Examples
    --------
    >>> x = np.array([[1.0, 10.0], [3.0, 30.0]])
    >>> batch_norm(x).round(3)
    array([[-1., -1.],
           [ 1.,  1.]])
    >>> batch_norm(x, mean=np.zeros(2), variance=np.array([1.0, 100.0]), eps=0.0)
    array([[1., 1.],
           [3., 3.]])
    """
    if (mean is None) != (variance is None):
        raise ValueError("batch_norm needs both statistics, mean and variance, or none")
    channels = (-1,) + (1,) * (np.ndim(x) - 2)
    if mean is None:
        y = standardise(x, (0,) + tuple(range(2, np.ndim(x))), eps)
    else:
        y = (x - np.reshape(mean, channels)) / np.sqrt(np.reshape(variance, channels) + eps)
    if weight is not None:
        y = y * np.reshape(weight, channels)
    if bias is not None:
        y = y + np.reshape(bias, channels)
    return y
