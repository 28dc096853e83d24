"""Inlining rules: a rule is Python source, lowered by the same frontend as the user's function, in place.

Before: ``z = np.sin(x)`` with cotangent ``z_bar``.  After: ``t = math.cos(x)``, ``x_bar = z_bar * t``: the body of the
rule with its parameters replaced, in the form for known numbers where the facts say so.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.errors import Loc
from s2sad.facts.arguments import fact_of
from s2sad.frontend.lower import Lowerer
from s2sad.frontend.values import NONE, Frame, Items, Ref, Table, Tup, Value, const
from s2sad.ir import Arg, Block, Const, Fact, Pack, Stmt, Var
from s2sad.ir.facts import equal_dtypes, fresh_dim, symbols, with_symbols
from s2sad.ir.walk import blocks, clone, map_arg, statements

ON_FLOATS: dict[Any, Callable] = {
    np.sin: math.sin, np.cos: math.cos, np.tan: math.tan, np.exp: math.exp, np.log: math.log, np.sqrt: math.sqrt,
    np.sinh: math.sinh, np.cosh: math.cosh, np.tanh: math.tanh, np.arctan: math.atan, np.arcsin: math.asin,
    np.arccos: math.acos, np.log1p: math.log1p, np.expm1: math.expm1, np.absolute: abs, np.arcsinh: math.asinh,
    np.multiply: operator.mul, np.add: operator.add, np.subtract: operator.sub, np.divide: operator.truediv,
    np.negative: operator.neg, np.power: operator.pow, np.less: operator.lt, np.greater: operator.gt,
    np.equal: operator.eq, np.less_equal: operator.le, np.greater_equal: operator.ge}
NUMBERS = (int, float, complex, bool)
IDENTITY_ON_NUMBERS = {np.sum, np.real, np.asarray, np.transpose, np.conjugate, np.squeeze}


class RuleLowerer(Lowerer):
    """A lowerer for rule bodies. ``meta`` gives, for a variable, one that has the same shape and outlives it."""

    def __init__(self, meta: Callable[[Arg], Arg], loc: Loc | None) -> None:
        super().__init__(adjoint=True)
        self.meta = meta
        self.loc = self.user_loc = loc
        self.frames.append(Frame({}))

    def at(self, node: Any) -> Loc | None:
        return self.user_loc

    def emit(self, op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...] = (),
             hint: str = "") -> Value:
        facts = [fact_of(a) for a in args]
        if op in IDENTITY_ON_NUMBERS and args and facts[0].is_float and not kwargs and len(args) == 1:
            return self.wrap(args[0])
        if op is operator.pow and _is_one(facts[1]) and _is_inexact(facts[0]):
            return self.wrap(args[0])  # here, not in simplify: a second derivative would see the power
        if args and all(f.kind in ("float", "int") for f in facts) and not kwargs and any(f.is_float for f in facts):
            op = ON_FLOATS.get(op, op)
        if op is np.where and len(args) == 3 and all(f.is_scalar for f in facts) and _is_truth(facts[0]):
            test, x, y = (self.wrap(a) for a in args)
            return self.choose(test, lambda: x, lambda: y)
        if ops.of(op).reads_shape:
            args = (self.meta(args[0]), *args[1:])
        elif op in (runtime.unbroadcast, runtime.astype_of):
            g, x = fact_of(args[0]), fact_of(args[1])  # type: ignore[assignment]
            if g.kind == x.kind and equal_dtypes(g.dtype, x.dtype) and (
                    op is runtime.astype_of or g.dims == x.dims is not None or (g.is_scalar and x.is_scalar)):
                return self.wrap(args[0])
            args = (args[0], self.meta(args[1]))
        return super().emit(op, args, kwargs, hint)

    def value_of(self, arg: Arg | tuple | None) -> Value:
        """An IR argument as a value, containers taken apart."""
        if arg is None:
            return NONE
        if type(arg) is tuple:
            return Tup(tuple(self.value_of(a) for a in arg))
        if type(arg) is Pack:
            items = tuple(self.value_of(a) for a in arg.items)
            if arg.kind == "list":
                return self.new_list(items)
            if arg.kind == "dict":
                return self.new_ref(Table(arg.keys, items))
            if arg.kind == "slice":
                return self.call_object(slice, items, (), "")
            return Tup(items, tuple if arg.kind == "tuple" else arg.kind)
        if type(arg) is Const:
            return const(arg.value, arg.name) if not isinstance(arg.value, np.ndarray) else self.wrap(arg)
        return self.wrap(arg)


class RuleBodies:
    """The bodies of rules for one derivative: a rule is lowered once for arguments of one kind, then copied.

    ``meta`` gives, for a variable, one with the same shape and dtype that is known wherever the derivative code runs.
    """

    def __init__(self, meta: Callable[[Arg], Arg]) -> None:
        self.meta = meta
        self.known: dict[Hashable, _Template] = {}

    def inline(self, fn: Callable, bound: dict[str, Any], loc: Loc | None) -> tuple[list[Stmt], Any]:
        """The body of a rule in place of its call.

        Parameters
        ----------
        fn : function
            The rule's function.
        bound : dict
            Its arguments by name: IR arguments, None, or (for a ``*args`` parameter) tuples of them.

        Returns
        -------
        stmts, result
            The statements, and the result as a tree: an IR argument, None, NotImplemented, or a tuple or list of trees.
        """
        found: dict[Var, int] = {}
        shape = tuple((name, _shape(arg, found)) for name, arg in bound.items())
        metas = [self.meta(v) for v in found]
        key = fn, shape, tuple(v.fact for v in found), tuple(map(fact_of, metas))
        try:
            template = self.known.get(key)
        except TypeError:  # a value that cannot be hashed
            return _lower(fn, bound, self.meta, loc)
        if template is None:
            template = self.known[key] = _Template.of(fn, bound, tuple(found), metas, self.meta)
        return template.copy(tuple(found), metas, loc)


def _shape(arg: Any, found: dict[Var, int]) -> Hashable:
    """An argument of a rule without the identity of its variables, which are numbered in ``found``."""
    if type(arg) is Var:
        return found.setdefault(arg, len(found))
    if type(arg) is Const:
        value = arg.value
        plain = value is None or isinstance(value, (str, bytes, type))
        return Const, type(value), value if plain else repr(value) if type(value) in NUMBERS else id(value), arg.name
    if type(arg) is Pack:
        return arg.kind, arg.keys, tuple(_shape(a, found) for a in arg.items)
    return tuple(_shape(a, found) for a in arg) if isinstance(arg, tuple) else arg


@dataclass(frozen=True)
class _Template:
    """A rule lowered for variables that stand for the arguments, and for those that have their shapes (``metas``).
    ``bound`` keeps alive what the key names by identity; ``own`` says whether there are sizes that arose in the body:
    every copy has sizes of its own."""

    bound: dict[str, Any]
    params: tuple[Var, ...]
    metas: tuple[Var, ...]
    body: Block
    result: Any
    given: frozenset[Any]
    own: bool

    @staticmethod
    def of(fn: Callable, bound: dict[str, Any], found: tuple[Var, ...], metas: list[Arg],
           meta: Callable[[Arg], Arg]) -> _Template:
        params = tuple(Var(v.name, v.fact) for v in found)
        shapes = tuple(Var(getattr(m, "name", "t"), fact_of(m)) for m in metas)
        of_param = dict(zip(params, shapes))
        table = dict(zip(found, params))

        def stand_in(arg: Any) -> Any:
            if isinstance(arg, tuple):
                return tuple(map(stand_in, arg))
            return None if arg is None else map_arg(lambda a: table.get(a, a) if type(a) is Var else a, arg)

        stmts, result = _lower(fn, {name: stand_in(arg) for name, arg in bound.items()},
                               lambda a: of_param[a] if type(a) is Var and a in of_param else meta(a), None)
        given = frozenset(k for v in (*params, *shapes) for k in symbols(v.fact))
        body = Block((), tuple(stmts), ())
        own = any(k not in given for s in statements(body) for v in _defined(s) for k in symbols(v.fact))
        return _Template(bound, params, shapes, body, result, given, own)

    def copy(self, found: tuple[Var, ...], metas: list[Arg], loc: Loc | None) -> tuple[list[Stmt], Any]:
        """The body with fresh variables, for other arguments of the same kinds."""
        table: dict[Var, Arg] = {**dict(zip(self.params, found)), **dict(zip(self.metas, metas))}
        body = clone(self.body, table, lambda _: loc, self.sizes(table) if self.own else lambda fact: fact)

        def leaf(arg: Arg) -> Arg:
            return table.get(arg, arg) if type(arg) is Var else arg

        def renewed(node: Any) -> Any:
            if isinstance(node, (tuple, list)):
                return type(node)(map(renewed, node))
            return node if node is None or node is NotImplemented else map_arg(leaf, node)
        return list(body.stmts), renewed(self.result)


    def sizes(self, table: dict[Var, Arg]) -> Callable[[Fact], Fact]:
        """Facts with symbols for the sizes of this copy."""
        new: dict[Any, Any] = {}

        def symbol(old: Any) -> Any:
            if old in self.given:
                return old
            if old not in new:
                value = table.get(old[1]) if old[0] == "v" else None
                new[old] = ("v", value) if type(value) is Var else fresh_dim(old[0] == "n")[0]
            return new[old]
        return lambda fact: with_symbols(fact, symbol)


def _defined(s: Stmt) -> tuple[Var, ...]:
    return (*s.outs, *(p for b in blocks(s) for p in b.params))


def _is_truth(fact: Fact) -> bool:
    return fact.kind == "bool" or (fact.dtype is not None and fact.dtype == np.bool_)


def _is_one(fact: Fact) -> bool:
    value = fact.value if fact.kind != "array" else None
    return type(value) in (int, float) and value == 1


def _is_inexact(fact: Fact) -> bool:
    return fact.is_float or (fact.dtype is not None and fact.dtype.kind in "fc")


def _lower(fn: Callable, bound: dict[str, Any], meta: Callable[[Arg], Arg],
           loc: Loc | None) -> tuple[list[Stmt], Any]:
    """Lower the body of a rule."""
    lowerer = RuleLowerer(meta, loc)
    code = fn.__code__
    args = [lowerer.value_of(bound[name]) for name in code.co_varnames[:code.co_argcount]]
    at = code.co_argcount
    kwonly = code.co_varnames[at:at + code.co_kwonlyargcount]
    if code.co_flags & 0x04:
        args += [lowerer.value_of(a) for a in bound[code.co_varnames[at + code.co_kwonlyargcount]]]
    kwargs = tuple((name, lowerer.value_of(bound[name])) for name in kwonly)
    result = lowerer.call_function(fn, tuple(args), kwargs, "")
    return lowerer.stmts, tree(lowerer, result)


def tree(lowerer: Lowerer, value: Value) -> Any:
    """A value as a tree of IR arguments."""
    if isinstance(value, Tup):
        return tuple(tree(lowerer, v) for v in value.items)
    if isinstance(value, Ref) and not value.path and isinstance(lowerer.heap[value.cell], Items):
        return [tree(lowerer, v) for v in lowerer.heap[value.cell].values]
    arg = lowerer.reify(value)
    if type(arg) is Const and (arg.value is None or arg.value is NotImplemented):
        return arg.value
    return arg
