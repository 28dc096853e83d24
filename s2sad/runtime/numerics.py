"""Numerical formulas that several rules share."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.runtime.cotangents import masked_product


def logistic(v: Any, e: Any, c: Any) -> Any:
    """``1 / (c + e)`` of ``e = exp(v)``, as a function of ``v``.

    >>> logistic(0.0, 1.0, 3.0)
    np.float64(0.25)
    """
    return 1.0 / (c + np.exp(v))


def softplus(v: Any, e: Any, c: Any) -> Any:
    """``log(c + e)`` of ``e = exp(v)``, as a function of ``v``.

    >>> softplus(0.0, 1.0, 1.0)
    np.float64(0.6931471805599453)
    """
    return np.log(c + np.exp(v))


def ratio(a: Any, b: Any, zero: Any = None) -> Any:
    """``a / b``, and by convention 0 where ``b`` is 0, or where ``zero`` is true.

    >>> ratio(np.array([3.0, 0.0]), np.array([2.0, 0.0]))
    array([1.5, 0. ])
    """
    none = b == 0 if zero is None else zero
    if not isinstance(none, np.ndarray):
        return a * 0.0 if none else a / b
    return a / np.where(none, np.inf, b)


def slope(x: Any) -> Any:
    """The sign of ``x``, as the slope of its absolute value.

    >>> slope(-2.0), slope(np.array([0.0, 3.0]))
    (-1.0, array([0., 1.]))
    """
    if type(x) is float:
        return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x * 0.0
    return np.sign(x)


def jump(x: Any) -> Any:
    """Any derivative of what is constant to both sides of 0, and jumps there: nan at 0, else 0.

    >>> jump(-2.0), jump(np.array([0.0, 3.0]))
    (0.0, array([nan,  0.]))
    """
    if type(x) is float:
        return math.nan if x == 0.0 else 0.0
    return np.where(x == 0, np.nan, np.zeros_like(x))[()]


def sech_squared(x: Any, h: Any) -> Any:
    """``1 - h * h`` of ``h = tanh(x)``, as a function of ``x``: to full accuracy where ``h`` is nearly 1 or -1.

    >>> sech_squared(20.0, 1.0)
    1.6993417021166355e-17
    """
    y = 1.0 - h * h
    if isinstance(y, float):
        return type(y)(_sech_squared(x)) if y < 1e-4 else y
    if isinstance(y, complex) or y.dtype.kind == "c" or not np.minimum.reduce(y, axis=None, initial=1.0) < 1e-4:
        return y
    return np.where(y < 1e-4, _sech_squared(x), y)[()]


def _sech_squared(x: Any) -> Any:
    e = np.exp(-2.0 * np.abs(x))
    return 4.0 * e / ((1.0 + e) * (1.0 + e))


def recurrence(a: Any, b: Any) -> Any:
    """``h`` with ``h[i] = a[i] * h[i-1] + b[i]`` along the last axis, ``h[0] = b[0]``, with masked products. ``a`` and
    ``b`` have one shape.

    >>> recurrence(np.array([0., 2., 2.]), np.array([1., 1., 1.]))
    array([1., 3., 7.])
    """
    h = np.array(b, dtype=np.result_type(a, b))
    for i in range(1, h.shape[-1]):
        h[..., i] += masked_product(h[..., i - 1], a[..., i])
    return h


def cofactors(a: np.ndarray) -> np.ndarray:
    """The cofactors of a matrix, ∂(det A), or of each of a stack; A = U S Vᴴ gives det U det Vᴴ U* (∏ other s) Vᵀ.

    >>> cofactors(np.array([[1.0, 2.0], [2.0, 4.0]])).round(12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    u, s, vh = np.linalg.svd(a)
    minors = np.prod(np.where(np.eye(a.shape[-1], dtype=bool), 1.0, s[..., None, :]), axis=-1)
    return _turned(u, vh, minors[..., None] * np.eye(a.shape[-1]))


def cofactors_along(a: np.ndarray, e: np.ndarray) -> np.ndarray:
    """The change of the cofactors along ``e``, which is symmetric: ⟨f, change along e⟩ = ⟨e, change along f⟩. With
    Pᵢⱼ = ∏ s without sᵢ and sⱼ, for a diagonal matrix it has Σⱼ Pᵢⱼ eⱼⱼ on the diagonal and −Pᵢⱼ eⱼᵢ beside it.

    >>> cofactors_along(np.zeros((2, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])).round(12)
    array([[ 4., -3.],
           [-2.,  1.]])
    """
    u, s, vh = np.linalg.svd(a)
    one = np.eye(a.shape[-1], dtype=bool)
    left = np.where(one[:, None] | one[None], 1.0, s[..., None, None, :])
    pairs = np.where(one, 0.0, np.prod(left, axis=-1))
    inner = np.swapaxes(u.conj(), -1, -2) @ e @ np.swapaxes(vh.conj(), -1, -2)
    diagonal = np.sum(pairs * np.diagonal(inner, axis1=-2, axis2=-1)[..., None, :], axis=-1)
    return _turned(u, vh, np.where(one, diagonal[..., None], -pairs * np.swapaxes(inner, -1, -2)))


def _turned(u: np.ndarray, vh: np.ndarray, x: np.ndarray) -> np.ndarray:
    return (np.linalg.det(u) * np.linalg.det(vh))[..., None, None] * (u.conj() @ x @ vh.conj())
