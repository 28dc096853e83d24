"""Templates: the form of a value that differs between two paths, and the value of that form after them.

Before: ``xs = [a, 1.0]`` on one path, ``xs = [b, 1.0]`` on the other.  After: a list of an IR variable and ``1.0``.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from s2sad.facts.arguments import fact_of
from s2sad.frontend.values import (
    Atom,
    Broken,
    Buffer,
    Choice,
    Fields,
    Frame,
    Items,
    Ref,
    Table,
    Tup,
    Unbound,
    Value,
    const,
)
from s2sad.ir import UNDEFINED, Arg, Const, Fact, Stmt, Var
from s2sad.ir.facts import join, join_items, same_value
from s2sad.ir.inert import MISSING, look

UNMADE = "a list that may not have been made here, and that changes its length"


@dataclass(eq=False)
class Same:
    value: Any


@dataclass(eq=False)
class Leaf:
    """One IR variable. ``cell``: it may be changed, so it gets a cell of its own (or keeps the cell ``into``)."""

    fact: Fact
    cell: bool
    alias: frozenset[int] = frozenset()
    holds: frozenset[int] = frozenset()
    contiguous: bool = False


@dataclass(eq=False)
class Struct:
    """A tuple, or a new cell, with parts that differ."""

    kind: str
    parts: tuple[Any, ...]
    meta: Any = None
    made: Any = None
    alias: frozenset[int] = frozenset()


@dataclass(eq=False)
class Bad:
    reason: str


@dataclass(eq=False)
class Side:
    """The end of one path: its statements, heap, variables and views."""

    stmts: list[Stmt]
    heap: dict[int, Any]
    envs: dict[Frame, dict[str, Value]]
    views: dict[Any, Any]
    args: list[Arg] = field(default_factory=list)


def _key(arg: Arg) -> Any:
    if isinstance(arg, Const):
        v = arg.value
        return (type(v), repr(v)) if isinstance(v, (int, float, bool, complex, str, type(None))) else id(v)
    return id(arg)


def _unset(cls: type, name: str) -> Unbound:
    """A field that an object does not have on this path."""
    return Unbound(f"the field `{name}` is not set on every path",
                   error=AttributeError(f"'{cls.__name__}' object has no attribute '{name}'"))


def _is_array(v: Any) -> bool:
    return look(v, "__array__") is not MISSING


class Joins:
    """The part of the lowerer that joins values."""

    heap: dict[int, Any]
    made: set[int]

    def join_values(self, a: Value, b: Value, ha: dict, hb: dict, memo: dict) -> Any:
        """The template of a value that is ``a`` on one path and ``b`` on the other."""
        if a == b:
            return Same(a)
        if isinstance(a, Unbound) and isinstance(b, Unbound):
            return Same(a)
        if isinstance(a, Unbound) or isinstance(b, Unbound):
            value, heap = (b, hb) if isinstance(a, Unbound) else (a, ha)
            return self.maybe_template(value, heap, memo)
        if isinstance(a, Tup) and isinstance(b, Tup) and len(a.items) == len(b.items) and a.cls is b.cls:
            return Struct("tup", tuple(self.join_values(x, y, ha, hb, memo) for x, y in zip(a.items, b.items)), a.cls)
        if isinstance(a, Ref) and isinstance(b, Ref) and not a.path and not b.path:
            ca, cb = ha.get(a.cell), hb.get(b.cell)
            if (a.cell, b.cell) in memo:
                return memo[a.cell, b.cell]
            same = frozenset() if a.cell == b.cell else self.blend((a.cell, ha), (b.cell, hb))
            if (type(ca) is type(cb) or {type(ca), type(cb)} == {Table, Fields}) and not isinstance(ca, Buffer):
                made = self.join_cells(ca, cb, ha, hb, memo, (a.cell, b.cell))
                if isinstance(made, (Leaf, Struct)):
                    made.alias |= same
                return made
            if {type(ca), type(cb)} == {Items, Buffer}:
                made = self.list_leaf(a, b, ha, hb)
                if isinstance(made, Leaf):
                    made.alias |= same
                return made
        fa, fb = self.fact_in(a, ha), self.fact_in(b, hb)
        if isinstance(a, (Atom, Ref)) and isinstance(b, (Atom, Ref)):
            mutable = any(isinstance(v, Ref) for v in (a, b))
            if any(isinstance(v, Ref) and isinstance(h.get(v.cell), (Items, Table, Fields)) for v, h in ((a, ha), (b,
                    hb))):
                return Bad("a name holds a list, dict or object on one path and something else on another")
            if isinstance(a, Atom) and isinstance(b, Atom) and a.is_static and b.is_static and (
                    not _is_array(a.value) and same_value(a.value, b.value)):
                return Same(a if type(a.arg) is Const else const(a.value))  # a variable of one path is none after it
            return self.leaf(join(fa.forget(), fb.forget()), mutable, (a, ha), (b, hb))
        return Bad("a name holds things of different structure on two paths")

    def leaf(self, fact: Fact, mutable: bool, *sides: tuple[Value, dict]) -> Leaf:
        alias: frozenset[int] = frozenset()
        holds: frozenset[int] = frozenset()
        for value, heap in sides:
            if isinstance(value, Ref):
                cell = heap.get(value.cell)
                if isinstance(cell, Buffer):
                    alias |= cell.alias | {value.cell}
                    holds |= cell.holds
        return Leaf(fact, mutable and not fact.is_scalar, alias, holds)

    def shared_with(self, cell: int, heap: dict) -> frozenset[int]:
        """The cells that may be the same object, or share memory, as a cell; itself included."""
        state = heap.get(cell)
        return self.blends.get(cell, frozenset()) | {cell} | (state.alias if isinstance(state, Buffer) else frozenset())

    def blend(self, *sides: tuple[int, dict]) -> frozenset[int]:
        """The cells that something new may be the same object as."""
        cells = frozenset().union(*(self.shared_with(cell, heap) for cell, heap in sides))
        self.blended |= cells
        return cells

    def list_leaf(self, a: Ref, b: Ref, ha: dict, hb: dict) -> Any:
        """A list of known structure on one path and a run-time list on the other, or lists of different lengths."""
        item, holds = None, frozenset[int]()
        for ref, heap in ((a, ha), (b, hb)):
            cell = heap[ref.cell]
            if isinstance(cell, Buffer):
                if cell.fact.kind != "list":
                    return Bad("a name holds a list on one path and an array on another")
                facts, holds = [cell.fact.item] if cell.fact.item is not None else [], holds | cell.holds
            else:
                if cell.unmade:
                    return Bad(UNMADE)
                facts = [self.listed_fact(v, heap) for v in cell.values]
                holds |= self.gathered(frozenset(), cell.values)
            for f in facts:
                item = f.forget() if item is None else join_items(item, f.forget())
        return Leaf(Fact("list", item=item), True, frozenset(), holds)

    def join_cells(self, ca: Any, cb: Any, ha: dict, hb: dict, memo: dict, key: Any) -> Any:
        """The template of the contents of a cell."""
        ca, cb = self.placed_like(ca, cb, ha, hb)
        if isinstance(ca, Buffer) and isinstance(cb, Buffer):
            fact = join(ca.fact.forget(), cb.fact.forget())
            return Leaf(fact, True, ca.alias | cb.alias, ca.holds | cb.holds, ca.contiguous and cb.contiguous)
        if {type(ca), type(cb)} <= {Items, Buffer} and (type(ca) is not type(cb) or len(ca.values) != len(cb.values)):
            ra, rb = Ref(-1), Ref(-2)
            return self.list_leaf(ra, rb, {**ha, -1: ca}, {**hb, -2: cb})
        if type(ca) is type(cb) and isinstance(ca, (Items, Table, Fields)):
            meta = {Items: lambda c: None, Table: lambda c: (c.keys, c.cls),
                    Fields: lambda c: (c.cls, c.names)}[type(ca)]
            if len(ca.values) != len(cb.values) or meta(ca) != meta(cb):
                ca, cb, same = self.align(ca, cb)
                if not same:
                    return Bad("a dict or object has different keys or fields on two paths")
            made = Struct(type(ca).__name__, (), meta(ca))
            memo[key] = made
            made.parts = tuple(self.join_values(x, y, ha, hb, memo) for x, y in zip(ca.values, cb.values))
            return made
        return Bad("a list, dict or object has a different structure on two paths")

    def align(self, ca: Any, cb: Any) -> tuple[Any, Any, bool]:
        """Give two objects the same fields, unbound where one lacks a field."""
        if not isinstance(ca, Fields) or ca.cls is not cb.cls:
            return ca, cb, False
        names = tuple(dict.fromkeys((*ca.names, *cb.names)))
        filled = [Fields(c.cls, names, tuple(c.values[c.names.index(n)] if n in c.names else _unset(c.cls, n)
            for n in names)) for c in (ca, cb)]
        return filled[0], filled[1], True

    def maybe_template(self, value: Value, heap: dict, memo: dict) -> Any:
        """The template of a value that exists on one path only."""
        match value:
            case Atom():
                return Leaf(value.fact.forget(), False)
            case Tup():
                return Struct("tup", tuple(self.maybe_template(v, heap, memo) for v in value.items), value.cls)
            case Ref() if not value.path and isinstance(heap.get(value.cell), (Items, Table, Fields)):
                key = ("maybe", value.cell)
                if key in memo:
                    return memo[key]
                cell = heap[value.cell]
                meta = {Items: lambda c: None, Table: lambda c: (c.keys, c.cls),
                        Fields: lambda c: (c.cls, c.names)}[type(cell)](cell)
                made = memo[key] = Struct(type(cell).__name__, (), meta, alias=self.blend((value.cell, heap)))
                made.parts = tuple(self.maybe_template(v, heap, memo) for v in cell.values)
                return made
            case Ref():
                return self.leaf(self.fact_in(value, heap).forget(), True, (value, heap))
            case Choice():
                return Bad("a name holds one of two functions, or nothing")
        return Same(value)

    def listed_fact(self, value: Value, heap: dict, depth: int = 3) -> Fact:
        """What is known of an item of a list of run-time length; of lists in it what their items are."""
        cell = heap.get(value.cell) if isinstance(value, Ref) and not value.path else None
        if not isinstance(cell, Items) or not depth or not cell.values:
            return self.fact_in(value, heap)
        facts = [self.listed_fact(v, heap, depth - 1).forget() for v in cell.values]
        return Fact("list", item=reduce(join_items, facts))

    def fact_in(self, value: Value, heap: dict) -> Fact:
        saved, self.heap = self.heap, heap
        try:
            return self.fact(value)
        finally:
            self.heap = saved

    def extract(self, template: Any, value: Any, out: list[Arg], done: set[int]) -> None:
        """Append the IR arguments of the leaves of ``template`` for a value (in the current state)."""
        match template:
            case Leaf():
                if isinstance(value, (Unbound, type(None))):
                    error = getattr(value, "error", None)
                    out.append(Const(UNDEFINED, None if error is None else str(error)))
                elif isinstance(value, Buffer):
                    out.append(value.arg)
                elif isinstance(value, Items):
                    out.append(self.listed(value))
                elif isinstance(value, Ref) and not value.path and isinstance(self.heap[value.cell], Items):
                    out.append(self.listed(self.heap[value.cell]))
                else:
                    out.append(self.reify(value))
            case Struct():
                if id(template) in done:
                    return
                done.add(id(template))
                if isinstance(value, (Unbound, type(None))):
                    parts: tuple = tuple(value for _ in template.parts)
                elif isinstance(value, Tup):
                    parts = value.items
                else:
                    cell = self.heap[value.cell] if isinstance(value, Ref) else value
                    if isinstance(cell, Table) and template.kind == "Fields":
                        cell = self.placed_table(cell, self.heap)
                    parts = cell.values
                    if isinstance(cell, Fields) and cell.names != template.meta[1]:
                        parts = tuple(cell.values[cell.names.index(n)] if n in cell.names else _unset(cell.cls, n)
                                      for n in template.meta[1])
                for part, item in zip(template.parts, parts):
                    self.extract(part, item, out, done)

    def listed(self, cell: Items) -> Arg:
        """A list of known items as one IR value."""
        if cell.unmade:
            raise self.unsupported(UNMADE, "make the list before the loop or branch", code="S2S010")
        return self.reify(self.dynamic_list(cell.values))

    def lacks_value(self, value: Value) -> bool:
        """Whether a new value may be none, as the loop or branch that makes it may not have run."""
        cell = self.heap.get(getattr(value, "cell", None))
        arg = value.arg if isinstance(value, Atom) else getattr(cell, "arg", None)
        return arg in self.unsure

    def may_miss(self, arg: Arg) -> bool:
        """Whether an argument has no value on some path."""
        return arg in self.unsure or (isinstance(arg, Const) and arg.value is UNDEFINED)

    def note_missing(self, out: Var, *args: Arg) -> None:
        """Note that a variable may have no value if one of the arguments that it may be has none; and the text of the
        exception where it is a field that may not be set."""
        missing = [a for a in args if self.may_miss(a)]
        if missing:
            self.unsure[out] = next(filter(None, (
                self.unsure.get(a) or (a.name if isinstance(a, Const) else "") for a in missing)), "")

    def instantiate(self, template: Any, make: Callable[[Fact], Arg], made: dict[int, Any]) -> Any:
        """A value of the form of ``template``, with new variables for its leaves."""
        match template:
            case Same():
                return template.value
            case Bad():
                return Unbound(template.reason, "S2S010")
            case Leaf():
                arg = make(template.fact)
                if template.cell:
                    fact = fact_of(arg) if not isinstance(arg, Const) else template.fact
                    ref = self.new_ref(Buffer(arg, fact, template.alias, template.holds, self.family))
                    if template.alias and template.alias <= self.made:
                        self.made.add(ref.cell)
                    return ref
                return Atom(arg, template.fact)
            case Struct(kind="tup"):
                return Tup(tuple(self.instantiate(p, make, made) for p in template.parts), template.meta)
            case Struct():
                if id(template) in made:
                    return made[id(template)]
                ref = made[id(template)] = self.new_ref(Items(()))
                self.blends[ref.cell] = template.alias
                self.blended.add(ref.cell)
                self.heap[ref.cell] = self.instantiate_cell(template, make, made)
                return ref
        raise TypeError(template)

    def instantiate_cell(self, template: Any, make: Callable[[Fact], Arg], made: dict[int, Any]) -> Any:
        """The contents of a cell of the form of ``template``."""
        match template:
            case Same():
                return template.value
            case Bad():
                return Broken(template.reason)
            case Leaf():
                arg = make(template.fact)
                known = fact_of(arg) if isinstance(arg, Var) else template.fact
                return Buffer(arg, known, template.alias, template.holds, None, template.contiguous)
        values = tuple(self.instantiate(p, make, made) for p in template.parts)
        if template.kind == "Items":
            return Items(values, any(map(self.lacks_value, values)))
        if template.kind == "Table":
            return Table(template.meta[0], values, template.meta[1])
        return Fields(template.meta[0], template.meta[1], values)
