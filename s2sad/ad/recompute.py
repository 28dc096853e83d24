"""Statements that the reverse sweep runs again, and what of them it cannot run again.

Random numbers are drawn once, output is written once, and functions of which nothing is known are called once: their
results are kept, and handed out of the loops and branches that they are in.

Before::

    for i in range(n):                  noise = rng.normal(); a = np.sin(a) + noise

After, the primal and what is run again::

    for i in range(n): (collect noise)  noise = rng.normal(); a = np.sin(a) + noise
    for i, noise in zip(range(n), noises): a = np.sin(a) + noise
"""
from __future__ import annotations

import contextlib
import operator
import warnings
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.ad.common import rule_of
from s2sad.ad.saving import plural
from s2sad.errors import NotDifferentiable
from s2sad.facts.arguments import fact_of
from s2sad.facts.cotangents import cotangent
from s2sad.ir import (
    UNDEFINED,
    Arg,
    Block,
    Call,
    Collected,
    Const,
    Fact,
    For,
    Function,
    If,
    Pack,
    Stmt,
    Var,
    Walked,
    While,
)
from s2sad.ir.facts import put_in, sometimes
from s2sad.ir.opnames import op_name
from s2sad.ir.regions import region
from s2sad.ir.walk import (
    blocks,
    clone,
    ends,
    free,
    operands,
    statements,
    substitute,
    variables,
    with_body,
    with_ends,
    with_test,
)
from s2sad.rules import lookup

MANAGERS = (np.errstate, warnings.catch_warnings, contextlib.nullcontext)


def region_adjoint(sweep: Any, out: list[Stmt], s: If) -> If:
    """The adjoint of a region, appended to ``out``: its statements once more, then their adjoints, in a region of its
    own. Nothing is kept of the first run but what it reads, and what cannot be computed twice.

    Returns
    -------
    If
        The region as it is run first.
    """
    first, again = separate(s.then, sweep.active)
    again, originals = copied(again)
    adopt(sweep, originals)
    before = sweep.bars
    sweep.bars = dict(before)
    adjoint: list[Stmt] = []
    for r, o in zip(again.results, s.outs):
        sweep.accumulate(adjoint, r, before.get(o), s.loc)
    recomputed, stmts = sweep.block(again.stmts)
    bars, sweep.bars = sweep.bars, before
    changed = [v for v in free(s.then) if v in sweep.active and bars.get(v) is not before.get(v)]
    outs = tuple(Var(sweep.name(v), cotangent(v.fact) if v.fact.is_array else fact_of(bars[v]).forget())
                 for v in changed)
    body = Block((), (*recomputed, *adjoint, *stmts), tuple(bars[v] for v in changed))
    new, (body, _) = sweep.saver.save_branch(s, [list(first.stmts), []], [body, Block((), (), ())])
    if outs:
        out.append(region(outs, body, s.loc, True))
        before.update(zip(changed, outs))
    return new


def adopt(sweep: Any, originals: dict[Var, Var]) -> None:
    """Know of copies of variables what is known of those."""
    for known in (sweep.active, sweep.emit.unsure, sweep.saver.updated):
        known.update([new for new, old in originals.items() if old in known])
    sweep.uses.update({new: sweep.uses.get(old, 0) for new, old in originals.items()})
    copies = {old: new for new, old in originals.items()}
    outer = sweep.meta

    def meta(x: Arg) -> Arg:
        if type(x) is not Var or x not in originals:
            return outer(x)
        root = outer(originals[x])
        return copies.get(root, root)  # type: ignore[arg-type]
    sweep.meta = sweep.emit.meta = meta


def separate(block: Block, active: set[Var]) -> tuple[Block, Block]:
    """What is run first, and what is run again.

    Returns
    -------
    first, again
        The block that hands out of its loops and branches what is not computed again, and the block that reads that.

    Raises
    ------
    NotDifferentiable
        If a call that must not be made twice has a result in ``active``.
    """
    managers = set(_managers(block)) | {
        out for call in statements(block) if isinstance(call, Call) and _is_vouched(call.op) for out in call.outs
        if out in active}
    for call in statements(block):
        if isinstance(call, Call) and not _runs_again(call, managers) and any(o in active for o in call.outs):
            rule_of(call, lambda a: a in active)
            raise NotDifferentiable("S2S003", f"`{op_name(call.op)}` cannot be called twice and its argument is active",
                                    call.loc, "a checkpointed function, and what a Jacobian is taken of, is run again",
                                    "call it outside")
    first, again, _ = _block(block, managers)
    return first, again


def copied(block: Block) -> tuple[Block, dict[Var, Var]]:
    """A copy of a block with variables of its own, and which is which: from new to old."""
    new = clone(block)
    return new, dict(zip(_bound(new), _bound(block), strict=True))


def _bound(block: Block) -> Iterator[Var]:
    yield from block.params
    for s in block.stmts:
        yield from s.outs
        for inner in blocks(s):
            yield from _bound(inner)


def _managers(block: Block) -> Iterator[Var]:
    """The context managers that are made anew: those that only say what is warned about."""
    for s in block.stmts:
        if isinstance(s, Call) and s.op in MANAGERS:
            yield from s.outs
        for inner in blocks(s):
            yield from _managers(inner)


def _runs_again(call: Call, managers: set[Var]) -> bool:
    if call.op in (runtime.enter, runtime.leave):
        return call.args[0] in managers
    if any(out in managers for out in call.outs):
        return True
    return isinstance(call.op, Function) or (isinstance(call.op, Hashable) and _repeatable(call.op))


def _is_vouched(op: Any) -> bool:
    """Whether an operation has a rule, so that it is a function of its arguments whatever else is known of it."""
    hashable = isinstance(op, Hashable)
    return hashable and ops.of(op).effect is ops.Effect.UNKNOWN and lookup(op) is not None


@lru_cache(maxsize=4096)
def _repeatable(op: Any) -> bool:
    """Whether a second call has the result of the first, and is not noticed."""
    return op in MANAGERS or ops.of(op).is_pure


def _block(block: Block, managers: set[Var]) -> tuple[Block, Block, list[Var]]:
    first: list[Stmt] = []
    again: list[Stmt] = []
    kept: list[Var] = []
    for s in block.stmts:
        if isinstance(s, Call):
            first.append(s)
            if _runs_again(s, managers):
                again.append(s)
            else:
                kept += s.outs
            continue
        one, others, new = _branch(s, managers) if isinstance(s, If) else _loop(s, managers)
        first.append(one)
        again += others
        kept += new
    read = set(_read(again)) | set(variables(*block.results))
    kept = [v for v in kept if v in read]
    return replace(block, stmts=tuple(first)), replace(block, stmts=tuple(again)), kept


def _read(stmts: Iterable[Stmt]) -> Iterator[Var]:
    for s in stmts:
        yield from variables(*operands(s))
        for inner in blocks(s):
            yield from _read(inner.stmts)
            yield from variables(*inner.results)


def _branch(s: If, managers: set[Var]) -> tuple[If, list[Stmt], list[Var]]:
    """The branch that hands out what its sides keep, and the branch that reads that."""
    nothing = Const(UNDEFINED)
    (then, then_again, then_kept), (orelse, orelse_again, orelse_kept) = (_block(b, managers) for b in blocks(s))
    handed = {v: Var(v.name, sometimes(v.fact)) for v in (*then_kept, *orelse_kept)}
    new: list[tuple[Var, Arg, Arg]] = [(handed[v], v, nothing) for v in then_kept]
    new += [(handed[v], nothing, v) for v in orelse_kept]
    one = with_ends(replace(s, then=then, orelse=orelse), (*ends(s), *new))
    two = replace(s, then=substitute(handed, then_again), orelse=substitute(handed, orelse_again))
    return one, [two], list(handed.values())


def _loop(s: For | While, managers: set[Var]) -> tuple[For | While, list[Stmt], list[Var]]:
    """The loop that collects what its body keeps, and the loop over that."""
    body, again, kept = _block(s.body, managers)
    first, second = with_body(s, body), with_body(s, again)
    if isinstance(second, While):
        _, test, test_kept = _block(second.test, managers)
        if not kept and not test_kept:
            return s, [with_test(second, test)], []
    elif not kept:
        return s, [second], []
    items = kept or [Var("k")]  # or only the number of trips
    lists = [Var(plural(v.name), Fact("list", item=put_in(v.fact, lambda symbol: False))) for v in items]
    results: Sequence[Arg] = kept or [Const(None)]
    new = tuple(Collected(r, out) for r, out in zip(results, lists))
    first = replace(first, collected=(*first.collected, *new))
    over = tuple(map(Walked, items, lists))
    stmts: list[Stmt] = []
    if isinstance(second, For):
        walked = _walked(stmts, second, lists[0]) if second.stop else second.walked
        stmts.append(replace(second, walked=(*walked, *over)))
    else:
        carried = tuple(replace(c, tested=None) for c in second.carried)
        stmts.append(For(over, carried, second.stmts, second.collected, second.stop, False, s.loc, s.adjoint))
    return first, stmts, lists


def _walked(out: list[Stmt], s: For, collected: Var) -> tuple[Walked, ...]:
    """Those parts of the sequences of a loop with ``break`` that were walked: as long as what was collected."""
    out.append(Call((trips := Var("trips", Fact("int")),), len, (collected,), (), s.loc))
    to_trips = Pack("slice", (Const(None), trips, Const(None)))
    parts = [Var("walked", fact_of(w.sequence).forget()) for w in s.walked]
    out += [Call((part,), operator.getitem, (w.sequence, to_trips), (), s.loc) for part, w in zip(parts, s.walked)]
    return tuple(Walked(w.item, part) for part, w in zip(parts, s.walked))
