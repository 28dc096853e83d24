"""Accumulate cotangents in place where the buffer is ours::

    x_bar1 = g * a                      x_bar1 = g * a
    x_bar2 = x_bar1 + h                 x_bar2 = iadd(x_bar1, h)          emitted as `x_bar += h`

Only sums that a derivative added, of an array that was made here with its full shape and that nobody reads afterwards:
not a ``broadcast_to`` result, not an argument, not a cotangent that a second variable shares.
"""
from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from s2sad import ops
from s2sad.ir import Arg, Block, Call, Function, Stmt, Var
from s2sad.ir.facts import equal_dtypes
from s2sad.ir.walk import map_blocks, statements, with_body
from s2sad.memory.alias import Memory
from s2sad.memory.conflicts import conflicts


def inplace(fn: Function) -> Function:
    """The function with adjoint sums turned into ``operator.iadd`` and ``isub`` where that is safe."""
    for first in (0, 1):
        sums = {s: update for s in statements(fn.body) if (update := _candidate(s, first)) is not None}
        while sums:
            trial = with_body(fn, _rebuild(fn.body, sums))
            failed = {c.call for c in conflicts(Memory(trial))}
            kept = {s: update for s, update in sums.items() if update not in failed}
            if len(kept) == len(sums):
                fn = trial
                break
            sums = kept
    return fn


def _candidate(s: Stmt, first: int) -> Call | None:
    """The update that may replace a sum, accumulating into its operand number ``first``."""
    if not isinstance(s, Call) or not s.adjoint or len(s.args) != 2 or s.kwargs:
        return None
    if ops.of(s.op).updates:
        return None
    if ops.canonical(s.op) is np.add:
        op = operator.iadd
    elif ops.canonical(s.op) is np.subtract and first == 0:
        op = operator.isub
    else:
        return None
    buffer, value = s.args[first], s.args[1 - first]
    return replace(s, op=op, args=(buffer, value)) if _same_buffer(buffer, s.outs[0]) else None


def _same_buffer(buffer: Arg, out: Var) -> bool:
    """Whether the sum certainly has the shape and dtype of the buffer."""
    if not isinstance(buffer, Var) or not buffer.fact.is_array or not out.fact.is_array:
        return False
    a, b = buffer.fact, out.fact
    same_shape = a.dims is not None and a.dims == b.dims and len(a.dims) > 0
    return same_shape and a.dtype is not None and equal_dtypes(a.dtype, b.dtype)


def _rebuild(block: Block, sums: dict[Stmt, Call]) -> Block:
    stmts = tuple(sums[s] if s in sums else map_blocks(lambda b: _rebuild(b, sums), s) for s in block.stmts)
    return replace(block, stmts=stmts)
