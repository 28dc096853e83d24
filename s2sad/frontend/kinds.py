"""What is known of a value now: its class, its truth, its items, the constant that it is.

Before: ``if x is not None and len(shape) == 2``.  After: nothing, where the arguments tell; the test is gone.
"""
from __future__ import annotations

import collections
import itertools
import types
from typing import Any

import numpy as np

from s2sad.facts.tried import is_plain
from s2sad.frontend.stand_ins import STANDS_FOR
from s2sad.frontend.values import (
    Atom,
    Bound,
    Closure,
    Default,
    Fields,
    Generator,
    Items,
    Iteration,
    Lazy,
    Method,
    Ref,
    Slice,
    Table,
    Tup,
    Value,
    static,
)
from s2sad.ir import Const
from s2sad.ir.facts import RANDOM, UNSET
from s2sad.ir.inert import MISSING, asks_python, look_in_class


def truth_of(x: Any) -> bool | None:
    """``bool(x)``, None if that runs code of the user's, or raises."""
    if not is_plain(x):
        cls = type(x)
        certain = all(look_in_class(cls, name) is MISSING for name in ("__bool__", "__len__"))
        return True if certain and not asks_python(x) else None
    try:
        return bool(x)
    except Exception:
        return None


class Kinds:
    """The part of the lowerer that answers questions about values without emitting anything."""

    heap: dict[int, Any]
    constants: dict[Any, Any]

    def class_of(self, value: Value) -> type | None:
        """The Python class of a value, None if it is not known."""
        match value:
            case Tup():
                return value.cls
            case Ref() if not value.path and isinstance(self.heap[value.cell], Fields):
                cls = self.heap[value.cell].cls
                return STANDS_FOR.get(cls, cls)
            case Ref() if not value.path and isinstance(self.heap[value.cell], Table):
                kind = self.heap[value.cell].cls
                return collections.defaultdict if isinstance(kind, Default) else kind
            case Ref() if not value.path and value.cell in self.tuples:
                return tuple
            case Slice():
                return slice
            case Closure():
                return types.FunctionType
            case Bound():
                return types.MethodType
            case Iteration(kind="range"):
                return range
            case Generator():
                return types.GeneratorType
            case Lazy(fn=fn) if isinstance(fn, type) and fn is not itertools.chain:
                return fn
        if static(value) is not UNSET:
            return type(static(value))
        fact = self.fact(value)
        if fact.kind == "scalar" and fact.dtype is not None:
            return fact.dtype.type
        return {"float": float, "int": int, "bool": bool, "complex": complex, "array": np.ndarray, "list": list,
                "dict": dict,
                "str": str, "none": type(None), "range": range, "tuple": tuple, **RANDOM}.get(fact.kind)

    def python_value(self, value: Value) -> Any:
        """A value as the Python object that it is; an error if it is known only at run time."""
        if isinstance(value, Tup):
            return tuple(self.python_value(v) for v in value.items)
        items = self.literal_items(value)
        if items is not None:
            return [self.python_value(v) for v in items]
        known = static(value)
        if known is UNSET:
            raise self.unsupported("an option that is known only at run time")
        return known

    def constant_of(self, value: Value) -> Any:
        """The compile-time constant that a value is, containers included."""
        items = self.literal_items(value)
        if items is not None:
            return (tuple if isinstance(value, Tup) else list)(self.constant_of(v) for v in items)
        known = static(value)
        if known is UNSET:
            raise self.unsupported(f"{self.describe(value)} must be known before the function runs", code="S2S011")
        return known

    def may_vary(self, value: Value) -> bool:
        """Whether a value may be, or hold, something that is differentiated."""
        items = self.literal_items(value)
        if items is not None:
            return any(self.may_vary(v) for v in items)
        if isinstance(value, Ref) and isinstance(self.heap[value.cell], (Fields, Table)):
            return any(self.may_vary(v) for v in self.heap[value.cell].values)
        return static(value) is UNSET and isinstance(value, (Atom, Ref)) and not self.fact(value).is_discrete

    def truth(self, value: Value) -> bool | None:
        """Whether a value counts as true, if that is known now."""
        match value:
            case Atom():
                known = value.arg.value if isinstance(value.arg, Const) else self.constants.get(value.arg, value.value)
                if not value.is_static and not isinstance(known, (bool, np.generic)):
                    return None
                return truth_of(known)
            case Tup():
                return bool(value.items)
            case Ref() if not value.path:
                cell = self.heap[value.cell]
                if isinstance(cell, Items):
                    return bool(cell.values)
                if isinstance(cell, Table):
                    return bool(cell.keys)
                if isinstance(cell, Fields):
                    return True if self.find_special(value, "__bool__") is None and self.find_special(
                        value, "__len__") is None else None
                return None
            case Closure() | Bound() | Method() | Generator() | Lazy():
                return True
        return None

    def same_object(self, left: Value, right: Value) -> bool | None:
        """``left is right`` if that is known now."""
        if isinstance(left, Ref) and isinstance(right, Ref) and left == right and not left.path:
            return True
        a, b = static(left), static(right)
        if a is not UNSET and b is not UNSET:
            return a is b
        cells = [self.heap.get(v.cell) if isinstance(v, Ref) and not v.path else None for v in (left, right)]
        if all(isinstance(c, (Items, Table, Fields)) for c in cells) and not (
                self.shared_with(left.cell, self.heap) & self.shared_with(right.cell, self.heap)):
            return False
        for x, y in ((left, right), (right, left)):
            known, cls = static(x), self.class_of(y)
            if known is not UNSET and cls is not None and not isinstance(known, cls):
                return False
            if known is None and self.fact(y).kind != "unknown":
                return False
        return None

    def literal_items(self, value: Value) -> tuple[Value, ...] | None:
        """The items of a tuple or list of known structure."""
        if isinstance(value, Tup):
            return value.items
        if isinstance(value, Ref) and not value.path and isinstance(self.heap[value.cell], Items):
            return self.heap[value.cell].values
        return None
