"""Sets of things that are known now: names, numbers, classes, modules.

A set is a ``Table`` of class ``set`` with no values. It is walked in the order in which Python walks such a set.

Before: ``seen = set(); seen.add(kind); if kind in seen``.  After: nothing; the branch is taken.
"""
from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeGuard

from s2sad.frontend.captures import is_key
from s2sad.frontend.values import NONE, Atom, Iteration, Ref, Table, Tup, Value, const, static
from s2sad.ir.facts import UNSET
from s2sad.ir.inert import is_a

OPERATORS: dict[Callable, str] = {operator.or_: "__or__", operator.and_: "__and__", operator.sub: "__sub__",
                                  operator.xor: "__xor__", operator.eq: "__eq__", operator.ne: "__ne__",
                                  operator.le: "__le__", operator.lt: "__lt__", operator.ge: "__ge__",
                                  operator.gt: "__gt__"}
QUESTIONS = {"union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint",
             "copy"}
CHANGES = {"add", "discard", "remove", "update", "intersection_update", "difference_update",
           "symmetric_difference_update", "clear"}
IN_PLACE: dict[Callable, str] = {operator.or_: "update", operator.and_: "intersection_update",
                                 operator.sub: "difference_update", operator.xor: "symmetric_difference_update"}


class Sets:
    """The part of the lowerer for sets."""

    heap: dict[int, Any]

    def new_set(self, members: Any) -> Value:
        """A set made here."""
        keys = tuple(set(members))
        return self.new_ref(Table(keys, (NONE,) * len(keys), set))

    def is_set(self, value: Value) -> bool:
        """Whether a value is a set that was made here."""
        cell = self.heap.get(value.cell) if isinstance(value, Ref) and not value.path else None
        return isinstance(cell, Table) and cell.cls is set

    def members(self, value: Value) -> Any:
        """A set as it is now, made here or known from outside; None if a value is no set."""
        if self.is_set(value):
            return set(self.heap[value.cell].keys)
        known = static(value)
        return known if is_a(known, (set, frozenset)) and all(map(is_key, known)) else None

    def members_of(self, value: Value) -> set[Any]:
        """The items of something iterable, all known now."""
        found = self.members(value)
        if found is not None:
            return set(found)
        items = self.static_items(value)
        if items is None:
            raise self.unsupported("a set of values computed at run time", "use a list")
        return {self.member(v) for v in items}

    def set_of(self, values: tuple[Value, ...]) -> Value:
        """A set of some values. Of sizes that are known only at run time it can be counted; one of them is known."""
        if not all(map(self.is_countable, values)) or all(map(self.is_known, values)):
            return self.new_set({self.member(v) for v in values})
        distinct: list[Value] = []
        for v in values:
            if not any(self.same_size(v, w) for w in distinct):
                distinct.append(v)
        if len(distinct) == 1:
            return Tup((distinct[0],), set)
        return self.emit(set, (self.reify(self.new_list(values)),))

    def is_countable(self, value: Value) -> bool:
        """Whether a value is an integer, a string, or a tuple of such."""
        if isinstance(value, Tup) and value.cls is tuple:
            return all(map(self.is_countable, value.items))
        return isinstance(value, Atom) and self.fact(value).kind in ("int", "bool", "str", "none")

    def is_known(self, value: Value) -> bool:
        """Whether a value is a constant."""
        return all(map(self.is_known, value.items)) if isinstance(value, Tup) else static(value) is not UNSET

    def same_size(self, a: Value, b: Value) -> bool:
        """Whether two values are certainly equal."""
        if isinstance(a, Tup) and isinstance(b, Tup):
            return len(a.items) == len(b.items) and all(map(self.same_size, a.items, b.items))
        if isinstance(a, Tup) or isinstance(b, Tup):
            return False
        sym = self.fact(a).sym
        return a == b or (sym is not None and sym == self.fact(b).sym)

    def member(self, value: Value) -> Any:
        """What is put into a set, or looked up in it: a constant that equals nothing but itself by value."""
        try:
            key = self.static_key(value)
            hash(key)
        except TypeError:
            raise self.failing(TypeError(f"unhashable type: '{type(static(value)).__name__}'"),
                               "a set of things that cannot be hashed", "use a list", "S2S001") from None
        except Exception:
            raise self.unsupported("a set of values computed at run time", "use a list") from None
        return key

    def set_operator(self, op: Callable, left: Value, right: Value) -> Value | None:
        """``left op right`` of two sets, None if they are not such."""
        a, b = self.members(left), self.members(right)
        if a is None or b is None or op not in OPERATORS:
            return None
        return self.set_result(getattr(operator, op.__name__)(a, b))

    def set_result(self, result: Any) -> Value:
        return self.new_set(result) if isinstance(result, set) else const(result)

    def set_method(self, owner: Ref, cell: Table, name: str, args: tuple[Value, ...]) -> Value:
        """A method of a set that was made here."""
        now = set(cell.keys)
        if name in QUESTIONS:
            return self.set_result(getattr(now, name)(*(self.members_of(a) for a in args)))
        if name not in CHANGES:
            raise self.unsupported(f"the method `.{name}` of a set", "use a list", code="S2S010")
        self.check_change(owner.cell)
        given = [self.member(a) if name in ("add", "discard", "remove") else self.members_of(a) for a in args]
        if name == "remove" and given[0] not in now:
            raise self.failing(KeyError(given[0]), f"{given[0]!r} is not in the set here", code="S2S010")
        getattr(now, name)(*given)
        self.heap[owner.cell] = replace(cell, keys=tuple(now), values=(NONE,) * len(now))
        return NONE

    def augment_set(self, owner: Ref, op: Callable, operand: Value) -> Value | None:
        """``owner |= operand`` in place, None if that is no operation of sets."""
        name = IN_PLACE.get(op)
        if name is None or self.members(operand) is None:
            return None
        self.set_method(owner, self.heap[owner.cell], name, (operand,))
        return owner

    def walk_set(self, cell: Table) -> Iteration:
        return Iteration("static", (), tuple(self.capture(k, None) for k in set(cell.keys)))


def make_set(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``set(items)``."""
    items = self.static_items(args[0]) if args and self.members(args[0]) is None else None
    if items is not None:
        return self.set_of(items)
    return self.new_set(self.members_of(args[0]) if args else ())


def make_frozenset(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``frozenset(items)``."""
    return const(frozenset(self.members_of(args[0]) if args else ()))


def is_mapping(cell: Any) -> TypeGuard[Table]:
    """Whether a cell is a dict."""
    return isinstance(cell, Table) and cell.cls is not set


def is_record_dict(cls: type) -> bool:
    """Whether a class is a dict whose items may be looked at in further ways, as attributes say."""
    kept = ("__new__", "__init__", "__getitem__", "__setitem__", "__delitem__", "__len__", "__iter__", "__contains__",
            "__missing__", "__getattribute__", "get", "keys", "values", "items", "update", "pop", "setdefault", "copy")
    return issubclass(cls, dict) and cls is not dict and cls.__module__ != "collections" and all(
        getattr(cls, name, None) is getattr(dict, name, None) for name in kept)


__all__ = ["CHANGES", "Sets", "is_mapping", "is_record_dict", "make_frozenset", "make_set"]
