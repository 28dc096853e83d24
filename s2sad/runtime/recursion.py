"""A function that calls itself to a depth known only at run time, as one operation."""
from __future__ import annotations

from typing import Any


class Recursive:
    """A function that calls itself to a depth known only at run time, as one operation. Its derivative is that of the
    function, compiled apart and called where the operation is met in the sweep."""

    def __init__(self, fn: Any) -> None:
        self.fn = fn
        self.__name__ = self.__qualname__ = fn.__name__
        self.__module__ = fn.__module__

    def __call__(self, *args: Any) -> Any:
        return self.fn(*args)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recursive) and other.fn is self.fn

    def __hash__(self) -> int:
        return hash((Recursive, self.fn))


DERIVATIVES: dict[str, Any] = {}
"""``vjp`` and ``jvp`` of a function, and its compiled ``sweep`` and ``tangent``, entered by the layer that compiles
them."""


def recursive_sweep(call: Recursive, places: tuple[int, ...], *xs: Any) -> Any:
    """The forward sweep of a function, compiled for arguments of these kinds: a function that returns the value and
    what the reverse sweep reads; that is its attribute ``backward``. ``places``: of what is differentiated."""
    return DERIVATIVES["sweep"](call.fn, places, xs)


def recursive_call(sweep: Any, *xs: Any) -> Any:
    """A call of a forward sweep, or of a derivative by forward mode."""
    return sweep(*xs)


def recursive_back(sweep: Any, kept: tuple, y_bar: Any) -> Any:
    """A call of the reverse sweep that belongs to what a forward sweep returned: the cotangents."""
    return sweep.backward(*kept[1:], y_bar)


def recursive_tangent(call: Recursive, places: tuple[int, ...], *xs: Any) -> Any:
    """The derivative of a function by forward mode, compiled for arguments of these kinds: a function of the arguments
    and of their tangents that returns the value and its tangent."""
    return DERIVATIVES["tangent"](call.fn, places, xs)
