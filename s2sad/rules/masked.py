"""Operations that are done at some elements only: ``np.divide(x, n, out=y, where=n > 0)``.

The sweeps take ``runtime.selected`` apart themselves and inline the rule of the operation. What is here says the same
of values, element by element, for those who execute a trace step by step: the operation is differentiated where it was
done, and the cotangent of the rest is that of what was there before.
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import pullback, pushforward, rule


def _chosen(mask, shape, args):
    """The elements of the arguments where the mask is true, each in one axis."""
    return tuple(np.broadcast_to(a, shape)[mask] for a in args)


@rule(runtime.masked_contraction, wrt=("args",))
def masked_contraction(op, at, *args, y, y_bar):
    """The cotangents of the operation."""
    return tuple(pullback(op, args, {}, y=y, y_bar=y_bar).values())


@masked_contraction.jvp
def masked_contraction_jvp(op, at, *args, y, args_dot):
    names = list(pullback(op, args, {}, y=y, y_bar=np.zeros_like(y)))
    return pushforward(op, args, {}, y=y, dots={n: d for n, d in zip(names, args_dot) if d is not None})


@rule(runtime.selected, wrt=("start", "args"))
def selected(fn, where, start, *args, y, y_bar):
    """y = fn(args) where ``where``, else start  ⟹  ``start`` gets ȳ elsewhere, the arguments get the cotangents of
    ``fn`` at the elements at which it was done."""
    mask = np.broadcast_to(where, np.shape(y))
    taken = _chosen(mask, np.shape(y), args)
    found = list(pullback(fn, taken, {}, y=y[mask], y_bar=y_bar[mask]).values())
    bars = []
    for a, part in zip(args, found):
        whole = np.zeros(np.shape(y), np.result_type(y_bar) if part is None else np.result_type(part))
        if part is not None:
            whole[mask] = part
        bars.append(runtime.unbroadcast(whole, a))
    return runtime.unbroadcast(np.where(mask, 0.0, y_bar), start), tuple(bars)


@selected.jvp
def selected_jvp(fn, where, start, *args, y, start_dot, args_dot):
    """ẏ = the tangent of ``fn`` where ``where``, else that of ``start``."""
    mask = np.broadcast_to(where, np.shape(y))
    y_dot = np.zeros_like(y) if start_dot is None else np.array(start_dot, np.result_type(y))
    moved = [k for k, dot in enumerate(args_dot or ()) if dot is not None]
    if moved:
        taken = _chosen(mask, np.shape(y), args)
        names = list(pullback(fn, taken, {}, y=y[mask], y_bar=np.zeros_like(y[mask])))
        dots = {names[k]: np.broadcast_to(args_dot[k], np.shape(y))[mask] for k in moved}
        y_dot[mask] = pushforward(fn, taken, {}, y=y[mask], dots=dots)
    else:
        y_dot[mask] = 0.0
    return y_dot
