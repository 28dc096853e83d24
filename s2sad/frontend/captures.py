"""Names, and what a function finds outside itself: captured objects as values, guarded against change.

Before: ``x * RATE`` with the global ``RATE = 0.5``.  After: ``mul(x, 0.5)``, and a guard that ``RATE`` is what it was.
"""
from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.facts.arguments import fact_of
from s2sad.facts.tried import is_plain
from s2sad.frontend.values import (
    Buffer,
    Frame,
    Items,
    Iteration,
    Slice,
    Table,
    Tup,
    Unbound,
    Value,
    const,
)
from s2sad.ir import Const, Fact
from s2sad.ir.facts import OTHER_ARRAYS, UNSET
from s2sad.ir.inert import compares_by_identity, is_a, written_method

FIXED_MODULES = ("numpy", "scipy", "math", "cmath", "operator", "itertools", "functools", "builtins")
LITERALS = (int, float, complex, str, bytes, bool, type(None), type(Ellipsis))


def _freeze(value: Any) -> Any:
    """A value that is equal later exactly if the container has the same contents."""
    if type(value) in (list, tuple):
        return (type(value), *(_freeze(v) for v in value))
    if type(value) is dict:
        return (dict, *((k, _freeze(v)) for k, v in value.items()))
    return (type(value), value) if type(value) in (float, int, str, bool, complex) else id(value)


def is_key(value: Any) -> bool:
    """Whether comparing a value with others runs no code of the user's."""
    if type(value) is tuple:
        return all(map(is_key, value))
    return is_plain(value) or compares_by_identity(value)


class Captures:
    """The part of the lowerer for names."""

    frames: list[Frame]

    def expr_Name(self, node: Any, hint: str) -> Value:
        value = self.lookup(node.id)
        if isinstance(value, Unbound):
            self.loc = self.at(node)
            raise self.unbound(value, node.id)
        return self.bound(value, node.id)

    def lookup(self, name: str) -> Value:
        """The value of a name: local, of an enclosing function, captured, global or builtin."""
        frame: Frame | None = self.frames[-1]
        while frame is not None:
            if name in frame.env:
                return frame.env[name]
            if name in frame.local_names:
                return Unbound(f"`{name}` has no value on this path")
            if name in frame.closure:
                cell = frame.closure[name]
                return self.capture_cell(cell, name)
            if frame.parent is None:
                break
            frame = frame.parent
        scope = frame.globals if frame is not None else {}
        module = self.modules.get(id(scope))
        if module is not None and name in module.env:
            return module.env[name]
        if name in scope:
            value = scope[name]
            self.guard(("global", id(scope), name), lambda: scope.get(name, UNSET), value)
            return self.capture_outside(value, name, name)
        if hasattr(builtins, name):
            return const(getattr(builtins, name))
        return Unbound(f"the name `{name}` is not defined")

    def capture_cell(self, cell: Any, name: str) -> Value:
        try:
            value = cell.cell_contents
        except ValueError:
            return Unbound(f"the closure variable `{name}` has no value yet")

        def now() -> Any:
            return cell.cell_contents
        self.guard(("cell", id(cell)), now, value)
        return self.capture_outside(value, name, name)

    def guard(self, key: Any, now: Callable[[], Any], value: Any) -> None:
        """Generated code stays valid only while ``now()`` is ``value``."""
        if key in self.guarded:
            return
        self.guarded.add(key)
        if is_a(value, types.ModuleType):
            return
        if type(value) in (list, tuple, dict):
            seen = _freeze(value)
            self.guards.append(lambda: _freeze(now()) == seen)
        elif type(value) in (float, int, str, bool, complex):
            self.guards.append(lambda: (v := now()) is value or (type(v) is type(value) and v == value))
        else:
            self.guards.append(lambda: now() is value)

    def capture_outside(self, value: Any, name: str | None, label: str) -> Value:
        """A captured object that must not be changed: a derivative call changes nothing outside."""
        captured = self.capture(value, name)
        for cell in self.cells_of(captured):
            self.outside.setdefault(cell, label)
        return captured

    def capture(self, value: Any, name: str | None) -> Value:
        """A Python object from outside the function as an abstract value."""
        if is_a(value, np.ndarray) and not is_a(value, OTHER_ARRAYS):
            if id(value) not in self.captured:
                arg = Const(value, name or "captured")
                self.captured[id(value)] = self.outer_ref(Buffer(arg, fact_of(arg)))
                self.keep.append(value)
            return self.captured[id(value)]
        if type(value) in (list, dict) or (is_a(value, tuple) and written_method(
                type(value), "__iter__", "__getitem__", "__len__") is None):
            return self.capture_container(value, name)
        if is_a(value, slice):
            return Slice(tuple(const(p) for p in (value.start, value.stop, value.step)))
        if is_a(value, np.generic) or type(value) in (float, int, complex, bool):
            return const(value, name)
        if value is None or is_a(value, (str, bool)):
            return const(value)
        if is_a(value, range):
            parts = tuple(const(p) for p in (value.start, value.stop, value.step))
            return Iteration("range", parts, None, const(value, name))
        return const(value, name)

    def capture_container(self, value: Any, name: str | None) -> Value:
        if id(value) in self.captured:
            return self.captured[id(value)]
        self.keep.append(value)
        if type(value) in (list, tuple) and len(value) > 32 and all(type(v) in (float, int) for v in value):
            made: Value = const(value, name)
            if type(value) is list:
                fact = Fact("list", item=Fact("float") if all(type(v) is float for v in value) else Fact("number"))
                made = self.outer_ref(Buffer(Const(value, name), fact))
            return made
        label = name or "captured"
        if type(value) is dict and not all(is_key(k) for k in value):
            return const(value, name)
        if type(value) is dict:
            values = tuple(self.capture(v, f"{label}_{k}" if str(k).isidentifier() else label) for k,
                           v in value.items())
            made = self.outer_ref(Table(tuple(value), values))
        else:
            values = tuple(self.capture(v, None if isinstance(v, LITERALS) else f"{label}_{k}")
                           for k, v in enumerate(value))
            made = self.outer_ref(Items(values)) if type(value) is list else Tup(values, type(value))
        self.captured[id(value)] = made
        return made
