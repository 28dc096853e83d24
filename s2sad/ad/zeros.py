"""Zeros of cotangents and tangents that are zero because an element was not selected stay zero.

The sweeps scale plainly. Where such a zero may meet a partial derivative that may be infinite or nan, the product
becomes a masked one; both are found by walking the derivative: which values may hold such zeros (they come from buffers
of zeros, masks and branches, and go through what is linear), and which values may be infinite or nan (``facts.ranges``).

Before: ``y_bar = where(m, g, 0.0); t = div(0.5, y); x_bar = mul(y_bar, t)``, as ``y`` is a square root.
After: ``y_bar = where(m, g, 0.0); t = div(0.5, y); x_bar = masked_product(y_bar, t)``.
"""
from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sad import ops, rules, runtime
from s2sad.facts.infer import infer
from s2sad.facts.ranges import Ranges
from s2sad.ir import Arg, Block, Call, Const, Function, If, Stmt, Var
from s2sad.ir.abstract import Abstract
from s2sad.ir.walk import map_blocks, statements, with_body


def masked(fn: Function) -> Function:
    """The derivative in which no zero of what was not selected becomes nan."""
    found = Selections(fn)
    if not any(isinstance(s, Call) and (_scales(s) or _contracts(s)) and any(map(found.holds, s.args))
               for s in statements(fn.body)):
        return fn
    ranges = Ranges(fn)

    def inside(block: Block) -> Block:
        return replace(block, stmts=tuple(new for s in block.stmts for new in _masked(s, found, ranges, inside)))
    return with_body(fn, inside(fn.body))


@dataclass(frozen=True)
class Origin:
    """``derived``: a derivative added it. ``zeros``: it may hold zeros of what was not selected, or is the number 0."""

    derived: bool = False
    zeros: bool = False


class Selections(Abstract[Origin]):
    """Which cotangents and tangents may hold zeros of what was not selected."""

    nothing = Origin()

    def __init__(self, fn: Function) -> None:
        super().__init__()
        self.block(fn.body)

    def constant(self, value: Any) -> Origin:
        return Origin(zeros=isinstance(value, (float, complex, np.ndarray)) and not np.any(value))

    def outside(self, v: Var) -> Origin:
        return self.nothing

    def join(self, a: Origin, b: Origin) -> Origin:
        return Origin(a.derived or b.derived, a.zeros or b.zeros)

    def passed(self, s: Stmt, answer: Origin) -> Origin:
        if isinstance(s, If) and _is_partial(s):
            return self.nothing
        return replace(answer, derived=True) if s.adjoint else answer

    def left(self, init: Origin, result: Origin) -> Origin:
        """What no step adds to comes out of each step as it went in, and a loop mostly has a step."""
        return result

    def holds(self, arg: Arg) -> bool:
        """Whether a value may hold such zeros. A zero of the user's own is a number like any other."""
        found = self.of(arg)
        return found.zeros and found.derived

    def call(self, s: Call) -> Origin:
        if not s.adjoint or _is_partial(s):
            return self.nothing
        return Origin(True, (s.of is not None and ops.of(s.of).selects) or self.gives(s))

    def gives(self, s: Call) -> bool:
        known, op = ops.of(s.op), ops.canonical(s.op)
        if known.zeros is ops.Zeros.MAKES:
            return True
        if op in (np.add, np.subtract):
            return all(map(self.zero, s.args))
        if op is np.multiply:
            return any(map(self.holds, s.args))
        if op is np.divide or s.op in (operator.getitem, runtime.add_at, runtime.add_view):
            return self.holds(s.args[0])
        return _is_linear(s.op) and any(self.zero(a) for k, a in enumerate(s.args) if k not in known.shapes_of)

    def zero(self, arg: Arg) -> bool:
        return self.of(arg).zeros if type(arg) is not Var else self.holds(arg)


def _is_partial(s: Call | If) -> bool:
    """Whether a statement computes a partial derivative, of something else than a choice."""
    if s.of is None or ops.of(s.of).selects:
        return False
    return getattr(rules.lookup(s.of), "kind", "") == "elementwise"


def _is_linear(op: Any) -> bool:
    if ops.of(op).zeros is not ops.Zeros.LOSES:
        return True
    entry = rules.lookup(op)
    return entry is not None and entry.kind in ("linear", "bilinear")


def _scales(s: Call) -> bool:
    return s.adjoint and len(s.args) == 2 and not s.kwargs and ops.canonical(s.op) in (np.multiply, np.divide)


def _contracts(s: Call) -> bool:
    """Whether a call sums products of two arguments."""
    if not s.adjoint or _scales(s) or ops.of(s.op).zeros is not ops.Zeros.KEEPS:
        return False
    return s.op is np.einsum or getattr(rules.lookup(s.op), "kind", "") == "bilinear"


def _contraction(s: Call, found: Selections, ranges: Ranges) -> Call:
    factors = [k for k, a in enumerate(s.args) if type(a) is Var and not a.fact.is_discrete]
    for k in factors:
        if len(factors) == 2 and found.holds(s.args[k]) and any(ranges.of(s.args[j]).wild for j in factors if j != k):
            return replace(s, op=runtime.masked_contraction, args=(Const(s.op), Const(k), *s.args))
    return s


def _masked(s: Stmt, found: Selections, ranges: Ranges, inside: Any) -> Iterator[Stmt]:
    """A statement with its products masked where that is needed."""
    if not isinstance(s, Call):
        yield map_blocks(inside, s)
        return
    if _contracts(s):
        yield _contraction(s, found, ranges)
        return
    if not _scales(s):
        yield s
        return
    a, b = s.args
    if ops.canonical(s.op) is np.divide:
        divisor = ranges.of(b)
        safe = divisor.nonzero or (s.of is not None and ops.of(s.of).bounded)
        if not found.holds(a) or (safe and not divisor.wild):
            yield s
            return
        one = Const(1.0)
        inverse = Call((Var("partial", infer(s.op, (one, b), ()).facts[0]),), s.op, (one, b), (), s.loc, True, s.of)
        yield inverse
        yield replace(s, op=runtime.masked_product, args=(a, inverse.outs[0]))
        return
    first = found.holds(a) and ranges.of(b).wild
    second = found.holds(b) and ranges.of(a).wild
    if not (first or second):
        yield s
    elif first and second:
        yield replace(s, op=runtime.masked_product, kwargs=(("either", Const(True)),))
    else:
        yield replace(s, op=runtime.masked_product, args=(a, b) if first else (b, a))
