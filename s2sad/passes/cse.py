"""Common subexpression elimination: what was computed before, in this block or around it, is not computed again.

Why: a rule is inlined at every use, so derivatives repeat ``np.cos(x)``, ``np.shape(a)`` and what the primal computed.
Two calls are the same if operation and arguments are; constants are compared by type and exact value (``0.0`` is not
``-0.0``, ``1`` is not ``1.0`` or ``True``). Never merged are buffers (``np.zeros``: two accumulators are two), updates,
operations with effects or hidden state, functions we know nothing of, and results that an update may consume: sharing
them would force a copy. What the user computed stands: an adjoint call may be replaced by the user's, never the other
way round, and the user's ``b * a`` is not ``a * b``: complex products differ in the last bit.

Before::

    c = np.cos(x)
    y_bar := z_bar * c
    d := np.cos(x)
    x_bar := y_bar * d

After::

    c = np.cos(x)
    y_bar := z_bar * c
    x_bar := y_bar * c
"""
from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from s2sad import ops
from s2sad.ir import Arg, Block, Call, Const, Function, Stmt, Var
from s2sad.ir.equal import key
from s2sad.ir.walk import map_blocks, map_operands, replacing, with_body
from s2sad.memory.consumed import consumed


def cse(fn: Function) -> Function:
    """``fn`` with repeated pure calls replaced by the first."""
    return with_body(fn, _CSE(fn).block(fn.body))


class _CSE:
    def __init__(self, fn: Function) -> None:
        self.unique = consumed(fn.body) | set(fn.inputs)
        self.available: dict[Hashable, Call] = {}
        self.same: dict[Var, Arg] = {}
        self.arg = replacing(self.same)

    def block(self, block: Block) -> Block:
        """A block may use what is available around it, not the other way round."""
        outer, self.available = self.available, dict(self.available)
        stmts = tuple(new for stmt in block.stmts if (new := self.stmt(stmt)) is not None)
        self.available = outer
        return Block(block.params, stmts, tuple(map(self.arg, block.results)))

    def stmt(self, stmt: Stmt) -> Stmt | None:
        if self.same:
            stmt = map_operands(self.arg, stmt)
        return self.call(stmt) if isinstance(stmt, Call) else map_blocks(self.block, stmt)

    def call(self, call: Call) -> Call | None:
        """The call, or None if its results are there already."""
        if not _mergeable(call.op) or any(v in self.unique for v in call.outs):
            return call
        which = _call_key(call)
        first = self.available.setdefault(which, call)
        if first is call or len(first.outs) != len(call.outs):
            return call
        if first.adjoint and not call.adjoint:
            self.available[which] = call
            return call
        if not call.adjoint and tuple(map(key, call.args)) != tuple(map(key, first.args)):
            return call
        self.same.update(zip(call.outs, first.outs))
        return None


def _mergeable(op: Any) -> bool:
    return not isinstance(op, Function) and ops.of(op).may_merge


def _call_key(call: Call) -> Hashable:
    args = tuple(map(key, call.args))
    if ops.of(call.op).commutes and all(_numeric(a) for a in call.args):
        args = tuple(sorted(args, key=hash))
    return call.op, args, tuple((name, key(a)) for name, a in call.kwargs)


def _numeric(arg: Arg) -> bool:
    """Certainly a number or an array of real numbers (for which ``a * b`` is ``b * a``, bit by bit)."""
    if type(arg) is Const:
        return type(arg.value) in (float, int)
    if type(arg) is not Var:
        return False
    return arg.fact.is_scalar or (arg.fact.is_array and arg.fact.dtype is not None and arg.fact.dtype.kind in "biuf")
