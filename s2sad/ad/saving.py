"""How the reverse sweep gets at primal values from inside loops and branches.

What a reverse body reads of the primal body is, in this order: still alive (defined outside), an item of the loop
itself, recomputed (cheap arithmetic on what is there anyway), or saved: *collected* by the loop, handed out by the
branch.

Before: a reverse body that reads ``p`` of ``for i in r: p = a[i - 1]; a[i] = np.sin(p)``.
After:  ``a2, ps = for i in r …: collect p``, and the reverse loop walks ``reversed(zip(r, ps))``.
"""
from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from s2sad import ops, runtime
from s2sad.ad.definedness import checked, defined
from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import is_basic
from s2sad.ir import (
    UNDEFINED,
    Arg,
    Block,
    Call,
    Carried,
    Collected,
    Const,
    Fact,
    For,
    Function,
    If,
    Loc,
    Pack,
    Stmt,
    Var,
    Walked,
    While,
)
from s2sad.ir.facts import put_in, sometimes, symbols
from s2sad.ir.walk import (
    blocks,
    call_args,
    clone,
    ends,
    free,
    map_blocks,
    operands,
    statements,
    substitute,
    variables,
    with_body,
    with_ends,
)

L = TypeVar("L", For, While, For | While)


class Saver:
    """Rewrites primal loops and branches to save, and reverse ones to use what was saved."""

    def __init__(self, fn: Function, meta: Callable[[Arg], Arg]) -> None:
        self.meta = meta
        self.outermost = {*fn.params, *(o for s in fn.body.stmts for o in s.outs)}
        self.outer_sizes = {symbol for v in self.outermost for symbol in symbols(v.fact)}
        self.defs: dict[Var, Stmt] = {o: s for s in statements(fn.body) for o in s.outs}
        self.asked = checked(fn.body)
        self.updated = {v for s in statements(fn.body) if isinstance(s, Call) and ops.of(s.op).updates
                        for v in variables(s.args[0])}

    def is_outer(self, symbol: Any) -> bool:
        """Whether a size is that of something outside all loops."""
        return symbol in self.outer_sizes

    # ---- branches --------------------------------------------------------------------------------------------------

    def save_branch(self, s: If, primals: list[list[Stmt]], blocks: list[Block]) -> tuple[If, list[Block]]:
        """The branch that also hands out what the reverse blocks read of it, and the reverse blocks reading that."""
        handed = list(ends(s))
        new_blocks = []
        for side, (primal, block) in enumerate(zip(primals, blocks)):
            local = {o for p in primal for o in p.outs}
            mapping: dict[Var, Arg] = {}
            block = self.recompute(block, primal, local, set())
            block = self.shapes_only(block, primal, local)
            for v in (v for v in free(block) if v in local):
                known = next((o for o, *args in handed if args[side] is v and o.fact.kind == v.fact.kind), None)
                if known is None:
                    known, nothing = Var(v.name, sometimes(v.fact)), Const(UNDEFINED)
                    handed.append((known, nothing, v) if side else (known, v, nothing))
                mapping[v] = known
            new_blocks.append(substitute(mapping, block))
        then, orelse = (Block((), tuple(primal), ()) for primal in primals)
        return with_ends(replace(s, then=then, orelse=orelse), handed), new_blocks

    # ---- loops -----------------------------------------------------------------------------------------------------

    def save_loop(self, s: For | While, primal: list[Stmt], back: For) -> tuple[For | While, list[Stmt]]:
        """The primal loop that collects what the loop ``back`` reads, and that loop, over what was collected, after the
        statements that it needs before it."""
        items = {w.item for w in s.walked}
        local = {*(c.param for c in s.carried), *(o for p in primal for o in p.outs)}
        body = self.shapes_only(self.recompute(back.body, primal, local, items), primal, local)
        read = free(body)
        made = {o: k for k, p in enumerate(primal) for o in p.outs}
        saved = sorted((v for v in read if v in local), key=lambda v: made.get(v, -1))
        lists = {c.result: c.out for c in s.collected if type(c.result) is Var}
        fresh = {v: Var(plural(v.name), Fact("list", item=put_in(v.fact, self.is_outer)))
                 for v in saved if v not in lists}
        lists |= fresh
        collected = (*s.collected, *map(Collected, fresh, fresh.values()))
        new = replace(s, stmts=defined(primal, fresh, self.asked), collected=collected)
        sequences = [*(Walked(v, lists[v]) for v in saved), *back.walked]
        before: list[Stmt] = []
        trips = None
        if not sequences and (s.stop or isinstance(s, While)):
            new, trips = _counted(new)
        walked = _again([w for w in s.walked if w.item in read], s, bool(sequences))
        if s.stop and walked:
            if trips is None:
                trips = _call(before, "trips", Fact("int"), len, sequences[0].sequence, loc=s.loc)
            walked = [_cut(before, w, trips, s.loc) for w in walked]
        elif isinstance(s, While) and trips is not None:
            positions = _call(before, "positions", Fact("range"), range, trips, loc=s.loc)
            walked = [Walked(Var("k", Fact("int")), positions)]
        walked += sequences
        renamed = {w.item: Var(w.item.name, w.item.fact) for w in walked}
        back = with_body(back, substitute(renamed, body))
        return new, [*before, replace(back, walked=tuple(Walked(renamed[w.item], w.sequence) for w in walked))]

    # ---- shapes ----------------------------------------------------------------------------------------------------

    def shapes_only(self, body: Block, primal: list[Stmt], local: set[Var]) -> Block:
        """Save the shape of an array of which the reverse body reads nothing else."""
        whole: set[Var] = set()
        wanted: dict[Var, Var] = {}
        _uses(body, local, whole, wanted)
        defined = {o for p in primal for o in p.outs}
        shapes = {v: Var("shape", Fact("tuple", dims=v.fact.dims)) for v in wanted if v not in whole and v in defined}
        views = {v: view for v in shapes if (view := self.view_outside(v)) is not None}
        for v in views:
            del shapes[v]
        body = _with_views(body, views)
        if not shapes:
            return body
        at = {o: k for k, p in enumerate(primal) for o in p.outs}
        for v in sorted(shapes, key=lambda v: -at[v]):
            primal.insert(at[v] + 1, Call((shapes[v],), np.shape, (v,), (), None, True))
            local.add(shapes[v])
        return _with_shapes(body, shapes)

    def view_outside(self, v: Var) -> Call | None:
        """The part of an array outside all loops that has the shape of ``v``, a part of one of the same shape."""
        p = self.defs.get(v)
        if not isinstance(p, Call) or p.op is not operator.getitem or not is_basic(p.args[1]):
            return None
        whole = self.meta(p.args[0])
        fixed = type(whole) is Var and whole.fact.is_array and whole in self.outermost and whole not in self.updated
        if not fixed or any(x not in self.outermost for x in variables(p.args[1])):
            return None
        return Call((Var(v.name, v.fact.forget()),), p.op, (whole, p.args[1]), (), p.loc, True)

    # ---- recomputing -----------------------------------------------------------------------------------------------

    def recompute(self, body: Block, primal: list[Stmt], local: set[Var], items: set[Var]) -> Block:
        """The reverse body with cheap values computed again from what it has anyway."""
        defs = {o: p for p in primal if isinstance(p, Call) and len(p.outs) == 1 for o in p.outs}
        wanted = [v for v in free(body) if v in local]
        have = set(wanted)
        copies: list[Stmt] = []
        done: dict[Var, bool] = {}

        def available(v: Var, depth: int) -> bool:
            if v in items or v not in local:
                return v not in self.updated
            return v in done or (depth < 6 and can(v, depth + 1))

        def can(v: Var, depth: int = 0) -> bool:
            p = defs.get(v)
            if p is None or p.kwargs or not self.cheap(p):
                return False
            return all(available(x, depth) or (x in have and x is not v and not self.cheap_def(defs.get(x)))
                       for a in call_args(p) for x in variables(a))

        for v in wanted:
            if can(v):
                self.add_copy(v, defs, local, items, have, done, copies)
        if not copies:
            return body
        block = clone(Block((), tuple(copies), tuple(done)))
        renamed = dict(zip(done, block.results))
        stmts = tuple(replace(c, adjoint=True) if isinstance(c, Call) else c for c in block.stmts)
        rest = substitute(renamed, Block((), body.stmts, body.results))
        return Block(body.params, (*stmts, *rest.stmts), rest.results)

    def add_copy(self, v: Var, defs: dict, local: set[Var], items: set[Var], have: set[Var], done: dict[Var, bool],
                 copies: list[Stmt]) -> None:
        if v in done:
            return
        p = defs[v]
        for a in call_args(p):
            for x in variables(a):
                if x in local and x not in items and x in defs and self.cheap(defs[x]) and not (
                        x in have and not self.cheap_def(defs.get(x))):
                    self.add_copy(x, defs, local, items, have, done, copies)
        done[v] = True
        copies.append(p)

    def cheap_def(self, p: Stmt | None) -> bool:
        return isinstance(p, Call) and self.cheap(p)

    def cheap(self, p: Call) -> bool:
        """Arithmetic on numbers, views and lengths: cheaper to do again than to keep."""
        known = ops.of(p.op)
        if known.cost is ops.Cost.FREE:
            return True
        numbers = p.outs[0].fact.is_scalar and all(fact_of(a).is_scalar for a in call_args(p))
        return numbers and known.cost is ops.Cost.CHEAP


def _counted(loop: L) -> tuple[L, Var]:
    """The loop with a counter of the trips that were made, and their number."""
    counter, after, trips = (Var("trips", Fact("int")) for _ in range(3))
    tested = Var("trips", Fact("int")) if isinstance(loop, While) else None
    step = Call((after,), operator.add, (counter, Const(1)), (), loop.loc, True)
    counted = Carried(counter, Const(0), after, trips, tested)
    return replace(loop, carried=(*loop.carried, counted), stmts=(*loop.stmts, step)), trips


def _again(needed: list[Walked], loop: For | While, collected: bool) -> list[Walked]:
    """What the loop in the other direction walks again of what the primal loop walks: what it needs; else a range,
    because that reads well; else, if nothing was ``collected``, something to count the trips."""
    if needed or not collected:
        return needed or list(loop.walked[:1])
    return [w for w in loop.walked if fact_of(w.sequence).kind == "range" and not loop.stop][:1]


def _cut(out: list[Stmt], walked: Walked, trips: Var, loc: Loc | None) -> Walked:
    """The part of a sequence that an ended loop walked."""
    to_trips = Pack("slice", (Const(None), trips, Const(None)))
    fact = fact_of(walked.sequence).forget()
    return Walked(walked.item, _call(out, "walked", fact, operator.getitem, walked.sequence, to_trips, loc=loc))


def _call(out: list[Stmt], name: str, fact: Fact, op: Callable, *args: Arg, loc: Loc | None) -> Var:
    """Append a call."""
    made = Var(name, fact)
    out.append(Call((made,), op, args, (), loc, True))
    return made


META_ARG = {np.shape: 0, np.zeros_like: 0, runtime.unbroadcast: 1}


def _uses(block: Block, local: set[Var], whole: set[Var], wanted: dict[Var, Var]) -> None:
    """Which local arrays are read as a whole, and of which only the shape."""
    for s in block.stmts:
        meta = META_ARG.get(s.op) if isinstance(s, Call) else None
        for k, a in enumerate(operands(s)):
            for v in variables(a):
                if k == meta and v is a and v in local and v.fact.is_array and v.fact.dtype is not None:
                    wanted[v] = v
                else:
                    whole.add(v)
        for inner in blocks(s):
            _uses(inner, local, whole, wanted)
    whole.update(variables(*block.results))


def _with_views(block: Block, views: dict[Var, Call]) -> Block:
    """The block with the views made first, read where only a shape is wanted."""
    if not views:
        return block
    def stmt(s: Stmt) -> Stmt:
        k = META_ARG.get(s.op) if isinstance(s, Call) else None
        if k is None or not isinstance(s, Call) or s.args[k] not in views:
            return map_blocks(inside, s)
        view = views[s.args[k]].outs[0]  # type: ignore[index]
        return replace(s, args=(*s.args[:k], view, *s.args[k + 1:]))

    def inside(b: Block) -> Block:
        return Block(b.params, tuple(map(stmt, b.stmts)), b.results)
    whole = inside(block)
    return Block(whole.params, (*views.values(), *whole.stmts), whole.results)


def _with_shapes(block: Block, shapes: dict[Var, Var]) -> Block:
    def stmt(s: Stmt) -> Stmt:
        k = META_ARG.get(s.op) if isinstance(s, Call) else None
        a = None if k is None or not isinstance(s, Call) else s.args[k]
        if not isinstance(s, Call) or type(a) is not Var or a not in shapes:
            return map_blocks(lambda b: _with_shapes(b, shapes), s)
        shape, dtype = shapes[a], Const(a.fact.dtype)
        if s.op is np.shape:
            return replace(s, op=runtime.same, args=(shape,))
        if s.op is np.zeros_like:
            named = () if dtype.value == np.float64 else (("dtype", dtype),)
            return replace(s, op=np.zeros, args=(shape,), kwargs=named)
        return replace(s, op=runtime.unbroadcast_to, args=(s.args[0], shape, dtype))
    return Block(block.params, tuple(map(stmt, block.stmts)), block.results)


def plural(name: str) -> str:
    """The name of a list of values called ``name``: p → ps, x_bar → x_bars."""
    return f"{name}s" if not name.endswith("s") else f"{name}_all"
