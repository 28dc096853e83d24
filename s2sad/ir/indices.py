"""What an index of an array selects.

Before: the index ``slice(1, -1)``, a ``Pack``.  After: it selects no element twice.
"""
from __future__ import annotations

import numpy as np

from s2sad.ir import Arg, Const, Pack, Var
from s2sad.ir.inert import is_a


def selects_once(index: Arg) -> bool:
    """Whether an index of an array certainly selects no element twice: integers, slices, a mask.

    >>> selects_once(Pack("tuple", (Const(0), Const(None)))), selects_once(Const([0, 0]))
    (True, False)
    """
    if isinstance(index, Pack):
        return index.kind == "slice" or (index.kind == "tuple" and all(map(_part_selects_once, index.items)))
    if isinstance(index, Var) and index.fact.is_array and index.fact.dtype == np.bool_:
        return True
    if isinstance(index, Const) and is_a(index.value, np.ndarray):
        return index.value.dtype == np.bool_
    if isinstance(index, Const) and type(index.value) is tuple:
        return all(_part_selects_once(Const(v)) for v in index.value)
    return _part_selects_once(index)


def _part_selects_once(item: Arg) -> bool:
    if isinstance(item, Pack):
        return item.kind == "slice"
    if isinstance(item, Const):
        value = item.value
        return value is None or value is ... or type(value) in (int, slice) or is_a(value, np.integer)
    fact = item.fact
    return fact.kind == "int" or (fact.is_scalar and fact.dtype is not None and np.dtype(fact.dtype).kind in "iu")
