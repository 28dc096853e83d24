"""What Python's builtin functions mean here.

Each takes the lowerer, the arguments, the keywords and a hint for the name of the result, and returns a value, or
``NotImplemented`` if the call is an operation like any other.

Before: ``len([a, b])``.  After: ``2``.
"""
from __future__ import annotations

import operator
import types
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.facts.tried import is_plain
from s2sad.frontend import stand_ins
from s2sad.frontend.sets import is_mapping, make_frozenset, make_set
from s2sad.frontend.values import (
    FALSE,
    NONE,
    TRUE,
    Bound,
    Closure,
    Fields,
    Items,
    Iteration,
    Method,
    Ref,
    Slice,
    Table,
    Tup,
    Value,
    const,
    static,
)
from s2sad.ir import Const, Fact
from s2sad.ir.facts import UNSET, same_value
from s2sad.ir.inert import MISSING, asks_python, is_a, is_plain_class, look, look_in_class


def _len(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    (x,) = args
    if isinstance(x, Ref) and isinstance(self.heap[x.cell], Fields):
        return self.call_special(x, "__len__", ())
    if isinstance(x, Ref) and isinstance(self.heap[x.cell], Table) and not x.path:
        return const(len(self.heap[x.cell].keys))
    if isinstance(x, Ref) and not x.path and isinstance(self.heap[x.cell], Items):
        return const(len(self.heap[x.cell].values))
    if isinstance(x, Tup):
        return const(len(x.items))
    if isinstance(x, Iteration):
        return self.length(x)
    if static(x) is not UNSET:
        known, found = static(x), look_in_class(type(static(x)), "__len__")
        if found is MISSING:
            raise self.failing(TypeError(f"object of type {type(known).__name__!r} has no len()"),
                               f"the length of {self.describe(x)}")
        if type(found) is types.FunctionType:
            return self.call_function(found, (x,), (), hint)
        if is_plain(known) or is_a(known, (dict, tuple, list, set, frozenset, types.MappingProxyType)):
            return const(len(known))
    return self.emit(len, (self.reify(x),), hint=hint or "n")


def _range(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    if not all(static(a) is UNSET or is_plain(static(a)) for a in args):
        return self.note_opaque(self.emit(range, tuple(self.reify(a) for a in args)), True)
    bounds = args if len(args) > 1 else (const(0), *args)
    parts = (*bounds, const(1)) if len(bounds) == 2 else bounds
    made = self.emit(range, tuple(self.reify(a) for a in args), hint="positions")
    return Iteration("range", tuple(parts), None, made)


def _enumerate(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    start = args[1] if len(args) > 1 else kwargs.get("start", const(0))
    inner = self.iterate(args[0])
    if inner.static is not None and static(start) is not UNSET:
        first = static(start)
        items = tuple(Tup((const(k), v)) for k, v in enumerate(inner.static, first))

        def item(k: int) -> Any:
            v = self.item_now(inner, k)
            return None if v is None else Tup((const(first + k), v))
        return Iteration("static", (), items, item)
    return Iteration("enumerate", (start, *inner.parts), None, inner)


def _zip(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    inner = [self.iterate(a) for a in args]
    if any(i.static is not None for i in inner) or not inner:
        known = [i.static if i.static is not None else self.items_up_to(i, inner) for i in inner]
        if all(k is not None for k in known):
            def item(k: int) -> Any:
                parts = [self.item_now(i, k) if i.static is not None else row[k] if k < len(row) else None
                         for i, row in zip(inner, known)]
                return None if any(p is None for p in parts) or not parts else Tup(tuple(parts))
            return Iteration("static", (), tuple(Tup(t) for t in zip(*known)), item)
    return Iteration("zip", tuple(p for i in inner for p in i.parts), None, inner)


def _reversed(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    inner = self.iterate(args[0])
    if inner.static is not None:
        n = len(inner.static)
        return Iteration("static", (), inner.static[::-1], lambda k: self.item_now(inner, n - 1 - k) if k < n else None)
    return Iteration("reversed", inner.parts, None, inner)


def list_of(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    if not args:
        return self.new_list(())
    items = self.static_items(args[0])
    if items is not None:
        return self.new_list(items)
    if isinstance(args[0], Ref) and self.fact(args[0]).kind == "list":
        value = self.emit(list, (self.reify(args[0]),), hint=hint)
        self.hold(value, args[0])
        return value
    return self.collect_items(args[0], hint)


def _tuple(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = self.static_items(args[0]) if args else ()
    if items is not None:
        return Tup(items)
    made = list_of(self, args, kwargs, hint)
    self.tuples.add(made.cell)
    return made


def dict_of(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    result = self.new_ref(Table((), ()))
    if args:
        cell = self.heap[args[0].cell] if isinstance(args[0], Ref) else None
        pairs = None if is_mapping(cell) or self.is_run_time_dict(cell) else self.static_items(args[0])
        if is_mapping(cell):
            self.heap[result.cell] = replace(cell, cls=dict)
        elif self.is_run_time_dict(cell):
            result = self.call_special(args[0], "copy", ())
        elif pairs is None:
            result = self.call_source(stand_ins.from_pairs, args[:1], (), "")
        for pair in pairs or ():
            k, v = self.static_items(pair)
            self.put(result, k, v)
    for k, v in kwargs.items():
        self.put(result, const(k), v)
    return result


def _from_keys(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``dict.fromkeys(keys, value)``."""
    keys = self.static_items(args[0])
    if keys is None:
        raise self.unsupported("`dict.fromkeys` of keys that are computed", "write the loop", code="S2S010")
    return dict_of(self, (Tup(tuple(Tup((k, args[1] if len(args) > 1 else NONE)) for k in keys)),), {}, hint)


def _isinstance(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    value, classes = args
    kinds = _classes((classes,))
    if kinds is None or not all(map(is_plain_class, kinds)):
        return self.emit(isinstance, (self.reify(value), self.reify(classes)), hint=hint)
    if self.fact(value).kind in ("number", "real"):
        answers = {isinstance(v, kinds) for v in _some_numbers(self.fact(value))}
        if len(answers) == 1:
            return const(answers.pop())
    cls = self.class_of(value)
    if cls is None:
        return self.emit(isinstance, (self.reify(value), self.reify(classes)), hint=hint)
    return const(issubclass(cls, kinds))


def _classes(given: Iterable[Value]) -> tuple[type, ...] | None:
    """The classes in the second argument of ``isinstance``; None if one of them is not known now."""
    found: list[type] = []
    for value in given:
        x = static(value)
        parts = value.items if isinstance(value, Tup) else tuple(map(const, x if type(x) is tuple else getattr(
            x, "__args__", ()) if type(x) is types.UnionType else ()))
        inner = (x,) if is_a(x, type) else _classes(parts) if parts else None
        if inner is None:
            return None
        found += inner
    return tuple(found)


def _some_numbers(fact: Fact) -> tuple[Any, ...]:
    """One value of each type that some number may have."""
    double = (1.0, np.float64(1.0))
    if fact.kind == "real":
        return (*double, 1)
    return double if fact.is_float else (*double, 1, 1j, True, *(np.dtype(c).type(1)
                                                                       for c in "bBhHiIlLqQefgdFDG?"))


def _type(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    cls = self.class_of(args[0])
    if cls is None:
        raise self.unsupported("the type of a value whose kind is not known", code="S2S011")
    return const(cls)


def _map(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``map(fn, …)``, of the tuples of its arguments."""
    fn, rows = args
    if rows.static is not None:
        return self.new_list(tuple(self.call(fn, t.items, ()) for t in rows.static))
    return self.collect_items(rows, hint, lambda item: self.call(fn, item.items, ()))


def _sorted(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return self.in_order(args[0], kwargs.get("key", NONE), kwargs.get("reverse", FALSE))


def _any_all(every: bool) -> Callable:
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        items = self.static_items(args[0])
        if items is None:
            return NotImplemented
        result: Value = const(every)
        for v in reversed(items):
            if every:
                result = self.choose(v, lambda result=result: result, lambda: FALSE)
            else:
                result = self.choose(v, lambda: TRUE, lambda result=result: result)
        return result
    return lower


def _sum(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = self.static_items(args[0])
    start = args[1] if len(args) > 1 else kwargs.get("start", const(0))
    if items is None:
        item = self.fact(args[0]).item
        if item is not None and item.kind in ("list", "tuple"):
            raise self.unsupported("`sum` of lists or tuples in a list of run-time length", "write the loop: "
                                   "`xs.extend(row)`", code="S2S010")
        return NotImplemented
    if all(self.fact(v).is_scalar for v in items) and self.fact(start).is_scalar:
        first = () if same_value(static(start), 0) else (self.reify(start),)
        return self.emit(sum, (self.reify(self.new_list(tuple(items))), *first), hint=hint)
    for v in items:
        start = self.binary(operator.add, start, v)
    return start


def _set_field(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``object.__setattr__(obj, name, value)``."""
    name = static(args[1])
    if name is UNSET or not self.is_object(args[0]):
        return NotImplemented
    self.set_field(args[0], name, args[2])
    return NONE


def _new(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``object.__new__(cls)``."""
    cls = static(args[0])
    if not isinstance(cls, type) or cls.__new__ is not object.__new__:
        return NotImplemented
    return self.new_ref(Fields(cls, (), ()))


def _setattr(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    name = static(args[1])
    if name is UNSET:
        raise self.unsupported("an attribute whose name is known only at run time", code="S2S011")
    self.set_attribute(args[0], name, args[2])
    return NONE


def _getattr(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    name = static(args[1])
    if name is UNSET:
        raise self.unsupported("an attribute whose name is known only at run time", code="S2S011")
    if len(args) > 2:
        return self.attribute_or(args[0], name, args[2], hint)
    return self.attribute(args[0], name, hint)


def _hasattr(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    cls = self.class_of(args[0])
    name = static(args[1])
    value = args[0]
    if isinstance(value, Ref) and isinstance(self.heap[value.cell], Fields):
        return const(name in self.heap[value.cell].names or look_in_class(cls, name) is not MISSING)
    if static(value) is not UNSET or self.is_opaque(value):
        found = look(static(value), name) if static(value) is not UNSET else MISSING
        if found is not MISSING and not is_a(found, property):
            return TRUE
        if static(value) is not UNSET and found is MISSING and look_in_class(
                type(static(value)), "__getattr__") is MISSING and not asks_python(static(value)):
            return FALSE
        return self.emit(hasattr, (self.reify(value), Const(name)), hint=hint)
    if cls is None:
        return self.emit(hasattr, (self.reify(value), self.reify(args[1])), hint=hint)
    return const(look_in_class(cls, name) is not MISSING)


def _callable(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    value = args[0]
    if isinstance(value, (Closure, Bound, Method)):
        return TRUE
    if isinstance(value, Ref) and isinstance(self.heap[value.cell], Fields):
        return const(self.find_special(value, "__call__") is not None)
    return const(static(value) is not UNSET and callable(static(value)))


def _extreme(better: Callable) -> Callable:
    """``max`` and ``min`` with ``key``."""
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        key = kwargs.get("key")
        plain = key is None or static(key) is None
        given = args if len(args) > 1 else self.literal_items(args[0]) or ()
        fact = self.fact(args[0])
        if plain and len(args) == 1 and not given and fact.kind == "list" and fact.item is not None and (
                fact.item.kind in ("tuple", "list")):
            raise self.unsupported(f"`{'max' if better is operator.gt else 'min'}` of a list of run-time length whose "
                                   "items are not numbers", "use np.argmax or np.argmin", code="S2S010")
        if plain and not any(self.literal_items(v) is not None for v in given):
            known = [static(v) for v in (args if len(args) > 1 else self.literal_items(args[0]) or ())]
            if known and all(type(v) is int for v in known):
                return const(max(known) if better is operator.gt else min(known))
            if "default" not in kwargs:
                return NotImplemented
            items = self.static_items(args[0])
            if items is None:
                raise self.unsupported("`default=` over something of run-time length", "test its length", code="S2S010")
            return kwargs["default"] if not items else self.call_op(max if better is operator.gt else min, args, ())
        items = args if len(args) > 1 else self.static_items(args[0])
        if not items and "default" in kwargs:
            return kwargs["default"]
        if not items:
            raise self.unsupported("`key=` over something of run-time length", "use np.argmax", code="S2S010")
        rank = (lambda item: item) if plain else lambda item: self.call(key, (item,), ())
        best, best_key = items[0], rank(items[0])
        for item in items[1:]:
            item_key = rank(item)
            test = self.binary(better, item_key, best_key)
            best = self.choose(test, lambda item=item: item, lambda best=best: best)
            best_key = self.choose(test, lambda k=item_key: k, lambda k=best_key: k)
        return best
    return lower


def slice_of(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    parts = (NONE, *args) if len(args) == 1 else args
    return Slice((*parts, *(NONE,) * (3 - len(parts))))


def _print(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    shown = tuple(self.reify(a) for a in args if not isinstance(a, (Closure, Bound, Method)))
    self.emit(print, shown, tuple((k, self.reify(v)) for k, v in kwargs.items()))
    return NONE


BUILTINS: dict[Any, Callable] = {
    len: _len,
    range: _range,
    enumerate: _enumerate,
    zip: _zip,
    reversed: _reversed,
    list: list_of,
    tuple: _tuple,
    dict: dict_of,
    dict.fromkeys: _from_keys,
    set: make_set,
    frozenset: make_frozenset,
    isinstance: _isinstance,
    type: _type,
    map: _map,
    sorted: _sorted,
    any: _any_all(False),
    all: _any_all(True),
    sum: _sum,
    getattr: _getattr,
    hasattr: _hasattr,
    callable: _callable,
    slice: slice_of,
    print: _print,
    max: _extreme(operator.gt),
    min: _extreme(operator.lt),
    object.__setattr__: _set_field,
    object.__new__: _new,
    setattr: _setattr,
}
"""What each builtin function means."""
