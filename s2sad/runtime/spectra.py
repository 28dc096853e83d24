"""What the derivatives of functions of matrices are made of: differences of values, divided.

    >>> divided_differences(np.array([1.0, 3.0]), np.array([1.0, 9.0]), np.array([2.0, 6.0]))
    array([[0., 4.],
           [4., 0.]])
"""
from __future__ import annotations

from typing import Any

import numpy as np

NEAR = 1e-6
"""Values are near that differ by so much of the largest."""
ALIKE = 1e-4
"""Slopes are alike that differ by so much of their mean, which then is right to 1e-8."""


def pairs(x: Any, like: Any, sign: float) -> Any:
    """xⱼ + sign xᵢ for each pair of ``like``; one number may stand for all."""
    of_all = np.broadcast_to(x, np.shape(like))
    return np.expand_dims(of_all, -2) + sign * np.expand_dims(of_all, -1)


def coincide(w: Any) -> Any:
    """Where two values are equal to rounding; each is with itself.

    >>> coincide(np.array([1.0, 1.0 + 2e-16, 2.0]))[0]
    array([ True,  True, False])
    """
    return np.absolute(pairs(w, w, -1.0)) <= _rounding(w)


def _rounding(w: Any) -> Any:
    """The rounding error of the values of a decomposition, for each pair."""
    size = np.max(np.absolute(w), axis=-1, keepdims=True, initial=0.0)
    return np.shape(w)[-1] * np.expand_dims(np.spacing(size), -1)


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
    ratio = pairs(f, w, -1.0) / np.where(np.logical_or(close, coincide(w)), np.nan, gap)
    return np.where(np.eye(np.shape(w)[-1], dtype=bool), 0.0, np.where(close, 0.5 * pairs(slope, w, 1.0), ratio))


def is_slope(w: Any, f: Any, slope: Any) -> Any:
    """Where the mean of the slopes at two values is as good as their divided difference, or better: where it gives the
    difference of ``f`` to the rounding of the two, and where it does so to the rounding of the largest ``f`` between
    values that are near each other and have nearly the same slope (``np.exp(w) - 1`` of two values around 0). True on
    the diagonal."""
    gap, mean = pairs(w, w, -1.0), 0.5 * pairs(slope, w, 1.0)
    size = np.broadcast_to(np.absolute(f), np.shape(w))
    error = np.absolute(pairs(f, w, -1.0) - mean * gap)
    largest = np.max(np.where(np.isfinite(size), size, 0.0), axis=-1, keepdims=True, initial=0.0)
    rounding = np.expand_dims(np.spacing(largest), -1) + np.absolute(mean) * _rounding(w)
    near = np.absolute(gap) <= NEAR * np.expand_dims(np.max(np.absolute(w), axis=-1, keepdims=True, initial=0.0), -1)
    alike = np.absolute(pairs(slope, w, -1.0)) <= ALIKE * np.absolute(mean)
    good = np.logical_or(error <= 16.0 * np.spacing(pairs(size, w, 1.0)), near & alike & (error <= 16.0 * rounding))
    return np.logical_or(good, np.eye(np.shape(w)[-1], dtype=bool))


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
