"""Reads and writes at places that the reverse sweep visits too.

The adjoint of ``p = a[i]`` is ``a_bar[i] += p_bar``, and ``a_bar`` has the shape of ``a``: if the place is not there,
the one raises the exception of the other, so of the two the adjoint alone is enough.

Before: ``p = a[0]`` that nobody reads, and ``a_bar[0] += g``.  After: the adjoint alone. If the function prints in
between, it has to raise before.
"""
from __future__ import annotations

import operator
from collections.abc import Collection, Hashable
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.ir import Arg, Block, Call, Const, For, If, Pack, Stmt, Var, While
from s2sad.ir.equal import value_key
from s2sad.ir.walk import blocks, statements

_READS = (operator.getitem, runtime.setitem)
_VISITS = (operator.getitem, runtime.setitem, runtime.add_at)
Path = tuple[frozenset[Hashable], ...]


def _acts(call: Call) -> bool:
    """Whether a call of the function does more than give a result or raise."""
    known = ops.of(call.op)
    return not call.adjoint and known.has_effect and known.effect is not ops.Effect.ERROR


class Covered:
    """The places that adjoint statements among ``alive`` visit."""

    def __init__(self, body: Block, alive: Collection[Any]) -> None:
        self.alive = alive
        self.made: dict[Var, Call] = {}
        self.items: dict[Var, Arg] = {}
        self.collected: dict[Var, Arg] = {}
        self.loops: dict[Var, Stmt] = {}
        self.paths: dict[Call, Path] = {}
        self.visits: dict[Hashable, list[Path]] = {}
        self.later_effects: dict[Call, bool] = {}
        self.order(body)
        self.note(body)
        self.walk(body, ())

    def __contains__(self, call: Call) -> bool:
        """Whether an adjoint raises what a read or write raises."""
        if call.op not in _READS or call.kwargs or self.later_effects[call]:
            return False
        if call.op is runtime.setitem and not (isinstance(call.args[2], Var) and call.args[2].fact.is_scalar):
            return False
        path = self.paths[call]
        return any(len(p) == len(path) and all(a & b for a, b in zip(p, path))
                   for p in self.visits.get(self.place(call), ()))

    def order(self, block: Block, after: bool = False) -> bool:
        """Note for each call whether the function does something to the world after it, as far as a trip of a loop is
        after another; ``after``: something does after the block. Whether something does in or after the block."""
        for stmt in reversed(block.stmts):
            inside = blocks(stmt)
            if isinstance(stmt, Call):
                self.later_effects[stmt] = after
                after |= _acts(stmt)
            elif isinstance(stmt, If):
                found = [self.order(inner, after) for inner in inside]
                after = any(found)
            else:
                after |= any(_acts(s) for inner in inside for s in statements(inner) if isinstance(s, Call))
                for inner in inside:
                    self.order(inner, after)
        return after

    def place(self, call: Call) -> Hashable:
        base = call.args[0]
        dims = base.fact.dims if isinstance(base, Var) and base.fact.is_array else None
        return base if dims is None else dims, self.key(call.args[1])  # of unknown size it is like no other

    def note(self, block: Block) -> None:
        """What items, what is collected, and what is computed of integers are made of."""
        for stmt in block.stmts:
            if isinstance(stmt, Call):
                self.made.update((out, stmt) for out in stmt.outs)
            elif isinstance(stmt, (For, While)):
                self.items.update((w.item, w.sequence) for w in stmt.walked)
                self.collected.update((c.out, c.result) for c in stmt.collected)
                self.loops.update((c.out, stmt) for c in stmt.collected)
            for inner in blocks(stmt):
                self.note(inner)

    def walk(self, block: Block, path: Path) -> None:
        for stmt in block.stmts:
            if isinstance(stmt, Call):
                self.call(stmt, path)
            elif isinstance(stmt, If):
                test = self.key(stmt.test)
                self.walk(stmt.then, (*path, frozenset([(test, True)])))
                self.walk(stmt.orelse, (*path, frozenset([(test, False)])))
            else:
                self.walk(stmt.body, (*path, self.trips(stmt)))
                if isinstance(stmt, While):  # its test is evaluated once more than there are trips
                    self.walk(stmt.test, (*path, frozenset([(stmt, "test")])))

    def call(self, call: Call, path: Path) -> None:
        self.paths[call] = path
        if not call.adjoint or call not in self.alive:
            return
        if call.op in _VISITS and not call.kwargs:
            self.visits.setdefault(self.place(call), []).append(path)
        elif call.op is runtime.add_view:
            steps = call.args[1].items if isinstance(call.args[1], Pack) else ()
            at = [s.items[1] for s in steps if isinstance(s, Pack) and len(s.items) == 2]
            dims = call.args[0].fact.dims if isinstance(call.args[0], Var) else None
            for index in (*at, call.args[2]) if dims is not None else ():
                self.visits.setdefault((dims, self.key(index)), []).append(path)
                dims = dims[1:] if dims else None

    def trips(self, loop: For | While) -> frozenset[Hashable]:
        """What tells the trips of a loop: that of a reverse sweep has those of the loop that it is the adjoint of."""
        found: set[Hashable] = {loop}
        for w in loop.walked:
            if isinstance(w.sequence, Var) and w.sequence in self.loops:
                found.add(self.loops[w.sequence])
            found.add(self.key(w.sequence))
        return frozenset(found)

    def key(self, arg: Arg) -> Hashable:
        """Equal for arguments that have the same value in a trip of a loop and in that trip of its adjoint."""
        if isinstance(arg, Const):
            return value_key(arg.value)
        if isinstance(arg, Pack):
            return arg.kind, tuple(map(self.key, arg.items))
        if arg in self.items:
            sequence = self.items[arg]
            if isinstance(sequence, Var) and sequence in self.collected:
                return self.key(self.collected[sequence])
            return "item", self.key(sequence)
        call = self.made.get(arg)
        if call is None or call.kwargs or not (call.op is range or (arg.fact.kind == "int" and isinstance(
                ops.canonical(call.op), np.ufunc))):
            return arg
        return ops.canonical(call.op), tuple(map(self.key, call.args))
