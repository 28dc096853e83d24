"""Scans along an axis: running sums and products, and the linear recurrence behind their derivatives.

``axis`` may be None or an int; ``out=`` is refused (``Rule.bind``).
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import linear, rule
from s2sad.rules.reductions import _from_rows, _previous, _rows


@linear(np.cumsum, "a")
def cumsum(a, axis=None, dtype=None, out=None, *, y_bar):
    """yᵢ = Σ_{j≤i} aⱼ  ⟹  āⱼ = Σ_{i≥j} ȳᵢ"""
    return _cumsum_vjp(a, axis, y_bar)


@linear(np.add.accumulate, "array")
def add_accumulate(array, axis=0, dtype=None, out=None, *, y_bar):
    return _cumsum_vjp(array, axis, y_bar)


def _cumsum_vjp(a, axis, y_bar):
    a_bar = np.flip(np.cumsum(np.flip(y_bar, axis), axis), axis)
    return np.reshape(a_bar, np.shape(a)) if axis is None else a_bar


@rule(np.nancumsum, wrt=("a",))
def nancumsum(a, axis=None, dtype=None, out=None, *, y_bar):
    return np.where(a == a, _cumsum_vjp(a, axis, y_bar), 0.0)


@nancumsum.jvp
def nancumsum_jvp(a, axis=None, dtype=None, out=None, *, a_dot):
    return np.cumsum(np.where(a == a, a_dot, 0.0), axis=axis)


if hasattr(np, "cumulative_sum"):
    @linear(np.cumulative_sum, "x")
    def cumulative_sum(x, axis=None, dtype=None, out=None, include_initial=False, *, y_bar):
        if include_initial:
            axis = -1 if axis is None else axis
            y_bar = np.moveaxis(np.moveaxis(y_bar, axis, -1)[..., 1:], -1, axis)
        return _cumsum_vjp(x, axis, y_bar)

    @rule(np.cumulative_prod, wrt=("x",))
    def cumulative_prod(x, axis=None, dtype=None, out=None, include_initial=False, *, y, y_bar):
        if include_initial:
            return NotImplemented
        return _cumprod_vjp(x, axis, y, y_bar)

    @cumulative_prod.jvp
    def cumulative_prod_jvp(x, axis=None, dtype=None, out=None, include_initial=False, *, y, x_dot):
        if include_initial:
            return NotImplemented
        return _cumprod_jvp(x, axis, y, x_dot)


@rule(runtime.recurrence)
def recurrence(a, b, *, y, y_bar):
    """yᵢ = aᵢ yᵢ₋₁ + bᵢ  ⟹  b̄ᵢ = ȳᵢ + aᵢ₊₁ b̄ᵢ₊₁,  āᵢ = b̄ᵢ yᵢ₋₁: the same recurrence, backwards"""
    b_bar = np.flip(runtime.recurrence(np.roll(np.flip(a, -1), 1, -1), np.flip(y_bar, -1)), -1)
    return b_bar * _previous(y, 0.0), b_bar


@recurrence.jvp
def recurrence_jvp(a, b, *, y, a_dot, b_dot):
    if a_dot is None:
        return runtime.recurrence(a, b_dot)
    source = a_dot * _previous(y, 0.0)
    return runtime.recurrence(a, source if b_dot is None else source + b_dot)


@rule(np.cumprod, wrt=("a",))
def cumprod(a, axis=None, dtype=None, out=None, *, y, y_bar):
    """yᵢ = aᵢ yᵢ₋₁  ⟹  āᵢ = λᵢ yᵢ₋₁  with  λᵢ = ȳᵢ + aᵢ₊₁ λᵢ₊₁"""
    return _cumprod_vjp(a, axis, y, y_bar)


@cumprod.jvp
def cumprod_jvp(a, axis=None, dtype=None, out=None, *, y, a_dot):
    return _cumprod_jvp(a, axis, y, a_dot)


@rule(np.multiply.accumulate, wrt=("array",))
def multiply_accumulate(array, axis=0, dtype=None, out=None, *, y, y_bar):
    return _cumprod_vjp(array, axis, y, y_bar)


@multiply_accumulate.jvp
def multiply_accumulate_jvp(array, axis=0, dtype=None, out=None, *, y, array_dot):
    return _cumprod_jvp(array, axis, y, array_dot)


def _cumprod_vjp(a, axis, y, y_bar):
    factors = np.roll(np.flip(_rows(a, axis), -1), 1, -1)
    tail = np.flip(runtime.recurrence(factors, np.flip(_rows(y_bar, axis), -1)), -1)
    return _from_rows(tail * _previous(_rows(y, axis), 1.0), a, axis)


def _cumprod_jvp(a, axis, y, a_dot):
    y_dot = runtime.recurrence(_rows(a, axis), _rows(a_dot, axis) * _previous(_rows(y, axis), 1.0))
    return _from_rows(y_dot, y, axis)
