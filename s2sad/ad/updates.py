"""The adjoint of ``a[i] += v``: what is there is changed, not read, cleared and written again.

The trace reads the element, computes, and writes it back. The general adjoint of these three would be
``t = a_bar[i]; a_bar[i] = 0; v_bar = t; a_bar[i] += t``; as one statement it is shorter.

Before: ``t1 = a1[i]; t2 = t1 * v; a2 = setitem(a1, i, t2)``.
After: ``t = a_bar[i]; v_bar = t * t1; a_bar[i] = t * v``, and for a sum only ``v_bar = a_bar[i]``.
"""
from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.ir import Arg, Call, Const, Stmt, Var
from s2sad.ir.equal import same
from s2sad.ir.indices import selects_once
from s2sad.ir.walk import call_args, reads, substitute, variables


@dataclass(frozen=True, eq=False)
class Update:
    """An element that is read, changed and written back; nothing else reads what it became."""

    read: Call
    change: Call
    write: Call


def updates(stmts: Iterable[Stmt], uses: dict[Var, int]) -> dict[Stmt, Update]:
    """The element updates of a block, by the call that writes."""
    made: dict[Any, Call] = {}
    found: dict[Stmt, Update] = {}
    for s in stmts:
        if not isinstance(s, Call):
            continue
        if len(s.outs) == 1:
            made[s.outs[0]] = s
        if s.op is not runtime.setitem or not _is_plain(s):
            continue
        change = made.get(s.args[2])
        for operand in _operands(change, uses):
            read = made.get(operand)
            if (read is not None and read.op is operator.getitem and read.args[0] is s.args[0]
                    and same(read.args[1], s.args[1]) and change is not None):
                found[s] = Update(read, change, s)
                break
    return found


def _is_plain(s: Call) -> bool:
    """Whether a write goes to an array of floats, at an index that names each element once."""
    a, index = s.args[0], s.args[1]
    if type(a) is not Var or not a.fact.is_array or a.fact.dtype is None or a.fact.dtype.kind not in "fc":
        return False
    return selects_once(index)


def _operands(change: Call | None, uses: dict[Var, int]) -> tuple[Any, ...]:
    """The operands of a change that may be the element itself."""
    if change is None or len(change.outs) != 1 or uses.get(change.outs[0]) != 1 or change.op is operator.getitem:
        return ()
    return tuple(a for a in change.args if type(a) is Var)


def _is_sum(u: Update) -> bool:
    """Whether the element gets something added or subtracted."""
    old = u.read.outs[0]
    if len(u.change.args) != 2 or u.change.kwargs or not (old.fact.is_array or old.fact.is_scalar):
        return False
    if u.change.args[0] is u.change.args[1]:
        return False
    op = ops.canonical(u.change.op)
    return op is np.add or (op is np.subtract and u.change.args[0] is old)


def update_adjoint(sweep: Any, out: list[Stmt], u: Update) -> bool:
    """The adjoint of an update, appended to ``out``; False if it has to be done call by call."""
    g, old = sweep.take(u.write.outs[0]), u.read.outs[0]
    if g is None or not sweep.is_active(u.write.args[0]) or not sweep.is_active(old):
        return False
    loc = u.write.loc
    others = [v for a in call_args(u.change) for v in variables(a) if v is not old]
    stays = _is_sum(u)
    if any(map(sweep.is_active, others)) or not stays:
        t = sweep.emit.call(out, operator.getitem, g, u.write.args[1], hint=sweep.name(u.change.outs[0]), loc=loc)
        elsewhere = sweep.bars.pop(old, None)
        sweep.bars[u.change.outs[0]] = t
        sweep.call(out, u.change)
        del sweep.bars[u.change.outs[0]]
        old_bar = sweep.bars.pop(old, Const(0.0))
        if elsewhere is not None:
            sweep.bars[old] = elsewhere
        if not stays:
            written = Var(sweep.name(u.write.args[0]), g.fact.forget())
            out.append(Call((written,), runtime.setitem, (g, u.write.args[1], old_bar), (), loc, True))
            g = written
    sweep.accumulate(out, u.write.args[0], g, loc)
    return True


def read_apart(primal: list[Stmt], adjoint: list[Stmt], consumed: set[Var]) -> list[Stmt]:
    """The adjoint statements of a block, which read what an update in place takes over under another name: in
    ``a[i] *= v`` the old element is read once for the update, and once more (in ``primal``) to be kept."""
    taken = [s for s in primal if isinstance(s, Call) and s.op is operator.getitem and s.outs[0] in consumed
             and s.outs[0].fact.is_array]
    if not taken:
        return adjoint
    read = {v for s in adjoint for v in reads(s)}
    apart: dict[Var, Arg] = {}
    for s in taken:
        if s.outs[0] in read:
            like = next((o for o in primal if isinstance(o, Call) and o.op is s.op and o.outs[0] not in consumed
                         and all(map(same, o.args, s.args))), None)
            if like is None:
                like = replace(s, outs=(Var(s.outs[0].name, s.outs[0].fact),))
                primal.insert(primal.index(s), like)
            apart[s.outs[0]] = like.outs[0]
    return [substitute(apart, s) for s in adjoint] if apart else adjoint
