"""What is smooth though a part of it is not: ``norm(x)**2``, ``abs(x)**2``, ``std(x)**2``, ``hypot(a, b)**2``.

A rule of such a part has ``ratio(x, y)`` in it, or the slope of an absolute value, which at zero are conventions that
have no derivative. Where they meet a factor ``y``, the product is ``x``: so the derivative is that of the whole, and
can be differentiated again.

Before: ``y = norm(x); t = mul(2.0, y); r = ratio(x, y); x_bar = mul(t, r)``.
After: ``x_bar = mul(2.0, x)``.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import ops, rules, runtime
from s2sad.ad.common import Emitter
from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import dims_of
from s2sad.facts.infer import infer
from s2sad.ir import Arg, Call, Const, Function, Pack, Stmt, Var
from s2sad.ir.equal import same
from s2sad.ir.walk import rewrite_calls, statements, with_body

ONE = Const(1.0)


def smoothed(fn: Function) -> Function:
    """The derivative in which no ratio to a value meets that value as a factor."""
    if not any(isinstance(s, Call) and s.adjoint and (s.op is runtime.ratio or s.op is runtime.slope)
               for s in statements(fn.body)):
        return fn
    return with_body(fn, rewrite_calls(_Smoothing().rewrite, fn.body))


class _Smoothing:
    """``made``: the calls seen so far, by result; ``sizes``: the absolute value of a variable."""

    def __init__(self) -> None:
        self.made: dict[Var, Call] = {}
        self.sizes: dict[Arg, Var] = {}
        self.emit = Emitter(lambda arg: arg)

    def rewrite(self, out: list[Stmt], s: Call) -> None:
        if s.adjoint and _is(s, np.multiply):
            s = self.product(out, s)
        out.append(s)
        self.made.update(dict.fromkeys(s.outs, s))
        if _is(s, np.absolute) and type(s.args[0]) is Var:
            self.sizes[s.args[0]] = s.outs[0]

    def product(self, out: list[Stmt], s: Call) -> Call:
        """The product without a value and the ratio to it."""
        for a, b in (s.args, s.args[::-1]):
            for y in self.wholes(b):
                new: list[Stmt] = []
                rest = self.without(new, a, y, s)
                part = None if rest is None else self.times(new, b, y, s)
                if rest is None or part is None:
                    continue
                made = self.of_same_shape(s, b, (rest, part))
                if made is not None:
                    out += new
                    return made
        return s

    def of_same_shape(self, s: Call, ratio: Arg, args: tuple[Arg, Arg]) -> Call | None:
        """The product of other factors, with the kind and shape it had: it may have got them from the value that is
        gone. Of Python's numbers ``np.multiply`` makes a number of NumPy."""
        fact = s.outs[0].fact
        dims = dims_of(fact)
        for op in (s.op, np.multiply):
            found = infer(op, args, ()).facts[0]
            if found.kind == fact.kind and (self.is_of_one(ratio) or dims is not None and dims in (
                    dims_of(found), dims_of(fact_of(args[1])))):
                return replace(s, op=op, args=args)
        return None

    def is_of_one(self, arg: Arg) -> bool:
        """Whether all ratios in a product or sum have the shape of what is divided: those to a norm of it."""
        call = self.call(arg)
        if call is None or not call.adjoint:
            return True
        if call.op is runtime.ratio:
            return call.of is not None and getattr(rules.lookup(call.of), "kind", "") == "rule"
        inner = _is_sum(call) or _keeps_factors(call) or _is(call, np.multiply)
        return not inner or all(map(self.is_of_one, call.args))

    def call(self, arg: Arg) -> Call | None:
        found = self.made.get(arg) if type(arg) is Var else None
        return found if found is not None and len(found.outs) == 1 else None

    def wholes(self, arg: Arg) -> list[Arg]:
        """The values that a product, or the first term of a sum, is a ratio to."""
        call = self.call(arg)
        if call is None or not call.adjoint:
            return []
        if call.op is runtime.ratio:
            return [call.args[1]]
        if call.op is runtime.slope:
            return [self.sizes[call.args[0]]] if call.args[0] in self.sizes else []
        if _is(call, np.multiply):
            return self.wholes(call.args[0]) + self.wholes(call.args[1])
        return self.wholes(call.args[0]) if _is_sum(call) or _keeps_factors(call) else []

    def times(self, out: list[Stmt], arg: Arg, y: Arg, s: Call) -> Arg | None:
        """A ratio to ``y``, or a product or sum of such, times ``y``; None if it is none."""
        call = self.call(arg)
        if call is None or not call.adjoint:
            return None
        if call.op is runtime.ratio:
            return call.args[0] if self.alike(call.args[1], y) else None
        if call.op is runtime.slope:
            size = self.sizes.get(call.args[0])
            return call.args[0] if size is not None and self.alike(size, y) else None
        return self.through(out, call, lambda a: self.times(out, a, y, s), s)

    def through(self, out: list[Stmt], call: Call, inner: Callable[[Arg], Arg | None], s: Call) -> Arg | None:
        """A product with one factor as ``inner`` makes it, or a sum with all terms so."""
        if _is_sum(call):
            parts = [inner(a) for a in call.args]
            return None if None in parts else self.applied(out, call, tuple(parts), s)
        if not (_is(call, np.multiply) or _keeps_factors(call)):
            return None
        for k in range(1 if _keeps_factors(call) else 2):
            new = inner(call.args[k])
            if new is ONE and not _keeps_factors(call):
                return call.args[1 - k]
            if new is not None:
                return self.applied(out, call, (*call.args[:k], new, *call.args[k + 1:]), s)
        return None

    def without(self, out: list[Stmt], arg: Arg, y: Arg, s: Call) -> Arg | None:
        """What a product is beside its factor ``y``; None if it has none."""
        call, base = self.call(arg), self.call(y)
        if self.alike(arg, y):
            return ONE
        if call is None:
            return None
        if base is not None and not base.kwargs and call.op is base.op is np.expand_dims and same(
                call.args[1], base.args[1]):
            inner = self.without(out, call.args[0], base.args[0], s)
            return inner if inner is None or inner is ONE or fact_of(inner).is_scalar else self.emit.call(
                out, np.expand_dims, inner, call.args[1], hint=call.outs[0].name, loc=s.loc)
        if call.kwargs:
            return None
        if _is(call, np.power) and self.alike(call.args[0], y):
            return self.lower_power(out, call, s)
        if _is(call, np.square) and self.alike(call.args[0], y):
            return y
        return self.through(out, call, lambda a: self.without(out, a, y, s), s)

    def alike(self, a: Arg, b: Arg) -> bool:
        """Whether two arguments are one value, or computed alike."""
        if a is b:
            return True
        first, second = self.call(a), self.call(b)
        return first is not None and second is not None and first.op is second.op and ops.of(first.op).is_pure and (
            same(Pack("tuple", first.args), Pack("tuple", second.args)) and first.kwargs == second.kwargs)

    def lower_power(self, out: list[Stmt], call: Call, s: Call) -> Arg | None:
        y, exponent = call.args
        k = fact_of(exponent).value
        if type(k) not in (int, float) or k < 2:
            return ONE if k == 1 else None
        return y if k == 2 else self.applied(out, call, (y, Const(k - 1)), s)

    def applied(self, out: list[Stmt], call: Call, args: tuple[Any, ...], s: Call) -> Arg:
        return self.emit.call(out, call.op, *args, hint=call.outs[0].name, loc=s.loc)


def _is_sum(call: Call) -> bool:
    return _is(call, np.add) or _is(call, np.subtract)


def _keeps_factors(call: Call) -> bool:
    """Whether a factor of the first operand is one of the result."""
    return _is(call, np.negative) or _is(call, np.divide)


def _is(call: Call, op: Any) -> bool:
    """Whether a call is of an operation, in any spelling that writes to none of its operands."""
    return ops.canonical(call.op) is op and not call.kwargs and ops.of(call.op).memory is not ops.Memory.UPDATE
