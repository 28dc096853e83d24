"""Reading and writing through names: what aliases what, and when a write has to be refused.

A name is a ``Ref``: a cell and a chain of views. Reading walks the chain from the newest version of the cell; writing
makes a new version of the *cell*, so every other name for it sees the write. ``Buffer.alias`` lists cells with which
memory *may* be shared (``reshape``, a name bound to different arrays on two paths): reading is fine, writing while one
of them can still be seen is an error.

Before: ``row = A[i]; row[j] = v; return A``.  After: ``A2 = setview(A1, ((getitem, i),), j, v)``, result ``A2``.
"""
from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.frontend.values import (
    Atom,
    Bound,
    Broken,
    Buffer,
    Closure,
    Default,
    Fields,
    Items,
    Iteration,
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
)
from s2sad.ir import Arg, Const, Fact, Pack, Var
from s2sad.ir.facts import UNKNOWN, UNSET, join
from s2sad.specialize.infer import fact_of, infer, is_basic


def is_truth(fact: Fact) -> bool:
    """Whether a value is one bool, Python's or NumPy's."""
    return fact.kind == "bool" or (fact.kind == "scalar" and fact.dtype == np.bool_)


DEFINITE_VIEWS = {np.transpose, np.swapaxes, np.expand_dims, np.moveaxis, np.rollaxis}
IN_PLACE: dict[Callable, Callable] = {
    operator.add: operator.iadd, operator.sub: operator.isub, operator.mul: operator.imul,
    operator.truediv: operator.itruediv, operator.floordiv: operator.ifloordiv, operator.mod: operator.imod,
    operator.pow: operator.ipow, operator.matmul: operator.imatmul, operator.and_: operator.iand,
    operator.or_: operator.ior, operator.xor: operator.ixor, operator.lshift: operator.ilshift,
    operator.rshift: operator.irshift}


class Places:
    """The part of the lowerer that knows places."""

    heap: dict[int, Any]

    # ---- reading ---------------------------------------------------------------------------------------------------

    def read(self, ref: Ref, hint: str = "") -> Arg:
        """The newest value that a reference stands for."""
        cell = self.heap.get(ref.cell)
        match cell:
            case Buffer():
                return self.walk_path(ref, cell.arg, hint)
            case Items():
                return Pack("list", tuple(self.reify(v) for v in cell.values))
            case Table():
                return Pack("dict", tuple(self.reify(v) for v in cell.values), cell.keys)
            case Fields():
                return self.reify_object(cell)
            case Broken():
                raise self.unsupported(cell.reason, code="S2S010")
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
            if isinstance(cell, Table):
                return self.get_key(base, cell, index)
            if isinstance(cell, Fields):
                return self.call_special(base, "__getitem__", (index,))
        match base:
            case Tup():
                picked = self.pick(base.items, index)
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
            case Atom():
                if base.is_static and static(index) is not UNSET:
                    return self.capture(base.value[static(index)], None)
                return self.emit(operator.getitem, (base.arg, self.reify(index)), hint=hint)
            case Iteration(kind="range"):
                return self.emit(operator.getitem, (self.reify(base), self.reify(index)), hint=hint)
        if isinstance(base, Unbound):
            raise self.unbound(base)
        raise self.unsupported(f"subscript of {self.describe(base)}")

    def new_axes(self, base: Atom, index: Value) -> int | None:
        """How many axes an index adds to a NumPy scalar, -1 for ``x[()]``; None if the index is something else."""
        parts = index.items if isinstance(index, Tup) else (index,)
        if self.fact(base).kind not in ("scalar", "number") or any(static(p) not in (None, Ellipsis) for p in parts):
            return None
        return len([p for p in parts if static(p) is None]) if parts else -1

    def get_item(self, base: Ref, cell: Items, index: Value, hint: str) -> Value:
        picked = self.pick(cell.values, index)
        if picked is not None:
            return self.new_list(picked) if isinstance(picked, tuple) else picked
        self.make_dynamic(base)
        return self.get_buffer(base, index, hint)

    def get_key(self, base: Ref, cell: Table, index: Value) -> Value:
        key = self.static_key(index)
        for k, v in zip(cell.keys, cell.values):
            if k == key:
                return v
        if isinstance(cell.cls, Default):
            value = self.call(cell.cls.factory, (), ())
            self.put(base, index, value)
            return value
        self.certain_error(KeyError, repr(key))
        raise self.unsupported(f"the key {key!r} is not in the dict here", code="S2S010")

    def static_key(self, index: Value) -> Any:
        if isinstance(index, Tup):
            return tuple(self.static_key(v) for v in index.items)
        key = static(index)
        if key is UNSET:
            raise self.unsupported("a dict key that is computed at run time",
                                   "use a list or an array, indexed by an int",
                                   code="S2S010")
        return key

    def pick(self, items: tuple[Value, ...], index: Value) -> Any:
        """The item (or tuple of items) at a static index; None if the index is not static."""
        if isinstance(index, Slice):
            parts = [static(p) for p in index.parts]
            return None if UNSET in parts else items[slice(*parts)]
        k = static(index)
        if k is UNSET or isinstance(k, np.ndarray):
            return None
        if isinstance(k, slice):
            return items[k]
        k = operator.index(k)
        if not -len(items) <= k < len(items):
            self.certain_error(IndexError, "index out of range")
            raise self.unsupported(f"index {k} is out of range for {len(items)} items", code="S2S010")
        return items[k]

    def get_buffer(self, base: Ref, index: Value, hint: str) -> Value:
        arg, idx = self.read(base), self.reify(index)
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
            case Method():
                yield from self.cells_of(value.owner, seen)
            case Closure():
                if value.frame in seen:
                    return
                seen.add(value.frame)
                for v in list(value.frame.env.values()):
                    if not isinstance(v, Closure):
                        yield from self.cells_of(v, seen)

    # ---- writing ---------------------------------------------------------------------------------------------------

    def live_values(self) -> Iterator[Value]:
        """Every value that the program can still see after the current statement."""
        for k, frame in enumerate(self.frames):
            names = frame.live if k == len(self.frames) - 1 else frame.live | frame.stmt_reads
            for name, value in frame.env.items():
                if name in names or name in frame.always_live or name == "$val":
                    yield value
        inner = set(self.frames)
        for frame in self.all_frames():
            if frame not in inner:
                yield from frame.env.values()
        yield from self.pending

    def check_write(self, cell: int, into_items: bool = False) -> None:
        """Refuse a write to ``cell`` while something that may share its memory can still be seen."""
        self.check_inside(cell)
        state = self.heap[cell]
        if isinstance(state, Broken):
            raise self.unsupported(state.reason, "assign it on every path before it is read", code="S2S010")
        mine = self.aliases(cell) | (state.holds if into_items else frozenset())
        for value in self.live_values():
            for other in self.cells_of(value):
                if other == cell:
                    continue
                them = self.heap.get(other)
                if isinstance(them, (Items, Table, Fields)) and mine & self.blends.get(other,
                                                                                       frozenset()) | mine & {other}:
                    raise self.alias_error("this writes to a list that another name may or may not share")
                if not isinstance(them, Buffer) or (state.family is not None and state.family == them.family):
                    continue
                if mine & (self.aliases(other) | them.holds):
                    raise self.alias_error("this writes to an array that another name may or may not share memory with")
        self.written.add(cell)

    def check_change(self, cell: int) -> None:
        """Refuse a change of a list, dict or object while something that may be the same object can still be seen."""
        self.check_inside(cell)
        self.written.add(cell)
        if cell not in self.blended:
            return
        mine = self.shared_with(cell, self.heap)
        for value in self.live_values():
            for other in self.cells_of(value):
                if other != cell and mine & self.shared_with(other, self.heap):
                    raise self.alias_error(
                        "this changes a list, dict or object that another name may or may not refer to",
                                           "choose between objects last: change each of them in its own branch")

    def put(self, base: Value, index: Value, value: Value) -> None:
        """``base[index] = value``."""
        if isinstance(base, Ref) and not base.path:
            cell = self.heap[base.cell]
            if isinstance(cell, (Items, Table)):
                self.check_change(base.cell)
            self.check_inside(base.cell)
            if isinstance(cell, Items):
                k = static(index)
                if k is not UNSET and not isinstance(index, Slice):
                    k = range(len(cell.values))[operator.index(k)]
                    self.heap[base.cell] = Items((*cell.values[:k], value, *cell.values[k + 1:]))
                    return
                if isinstance(index, Slice):
                    return self.put_slice(base, cell, index, value)
                self.make_dynamic(base)
            elif isinstance(cell, Table):
                return self.put_key(base, cell, self.static_key(index), value)
            elif isinstance(cell, Fields):
                self.call_special(base, "__setitem__", (index, value))
                return
        if not isinstance(base, Ref):
            if self.fact(base).is_scalar or isinstance(base, Tup):
                self.certain_error(TypeError, "object does not support item assignment")
            raise self.unsupported(f"an item of {self.describe(base)} is assigned to", code="S2S011")
        self.put_buffer(base, index, value)

    def put_slice(self, base: Ref, cell: Items, index: Slice, value: Value) -> None:
        parts = [static(p) for p in index.parts]
        items = self.static_items(value)
        if UNSET in parts or items is None:
            raise self.unsupported("a slice of a list is assigned to", "build a new list", code="S2S010")
        new = list(cell.values)
        new[slice(*parts)] = items
        self.heap[base.cell] = Items(tuple(new))

    def put_key(self, base: Ref, cell: Table, key: Any, value: Value) -> None:
        if base.cell in self.fields_of:
            self.set_field(self.fields_of[base.cell], key, value)
            return
        if key in cell.keys:
            values = tuple(value if k == key else v for k, v in zip(cell.keys, cell.values))
            self.heap[base.cell] = replace(cell, values=values)
        else:
            self.heap[base.cell] = replace(cell, keys=(*cell.keys, key), values=(*cell.values, value))

    def put_buffer(self, base: Ref, index: Value, value: Value) -> None:
        state = self.heap[base.cell]
        if not isinstance(state, Buffer):
            raise self.unsupported("a write through a view of something that is not an array", code="S2S011")
        target = fact_of(state.arg)
        if target.kind not in ("array", "list", "unknown"):
            raise self.unsupported(f"an item of a value of kind {target.kind} is assigned to", code="S2S011")
        self.check_write(base.cell, into_items=bool(base.path))
        idx, v = self.reify(index), self.reify(value)
        root = state.arg
        if not base.path:
            new = self.emit_call(runtime.setitem, (root, idx, v), (), self.version(state))
        else:
            steps = tuple(self.path_step(s) for s in base.path)
            new = self.emit_call(runtime.setview, (root, Pack("tuple", steps), idx, v), (), self.version(state))
        holds = state.holds | (self.roots(value) if target.kind == "list" else frozenset())
        fact = state.fact
        if target.kind == "list" and not base.path:
            fact = replace(fact, item=infer(runtime.append, (root, v), ()).facts[0].item)
        self.heap[base.cell] = replace(state, arg=new, fact=fact, holds=holds)

    def path_step(self, step: Step) -> Pack:
        if step.op is operator.getitem:
            return Pack("tuple", (Const("index"), step.args[0]))
        return Pack("tuple", (Const("call"), Const(step.op), Pack("tuple", step.args)))

    def version(self, state: Buffer) -> Var:
        """A variable for the next version of a buffer."""
        name = state.arg.name if isinstance(state.arg, (Var, Const)) and state.arg.name else "t"
        return Var(name, state.fact.forget())

    def augment(self, value: Value, op: Callable, operand: Value, hint: str = "") -> Value:
        """``value op= operand``: in place where Python does it in place, else a new value."""
        if isinstance(value, Ref):
            fact = self.fact(value)
            state = self.heap[value.cell]
            if isinstance(state, Items) and op is operator.add:
                self.list_extend(value, operand)
                return value
            if isinstance(state, Fields):
                return self.augment_object(value, op, operand)
            if isinstance(state, Buffer) and (fact.is_array or fact.kind == "unknown"):
                return self.augment_buffer(value, state, op, operand)
            if isinstance(state, Buffer) and fact.kind == "list" and op is operator.add:
                self.list_extend(value, operand)
                return value
        return self.binary(op, value, operand, hint)

    def augment_buffer(self, ref: Ref, state: Buffer, op: Callable, operand: Value) -> Value:
        if self.fact(ref).kind == "unknown" and (ref.path or state.alias):
            raise self.unsupported(
                f"`{IN_PLACE[op].__name__[1:]}=` on a value of which is not known whether it is an array or "
                                   "a number", "write `x = x + y`, or make it an array with np.asarray", code="S2S011")
        self.check_write(ref.cell, into_items=bool(ref.path))
        old = self.read(ref)
        fact = self.fact(ref)
        v = self.reify(operand)
        new = Var(getattr(old, "name", None) or "t", fact.forget())
        updated = self.emit_call(IN_PLACE[op], (old, v), (), new)
        if not ref.path:
            self.heap[ref.cell] = replace(state, arg=updated, fact=state.fact.forget())
            return ref
        last = ref.path[-1]
        if last.op is operator.getitem:
            self.store_through(Ref(ref.cell, ref.path[:-1]), last.args[0], updated)
        else:
            self.store_through(ref, Const(Ellipsis), updated)
        return ref

    def store_through(self, base: Ref, idx: Arg, v: Arg) -> None:
        """Write ``v`` at ``idx`` of the place ``base``."""
        state = self.heap[base.cell]
        if not base.path:
            new = self.emit_call(runtime.setitem, (state.arg, idx, v), (), self.version(state))
        else:
            steps = tuple(self.path_step(s) for s in base.path)
            new = self.emit_call(runtime.setview, (state.arg, Pack("tuple", steps), idx, v), (), self.version(state))
        self.heap[base.cell] = replace(state, arg=new)

    # ---- lists whose length is known only at run time --------------------------------------------------------------

    def dynamic_list(self, items: tuple[Value, ...], hint: str = "") -> Ref:
        """A list of known items as one IR value."""
        args = tuple(self.reify(v) for v in items)
        item: Fact | None = None
        for a in args:
            item = fact_of(a).forget() if item is None else join(item, fact_of(a).forget())
        arg = self.emit_call(list, (Pack("list", args),), (), Var(hint or "items", Fact("list", item=item)))
        holds = frozenset().union(*(self.roots(v) for v in items))
        return self.new_ref(Buffer(arg, arg.fact, frozenset(), holds))

    def make_dynamic(self, ref: Ref) -> None:
        """Turn a list of known structure into one IR value, under the same identity."""
        cell = self.heap[ref.cell]
        if isinstance(cell, Items):
            made = self.dynamic_list(cell.values)
            self.heap[ref.cell] = self.heap[made.cell]

    def list_append(self, ref: Ref, value: Value) -> None:
        self.check_inside(ref.cell)
        cell = self.heap[ref.cell]
        if isinstance(cell, Items):
            self.check_change(ref.cell)
            self.heap[ref.cell] = Items((*cell.values, value))
            return
        if ref.path:
            raise self.unsupported("append to a list inside a list of run-time length", code="S2S010")
        self.check_write(ref.cell)
        v = self.reify(value)
        fact = infer(runtime.append, (cell.arg, v), ()).facts[0]
        new = self.emit_call(runtime.append, (cell.arg, v), (), Var(cell.arg.name or "items", fact))
        self.heap[ref.cell] = replace(cell, arg=new, fact=fact, holds=cell.holds | self.roots(value))

    def list_extend(self, ref: Ref, values: Value) -> None:
        items = self.static_items(values)
        if items is None:
            raise self.unsupported("a list is extended by a list of run-time length", "append in a loop", code="S2S010")
        for item in items:
            self.list_append(ref, item)

    def list_pop(self, ref: Ref, index: Value | None) -> Value:
        self.check_inside(ref.cell)
        cell = self.heap[ref.cell]
        k = const(-1) if index is None else index
        if isinstance(cell, Items):
            self.check_change(ref.cell)
            if static(k) is not UNSET:
                at = range(len(cell.values))[static(k)]
                self.heap[ref.cell] = Items((*cell.values[:at], *cell.values[at + 1:]))
                return cell.values[at]
            self.make_dynamic(ref)
            cell = self.heap[ref.cell]
        self.check_write(ref.cell)
        args = (cell.arg,) if index is None else (cell.arg, self.reify(k))
        left = Var(cell.arg.name or "items", cell.fact)
        item = Var("item", cell.fact.item or UNKNOWN)
        self.append_call((left, item), runtime.pop, args)
        self.heap[ref.cell] = replace(cell, arg=left)
        value = self.wrap(item)
        if isinstance(value, Ref) and cell.holds:
            self.heap[value.cell] = replace(self.heap[value.cell], alias=cell.holds)
        return value
