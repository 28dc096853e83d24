"""Maxima and minima along axes, and their range; ties share equally.

``axis`` may be None, an int or a tuple; ``out=`` is refused (``Rule.bind``).
"""
from __future__ import annotations

import numpy as np

from s2sad.rules import no_gradient, rule, same
from s2sad.rules.reductions import _restore

same(np.amax, op=np.max)
same(np.amin, op=np.min)
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
