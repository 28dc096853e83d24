"""The parameters of a function that is lowered, as values: structures are taken apart, leaves are variables.

Before: the kind of an argument ``{"w": w, "n": 3}``.  After: ``w = getitem(p, "w")``, ``n = getitem(p, "n")``, and a
dict of known keys that holds the two.
"""
from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.errors import ArgumentError
from s2sad.frontend.lower import Lowerer
from s2sad.frontend.values import Fields, Ref, Table, Tup, Value, const
from s2sad.ir import Arg, Const, Fact, Var
from s2sad.ir.facts import RANDOM, UNKNOWN, array, fresh_dim, of_value
from s2sad.ir.kinds import (
    SCALARS,
    AgainKind,
    ArrayKind,
    DictKind,
    Kind,
    LongKind,
    RecordKind,
    SequenceKind,
    StaticKind,
)

Path = tuple[tuple[Callable, Any], ...]


@dataclass
class Record:
    """The tree of leaf variables of an instance of a user class."""

    cls: type
    fields: dict[str, Any]


def branches_of(tree: Any) -> list[tuple[Any, Any, Any]]:
    """The parts of a parameter tree: for each the operation that reads it, the key, and the part; none of a leaf."""
    if isinstance(tree, Record):
        return [(getattr, k, t) for k, t in tree.fields.items()]
    if isinstance(tree, dict):
        return [(operator.getitem, k, t) for k, t in tree.items()]
    return [(operator.getitem, k, t) for k, t in enumerate(tree)] if isinstance(tree, (list, tuple)) else []


def leaves_of(tree: Any) -> list[Var]:
    """The leaf variables of a parameter tree, in order."""
    return [tree] if isinstance(tree, Var) else [v for _, _, t in branches_of(tree) for v in leaves_of(t)]


class Inputs:
    """Builds the abstract values of parameters, taking structures apart by ``getitem`` and ``getattr``."""

    def __init__(self, lowerer: Lowerer) -> None:
        self.lowerer = lowerer
        self.vars: list[Var] = []
        self.cells: dict[int, Var] = {}
        self.seen: dict[int, tuple[Value, Any]] = {}
        self.sizes: dict[int, Any] = {0: 0, 1: 1}
        self.open: list[int] = []
        self.paths: dict[Var, Path] = {}
        self.containers: dict[int, Path] = {}

    def fact(self, kind: Kind) -> Fact:
        """What is known of an argument."""
        match kind:
            case ArrayKind(cls, dtype, _) if issubclass(cls, np.generic):
                return Fact("scalar", dtype)
            case ArrayKind(_, dtype, sizes):
                return array(dtype, tuple(self.sizes.setdefault(n, fresh_dim(True)) for n in sizes))
            case LongKind(_, item):
                return Fact("list", item=Fact(item.__name__))
            case SequenceKind(cls, _):
                return Fact("list", item=UNKNOWN) if issubclass(cls, list) else Fact("tuple")
            case DictKind():
                return Fact("dict", item=UNKNOWN)
            case StaticKind():
                fact = of_value(kind.value)
                return Fact("object") if fact.kind in ("function", "dict") else fact.forget()
            case type():
                return _of_class(kind)
        return Fact("object")

    def build(self, kind: Kind, arg: Arg, name: str) -> tuple[Value, Any]:
        """The value of an argument, and its tree of leaf variables."""
        match kind:
            case SequenceKind(cls, parts):
                built = [self.part(p, arg, operator.getitem, k, f"{name}{k}") for k, p in enumerate(parts)]
                values, trees = tuple(v for v, _ in built), [t for _, t in built]
                if issubclass(cls, list):
                    return self.container(self.lowerer.new_list(values), arg), trees
                return Tup(values, cls), tuple.__new__(cls, trees)
            case DictKind(_, keys, parts):
                built = [self.part(p, arg, operator.getitem, k, str(k) if str(k).isidentifier() else name)
                         for k, p in zip(keys, parts)]
                table = Table(keys, tuple(v for v, _ in built))
                return self.container(self.lowerer.new_ref(table), arg), dict(zip(keys, [t for _, t in built]))
            case RecordKind():
                return self.record(kind, arg)
            case AgainKind(cls, number):
                if number in self.open:
                    raise ArgumentError("S2S006", f"an object of class `{cls.__name__}` among the arguments refers to "
                                        "itself", hint="pass what the function needs of it")
                return self.seen[number]
            case StaticKind():
                return const(kind.value, name if callable(kind.value) else None), None
        return (const(None), None) if kind is type(None) else self.leaf(arg)

    def container(self, ref: Ref, arg: Any) -> Ref:
        """Note where a list or dict is in the arguments."""
        self.containers[ref.cell] = self.paths[arg]
        return ref

    def record(self, kind: RecordKind, arg: Arg) -> tuple[Value, Any]:
        ref = self.lowerer.new_ref(Fields(kind.cls, (), ()))
        self.lowerer.originals[ref.cell] = arg
        tree = Record(kind.cls, {})
        self.seen[kind.number] = ref, tree
        self.open.append(kind.number)
        parts = {k: self.part(p, arg, getattr, k, k) for k, p in zip(kind.names, kind.parts)}
        self.open.pop()
        self.lowerer.heap[ref.cell] = Fields(kind.cls, kind.names, tuple(v for v, _ in parts.values()))
        tree.fields.update({k: t for k, (_, t) in parts.items()})
        return ref, tree

    def part(self, kind: Kind, owner: Any, op: Callable, key: Any, name: str) -> tuple[Value, Any]:
        if kind is type(None) or isinstance(kind, StaticKind):
            return const(kind.value if isinstance(kind, StaticKind) else None), None
        var = self.lowerer.emit_call(op, (owner, Const(key)), (), Var(name.lstrip("_") or "field", self.fact(kind)))
        self.paths[var] = (*self.paths[owner], (op, key))
        return self.build(kind, var, name)

    def leaf(self, arg: Any) -> tuple[Value, Any]:
        self.vars.append(arg)
        value = self.lowerer.wrap(arg)
        if isinstance(value, Ref):
            self.cells[value.cell] = arg
        return value, arg


def _of_class(cls: type) -> Fact:
    """What is known of a number, None or a generator of random numbers."""
    if cls in SCALARS:
        return Fact(cls.__name__)
    if cls is type(None):
        return Fact("none")
    return Fact(cls.__name__) if cls in RANDOM.values() else Fact("scalar", np.dtype(cls))
