"""Lists whose length is known only at run time.

Before: ``xs.append(x)`` in a loop.  After: ``xs2 = append(xs1, x)``, with ``xs`` carried as one IR value.
"""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2sad import runtime
from s2sad.frontend.values import Buffer, Items, Ref, Value, const, static
from s2sad.ir import Fact, Pack, Var
from s2sad.ir.facts import UNKNOWN, UNSET, join
from s2sad.specialize.facts import fact_of
from s2sad.specialize.infer import infer


class Lists:
    """The part of the lowerer for lists of run-time length."""

    heap: dict[int, Any]

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
                at = self.place_in(len(cell.values), static(k))
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

    def place_in(self, n: int, k: int) -> int:
        """The place, counted from the start, of the item ``k`` of ``n``."""
        if not -n <= k < n:
            self.certain_error(IndexError, "pop index out of range" if n else "pop from empty list")
            raise self.unsupported(f"this is a pop from a list of {n} items, at {k}", "test its length", code="S2S010")
        return k % n
