"""Primitive operations: views, ``out=``, lists given for arrays, ufunc methods and ``np.vectorize``.

Before: ``np.add(x, [1.0, 2.0], out=y)``.  After: ``t = add(x, asarray([1.0, 2.0]))``, then ``y2 = setitem(y, ..., t)``.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import rules, runtime
from s2sad.frontend import known
from s2sad.frontend.values import NONE, Buffer, Kwargs, Ref, Tup, Value, const, static
from s2sad.frontend.writes import DEFINITE_VIEWS
from s2sad.ir.effects import VIEWS
from s2sad.specialize.resolve import MUTATES

TAKES_LISTS = {
    np.array,
    np.asarray,
    np.asanyarray,
    np.ascontiguousarray,
    np.stack,
    np.concatenate,
    np.vstack,
    np.hstack,
    np.column_stack,
    np.dstack,
    np.block,
    np.select,
    np.choose,
    np.piecewise,
    np.linalg.multi_dot,
    np.shape,
    np.meshgrid,
    np.r_,
    np.c_,
    np.einsum,
    np.pad,
    np.full,
    np.tile,
}
IDENTITIES = {np.asarray, np.asanyarray, np.ascontiguousarray}


def hashable(fn: Any) -> bool:
    try:
        hash(fn)
    except TypeError:
        return False
    return True


def _same_dtype(dtype: Any, known: Any) -> bool:
    try:
        return dtype is None or (known is not None and np.dtype(dtype) == known)
    except TypeError:
        return False


class Operations:
    """The part of the lowerer for primitive operations."""

    heap: dict[int, Any]

    def is_operation(self, fn: Any) -> bool:
        """Whether a callable is a primitive: it has a rule, or is known to have no derivative."""
        if not hashable(fn):
            return False
        if rules.lookup(fn) is not None or rules.has_no_gradient(fn):
            return True
        return isinstance(fn, (np.ufunc, runtime.Recursive)) or fn in MUTATES or getattr(fn, "__module__",
                                                                                         None) in ("math", "_operator")

    def call_op(self, fn: Callable, args: tuple[Value, ...], kwargs: Kwargs, hint: str = "") -> Value:
        """A primitive operation."""
        named = dict(kwargs)
        if fn is np.copyto and len(args) == 2 and not set(named) - {"where"}:
            source = args[1]
            if "where" in named:
                source = self.call_op(np.where, (named["where"], source, args[0]), ())
            self.put(args[0], const(Ellipsis), source)
            return NONE
        if hashable(fn) and fn in MUTATES:
            raise self.unsupported(f"`{fn.__name__}` writes to its argument", MUTATES[fn], code="S2S001")
        args, out = self.output_of(fn, args, named)
        if isinstance(fn, np.ufunc) and len(args) > fn.nin:
            args, out = args[:fn.nin], args[fn.nin]
        if isinstance(out, Tup) and len(out.items) == 1:
            out = out.items[0]
        if fn in IDENTITIES and len(args) == 1 and self.fact(args[0]).is_array:
            dtype = static(named["dtype"]) if "dtype" in named else None
            if not named or (set(named) == {"dtype"} and _same_dtype(dtype, self.fact(args[0]).dtype)):
                return args[0]
        definite = fn in DEFINITE_VIEWS or (fn in (np.reshape, np.ravel) and self.is_contiguous(args, named))
        if definite and args and isinstance(args[0], Ref) and self.fact(args[0]).is_array and out is None:
            rest = tuple(self.reify(a) for a in args[1:])
            named_args = tuple((k, self.reify(v)) for k, v in named.items())
            return self.view_of(args[0], fn, rest, named_args, hint)
        if fn not in TAKES_LISTS and (isinstance(fn, np.ufunc) or (getattr(fn, "__module__", None)
                                                                   or "").startswith("numpy")):
            args, named = self.lists_as_arrays(fn, args, named)
        value = self.emit(fn, tuple(self.reify(a) for a in args), tuple((k, self.reify(v)) for k, v in named.items()),
                          hint)
        if fn in VIEWS and args and isinstance(args[0], Ref):
            for v in (value, *(value.items if isinstance(value, Tup) else ()), *(self.literal_items(value) or ())):
                if isinstance(v, Ref) and isinstance(self.heap[v.cell], Buffer):
                    self.may_share(v, args[0])
        if out is None or static(out) is None:
            return value
        if not isinstance(out, Ref):
            raise self.unsupported("`out=` of something that is not an array", code="S2S011")
        self.put(out, const(Ellipsis), value)
        return out

    def output_of(self, fn: Callable, args: tuple[Value, ...], named: dict[str, Value]) -> tuple[tuple[Value, ...],
                                                                                                Value | None]:
        """The arguments without the array that the result is written to, and that array."""
        entry = rules.lookup(fn)
        names = [p.name for p in entry.params] if entry is not None else []
        if "output" not in names:
            return args, named.pop("out", None)
        k = names.index("output")
        if k < len(args):
            return (*args[:k], NONE, *args[k + 1:]), args[k]
        return args, named.pop("output", None)

    def is_contiguous(self, args: tuple[Value, ...], named: dict[str, Value]) -> bool:
        """Whether the first argument is certainly an array in C order, and no other order is asked for."""
        if not args or not isinstance(args[0], Ref) or args[0].path or set(named) - {"shape",
                                                                                     "newshape"} or len(args) > 2:
            return False
        cell = self.heap[args[0].cell]
        return isinstance(cell, Buffer) and cell.contiguous

    def lists_as_arrays(self, fn: Callable, args: tuple[Value, ...], named: dict[str, Value]) -> tuple[tuple[Value,
            ...], dict]:
        """Lists given where NumPy wants arrays, as arrays: rules are written for arrays."""
        entry = rules.lookup(fn)
        if entry is None:
            return (tuple(self.as_array(a) for a in args) if isinstance(fn, np.ufunc) else args), named
        names = [p.name for p in entry.params]
        given = tuple(self.as_array(a) if k < len(names) and names[k] in entry.wrt else a for k, a in enumerate(args))
        return given, {k: self.as_array(v) if k in entry.wrt else v for k, v in named.items()}

    def ufunc_outer(self, fn: np.ufunc, a: Value, b: Value) -> Value:
        """``np.add.outer(a, b)``: the operation after adding axes to ``a``."""
        ndim = self.fact(b).ndim
        if ndim is None:
            raise self.unsupported(f"`np.{fn.__name__}.outer` of an array whose number of dimensions is not known")
        if ndim and not self.fact(a).is_scalar:
            a = self.get(a, Tup((const(Ellipsis), *(NONE,) * ndim)))
        return self.call_op(fn, (a, b), ())

    def call_vectorized(self, fn: Value, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """A call of ``np.vectorize(fn)``: ``fn`` at every element."""
        if kwargs:
            raise self.unsupported("a function made by `np.vectorize` called with keywords", "pass them by position")
        made = self.call_function(known.vectorized, (fn, *args), (), "")
        fact = self.fact(made)
        if fact.dtype is None or fact.dtype.kind not in "fc":
            raise self.unsupported(
                "`np.vectorize` of a function that may return integers: NumPy takes the kind of the first",
                "return floats on every path", code="S2S011")
        return made
