"""Calls to draw for the tests of facts: for each operation its arguments, with batches, axes and options.

``CALLS`` has, by name, the operation and what draws its arguments.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import runtime
from tests.facts.draws import DTYPES, Call, Draws, Fixed


def unary(d: Draws) -> Call:
    return (d.operand(),), {}


def matrix_batch(d: Draws, batch: tuple[int, ...], n: int) -> np.ndarray:
    return d.array((*batch, n, n), float, np.float32, complex) + 4.0 * np.eye(n, dtype=np.float32)


def square(d: Draws) -> Call:
    return (matrix_batch(d, d.shape(0, 2), d.one(1, 2, 3)),), {}


def positive(d: Draws) -> Call:
    a = matrix_batch(d, d.shape(0, 2), d.one(1, 2, 3))
    return (a @ np.conj(np.swapaxes(a, -1, -2)),), {}


def binary(d: Draws) -> Call:
    shape = d.shape()
    args = [d.array(shape), d.like(shape)]
    if d.chance(0.1):
        args = [d.number(), d.number()]
    return tuple(args if d.chance(0.5) else args[::-1]), {}


def ternary(d: Draws) -> Call:
    shape = d.shape()
    return (d.like(shape), d.array(shape), d.like(shape)), {}


def where(d: Draws) -> Call:
    shape = d.shape()
    test = d.array(shape, bool) if d.chance(0.7) else d.one(True, np.bool_(False), d.array((), bool))
    return (test, d.like(shape), d.like(shape)), {}


def options(d: Draws, ndim: int, several: bool, keep: bool, dtype: bool = False) -> dict[str, Any]:
    kwargs: dict[str, Any] = {}
    if d.chance(0.7):
        kwargs["axis"] = d.known(d.one(None, d.axis(ndim, several), d.axis(ndim, several)))
    if keep and d.chance(0.5):
        kwargs["keepdims"] = d.known(d.one(True, False))
    if dtype and d.chance(0.2):
        kwargs["dtype"] = Fixed(d.one(float, np.float32, complex, int, np.dtype("f8")))
    return kwargs


def reduction(several: bool = True, keep: bool = True, dtype: bool = False) -> Callable[[Draws], Call]:
    def make(d: Draws) -> Call:
        a = d.operand()
        kwargs = options(d, np.ndim(a), several, keep, dtype)
        if "axis" in kwargs and d.chance(0.3):
            return (a, kwargs.pop("axis")), kwargs
        return (a,), kwargs
    return make


def matmul(d: Draws) -> Call:
    batch, (n, k, m) = d.shape(0, 2), (d.size() for _ in range(3))
    left = d.one((k,), (n, k), (*batch, n, k), (*d_ones(batch), n, k), (*batch[1:], n, k))
    right = d.one((k,), (k, m), (*batch, k, m), (*d_ones(batch), k, m), (*batch[1:], k, m))
    return (d.array(left), d.array(right)), {}


def d_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 for _ in shape)


def dot(d: Draws) -> Call:
    k = d.size()
    left = d.one((), (k,), (d.size(), k), (d.size(), d.size(), k))
    right = d.one((), (k,), (k, d.size()), (d.size(), k, d.size()))
    return (d.array(left), d.array(right) if d.chance(0.9) else d.number()), {}


def solve(d: Draws) -> Call:
    batch, n, m = d.shape(0, 2), d.one(1, 2, 3), d.size()
    left = d.one((), batch, d_ones(batch), batch[1:])
    right = d.one((n,), (n, m), (*batch, n, m), (*d_ones(batch), n, m), (*batch[1:], n, m))
    return (matrix_batch(d, left, n), d.array(right)), {}


def vectors(d: Draws) -> Call:
    return (d.operand(0, 2), d.operand(0, 2)), {}


def expand(d: Draws) -> Call:
    a = d.operand(0, 2)
    return (a, d.known(d.one(d.axis(np.ndim(a) + 1), d.axis(np.ndim(a) + 1, True)))), {}


def transpose(d: Draws) -> Call:
    a = d.operand()
    axes = tuple(int(k) - np.ndim(a) * d.chance(0.3) for k in d.rng.permutation(np.ndim(a)))
    kind = d.one("none", "positional", "named", "absent")
    if kind == "absent":
        return (a,), {}
    axes_arg = None if kind == "none" else d.one(axes, Fixed(axes), list(axes))
    return ((a,), {"axes": axes_arg}) if kind == "named" else ((a, axes_arg), {})


def swapaxes(d: Draws) -> Call:
    a = d.array(d.shape(1, 3))
    return (a, d.known(d.axis(a.ndim)), d.known(d.axis(a.ndim))), {}


def reshape(d: Draws) -> Call:
    a = d.operand()
    n = int(np.size(a))
    shapes = [(n,), (-1,), (1, n), (n, 1), (1, -1), n, -1, (-1, 1, 1)] + ([()] if n == 1 else [])
    shapes += [np.shape(a), np.shape(a)[::-1]]
    shape = d.one(*shapes)
    shape = d.one(shape, Fixed(shape), list(shape) if isinstance(shape, tuple) else shape)
    return ((a, shape), {"order": Fixed("F")} if d.chance(0.1) else {})


def broadcast_to(d: Draws) -> Call:
    shape = d.shape()
    return (d.like(shape), d.one(shape, Fixed(shape), list(shape), shape[0] if len(shape) == 1 else shape)), {}


def squeeze(d: Draws) -> Call:
    a = d.array(tuple(d.one(1, 1, 2, 0) for _ in range(d.rng.integers(0, 4)))) if d.chance(0.85) else d.number()
    ones = [k for k, n in enumerate(np.shape(a)) if n == 1]
    if d.chance(0.5) or not ones:
        return (a,), {}
    axis = d.one(d.one(*ones), d.one(*ones) - np.ndim(a), tuple(ones), None)
    return (a,), {"axis": d.known(axis)}


def concatenate(d: Draws) -> Call:
    shape, axis = list(d.shape(1, 3)), 0
    axis = d.axis(len(shape))
    parts = []
    for _ in range(d.rng.integers(1, 4)):
        shape[axis] = d.size()
        parts.append(d.array(tuple(shape)))
    if d.chance(0.2):
        parts = [np.ravel(p) for p in parts]
        axis = 0
    parts_arg = parts if d.chance(0.5) else tuple(parts)
    kind = d.one("named", "positional", "absent", "none")
    if kind == "none":
        return (parts_arg,), {"axis": Fixed(None)}
    return ((parts_arg,), {}) if kind == "absent" else ((parts_arg,), {"axis": d.known(axis)}) if kind == "named" else (
        (parts_arg, d.known(axis)), {})


def stacked(d: Draws) -> Call:
    shape = d.shape(0, 2)
    parts = [d.array(shape, *DTYPES[:2]) for _ in range(d.rng.integers(0, 4))]
    return (parts if d.chance(0.7) else tuple(parts),), {}


def rows(d: Draws) -> Call:
    """A list of numbers or arrays, perhaps empty."""
    if d.chance(0.5):
        return ([d.number() for _ in range(d.rng.integers(0, 4))],), {}
    return stacked(d)


def insert(d: Draws) -> Call:
    a = d.array(d.shape(1, 2))
    axis = d.one(None, d.axis(a.ndim))
    n = a.size if axis is None else a.shape[axis]
    at = d.one(0, n, [0, n], np.array([0, 0, n]), np.array([n]), slice(0, n), d.array((n,), bool))
    args = (a, at, d.one(0.5, d.array((), float)))
    return args, ({"axis": d.known(axis)} if d.chance(0.7) else {})


def delete(d: Draws) -> Call:
    a = d.array(d.shape(1, 2))
    axis = d.one(None, d.axis(a.ndim))
    n = a.size if axis is None else a.shape[axis]
    at = d.one(0, n - 1, -1, [0], np.array([0]), np.array([0, 0]), np.array([n - 1, 0]), slice(0, 1),
               d.array((n,), bool))
    return (a, at), ({"axis": d.known(axis)} if d.chance(0.7) else {})


def arange(d: Draws) -> Call:
    n = d.one(0, 1, 3, -2, 2.5, np.int64(3))
    return d.one((n,), (n,), (1, n), (0, n, d.one(1, 2, -1))), ({"dtype": Fixed(float)} if d.chance(0.2) else {})


def filled(d: Draws) -> Call:
    shape = d.one(d.shape(), d.size())
    return (d.one(shape, Fixed(shape)),), ({"dtype": Fixed(d.one(*DTYPES))} if d.chance(0.4) else {})


def full(d: Draws) -> Call:
    (shape,), kwargs = filled(d)
    return (shape, d.number()), kwargs


def filled_like(d: Draws) -> Call:
    kwargs: dict[str, Any] = {"dtype": Fixed(d.one(*DTYPES))} if d.chance(0.3) else {}
    if d.chance(0.1):
        kwargs["shape"] = d.shape()
    return (d.operand(),), kwargs


def converted(d: Draws) -> Call:
    kwargs: dict[str, Any] = {"dtype": Fixed(d.one(*DTYPES))} if d.chance(0.3) else {}
    return (d.operand(),), kwargs


def arrayed(d: Draws) -> Call:
    args, kwargs = converted(d)
    if d.chance(0.2):
        kwargs["ndmin"] = Fixed(d.one(0, 1, 2, 4))
    return args, kwargs


def astype(d: Draws) -> Call:
    return (d.array(d.shape()), Fixed(d.one(*DTYPES))), {}


def along(d: Draws) -> Call:
    """``cumsum``, ``sort``: an axis or None."""
    a = d.operand()
    kind = d.one("absent", "named", "positional", "none")
    if kind == "none":
        return (a,), {"axis": Fixed(None)}
    axis = d.known(d.axis(np.ndim(a)))
    return ((a,), {}) if kind == "absent" else ((a,), {"axis": axis}) if kind == "named" else ((a, axis), {})


def roll(d: Draws) -> Call:
    a = d.operand()
    return (a, d.one(1, -2, 0)), ({"axis": d.known(d.axis(np.ndim(a)))} if d.chance(0.5) else {})


def atleast(d: Draws) -> Call:
    return tuple(d.operand() for _ in range(d.one(1, 1, 1, 2))), {}


def index_part(d: Draws, n: int) -> Any:
    def end() -> Any:
        return d.one(None, None, 0, 1, 2, -1, -2, n, n + 1)
    return d.one(0, -1, n - 1, np.int64(0), slice(end(), end(), d.one(None, None, 1, -1, 2, -2)), slice(None),
                 slice(end(), end()), None, ..., np.array([0, 0]), np.array([[0], [-1]]), [0], d.array((n,), bool),
                 True, np.array(0), np.array([], int), Fixed(slice(1, None)), Fixed(0))


def getitem(d: Draws) -> Call:
    if d.chance(0.1):
        return (np.float64(0.5), d.one((), ..., None, Fixed(()))), {}
    a = d.array(d.shape(1, 3))
    parts = [index_part(d, n) for n in a.shape[:d.rng.integers(1, a.ndim + 1)]]
    if d.chance(0.2):
        parts.insert(d.rng.integers(len(parts) + 1), d.one(None, ..., slice(None)))
    return (a, parts[0] if len(parts) == 1 and d.chance(0.7) else tuple(parts)), {}


def list_item(d: Draws) -> Call:
    (items,), _ = rows(d)
    return (list(items), d.one(0, -1, slice(1, None), slice(None))), {}


def compared(d: Draws) -> Call:
    def tup() -> Any:
        return tuple(d.number() for _ in range(d.rng.integers(0, 3)))
    return d.one((tup(), tup()), (list(tup()), list(tup())), (d.number(), d.number()), (d.operand(), d.operand())), {}


def numbers(d: Draws) -> Call:
    return (d.number(), d.number()), {}


def power(d: Draws) -> Call:
    """A float to a power that is no integer is complex if it is below zero; that is the one thing facts do not tell."""
    a, b = d.number(), d.number()
    return (abs(a) if b != int(b.real) else a, b), {}


def picked(d: Draws) -> Call:
    items = [d.number() for _ in range(d.rng.integers(1, 4))]
    if d.chance(0.4):
        vector = d.array((d.size(),), float, np.float32, int)
        return (d.one(vector, vector.tolist()),), ({"default": d.number()} if d.chance(0.5) else {})
    return d.one(tuple(items) if len(items) > 1 else (items,), (items,), (tuple(items),)), {}


def summed(d: Draws) -> Call:
    (items,), _ = rows(d)
    return d.one((items,), (items, d.number())), {}


def cotangent_and_primal(d: Draws) -> Call:
    """A cotangent of a broadcast of the primal."""
    x, inexact = d.operand(), DTYPES[:3]
    shape = np.shape(x)
    wide = (*d.shape(0, 1), *(d.size() if n == 1 else n for n in shape))
    return (d.one(d.array(wide, *inexact), d.array(shape, *inexact), float(d.size()), np.float64(d.size())), x), {}


def moved(d: Draws) -> Call:
    a = d.array(d.shape(1, 3))
    return (a, d.known(d.axis(a.ndim)), d.known(d.axis(a.ndim))), {}


def taken(d: Draws) -> Call:
    a = d.array(d.shape(1, 2))
    axis = d.one(None, d.axis(a.ndim))
    return (a, d.one(0, [0, 0], np.array([[0]]), -1)), ({} if axis is None else {"axis": d.known(axis)})


def repeated(d: Draws) -> Call:
    a = d.operand()
    return (a, d.one(0, 1, 2)), ({"axis": d.known(d.axis(np.ndim(a)))} if d.chance(0.5) else {})


def norm(d: Draws) -> Call:
    a = d.array(d.shape(0, 3))
    kwargs = options(d, a.ndim, True, True)
    if d.chance(0.5):
        kwargs["ord"] = d.known(d.one(1, 2, np.inf, "fro", 0.5))
    return (a,), kwargs


def quantile(d: Draws) -> Call:
    a = d.array(d.shape(0, 2), float)
    q = d.one(0.5, np.array([0.1, 0.9]), [0.5], np.array(0.3))
    return (a, q), options(d, a.ndim, True, True)


def clipped(d: Draws) -> Call:
    shape = d.shape()
    return (d.array(shape, float, np.float32, int), d.one(None, d.like(shape), 0.0), d.one(d.like(shape), 1.0)), {}


def einsum(d: Draws) -> Call:
    n, m, k = (d.size() for _ in range(3))
    return d.one((Fixed("ij,jk->ik"), d.array((n, m)), d.array((m, k))), (Fixed("ij->j"), d.array((n, m))),
                 (Fixed("i,i"), d.array((n,)), d.array((n,))), (Fixed("...i->..."), d.array((k, n, m))),
                 (Fixed("ii"), d.array((n, n)))), {}


def split(d: Draws) -> Call:
    return (d.array((d.one(2, 4, 6), *d.shape(0, 1))), d.one(1, 2, [1, 2], Fixed(2))), {}


def axis_of(d: Draws) -> Call:
    a = d.array(d.shape(1, 3))
    return (a,), {"axis": d.known(d.axis(a.ndim))}


def vectors_in_space(d: Draws) -> Call:
    n, batch = d.one(3, 3, 2), d.shape(0, 1)
    return (d.array((*batch, n), float, int), d.array((d.one(n, 3),), float, complex)), {}


def equal_of(d: Draws) -> Call:
    return d.one((d.size(), 1), (1, d.size()), (d.size(), d.size()), (d.operand(), d.operand())), {}

UNARY = (np.sin, np.sqrt, np.absolute, np.negative, np.exp, np.floor, np.isfinite, np.sign, np.reciprocal, np.square,
         np.conjugate, np.real, np.imag, np.copy, np.ravel, np.transpose, np.shape, np.ndim, np.size, len, np.nonzero,
         np.diag, np.trace, np.atleast_3d, np.nan_to_num, np.triu, np.tril, np.flipud, np.fliplr, np.isrealobj,
         np.iscomplexobj, np.asarray, np.ascontiguousarray, np.around, np.angle, np.unwrap, np.argwhere, np.unique,
         operator.neg, operator.pos, abs, operator.not_, float, bool, int, complex, list, runtime.zeros_like,
         runtime.copy, runtime.seed, runtime.same)
BINARY = (np.add, np.subtract, np.multiply, np.divide, np.maximum, np.power, np.arctan2, np.less, np.equal, np.hypot,
          np.floor_divide, np.logical_and, np.isclose, np.array_equal, np.copysign, np.ldexp, operator.add,
          operator.sub, operator.mul, operator.truediv, operator.lt, operator.ge, operator.eq, operator.ne,
          operator.floordiv, operator.mod, operator.and_, operator.iadd, operator.imul, operator.isub, runtime.add,
          runtime.masked_product)
REDUCTIONS = (np.max, np.min, np.std, np.any, np.all, np.median, np.count_nonzero, np.ptp, np.nansum, np.nanmean)
TABLE: tuple[tuple[Callable[[Draws], Call], tuple[Callable, ...]], ...] = (
    (unary, UNARY), (binary, BINARY), (reduction(), REDUCTIONS),
    (reduction(dtype=True), (np.sum, np.mean, np.prod, np.var)), (reduction(several=False), (np.argmax, np.argmin)),
    (along, (np.cumsum, np.cumprod, np.sort, np.argsort)), (axis_of, (np.flip, np.diff, np.gradient)),
    (square, (np.linalg.inv, np.linalg.det, np.linalg.eig, np.linalg.eigvals, np.linalg.qr, np.linalg.svd,
              np.linalg.slogdet, np.linalg.pinv, np.linalg.matrix_rank)),
    (positive, (np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh)), (matmul, (np.matmul, operator.matmul)),
    (vectors, (np.outer, np.kron, np.convolve)), (filled, (np.zeros, np.ones, np.empty)),
    (filled_like, (np.zeros_like, np.ones_like)), (converted, (np.asanyarray,)), (arrayed, (np.array,)),
    (atleast, (np.atleast_1d, np.atleast_2d)), (stacked, (np.stack, np.vstack, np.hstack, np.column_stack)),
    (numbers, (math.pow, math.hypot, divmod, round, operator.lshift)), (power, (operator.pow,)), (picked, (max, min)),
    (cotangent_and_primal, (runtime.unbroadcast, runtime.astype_of, runtime.broadcast_like)),
    (where, (np.where,)), (clipped, (np.clip,)), (ternary, (np.clip,)), (dot, (np.dot,)), (solve, (np.linalg.solve,)),
    (expand, (np.expand_dims,)), (transpose, (np.transpose,)), (swapaxes, (np.swapaxes,)), (moved, (np.moveaxis,)),
    (reshape, (np.reshape,)), (broadcast_to, (np.broadcast_to,)), (squeeze, (np.squeeze,)), (insert, (np.insert,)),
    (concatenate, (np.concatenate,)), (delete, (np.delete,)), (arange, (np.arange,)), (full, (np.full,)),
    (rows, (np.array, np.sum, list)), (astype, (np.ndarray.astype,)), (roll, (np.roll,)), (summed, (sum,)),
    (getitem, (operator.getitem,)), (list_item, (operator.getitem,)), (compared, (operator.lt, operator.eq)),
    (equal_of, (operator.eq, operator.ne)), (taken, (np.take,)), (repeated, (np.repeat,)), (norm, (np.linalg.norm,)),
    (quantile, (np.quantile, np.percentile)), (einsum, (np.einsum,)), (split, (np.split,)),
    (vectors_in_space, (np.cross,)))
CALLS: dict[str, tuple[Callable, Callable[[Draws], Call]]] = {
    f"{k}-{op.__module__}.{op.__name__}" if hasattr(op, "__module__") else f"{k}-{op.__name__}": (op, make)
    for k, (make, operations) in enumerate(TABLE) for op in operations}
