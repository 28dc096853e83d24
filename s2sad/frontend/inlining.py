"""User functions: their parameters bound to arguments, and their body in place of the call.

Before: ``helper(a, k=2)`` with ``def helper(b, k): b[0] *= k``.  After: the body of ``helper`` in place, writing to
``a``.
"""
from __future__ import annotations

import inspect
import types
from dataclasses import replace
from typing import Any

import gast

from s2sad import runtime
from s2sad.errors import CallSite, Loc, SourceNotFound
from s2sad.frontend.failures import PathEnded
from s2sad.frontend.generators import is_iterator
from s2sad.frontend.liveness import analyse
from s2sad.frontend.source import find
from s2sad.frontend.values import (
    FALSE,
    NONE,
    Atom,
    Buffer,
    Closure,
    Frame,
    Generator,
    Kwargs,
    Ref,
    Table,
    Tup,
    Unbound,
    Value,
    static,
)
from s2sad.ir.facts import UNSET

MAX_DEPTH, MAX_CALLS = 60, 2000


class RunTimeRecursion(Exception):
    """A function calls itself to a depth that is not known now: it is lowered again with its own calls as
    operations."""

    def __init__(self, node: Any) -> None:
        super().__init__(getattr(node, "name", "<lambda>"))
        self.node = node


class Inlining:
    """The part of the lowerer for the bodies of user functions."""

    frames: list[Frame]
    heap: dict[int, Any]
    loc: Loc | None

    def call_source(self, fn: types.FunctionType, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A Python function, inlined if there is source."""
        try:
            source = find(fn)
        except SourceNotFound:
            return self.call_opaque(fn, args, kwargs, hint)
        analyse(source.node)
        if source.node in self.recursive and any(f.source is not None and f.source.node is source.node
                                                 for f in self.frames):
            return self.call_recursive(fn, source.node, args, kwargs, hint)
        called = fn.__qualname__.rpartition("<locals>.")[2]
        return self.inline(self.closure_of(fn), args, kwargs, called)

    def closure_of(self, fn: types.FunctionType) -> Closure:
        """A Python function from outside, whose source can be read."""
        source = find(fn)
        analyse(source.node)
        closure = dict(zip(fn.__code__.co_freevars, fn.__closure__ or ()))
        defaults = tuple(self.capture_outside(d, None, "a default argument") for d in fn.__defaults__ or ())
        names = [a.id for a in source.node.args.kwonlyargs]
        given = fn.__kwdefaults__ or {}
        kw_defaults = tuple(self.capture_outside(given[n], n, n) if n in given else None for n in names)
        frame = Frame({}, source, fn.__globals__, closure)
        return Closure(source.node, source, frame, defaults, kw_defaults, fn.__qualname__)

    def call_recursive(self, fn: types.FunctionType, node: Any, args: tuple[Value, ...], kwargs: Kwargs,
                       hint: str) -> Value:
        """A call of a function by itself, to a depth that is known only at run time: one operation."""
        parameters = list(inspect.signature(fn).parameters.values())
        named = dict(kwargs)
        given = list(args)
        for p in parameters[len(args):]:
            if p.name in named:
                given.append(named.pop(p.name))
            elif p.default is not p.empty:
                given.append(self.capture(p.default, None))
        names = {p.name for p in parameters}
        writes = any(isinstance(n, gast.Subscript) and isinstance(n.ctx, gast.Store) and isinstance(n.value, gast.Name)
                     and n.value.id in names for n in gast.walk(node))
        plain = all(isinstance(v, Atom) or (isinstance(v, Ref) and isinstance(self.heap[v.cell], Buffer))
                    for v in given)
        if writes or named or not plain or any(p.kind is not p.POSITIONAL_OR_KEYWORD for p in parameters):
            raise self.unsupported(
                f"`{fn.__name__}` calls itself to a depth known only at run time, with arguments other than "
                                   "numbers and arrays, or writing to them", "write it as a loop", code="S2S012")
        key = self.operations.setdefault(fn, runtime.Recursive(fn))
        return self.call_op(key, tuple(given), (), hint)

    def inline(self, fn: Closure, args: tuple[Value, ...], kwargs: Kwargs, called: str = "") -> Value:
        """The body of a function in place of its call; ``called`` is its name with that of its class."""
        node = fn.node
        name = getattr(node, "name", "<lambda>")
        self.check_depth(node)
        if isinstance(node, gast.AsyncFunctionDef):
            self.loc = self.called_at(fn, called or name)
            raise self.unsupported(f"`{name}` is an async function", "make it a plain function")
        if node.scope.generates and not self.depth:
            self.loc = self.called_at(fn, called or name)
            raise self.unsupported(f"`{name}` is a generator (it has `yield`)", "return a list instead of `yield`")
        env = self.bind(fn, name, args, kwargs)
        if node.scope.generates:
            return Generator(fn, env, called or name)
        return self.run_frame(self.new_frame(fn, env, called or name), node)

    def check_depth(self, node: Any) -> None:
        """Count an inlined function, and end what would go on without end."""
        self.inlined += 1
        if self.depth < MAX_DEPTH and (self.inlined <= MAX_CALLS or self.adjoint):
            return
        again = None if self.adjoint or node.scope.generates else self.entered_twice(node)
        if again is not None:
            raise RunTimeRecursion(again)
        entered = [f.name for f in dict.fromkeys(self.frames)]
        name = max(dict.fromkeys(entered), key=entered.count)
        raise self.unsupported(
            f"`{name}` is called {MAX_DEPTH} levels deep or more than {MAX_CALLS} times: "
            "recursion whose depth depends on run-time values", "write it as a loop", code="S2S012")

    def new_frame(self, fn: Closure, env: dict[str, Value], called: str) -> Frame:
        """The variables of a function that is entered, with its parameters ``env``."""
        node, parent = fn.node, fn.frame
        local = frozenset(env) if isinstance(node, gast.Lambda) else frozenset((*env, *node.scope.stored))
        shared = node.scope.shared
        frame = Frame(env, fn.source, parent.globals, parent.closure, parent, local - shared - node.scope.outside,
                      shared, node.always_live, getattr(node, "name", "<lambda>"), outside=node.scope.outside,
                      site=CallSite(called, self.loc) if self.depth and not fn.source.ours else None)
        frame.env.update({"$skip": FALSE, "$stop": FALSE, "$ret": FALSE, "$val": Unbound()})
        return frame

    def run_frame(self, frame: Frame, node: Any) -> Value:
        """The body of a function whose parameters are bound, and what it returns."""
        loc = self.loc
        self.frames.append(frame)
        self.depth += 1
        try:
            if isinstance(node, gast.Lambda):
                if not self.adjoint:
                    self.loc = self.at(node.body)
                frame.env["$val"] = self.expr(node.body)
            else:
                self.body(node.body, frozenset())
                self.fall_off()
        finally:
            self.depth -= 1
            self.frames.pop()
            self.loc = loc
        if static(frame.env.get("$dead", FALSE)) is True:
            raise PathEnded(frame.name)
        return frame.env["$val"]

    def entered_twice(self, node: Any) -> Any:
        """The outermost function that has been entered again before it returned, if that is news."""
        nodes = [*(f.source.node for f in dict.fromkeys(self.frames) if f.source is not None and f.name not in (
            "<comprehension>", "<genexpr>")), node]
        return next((n for n in nodes if n not in self.recursive and nodes.count(n) > 2), None)

    def called_at(self, fn: Closure, name: str) -> Loc:
        """The place of a function that is called here."""
        loc = fn.source.loc(fn.node)
        return replace(loc, site=CallSite(name, self.loc)) if self.depth else loc

    def fall_off(self) -> None:
        """The end of a function without ``return``: the result is None."""
        env = self.frames[-1].env
        returned = env["$ret"]

        def none() -> None:
            self.frames[-1].env["$val"] = NONE
        if static(env.get("$dead", FALSE)) is True:
            none()
        elif static(returned) is UNSET:
            self.branch(returned, lambda: None, none, frozenset())
        elif static(returned) is False:
            none()

    def bind(self, fn: Closure, name: str, args: tuple[Value, ...], kwargs: Kwargs) -> dict[str, Value]:
        """Parameters bound to arguments, as Python does it."""
        a = fn.node.args
        positional = [*a.posonlyargs, *a.args]
        env: dict[str, Value] = {p.id: v for p, v in zip(positional, args)}
        if len(args) > len(positional):
            if a.vararg is None:
                raise self.wrong_arguments(fn, len(args), tuple(k for k, _ in kwargs),
                                           f"`{name}` takes {len(positional)} positional arguments but {len(args)} "
                                           "are given")
        if a.vararg is not None:
            env[a.vararg.id] = Tup(tuple(args[len(positional):]))
        allowed = {p.id for p in (*a.args, *a.kwonlyargs)}
        extra: list[tuple[str, Value]] = []
        for k, v in kwargs:
            if k in allowed:
                if k in env:
                    raise self.wrong_arguments(fn, len(args), tuple(k for k, _ in kwargs),
                                               f"`{name}` gets the argument `{k}` twice")
                env[k] = v
            elif a.kwarg is not None:
                extra.append((k, v))
            else:
                raise self.wrong_arguments(fn, len(args), tuple(k for k, _ in kwargs),
                                           f"`{name}` has no parameter `{k}`")
        if a.kwarg is not None:
            env[a.kwarg.id] = self.new_ref(Table(tuple(k for k, _ in extra), tuple(v for _, v in extra)))
        for p, d in zip(positional[len(positional) - len(fn.defaults):], fn.defaults):
            env.setdefault(p.id, d)
        for p, d in zip(a.kwonlyargs, fn.kw_defaults):
            if d is not None:
                env.setdefault(p.id, d)
        missing = [p.id for p in (*positional, *a.kwonlyargs) if p.id not in env]
        if missing:
            raise self.wrong_arguments(fn, len(args), tuple(k for k, _ in kwargs),
                                       f"`{name}` is called without the argument `{missing[0]}`")
        for parameter, value in env.items():
            if is_iterator(value):
                self.check_read_once(parameter, fn.node, (0, 0), None)
        if any(map(is_iterator, args[len(positional):])) or any(is_iterator(v) for _, v in extra):
            raise self.kept_iterator(None)
        return env
