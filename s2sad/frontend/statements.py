"""Simple statements: nested functions, imports, ``with``, ``global``, expressions.

Before: ``with np.errstate(all="ignore"): y = 1.0 / x``.  After: ``enter``, ``y = truediv(1.0, x)``, ``leave``.
"""
from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Iterator
from typing import Any

import gast

from s2sad import runtime
from s2sad.errors import S2SADError
from s2sad.frontend.liveness import analyse
from s2sad.frontend.values import (
    FALSE,
    NONE,
    Atom,
    Closure,
    Fields,
    Frame,
    Generator,
    Ref,
    Table,
    Unbound,
    Value,
    const,
    static,
    unset_in,
)
from s2sad.ir import Const, Var
from s2sad.ir.facts import UNSET, same_value
from s2sad.ir.inert import is_a


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
        if isinstance(node.value, gast.YieldFrom):
            return self.yield_from(node)
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
        for cell, loc in self.changed_outside.items():
            if not self.is_restored(cell):
                yield self.changes_global(cell, loc)
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

    def is_restored(self, cell: int) -> bool:
        """Whether a list or dict from outside holds again what it held."""
        now, before = self.heap.get(cell), self.origins[cell]
        if type(now) is not type(before) or len(now.values) != len(before.values):
            return False
        if isinstance(now, Table) and now.keys != before.keys:
            return False

        def same(a: Value, b: Value) -> bool:
            known = static(a), static(b)
            return a == b or (not unset_in(known) and same_value(*known))
        return all(map(same, now.values, before.values))

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
        name = getattr(node, "name", "<lambda>")
        return Closure(node, frame.source, frame, defaults, kw_defaults, f"{frame.name}.<locals>.{name}")

    def stmt_Import(self, node: Any) -> None:
        for alias in node.names:
            try:
                module = self.imported(alias.name)
            except ImportError as error:
                return self.import_error(error)
            if module is None:
                self.bind_name(alias.asname or alias.name.split(".")[0], self.import_later(
                    alias.name if alias.asname is not None else alias.name.split(".")[0], alias.name))
                continue
            if alias.asname is None:
                module = importlib.import_module(alias.name.split(".")[0])
            self.bind_name(alias.asname or alias.name.split(".")[0], const(module))

    def imported(self, name: str) -> types.ModuleType | None:
        """A module that is there, or that the function certainly imports; None if it is imported when the function
        runs and gets there: importing a module runs it."""
        certain = not self.open_tests and not self.scans
        if certain or name in sys.modules or name.partition(".")[0] in (*sys.stdlib_module_names, "numpy", "scipy"):
            return importlib.import_module(name)
        return None

    def import_later(self, bound: str, name: str) -> Value:
        """A module as a value of which nothing is known."""
        made = self.emit(importlib.import_module, (Const(name),), hint=bound)
        if bound != name:
            made = self.emit(importlib.import_module, (Const(bound),), hint=bound)
        return self.note_opaque(made, False)

    def module_member(self, module: types.ModuleType, name: str) -> Value | None:
        """What ``from module import name`` gives where the module makes it on demand; None for a module inside it."""
        if f"{module.__name__}.{name}" in sys.modules or "__getattr__" not in vars(module):
            return None
        return self.attribute(const(module), name)

    def import_error(self, error: ImportError) -> None:
        """What cannot be imported now raises when the function runs, if it gets there."""
        raise self.failing(error, f"an import that fails ({error}), inside `try`",
                           "import it at the top of the module", "S2S001")

    def stmt_ImportFrom(self, node: Any) -> None:
        package = self.frames[-1].globals.get("__package__") or ""
        try:
            name = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            module = self.imported(name)
        except ImportError as error:
            return self.import_error(error)
        for alias in node.names:
            if module is None:
                later = self.import_later(name, name)
                self.bind_name(alias.asname or alias.name, self.opaque_attribute(later, alias.name))
                continue
            if not is_a(module, types.ModuleType):  # an object that the module has put in its own place
                self.bind_name(alias.asname or alias.name, self.attribute(const(module), alias.name))
                continue
            value = vars(module).get(alias.name, UNSET)
            if value is UNSET and (known := self.module_member(module, alias.name)) is not None:
                self.bind_name(alias.asname or alias.name, known)
                continue
            if value is UNSET:
                try:
                    value = importlib.import_module(f"{module.__name__}.{alias.name}")
                except ImportError:
                    missing = ImportError(f"cannot import name '{alias.name}' from '{module.__name__}'")
                    return self.import_error(missing)
            self.bind_name(alias.asname or alias.name, self.capture(value, alias.asname or alias.name))

    def stmt_With(self, node: Any) -> None:
        self.enter(node, 0)

    def enter(self, node: Any, k: int) -> None:
        """The body of a ``with`` inside its context managers from the one at ``k`` on."""
        if k == len(node.items):
            self.body(node.body, node.live_after)
            return
        manager, target = self.expr(node.items[k].context_expr), node.items[k].optional_vars
        if isinstance(manager, Generator) and manager.manager:
            return self.enter_generator(node, k, manager)
        if isinstance(manager, Ref) and isinstance(self.heap[manager.cell], Fields):
            got = self.call_special(manager, "__enter__", ())
        else:
            arg = self.reify(manager)
            got = self.note_opaque(Atom(self.emit_call(runtime.enter, (arg,), (), Var("entered"))),
                                   self.harmless(manager), manager)
        if target is not None:
            self.assign(target, got)
        self.enter(node, k + 1)
        if isinstance(manager, Ref) and isinstance(self.heap[manager.cell], Fields):
            self.call_special(manager, "__exit__", (NONE, NONE, NONE))
        else:
            self.append_call((Var("left"),), runtime.leave, (arg,))

    def enter_generator(self, node: Any, k: int, manager: Generator) -> None:
        """A generator as context manager: what is inside the ``with`` takes the place of its ``yield``."""
        if any(isinstance(n, (gast.Yield, gast.YieldFrom)) for loop in gast.walk(manager.fn.node) if isinstance(
                loop, (gast.For, gast.While)) for n in gast.walk(loop)):
            raise self.unsupported("a context manager that yields in a loop", "yield once", node=node)

        def take(item: Value) -> Value:
            if node.items[k].optional_vars is not None:
                self.assign(node.items[k].optional_vars, item)
            self.enter(node, k + 1)
            return FALSE
        self.drive(manager, take, tuple(node.body))
