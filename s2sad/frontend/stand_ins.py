"""Classes in the place of those of the library that are written in C: inlined like a user's.

Their instances are what a container made in the function is while it is lowered; nothing of them is left at run time
but lists, and for a dict whose keys are computed the places of the keys.

Before: ``q = deque([x]); q.append(y); q.popleft()``.  After: the list ``[x, y]``, and its first item taken off.
"""
from __future__ import annotations

import collections
from collections.abc import Iterator
from typing import Any

from s2sad import runtime
from s2sad.frontend.values import Inside, Kwargs, Value


class _Empty(Inside):
    """``empty()``: a new dict of places, which exists at run time."""

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        return lowerer.emit(dict, (), hint="places")


empty: Any = _Empty()


class SequenceIterator:
    """``iter(items)`` of a sequence, where it is read in more than one place."""

    def __init__(self, items: Any) -> None:
        self.items = items
        self.at = 0

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if self.at >= len(self.items):
            raise StopIteration
        self.at += 1
        return self.items[self.at - 1]


class Deque:
    """``collections.deque``."""

    def __init__(self, iterable: Any = (), maxlen: int | None = None) -> None:
        self.items: list = []
        self.maxlen = maxlen
        self.extend(iterable)

    def append(self, x: Any) -> None:
        if self.maxlen is None:
            self.items.append(x)
        elif self.maxlen > 0:
            if len(self.items) >= self.maxlen:
                self.items.pop(0)
            self.items.append(x)

    def appendleft(self, x: Any) -> None:
        if self.maxlen is None:
            self.items.insert(0, x)
        elif self.maxlen > 0:
            if len(self.items) >= self.maxlen:
                self.items.pop()
            self.items.insert(0, x)

    def extend(self, iterable: Any) -> None:
        for x in iterable:
            self.append(x)

    def extendleft(self, iterable: Any) -> None:
        for x in iterable:
            self.appendleft(x)

    def __iadd__(self, iterable: Any) -> Any:
        self.extend(iterable)
        return self

    def pop(self) -> Any:
        return self.items.pop()

    def popleft(self) -> Any:
        return self.items.pop(0)

    def insert(self, k: int, x: Any) -> None:
        self.items.insert(k, x)

    def remove(self, x: Any) -> None:
        self.items.remove(x)

    def clear(self) -> None:
        self.items.clear()

    def reverse(self) -> None:
        self.items.reverse()

    def rotate(self, n: int = 1) -> None:
        if len(self.items) > 0:
            k = n % len(self.items)
            self.items = self.items[len(self.items) - k:] + self.items[:len(self.items) - k]

    def index(self, x: Any) -> int:
        return self.items.index(x)

    def count(self, x: Any) -> int:
        return self.items.count(x)

    def copy(self) -> Any:
        return Deque(self.items, self.maxlen)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator:
        return iter(self.items)

    def __getitem__(self, k: int) -> Any:
        return self.items[k]

    def __setitem__(self, k: int, x: Any) -> None:
        self.items[k] = x

    def __contains__(self, x: Any) -> bool:
        return x in self.items


class RunTimeDict:
    """A dict with keys that are computed: ``slots[places[key]]`` is the value of a key; ``missing`` makes the value of
    one that is not there (``defaultdict``)."""

    def __init__(self, missing: Any = None) -> None:
        self.places = empty()
        self.slots: list = []
        self.missing = missing

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in self.places:
            self.slots[runtime.place_of(self.places, key)] = value
        else:
            self.places[key] = len(self.slots)
            self.slots.append(value)

    def __getitem__(self, key: Any) -> Any:
        if self.missing is not None and key not in self.places:
            self[key] = self.missing()
        return self.slots[runtime.place_of(self.places, key)]

    def get(self, key: Any, default: Any = None) -> Any:
        return self.slots[runtime.place_of(self.places, key)] if key in self.places else default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self.places:
            self[key] = default
        return self.slots[runtime.place_of(self.places, key)]

    def update(self, other: Any = None, **given: Any) -> None:
        if other is not None:
            for key, value in (other.items() if hasattr(other, "items") else other):
                self[key] = value
        for key, value in given.items():
            self[key] = value

    def copy(self) -> Any:
        made = RunTimeDict(self.missing)
        for key, value in self.items():
            made[key] = value
        return made

    def __contains__(self, key: Any) -> bool:
        return key in self.places

    def __len__(self) -> int:
        return len(self.slots)

    def __or__(self, other: Any) -> Any:
        made = self.copy()
        made.update(other)
        return made

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def keys(self) -> list:
        return runtime.keys_of(self.places)

    def values(self) -> list:
        return self.slots

    def items(self) -> Iterator:
        return zip(runtime.keys_of(self.places), self.slots)

    def __iter__(self) -> Iterator:
        return iter(runtime.keys_of(self.places))


class Chained:
    """``collections.ChainMap`` of dicts."""

    def __init__(self, *maps: Any) -> None:
        self.maps = [*maps] if maps else [{}]

    def __getitem__(self, key: Any) -> Any:
        for table in self.maps:
            if key in table:
                return table[key]
        raise KeyError(key)

    def get(self, key: Any, default: Any = None) -> Any:
        for table in self.maps:
            if key in table:
                return table[key]
        return default

    def __setitem__(self, key: Any, value: Any) -> None:
        self.maps[0][key] = value

    def __contains__(self, key: Any) -> bool:
        return any(key in table for table in self.maps)

    def merged(self) -> dict:
        """All keys, as ``ChainMap`` orders them."""
        found: dict = {}
        for table in reversed(self.maps):
            found.update(table)
        return found

    def __len__(self) -> int:
        return len(self.merged())

    def __iter__(self) -> Iterator:
        return iter(self.merged())

    def keys(self) -> Any:
        return self.merged().keys()

    def values(self) -> Any:
        return [self[key] for key in self.merged()]

    def items(self) -> Any:
        return [(key, self[key]) for key in self.merged()]

    def new_child(self, m: Any = None) -> Any:
        return Chained({} if m is None else m, *self.maps)

    @property
    def parents(self) -> Any:
        return Chained(*self.maps[1:])


def from_pairs(pairs: Any) -> dict:
    """``dict(pairs)``."""
    made: dict = {}
    for key, value in pairs:
        made[key] = value
    return made


STAND_INS: dict[type, type] = {collections.deque: Deque, collections.ChainMap: Chained}
"""What is made where the program makes an instance of a class."""
STANDS_FOR = {Deque: collections.deque, RunTimeDict: dict, Chained: collections.ChainMap}
"""The classes whose instances they are for the program."""
