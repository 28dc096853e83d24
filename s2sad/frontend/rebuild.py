"""Objects and tuples of the user's classes that a derivative returns, made of their parts without the class's own code.

    >>> import collections
    >>> Point = collections.namedtuple("Point", "x y")
    >>> tuple_kind(Point, 2) is Point, tuple_kind(tuple, 2)
    (True, 'tuple')
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from s2sad import runtime
from s2sad.ir.inert import is_of_a_named_tuple, is_written, look_in_class


def tuple_kind(cls: type, n: int) -> Any:
    """The kind of a ``Pack`` that is a tuple of a class: the class itself if calling it makes what it is given."""
    if cls is tuple:
        return "tuple"
    names = getattr(cls, "_fields", None) or tuple(f"item{k + 1}" for k in range(n))
    maker = look_in_class(cls, "__new__")
    own = not is_of_a_named_tuple(getattr(maker, "__func__", maker), "__new__") or (
        is_written(look_in_class(cls, "__init__")))
    return Rebuild(cls, names) if own else cls


@dataclass(frozen=True)
class Rebuild:
    """Makes an instance of a class from the values of its fields, without calling ``__init__``; a dict or tuple of a
    class of its own from its items."""

    cls: type
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "__name__", self.cls.__name__)
        object.__setattr__(self, "__qualname__", self.cls.__name__)

    def __call__(self, *values: Any) -> Any:
        if issubclass(self.cls, dict):
            return self.cls(zip(self.names, values))
        if issubclass(self.cls, tuple):
            return runtime.tuple_of(self.cls, values)
        made: Any = self.cls.__new__(self.cls)  # type: ignore[call-overload]
        for n, v in zip(self.names, values):
            object.__setattr__(made, n, v)
        return made
