"""Maxima and minima along axes, and their range; ties share equally.

``axis`` may be None, an int or a tuple; ``out=`` is refused (``Rule.bind``).
"""
from __future__ import annotations

import math

import numpy as np

from s2sad import runtime
from s2sad.rules import no_gradient, rule
from s2sad.rules.reductions import _restore

no_gradient(np.argmax, np.argmin, np.nanargmax, np.nanargmin)


def _hits(a, axis, keepdims, initial, where, y):
    """Where a is the extreme value, and by how many it is shared."""
    y = _restore(y, axis, keepdims)
    hit = a == y if where is True else (a == y) & where
    count = np.sum(hit, axis=axis, keepdims=True)
    return hit, np.maximum(count if initial is None else count + (initial == y), 1)


def _extremum_vjp(a, axis, keepdims, initial, where, y, y_bar):
    if np.ndim(a) == 0:
        return y_bar
    hit, count = _hits(a, axis, keepdims, initial, where, y)
    return np.where(hit, _restore(y_bar, axis, keepdims) / count, 0.0)


def _extremum_jvp(a, axis, keepdims, initial, where, y, a_dot):
    if np.ndim(a) == 0:
        return a_dot
    hit, count = _hits(a, axis, keepdims, initial, where, y)
    return np.reshape(np.sum(np.where(hit, a_dot, 0.0), axis=axis, keepdims=True) / count, np.shape(y))


@rule(np.max, np.nanmax, wrt=("a",))
def max(a, axis=None, out=None, keepdims=False, initial=None, where=True, *, y, y_bar):
    return _extremum_vjp(a, axis, keepdims, initial, where, y, y_bar)


@max.jvp
def max_jvp(a, axis=None, out=None, keepdims=False, initial=None, where=True, *, y, a_dot):
    return _extremum_jvp(a, axis, keepdims, initial, where, y, a_dot)


@rule(np.min, np.nanmin, wrt=("a",))
def min(a, axis=None, out=None, keepdims=False, initial=None, where=True, *, y, y_bar):
    return _extremum_vjp(a, axis, keepdims, initial, where, y, y_bar)


@min.jvp
def min_jvp(a, axis=None, out=None, keepdims=False, initial=None, where=True, *, y, a_dot):
    return _extremum_jvp(a, axis, keepdims, initial, where, y, a_dot)


@rule(np.maximum.reduce, np.minimum.reduce, np.fmax.reduce, np.fmin.reduce, wrt=("array",))
def extremum_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True, *, y, y_bar):
    return _extremum_vjp(array, axis, keepdims, initial, where, y, y_bar)


@extremum_reduce.jvp
def extremum_reduce_jvp(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True, *, y,
                        array_dot):
    return _extremum_jvp(array, axis, keepdims, initial, where, y, array_dot)


@rule(np.maximum.accumulate, np.minimum.accumulate, wrt=("array",))
def extremum_accumulate(array, axis=0, dtype=None, out=None, *, y, y_bar):
    """Each result is the item at which the extremum so far was first reached."""
    line = np.moveaxis(y_bar, axis, -1)
    where = np.moveaxis(_reached(y, axis), axis, -1)
    flat = math.prod(np.shape(line)[:-1]), np.shape(line)[-1]
    rows, places = np.reshape(line, flat), np.reshape(where, flat)
    total = runtime.add_at(np.zeros_like(rows), (np.expand_dims(np.arange(np.shape(rows)[0]), 1), places), rows)
    return np.moveaxis(np.reshape(total, np.shape(line)), -1, axis)


@extremum_accumulate.jvp
def extremum_accumulate_jvp(array, axis=0, dtype=None, out=None, *, y, array_dot):
    return np.take_along_axis(array_dot, _reached(y, axis), axis)


def _reached(y, axis):
    """The places at which the values of an accumulated extremum first appear."""
    line = np.moveaxis(y, axis, -1)
    changes = np.concatenate((np.zeros_like(line[..., :1], dtype=bool), line[..., 1:] != line[..., :-1]), axis=-1)
    places = np.where(changes, np.arange(np.shape(line)[-1]), 0)
    return np.moveaxis(np.maximum.accumulate(places, axis=-1), -1, axis)


@rule(np.logaddexp.reduce, wrt=("array",))
def logaddexp_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True, *, y, y_bar):
    """y = log Σ exp x  ⟹  x̄ = ȳ exp(x − y)"""
    if initial is not None or where is not True:
        return NotImplemented
    return _restore(y_bar, axis, keepdims) * np.exp(array - _restore(y, axis, keepdims))


@logaddexp_reduce.jvp
def logaddexp_reduce_jvp(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True, *, y,
                         array_dot):
    if initial is not None or where is not True:
        return NotImplemented
    weights = np.exp(array - _restore(y, axis, keepdims))
    return np.sum(weights * array_dot, axis=axis, keepdims=keepdims)


@rule(np.ptp, wrt=("a",))
def ptp(a, axis=None, out=None, keepdims=False, *, y_bar):
    """max − min"""
    top, bottom = np.max(a, axis=axis, keepdims=True), np.min(a, axis=axis, keepdims=True)
    g = _restore(y_bar, axis, keepdims)
    return _extremum_vjp(a, axis, True, None, True, top, g) - _extremum_vjp(a, axis, True, None, True, bottom, g)


@ptp.jvp
def ptp_jvp(a, axis=None, out=None, keepdims=False, *, y, a_dot):
    top, bottom = np.max(a, axis=axis, keepdims=True), np.min(a, axis=axis, keepdims=True)
    change = (_extremum_jvp(a, axis, True, None, True, top, a_dot)
              - _extremum_jvp(a, axis, True, None, True, bottom, a_dot))
    return np.reshape(change, np.shape(y))
