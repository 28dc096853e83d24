"""What is checked at a call before generated code runs: the positions to differentiate by, and shared memory.

    >>> positions(lambda x, y: x * y, None, "y")
    (1,)
"""
from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from s2sad import tree
from s2sad.derive import Entry
from s2sad.errors import AliasError, ArgumentError


def names_of(argnames: Any) -> tuple[str, ...]:
    return () if argnames is None else (argnames,) if isinstance(argnames, str) else tuple(argnames)


def positions(fn: Callable, argnums: Any, argnames: Any) -> tuple[Any, ...]:
    """Positions (or names of keyword-only parameters) to differentiate by."""
    found: list[Any] = []
    if argnums is not None:
        nums = argnums if isinstance(argnums, (tuple, list)) else (argnums,)
        if not all(isinstance(k, (int, np.integer)) and not isinstance(k, bool) for k in nums):
            raise ArgumentError("S2S008", f"argnums must be an int or a tuple of ints, not {argnums!r}",
                                hint="use argnames for names")
        found += [int(k) for k in nums]
        if not found:
            raise ArgumentError("S2S008", "argnums is empty: there is nothing to differentiate by")
    names = names_of(argnames)
    if names:
        parameters = inspect.signature(fn).parameters
        for name in names:
            if name not in parameters and not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
                raise ArgumentError("S2S008", f"`{getattr(fn, '__name__', fn)}` has no parameter `{name}`",
                                    hint=f"its parameters are {', '.join(parameters)}")
            p = parameters.get(name)
            positional = p is not None and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            found.append(list(parameters).index(name) if positional else name)
    if len(set(found)) < len(found):
        raise ArgumentError("S2S008", "an argument is named twice in argnums and argnames", hint="name it once")
    return tuple(found) if found else (0,)


def is_single(argnums: Any, argnames: Any) -> bool:
    """Whether one argument is named, and not a tuple of one: the derivative is then no tuple."""
    if argnums is not None and argnames is not None:
        return False
    return isinstance(argnums, (int, np.integer)) or (argnums is None and not isinstance(argnames, (list, tuple)))


def takes_more_than_self(fn: Callable) -> bool:
    """Whether a method has a second positional parameter."""
    try:
        found = list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError):
        return False
    return len(found) > 1 and found[1].kind in (found[1].POSITIONAL_ONLY, found[1].POSITIONAL_OR_KEYWORD)


def check_signature(fn: Callable, n: int, kwargs: dict[str, Any]) -> None:
    """Raise a TypeError where a function cannot be called with ``n`` positional arguments and these keywords."""
    try:
        inspect.signature(fn).bind(*range(n), **kwargs)
    except ValueError:  # nothing is known of its parameters
        return
    except TypeError as error:
        raise TypeError(f"{getattr(fn, '__qualname__', fn)}() {error}") from None


def check_memory(entry: Entry, args: tuple) -> None:
    """Arguments that share memory, one of them written to by the function: not a case that can be followed."""
    arrays: list[Any] = []
    containers: list[Any] = []
    for x in mutable(args, set()):
        (arrays if isinstance(x, np.ndarray) else containers).append(x)
    for path in entry.watched:
        value: Any = args
        for op, key in path:
            value = op(value, key)
        if isinstance(value, np.ndarray):
            same = [a for a in arrays if np.may_share_memory(value, a)]
        else:
            same = [c for c in containers if c is value]
        if len(same) > 1:
            raise AliasError("S2S005", "two arguments share memory and the function writes to one of them",
                                hint="pass a copy of one of them")


def check_distinct(args: tuple, argnums: tuple[int, ...]) -> None:
    """An object that two arguments reach is one object to the function: it has no derivative at each of its places."""
    owner: dict[int, int] = {}
    for k, arg in enumerate(args):
        for x in _objects(arg, set()):
            first = owner.setdefault(id(x), k)
            if first != k and {first, k} & set(argnums):
                raise AliasError("S2S005", f"arguments {first} and {k} reach the same object of class "
                                 f"`{type(x).__name__}`: its derivative at each of the two places is not defined",
                                 hint="pass a copy in one of them")


def _objects(x: Any, seen: set[int]) -> Iterator[Any]:
    """The objects in an argument that have a field to differentiate, each once."""
    if id(x) in seen:
        return
    seen.add(id(x))
    if not isinstance(x, (list, tuple, dict)) and any(map(tree.is_leaf, tree.parts(x).values())):
        yield x
    for v in tree.parts(x).values():
        yield from _objects(v, seen)


def mutable(x: Any, seen: set[int]) -> Iterator[Any]:
    """The arrays, lists and dicts of some arguments; those of an object once, on whatever ways it is reached."""
    if isinstance(x, (np.ndarray, list, dict)):
        yield x
    elif not isinstance(x, tuple):
        if id(x) in seen:
            return
        seen.add(id(x))
    for v in tree.parts(x).values():
        yield from mutable(v, seen)
