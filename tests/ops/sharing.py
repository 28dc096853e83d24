"""What two values share: arrays by memory, everything else that can be changed by identity, at any depth."""

from __future__ import annotations

import gc
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

PLAIN = (
    int,
    float,
    complex,
    str,
    bytes,
    range,
    slice,
    type(None),
    type(Ellipsis),
    np.generic,
    np.dtype,
    type,
    np.ufunc,
    np.random.bit_generator.BitGenerator,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    np.finfo,
    np.iinfo,
    types.GenericAlias,
    memoryview,
)
"""Values that have nothing that can be changed, or nothing that is anybody's."""
CONTAINERS = (list, tuple, set, frozenset, dict)


def changeable(x: Any, seen: set[int] | None = None) -> Iterator[Any]:
    """Everything that can be changed and is reached from a value, itself included."""
    seen = set() if seen is None else seen
    if isinstance(x, PLAIN) or id(x) in seen:
        return
    seen.add(id(x))
    if isinstance(x, np.ndarray):
        yield x
        if x.dtype == object:
            for item in x.flat:
                yield from changeable(item, seen)
        return
    if not isinstance(x, (tuple, frozenset)):
        yield x
    items = [*x, *x.values()] if isinstance(x, dict) else x if isinstance(x, CONTAINERS) else gc.get_referents(x)
    for item in items:
        yield from changeable(item, seen)


def arrays(x: Any) -> list[np.ndarray]:
    """The arrays that are reached from a value."""
    return [v for v in changeable(x) if isinstance(v, np.ndarray)]


def one(a: Any, b: Any) -> bool:
    """Whether a change of the one is a change of the other."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a is b or bool(np.shares_memory(a, b))
    return a is b


def shared(result: Any, arg: Any) -> bool:
    """Whether a result shares anything that can be changed with an argument."""
    given = list(changeable(arg))
    return any(one(a, b) for a in changeable(result) for b in given)


def snapshot(x: Any) -> Any:
    """Something that is equal for values of one structure, type, dtype, shape and bits; one NaN is like another."""
    if isinstance(x, np.ndarray):
        if x.dtype.kind in "fc":
            plain = x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble) if x.dtype.char in "gG" else x
            return (
                type(x).__name__,
                x.dtype.str,
                x.shape,
                repr(plain.tolist()) if x.dtype.char not in "gG" else str(plain.tolist()),
            )
        return type(x).__name__, x.dtype.str, x.shape, repr(x.tolist())
    if isinstance(x, (list, tuple)):
        return type(x).__name__, tuple(map(snapshot, x))
    if isinstance(x, dict):
        return type(x).__name__, tuple((k, snapshot(v)) for k, v in x.items())
    if isinstance(x, np.random.Generator):
        return repr(x.bit_generator.state)
    return type(x).__name__, repr(x).replace("-nan", "nan")
