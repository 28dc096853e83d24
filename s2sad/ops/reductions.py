"""Sums, products, extreme values, scans, and questions about all elements."""
from __future__ import annotations

import math
import sys

import numpy as np

from s2sad.ops.record import Effect, Memory, Raises, Zeros
from s2sad.ops.registry import record, spell

record(np.sum, np.mean, np.nansum, np.nanmean, memory=Memory.FRESH, effect=Effect.NONE, zeros=Zeros.KEEPS,
       bounded=True)
record(np.prod, np.nanprod, np.var, np.nanvar, np.std, np.nanstd, memory=Memory.FRESH, effect=Effect.NONE)
record(np.var, np.nanvar, np.std, np.nanstd, bounded=True)
record(np.max, np.min, np.nanmax, np.nanmin, memory=Memory.FRESH, effect=Effect.NONE, bounded=True)
spell(np.max, np.amax)
spell(np.min, np.amin)
record(np.ptp, memory=Memory.FRESH, effect=Effect.NONE, bounded=True, method="ptp")
record(np.any, np.all, np.count_nonzero, np.argmax, np.argmin, np.nanargmax, np.nanargmin, memory=Memory.FRESH,
       effect=Effect.NONE)
record(np.cumsum, np.nancumsum, memory=Memory.FRESH, effect=Effect.NONE, zeros=Zeros.KEEPS, bounded=True)
record(np.cumprod, np.nancumprod, memory=Memory.FRESH, effect=Effect.NONE)
for _name in ("cumulative_sum", "cumulative_prod"):
    if hasattr(np, _name):
        record(getattr(np, _name), memory=Memory.FRESH, effect=Effect.NONE,
               zeros=Zeros.KEEPS if _name == "cumulative_sum" else Zeros.LOSES)
for _ufunc in (np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logical_and,
               np.logical_or):
    _chosen = _ufunc in (np.maximum, np.minimum, np.fmax, np.fmin)
    record(_ufunc.reduce, _ufunc.accumulate, memory=Memory.FRESH, effect=Effect.NONE,
           bounded=_chosen)
record(np.add.accumulate, np.add.reduce, zeros=Zeros.KEEPS, bounded=True)

# Without an axis they raise only if they are told to reduce nothing.
record(np.sum, np.mean, np.prod, np.nansum, np.any, np.all, np.count_nonzero, raises=Raises.SHAPES)
record(np.var, np.std, raises=Raises.SHAPES)
record(np.sum, same_on_floats=True)
for _op in (np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.cumsum, np.cumprod, np.any, np.all, np.argmax,
            np.argmin):
    record(_op, method=_op.__name__)
record(np.max, method="max")
record(np.min, method="min")

record(math.fsum, memory=Memory.NONE, effect=Effect.NONE)
record(math.fsum, zeros=Zeros.KEEPS, bounded=True)
if sys.version_info >= (3, 12):
    record(math.sumprod, memory=Memory.FRESH, effect=Effect.NONE)  # its items may be arrays
record(math.prod, memory=Memory.ANY, viewed=1, effect=Effect.NONE)
record(sum, memory=Memory.ANY, viewed=1, effect=Effect.NONE, zeros=Zeros.KEEPS, bounded=True)
record(max, min, memory=Memory.ANY, effect=Effect.NONE, bounded=True, of_values=True)
record(any, all, memory=Memory.NONE, effect=Effect.NONE)
