"""IR with holes: the body of a rule, made once for arguments of some kinds, and copied wherever it is needed.

``ad`` describes the arguments of a rule by ``RuleKinds``: the same for all calls whose arguments differ only in which
variables they are and which sizes they have. Somebody who can read rules (``frontend.rule_template``) makes the
``Template``; ``ad`` gets him as an argument and copies.

Before: ``y_bar * math.cos(x)`` for ``z_bar, u``.  After: the template ``t = cos(x); p = mul(y_bar, t)`` with the holes
``x, y_bar``, and its copy ``t = cos(u); p = mul(z_bar, t)``.
"""
from __future__ import annotations

import types
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.errors import Loc
from s2sad.ir import UNDEFINED, Arg, Block, Const, Fact, Pack, Stmt, Var
from s2sad.ir.facts import fresh_like, symbols, with_symbols
from s2sad.ir.inert import is_a
from s2sad.ir.walk import clone, replacing

NUMBERS = (int, float, complex, bool)


class RuleKinds:
    """The arguments of a rule, without the identity of their variables and sizes.

    ``bound``: the arguments by name: IR arguments, None, or (for a ``*args`` parameter) tuples of them. ``found``: the
    variables in them; ``shapes``: for each an argument with its shape and dtype that is known wherever the derivative
    runs. ``key``: equal for arguments of the same kinds; None if it has no hash. ``lasting``: the key names nothing by
    its identity, so it means the same as long as the process lives.
    """

    def __init__(self, bound: dict[str, Any], meta: Callable[[Arg], Arg], fact_of: Callable[[Arg], Fact]) -> None:
        self.bound = bound
        self.lasting = True
        self.names: dict[Var, str] = {}
        self.symbols: dict[Any, Any] = {}
        self.sizes: dict[Any, Any] = {}
        tree = tuple((name, self._tree(arg, name)) for name, arg in bound.items())
        self.found = tuple(self.names)
        self.shapes = tuple(map(meta, self.found))
        self.facts = tuple(self._fact(v.fact) for v in self.found)
        self.shape_facts = tuple(self._fact(fact_of(a)) for a in self.shapes)
        key: Hashable = tree, self.facts, self.shape_facts
        try:
            hash(key)
        except TypeError:
            key, self.lasting = None, False
        self.key = key

    def _tree(self, arg: Any, name: str) -> Hashable:
        if type(arg) is Var:
            self.names.setdefault(arg, name)
            return list(self.names).index(arg)
        if type(arg) is Const:
            return Const, arg.name, self._constant(arg.value)
        if type(arg) is Pack:
            return arg.kind, arg.keys, tuple(self._tree(a, name) for a in arg.items)
        return tuple(self._tree(a, name) for a in arg) if isinstance(arg, tuple) else arg

    def _constant(self, value: Any) -> Hashable:
        """A constant in a key; what has no value that can be compared is named by its identity."""
        if type(value) in NUMBERS or is_a(value, np.number):
            return type(value), repr(value)
        if type(value) is tuple:
            return tuple, tuple(map(self._constant, value))
        if value is None or value is ... or value is UNDEFINED or isinstance(
                value, (str, bytes, type, np.dtype, np.ufunc, types.ModuleType)):
            return type(value), value
        self.lasting = False
        return type(value), id(value)

    def _fact(self, fact: Fact) -> Fact:
        return with_symbols(fact, self._symbol) if any(True for _ in symbols(fact)) else fact

    def _symbol(self, old: Any) -> Any:
        """A symbol of a size by its number; a size that a slice names stays that slice of another size."""
        if old not in self.symbols:
            if old[0] == "s":
                dim, *bounds = old[1]
                dim = (self._symbol(dim[0]), dim[1]) if isinstance(dim, tuple) else dim
                new: Any = "s", (dim, *(("w", self._symbol(("w", b))) if type(b) is Var else b for b in bounds))
            else:
                new = (old[0] if old[0] in ("n", "i") else "m"), -1 - len(self.symbols)
            self.symbols[old] = new
            self.sizes[new] = old
        return self.symbols[old]

    def stand_ins(self) -> tuple[dict[str, Any], tuple[Var, ...], tuple[Var, ...]]:
        """Arguments of these kinds: the arguments by name, their variables, and those that have their shapes."""
        params = tuple(Var(name, fact) for name, fact in zip(self.names.values(), self.facts))
        shapes = tuple(Var(name, fact) for name, fact in zip(self.names.values(), self.shape_facts))
        new = replacing(dict(zip(self.found, params)))

        def stand_in(arg: Any) -> Any:
            if isinstance(arg, tuple):
                return tuple(map(stand_in, arg))
            return None if arg is None else new(arg)
        return {name: stand_in(arg) for name, arg in self.bound.items()}, params, shapes


@dataclass(frozen=True)
class Template:
    """A body with holes: the variables ``params`` for the arguments, ``shapes`` for those that have their shapes.

    ``result`` is a tree: an IR argument, None, NotImplemented, or a tuple or list of trees. ``guards``: conditions on
    what the rule reads outside of itself; while they are true the template is valid."""

    params: tuple[Var, ...]
    shapes: tuple[Var, ...]
    body: Block
    result: Any
    guards: tuple[Callable[[], bool], ...] = ()

    def valid(self) -> bool:
        """Whether everything that was captured is still what it was."""
        return all(guard() for guard in self.guards)

    def copy(self, kinds: RuleKinds, loc: Loc | None, of: Any = None) -> tuple[list[Stmt], Any]:
        """The statements with fresh variables, and the result, for arguments of these kinds; every copy has sizes of
        its own. ``of`` is the operation whose rule it is."""
        table: dict[Var, Arg] = {**dict(zip(self.params, kinds.found)), **dict(zip(self.shapes, kinds.shapes))}
        body = clone(self.body, table, lambda _: loc, self._sizes(kinds, table), of)
        new = replacing(table)

        def renewed(node: Any) -> Any:
            if isinstance(node, (tuple, list)):
                return type(node)(map(renewed, node))
            return node if node is None or node is NotImplemented else new(node)
        return list(body.stmts), renewed(self.result)

    def _sizes(self, kinds: RuleKinds, table: dict[Var, Arg]) -> Callable[[Fact], Fact]:
        """Facts with symbols for the sizes of this copy."""
        new = dict(kinds.sizes)

        def symbol(old: Any) -> Any:
            if old not in new:
                value = table.get(old[1]) if old[0] == "v" else None
                new[old] = ("v", value) if type(value) is Var else fresh_like(old)
            return new[old]

        def known(fact: Fact) -> Fact:
            return with_symbols(fact, symbol) if any(True for _ in symbols(fact)) else fact
        return known


TemplateSource = Callable[[Callable, RuleKinds], Template]
"""Who makes the template of a rule for arguments of some kinds."""


