"""Numerical formulas that several rules share."""
from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.cotangents import masked_product


def logistic(v: Any, e: Any, c: Any) -> Any:
    """``1 / (c + e)`` of ``e = exp(v)``, as a function of ``v``.

    >>> logistic(0.0, 1.0, 3.0)
    np.float64(0.25)
    """
    return 1.0 / (c + np.exp(v))


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
