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

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from s2sad import ops
from s2sad.ir import Arg, Block, Call, Const, For, Function, If, Pack, Stmt, Var, While
from s2sad.ir.walk import blocks, call_args, map_arg, map_blocks, variables, with_body

T = TypeVar("T")


def dce(fn: Function) -> Function:
    """``fn`` without dead statements, dead outs of branches and loops, and carried values that never change."""
    body = _Invariants().block(fn.body)
    alive = _Alive(body)
    alive.need(*body.results, *fn.inputs)
    alive.run()
    return with_body(fn, _Sweep(alive).block(body))


class _Invariants:
    """Replaces carried values that every trip hands on unchanged by their first value, inner loops first."""

    def __init__(self) -> None:
        self.known: dict[Var, Arg] = {}

    def arg(self, arg: Arg) -> Arg:
        if not self.known:
            return arg
        return map_arg(lambda leaf: self.known.get(leaf, leaf) if type(leaf) is Var else leaf, arg)

    def args(self, args: tuple[Arg, ...]) -> tuple[Arg, ...]:
        return tuple(map(self.arg, args)) if self.known else args

    def block(self, block: Block) -> Block:
        stmts = tuple(map(self.stmt, block.stmts))
        return Block(block.params, stmts, self.args(block.results))

    def stmt(self, stmt: Stmt) -> Stmt:
        match stmt:
            case Call():
                if not self.known:
                    return stmt
                return replace(stmt, args=self.args(stmt.args), kwargs=tuple((k, self.arg(a)) for k, a in stmt.kwargs))
            case If():
                return map_blocks(self.block, replace(stmt, test=self.arg(stmt.test)))
            case For():
                stmt = replace(stmt, iters=self.args(stmt.iters), inits=self.args(stmt.inits))
            case While():
                stmt = replace(stmt, inits=self.args(stmt.inits))
        loop = map_blocks(self.block, stmt)
        assert isinstance(loop, (For, While))
        return self.loop(loop)

    def loop(self, loop: For | While) -> Stmt:
        """Drop the invariant carried values; the loop is rebuilt with what they stand for."""
        n, params = len(loop.inits), _carried(loop)
        fixed = {k for k in range(n) if loop.body.results[k] is params[k] and type(loop.inits[k]) is not Pack}
        if not fixed:
            return loop
        for k in fixed:
            self.known[params[k]] = self.known[loop.outs[k]] = loop.inits[k]
            if isinstance(loop, While):
                self.known[loop.test.params[k]] = loop.inits[k]
        keep = [k not in fixed for k in range(n)]
        return self.stmt(_select(loop, keep, [True] * (len(loop.outs) - n - loop.stop)))


class _Alive:
    """The variables and statements that matter, by marking from the results.

    ``sources``: for each variable, the statement that makes it and what that variable is made from in turn.
    """

    def __init__(self, body: Block) -> None:
        self.vars: set[Var] = set()
        self.stmts: set[Stmt] = set()
        self.sources: dict[Var, tuple[Stmt, tuple[Arg, ...]]] = {}
        self.around: dict[Stmt, Stmt | None] = {}
        self.ranges: set[Var] = set()
        self.loops: list[For] = []
        self.effects: list[Call] = []
        self.todo: list[Var] = []
        self.block(body, None)
        for call in self.effects:
            self.live(call)

    # ---- who makes what ----------------------------------------------------------------------------------------------

    def block(self, block: Block, around: Stmt | None) -> None:
        for stmt in block.stmts:
            self.around[stmt] = around
            match stmt:
                case Call():
                    self.call(stmt)
                case If():
                    for out, x, y in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                        self.sources[out] = stmt, (x, y)
                case _:
                    self.loop(stmt)
            for inner in blocks(stmt):
                self.block(inner, stmt)

    def call(self, call: Call) -> None:
        for out in call.outs:
            self.sources[out] = call, ()
        if call.op is range:
            self.ranges.update(call.outs)
        if ops.of(call.op).has_effect:
            self.effects.append(call)

    def loop(self, loop: For | While) -> None:
        for out, result in zip(loop.outs, loop.body.results):
            self.sources[out] = loop, (result,)
        for out, param, init, result in zip(loop.outs, _carried(loop), loop.inits, loop.body.results):
            self.sources[out] = self.sources[param] = loop, (init, result)
        if isinstance(loop, While):
            for param, outer in zip(loop.test.params, _carried(loop)):
                self.sources[param] = self.sources[outer]
        else:
            self.loops.append(loop)
            for param, sequence in zip(loop.body.params, loop.iters):
                self.sources[param] = loop, (sequence,)

    # ---- marking -----------------------------------------------------------------------------------------------------

    def need(self, *args: Arg) -> None:
        for v in variables(*args):
            if v not in self.vars:
                self.vars.add(v)
                self.todo.append(v)

    def live(self, stmt: Stmt | None) -> None:
        """A statement runs: so do those around it, and what decides whether and how often they run is needed."""
        while stmt is not None and stmt not in self.stmts:
            self.stmts.add(stmt)
            match stmt:
                case Call():
                    self.need(*call_args(stmt))
                case If():
                    self.need(stmt.test)
                case While():
                    self.need(*stmt.test.results)
            if isinstance(stmt, (For, While)) and stmt.stop:
                self.need(stmt.body.results[-1])
            stmt = self.around[stmt]

    def run(self) -> None:
        """Mark until nothing changes. A live loop needs one of its sequences for the number of trips."""
        while self.todo or self.count_trips():
            v = self.todo.pop()
            if v in self.sources:
                stmt, args = self.sources[v]
                self.live(stmt)
                self.need(*args)

    def count_trips(self) -> bool:
        """Choose a sequence for one loop that reads none of its items."""
        for loop in self.loops:
            items = loop.body.params[:len(loop.iters)]
            if loop in self.stmts and not any(p in self.vars for p in items):
                cheapest = min(range(len(items)), key=lambda k: self.cost(loop.iters[k]))
                self.need(items[cheapest])
                return True
        return False

    def cost(self, sequence: Arg) -> int:
        """How much it costs to have a sequence only to count it."""
        if type(sequence) is not Var:
            return 0 if type(sequence) is Const else 2
        return 0 if sequence in self.ranges else 1 if sequence in self.vars else 3


class _Sweep:
    """Rebuilds blocks with what is alive."""

    def __init__(self, alive: _Alive) -> None:
        self.alive = alive

    def block(self, block: Block) -> Block:
        return Block(block.params, tuple(self.stmt(s) for s in block.stmts if s in self.alive.stmts), block.results)

    def stmt(self, stmt: Stmt) -> Stmt:
        alive = self.alive.vars
        match stmt:
            case Call():
                return stmt
            case If():
                keep = [v in alive for v in stmt.outs]
                then, orelse = (Block((), b.stmts, _where(b.results, keep)) for b in (stmt.then, stmt.orelse))
                stmt = replace(stmt, outs=_where(stmt.outs, keep), then=then, orelse=orelse)
                return map_blocks(self.block, stmt)
        n = len(stmt.inits)
        carried = [out in alive or any(p in alive for p in ps) for out, *ps in zip(stmt.outs, *_params(stmt))]
        collected = [out in alive for out in stmt.outs[n:len(stmt.outs) - stmt.stop]]
        loop = _select(stmt, carried, collected)
        if isinstance(loop, For):
            items = [p in alive for p in loop.body.params[:len(loop.iters)]]
            params = _where(loop.body.params[:len(items)], items) + loop.body.params[len(items):]
            loop = replace(loop, iters=_where(loop.iters, items), body=replace(loop.body, params=params))
        return map_blocks(self.block, loop)


def _carried(loop: For | While) -> tuple[Var, ...]:
    """The parameters of the body that are carried values."""
    return loop.body.params[len(loop.iters):] if isinstance(loop, For) else loop.body.params


def _params(loop: For | While) -> tuple[tuple[Var, ...], ...]:
    """The carried parameters of each block of a loop."""
    return (_carried(loop),) if isinstance(loop, For) else (loop.test.params, loop.body.params)


def _where(xs: tuple[T, ...], keep: Sequence[bool]) -> tuple[T, ...]:
    return tuple(x for x, k in zip(xs, keep, strict=True) if k)


def _select(loop: For | While, carried: Sequence[bool], collected: Sequence[bool]) -> For | While:
    """The loop with only some of its carried and collected values."""
    keep = [*carried, *collected, *([True] if loop.stop else [])]
    items = len(loop.iters) if isinstance(loop, For) else 0
    params = loop.body.params[:items] + _where(loop.body.params[items:], carried)
    body = Block(params, loop.body.stmts, _where(loop.body.results, keep))
    loop = replace(loop, outs=_where(loop.outs, keep), inits=_where(loop.inits, carried), body=body)
    if isinstance(loop, While):
        loop = replace(loop, test=replace(loop.test, params=_where(loop.test.params, carried)))
    return loop
