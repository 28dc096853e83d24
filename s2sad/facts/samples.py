"""Values made up from facts, so that an operation can be tried: the facts of its result are then observed.

Before: an array of floats with two dimensions.  After: ``np.array`` of shape ``(12, 12)``, or of ``(2, 2)``, …
"""
from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from s2sad.facts.tried import is_plain
from s2sad.ir import Arg, Const, Pack, Var
from s2sad.ir.facts import (
    UNSET,
    Dim,
    Fact,
)


class NoSample(Exception):
    """A value with these facts cannot be made up."""


_cache: dict[Any, np.ndarray] = {}


def sample_array(dtype: Any, shape: tuple[int, ...]) -> np.ndarray:
    key = (dtype, shape)
    if key not in _cache:
        n = math.prod(shape)
        values = 0.5 + (np.arange(n) * 0.618) % 1.0
        if np.dtype(dtype).kind in "biu":
            values = np.ones(n)
        a = values.reshape(shape).astype(dtype)
        if len(shape) >= 2 and shape[-1] == shape[-2] and np.dtype(dtype).kind in "fc":
            a = a + np.swapaxes(a, -1, -2) + 4 * shape[-1] * np.eye(shape[-1], dtype=dtype)
            a = a.astype(dtype)
        if n > CACHED_ELEMENTS:
            return a
        _cache[key] = a
    return _cache[key].copy()


Sizes = int | dict[Any, int]
"""The size that symbolic dimensions have in a sample: one for all, or one for each symbol."""
MOST_ELEMENTS = 1 << 18
CACHED_ELEMENTS = 1 << 12
MOST_TRIALS = 100


def _size(dim: Dim, size: Sizes) -> int:
    if isinstance(size, dict):
        return dim if isinstance(dim, int) else max(0, size.get(dim[0], 2) + dim[1])
    if size < 0:  # the sizes that are known do not fit together in a sample: all alike
        return 1 if dim == 1 else -size
    return dim if isinstance(dim, int) else max(0, size + dim[1])


def sample(arg: Arg, size: Sizes, count: int = 1) -> Any:
    """A value that has the facts of an argument: symbolic dimensions have the given size, integers are ``count``."""
    if type(arg) is Const:
        return _known(arg.value)
    if type(arg) is Pack:
        items = [sample(a, size, count) for a in arg.items]
        if arg.kind == "dict":
            return dict(zip(arg.keys, items))
        if arg.kind == "slice":
            return slice(*items)
        if arg.kind == "list":
            return items
        if arg.kind == "tuple" or (isinstance(arg.kind, type) and issubclass(arg.kind, tuple)):
            return tuple(items)
        raise NoSample
    return sample_of(arg.fact, size, count)


def _known(value: Any) -> Any:
    """A value that is known, if nothing that is done with it can run code of the user's program."""
    if not is_plain(value):
        raise NoSample
    return value


def sample_of(fact: Fact, size: Sizes, count: int = 1) -> Any:
    """A value that has a fact."""
    if fact.value is not UNSET:
        return _known(fact.value)
    if fact.kind == "float":
        return 0.7
    if fact.kind == "int":
        return count if fact.sym is None else _size(fact.sym, size)
    if fact.kind == "bool":
        return True
    if fact.kind == "complex":
        return 0.7 + 0.3j
    if fact.kind == "number":
        return np.float64(0.7)
    if fact.kind == "scalar" and fact.dtype is not None:
        return sample_array(fact.dtype, ())[()]
    if fact.kind == "array" and fact.dtype is not None and fact.dims is not None:
        return sample_array(fact.dtype, tuple(_size(d, size) for d in fact.dims))
    if fact.kind == "list" and fact.item is not None:
        return [sample_of(fact.item, size, count) for _ in range(3)]
    if fact.kind == "tuple" and fact.dims is not None:
        return tuple(_size(d, size) for d in fact.dims)
    if fact.kind == "range":
        return range(3)
    if fact.kind == "str":
        return "s"
    raise NoSample


def sizes(args: tuple[Arg, ...]) -> Iterator[Sizes]:
    """The sizes to try, the likely ones first."""
    ndims, consts = [0], []
    dims: list[Dim] = []
    for arg in _flat(args):
        if type(arg) is Var and arg.fact.dims is not None:
            ndims.append(len(arg.fact.dims))
            dims += arg.fact.dims
            consts += [d for d in arg.fact.dims if isinstance(d, int) and 1 < d]
        elif type(arg) is Var and isinstance(arg.fact.sym, tuple):
            dims.append(arg.fact.sym)
        elif type(arg) is Const and type(arg.value) is np.ndarray:
            ndims.append(arg.value.ndim)
            consts += [d for d in arg.value.shape if 1 < d]
    known = sorted(set(consts), reverse=True)
    small = [d for d in known if d <= 64]
    yield from dict.fromkeys([*small[:2], 4 if max(ndims) > 2 else 12, 2, 3, -3])
    if known:
        trials = itertools.chain(_aligned(args), _fitting(known, [d for d in dims if isinstance(d, tuple)]))
        yield from (chosen for chosen in trials if _is_small(args, chosen))


def _flat(args: tuple[Arg, ...]) -> Iterator[Arg]:
    for arg in args:
        if type(arg) is Pack:
            yield from _flat(arg.items)
        else:
            yield arg


def _is_small(args: tuple[Arg, ...], sizes: Sizes) -> bool:
    return all(math.prod(_size(d, sizes) for d in arg.fact.dims) <= MOST_ELEMENTS for arg in _flat(args)
               if type(arg) is Var and arg.fact.dims is not None)


def _aligned(args: tuple[Arg, ...]) -> Iterator[Sizes]:
    """For each array that is known: the sizes that bring the others to its shape, as far as its last axes go."""
    for known in _flat(args):
        if type(known) is Const and type(known.value) is np.ndarray:
            chosen: Sizes = {}
            for arg in _flat(args):
                dims = arg.fact.dims if type(arg) is Var and arg.fact.is_array else None
                for n, dim in zip(known.value.shape[::-1], (dims or ())[::-1]):
                    if isinstance(dim, tuple):
                        chosen.setdefault(dim[0], n - dim[1])
            yield chosen


def _fitting(known: list[int], dims: list[Any]) -> Iterator[Sizes]:
    """Sizes that differ from symbol to symbol: those that bring a dimension to one that is known, and a small one."""
    choices: dict[Any, dict[int, None]] = {}
    for symbol, shift in dims:
        choices.setdefault(symbol, {}).update(dict.fromkeys(d - shift for d in known))
    for fit in choices.values():
        fit[2] = None
    for combination in itertools.islice(itertools.product(*choices.values()), MOST_TRIALS):
        yield dict(zip(choices, combination))
