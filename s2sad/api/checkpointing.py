"""``checkpoint``: less memory for a second run of a function in the reverse sweep.

    before    h = np.tanh(W @ h)                       kept for the reverse sweep: ``h`` before and after
    after     h = checkpoint(layer)(W, h)              kept: ``h`` before; the reverse sweep runs ``layer`` again
"""
from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable
from typing import Any

from s2sad.errors import ArgumentError
from s2sad.ir import regions


class Checkpointed:
    """A function whose derivative runs it again instead of keeping what it computes. Called, it is the function."""

    def __init__(self, fn: Callable) -> None:
        self.fn = fn
        functools.update_wrapper(self, fn, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.fn(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<checkpoint of {getattr(self.fn, '__qualname__', self.fn)!s}>"

    def __reduce__(self) -> Any:
        name: Any = getattr(self.fn, "__qualname__", "")
        found: Any = sys.modules.get(getattr(self.fn, "__module__", None) or "")
        for part in name.split("."):
            found = getattr(found, part, None)
        return name if found is self else (type(self), (self.fn,))

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    @property
    def __s2sad_inside__(self) -> Callable:
        return _run_again(self.fn)


def _run_again(fn: Callable) -> Callable:
    """The function as a region; the marks mean nothing but inside a function that is lowered."""
    def region(*args: Any, **kwargs: Any) -> Any:
        regions.begin()
        return regions.end(fn(*args, **kwargs))
    return region


def checkpoint(fn: Callable) -> Any:
    """A function that the reverse sweep runs again, so that nothing it computes has to be kept.

    For every call that is differentiated the arguments are kept (a copy, if they are written to), and results of what
    cannot be run twice: random numbers and functions of which nothing is known. Output is written once. This pays for
    functions that compute much more than they are given, called many times: a network of n blocks keeps n inputs, not
    what the blocks compute, and costs one more run of each block. Values and derivatives are the same with and without
    it, in both modes and of any order.

    Parameters
    ----------
    fn : callable
        Any function, method or callable object. ``checkpoint`` is a decorator too.

    Returns
    -------
    callable
        Called outside of a derivative, it is ``fn``.

    Raises
    ------
    S2SADError
        On the first call of a derivative, for an operation that must not be called twice and has an active argument.

    Examples
    --------
    >>> import numpy as np
    >>> import s2sad
    >>> def block(x):
    ...     return np.sin(np.cos(x) * x)
    >>> def f(x):
    ...     return np.sum(checkpoint(block)(x) ** 2)
    >>> s2sad.grad(f)(np.array([0.0, 1.0]))
    array([ 0.        , -0.26570384])
    """
    if not callable(fn):
        raise ArgumentError("S2S008", f"{fn!r} is not callable, so it cannot be checkpointed")
    return Checkpointed(fn)


checkpoint.__s2sad_inside__ = _run_again  # type: ignore[attr-defined]
