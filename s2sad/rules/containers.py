"""Lists whose length is known only at run time, and s2sad's own primitives: append, pop, copy, unbroadcast."""
from __future__ import annotations

import bisect

import numpy as np

from s2sad import runtime
from s2sad.rules import linear, no_gradient, rule

no_gradient(runtime.Units, runtime.zeros_like, runtime.zero_of, runtime.check_order, runtime.check_first,
            runtime.check_length, runtime.check_items, runtime.check_arguments, runtime.check_zip,
            runtime.check_bound, runtime.check_plain, runtime.shuffled,
            runtime.place_of, runtime.keys_of, runtime.order,
            zip, enumerate, list.index, list.count, bisect.bisect_left, bisect.bisect_right)


@linear(runtime.append, "xs", "x")
def append(xs, x, *, y_bar):
    """What was appended last is taken off first."""
    return runtime.pop(y_bar)


@linear(runtime.pop, "xs")
def pop(xs, index=-1, *, y, y_bar):
    rest_bar = runtime.zeros_like(y[0]) if y_bar[0] is None else y_bar[0]
    x_bar = runtime.zeros_like(y[1]) if y_bar[1] is None else y_bar[1]
    if index == -1:
        return runtime.append(rest_bar, x_bar)
    place = index + len(xs) if index < 0 else index
    return runtime.append(rest_bar[:place], x_bar) + rest_bar[place:]


@linear(runtime.copy, "a")
def copy(a, *, y_bar):
    return y_bar


@linear(np.ndarray.copy, "a")
def array_copy(a, order="C", *, y_bar):
    return y_bar


@linear(runtime.add, "g", "h")
def add(g, h, *, y_bar):
    return y_bar, y_bar


@linear(runtime.unbroadcast, "g")
def unbroadcast(g, x, *, y_bar):
    return runtime.unbroadcast(y_bar, g)


@linear(runtime.or_zeros, "g")
def or_zeros(g, x, *, y_bar):
    return y_bar


@linear(runtime.astype_of, "g")
def astype_of(g, x, *, y_bar):
    return runtime.astype_of(y_bar, g)


@linear(list, "xs")
def as_list(xs, *, y_bar):
    return _collected(y_bar, xs)


@linear(tuple, "xs")
def as_tuple(xs, *, y_bar):
    return _collected(y_bar, xs)


@linear(reversed, "xs")
def backwards(xs, *, y_bar):
    return _collected(list(reversed(y_bar)), xs)


def _collected(items, xs):
    """The cotangent of what was iterated over: the items, as an array if it was one."""
    if isinstance(xs, np.ndarray):
        return np.reshape(np.array(items), np.shape(xs))
    return list(items)


@linear(runtime.unbroadcast_to, "g")
def unbroadcast_to(g, shape, dtype, *, y_bar):
    return runtime.unbroadcast(y_bar, g)


@linear(runtime.same, "x")
def same(x, *, y_bar):
    return y_bar


@rule(runtime.masked_product, wrt=("g", "partial", "chosen"))
def masked_product(g, partial, chosen=None, either=False, *, y_bar):
    """y = g·p, zero where g is  ⟹  ḡ = ȳ·p,  p̄ = ȳ·g, both zero where y was made zero"""
    return (runtime.unbroadcast(y_bar * runtime.tamed(partial, g if chosen is None else chosen), g),
            runtime.unbroadcast(y_bar * runtime.tamed(g, partial) if either else _masked(g, y_bar, chosen, False),
                                partial), None)


@masked_product.jvp
def masked_product_jvp(g, partial, chosen=None, either=False, *, g_dot, partial_dot, chosen_dot):
    if g_dot is None:
        return None if partial_dot is None else _masked(g, partial_dot, chosen, either)
    y_dot = _masked(g_dot, partial, chosen, either)
    return y_dot if partial_dot is None else y_dot + _masked(g, partial_dot, chosen, either)


def _masked(g, partial, chosen, either):
    if either:
        return runtime.masked_product(g, partial, chosen, either=True)
    return runtime.masked_product(g, partial) if chosen is None else runtime.masked_product(g, partial, chosen)


@rule(runtime.tamed)
def tamed(partial, g, *, y_bar):
    """What was made zero stays zero."""
    return np.where(_made_zero(partial, g), 0.0, y_bar), None


@tamed.jvp
def tamed_jvp(partial, g, *, partial_dot):
    return None if partial_dot is None else np.where(_made_zero(partial, g), 0.0, partial_dot)


def _made_zero(partial, g):
    return np.logical_and(np.equal(g, 0), np.logical_not(np.isfinite(partial)))


no_gradient(runtime.stop_gradient)
@linear(runtime.join_lists, "xs", "ys")
def join_lists(xs, ys, *, y_bar):
    return y_bar[:len(xs)], y_bar[len(xs):]


@linear(runtime.repeat_list, "xs")
def repeat_list(xs, n, *, y_bar):
    return runtime.fold_list(y_bar, len(xs)) if len(y_bar) > 0 else runtime.zeros_like(xs)


@linear(runtime.picked, "xs")
def picked(xs, places, *, y_bar):
    return runtime.placed(y_bar, places)


@linear(runtime.placed, "xs")
def placed(xs, places, *, y_bar):
    return runtime.picked(y_bar, places)


@linear(runtime.fold_list, "ys")
def fold_list(ys, n, *, y_bar):
    return runtime.repeat_list(y_bar, len(ys) // n)


no_gradient(runtime.seed)


@linear(runtime.broadcast_like, "g")
def broadcast_like(g, y, *, y_bar):
    return runtime.unbroadcast(y_bar, g)


@linear(runtime.cotangent_of, "g")
def cotangent_of(g, y, *, y_bar):
    return runtime.astype_of(y_bar, g)


@linear(runtime.fitted, "g")
def fitted(g, x, *, y_bar):
    return runtime.astype_of(y_bar, g)
