"""Norms and condition numbers.

A norm over some axes has one partial derivative for each item, ``P``: x_bar = y_bar P and y_dot = Σ Re(P x_dot).
Conventions: 0 at x = 0; ties of a maximum share equally.
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import rule, static
from s2sad.rules.matrices import conj, each, transposed


@static
def _norm_axes(axis, ndim, has_order):
    """The axes of a norm as a tuple, and whether it is a matrix norm."""
    if axis is None:
        every = tuple(range(ndim))
        return every, has_order and ndim == 2
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    return tuple(ax % ndim for ax in axes), len(axes) == 2


def _kept(y, axes, ndim):
    """``y`` with axes of length 1 where it was reduced."""
    if np.ndim(y) == ndim or len(axes) == ndim:
        return y
    return np.expand_dims(y, axes)


def _partial(x, y, ord, axes, matrix):
    """P of a norm; ``y`` has its reduced axes."""
    if ord is None or ord == "fro" or (ord == 2 and not matrix):
        return runtime.ratio(conj(x), y)
    if matrix:
        return _matrix_partial(x, ord, axes)
    return _vector_partial(x, y, ord, axes)


def _unit(x):
    """conj(x) / |x|, 0 at 0."""
    if np.iscomplexobj(x):
        return runtime.ratio(np.conj(x), np.abs(x))
    return runtime.slope(x)


def _shared(is_extreme, axes):
    """Equal weights of the items that are extreme."""
    return is_extreme / np.sum(is_extreme, axis=axes, keepdims=True)


def _vector_partial(x, y, ord, axes):
    if ord == 0:
        return np.zeros(np.shape(x))
    if ord == 1:
        return _unit(x)
    size = np.abs(x)
    if ord == np.inf or ord == -np.inf:
        return _unit(x) * _shared(size == y, axes)
    if ord > 1:
        return (_unit(x) if np.iscomplexobj(x) else np.sign(x)) * runtime.ratio(size, y) ** (ord - 1.0)
    size = np.where(size == 0, 1.0, size)
    return conj(x) * size ** (ord - 2.0) * np.where(y == 0, 1.0, y) ** (1.0 - ord)


def _matrix_partial(x, ord, axes):
    if ord in (1, -1, np.inf, -np.inf):
        along, across = (axes[0], axes[1]) if ord in (1, -1) else (axes[1], axes[0])
        sums = np.sum(np.abs(x), axis=along, keepdims=True)
        best = np.max(sums, axis=across, keepdims=True) if ord > 0 else np.min(sums, axis=across, keepdims=True)
        return _unit(x) * _shared(sums == best, across)
    u, s, vh = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), full_matrices=False)
    return np.moveaxis(conj((u * np.expand_dims(_singular_weights(s, ord), -2)) @ vh), (-2, -1), axes)


def _singular_weights(s, ord):
    """The derivative of the norm with respect to the singular values."""
    if ord == "nuc":
        return np.where(s > np.spacing(np.max(s, axis=-1, keepdims=True)) * np.shape(s)[-1], 1.0, 0.0)
    best = np.max(s, axis=-1, keepdims=True) if ord == 2 else np.min(s, axis=-1, keepdims=True)
    return np.where(s == 0, 0.0, _shared(s == best, -1))


def _norm_bar(x, ord, axes, matrix, y, y_bar):
    ndim = np.ndim(x)
    return _kept(y_bar, axes, ndim) * _partial(x, _kept(y, axes, ndim), ord, axes, matrix)


def _norm_dot(x, ord, axes, matrix, y, x_dot):
    if ord is None or ord == "fro" or (ord == 2 and not matrix):
        return runtime.ratio(np.reshape(np.sum(np.real(conj(x) * x_dot), axis=axes), np.shape(y)), y)
    moved = np.real(_partial(x, _kept(y, axes, np.ndim(x)), ord, axes, matrix) * x_dot)
    return np.sum(moved, axis=axes, keepdims=np.ndim(y) == np.ndim(x) and np.ndim(x) > 0)


@rule(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False, *, y, y_bar):
    axes, matrix = _norm_axes(axis, np.ndim(x), ord is not None)
    return _norm_bar(x, ord, axes, matrix, y, y_bar)


@norm.jvp
def norm_jvp(x, ord=None, axis=None, keepdims=False, *, y, x_dot):
    axes, matrix = _norm_axes(axis, np.ndim(x), ord is not None)
    return _norm_dot(x, ord, axes, matrix, y, x_dot)


@rule(np.linalg.vector_norm)
def vector_norm(x, axis=None, keepdims=False, ord=2, *, y, y_bar):
    axes, _ = _norm_axes(axis, np.ndim(x), False)
    return _norm_bar(x, ord, axes, False, y, y_bar)


@vector_norm.jvp
def vector_norm_jvp(x, axis=None, keepdims=False, ord=2, *, y, x_dot):
    axes, _ = _norm_axes(axis, np.ndim(x), False)
    return _norm_dot(x, ord, axes, False, y, x_dot)


@rule(np.linalg.matrix_norm)
def matrix_norm(x, keepdims=False, ord="fro", *, y, y_bar):
    return _norm_bar(x, ord, (np.ndim(x) - 2, np.ndim(x) - 1), True, y, y_bar)


@matrix_norm.jvp
def matrix_norm_jvp(x, keepdims=False, ord="fro", *, y, x_dot):
    return _norm_dot(x, ord, (np.ndim(x) - 2, np.ndim(x) - 1), True, y, x_dot)


@rule(np.linalg.cond, wrt=("x",))
def cond(x, p=None, *, y, y_bar):
    return each(y_bar) * _cond_partial(x, p, y)


@cond.jvp
def cond_jvp(x, p=None, *, y, x_dot):
    return np.sum(np.real(_cond_partial(x, p, y) * x_dot), axis=(-2, -1))


def _cond_partial(x, p, y):
    """The derivative of σ₁ / σₖ, or of ‖X‖ ‖X⁻¹‖."""
    if p is None or p == 2 or p == -2:
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        first, last = np.expand_dims(s[..., 0], (-2, -1)), np.expand_dims(s[..., -1], (-2, -1))
        top = conj(u[..., :1] @ vh[..., :1, :]) / first
        bottom = conj(u[..., -1:] @ vh[..., -1:, :]) / last
        return each(y) * (bottom - top if p == -2 else top - bottom)
    inverse, axes = np.linalg.inv(x), (np.ndim(x) - 2, np.ndim(x) - 1)
    size = np.linalg.norm(x, p, axes, keepdims=True)
    other = np.linalg.norm(inverse, p, axes, keepdims=True)
    t = transposed(inverse)
    return other * _partial(x, size, p, axes, True) - size * (t @ _partial(inverse, other, p, axes, True) @ t)
