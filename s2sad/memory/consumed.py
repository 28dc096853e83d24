"""Into which buffers an update may be written.

Before: ``v = a[1:]; b = setitem(v, 0, s)``.  After: ``a`` and ``v``; whoever merges values must leave them apart.
"""
from __future__ import annotations

from s2sad import ops
from s2sad.ir import Arg, Block, Call, If, Stmt, Var
from s2sad.ir.walk import statements, variables


def consumed(body: Block) -> set[Var]:
    """The variables into whose buffer an update may be written: first arguments of updates, what loops carry and
    branches hand on, and what any of these views. Scalars have no buffer."""
    found: set[Var] = set()
    views: list[tuple[Var, Var]] = []
    for stmt in statements(body):
        found.update(v for v in variables(*_handed_on(stmt)) if not v.fact.is_scalar)
        if isinstance(stmt, Call) and (known := ops.of(stmt.op)).may_view:
            views += [(out, v) for out in stmt.outs for v in variables(*known.sources(stmt.args, tuple(a for _, a in stmt.kwargs)))]
    for view, base in reversed(views):
        if view in found:
            found.add(base)
    return found


def _handed_on(stmt: Stmt) -> tuple[Arg, ...]:
    match stmt:
        case Call():
            return stmt.args[:1] if ops.of(stmt.op).updates else ()
        case If():
            return (*stmt.then.results, *stmt.orelse.results)
    return (*stmt.inits, *stmt.body.results[:len(stmt.inits)])
