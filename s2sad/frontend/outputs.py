"""Where an operation puts its result: ``out=``, ``where=`` and ``ufunc.at``.

Before: ``np.divide(x, n, out=y, where=n > 0)``.  After: ``t = selected(divide, n > 0, y, x, n)``, which writes to a
copy of ``y``, then ``y2 = setitem(y, ..., t)``.
"""
from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import is_basic
from s2sad.frontend.operations import hashable
from s2sad.frontend.values import NONE, Buffer, Ref, Tup, Value, const, static
from s2sad.ir import Arg, Const, Pack
from s2sad.ir.facts import UNSET

NAMES = ("out", "output")
"""What the parameter for the array that takes the result is called, in NumPy and in scipy.ndimage."""


@functools.cache
def _place_of_output(fn: Callable) -> int | None:
    """The position of the parameter that takes the result, None if there is none that can be given by position."""
    try:
        params = inspect.signature(fn).parameters
    except (TypeError, ValueError):
        return None
    places = [k for k, p in enumerate(params.values()) if p.name in NAMES and p.kind is not p.KEYWORD_ONLY]
    return places[0] if places else None


def _cast_error(fn: Callable, have: np.dtype, want: np.dtype) -> TypeError:
    """What NumPy raises where results of one dtype are put into an array of another."""
    try:
        if not ops.of(fn).is_pure:  # it may be made of a function of the user's
            raise TypeError(f"Cannot cast output of '{fn.__name__}' from {have!r} to {want!r}")
        fn(*[np.ones(1, have)] * getattr(fn, "nin", 1), out=np.zeros(1, want))
    except TypeError as error:
        return error.with_traceback(None)
    return TypeError(f"Cannot cast output of '{fn.__name__}' from {have!r} to {want!r}")


class Outputs:
    """The part of the lowerer for results that are written to something that is there."""

    heap: dict[int, Any]

    def output_of(self, fn: Callable, args: tuple[Value, ...], named: dict[str, Value]) -> tuple[tuple[Value, ...],
                                                                                                Value | None]:
        """The arguments without the array that the result is written to, and that array."""
        out = next((named.pop(k) for k in NAMES if k in named), None)
        if isinstance(fn, np.ufunc):
            if len(args) > fn.nin:
                args, out = args[:fn.nin], args[fn.nin] if len(args) == fn.nin + 1 else Tup(args[fn.nin:])
        elif hashable(fn) and (k := _place_of_output(fn)) is not None and k < len(args):
            args, out = (*args[:k], NONE, *args[k + 1:]), args[k]
        if isinstance(out, Tup) and len(out.items) == 1:
            out = out.items[0]
        out = None if out is None or static(out) is None else out
        if out is not None and isinstance(getattr(fn, "__self__", None), np.random.Generator) and (
                len(args) < (2 if fn.__name__ == "standard_gamma" else 1)):
            named.setdefault("size", self.shape_of(out))
        return args, out

    def selected(self, fn: np.ufunc, args: tuple[Value, ...], named: dict[str, Value], out: Value, hint: str) -> Value:
        """``fn(*args, out=out, where=…)``: the new content of ``out``."""
        mask = named.pop("where")
        if named or fn.nout > 1:
            raise self.unsupported(f"`np.{fn.__name__}` with `where=` and further options", "write `np.where(mask, …, "
                                   "…)`")
        given = (const(fn), mask, out, *(self.as_array(a) for a in args))
        return self.emit(runtime.selected, tuple(self.reify(a) for a in given), hint=hint)

    def store(self, fn: Callable, out: Value, value: Value) -> Value:
        """Write a result to ``out``."""
        if not isinstance(out, Ref) or isinstance(value, Tup):
            raise self.unsupported("`out=` of something that is not an array", code="S2S011")
        self.check_cast(fn, value, out)
        self.put(out, const(Ellipsis), value)
        return out

    def check_cast(self, fn: Callable, value: Value, out: Ref) -> None:
        """NumPy puts no floats into an array of integers and no complex numbers into one of floats here."""
        have, want = self.fact(value).dtype, self.fact(out).dtype
        if have is not None and want is not None and not np.can_cast(have, want, "same_kind"):
            what = f"`{fn.__name__}` has results of dtype {have} and `out=` is of dtype {want}: a TypeError in NumPy"
            raise self.failing(_cast_error(fn, have, want), what, "give `out` the dtype of the result", "S2S001")

    def ufunc_at(self, fn: np.ufunc, args: tuple[Value, ...]) -> Value:
        """``np.add.at(target, index, value)``: one after the other where an index is repeated."""
        target, index, *rest = args
        if not isinstance(target, Ref):
            raise self.unsupported(f"`np.{fn.__name__}.at` of something that is not an array", code="S2S011")
        if fn in (np.add, np.subtract):
            return self.add_at(target, index, rest[0] if fn is np.add else self.unary(operator.neg, rest[0]))
        if not _is_once(self.reify(index)):
            raise self.unsupported(f"`np.{fn.__name__}.at` with an index that may repeat", "write the loop")
        value = self.call_op(fn, (self.get(target, index), *rest), ())
        self.check_cast(fn, value, target)
        self.put(target, index, value)
        return NONE

    def add_at(self, target: Ref, index: Value, value: Value) -> Value:
        if target.path:
            raise self.unsupported("`np.add.at` through a view", "index the whole array", code="S2S004")
        state = self.heap[target.cell]
        if not isinstance(state, Buffer):
            raise self.unsupported("`np.add.at` of something that is not an array", code="S2S011")
        self.check_write(target.cell)
        new = self.emit_call(runtime.add_at, (state.arg, self.reify(index), self.reify(value)), (), self.version(state))
        self.heap[target.cell] = replace(state, arg=new)
        return NONE


def _is_once(index: Arg) -> bool:
    """Whether an index certainly names no element twice: numbers, slices and masks."""
    parts = index.items if type(index) is Pack and index.kind == "tuple" else (index,)
    if is_basic(index):
        return True
    known = [p.value if type(p) is Const else UNSET for p in parts]
    return all(fact_of(p).dtype == np.bool_ or is_basic(p) or getattr(v, "dtype", None) == np.bool_
               for p, v in zip(parts, known))
