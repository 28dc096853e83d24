"""Into which buffers an update may be written.

Before: ``v = a[1:]; b = setitem(v, 0, s)``.  After: ``a`` and ``v``; whoever merges values must leave them apart.
"""
from __future__ import annotations

from s2sad import ops
from s2sad.ir import Arg, Block, Call, Stmt, Var
from s2sad.ir.flow import choices, closure
from s2sad.ir.walk import statements, variables


def consumed(body: Block) -> set[Var]:
    """The variables into whose buffer an update may be written: first arguments of updates, what loops carry and
    branches hand on, and what any of these views. Scalars have no buffer."""
    handed_on: list[Var] = []
    views: dict[Var, list[Var]] = {}
    for stmt in statements(body):
        handed_on += variables(*_handed_on(stmt))
        if isinstance(stmt, Call) and (known := ops.of(stmt.op)).may_view:
            bases = variables(*known.sources(stmt.args, tuple(a for _, a in stmt.kwargs)))
            views.update((out, bases) for out in stmt.outs)
    return closure((v for v in handed_on if not v.fact.is_scalar), lambda v: views.get(v, ()))


def _handed_on(stmt: Stmt) -> tuple[Arg, ...]:
    if isinstance(stmt, Call):
        return stmt.args[:1] if ops.of(stmt.op).updates else ()
    return tuple(arg for _, args in choices(stmt) for arg in args)
