"""What a loop carries: the first guess, one lowering of the body under it, and whether it was right.

Before: ``s = 0`` before a loop with ``s += x``.  After: ``s`` is carried as an int, then, as it
was a float at the end, as either.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gast

from s2sad import ir, runtime
from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import int_dim
from s2sad.frontend.failures import PathEnded
from s2sad.frontend.joins import Bad, Leaf, Same, Side, Struct
from s2sad.frontend.values import (
    FALSE,
    TRUE,
    Atom,
    Buffer,
    Fields,
    Frame,
    Ref,
    Table,
    Tup,
    Unbound,
    Value,
    static,
)
from s2sad.ir import Arg, Block, Call, Const, Fact, For, Stmt, Stop, Var, Walked, While
from s2sad.ir.facts import (
    Dim,
    fresh_dim,
    fresh_like,
    is_filled,
    join,
    own_dim,
    shift_dim,
    sometimes,
    symbols,
    taken_out,
    with_symbols,
)
from s2sad.ir.walk import clone, free


def _cover_fact(old: Fact, new: Fact, wild: set, free: Callable[[], Dim] = fresh_dim) -> Fact:
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
                dim = free()
                wild.add(dim)
                out.append(dim)
        dims = tuple(out)
    item = joined.item
    if old.item is not None and new.item is not None:
        item = _cover_fact(old.item, new.item, wild, own_dim)
    elif old.item is None and new.item is not None:
        item = new.item
    elif new.item is None:
        item = old.item
    result = replace(joined, dims=dims, item=item)
    return old if result == old else result


def sizes_after(params: list[Var], inits: list[Arg], stmts: list[Stmt]) -> Callable[[Fact], Fact]:
    """From the fact of what a loop carries in its body to that of what it hands out: sizes that arise in the loop are
    other ones at each trip."""
    before = {symbol for a in inits for symbol in symbols(fact_of(a))}
    inside = {symbol for p in params for symbol in symbols(p.fact)} - before
    if inside:
        inside -= {symbol for v in free(Block(tuple(params), tuple(stmts), ())) for symbol in symbols(v.fact)}
    new: dict[Any, Any] = {}

    def symbol(old: Any) -> Any:
        return new.setdefault(old, fresh_like(old)) if old in inside else old
    return lambda fact: with_symbols(fact, symbol) if inside else fact


def _is_true(test: Arg) -> bool:
    """Whether a test is known to be true."""
    return isinstance(test, Const) and test.value is True


class Carried:
    """The part of the lowerer for what loops carry."""

    frames: list[Frame]
    heap: dict[int, Any]
    covering: list[tuple[Any, Any]]
    loop_notes: set[str]
    loop_floor: int
    family: int | None

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
        first = iter(inits)
        self.family = None if "shared" in self.loop_notes else self.next_cell + 1
        for (f, key), template in plan.items():
            label = key if f is not None else self.cell_name(key)

            def make(fact: Fact, label: str = label) -> Arg:
                init = next(first)
                param = Var("result" if label == "$val" else label.lstrip("$") or "t",
                            sometimes(fact) if self.may_miss(init) else fact.forget())
                params.append(param)
                self.note_missing(param, init)
                return param
            if f is not None:
                f.env[key] = self.instantiate(template, make, made)
            else:
                self.heap[key] = self.instantiate_cell(template, make, made)
        self.family = None
        head = self.snapshot()
        test_block = self.loop_test(test, head) if test is not None else None
        if test is not None and test_block is None:
            return None
        item = None
        if walked is not None:
            fact = fact_of(walked)
            item = Var(name, Fact("int") if fact.kind == "range" else taken_out(fact.item))
        self.open_tests.append(Const(None))
        with self.block() as stmts:
            with self.path():
                body(item)
            stop = self.flag("$stop")
            self.frames[-1].env["$skip"] = FALSE
        self.open_tests.pop()
        heap, envs, views = self.snapshot()
        return Side(stmts, heap, envs, views), head, params, inits, prelude, item, stop, test_block

    def loop_test(self, test: Any, head: tuple) -> tuple[list[Any], Arg] | None:
        """The statements of the test of a ``while``, and what it tests; None if that is certainly false."""
        with self.block() as stmts:
            value: Value = TRUE  # of a test that certainly raises an exception
            with self.path():
                value = test()
            truth = self.truth(value)
            if truth is False:
                return None
            arg = self.test_arg(value) if truth is None else Const(True)
        if any(self.heap[c] is not state for c, state in head[0].items()):
            raise self.unsupported("the test of this `while` changes something", "move the change into the body")
        self.views = dict(head[2])
        return stmts, arg

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
        if isinstance(cell, Table) and template.kind == "Fields":
            return []
        parts = cell.items if isinstance(cell, Tup) else getattr(cell, "values", ())
        if isinstance(cell, Fields) and cell.names != template.meta[1]:
            parts = [cell.values[cell.names.index(n)] if n in cell.names else None for n in template.meta[1]]
        return [v for t, p in zip(template.parts, parts) for v in self.arrays_of(t, p, heap, done)]

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
                if not self.may_be_read(f, name, live):
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
        flag = Stop(self.reify(stop), Var("stopped", Fact("bool"))) if static(stop) is not False else None
        self.stmts = outer
        self.restore(state)
        self.stmts.extend(prelude)
        carried: list[ir.Carried] = []
        made: dict[int, Any] = {}
        leaving = sizes_after(params, inits, side.stmts)
        parts = iter(list(zip(params, inits, results, strict=True)))
        for (f, key), template in plan.items():
            label = key if f is not None else self.cell_name(key)

            def make(fact: Fact, label: str = label) -> Arg:
                param, init, result = next(parts)
                fact = leaving(param.fact)
                if fact.kind == "list" and flag is None:
                    fact = replace(fact, length=self.collected(param, init, result, side.stmts, walked))
                out = Var("result" if label == "$val" else label.lstrip("$") or "t", fact)
                carried.append(ir.Carried(param, init, result, out))
                self.note_missing(out, result, *(() if self.runs(walked) else (init,)))
                return out
            self.family = None if "shared" in self.loop_notes else floor
            if f is not None:
                f.env[key] = self.instantiate(template, make, made)
            else:
                self.heap[key] = self.instantiate_cell(template, make, made)
            self.family = None
        assert next(parts, None) is None
        stmts = tuple(side.stmts)
        if walked is not None:
            self.stmts.append(For((Walked(item, walked),), tuple(carried), stmts, (), flag, False, loc, self.adjoint))
        else:
            head, condition = test_block
            tests = clone(Block(tuple(params), tuple(head), (condition,)))
            tested = tuple(replace(c, tested=p) for c, p in zip(carried, tests.params, strict=True))
            self.stmts.append(While(tested, tests.stmts, tests.results[0], stmts, (), flag, loc, self.adjoint))
        self.frames[-1].env["$stopped"] = Atom(flag.out, flag.out.fact) if flag is not None else FALSE
        self.loc = loc
        if dead and (self.runs(walked) if walked is not None else _is_true(test_block[1])):
            raise PathEnded

    def runs(self, walked: Arg | None) -> bool:
        """Whether a loop over a sequence certainly runs at least once."""
        return is_filled(self.trips(walked))

    def trips(self, walked: Arg | None) -> Dim:
        """How often a loop over a sequence runs if nothing ends it before, as a dimension; None if it is not known."""
        made = next((s for s in reversed(self.stmts) if isinstance(s, Call) and s.outs and s.outs[0] is walked), None)
        if made is None or made.op is not range:
            return None
        bounds = [a.value for a in made.args if isinstance(a, Const)]
        if len(bounds) == len(made.args):
            return len(range(*bounds))
        start = made.args[0] if len(made.args) == 2 else Const(0)
        last = made.args[len(made.args) == 2]
        if len(made.args) > 2 or type(start) is not Const:
            return None
        trips = shift_dim(int_dim(last), -start.value)
        return max(0, trips) if isinstance(trips, int) else trips

    def collected(self, param: Var, init: Arg, result: Arg, stmts: list[Stmt], walked: Arg | None) -> Dim:
        """The length of a list that a loop appends one item to in each trip; None if that is not known."""
        trips, before = self.trips(walked), fact_of(init).length
        last = next((s for s in stmts if isinstance(s, Call) and s.outs and s.outs[0] is result), None)
        appended = last is not None and last.op is runtime.append and last.args[0] is param
        return shift_dim(trips, before) if appended and trips is not None and type(before) is int else None
