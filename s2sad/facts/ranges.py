"""Where numbers lie: their signs, whether they may be zero, and whether they may be infinite or nan.

The arguments of a function count as finite, and sums, products and powers of finite numbers too; what overflows,
divides by what may be zero, or leaves the domain of a function does not.

Before: ``s = x * x; t = 1.0 + s; y = 1.0 / t``.  After: ``s ≥ 0``, ``t > 0``, and ``y`` is finite.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.facts.arguments import fact_of
from s2sad.ir import Arg, Call, Const, Function, Var
from s2sad.ir.abstract import Abstract
from s2sad.ir.facts import UNSET
from s2sad.ir.walk import call_args, variables


@dataclass(frozen=True)
class Range:
    """``low``: 1 if all numbers are positive, 0 if none is negative, else −1; ``high`` likewise: −1, 0, else 1.
    ``nonzero``: none is zero. ``wild``: 0 if all are finite, 1 if some may be infinite, 2 if some may be nan."""

    low: int = -1
    high: int = 1
    nonzero: bool = False
    wild: int = 0

    def __neg__(self) -> Range:
        return replace(self, low=-self.high, high=-self.low)


ANY = Range()
WILD = Range(wild=2)
POSITIVE = Range(1, 1, True)
NOT_NEGATIVE = Range(0, 1)
EMPTY = Range(1, -1, True)
"""Where no number lies."""


class Ranges(Abstract[Range]):
    """The ranges of all variables of a function."""

    nothing = EMPTY

    def __init__(self, fn: Function, doubt: bool = False) -> None:
        super().__init__()
        self.doubt = doubt
        self.made: dict[Var, Call] = {}
        self.block(fn.body)

    def constant(self, value: Any) -> Range:
        if isinstance(value, (int, float, np.integer, np.floating)):
            sign = 1 if value > 0 else -1 if value < 0 else 0
            return Range(sign, sign, sign != 0, 0 if math.isfinite(value) else 2)
        if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
            return ANY if np.isfinite(value).all() else WILD
        return ANY

    def outside(self, v: Var) -> Range:
        """Of what is given to the function; with ``doubt`` arrays may hold numbers that are none."""
        if self.doubt and v.fact.is_array and not v.fact.is_discrete:
            return WILD
        return POSITIVE if v.fact.sym is not None else ANY

    def of(self, arg: Arg) -> Range:
        value = arg.fact.value if type(arg) is Var else UNSET
        return super().of(arg) if value is UNSET else self.constant(value)

    def join(self, a: Range, b: Range) -> Range:
        return Range(min(a.low, b.low), max(a.high, b.high), a.nonzero and b.nonzero, max(a.wild, b.wild))

    def call(self, s: Call) -> Range:
        self.made.update(dict.fromkeys(s.outs, s))
        out = s.outs[0]
        if out.fact.sym is not None:  # a size: of nothing there is nothing to divide
            return POSITIVE
        entry = BY_OPERATION.get(ops.canonical(s.op)) if isinstance(s.op, Hashable) else None
        simple = s.args and all(name in OPTIONS for name, _ in s.kwargs)
        found = entry(self, s) if entry is not None and simple else self.default(s)
        if out.fact.is_discrete:
            found = replace(found, wild=0)
        if found.wild and self.tame(s):
            found = replace(found, wild=0)
        return found if _is_real(s) else Range(nonzero=found.nonzero, wild=found.wild)

    def tame(self, s: Call) -> bool:
        """Whether a call belongs to the rule of an operation whose partial derivatives are finite here."""
        if s.of is runtime.logistic or s.of is runtime.softplus:
            return True
        return s.of is not None and ops.of(s.of).bounded and not self.wild_arguments(s)

    def default(self, s: Call) -> Range:
        known = ops.of(s.op)
        if known.memory in (ops.Memory.VIEW, ops.Memory.MAYBE):
            return reduce(self.join, map(self.of, known.sources(s.args)), EMPTY)
        return Range(wild=2 if not known.bounded or self.wild_arguments(s) else 0)

    def wild_arguments(self, s: Call) -> int:
        return max((self.of(a).wild for a in call_args(s)), default=0)


def _is_real(s: Call) -> bool:
    facts = [v.fact for v in (*s.outs, *variables(*call_args(s)))]
    return not any(f.is_complex for f in facts)


def _plus(a: Range, b: Range) -> Range:
    low = max(a.low, b.low) if min(a.low, b.low) >= 0 else -1
    high = min(a.high, b.high) if max(a.high, b.high) <= 0 else 1
    wild = max(a.wild, b.wild)
    if a.wild and b.wild and not (low >= 0 or high <= 0):
        wild = 2  # ∞ − ∞
    return Range(low, high, low == 1 or high == -1, wild)


def _times(a: Range, b: Range) -> Range:
    nonzero, wild = a.nonzero and b.nonzero, max(a.wild, b.wild)
    if (a.wild and not b.nonzero) or (b.wild and not a.nonzero):
        wild = 2  # 0 · ∞
    if min(a.low, b.low) >= 0 or max(a.high, b.high) <= 0:
        return Range(int(nonzero), 1, nonzero, wild)
    if (a.low >= 0 and b.high <= 0) or (b.low >= 0 and a.high <= 0):
        return Range(-1, -int(nonzero), nonzero, wild)
    return Range(nonzero=nonzero, wild=wild)


def _inverse(a: Range) -> Range:
    if a.wild == 1:  # 1 / ∞ = 0
        return Range(min(a.low, 0), max(a.high, 0), False, 0 if a.nonzero else 1)
    return replace(a, wild=2 if a.wild else 0 if a.nonzero else 1)


def _multiply(r: Ranges, s: Call) -> Range:
    a, b = s.args[:2]
    for x, y in ((a, b), (b, a)):
        made = r.made.get(x) if type(x) is Var else None
        if made is not None and ops.canonical(made.op) is np.negative and made.args[0] is y:
            return -_squared(r.of(y))
    return _squared(r.of(a)) if a is b else _times(r.of(a), r.of(b))


def _subtract(r: Ranges, s: Call) -> Range:
    """A difference; ``x - np.max(x)`` is not positive."""
    a, b = s.args
    found = _plus(r.of(a), -r.of(b))
    made = r.made.get(b) if type(b) is Var else None
    while made is not None and ops.of(made.op).memory in (ops.Memory.VIEW, ops.Memory.MAYBE):
        made = r.made.get(made.args[0])  # type: ignore[arg-type]
    largest = made is not None and ops.canonical(made.op) is np.max and made.args[0] is a
    return replace(found, high=min(found.high, 0)) if largest else found


def _squared(a: Range) -> Range:
    return Range(int(a.nonzero), 1, a.nonzero, a.wild)


def _power(r: Ranges, s: Call) -> Range:
    base, exponent = s.args
    a, k = r.of(base), fact_of(exponent).value
    if not isinstance(k, (int, float)):
        return WILD if a.low < 1 or a.wild or r.of(exponent).wild else POSITIVE
    whole = float(k).is_integer()
    inside = a.low == 1 or (a.low == 0 and k >= 0) or (whole and (k >= 0 or a.nonzero))
    if whole and k % 2 == 0:
        found = _squared(a)
    else:
        found = a if a.low >= 0 else Range(nonzero=a.nonzero)
    return replace(found, wild=2 if a.wild or not inside else 0)


def _exponential(r: Ranges, s: Call) -> Range:
    """It overflows, but not for negative arguments."""
    a = r.of(s.args[0])
    return replace(NOT_NEGATIVE, wild=a.wild) if a.wild else replace(POSITIVE, wild=int(a.high > 0))


def _root(r: Ranges, s: Call) -> Range:
    a = r.of(s.args[0])
    return Range(max(a.low, 0), 1, a.nonzero, a.wild if a.low >= 0 else 2)


def _odd(r: Ranges, s: Call) -> Range:
    """A function with the sign of its argument."""
    return r.of(s.args[0])


def _finite(r: Ranges, s: Call) -> Range:
    """A function of numbers that is finite, or raises an exception."""
    return Range(wild=r.wild_arguments(s))


def _size(r: Ranges, s: Call) -> Range:
    """A function of numbers that is not negative, and finite."""
    return replace(NOT_NEGATIVE, wild=r.wild_arguments(s))


def _where(r: Ranges, s: Call) -> Range:
    """One of two; where a test compares one of these with a number, its range is what the test leaves of it."""
    if len(s.args) != 3:
        return ANY
    test, a, b = s.args
    return r.join(_tested(r, test, a, True), _tested(r, test, b, False))


def _tested(r: Ranges, test: Arg, x: Arg, outcome: bool) -> Range:
    found, made = r.of(x), r.made.get(test) if type(test) is Var else None
    if made is None or len(made.args) != 2 or made.args[0] is not x or type(made.args[1]) is not Const:
        return found
    bound = made.args[1].value
    if not isinstance(bound, (int, float)):
        return found
    op = ops.canonical(made.op)
    if bound == 0 and op is (np.not_equal if outcome else np.equal):
        return replace(found, nonzero=True)
    above = {np.greater: bound >= 0, np.greater_equal: bound > 0} if outcome else {
        np.less_equal: bound >= 0, np.less: bound > 0}
    return replace(POSITIVE, wild=found.wild) if above.get(op) else found


def _largest(r: Ranges, s: Call) -> Range:
    a, b = map(r.of, s.args[:2])
    found = r.join(a, b)
    low = max(a.low, b.low)
    return replace(found, low=low, nonzero=found.nonzero or low == 1)


def _same(r: Ranges, s: Call) -> Range:
    return r.of(s.args[0])


def _append(r: Ranges, s: Call) -> Range:
    return r.join(r.of(s.args[0]), r.of(s.args[1]))


def _write(r: Ranges, s: Call) -> Range:
    return r.join(r.of(s.args[0]), r.of(s.args[-1]))


def _add_at(r: Ranges, s: Call) -> Range:
    old = r.of(s.args[0])
    return r.join(old, _plus(old, r.of(s.args[-1])))


def _none(r: Ranges, s: Call) -> Range:
    return Range(0, 0)


def _logarithm(r: Ranges, s: Call) -> Range:
    a = r.of(s.args[0])
    return Range(wild=2 if a.wild or a.low < 1 else 0)


def _logarithm_of_more(r: Ranges, s: Call) -> Range:
    a = r.of(s.args[0])
    return replace(a, wild=a.wild if a.low >= 0 else 2)


def _ratio(r: Ranges, s: Call) -> Range:
    """No zero is divided by."""
    a = r.of(s.args[0])
    return Range(wild=2) if a.wild or r.of(s.args[1]).wild else Range(min(a.low, 0) if a.low >= 0 else -1, 1)


Rule = Callable[[Ranges, Call], Range]
OPTIONS = ("axis", "keepdims", "ddof", "ord")
"""Keyword arguments that change nothing of what is said here."""
BY_OPERATION: dict[Any, Rule] = {
    np.add: lambda r, s: _plus(*map(r.of, s.args)),
    np.subtract: _subtract,
    np.negative: lambda r, s: -r.of(s.args[0]),
    np.multiply: _multiply,
    np.divide: lambda r, s: _times(r.of(s.args[0]), _inverse(r.of(s.args[1]))),
    np.reciprocal: lambda r, s: _inverse(r.of(s.args[0])),
    np.square: lambda r, s: _squared(r.of(s.args[0])),
    np.absolute: lambda r, s: _squared(r.of(s.args[0])),
    np.power: _power, np.float_power: _power,
    np.sqrt: _root, np.cbrt: _odd, np.exp: _exponential, np.exp2: _exponential,
    np.log: _logarithm, np.log2: _logarithm, np.log10: _logarithm, np.log1p: _logarithm_of_more,
    np.tanh: _odd, np.arctan: _odd, np.arcsinh: _odd,
    np.hypot: _size, np.linalg.norm: _size, np.var: _size, np.std: _size,
    np.linalg.eigh: _finite, np.linalg.eigvalsh: _finite, np.linalg.eig: _finite, np.linalg.eigvals: _finite,
    np.linalg.svd: _finite, np.linalg.qr: _finite, np.linalg.inv: _finite, np.linalg.solve: _finite,
    np.prod: _finite, np.cumprod: _finite, runtime.recurrence: _finite, np.polyval: _finite,
    runtime.cofactors: _finite, runtime.cofactors_along: _finite, np.linalg.det: _finite,
    np.linalg.cholesky: _finite, np.linalg.pinv: _finite, np.linalg.lstsq: _finite,
    np.where: _where, np.maximum: _largest,
    np.sum: _same, np.mean: _same, np.cumsum: _same, np.max: _same, np.min: _same, np.repeat: _same, np.tile: _same,
    np.copy: _same, runtime.copy: _same, np.take: _same, np.sort: _same, np.array: _same, np.concatenate: _same,
    np.stack: _same, np.float64: _same, float: _same, list: _same,
    np.zeros_like: _none, np.zeros: _none, runtime.zeros_like: _none,
    runtime.setitem: _write, runtime.setview: _write, runtime.add_at: _add_at, runtime.add_view: _add_at,
    runtime.append: _append, runtime.pop: _same,
    runtime.masked_product: _multiply, runtime.ratio: _ratio,
}
