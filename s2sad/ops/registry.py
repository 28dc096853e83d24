"""The records by operation, and how a record is made.

Before: ``of(np.sin)``.  After: its record; of a function that nobody recorded, the cautious one.
"""
from __future__ import annotations

import random
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.ir.inert import compares_by_identity, is_a, is_of_the_user
from s2sad.ops.record import Effect, Memory, Operation

RECORDS: dict[Callable, Operation] = {}
PROVIDERS: list[Callable[[Any], Operation | None]] = []
"""Functions that make a record for one of a family of callables, such as the methods of a distribution."""
GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)


def record(*ops: Callable, **fields: Any) -> None:
    """Record operations that have the same fields."""
    for op in ops:
        RECORDS[op] = replace(RECORDS[op], **fields) if op in RECORDS else Operation(op, op, **fields)


def spell(op: Callable, *spellings: Callable, **fields: Any) -> None:
    """Record other spellings of an operation; ``fields`` are what differs."""
    known = RECORDS[op]
    for spelling in spellings:
        own = {"in_place": None, "on_floats": None, "method": "", "attribute": ""} | fields
        RECORDS[spelling] = replace(known, op=spelling, **own)


def of(op: Any) -> Operation:
    """The record of an operation in any spelling; the cautious one of what is not known.

    >>> of(np.sin).is_pure, of(lambda x: x).is_pure
    (True, False)
    """
    if not may_be_recorded(op):
        return Operation(op, op)
    try:
        known = RECORDS.get(op)
    except TypeError:  # what cannot be hashed
        return Operation(op, op)
    if known is not None:
        return known
    if is_a(getattr(op, "__self__", None), GENERATORS):
        return _drawing(op)
    for provide in PROVIDERS:
        made = provide(op)
        if made is not None:
            RECORDS[op] = made
            return made
    return Operation(op, op)


def _drawing(op: Any) -> Operation:
    """The record of a method of a generator; those of Python's draw items, which they leave as they are."""
    items = isinstance(op.__self__, random.Random) or op.__name__ in ("spawn", "bit_generator")
    writes = "write `a = np.random.permutation(a)`" if op.__name__ == "shuffle" else ""
    return Operation(op, op, memory=Memory.ANY if items else Memory.FRESH, effect=Effect.DRAWS, writes=writes)


def may_be_recorded(op: Any) -> bool:
    """Whether a callable is no instance of a class of the user's, which may have operators and attributes of its
    own."""
    return type(op) in _PLAIN or not is_of_the_user(type(op))


_PLAIN = frozenset((types.BuiltinFunctionType, types.FunctionType, np.ufunc, type, types.MethodType))


def may_be_looked_up(op: Any) -> bool:
    """Whether a callable can be looked for in a table without running code of the user's."""
    return may_be_recorded(op) or compares_by_identity(op)


def is_recorded(op: Any) -> bool:
    """Whether something is known of an operation."""
    try:
        return may_be_recorded(op) and op in RECORDS or of(op).effect is not Effect.UNKNOWN
    except TypeError:
        return False


def canonical(op: Any) -> Any:
    """The one operation that ``op`` is a spelling of.

    >>> import operator
    >>> canonical(operator.add)
    <ufunc 'add'>
    """
    try:
        known = RECORDS.get(op) if may_be_recorded(op) else None
    except TypeError:
        return op
    return op if known is None else known.canonical
