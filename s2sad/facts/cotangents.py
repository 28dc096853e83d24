"""The fact of a cotangent or tangent from that of its primal.

Before: a list of doubles, an array of n single floats, a Python int.
After: a list of Python floats or doubles (zeros are Python's), the same array, a number in double precision.
"""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from s2sad.ir.facts import PYTHON_DTYPES, UNKNOWN, Fact


def cotangent(x: Fact) -> Fact:
    """What is known of every cotangent of ``x``, whatever it was added up from."""
    x = x.forget()
    if x.is_array:
        inexact = x.dtype is not None and x.dtype.kind in "fc"
        return x if inexact else replace(x, dtype=None)
    if x.is_real or x.kind == "bool":
        return Fact("number", np.dtype(float))
    if x.is_scalar:
        dtype = x.dtype if x.dtype is not None else PYTHON_DTYPES.get(x.kind)
        return Fact("number", dtype if dtype is not None and dtype.kind in "fc" else None)
    if x.kind == "list":
        return replace(x, item=None if x.item is None else cotangent(x.item))
    if x.kind == "tuple" and x.parts is not None:  # a tuple, or the list of zeros that is added to
        return Fact(parts=tuple(map(cotangent, x.parts)))
    return x if x.is_mixed and x.dtype.kind in "fc" else UNKNOWN
