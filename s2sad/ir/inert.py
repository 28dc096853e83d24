"""What can be asked of a Python object without running code of the user's program.

``getattr``, ``hasattr``, ``isinstance``, ``hash`` and ``==`` may call properties, ``__getattr__``, ``__class__``,
``__hash__`` and ``__eq__`` that somebody wrote. While a derivative is built nothing of that runs: what an object has is
looked up where Python keeps it.

Before: ``getattr(layer, "weights")``, which may load a file.  After: ``look(layer, "weights")`` is the property.

    >>> class Layer:
    ...     @property
    ...     def weights(self):
    ...         raise SystemExit
    >>> type(look(Layer(), "weights")).__name__, look(Layer(), "bias") is MISSING
    ('property', True)
"""
from __future__ import annotations

import abc
import enum
import functools
import inspect
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()
_COMPILED = (types.GetSetDescriptorType, types.MemberDescriptorType, types.MethodDescriptorType,
             types.WrapperDescriptorType, types.ClassMethodDescriptorType, types.BuiltinFunctionType,
             types.MethodWrapperType)
"""Descriptors that run compiled code of the class alone."""
_METACLASSES = (type, abc.ABCMeta, enum.EnumMeta)


def is_a(x: Any, classes: Any) -> bool:
    """``isinstance(x, classes)`` without asking ``x`` for its ``__class__``."""
    return issubclass(type(x), classes)


def look(obj: Any, name: str) -> Any:
    """What an attribute is before any descriptor is asked for it; MISSING if there is none, or if only ``__getattr__``
    knows of it."""
    if type(obj) is types.ModuleType:
        return vars(obj).get(name, MISSING)
    found = inspect.getattr_static(obj, name, MISSING)
    return instance_dict(obj).get(name, MISSING) if found is MISSING and not is_a(obj, type) else found


def is_written(found: Any) -> bool:
    """Whether a function, or what a descriptor calls, is written in Python."""
    if is_a(found, (types.FunctionType, property, functools.cached_property, functools.partialmethod)):
        return True
    if is_a(found, (staticmethod, classmethod)):
        return is_written(found.__func__)
    return False


def is_of_a_named_tuple(fn: Any, name: str) -> bool:
    """Whether a function is the special method of this name that a named tuple class was generated with."""
    return type(fn) is types.FunctionType and fn.__name__ == name and (
        str(fn.__globals__.get("__name__")).startswith("namedtuple_"))


def written_method(cls: type, *names: str) -> Any:
    """The first of some special methods that a class has in Python; None if there is none."""
    for name in names:
        found = look_in_class(cls, name)
        if found is not MISSING and is_written(found):
            return found
    return None


def look_in_class(cls: type, name: str) -> Any:
    """What an attribute of a class is for its instances."""
    for base in type.__dict__["__mro__"].__get__(cls):
        found = type.__dict__["__dict__"].__get__(base).get(name, MISSING)
        if found is not MISSING:
            return found
    return MISSING


def asks_python(obj: Any) -> bool:
    """Whether every attribute of an object goes through a function in Python, ``__getattribute__``."""
    return written_method(type(obj), "__getattribute__") is not None


def instance_dict(obj: Any) -> dict[str, Any]:
    """The attributes that an instance itself holds; of one of Python's own classes also where those are kept elsewhere,
    as for each thread those of ``threading.local()`` are."""
    try:
        found = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        found = getattr(obj, "__dict__", {}) if is_of_the_library(type(obj)) else {}
    return found if type(found) is dict else {}


def slot_of(obj: Any, name: str) -> Any:
    """What a slot of an instance holds; MISSING if it is empty."""
    found = look_in_class(type(obj), name)
    if type(found) is not types.MemberDescriptorType:
        return MISSING
    try:
        return found.__get__(obj)
    except AttributeError:
        return MISSING


def resolve(obj: Any, name: str) -> Any:
    """``getattr(obj, name)`` where that runs no code of the user's; MISSING where it would, or there is no such
    attribute.

        >>> resolve("text", "upper")()
        'TEXT'
    """
    if is_a(obj, types.ModuleType):
        return vars(obj).get(name, MISSING)
    if asks_python(obj):
        return MISSING
    found = look(obj, name)
    if found is MISSING or (not is_a(obj, type) and found is instance_dict(obj).get(name, MISSING)):
        return found
    if is_a(found, (property, types.DynamicClassAttribute)) and not is_a(obj, type) and is_of_the_library_function(
            found.fget):
        return getattr(obj, name) if type(found).__module__ == "enum" or is_described(type(obj)) else MISSING
    if is_a(found, property) or is_a(found, functools.cached_property):
        return found if is_a(obj, type) and type(obj) is type else MISSING
    if is_a(found, (types.FunctionType, staticmethod, classmethod, *_COMPILED, functools._lru_cache_wrapper)):
        return getattr(obj, name)
    if look_in_class(type(found), "__get__") is MISSING:
        return found
    is_compiled = written_method(type(found), "__get__") is None
    return getattr(obj, name) if is_compiled else MISSING


def is_described(cls: type) -> bool:
    """Whether objects of a class of Python's library tell about functions, classes and values, and do nothing else."""
    return cls.__module__ in ("inspect", "types", "dataclasses", "functools", "fractions", "datetime")


def callable_parts(fn: Any) -> Any:
    """What a call of ``fn`` runs, if ``fn`` is an instance of a class that says so in Python; None for all others."""
    return written_method(type(fn), "__call__")


def is_of_the_library(cls: type) -> bool:
    """Whether a class is part of Python."""
    return cls.__module__.partition(".")[0] in sys.stdlib_module_names


def is_of_the_user(cls: type) -> bool:
    """Whether a class is neither Python's nor one of the packages whose classes are known."""
    top = cls.__module__.partition(".")[0]
    return top not in sys.stdlib_module_names and top not in ("numpy", "scipy", "uarray", "numba", "s2sad")


def is_plain_class(cls: Any) -> bool:
    """Whether asking for instances and subclasses of a class runs no code of the user's."""
    meta = type(cls)
    if meta is type:
        return True
    if meta not in _METACLASSES and has_own_methods(meta, ("__instancecheck__", "__subclasscheck__")):
        return False
    hook = look_in_class(cls, "__subclasshook__")
    return meta is enum.EnumMeta or not is_a(hook, classmethod) or is_of_the_library_function(hook.__func__)


def is_inert_class(cls: Any) -> bool:
    """Whether no operator on a class runs code of the user's, nor does asking for its instances and subclasses."""
    return is_plain_class(cls) and (type(cls) in _METACLASSES or not has_own_methods(type(cls), _OPERATORS))


def is_of_the_library_function(fn: Any) -> bool:
    """Whether a function is part of Python."""
    module = getattr(fn, "__module__", None)
    return isinstance(module, str) and module.partition(".")[0] in sys.stdlib_module_names


def has_own_methods(cls: type, names: Iterable[str]) -> bool:
    """Whether a class has one of some methods in Python that is not part of Python's library."""
    for name in names:
        found = look_in_class(cls, name)
        if found is not MISSING and is_written(found):
            fn: Callable = found.__func__ if is_a(found, (staticmethod, classmethod)) else found
            if not is_of_the_library_function(fn):
                return True
    return False


def compares_by_identity(x: Any) -> bool:
    """Whether ``==`` and ``hash`` of a value are those of ``object``: it equals itself alone."""
    cls = type(x)
    return look_in_class(cls, "__eq__") is object.__eq__ and look_in_class(cls, "__hash__") is object.__hash__


_OPERATORS = tuple(f"__{n}__" for n in (
    "eq ne lt le gt ge hash bool len iter next contains getitem repr str format add radd sub rsub mul rmul truediv "
    "rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul neg pos abs invert int float index complex round "
    "array array_ufunc array_function getattr getattribute and rand or ror xor rxor call").split())


def is_inert_member(x: Any) -> bool:
    """Whether a value is a member of an enumeration, none of whose operators somebody wrote but NumPy."""
    return is_a(x, enum.Enum) and (type(x).__module__.partition(".")[0] == "numpy"
                                   or not has_own_methods(type(x), _OPERATORS))
