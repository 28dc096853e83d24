"""Primitive operations: views, ``out=``, lists given for arrays, ufunc methods and ``np.vectorize``.

Before: ``np.add(x, [1.0, 2.0], out=y)``.  After: ``t = add(x, asarray([1.0, 2.0]))``, then ``y2 = setitem(y, ..., t)``.
"""
from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import ops, rules, runtime
from s2sad.frontend import known
from s2sad.frontend.values import NONE, Broken, Buffer, Kwargs, Ref, Tup, Value, const, static
from s2sad.frontend.written import WRITTEN
from s2sad.ir.facts import UNSET
from s2sad.ir.inert import compares_by_identity, is_a, is_of_the_user

IDENTITIES = (np.asarray, np.asanyarray, np.ascontiguousarray)


def hashable(fn: Any) -> bool:
    """Whether something can be looked up in a table without running code of the user's."""
    if is_of_the_user(type(fn)) and not compares_by_identity(fn):
        return False
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


@functools.lru_cache(1024)
def _names(fn: Callable) -> tuple[tuple[str, ...], int]:
    """The names of the parameters that can be given by position, and how many of them are required."""
    try:
        given = list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError):
        return (), 0
    parameters = list(itertools.takewhile(lambda p: p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD), given))
    return tuple(p.name for p in parameters), sum(p.default is p.empty for p in parameters)


def in_place_and_by_name(fn: Callable, args: tuple[Value, ...], kwargs: Kwargs) -> tuple[tuple[Value, ...], Kwargs]:
    """Arguments as the signature wants them: those that are required by position, the options ``copy`` and
    ``overwrite_…``, and what follows them, by name."""
    names, required = _names(fn) if kwargs or len(args) > 1 else ((), 0)
    named = dict(kwargs)
    for name in names[len(args):required]:
        if name not in named:
            break
        args = (*args, named.pop(name))
    option = next((k for k, name in enumerate(names) if name == "copy" or name.startswith("overwrite_")), len(args))
    return args[:option], (*zip(names[option:], args[option:]), *named.items())


class Operations:
    """The part of the lowerer for primitive operations."""

    heap: dict[int, Any]

    def is_operation(self, fn: Any) -> bool:
        """Whether a callable is a primitive: it has a rule, or is known to have no derivative."""
        if not hashable(fn):
            return False
        if rules.is_operation(fn) or fn is runtime.drawn:
            return True
        return isinstance(fn, (np.ufunc, runtime.Recursive)) or bool(ops.of(fn).writes) or getattr(fn, "__module__",
                                                                                         None) in ("math", "_operator")

    def is_plain(self, fn: Callable, args: tuple[Value, ...], named: dict[str, Value]) -> bool:
        """Whether a function that writes to its first argument is called without further options."""
        count = len(inspect.signature(WRITTEN[fn]).parameters)
        given = [*args, *(named[k] for k in ("axis",) if k in named)]
        return len(given) == count == len(args) + len(named) and self.fact(args[0]).ndim is not None and (
            fn is not np.put_along_axis or type(static(given[-1])) is int)

    def call_op(self, fn: Callable, args: tuple[Value, ...], kwargs: Kwargs, hint: str = "") -> Value:
        """A primitive operation."""
        if hashable(fn):
            args, kwargs = in_place_and_by_name(fn, args, kwargs)
        if args and is_a(fn, type) and issubclass(fn, (float, complex)) and self.fact(args[0]).kind == "str" and (
                static(args[0]) is UNSET and not self.is_steady(args[0])):
            raise self.unsupported("a number that is read from text: what the text was made of is lost",
                                   "compute with the number itself", code="S2S011")
        named = {k: v for k, v in kwargs if not k.startswith("overwrite_")}
        if any(k not in named and static(v) is not False for k, v in kwargs):
            return self.overwriting(fn, args, named, hint)
        if fn is np.copyto and len(args) == 2 and not set(named) - {"where"}:
            source = args[1]
            if "where" in named:
                source = self.call_op(np.where, (named["where"], source, args[0]), ())
            self.put(args[0], const(Ellipsis), source)
            return NONE
        if "copy" in named and static(named["copy"]) is not True and args and self.fact(args[0]).is_array:
            return self.copies_if_needed(fn, args, named, hint)
        if hashable(fn) and fn in WRITTEN and self.is_plain(fn, args, named):
            return self.call_source(WRITTEN[fn], args, tuple(named.items()), hint)
        whole = not named or (set(named) == {"wrap"} and static(named["wrap"]) is False)
        if fn is np.fill_diagonal and len(args) == 2 and whole and self.fact(args[1]).ndim == 0:
            return self.fill_diagonal(args[0], args[1])
        if ops.of(fn).writes:
            raise self.unsupported(f"`{fn.__name__}` writes to its argument", ops.of(fn).writes, code="S2S001")
        args, out = self.output_of(fn, args, named)
        if isinstance(fn, np.ufunc) and "where" in named and static(named["where"]) is True:
            del named["where"]
        if out is not None and isinstance(fn, np.ufunc) and "where" in named:
            return self.store(fn, out, self.selected(fn, args, named, out, hint))
        if fn in IDENTITIES and len(args) == 1 and self.fact(args[0]).is_array:
            dtype = static(named["dtype"]) if "dtype" in named else None
            if not named or (set(named) == {"dtype"} and _same_dtype(dtype, self.fact(args[0]).dtype)):
                return args[0]
        known = ops.of(fn)
        if args and self.is_idle(known, args, named):
            return args[0]
        if fn is np.ix_ and args and not named and all(map(self.is_own_index, args)):
            return self.open_mesh(args)
        definite = known.memory is ops.Memory.VIEW and not known.read_only
        definite |= fn in (np.reshape, np.ravel) and self.is_contiguous(args, named)
        if definite and args and isinstance(args[0], Ref) and self.fact(args[0]).is_array and out is None:
            rest = tuple(self.reify(a) for a in args[1:])
            named_args = tuple((k, self.reify(v)) for k, v in named.items())
            return self.view_of(args[0], fn, rest, named_args, hint)
        if not known.takes_lists and (isinstance(fn, np.ufunc) or (getattr(fn, "__module__", None)
                                                                   or "").startswith("numpy")):
            args, named = self.lists_as_arrays(fn, args, named)
        self.check_operands(fn, (*args, *named.values()))
        value = self.emit(fn, tuple(self.reify(a) for a in args), tuple((k, self.reify(v)) for k, v in named.items()),
                          hint)
        bases = known.sources(args, tuple(named.values())) if known.may_view else ()
        if any(isinstance(a, Ref) for a in bases):
            for v in (value, *(value.items if isinstance(value, Tup) else ()), *(self.literal_items(value) or ())):
                if isinstance(v, Ref) and isinstance(self.heap[v.cell], Buffer):
                    self.may_share(v, *bases)
        return value if out is None else self.store(fn, out, value)

    def is_idle(self, known: ops.Operation, args: tuple[Value, ...], named: dict[str, Value]) -> bool:
        """Whether the result certainly is the first argument itself: ``np.diff(a, n=0)``."""
        if not known.idle or not isinstance(args[0], Ref) or not self.fact(args[0]).is_array:
            return False
        name, position, value = known.idle
        given = args[position] if position < len(args) else named.get(name)
        return given is not None and type(static(given)) is int and static(given) == value

    def is_own_index(self, value: Value) -> bool:
        """Whether a value is an array of places that the function has made, which it may write to later."""
        fact = self.fact(value)
        return isinstance(value, Ref) and not value.path and value.cell in self.made and (
            fact.is_array and fact.ndim == 1 and fact.dtype is not None and fact.dtype.kind in "iu")

    def open_mesh(self, args: tuple[Value, ...]) -> Value:
        """``np.ix_(i, j)`` as what it is, views: one axis of each array among others of size 1."""
        ones = (const(1),) * len(args)
        return Tup(tuple(self.call_op(np.reshape, (a, Tup((*ones[:k], const(-1), *ones[k + 1:]))), ())
                         for k, a in enumerate(args)))

    def overwriting(self, fn: Callable, args: tuple[Value, ...], named: dict[str, Value], hint: str) -> Value:
        """A call with ``overwrite_a=True``, after which nobody knows what is in the arrays given."""
        value = self.call_op(fn, args, tuple(named.items()), hint)
        for v in args:
            if isinstance(v, Ref) and isinstance(self.heap[v.cell], Buffer):
                self.check_write(v.cell)
                self.heap[v.cell] = Broken(f"an array that `{fn.__name__}` was allowed to overwrite is read")
        return value

    def copies_if_needed(self, fn: Callable, args: tuple[Value, ...], named: dict[str, Value], hint: str) -> Value:
        """``np.array(a, copy=None)``, which may be ``a``; ``np.nan_to_num(a, copy=False)``, which writes to it."""
        rest = {k: v for k, v in named.items() if k != "copy"}
        if fn is np.array:
            dtype = args[1] if len(args) > 1 else rest.get("dtype", NONE)
            kwargs = tuple((k, v) for k, v in rest.items() if k != "dtype")
            return self.without_copy(args[0], np.array, () if static(dtype) is None else (dtype,), kwargs, dtype, hint)
        value = self.call_op(fn, args, tuple(rest.items()), hint)
        if fn is np.nan_to_num:
            return self.store(fn, args[0], value)
        for v in (value, *(self.literal_items(value) or ())):
            if isinstance(v, Ref):
                self.may_share(v, *args)
        return value

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

    def fill_diagonal(self, a: Value, value: Value) -> Value:
        """``np.fill_diagonal(a, number)`` of a matrix."""
        shape = self.literal_items(self.attribute(a, "shape"))
        if shape is None or len(shape) != 2:
            raise self.unsupported("`fill_diagonal` of something that is not known to be a matrix",
                                   ops.of(np.fill_diagonal).writes, code="S2S001")
        places = self.call_op(np.arange, (self.call_object(min, shape, (), "n"),), ())
        self.put(a, Tup((places, places)), value)
        return NONE

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
