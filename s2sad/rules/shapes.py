"""Rearranging an array: reshape, transpose, broadcast, repeat, pad, triangles and diagonals.

Every one is linear, and its transpose puts the cotangent back where the value came from::

    y = np.moveaxis(x, 0, 2)        x_bar = np.moveaxis(y_bar, 2, 0)
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import along, linear, no_gradient, rule, static

no_gradient(np.shape, np.ndim, np.size, len, np.broadcast_shapes)



@linear(np.reshape, "a")
def reshape(a, shape, order="C", copy=None, *, y_bar):
    if order == "C":
        return np.reshape(y_bar, np.shape(a))
    if order == "A":
        raise NotImplementedError('the memory layout decides what order="A" means: use order="C" or order="F"')
    return np.reshape(y_bar, np.shape(a), order=order)


@linear(np.ravel, "a")
def ravel(a, order="C", *, y_bar):
    if order == "C":
        return np.reshape(y_bar, np.shape(a))
    if order != "F":
        raise NotImplementedError('the memory layout decides what this order means: use order="C" or order="F"')
    return np.reshape(y_bar, np.shape(a), order="F")


@linear(np.ndarray.flatten, "a")
def flatten(a, order="C", *, y_bar):
    if order == "C":
        return np.reshape(y_bar, np.shape(a))
    if order != "F":
        raise NotImplementedError('the memory layout decides what this order means: use order="C" or order="F"')
    return np.reshape(y_bar, np.shape(a), order="F")


@linear(np.squeeze, "a")
def squeeze(a, axis=None, *, y_bar):
    return np.reshape(y_bar, np.shape(a))


@linear(np.expand_dims, "a")
def expand_dims(a, axis, *, y_bar):
    return np.reshape(y_bar, np.shape(a))


@linear(np.atleast_1d, "arys")
def atleast_1d(*arys, y_bar):
    return _reshaped(arys, y_bar)


@linear(np.atleast_2d, "arys")
def atleast_2d(*arys, y_bar):
    return _reshaped(arys, y_bar)


@linear(np.atleast_3d, "arys")
def atleast_3d(*arys, y_bar):
    return _reshaped(arys, y_bar)


def _reshaped(arys, y_bar):
    """One array in, one array out; several in, a tuple out."""
    if len(arys) == 1:
        return (np.reshape(y_bar, np.shape(arys[0])),)
    return tuple([None if g is None else np.reshape(g, np.shape(x)) for x, g in zip(arys, y_bar)])


@linear(np.transpose, "a")
def transpose(a, axes=None, *, y_bar):
    if axes is None:
        return np.transpose(y_bar)
    return np.transpose(y_bar, _inverse(axes))


@static
def _inverse(axes):
    return tuple(int(i) for i in np.argsort([ax % len(axes) for ax in axes]))


@linear(np.matrix_transpose, "x")
def matrix_transpose(x, *, y_bar):
    return np.matrix_transpose(y_bar)


@linear(np.swapaxes, "a")
def swapaxes(a, axis1, axis2, *, y_bar):
    return np.swapaxes(y_bar, axis1, axis2)


@linear(np.moveaxis, "a")
def moveaxis(a, source, destination, *, y_bar):
    return np.moveaxis(y_bar, destination, source)


@linear(np.rollaxis, "a")
def rollaxis(a, axis, start=0, *, y_bar):
    return np.moveaxis(y_bar, _landed(axis, start, np.ndim(a)), axis)


@static
def _landed(axis, start, ndim):
    """Where ``np.rollaxis`` puts the axis."""
    axis, start = axis % ndim, start + ndim if start < 0 else start
    return start - 1 if axis < start else start


@linear(np.flip, "m")
def flip(m, axis=None, *, y_bar):
    return np.flip(y_bar, axis)


@linear(np.fliplr, "m")
def fliplr(m, *, y_bar):
    return np.fliplr(y_bar)


@linear(np.flipud, "m")
def flipud(m, *, y_bar):
    return np.flipud(y_bar)


@linear(np.rot90, "m")
def rot90(m, k=1, axes=(0, 1), *, y_bar):
    return np.rot90(y_bar, -k, axes)


@linear(np.roll, "a")
def roll(a, shift, axis=None, *, y_bar):
    if isinstance(shift, (tuple, list)):
        return np.roll(y_bar, tuple([-s for s in shift]), axis)
    return np.roll(y_bar, -shift, axis)


@linear(np.broadcast_to, "array")
def broadcast_to(array, shape, subok=False, *, y_bar):
    return runtime.unbroadcast(y_bar, array)


@linear(np.broadcast_arrays, "args")
def broadcast_arrays(*args, subok=False, y_bar):
    if not isinstance(y_bar, (tuple, list)):
        return (runtime.unbroadcast(y_bar, args[0]),)
    return tuple([None if g is None else runtime.unbroadcast(g, x) for x, g in zip(args, y_bar)])


@linear(np.repeat, "a")
def repeat(a, repeats, axis=None, *, y_bar):
    """Each item gets the sum of the cotangents of its copies."""
    if axis is None and np.ndim(a) != 1:
        return np.reshape(_unrepeat(np.ravel(a), repeats, 0, y_bar), np.shape(a))
    if axis is None:
        return _unrepeat(a, repeats, 0, y_bar)
    return _unrepeat(a, repeats, axis % np.ndim(a), y_bar)


def _unrepeat(a, repeats, axis, y_bar):
    if isinstance(repeats, int):
        split = np.shape(a)[:axis + 1] + (repeats,) + np.shape(a)[axis + 1:]
        return np.sum(np.reshape(y_bar, split), axis=axis + 1)
    source = np.repeat(np.arange(np.shape(a)[axis]), repeats)
    return runtime.add_at(runtime.zeros_like(a), along(axis, np.ndim(a), source), y_bar)


@linear(np.tile, "A")
def tile(A, reps, *, y_bar):
    """The cotangent is cut into its tiles, which are added."""
    if not isinstance(reps, (tuple, list)):
        reps = (reps,)
    d = max(len(reps), np.ndim(A))
    counts = (1,) * (d - len(reps)) + tuple(reps)
    sizes = (1,) * (d - np.ndim(A)) + np.shape(A)
    split = tuple([sizes[i // 2] if i % 2 else counts[i // 2] for i in tuple(range(2 * d))])
    return np.reshape(np.sum(np.reshape(y_bar, split), axis=tuple(range(0, 2 * d, 2))), np.shape(A))


@linear(np.resize, "a")
def resize(a, new_shape, *, y_bar):
    source = np.resize(np.arange(np.size(a)), new_shape)
    return np.reshape(runtime.add_at(np.zeros_like(np.ravel(a)), source, y_bar), np.shape(a))


@rule(np.pad, wrt=("array", "constant_values"))
def pad(array, pad_width, mode="constant", constant_values=0, reflect_type="even", *, y_bar):
    """Constant padding: the inner part of ȳ. The other modes copy items of the array: their cotangents are added."""
    if mode == "constant":
        inner = y_bar[_inner(pad_width, np.shape(array), np.ndim(array))]
        if np.ndim(constant_values) != 0:
            return inner, NotImplemented
        border = np.pad(np.zeros(np.shape(array), dtype=bool), pad_width, constant_values=True)
        return inner, runtime.unbroadcast(np.where(border, y_bar, 0.0), constant_values)
    source = _pad_source(array, pad_width, mode, reflect_type)
    return np.reshape(runtime.add_at(np.zeros_like(np.ravel(array)), source, y_bar), np.shape(array)), None


@pad.jvp
def pad_jvp(array, pad_width, mode="constant", constant_values=0, reflect_type="even", *, array_dot,
            constant_values_dot):
    if array_dot is None:
        array_dot = runtime.zeros_like(array)
    if mode != "constant":
        return np.ravel(array_dot)[_pad_source(array, pad_width, mode, reflect_type)]
    if constant_values_dot is None:
        return np.pad(array_dot, pad_width)
    return np.pad(array_dot, pad_width, constant_values=constant_values_dot)


def _inner(pad_width, shape, ndim):
    """The index of the array inside the padded one."""
    pairs = _pairs(pad_width, ndim)
    return tuple([slice(pair[0], pair[0] + n) for pair, n in zip(pairs, shape)])


def _pairs(pad_width, ndim):
    """``pad_width`` spelled out: (before, after) for each axis."""
    if not isinstance(pad_width, (tuple, list)):
        return ((pad_width, pad_width),) * ndim
    if not isinstance(pad_width[0], (tuple, list)):
        return ((pad_width[0], pad_width[-1]),) * ndim
    if len(pad_width) == 1:
        return ((pad_width[0][0], pad_width[0][-1]),) * ndim
    return tuple([(pair[0], pair[-1]) for pair in pad_width])


def _pad_source(array, pad_width, mode, reflect_type):
    """For each padded position, the flat position of the item it copies."""
    if mode not in ("edge", "reflect", "symmetric", "wrap") or reflect_type != "even":
        raise NotImplementedError("this mode of np.pad does not copy items: pad with concatenate")
    return np.pad(np.reshape(np.arange(np.size(array)), np.shape(array)), pad_width, mode=mode)


@linear(np.triu, "m")
def triu(m, k=0, *, y_bar):
    if np.ndim(m) == 1:
        return np.sum(np.triu(y_bar, k), axis=0)
    return np.triu(y_bar, k)


@linear(np.tril, "m")
def tril(m, k=0, *, y_bar):
    if np.ndim(m) == 1:
        return np.sum(np.tril(y_bar, k), axis=0)
    return np.tril(y_bar, k)


@linear(np.diag, "v")
def diag(v, k=0, *, y_bar):
    if np.ndim(v) == 1:
        return np.diagonal(y_bar, k)
    return _on_diagonal(v, k, 0, 1, y_bar)


@linear(np.diagflat, "v")
def diagflat(v, k=0, *, y_bar):
    return np.reshape(np.diagonal(y_bar, k), np.shape(v))


@linear(np.diagonal, "a")
def diagonal(a, offset=0, axis1=0, axis2=1, *, y_bar):
    return _on_diagonal(a, offset, axis1, axis2, y_bar)


@linear(np.linalg.diagonal, "x")
def linalg_diagonal(x, offset=0, *, y_bar):
    return _on_diagonal(x, offset, -2, -1, y_bar)


@linear(np.trace, "a")
def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None, *, y_bar):
    return _on_diagonal(a, offset, axis1, axis2, np.expand_dims(y_bar, -1))


@linear(np.linalg.trace, "x")
def linalg_trace(x, offset=0, dtype=None, *, y_bar):
    return _on_diagonal(x, offset, -2, -1, np.expand_dims(y_bar, -1))


def _on_diagonal(a, offset, axis1, axis2, g):
    """An array like ``a``, zero but for one diagonal, which is ``g``."""
    k = np.arange(np.shape(np.diagonal(a, offset, axis1, axis2))[-1])
    rows = k - min(offset, 0)
    columns = k + max(offset, 0)
    if np.ndim(a) == 2 and axis1 == 0 and axis2 == 1:
        return runtime.setitem(runtime.zeros_like(a), (rows, columns), g)
    moved = runtime.zeros_like(np.moveaxis(a, (axis1, axis2), (-2, -1)))
    return np.moveaxis(runtime.setitem(moved, (Ellipsis, rows, columns), g), (-2, -1), (axis1, axis2))


@linear(np.ndarray.astype, "x")
def astype(x, dtype, order="K", casting="unsafe", subok=True, copy=True, device=None, *, y_bar):
    return runtime.astype_of(y_bar, x)


@linear(np.ndarray.item, "a")
def item(a, *index, y_bar):
    if len(index) == 0:
        return np.full(np.shape(a), y_bar)
    if len(index) == 1 and not isinstance(index[0], tuple):
        return np.reshape(runtime.setitem(np.zeros_like(np.ravel(a)), index[0], y_bar), np.shape(a))
    if len(index) == 1:
        return runtime.setitem(runtime.zeros_like(a), index[0], y_bar)
    return runtime.setitem(runtime.zeros_like(a), index, y_bar)


@linear(np.lib.stride_tricks.sliding_window_view, "x")
def sliding_window_view(x, window_shape, axis=None, subok=False, writeable=False, *, y_bar):
    """Each item gets the sum of the cotangents of the windows that show it."""
    flat = np.reshape(np.arange(np.size(x)), np.shape(x))
    source = np.lib.stride_tricks.sliding_window_view(flat, window_shape, axis)
    return np.reshape(runtime.add_at(np.zeros_like(np.ravel(x)), source, y_bar), np.shape(x))
