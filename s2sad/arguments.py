"""What the arguments of a call are, in words and as tests: generated code is right for arguments of these kinds.

    >>> import numpy as np
    >>> for item in describe(("x", "w"), (2.0, {"A": np.ones((3, 1))})):
    ...     print(item.text)
    x: float
    w: dict with 'A'
    w['A']: float64[n, 1]

It follows ``ir.kinds``: values and sizes do not count, except that a size is 0 or 1 and that sizes are equal.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.ir.facts import RANDOM
from s2sad.ir.inert import is_a, is_of_the_user
from s2sad.ir.kinds import SCALARS, fields_of, is_long, is_record

LETTERS = "nmklpqrst"
PLAIN = (str, bytes, int, float, complex, bool, type(None), type(...))


@dataclass(frozen=True)
class Item:
    """One part of the arguments.

    ``place`` is an expression for it, ``text`` says what it is, ``test`` is an expression that is true if a value at
    this place is of this kind. ``kind`` is "array", "container" (a list or dict), "object" or "" (all else).
    """

    place: str
    text: str
    test: str
    kind: str = ""


def describe(names: Sequence[str], args: Sequence[Any]) -> tuple[Item, ...]:
    """The parts of some arguments, outer ones first.

    Parameters
    ----------
    names : sequence of str
        The parameters.
    args : sequence
        Their values. No reference to them is kept.

    Returns
    -------
    tuple of Item
    """
    found = _Description()
    return tuple(item for name, x in zip(names, args) for item in found.items(name, x))


class _Description:
    def __init__(self) -> None:
        self.sizes: dict[int, tuple[str, str]] = {}
        self.objects: dict[int, tuple[str, type]] = {}

    def items(self, place: str, x: Any) -> Iterator[Item]:
        """The items of one value."""
        cls: Any = type(x)
        if cls in SCALARS:
            same = "isinstance({}, {})" if cls in (float, complex) else "type({}) is {}"  # NumPy's are such numbers too
            yield Item(place, f"{place}: {cls.__name__}", same.format(place, cls.__name__))
        elif is_a(x, np.ndarray):
            yield self.array(place, x)
        elif is_a(x, np.generic):
            yield Item(place, f"{place}: np.{cls.__name__}", f"type({place}).__name__ == {cls.__name__!r}")
        elif is_long(x):
            kind = type(x[0]).__name__
            yield Item(place, f"{place}: list of many numbers of type {kind}",
                       f"type({place}) is list and all(type(v) is {kind} for v in {place})", "container")
        elif is_a(x, (list, tuple)):
            yield from self.sequence(place, x)
        elif cls is dict:
            keys = ", ".join(repr(k) if type(k) in PLAIN else type(k).__name__ for k in x)
            yield Item(place, f"{place}: dict with {keys}" if x else f"{place}: empty dict",
                       f"type({place}) is dict and set({place}) == {{{keys}}}" if x else
                       f"type({place}) is dict and not {place}", "container")
            for key, v in x.items():
                yield from self.items(f"{place}[{key!r}]", v)
        elif is_record(x):
            yield from self.record(place, x)
        else:
            yield _constant(place, x)

    def array(self, place: str, x: np.ndarray) -> Item:
        plain = type(x) is np.ndarray
        tests = [f"type({place}) is np.ndarray" if plain else f"type({place}).__name__ == {type(x).__name__!r}",
                 f"{place}.dtype == {_dtype(x)!r}",
                 f"{place}.ndim == {x.ndim}"]
        letters = []
        for k, n in enumerate(x.shape):
            here = f"{place}.shape[{k}]"
            if n < 2:
                letters.append(str(n))
                tests.append(f"{here} == {n}")
            elif n in self.sizes:
                letters.append(self.sizes[n][0])
                tests.append(f"{here} == {self.sizes[n][1]}")
            else:
                known = len(self.sizes)
                letter = LETTERS[known] if known < len(LETTERS) else f"n{known}"
                self.sizes[n] = (letter, here)
                letters.append(letter)
                tests.append(f"{here} > 1")
        return Item(place, f"{place}: {x.dtype.name}[{', '.join(letters)}]", " and ".join(tests), "array")

    def sequence(self, place: str, x: Any) -> Iterator[Item]:
        name, fields = type(x).__name__, getattr(x, "_fields", None)
        if fields is not None:
            text = f"{name} with {', '.join(fields)}"
            test = f"type({place}).__name__ == {name!r} and {place}._fields == {fields!r}"
        else:
            text = f"{name} of {len(x)}"
            test = f"type({place}).__name__ == {name!r} and len({place}) == {len(x)}"
        yield Item(place, f"{place}: {text}", test, "container" if isinstance(x, list) else "")
        for k, v in enumerate(x):
            yield from self.items(f"{place}[{k}]", v)

    def record(self, place: str, x: Any) -> Iterator[Item]:
        name = type(x).__name__
        if id(x) in self.objects:
            first = self.objects[id(x)][0]
            yield Item(place, f"{place}: the same object as {first}", f"{place} is {first}", "object")
            return
        named = fields_of(x)
        tests = [f"type({place}).__name__ == {name!r}", *(f"hasattr({place}, {k!r})" for k in named)]
        tests += [f"{place} is not {other}" for other, cls in self.objects.values() if cls is type(x)]
        self.objects[id(x)] = place, type(x)
        text = f"{name} with {', '.join(named)}" if named else name
        yield Item(place, f"{place}: {text}", " and ".join(tests), "object")
        for key, v in named.items():
            yield from self.items(f"{place}.{key}", v)


def _dtype(x: np.ndarray) -> str:
    return x.dtype.name if x.dtype.kind in "biufc" else x.dtype.str


def _constant(place: str, x: Any) -> Item:
    """What is part of the generated code with its value: a string, None, a function."""
    if x is None or x is ...:
        return Item(place, f"{place}: {x}", f"{place} is {x}")
    if type(x) in PLAIN:
        return Item(place, f"{place}: {x!r}", f"{place} == {x!r}")
    name = None if is_of_the_user(type(x)) else getattr(x, "__qualname__", getattr(x, "__name__", None))
    if isinstance(name, str):
        return Item(place, f"{place}: the function or class {name}",
                    f"getattr({place}, '__qualname__', getattr({place}, '__name__', None)) == {name!r}")
    name = type(x).__name__
    if type(x) in RANDOM.values():
        return Item(place, f"{place}: {name}", f"type({place}).__name__ == {name!r}")
    return Item(place, f"{place}: the {name} that it was made with", f"type({place}).__name__ == {name!r}")
