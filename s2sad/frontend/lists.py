"""Lists whose length is known only at run time.

Before: ``xs.append(x)`` in a loop.  After: ``xs2 = append(xs1, x)``, with ``xs`` carried as one IR value.
"""
from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from s2sad import runtime
from s2sad.facts.arguments import fact_of
from s2sad.facts.infer import infer
from s2sad.facts.tried import is_plain
from s2sad.frontend.values import (
    NONE,
    REPEATED,
    Bound,
    Buffer,
    Fields,
    Frame,
    Generator,
    Items,
    Iteration,
    Lazy,
    Method,
    Ref,
    Slice,
    Table,
    Tup,
    Value,
    const,
    static,
)
from s2sad.ir import Arg, Const, Fact, Pack, Var
from s2sad.ir.facts import UNKNOWN, UNSET, join_items, taken_out


def _parts(value: Value) -> Iterator[Value]:
    """A value and the values in it."""
    yield value
    match value:
        case Tup():
            inner = value.items
        case Iteration():
            inner = (*value.parts, *(value.static or ()))
        case Generator() | Lazy():
            inner = value.parts
        case Bound():
            inner = value.args
        case Method():
            inner = (value.owner,)
        case _:
            inner = ()
    for v in inner:
        yield from _parts(v)


class Lists:
    """The part of the lowerer for lists of run-time length."""

    scans: list[dict[Frame, dict[str, Value]]]

    heap: dict[int, Any]

    def dynamic_list(self, items: tuple[Value, ...], hint: str = "") -> Ref:
        """A list of known items as one IR value."""
        args = tuple(self.reify(v) for v in items)
        item: Fact | None = None
        for a in args:
            item = fact_of(a).forget() if item is None else join_items(item, fact_of(a).forget())
        fact = Fact("list", item=item, length=len(args))
        arg = self.emit_call(list, (Pack("list", args),), (), Var(hint or "items", fact))
        return self.new_ref(Buffer(arg, arg.fact, frozenset(), self.gathered(frozenset(), items)))

    def held(self, cell: int, value: Value) -> frozenset[int]:
        """The cells whose memory a list refers to when it gets ``value`` too."""
        known, new = self.heap[cell].holds, self.roots(value)
        return known | new | {REPEATED} if new & (known | {cell}) else known | new

    def gathered(self, known: frozenset[int], values: tuple[Value, ...]) -> frozenset[int]:
        """The cells whose memory a list refers to that has ``values`` besides those of ``known``."""
        for roots in map(self.roots, values):
            known = known | roots | ({REPEATED} if known & roots else frozenset())
        return known

    def is_dynamic(self, ref: Ref) -> bool:
        """Whether a list has run-time length."""
        cell = self.heap[ref.cell]
        return isinstance(cell, Buffer) and cell.fact.kind == "list"

    def make_dynamic(self, ref: Ref) -> None:
        """Turn a list of known structure into one IR value, under the same identity."""
        cell = self.heap[ref.cell]
        if isinstance(cell, Items):
            made = self.dynamic_list(cell.values)
            self.heap[ref.cell] = self.heap[made.cell]

    def release_items(self, base: Ref, used: Value | None = None, slot: Arg | None = None, ends: bool = False) -> None:
        """Before a list gets other items: what names an item goes on to mean the item, not its place in the list.

        ``used``: the value that is put in, ``slot``: the place that gets another item, if it is one; ``ends``: items
        are added at the end, so that places counted from the start stay."""
        fixed = slot.value if type(slot) is Const and type(slot.value) is int and slot.value >= 0 else None

        def moves(v: Value) -> bool:
            if not isinstance(v, Ref) or v.cell != base.cell or len(v.path) <= len(base.path):
                return False
            step = v.path[len(base.path)]
            at = step.args[0] if step.op is operator.getitem and step.args else None
            from_start = type(at) is Const and type(at.value) is int and at.value >= 0
            return not (from_start and (ends or fixed is not None and at.value != fixed))  # type: ignore[union-attr]

        if any(moves(v) for value in self.pending if value is not used for v in _parts(value)):
            raise self.unsupported("a list gets other items while one of its items is in use",
                                   "bind a copy of the item to a name first", code="S2S010")
        kept: dict[Value, Value] = {}

        def settled(v: Value) -> Value:
            if isinstance(v, Tup):
                items = tuple(map(settled, v.items))
                return v if all(a is b for a, b in zip(items, v.items)) else replace(v, items=items)
            if not moves(v):
                return v
            if v not in kept:
                kept[v] = self.item_itself(v)  # type: ignore[arg-type]
            return kept[v]

        for frame in self.all_frames():
            for name, v in list(frame.env.items()):
                new = settled(v)
                if new is v:
                    continue
                if any(envs.get(frame, {}).get(name) == v for envs in self.scans):
                    raise self.unsupported(f"`{name}` is an item of a list that gets other items in this loop",
                                           f"bind a copy before the loop: `{name} = {name}.copy()`", code="S2S010")
                frame.env[name] = new
        for cell, state in list(self.heap.items()):
            if isinstance(state, (Items, Table, Fields)):
                values = tuple(map(settled, state.values))
                if any(a is not b for a, b in zip(values, state.values)):
                    self.heap[cell] = replace(state, values=values)

    def item_itself(self, ref: Ref) -> Value:
        """An item of a list as a value of its own, whose memory the list may share."""
        value = self.wrap(self.read(ref))
        state = self.heap[ref.cell]
        if isinstance(value, Ref) and isinstance(self.heap[value.cell], Buffer):
            self.heap[value.cell] = replace(self.heap[value.cell], alias=state.holds)
            self.heap[ref.cell] = replace(state, holds=state.holds | {value.cell})
        return value

    def list_append(self, ref: Ref, value: Value) -> None:
        self.check_inside(ref.cell)
        cell = self.heap[ref.cell]
        if isinstance(cell, Items):
            self.check_change(ref.cell)
            self.heap[ref.cell] = Items((*cell.values, value))
            return
        if ref.path:
            return self.append_inside(ref, value)
        self.release_items(ref, value, ends=True)
        cell = self.heap[ref.cell]
        self.check_write(ref.cell)
        v = self.reify(value)
        fact = infer(runtime.append, (cell.arg, v), ()).facts[0]
        new = self.emit_call(runtime.append, (cell.arg, v), (), Var(cell.arg.name or "items", fact))
        self.heap[ref.cell] = replace(cell, arg=new, fact=fact, holds=self.held(ref.cell, value))

    def append_inside(self, ref: Ref, value: Value) -> None:
        """``xs[k].append(x)`` where ``xs`` has run-time length: another list in its place."""
        self.check_write(ref.cell, into_items=True)
        longer = self.emit_arg(runtime.join_lists, self.read(ref), Pack("list", (self.reify(value),)))
        *way, last = ref.path
        held, state = self.held(ref.cell, value), self.heap[ref.cell]
        item = fact_of(longer) if not way else UNKNOWN
        fact = replace(state.fact, item=join_items(state.fact.item or item, item))
        if last.op is not operator.getitem or state.fact.kind != "list":
            raise self.unsupported("append to a list that is seen through a view", code="S2S010")
        self.heap[ref.cell] = replace(state, fact=fact, holds=held)
        self.store_through(Ref(ref.cell, tuple(way)), last.args[0], longer)

    def list_extend(self, ref: Ref, values: Value) -> None:
        items = self.static_items(values)
        if items is None:
            more = self.call_object(list, (values,), (), "")
            self.change_list(ref, lambda whole: self.binary(operator.add, whole, more))
            return
        for item in items:
            self.list_append(ref, item)

    def change_list(self, ref: Ref, make: Callable[[Ref], Value]) -> None:
        """Give a list the items of a new list that ``make`` makes of it."""
        self.check_inside(ref.cell)
        if ref.path:
            raise self.unsupported("a change of a list inside a list of run-time length", code="S2S010")
        if isinstance(self.heap[ref.cell], Items):
            self.check_change(ref.cell)
        self.make_dynamic(ref)
        self.release_items(ref)
        self.check_write(ref.cell)
        made = self.heap[make(Ref(ref.cell)).cell]
        cell = self.heap[ref.cell]
        self.heap[ref.cell] = replace(cell, arg=made.arg, fact=made.fact, holds=cell.holds | made.holds)

    def list_insert(self, ref: Ref, index: Value, value: Value) -> None:
        """``xs.insert(k, x)``: ``xs[:k] + [x] + xs[k:]``."""
        cell = self.heap[ref.cell]
        if isinstance(cell, Items) and static(index) is not UNSET:
            self.check_inside(ref.cell)
            self.check_change(ref.cell)
            values = list(cell.values)
            values.insert(static(index), value)
            self.heap[ref.cell] = Items(tuple(values))
            return
        item = self.dynamic_list((value,))

        def make(whole: Ref) -> Value:
            head, tail = (self.get(whole, Slice(p)) for p in ((NONE, index, NONE), (index, NONE, NONE)))
            return self.binary(operator.add, self.binary(operator.add, head, item), tail)
        self.change_list(ref, make)

    def list_sort(self, ref: Ref, key: Value, reverse: Value) -> None:
        """``xs.sort(key=…, reverse=…)``."""
        cell = self.heap[ref.cell]
        self.check_inside(ref.cell)
        made = self.in_order(ref, key, reverse)
        if isinstance(cell, Items):
            self.check_change(ref.cell)
            if isinstance(self.heap[made.cell], Items):
                self.heap[ref.cell] = self.heap[made.cell]
                return
        self.change_list(ref, lambda whole: made)

    def in_order(self, items: Value, key: Value, reverse: Value) -> Ref:
        """The list ``sorted(items, key=…, reverse=…)``."""
        known = self.static_items(items)
        if known is not None:
            keys = [v if static(key) is None else self.call(key, (v,), ()) for v in known]
            found = self.known_order(keys, reverse)
            if found is not None:
                return self.new_list(tuple(known[k] for k in found))
            whole, given = self.dynamic_list(known), self.dynamic_list(tuple(keys))
        else:
            whole = given = self.call_object(list, (items,), (), "")
            if static(key) is not None:
                given = self.collect_items(whole, "", lambda v: self.call(key, (v,), ()))
        if self.fact(given).item is None or not self.fact(given).item.is_scalar and self.fact(given).item.kind not in (
                "str", "tuple"):
            raise self.unsupported("`sorted` of values of which is not known whether they are numbers",
                                   "use np.sort or np.argsort", code="S2S010")
        places = self.emit_arg(runtime.order, self.reify(given), self.reify(reverse), hint="order")
        made = self.emit(runtime.picked, (self.reify(whole), places))
        self.hold(made, whole)
        return made

    def known_order(self, keys: list[Value], reverse: Value) -> list[int] | None:
        """The places of some items in order, if their keys tell now: constants, or tuples that begin with different
        constants."""
        firsts = [static(k.items[0]) if isinstance(k, Tup) and k.items else static(k) for k in keys]
        if static(reverse) is UNSET or not all(map(is_plain, firsts)):
            return None
        unique = len(set(map(repr, firsts))) == len(firsts) or all(static(k) is not UNSET for k in keys)
        return sorted(range(len(keys)), key=firsts.__getitem__, reverse=bool(static(reverse))) if unique else None

    def list_pop(self, ref: Ref, index: Value | None) -> Value:
        self.check_inside(ref.cell)
        cell = self.heap[ref.cell]
        k = const(-1) if index is None else index
        if isinstance(cell, Items):
            self.check_change(ref.cell)
            if static(k) is not UNSET:
                at = self.place_in(len(cell.values), static(k))
                self.heap[ref.cell] = Items((*cell.values[:at], *cell.values[at + 1:]))
                return cell.values[at]
            self.make_dynamic(ref)
        self.release_items(ref)
        cell = self.heap[ref.cell]
        self.check_write(ref.cell)
        args = (cell.arg,) if index is None else (cell.arg, self.reify(k))
        left = Var(cell.arg.name or "items", replace(cell.fact, length=None))
        item = Var("item", taken_out(cell.fact.item))
        self.append_call((left, item), runtime.pop, args)
        self.heap[ref.cell] = replace(cell, arg=left, fact=left.fact)
        value = self.wrap(item)
        if isinstance(value, Ref) and cell.holds:
            self.heap[value.cell] = replace(self.heap[value.cell], alias=cell.holds)
        return value

    def place_in(self, n: int, k: int) -> int:
        """The place, counted from the start, of the item ``k`` of ``n``."""
        if not -n <= k < n:
            raise self.failing(IndexError("pop index out of range" if n else "pop from empty list"),
                               f"this is a pop from a list of {n} items, at {k}", "test its length", "S2S010")
        return k % n
