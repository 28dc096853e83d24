"""Attributes and subscripts.

Before: ``x.T.shape[0]``.  After: the size of the last axis of ``x``; the transposition is never made.
"""
from __future__ import annotations

import functools
import operator
import types
from typing import Any

import gast
import numpy as np

from s2sad import runtime
from s2sad.facts.arguments import fact_of
from s2sad.frontend.captures import FIXED_MODULES
from s2sad.frontend.failures import class_name
from s2sad.frontend.objects import is_compiled
from s2sad.frontend.values import (
    NONE,
    Atom,
    Buffer,
    Closure,
    Fields,
    Iteration,
    Method,
    Ref,
    Slice,
    Super,
    Tup,
    Unbound,
    Value,
    const,
)
from s2sad.ir import Const
from s2sad.ir.facts import RANDOM, UNSET
from s2sad.ir.inert import (
    MISSING,
    asks_python,
    instance_dict,
    is_a,
    is_of_the_user,
    look,
    look_in_class,
    resolve,
    slot_of,
)
from s2sad.ops.methods import ATTRIBUTES, METHODS, METHODS_IN_PLACE

PLAIN = {"itemsize", "nbytes", "numerator", "denominator"}
"""Attributes of numbers and arrays that are integers, whatever their memory is like."""


def name_of(obj: Any) -> str:
    """What an object is called in error messages."""
    return obj.__name__ if is_a(obj, (type, types.FunctionType, types.BuiltinFunctionType)) else type(obj).__name__


class Attributes:
    """The part of the lowerer for attributes and subscripts."""

    heap: dict[int, Any]
    made: set[int]

    def expr_Attribute(self, node: Any, hint: str) -> Value:
        if node.attr == "writeable" and isinstance(node.value, gast.Attribute) and node.value.attr == "flags":
            return self.writeable(self.expr(node.value.value), hint)
        return self.attribute(self.expr(node.value), node.attr, hint)

    def writeable(self, owner: Value, hint: str) -> Value:
        """``owner.flags.writeable``, which is true of an array that was made here, and of its views."""
        if isinstance(owner, Ref) and owner.cell in self.made and self.fact(owner).is_array:
            return const(True)
        return self.attribute(self.attribute(owner, "flags"), "writeable", hint)

    def attribute(self, owner: Value, name: str, hint: str = "") -> Value:
        """``owner.name``."""
        if self.is_opaque(owner):
            return self.opaque_attribute(owner, name, hint)
        match owner:
            case Atom() if owner.is_static and not is_a(owner.value, (float, int, complex, str, np.generic)):
                return self.static_attribute(owner, name)
            case Tup():
                if name in (more := dict(owner.more)):
                    return more[name]
                if owner.cls is not tuple and name in getattr(owner.cls, "_fields", ()):
                    return owner.items[owner.cls._fields.index(name)]
                if owner.cls is not tuple and look_in_class(owner.cls, name) is not MISSING and name not in (
                        "count", "index", "_replace", "_asdict"):
                    return self.class_attribute(owner, owner.cls, name)
                return self.method_of(owner, name)
            case Ref():
                cell = self.heap[owner.cell]
                if isinstance(cell, Fields) and not owner.path:
                    return self.object_attribute(owner, cell, name)
                if self.is_record(owner) and look_in_class(dict, name) is MISSING:
                    return self.class_attribute(owner, cell.cls, name)
                if self.fact(owner).kind in RANDOM:
                    return self.drawing(Atom(self.reify(owner), self.fact(owner)), name)
                if not isinstance(cell, Buffer) or self.fact(owner).kind in ("list", "dict"):
                    return self.method_of(owner, name)
                return self.array_attribute(owner, name, hint)
            case Unbound():
                raise self.unbound(owner)
            case Super():
                return self.super_attribute(owner, name)
            case Closure() if name in ("__name__", "__doc__"):
                return const(getattr(owner.node, "name", "<lambda>") if name == "__name__" else None)
            case Iteration() | Slice():
                if isinstance(owner, Slice) and name in ("start", "stop", "step"):
                    return owner.parts[("start", "stop", "step").index(name)]
                return self.method_of(owner, name)
        if isinstance(owner, Atom) and owner.fact.kind == "str":
            return Method(owner, name)
        if isinstance(owner, Atom) and owner.fact.kind in RANDOM:
            return self.drawing(owner, name)
        return self.array_attribute(owner, name, hint)

    def method_of(self, owner: Value, name: str) -> Method:
        """A method of a builtin container."""
        cls = self.class_of(owner)
        if cls is not None and look_in_class(cls, name) is MISSING:
            raise self.lacks_attribute(cls, name)
        if cls is not None and self.is_value(cls, name):
            raise self.unsupported(f"`{name}` of a `{cls.__name__}`", code="S2S011")
        return Method(owner, name)

    def is_value(self, cls: type, name: str) -> bool:
        """Whether what instances of a class have under a name is kept by compiled code, and no method."""
        found = look_in_class(cls, name)
        return is_compiled(found) and look_in_class(type(found), "__set__") is not MISSING

    def lacks_attribute(self, cls: type, name: str, of: str = "") -> Exception:
        """The error for an attribute that no instance of a class has."""
        of = of or f"an object of class `{cls.__name__}`"
        return self.failing(AttributeError(f"'{class_name(cls)}' object has no attribute '{name}'"),
                            f"{of} has no attribute `{name}`")

    def static_attribute(self, owner: Atom, name: str) -> Value:
        """An attribute of something that is known now. What only running code of the user can tell is inlined, or asked
        when the function runs."""
        obj = owner.value
        if is_a(obj, types.ModuleType):
            return self.module_attribute(owner, obj, name)
        if asks_python(obj):
            return self.opaque_attribute(owner, name)
        if not is_a(obj, type) and is_of_the_user(type(obj)):
            return self.instance_attribute(owner, obj, name)
        value = resolve(obj, name)
        if value is MISSING:
            return self.attribute_by_code(owner, obj, name)
        if is_a(value, property):
            raise self.unsupported(f"`{name}` is a property of a class", code="S2S011")
        self.guard_attribute(obj, name, value)
        self.keep.append(obj)
        label = None if is_a(obj, type) or callable(value) or type(obj).__module__ == "numpy" else name
        return self.capture_outside(value, label, f"{name_of(obj)}.{name}")

    def module_attribute(self, owner: Atom, obj: types.ModuleType, name: str) -> Value:
        """A name of a module; one that the module makes when it is asked for it is asked for when the function runs."""
        module = self.modules.get(id(vars(obj)))
        if module is not None and name in module.env:
            return module.env[name]
        fixed = obj.__name__.split(".")[0] in FIXED_MODULES
        if fixed:  # its own packages are loaded on demand
            getattr(obj, name, None)
        value = vars(obj).get(name, MISSING)
        if value is MISSING and fixed:
            value = getattr(obj, name, MISSING)
        if value is MISSING:
            if "__getattr__" in vars(obj) and not fixed:
                return self.opaque_attribute(owner, name)
            raise self.failing(AttributeError(f"module '{obj.__name__}' has no attribute '{name}'"))
        if not fixed:
            self.guard(("attr", id(obj), name), lambda: vars(obj).get(name, UNSET), value)
        self.keep.append(obj)
        if is_a(value, float) and obj.__name__ in ("numpy", "math"):
            return const(value, f"{'np' if obj is np else 'math'}.{name}")
        return self.capture_outside(value, name, f"{obj.__name__}.{name}")

    def instance_attribute(self, owner: Atom, obj: Any, name: str) -> Value:
        """An attribute of an instance of a user's class that exists outside the function."""
        self.keep.append(obj)
        held, found = instance_dict(obj), look(obj, name)
        if name in held and found is held[name]:
            self.guard(("attr", id(obj), name), lambda: held.get(name, UNSET), found)
            return self.capture_outside(found, None if callable(found) else name, f"{type(obj).__name__}.{name}")
        self.guard(("held", id(obj), name), lambda: instance_dict(obj).get(name, UNSET), held.get(name, UNSET))
        self.guard_class(type(obj), name)
        if type(found) is types.MemberDescriptorType:
            value = slot_of(obj, name)
            if value is not MISSING:
                self.guard(("attr", id(obj), name), lambda: slot_of(obj, name), value)
                return self.capture_outside(value, None if callable(value) else name, f"{type(obj).__name__}.{name}")
        if type(found) is types.FunctionType:
            return const(types.MethodType(found, obj))
        value = resolve(obj, name)
        if value is MISSING:
            return self.attribute_by_code(owner, obj, name)
        return self.capture_outside(value, None if callable(value) else name, f"{type(obj).__name__}.{name}")

    def attribute_by_code(self, owner: Atom, obj: Any, name: str) -> Value:
        """An attribute that a property, a descriptor or ``__getattr__`` gives: its code is part of the function."""
        found, cls = look(obj, name), type(obj)
        if is_a(obj, type) or found is MISSING:
            getter = look_in_class(cls, "__getattr__") if found is MISSING else MISSING
            if type(getter) is types.FunctionType and not is_a(obj, type):
                return self.call_function(getter, (owner, const(name)), (), "")
            if found is not MISSING or getter is not MISSING:
                return self.opaque_attribute(owner, name)
            if is_a(obj, type):
                raise self.failing(AttributeError(f"type object '{obj.__name__}' has no attribute '{name}'"))
            raise self.lacks_attribute(cls, name, self.describe(owner))
        if is_a(found, property) and type(found.fget) is types.FunctionType:
            return self.call_function(found.fget, (owner,), (), "")
        if is_a(found, functools.cached_property) and type(found.func) is types.FunctionType:
            return self.call_function(found.func, (owner,), (), "")
        getter = look_in_class(type(found), "__get__")
        if type(getter) is types.FunctionType:
            return self.call_function(getter, (self.capture(found, name), owner, const(cls)), (), "")
        return self.opaque_attribute(owner, name)

    def guard_attribute(self, obj: Any, name: str, value: Any) -> None:
        """Generated code stays valid only while an attribute is what it is; those of NumPy's objects do not change."""
        if type(obj).__module__ == "numpy" or is_a(obj, np.dtype):
            return
        if is_a(value, types.MethodType):
            self.guard(("attr", id(obj), name), lambda: getattr(resolve(obj, name), "__func__", UNSET), value.__func__)
        elif not is_a(value, (types.BuiltinFunctionType, types.MethodWrapperType)):
            self.guard(("attr", id(obj), name), lambda: resolve(obj, name), value)

    def array_attribute(self, owner: Value, name: str, hint: str) -> Value:
        fact = self.fact(owner)
        if name == "__class__" and (cls := self.class_of(owner)) is not None:
            return const(cls)
        if name == "dtype":
            if fact.dtype is not None:
                return const(np.dtype(fact.dtype))
            if fact.kind in ("float", "int", "bool", "complex", "str", "none"):
                raise self.failing(AttributeError(f"'{fact.kind}' object has no attribute 'dtype'"))
            raise self.unsupported("the dtype of a value whose kind is not known", code="S2S011")
        if name == "shape":
            return self.shape_of(owner)
        if name in ("T", "mT") and isinstance(owner, Ref):
            if fact.ndim in (0, 1):
                return owner
            return self.view_of(owner, ATTRIBUTES[name], (), hint=hint)
        if name == "real" and fact.is_complex is False:
            return owner
        if name in ATTRIBUTES:
            return self.call_op(ATTRIBUTES[name], (owner,), (), hint)
        if name == "flags":
            array = self.emit_arg(runtime.stop_gradient, self.reify(owner))
            flags = self.emit_arg(getattr, array, Const("flags"), hint="flags")
            self.flags.add(flags)
            return Atom(flags, fact_of(flags))
        if isinstance(owner, Atom) and owner.arg in self.flags:
            return self.emit(getattr, (owner.arg, Const(name)), hint=name)
        if name == "flat":
            return self.call_op(np.ravel, (owner,), (), hint)
        if name == "at":
            return Method(owner, name)
        cls = self.class_of(owner)
        if name == "device" and cls is np.ndarray and hasattr(cls, name):
            return const("cpu")
        if name in PLAIN and (cls is None or look_in_class(cls, name) is not MISSING):
            array = self.emit_arg(runtime.stop_gradient, self.reify(owner))
            return self.emit(getattr, (array, Const(name)), hint=name)
        if name in METHODS or name in METHODS_IN_PLACE or any(
                look_in_class(c, name) is not MISSING and not self.is_value(c, name) for c in (np.ndarray, float, int)):
            return Method(owner, name)
        if cls is not None and look_in_class(cls, name) is MISSING:
            raise self.lacks_attribute(cls, name, self.describe(owner))
        raise self.unsupported(f"{self.describe(owner)} has no attribute `{name}` that s2sad knows", code="S2S011")

    def shape_of(self, owner: Value) -> Value:
        """``owner.shape`` as a tuple, whose items are known one by one if the number of dimensions is."""
        fact = self.fact(owner)
        if fact.is_scalar:
            return Tup(())
        whole = self.emit(np.shape, (self.reify(owner),), hint="shape")
        if fact.ndim is None or not isinstance(whole, Atom):
            return whole
        items = tuple(self.emit(operator.getitem, (whole.arg, Const(k)), hint="n") for k in range(fact.ndim))
        self.shapes[tuple(id(v.arg) for v in items)] = whole.arg
        self.keep.append(items)
        return Tup(items)

    def expr_Subscript(self, node: Any, hint: str) -> Value:
        base = self.expr(node.value)
        index = self.expr(node.slice)
        self.loc = self.at(node) if self.loc is None else self.loc
        return self.get(base, index, hint)

    def expr_Slice(self, node: Any, hint: str) -> Value:
        return Slice(tuple(NONE if p is None else self.expr(p) for p in (node.lower, node.upper, node.step)))
