"""Making arrays: array, full, linspace and their kin, meshgrid, vander, copies."""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import is_list, linear, no_gradient, rule, shaped

no_gradient(np.zeros, np.ones, np.empty, np.zeros_like, np.ones_like, np.empty_like, np.eye, np.identity, np.tri,
            np.indices, np.result_type, np.iscomplexobj, np.isrealobj)


def _structure(y_bar, x):
    """The cotangent ``y_bar`` of an array made of ``x``: lists where ``x`` has lists, a scalar for a scalar."""
    if is_list(x):
        return [_structure(y_bar[i], item) for i, item in enumerate(x)]
    return shaped(y_bar, x)


@linear(np.array, "object")
def array(object, dtype=None, copy=True, order="K", subok=False, ndmin=0, like=None, *, y_bar):
    if ndmin == 0 or not isinstance(object, (list, tuple)):
        return _structure(y_bar, object)
    return _structure(np.reshape(y_bar, np.shape(np.array(object))), object)


@linear(np.asarray, "a")
def asarray(a, dtype=None, order=None, device=None, copy=None, like=None, *, y_bar):
    return _structure(y_bar, a)


@linear(np.asanyarray, "a")
def asanyarray(a, dtype=None, order=None, device=None, copy=None, like=None, *, y_bar):
    return _structure(y_bar, a)


@linear(np.ascontiguousarray, "a")
def ascontiguousarray(a, dtype=None, like=None, *, y_bar):
    return _structure(y_bar, a)


@linear(np.asfortranarray, "a")
def asfortranarray(a, dtype=None, like=None, *, y_bar):
    return _structure(y_bar, a)


@linear(np.copy, "a")
def copy(a, order="K", subok=False, *, y_bar):
    return _structure(y_bar, a)


@linear(np.full, "fill_value")
def full(shape, fill_value, dtype=None, order="C", device=None, like=None, *, y_bar):
    return runtime.unbroadcast(y_bar, fill_value)


@linear(np.full_like, "fill_value")
def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None, device=None, *, y_bar):
    return runtime.unbroadcast(y_bar, fill_value)


@rule(np.arange, wrt=("start", "stop", "step"))
def arange(start, stop=None, step=None, dtype=None, device=None, like=None, *, y_bar):
    """yᵢ = start + i step; how many there are is not differentiated."""
    if stop is None:
        return None, None, np.dot(y_bar, np.arange(len(y_bar)))
    return np.sum(y_bar), None, np.dot(y_bar, np.arange(len(y_bar)))


@arange.jvp
def arange_jvp(start, stop=None, step=None, dtype=None, device=None, like=None, *, y, start_dot, stop_dot, step_dot):
    if stop is None or start_dot is None:
        start_dot = 0.0
    if step_dot is None:
        return np.full_like(y, start_dot)
    return start_dot + np.arange(len(y)) * step_dot


@linear(np.linspace, "start", "stop")
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, device=None, *, y_bar):
    """y = (1 - t) start + t stop"""
    if retstep:
        raise NotImplementedError("linspace(retstep=True): compute the step as (stop - start) / (num - 1)")
    t = np.linspace(0.0, 1.0, num, endpoint)
    start_bar, stop_bar = _ends(t, np.moveaxis(y_bar, axis, 0))
    return runtime.unbroadcast(start_bar, start), runtime.unbroadcast(stop_bar, stop)


def _ends(t, u_bar):
    """Cotangents of both ends of u = (1 - t) start + t stop."""
    return np.tensordot(1.0 - t, u_bar, 1), np.tensordot(t, u_bar, 1)


@rule(np.logspace, wrt=("start", "stop", "base"))
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0, *, y, y_bar):
    """y = baseᵘ, u = linspace(start, stop)"""
    if np.ndim(base) != 0:
        raise NotImplementedError("logspace with an array of bases: use base ** np.linspace(start, stop, num)")
    t = np.linspace(0.0, 1.0, num, endpoint)
    start_bar, stop_bar = _ends(t, np.moveaxis(y_bar * y * np.log(base), axis, 0))
    u = np.linspace(start, stop, num, endpoint, axis=axis)
    return (runtime.unbroadcast(start_bar, start), runtime.unbroadcast(stop_bar, stop),
            np.sum(y_bar * u * y) / base)


@logspace.jvp
def logspace_jvp(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0, *, y, start_dot, stop_dot,
                 base_dot):
    if np.ndim(base) != 0:
        raise NotImplementedError("logspace with an array of bases: use base ** np.linspace(start, stop, num)")
    start_dot = runtime.zeros_like(start) if start_dot is None else start_dot
    stop_dot = runtime.zeros_like(stop) if stop_dot is None else stop_dot
    y_dot = y * np.log(base) * np.linspace(start_dot, stop_dot, num, endpoint, axis=axis)
    if base_dot is None:
        return y_dot
    return y_dot + y * np.linspace(start, stop, num, endpoint, axis=axis) * (base_dot / base)


@rule(np.geomspace)
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0, *, y, y_bar):
    """log y = (1 - t) log start + t log stop"""
    t = np.linspace(0.0, 1.0, num, endpoint)
    start_bar, stop_bar = _ends(t, np.moveaxis(y_bar * y, axis, 0))
    return runtime.unbroadcast(start_bar / start, start), runtime.unbroadcast(stop_bar / stop, stop)


@geomspace.jvp
def geomspace_jvp(start, stop, num=50, endpoint=True, dtype=None, axis=0, *, y, start_dot, stop_dot):
    start_dot = runtime.zeros_like(start) if start_dot is None else start_dot
    stop_dot = runtime.zeros_like(stop) if stop_dot is None else stop_dot
    return y * np.linspace(start_dot / start, stop_dot / stop, num, endpoint, axis=axis)


@linear(np.meshgrid, "xi")
def meshgrid(*xi, copy=True, sparse=False, indexing="xy", y_bar):
    if not isinstance(y_bar, (tuple, list)):
        return (_grid_sum(y_bar, xi[0], 0, indexing),)
    return tuple([None if y_bar[i] is None else _grid_sum(y_bar[i], x, i, indexing) for i, x in enumerate(xi)])


def _grid_sum(g, x, i, indexing):
    """``g`` summed over every axis but the one along which ``x`` lies."""
    if indexing == "xy" and i < 2 and np.ndim(g) > 1:
        i = 1 - i
    others = tuple([k for k in tuple(range(np.ndim(g))) if k != i])
    return runtime.unbroadcast(np.sum(g, axis=others), x)


@rule(np.vander)
def vander(x, N=None, increasing=False, *, y_bar):
    """yᵢⱼ = xᵢᵖ  ⟹  x̄ᵢ = Σⱼ ȳᵢⱼ p xᵢᵖ⁻¹"""
    return np.sum(y_bar * _vander_partial(x, np.shape(y_bar)[1], increasing), axis=1)


@vander.jvp
def vander_jvp(x, N=None, increasing=False, *, y, x_dot):
    return _vander_partial(x, np.shape(y)[1], increasing) * np.expand_dims(x_dot, 1)


def _vander_partial(x, n, increasing):
    if increasing:
        power = np.arange(n)
    else:
        power = np.arange(n)[::-1]
    return power * np.expand_dims(x, 1) ** np.maximum(power - 1, 0)
