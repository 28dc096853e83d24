"""What raises where the user's function raises, or where a derivative would be wrong."""
from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.copies import NOTHING
from s2sad.runtime.primitives import view


def raise_(exc: Any) -> None:
    """``raise exc`` as a function. Emitted as that statement."""
    raise exc


class OrderMatters(ValueError):
    """NumPy's result of an assignment depends on the order in which it goes through memory."""


def check_order(a: np.ndarray, path: tuple, index: Any, source: tuple) -> None:
    """Raise if ``view(a, path)[index] = view(a, source)`` reads an element after it has written to it, or might if the
    array lay in memory in another way.

    >>> check_order(np.ones((3, 3)), (), (slice(None), 1), (("index", 1),))
    >>> check_order(np.ones((3, 3)), (), (slice(None), 1), (("index", 2),))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    OrderMatters: the value of an assignment is a view that overlaps with the target
    """
    places = np.arange(a.size).reshape(a.shape)
    target, value = view(places, path)[index], view(places, source)
    if target.ndim != 1 or value.ndim == 0 or (target.size > 1 and value.shape[-1:] == (1,)):
        return
    _, written, read = np.intersect1d(target, value.reshape(-1), return_indices=True)
    if np.any(written < read if getattr(index, "dtype", None) == np.bool_ else written != read):
        raise OrderMatters("the value of an assignment is a view that overlaps with the target")


class LengthChanges(ValueError):
    """The assignment to a slice of a list changes the length of the list."""


def check_length(xs: list, index: slice, ys: list) -> None:
    """Raise if ``xs[index] = ys`` changes the length of ``xs``.

    >>> check_length([1.0, 2.0, 3.0], slice(1, 3), [4.0, 5.0])
    """
    if len(xs[index]) != len(ys):
        raise LengthChanges("the assignment to a slice of a list changes its length")


def check_bound(x: Any, error: type, text: str) -> None:
    """Raise if a variable or field has no value. Emitted as ``x`` where Python notices that by itself."""
    if x is NOTHING:
        raise error(text)


def check_items(xs: Any, count: int, more: bool = False, axis: int = 0) -> None:
    """Raise what Python raises where ``xs`` (or what is in it, along another axis) is unpacked into ``count`` names, or
    ``more`` than so many.

    >>> check_items([1.0, 2.0], 2)
    >>> check_items(np.ones((4, 3)), 2, axis=1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: too many values to unpack (expected 2...)
    """
    if isinstance(xs, np.ndarray):
        given = xs.shape[axis] if xs.ndim else len(list(xs))
    else:
        given = len(xs)
    if given < count or given > count and not more:
        unpack(given, count, more)


def unpack(given: int, count: int, more: bool = False) -> None:
    """Unpack so many items into so many names, and maybe a starred one: Python says what is wrong with it.

    >>> unpack(1, 2, more=True)
    Traceback (most recent call last):
    ValueError: not enough values to unpack (expected at least 2, got 1)
    """
    names = ", ".join(["_"] * count + ["*_"] * more)
    exec(f"({names},) = items", {"items": (None,) * given})


def check_arguments(name: str, parameters: list, xs: Any, given: int = 0) -> None:
    """Raise what Python raises where a function with these positional parameters is called with ``*xs`` after ``given``
    other arguments.

    >>> check_arguments("f", ["x", "y"], [1.0])
    Traceback (most recent call last):
    TypeError: f() missing 1 required positional argument: 'y'
    """
    scope: dict[str, Any] = {}
    exec(f"def f({', '.join(parameters)}): pass", scope)
    scope["f"].__qualname__ = name
    scope["f"](*[None] * (given + len(xs)))


def check_zip(*lengths: int) -> None:
    """Raise what Python raises at the end of ``zip(…, strict=True)`` of iterables with these lengths.

    >>> check_zip(2, 2, 3)
    Traceback (most recent call last):
    ValueError: zip() argument 3 is longer than arguments 1-2
    """
    if len(set(lengths)) > 1:
        list(zip(*map(range, lengths), strict=True))


class NotFollowed(TypeError):
    """What the function does here is not followed."""


def check_first(found: list) -> type | None:
    """Raise if the first result of a function that ``np.vectorize`` was made of is an integer: it makes all integers.
    The result is the type to make of the others, where that is not what ``np.array`` makes of them: of none.

    >>> check_first([0.0, 1])
    >>> check_first([0, 1.5])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    NotFollowed: np.vectorize makes integers of all results if the first is one: return floats on every path
    """
    if found and np.asarray(found[0]).dtype.kind not in "fc":
        raise NotFollowed("np.vectorize makes integers of all results if the first is one: return floats on every path")
    return None


def check_plain(x: Any) -> None:
    """Refuse what has operators of its own where a number or an array is differentiated with.

    >>> check_plain(np.ones(2)), check_plain(1.0)
    (None, None)
    """
    if isinstance(x, (np.matrix, np.ma.MaskedArray)) or not (
            isinstance(x, (np.ndarray, np.generic, float, int, complex, str, list, tuple)) or x is None):
        raise NotPlain(f"an object of class `{type(x).__name__}`")


class NotPlain(TypeError):
    """A result of code that is not understood has operators of its own."""
