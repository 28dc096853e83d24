"""Which variables carry a derivative: *varied* (they depend on an input that is differentiated) and *useful* (the
result depends on them). Nothing else gets adjoint code.

Before: ``k = n * 2; y = x * k; z = y + 1; return y`` (derivative by x).  After: active are x and y.
"""
from __future__ import annotations

from collections.abc import Iterable

from s2sad import ops, rules
from s2sad.ir import Call, Function, Var
from s2sad.ir.flow import closure, sources, users
from s2sad.ir.walk import variables


def varied(fn: Function, inputs: Iterable[Var]) -> set[Var]:
    """The variables that depend on ``inputs`` by operations that may have a derivative."""
    flow = users(sources(fn.body, has_derivative, tests=False))
    return closure(inputs, lambda v: [u for u in flow.get(v, ()) if not u.fact.is_discrete])


def useful(fn: Function, outputs: Iterable[Var]) -> set[Var]:
    """The variables on which ``outputs`` depend by operations that may have a derivative."""
    flow = sources(fn.body, has_derivative, tests=False)
    return closure(outputs, lambda v: variables(*flow.get(v, ())))


def has_derivative(call: Call) -> bool:
    """Whether the results of a call can depend smoothly on its arguments."""
    return not (rules.has_no_gradient(call.op) or (ops.of(call.op).reads_shape and rules.lookup(call.op) is None))
