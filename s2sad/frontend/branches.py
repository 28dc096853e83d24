"""Branches: which names and cells differ afterwards, and the ``If`` that joins them.

Both branches are lowered from the same state; every live name and every cell in which they differ becomes an out of the
``If``.

Before: ``if c: a[0] = 1.0`` (then ``return a``).  After: ``a3 = if c: setitem(a1, 0, 1.0) else: a1``.
"""
from __future__ import annotations

import operator
import types
from collections.abc import Callable
from itertools import compress
from typing import Any

import gast

from s2sad.facts.arguments import fact_of
from s2sad.frontend.control import FLAGS
from s2sad.frontend.failures import PathEnded
from s2sad.frontend.joins import Same, Side, _key
from s2sad.frontend.values import (
    FALSE,
    TRUE,
    Atom,
    Bound,
    Buffer,
    Choice,
    Closure,
    Fields,
    Frame,
    Method,
    Ref,
    Unbound,
    Value,
    static,
)
from s2sad.ir import UNDEFINED, Arg, Block, Const, Fact, If, Var
from s2sad.ir.facts import UNSET, join, sometimes


class Branches:
    """The part of the lowerer for branches."""

    frames: list[Frame]
    heap: dict[int, Any]

    def lower_if(self, node: Any, rest: list[Any], live_out: frozenset[str]) -> bool:
        """Lower an ``if``. True if the statements after it were lowered too, inside the branch that goes on."""
        test = self.expr(node.test)
        truth = self.truth(test)
        if truth is not None:
            self.body(node.body if truth else node.orelse, node.live_after)
            return False
        exits = [self.leaves(b) for b in (node.body, node.orelse)]
        if exits[0] == exits[1]:
            self.branch(test, lambda: self.arm(lambda: self.body(node.body, node.live_after)),
                        lambda: self.arm(lambda: self.body(node.orelse, node.live_after)), node.live_after)
            return False

        def then_rest(stmts: list[Any]) -> None:
            self.arm(lambda: self.body(stmts, node.live_after))
            skip = static(self.flag("$skip"))
            if skip is False:
                self.body(rest, live_out)
            elif skip is UNSET and rest:
                self.branch(self.flag("$skip"), lambda: None, lambda: self.body(rest, live_out), live_out)

        self.branch(test, lambda: then_rest(node.body), lambda: then_rest(node.orelse), live_out)
        return True

    def leaves(self, stmts: list[Any]) -> bool:
        """Whether some statements certainly end this body (return, raise, break, continue)."""
        if not stmts:
            return False
        last = stmts[-1]
        if isinstance(last, gast.If):
            return self.leaves(last.body) and self.leaves(last.orelse)
        return isinstance(last, (gast.Return, gast.Raise, gast.Break, gast.Continue))

    def branch(self, test: Value, then: Callable[[], None], orelse: Callable[[], None], live: frozenset[str]) -> None:
        """``if test: then() else: orelse()``, joining all that differs."""
        truth = self.truth(test)
        if truth is not None:
            (then if truth else orelse)()
            return
        loc = self.loc
        arg = self.test_arg(test)
        before = self.snapshot()
        sides = []
        for run in (then, orelse):
            self.restore(before)
            self.loc = loc
            self.open_tests.append(arg)
            for name in FLAGS:
                flag = self.frames[-1].env.get(name)
                if isinstance(flag, Atom) and flag.arg is arg:
                    self.frames[-1].env[name] = TRUE if run is then else FALSE
            with self.block() as stmts, self.path():
                run()
            self.open_tests.pop()
            heap, envs, views = self.snapshot()
            sides.append(Side(stmts, heap, envs, views))
        self.restore(before)
        self.loc = loc
        dead = [static(side.envs[self.frames[-1]].get("$dead", FALSE)) is True for side in sides]
        if dead[0] != dead[1]:
            return self.go_on(arg, sides, dead)
        for side in sides:
            side.heap = {**self.origins, **side.heap}
        self.join_sides(arg, sides[0], sides[1], live)

    def go_on(self, test: Arg, sides: list[Side], dead: list[bool]) -> None:
        """After a branch of which one side ends in an exception: the other side is what follows."""
        then, orelse = (Block((), tuple(side.stmts) if ends else (), ()) for side, ends in zip(sides, dead))
        self.stmts.append(If((), test, then, orelse, self.loc, self.adjoint))
        live = sides[dead.index(False)]
        self.stmts.extend(live.stmts)
        self.restore((live.heap, live.envs, live.views))

    def test_arg(self, test: Value) -> Arg:
        """The IR argument of a test; the length of a run-time list counts as its truth."""
        if isinstance(test, Ref) and self.fact(test).kind == "list":
            return self.emit_arg(len, self.reify(test))
        if isinstance(test, Ref) and isinstance(self.heap[test.cell], Fields):
            for name in ("__bool__", "__len__"):
                found = self.find_special(test, name)
                if found is not None:
                    return self.reify(self.call(found, (), ()))
        return self.reify(test)

    def choose(self, test: Value, then: Callable[[], Value], orelse: Callable[[], Value], hint: str = "",
               arms: bool = False) -> Value:
        """The value of ``then() if test else orelse()``; ``arms``: either may raise instead (``attempts``)."""
        env = self.frames[-1].env
        name = f"${len([k for k in env if k.startswith('$choice')])}{hint}"
        key = "$choice" + name

        def run(fn: Callable[[], Value]) -> None:
            self.frames[-1].env[key] = fn()

        def arm(fn: Callable[[], Value]) -> None:
            self.arm(lambda: run(fn))
        if arms and self.truth(test) is None:
            self.branch(test, lambda: arm(then), lambda: arm(orelse), self.frames[-1].live | {key})
            return self.chosen(key)
        self.branch(test, lambda: run(then), lambda: run(orelse), self.frames[-1].live | {key})
        return self.chosen(key)

    def chosen(self, key: str) -> Value:
        """What a branch left under a name of ours."""
        if self.is_dead():
            raise PathEnded
        return self.frames[-1].env.pop(key)

    def join_sides(self, test: Arg, a: Side, b: Side, live: frozenset[str]) -> None:
        templates: list[tuple[Any, str, Any, Any, Any]] = []
        memo: dict[Any, Any] = {}
        for f in self.all_frames():
            ea, eb = a.envs[f], b.envs[f]
            for name in dict.fromkeys((*ea, *eb)):
                va, vb = ea.get(name, Unbound()), eb.get(name, Unbound())
                if va == vb:
                    f.env[name] = va
                    continue
                if not self.may_be_read(f, name, live):
                    templates.append((f, name, Same(Unbound(f"`{name}` has no value on every path")), None, None))
                    continue
                if self.is_function(va, vb) and self.is_function(vb, va):
                    chosen = Choice(Atom(test, fact_of(test)), va, vb)
                    templates.append((f, name, Same(chosen), None, None))
                    continue
                templates.append((f, name, self.join_values(va, vb, a.heap, b.heap, memo), va, vb))
        differs = map(operator.is_not, a.heap.values(), b.heap.values())
        for cell in tuple(compress(self.heap, differs)):  # the cells from before come first in each of the three
            ca, cb = a.heap[cell], b.heap[cell]
            template = self.join_cells(ca, cb, a.heap, b.heap, memo, ("cell", cell))
            templates.append((None, cell, template, ca, cb))
        self.emit_if(test, a, b, templates)

    def may_be_read(self, frame: Frame, name: str, live: frozenset[str]) -> bool:
        """Whether a variable may be read after what is lowered now; ``live``: those of the current frame that may."""
        if frame is not self.frames[-1]:
            return frame.awaited is None or name[0] == "$" or name in frame.awaited or name in frame.always_live
        return name in live or name in frame.always_live or name in FLAGS or name.startswith("$choice")

    def is_function(self, value: Value, other: Value) -> bool:
        """Whether a value is a function that is known now; or, where the other is none, something like it."""
        if isinstance(other, Unbound) and other.code == "S2S014" and isinstance(value, Atom):
            return value.is_static and (callable(value.value) or isinstance(value.value, types.ModuleType))
        if isinstance(value, Unbound):
            return value.code == "S2S014" and not isinstance(other, Unbound)
        if isinstance(value, Atom):
            return value.is_static and callable(value.value) and not isinstance(value.value, type)
        return isinstance(value, (Closure, Bound, Method, Choice))

    def fill_sides(self, a: Side, b: Side, templates: list) -> None:
        """The IR arguments of the leaves of all templates, at the end of each side."""
        state = self.snapshot()
        for side, k in ((a, 3), (b, 4)):
            self.heap, self.views = side.heap, side.views
            outer, self.stmts = self.stmts, side.stmts
            done: set[int] = set()
            for entry in templates:
                self.extract(entry[2], entry[k], side.args, done)
            self.stmts = outer
        self.restore(state)

    def emit_if(self, test: Arg, a: Side, b: Side, templates: list) -> None:
        self.fill_sides(a, b, templates)
        outs: list[Var] = []
        pairs: dict[Any, Var] = {}
        args = iter(zip(a.args, b.args))
        kept_a: list[Arg] = []
        kept_b: list[Arg] = []

        def make_named(name: str) -> Callable[[Fact], Arg]:
            def make(fact: Fact) -> Arg:
                x, y = next(args)
                if x is y:
                    return x
                key = (_key(x), _key(y))
                if key not in pairs:
                    facts = [fact_of(v) for v in (x, y) if not (isinstance(v, Const) and v.value is UNDEFINED)]
                    known = facts[0].forget() if len(facts) == 1 else join(facts[0].forget(), facts[1].forget())
                    if fact.kind == "list" and fact.item is not None:
                        known = fact
                    unsure = self.may_miss(x) or self.may_miss(y)
                    pairs[key] = out = Var(name, sometimes(known) if unsure else known)
                    self.note_missing(out, x, y)
                    outs.append(out)
                    kept_a.append(x)
                    kept_b.append(y)
                return pairs[key]
            return make

        made: dict[int, Any] = {}
        for f, name, template, va, vb in templates:
            if f is None:
                label = next((s.arg.name for s in (va, vb) if isinstance(s, Buffer) and getattr(s.arg, "name", None)),
                             "t")
                self.heap[name] = self.instantiate_cell(template, make_named(label), made)
            else:
                label = "returned" if name == "$ret" else "result" if name == "$val" else (
                    name.split("$")[-1].lstrip("0123456789") or "t")
                value = self.instantiate(template, make_named(label), made)
                if isinstance(value, Atom):
                    value = Atom(value.arg, fact_of(value.arg)) if isinstance(value.arg, Var) else value
                f.env[name] = value
        if outs or a.stmts or b.stmts:
            self.stmts.append(If(tuple(outs), test, Block((), tuple(a.stmts), tuple(kept_a)),
                                 Block((), tuple(b.stmts), tuple(kept_b)), self.loc, self.adjoint))
