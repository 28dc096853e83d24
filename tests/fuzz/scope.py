"""The types that generated programs are made of, and the names in scope.

A name keeps its type for life, so any two paths through a program agree on what a name is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Float:
    """A Python float or NumPy scalar."""


@dataclass(frozen=True)
class Int:
    """An integer with ``low <= value <= high``."""

    low: int
    high: int


@dataclass(frozen=True)
class Array:
    """An array. ``loose``: possibly a view (reshape, ravel): written through rarely, as that is refused."""

    shape: tuple[int, ...]
    loose: bool = False


@dataclass(frozen=True)
class List:
    """A list of at least ``least`` items; in the current block it may shrink to ``floor``."""

    item: Type
    least: int
    floor: int = 0


@dataclass(frozen=True)
class Tuple:
    items: tuple[Type, ...]


@dataclass(frozen=True)
class Dict:
    items: tuple[tuple[str, Type], ...]


@dataclass(frozen=True)
class Object:
    """An instance of a class of the module: its fields, and the shape that its array field and methods have."""

    cls: str
    fields: tuple[tuple[str, Type], ...]


@dataclass(frozen=True)
class Function:
    """A function that is called with positional arguments; ``result`` is None for one that only writes."""

    params: tuple[Type, ...]
    names: tuple[str, ...]
    result: Type | None


Type = Float | Int | Array | List | Tuple | Dict | Object | Function


@dataclass
class Scope:
    """The names a statement may use. ``loops`` is the loop depth, ``result`` what ``return`` must give."""

    names: dict[str, Type] = field(default_factory=dict)
    result: Type | None = None
    loops: int = 0
    frozen: frozenset[str] = frozenset()

    def child(self, loop: bool = False) -> Scope:
        """The scope of a nested block: lists may not shrink below what they have here."""
        names = {k: List(t.item, t.least, t.least) if isinstance(t, List) else t for k, t in self.names.items()}
        return Scope(names, self.result, self.loops + loop, self.frozen)

    def join(self, *ends: Scope) -> None:
        """Keep what is defined with one type on every path that reaches here."""
        for name in [k for e in ends for k in e.names if k not in self.names]:
            types = [e.names.get(name) for e in ends]
            if types[0] is not None and all(t == types[0] for t in types):
                self.names[name] = types[0]
        for name, old in list(self.names.items()):
            if isinstance(old, List) and all(name in e.names for e in ends):
                least = min(e.names[name].least for e in ends)  # type: ignore[union-attr]
                self.names[name] = List(old.item, least, old.floor)

    def values(self) -> Iterator[tuple[str, Type]]:
        """Expressions that name a value: variables and items of containers."""
        for name, t in self.names.items():
            yield name, t
            if isinstance(t, Tuple):
                yield from ((f"{name}[{i}]", item) for i, item in enumerate(t.items))
            elif isinstance(t, Dict):
                yield from ((f'{name}["{key}"]', item) for key, item in t.items)
            elif isinstance(t, Object):
                yield from ((f"{name}.{field}", item) for field, item in t.fields)
            elif isinstance(t, List) and t.least:
                yield f"{name}[-1]", t.item
                yield f"{name}[0]", t.item

    def arrays(self, shape: tuple[int, ...] | None = None) -> list[tuple[str, tuple[int, ...]]]:
        return [(e, t.shape) for e, t in self.values() if isinstance(t, Array) and shape in (None, t.shape)]

    def of(self, kind: type) -> list[str]:
        """The variables of one kind of type."""
        return [name for name, t in self.names.items() if isinstance(t, kind)]


class Chance:
    """Draws from a random source, which hypothesis may control."""

    def __init__(self, source: random.Random) -> None:
        self.source = source

    def flip(self, probability: float) -> bool:
        return self.source.randrange(1000) < 1000 * probability

    def below(self, n: int) -> int:
        return self.source.randrange(n)

    def one(self, options):  # type: ignore[no-untyped-def]
        return options[self.source.randrange(len(options))]

    def weighted(self, options):  # type: ignore[no-untyped-def]
        """One of ``(weight, value)``; the first is what a draw shrinks to."""
        k = self.source.randrange(sum(w for w, _ in options))
        for weight, value in options:
            k -= weight
            if k < 0:
                return value
        raise AssertionError
