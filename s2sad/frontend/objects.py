"""Instances of user classes: attributes, methods, properties, special methods, ``super()``.

Before: ``self.state = self.F @ self.state``.  After: the field ``state`` of a known object is another value.
"""
from __future__ import annotations

import dataclasses
import functools
import operator
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.facts.infer import infer
from s2sad.frontend.sets import is_record_dict
from s2sad.frontend.values import (
    FALSE,
    Bound,
    Buffer,
    Closure,
    Fields,
    Frame,
    Generator,
    Iteration,
    Kwargs,
    Lazy,
    Ref,
    Super,
    Table,
    Unbound,
    Value,
    const,
    static,
)
from s2sad.ir import Arg, Const, Var
from s2sad.ir.inert import MISSING, look, look_in_class, resolve


def is_compiled(found: Any) -> bool:
    """Whether what a class has is a descriptor that compiled code reads the attribute with: it is not the value."""
    getter = look_in_class(type(found), "__get__")
    return getter is not MISSING and type(getter) is not types.FunctionType


def is_slot(found: Any) -> bool:
    """Whether what a class has is one of its ``__slots__``."""
    return isinstance(found, types.MemberDescriptorType) and "__slots__" in vars(found.__objclass__)


def _init_nothing(*args: Any, **kwargs: Any) -> None:
    """``object.__init__``."""


class Objects:
    """The part of the lowerer for instances of user classes."""

    frames: list[Frame]
    heap: dict[int, Any]
    originals: dict[int, Arg]

    def is_object(self, value: Value) -> bool:
        """Whether a value is an instance of a user class."""
        return isinstance(value, Ref) and not value.path and isinstance(self.heap[value.cell], Fields)

    def is_record(self, value: Value) -> bool:
        """Whether a value is an instance of a subclass of dict."""
        cell = self.heap.get(value.cell) if isinstance(value, Ref) and not value.path else None
        return isinstance(cell, Table) and isinstance(cell.cls, type) and is_record_dict(cell.cls)

    def equal_objects(self, left: Value, right: Value) -> Value:
        """``left == right`` where one is an object whose class does not define it in source that can be read."""
        if not (self.is_object(left) and self.is_object(right)):
            return FALSE
        a, b = self.heap[left.cell], self.heap[right.cell]
        made = getattr(a.cls, "__dataclass_params__", None)
        if made is not None and made.eq and a.cls is b.cls:
            names = [n for n, f in a.cls.__dataclass_fields__.items() if f.compare]
            return self.equal_items(operator.eq, *(tuple(self.attribute(v, n) for n in names) for v in (left, right)))
        same = self.same_object(left, right)
        if same is None:
            raise self.unsupported("a comparison of objects that may or may not be the same", code="S2S011")
        return const(same)

    def find_special(self, owner: Value, name: str) -> Value | None:
        """The bound special method of an object, None if its class has none."""
        cell = self.heap[owner.cell]
        fn = look_in_class(cell.cls, name)
        self.guard_class(cell.cls, name)
        if not isinstance(fn, types.FunctionType):
            return None
        return Bound(const(fn), (owner,))

    def call_special(self, owner: Value, name: str, args: tuple[Value, ...], kwargs: Kwargs = ()) -> Value:
        found = self.find_special(owner, name)
        if found is None:
            raise self.unsupported(f"an object of class `{self.heap[owner.cell].cls.__name__}` has no `{name}`",
                                   code="S2S011")
        return self.call(found, args, kwargs)

    def object_attribute(self, owner: Ref, cell: Fields, name: str) -> Value:
        if self.find_special(owner, "__getattribute__") is not None:
            raise self.unsupported(f"an attribute of `{cell.cls.__name__}`, which defines `__getattribute__`",
                                   "define `__getattr__` or a property instead", code="S2S011")
        found = look_in_class(cell.cls, name)
        self.guard_class(cell.cls, name)
        if isinstance(found, property) and found.fget is not None:
            return self.call_object(found.fget, (owner,), (), "")
        if name in cell.names:
            value = cell.values[cell.names.index(name)]
            if isinstance(value, Unbound):
                raise self.unbound(value, name)
            if isinstance(found, functools.cached_property) and self.lacks_value(value):
                raise self.unsupported(f"the cached property `{name}` is read first in a loop or branch",
                                       "read it once before", code="S2S010")
            self.check_field(value)
            return value
        if name == "__class__":
            return const(cell.cls)
        if name == "__dict__":
            ref = self.new_ref(Table(cell.names, cell.values))
            self.fields_of[ref.cell] = owner
            return ref
        return self.class_attribute(owner, cell.cls, name)

    def guard_class(self, cls: type, name: str) -> None:
        """Generated code stays valid only while the class has the attribute that it has now, or none."""
        self.guard(("class", cls, name), lambda: look_in_class(cls, name), look_in_class(cls, name))

    def class_attribute(self, owner: Value, cls: type, name: str) -> Value:
        """An attribute found on the class: a method is bound to the object."""
        found = look_in_class(cls, name)
        if found is MISSING or (is_slot(found) and self.is_object(owner)):
            written = self.is_object(owner) or self.is_record(owner)
            getter = self.find_special(owner, "__getattr__") if written else None
            if getter is not None:
                return self.call(getter, (const(name),), ())
            raise self.lacks_attribute(cls, name)
        self.guard_class(cls, name)
        if isinstance(found, staticmethod):
            return self.capture(found.__func__, None)
        if isinstance(found, classmethod):
            return Bound(const(found.__func__), (const(cls),))
        if isinstance(found, property):
            return self.call_object(found.fget, (owner,), (), "")
        if isinstance(found, functools.cached_property):
            value = self.call_object(found.func, (owner,), (), "")
            self.set_field(owner, name, value)
            return value
        if isinstance(found, functools._lru_cache_wrapper):
            raise self.unsupported(f"the method `{name}` has a cache, which keeps results of objects as they were",
                                   f"call it without: `{cls.__name__}.{name}.__wrapped__(obj, …)`", code="S2S011")
        if isinstance(found, types.FunctionType) or look(found, "py_func") is not MISSING or (
                hasattr(type(found), "__s2sad_inside__") and hasattr(type(found), "__get__")):
            return Bound(const(found), (owner,))
        if isinstance(getattr(type(found), "__get__", None), types.FunctionType):
            return self.call_function(type(found).__get__, (self.capture(found, name), owner, const(cls)), (), "")
        if is_compiled(found):
            return self.compiled_attribute(owner, cls, name, found)
        value = resolve(cls, name)
        if value is MISSING:
            return self.opaque_attribute(const(cls), name)
        return self.capture_outside(value, name, f"{cls.__name__}.{name}")

    def compiled_attribute(self, owner: Value, cls: type, name: str, found: Any) -> Value:
        """An attribute that compiled code keeps: read from the object when the function runs, if it is an argument."""
        whole = self.originals.get(owner.cell) if isinstance(owner, Ref) and not owner.path else None
        if whole is None or look_in_class(type(found), "__set__") is MISSING:
            raise self.unsupported(f"`{name}` of an object of class `{cls.__name__}`, which compiled code keeps",
                                   "read it outside, and pass what it is", code="S2S011")
        return self.emit(getattr, (whole, Const(name)), hint=name)

    def set_attribute(self, owner: Value, name: str, value: Value) -> None:
        cell = self.heap[owner.cell] if isinstance(owner, Ref) and not owner.path else None
        if name == "shape" and isinstance(cell, Buffer) and cell.fact.is_array:
            return self.set_shape(owner, cell, value)
        if isinstance(owner, Ref) and isinstance(cell, Buffer) and name in ("shape", "real", "imag", "flat"):
            raise self.unsupported(f"assignment to `.{name}` of an array", "use reshape, or build the array anew")
        if self.is_record(owner):
            return self.set_record(owner, cell, name, value)
        if not isinstance(cell, Fields):
            cls = self.class_of(owner)
            known = cls is not None and (cls is np.ndarray or cls.__module__ in ("numpy", "builtins"))
            if known and look_in_class(cls, name) is MISSING:
                raise self.lacks_attribute(cls, name)
            raise self.unsupported(
                f"an attribute of {self.describe(owner)} is set; a derivative call changes nothing outside",
                                   "pass the object as an argument", code="S2S009")
        found = look_in_class(cell.cls, name)
        self.guard_class(cell.cls, name)
        if isinstance(found, property):
            if found.fset is None:
                raise self.unsupported(f"the property `{name}` cannot be set")
            self.call_object(found.fset, (owner, value), (), "")
            return
        if isinstance(getattr(type(found), "__set__", None), types.FunctionType):
            self.call_function(type(found).__set__, (self.capture(found, name), owner, value), (), "")
            return
        setter = self.find_special(owner, "__setattr__")
        if setter is None:
            self.set_field(owner, name, value)
        elif getattr(getattr(cell.cls, "__dataclass_params__", None), "frozen", False):
            raise self.failing(dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}"),
                               f"the field `{name}` of the frozen class `{cell.cls.__name__}` is set",
                               "make a new object: `dataclasses.replace(obj, field=value)`", "S2S009")
        else:
            self.call(setter, (const(name), value), ())

    def set_record(self, owner: Ref, cell: Table, name: str, value: Value) -> None:
        """``owner.name = value`` of a dict with attributes."""
        found = look_in_class(cell.cls, "__setattr__")
        self.guard_class(cell.cls, "__setattr__")
        if found is dict.__setitem__:
            self.put(owner, const(name), value)
        elif isinstance(found, types.FunctionType):
            self.call_function(found, (owner, const(name), value), (), "")
        else:
            raise self.unsupported(f"an attribute of a `{cell.cls.__name__}` that is not one of its items is set",
                                   "set an item: `d[name] = …`", code="S2S011")

    def set_field(self, owner: Ref, name: str, value: Value) -> None:
        """Set a field of an object, whatever its class defines."""
        cell = self.heap[owner.cell]
        self.check_change(owner.cell)
        if name in cell.names:
            values = tuple(value if n == name else v for n, v in zip(cell.names, cell.values))
            self.heap[owner.cell] = Fields(cell.cls, cell.names, values)
        else:
            self.heap[owner.cell] = Fields(cell.cls, (*cell.names, name), (*cell.values, value))
        for table, ref in self.fields_of.items():
            if ref.cell == owner.cell and table in self.heap:
                self.heap[table] = Table(self.heap[owner.cell].names, self.heap[owner.cell].values)

    def has_view(self, value: Value, cell: int) -> bool:
        """Whether a value is, or holds, a view of a cell."""
        if isinstance(value, Ref) and value.path:
            return value.cell == cell
        if isinstance(value, (Closure, Iteration, Generator, Lazy)):
            return cell in self.cells_of(value)
        held = self.heap.get(value.cell) if isinstance(value, Ref) else value
        parts = getattr(held, "values", ()) or getattr(held, "items", ()) or getattr(held, "args", ())
        return any(self.has_view(v, cell) for v in parts)

    def set_shape(self, owner: Ref, cell: Buffer, shape: Value) -> None:
        """``a.shape = shape``: from now on every name for the array sees it reshaped."""
        if any(self.has_view(value, owner.cell) for value in self.live_values()):
            raise self.alias_error("this changes the shape of an array of which another name is a view",
                                   "make a new array: `b = a.reshape(shape)`")
        args = (cell.arg, self.reify(shape))
        fact = infer(np.reshape, args, ()).facts[0]
        new = self.emit_call(np.reshape, args, (), Var(getattr(cell.arg, "name", None) or "t", fact))
        self.heap[owner.cell] = replace(cell, arg=new, fact=fact)

    def augment_object(self, value: Ref, op: Callable, operand: Value) -> Value:
        found = self.find_special(value, f"__i{op.__name__.strip('_')}__")
        if found is not None:
            return self.call(found, (operand,), ())
        return self.binary(op, value, operand)

    def super_of(self) -> Value:
        """``super()``: the object, seen as an instance of the classes after the one whose method this is."""
        frame = self.frames[-1]
        cell = frame.closure.get("__class__")
        parameters = getattr(getattr(frame.source, "node", None), "args", None)
        if cell is None or parameters is None or not parameters.args:
            raise self.unsupported("`super()` here", "call the base class's method by name: `Base.method(self, …)`")
        return Super(frame.env[parameters.args[0].id], cell.cell_contents)

    def super_attribute(self, value: Super, name: str) -> Value:
        """``super().name``."""
        own = static(value.owner) if isinstance(static(value.owner), type) else self.class_of(value.owner)
        if own is None:
            raise self.unsupported("`super()` of a value whose class is not known", code="S2S011")
        order = own.__mro__
        for base in order[order.index(value.cls) + 1:]:
            found = vars(base).get(name)
            self.guard(("own", base, name), lambda base=base: vars(base).get(name), found)
            if isinstance(found, property):
                return self.call_object(found.fget, (value.owner,), (), "")
            if isinstance(found, staticmethod):
                return const(found.__func__)
            if isinstance(found, classmethod):
                return Bound(const(found.__func__), (const(own),))
            if isinstance(found, types.FunctionType):
                return Bound(const(found), (value.owner,))
            if base is object and name == "__init__":
                return const(_init_nothing)
            if base is object and name == "__setattr__":
                return Bound(const(object.__setattr__), (value.owner,))
            if found is not None:
                return self.capture(found, name)
        raise self.failing(AttributeError(f"'super' object has no attribute '{name}'"))
