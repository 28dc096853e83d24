"""Dead code elimination: what contributes to no result goes, inside loops and branches too.

Why: a derivative mentions many primal values of which it needs few, and loops carry and collect values whose readers
were simplified away. All operations are functional, so a statement is alive exactly if one of its outs is, or if it has
an effect (``print``, random numbers). Marking starts from the result and follows the data, including around loops: a
carried value that only feeds itself is dead.

Before::

    s, a, ps = for i in range(n) carry s1 = 0.0, a1 = x collect p:
        p = np.sin(a1)
        s2 = s1 + p
        a2 = a1 * 2.0
        yield s2, a2
    return a

After::

    a = for i in range(n) carry a1 = x:
        a2 = a1 * 2.0
        yield a2
    return a
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from s2sad import ops
from s2sad.facts.raising import uncertain
from s2sad.ir import Arg, Block, Call, Const, For, Function, If, Pack, Stmt, Var, Walked, While
from s2sad.ir.flow import closure, sources
from s2sad.ir.walk import (
    blocks,
    call_args,
    ends,
    map_blocks,
    map_operands,
    replacing,
    variables,
    with_body,
    with_ends,
)
from s2sad.passes.covered import Covered


def dce(fn: Function) -> Function:
    """``fn`` without dead statements, dead outs of branches and loops, and carried values that never change."""
    body = _Invariants().block(fn.body)
    alive = _Alive(body)
    alive.mark(*variables(*body.results), *fn.inputs)
    alive.run()
    alive.keep_errors(body)
    return with_body(fn, _Sweep(alive.found).block(body))


class _Invariants:
    """Replaces carried values that every trip hands on unchanged by their first value, inner loops first."""

    def __init__(self) -> None:
        self.known: dict[Var, Arg] = {}
        self.arg = replacing(self.known)

    def block(self, block: Block) -> Block:
        stmts = tuple(map(self.stmt, block.stmts))
        return Block(block.params, stmts, tuple(map(self.arg, block.results)))

    def stmt(self, stmt: Stmt) -> Stmt:
        if self.known:
            stmt = map_operands(self.arg, stmt)
        if isinstance(stmt, Call):
            return stmt
        stmt = map_blocks(self.block, stmt)
        return self.loop(stmt) if isinstance(stmt, (For, While)) else stmt

    def loop(self, loop: For | While) -> Stmt:
        """Drop the invariant carried values; the loop is rebuilt with what they stand for."""
        fixed = [c for c in loop.carried if c.result is c.param and type(c.init) is not Pack]
        if not fixed:
            return loop
        for c in fixed:
            self.known.update((v, c.init) for v in (c.param, c.out, c.tested) if v is not None)
        return self.stmt(replace(loop, carried=tuple(c for c in loop.carried if c not in fixed)))


class _Alive:
    """The variables and statements that matter, by marking from the results.

    ``sources``: what a variable is made from, if not by a call; ``maker``: the statement that a variable belongs to;
    ``around``: the statement that a statement is in.
    """

    def __init__(self, body: Block) -> None:
        self.found: set[Var | Stmt] = set()
        self.sources = sources(body, through=lambda call: False)
        self.maker: dict[Var, Stmt] = {}
        self.around: dict[Stmt, Stmt] = {}
        self.loops: list[For] = []
        self.effects: list[Call] = []
        self.block(body, None)
        self.mark(*self.effects)

    def block(self, block: Block, around: Stmt | None) -> None:
        for stmt in block.stmts:
            if around is not None:
                self.around[stmt] = around
            for out in stmt.outs:
                self.maker[out] = stmt
            if isinstance(stmt, Call):
                if ops.of(stmt.op).has_effect:
                    self.effects.append(stmt)
                continue
            if isinstance(stmt, For):
                self.loops.append(stmt)
            for inner in blocks(stmt):
                self.maker.update((p, stmt) for p in inner.params)
                self.block(inner, stmt)

    def mark(self, *nodes: Var | Stmt) -> None:
        closure(nodes, self.needs, self.found)

    def needs(self, node: Var | Stmt) -> Iterator[Var | Stmt]:
        """What a variable needs: what makes it. A statement that runs needs those around it to run, and what decides
        whether and how often they do."""
        if isinstance(node, Var):
            if node in self.maker:
                yield self.maker[node]
            yield from variables(*self.sources.get(node, ()))
            return
        if node in self.around:
            yield self.around[node]
        match node:
            case Call():
                yield from variables(*call_args(node))
            case If():
                yield from variables(node.test)
            case While():
                yield from variables(node.condition)
        if isinstance(node, (For, While)) and node.stop:
            yield from variables(node.stop.result)

    def run(self) -> None:
        """Mark until nothing changes. A live loop needs one of its sequences for the number of trips."""
        while (walked := self.uncounted()) is not None:
            self.mark(walked.item)

    def keep_errors(self, body: Block) -> None:
        """What the user's function may raise, the derivative raises: its calls that are not known to succeed stay, but
        for those whose adjoint raises the same."""
        doubtful = [call for call in uncertain(body) if call not in self.found]
        if not doubtful:
            return
        covered = Covered(body, self.found)
        self.mark(*(call for call in doubtful if call not in covered))
        self.run()

    def uncounted(self) -> Walked | None:
        """The cheapest sequence of a loop that reads none of its items."""
        for loop in self.loops:
            if loop in self.found and self.found.isdisjoint(w.item for w in loop.walked):
                return min(loop.walked, key=lambda w: self.cost(w.sequence))
        return None

    def cost(self, sequence: Arg) -> int:
        """How much it costs to have a sequence only to count it."""
        if type(sequence) is not Var:
            return 0 if type(sequence) is Const else 2
        made = self.maker.get(sequence)
        return 0 if isinstance(made, Call) and made.op is range else 1 if sequence in self.found else 3


class _Sweep:
    """Rebuilds blocks with what is alive."""

    def __init__(self, alive: set[Var | Stmt]) -> None:
        self.alive = alive

    def block(self, block: Block) -> Block:
        return Block(block.params, tuple(self.stmt(s) for s in block.stmts if s in self.alive), block.results)

    def stmt(self, stmt: Stmt) -> Stmt:
        alive = self.alive
        if isinstance(stmt, If):
            stmt = with_ends(stmt, (end for end in ends(stmt) if end[0] in alive))
        elif isinstance(stmt, (For, While)):
            stmt = replace(stmt, carried=tuple(c for c in stmt.carried
                                               if c.out in alive or c.param in alive or c.tested in alive),
                           collected=tuple(c for c in stmt.collected if c.out in alive))
        if isinstance(stmt, For):
            stmt = replace(stmt, walked=tuple(w for w in stmt.walked if w.item in alive))
        return map_blocks(self.block, stmt)
