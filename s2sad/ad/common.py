"""What both modes share: bringing a cotangent to the shape of an operand, the zero of a value, errors about rules."""
from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeGuard

import numpy as np

from s2sad import ops, rules, runtime
from s2sad.errors import NotDifferentiable
from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import dims_of, fills
from s2sad.facts.infer import infer
from s2sad.ir import Arg, Call, Const, Function, If, Pack, Stmt, Var
from s2sad.ir.facts import equal_dtypes
from s2sad.ir.text import op_name
from s2sad.ir.walk import call_args, ends, map_arg, statements, variables


class Emitter:
    """Appends derivative statements to a list."""

    def __init__(self, meta: Callable[[Arg], Arg]) -> None:
        self.meta = meta
        self.unsure: set[Var] = set()
        self.wanted: set[Var] = set()

    def call(self, out: list[Stmt], op: Callable, *args: Arg, hint: str, loc: Any = None, **kwargs: Any) -> Var:
        """Append ``hint = op(*args, **kwargs)``."""
        named = tuple((k, Const(v)) for k, v in kwargs.items())
        fact = infer(op, args, named).facts[0]
        var = Var(hint, fact)
        out.append(Call((var,), op, args, named, loc, True))
        return var

    def zeros(self, out: list[Stmt], x: Arg, hint: str, loc: Any = None, sure: bool = False) -> Arg:
        """The zero cotangent or tangent of ``x``; ``sure`` if ``x`` certainly has a value here."""
        fact = fact_of(x)
        if fact.is_real or fact.kind == "bool":
            return Const(0.0)
        if fact.kind == "complex" or (fact.kind == "number" and fact.is_complex):
            return Const(0j)
        if x in self.unsure and not sure:
            self.wanted.add(x)  # type: ignore[arg-type]
            return self.call(out, runtime.zero_of, x, hint=hint, loc=loc)
        op = np.zeros_like if fact.is_array else runtime.zeros_like
        return self.call(out, op, self.meta(x), hint=hint, loc=loc)

    def match_shape(self, out: list[Stmt], g: Arg, x: Arg, others: list[Arg], hint: str, loc: Any) -> Arg:
        """The cotangent ``g`` of a broadcast of ``x`` with ``others``, summed back to the shape of ``x``."""
        gf, xf = fact_of(g), fact_of(x)
        if xf.is_scalar and gf.is_scalar:
            return self.match_dtype(out, g, x, hint, loc)
        if xf.is_real and gf.is_array and gf.dtype == np.float64:
            return self.call(out, np.sum, g, hint=hint, loc=loc)
        dims = dims_of(xf)
        if dims is not None and xf.is_array and gf.is_array and gf.dims is not None:
            other_dims = [dims_of(fact_of(o)) for o in others]
            known = [d for d in other_dims if d is not None]
            if len(known) == len(other_dims):
                if fills(dims, other_dims) and len(gf.dims) == len(dims):
                    return self.match_dtype(out, g, x, hint, loc)
                lead = len(gf.dims) - len(dims)
                if lead > 0 and dims and fills(dims, [d[-len(dims):] for d in known]):
                    axis = 0 if lead == 1 else tuple(range(lead))
                    summed = self.call(out, np.sum, g, hint=hint, loc=loc, axis=axis)
                    return self.match_dtype(out, summed, x, hint, loc)
        return self.call(out, runtime.unbroadcast, g, self.meta(x), hint=hint, loc=loc)

    def fitted(self, out: list[Stmt], g: Arg, x: Arg, hint: str, loc: Any) -> Arg:
        """What a rule of the user's gave for ``x``, with a check of its shape."""
        return self.call(out, runtime.fitted, g, self.meta(x), hint=hint, loc=loc)

    def number(self, out: list[Stmt], g: Arg, x: Arg, hint: str, loc: Any) -> Arg:
        """``g`` as a number: a 0-d array would be written to by ``+=`` under all its names."""
        gf = fact_of(g)
        if gf.is_array:
            return self.call(out, operator.getitem, g, Const(()), hint=hint, loc=loc)
        return self.call(out, runtime.astype_of, g, self.meta(x), hint=hint, loc=loc)

    def match_dtype(self, out: list[Stmt], g: Arg, x: Arg, hint: str, loc: Any) -> Arg:
        """``g`` in the dtype of ``x``."""
        gf, xf = fact_of(g), fact_of(x)
        if xf.is_array and gf.is_scalar:
            return self.call(out, runtime.unbroadcast, g, self.meta(x), hint=hint, loc=loc)
        if xf.is_real and (gf.is_real or gf.kind == "number" and gf.is_complex is False):
            return g
        if xf.dtype is not None and equal_dtypes(xf.dtype, gf.dtype) and xf.kind == gf.kind:
            return g
        return self.call(out, runtime.astype_of, g, self.meta(x), hint=hint, loc=loc)


def differentiated(call: Call, made: Callable[[Arg], Stmt | None]) -> Call:
    """A call as it is differentiated; the primal stays. ``1.0 / x`` is the reciprocal of ``x``, whose derivative is
    made of the result alone, ``1.0 / (c + np.exp(v))`` and ``np.log(c + np.exp(v))`` one operation on ``v``, and a
    masked operation the operation.
    ``made`` gives the statement of the same block that an argument comes from."""
    if call.op is runtime.masked_contraction:
        op, _, *args = call.args
        return replace(call, op=op.value, args=tuple(args))  # type: ignore[union-attr]
    if len(call.args) == 1 and not call.kwargs and call.args[0] is not call.outs[0]:
        return _softplus(call, call.args[0], made) or call
    if len(call.args) != 2 or call.kwargs or ops.canonical(call.op) is not np.divide:
        return call
    one, x = call.args
    fact = fact_of(x)
    real = fact.is_float or (fact.dtype is not None and fact.dtype.kind == "f")
    if type(one) is Const and type(one.value) in (int, float) and one.value == 1 and real:
        return _logistic(call, x, made) or replace(call, op=np.reciprocal, args=(x,))
    return call


def _logistic(call: Call, x: Arg, made: Callable[[Arg], Stmt | None]) -> Call | None:
    """The reciprocal of ``x`` as an operation on ``v``, if ``x`` is ``c + np.exp(v)``."""
    args = _exponential_and(x, made)
    return None if args is None else replace(call, op=runtime.logistic, args=args)


def _softplus(call: Call, x: Arg, made: Callable[[Arg], Stmt | None]) -> Call | None:
    """The logarithm of ``c + np.exp(v)`` as an operation on ``v``."""
    op, power = ops.canonical(call.op), made(x)
    if op is np.log1p and power is not None and _is_exponential(power):
        return replace(call, op=runtime.softplus, args=(power.args[0], x, Const(1.0)))
    args = _exponential_and(x, made) if op is np.log else None
    return None if args is None else replace(call, op=runtime.softplus, args=args)


def _exponential_and(x: Arg, made: Callable[[Arg], Stmt | None]) -> tuple[Arg, Arg, Arg] | None:
    """``v``, ``e`` and a number ``c``, if ``x`` is ``c + e`` with ``e = np.exp(v)``."""
    total = made(x)
    if not (isinstance(total, Call) and ops.canonical(total.op) is np.add and len(total.args) == 2):
        return None
    for c, e in (total.args, total.args[::-1]):
        power = made(e)
        if type(c) is Const and power is not None and _is_exponential(power):
            return power.args[0], e, c
    return None


def _is_exponential(s: Stmt) -> TypeGuard[Call]:
    return isinstance(s, Call) and ops.canonical(s.op) is np.exp and len(s.args) == 1 and not s.kwargs


def rule_of(call: Call, active: Callable[[Arg], bool]) -> rules.Rule:
    """The rule of a call with an active argument; NotDifferentiable with a stub to paste if there is none."""
    if getattr(call.op, "__module__", None) == runtime.recursive_sweep.__module__:
        raise NotDifferentiable("S2S003", "the derivative of a function that calls itself to a depth known only at run "
                                "time is not differentiated again", call.loc, hint="write the recursion as a loop")
    if call.op is runtime.pulled_back or call.op is runtime.pushed_forward:
        raise NotDifferentiable("S2S003", f"nothing is known of an operand of `{op_name(fact_of(call.args[0]).value)}` "
                                "before the derivative runs, so it is not differentiated again", call.loc,
                                hint="say what the result of your function is like: `@s2sad.rule(f, like=\"x\")`")
    entry = rules.lookup(call.op)
    if entry is not None:
        return entry
    if call.op is runtime.drawn:
        name = fact_of(call.args[1]).value
        raise NotDifferentiable("S2S003", f"`{name}` of a random number generator has no derivative with respect to "
                                "its arguments", call.loc, "an argument depends on an input that is differentiated",
                                "draw numbers that do not depend on it, and scale them: `mu + sigma * rng.normal()`")
    name = op_name(call.op)
    which = [v.name for a in call_args(call) for v in variables(a) if active(v)]
    args = ", ".join(f"x{k}" for k in range(len(call.args)))
    stub = (f"give it a rule:\n    @s2sad.rule({name})\n    def _({args}, *, y, y_bar):\n"
            f"        return …  # the cotangents of {args}\n  or declare it constant: s2sad.no_gradient({name})")
    raise NotDifferentiable("S2S003", f"`{name}` has no derivative rule and its argument is active", call.loc,
                            f"{', '.join(f'`{w}`' for w in dict.fromkeys(which)) or 'an argument'} depends on an input "
                            "that is differentiated, and the result depends on this call", stub)


def is_of_unknown(call: Call) -> bool:
    """Whether nothing is known of some argument, or of the result, not even whether it is an array."""
    given = [v for a in call_args(call) for v in variables(a)]
    return any(v.fact.kind == "unknown" for v in (*given, *call.outs))


def called(call: Call) -> tuple[Arg, Arg, Arg]:
    """An operation and its arguments as values."""
    function = Const(call.op, getattr(call.op, "__name__", None))
    names, values = tuple(k for k, _ in call.kwargs), tuple(v for _, v in call.kwargs)
    return function, Pack("tuple", call.args), Pack("dict", values, names)


def refuses(call: Call, parameter: str) -> NotDifferentiable:
    """The error for an active argument at a parameter without derivative."""
    return NotDifferentiable("S2S003", f"`{op_name(call.op)}` has no derivative with respect to `{parameter}`",
                             call.loc,
                             "its argument depends on an input that is differentiated",
                             "wrap the argument in s2sad.stop_gradient if it should count as constant")


def check_operands(call: Call, entry: rules.Rule, bound: dict[str, Any]) -> None:
    """Refuse a rule for arrays and numbers on an object that has operators of its own."""
    for name in entry.wrt:
        arg = bound[name]
        if isinstance(arg, (Var, Const)) and fact_of(arg).kind == "object":
            raise NotDifferentiable("S2S003", f"`{op_name(call.op)}` of an object of a class that is not known here",
                                    call.loc, "operations on `np.matrix` and masked arrays are not those on arrays",
                                    "make it an array: `np.asarray(…)`")


def check_count(call: Call, entry: rules.Rule, parts: Any) -> None:
    """A rule gives one cotangent for each of its parameters."""
    found = len(parts) if isinstance(parts, (list, tuple)) else 1
    if found != len(entry.wrt):
        names = ", ".join(f"`{n}`" for n in entry.wrt)
        raise NotDifferentiable("S2S003", f"the rule of `{op_name(call.op)}` gives {found} cotangent"
                                f"{'' if found == 1 else 's'} for the {len(entry.wrt)} parameters {names}", call.loc,
                                "a rule returns a tuple with one cotangent for each parameter",
                                "return None for a parameter without derivative, or name those that have one: "
                                "`@s2sad.linear(f, \"x\")`")


def selection(call: Call) -> tuple[Call, Arg, Arg]:
    """Of ``selected(fn, mask, start, *args)``: the call ``fn(*args)``, the mask and the start."""
    fn, mask, start, *args = call.args
    return Call(call.outs, fn.value, tuple(args), (), call.loc), mask, start  # type: ignore[union-attr]


def elementwise_rule(call: Call, active: Callable[[Arg], bool]) -> rules.Rule:
    """The rule of an operation that is done at some elements only."""
    entry = rule_of(call, active)
    if entry.kind != "elementwise":
        raise NotDifferentiable("S2S003", f"`{op_name(call.op)}` with `where=` has no derivative", call.loc,
                                "its argument depends on an input that is differentiated",
                                "write `np.where(mask, …, …)`")
    return entry


def bind(entry: rules.Rule, call: Call) -> dict[str, Any]:
    """The arguments of a call by parameter name: IR arguments; as constants defaults, and what is known to be a certain
    number, so that nothing is kept for it."""
    try:
        bound = entry.bind(call.args, dict(call.kwargs))
    except TypeError as error:
        raise NotDifferentiable("S2S003", f"`{op_name(call.op)}` has no derivative with these arguments: {error}",
                                call.loc, "an argument depends on an input that is differentiated",
                                "leave the option out") from None
    varargs = _varargs(entry)

    def argument(name: str, value: Any) -> Any:
        if isinstance(value, (Var, Const, Pack)):
            return map_arg(_settled, value)
        varied = isinstance(value, tuple) and name in varargs
        return tuple(map_arg(_settled, a) for a in value) if varied else Const(value)
    return {k: argument(k, v) for k, v in bound.items()}


def _settled(arg: Arg) -> Arg:
    value = arg.fact.value if type(arg) is Var else None
    return Const(value) if isinstance(value, (float, int)) and type(value) is not bool and math.isfinite(value) else arg


def _varargs(entry: rules.Rule) -> set[str]:
    return {p.name for p in entry.params if p.kind is p.VAR_POSITIONAL}


def _same_shape(s: Call) -> Var | None:
    """An operand of an elementwise operation that provably has the shape and dtype of the result."""
    fact = s.outs[0].fact
    op = ops.canonical(s.op)
    if not (isinstance(op, np.ufunc) and op.signature is None) or fact.dims is None or fact.dtype is None:
        return None
    return next((a for a in s.args if type(a) is Var and a.fact.is_array and a.fact.dims == fact.dims
                 and a.fact.dtype is not None and a.fact.dtype == fact.dtype), None)


def representatives(fn: Function) -> Callable[[Arg], Arg]:
    """A map from each variable to one with the same shape and dtype that is defined as far out as possible: the version
    of an array before its updates, and after the loop for what a loop carries."""
    parent: dict[Var, Var] = {}
    for s in statements(fn.body):
        if isinstance(s, Call) and ops.of(s.op).updates and type(s.args[0]) is Var and s.args[0].fact.is_array:
            parent[s.outs[0]] = s.args[0]
        elif isinstance(s, Call) and len(s.outs) == 1 and s.outs[0].fact.is_array:
            like = _same_shape(s)
            if like is not None:
                parent[s.outs[0]] = like

    def root(v: Arg) -> Arg:
        seen = []
        while type(v) is Var and v in parent:
            seen.append(v)
            v = parent[v]
        for s in seen:
            if type(v) is Var:
                parent[s] = v
        return v

    for _ in range(2):
        for s in reversed(list(statements(fn.body))):
            if isinstance(s, If):
                for o, a, b in ends(s):
                    if o.fact.is_array and type(a) is Var and root(a) is root(b) and root(a) is not o:
                        parent[o] = root(a)  # type: ignore[assignment]
            elif not isinstance(s, Call):
                for c in s.carried:
                    if c.param.fact.is_array and c.param not in parent and root(c.result) is c.param and type(
                            c.init) is Var:
                        parent[c.param] = c.init
                for c in s.carried:
                    if c.out.fact.is_array and c.out not in parent and type(c.result) is Var:
                        top = root(c.result)
                        if top is not c.out and type(top) is Var and type(c.init) is Var and top is root(c.init):
                            parent[c.out] = top
    return root
