"""Forward mode: each statement followed by the tangent of its result.

Before: ``t = np.sin(x); y = t * x``.
After:  ``t = np.sin(x); t_dot = np.cos(x) * x_dot; y = t * x; y_dot = x * t_dot + t * x_dot``.
"""
from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeGuard

import numpy as np

from s2sad import ops, rules, runtime
from s2sad.ad.activity import has_derivative, useful, varied
from s2sad.ad.common import (
    Emitter,
    bind,
    called,
    check_operands,
    differentiated,
    elementwise_rule,
    is_of_unknown,
    refuses,
    rule_of,
    selection,
)
from s2sad.ad.definedness import defined, may_be_undefined
from s2sad.ad.inline import RuleBodies
from s2sad.ad.recursion import forward_call
from s2sad.ad.reverse import sweeps
from s2sad.ad.saving import plural
from s2sad.ad.searches import check_searches
from s2sad.ad.smooth import smoothed
from s2sad.ad.zeros import masked
from s2sad.errors import UnsupportedSyntax
from s2sad.facts.arguments import fact_of
from s2sad.facts.cotangents import cotangent
from s2sad.facts.infer import infer
from s2sad.ir import (
    UNDEFINED,
    Arg,
    Block,
    Call,
    Carried,
    Collected,
    Const,
    For,
    Function,
    If,
    Pack,
    Stmt,
    Var,
    Walked,
    While,
)
from s2sad.ir.facts import equal_dtypes
from s2sad.ir.inert import is_a
from s2sad.ir.regions import is_region
from s2sad.ir.templates import TemplateSource
from s2sad.ir.walk import call_args, ends, free, map_arg, variables, with_ends


class Forward:
    """One forward sweep. ``dots`` maps a variable to its tangent."""

    def __init__(self, active: set[Var], wanted: set[Var], templates: TemplateSource) -> None:
        self.active = active
        self.wanted = wanted
        self.emit = Emitter(lambda a: a)
        self.rules = RuleBodies(lambda a: a, templates)
        self.dots: dict[Var, Arg] = {}
        self.here: dict[Any, Stmt] = {}

    def is_active(self, arg: Arg) -> TypeGuard[Var]:
        return type(arg) is Var and arg in self.active

    def any_active(self, arg: Any) -> bool:
        args = arg if isinstance(arg, tuple) else (arg,)
        return any(self.is_active(v) for a in args for v in variables(a))

    def name(self, x: Var) -> str:
        return f"{x.name}_dot"

    def dot(self, out: list[Stmt], x: Arg, loc: Any = None) -> Arg:
        """The tangent of an argument; zeros if it has none."""
        if type(x) is Pack:
            return replace(x, items=tuple(self.dot(out, a, loc) for a in x.items))
        if type(x) is Var:
            if x in self.dots:
                return self.dots[x]
            return self.emit.zeros(out, x, self.name(x), loc)
        if x.value is UNDEFINED:
            return x
        known = is_a(x.value, (float, int, complex, np.ndarray))
        return Const(runtime.zeros_like(x.value) if known else 0.0)

    def dot_of_result(self, out: list[Stmt], x: Arg) -> Arg:
        """The tangent of a part of the result; None for None and for text."""
        return Const(None) if fact_of(x).kind in ("none", "str") else self.dot(out, x)

    def known(self, out: list[Stmt], x: Any, loc: Any) -> Any:
        """The tangent as a rule sees it: None where there is none, and zeros beside others in a list."""
        if isinstance(x, tuple):
            return tuple(self.known(out, a, loc) for a in x)
        if type(x) is Pack:
            return self.dot(out, x, loc) if self.any_active(x) else Const(None)
        return self.dots.get(x, Const(None)) if type(x) is Var else Const(None)

    # ---- statements ------------------------------------------------------------------------------------------------

    def block(self, stmts: tuple[Stmt, ...]) -> list[Stmt]:
        out: list[Stmt] = []
        for s in stmts:
            if isinstance(s, Call):
                self.here.update(dict.fromkeys(s.outs, s))
                moves = has_derivative(s) and any(self.any_active(a) for a in call_args(s)) and any(
                    o in self.active for o in s.outs)
                if moves and isinstance(s.op, runtime.Recursive):
                    self.recursion(out, s)
                    continue
                out.append(s)
                if moves and (rules.lookup(s.op) is not None or any(o in self.wanted for o in s.outs)):
                    self.call(out, s)
            elif isinstance(s, If):
                self.branch(out, s)
            else:
                self.loop(out, s)
        return out

    def recursion(self, out: list[Stmt], s: Call) -> None:
        """A call of a function by itself."""
        moving = [k for k, a in enumerate(s.args) if self.is_active(a)]
        dots = tuple(self.dot(out, s.args[k], s.loc) for k in moving)
        stmts, self.dots[s.outs[0]] = forward_call(s, moving, dots, self.name)
        out += stmts

    def call(self, out: list[Stmt], s: Call) -> None:
        if s.op is runtime.selected:
            self.dots[s.outs[0]] = self.selected(out, s)
            return
        s = differentiated(s, self.here.get)
        entry = rule_of(s, self.is_active)
        bound = bind(entry, s)
        check_operands(s, entry, bound)
        for name, arg in bound.items():
            if name not in entry.wrt and self.any_active(arg) and not (
                    rules.is_constant_in(s.op, entry, name)):
                raise refuses(s, name)
        if entry.kind == "elementwise":
            self.dots[s.outs[0]] = self.elementwise(out, s, entry, bound)
        elif entry.kind == "linear":
            moved = {n: self.dot(out, bound[n], s.loc) if not isinstance(bound[n], tuple) else tuple(
                self.dot(out, a, s.loc) for a in bound[n]) for n in entry.wrt if self.passed(entry, bound, s, n)}
            self.apply(out, s, entry, {**bound, **moved})
        elif entry.kind == "bilinear":
            total: Arg | None = None
            for n in entry.wrt:
                if self.any_active(bound[n]):
                    before = dict(self.dots)
                    self.apply(out, s, entry, {**bound, n: self.dot(out, bound[n], s.loc)})
                    term = self.dots[s.outs[0]]
                    self.dots = before
                    total = term if total is None else self.emit.call(out, operator.add, total, term,
                                                                      hint=self.name(s.outs[0]), loc=s.loc)
            self.dots[s.outs[0]] = total  # type: ignore[assignment]
        else:
            self.by_rule(out, s, entry, bound)

    def selected(self, out: list[Stmt], s: Call) -> Arg:
        """``fn(…, out=start, where=mask)``: the tangent of the operation where the mask is true, else that of
        ``start``."""
        inner, mask, start = selection(s)
        kept = self.dot(out, start, s.loc)
        if not any(map(self.any_active, inner.args)):
            moved: Arg = Const(0.0)
        else:
            entry = elementwise_rule(inner, self.is_active)
            moved = self.elementwise(out, inner, entry, bind(entry, inner))
        chosen = self.emit.call(out, np.where, mask, moved, kept, hint=self.name(s.outs[0]), loc=s.loc)
        return self.shaped(out, chosen, s.outs[0], s.loc)

    def passed(self, entry: rules.Rule, bound: dict[str, Any], s: Call, name: str) -> bool:
        """Whether a parameter was given in the call, not left at its default."""
        default = entry.signature.parameters[name].default
        return not (type(bound[name]) is Const and bound[name].value is default)

    def elementwise(self, out: list[Stmt], s: Call, entry: rules.Rule, bound: dict[str, Any]) -> Arg:
        y = s.outs[0]
        if ops.canonical(s.op) is np.where:
            test, a, b = list(bound.values())[:3]
            return self.shaped(out, self.emit.call(out, np.where, test, self.dot(out, a), self.dot(out, b),
                                                   hint=self.name(y),
                                                   loc=s.loc), y, s.loc)
        known = {"y": y} if "y" in entry.extra else {}
        stmts, result = self.rules.inline(entry.vjp, {**bound, **known}, s)
        out.extend(stmts)
        parts = result if len(entry.wrt) > 1 else (result,)
        total: Arg | None = None
        for n, partial in zip(entry.wrt, parts if isinstance(parts, (tuple, list)) else (parts,) * len(entry.wrt)):
            if partial is None or not self.any_active(bound[n]):
                continue
            if partial is NotImplemented:
                raise refuses(s, n)
            if self.rules.is_maybe_none(partial):
                partial = self.emit.call(out, runtime.or_zeros, partial, y, hint="partial", loc=s.loc)
            term = self.scaled(out, self.dot(out, bound[n], s.loc), partial, y, s.loc)
            if total is None:
                total = term
            else:
                total = self.emit.call(out, operator.add, total, term, hint=self.name(y), loc=s.loc)
        if total is None:
            return self.emit.zeros(out, y, self.name(y), s.loc)
        return self.shaped(out, total, y, s.loc)

    def scaled(self, out: list[Stmt], dot: Arg, partial: Arg, y: Var, loc: Any) -> Arg:
        if type(partial) is Const and type(partial.value) is float and partial.value in (1.0, -1.0):
            return dot if partial.value == 1.0 else self.emit.call(out, operator.neg, dot, hint=self.name(y), loc=loc)
        return self.emit.call(out, operator.mul, partial, dot, hint=self.name(y), loc=loc)

    def shaped(self, out: list[Stmt], dot: Arg, y: Var, loc: Any) -> Arg:
        """The tangent in the shape and dtype of ``y``."""
        df, yf = fact_of(dot), y.fact
        if yf.is_array and (df.dims is None or df.dims != yf.dims):
            dot = self.emit.call(out, runtime.broadcast_like, dot, y, hint=self.name(y), loc=loc)
            df = fact_of(dot)
        if yf.is_scalar and not df.is_scalar:
            dot = self.emit.number(out, dot, y, self.name(y), loc)
            df = fact_of(dot)
        if yf.is_real and df.is_real or (yf.dtype is not None and equal_dtypes(yf.dtype, df.dtype)):
            return dot
        if yf.kind in ("unknown", "object"):
            return self.emit.call(out, runtime.broadcast_like, dot, y, hint=self.name(y), loc=loc)
        return self.emit.match_dtype(out, dot, y, self.name(y), loc)

    def apply(self, out: list[Stmt], s: Call, entry: rules.Rule, bound: dict[str, Any]) -> None:
        """The operation itself on tangents in place of ``wrt``."""
        args: list[Arg] = []
        kwargs: list[tuple[str, Arg]] = []
        given = {k for k, _ in s.kwargs}
        for p in entry.params:
            value = bound[p.name]
            if p.kind is p.VAR_POSITIONAL:
                args += value
            elif len(args) < len(s.args) or (p.default is p.empty and p.name not in given):
                args.append(value)
            elif not (type(value) is Const and value.value is p.default):
                kwargs.append((p.name, value))
        found = infer(s.op, tuple(args), tuple(kwargs)).facts
        if len(found) != len(s.outs):
            found = tuple(cotangent(o.fact) for o in s.outs)
        small = [o.fact.is_scalar or o.fact.dims == () for o in s.outs]  # NumPy's numbers among Python's may matter
        outs = tuple(Var(self.name(o), f if few and (o.fact.is_array or f.is_scalar) else cotangent(o.fact))
                     for o, f, few in zip(s.outs, found, small))
        out.append(Call(outs, s.op, tuple(args), tuple(kwargs), s.loc, True))
        self.dots.update((o, self.shaped(out, dot, o, s.loc) if few and o.fact.is_array else dot)
                         for o, dot, few in zip(s.outs, outs, small))

    def by_rule(self, out: list[Stmt], s: Call, entry: rules.Rule, bound: dict[str, Any]) -> None:
        if entry.pushforward is None:
            return self.transposed(out, s, entry, bound)
        wanted = inspect.signature(entry.pushforward).parameters
        known: dict[str, Any] = {f"{n}_dot": self.known(out, bound[n], s.loc) for n in entry.wrt}
        known["y"] = s.outs[0] if len(s.outs) == 1 else Pack("tuple", s.outs)
        named = {k: v for k, v in {**bound, **known}.items() if k in wanted}
        try:
            stmts, result = self.rules.inline(entry.pushforward, named, s)
        except UnsupportedSyntax:
            if not is_of_unknown(s) or entry.is_of_the_user or len(s.outs) > 1:
                raise
            moved = {n: self.dot(out, bound[n], s.loc) for n in entry.wrt if self.any_active(bound[n])}
            stmts, result = [], Var(self.name(s.outs[0]), cotangent(s.outs[0].fact))
            out.append(Call((result,), runtime.pushed_forward, (*called(s), s.outs[0], Pack(
                "dict", tuple(moved.values()), tuple(moved))), (), s.loc, True))
        out.extend(stmts)
        if result is NotImplemented:
            raise refuses(s, entry.wrt[0])
        parts = (result,) if len(s.outs) == 1 else result
        for o, part in zip(s.outs, parts if parts is not None else (None,) * len(s.outs)):
            if part is None:
                continue
            if isinstance(part, (list, tuple)):
                part = Pack("list", tuple(Const(0.0) if p is None else p for p in part))
                part = self.emit.call(out, list, part, hint=self.name(o), loc=s.loc)
            if self.rules.is_maybe_none(part):
                part = self.emit.call(out, runtime.or_zeros, part, o, hint=self.name(o), loc=s.loc)
            if o.fact.is_array or o.fact.is_scalar:
                if entry.is_of_the_user:
                    part = self.emit.fitted(out, part, o, self.name(o), s.loc)
                part = self.shaped(out, part, o, s.loc)
            self.dots[o] = part

    def transposed(self, out: list[Stmt], s: Call, entry: rules.Rule, bound: dict[str, Any]) -> None:
        """By a rule that has a VJP only. That is linear in its cotangent, so its own reverse sweep, from the tangents
        of the arguments to the cotangent, is the JVP: ⟨x̄, ẋ⟩ = ⟨ȳ, ẏ⟩."""
        bars = tuple(Var(f"{o.name}_bar", cotangent(o.fact)) for o in s.outs)
        out += [Call((b,), runtime.zeros_like, (o,), (), s.loc, True) for b, o in zip(bars, s.outs)]
        known: dict[str, Any] = {"y": s.outs[0] if len(s.outs) == 1 else Pack("tuple", s.outs),
                                 "y_bar": bars[0] if len(bars) == 1 else Pack("tuple", bars)}
        stmts, result = self.rules.inline(entry.vjp, {**bound, **{k: known[k] for k in entry.extra}}, s)
        parts = (result,) if len(entry.wrt) == 1 else result if result is not None else ()
        stmts, pairs = list(stmts), []
        for name, part in zip(entry.wrt, parts):
            dot = self.known(out, bound[name], s.loc)
            if part is NotImplemented:
                raise refuses(s, name)
            for leaf, moved, x in _pairs(part, dot, bound[name], s, name):
                fits = entry.is_of_the_user and (fact_of(x).is_array or fact_of(x).is_scalar)
                pairs.append((self.emit.fitted(stmts, leaf, x, "part", s.loc) if fits else leaf, moved))
        body = Block((), tuple(stmts), tuple(part for part, _ in pairs))
        taken = (*(v for v in free(body) if v not in bars), *bars)
        fn = Function(f"{s.outs[0].name}_pull", replace(body, params=taken), taken, s.loc)
        found: dict[Var, Any] = {}

        def result_of(cotangents: dict[Var, Any], tail: list[Stmt], emit: Any) -> Arg:
            found.update(cotangents)
            return Const(None)
        primal, adjoint, _ = sweeps(fn, bars, tuple(pairs), result_of, self.rules.templates)
        out += [*primal, *adjoint]
        for o, b in zip(s.outs, bars):
            dot = found.get(b)
            if dot is not None:
                self.dots[o] = self.shaped(out, dot, o, s.loc) if o.fact.is_array or o.fact.is_scalar else dot

    # ---- control flow ----------------------------------------------------------------------------------------------

    def branch(self, out: list[Stmt], s: If) -> None:
        outer = self.dots
        sides = []
        for block in (s.then, s.orelse):
            self.dots = dict(outer)
            sides.append((self.block(block.stmts), self.dots))
        (then, _), (orelse, _) = sides

        def dot_in(side: tuple[list[Stmt], dict[Var, Arg]], result: Arg) -> Arg:
            stmts, self.dots = side
            return self.dot(stmts, result, s.loc)
        never = Const(UNDEFINED) if is_region(s) else None
        moved = {o: (Var(self.name(o), cotangent(o.fact)), dot_in(sides[0], a), never or dot_in(sides[1], b))
                 for o, a, b in ends(s) if o in self.active}
        self.dots = outer
        made = If((), s.test, Block((), tuple(then), ()), Block((), tuple(orelse), ()), s.loc, s.adjoint)
        out.append(with_ends(made, (*ends(s), *moved.values())))
        outer.update((o, dot) for o, (dot, _, _) in moved.items())

    def loop(self, out: list[Stmt], s: For | While) -> None:
        """The loop with tangents beside what it walks, carries and collects."""
        live = [c for c in s.carried if c.param in self.active]
        kept = [c for c in s.collected if c.out in self.active]
        inits = [self.init_dot(out, c, s.loc) for c in live]
        params = [self.carried_var(c.param) for c in live]
        moving = [w for w in s.walked if w.item in self.active]
        walked = tuple(Walked(Var(self.name(w.item), cotangent(w.item.fact)), self.dot(out, w.sequence, s.loc))
                       for w in moving)
        outer = self.dots
        self.dots = {**outer, **dict(zip((c.param for c in live), params)),
                     **{w.item: dot.item for w, dot in zip(moving, walked)}}
        stmts = self.block(s.stmts)
        results = [self.dot(stmts, c.result, s.loc) for c in live]
        lists = [Var(plural(self.name(c.out)), cotangent(c.out.fact)) for c in kept]
        collected = [Collected(self.dot(stmts, c.result, s.loc), out) for c, out in zip(kept, lists)]
        self.dots = outer
        carried = [Carried(p, init, r, Var(p.name, p.fact), c.tested and Var(p.name, p.fact))
                   for c, p, init, r in zip(live, params, inits, results)]
        made = replace(s, stmts=tuple(stmts), carried=(*s.carried, *carried), collected=(*s.collected, *collected))
        out.append(replace(made, walked=(*s.walked, *walked)) if isinstance(made, For) else made)
        outer.update((c.out, dot.out) for c, dot in zip(live, carried))
        outer.update(zip((c.out for c in kept), lists))

    def init_dot(self, out: list[Stmt], c: Carried, loc: Any) -> Arg:
        if type(c.init) is Const and type(c.init.value) in (int, float, bool):
            return Const(0.0)
        return self.dot(out, c.init, loc)

    def carried_var(self, x: Var) -> Var:
        return Var(self.name(x), cotangent(x.fact))


def _pairs(part: Any, dot: Any, x: Any, s: Call, name: str) -> list[tuple[Arg, Arg, Arg]]:
    """The leaves of a cotangent that a rule gives, each with the tangent that belongs to it and the argument."""
    if any(a is None or type(a) is Const and a.value is None for a in (part, dot)):
        return []
    a, b = _items(part), _items(dot)
    if a is None and b is None:
        return [(part, dot, x)]
    given = _items(x)
    if a is None or b is None or given is None or not (set(a) <= set(b) and set(a) <= set(given)):
        raise refuses(s, f"{name} in forward mode (the rule has no JVP, and takes a structure)")
    return [pair for k, leaf in a.items() for pair in _pairs(leaf, b[k], given[k], s, name)]


def _items(x: Any) -> dict[Any, Any] | None:
    """The parts of a structure by index or key; None of what is none, or is one only at run time."""
    if type(x) is Pack:
        return dict(zip(x.keys, x.items)) if x.kind == "dict" else dict(enumerate(x.items))
    return dict(enumerate(x)) if isinstance(x, (list, tuple)) else None


def forward(fn: Function, tangents: dict[Var, Arg], params: tuple[Var, ...], result: Callable,
            templates: TemplateSource) -> Function:
    """The function with tangents.

    Parameters
    ----------
    fn : Function
        The primal.
    tangents : dict
        The tangent (an argument) of each input that varies.
    params : tuple of Var
        The parameters of the derivative function.
    result : callable
        From a function that gives the tangent of an argument, and a list to append statements to, to the result.
    templates : callable
        Makes the templates of rules.
    """
    check_searches(fn, set(tangents), set(variables(fn.result)))
    sweep = Forward(varied(fn, tangents), useful(fn, variables(fn.result)), templates)
    sweep.emit.unsure = may_be_undefined(fn)
    sweep.dots.update(tangents)
    stmts = sweep.block(fn.body.stmts)
    final = result(lambda a: map_arg(lambda leaf: sweep.dot_of_result(stmts, leaf), a), stmts)
    body = Block(params, defined(stmts, sweep.emit.wanted), (final,))
    return masked(smoothed(Function(f"{fn.name}_jvp", body, fn.inputs, fn.loc, fn.doc)))
