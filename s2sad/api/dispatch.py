"""The short way from a call to its generated function: a test, made for the arguments of an earlier call, whether these
are of the same kinds and sizes.

It is one expression, because that is the fastest way to look at a few things in Python; what it compares with are its
globals, so one compiled expression serves every call of the same structure.

    >>> import numpy as np
    >>> like = fits_like((2.0, {"w": np.ones(3)}))
    >>> like(5.0, {"w": np.zeros(3)}), like(5.0, {"w": np.zeros(4)}), like(5.0, {"v": 1.0})
    (True, False, False)
"""
from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from s2sad.ir.kinds import is_long, is_record

PLAIN = frozenset((float, int, bool, complex, type(None)))
MOST_PARTS = 200
"""Arguments with more parts than this are looked up by their signature."""
MOST_OBJECTS = 8


class _NoTest(Exception):
    """The arguments have a part that is better looked up."""


def fits_like(args: tuple) -> Callable[..., bool] | None:
    """A test whether other arguments, of the same classes, have the signature and the sizes of these; None where there
    is no quick one."""
    made = _Test()
    try:
        tests = [t for k, x in enumerate(args) for t in made.of(f"a{k}", x, False)]
    except _NoTest:
        return None
    found = list(made.objects.values())
    tests += [f"{a} is not {b}" for k, a in enumerate(found) for b in found[:k]]
    names = ", ".join(f"a{k}" for k in range(len(args)))
    code = _compiled(names, " and ".join(tests) or "True")
    return types.FunctionType(code, made.constants)


@lru_cache(maxsize=512)
def _compiled(names: str, test: str) -> types.CodeType:
    module = compile(f"def fits({names}): return {test}", "<s2sad dispatch>", "exec")
    return next(c for c in module.co_consts if isinstance(c, types.CodeType))


class _Test:
    """``constants``: what the tests compare with, by name. ``objects``: expressions for the instances of classes, by
    identity; the signature tells whether two of them are one."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {"__builtins__": {"type": type, "len": len, "tuple": tuple}}
        self.objects: dict[int, str] = {}
        self.parts = 0

    def constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def of(self, place: str, x: Any, by_class: bool = True) -> Iterator[str]:
        """The tests of a value at a place; ``by_class``: also of its class."""
        cls: Any = type(x)
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise _NoTest
        if by_class:
            yield f"type({place}) is {self.constant(cls)}"
        if cls is np.ndarray:
            yield f"{place}.dtype is {self.constant(x.dtype)}"
            yield f"{place}.shape == {self.constant(x.shape)}"
        elif cls in PLAIN or isinstance(x, np.generic):
            return
        elif cls is str:
            yield f"{place} == {self.constant(x)}"
        elif cls is list and not is_long(x) or isinstance(x, tuple):
            yield f"len({place}) == {len(x)}"
            for k, v in enumerate(x):
                yield from self.of(f"{place}[{k}]", v)
        elif cls is dict:
            yield from self.items(place, x)
        elif isinstance(x, (types.FunctionType, types.BuiltinFunctionType, type)):
            yield f"{place} is {self.constant(x)}"
        elif is_record(x) and not any(getattr(c, "__slots__", ()) for c in cls.__mro__):
            twice = id(x) in self.objects
            if twice or len(self.objects) == MOST_OBJECTS or type(getattr(x, "__dict__", None)) is not dict:
                raise _NoTest
            self.objects[id(x)] = place
            yield from self.items(f"{place}.__dict__", x.__dict__)
        else:
            raise _NoTest

    def items(self, place: str, x: dict) -> Iterator[str]:
        """The tests of a dict: keys in order, then each value."""
        yield f"tuple({place}) == {self.constant(tuple(x))}"
        for key, v in x.items():
            plain = type(key) in (str, int)
            yield from self.of(f"{place}[{key!r}]" if plain else f"{place}[{self.constant(key)}]", v)
