"""What an operation does with the memory of its arguments: the few facts that decide when writing in place is safe.

* ``READS_META``: reads only shape, dtype or length of the argument, so any version of an array serves.
* ``VIEWS``: the result may share memory with (or be) the first argument.
* ``UPDATES``: functional updates; the first argument is consumed, the result may live in its buffer.
* ``SHARES``: the result holds its arguments by reference (lists).
* ``CREATES``: the result is a new buffer, made to be filled: two of them are never one.
* ``EFFECTS``: done for what they do to the world; ``KEEP``: also those that may raise on purpose. Neither is ever dead.
Every other operation makes a fresh value.
"""
from __future__ import annotations

import operator
import random
from collections.abc import Collection

import numpy as np

from s2sad import runtime
from s2sad.ir import Arg, Block, Call, If, Stmt, Var
from s2sad.ir.walk import statements, variables

READS_META = {np.shape, np.ndim, np.size, len, np.zeros_like, np.ones_like, np.empty_like, runtime.zeros_like,
              np.result_type, np.iscomplexobj, np.isrealobj}
VIEWS = {operator.getitem, np.asarray, np.reshape, np.ravel, np.transpose, np.swapaxes, np.moveaxis, np.rollaxis,
         np.squeeze, np.expand_dims, np.broadcast_to, np.real, np.imag, np.diagonal, np.atleast_1d, np.atleast_2d,
         np.atleast_3d, np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit, np.broadcast_arrays, np.asanyarray,
         np.ascontiguousarray, np.rot90, np.flip, np.fliplr, np.flipud, np.real_if_close, np.nan_to_num, np.require,
         np.asfortranarray, np.lib.stride_tricks.sliding_window_view, np.lib.stride_tricks.as_strided,
         runtime.view, runtime.unbroadcast, runtime.astype_of, runtime.same, runtime.stop_gradient,
         runtime.cotangent_of, runtime.broadcast_like, runtime.unbroadcast_to, getattr, reversed,
         np.diag, np.frombuffer, np.asarray_chkfinite, np.matrix_transpose, np.linalg.matrix_transpose,
         np.linalg.diagonal, np.trim_zeros,
         *(f for name in ("permute_dims", "unstack", "astype") if (f := getattr(np, name, None)) is not None)}
UPDATES = {runtime.setitem, runtime.add_at, runtime.add_view, runtime.setview, runtime.append, runtime.pop,
           operator.iadd, operator.isub,
           operator.imul, operator.itruediv, operator.ifloordiv, operator.imod, operator.ipow, operator.imatmul,
           operator.iand, operator.ior, operator.ixor, operator.ilshift, operator.irshift}
SHARES = {runtime.append, list, tuple, dict, zip, enumerate}
CREATES = {np.array, np.zeros, np.ones, np.full, np.empty, np.zeros_like, np.ones_like, np.full_like, np.empty_like,
           np.copy, np.ndarray.copy, np.eye, np.identity, list, dict, set, bytearray, runtime.copy, runtime.zeros_like}
EFFECTS = {print, input, open, next, exec, eval, setattr, delattr, breakpoint}
KEEP = EFFECTS | {runtime.raise_, runtime.enter, runtime.leave, runtime.check_order, runtime.check_first,
                  runtime.check_length}


def is_one_of(op: object, table: Collection[object]) -> bool:
    """Whether an operation is in a table; what cannot be hashed is in none."""
    try:
        return op in table
    except TypeError:
        return False


def has_effect(op: object) -> bool:
    """Whether a call matters even if nobody reads its result: output, errors, and drawing of random numbers (the next
    draw of the user's generator depends on it)."""
    try:
        if op in KEEP:
            return True
    except TypeError:  # an unhashable callable
        return False
    if (getattr(op, "__module__", None) or "").split(".")[0] in ("warnings", "logging", "_warnings"):
        return True
    return draws(op)


def draws(op: object) -> bool:
    """Whether a call draws random numbers."""
    owner = getattr(op, "__self__", None)
    return op is runtime.drawn or isinstance(owner, (np.random.Generator, np.random.RandomState, random.Random))


def result_may_share(call: Call) -> bool:
    """Whether a result of the call may share memory with its first argument (scalars never do)."""
    return call.op in VIEWS and not all(out.fact.is_scalar for out in call.outs)


def consumed(body: Block) -> set[Var]:
    """The variables into whose buffer an update may be written: first arguments of updates, what loops carry and
    branches hand on, and what any of these views. Scalars have no buffer."""
    found: set[Var] = set()
    views: list[tuple[Var, Var]] = []
    for stmt in statements(body):
        found.update(v for v in variables(*_handed_on(stmt)) if not v.fact.is_scalar)
        if isinstance(stmt, Call) and is_one_of(stmt.op, VIEWS) and stmt.args:
            views += [(out, v) for out in stmt.outs for v in variables(stmt.args[0])]
    for view, base in reversed(views):
        if view in found:
            found.add(base)
    return found


def _handed_on(stmt: Stmt) -> tuple[Arg, ...]:
    match stmt:
        case Call():
            return stmt.args[:1] if is_one_of(stmt.op, UPDATES) else ()
        case If():
            return (*stmt.then.results, *stmt.orelse.results)
    return tuple(arg for c in stmt.carried for arg in (c.init, c.result))
