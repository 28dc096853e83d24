"""Builtins and the standard library: what makes numbers, texts and containers of other things."""
from __future__ import annotations

import bisect
import operator

import numpy as np

from s2sad.ops.arithmetic import ON_NUMBERS
from s2sad.ops.record import Cost, Effect, Memory, Raises, Zeros
from s2sad.ops.registry import PROVIDERS, Operation, record

record(float, complex, **ON_NUMBERS, zeros=Zeros.KEEPS, bounded=True)
record(int, bool, str, repr, bytes, hash, ord, chr, format, str.format, ascii, bin, oct, hex, **ON_NUMBERS)
record(type, isinstance, issubclass, callable, slice, **ON_NUMBERS, raises=Raises.NEVER)
record(len, **ON_NUMBERS, cost=Cost.FREE, shapes_of=(0,))
record(range, **ON_NUMBERS, cost=Cost.FREE)
record(round, **ON_NUMBERS)
record(list, dict, set, bytearray, memory=Memory.HOLDS, distinct=True, effect=Effect.NONE, zeros=Zeros.KEEPS,
       bounded=True)
record(tuple, frozenset, memory=Memory.HOLDS, effect=Effect.NONE, zeros=Zeros.KEEPS, bounded=True)
record(zip, enumerate, memory=Memory.HOLDS, effect=Effect.STATE)
record(reversed, memory=Memory.HOLDS, effect=Effect.STATE, zeros=Zeros.KEEPS, bounded=True)
record(sorted, memory=Memory.ANY, effect=Effect.NONE)
record(operator.concat, memory=Memory.JOINS, effect=Effect.NONE)
record(operator.iconcat, memory=Memory.UPDATE, effect=Effect.NONE, symbol="+")
record(list.index, list.count, bisect.bisect_left, bisect.bisect_right, **ON_NUMBERS)
record(iter, id, globals, locals, vars, effect=Effect.STATE)
record(operator.itemgetter, operator.attrgetter, operator.methodcaller, memory=Memory.HOLDS, effect=Effect.NONE)

_TEXT = (str.upper, str.lower, str.strip, str.lstrip, str.rstrip, str.split, str.rsplit, str.join, str.replace,
         str.startswith, str.endswith, str.find, str.rfind, str.index, str.count, str.title, str.capitalize,
         str.isdigit, str.isalpha, str.isidentifier, str.encode, str.ljust, str.rjust, str.center, str.zfill,
         str.partition, str.rpartition, str.removeprefix, str.removesuffix, str.splitlines, str.swapcase, str.casefold)
record(*_TEXT, **ON_NUMBERS)
record(np.base_repr, np.binary_repr, **ON_NUMBERS)
record(np.array2string, np.array_repr, np.array_str, np.format_float_positional, np.format_float_scientific,
       np.datetime_as_string, memory=Memory.NONE, effect=Effect.STATE)  # as ``np.set_printoptions`` says
record(np.get_printoptions, np.geterr, np.getbufsize, memory=Memory.FRESH, effect=Effect.STATE)
record(np.shares_memory, np.may_share_memory, memory=Memory.NONE, effect=Effect.STATE)  # copies are two arrays
record(str.split, str.rsplit, str.splitlines, memory=Memory.FRESH)


def _exception(op: object) -> Operation | None:
    """To make an exception of Python does nothing else."""
    if isinstance(op, type) and issubclass(op, BaseException) and op.__module__ == "builtins":
        return Operation(op, op, memory=Memory.HOLDS, effect=Effect.NONE)
    return None


PROVIDERS.append(_exception)
