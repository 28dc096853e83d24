"""The kinds of the arguments of a call: what generated code is specialised for, and all that building it knows of them.

The structure and kinds (dtype and number of dimensions of arrays, which of them are 0 or 1, and which are equal), never
values or other sizes. Strings, None, functions and classes count as static: they are part of it with their value. Calls
whose kinds are equal run the same code.

    >>> import numpy as np
    >>> kinds_of((2.0, np.ones((3, 1)))) == kinds_of((5.0, np.ones((7, 1))))
    True
    >>> kinds_of((2.0,)) == kinds_of((2,))
    False
"""
from __future__ import annotations

import enum
import types
from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np

from s2sad.errors import ArgumentError
from s2sad.ir.facts import OTHER_ARRAYS, RANDOM
from s2sad.ir.inert import MISSING, instance_dict, is_a, is_of_the_user, look_in_class, slot_of

SCALARS = (float, int, bool, complex)
LONG_LIST = 64


class ArrayKind(NamedTuple):
    """An array; ``sizes`` has 0 or 1 where a dimension is that, else a number, the same for equal sizes of a call."""

    cls: type
    dtype: Any
    sizes: tuple[int, ...]


class LongKind(NamedTuple):
    """A long list of numbers of one class, which is not taken apart."""

    cls: type
    item: type


class SequenceKind(NamedTuple):
    """A list or tuple, item by item."""

    cls: Any
    parts: tuple[Kind, ...]


class DictKind(NamedTuple):
    cls: type
    keys: tuple[Any, ...]
    parts: tuple[Kind, ...]


class RecordKind(NamedTuple):
    """An object of a Python class, field by field; ``number`` names it in ``AgainKind``."""

    cls: type
    number: int
    names: tuple[str, ...]
    parts: tuple[Kind, ...]


class AgainKind(NamedTuple):
    """The object that has been met under this number."""

    cls: type
    number: int


class StaticKind(NamedTuple):
    """What is part of the generated code with its value."""

    cls: type
    held: Any

    @property
    def value(self) -> Any:
        return self.held.value if type(self.held) is Identical else self.held


class Identical:
    """A value that has no hash, equal to itself alone."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return type(other) is Identical and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


Kind = type | ArrayKind | LongKind | SequenceKind | DictKind | RecordKind | AgainKind | StaticKind
"""Of a number, None or a generator of random numbers it is the class."""


class Kinds(NamedTuple):
    """The kinds of the arguments of a call; the last of them are those of the keywords ``names``."""

    parts: tuple[Kind, ...]
    names: tuple[str, ...] = ()


def kinds_of(args: tuple, kwargs: Mapping[str, Any] = types.MappingProxyType({})) -> Kinds:
    """The kinds of some arguments.

    Raises
    ------
    ArgumentError
        For an array that is not NumPy's, or whose operators mean something else.
    """
    numbers: dict[Hashable, int] = {0: 0, 1: 1}
    given = (*args, *kwargs.values()) if kwargs else args
    return Kinds(tuple([type(x) if type(x) in _PLAIN else _kind(x, numbers) for x in given]), tuple(kwargs))


_PLAIN = frozenset((float, int, bool, complex, type(None)))


def _kind(x: Any, numbers: dict[Hashable, int]) -> Kind:
    """The kind of a value; ``numbers`` are those of sizes and of objects."""
    kind: Any = type(x)
    if kind in _PLAIN:
        return kind
    if is_a(x, np.ndarray):
        if is_a(x, OTHER_ARRAYS):
            raise _foreign(x)
        return ArrayKind(kind, x.dtype, tuple([numbers.setdefault(n, len(numbers) + 1) for n in x.shape]))
    if is_a(x, np.generic):
        return kind if kind.__module__ == "numpy" and np.dtype(kind) == x.dtype else ArrayKind(kind, x.dtype, ())
    if is_a(x, (list, tuple)):
        if is_long(x):
            return LongKind(kind, type(x[0]))
        return SequenceKind(kind, tuple([_kind(v, numbers) for v in x]))
    if kind is dict:
        return DictKind(kind, tuple(x), tuple([_kind(v, numbers) for v in x.values()]))
    if hasattr(kind, "__array_function__"):
        raise _foreign(x)
    if is_record(x):
        known = len(numbers)
        number = numbers.setdefault((id(x),), known + 1)
        if number <= known:
            return AgainKind(kind, number)
        named = fields_of(x)
        return RecordKind(kind, number, tuple(named), tuple([_kind(v, numbers) for v in named.values()]))
    if kind in RANDOM.values():
        return kind
    try:
        hash(x)
    except (TypeError, ValueError):  # a memoryview that can be written to has no hash either
        return StaticKind(kind, Identical(x))
    return StaticKind(kind, x)


def _foreign(x: Any) -> ArgumentError:
    kind = f"{type(x).__module__.partition('.')[0]}.{type(x).__qualname__}"
    return ArgumentError("S2S006", f"an argument is an array of class `{kind}`, not of `np.ndarray`",
                         hint="make it one: `np.asarray(x)`")


def is_like_an_array(x: Any) -> bool:
    """Whether a value is an array of another package, which NumPy can make one of its own of."""
    return not is_a(x, (np.ndarray, np.generic)) and is_of_the_user(type(x)) and any(
        look_in_class(type(x), name) not in (MISSING, None)
        for name in ("__array_ufunc__", "__array_namespace__", "__dlpack__"))


def is_long(x: Any) -> bool:
    """Whether a list is long and of one kind of number, so that it is not taken apart item by item."""
    return type(x) is list and len(x) > LONG_LIST and type(x[0]) in (float, int) and all(type(v) is type(x[0])
                                                                                         for v in x)


def is_record(x: Any) -> bool:
    """Whether a value is an instance of a Python class whose fields can be taken apart."""
    cls = type(x)
    if is_a(x, (type, types.FunctionType, types.ModuleType, types.MethodType, types.BuiltinFunctionType, str,
                      bytes, enum.Enum)) or cls in RANDOM.values():
        return False
    home = cls.__module__.split(".")
    if home[0] in ("builtins", "numpy", "s2sad", "functools") and home[:2] != ["s2sad", "nn"]:
        return False
    return look_in_class(cls, "__dict__") is not MISSING or look_in_class(cls, "__slots__") is not MISSING


def fields_of(x: Any) -> dict[str, Any]:
    """The fields of an instance, by name."""
    named = dict(instance_dict(x))
    for cls in type(x).__mro__:
        slots = getattr(cls, "__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            found = slot_of(x, name)
            if found is not MISSING and name not in ("__dict__", "__weakref__"):
                named[name] = found
    return named
