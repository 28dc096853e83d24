"""Zeros of cotangents and tangents that are zero because an element was not selected stay zero.

The sweeps scale plainly. Where such a zero may meet a partial derivative that may be infinite or nan, the product
becomes a masked one; both are found by walking the derivative: which values may hold such zeros (they come from
buffers of zeros, masks and branches, and go through what is linear), and which may be infinite or nan
(``facts.ranges``).

Before: ``y_bar = where(m, g, 0.0); t = div(0.5, y); x_bar = mul(y_bar, t)``, as ``y`` is a square root.
After: ``y_bar = where(m, g, 0.0); t = div(0.5, y); x_bar = masked_product(y_bar, t)``.
"""
from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sad import ops, rules, runtime
from s2sad.ad.chosen import Chosen
from s2sad.facts.arguments import fact_of
from s2sad.facts.infer import infer
from s2sad.facts.ranges import Ranges
from s2sad.ir import Arg, Call, Const, For, Function, If, Pack, Stmt, Var, While
from s2sad.ir.abstract import Abstract
from s2sad.ir.walk import rewrite_calls, statements, variables, with_body


def masked(fn: Function) -> Function:
    """The derivative in which no zero of what was not selected becomes nan."""
    found = Selections(fn)
    if not any(isinstance(s, Call) and (_scales(s) or _contracts(s)) and any(map(found.holds, s.args))
               for s in statements(fn.body)):
        return fn
    return with_body(fn, rewrite_calls(Masking(fn, found).rewrite, fn.body))


@dataclass(frozen=True)
class Origin:
    """``derived``: a derivative added it. ``zeros``: it may hold zeros of what was not selected, or is the number 0.
    ``cleared``: the indices at which it was set to zero, because the function has written there, each with whether that
    was in this step of the loops around it. A loop that writes and reads at the index of its own step finds no zeros of
    other steps. ``hides``: the zeros come from a choice by a mask (``np.where``), which is there to keep out numbers
    that are none."""

    derived: bool = False
    zeros: bool = False
    hides: bool = False
    cleared: frozenset[tuple[Any, bool]] = frozenset()

    @property
    def some(self) -> bool:
        return self.zeros or bool(self.cleared)


class Selections(Abstract[Origin]):
    """Which cotangents and tangents may hold zeros of what was not selected."""

    nothing = Origin()

    def __init__(self, fn: Function) -> None:
        super().__init__()
        self.steps: list[set[Var]] = []
        self.block(fn.body)

    def loop(self, s: For | While) -> None:
        self.steps.append({w.item for w in s.walked if fact_of(w.sequence).kind == "range"})
        super().loop(s)
        self.steps.pop()

    def constant(self, value: Any) -> Origin:
        return Origin(zeros=isinstance(value, (float, complex, np.ndarray)) and not np.any(value))

    def outside(self, v: Var) -> Origin:
        return self.nothing

    def join(self, a: Origin, b: Origin) -> Origin:
        return Origin(a.derived or b.derived, a.zeros or b.zeros, a.hides or b.hides, a.cleared | b.cleared)

    def again(self, answer: Origin) -> Origin:
        return replace(answer, cleared=frozenset((index, False) for index, _ in answer.cleared))

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
        return found.some and found.derived

    def call(self, s: Call) -> Origin:
        if not s.adjoint or _is_partial(s):
            return self.nothing
        if s.op in (runtime.setitem, runtime.add_at):
            return self.cleared(s)
        zeros = (s.of is not None and ops.of(s.of).selects) or self.gives(s)
        masks = ops.of(s.op if s.of is None else s.of).masks
        return Origin(True, zeros, zeros and (masks or any(self.of(v).hides for a in s.args for v in variables(a))))

    def hides(self, arg: Arg) -> bool:
        """Whether beside such zeros a number that is none may stand."""
        return self.of(arg).hides

    def gives(self, s: Call) -> bool:
        known, op = ops.of(s.op), ops.canonical(s.op)
        if known.zeros is ops.Zeros.MAKES:
            return True
        if op in (np.add, np.subtract):
            return all(map(self.zero, s.args))
        if op is np.multiply:
            return any(map(self.holds, s.args))
        if op is np.divide or s.op is runtime.add_view:
            return self.holds(s.args[0])
        if s.op is operator.getitem:
            found, other = self.of(s.args[0]), _leaves(s.args[1])
            return found.derived and (found.zeros or any(fresh or index != other for index, fresh in found.cleared))
        return _is_linear(s.op) and any(self.zero(a) for k, a in enumerate(s.args) if k not in known.shapes_of)

    def zero(self, arg: Arg) -> bool:
        return self.of(arg).some if type(arg) is not Var else self.holds(arg)

    def cleared(self, s: Call) -> Origin:
        """What an update with zeros leaves, or one that adds."""
        old, index = self.of(s.args[0]), _leaves(s.args[1])
        if s.op is not runtime.setitem:
            return replace(old, derived=True)
        own = self.steps and all(not step.isdisjoint(index) for step in self.steps)
        zero = self.zero(s.args[2])
        if zero and own and type(s.args[2]) is Const:
            return replace(old, derived=True, cleared=old.cleared | {(index, True)})
        return replace(old, derived=True, zeros=old.zeros or zero)


def _leaves(index: Arg) -> tuple[Any, ...]:
    """An index as something to compare: its variables, and its constants by value."""
    if type(index) is Pack:
        return (index.kind, *(part for a in index.items for part in _leaves(a)))
    return (index if type(index) is Var else repr(index.value),)  # type: ignore[union-attr]


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


class Masking:
    """Rewrites the products of a derivative."""

    def __init__(self, fn: Function, found: Selections) -> None:
        self.holds, self.hides = found.holds, found.hides
        self.ranges, self.doubted = Ranges(fn), Ranges(fn, doubt=True)
        self.chosen = Chosen(fn, found.holds, self.ranges)

    def rewrite(self, out: list[Stmt], s: Call) -> None:
        if _contracts(s):
            out.append(self.contraction(s))
        elif not _scales(s):
            out.append(s)
        elif ops.canonical(s.op) is np.divide:
            self.quotient(out, s)
        else:
            self.product(out, s)

    def contraction(self, s: Call) -> Call:
        factors = [k for k, a in enumerate(s.args) if type(a) is Var and not a.fact.is_discrete]
        for k in factors if len(factors) == 2 else ():
            if self.holds(s.args[k]) and any(self.ranges.of(s.args[j]).wild for j in factors if j != k):
                return replace(s, op=runtime.masked_contraction, args=(Const(s.op), Const(k), *s.args))
        return s

    def quotient(self, out: list[Stmt], s: Call) -> None:
        a, b = s.args
        divisor = self.ranges.of(b)
        safe = divisor.nonzero or (s.of is not None and ops.of(s.of).bounded)
        if not self.holds(a) or (safe and not divisor.wild):
            out.append(s)
            return
        one = Const(1.0)
        inverse = Var("partial", infer(s.op, (one, b), ()).facts[0])
        out.append(Call((inverse,), s.op, (one, b), (), s.loc, True, s.of))
        self.masked(out, s, a, inverse)

    def product(self, out: list[Stmt], s: Call) -> None:
        a, b = s.args
        first, second = self.may_spoil(a, b), self.may_spoil(b, a)
        if first and second:
            out.append(replace(s, op=runtime.masked_product, kwargs=(("either", Const(True)),)))
        elif first or second:
            self.masked(out, s, *((a, b) if first else (b, a)))
        else:
            out.append(s)

    def may_spoil(self, g: Arg, partial: Arg) -> bool:
        """Whether zeros in ``g`` may meet a factor that makes no zero of them. Arrays given to the function count as
        finite, except beside a choice by a mask."""
        return self.holds(g) and bool(self.ranges.of(partial).wild or (
            self.hides(g) and self.doubted.of(partial).wild))

    def masked(self, out: list[Stmt], s: Call, g: Arg, partial: Arg) -> None:
        mask = self.chosen.mask(out, g)
        out.append(replace(s, op=runtime.masked_product, args=(g, partial) if mask is None else (g, partial, mask)))
