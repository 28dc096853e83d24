"""Values of which nothing was known before the call: their methods, attributes and items are asked for when it runs."""
from __future__ import annotations

from typing import Any


def enter(manager: Any) -> Any:
    """The start of a ``with`` block."""
    return manager.__enter__()


def leave(manager: Any) -> None:
    """The regular end of a ``with`` block."""
    manager.__exit__(None, None, None)


def items_of(xs: Any) -> list:
    """The items of something of which nothing was known before the call, in the order of a loop over it. An iterator is
    refused: a loop that is left early would leave the rest in it.

    >>> items_of({"a": 1.0, "b": 2.0})
    ['a', 'b']
    """
    if iter(xs) is xs:
        raise NotImplementedError(f"S2S011: a loop over an iterator, {type(xs).__name__}, that the function has not "
                                  "made: write `list(…)` around it")
    return list(xs)


def called(owner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """A call of a method of something of which nothing is known.

    >>> called("text", "upper")
    'TEXT'
    """
    return getattr(owner, name)(*args, **kwargs)


def applied(fn: Any, *args: Any, **kwargs: Any) -> Any:
    """A call of a function that is known only when it is called."""
    return fn(*args, **kwargs)


def attribute(owner: Any, name: str, *default: Any) -> Any:
    """An attribute of something of which nothing is known; to ask for it may have effects."""
    return getattr(owner, name, *default)


RULES: dict[str, Any] = {}
"""``pullback`` and ``pushforward`` of an operation on values, entered by the layer that has the rules."""


def pulled_back(op: Any, args: tuple, kwargs: dict, y: Any, y_bar: Any, names: tuple) -> list:
    """The cotangents of the parameters ``names`` by the rule of an operation, which is followed when this runs: before,
    of some argument nothing was known."""
    found = RULES["pullback"](op, args, kwargs, y=y, y_bar=y_bar)
    for name in names:
        if found[name] is NotImplemented:
            raise NotImplementedError(f"S2S003: `{op.__name__}` has no derivative with respect to `{name}`")
    return [found[name] for name in names]


def pushed_forward(op: Any, args: tuple, kwargs: dict, y: Any, dots: dict) -> Any:
    """The tangent of the result, likewise, from the tangents of parameters."""
    found = RULES["pushforward"](op, args, kwargs, y=y, dots=dots)
    if found is NotImplemented:
        raise NotImplementedError(f"S2S003: `{op.__name__}` has no derivative in forward mode")
    return found
