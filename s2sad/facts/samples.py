"""Values made up from facts, so that an operation can be tried: the facts of its result are then observed.

Before: an array of floats with two dimensions.  After: ``np.array`` of shape ``(12, 12)``, or of ``(2, 2)``, …
"""
from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.facts.tried import is_plain, shorter_lists
from s2sad.ir import Arg, Const, Pack, Var
from s2sad.ir.facts import (
    PYTHON_DTYPES,
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


@dataclass(frozen=True)
class Choice:
    """What a sample is where a fact leaves it open: the value of ints and bools, and the length of lists."""

    count: int = 1
    truth: bool = True
    length: int = 3


FIRST = Choice()


def choices(args: tuple[Arg, ...]) -> Iterator[Choice]:
    """Other choices than the first on which the kind of a result may depend."""
    facts = [arg.fact for arg in _flat(args) if type(arg) is Var]
    if any(f.kind == "bool" and f.value is UNSET for f in facts):
        yield Choice(truth=False)
    yield from (Choice(length=n) for n in sorted({n for f in facts for n in shorter_lists(f)}))
    if any(f.kind == "int" and f.value is UNSET and f.sym is None for f in facts):
        yield from (Choice(count=0), Choice(count=2))


def sample(arg: Arg, size: Sizes, choice: Choice = FIRST) -> Any:
    """A value that has the facts of an argument: symbolic dimensions have the given size."""
    if type(arg) is Const:
        return _known(arg.value)
    if type(arg) is Pack:
        items = [sample(a, size, choice) for a in arg.items]
        if arg.kind == "dict":
            return dict(zip(arg.keys, items))
        if arg.kind == "slice":
            return slice(*items)
        if arg.kind == "list":
            return items
        if arg.kind == "tuple" or (isinstance(arg.kind, type) and issubclass(arg.kind, tuple)):
            return tuple(items)
        raise NoSample
    return sample_of(arg.fact, size, choice)


def _known(value: Any) -> Any:
    """A value that is known, if nothing that is done with it can run code of the user's program."""
    if not is_plain(value):
        raise NoSample
    return value


def sample_of(fact: Fact, size: Sizes, choice: Choice = FIRST) -> Any:
    """A value that has a fact."""
    if fact.value is not UNSET:
        return _known(fact.value)
    if fact.kind == "float":
        return 0.7
    if fact.kind == "int":
        return choice.count if fact.sym is None else _size(fact.sym, size)
    if fact.kind == "bool":
        return choice.truth
    if fact.kind == "complex":
        return 0.7 + 0.3j
    if fact.kind in ("number", "real"):
        return np.float64(0.7)
    if fact.kind == "scalar" and fact.dtype is not None:
        return sample_array(fact.dtype, ())[()]
    if fact.kind == "array" and fact.dtype is not None and fact.dims is not None:
        return sample_array(fact.dtype, tuple(_size(d, size) for d in fact.dims))
    if fact.kind == "list" and fact.item is not None:
        return [sample_of(fact.item, size, choice) for _ in range(choice.length)]
    if fact.kind == "tuple" and fact.dims is not None:
        return tuple(_size(d, size) for d in fact.dims)
    if fact.kind == "range":
        return range(3)
    if fact.kind == "str":
        return "s"
    raise NoSample


def alternatives(fact: Fact) -> tuple[Fact, ...]:
    """What a number may be of which only that is known."""
    double = (Fact("float"), Fact("scalar", np.dtype(float)))
    if fact.kind == "real":
        return (*double, Fact("int"))
    if fact.dtype is not None:
        return tuple(Fact(kind) for kind, dtype in PYTHON_DTYPES.items() if dtype == fact.dtype) + (
            Fact("scalar", fact.dtype),)
    return (*double, *map(Fact, ("int", "bool", "complex")), *(Fact("scalar", np.dtype(c)) for c in "fFDl?"))


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
            chosen: dict[Any, int] = {}
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
