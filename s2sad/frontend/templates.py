"""Rules as templates: a rule is Python source, lowered like the user's function, once for arguments of some kinds.

Before: ``def sin(x): return np.cos(x)`` and the kind of a float.  After: ``t = math.cos(x)``, result ``t``, with a hole
``x``: the form for known numbers where the facts say so.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from s2sad import ops, rules, runtime
from s2sad.errors import Loc
from s2sad.facts.arguments import fact_of
from s2sad.frontend.lower import Lowerer
from s2sad.frontend.values import NONE, Frame, Items, Ref, Table, Tup, Value, const
from s2sad.ir import Arg, Block, Const, Fact, Pack, Var
from s2sad.ir.facts import equal_dtypes
from s2sad.ir.templates import RuleKinds, Template


class RuleLowerer(Lowerer):
    """A lowerer for rule bodies. ``meta`` gives, for a variable, one that has the same shape and outlives it."""

    def __init__(self, meta: Callable[[Arg], Arg]) -> None:
        super().__init__(adjoint=True)
        self.meta = meta
        self.frames.append(Frame({}))

    def at(self, node: Any) -> Loc | None:
        return None

    def emit(self, op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...] = (),
             hint: str = "") -> Value:
        facts = [fact_of(a) for a in args]
        if ops.of(op).same_on_floats and args and facts[0].is_float and not kwargs and len(args) == 1:
            return self.wrap(args[0])
        if op is operator.pow and _is_one(facts[1]) and _is_inexact(facts[0]):
            return self.wrap(args[0])  # here, not in simplify: a second derivative would see the power
        if args and all(f.kind in ("float", "int") for f in facts) and not kwargs and any(f.is_float for f in facts):
            op = ops.of(op).on_floats or op
            if op is operator.pow and not _is_whole(facts[1]):
                op = math.pow  # Python's `**` of a number below zero is complex, which nothing here expects
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


_known: dict[tuple[Callable, Hashable], Template] = {}
rules.WATCHERS.append(_known.clear)
MOST_TEMPLATES = 5000


def rule_template(fn: Callable, kinds: RuleKinds) -> Template:
    """The template of a rule for arguments of some kinds, made once in a process.

    Parameters
    ----------
    fn : function
        The function of the rule.
    kinds : RuleKinds
        Its arguments.
    """
    key = fn, kinds.key
    found = _known.get(key) if kinds.lasting else None
    if found is not None and found.valid():
        return found
    made = _lowered(fn, kinds)
    if kinds.lasting:
        if len(_known) >= MOST_TEMPLATES:
            _known.clear()
        _known[key] = made
    return made


def _lowered(fn: Callable, kinds: RuleKinds) -> Template:
    """The body of a rule, lowered for stand-ins of its arguments."""
    bound, params, shapes = kinds.stand_ins()
    of_param = dict(zip(params, shapes))
    lowerer = RuleLowerer(lambda a: of_param.get(a, a) if type(a) is Var else a)
    code = fn.__code__
    args = [lowerer.value_of(bound[name]) for name in code.co_varnames[:code.co_argcount]]
    at = code.co_argcount
    kwonly = code.co_varnames[at:at + code.co_kwonlyargcount]
    if code.co_flags & 0x04:
        args += [lowerer.value_of(a) for a in bound[code.co_varnames[at + code.co_kwonlyargcount]]]
    kwargs = tuple((name, lowerer.value_of(bound[name])) for name in kwonly)
    result = tree(lowerer, lowerer.call_function(fn, tuple(args), kwargs, ""))
    return Template(params, shapes, Block((), tuple(lowerer.stmts), ()), result, tuple(lowerer.guards))


def _is_truth(fact: Fact) -> bool:
    return fact.kind == "bool" or (fact.dtype is not None and fact.dtype == np.bool_)


def _is_whole(fact: Fact) -> bool:
    """Whether a number is certainly an integer."""
    return fact.kind == "int" or (type(fact.value) is float and fact.value.is_integer())


def _is_one(fact: Fact) -> bool:
    value = fact.value if fact.kind != "array" else None
    return type(value) in (int, float) and value == 1


def _is_inexact(fact: Fact) -> bool:
    return fact.is_float or (fact.dtype is not None and fact.dtype.kind in "fc")


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
