"""Reading and writing parts of arrays: subscripts, views, take, choose, select, unique.

The transpose of reading is accumulating, that of writing is reading::

    y = a[i]                   a_bar = add_at(zeros_like(a), i, y_bar)
    y = setitem(a, i, v)       v_bar = y_bar[i];  a_bar = setitem(y_bar, i, 0.0)
"""
from __future__ import annotations

import operator

import numpy as np

from s2sad import runtime
from s2sad.rules import along, linear, no_gradient, range_along, rule

no_gradient(np.einsum_path, np.nonzero, np.argwhere, np.flatnonzero, np.isin, np.ix_, np.unravel_index,
            np.ravel_multi_index, np.diag_indices, np.diag_indices_from, np.tril_indices, np.tril_indices_from,
            np.triu_indices, np.triu_indices_from)


@linear(operator.getitem, "a")
def getitem(a, index, *, y_bar):
    return runtime.add_at(runtime.zeros_like(a), index, y_bar)


@linear(runtime.setitem, "a", "value")
def setitem(a, index, value, *, y_bar):
    """Where an index repeats, the last value is the one that stays."""
    if isinstance(a, list):
        return runtime.setitem(y_bar, index, runtime.zeros_like(value)), y_bar[index]
    value_bar = runtime.unbroadcast(_kept(a, index, y_bar[index]), value)
    return runtime.setitem(y_bar, index, 0.0), value_bar


@linear(runtime.setview, "a", "value")
def setview(a, path, index, value, *, y_bar):
    target = runtime.view(a, path)
    value_bar = runtime.unbroadcast(_kept(target, index, runtime.view(y_bar, path)[index]), value)
    return runtime.setview(y_bar, path, index, 0.0), value_bar


@linear(runtime.add_view, "a", "value")
def add_view(a, path, index, value, *, y_bar):
    return y_bar, runtime.unbroadcast(runtime.view(y_bar, path)[index], value)


def _kept(a, index, g):
    """``g``, zero where the value written at ``index`` is overwritten at once by a later one."""
    if not _may_repeat(index):
        return g
    order = np.reshape(np.arange(np.size(g)), np.shape(g))
    winner = runtime.setitem(np.zeros(np.shape(a), dtype=int), index, order)
    return np.where(winner[index] == order, g, 0.0)


def _may_repeat(index):
    """Whether an index has arrays or lists of integers in it."""
    if isinstance(index, tuple):
        for part in index:
            if _is_places(part):
                return True
        return False
    return _is_places(index)


def _is_places(index):
    """Whether one part of an index is an array or list of integers."""
    if isinstance(index, list):
        return True
    return isinstance(index, np.ndarray) and np.result_type(index) != np.bool_


@linear(runtime.add_at, "a", "value")
def add_at(a, index, value, *, y_bar):
    if isinstance(a, list):
        return y_bar, y_bar[index]
    return y_bar, runtime.unbroadcast(y_bar[index], value)


@linear(runtime.view, "a")
def view(a, path, *, y_bar):
    return runtime.setview(runtime.zeros_like(a), path, Ellipsis, y_bar)


@linear(getattr, "x")
def attribute(x, name, *, y_bar):
    """Re and Im of a complex array: L = g Im x  ⟹  x̄ = ∂L/∂Re − i ∂L/∂Im = −i g"""
    if name == "T":
        return np.transpose(y_bar)
    if name == "mT":
        return np.matrix_transpose(y_bar)
    if name == "real":
        return runtime.astype_of(y_bar, x)
    if name == "imag":
        return runtime.astype_of(-1j * y_bar, x)
    raise NotImplementedError("this attribute has no derivative: call the NumPy function")


@linear(np.take, "a")
def take(a, indices, axis=None, out=None, mode="raise", *, y_bar):
    if axis is None:
        where = _within(indices, np.size(a), mode)
        return np.reshape(runtime.add_at(np.zeros_like(np.ravel(a)), where, y_bar), np.shape(a))
    where = _within(indices, np.shape(a)[axis], mode)
    return runtime.add_at(runtime.zeros_like(a), along(axis, np.ndim(a), where), y_bar)


def _within(indices, n, mode):
    """Indices brought into range(n)."""
    if mode == "wrap":
        return np.mod(indices, n)
    if mode == "clip":
        return np.clip(indices, 0, n - 1)
    if isinstance(indices, (list, tuple)):
        return np.asarray(indices, dtype=int)
    return indices


@linear(np.take_along_axis, "arr")
def take_along_axis(arr, indices, axis=-1, *, y_bar):
    if axis is None:
        return np.reshape(runtime.add_at(np.zeros_like(np.ravel(arr)), indices, y_bar), np.shape(arr))
    n = np.ndim(arr)
    mesh = tuple([indices if k == axis % n else range_along(m, k, n) for k, m in enumerate(np.shape(arr))])
    return runtime.add_at(runtime.zeros_like(arr), mesh, y_bar)


@linear(np.compress, "a")
def compress(condition, a, axis=None, out=None, *, y_bar):
    where = np.flatnonzero(condition)
    if axis is None:
        return np.reshape(runtime.setitem(np.zeros_like(np.ravel(a)), where, y_bar), np.shape(a))
    return runtime.setitem(runtime.zeros_like(a), along(axis, np.ndim(a), where), y_bar)


@linear(np.extract, "arr")
def extract(condition, arr, *, y_bar):
    where = np.flatnonzero(condition)
    return np.reshape(runtime.setitem(np.zeros_like(np.ravel(arr)), where, y_bar), np.shape(arr))


@linear(np.choose, "choices")
def choose(a, choices, out=None, mode="raise", *, y_bar):
    chosen = _within(a, len(choices), mode)
    bars = [runtime.unbroadcast(np.where(np.equal(chosen, i), y_bar, 0.0), x) for i, x in enumerate(choices)]
    if isinstance(choices, np.ndarray):
        return np.stack(bars)
    return bars


@linear(np.select, "choicelist", "default")
def select(condlist, choicelist, default=0, *, y_bar):
    """Each choice gets ȳ where its condition is the first that holds."""
    rest = np.ones(np.shape(y_bar), dtype=bool)
    bars = []
    for condition, choice in zip(condlist, choicelist):
        bars.append(runtime.unbroadcast(np.where(np.logical_and(rest, condition), y_bar, 0.0), choice))
        rest = np.logical_and(rest, np.logical_not(condition))
    default_bar = runtime.unbroadcast(np.where(rest, y_bar, 0.0), default)
    if isinstance(choicelist, np.ndarray):
        return np.stack(bars), default_bar
    return bars, default_bar


@rule(np.unwrap, wrt=("p", "period"))
def unwrap(p, discont=None, axis=-1, period=6.283185307179586, *, y, y_bar):
    """y = p + period k, with integers k that are locally constant."""
    return y_bar, runtime.unbroadcast(y_bar * np.round((y - p) / period), period)


@unwrap.jvp
def unwrap_jvp(p, discont=None, axis=-1, period=6.283185307179586, *, y, p_dot, period_dot):
    if period_dot is None:
        return p_dot
    if p_dot is None:
        return np.round((y - p) / period) * period_dot
    return p_dot + np.round((y - p) / period) * period_dot


@rule(np.unique)
def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, equal_nan=True, sorted=True, *,
           y_bar):
    """Equal items share the cotangent of their value equally."""
    if axis is not None or not equal_nan:
        raise NotImplementedError("np.unique(axis=…) has no derivative here: select the rows by their index")
    if return_index or return_inverse or return_counts:
        y_bar = y_bar[0]
    if y_bar is None:
        return None
    _, inverse, counts = np.unique(ar, return_inverse=True, return_counts=True)
    return np.reshape((y_bar / counts)[inverse], np.shape(ar))


@unique.jvp
def unique_jvp(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, equal_nan=True,
               sorted=True, *, ar_dot):
    if axis is not None or not equal_nan:
        raise NotImplementedError("np.unique(axis=…) has no derivative here: select the rows by their index")
    _, inverse, counts = np.unique(ar, return_inverse=True, return_counts=True)
    total = runtime.add_at(np.zeros(np.shape(counts), dtype=ar.dtype), np.ravel(inverse), np.ravel(ar_dot))
    y_dot = total / counts
    if not (return_index or return_inverse or return_counts):
        return y_dot
    return (y_dot,) + (None,) * (int(return_index) + int(return_inverse) + int(return_counts))
