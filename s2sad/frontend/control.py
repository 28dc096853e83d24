"""Branches and loops: which names and cells differ afterwards, and the IR that joins them.

Both branches are lowered from the same state; every live name and every cell in which they differ becomes an out of the
``If``. A loop is lowered again and again with more things carried, until what the body leaves at its end is of the form
assumed at its head. ``break``, ``continue`` and ``return`` set flags; what follows is lowered into the branch that goes
on.

Before: ``if c: a[0] = 1.0`` (then ``return a``).  After: ``a3 = if c: setitem(a1, 0, 1.0) else: a1``.
"""
from __future__ import annotations

import operator
from collections.abc import Callable, KeysView, Mapping, Set, ValuesView
from dataclasses import dataclass, field, replace
from typing import Any

import gast

from s2sad.errors import S2SADError
from s2sad.frontend.liveness import reads_of, stores_of
from s2sad.frontend.values import (
    FALSE,
    TRUE,
    Atom,
    Bound,
    Broken,
    Buffer,
    Choice,
    Closure,
    Fields,
    Frame,
    Items,
    Iteration,
    Method,
    Ref,
    Table,
    Tup,
    Unbound,
    Value,
    const,
    static,
)
from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, Fact, For, If, Stmt, Var, While
from s2sad.ir.facts import UNSET, fresh_dim, join
from s2sad.ir.walk import clone
from s2sad.specialize.infer import fact_of

FLAGS = ("$skip", "$stop", "$ret", "$val", "$dead", "$raised")
UNROLL_LIMIT = 4096
UNMADE = "a list that may not have been made here, and that changes its length"
_KNOWN_ITERABLES = (Mapping, Set, KeysView, ValuesView)


# ---- templates: the form of a value that is different on two paths ---------------------------------------------------

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


class Control:
    """The part of the lowerer for branches and loops."""

    frames: list[Frame]
    heap: dict[int, Any]

    # ---- joining ---------------------------------------------------------------------------------------------------

    def known_items(self, value: Any) -> tuple[Value, ...]:
        """The items of a set, or the keys of a mapping, that is known now and stays as it is."""
        items = tuple(value)
        seen = tuple(map(id, items))
        self.keep.append((value, items))
        self.guard(("items", id(value)), lambda: tuple(map(id, value)), seen)
        return tuple(self.capture(v, None) for v in items)

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
            if type(ca) is type(cb) and not isinstance(ca, Buffer):
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
                    type(a.value) is type(b.value) and not _is_array(a.value) and a.value == b.value
                    and repr(a.value) == repr(b.value)):
                return Same(a)
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
                facts = [self.fact_in(v, heap) for v in cell.values]
                holds = holds.union(*(self.roots(v) for v in cell.values)) if cell.values else holds
            for f in facts:
                item = f.forget() if item is None else join(item, f.forget())
        return Leaf(Fact("list", item=item), True, frozenset(), holds)

    def join_cells(self, ca: Any, cb: Any, ha: dict, hb: dict, memo: dict, key: Any) -> Any:
        """The template of the contents of a cell."""
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
        filled = [Fields(c.cls, names, tuple(c.values[c.names.index(n)] if n in c.names else Unbound(
            f"the field `{n}` is not set on every path") for n in names)) for c in (ca, cb)]
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
        return Same(value)

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
                    out.append(Const(UNDEFINED))
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
                    parts = cell.values
                    if isinstance(cell, Fields) and cell.names != template.meta[1]:
                        parts = tuple(cell.values[cell.names.index(n)] if n in cell.names else Unbound()
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
        arg = value.arg if isinstance(value, Atom) else getattr(self.heap.get(getattr(value, "cell", None)), "arg", None)  # noqa: E501
        return arg in self.unsure

    def may_miss(self, arg: Arg) -> bool:
        """Whether an argument may have no value."""
        return arg in self.unsure or (isinstance(arg, Const) and arg.value is UNDEFINED)

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
                    return self.new_ref(Buffer(arg, fact, template.alias, template.holds, self.family))
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

    # ---- branches --------------------------------------------------------------------------------------------------

    def lower_if(self, node: Any, rest: list[Any], live_out: frozenset[str]) -> bool:
        """Lower an ``if``. True if the statements after it were lowered too, inside the branch that goes on."""
        test = self.expr(node.test)
        truth = self.truth(test)
        if truth is not None:
            self.body(node.body if truth else node.orelse, node.live_after)
            return False
        exits = [self.leaves(b) for b in (node.body, node.orelse)]
        if exits[0] == exits[1]:
            self.branch(test, lambda: self.body(node.body, node.live_after),
                        lambda: self.body(node.orelse, node.live_after), node.live_after)
            return False

        def arm(stmts: list[Any]) -> None:
            self.body(stmts, node.live_after)
            skip = static(self.flag("$skip"))
            if skip is False:
                self.body(rest, live_out)
            elif skip is UNSET and rest:
                self.branch(self.flag("$skip"), lambda: None, lambda: self.body(rest, live_out), live_out)

        self.branch(test, lambda: arm(node.body), lambda: arm(node.orelse), live_out)
        return True

    def leaves(self, stmts: list[Any]) -> bool:
        """Whether some statements certainly end this body (return, raise, break, continue)."""
        if not stmts:
            return False
        last = stmts[-1]
        if isinstance(last, gast.If):
            return self.leaves(last.body) and self.leaves(last.orelse)
        return isinstance(last, (gast.Return, gast.Raise, gast.Break, gast.Continue))

    def branch(self, test: Value, then: Callable[[], None], orelse: Callable[[], None], live: frozenset[str]) -> None:
        """``if test: then() else: orelse()``, joining all that differs."""
        truth = self.truth(test)
        if truth is not None:
            (then if truth else orelse)()
            return
        loc = self.loc
        arg = self.test_arg(test)
        before = self.snapshot()
        sides = []
        for run in (then, orelse):
            self.restore(before)
            self.loc = loc
            self.open_tests.append(arg)
            for name in FLAGS:
                flag = self.frames[-1].env.get(name)
                if isinstance(flag, Atom) and flag.arg is arg:
                    self.frames[-1].env[name] = TRUE if run is then else FALSE
            with self.block() as stmts:
                run()
            self.open_tests.pop()
            heap, envs, views = self.snapshot()
            sides.append(Side(stmts, heap, envs, views))
        self.restore(before)
        self.loc = loc
        for side in sides:
            side.heap = {**self.origins, **side.heap}
        self.join_sides(arg, sides[0], sides[1], live)

    def test_arg(self, test: Value) -> Arg:
        """The IR argument of a test; the length of a run-time list counts as its truth."""
        if isinstance(test, Ref) and self.fact(test).kind == "list":
            return self.emit_arg(len, self.reify(test))
        if isinstance(test, Ref) and isinstance(self.heap[test.cell], Fields):
            for name in ("__bool__", "__len__"):
                found = self.find_special(test, name)
                if found is not None:
                    return self.reify(self.call(found, (), ()))
        return self.reify(test)

    def choose(self, test: Value, then: Callable[[], Value], orelse: Callable[[], Value], hint: str = "") -> Value:
        """The value of ``then() if test else orelse()``."""
        env = self.frames[-1].env
        name = f"${len([k for k in env if k.startswith('$choice')])}{hint}"
        key = "$choice" + name

        def run(fn: Callable[[], Value]) -> None:
            self.frames[-1].env[key] = fn()
        self.branch(test, lambda: run(then), lambda: run(orelse), self.frames[-1].live | {key})
        return self.frames[-1].env.pop(key)

    def join_sides(self, test: Arg, a: Side, b: Side, live: frozenset[str]) -> None:
        frame = self.frames[-1]
        dead = [static(s.envs[frame].get("$dead", FALSE)) is True for s in (a, b)]
        templates: list[tuple[Any, str, Any, Any, Any]] = []
        memo: dict[Any, Any] = {}
        for f in self.all_frames():
            ea, eb = a.envs[f], b.envs[f]
            for name in dict.fromkeys((*ea, *eb)):
                va, vb = ea.get(name, Unbound()), eb.get(name, Unbound())
                if va == vb:
                    f.env[name] = va
                    continue
                if f is frame and name not in live and name not in f.always_live and name not in FLAGS and not (
                        name.startswith("$choice")):
                    templates.append((f, name, Same(Unbound(f"`{name}` has no value on every path")), None, None))
                    continue
                if dead[0] != dead[1]:
                    if name in FLAGS and name != "$val":
                        templates.append((f, name, Same(vb if dead[0] else va), None, None))
                        continue
                    va, vb = (Unbound(), vb) if dead[0] else (va, Unbound())
                if self.is_function(va) and self.is_function(vb):
                    chosen = Choice(Atom(test, fact_of(test)), va, vb)
                    templates.append((f, name, Same(chosen), None, None))
                    continue
                templates.append((f, name, self.join_values(va, vb, a.heap, b.heap, memo), va, vb))
        for cell in self.heap:
            ca, cb = a.heap.get(cell), b.heap.get(cell)
            if ca is cb:
                continue
            if dead[0] != dead[1]:
                keep, heap = (cb, b.heap) if dead[0] else (ca, a.heap)
                template = self.one_sided(keep, heap, memo)
                ca, cb = (None, cb) if dead[0] else (ca, None)
            else:
                template = self.join_cells(ca, cb, a.heap, b.heap, memo, ("cell", cell))
            templates.append((None, cell, template, ca, cb))
        self.emit_if(test, a, b, templates)

    def is_function(self, value: Value) -> bool:
        """Whether a value is a function that is known now."""
        if isinstance(value, Atom):
            return value.is_static and callable(value.value) and not isinstance(value.value, type)
        return isinstance(value, (Closure, Bound, Method, Choice))

    def one_sided(self, cell: Any, heap: dict, memo: dict) -> Any:
        """The template of a cell whose other path ends in an exception."""
        if isinstance(cell, Buffer):
            return Leaf(cell.fact.forget(), True, cell.alias, cell.holds)
        if isinstance(cell, Broken):
            return Bad(cell.reason)
        meta = {Items: lambda c: None, Table: lambda c: (c.keys, c.cls), Fields: lambda c: (c.cls, c.names)}
        return Struct(type(cell).__name__, tuple(self.maybe_template(v, heap, memo) for v in cell.values),
                      meta[type(cell)](cell))

    def emit_if(self, test: Arg, a: Side, b: Side, templates: list) -> None:
        state = self.snapshot()
        for side, k in ((a, 3), (b, 4)):
            self.heap, self.views = side.heap, side.views
            outer, self.stmts = self.stmts, side.stmts
            done: set[int] = set()
            for entry in templates:
                self.extract(entry[2], entry[k], side.args, done)
            self.stmts = outer
        self.restore(state)
        outs: list[Var] = []
        pairs: dict[Any, Var] = {}
        args = iter(zip(a.args, b.args))
        kept_a: list[Arg] = []
        kept_b: list[Arg] = []

        def make_named(name: str) -> Callable[[Fact], Arg]:
            def make(fact: Fact) -> Arg:
                x, y = next(args)
                if x is y:
                    return x
                key = (_key(x), _key(y))
                if key not in pairs:
                    facts = [fact_of(v) for v in (x, y) if not (isinstance(v, Const) and v.value is UNDEFINED)]
                    known = facts[0].forget() if len(facts) == 1 else join(facts[0].forget(), facts[1].forget())
                    if fact.kind == "list" and fact.item is not None:
                        known = fact
                    pairs[key] = out = Var(name, known)
                    if self.may_miss(x) or self.may_miss(y):
                        self.unsure.add(out)
                    outs.append(out)
                    kept_a.append(x)
                    kept_b.append(y)
                return pairs[key]
            return make

        made: dict[int, Any] = {}
        for f, name, template, va, vb in templates:
            if f is None:
                label = next((s.arg.name for s in (va, vb) if isinstance(s, Buffer) and getattr(s.arg, "name", None)),
                             "t")
                self.heap[name] = self.instantiate_cell(template, make_named(label), made)
            else:
                label = "returned" if name == "$ret" else "result" if name == "$val" else (
                    name.split("$")[-1].lstrip("0123456789") or "t")
                value = self.instantiate(template, make_named(label), made)
                if isinstance(value, Atom):
                    value = Atom(value.arg, fact_of(value.arg)) if isinstance(value.arg, Var) else value
                f.env[name] = value
        if outs or a.stmts or b.stmts:
            self.stmts.append(If(tuple(outs), test, Block((), tuple(a.stmts), tuple(kept_a)),
                                 Block((), tuple(b.stmts), tuple(kept_b)), self.loc, self.adjoint))

    # ---- loops -----------------------------------------------------------------------------------------------------

    def stmt_For(self, node: Any) -> None:
        iterable = self.iterate(self.expr(node.iter))
        live = node.live_head | node.live_exit
        mark = len(self.pending)
        self.pending.extend(iterable.parts)
        self.loop_over(node, iterable, live)
        del self.pending[mark:]
        self.loop_else(node)

    def loop_over(self, node: Any, iterable: Iteration, live: frozenset[str]) -> None:
        if iterable.static is not None:
            self.unroll(node, lambda k: self.item_now(iterable, k))
        else:
            self.scan_or_unroll(iterable, lambda: self.run_loop(node, iterable, live), lambda items: self.unroll(
                node, lambda k: items[k] if k < len(items) else None))

    def scan_or_unroll(self, iterable: Iteration, scan: Callable[[], None],
                       unroll: Callable[[tuple[Value, ...]], None]) -> None:
        """A loop at run time if that is possible; else over each of its positions, if they are few and known."""
        trips = self.static_trips(iterable)
        before, frames, pending = self.snapshot(), len(self.frames), len(self.pending)
        mark, tests = len(self.stmts), len(self.open_tests)
        try:
            scan()
        except S2SADError as error:
            if trips is None or trips > 64 or error.code not in ("S2S010", "S2S011"):
                raise
            self.restore(before)
            del self.stmts[mark:], self.frames[frames:], self.pending[pending:], self.open_tests[tests:]
            unroll(tuple(self.position_item(iterable, const(k)) for k in range(trips)))

    def static_trips(self, iterable: Iteration) -> int | None:
        bounds = [static(p) for p in iterable.parts] if iterable.kind == "range" else [UNSET]
        return None if UNSET in bounds else len(range(*bounds))

    def run_loop(self, node: Any, iterable: Iteration, live: frozenset[str]) -> None:
        walked, name, item_of = self.positions(iterable, node.target)

        def body(item: Arg) -> None:
            self.assign(node.target, item_of(Atom(item, fact_of(item))))
            self.body(node.body, node.live_head | node.live_exit)

        stored = [*stores_of([node.target]), *stores_of(node.body)]
        watched = [v for v in iterable.parts if isinstance(v, Ref) and self.fact(v).kind == "list"]
        before = [self.heap[v.cell] for v in watched]
        self.scan(walked, name, None, body, live, node.live_head, stored, node.body)
        for v, state in zip(watched, before):
            if self.heap[v.cell] is not state and any(self._grows(node.body)):
                raise self.unsupported("a list changes its length while the loop runs over it",
                                       "loop over a copy, `list(xs)`",
                                       node=node)

    def _grows(self, body: list[Any]) -> list[Any]:
        return [n for s in body for n in gast.walk(s) if isinstance(n, gast.Attribute) and n.attr in (
            "append", "pop", "extend", "insert", "remove", "clear")]

    def stmt_While(self, node: Any) -> None:
        if any(isinstance(n, (gast.NamedExpr,)) or (isinstance(n, gast.Attribute) and n.attr == "pop")
               for n in gast.walk(node.test)):
            body = [_break_unless(node.test), *node.body]
            test: Any = gast.copy_location(gast.Constant(value=True, kind=None), node.test)
            body[0].live_after = node.live_head
        else:
            body, test = node.body, node.test
        live = node.live_head | node.live_exit
        self.scan(None, "", lambda: self.expr(test), lambda item: self.body(body, live), live, node.live_head,
                  stores_of(body), body)
        self.loop_else(node)

    def loop_else(self, node: Any) -> None:
        """The ``else`` of a loop, and the function's return from inside it."""
        env = self.frames[-1].env
        stopped = env.pop("$stopped", FALSE)
        returned = env.get("$ret", FALSE)
        env["$skip"] = env["$stop"] = returned
        if not node.orelse or static(stopped) is True:
            return
        if static(stopped) is False:
            self.body(node.orelse, node.live_after)
        else:
            self.branch(stopped, lambda: None, lambda: self.body(node.orelse, node.live_after), node.live_after)

    def unroll(self, node: Any, item: Callable[[int], Value | None]) -> None:
        """Lower the body once for each of known items: ``item(k)`` until it is None."""
        live = node.live_head | node.live_exit

        def step(k: int) -> None:
            value = item(k)
            if value is None:
                self.frames[-1].env["$stopped"] = FALSE
                return
            self.unrolled += 1
            if self.unrolled > UNROLL_LIMIT:
                raise self.unsupported(f"more than {UNROLL_LIMIT} loop bodies would be unrolled", "loop over an array",
                                       code="S2S012", node=node)
            self.loc = self.at(node)
            self.assign(node.target, value)
            self.body(node.body, live)
            env = self.frames[-1].env
            stop = env.get("$stop", FALSE)
            env["$skip"] = FALSE
            if static(stop) is True:
                env["$stopped"] = TRUE
            elif static(stop) is False:
                step(k + 1)
            else:
                def stopped() -> None:
                    self.frames[-1].env["$stopped"] = TRUE
                self.branch(stop, stopped, lambda: step(k + 1), live | {"$stopped"})
        step(0)

    def scan(self, walked: Arg | None, name: str, test: Callable[[], Value] | None, body: Callable[[Arg], None],
             live: frozenset[str], live_head: frozenset[str], stored: list[str], nodes: list[Any]) -> None:
        """A loop at run time: over the sequence ``walked``, or while ``test()``."""
        loc = self.loc
        frame = self.frames[-1]
        frame.env.update({"$skip": FALSE, "$stop": FALSE})
        before = self.snapshot()
        plan = self.first_guess(stored, live_head, nodes)
        floor = self.next_cell + 1
        wild: set[Any] = set()
        notes: set[str] = set()
        for _ in range(24):
            self.restore(before)
            self.loc = loc
            self.loop_notes = notes
            attempt = self.try_loop(plan, walked, name, test, body)
            if attempt is None:  # the test is false at the start, whatever is carried
                self.restore(before)
                frame.env["$stopped"] = FALSE
                return
            outer_floor, self.loop_floor = self.loop_floor, floor
            steady = self.stable(plan, before, attempt, live, wild)
            if "shared" not in notes and not self.disjoint(plan, before, attempt):
                notes.add("shared")
                steady = False
            self.loop_floor = outer_floor
            if steady:
                break
        else:
            raise self.unsupported("what this loop carries changes its form in every step",
                                   "loop over a list of the objects, or use arrays", code="S2S010")
        self.loop_notes = notes
        self.finish_loop(plan, before, attempt, walked, test, loc)

    def first_guess(self, stored: list[str], live_head: frozenset[str], nodes: list[Any]) -> dict[Any, Any]:
        """Numbers and arrays that the body assigns are carried; so are arrays it writes to."""
        frame = self.frames[-1]
        plan: dict[Any, Any] = {}
        for name in stored:
            value = frame.env.get(name)
            if name in live_head and isinstance(value, Atom) and value.fact.is_scalar:
                plan[frame, name] = Leaf(value.fact.forget(), False)
        for node in (n for s in nodes for n in gast.walk(s)):
            if isinstance(node, gast.Subscript) and isinstance(node.ctx, gast.Store):
                base = node.value
                while isinstance(base, (gast.Subscript, gast.Attribute)):
                    base = base.value
                value = frame.env.get(base.id) if isinstance(base, gast.Name) else None
                if isinstance(value, Ref) and isinstance(self.heap.get(value.cell), Buffer):
                    cell = self.heap[value.cell]
                    plan[None, value.cell] = Leaf(cell.fact.forget(), True, cell.alias, cell.holds, cell.contiguous)
        return plan

    def try_loop(self, plan: dict, walked: Arg | None, name: str, test: Any, body: Any) -> Any:
        """Lower the body once with the carried things of ``plan``."""
        heap0, envs0 = self.heap, {f: f.env for f in self.all_frames()}
        params: list[Var] = []
        with self.block() as prelude:
            inits: list[Arg] = []
            done: set[int] = set()
            for (f, key), template in plan.items():
                value = envs0[f].get(key, Unbound()) if f is not None else heap0[key]
                self.extract(template, value, inits, done)
        made: dict[int, Any] = {}
        self.family = None if "shared" in self.loop_notes else self.next_cell + 1
        for (f, key), template in plan.items():
            label = key if f is not None else self.cell_name(key)

            def make(fact: Fact, label: str = label) -> Arg:
                params.append(Var("result" if label == "$val" else label.lstrip("$") or "t", fact.forget()))
                if self.may_miss(inits[len(params) - 1]):
                    self.unsure.add(params[-1])
                return params[-1]
            if f is not None:
                f.env[key] = self.instantiate(template, make, made)
            else:
                self.heap[key] = self.instantiate_cell(template, make, made)
        self.family = None
        head = self.snapshot()
        test_block = None
        if test is not None:
            with self.block() as stmts:
                truth_value = test()
                truth = self.truth(truth_value)
                if truth is False:
                    return None
                arg = self.test_arg(truth_value) if truth is None else Const(True)
            test_block = (stmts, arg)
            if any(self.heap[c] is not state for c, state in head[0].items()):
                raise self.unsupported("the test of this `while` changes something", "move the change into the body")
            self.views = dict(head[2])
        item = None
        if walked is not None:
            fact = fact_of(walked)
            item = Var(name, Fact("int") if fact.kind == "range" else fact.item or Fact())
        self.open_tests.append(Const(None))
        with self.block() as stmts:
            body(item)
            stop = self.flag("$stop")
            self.frames[-1].env["$skip"] = FALSE
        self.open_tests.pop()
        heap, envs, views = self.snapshot()
        return Side(stmts, heap, envs, views), head, params, inits, prelude, item, stop, test_block

    def disjoint(self, plan: dict, before: tuple, attempt: tuple) -> bool:
        """Whether the arrays that a loop carries under different names share no memory, at its start and after a
        step."""
        side = attempt[0]
        for heap, envs in ((before[0], before[1]), (side.heap, side.envs)):
            done: set[int] = set()
            held = [v for (f, key), t in plan.items() for v in self.arrays_of(
                t, envs[f].get(key) if f is not None else heap.get(key), heap, done)]
            seen: list[tuple[int, frozenset[int], Any]] = []
            for value in held:
                if not isinstance(value, Ref):
                    continue
                cell = heap.get(value.cell)
                mine = (cell.alias if isinstance(cell, Buffer) else frozenset()) | {value.cell}
                family = cell.family if isinstance(cell, Buffer) else None
                for other, theirs, their_family in seen:
                    if other == value.cell or (mine & theirs and (family is None or family != their_family)):
                        return False
                seen.append((value.cell, mine, family))
        return True

    def arrays_of(self, template: Any, value: Any, heap: dict, done: set[int]) -> list[Ref]:
        """The references to arrays that get cells of their own where ``value`` takes the form of ``template``."""
        if isinstance(template, Leaf):
            return [value] if template.cell and isinstance(value, Ref) else []
        if not isinstance(template, Struct) or id(template) in done:
            return []
        done.add(id(template))
        cell = heap.get(value.cell) if isinstance(value, Ref) else value
        parts = cell.items if isinstance(cell, Tup) else getattr(cell, "values", ())
        if isinstance(cell, Fields) and cell.names != template.meta[1]:
            parts = [cell.values[cell.names.index(n)] if n in cell.names else None for n in template.meta[1]]
        return [v for t, p in zip(template.parts, parts) for v in self.arrays_of(t, p, heap, done)]

    loop_notes: set[str] = set()

    def cell_name(self, cell: int) -> str:
        state = self.heap.get(cell)
        return (getattr(state.arg, "name", None) or "t") if isinstance(state, Buffer) else "t"

    def stable(self, plan: dict, before: tuple, attempt: tuple, live: frozenset[str], wild: set) -> bool:
        """Whether the end of the body has the form assumed at its head; if not, widen the plan."""
        side, head = attempt[0], attempt[1]
        heap0, envs0 = before[0], before[1]
        changed = False
        memo: dict[Any, Any] = {}
        if static(side.envs[self.frames[-1]].get("$dead", FALSE)) is True:
            return True
        for f in self.all_frames():
            for name in dict.fromkeys((*head[1].get(f, {}), *side.envs.get(f, {}))):
                if name in ("$skip", "$stop", "$dead", "$stopped") or name.startswith("$choice"):
                    continue
                at_head, at_end = head[1][f].get(name, Unbound()), side.envs[f].get(name, Unbound())
                if at_head == at_end:
                    continue
                if f is self.frames[-1] and name not in live and name not in f.always_live and name not in FLAGS:
                    continue
                template = self.join_values(at_head, at_end, head[0], side.heap, memo)
                changed |= self.widen(plan, (f, name), template, envs0.get(f, {}).get(name, Unbound()), heap0, wild)
        for cell in heap0:
            at_head, at_end = head[0].get(cell), side.heap.get(cell)
            if at_head is at_end:
                continue
            template = self.join_cells(at_head, at_end, head[0], side.heap, memo, ("cell", cell))
            changed |= self.widen(plan, (None, cell), template, heap0[cell], heap0, wild)
        return not changed

    def widen(self, plan: dict, key: Any, template: Any, initial: Any, heap0: dict, wild: set) -> bool:
        """Make the plan for one thing cover ``template``; True if it had to change."""
        old = plan.get(key)
        new = self.cover(old, template, wild)
        if new is old:
            return False
        plan[key] = new
        return True

    def cover(self, old: Any, new: Any, wild: set) -> Any:
        """The form that covers both; ``old`` itself if it covers ``new`` already."""
        if isinstance(old, Bad) or (isinstance(old, Leaf) and isinstance(new, Same)):
            return old
        if isinstance(old, Leaf) and isinstance(new, Leaf):
            fact = _cover_fact(old.fact, new.fact, wild)
            if old.contiguous and not new.contiguous:
                return Leaf(fact, old.cell or new.cell, old.alias | new.alias, old.holds | new.holds)
            if fact is old.fact and new.alias <= old.alias and new.holds <= old.holds and old.cell >= new.cell:
                return old
            if fact is old.fact and old.cell >= new.cell and not (new.alias - old.alias - set(self._young)) and (
                    new.holds <= old.holds | frozenset(self._young)):
                return old
            return Leaf(fact, old.cell or new.cell, old.alias | new.alias, old.holds | new.holds)
        if isinstance(old, Struct) and isinstance(new, Struct) and old.kind == new.kind and old.meta == new.meta and (
                len(old.parts) == len(new.parts)):
            return self.cover_parts(old, new, wild)
        if isinstance(old, Struct) and isinstance(new, Same):
            return old
        if isinstance(old, Same) and isinstance(new, Same) and old.value == new.value:
            return old
        if old is None or isinstance(old, Same):
            return new
        return new if isinstance(new, (Bad, Leaf)) else Bad("what this loop carries changes its structure")

    def cover_parts(self, old: Struct, new: Struct, wild: set) -> Struct:
        """``cover`` for containers, which may refer to themselves."""
        if (old, new) in self.covering:
            return old
        self.covering.append((old, new))
        parts = tuple(self.cover(a, b, wild) for a, b in zip(old.parts, new.parts))
        self.covering.pop()
        if all(a is b for a, b in zip(parts, old.parts)) and not new.alias - old.alias - frozenset(self._young):
            return old
        old.parts = parts
        return Struct(old.kind, parts, old.meta, alias=old.alias | new.alias)

    @property
    def _young(self) -> range:
        """Cells made by earlier lowerings of a loop body: they say nothing about the next one."""
        return range(self.loop_floor, self.next_cell + 1)

    loop_floor = 1 << 60
    family: int | None = None
    unrolling = False
    covering: list[tuple[Any, Any]]
    blends: dict[int, frozenset[int]]
    blended: set[int]

    def finish_loop(self, plan: dict, before: tuple, attempt: tuple, walked: Arg | None, test: Any, loc: Any) -> None:
        floor = self.next_cell + 1
        side, head, params, inits, prelude, item, stop, test_block = attempt
        state = before
        self.heap, self.views = side.heap, side.views
        dead = static(side.envs[self.frames[-1]].get("$dead", FALSE)) is True
        outer, self.stmts = self.stmts, side.stmts
        results: list[Arg] = []
        done: set[int] = set()
        for (f, key), template in plan.items():
            value = side.envs[f].get(key, Unbound()) if f is not None else side.heap.get(key)
            if dead:
                value = head[1][f].get(key, Unbound()) if f is not None else head[0].get(key)
            self.extract(template, value, results, done)
        stops = static(stop) is not False
        if stops:
            results.append(self.reify(stop))
        self.stmts = outer
        self.restore(state)
        self.stmts.extend(prelude)
        outs: list[Var] = []
        made: dict[int, Any] = {}
        for (f, key), template in plan.items():
            label = key if f is not None else self.cell_name(key)

            def make(fact: Fact, label: str = label) -> Arg:
                outs.append(Var("result" if label == "$val" else label.lstrip("$") or "t", params[len(outs)].fact))
                k = len(outs) - 1
                if self.may_miss(results[k]) or (self.may_miss(inits[k]) and not self.runs(walked)):
                    self.unsure.add(outs[-1])
                return outs[-1]
            self.family = None if "shared" in self.loop_notes else floor
            if f is not None:
                f.env[key] = self.instantiate(template, make, made)
            else:
                self.heap[key] = self.instantiate_cell(template, make, made)
            self.family = None
        stopped: Value = FALSE
        if stops:
            flag = Var("stopped", Fact("bool"))
            outs.append(flag)
            stopped = Atom(flag, flag.fact)
        block = Block((*((item,) if item is not None else ()), *params), tuple(side.stmts), tuple(results))
        if walked is not None:
            self.stmts.append(For(tuple(outs), (walked,), tuple(inits), block, False, stops, loc, self.adjoint))
        else:
            tests = clone(Block(tuple(params), tuple(test_block[0]), (test_block[1],)))
            self.stmts.append(While(tuple(outs), tuple(inits), tests, block, stops, loc, self.adjoint))
        self.frames[-1].env["$stopped"] = stopped
        self.loc = loc

    def runs(self, walked: Arg | None) -> bool:
        """Whether a loop over a sequence certainly runs at least once."""
        made = next((s for s in reversed(self.stmts) if isinstance(s, Call) and s.outs and s.outs[0] is walked), None)
        if made is None or made.op is not range:
            return False
        bounds = [a.value for a in made.args if isinstance(a, Const)]
        return len(bounds) == len(made.args) and len(range(*bounds)) > 0

    # ---- what can be iterated over ---------------------------------------------------------------------------------

    def iterate(self, value: Value) -> Iteration:
        """Anything that ``for`` accepts."""
        match value:
            case Iteration():
                return value
            case Tup():
                return Iteration("static", (), value.items)
            case Ref():
                cell = self.heap[value.cell] if not value.path else None
                if isinstance(cell, Items):
                    return Iteration("static", (), cell.values, lambda k: self.list_now(value, k))
                if isinstance(cell, Table):
                    return Iteration("static", (), tuple(self.capture(k, None) for k in cell.keys))
                if isinstance(cell, Fields):
                    return self.iterate(self.call_special(value, "__iter__", ()))
                return Iteration("seq", (value,))
            case Atom() if value.is_static:
                v = value.value
                if isinstance(v, range):
                    return Iteration("range", tuple(const(p) for p in (v.start, v.stop, v.step)), None, value)
                if isinstance(v, (str, tuple, list, dict, frozenset, set, type)):
                    items = sorted(v, key=repr) if isinstance(v, (set, frozenset)) else list(v)
                    if len(items) > 64 and all(type(i) in (int, float) for i in items):
                        return Iteration("seq", (value,))
                    return Iteration("static", (), tuple(self.capture(i, None) for i in items))
            case Atom() if value.fact.kind in ("tuple", "unknown", "list", "range"):
                return Iteration("seq", (value,))
        if isinstance(value, Atom) and value.is_static and isinstance(value.value, _KNOWN_ITERABLES):
            return Iteration("static", (), self.known_items(value.value))
        raise self.unsupported(f"a loop over {self.describe(value)}", "loop over a range, an array or a list")

    def list_now(self, ref: Ref, k: int) -> Value | None:
        """The item of a list at ``k`` now, while a loop over it runs; None at its end."""
        cell = self.heap[ref.cell]
        if isinstance(cell, Items):
            return cell.values[k] if k < len(cell.values) else None
        raise self.unsupported("a list that changes its form while a loop runs over it", "loop over a copy, `list(xs)`",
                               code="S2S010")

    def item_now(self, it: Iteration, k: int) -> Value | None:
        """The item of known items at ``k``, lists read as they are now; None at the end."""
        if it.extra is not None:
            return it.extra(k)
        return it.static[k] if it.static is not None and k < len(it.static) else None

    def length(self, it: Iteration) -> Value:
        """How many items there are."""
        if it.static is not None:
            return const(len(it.static))
        match it.kind:
            case "range":
                lo, hi, step = (static(p) for p in it.parts)
                if UNSET not in (lo, hi, step):
                    return const(len(range(lo, hi, step)))
                return self.emit(len, (self.reify(it.extra),), hint="n")
            case "seq":
                return self.emit(len, (self.reify(it.parts[0]),), hint="n")
            case "enumerate" | "reversed":
                return self.length(it.extra)
            case "zip":
                lengths = [self.length(p) for p in it.extra]
                first = lengths[0]
                syms = {v.fact.sym if isinstance(v, Atom) else None for v in lengths}
                if len(lengths) == 1 or (len(syms) == 1 and None not in syms):
                    return first
                if all(static(v) is not UNSET for v in lengths):
                    return const(min(static(v) for v in lengths))
                return self.emit(min, tuple(self.reify(v) for v in lengths), hint="n")
        raise self.unsupported("the length of this iterable is not known")

    def position_item(self, it: Iteration, k: Value) -> Value:
        """The item at position ``k``."""
        if it.static is not None:
            if static(k) is not UNSET:
                return it.static[static(k)]
            return self.get(self.dynamic_list(it.static), k)
        match it.kind:
            case "range":
                lo, _, step = it.parts
                if static(lo) == 0 and static(step) == 1:
                    return k
                return self.emit(operator.getitem, (self.reify(it.extra), self.reify(k)))
            case "seq":
                return self.get(it.parts[0], k)
            case "enumerate":
                start = it.parts[0]
                number = k if static(start) == 0 else self.binary(operator.add, start, k)
                return Tup((number, self.position_item(it.extra, k)))
            case "zip":
                return Tup(tuple(self.position_item(p, k) for p in it.extra))
            case "reversed":
                last = self.binary(operator.sub, self.length(it.extra), const(1))
                return self.position_item(it.extra, self.binary(operator.sub, last, k))
        raise self.unsupported("an item of this iterable")

    def positions(self, it: Iteration, target: Any) -> tuple[Arg, str, Callable[[Value], Value]]:
        """The sequence that the loop walks, the name of its item, and the user's item from it."""
        if it.kind == "range":
            return self.reify(it.extra), getattr(target, "id", "k"), lambda k: k
        name = "k"
        if it.kind == "enumerate" and isinstance(target, gast.Tuple) and static(it.parts[0]) == 0:
            name = getattr(target.elts[0], "id", "k")
        n = self.length(it)
        made = Var("positions", Fact("range"))
        self.append_call((made,), range, (self.reify(n),))
        return made, name, lambda k: self.position_item(it, k)

    def static_items(self, value: Value) -> tuple[Value, ...] | None:
        """The items of something iterable, if they are known one by one."""
        if isinstance(value, Ref) and not isinstance(self.heap[value.cell], (Items, Table, Fields)) or (
                isinstance(value, Ref) and value.path):
            dims = self.fact(value).dims
            if dims and isinstance(dims[0], int) and dims[0] <= 64:
                return tuple(self.get(value, const(k)) for k in range(dims[0]))
            return None
        if isinstance(value, Atom) and not value.is_static:
            dims = value.fact.dims
            if value.fact.kind == "tuple" and dims is not None:
                return tuple(self.get(value, const(k)) for k in range(len(dims)))
            return None
        it = self.iterate(value)
        if it.static is not None:
            return it.static
        n = static(self.length(it))
        if n is UNSET or n > UNROLL_LIMIT:
            return None
        return tuple(self.position_item(it, const(k)) for k in range(n))

    def comprehension(self, node: Any, elt: Any, hint: str, known: bool = False) -> Value:
        """A list comprehension: unrolled over known items (over ranges too if ``known``), else a loop that appends."""
        outer = self.frames[-1]
        names = frozenset(n for g in node.generators for n in stores_of([g.target]))
        inner = Frame({}, outer.source, outer.globals, outer.closure, outer, names, frozenset(), name="<comprehension>")
        inner.always_live = frozenset(reads_of(node)) | {"$list"}
        self.frames.append(inner)
        result = self.new_list(())
        inner.env["$list"] = result
        before, self.unrolling = self.unrolling, known
        try:
            self.generator(node.generators, elt, 0)
        finally:
            self.frames.pop()
            self.unrolling = before
        return inner.env["$list"]

    def generator(self, generators: list[Any], elt: Any, k: int) -> None:
        inner = self.frames[-1]
        if k == len(generators):
            self.list_append(inner.env["$list"], self.expr(elt))
            return
        g = generators[k]
        iterable = self.iterate(self.expr(g.iter))

        def one(item: Value) -> None:
            self.assign(g.target, item)
            self.filtered(g.ifs, generators, elt, k)

        if iterable.static is not None:
            for item in iterable.static:
                one(item)
            return

        def scan() -> None:
            walked, name, item_of = self.positions(iterable, g.target)
            live = inner.always_live
            self.scan(walked, name, None, lambda item: one(item_of(Atom(item, fact_of(item)))), live, live,
                      stores_of([g.target]), [])

        def unroll(items: tuple[Value, ...]) -> None:
            for item in items:
                one(item)
        trips = self.static_trips(iterable)
        if self.unrolling and trips is not None and trips <= UNROLL_LIMIT:
            unroll(tuple(self.position_item(iterable, const(k)) for k in range(trips)))
        else:
            self.scan_or_unroll(iterable, scan, unroll)
        inner.env.pop("$stopped", None)

    def filtered(self, ifs: list[Any], generators: list[Any], elt: Any, k: int) -> None:
        if not ifs:
            self.generator(generators, elt, k + 1)
            return
        live = self.frames[-1].always_live
        self.branch(self.expr(ifs[0]), lambda: self.filtered(ifs[1:], generators, elt, k), lambda: None, live)


def _cover_fact(old: Fact, new: Fact, wild: set) -> Fact:
    """``old`` if it covers ``new``, else their join with free dimensions where they differ."""
    if old == new:
        return old
    joined = join(old, new)
    dims = joined.dims
    if old.kind == new.kind and old.dims is not None and new.dims is not None and len(old.dims) == len(new.dims):
        out = []
        for a, b in zip(old.dims, new.dims):
            if a == b or a in wild:
                out.append(a)
            else:
                dim = fresh_dim()
                wild.add(dim)
                out.append(dim)
        dims = tuple(out)
    item = joined.item
    if old.item is not None and new.item is not None:
        item = _cover_fact(old.item, new.item, wild)
    elif old.item is None and new.item is not None:
        item = new.item
    elif new.item is None:
        item = old.item
    result = replace(joined, dims=dims, item=item)
    return old if result == old else result


def _key(arg: Arg) -> Any:
    if isinstance(arg, Const):
        v = arg.value
        return (type(v), repr(v)) if isinstance(v, (int, float, bool, complex, str, type(None))) else id(v)
    return id(arg)


def _is_array(v: Any) -> bool:
    return hasattr(v, "__array__")


def _break_unless(test: Any) -> Any:
    node = gast.If(test=gast.UnaryOp(op=gast.Not(), operand=test), body=[gast.Break()], orelse=[])
    for child in (node, node.test, node.body[0]):
        gast.copy_location(child, test)
    return node
