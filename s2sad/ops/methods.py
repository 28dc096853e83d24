"""Which operation a method or attribute of an array or number is: ``x.sum(axis=0)`` is ``np.sum(x, axis=0)``.

    >>> METHODS["sum"] is __import__("numpy").sum
    True
"""
from __future__ import annotations

import operator
from collections.abc import Callable

from s2sad.ops import (  # noqa: F401  (they have to be recorded first)
    arithmetic,
    creation,
    elementary,
    indexing,
    products,
    reductions,
    shapes,
    statistics,
)
from s2sad.ops.registry import RECORDS

METHODS: dict[str, Callable] = {name: op for op, known in RECORDS.items() for name in known.method.split()} | {
    f"__{op.__name__}__": op for op in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
                                        operator.neg, operator.matmul, operator.getitem)} | {"__abs__": abs}
ATTRIBUTES: dict[str, Callable] = {known.attribute: op for op, known in RECORDS.items() if known.attribute}
METHODS_IN_PLACE = {"sort", "fill", "partition", "resize", "itemset", "put", "setflags", "setfield", "byteswap"}
