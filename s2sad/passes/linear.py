"""Copy what would be overwritten while it is still needed: the last pass, after which every update may write in place.

The IR is functional: after ``a2 = setitem(a1, i, v)`` the old ``a1`` is still there to be read. The emitted code writes
into the buffer. This pass inserts ``runtime.copy`` where somebody would notice, as cheaply as it can::

    before                                    after
    a2, ps = for i in r carry a1 = x …:       a0 = copy(x)                    x is the caller's: once, before the loop
        p = a1[i:]  (collected)               a2, ps = for i in r carry a1 = a0 …:
        a3 = setitem(a1, i, v)                    p = copy(a1[i:])            the slice, not the array
                                                  a3 = setitem(a1, i, v)
"""
from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.errors import InternalError
from s2sad.ir import Arg, Block, Call, Carried, Collected, Const, For, Function, If, Stmt, Var, While
from s2sad.ir.walk import blocks, count_uses, ends, map_blocks, map_outs, replacing, statements, substitute, with_body
from s2sad.memory.alias import Memory, Roots, has_foreign, touches
from s2sad.memory.conflicts import Conflict, conflicts, fused_updates

Slot = Carried | Collected

ROUNDS = 24
"""After so many rounds of cheap repairs, whatever is left is copied right before it is written."""


def linear(fn: Function) -> Function:
    """The function with copies inserted, so that each update consumes memory that nobody else needs."""
    for attempt in range(ROUNDS + 4):
        memory = Memory(fn)
        found = conflicts(memory)
        if not found:
            return with_body(fn, _renew(_filled(fn), {}, {}))
        fn = _Repair(memory, cheap=attempt < ROUNDS).apply(found)
    verify_linear(fn)
    return with_body(fn, _renew(_filled(fn), {}, {}))


def verify_linear(fn: Function) -> Function:
    """Return ``fn`` if every update may write in place, raise ``InternalError`` otherwise."""
    for conflict in conflicts(Memory(fn)):
        others = ", ".join(sorted(v.name for v in conflict.others))
        names = others or ("its owner" if conflict.foreign else "a list")
        raise InternalError("S2S901", f"{fn.name}: an update of `{_name(conflict.call.args[0])}` is seen by {names}",
                            conflict.call.loc)
    return fn


def _name(arg: Arg) -> str:
    return arg.name if isinstance(arg, Var) else "?"


@dataclass
class _Repair:
    """One round: where each conflict is repaired, then the function rebuilt.

    ``copied``: the first value of the loop in question was copied in an earlier round.  ``views``: copied where made.
    ``before``: updates that copy their buffer first.  ``fused``: the first and the last call of an ``a[i] += v`` that
    copies ``a`` first.  ``saved``: updates before which the old version is copied, for later readers.  ``slots``: what
    loops carry of which the first value is copied, and what they collect that is copied as it is collected.
    ``definition``: for each variable its statement, the block that it belongs to, and its end of a branch or loop."""

    memory: Memory
    cheap: bool
    copied: bool = False
    views: set[Var] = field(default_factory=set)
    before: set[Call] = field(default_factory=set)
    saved: set[Call] = field(default_factory=set)
    slots: set[Slot] = field(default_factory=set)
    fused: dict[Call, Call] = field(default_factory=dict)
    definition: dict[Var, tuple[Any, Block, Any]] = field(default_factory=dict)

    def apply(self, found: list[Conflict]) -> Function:
        self.index(self.memory.fn.body)
        fused = {f.update: f for b in self.all_blocks() for f in fused_updates(b, self.memory.uses)
                 if f.base.fact.is_array}
        broken = {c.call for c in found}
        repaired: Roots = frozenset()
        for conflict in reversed(found):
            if conflict.call in fused and fused[conflict.call].write in broken:
                continue
            written = self.memory.written(conflict.call)
            if self.cheap and (written & repaired or touches(written, repaired)):
                continue  # the repair before may have helped this one too
            repaired |= written
            self.plan(conflict)
        for f in fused.values():
            if f.write in self.before | self.saved:
                self.before.discard(f.write)
                self.saved.discard(f.write)
                self.fused[f.read] = f.write
        return with_body(self.memory.fn, self.rebuild(self.memory.fn.body))

    def all_blocks(self) -> Iterator[Block]:
        yield self.memory.fn.body
        for stmt in statements(self.memory.fn.body):
            yield from blocks(stmt)

    def index(self, block: Block) -> None:
        for p in block.params:
            self.definition.setdefault(p, (None, block, None))
        for stmt in block.stmts:
            self.definition.update((out, (stmt, block, end)) for out, end in zip(stmt.outs, _ends(stmt)))
            if isinstance(stmt, (For, While)):
                self.definition.update((c.param, (stmt, stmt.body, c)) for c in stmt.carried)
            if isinstance(stmt, While):
                self.definition.update((p, (stmt, stmt.test, c)) for p, c in zip(stmt.test.params, stmt.carried))
            for inner in blocks(stmt):
                self.index(inner)

    def plan(self, c: Conflict) -> None:
        target = c.call.args[0]
        if not self.cheap or not isinstance(target, Var):
            self.before.add(c.call)
            if not self.cheap:
                self.slots.update(c.kept)
            return
        written = self.memory.written(c.call)
        if c.others == (target,) and not c.foreign and self.definition[target][1] is c.block and not c.operands:
            self.saved.add(c.call)
            return
        views: set[Var] = set()
        able = [self.detach(v, written, views, target) for v in c.others]
        fine = all(able) and not c.foreign and not c.operands
        self.copied = False
        edges = set() if fine else self.entries(target, written, set())
        self.slots |= edges
        if not edges and not fine and not (self.copied and (views or c.kept)):
            self.before.add(c.call)
        if fine or not c.others or (not edges and self.copied):
            self.views |= views
            self.slots |= self.keep(c, written, target)

    def keep(self, c: Conflict, written: Roots, target: Var) -> set[Slot]:
        """Copy what loops collect: views where they are made, other values as they are collected."""
        slots: set[Slot] = set()
        for kept in map(self.innermost, c.kept):
            value = kept.result
            if value is target and self.definition[kept.out][0].body is c.block:
                self.saved.add(c.call)
            elif not (isinstance(value, Var) and self.detach(value, written, self.views, target)):
                slots.add(kept)
        return slots

    def innermost(self, kept: Collected) -> Collected:
        """What collects the items, where a loop collects lists that a loop inside it collects."""
        end = self.definition[kept.result][2] if isinstance(kept.result, Var) else None
        return self.innermost(end) if isinstance(end, Collected) else kept

    def detach(self, v: Var, written: Roots, views: set[Var], target: Var) -> bool:
        """Whether ``v`` is a view that can be copied where it is made; where to is noted."""
        stmt, _, end = self.definition[v]
        if v is target:
            return False
        if isinstance(stmt, Call) and ops.of(stmt.op).may_view:
            views.add(v)
            return True
        if isinstance(stmt, If):
            return all(self.detach(r, written, views, target) for r in end
                       if isinstance(r, Var) and touches(self.memory.reach(r), written))
        return False

    def entries(self, v: Var, written: Roots, seen: set[Var]) -> set[Slot]:
        """The first values of loops through which the memory came, of the outermost loops."""
        if v in seen:
            return set()
        seen.add(v)
        stmt, block, end = self.definition[v]
        if isinstance(end, Carried):
            init, result = end.init, end.result
            found: set[Slot] = set()
            if not isinstance(init, Var) or (init not in seen and self.concerns(init, written)):
                found = self.entries(init, written, seen) if isinstance(init, Var) else set()
                if not found and block in blocks(stmt):
                    self.copied |= self.is_copy(init)
                    found = set() if self.is_copy(init) else {end}
            return found | (self.entries(result, written, seen) if isinstance(result, Var) else set())
        if isinstance(stmt, If):
            return set().union(*(self.entries(r, written, seen) for r in end if isinstance(r, Var)))
        if self.memory.is_update(stmt) and isinstance(stmt.args[0], Var):
            return self.entries(stmt.args[0], written, seen)
        return set()

    def concerns(self, v: Var, written: Roots) -> bool:
        reach = self.memory.reach(v)
        return has_foreign(reach) or touches(reach, written)

    def is_copy(self, arg: Any) -> bool:
        stmt = self.definition[arg][0] if isinstance(arg, Var) else None
        return isinstance(stmt, Call) and stmt.op is runtime.copy and self.memory.uses[arg] == 1

    def rebuild(self, block: Block, around: Stmt | None = None) -> Block:
        stmts: list[Stmt] = []
        renamed: dict[Var, Arg] = {}
        target: dict[Stmt, Arg] = {}
        views: dict[Var, Var] = {}
        original: Any
        for original in block.stmts:
            views = {v: raw for v, raw in views.items() if not self.writes(original, v)}
            stmt: Any = substitute({**renamed, **views}, map_blocks(partial(self.rebuild, around=original), original))
            if original in self.fused or original in self.before:
                target[original] = target[self.fused.get(original, original)] = self.copy(stmts, stmt.args[0], stmt)
            if original in target:
                stmt = replace(stmt, args=(target[original], *stmt.args[1:]))
            if original in self.saved:
                renamed[original.args[0]] = self.copy(stmts, stmt.args[0], stmt)
            if isinstance(stmt, (For, While)) and not self.slots.isdisjoint(original.carried):
                stmt = replace(stmt, carried=tuple(replace(c, init=self.copy(stmts, c.init, stmt)) if old in self.slots
                                                   else c for old, c in zip(original.carried, stmt.carried)))
            stmts += self.copied_outs(stmt, views) if self.views & set(original.outs) else (stmt,)
        results = list(map(replacing(renamed), block.results))
        if isinstance(around, (For, While)) and block is around.body:
            results = [self.copy(stmts, r, None) if end in self.slots and isinstance(end, Collected) else r
                       for r, end in zip(results, around.ends)]
        return Block(block.params, tuple(stmts), tuple(results))

    def copy(self, stmts: list[Stmt], arg: Arg, like: Stmt | None) -> Var:
        """Append a copy of ``arg``."""
        out = Var(arg.name, arg.fact) if isinstance(arg, Var) else Var("a")
        made = self.definition[arg][0] if isinstance(arg, Var) and arg in self.definition else None
        if isinstance(made, Call):
            like = made
        loc, adjoint = (like.loc, like.adjoint) if like is not None else (None, False)
        stmts.append(Call((out,), runtime.copy, (arg,), (), loc, adjoint))
        return out

    def copied_outs(self, stmt: Call, views: dict[Var, Var]) -> Iterator[Stmt]:
        """A call that makes views, and copies of them under the old variables. Until the memory is written the primal
        goes on with the views: a product of matrices that lie otherwise in memory may differ in its last bit."""
        raw = {out: Var(out.name, out.fact) for out in stmt.outs if out in self.views}
        yield map_outs(lambda out: raw.get(out, out), stmt)
        for out, view in raw.items():
            yield Call((out,), runtime.copy, (view,), (), stmt.loc, stmt.adjoint)
        if not stmt.adjoint:
            views.update(raw)

    def writes(self, stmt: Stmt, v: Var) -> bool:
        """Whether a statement may write to the memory of ``v``."""
        calls = [s for s in (stmt, *(s for b in blocks(stmt) for s in statements(b))) if isinstance(s, Call)]
        reach = self.memory.reach(v)
        return any(self.memory.is_update(s) and touches(reach, self.memory.written(s)) for s in calls)


def _ends(stmt: Stmt) -> Iterator[Any]:
    """For each out of a statement what it comes from: of a branch its two results, of a loop its part."""
    match stmt:
        case If():
            return zip(stmt.then.results, stmt.orelse.results)
        case For() | While():
            return iter(stmt.ends)
    return itertools.repeat(None)


def _filled(fn: Function) -> Block:
    """``np.full(shape, x)`` for a copy of ``np.broadcast_to(x, shape)``, and ``np.ones`` and ``np.zeros``."""
    uses = count_uses(fn)
    spread = {s.outs[0]: s for s in statements(fn.body) if isinstance(s, Call) and s.op is np.broadcast_to
              and len(s.args) == 2 and not s.kwargs and uses.get(s.outs[0]) == 1 and _is_number(s.args[0])}
    copies = {s: spread[s.args[0]] for s in statements(fn.body)
              if isinstance(s, Call) and s.op is runtime.copy and s.args[0] in spread}
    gone = set(copies.values())

    def fill(block: Block) -> Block:
        stmts = (made(s) if s in copies else map_blocks(fill, s) for s in block.stmts if s not in gone)
        return replace(block, stmts=tuple(stmts))

    def made(s: Any) -> Call:
        value, shape = copies[s].args
        simple = {"1.0": np.ones, "0.0": np.zeros}.get(repr(value.value)) if isinstance(value, Const) and type(
            value.value) is float else None
        if simple is not None:
            return replace(s, op=simple, args=(shape,))
        return replace(s, op=np.full, args=(shape, value))

    return fill(fn.body) if copies else fn.body


def _is_number(arg: Arg) -> bool:
    if isinstance(arg, Var):
        return arg.fact.is_scalar
    return isinstance(arg, Const) and type(arg.value) in (float, complex)


def _renew(block: Block, newest: dict[Var, Var], taken: dict[If, set[Var]]) -> Block:
    """Let what reads only the shape or dtype of an old version of an array read the version that has its buffer now, so
    that the old one needs no name of its own. ``taken`` remembers what ``_consumed`` finds."""
    stmts: list[Stmt] = []
    newest = dict(newest)
    for s in block.stmts:
        if isinstance(s, Call) and ops.of(s.op).reads_shape:
            s = replace(s, args=tuple(newest.get(a, a) if isinstance(a, Var) else a for a in s.args))
        inside = dict(newest)
        if isinstance(s, (For, While)):
            for c in s.carried:
                if isinstance(c.init, Var) and c.init.fact.is_array and c.result in _buffer(s.body, {c.param}):
                    _follow(inside, c.init, c.param)
                    _follow(newest, c.init, c.out)
            stmts.append(with_body(s, _renew(s.body, inside, taken)))
            continue
        stmts.append(map_blocks(partial(_renew, newest=inside, taken=taken), s))
        if isinstance(s, If):
            for out, a, b in ends(s):
                for old in _consumed(s, taken):
                    if a in _buffer(s.then, {old}) and b in _buffer(s.orelse, {old}):
                        _follow(newest, old, out)
        elif isinstance(s, Call) and ops.of(s.op).updates and isinstance(s.args[0], Var) and s.args[0].fact.is_array:
            _follow(newest, s.args[0], s.outs[0])
    return replace(block, stmts=tuple(stmts))


def _follow(newest: dict[Var, Var], old: Var, new: Var) -> None:
    for v in [v for v, w in newest.items() if w is old]:
        newest[v] = new
    newest[old] = new


def _consumed(s: If, known: dict[If, set[Var]]) -> set[Var]:
    """The arrays that statements of the two blocks take over."""
    if s not in known:
        taken: set[Arg] = set()
        found: set[Var] = set()
        for t in (t for b in blocks(s) for t in b.stmts):
            if isinstance(t, If):
                found |= _consumed(t, known)
            elif not isinstance(t, Call):
                taken.update(c.init for c in t.carried)
            elif ops.of(t.op).updates:
                taken.add(t.args[0])
        known[s] = found | {v for v in taken if isinstance(v, Var) and v.fact.is_array}
    return known[s]


def _buffer(block: Block, versions: set[Any]) -> set[Any]:
    """``versions`` and the later versions of the same array that a block makes of them in place."""
    versions = set(versions)
    for s in block.stmts:
        match s:
            case Call() if ops.of(s.op).updates and s.args[0] in versions:
                versions.add(s.outs[0])
            case If():
                then, orelse = _buffer(s.then, versions), _buffer(s.orelse, versions)
                versions |= {out for out, a, b in ends(s) if a in then and b in orelse}
            case For() | While():
                versions |= {c.out for c in s.carried
                             if c.init in versions and c.result in _buffer(s.body, {c.param})}
    return versions
