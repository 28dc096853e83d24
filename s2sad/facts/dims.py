"""Symbolic dimensions of results: which axes have the size of which axes of the arguments.

That two arrays have one shape, whatever it is, spares the code that would undo a broadcast.

Before: ``np.dot(A, x)`` with ``A`` of dimensions ``(m, n)``.  After: dimensions ``(m,)``.
"""
from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.facts.arguments import fact_of
from s2sad.ir import Arg, Const, Pack, Var
from s2sad.ir.facts import (
    UNSET,
    Dim,
    Fact,
    fresh_dim,
    is_filled,
    is_not_one,
    shift_dim,
    symbols,
)
from s2sad.ir.inert import is_a
from s2sad.ops import canonical
from s2sad.rules import lookup


def broadcast_dims(shapes: list[tuple[Dim, ...]]) -> tuple[Dim, ...]:
    """The dimensions of a broadcast, provided that it does not raise."""
    out: list[Dim] = []
    for k in range(1, max((len(s) for s in shapes), default=0) + 1):
        dims = [s[-k] for s in shapes if len(s) >= k]
        certain = [d for d in dims if is_not_one(d)]
        others = {d for d in dims if d != 1}
        if certain:
            out.append(certain[0])
        elif not others:
            out.append(1)
        else:
            out.append(others.pop() if len(others) == 1 else fresh_dim())
    return tuple(reversed(out))


def fills(dims: tuple[Dim, ...] | None, others: list[tuple[Dim, ...] | None]) -> bool:
    """Whether an operand with ``dims`` certainly has the shape of its broadcast with ``others``."""
    if dims is None or any(o is None for o in others):
        return False
    if any(len(o) > len(dims) for o in others if o is not None):
        return False
    for k in range(1, len(dims) + 1):
        if is_not_one(dims[-k]):
            continue
        if any(o[-k] not in (1, dims[-k]) for o in others if o is not None and len(o) >= k):
            return False
    return True


def dims_of(fact: Fact) -> tuple[Dim, ...] | None:
    """Dimensions of an array, a scalar, or what is made of a list of them; None if they are not known."""
    if fact.kind == "list":
        inner = dims_of(fact.item) if fact.item is not None and is_filled(fact.length) else None
        alike = inner is not None and not any(symbol[0] == "i" for symbol in symbols(fact.item))  # type: ignore
        return (fact.length, *inner) if alike else None  # type: ignore[misc]
    return () if fact.is_scalar else fact.dims if fact.is_array else None


def int_dim(arg: Arg) -> Dim:
    """The dimension that an integer argument stands for."""
    fact = fact_of(arg)
    if type(fact.value) is int:
        return fact.value if fact.value >= 0 else fresh_dim()
    if fact.sym is not None:
        return fact.sym
    return (("v", arg), 0) if type(arg) is Var else fresh_dim()


def _shape_dims(arg: Arg) -> tuple[Dim, ...] | None:
    """The dimensions that a shape argument stands for."""
    if type(arg) is Pack and arg.kind in ("tuple", "list"):
        return tuple(int_dim(a) for a in arg.items)
    fact = fact_of(arg)
    if fact.kind == "int":
        return (int_dim(arg),)
    if type(fact.value) is tuple:
        return tuple(n if type(n) is int and n >= 0 else fresh_dim() for n in fact.value)
    if fact.kind == "tuple" and fact.dims is not None:
        return fact.dims
    return None


def _axis(kwargs: dict[str, Arg], args: tuple[Arg, ...], position: int) -> Any:
    arg = kwargs.get("axis", args[position] if len(args) > position else None)
    if arg is None:
        return None
    if type(arg) is Pack:
        return tuple(fact_of(a).value for a in arg.items)
    return fact_of(arg).value


def _reduced(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    dims, axis = facts[0].dims, _axis(kwargs, args, 1)
    if dims is None or axis is UNSET:
        return None
    axes = range(len(dims)) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = {a % len(dims) for a in axes}
    keep = kwargs.get("keepdims")
    if keep is not None and fact_of(keep).value is True:
        return tuple(1 if i in axes else d for i, d in enumerate(dims))
    return tuple(d for i, d in enumerate(dims) if i not in axes)


def _matmul(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    a, b = facts[0].dims, facts[1].dims
    if a is None or b is None or not a or not b:
        return None
    batch = broadcast_dims([a[:-2], b[:-2]])
    return (*batch, *(a[-2:-1] if len(a) > 1 else ()), *(b[-1:] if len(b) > 1 else ()))


def _dot(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    a, b = facts[0].dims, facts[1].dims
    if a and b:
        return (*a[:-1], *b[:-2], *(b[-1:] if len(b) > 1 else ()))
    return None


def _solved(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    """``np.linalg.solve``: stacks of systems are broadcast; a single vector is one right-hand side of all."""
    a, b = facts[0].dims, facts[1].dims
    if a is None or b is None or len(a) < 2:
        return None
    return (*a[:-2], *b) if len(b) == 1 else (*broadcast_dims([a[:-2], b[:-2]]), *b[-2:])


def _expand(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    axis, dims = _axis(kwargs, args, 1), list(facts[0].dims or ())
    if not isinstance(axis, int):
        return None
    dims.insert(axis if axis >= 0 else len(dims) + 1 + axis, 1)
    return tuple(dims)


def _transposed(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    dims = facts[0].dims
    axes = kwargs.get("axes", args[1] if len(args) > 1 else None)
    if dims is None or axes is None or fact_of(axes).value is None:
        return dims[::-1] if dims is not None else None
    order = [fact_of(a).value for a in axes.items] if type(axes) is Pack else fact_of(axes).value
    return tuple(dims[i] for i in order)


def _swapped(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    dims = list(facts[0].dims or ())
    i, j = fact_of(args[1]).value, fact_of(args[2]).value
    dims[i], dims[j] = dims[j], dims[i]
    return tuple(dims)


def index_parts(index: Arg) -> list[Arg] | None:
    """The parts of an index, one per comma; None if they are not known."""
    if type(index) is Pack and index.kind == "tuple":
        return list(index.items)
    fact = fact_of(index)
    if type(fact.value) is tuple:
        return [Const(v) for v in fact.value]
    return None if fact.kind == "tuple" else [index]


def is_basic(index: Arg) -> bool | None:
    """Whether an index is basic (ints, slices, None, Ellipsis: a view), None if that is not known."""
    parts = index_parts(index)
    if parts is None:
        return None
    sure = True
    for part in parts:
        if type(part) is Pack:
            if part.kind != "slice":
                return False
            continue
        fact = fact_of(part)
        if type(part) is Const and (part.value is None or part.value is Ellipsis or is_a(part.value, slice)):
            continue
        if fact.kind == "int" or (fact.kind == "scalar" and fact.dtype is not None and fact.dtype.kind in "iu"):
            continue
        if fact.kind in ("array", "list", "bool") or fact.dtype is not None:
            return False
        sure = False
    return True if sure else None


def _indexed(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    dims, parts = facts[0].dims, index_parts(args[1])
    if dims is None or parts is None:
        return None
    if not is_basic(args[1]):
        return _gathered(dims, parts)
    consumed = sum(1 for p in parts if not (type(p) is Const and (p.value is None or p.value is Ellipsis)))
    if consumed > len(dims):
        return None
    out: list[Dim] = []
    left = list(dims)
    for p in parts:
        if type(p) is Const and p.value is None:
            out.append(1)
        elif type(p) is Const and p.value is Ellipsis:
            keep = len(dims) - consumed
            out += left[:keep]
            left = left[keep:]
        elif type(p) is Pack:
            out.append(_sliced(left.pop(0), p))
        elif type(p) is Const and is_a(p.value, slice):
            v = p.value
            out.append(_sliced(left.pop(0), Pack("slice", (Const(v.start), Const(v.stop), Const(v.step)))))
        else:
            left.pop(0)
    return (*out, *left)


def _gathered(dims: tuple[Dim, ...], parts: list[Arg]) -> tuple[Dim, ...] | None:
    """The dimensions of ``x[:, i, j]`` for arrays of integers ``i`` and ``j`` that stand side by side."""
    facts = [fact_of(p) for p in parts]
    places = [k for k, (p, f) in enumerate(zip(parts, facts)) if not (type(p) is Pack and p.kind == "slice")]
    if places != list(range(places[0], places[-1] + 1)) or len(parts) > len(dims):
        return None
    taken = [facts[k] for k in places]
    if any(f.dtype is None or f.dtype.kind not in "iu" if f.is_array else f.kind != "int" for f in taken):
        return None
    shapes = [dims_of(f) for f in taken]
    if any(s is None for s in shapes):
        return None
    sliced = {k: _sliced(dims[k], p) for k, p in enumerate(parts) if type(p) is Pack}
    before = tuple(sliced[k] for k in range(places[0]))
    after = tuple(sliced[k] for k in range(places[-1] + 1, len(parts)))
    return (*before, *broadcast_dims(shapes), *after, *dims[len(parts):])  # type: ignore[arg-type]


def _sliced(dim: Dim, s: Pack) -> Dim:
    """The dimension of ``x[lo:hi]``: exact for constant offsets from the ends, e.g. ``1:-1`` of n is n - 2 (clamped at
    zero for both operands alike)."""
    lo, hi, step = (fact_of(a).value for a in s.items)
    if isinstance(dim, int) and all(v is None or type(v) is int for v in (lo, hi, step)):
        return len(range(*slice(lo, hi, step).indices(dim)))
    if step == -1 and lo is None and hi is None:
        return dim
    if step not in (None, 1) or lo is UNSET:
        return _slice_symbol(dim, s)
    lo = 0 if lo is None else lo
    if type(lo) is int and lo >= 0:
        if hi is None:
            return shift_dim(dim, -lo)
        if type(hi) is int and hi < 0:
            return shift_dim(dim, hi - lo)
        sym = fact_of(s.items[1]).sym
        if hi is UNSET and isinstance(sym, tuple) and isinstance(dim, tuple) and sym[0] == dim[0] and sym[1] <= dim[1]:
            return shift_dim(sym, -lo)
    return _slice_symbol(dim, s)


def _slice_symbol(dim: Dim, s: Pack) -> Dim:
    """A dimension named by the slice itself: the same slice of the same dimension has the same size."""
    bounds = tuple(a if type(a) is Var and a.fact.value is UNSET else fact_of(a).value for a in s.items)
    return (("s", (dim, *bounds)), 0)


def _reshaped(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    return _shape_dims(kwargs.get("shape", args[1]) if len(args) > 1 else kwargs["shape"])


def _created(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    return _shape_dims(kwargs.get("shape", args[0]) if args else kwargs["shape"])


def _like(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    return dims_of(facts[0]) if "shape" not in kwargs else None


def _listed(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    """``np.array`` of what is written as a list, and of an array."""
    return _written(args[0]) if args and type(args[0]) is Pack else _like(args, facts, kwargs)


def _written(pack: Pack) -> tuple[Dim, ...] | None:
    """The dimensions of the array of a list of numbers, of arrays, or of lists of such."""
    if pack.kind not in ("list", "tuple") or not pack.items:
        return None
    shapes = [_written(a) if type(a) is Pack else dims_of(fact_of(a)) for a in pack.items]
    one = _one_shape(shapes)
    return None if one is None else (len(shapes), *one)


def _one_shape(shapes: list[tuple[Dim, ...] | None]) -> tuple[Dim, ...] | None:
    """Of arrays that certainly have one shape, what is known of it."""
    known = [s for s in shapes if s is not None]
    if not known or len(known) < len(shapes) or len({len(s) for s in known}) > 1:
        return None
    return tuple(next((d for d in sizes if isinstance(d, int)), sizes[0]) for sizes in zip(*known))


def _stacked(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    axis = _axis(kwargs, args, 1)
    axis = 0 if axis is None and "axis" not in kwargs and len(args) < 2 else axis
    one = _one_shape([dims_of(fact_of(a)) for a in args[0].items]) if type(args[0]) is Pack else None
    if one is None or not isinstance(axis, int):
        return None
    axis = axis % (len(one) + 1)
    return (*one[:axis], len(args[0].items), *one[axis:])  # type: ignore[union-attr]


def _in_rows(least: int, axis: Callable[[int], int]) -> Callable:
    """``np.vstack`` and ``np.hstack``: arrays of at least so many dimensions joined along an axis."""
    def dims(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
        shapes = [dims_of(fact_of(a)) for a in args[0].items] if type(args[0]) is Pack else []
        known = [(1,) * (least - len(s)) + s for s in shapes if s is not None]
        if not known or len(known) < len(shapes) or len({len(s) for s in known}) > 1:
            return None
        along, first = axis(len(known[0])), list(known[0])
        first[along] = _joined_dim([s[along] for s in known])
        return tuple(first)
    return dims


def _unit(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    """``np.eye`` and ``np.identity``."""
    return None if len(args) > 2 or "M" in kwargs or "N" in kwargs else (int_dim(args[0]), int_dim(args[-1]))


def _spaced(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    """``np.linspace`` between two numbers."""
    if len(args) < 2 or len(args) > 3 or not (facts[0].is_scalar and facts[1].is_scalar) or "num" in kwargs:
        return None
    return (int_dim(args[2]) if len(args) == 3 else 50,)


def _outer(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    a, b = facts[0].dims, facts[1].dims
    return (a[0], b[0]) if a is not None and b is not None and len(a) == len(b) == 1 else None


def _at_least(n: int) -> Callable:
    """``np.atleast_1d`` and ``np.atleast_2d`` of one array."""
    def dims(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
        given = dims_of(facts[0])
        return None if given is None or len(args) != 1 else (1,) * (n - len(given)) + given
    return dims


def _joined_dim(dims: list[Dim]) -> Dim:
    """The sum of some dimensions: known if at most one is symbolic, and that is a size as it is."""
    symbols = [d for d in dims if not isinstance(d, int)]
    if len(symbols) > 1 or (symbols and symbols[0][1] < 0):
        return fresh_dim()
    known = sum(d for d in dims if isinstance(d, int))
    return shift_dim(symbols[0], known) if symbols else known


def _joined(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    axis = _axis(kwargs, args, 1)
    axis = 0 if axis is None and "axis" not in kwargs and len(args) < 2 else axis
    shapes = [dims_of(fact_of(a)) for a in args[0].items] if type(args[0]) is Pack else []
    if not shapes or not isinstance(axis, int) or any(not s for s in shapes):
        return None
    first = list(shapes[0])  # type: ignore[arg-type]
    axis = axis % len(first)
    first[axis] = _joined_dim([s[axis] for s in shapes])  # type: ignore[index]
    return tuple(first)


def _inserted(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    """``np.insert`` at some places of a vector."""
    a, at = facts[0].dims, facts[1].dims
    if a is None or at is None or len(a) != 1 or len(at) != 1 or len(args) > 3 or kwargs or (
            facts[1].dtype is None or facts[1].dtype.kind not in "iu"):
        return None
    return (_joined_dim([a[0], at[0]]),)


def _deleted(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    """``np.delete`` of one place, of an axis whose size is known."""
    dims, axis = facts[0].dims, _axis(kwargs, args, 2)
    one = facts[1].kind == "int" or (facts[1].dims == (1,) and facts[1].dtype is not None
                                     and facts[1].dtype.kind in "iu")
    if not one or dims is None or not isinstance(axis, int) or not isinstance(dims[axis], int):
        return None
    axis = axis % len(dims)
    return (*dims[:axis], dims[axis] - 1, *dims[axis + 1:])


_SAME = (np.cumsum, np.cumprod, np.sort, np.flip, np.flipud, np.fliplr, np.roll, np.triu, np.tril, np.copy,
         np.linalg.inv,
         np.linalg.cholesky, np.nan_to_num, np.real, np.imag, np.ndarray.astype,
         np.ascontiguousarray, np.around, np.conjugate)
_DIMS: dict[Any, Callable] = {
    **dict.fromkeys((np.sum, np.mean, np.prod, np.var, np.std, np.max, np.min, np.amax, np.amin, np.any, np.all,
                     np.argmax,
                     np.argmin, np.nansum, np.nanmean, np.median, np.count_nonzero, np.ptp), _reduced),
    **dict.fromkeys(_SAME, _like), np.zeros_like: _like, np.ones_like: _like, np.full_like: _like, np.empty_like: _like,
    **dict.fromkeys((np.array, np.asarray, np.asanyarray), _listed), np.stack: _stacked, np.eye: _unit,
    np.identity: _unit, np.vstack: _in_rows(2, lambda ndim: 0), np.hstack: _in_rows(1, lambda ndim: min(ndim - 1, 1)),
    np.linspace: _spaced,
    np.zeros: _created, np.ones: _created, np.empty: _created, np.full: _created,
    np.reshape: _reshaped, np.broadcast_to: _reshaped, np.matmul: _matmul, np.dot: _dot, np.expand_dims: _expand,
    np.transpose: _transposed, np.swapaxes: _swapped, operator.getitem: _indexed, np.outer: _outer,
    np.linalg.solve: _solved,
    np.atleast_1d: _at_least(1), np.atleast_2d: _at_least(2), np.concatenate: _joined, np.insert: _inserted,
    np.delete: _deleted,
    np.arange: lambda args, facts, kwargs: (int_dim(args[0]),) if len(args) == 1 else None,
}


def refine(op: Callable, args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg], got: Fact) -> Fact:
    """Add symbolic dimensions to what the samples told."""
    op = canonical(op)
    if got.kind == "int":
        return _refine_int(op, args, facts, got)
    if got.kind != "array" or got.dims is None:
        return got
    dims = None
    if isinstance(op, np.ufunc) and op.signature is None and op.nout == 1 or op in (np.where, np.clip):
        shapes = [dims_of(f) for f in facts[:op.nin if isinstance(op, np.ufunc) else 3]]
        if all(s is not None for s in shapes):
            dims = broadcast_dims(shapes)  # type: ignore[arg-type]
    elif (entry := lookup(op)) is not None and entry.kind == "elementwise" and not kwargs:
        shapes = [dims_of(f) for f in facts]
        if None not in shapes:
            dims = broadcast_dims(shapes)  # type: ignore[arg-type]
    elif op in _DIMS:
        try:
            dims = _DIMS[op](args, facts, kwargs)
        except (IndexError, TypeError, ValueError, AttributeError):
            dims = None
    if dims is None or len(dims) != len(got.dims):
        return got
    return replace(got, dims=tuple(dims))


def _refine_int(op: Callable, args: tuple[Arg, ...], facts: list[Fact], got: Fact) -> Fact:
    if op is len and facts[0].dims:
        return replace(got, sym=facts[0].dims[0])
    if op in (np.add, np.subtract) and len(facts) == 2:
        sign = 1 if op is np.add else -1
        if facts[0].sym is not None and type(facts[1].value) is int:
            return replace(got, sym=shift_dim(facts[0].sym, sign * facts[1].value))
        if sign == 1 and facts[1].sym is not None and type(facts[0].value) is int:
            return replace(got, sym=shift_dim(facts[1].sym, facts[0].value))
    return got
