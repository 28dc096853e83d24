"""What a program of the corpus is, and the decorators that register one.

A program is a function as a user writes it, together with the arguments of one call::

    @program(1.3, np.arange(3.0))
    def scaled(x, v):
        return x * v

Stacked decorators give the same function several samples.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from s2sad.tree import leaves


@dataclass(frozen=True)
class Program:
    """A function, the arguments of one call, and which of them are differentiated.

    ``argnums`` are the positions differentiated; ``tags`` select what is tested (``second``: second derivatives too;
    ``float32``: compared with the tolerance of that precision; ``slow``: one direction only).
    """

    name: str
    fn: Callable[..., Any]
    args: tuple[Any, ...]
    argnums: tuple[int, ...]
    tags: frozenset[str] = frozenset()

    def fresh(self) -> tuple[Any, ...]:
        """A deep copy of the arguments."""
        return copy.deepcopy(self.args)


@dataclass(frozen=True)
class Refused:
    """A function that s2sad must refuse: the class of its error, its code, and a part of its text."""

    name: str
    fn: Callable[..., Any]
    args: tuple[Any, ...]
    error: str
    code: str | None
    text: str
    argnums: tuple[int, ...] | None


@dataclass(frozen=True)
class Raising:
    """A function that raises an exception, and the arguments of a call."""

    name: str
    fn: Callable[..., Any]
    args: tuple[Any, ...]


PROGRAMS: dict[str, Program] = {}
RAISING: dict[str, Raising] = {}
REFUSED: dict[str, Refused] = {}


def is_differentiable(value: Any) -> bool:
    """Whether every leaf of ``value`` is a float, a complex number or an array of them, and there is one; for objects,
    whether there is one."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(is_differentiable(v) for v in value)
    if isinstance(value, dict):
        return bool(value) and all(is_differentiable(v) for v in value.values())
    return bool(leaves(value))


def _name(fn: Callable[..., Any], taken: Any) -> str:
    stem = f"{fn.__module__.rpartition('.')[2]}.{fn.__name__.strip('<>')}"
    names = [stem, *(f"{stem}[{k}]" for k in range(1, 1000))]
    return next(name for name in names if name not in taken)


def program(*args: Any, argnums: tuple[int, ...] | None = None, tags: str = "") -> Callable[[Any], Any]:
    """Register the decorated function with sample ``args``; ``argnums``: by default all that can be differentiated."""

    def register(fn: Callable[..., Any]) -> Callable[..., Any]:
        nums = argnums if argnums is not None else tuple(i for i, a in enumerate(args) if is_differentiable(a))
        name = _name(fn, PROGRAMS)
        PROGRAMS[name] = Program(name, fn, args, nums, frozenset(tags.split()))
        return fn

    return register


def raises(*args: Any) -> Callable[[Any], Any]:
    """Register the decorated function as one that raises an exception for sample ``args``."""

    def register(fn: Callable[..., Any]) -> Callable[..., Any]:
        name = _name(fn, RAISING)
        RAISING[name] = Raising(name, fn, args)
        return fn

    return register


def refused(
    error: str, *args: Any, code: str | None = None, text: str = "", argnums: tuple[int, ...] | None = None
) -> Callable[[Any], Any]:
    """Register the decorated function as one that is refused with the class ``error`` of ``s2sad.errors``."""

    def register(fn: Callable[..., Any]) -> Callable[..., Any]:
        name = _name(fn, REFUSED)
        REFUSED[name] = Refused(name, fn, args, error, code, text, argnums)
        return fn

    return register
