"""Reverse mode: one walk backwards over the trace, each statement followed by the rule of its operation.

A missing cotangent is absent and costs nothing; the first contribution is the cotangent itself, later ones are added.
The derivative of a loop is a loop over the same positions in the other direction; what its body reads of the primal
body is
*saved* (see ``saving``). The result is ordinary IR, so it can be differentiated again.

Before: ``t = np.sin(x); y = t * x; return y``.
After:  ``t = np.sin(x); t_bar = y_bar * x; x_bar = y_bar * t; u = t_bar * np.cos(x); x_bar2 = x_bar + u``.
"""
from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeGuard

import numpy as np

from s2sad import rules, runtime
from s2sad.ad.activity import has_derivative, useful, varied
from s2sad.ad.common import (
    Emitter,
    bind,
    called,
    check_count,
    check_operands,
    differentiated,
    elementwise_rule,
    is_of_unknown,
    refuses,
    representatives,
    rule_of,
    selection,
)
from s2sad.ad.definedness import defined, may_be_undefined, undefined
from s2sad.ad.inline import RuleBodies
from s2sad.ad.recompute import region_adjoint
from s2sad.ad.recursion import reverse_call
from s2sad.ad.saving import Saver
from s2sad.ad.searches import check_searches
from s2sad.ad.smooth import smoothed
from s2sad.ad.updates import read_apart, update_adjoint, updates
from s2sad.ad.zeros import masked
from s2sad.errors import UnsupportedSyntax
from s2sad.facts.arguments import fact_of
from s2sad.facts.cotangents import cotangent
from s2sad.facts.dims import is_basic
from s2sad.ir import (
    Arg,
    Block,
    Call,
    Carried,
    Collected,
    Const,
    Fact,
    For,
    Function,
    If,
    Pack,
    Stmt,
    Var,
    Walked,
    While,
)
from s2sad.ir.facts import join, put_in
from s2sad.ir.regions import is_region
from s2sad.ir.templates import TemplateSource
from s2sad.ir.walk import call_args, count_uses, free, variables


class Reverse:
    """One reverse sweep. ``bars`` maps a variable to its cotangent so far."""

    def __init__(self, fn: Function, active: set[Var], templates: TemplateSource) -> None:
        self.fn = fn
        self.active = active
        self.meta = representatives(fn)
        self.emit = Emitter(self.meta)
        self.rules = RuleBodies(self.meta, templates)
        self.saver = Saver(fn, self.meta)
        self.bars: dict[Var, Arg] = {}
        self.uses = count_uses(fn)
        self.here: dict[Arg, Stmt] = {}
        self.emit.unsure = may_be_undefined(fn)

    def is_active(self, arg: Arg) -> TypeGuard[Var]:
        return type(arg) is Var and arg in self.active

    # ---- cotangents ------------------------------------------------------------------------------------------------

    def name(self, x: Var) -> str:
        return f"{x.name}_bar"

    def accumulate(self, out: list[Stmt], x: Arg, g: Any, loc: Any) -> None:
        """Add a contribution to the cotangent of ``x`` (structures part by part)."""
        if g is None:
            return
        if type(x) is Pack:
            for item, part in zip(x.items, self.parts(out, x, g, loc)):
                self.accumulate(out, item, part, loc)
            return
        if type(x) is not Var or x not in self.active:
            return
        if isinstance(g, (list, tuple)):
            g = Pack("list" if isinstance(g, list) else "tuple", tuple(Const(0.0) if p is None else p for p in g))
            g = self.emit.call(out, list, g, hint=self.name(x), loc=loc)
        old = self.bars.get(x)
        if old is None:
            self.bars[x] = self.shaped_like(out, self.renamed(out, g, x), x, loc)
            return
        kinds = {x.fact.kind, fact_of(old).kind, fact_of(g).kind}
        op = operator.add if kinds.isdisjoint(("list", "tuple", "dict")) else runtime.add
        new = self.emit.call(out, op, old, g, hint=self.name(x), loc=loc)
        if x.fact.is_array and new.fact.is_scalar:  # two 0-d arrays add up to a number
            new = self.emit.call(out, runtime.unbroadcast, new, self.meta(x), hint=self.name(x), loc=loc)
        self.bars[x] = new

    def parts(self, out: list[Stmt], x: Pack, g: Any, loc: Any) -> Sequence[Any]:
        """The contributions to the parts of ``x`` in one to the whole."""
        if isinstance(g, (tuple, list)):
            return g
        keys = x.keys if x.kind == "dict" else tuple(range(len(x.items)))
        if type(g) is Pack:
            found = dict(zip(g.keys if g.kind == "dict" else range(len(g.items)), g.items))
            return [found.get(k) for k in keys]
        if not any(self.is_active(v) for v in variables(x)):
            return []
        return [self.emit.call(out, operator.getitem, g, Const(k), hint="part", loc=loc) for k in keys]

    def shaped_like(self, out: list[Stmt], g: Arg, x: Var, loc: Any) -> Arg:
        """``g`` with the facts of ``x``: a cotangent has the shape and dtype of its primal."""
        if type(g) is not Var or not x.fact.is_array or x.fact.dims is None or x.fact.dtype is None or (
                g.fact.is_array and g.fact.dims is not None and g.fact.dtype is not None):
            return g
        if x.fact.dims == () and not g.fact.is_array:  # a number is no buffer to write to
            new = self.emit.call(out, runtime.astype_of, g, self.meta(x), hint=self.name(x), loc=loc)
        else:
            new = Var(self.name(x), cotangent(x.fact))
            out.append(Call((new,), runtime.same, (g,), (), loc, True))
        return new

    def renamed(self, out: list[Stmt], g: Arg, x: Var) -> Arg:
        """``g`` under the name of the cotangent of ``x`` if it was made just now and is only a temporary."""
        if type(g) is not Var or not out or not isinstance(out[-1],
                                                           Call) or out[-1].outs != (g,) or g.name.endswith("_bar"):
            return g
        new = Var(self.name(x), g.fact)
        out[-1] = replace(out[-1], outs=(new,))
        return new

    def take(self, x: Var) -> Arg | None:
        return self.bars.get(x)

    # ---- statements ------------------------------------------------------------------------------------------------

    def block(self, stmts: tuple[Stmt, ...]) -> tuple[list[Stmt], list[Stmt]]:
        """The primal statements, changed so that they save what is needed, and the reverse statements."""
        primal: list[Stmt] = []
        adjoint: list[Stmt] = []
        outer, self.here = self.here, {o: s for s in stmts for o in s.outs}
        found = updates(stmts, self.uses)
        for s in reversed(stmts):
            if isinstance(s, Call):
                if isinstance(s.op, runtime.Recursive) and self.is_differentiated(s):
                    primal += reversed(self.recursion(adjoint, s))
                    continue
                if not (s in found and update_adjoint(self, adjoint, found[s])):
                    self.call(adjoint, s)
                primal.append(s)
            elif isinstance(s, If):
                primal.append(region_adjoint(self, adjoint, s) if is_region(s) else self.branch(adjoint, s))
            else:
                primal.append(self.loop(adjoint, s))
        primal.reverse()
        self.here = outer
        return primal, read_apart(primal, adjoint, self.saver.updated)

    def is_differentiated(self, s: Call) -> bool:
        """Whether a cotangent comes to a call, and goes on from it."""
        return not all(self.take(o) is None for o in s.outs) and has_derivative(s) and any(
            self.is_active(v) for a in call_args(s) for v in variables(a))

    def recursion(self, out: list[Stmt], s: Call) -> list[Stmt]:
        """Append the reverse statements of a call of a function by itself; what the call becomes."""
        moving = [k for k, a in enumerate(s.args) if self.is_active(a)]
        primal, adjoint, bars = reverse_call(s, moving, _given(self.take(s.outs[0])), self.name)
        out += adjoint
        for k, bar in zip(moving, bars):
            self.contribute(out, s, s.args[k], bar)
        return primal

    def call(self, out: list[Stmt], s: Call) -> None:
        y_bars = [self.take(o) for o in s.outs]
        if not self.is_differentiated(s):
            return
        if s.op is operator.getitem and type(s.args[0]) is Var and len(s.outs) == 1:
            self.getitem(out, s, _given(y_bars[0]))
            return
        if s.op is runtime.selected:
            self.selected(out, s, _given(y_bars[0]))
            return
        s = differentiated(s, self.here.get)
        entry = rule_of(s, self.is_active)
        bound = bind(entry, s)
        self.check_parameters(entry, bound, s)
        if entry.kind == "elementwise":
            self.elementwise(out, s, entry, bound, _given(y_bars[0]))
            return
        known: dict[str, Any] = {}
        if "y" in entry.extra:
            known["y"] = s.outs[0] if len(s.outs) == 1 else Pack("tuple", s.outs)
        y_bar = y_bars[0] if len(s.outs) == 1 else Pack(
            "tuple", tuple(Const(None) if b is None else b for b in y_bars))
        if "y_bar" in entry.extra:
            known["y_bar"] = y_bar
        try:
            stmts, result = self.rules.inline(entry.vjp, {**bound, **known}, s)
        except UnsupportedSyntax:
            if not is_of_unknown(s) or entry.is_of_the_user:
                raise
            self.at_run_time(out, s, entry, bound, y_bar)
            return
        out.extend(stmts)
        if result is NotImplemented:
            raise refuses(s, entry.wrt[0])
        parts = result if len(entry.wrt) > 1 else (result,)
        if result is None:
            return
        check_count(s, entry, parts)
        for name, part in zip(entry.wrt, parts):
            if part is NotImplemented:
                if self.any_active(bound[name]):
                    raise refuses(s, name)
                continue
            self.contribute(out, s, bound[name], part, entry.is_of_the_user)

    def at_run_time(self, out: list[Stmt], s: Call, entry: rules.Rule, bound: dict[str, Any], y_bar: Any) -> None:
        """Follow a rule when the derivative runs: it depends on what is not known of the arguments."""
        names = [n for n in entry.wrt if self.any_active(bound[n])]
        y = s.outs[0] if len(s.outs) == 1 else Pack("tuple", s.outs)
        made = Var("bars", Fact("list"))
        wanted = Pack("tuple", tuple(map(Const, names)))
        out.append(Call((made,), runtime.pulled_back, (*called(s), y, y_bar, wanted), (), s.loc, True))
        for k, n in enumerate(names):
            x = bound[n]
            part = Var(self.name(x) if type(x) is Var else "bar", cotangent(x.fact) if type(x) is Var else Fact())
            out.append(Call((part,), operator.getitem, (made, Const(k)), (), s.loc, True))
            self.rules.maybe_none.add(part)
            self.contribute(out, s, x, part)

    def selected(self, out: list[Stmt], s: Call, y_bar: Arg) -> None:
        """``fn(…, out=start, where=mask)``: the cotangent goes to the arguments where the mask is true, else to
        ``start``."""
        inner, mask, start = selection(s)
        if self.is_active(start):
            kept = self.emit.call(out, np.where, mask, Const(0.0), y_bar, hint=self.name(start), loc=s.loc)
            self.accumulate(out, start, self.emit.match_dtype(out, kept, start, self.name(start), s.loc), s.loc)
        if not any(map(self.is_active, inner.args)):
            return
        entry = elementwise_rule(inner, self.is_active)
        g = self.emit.call(out, np.where, mask, y_bar, Const(0.0), hint=self.name(s.outs[0]), loc=s.loc)
        self.elementwise(out, inner, entry, bind(entry, inner), g)

    def any_active(self, arg: Any) -> bool:
        args = arg if isinstance(arg, tuple) else (arg,)
        return any(self.is_active(v) for a in args for v in variables(a))

    def check_parameters(self, entry: rules.Rule, bound: dict[str, Any], s: Call) -> None:
        check_operands(s, entry, bound)
        for name, arg in bound.items():
            if name not in entry.wrt and self.any_active(arg) and not (
                    rules.is_constant_in(s.op, entry, name)):
                raise refuses(s, name)

    def contribute(self, out: list[Stmt], s: Call, arg: Any, part: Any, checked: bool = False) -> None:
        """A rule's cotangent for one parameter, in the dtype of the argument; ``checked``: its shape may be wrong."""
        if isinstance(arg, tuple):
            arg = Pack("tuple", arg)
        if type(arg) is Pack and part is not None:
            for a, p in zip(arg.items, self.parts(out, arg, part, s.loc)):
                self.contribute(out, s, a, p, checked)
            return
        if self.rules.is_maybe_none(part) and part is not None and self.is_active(arg):
            part = self.emit.call(out, runtime.or_zeros, part, self.meta(arg), hint=self.name(arg), loc=s.loc)
        if part is not None and not isinstance(part, (list, tuple)) and self.is_active(arg) and (
                arg.fact.kind not in ("list", "tuple", "unknown")):
            if checked:
                part = self.emit.fitted(out, part, arg, self.name(arg), s.loc)
            part = self.emit.match_dtype(out, part, arg, self.name(arg), s.loc)
        self.accumulate(out, arg, part, s.loc)

    def elementwise(self, out: list[Stmt], s: Call, entry: rules.Rule, bound: dict[str, Any], y_bar: Arg) -> None:
        known = {"y": s.outs[0]} if "y" in entry.extra else {}
        stmts, result = self.rules.inline(entry.vjp, {**bound, **known}, s)
        parts = result if len(entry.wrt) > 1 else (result,)
        out.extend(stmts)
        operands = [bound[n] for n in entry.wrt]
        for x, partial in zip(operands, parts if isinstance(parts, (tuple, list)) else (None,) * len(operands)):
            if partial is None or not self.is_active(x):
                continue
            if partial is NotImplemented:
                raise refuses(s, entry.wrt[operands.index(x)])
            if self.rules.is_maybe_none(partial):
                partial = self.emit.call(out, runtime.or_zeros, partial, self.meta(s.outs[0]), hint="partial",
                                         loc=s.loc)
            g = self.scaled(out, y_bar, partial, x, s.loc)
            matched = self.emit.match_shape(out, g, x, [o for o in operands if o is not x] + [s.outs[0]], self.name(x),
                                            s.loc)
            self.accumulate(out, x, matched, s.loc)

    def scaled(self, out: list[Stmt], y_bar: Arg, partial: Arg, x: Var, loc: Any) -> Arg:
        """``y_bar * partial``."""
        if type(partial) is Const and type(partial.value) is float:
            if partial.value == 1.0:
                return y_bar
            if partial.value == -1.0:
                return self.emit.call(out, operator.neg, y_bar, hint=self.name(x), loc=loc)
        if type(y_bar) is Const and type(y_bar.value) is float and y_bar.value == 1.0 and (
                fact_of(partial).is_float and fact_of(partial).kind != "number"):
            return partial
        return self.emit.call(out, operator.mul, y_bar, partial, hint=self.name(x), loc=loc)

    def getitem(self, out: list[Stmt], s: Call, y_bar: Arg) -> None:
        """``y = a[i]``: add into the cotangent of ``a`` in place, O(size of the slice)."""
        a, index = s.args
        if type(a) is not Var or a not in self.active:
            return
        old = self.take(a)
        if old is None and self.through_view(out, s, y_bar):
            return
        if old is None:
            old = self.emit.zeros(out, a, self.name(a), s.loc, sure=True)
        new = Var(self.name(a), cotangent(a.fact))
        out.append(Call((new,), runtime.add_at, (old, index, y_bar), (), s.loc, True))
        self.bars[a] = new

    def through_view(self, out: list[Stmt], s: Call, y_bar: Arg) -> bool:
        """``y = a[i][j]``: add into the cotangent of ``a`` itself, through the same view, not into one of ``a[i]``."""
        root, index = s.args
        path: list[Arg] = []
        while True:
            made = self.here.get(root) if type(root) is Var and self.take(root) is None else None
            if not (isinstance(made, Call) and made.op is operator.getitem and type(made.args[0]) is Var
                    and made.args[0].fact.is_array and is_basic(made.args[1])):
                break
            path.insert(0, Pack("tuple", (Const("index"), made.args[1])))
            root = made.args[0]
        if not path or type(root) is not Var or root not in self.active:
            return False
        old = self.take(root)
        if old is None:
            old = self.emit.zeros(out, root, self.name(root), s.loc, sure=True)
        new = Var(self.name(root), cotangent(root.fact))
        out.append(Call((new,), runtime.add_view, (old, Pack("tuple", tuple(path)), index, y_bar), (), s.loc, True))
        self.bars[root] = new
        return True

    # ---- branches --------------------------------------------------------------------------------------------------

    def branch(self, out: list[Stmt], s: If) -> If:
        seeds = [self.bars.get(o) for o in s.outs]
        before = self.bars
        sides = []
        for block in (s.then, s.orelse):
            self.bars = dict(before)
            stmts: list[Stmt] = []
            for r, g in zip(block.results, seeds):
                if g is not None:
                    self.accumulate(stmts, r, g, s.loc)
            primal, adjoint = self.block(block.stmts)
            sides.append((primal, stmts + adjoint, self.bars))
        self.bars = before
        outer = [v for v in dict.fromkeys((*free(s.then), *free(s.orelse))) if v in self.active]
        changed = [v for v in outer if any(bars.get(v) is not before.get(v) for _, _, bars in sides)]
        results: list[list[Arg]] = [[], []]
        outs: list[Var] = []
        for v in changed:
            args: list[Arg] = []
            for _, stmts, bars in sides:
                g = bars.get(v)
                args.append(self.emit.zeros(stmts, v, self.name(v), s.loc) if g is None else g)
            one, other = args
            made = join(fact_of(one).forget(), fact_of(other).forget())
            outs.append(Var(self.name(v), cotangent(v.fact) if v.fact.is_array else made))
            for side, a in zip(results, args):
                side.append(a)
        blocks = [Block((), tuple(stmts), tuple(r)) for (_, stmts, _), r in zip(sides, results)]
        new, blocks = self.saver.save_branch(s, [p for p, _, _ in sides], blocks)
        if outs:
            out.append(If(tuple(outs), s.test, blocks[0], blocks[1], s.loc, True))
            for v, o in zip(changed, outs):
                self.bars[v] = o
        return new

    # ---- loops -----------------------------------------------------------------------------------------------------

    def loop(self, out: list[Stmt], s: For | While) -> For | While:
        """The loop in the other direction: it carries the cotangents of what ``s`` carries and of what its body reads
        from outside, walks those of what ``s`` collects, and collects those of the items that ``s`` walks."""
        live = [c for c in s.carried if c.param in self.active or self.bars.get(c.out) is not None]
        collected = [c for c in s.collected if self.bars.get(c.out) is not None]
        outer = [v for v in free(s.body) if v in self.active]
        if not live and not collected:
            return s
        before = self.bars
        entries = [(c, self.bar_or_zeros(out, c.out, c.param, s.loc), self.bar_var(c.param, c.result)) for c in live]
        around = [(v, self.bar_or_zeros(out, v, v, s.loc), self.bar_var(v)) for v in outer]
        walked = [Walked(self.item_bar(c.result), before[c.out]) for c in collected]
        self.bars = {v: p for v, _, p in around}
        stmts: list[Stmt] = []
        for c, _, p in entries:
            self.accumulate(stmts, c.result, p, s.loc)
        for kept, w in zip(collected, walked):
            self.accumulate(stmts, kept.result, w.item, s.loc)
        primal, adjoint = self.block(s.stmts)
        stmts += adjoint
        own = [Carried(p, g, self.carried_bar(stmts, c, s.loc), Var(p.name, p.fact)) for c, g, p in entries]
        summed = [Carried(p, g, self.bars[v], Var(p.name, p.fact)) for v, g, p in around]
        items = [w for w in s.walked if self.is_active(w.sequence)]
        lists = [Collected(self.bar_or_zeros(stmts, w.item, w.item, s.loc), self.bars_var(w.item)) for w in items]
        self.bars = before
        back = For(tuple(walked), (*own, *summed), tuple(stmts), tuple(lists), None, not s.reverse, s.loc, True)
        new, loop = self.saver.save_loop(s, primal, back)
        out.extend(loop)
        self.bars.update((v, bar.out) for v, bar in zip(outer, summed) if bar.result is not bar.param)
        for c, bar in zip(live, own):
            self.bars.pop(c.out, None)
            self.accumulate(out, c.init, bar.out, s.loc)
        for w, bars in zip(items, lists):
            self.accumulate(out, w.sequence, bars.out, s.loc)
        return new

    def bar_or_zeros(self, out: list[Stmt], x: Var, named: Var, loc: Any) -> Arg:
        """The cotangent of ``x`` as it is now; zeros, called after ``named``, if it has none."""
        g = self.bars.get(x)
        return self.emit.zeros(out, x, self.name(named), loc) if g is None else g

    def item_bar(self, made: Arg) -> Var:
        """A variable for the cotangent of what a loop collects in a trip."""
        return Var(self.name(made) if type(made) is Var else "item_bar", cotangent(fact_of(made)))

    def bars_var(self, item: Var) -> Var:
        """A variable for the cotangents of the items that a loop walks."""
        return Var(f"{item.name}_bars", Fact("list", item=put_in(cotangent(item.fact), self.saver.is_outer)))

    def carried_bar(self, stmts: list[Stmt], c: Carried, loc: Any) -> Arg:
        """The cotangent of what a loop carries, at the start of a step; zeros if the step does not read it."""
        g = self.bars.get(c.param)
        if g is not None:
            return g
        by_step = undefined(c.init) and type(c.result) is Var and c.param.fact.is_array
        return self.emit.zeros(stmts, c.result if by_step else c.param, self.name(c.param), loc)

    def bar_var(self, x: Var, made: Arg | None = None) -> Var:
        """A variable for the cotangent of ``x`` that a loop carries. It comes in with the shape of what a step made of
        ``x``, which may be another one."""
        fact = cotangent(x.fact)
        if made is not None and fact.is_array and fact_of(made).is_array and fact_of(made).dims != fact.dims:
            fact = join(fact, cotangent(fact_of(made)))
        return Var(self.name(x), fact)


def _given(y_bar: Arg | None) -> Arg:
    """The cotangent of the only result of a call: it is there, as some result has one."""
    assert y_bar is not None
    return y_bar


def reverse(fn: Function, wrt: tuple[Var, ...], outputs: tuple[tuple[Arg, Arg], ...], params: tuple[Var, ...],
            result: Any, templates: TemplateSource) -> Function:
    """The function with a reverse sweep.

    Parameters
    ----------
    fn : Function
        The primal.
    wrt : tuple of Var
        The inputs to differentiate by.
    outputs : tuple of (Arg, Arg)
        The leaves of the result that have a cotangent, and those cotangents.
    params : tuple of Var
        The parameters of the derivative function (those of ``fn``, then cotangents).
    result : callable
        From ``{input: cotangent}`` (missing: None) and a list to append statements to, to the result as one argument.
    templates : callable
        Makes the templates of rules.
    """
    primal, adjoint, final = sweeps(fn, wrt, outputs, result, templates)
    body = Block(params, (*primal, *adjoint), (final,))
    return masked(smoothed(Function(f"{fn.name}_grad", body, fn.inputs, fn.loc, fn.doc)))


def sweeps(fn: Function, wrt: tuple[Var, ...], outputs: tuple[tuple[Arg, Arg], ...], result: Any,
           templates: TemplateSource) -> tuple[tuple[Stmt, ...], tuple[Stmt, ...], Arg]:
    """The statements of the forward sweep, those of the reverse sweep, and the result; parameters as in ``reverse``."""
    active = varied(fn, wrt) & useful(fn, (o for o, _ in outputs if type(o) is Var))
    active |= set(wrt)
    check_searches(fn, set(wrt), {o for o, _ in outputs if type(o) is Var})
    sweep = Reverse(fn, active, templates)
    seed: list[Stmt] = []
    for y, g in outputs:
        sweep.accumulate(seed, y, g, fn.loc)
    primal, adjoint = sweep.block(fn.body.stmts)
    tail: list[Stmt] = []
    final = result({v: sweep.bars.get(v) for v in wrt}, tail, sweep.emit)
    return defined(primal, sweep.emit.wanted), (*seed, *adjoint, *tail), final
