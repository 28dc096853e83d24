"""Simple statements: nested functions, imports, ``with``, ``global``, expressions.

Before: ``with np.errstate(all="ignore"): y = 1.0 / x``.  After: ``enter``, ``y = truediv(1.0, x)``, ``leave``.
"""
from __future__ import annotations

import importlib
import types
from collections.abc import Iterator
from typing import Any

import gast

from s2sad import runtime
from s2sad.errors import S2SADError
from s2sad.frontend.liveness import analyse
from s2sad.frontend.values import (
    NONE,
    Atom,
    Closure,
    Fields,
    Frame,
    Ref,
    Unbound,
    Value,
    const,
    static,
)
from s2sad.ir import Var
from s2sad.ir.facts import UNSET


class GlobalWritten(Exception):
    """A function may write to a global of the module ``scope``: lowering starts again with it as a variable."""

    def __init__(self, scope: dict[str, Any], name: str) -> None:
        super().__init__(name)
        self.scope, self.name = scope, name


class Statements:
    """The part of the lowerer for simple statements."""

    frames: list[Frame]
    heap: dict[int, Any]

    def stmt_Expr(self, node: Any) -> None:
        if not isinstance(node.value, gast.Constant):
            self.expr(node.value)

    def stmt_Pass(self, node: Any) -> None:
        pass

    def stmt_Global(self, node: Any) -> None:
        """Globals that a function may write to are variables of the lowering, like any others; at the end they must be
        what they were (``check_globals``)."""
        scope = self.frames[-1].globals
        for name in node.names:
            if id(scope) not in self.modules or name not in self.modules[id(scope)].env:
                raise GlobalWritten(scope, name)
            self.global_locs[id(scope), name] = self.at(node)

    def follow_global(self, scope: dict[str, Any], name: str) -> None:
        """Make a global a variable of this lowering."""
        frame = self.modules.setdefault(id(scope), Frame({}, globals=scope, name="<module>"))
        if name not in scope:
            frame.env[name] = Unbound(f"the global `{name}` has no value")
            return
        self.guard(("global", id(scope), name), lambda: scope.get(name, UNSET), scope[name])
        frame.env[name] = self.capture(scope[name], name)

    def check_globals(self) -> None:
        """Refuse a function after which a global has another value."""
        for error in self.changed_globals():
            raise error

    def changed_globals(self) -> Iterator[S2SADError]:
        """An error for each global that has another value at the end. A module or function kept in a global that was
        None (a lazy import) is no change: the next call finds it again."""
        for key, frame in self.modules.items():
            for name, value in frame.env.items():
                before, after = frame.globals.get(name, UNSET), static(value)
                lazy = before is None and (callable(after) or isinstance(after, types.ModuleType))
                same = after is before or (type(after) is type(before) and isinstance(after, (str, int, float))
                                           and after == before)
                unset = before is UNSET and isinstance(value, Unbound)
                if same and after is not UNSET or lazy or unset or (
                        isinstance(value, Ref) and value == self.captured.get(id(before))
                        and value.cell not in self.written
                        and self.heap[value.cell] == self.origins.get(value.cell)):
                    continue
                self.loc = self.global_locs.get((key, name), self.loc)
                yield self.unsupported(f"`{name}` is a global that this function writes to; a derivative call is pure",
                                       "return the value, or pass an object in", code="S2S009")

    def stmt_Nonlocal(self, node: Any) -> None:
        pass

    def stmt_FunctionDef(self, node: Any) -> None:
        value: Value = self.closure(node)
        for decorator in reversed(node.decorator_list):
            value = self.call(self.expr(decorator), (value,), ())
        self.bind_name(node.name, value)

    def closure(self, node: Any) -> Closure:
        frame = self.frames[-1]
        args = node.args
        defaults = tuple(self.expr(d) for d in args.defaults)
        kw_defaults = tuple(None if d is None else self.expr(d) for d in args.kw_defaults)
        analyse(node)
        return Closure(node, frame.source, frame, defaults, kw_defaults)

    def stmt_Import(self, node: Any) -> None:
        for alias in node.names:
            try:
                module = importlib.import_module(alias.name)
            except ImportError as error:
                return self.import_error(error)
            if alias.asname is None:
                module = importlib.import_module(alias.name.split(".")[0])
            self.bind_name(alias.asname or alias.name.split(".")[0], const(module))

    def import_error(self, error: ImportError) -> None:
        """What cannot be imported now raises when the function runs, if it gets there."""
        self.certain_error(type(error), str(error))
        if self.tries:
            raise self.unsupported(f"an import that fails ({error}), inside `try`",
                                   "import it at the top of the module")
        self.raise_exception(self.emit_arg(type(error), const(str(error)).arg))

    def stmt_ImportFrom(self, node: Any) -> None:
        package = self.frames[-1].globals.get("__package__") or ""
        try:
            module = importlib.import_module("." * node.level + (node.module or ""), package)
        except ImportError as error:
            return self.import_error(error)
        for alias in node.names:
            value = getattr(module, alias.name, UNSET)
            if value is UNSET:
                value = importlib.import_module(f"{module.__name__}.{alias.name}")
            self.bind_name(alias.asname or alias.name, self.capture(value, alias.asname or alias.name))

    def stmt_With(self, node: Any) -> None:
        exits = []
        for item in node.items:
            manager = self.expr(item.context_expr)
            if isinstance(manager, Ref) and isinstance(self.heap[manager.cell], Fields):
                got = self.call_special(manager, "__enter__", ())
                exits.append(lambda m=manager: self.call_special(m, "__exit__", (NONE, NONE, NONE)))
            else:
                arg = self.reify(manager)
                got = Atom(self.emit_call(runtime.enter, (arg,), (), Var("entered")))
                exits.append(lambda arg=arg: self.append_call((Var("left"),), runtime.leave, (arg,)))
            if item.optional_vars is not None:
                self.assign(item.optional_vars, got)
        self.body(node.body, node.live_after)
        for leave in reversed(exits):
            leave()
