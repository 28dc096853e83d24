"""Discrete calculus: differences, gradients on a grid, the trapezoidal rule, interpolation."""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import linear, rule, static


@rule(np.diff, wrt=("a", "prepend", "append"))
def diff(a, n=1, axis=-1, prepend=None, append=None, *, y_bar):
    """yᵢ = aᵢ₊₁ − aᵢ  ⟹  āᵢ = ȳᵢ₋₁ − ȳᵢ, with zeros outside"""
    if n == 0:
        return y_bar, None, None
    if prepend is None and append is None and np.shape(a)[axis] <= n:
        return np.zeros(np.shape(a)), None, None
    total = _diff_transpose(y_bar, n, axis)
    if prepend is None and append is None:
        return total, None, None
    total = np.moveaxis(total, axis, -1)
    first = _length(prepend, axis)
    last = np.shape(total)[-1] - _length(append, axis)
    return (np.moveaxis(total[..., first:last], -1, axis),
            None if prepend is None else _edge_cotangent(total[..., :first], prepend, axis),
            None if append is None else _edge_cotangent(total[..., last:], append, axis))


@diff.jvp
def diff_jvp(a, n=1, axis=-1, prepend=None, append=None, *, a_dot, prepend_dot, append_dot):
    a_dot = runtime.zeros_like(a) if a_dot is None else a_dot
    if prepend is None and append is None:
        return np.diff(a_dot, n=n, axis=axis)
    if prepend is not None and prepend_dot is None:
        prepend_dot = runtime.zeros_like(prepend)
    if append is not None and append_dot is None:
        append_dot = runtime.zeros_like(append)
    if append is None:
        return np.diff(a_dot, n=n, axis=axis, prepend=prepend_dot)
    if prepend is None:
        return np.diff(a_dot, n=n, axis=axis, append=append_dot)
    return np.diff(a_dot, n=n, axis=axis, prepend=prepend_dot, append=append_dot)


def _diff_transpose(g, n, axis):
    if n == 1:
        return -np.diff(g, axis=axis, prepend=0.0, append=0.0)
    moved = np.moveaxis(g, axis, -1)
    edge = np.zeros((*np.shape(moved)[:-1], n))
    return np.moveaxis((-1.0) ** n * np.diff(moved, n=n, prepend=edge, append=edge), -1, axis)


def _length(edge, axis):
    if edge is None:
        return 0
    return 1 if np.ndim(edge) == 0 else np.shape(edge)[axis]


def _edge_cotangent(part, edge, axis):
    """The cotangent of what was prepended or appended; a scalar stands for a whole slice."""
    return np.sum(part) if np.ndim(edge) == 0 else np.moveaxis(part, -1, axis)


@rule(np.ediff1d, wrt=("ary",))
def ediff1d(ary, to_end=None, to_begin=None, *, y_bar):
    first = 0 if to_begin is None else np.size(to_begin)
    last = np.size(y_bar) - (0 if to_end is None else np.size(to_end))
    if np.size(ary) == 0:
        return np.zeros(np.shape(ary))
    return np.reshape(_diff_transpose(y_bar[first:last], 1, -1), np.shape(ary))


@ediff1d.jvp
def ediff1d_jvp(ary, to_end=None, to_begin=None, *, ary_dot):
    return np.ediff1d(ary_dot, None if to_end is None else np.zeros_like(to_end),
                      None if to_begin is None else np.zeros_like(to_begin))


@linear(np.gradient, "f")
def gradient(f, *varargs, axis=None, edge_order=1, y_bar):
    """Second-order central differences; uniform spacing only."""
    axes = tuple(range(np.ndim(f))) if axis is None else (axis,) if isinstance(axis, int) else axis
    if _any_arrays(*[np.ndim(h) for h in varargs]):
        return NotImplemented
    steps = varargs if len(varargs) == len(axes) else [varargs[0] if varargs else 1.0 for _ in axes]
    if len(axes) == 1:
        return _gradient_transpose(y_bar, steps[0], axes[0], edge_order)
    parts = [_gradient_transpose(g, h, i, edge_order) for g, h, i in zip(y_bar, steps, axes) if g is not None]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


@static
def _any_arrays(*ndims):
    return any(n > 0 for n in ndims)


def _gradient_transpose(g, h, axis, edge_order):
    """xⱼ appears with +1/2h in the slope at j−1, −1/2h in the slope at j+1, and in the one-sided slopes at the ends."""
    g = np.moveaxis(g, axis, -1) / h
    first, middle, last = g[..., :1], 0.5 * g[..., 1:-1], g[..., -1:]
    gap = np.zeros_like(middle)
    two = np.zeros_like(np.concatenate((first, last), axis=-1))
    x_bar = np.concatenate((two, middle), axis=-1) - np.concatenate((middle, two), axis=-1)
    if edge_order == 1:
        x_bar = x_bar + np.concatenate((-first, first, gap), axis=-1) + np.concatenate((gap, -last, last), axis=-1)
    else:
        gap = gap[..., 1:]
        x_bar = x_bar + np.concatenate((-1.5 * first, 2.0 * first, -0.5 * first, gap), axis=-1)
        x_bar = x_bar + np.concatenate((gap, 0.5 * last, -2.0 * last, 1.5 * last), axis=-1)
    return np.moveaxis(x_bar, -1, axis)


_trapezoid = np.trapezoid if hasattr(np, "trapezoid") else np.trapz  # type: ignore[attr-defined]


@rule(_trapezoid, wrt=("values", "x", "dx"))
def trapezoid(values, x=None, dx=1.0, axis=-1, *, y_bar):
    """y = Σ dᵢ (fᵢ + fᵢ₊₁) / 2 with d = diff x"""
    f = np.moveaxis(values, axis, -1)
    g = np.expand_dims(y_bar, -1)
    zero = np.zeros_like(f[..., :1])
    mean = 0.5 * (f[..., 1:] + f[..., :-1])
    if x is None:
        half = np.broadcast_to(0.5 * dx * g, np.shape(mean))
        x_bar, dx_bar = None, runtime.unbroadcast(y_bar * np.sum(mean, axis=-1), dx)
    else:
        points = x if np.ndim(x) == 1 else np.moveaxis(x, axis, -1)
        half = 0.5 * np.diff(points) * g
        x_bar, dx_bar = _diff_transpose(runtime.unbroadcast(g * mean, points[..., 1:]), 1, -1), None
        x_bar = x_bar if np.ndim(x) == 1 else np.moveaxis(x_bar, -1, axis)
    f_bar = np.concatenate((half, zero), axis=-1) + np.concatenate((zero, half), axis=-1)
    return np.moveaxis(f_bar, -1, axis), x_bar, dx_bar


@trapezoid.jvp
def trapezoid_jvp(values, x=None, dx=1.0, axis=-1, *, y, values_dot, x_dot, dx_dot):
    y_dot = runtime.zeros_like(y)
    if values_dot is not None:
        y_dot = y_dot + _trapezoid(values_dot, x, dx, axis)
    if x_dot is not None:
        y_dot = y_dot + _trapezoid(values, x_dot, dx, axis)
    if dx_dot is not None and x is None:
        y_dot = y_dot + dx_dot * _trapezoid(values, None, 1.0, axis)
    return y_dot


def _bracket(x, xp):
    """The interval of xp that x lies in, its width, and how far into it x is (0 … 1)."""
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, np.shape(xp)[0] - 2)
    width = xp[i + 1] - xp[i]
    return i, width, np.clip((x - xp[i]) / width, 0.0, 1.0)


@rule(np.interp, wrt=("x", "xp", "fp"))
def interp(x, xp, fp, left=None, right=None, period=None, *, y_bar):
    """Piecewise linear in x (at a knot: the slope to its right; outside: constant), linear in fp; a knot moves the line
    against its slope: ∂y/∂xpᵢ = −s ∂y/∂fpᵢ"""
    if period is not None:
        return NotImplemented
    xp = np.asarray(xp)
    i, width, t = _bracket(x, xp)
    inside = (x >= xp[0]) & (x <= xp[-1])
    x_bar = np.where(inside, y_bar * (fp[i + 1] - fp[i]) / width, 0.0)
    known = _uses_fp(x, xp, left, right)
    fp_bar = runtime.add_at(runtime.zeros_like(fp), i, np.where(known, y_bar * (1.0 - t), 0.0))
    xp_bar = runtime.add_at(runtime.zeros_like(xp), i, -x_bar * (1.0 - t))
    fp_bar = runtime.add_at(fp_bar, i + 1, np.where(known, y_bar * t, 0.0))
    return x_bar, runtime.add_at(xp_bar, i + 1, -x_bar * t), fp_bar


@interp.jvp
def interp_jvp(x, xp, fp, left=None, right=None, period=None, *, y, x_dot, xp_dot, fp_dot):
    if period is not None:
        return NotImplemented
    xp = np.asarray(xp)
    i, width, t = _bracket(x, xp)
    y_dot = runtime.zeros_like(y)
    inside = (x >= xp[0]) & (x <= xp[-1])
    if xp_dot is not None:
        moved = (1.0 - t) * xp_dot[i] + t * xp_dot[i + 1]
        y_dot = y_dot - np.where(inside, moved * (fp[i + 1] - fp[i]) / width, 0.0)
    if x_dot is not None:
        y_dot = y_dot + np.where(inside, x_dot * (fp[i + 1] - fp[i]) / width, 0.0)
    if fp_dot is not None:
        y_dot = y_dot + np.where(_uses_fp(x, xp, left, right), (1.0 - t) * fp_dot[i] + t * fp_dot[i + 1], 0.0)
    return y_dot


def _uses_fp(x, xp, left, right):
    """Where the result comes from fp and not from ``left`` or ``right``."""
    known = x == x
    if left is not None:
        known = known & (x >= xp[0])
    if right is not None:
        known = known & (x <= xp[-1])
    return known
