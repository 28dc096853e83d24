"""Writing through names, and when a write has to be refused.

A write makes a new version of the cell at the root of a place. ``Buffer.alias`` lists cells with which memory *may* be
shared (``reshape``, a name bound to different arrays on two paths): reading is fine, writing while one of them can
still be seen is an error.

Before: ``row = A[i]; row[j] = v; return A``.  After: ``A2 = setview(A1, ((getitem, i),), j, v)``, result ``A2``.
"""
from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from s2sad import runtime
from s2sad.facts.arguments import fact_of
from s2sad.frontend.failures import class_name
from s2sad.frontend.overlaps import order_may_matter
from s2sad.frontend.sets import is_mapping
from s2sad.frontend.values import (
    REPEATED,
    Broken,
    Buffer,
    Fields,
    Frame,
    Items,
    Method,
    Ref,
    Slice,
    Step,
    Table,
    Value,
    static,
    unset_in,
)
from s2sad.ir import Arg, Const, Fact, Pack, Var
from s2sad.ir.facts import UNKNOWN, UNSET, join_items
from s2sad.ir.symbols import IN_PLACE


def _by_position(step: Step) -> tuple[Arg, ...]:
    """The arguments of a view, after the array, without names."""
    if not step.kwargs:
        return step.args
    bound = inspect.signature(step.op).bind(None, *step.args, **dict(step.kwargs))
    bound.apply_defaults()
    return tuple(a if isinstance(a, (Var, Const, Pack)) else Const(a) for a in bound.args[1:])


def _with_item(fact: Fact, depth: int, new: Fact) -> Fact:
    """The fact of a list after a write to an item, or ``depth`` lists further inside; of what is no list it is as it
    was."""
    if fact.kind != "list":
        return fact
    if depth == 0:
        return replace(fact, item=new.forget() if fact.item is None else join_items(fact.item, new.forget()))
    return replace(fact, item=None if fact.item is None else _with_item(fact.item, depth - 1, new))


class Writes:
    """The part of the lowerer that writes through places."""

    frames: list[Frame]
    heap: dict[int, Any]

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
        if into_items and REPEATED in getattr(state, "holds", ()):
            raise self.alias_error("this writes to an item of a list that may hold the item more than once")
        mine = self.aliases(cell) | (state.holds - {REPEATED} if into_items else frozenset())
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

    def check_writeable(self, arg: Arg, text: str) -> None:
        """End the path at a write to what an operation makes read-only, such as ``np.broadcast_to``."""
        if arg in self.read_only:
            raise self.failing(ValueError(text), code="S2S004")

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
                    self.heap[base.cell] = Items(self.with_items(cell, k, value))
                    return
                if isinstance(index, Slice):
                    return self.put_slice(base, cell, index, value)
                self.make_dynamic(base)
            elif is_mapping(cell) and self.is_computed(index):
                self.call_special(self.run_time_dict(base, cell, same=True), "__setitem__", (index, value))
                return
            elif is_mapping(cell):
                return self.put_key(base, cell, self.static_key(index), value)
            elif isinstance(cell, Fields):
                self.call_special(base, "__setitem__", (index, value))
                return
        if not isinstance(base, Ref):
            cls = self.class_of(base)
            if cls is not None and not hasattr(cls, "__setitem__"):
                raise self.failing(TypeError(f"'{class_name(cls)}' object does not support item assignment"))
            raise self.unsupported(f"an item of {self.describe(base)} is assigned to", code="S2S011")
        self.put_buffer(base, index, value)

    def put_slice(self, base: Ref, cell: Items, index: Slice, value: Value) -> None:
        parts = [static(p) for p in index.parts]
        items = self.static_items(value)
        if unset_in(parts) or items is None:
            raise self.unsupported("a slice of a list is assigned to", "build a new list", code="S2S010")
        self.heap[base.cell] = Items(self.with_items(cell, slice(*parts), items))

    def with_items(self, cell: Items, index: Any, new: Any) -> tuple[Value, ...]:
        """The items of a list after ``cell[index] = new``."""
        items = list(cell.values)
        try:
            items[index] = new
        except (IndexError, TypeError, ValueError) as error:
            raise self.failing(error) from None
        return tuple(items)

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
        if target.kind not in ("array", "list", "unknown", "dict"):
            raise self.unsupported(f"an item of a value of kind {target.kind} is assigned to", code="S2S011")
        if self.fact(base).is_array:
            value = self.as_array(value)
        self.check_writeable(state.arg, "assignment destination is read-only")
        self.check_write(base.cell, into_items=bool(base.path))
        idx, v = self.index_arg(index), self.reify(value)
        if isinstance(value, Ref) and value.cell == base.cell and value.path and target.is_array and order_may_matter(
                state.arg, self.read(base), base, idx, value):
            paths = [Pack("tuple", tuple(self.path_step(s) for s in r.path)) for r in (base, value)]
            self.append_call((Var("nothing"),), runtime.check_order, (state.arg, paths[0], idx, paths[1]))
        if self.fact(base).kind == "list":
            if isinstance(index, Slice):
                self.append_call((Var("nothing"),), runtime.check_length, (self.read(base), idx, v))
            self.release_items(base, value, idx)
            state = self.heap[base.cell]
        root = state.arg
        if target.kind == "dict":
            key = fact_of(idx).forget()
            item = key if state.fact.item is None else join_items(state.fact.item, key)
            state = replace(state, fact=replace(state.fact, item=item))
        if target.kind == "list":
            given = fact_of(v).item if isinstance(index, Slice) else fact_of(v)
            state = replace(state, fact=_with_item(state.fact, len(base.path), given or UNKNOWN))
        if not base.path:
            new = self.emit_call(runtime.setitem, (root, idx, v), (), self.version(state))
        else:
            steps = tuple(self.path_step(s) for s in base.path)
            new = self.emit_call(runtime.setview, (root, Pack("tuple", steps), idx, v), (), self.version(state))
        holds = self.held(base.cell, value) if target.kind == "list" else state.holds
        self.heap[base.cell] = replace(state, arg=new, holds=holds)

    def path_step(self, step: Step) -> Pack:
        if step.op is operator.getitem:
            return Pack("tuple", (Const("index"), step.args[0]))
        return Pack("tuple", (Const("call"), Const(step.op), Pack("tuple", _by_position(step))))

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
            if self.is_set(value):
                changed = self.augment_set(value, op, operand)
                if changed is not None:
                    return changed
            if is_mapping(state) and op is operator.or_:
                self.call(Method(value, "update"), (operand,), ())
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
        self.check_writeable(state.arg, "output array is read-only")
        self.check_write(ref.cell, into_items=bool(ref.path))
        old = self.read(ref)
        fact = self.fact(ref)
        v = self.reify(self.as_array(operand) if fact.is_array else operand)
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
