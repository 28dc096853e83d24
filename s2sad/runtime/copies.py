"""Copies that share no memory, and what stands where there is no value."""
from __future__ import annotations

import copy as _copy
from typing import Any

import numpy as np


class Nothing:
    """Stands where a branch that was not taken or a loop without trips left no value; using it as one is an error."""

    def copy(self) -> Nothing:
        """Itself, so that it can be saved like an array."""
        return self

    def __add__(self, other: Any) -> Any:
        """Zero cotangents of what has no value add up to what they are."""
        return self if other is self else NotImplemented

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise UnboundLocalError("a variable is read on a path that gives it no value")

    def __repr__(self) -> str:
        return "nothing"

    def __reduce__(self) -> str:
        return "NOTHING"


NOTHING = Nothing()


def copy(a: Any) -> Any:
    """A copy that shares no memory: arrays are copied, containers and the fields of objects recursively; what cannot be
    changed is returned as it is. The copy of an array lies in memory as the array does, so that a product with it has
    the same last bit.

    >>> copy(np.ones((4, 6))[:, ::2]).strides
    (48, 16)
    """
    if isinstance(a, np.ndarray):
        return a.copy("K") if a.flags.forc or 0 in a.strides else _copy_with_gaps(a)
    return _copy_parts(a, copy)


def copy_together(a: Any, done: dict[int, Any] | None = None) -> Any:
    """``copy``, in which an array or object that is in several places is one again (``done``: what is copied already).

    >>> x, y = copy_together([A := np.ones(2), A])
    >>> x is y, x is A
    (True, False)
    """
    done = {} if done is None else done
    if id(a) not in done:
        done[id(a)] = copy(a) if isinstance(a, np.ndarray) else _copy_parts(a, lambda x: copy_together(x, done))
    return done[id(a)]


def tuple_of(cls: Any, items: Any) -> Any:
    """A tuple of a class with these items, whatever its ``__new__`` makes of what it is given.

    >>> tuple_of(tuple, [1.0, 2.0])
    (1.0, 2.0)
    """
    try:
        return tuple.__new__(cls, items)
    except TypeError:  # one that is written in C has a maker of its own
        return cls(items)


def _copy_parts(a: Any, each: Any) -> Any:
    """A copy of a container or object, of which each part is copied by ``each``."""
    if type(a) in (list, tuple):
        return type(a)([each(x) for x in a])
    if type(a) is dict:
        return {k: each(x) for k, x in a.items()}
    if isinstance(a, tuple) and hasattr(a, "_fields"):
        return tuple_of(type(a), [each(x) for x in a])
    if np.isscalar(a) or a is None or callable(a) and not hasattr(a, "__dict__"):
        return a
    if isinstance(a, (np.random.Generator, np.random.RandomState)) or type(a).__module__ == "random":
        return a  # whoever draws from it moves it on for everybody
    made = _copy.copy(a)
    if made is not a:
        for name, x in getattr(a, "__dict__", {}).items():
            object.__setattr__(made, name, each(x))
    return made


def _copy_with_gaps(a: np.ndarray) -> np.ndarray:
    """A copy of a part of an array, with gaps in memory where it has gaps."""
    size, stride = np.array(a.shape), np.array(a.strides)
    if a.size == 0 or a.dtype.hasobject:
        return a.copy("K")
    reach = (size - 1) * stride
    low, high = int(reach[reach < 0].sum()), int(reach[reach > 0].sum())
    made: np.ndarray = np.ndarray(a.shape, a.dtype, np.empty(high - low + a.itemsize, np.uint8), -low, a.strides)
    made[...] = a
    return made
