"""Objects made inside the differentiated function, and copies of them.

Before: ``p = Point(x, y)``.  After: an abstract object with two fields; nothing happens at run time.
"""
from __future__ import annotations

import collections
import collections.abc
import contextlib
import copy
import dataclasses
import enum
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.errors import S2SADError, SourceNotFound
from s2sad.facts.arguments import fact_of
from s2sad.facts.tried import is_plain
from s2sad.frontend.builtins import dict_of
from s2sad.frontend.sets import is_mapping, is_record_dict
from s2sad.frontend.source import find
from s2sad.frontend.stand_ins import STAND_INS, STANDS_FOR
from s2sad.frontend.values import Atom, Buffer, Default, Fields, Generator, Kwargs, Ref, Tup, Value, const, static
from s2sad.ir import Arg, Const, Fact, Var
from s2sad.ir.facts import RANDOM, UNSET
from s2sad.ir.inert import MISSING, look_in_class

WRITTEN = {contextlib.nullcontext, contextlib.closing, collections.abc.KeysView, collections.abc.ValuesView,
           collections.abc.ItemsView}
"""Classes of the standard library whose methods are inlined like a user's."""


def _has_c_base(cls: type) -> bool:
    return any(b.__module__ == "builtins" and b is not object for b in cls.__mro__)


def _has_only_methods(cls: type) -> bool:
    """Whether a class is written in Python and its instances are made without arguments."""
    return cls.__base__ is object and cls.__init__ is object.__init__ and cls.__new__ is object.__new__ and any(  # type: ignore[misc]
        isinstance(v, types.FunctionType) for v in vars(cls).values())


def _has_source(fn: Any) -> bool:
    try:
        find(fn)
    except (SourceNotFound, S2SADError):
        return False
    return True


class Construction:
    """The part of the lowerer that makes and copies objects."""

    heap: dict[int, Any]

    def construct(self, cls: type, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """An instance of a class, made inside the differentiated function."""
        if issubclass(cls, BaseException):
            arg = self.emit_arg(cls, *(self.reify(a) for a in args))
            self.exceptions[arg] = cls
            return Atom(arg)
        if issubclass(cls, tuple) and cls is not tuple and cls.__module__ not in sys.stdlib_module_names:
            maker = look_in_class(cls, "__new__")
            made = self.call_object(getattr(maker, "__func__", maker), (const(cls), *args), kwargs, hint)
            init = look_in_class(cls, "__init__")
            if type(init) is types.FunctionType and _has_source(init) and isinstance(made, Tup):
                return self.initialized(made, init, args, kwargs)
            return made
        written = look_in_class(cls, "__exit__") is MISSING and (
            isinstance(vars(cls).get("__init__"), types.FunctionType) or _has_only_methods(cls))
        if issubclass(cls, np.generic) or cls.__module__ == "builtins" or (cls.__module__ == "numpy" and not written):
            return self.call_opaque(cls, args, kwargs, hint)
        if cls.__module__.startswith("scipy.") and self.is_steady(*args, *(v for _, v in kwargs)):
            return self.call_opaque(cls, args, kwargs, hint)
        if issubclass(cls, enum.Enum) and not kwargs and all(static(a) is not UNSET for a in args):
            return self.member_of(cls, args)
        if type(cls).__call__ is not type.__call__ and not issubclass(type(cls), enum.EnumMeta):
            raise self.unsupported(f"an instance of `{cls.__name__}`, whose metaclass makes it in its own way",
                                   "make it outside and pass it", code="S2S011")
        if cls is contextlib._GeneratorContextManager:
            return self.construct_manager(*args)
        if cls in STAND_INS:
            return self.construct(STAND_INS[cls], args, kwargs, hint)
        if cls is collections.Counter:
            return self.construct_counter(args, kwargs)
        if cls in (collections.OrderedDict, collections.defaultdict):
            return self.construct_dict(cls, args, kwargs)
        if is_record_dict(cls):
            made = dict_of(self, args, dict(kwargs), "")
            self.heap[made.cell] = replace(self.heap[made.cell], cls=cls)
            return made
        if issubclass(cls, (dict, list, collections.deque)) and not all(static(a) is not UNSET for a in args):
            raise self.unsupported(f"a `{cls.__name__}` of values computed here", "use a list or a dict", code="S2S010")
        if cls.__module__.split(".")[0] in sys.stdlib_module_names and cls.__module__ not in (
                "types", "__main__") and cls not in WRITTEN:
            made = self.emit_arg(cls, *(self.reify(a) for a in args), **{k: self.reify(v) for k, v in kwargs})
            return self.note_opaque(Atom(made, fact_of(made)), True, *args, *(v for _, v in kwargs))
        if cls is types.SimpleNamespace:
            return self.new_ref(Fields(cls, tuple(k for k, _ in kwargs), tuple(v for _, v in kwargs)))
        if cls.__new__ is not object.__new__ or _has_c_base(cls):
            return self.call_opaque(cls, args, kwargs, hint)
        ref = self.new_ref(Fields(cls, (), ()))
        maker = next(c for c in cls.__mro__ if "__init__" in vars(c))
        fields, init = getattr(maker, "__dataclass_fields__", None), vars(maker)["__init__"]
        if fields is not None and isinstance(init, types.FunctionType) and not _has_source(init):
            self.construct_dataclass(ref, cls, fields, args, kwargs)
        elif isinstance(init, types.FunctionType):
            self.call_function(init, (ref, *args), kwargs, "")
        return ref

    def construct_tuple(self, cls: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """What ``__new__`` of a named tuple gives; attributes beside its fields are those of the results of SciPy."""
        if len(args) > len(cls._fields):
            raise self.failing(TypeError(f"{cls.__name__}.__new__() takes {len(cls._fields) + 1} positional arguments "
                                         f"but {len(args) + 1} were given"))
        given = {**dict(zip(cls._fields, args)), **dict(kwargs)}
        more = {k: v for k, v in given.items() if k not in cls._fields}
        if more and not hasattr(cls, "_extra_fields"):
            raise self.failing(TypeError(f"{cls.__name__}.__new__() got an unexpected keyword argument '{min(more)}'"))
        defaults = getattr(cls, "_field_defaults", {})
        missing = next((f for f in cls._fields if f not in given and f not in defaults), None)
        if missing is not None:
            raise self.failing(TypeError(f"{cls.__name__}.__new__() missing the argument '{missing}'"))
        items = tuple(given[f] if f in given else self.capture(defaults[f], f) for f in cls._fields)
        return Tup(items, cls, tuple(more.items()))

    def initialized(self, made: Tup, init: Callable, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """A tuple with the attributes that ``__init__`` of its class sets."""
        fields = getattr(made.cls, "_fields", ())
        ref = self.new_ref(Fields(made.cls, fields, made.items if fields else ()))
        self.call_function(init, (ref, *args), kwargs, "")
        cell = self.heap[ref.cell]
        return Tup(made.items, made.cls, tuple((k, v) for k, v in zip(cell.names, cell.values) if k not in fields))

    def member_of(self, cls: Any, args: tuple[Value, ...]) -> Value:
        """``Colour(1)``: the member of an enumeration that has a value."""
        if len(args) == 1 and is_plain(static(args[0])):
            found = next((m for m in vars(cls)["_member_map_"].values() if m is static(args[0]) or (
                is_plain(value := vars(m)["_value_"]) and value == static(args[0]))), None)
            if found is not None:
                return const(found)
        return self.call_opaque(cls, args, (), "")

    def construct_manager(self, fn: Value, args: Value, kwargs: Ref) -> Value:
        """What a function decorated with ``contextlib.contextmanager`` returns."""
        table = self.heap[kwargs.cell]
        made = self.call(fn, self.static_items(args) or (), tuple(zip(table.keys, table.values)))
        if not isinstance(made, Generator):
            raise self.unsupported("a context manager that is no generator", "write it with `yield`", code="S2S011")
        return replace(made, manager=True)

    def construct_counter(self, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """``Counter(items)`` of things that are known now."""
        made = dict_of(self, (), {}, "")
        if args and isinstance(args[0], Ref) and is_mapping(self.heap[args[0].cell]):
            made = dict_of(self, args, {}, "")
        elif args:
            items = self.static_items(args[0])
            if items is None:
                raise self.unsupported("a `Counter` of values computed at run time", "count them in arrays",
                                       code="S2S010")
            for key, count in collections.Counter(map(self.static_key, items)).items():
                self.put(made, self.capture(key, None), const(count))
        for k, v in kwargs:
            self.put(made, const(k), v)
        self.heap[made.cell] = replace(self.heap[made.cell], cls=collections.Counter)
        return made

    def construct_dict(self, cls: type, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """``OrderedDict(…)`` and ``defaultdict(factory, …)``."""
        kind: Any = cls
        if cls is collections.defaultdict:
            kind = Default(args[0]) if args and static(args[0]) is not None else cls
            args = args[1:]
        made = dict_of(self, args, dict(kwargs), "")
        self.heap[made.cell] = replace(self.heap[made.cell], cls=kind)
        return made

    def construct_dataclass(self, ref: Ref, cls: type, fields: dict, args: tuple[Value, ...], kwargs: Kwargs) -> None:
        names = [n for n, f in fields.items() if f.init and f._field_type is not dataclasses._FIELD_CLASSVAR]
        given = {**dict(zip(names, args)), **dict(kwargs)}
        values = []
        for n in names:
            f = fields[n]
            if n in given:
                values.append(given[n])
            elif f.default is not dataclasses.MISSING:
                values.append(self.capture(f.default, n))
            elif f.default_factory is not dataclasses.MISSING:
                values.append(self.call_object(f.default_factory, (), (), n))
            else:
                raise self.unsupported(f"`{cls.__name__}` is made without its field `{n}`")
        passed = [fields[n]._field_type is dataclasses._FIELD_INITVAR for n in names]
        kept = [(n, v) for n, v, only in zip(names, values, passed) if not only]
        self.heap[ref.cell] = Fields(cls, tuple(n for n, _ in kept), tuple(v for _, v in kept))
        if look_in_class(cls, "__post_init__") is not MISSING:
            self.call_special(ref, "__post_init__", tuple(v for v, only in zip(values, passed) if only))

    def reify_object(self, cell: Fields) -> Arg:
        if cell.cls in STANDS_FOR:
            name = STANDS_FOR[cell.cls].__name__
            what = "dict whose keys are computed," if name == "dict" else name
            raise self.unsupported(f"a {what} handed to code that is not inlined, or returned",
                                   "make it a list: `list(…)`", code="S2S011")
        raise self.unsupported(
            f"an object of class `{cell.cls.__name__}` handed to code that is not inlined, or returned",
                               "return its arrays", code="S2S011")

    def copied_generator(self, value: Value, deep: bool, memo: dict[Any, Value]) -> Value:
        """A copy of a generator of random numbers, made when the function runs."""
        arg = self.reify(value)
        key = id(arg.value) if isinstance(arg, Const) else arg
        if key not in memo:
            made = Var("generator", Fact(self.class_of(value).__name__))
            memo[key] = Atom(self.emit_call(copy.deepcopy if deep else copy.copy, (arg,), (), made), made.fact)
        return memo[key]

    def copied(self, value: Value, deep: bool, memo: dict[Any, Value]) -> Value:
        """A copy of a value, of all that it refers to if ``deep``."""
        if isinstance(value, Tup):
            return Tup(tuple(self.copied(v, deep, memo) for v in value.items), value.cls) if deep else value
        if self.class_of(value) in RANDOM.values():
            return self.copied_generator(value, deep, memo)
        if not isinstance(value, Ref):
            return value
        if value.cell in memo and not value.path:
            return memo[value.cell]
        cell = self.heap[value.cell]
        if value.path or isinstance(cell, Buffer):
            made = self.emit(runtime.copy, (self.reify(value),))
        else:
            made = self.new_ref(cell)
            memo[value.cell] = made
            if deep:
                self.heap[made.cell] = replace(cell, values=tuple(self.copied(v, deep, memo) for v in cell.values))
        if not value.path:
            memo[value.cell] = made
        return made
