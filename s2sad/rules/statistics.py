"""Order statistics, weighted means, covariance and histograms."""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import linear, no_gradient, rule
from s2sad.rules.reductions import _count, _from_rows, _per, _restore, _rows, _spread

no_gradient(np.argsort, np.argpartition, np.lexsort, np.searchsorted, np.digitize)


# Sorting moves values; equal values keep their order (the stable permutation)

@rule(np.sort, wrt=("a",))
def sort(a, axis=-1, kind=None, order=None, stable=None, *, y_bar):
    """y = P a with a permutation P  ⟹  ā = Pᵀ ȳ"""
    permutation = np.argsort(_line(a, axis), axis=_axis(axis), kind="stable")
    return np.reshape(np.take_along_axis(y_bar, np.argsort(permutation, axis=_axis(axis)), _axis(axis)), np.shape(a))


@sort.jvp
def sort_jvp(a, axis=-1, kind=None, order=None, stable=None, *, a_dot):
    permutation = np.argsort(_line(a, axis), axis=_axis(axis), kind="stable")
    return np.take_along_axis(_line(a_dot, axis), permutation, _axis(axis))


@rule(np.partition, wrt=("a",))
def partition(a, kth, axis=-1, kind="introselect", order=None, *, y, y_bar):
    """The permutation that took a to y, found by sorting both."""
    ranks = np.argsort(np.argsort(_line(a, axis), axis=_axis(axis), kind="stable"), axis=_axis(axis))
    sorted_bar = np.take_along_axis(y_bar, np.argsort(y, axis=_axis(axis), kind="stable"), _axis(axis))
    return np.reshape(np.take_along_axis(sorted_bar, ranks, _axis(axis)), np.shape(a))


@partition.jvp
def partition_jvp(a, kth, axis=-1, kind="introselect", order=None, *, y, a_dot):
    ranks = np.argsort(np.argsort(y, axis=_axis(axis), kind="stable"), axis=_axis(axis))
    permutation = np.argsort(_line(a, axis), axis=_axis(axis), kind="stable")
    return np.take_along_axis(np.take_along_axis(_line(a_dot, axis), permutation, _axis(axis)), ranks, _axis(axis))


def _line(a, axis):
    return np.reshape(a, (np.size(a),)) if axis is None else a


def _axis(axis):
    return -1 if axis is None else axis


@rule(np.median, wrt=("a",))
def median(a, axis=None, out=None, overwrite_input=False, keepdims=False, *, y_bar):
    return _quantile_vjp(a, 0.5, axis, "linear", keepdims, y_bar)


@median.jvp
def median_jvp(a, axis=None, out=None, overwrite_input=False, keepdims=False, *, y, a_dot):
    return _quantile_jvp(a, 0.5, axis, "linear", y, a_dot)


@rule(np.quantile, wrt=("a",))
def quantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, y_bar):
    return _quantile_vjp(a, q, axis, method, keepdims, y_bar)


@quantile.jvp
def quantile_jvp(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, y, a_dot):
    return _quantile_jvp(a, q, axis, method, y, a_dot)


@rule(np.percentile, wrt=("a",))
def percentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, y_bar):
    return _quantile_vjp(a, np.true_divide(q, 100.0), axis, method, keepdims, y_bar)


@percentile.jvp
def percentile_jvp(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, y, a_dot):
    return _quantile_jvp(a, np.true_divide(q, 100.0), axis, method, y, a_dot)


def _sorted_weights(n, q, method):
    """W with quantile = W @ sorted values, shape (number of q, n). Of the values 0, 1, …, n−1 a quantile is the place
    between two neighbours that it interpolates, whatever the method."""
    place = np.reshape(np.quantile(np.arange(float(n)), q, method=method), (-1, 1))
    return np.maximum(0.0, 1.0 - np.absolute(np.arange(n) - place))


def _quantile_vjp(a, q, axis, method, keepdims, y_bar):
    rows = _rows(a, axis)
    if np.shape(rows)[-1] == 0:
        return np.zeros(np.shape(a))
    weights = _sorted_weights(np.shape(rows)[-1], q, method)
    g = np.reshape(y_bar, (np.shape(weights)[0], *np.shape(rows)[:-1]))
    ranks = np.argsort(np.argsort(rows, axis=-1, kind="stable"), axis=-1)
    return _from_rows(np.take_along_axis(np.tensordot(g, weights, axes=(0, 0)), ranks, -1), a, axis)


def _quantile_jvp(a, q, axis, method, y, a_dot):
    rows = _rows(a, axis)
    if np.shape(rows)[-1] == 0:
        return np.full(np.shape(y), np.nan)
    weights = _sorted_weights(np.shape(rows)[-1], q, method)
    moved = np.take_along_axis(_rows(a_dot, axis), np.argsort(rows, axis=-1, kind="stable"), -1)
    return np.reshape(np.tensordot(weights, moved, axes=(1, -1)), np.shape(y))


@rule(np.nanmedian, wrt=("a",))
def nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=False, *, y_bar):
    return _nanquantile_vjp(a, 0.5, axis, "linear", y_bar)


@nanmedian.jvp
def nanmedian_jvp(a, axis=None, out=None, overwrite_input=False, keepdims=False, *, y, a_dot):
    return _nanquantile_jvp(a, 0.5, axis, "linear", y, a_dot)


@rule(np.nanquantile, wrt=("a",))
def nanquantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, y_bar):
    return _nanquantile_vjp(a, q, axis, method, y_bar)


@nanquantile.jvp
def nanquantile_jvp(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, y, a_dot):
    return _nanquantile_jvp(a, q, axis, method, y, a_dot)


@rule(np.nanpercentile, wrt=("a",))
def nanpercentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, y_bar):
    return _nanquantile_vjp(a, np.true_divide(q, 100.0), axis, method, y_bar)


@nanpercentile.jvp
def nanpercentile_jvp(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, y, a_dot):
    return _nanquantile_jvp(a, np.true_divide(q, 100.0), axis, method, y, a_dot)


def _ranked_weights(rows, q, method):
    """Like ``_sorted_weights``, for each row that of its numbers: nan is sorted to the end, with weight 0. Shape
    (number of q, *rows, n)."""
    n = np.shape(rows)[-1]
    number = np.sort(np.where(np.isnan(rows), 1, 0), axis=-1) == 0
    place = np.nanquantile(np.where(number, np.arange(float(n)), np.nan), np.ravel(q), axis=-1, method=method)
    return np.where(number, np.maximum(0.0, 1.0 - np.absolute(np.arange(n) - np.expand_dims(place, -1))), 0.0)


def _nanquantile_vjp(a, q, axis, method, y_bar):
    rows = _rows(a, axis)
    if np.shape(rows)[-1] == 0:
        return np.zeros(np.shape(a))
    weights = _ranked_weights(rows, q, method)
    g = np.reshape(y_bar, (np.shape(weights)[0], *np.shape(rows)[:-1], 1))
    ranks = np.argsort(np.argsort(rows, axis=-1, kind="stable"), axis=-1)
    return _from_rows(np.take_along_axis(np.sum(g * weights, axis=0), ranks, -1), a, axis)


def _nanquantile_jvp(a, q, axis, method, y, a_dot):
    rows = _rows(a, axis)
    if np.shape(rows)[-1] == 0:
        return np.full(np.shape(y), np.nan)
    moved = np.take_along_axis(_rows(a_dot, axis), np.argsort(rows, axis=-1, kind="stable"), -1)
    weights = _ranked_weights(rows, q, method)
    return np.reshape(np.sum(np.where(weights == 0, 0.0, weights * moved), axis=-1), np.shape(y))


# Weighted means and covariance

@rule(np.average, wrt=("a", "weights"))
def average(a, axis=None, weights=None, returned=False, keepdims=False, *, y, y_bar):
    """y = Σ w a / Σ w  ⟹  ā = ȳ w / Σ w,  w̄ = ȳ (a − y) / Σ w"""
    if returned:
        return NotImplemented
    if weights is None:
        return _spread(_per(y_bar, _count(a, axis, True)), a, axis, keepdims), None
    g = _restore(y_bar, axis, keepdims)
    w = _along(weights, a, axis)
    g = g / np.sum(np.broadcast_to(w, np.shape(a)), axis=axis, keepdims=True)
    w_bar = runtime.unbroadcast(g * (a - _restore(y, axis, keepdims)), w)
    return runtime.unbroadcast(g * w, a), np.reshape(w_bar, np.shape(weights))


@average.jvp
def average_jvp(a, axis=None, weights=None, returned=False, keepdims=False, *, y, a_dot, weights_dot):
    if returned:
        return NotImplemented
    if weights is None:
        return np.mean(a_dot, axis=axis, keepdims=keepdims)
    w = _along(weights, a, axis)
    change = 0.0
    if a_dot is not None:
        change = change + w * a_dot
    if weights_dot is not None:
        change = change + _along(weights_dot, a, axis) * (a - _restore(y, axis, keepdims))
    total = np.sum(np.broadcast_to(w, np.shape(a)), axis=axis, keepdims=keepdims)
    return np.sum(change, axis=axis, keepdims=keepdims) / total


def _along(weights, a, axis):
    """Weights given for one axis, with as many dimensions as a."""
    if np.ndim(weights) == np.ndim(a):
        return weights
    return np.expand_dims(weights, tuple([i for i in range(np.ndim(a)) if i != axis % np.ndim(a)]))


def _variables(m, other, rowvar):
    """One variable a row."""
    x = np.reshape(m, (1, np.size(m))) if np.ndim(m) < 2 else m if rowvar else np.transpose(m)
    if other is None:
        return x
    return np.concatenate((x, _variables(other, None, rowvar)))


def _variables_vjp(m, other, rowvar, x_bar):
    """The transpose of _variables."""
    k = 1 if np.ndim(m) < 2 else np.shape(m)[0 if rowvar else 1]
    m_bar = x_bar[:k] if rowvar or np.ndim(m) < 2 else np.transpose(x_bar[:k])
    if other is None:
        return np.reshape(m_bar, np.shape(m)), None
    other_bar = x_bar[k:] if rowvar or np.ndim(other) < 2 else np.transpose(x_bar[k:])
    return np.reshape(m_bar, np.shape(m)), np.reshape(other_bar, np.shape(other))


def _variables_jvp(m, other, rowvar, m_dot, other_dot):
    m_dot = runtime.zeros_like(m) if m_dot is None else m_dot
    if other is not None and other_dot is None:
        other_dot = runtime.zeros_like(other)
    return _variables(m_dot, other_dot, rowvar)


def _degrees(n, bias, ddof):
    if ddof is None:
        return n if bias else n - 1
    return n - ddof


@rule(np.cov, wrt=("m", "other"))
def cov(m, other=None, rowvar=True, bias=False, ddof=None, *, y_bar):
    """C = X Xᴴ / f with centred rows  ⟹  X̄ = (C̄ + C̄ᴴ) conj(X) / f"""
    x = _variables(m, other, rowvar)
    k, n = np.shape(x)
    d = np.conj(x - np.mean(x, axis=1, keepdims=True))
    g = np.reshape(y_bar, (k, k))
    return _variables_vjp(m, other, rowvar, (g + np.conj(np.transpose(g))) @ d / _degrees(n, bias, ddof))


@cov.jvp
def cov_jvp(m, other=None, rowvar=True, bias=False, ddof=None, *, y, m_dot, other_dot):
    x = _variables(m, other, rowvar)
    d = np.conj(x - np.mean(x, axis=1, keepdims=True))
    half = _variables_jvp(m, other, rowvar, m_dot, other_dot) @ np.transpose(d)
    c_dot = (half + np.conj(np.transpose(half))) / _degrees(np.shape(x)[1], bias, ddof)
    return np.reshape(c_dot, np.shape(y))


@rule(np.corrcoef, wrt=("m", "other"))
def corrcoef(m, other=None, rowvar=True, *, y_bar):
    """R = Z Zᵀ with rows of unit length  ⟹  Z̄ = (R̄ + R̄ᵀ) Z,  x̄ = (z̄ − z (z·z̄)) / |x| for each row"""
    x = _variables(m, other, rowvar)
    if np.iscomplexobj(x):
        return NotImplemented
    z, size = _unit_rows(x)
    g = np.reshape(y_bar, (np.shape(x)[0], np.shape(x)[0]))
    z_bar = (g + np.transpose(g)) @ z
    x_bar = (z_bar - z * np.sum(z * z_bar, axis=1, keepdims=True)) / size
    return _variables_vjp(m, other, rowvar, x_bar)


@corrcoef.jvp
def corrcoef_jvp(m, other=None, rowvar=True, *, y, m_dot, other_dot):
    x = _variables(m, other, rowvar)
    if np.iscomplexobj(x):
        return NotImplemented
    z, size = _unit_rows(x)
    d_dot = _variables_jvp(m, other, rowvar, m_dot, other_dot)
    d_dot = d_dot - np.mean(d_dot, axis=1, keepdims=True)
    z_dot = (d_dot - z * np.sum(z * d_dot, axis=1, keepdims=True)) / size
    half = z_dot @ np.transpose(z)
    return np.reshape(half + np.transpose(half), np.shape(y))


def _unit_rows(x):
    d = x - np.mean(x, axis=1, keepdims=True)
    size = np.sqrt(np.sum(d * d, axis=1, keepdims=True))
    return d / size, size


# Histograms are linear in the weights

@linear(np.bincount, "weights")
def bincount(x, weights=None, minlength=0, *, y_bar):
    return y_bar[x]


@rule(np.histogram, wrt=("a", "weights"))
def histogram(a, bins=10, range=None, density=None, weights=None, *, y, y_bar):
    """Linear in the weights; which bin an item falls into is constant. Edges that are not given go from the smallest
    item to the largest one."""
    if density:
        return NotImplemented, NotImplemented
    a_bar = None
    if y_bar[1] is not None and range is None and np.ndim(bins) == 0:
        t = np.linspace(0.0, 1.0, np.size(y_bar[1]))
        ends = np.unravel_index(np.argmin(a), np.shape(a)), np.unravel_index(np.argmax(a), np.shape(a))
        a_bar = runtime.add_at(runtime.zeros_like(a), ends[0], np.sum(y_bar[1] * (1.0 - t)))
        a_bar = runtime.add_at(a_bar, ends[1], np.sum(y_bar[1] * t))
    if y_bar[0] is None or weights is None:
        return a_bar, None
    return a_bar, _weights_bar(a, y, y_bar)


def _weights_bar(a, y, y_bar):
    edges, n = y[1], np.shape(y[0])[0]
    place = np.clip(np.searchsorted(edges, a, side="right") - 1, 0, n - 1)
    return np.where((a >= edges[0]) & (a <= edges[-1]), y_bar[0][place], 0.0)


@histogram.jvp
def histogram_jvp(a, bins=10, range=None, density=None, weights=None, *, y, a_dot, weights_dot):
    if density:
        return NotImplemented
    counts_dot, edges_dot = None, None
    if a_dot is not None and range is None and np.ndim(bins) == 0:
        flat = np.ravel(a_dot)
        edges_dot = np.linspace(flat[np.argmin(a)], flat[np.argmax(a)], np.size(y[1]))
    if weights_dot is not None:
        counts_dot = np.histogram(a, bins=runtime.stop_gradient(y[1]), weights=weights_dot)[0]
    return counts_dot, edges_dot
