"""What the derivatives of functions of matrices are made of: differences of values, divided.

    >>> divided_differences(np.array([1.0, 3.0]), np.array([1.0, 9.0]), np.array([2.0, 6.0]))
    array([[0., 4.],
           [4., 0.]])
"""
from __future__ import annotations

from typing import Any

import numpy as np


def pairs(x: Any, like: Any, sign: float) -> Any:
    """xⱼ + sign xᵢ for each pair of ``like``; one number may stand for all."""
    of_all = np.broadcast_to(x, np.shape(like))
    return np.expand_dims(of_all, -2) + sign * np.expand_dims(of_all, -1)


def divided_differences(w: Any, f: Any, slope: Any) -> Any:
    """(fⱼ − fᵢ) / (wⱼ − wᵢ), and 0 on the diagonal. Where ``is_slope``, it is the mean of the slopes; where ``f`` jumps
    between values that are equal to rounding, nan.

    Parameters
    ----------
    w, f, slope : ndarray of shape (…, n), or a number
        Values, a function of them, and its derivative.

    Returns
    -------
    ndarray of shape (…, n, n)

    Examples
    --------
    >>> divided_differences(np.array([2.0, 2.0]), np.array([8.0, 8.0]), np.array([12.0, 12.0]))
    array([[ 0., 12.],
           [12.,  0.]])
    """
    gap, close = pairs(w, w, -1.0), is_slope(w, f, slope)
    n = np.shape(w)[-1]
    size = np.max(np.abs(w), axis=-1, keepdims=True, initial=0.0)
    equal = np.absolute(gap) <= n * np.expand_dims(np.spacing(size), -1)
    ratio = pairs(f, w, -1.0) / np.where(np.logical_or(close, equal), np.nan, gap)
    return np.where(np.eye(n, dtype=bool), 0.0, np.where(close, 0.5 * pairs(slope, w, 1.0), ratio))


def is_slope(w: Any, f: Any, slope: Any) -> Any:
    """Where the mean of the slopes at two values gives the difference of ``f`` to rounding: for values that are equal,
    or so near that their difference is rounding. True on the diagonal."""
    step = pairs(f, w, -1.0)
    error = np.absolute(step - 0.5 * pairs(slope, w, 1.0) * pairs(w, w, -1.0))
    near = error <= 16.0 * np.spacing(pairs(np.absolute(f), w, 1.0))
    return np.logical_or(near, np.eye(np.shape(w)[-1], dtype=bool))


def divided_sums(s: Any, f: Any, slope: Any) -> Any:
    """(fⱼ + fᵢ) / (sⱼ + sᵢ), arguments as in ``divided_differences``. Where both values are 0, the mean of the slopes
    if ``f`` is 0 there, else nan.

    >>> divided_sums(np.array([0.0, 2.0]), np.array([0.0, 6.0]), np.array([5.0, 3.0]))
    array([[5., 3.],
           [3., 3.]])
    """
    total = pairs(s, s, 1.0)
    at_zero = np.where(pairs(np.absolute(f), s, 1.0) == 0, 0.5 * pairs(slope, s, 1.0), np.nan)
    return np.where(total == 0, at_zero, pairs(f, s, 1.0) / np.where(total == 0, 1.0, total))
