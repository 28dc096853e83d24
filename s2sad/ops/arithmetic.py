"""Operators, comparisons and the arithmetic of numbers, element by element.

    >>> from s2sad.ops import of
    >>> of(np.add).symbol, of(np.add).commutes, of(np.add).in_place
    ('+', True, <built-in function iadd>)
"""
from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.ir.symbols import IN_PLACE, INFIX, PREFIX
from s2sad.ops.record import Cost, Effect, Memory, Raises, Zeros
from s2sad.ops.registry import record, spell

ELEMENTWISE: dict[str, Any] = {"memory": Memory.FRESH, "effect": Effect.NONE, "raises": Raises.SHAPES}
"""What the elementwise functions of NumPy have in common: they never look at values to raise, they warn."""
ON_NUMBERS: dict[str, Any] = {"memory": Memory.NONE, "effect": Effect.NONE}
"""What the functions of ``math`` have in common."""


_ORDER = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


def operators(op: np.ufunc, plain: Callable, **fields: Any) -> None:
    """Record a ufunc, the operator of Python that is the same, and its augmented assignment. Of lists the operator
    joins or repeats."""
    symbol, in_place = INFIX.get(plain) or PREFIX[plain], IN_PLACE.get(plain)
    common = {"symbol": symbol, "cost": Cost.CHEAP, "in_place": in_place} | fields
    record(op, **ELEMENTWISE | common)
    spell(op, plain, memory=Memory.JOINS if symbol in ("+", "*") and in_place else Memory.FRESH, in_place=in_place)
    if in_place is not None:
        spell(op, in_place, memory=Memory.UPDATE, cost=Cost.FULL)
    if op in (np.add, np.subtract, np.multiply, np.divide, np.power, np.negative) or plain in _ORDER:
        record(op, on_floats=plain)  # the others have other results on Python's floats, or other exceptions


operators(np.add, operator.add, commutes=True, bounded=True)
operators(np.subtract, operator.sub, zeros=Zeros.KEEPS, bounded=True)
operators(np.multiply, operator.mul, zeros=Zeros.KEEPS, commutes=True, bounded=True)
operators(np.divide, operator.truediv, zeros=Zeros.KEEPS, raises=Raises.ZERO, cost=Cost.FULL)
operators(np.floor_divide, operator.floordiv, raises=Raises.ZERO)
operators(np.remainder, operator.mod, raises=Raises.ZERO)
operators(np.power, operator.pow, raises=Raises.ANYTHING, cost=Cost.FULL)
operators(np.bitwise_and, operator.and_, commutes=True, raises=Raises.ANYTHING, cost=Cost.FULL)
operators(np.bitwise_or, operator.or_, commutes=True, raises=Raises.ANYTHING, cost=Cost.FULL)
operators(np.bitwise_xor, operator.xor, commutes=True, raises=Raises.ANYTHING, cost=Cost.FULL)
operators(np.left_shift, operator.lshift, raises=Raises.ANYTHING, cost=Cost.FULL)
operators(np.right_shift, operator.rshift, raises=Raises.ANYTHING, cost=Cost.FULL)
operators(np.less, operator.lt, bounded=True)
operators(np.less_equal, operator.le, bounded=True)
operators(np.greater, operator.gt, bounded=True)
operators(np.greater_equal, operator.ge, bounded=True)
operators(np.equal, operator.eq, commutes=True, bounded=True)
operators(np.not_equal, operator.ne, commutes=True, bounded=True)
operators(np.negative, operator.neg, zeros=Zeros.KEEPS, bounded=True)
operators(np.positive, operator.pos, zeros=Zeros.KEEPS, bounded=True)
operators(np.invert, operator.invert, raises=Raises.ANYTHING, cost=Cost.FULL)
spell(np.invert, operator.inv)
spell(np.power, builtins.pow, symbol="")
spell(np.power, math.pow, symbol="", memory=Memory.NONE)

record(operator.matmul, operator.imatmul, np.matmul)  # the products are recorded in their family
record(operator.is_, operator.is_not, **ON_NUMBERS, raises=Raises.NEVER, cost=Cost.CHEAP)
record(operator.not_, **ON_NUMBERS, cost=Cost.CHEAP)
record(operator.contains, operator.truth, operator.index, **ON_NUMBERS)

record(np.logical_and, np.logical_or, np.logical_xor, **ELEMENTWISE, commutes=True, bounded=True)
record(np.logical_not, np.isnan, np.isinf, np.isfinite, np.signbit, np.rint, np.floor, np.ceil, np.trunc, np.spacing,
       np.heaviside, np.gcd, np.lcm, **ELEMENTWISE, bounded=True)
record(np.isposinf, np.isneginf, np.isclose, np.isreal, np.iscomplex, np.fix, **ELEMENTWISE, bounded=True)
record(np.round, **ELEMENTWISE | {"memory": Memory.MAYBE}, bounded=True, method="round")
spell(np.round, np.around)
record(np.allclose, np.array_equal, np.array_equiv, memory=Memory.NONE, effect=Effect.NONE, raises=Raises.SHAPES)
record(np.isscalar, memory=Memory.NONE, effect=Effect.NONE, raises=Raises.NEVER, kinds_only=True)

record(np.square, np.absolute, np.conjugate, np.sign, np.copysign, np.nextafter, np.fmod, **ELEMENTWISE, bounded=True)
record(np.fmod, bounded=False)
record(np.reciprocal, np.float_power, np.divmod, np.modf, np.frexp, np.ldexp, **ELEMENTWISE)
record(np.maximum, np.minimum, np.fmax, np.fmin, **ELEMENTWISE, bounded=True, selects=True)
record(np.clip, **ELEMENTWISE, bounded=True, selects=True, method="clip")
record(np.where, **ELEMENTWISE, zeros=Zeros.KEEPS, bounded=True, takes_lists=False)
record(np.real, np.imag, np.conjugate, np.ldexp, zeros=Zeros.KEEPS)
record(np.real, **ELEMENTWISE | {"memory": Memory.MAYBE}, bounded=True, same_on_floats=True, attribute="real")
record(np.imag, **ELEMENTWISE | {"memory": Memory.MAYBE}, bounded=True, read_only="sometimes", attribute="imag")
record(np.conjugate, same_on_floats=True, method="conj conjugate")
record(np.angle, **ELEMENTWISE)
record(np.real_if_close, **ELEMENTWISE | {"memory": Memory.MAYBE}, bounded=True, of_values=True)
record(np.nan_to_num, **ELEMENTWISE, uncopied=Memory.UPDATE, bounded=True, selects=True)
spell(np.absolute, np.fabs)
spell(np.absolute, operator.abs, builtins.abs, symbol="")
spell(np.absolute, math.fabs, memory=Memory.NONE)
record(np.absolute, on_floats=abs)

for _plain, _op in ((math.fmod, np.fmod), (math.copysign, np.copysign), (math.modf, np.modf), (math.frexp, np.frexp),
                    (math.ldexp, np.ldexp)):
    spell(_op, _plain, memory=Memory.NONE, raises=Raises.ANYTHING)
spell(np.divmod, divmod, raises=Raises.ZERO)
record(math.remainder, math.floor, math.ceil, math.trunc, math.gcd, math.lcm, math.comb, math.perm, math.factorial,
       math.isqrt, **ON_NUMBERS)
record(math.isnan, math.isinf, math.isfinite, math.isclose, math.ulp, **ON_NUMBERS, raises=Raises.NEVER)

_SCALARS = (np.float64, np.float32, np.float16, np.longdouble, np.complex64, np.complex128, np.clongdouble, np.bool_,
            np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
record(*_SCALARS, np.datetime64, np.timedelta64, memory=Memory.MAYBE, effect=Effect.NONE, zeros=Zeros.KEEPS)
record(*_SCALARS, bounded=True)
record(np.where, np.nan_to_num, masks=True)
