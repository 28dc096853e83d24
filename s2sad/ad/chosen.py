"""What a cotangent with zeros was selected by, where its own zeros do not tell.

An element of a cotangent may be zero because it was not selected, or because a partial derivative is zero there. A
masked product must keep the first and not the second: ``np.sqrt(x)[1:] ** 2`` at 0 is nan. So it gets a mask wherever
something that may be zero has scaled the cotangent, and the statements that select are near.

Before: ``g = where(m, y_bar, 0.0); h = mul(g, c); x_bar = masked_product(h, t)``, where ``c`` may be zero.
After: ``x_bar = masked_product(h, t, m)``.
"""
from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np

from s2sad import ops, runtime
from s2sad.facts.infer import infer
from s2sad.facts.ranges import Ranges
from s2sad.ir import Arg, Call, Const, Function, If, Stmt, Var
from s2sad.ir.walk import statements

SAME = (runtime.same, runtime.unbroadcast, runtime.astype_of, runtime.broadcast_like, runtime.fitted)
"""What changes nothing but dtypes, if the shape stays."""
Mask = Arg | None
"""What is zero or false where nothing was selected; None if the zeros of the value itself tell."""


class Chosen:
    """The masks of the cotangents of a function. ``holds`` says which may hold zeros of what was not selected."""

    def __init__(self, fn: Function, holds: Callable[[Arg], bool], ranges: Ranges) -> None:
        self.holds = holds
        self.ranges = ranges
        self.made: dict[Arg, Stmt] = {o: s for s in statements(fn.body) for o in s.outs}

    def mask(self, out: list[Stmt], g: Arg) -> Mask:
        """The mask of ``g``; statements that make it are appended to ``out``."""
        s = self.made.get(g)
        if isinstance(s, If):
            return self.branch(out, s, g)
        if not isinstance(s, Call) or not s.adjoint:
            return None
        op = ops.canonical(s.op)
        if op is np.negative or s.op in SAME and _same_shape(s.args[0], s.outs[0]):
            return self.mask(out, s.args[0])
        if op is np.multiply or s.op is runtime.masked_product:
            return self.product(out, s)
        if op is np.where and len(s.args) == 3 and _is_zero(s.args[2]) and not self.exact(s.args[1]):
            return None if self.holds(s.args[1]) else s.args[0]
        if s.op is runtime.add_at and not self.exact(s.args[2]):
            return self.scattered(out, s)
        return None

    def exact(self, g: Arg) -> bool:
        """Whether a value is never zero, or it does not matter: a cotangent that is given as zero gives zero."""
        s = self.made.get(g)
        given = isinstance(s, Call) and s.op in (runtime.cotangent_of, runtime.seed)
        return given or self.ranges.of(g).nonzero

    def product(self, out: list[Stmt], s: Call) -> Mask:
        a, b = s.args[:2]
        if self.holds(b):
            a, b = b, a
        if not self.holds(a) or self.holds(b):
            return None
        same = _same_shape(a, s.outs[0])
        found = self.mask(out, a) if same else None
        return a if found is None and same and not self.exact(b) else found

    def scattered(self, out: list[Stmt], s: Call) -> Mask:
        """The places of a buffer of zeros that something was added to."""
        writes = [s]
        while True:
            before = self.made.get(writes[-1].args[0])
            if not isinstance(before, Call) or self.holds(writes[-1].args[2]):
                return None
            if before.op is not runtime.add_at:
                break
            writes.append(before)
        if ops.of(before.op).zeros is not ops.Zeros.MAKES:
            return None
        mask = self.emit(out, np.zeros_like, (before.outs[0],), (("dtype", Const(bool)),), s)
        for write in reversed(writes):
            mask = self.emit(out, runtime.setitem, (mask, write.args[1], Const(True)), (), s)
        return mask

    def branch(self, out: list[Stmt], s: If, g: Arg) -> Mask:
        """Of a number that is zero on one side of a branch: the test."""
        k = s.outs.index(g)  # type: ignore[arg-type]
        then, orelse = s.then.results[k], s.orelse.results[k]
        if _is_zero(orelse) and not self.exact(then) and not self.holds(then):
            return s.test
        if _is_zero(then) and not self.exact(orelse) and not self.holds(orelse):
            return self.emit(out, operator.not_, (s.test,), (), s)
        return None

    def emit(self, out: list[Stmt], op: Callable, args: tuple[Arg, ...], kwargs: tuple, s: Stmt) -> Var:
        made = Var("chosen", infer(op, args, kwargs).facts[0])
        out.append(Call((made,), op, args, kwargs, s.loc, True))
        return made


def _is_zero(arg: Arg) -> bool:
    return type(arg) is Const and type(arg.value) is float and arg.value == 0.0


def _same_shape(a: Arg, b: Var) -> bool:
    if type(a) is not Var or (a.fact.is_scalar and b.fact.is_scalar):
        return type(a) is Var
    return a.fact.is_array and a.fact.dims is not None and a.fact.dims == b.fact.dims
