"""Inlining rules: a rule is Python source, lowered by the same frontend as the user's function, in place.

Before: ``z = np.sin(x)`` with cotangent ``z_bar``.  After: ``t = math.cos(x)``, ``x_bar = z_bar * t``: the body of the
rule with its parameters replaced, in the form for known numbers where the facts say so.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.errors import Loc
from s2sad.frontend.lower import Lowerer
from s2sad.frontend.values import NONE, Frame, Items, Ref, Table, Tup, Value, const
from s2sad.ir import Arg, Const, Pack, Stmt
from s2sad.ir.effects import READS_META
from s2sad.specialize.facts import fact_of

ON_FLOATS: dict[Any, Callable] = {
    np.sin: math.sin, np.cos: math.cos, np.tan: math.tan, np.exp: math.exp, np.log: math.log, np.sqrt: math.sqrt,
    np.sinh: math.sinh, np.cosh: math.cosh, np.tanh: math.tanh, np.arctan: math.atan, np.arcsin: math.asin,
    np.arccos: math.acos, np.log1p: math.log1p, np.expm1: math.expm1, np.absolute: abs, np.arcsinh: math.asinh,
    np.multiply: operator.mul, np.add: operator.add, np.subtract: operator.sub, np.divide: operator.truediv,
    np.negative: operator.neg, np.power: operator.pow, np.less: operator.lt, np.greater: operator.gt,
    np.equal: operator.eq, np.less_equal: operator.le, np.greater_equal: operator.ge}
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
        if args and all(f.kind in ("float", "int") for f in facts) and not kwargs and any(f.is_float for f in facts):
            op = ON_FLOATS.get(op, op)
        if op is np.where and len(args) == 3 and all(f.is_scalar for f in facts) and facts[0].kind == "bool":
            test, x, y = (self.wrap(a) for a in args)
            return self.choose(test, lambda: x, lambda: y)
        if op in READS_META:
            args = (self.meta(args[0]), *args[1:])
        elif op in (runtime.unbroadcast, runtime.astype_of):
            g, x = fact_of(args[0]), fact_of(args[1])  # type: ignore[assignment]
            if g.kind == x.kind and g.dtype == x.dtype and (op is runtime.astype_of or g.dims == x.dims is not None or (
                    g.is_scalar and x.is_scalar)):
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


def inline(fn: Callable, bound: dict[str, Any], meta: Callable[[Arg], Arg], loc: Loc | None) -> tuple[list[Stmt], Any]:
    """Lower the body of a rule.

    Parameters
    ----------
    fn : function
        The rule's function.
    bound : dict
        Its arguments by name: IR arguments, None, or (for a ``*args`` parameter) tuples of them.
    meta : callable
        For a variable, one with the same shape and dtype that is known wherever the derivative code runs.

    Returns
    -------
    stmts, result
        The statements, and the result as a tree: an IR argument, None, NotImplemented, or a tuple or list of trees.
    """
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
