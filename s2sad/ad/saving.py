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

import numpy as np

from s2sad import ops, runtime
from s2sad.ad.definedness import defined
from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import is_basic
from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, Fact, For, Function, If, Pack, Stmt, Var, While
from s2sad.ir.walk import blocks, call_args, clone, free, map_blocks, operands, statements, substitute, variables


class Saver:
    """Rewrites primal loops and branches to save, and reverse ones to use what was saved."""

    def __init__(self, fn: Function, meta: Callable[[Arg], Arg]) -> None:
        self.meta = meta
        self.outermost = {*fn.params, *(o for s in fn.body.stmts for o in s.outs)}
        self.defs: dict[Var, Stmt] = {o: s for s in statements(fn.body) for o in s.outs}
        self.updated = {v for s in statements(fn.body) if isinstance(s, Call) and ops.of(s.op).updates
                        for v in variables(s.args[0])}

    # ---- branches --------------------------------------------------------------------------------------------------

    def save_branch(self, s: If, primals: list[list[Stmt]], blocks: list[Block]) -> tuple[If, list[Block], list[Stmt]]:
        """The branch that also hands out what the reverse blocks read of it, and the reverse blocks reading that."""
        outs = list(s.outs)
        results = [list(s.then.results), list(s.orelse.results)]
        new_blocks = []
        for side, (primal, block) in enumerate(zip(primals, blocks)):
            local = {o for p in primal for o in p.outs}
            mapping: dict[Var, Arg] = {}
            block = self.recompute(block, primal, local, set(), Block((), (), ()))
            block = self.shapes_only(block, primal, local)
            for v in free(block):
                if v in local:
                    known = next((o for o, r in zip(outs, results[side]) if r is v and self.only(results, outs, o, v)),
                                 None)
                    if known is None:
                        known = Var(v.name, v.fact.forget())
                        outs.append(known)
                        results[side].append(v)
                        results[1 - side].append(Const(UNDEFINED))
                    mapping[v] = known
            new_blocks.append(substitute(mapping, block))
        then = Block((), tuple(primals[0]), tuple(results[0]))
        orelse = Block((), tuple(primals[1]), tuple(results[1]))
        return replace(s, outs=tuple(outs), then=then, orelse=orelse), new_blocks, []

    def only(self, results: list[list[Arg]], outs: list[Var], out: Var, v: Var) -> bool:
        """Whether an out that already exists can stand for ``v``: it is the same value on this side."""
        return out.fact.kind == v.fact.kind

    # ---- loops -----------------------------------------------------------------------------------------------------

    def save_loop(self, s: For | While, primal: list[Stmt], body: Block, seq_bars: tuple[Arg, ...], inits: tuple[Arg,
                                                                                                                 ...],
                  outs: tuple[Var, ...]) -> tuple[For | While, list[Stmt], list[Stmt]]:
        """The primal loop that collects what ``body`` reads, and the loop in the other direction with ``body``."""
        iters = s.iters if isinstance(s, For) else ()
        items = s.body.params[:len(iters)]
        carried = s.body.params[len(items):]
        local = {*carried, *(o for p in primal for o in p.outs)}
        body = self.recompute(body, primal, local, set(items), s.body)
        body = self.shapes_only(body, primal, local)
        read = free(body)
        made = {o: k for k, p in enumerate(primal) for o in p.outs}
        saved = sorted((v for v in read if v in local), key=lambda v: made.get(v, -1))
        old = list(zip(s.body.results[len(carried):len(s.outs) - s.stop], s.outs[len(carried):len(s.outs) - s.stop]))
        already = {r: o for r, o in old if type(r) is Var}
        fresh = [v for v in saved if v not in already]
        lists = {v: Var(plural(v.name), Fact("list", item=v.fact.forget())) for v in fresh}
        stop = 1 if s.stop else 0
        end = len(s.outs) - stop
        counter = None
        needed = [i for i in items if i in read]
        prelude: list[Stmt] = []
        results = (*s.body.results[:end], *fresh, *s.body.results[end:])
        all_outs = (*s.outs[:end], *lists.values(), *s.outs[end:])
        params, start = s.body.params, s.inits
        stmts = list(primal)
        sequences = [(already.get(v) or lists[v], v) for v in saved] + [
            (b, p) for b, p in zip(seq_bars, body.params)]
        if not sequences and (isinstance(s, While) or s.stop):
            counter, trips, results, all_outs, params, start = self.count(s, stmts, results, all_outs, params, start)
        block = Block(params, defined(stmts, set(fresh)), results)
        if isinstance(s, For):
            new: For | While = replace(s, outs=all_outs, inits=start, body=block)
        else:
            test = s.test
            if counter is not None:
                test = Block((counter_param := Var("trips", Fact("int")), *test.params), test.stmts, test.results)
                test = Block((*test.params[1:], counter_param), test.stmts, test.results)
            new = replace(s, outs=all_outs, inits=start, body=block, test=test)
        walked: list[tuple[Arg, Var]] = []
        for seq, item in zip(iters, items):
            whole = fact_of(seq).kind == "range" and not (s.stop or needed or walked)
            if item in needed or whole or not (sequences or needed):
                if s.stop:
                    if counter is None:
                        trips = Var("trips", Fact("int"))
                        prelude.append(Call((trips,), len, (sequences[0][0],), (), s.loc, True))
                    seq = self.cut(prelude, seq, trips, s)
                walked.append((seq, item))
                if not (needed or sequences):
                    break
        if isinstance(s, While) and counter is not None:
            positions = Var("positions", Fact("range"))
            prelude.append(Call((positions,), range, (trips,), (), s.loc, True))
            walked.append((positions, Var("k", Fact("int"))))
        walked += sequences
        n_items = len(seq_bars)
        fresh_items = [Var(v.name, v.fact) for _, v in walked]
        mapping = {v: f for (_, v), f in zip(walked, fresh_items)}
        inner = Block((*fresh_items, *body.params[n_items:]), body.stmts, body.results)
        inner = replace(inner, stmts=tuple(substitute(mapping, st) for st in inner.stmts),
                        results=substitute(mapping, Block((), (), inner.results)).results)
        loop = For(outs, tuple(q for q, _ in walked), inits, inner, not getattr(s, "reverse", False), False, s.loc,
                   True)
        return new, [loop], prelude

    def count(self, s: For | While, stmts: list[Stmt], results: tuple, outs: tuple, params: tuple,
              start: tuple) -> tuple:
        """Add a counter of the trips that were made."""
        n = len(s.inits)
        first = len(params) - n
        counter, after, trips = (Var("trips", Fact("int")) for _ in range(3))
        stmts.append(Call((after,), operator.add, (counter, Const(1)), (), s.loc, True))
        return (counter, trips, (*results[:n], after, *results[n:]), (*outs[:n], trips, *outs[n:]),
                (*params[:first + n], counter), (*start, Const(0)))

    def cut(self, out: list[Stmt], seq: Arg, trips: Var, s: For | While) -> Arg:
        """The part of a sequence that an ended loop walked."""
        short = Var("walked", fact_of(seq).forget())
        to_trips = Pack("slice", (Const(None), trips, Const(None)))
        out.append(Call((short,), operator.getitem, (seq, to_trips), (), s.loc, True))
        return short

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

    def recompute(self, body: Block, primal: list[Stmt], local: set[Var], items: set[Var], loop: Block) -> Block:
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
        if k is None or not isinstance(s, Call) or s.args[k] not in shapes:
            return map_blocks(lambda b: _with_shapes(b, shapes), s)
        shape, dtype = shapes[s.args[k]], Const(s.args[k].fact.dtype)
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
