"""Copy what would be overwritten while it is still needed: the last pass, after which every update may write in place.

The IR is functional: after ``a2 = setitem(a1, i, v)`` the old ``a1`` is still there to be read. The emitted code writes into
the buffer. This pass inserts ``runtime.copy`` where somebody would notice, as cheaply as it can::

    before                                    after
    a2, ps = for i in r carry a1 = x …:       a0 = copy(x)                    x is the caller's: once, before the loop
        p = a1[i:]  (collected)               a2, ps = for i in r carry a1 = a0 …:
        a3 = setitem(a1, i, v)                    p = copy(a1[i:])            the slice, not the array
                                                  a3 = setitem(a1, i, v)
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from s2sad import runtime
from s2sad.errors import InternalError
from s2sad.ir import Arg, Block, Call, For, Function, If, Stmt, Var, While
from s2sad.ir.alias import Conflict, Memory, Roots, conflicts, fused_updates, has_foreign, touches
from s2sad.ir.effects import VIEWS
from s2sad.ir.walk import blocks, statements, substitute, with_body

ROUNDS = 24
"""After so many rounds of cheap repairs, whatever is left is copied right before it is written."""


def linear(fn: Function) -> Function:
    """The function with copies inserted, so that each update consumes memory that nobody else needs."""
    for attempt in range(ROUNDS + 4):
        memory = Memory(fn)
        found = conflicts(memory)
        if not found:
            return fn
        fn = _Repair(memory, cheap=attempt < ROUNDS).apply(found)
    return verify_linear(fn)


def verify_linear(fn: Function) -> Function:
    """Return ``fn`` if every update may write in place, raise ``InternalError`` otherwise."""
    for conflict in conflicts(Memory(fn)):
        names = ", ".join(sorted(v.name for v in conflict.others)) or ("memory of others" if conflict.foreign else "a list")
        raise InternalError("S2S901", f"{fn.name}: an update of `{_name(conflict.call.args[0])}` is seen by {names}",
                            conflict.call.loc)
    return fn


def _name(arg: Arg) -> str:
    return arg.name if type(arg) is Var else "?"


@dataclass
class _Repair:
    """One round: where each conflict is repaired, then the function rebuilt.

    ``copied``: the first value of the loop in question was copied in an earlier round. ``views``: copied where they are
    made. ``before``: updates that copy their buffer first. ``fused``: the first and the last call of an ``a[i] += v``
    that copies ``a`` first. ``saved``: updates before which the old version is copied for later readers. ``slots``: first
    values of loops and results of blocks that are copied."""

    memory: Memory
    cheap: bool
    copied: bool = False
    views: set[Var] = field(default_factory=set)
    before: set[Call] = field(default_factory=set)
    saved: set[Call] = field(default_factory=set)
    slots: set[tuple[object, int]] = field(default_factory=set)
    fused: dict[Call, Call] = field(default_factory=dict)
    definition: dict[Var, tuple[Stmt | None, Block, int]] = field(default_factory=dict)

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
        for k, p in enumerate(block.params):
            self.definition.setdefault(p, (None, block, k))
        for stmt in block.stmts:
            for k, out in enumerate(stmt.outs):
                self.definition[out] = (stmt, block, k)
            for inner in blocks(stmt):
                n_items = len(inner.params) - len(stmt.inits) if isinstance(stmt, (For, While)) else 0
                for k, p in enumerate(inner.params[n_items:]):
                    self.definition[p] = (stmt, inner, k)
                self.index(inner)

    def plan(self, c: Conflict) -> None:
        target = c.call.args[0]
        if not self.cheap or type(target) is not Var:
            self.before.add(c.call)
            if not self.cheap:
                self.slots |= {(loop.body, len(loop.inits) + k) for loop, k in c.kept}
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

    def keep(self, c: Conflict, written: Roots, target: Var) -> set[tuple[object, int]]:
        """Copy what loops collect: views where they are made, other values as they are collected."""
        slots: set[tuple[object, int]] = set()
        for loop, k in c.kept:
            value = loop.body.results[len(loop.inits) + k]
            if not (type(value) is Var and self.detach(value, written, self.views, target)):
                slots.add((loop.body, len(loop.inits) + k))
        return slots

    def detach(self, v: Var, written: Roots, views: set[Var], target: Var) -> bool:
        """Whether ``v`` is a view that can be copied where it is made; where to is noted."""
        stmt, _, k = self.definition[v]
        if v is target:
            return False
        if isinstance(stmt, Call) and stmt.op in VIEWS:
            views.add(v)
            return True
        if isinstance(stmt, If):
            return all(self.detach(r, written, views, target) for b in (stmt.then, stmt.orelse)
                       if type(r := b.results[k]) is Var and touches(self.memory.reach(r), written))
        return False

    def entries(self, v: Var, written: Roots, seen: set[Var]) -> set[tuple[object, int]]:
        """The first values of loops through which the memory came, of the outermost loops."""
        if v in seen:
            return set()
        seen.add(v)
        stmt, block, k = self.definition[v]
        if isinstance(stmt, (For, While)) and k < len(stmt.inits):
            init = stmt.inits[k]
            found = set()
            if type(init) is not Var or self.concerns(init, written):
                found = self.entries(init, written, seen) if type(init) is Var else set()
                if not found and block in blocks(stmt):
                    self.copied |= self.is_copy(init)
                    found = set() if self.is_copy(init) else {(stmt, k)}
            result = stmt.body.results[k]
            return found | (self.entries(result, written, seen) if type(result) is Var else set())
        if isinstance(stmt, If):
            return set().union(*(self.entries(b.results[k], written, seen) for b in (stmt.then, stmt.orelse)
                                 if type(b.results[k]) is Var))
        if self.memory.is_update(stmt) and type(stmt.args[0]) is Var:
            return self.entries(stmt.args[0], written, seen)
        return set()

    def concerns(self, v: Var, written: Roots) -> bool:
        reach = self.memory.reach(v)
        return has_foreign(reach) or touches(reach, written)

    def is_copy(self, arg: Arg) -> bool:
        stmt = self.definition[arg][0] if type(arg) is Var else None
        return isinstance(stmt, Call) and stmt.op is runtime.copy and self.memory.uses[arg] == 1

    def rebuild(self, block: Block) -> Block:
        stmts: list[Stmt] = []
        renamed: dict[Var, Arg] = {}
        target: dict[Stmt, Arg] = {}
        for original in block.stmts:
            stmt = substitute(renamed, replace(original, **{k: self.rebuild(b) for k, b in _blocks_of(original).items()}))
            if original in self.fused or original in self.before:
                target[original] = target[self.fused.get(original, original)] = self.copy(stmts, stmt.args[0], stmt)
            if original in target:
                stmt = replace(stmt, args=(target[original], *stmt.args[1:]))
            if original in self.saved:
                renamed[original.args[0]] = self.copy(stmts, stmt.args[0], stmt)
            for slot, init in enumerate(getattr(stmt, "inits", ())):
                if (original, slot) in self.slots:
                    stmt = replace(stmt, inits=(*stmt.inits[:slot], self.copy(stmts, init, stmt), *stmt.inits[slot + 1:]))
            stmts += self.copied_outs(stmt) if self.views & set(original.outs) else (stmt,)
        results = list(substitute(renamed, Block((), (), block.results)).results)
        for slot, result in enumerate(results):
            if (block, slot) in self.slots:
                results[slot] = self.copy(stmts, result, None)
        return Block(block.params, tuple(stmts), tuple(results))

    def copy(self, stmts: list[Stmt], arg: Arg, like: Stmt | None) -> Var:
        """Append a copy of ``arg``."""
        out = Var(arg.name, arg.fact) if type(arg) is Var else Var("a")
        stmts.append(Call((out,), runtime.copy, (arg,), (), like.loc if like else None, like.adjoint if like else False))
        return out

    def copied_outs(self, stmt: Call) -> Iterator[Stmt]:
        """A call that makes views, and copies of them under the old variables."""
        raw = {out: Var(out.name, out.fact) for out in stmt.outs if out in self.views}
        yield replace(stmt, outs=tuple(raw.get(out, out) for out in stmt.outs))
        for out, view in raw.items():
            yield Call((out,), runtime.copy, (view,), (), stmt.loc, stmt.adjoint)


def _blocks_of(stmt: Stmt) -> dict[str, Block]:
    match stmt:
        case If():
            return {"then": stmt.then, "orelse": stmt.orelse}
        case For():
            return {"body": stmt.body}
        case While():
            return {"test": stmt.test, "body": stmt.body}
    return {}
