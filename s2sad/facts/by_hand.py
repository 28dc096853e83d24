"""Facts of results that trying an operation cannot tell: updates, helpers of cotangents, lists, sizes.

Before: ``x.shape[0] == 1`` for an axis whose symbolic dimension is not 1.  After: the constant ``False``.
"""
from __future__ import annotations

import bisect
import operator
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.facts.arguments import Result, fact_of
from s2sad.facts.cotangents import cotangent
from s2sad.facts.dims import _axis, _indexed, _reshaped, broadcast_dims, dims_of, index_parts, int_dim, is_basic
from s2sad.ir import Arg, Const, Pack, Var
from s2sad.ir.facts import (
    PYTHON_SCALARS,
    RANDOM,
    UNKNOWN,
    UNSET,
    Fact,
    constant,
    fresh_dim,
    is_not_one,
    join,
    join_items,
    least,
    shift_dim,
    taken_out,
)


def _update(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return facts[0].forget()


def _augmented(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    return facts[0].forget() if facts[0].is_array else None


def _selected(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return facts[2].forget()


def _appended(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    item = facts[1].forget() if facts[0].item is None else join_items(facts[0].item, facts[1].forget())
    length = facts[0].length
    return replace(facts[0], item=item, length=None if length is None else shift_dim(length, 1))


def _popped(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Result:
    return Result((replace(facts[0], length=None), taken_out(facts[0].item)), tuple)


def _getitem(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    index = fact_of(args[1])
    if facts[0].kind == "list":
        if index.kind == "int" or index.dtype is not None:
            return taken_out(facts[0].item)
        return replace(facts[0], length=None) if index.kind == "slice" else UNKNOWN
    if facts[0].kind == "tuple" and facts[0].dims is not None and type(index.value) is int:
        dim = facts[0].dims[index.value] if -len(facts[0].dims) <= index.value < len(facts[0].dims) else None
        return Fact("int", sym=dim) if not isinstance(dim, int) else Fact("int", sym=dim)
    if facts[0].parts is not None and type(index.value) is int and -len(facts[0].parts) <= index.value < len(
            facts[0].parts):
        return facts[0].parts[index.value]
    if facts[0].kind == "range":
        return Fact("range" if index.kind == "slice" else "int")
    if facts[0].is_array and facts[0].dtype is not None and facts[0].dims is not None:
        parts = index_parts(args[1])
        if parts is not None and is_basic(args[1]):
            dims = _indexed(args, facts, kwargs)
            if dims == () and not any(type(p) is Const and p.value is Ellipsis for p in parts):
                return Fact("scalar", facts[0].dtype)
            return Fact("array", facts[0].dtype, dims)
        gathered = _indexed(args, facts, kwargs)
        if gathered is not None:
            return Fact("array", facts[0].dtype, gathered) if gathered else Fact("scalar", facts[0].dtype)
        if parts is not None and len(parts) == 1 and fact_of(parts[0]).dtype == np.bool_:
            taken = fact_of(parts[0]).dims
            if taken is not None:
                return Fact("array", facts[0].dtype, (fresh_dim(), *facts[0].dims[len(taken):]))
    return None


def _zeros(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    fact = facts[0].forget()
    if fact.kind in ("float", "int", "bool"):
        return Fact("float")
    if fact.kind == "tuple":
        return Fact("list", item=UNKNOWN) if fact.parts is None else cotangent(fact)
    if fact.is_array or (fact.kind in ("scalar", "complex")) or fact.is_mixed:
        return fact
    return cotangent(fact)


def _same_fact(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return facts[0].forget()


def _other_length(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return replace(facts[0].forget(), length=None)


def _length(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    if facts[0].length is not None:
        return Fact("int", sym=facts[0].length)
    return Fact("int") if facts[0].kind in ("unknown", "object") else None


def _shape(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    if facts[0].is_scalar:
        return Fact("tuple", value=(), dims=())
    return Fact("tuple", dims=facts[0].dims)


def _size_of(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    """The number of elements: of a number 1; of an array with one dimension that is not 1, that dimension."""
    dims = dims_of(facts[0])
    if dims is None or kwargs or len(args) > 1:
        return Fact("int")
    others = [d for d in dims if d != 1]
    return constant(1) if not others else Fact("int", sym=others[0] if len(others) == 1 else None)


def _equality(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    """That a dimension is not a number less than it can be is known."""
    for a, b in (facts, facts[::-1]):
        if a.kind == b.kind == "int" and a.sym is not None and type(b.value) is int and (
                b.value < least(a.sym) or b.value == 1 and is_not_one(a.sym)):
            return constant(False)
    return None


def _inequality(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    return constant(True) if _equality(args, facts, kwargs) is not None else None


def _order(op: Callable) -> Callable:
    """The order of a dimension and a number is known where every size that it can have answers alike."""
    def known(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Any:
        for k, (a, b) in enumerate((facts, facts[::-1])):
            if a.kind == b.kind == "int" and a.sym is not None and type(b.value) is int and b.value < least(a.sym):
                return constant(op(1, 0) if k == 0 else op(0, 1))
        return _truth(args, facts, kwargs)
    return known


def _ndim(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return Fact("int") if facts[0].ndim is None else constant(facts[0].ndim)


def _eigenvalues(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    """Real or complex: that depends on the values."""
    return Fact("array", None, None if facts[0].dims is None else facts[0].dims[:-1])


def _eigenvectors(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Result:
    return Result((_eigenvalues(args, facts, kwargs), Fact("array", None, facts[0].dims)), _EIG)


_EIG = type(np.linalg.eig(np.eye(1)))


def _cross(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    """Of vectors in space; of two in a plane it is a number."""
    a, b = facts[:2]
    if not (a.is_array and b.is_array):
        return UNKNOWN
    dtype = np.result_type(a.dtype, b.dtype) if a.dtype is not None and b.dtype is not None else None
    if not a.dims or not b.dims or len(args) > 2 or kwargs or 3 not in (a.dims[-1], b.dims[-1]):
        return Fact("array", dtype)
    return Fact("array", dtype, (*broadcast_dims([a.dims[:-1], b.dims[:-1]]), 3))


def _known(truth: bool | None) -> Fact:
    return Fact("bool") if truth is None else constant(truth)


def _power(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    a, b = facts
    whole = ("int", "bool")
    if a.kind in whole and b.kind in whole and b.value is UNSET:
        return Fact("number")
    return None


def _squeeze(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    dims, axis = facts[0].dims, _axis(kwargs, args, 1)
    if facts[0].kind == "scalar":
        return facts[0].forget()
    if facts[0].kind in ("float", "int", "complex", "bool"):
        return Fact("array", np.dtype(facts[0].kind), ())
    if dims is None:
        return Fact("array", facts[0].dtype) if facts[0].is_array else None
    if isinstance(axis, int):
        return replace(facts[0].forget(), dims=tuple(d for i, d in enumerate(dims) if i != axis % len(dims)))
    if axis is None and all(d == 1 or is_not_one(d) for d in dims):
        return replace(facts[0].forget(), dims=tuple(d for d in dims if d != 1))
    return Fact("array", facts[0].dtype)


def _zeros_for_none(args: Any, facts: list[Fact], kwargs: Any) -> Fact | None:
    """What has the shape and dtype of the second argument, if that is of floats."""
    x = facts[1].forget()
    return x if x.is_float or (x.is_array and x.dtype is not None and x.dtype.kind in "fc") else UNKNOWN


def _unbroadcast(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    g, x = facts
    if x.is_array and x.dtype is not None and x.dims is not None and x.dtype.kind in "fc":
        return Fact("array", x.dtype, x.dims)
    if x.kind == "scalar" and x.dtype is not None and x.dtype.kind in "fc":
        return Fact("scalar", x.dtype)
    return _as_float(g) if x.kind == "float" else None


def _as_float(g: Fact) -> Fact:
    """A cotangent of a Python float: summed, the real part if it is complex; Python's if it is one or not double."""
    if g.kind == "complex":
        return Fact("float")
    dtype = g.dtype
    if dtype is None or g.kind not in ("scalar", "array"):
        return g if g.kind in ("float", "int", "bool", "real", "number") and g.is_complex is False else Fact("number")
    if dtype.kind == "c":
        return Fact("scalar", np.zeros(0, dtype).real.dtype)
    return Fact("float") if dtype.kind == "f" and dtype != np.float64 else Fact("scalar", dtype)


def _astype_of(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    g, x = facts
    one = g.is_scalar or g.dims == ()
    if x.kind == "float":
        return _as_float(g) if one else UNKNOWN
    if x.dtype is None or x.dtype.kind not in "fc" or x.kind not in ("scalar", "array"):
        return UNKNOWN
    if x.kind == "scalar":
        return Fact("scalar", x.dtype) if one else UNKNOWN
    return replace(g.forget(), dtype=x.dtype) if g.is_array else Fact("array", x.dtype, ()) if one else None


def _fitted(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    x = facts[1].forget()
    inexact = x.kind in ("array", "scalar") and x.dtype is not None and x.dtype.kind in "fc"
    return x if x.is_float or inexact else None


def _added(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    if all(f.is_scalar or f.is_array for f in facts):
        return None
    return join(facts[0].forget(), facts[1].forget())


def _like_second(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    g, y = facts
    return Fact("array", g.dtype, y.dims) if y.is_array and (g.dtype is not None) else (
        Fact("array", np.dtype(float), y.dims) if y.is_array and g.is_float else g.forget() if y.is_scalar else None)


def _seeded(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    y = facts[0].forget()
    return Fact("float") if y.is_float else y if y.is_array or y.kind == "scalar" else UNKNOWN


def _joined_lists(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    a, b = (_listed((v,), [f], {}) if type(v) is Pack else f for v, f in zip(args, facts))
    item = a.item if b.item is None else b.item if a.item is None else join_items(a.item, b.item)
    return Fact("list", item=item)


def _listed(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    if facts[0].kind == "list" and type(args[0]) is Pack:
        item: Fact | None = None
        for a in args[0].items:
            item = fact_of(a).forget() if item is None else join_items(item, fact_of(a).forget())
        return Fact("list", item=item, length=len(args[0].items))
    if facts[0].kind == "list":
        return facts[0].forget()
    first = facts[0].dims
    if facts[0].is_array and first is not None and facts[0].dtype is not None and len(first) > 0:
        item = Fact("scalar", facts[0].dtype) if len(first) == 1 else Fact("array", facts[0].dtype, first[1:])
        return Fact("list", item=item, length=first[0])
    return Fact("list", item=UNKNOWN)


def _reshape(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    """Without any axis NumPy's scalar stays one."""
    if facts[0].kind in ("scalar", "number", "real"):
        dims = _reshaped(args, facts, kwargs) if len(args) > 1 or "shape" in kwargs else None
        if not dims:
            return facts[0].forget() if dims == () and facts[0].kind == "scalar" else UNKNOWN
    return _broadcast(args, facts, kwargs)


def _broadcast(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    a = facts[0]
    dims = _reshaped(args, facts, kwargs) if len(args) > 1 or "shape" in kwargs else None
    dtype = a.dtype if a.dtype is not None else np.dtype(float) if a.kind == "float" else None
    if dims is None or dtype is None:
        return Fact("array", dtype) if dtype is not None else None
    return Fact("array", dtype, dims)


def _picked(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    """``max`` and ``min`` return one of their arguments, of whatever type it is."""
    if len(args) == 1 and type(args[0]) is Pack:
        facts = [fact_of(a) for a in args[0].items]
    elif len(args) == 1:
        if facts[0].is_array and facts[0].ndim == 1 and facts[0].dtype is not None:
            item = Fact("scalar", facts[0].dtype)
        elif facts[0].kind == "list":
            item = taken_out(facts[0].item)
        else:
            return None
        return join(item, fact_of(kwargs["default"]).forget()) if "default" in kwargs else item
    if not facts or all(f.value is not UNSET for f in facts):
        return None
    picked = facts[0].forget()
    for f in facts[1:]:
        picked = join(picked, f.forget())
    return picked


def _converted(kind: str) -> Callable:
    """What ``float`` and its like make of something of which nothing is known."""
    def fact(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
        return Fact(kind) if len(facts) == 1 and facts[0].kind in ("unknown", "object") else None
    return fact


def _truth(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    """Tuples and lists are compared by the first items that differ, and the answer is of the type of theirs."""
    if any(f.kind in ("tuple", "list") for f in facts):
        return UNKNOWN
    return Fact("bool") if all(f.kind in PYTHON_SCALARS for f in facts) and any(
        f.value is UNSET for f in facts) else None


BY_HAND: dict[Any, Callable] = {
    runtime.setitem: _update, runtime.add_at: _update, runtime.setview: _update, runtime.add_view: _update,
    runtime.copy: _same_fact, np.ndarray.copy: _same_fact,
    runtime.selected: _selected, runtime.append: _appended, runtime.pop: _popped, runtime.zeros_like: _zeros,
    runtime.zero_of: _zeros,
    runtime.unbroadcast: _unbroadcast, runtime.or_zeros: _zeros_for_none,
    runtime.astype_of: _astype_of, runtime.fitted: _fitted,
    runtime.broadcast_like: _like_second, runtime.seed: _seeded, runtime.add: _added,
    operator.getitem: _getitem, np.shape: _shape, np.ndim: _ndim,
    np.size: _size_of, operator.eq: _equality, operator.ne: _inequality,
    runtime.picked: _other_length, runtime.placed: _other_length,
    **dict.fromkeys((runtime.place_of, tuple.index, tuple.count), lambda args, facts, kwargs: Fact("int")),
    runtime.order: lambda args, facts, kwargs: Fact("list", item=Fact("int")),
    runtime.keys_of: lambda args, facts, kwargs: Fact("list", item=facts[0].item or UNKNOWN),
    tuple: lambda args, facts, kwargs: Fact("tuple") if facts and facts[0].kind == "list" and type(args[0]) is Var
    else None,
    bisect.bisect_left: lambda args, facts, kwargs: Fact("int"),
    bisect.bisect_right: lambda args, facts, kwargs: Fact("int"),
    list.index: lambda args, facts, kwargs: Fact("int"), list.count: lambda args, facts, kwargs: Fact("int"),
    dict: lambda args, facts, kwargs: facts[0].forget() if facts and facts[0].kind == "dict" and not kwargs else Fact(
        "dict", item=UNKNOWN if facts or kwargs else None),
    runtime.repeat_list: _other_length, runtime.fold_list: _other_length, runtime.join_lists: _joined_lists,
    list: _listed, np.reshape: _reshape, np.broadcast_to: _broadcast,
    operator.pow: _power, max: _picked, min: _picked, np.squeeze: _squeeze,
    np.linalg.eigvals: _eigenvalues, np.linalg.eig: _eigenvectors, np.cross: _cross,
    np.iscomplexobj: lambda args, facts, kwargs: _known(facts[0].is_complex),
    np.isrealobj: lambda args, facts, kwargs: _known(None if facts[0].is_complex is None else not facts[0].is_complex),
    **dict.fromkeys((operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ifloordiv, operator.imod,
                     operator.ipow, operator.imatmul, operator.iand, operator.ior, operator.ixor), _augmented),
    **{op: _order(op) for op in (operator.lt, operator.le, operator.gt, operator.ge)},
    float: _converted("float"), int: _converted("int"), bool: _converted("bool"), complex: _converted("complex"),
    str: _converted("str"), len: _length,
    **dict.fromkeys((time.time, time.perf_counter, time.monotonic, time.process_time),
                    lambda args, facts, kwargs: Fact("float")),
    **dict.fromkeys((np.matrix, np.asmatrix, np.bmat, np.ma.array, np.ma.MaskedArray, np.ma.masked_where),
                    lambda args, facts, kwargs: Fact("object")),
    runtime.shuffled: lambda args, facts, kwargs: Fact("array", np.dtype(int), (int_dim(args[1]),)) if (
        facts[2].value is True) else Fact("list", item=Fact("int")),
    hasattr: lambda args, facts, kwargs: Fact("bool"),
    range: lambda args, facts, kwargs: Fact("range"),
    np.random.default_rng: lambda args, facts, kwargs: Fact(np.random.Generator.__name__),
    **{cls: lambda args, facts, kwargs, name=name: Fact(name) for name, cls in RANDOM.items()},
    operator.not_: lambda args, facts, kwargs: None if facts[0].value is not UNSET else Fact("bool"),
    operator.is_: lambda args, facts, kwargs: None if all(f.value is not UNSET for f in facts) else Fact("bool"),
    operator.is_not: lambda args, facts, kwargs: None if all(f.value is not UNSET for f in facts) else Fact("bool"),
}
