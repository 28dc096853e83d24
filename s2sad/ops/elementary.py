"""Elementary functions: roots, exponentials, logarithms, trigonometry.

A partial derivative is *bounded* if it is finite wherever the argument is: that of the sine is, that of the square root
at 0 is not, and that of the exponential overflows.
"""
from __future__ import annotations

import cmath
import math
from collections.abc import Callable

import numpy as np

from s2sad.ops.arithmetic import ELEMENTWISE, ON_NUMBERS
from s2sad.ops.record import Memory, Raises
from s2sad.ops.registry import record, spell


def elementary(op: np.ufunc, real: Callable | None = None, compl: Callable | None = None, *others: Callable,
               bounded: bool = False) -> None:
    """Record an elementary function with its spellings in ``math`` and ``cmath``, which raise where NumPy warns."""
    record(op, **ELEMENTWISE, bounded=bounded, on_floats=real)
    for plain in (real, compl, *others):
        if plain is not None:
            spell(op, plain, memory=Memory.NONE, raises=Raises.ANYTHING)


elementary(np.sqrt, math.sqrt, cmath.sqrt)
elementary(np.cbrt, math.cbrt)
elementary(np.exp, math.exp, cmath.exp)
elementary(np.exp2, math.exp2)
elementary(np.expm1, math.expm1)
elementary(np.log, math.log, cmath.log)
elementary(np.log2, math.log2)
elementary(np.log10, math.log10, cmath.log10)
elementary(np.log1p, math.log1p)
elementary(np.sin, math.sin, cmath.sin, bounded=True)
elementary(np.cos, math.cos, cmath.cos, bounded=True)
elementary(np.tan, math.tan, cmath.tan)
elementary(np.arcsin, math.asin)
elementary(np.arccos, math.acos)
elementary(np.arctan, math.atan, cmath.atan, bounded=True)
elementary(np.sinh, math.sinh, cmath.sinh)
elementary(np.cosh, math.cosh, cmath.cosh)
elementary(np.tanh, math.tanh, cmath.tanh, bounded=True)
elementary(np.arcsinh, math.asinh, cmath.asinh, bounded=True)
elementary(np.arccosh, math.acosh)
elementary(np.arctanh, math.atanh, cmath.atanh)
elementary(np.arctan2, math.atan2)
elementary(np.rad2deg, math.degrees, None, bounded=True)
elementary(np.deg2rad, math.radians, None, bounded=True)
spell(np.rad2deg, np.degrees)
spell(np.deg2rad, np.radians)
record(np.logaddexp, np.logaddexp2, np.hypot, np.sinc, **ELEMENTWISE, bounded=True)
record(np.i0, **ELEMENTWISE)

# These have arguments or rules of their own, so they are no spellings; those that NumPy's ``exp2`` … compute otherwise
# on Python's floats are not used for it.
record(math.log, cmath.log, math.hypot, math.dist, cmath.rect, cmath.polar, cmath.asin, cmath.acos, cmath.acosh,
       math.erf, math.erfc, **ON_NUMBERS)
record(np.exp2, np.cbrt, np.log2, np.log10, np.arccosh, np.arctanh, np.arctan2, np.rad2deg, np.deg2rad, on_floats=None)
for _own in (math.log, cmath.log):
    record(_own, canonical=_own)
record(np.angle)
spell(np.angle, cmath.phase, memory=Memory.NONE)
for _question in (cmath.isnan, cmath.isinf, cmath.isfinite, cmath.isclose):
    record(_question, **ON_NUMBERS, raises=Raises.NEVER)
