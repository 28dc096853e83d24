"""Which variables carry a derivative: *varied* (they depend on an input that is differentiated) and *useful* (the
result depends on them). Nothing else gets adjoint code.

Before: ``k = n * 2; y = x * k; z = y + 1; return y`` (derivative by x).  After: active are x and y.
"""
from __future__ import annotations

from collections.abc import Iterable

from s2sad import ops, rules
from s2sad.ir import Arg, Block, Call, Const, For, Function, If, Stmt, Var, While
from s2sad.ir.walk import call_args, variables


def varied(fn: Function, inputs: Iterable[Var]) -> set[Var]:
    """The variables that depend on ``inputs`` by operations that may have a derivative."""
    found = set(inputs)
    _forward(fn.body, found)
    return found


def useful(fn: Function, outputs: Iterable[Var]) -> set[Var]:
    """The variables on which ``outputs`` depend by operations that may have a derivative."""
    found = set(outputs)
    _backward(fn.body, found)
    return found


def has_derivative(call: Call) -> bool:
    """Whether the results of a call can depend smoothly on its arguments."""
    return not (rules.has_no_gradient(call.op) or (ops.of(call.op).reads_shape and rules.lookup(call.op) is None))


def _mark(found: set[Var], outs: Iterable[Var]) -> bool:
    new = [v for v in outs if v not in found and not v.fact.is_discrete]
    found.update(new)
    return bool(new)


def _any(found: set[Var], *args: Arg) -> bool:
    return any(v in found for v in variables(*args))


def _forward(block: Block, found: set[Var]) -> bool:
    changed = False
    for s in block.stmts:
        changed |= _forward_stmt(s, found)
    return changed


def _forward_stmt(s: Stmt, found: set[Var]) -> bool:
    changed = False
    match s:
        case Call():
            if has_derivative(s) and _any(found, *call_args(s)):
                changed |= _mark(found, s.outs)
        case If():
            changed |= _forward(s.then, found) | _forward(s.orelse, found)
            changed |= _mark(found, (o for o, a, b in zip(s.outs, s.then.results, s.orelse.results) if _any(found, a,
                                                                                                            b)))
        case For() | While():
            items = s.body.params[:len(s.iters)] if isinstance(s, For) else ()
            carried = s.body.params[len(items):]
            if isinstance(s, For):
                changed |= _mark(found, (i for i, seq in zip(items, s.iters) if _any(found, seq)))
            changed |= _mark(found, (p for p, init in zip(carried, s.inits) if _any(found, init)))
            while True:
                again = _forward(s.body, found)
                again |= _mark(found, (p for p, r in zip(carried, s.body.results) if _any(found, r)))
                changed |= again
                if not again:
                    break
            marked = (o for k, (o, r) in enumerate(zip(s.outs, s.body.results))
                      if _any(found, r) or (k < len(carried) and carried[k] in found))
            changed |= _mark(found, marked)
    return changed


def _need(found: set[Var], args: Iterable[Arg]) -> bool:
    new = [v for v in variables(*args) if v not in found]
    found.update(new)
    return bool(new)


def _backward(block: Block, found: set[Var]) -> bool:
    changed = False
    for s in reversed(block.stmts):
        match s:
            case Call():
                if any(o in found for o in s.outs) and has_derivative(s):
                    changed |= _need(found, call_args(s))
            case If():
                for o, a, b in zip(s.outs, s.then.results, s.orelse.results):
                    if o in found:
                        changed |= _need(found, (a, b))
                changed |= _backward(s.then, found) | _backward(s.orelse, found)
            case For() | While():
                changed |= _backward_loop(s, found)
    return changed


def _backward_loop(s: For | While, found: set[Var]) -> bool:
    items = s.body.params[:len(s.iters)] if isinstance(s, For) else ()
    carried = s.body.params[len(items):]
    changed = _need(found, (r for o, r in zip(s.outs, s.body.results) if o in found))
    while True:
        again = _backward(s.body, found)
        again |= _need(found, (r for p, r in zip(carried, s.body.results) if p in found))
        changed |= again
        if not again:
            break
    live = (a for p, o, a in zip(carried, s.outs, s.inits) if (p in found or o in found) and not isinstance(a, Const))
    changed |= _need(found, live)
    changed |= _need(found, (seq for i, seq in zip(items, getattr(s, "iters", ())) if i in found))
    return changed
