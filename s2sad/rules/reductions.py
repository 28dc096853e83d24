"""Reductions along axes: sums, products, means, variances, and their nan-ignoring forms.

``axis`` may be None, an int or a tuple; ``out=`` is refused (``Rule.bind``).
"""
from __future__ import annotations

import builtins
import math

import numpy as np

from s2sad import runtime
from s2sad.rules import bilinear, linear, no_gradient, rule

no_gradient(np.any, np.all, np.count_nonzero, np.logical_and.reduce, np.logical_or.reduce)


def _restore(g, axis, keepdims):
    """Give g back the axes that a reduction took out, with length 1."""
    if axis is None or keepdims:
        return g
    return np.expand_dims(g, axis)


def _spread(g, a, axis, keepdims):
    """One copy of g for every element that a reduction of a has put together."""
    if np.ndim(a) == 0:
        return g
    return np.broadcast_to(_restore(g, axis, keepdims), np.shape(a))


def _count(a, axis, where):
    """How many elements a reduction puts together."""
    if where is not True:
        return np.sum(np.broadcast_to(where, np.shape(a)), axis=axis, keepdims=True)
    if axis is None:
        return np.size(a)
    if isinstance(axis, tuple):
        return math.prod([np.shape(a)[i] for i in axis])
    return np.shape(a)[axis]


def _per(g, n):
    """g / n, and nan where Python would raise: a mean of nothing."""
    if isinstance(g, np.ndarray) or isinstance(n, np.ndarray) or n != 0:
        return g / n
    return g * np.nan


def _rows(a, axis):
    """a with the reduced axes last and flattened into one: shape (*kept, n)."""
    if axis is None:
        return np.reshape(a, (np.size(a),))
    if isinstance(axis, tuple):
        moved = np.moveaxis(a, axis, tuple(range(-len(axis), 0)))
        kept = np.shape(moved)[:np.ndim(a) - len(axis)]
        return np.reshape(moved, (*kept, math.prod(np.shape(moved)[np.ndim(a) - len(axis):])))
    return np.moveaxis(a, axis, -1)


def _from_rows(r, a, axis):
    """The inverse of _rows: an array of the shape of a."""
    if axis is None:
        return np.reshape(r, np.shape(a))
    if isinstance(axis, tuple):
        ends = tuple(range(-len(axis), 0))
        return np.moveaxis(np.reshape(r, (*np.shape(r)[:-1], *[np.shape(a)[i] for i in axis])), ends, axis)
    return np.moveaxis(r, -1, axis)


@linear(np.sum, "a", "initial")
def sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True, *, y_bar):
    """y = Σ a  ⟹  ā = ȳ, repeated"""
    return _sum_vjp(a, axis, keepdims, where, y_bar), np.sum(y_bar)


@linear(np.add.reduce, "array", "initial")
def add_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=0, where=True, *, y_bar):
    return _sum_vjp(array, axis, keepdims, where, y_bar), np.sum(y_bar)


def _sum_vjp(a, axis, keepdims, where, y_bar):
    a_bar = _spread(y_bar, a, axis, keepdims)
    return a_bar if where is True else np.where(where, a_bar, 0.0)


@rule(np.nansum, wrt=("a",))
def nansum(a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True, *, y_bar):
    return _sum_vjp(a, axis, keepdims, _numbers(a, where), y_bar)


@nansum.jvp
def nansum_jvp(a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True, *, a_dot):
    return np.sum(np.where(_numbers(a, where), a_dot, 0.0), axis=axis, keepdims=keepdims)


def _numbers(a, where):
    """The mask of what a nan-ignoring reduction takes in."""
    return a == a if where is True else (a == a) & where


@linear(np.mean, "a")
def mean(a, axis=None, dtype=None, out=None, keepdims=False, where=True, *, y_bar):
    """y = Σ a / n  ⟹  ā = ȳ / n, repeated"""
    if where is not True:
        return np.where(where, _restore(y_bar, axis, keepdims) / _count(a, axis, where), 0.0)
    return _spread(_per(y_bar, _count(a, axis, where)), a, axis, keepdims)


@rule(np.nanmean, wrt=("a",))
def nanmean(a, axis=None, dtype=None, out=None, keepdims=False, where=True, *, y_bar):
    mask = _numbers(a, where)
    return np.where(mask, _restore(y_bar, axis, keepdims) / _count(a, axis, mask), 0.0)


@nanmean.jvp
def nanmean_jvp(a, axis=None, dtype=None, out=None, keepdims=False, where=True, *, a_dot):
    return np.mean(a_dot, axis=axis, keepdims=keepdims, where=_numbers(a, where))


@linear(builtins.sum, "iterable", "start")
def sum_items(iterable, start=0, *, y_bar):
    """Python's sum: over the first axis of an array, or the items of a list"""
    start_bar = runtime.unbroadcast(y_bar, start)
    if isinstance(iterable, np.ndarray):
        return np.broadcast_to(y_bar, np.shape(iterable)), start_bar
    return [runtime.unbroadcast(y_bar, x) for x in iterable], start_bar


@linear(math.fsum, "seq")
def fsum(seq, *, y_bar):
    if isinstance(seq, np.ndarray):
        return np.broadcast_to(y_bar, np.shape(seq))
    return [y_bar for _ in seq]


def _previous(r, first):
    """r moved on by one place along the last axis."""
    return np.concatenate([np.full_like(r[..., :1], first), r[..., :-1]], axis=-1)


def _others(r):
    """For each element of a row the product of all others."""
    after = np.flip(np.cumprod(_previous(np.flip(r, -1), 1.0), axis=-1), -1)
    return np.cumprod(_previous(r, 1.0), axis=-1) * after


@rule(np.prod, wrt=("a", "initial"))
def prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True, *, y_bar):
    """y = Π a  ⟹  āᵢ = ȳ Π_{j≠i} aⱼ"""
    return _prod_vjp(a, axis, keepdims, initial, where, y_bar)


@prod.jvp
def prod_jvp(a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True, *, y, a_dot, initial_dot):
    return _prod_jvp(a, axis, keepdims, initial, where, y, a_dot, initial_dot)


@rule(np.multiply.reduce, wrt=("array", "initial"))
def multiply_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=1, where=True, *, y_bar):
    return _prod_vjp(array, axis, keepdims, initial, where, y_bar)


@multiply_reduce.jvp
def multiply_reduce_jvp(array, axis=0, dtype=None, out=None, keepdims=False, initial=1, where=True, *, y, array_dot,
                        initial_dot):
    return _prod_jvp(array, axis, keepdims, initial, where, y, array_dot, initial_dot)


def _prod_vjp(a, axis, keepdims, initial, where, y_bar):
    factors = a if where is True else np.where(where, a, 1.0)
    rows_bar = _rows(_restore(y_bar, axis, keepdims), axis) * initial
    a_bar = _from_rows(_others(_rows(factors, axis)) * rows_bar, a, axis)
    initial_bar = np.sum(y_bar * np.prod(factors, axis=axis, keepdims=keepdims))
    return a_bar if where is True else np.where(where, a_bar, 0.0), initial_bar


def _prod_jvp(a, axis, keepdims, initial, where, y, a_dot, initial_dot):
    factors = a if where is True else np.where(where, a, 1.0)
    y_dot = runtime.zeros_like(y)
    if a_dot is not None:
        moved = a_dot if where is True else np.where(where, a_dot, 0.0)
        change = np.sum(_others(_rows(factors, axis)) * _rows(moved, axis), axis=-1)
        y_dot = y_dot + initial * np.reshape(change, np.shape(y))
    if initial_dot is not None:
        y_dot = y_dot + initial_dot * np.prod(factors, axis=axis, keepdims=keepdims)
    return y_dot


@rule(np.nanprod, wrt=("a",))
def nanprod(a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True, *, y_bar):
    return _prod_vjp(a, axis, keepdims, initial, _numbers(a, where), y_bar)[0]


@nanprod.jvp
def nanprod_jvp(a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True, *, y, a_dot):
    return _prod_jvp(a, axis, keepdims, initial, _numbers(a, where), y, a_dot, None)


@rule(math.prod, wrt=("iterable", "start"))
def prod_items(iterable, start=1, *, y_bar):
    factors = np.array(iterable)
    return _as_items(y_bar * start * _others(factors), iterable), y_bar * np.prod(factors)


@prod_items.jvp
def prod_items_jvp(iterable, start=1, *, iterable_dot, start_dot):
    factors = np.array(iterable)
    y_dot = 0.0
    if iterable_dot is not None:
        y_dot = y_dot + start * np.sum(_others(factors) * np.array(iterable_dot))
    if start_dot is not None:
        y_dot = y_dot + start_dot * np.prod(factors)
    return y_dot


@rule(math.dist)
def dist(p, q, *, y, y_bar):
    """y = |p − q|  ⟹  p̄ = ȳ (p − q) / y = −q̄  (0 where they coincide)"""
    direction = runtime.ratio(np.array(p) - np.array(q), y)
    return _as_items(y_bar * direction, p), _as_items(-y_bar * direction, q)


@dist.jvp
def dist_jvp(p, q, *, y, p_dot, q_dot):
    direction = runtime.ratio(np.array(p) - np.array(q), y)
    y_dot = 0.0
    if p_dot is not None:
        y_dot = y_dot + np.sum(direction * np.array([0.0 if d is None else d for d in p_dot]))
    if q_dot is not None:
        y_dot = y_dot - np.sum(direction * np.array([0.0 if d is None else d for d in q_dot]))
    return y_dot


def _as_items(x_bar, x):
    """A cotangent vector as what x is: an array, or a list of numbers."""
    return x_bar if isinstance(x, np.ndarray) else [x_bar[i] for i in range(len(x))]


if hasattr(math, "sumprod"):
    @bilinear(math.sumprod)
    def sumprod(p, q, *, y_bar):
        return _as_items(y_bar * np.array(q), p), _as_items(y_bar * np.array(p), q)


def _deviation(a, axis, where):
    """a minus its mean, 0 where masked."""
    d = a - np.mean(a, axis=axis, keepdims=True, where=where)
    return d if where is True else np.where(where, d, 0.0)


def _var_vjp(a, axis, ddof, keepdims, where, y_bar):
    """y = Σ|d|² / (n − ddof) with d = a − mean a;  Σd = 0, so the mean does not contribute"""
    d = _deviation(a, axis, where)
    if np.iscomplexobj(a):
        d = np.conj(d)
    return 2.0 * d * _per(_restore(y_bar, axis, keepdims), _count(a, axis, where) - ddof)


def _var_jvp(a, axis, ddof, keepdims, where, y, a_dot):
    d = _deviation(a, axis, where)
    moved = a_dot if where is True else np.where(where, a_dot, 0.0)
    change = np.real(np.conj(d) * moved) if np.iscomplexobj(a) else d * moved
    change = _per(2.0 * np.sum(change, axis=axis, keepdims=True), _count(a, axis, where) - ddof)
    return np.reshape(change, np.shape(y))


def _std_vjp(a, axis, ddof, keepdims, where, y, y_bar):
    """y = √var a  ⟹  ā = ȳ d / ((n − ddof) y)  (0 where all values are equal)"""
    d = _deviation(a, axis, where)
    if np.iscomplexobj(a):
        d = np.conj(d)
    y = _restore(y, axis, keepdims)
    share = runtime.ratio(d, y, _are_equal(a, axis, where, y))
    return _per(_restore(y_bar, axis, keepdims), _count(a, axis, where) - ddof) * share


def _std_jvp(a, axis, ddof, keepdims, where, y, a_dot):
    equal = np.reshape(_are_equal(a, axis, where, _restore(y, axis, keepdims)), np.shape(y))
    return runtime.ratio(0.5 * _var_jvp(a, axis, ddof, keepdims, where, y, a_dot), y, equal)


def _are_equal(a, axis, where, y):
    """Where all values are equal: y is then 0, or what rounding the mean has left."""
    center = np.mean(a, axis=axis, keepdims=True, where=where)
    return center + 0.01 * y == center


@rule(np.var, wrt=("a",))
def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, *, y_bar):
    return _var_vjp(a, axis, ddof, keepdims, where, y_bar)


@var.jvp
def var_jvp(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, *, y, a_dot):
    return _var_jvp(a, axis, ddof, keepdims, where, y, a_dot)


@rule(np.nanvar, wrt=("a",))
def nanvar(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, *, y_bar):
    return _var_vjp(a, axis, ddof, keepdims, _numbers(a, where), y_bar)


@nanvar.jvp
def nanvar_jvp(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, *, y, a_dot):
    return _var_jvp(a, axis, ddof, keepdims, _numbers(a, where), y, a_dot)


@rule(np.std, wrt=("a",))
def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, *, y, y_bar):
    return _std_vjp(a, axis, ddof, keepdims, where, y, y_bar)


@std.jvp
def std_jvp(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, *, y, a_dot):
    return _std_jvp(a, axis, ddof, keepdims, where, y, a_dot)


@rule(np.nanstd, wrt=("a",))
def nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, *, y, y_bar):
    return _std_vjp(a, axis, ddof, keepdims, _numbers(a, where), y, y_bar)


@nanstd.jvp
def nanstd_jvp(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True, *, y, a_dot):
    return _std_jvp(a, axis, ddof, keepdims, _numbers(a, where), y, a_dot)
