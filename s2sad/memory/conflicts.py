r"""What still reads a buffer that an operation is about to write.

    >>> from s2sad.ir.text import parse
    >>> fn = parse("def f(x):\n    a = setitem(x, 0, 1.0)\n    return a")
    >>> [(c.call.outs, c.foreign) for c in conflicts(Memory(fn))]
    [((<a>,), True)]
"""
from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass

from s2sad import ops, runtime
from s2sad.ir import Arg, Block, Call, Collected, For, If, Var, While
from s2sad.ir.equal import same
from s2sad.ir.walk import blocks, call_args, operands, statements, variables
from s2sad.memory.alias import Memory, Roots, has_foreign, mask_of, touches


@dataclass(frozen=True, eq=False)
class Conflict:
    """An update that must not write in place yet: the memory is not ours (``foreign``), or variables (``others``) or
    values collected in earlier trips (``kept``) still need what it overwrites."""

    call: Call
    block: Block
    foreign: bool
    others: tuple[Var, ...]
    kept: tuple[Collected, ...]
    operands: bool


def conflicts(memory: Memory) -> list[Conflict]:
    """Every update of the function that may not write in place as things are, last first."""
    return _Liveness(memory).run()


class _Liveness:
    """A backward walk that knows which variables are read later."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.found: list[Conflict] = []
        self.free: dict[Block, set[Var]] = {}

    def run(self) -> list[Conflict]:
        if any(self.memory.is_update(s) for s in statements(self.memory.fn.body)):
            self.block(self.memory.fn.body, set(), ())
        return self.found

    def data(self, *args: Arg) -> set[Var]:
        """The variables among arguments that have memory."""
        return {v for v in variables(*args) if self.memory.top[v] or self.memory.inner[v]}

    def read_by(self, call: Call) -> set[Var]:
        found = self.data(*call_args(call))
        return {v for v in found if not v.fact.is_array} if ops.of(call.op).reads_shape else found

    def needs(self, block: Block) -> set[Var]:
        """What a block reads from outside."""
        known = self.free.get(block)
        if known is None:
            known = self.data(*block.results)
            for s in reversed(block.stmts):
                known -= set(s.outs)
                match s:
                    case Call():
                        known |= self.read_by(s)
                    case _:
                        known = known.union(*map(self.needs, blocks(s)), self.data(*operands(s)))
            known -= set(block.params)
            self.free[block] = known
        return known

    def block(self, block: Block, live: set[Var], kept: tuple[Collected, ...]) -> set[Var]:
        """Visit a block whose surroundings read ``live`` afterwards; returns what is live before it."""
        live = live | self.data(*block.results)
        fused = {f.update: f for f in fused_updates(block, self.memory.uses) if f.base.fact.is_array}
        for s in reversed(block.stmts):
            live = live - set(s.outs)
            match s:
                case Call():
                    if self.memory.is_update(s):
                        self.check(s, block, live - {fused[s].base} if s in fused else live, kept)
                    live |= self.read_by(s)
                case If():
                    live = self.block(s.then, live, kept) | self.block(s.orelse, live, kept) | self.data(s.test)
                case _:
                    live = self.loop(s, live, kept)
        return live - set(block.params)

    def loop(self, s: For | While, live: set[Var], kept: tuple[Collected, ...]) -> set[Var]:
        around = live.union(*map(self.needs, blocks(s)), self.data(*(w.sequence for w in s.walked)))
        if isinstance(s, While):
            self.block(s.test, around | self.data(*s.body.params), kept)
        self.block(s.body, around, kept + s.collected)
        return around | self.data(*(c.init for c in s.carried))

    def check(self, call: Call, block: Block, live: set[Var], kept: tuple[Collected, ...]) -> None:
        memory = self.memory
        written = memory.written(call)
        if not written:
            return
        foreign = has_foreign(written)
        mask, masks = mask_of(written), memory.masks
        others = tuple(v for v in live if masks[v] & mask and touches(memory.reach(v), written))
        slots = tuple(c for c in kept if touches(memory.kept[c], written))
        operands = self.operands_overlap(call, written)
        if foreign or others or slots or operands:
            self.found.append(Conflict(call, block, foreign, others, slots, operands))

    def operands_overlap(self, call: Call, written: Roots) -> bool:
        """Whether the other operands must not be in the memory written. NumPy takes care of a value that overlaps."""
        target = call.args[0]
        plain = isinstance(target, Var) and target.fact.is_array
        if ops.of(call.op).augmented:
            return not plain and any(touches(self.memory.reach(a), written) for a in call.args[1:])
        args = call.args[1:-1] if plain else call.args[1:]
        return any(touches(self.memory.reach(a), written) for a in args)


@dataclass(frozen=True, eq=False)
class Fused:
    """``a[i] += v``: the three calls ``t1 = a[i]``, ``t2 = iadd(t1, v)``, ``a2 = setitem(a, i, t2)``."""

    base: Var
    read: Call
    update: Call
    write: Call


def fused_updates(block: Block, uses: dict[Var, int]) -> Iterator[Fused]:
    """The element updates of a block that one augmented assignment can do."""
    definition: dict[Var, Call] = {}
    for before, s in zip((None, *block.stmts), block.stmts):
        if not isinstance(s, Call):
            continue
        if len(s.outs) == 1:
            definition[s.outs[0]] = s
        if s.op is not runtime.setitem or not isinstance(before, Call) or not ops.of(before.op).augmented:
            continue
        if s.args[2] not in before.outs:
            continue
        base, index, _ = s.args
        read = definition.get(before.args[0]) if isinstance(before.args[0], Var) else None
        if (isinstance(base, Var) and read is not None and read.op is operator.getitem and read.args[0] is base
                and same(read.args[1], index) and uses[read.outs[0]] == 1 and uses[before.outs[0]] == 1
                and base not in variables(*before.args[1:])):
            yield Fused(base, read, before, s)
