"""Reading through names: what aliases what.

A name is a ``Ref``: a cell and a chain of views. Reading walks the chain from the newest version of the cell; writing
(``writes``) makes a new version of the *cell*, so every other name for it sees the write.

Before: ``row = A[i]; b = row[j]``.  After: ``b = getitem(A1, (i, j))`` or a read through the path, of the newest ``A``.
"""
from __future__ import annotations

import collections
import operator
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import is_basic
from s2sad.facts.infer import infer
from s2sad.facts.tried import is_plain
from s2sad.frontend.captures import is_key
from s2sad.frontend.sets import is_mapping
from s2sad.frontend.values import (
    Atom,
    Bound,
    Broken,
    Buffer,
    Closure,
    Default,
    Fields,
    Generator,
    Items,
    Iteration,
    Lazy,
    Method,
    Ref,
    Slice,
    Step,
    Table,
    Tup,
    Unbound,
    Value,
    const,
    static,
    unset_in,
)
from s2sad.ir import Arg, Const, Fact, Pack, Var
from s2sad.ir.facts import UNSET
from s2sad.ir.inert import MISSING, is_a, is_of_the_user, look_in_class

FLAGS = {"C": "c_contiguous", "F": "f_contiguous", "A": "aligned", "W": "writeable", "O": "owndata"}
"""What ``a.flags[…]`` asks for by letter, as attributes."""


def is_truth(fact: Fact) -> bool:
    """Whether a value is one bool, Python's or NumPy's."""
    return fact.kind == "bool" or (fact.kind == "scalar" and fact.dtype == np.bool_)


class Places:
    """The part of the lowerer that reads through places."""

    heap: dict[int, Any]
    flags: set[Arg]

    def read(self, ref: Ref, hint: str = "") -> Arg:
        """The newest value that a reference stands for."""
        cell = self.heap.get(ref.cell)
        match cell:
            case Buffer():
                return self.walk_path(ref, cell.arg, hint)
            case Items():
                return Pack("list", tuple(self.reify(v) for v in cell.values))
            case Table() if cell.cls is set:
                return self.emit_arg(set, Pack("tuple", tuple(Const(k) for k in cell.keys)))
            case Table() if self.is_record(ref):
                raise self.unsupported(f"a `{cell.cls.__name__}` handed to code that is not inlined",
                                       "pass its items", code="S2S011")
            case Table():
                return Pack("dict", tuple(self.reify(v) for v in cell.values), cell.keys)
            case Fields():
                return self.reify_object(cell)
            case Broken():
                raise self.unsupported(cell.reason, "give it one form before the paths part", code="S2S010")
        raise self.unsupported("a value that was made on another path is used here", code="S2S010")

    def walk_path(self, ref: Ref, root: Arg, hint: str) -> Arg:
        arg = root
        for k, step in enumerate(ref.path, 1):
            key = (ref.cell, ref.path[:k])
            seen = self.views.get(key)
            if seen is not None and seen[0] is root:
                arg = seen[1]
                continue
            fact = infer(step.op, (arg, *step.args), step.kwargs).facts[0]
            arg = self.emit_call(step.op, (arg, *step.args), step.kwargs, Var(hint or "t", fact))
            self.views[key] = (root, arg)
        return arg

    def view_of(self, base: Ref, op: Callable, args: tuple[Arg, ...], kwargs: tuple = (), hint: str = "") -> Value:
        """``op(base, *args)``, known to be a view: the place it stands for."""
        fact = infer(op, (self.read(base), *args), kwargs).facts[0]
        ref = Ref(base.cell, (*base.path, Step(op, args, kwargs)), fact)
        self.read(ref, hint)
        return ref

    def get(self, base: Value, index: Value, hint: str = "") -> Value:
        """``base[index]``."""
        if isinstance(base, Ref) and not base.path:
            cell = self.heap[base.cell]
            if isinstance(cell, Items):
                return self.get_item(base, cell, index, hint)
            if is_mapping(cell):
                return self.get_key(base, cell, index)
            if self.is_set(base):
                raise self.failing(TypeError("'set' object is not subscriptable"), "an item of a set",
                                   "make it a list: `list(…)`")
            if isinstance(cell, Fields):
                return self.call_special(base, "__getitem__", (index,))
        match base:
            case Tup():
                picked = self.pick(base.items, index, tuple)
                if picked is not None:
                    return Tup(picked) if isinstance(picked, tuple) else picked
                return self.get(self.dynamic_list(base.items), index, hint)
            case Ref():
                return self.get_buffer(base, index, hint)
            case Atom() if self.fact(base).kind in ("scalar", "number") and is_truth(self.fact(index)):
                row, mask = (self.emit(np.reshape, (self.reify(v), Pack("tuple", (Const(1),)))) for v in (base, index))
                return self.get(row, mask, hint)
            case Atom() if (axes := self.new_axes(base, index)) is not None:
                return base if axes < 0 else self.emit(np.reshape, (base.arg, Pack("tuple", (Const(1),) * axes)),
                                                       hint=hint)
            case Atom() if base.arg in self.flags and (asked := FLAGS.get(static(index))) is not None:
                return self.emit(getattr, (base.arg, Const(asked)), hint=asked)
            case Atom():
                if base.is_static and static(index) is not UNSET:
                    return self.known_item(base.value, static(index))
                if base.is_static and type(look_in_class(type(base.value), "__getitem__")) is types.FunctionType:
                    known = self.known_index(index)
                    if known is not UNSET and not is_of_the_user(type(base.value)):
                        return self.capture(base.value[known], None)
                    return self.call(self.attribute(base, "__getitem__"), (index,), ())
                return self.emit(operator.getitem, (base.arg, self.reify(index)), hint=hint)
            case Iteration(kind="range"):
                return self.emit(operator.getitem, (self.reify(base), self.reify(index)), hint=hint)
        if isinstance(base, Unbound):
            raise self.unbound(base)
        raise self.unsupported(f"subscript of {self.describe(base)}")

    def known_index(self, index: Value) -> Any:
        """An index of numbers and slices that are known now, or UNSET."""
        if isinstance(index, Tup):
            parts = tuple(map(self.known_index, index.items))
            return UNSET if any(p is UNSET for p in parts) else parts
        if isinstance(index, Slice):
            bounds = tuple(map(static, index.parts))
            return UNSET if any(b is UNSET for b in bounds) else slice(*bounds)
        return static(index)

    def known_item(self, base: Any, index: Any) -> Value:
        """An item of something that is known now."""
        written = look_in_class(type(base), "__getitem__")
        if type(written) is types.FunctionType:
            return self.call_function(written, (const(base), const(index)), (), "")
        safe = is_plain(base) or is_a(base, (dict, list, tuple, types.MappingProxyType)) and is_key(index)
        if not safe or (is_a(base, dict) and look_in_class(type(base), "__missing__") is not MISSING):
            return self.emit(operator.getitem, (Const(base), Const(index)))
        try:
            return self.capture(base[index], None)
        except (LookupError, TypeError) as error:
            raise self.failing(error) from None

    def new_axes(self, base: Atom, index: Value) -> int | None:
        """How many axes an index adds to a NumPy scalar, -1 for ``x[()]``; None if the index is something else."""
        parts = index.items if isinstance(index, Tup) else (index,)
        if self.fact(base).kind not in ("scalar", "number") or any(static(p) not in (None, Ellipsis) for p in parts):
            return None
        return len([p for p in parts if static(p) is None]) if parts else -1

    def get_item(self, base: Ref, cell: Items, index: Value, hint: str) -> Value:
        picked = self.pick(cell.values, index, list)
        if picked is not None:
            return self.new_list(picked) if isinstance(picked, tuple) else picked
        self.make_dynamic(base)
        return self.get_buffer(base, index, hint)

    def get_key(self, base: Ref, cell: Table, index: Value) -> Value:
        if self.is_computed(index):
            return self.call_special(self.run_time_dict(base, cell), "__getitem__", (index,))
        key = self.static_key(index)
        for k, v in zip(cell.keys, cell.values):
            if k == key:
                return v
        if cell.cls is collections.Counter:
            return const(0)
        if isinstance(cell.cls, Default):
            value = self.call(cell.cls.factory, (), ())
            self.put(base, index, value)
            return value
        raise self.failing(KeyError(key), f"the key {key!r} is not in the dict here", code="S2S010")

    def static_key(self, index: Value) -> Any:
        if isinstance(index, Tup):
            return tuple(self.static_key(v) for v in index.items)
        key = static(index)
        if key is UNSET:
            raise self.unsupported("a dict key that is computed at run time",
                                   "use a list or an array, indexed by an int",
                                   code="S2S010")
        if not is_key(key):
            raise self.unsupported("a key whose class compares in its own way", "use a string or a number as key",
                                   code="S2S010")
        return key

    def pick(self, items: tuple[Value, ...], index: Value, kind: type) -> Any:
        """The item (or tuple of items) of a list or tuple at a static index; None if the index is not static."""
        if isinstance(index, Slice):
            parts = [static(p) for p in index.parts]
            return None if unset_in(parts) else items[slice(*parts)]
        k = static(index)
        if k is UNSET or isinstance(k, np.ndarray):
            return None
        if isinstance(k, slice):
            return items[k]
        try:
            return kind(items)[k]
        except (IndexError, TypeError) as error:
            raise self.failing(error, f"index {k!r} is out of range for {len(items)} items", code="S2S010") from None

    def index_arg(self, index: Value) -> Arg:
        """An index; a tuple of run-time length, which is a list otherwise, as the tuple that it is."""
        arg = self.reify(index)
        if isinstance(index, Ref) and index.cell in self.tuples and not index.path:
            return self.emit_arg(tuple, arg, hint="index")
        return arg

    def get_buffer(self, base: Ref, index: Value, hint: str) -> Value:
        arg, idx = self.read(base), self.index_arg(index)
        fact = fact_of(arg)
        result = infer(operator.getitem, (arg, idx), ()).facts[0]
        if result.is_scalar or result.kind in ("str", "none"):
            return self.emit(operator.getitem, (arg, idx), hint=hint)
        basic = is_basic(idx)
        if (fact.is_array and basic) or (fact.kind == "list" and fact_of(idx).kind in ("int", "scalar")):
            return self.view_of(base, operator.getitem, (idx,), hint=hint)
        value = self.emit(operator.getitem, (arg, idx), hint=hint)
        if isinstance(value, Ref) and not (fact.is_array and basic is False):
            self.may_share(value, base)
        return value

    def may_share(self, value: Ref, *others: Value) -> None:
        """Note that the memory of ``value`` may be that of ``others``."""
        cell = self.heap[value.cell]
        if isinstance(cell, Buffer):
            shared = frozenset().union(*(self.aliases(o.cell) for o in others if isinstance(o, Ref)))
            self.heap[value.cell] = replace(cell, alias=cell.alias | shared)

    def aliases(self, cell: int) -> frozenset[int]:
        """The cells whose memory a cell may share, itself included."""
        state = self.heap.get(cell)
        return state.alias | {cell} if isinstance(state, Buffer) else frozenset({cell})

    def roots(self, value: Value) -> frozenset[int]:
        """The cells whose memory a value may refer to, structure included."""
        found: frozenset[int] = frozenset()
        for cell in self.cells_of(value):
            found |= self.aliases(cell)
            state = self.heap.get(cell)
            if isinstance(state, Buffer):
                found |= state.holds
        return found

    def cells_of(self, value: Value, seen: set[Any] | None = None) -> Iterator[int]:
        """Every cell that can be reached from a value."""
        seen = set() if seen is None else seen
        match value:
            case Ref():
                if value.cell in seen:
                    return
                seen.add(value.cell)
                yield value.cell
                state = self.heap.get(value.cell)
                for v in getattr(state, "values", ()):
                    yield from self.cells_of(v, seen)
            case Tup():
                for v in value.items:
                    yield from self.cells_of(v, seen)
            case Bound():
                for v in (value.function, *value.args):
                    yield from self.cells_of(v, seen)
            case Iteration():
                for v in (*value.parts, *(value.static or ())):
                    yield from self.cells_of(v, seen)
            case Generator() | Lazy():
                for v in value.parts:
                    yield from self.cells_of(v, seen)
            case Method():
                yield from self.cells_of(value.owner, seen)
            case Closure():
                if value.frame in seen:
                    return
                seen.add(value.frame)
                for v in list(value.frame.env.values()):
                    if not isinstance(v, Closure):
                        yield from self.cells_of(v, seen)
