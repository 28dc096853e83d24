"""Putting arrays together and taking them apart: concatenate, stack, append, insert, delete, split, block.

The transpose of joining is splitting, and the other way round. A cotangent has the structure of the argument: a list
of cotangents for a list of arrays, one array if the arrays came as one array.
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import along, linear, shaped


def _as_given(bars, arrays):
    if isinstance(arrays, np.ndarray):
        return np.reshape(np.array(bars), np.shape(arrays))
    return bars


def _length(x, axis, ndim):
    """How much of ``axis`` of the joined array is ``x``, which may have fewer dimensions."""
    if np.ndim(x) < ndim:
        return 1
    return np.shape(x)[axis]


def _cut(y_bar, arrays, axis):
    """The parts of ``y_bar`` that the arrays became."""
    bars = []
    start = 0
    for x in arrays:
        stop = start + _length(x, axis, np.ndim(y_bar))
        bars.append(_part(y_bar[_slab(axis, start, stop)], x))
        start = stop
    return _as_given(bars, arrays)


def _slab(axis, start, stop):
    """The index of the places from ``start`` to ``stop`` along an axis, of an array of any number of dimensions."""
    if axis < 0:
        return (..., slice(start, stop)) + (slice(None),) * (-1 - axis)
    return (slice(None),) * axis + (slice(start, stop),)


def _part(g, x):
    if np.ndim(x) == np.ndim(g):
        return g
    return shaped(g, x)


@linear(np.concatenate, "arrays")
def concatenate(arrays, axis=0, out=None, dtype=None, casting="same_kind", *, y_bar):
    if axis is not None:
        return _cut(y_bar, arrays, axis)
    bars = []
    start = 0
    for x in arrays:
        bars.append(shaped(y_bar[start:start + np.size(x)], x))
        start = start + np.size(x)
    return _as_given(bars, arrays)


@linear(np.stack, "arrays")
def stack(arrays, axis=0, out=None, dtype=None, casting="same_kind", *, y_bar):
    if isinstance(arrays, np.ndarray):
        return np.moveaxis(y_bar, axis, 0)
    return [y_bar[along(axis, np.ndim(y_bar), i)] for i, _ in enumerate(arrays)]


@linear(np.vstack, "tup")
def vstack(tup, dtype=None, casting="same_kind", *, y_bar):
    return _cut(y_bar, tup, 0)


@linear(np.hstack, "tup")
def hstack(tup, dtype=None, casting="same_kind", *, y_bar):
    if np.ndim(y_bar) == 1:
        return _cut(y_bar, tup, 0)
    return _cut(y_bar, tup, 1)


@linear(np.column_stack, "tup")
def column_stack(tup, *, y_bar):
    return _cut(y_bar, tup, 1)


@linear(np.dstack, "tup")
def dstack(tup, dtype=None, casting="same_kind", *, y_bar):
    return _cut(y_bar, tup, 2)


@linear(np.block, "arrays")
def block(arrays, *, y_bar):
    if not isinstance(arrays, list):
        return shaped(y_bar, arrays)
    if not isinstance(arrays[0], list):
        return _cut_row(y_bar, arrays)
    if isinstance(arrays[0][0], list) or np.ndim(y_bar) != 2:
        raise NotImplementedError("np.block of more than two dimensions: use concatenate")
    bars = []
    start = 0
    for row in arrays:
        stop = start + _height(row[0])
        bars.append(_cut_row(y_bar[start:stop], row))
        start = stop
    return bars


def _height(x):
    if np.ndim(x) < 2:
        return 1
    return np.shape(x)[0]


def _cut_row(y_bar, row):
    """The parts of ``y_bar`` along its last axis."""
    bars = []
    start = 0
    for x in row:
        stop = start + _width(x)
        bars.append(_part(y_bar[..., start:stop], x))
        start = stop
    return bars


def _width(x):
    if np.ndim(x) == 0:
        return 1
    return np.shape(x)[-1]


@linear(np.append, "arr", "values")
def append(arr, values, axis=None, *, y_bar):
    if axis is None:
        return shaped(y_bar[:np.size(arr)], arr), shaped(y_bar[np.size(arr):], values)
    n = np.shape(arr)[axis]
    axis = axis % np.ndim(y_bar)
    return y_bar[along(axis, np.ndim(y_bar), slice(None, n))], y_bar[along(axis, np.ndim(y_bar), slice(n, None))]


@linear(np.insert, "arr", "values")
def insert(arr, obj, values, axis=None, *, y_bar):
    """Positions are found by inserting marks -k, …, -1 into 0, 1, …, n-1."""
    if axis is None:
        order = _insertion(np.size(arr), np.shape(y_bar)[0], obj)
        k = np.shape(y_bar)[0] - np.size(arr)
        return shaped(y_bar[order[k:]], arr), runtime.unbroadcast(y_bar[order[:k]], values)
    n, m = np.shape(arr)[axis], np.shape(y_bar)[axis]
    order = _insertion(n, m, obj)
    values_bar = y_bar[along(axis, np.ndim(y_bar), order[:m - n])]
    if isinstance(obj, (int, np.integer)):
        values_bar = np.moveaxis(values_bar, axis, 0)
    return y_bar[along(axis, np.ndim(y_bar), order[m - n:])], runtime.unbroadcast(values_bar, values)


def _insertion(n, m, obj):
    """The positions of the m - n inserted items in their order, then of the n old ones."""
    return np.argsort(np.insert(np.arange(n), obj, np.arange(n - m, 0)))


@linear(np.delete, "arr")
def delete(arr, obj, axis=None, *, y_bar):
    if axis is None:
        kept = np.delete(np.arange(np.size(arr)), obj)
        return np.reshape(runtime.setitem(np.zeros_like(np.ravel(arr)), kept, y_bar), np.shape(arr))
    kept = np.delete(np.arange(np.shape(arr)[axis]), obj)
    return runtime.setitem(runtime.zeros_like(arr), along(axis, np.ndim(arr), kept), y_bar)


def _filled(y, y_bar):
    """The cotangents of the parts, zero where there is none. A single part may come without its list."""
    if not isinstance(y_bar, (tuple, list)):
        return [y_bar]
    return [runtime.zeros_like(part) if g is None else g for part, g in zip(y, y_bar)]


@linear(np.split, "ary")
def split(ary, indices_or_sections, axis=0, *, y, y_bar):
    return np.concatenate(_filled(y, y_bar), axis)


@linear(np.array_split, "ary")
def array_split(ary, indices_or_sections, axis=0, *, y, y_bar):
    return np.concatenate(_filled(y, y_bar), axis)


@linear(np.hsplit, "ary")
def hsplit(ary, indices_or_sections, *, y, y_bar):
    if np.ndim(ary) == 1:
        return np.concatenate(_filled(y, y_bar), 0)
    return np.concatenate(_filled(y, y_bar), 1)


@linear(np.vsplit, "ary")
def vsplit(ary, indices_or_sections, *, y, y_bar):
    return np.concatenate(_filled(y, y_bar), 0)


@linear(np.dsplit, "ary")
def dsplit(ary, indices_or_sections, *, y, y_bar):
    return np.concatenate(_filled(y, y_bar), 2)


@linear(np.unstack, "x")
def unstack(x, axis=0, *, y, y_bar):
    return np.stack(_filled(y, y_bar), axis)
