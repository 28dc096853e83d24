"""When two arguments are certainly the same value: one key for all who ask.

Constants are compared by type and exact value (``0.0`` is not ``-0.0``, ``1`` is neither ``1.0`` nor ``True``, nan is
nan), what has no plain value by identity.

    >>> from s2sad.ir import Const, Pack, Var
    >>> x = Var("x")
    >>> same(Pack("tuple", (x, Const(1))), Pack("tuple", (x, Const(1)))), same(Const(1), Const(True))
    (True, False)
"""
from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from s2sad.ir import Arg, Pack, Var


def same(a: Arg, b: Arg) -> bool:
    """Whether two arguments are certainly the same value."""
    return a is b or (type(a) is type(b) and key(a) == key(b))


def key(arg: Arg) -> Hashable:
    """Equal for arguments that certainly have the same value."""
    if type(arg) is Var:
        return arg
    if type(arg) is Pack:
        return arg.kind, tuple(map(key, arg.items)), tuple(map(value_key, arg.keys))
    return value_key(arg.value)  # type: ignore[union-attr]


def value_key(value: Any) -> Hashable:
    """Equal for plain values of one type that are the same, and for one object."""
    kind = type(value)
    if kind is float:
        return float, value.hex()
    if kind is complex:
        return complex, value.real.hex(), value.imag.hex()
    if kind in (int, bool, str, bytes, type(None)):
        return kind, value
    if kind in (tuple, slice):
        parts = value if kind is tuple else (value.start, value.stop, value.step)
        return kind, tuple(map(value_key, parts))
    return id, id(value)
