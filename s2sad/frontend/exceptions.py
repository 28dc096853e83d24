"""``raise``, ``assert`` and ``try``: the primal's path is followed, handlers of certain exceptions are lowered there.

Before: ``try: y = table[key]`` with ``except KeyError: y = x``.  After: one of them, as the keys are known.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gast

from s2sad.errors import S2SADError
from s2sad.frontend.control import _HINTS, _keyword
from s2sad.frontend.failures import CertainError, PathRaised
from s2sad.frontend.values import (
    FALSE,
    TRUE,
    Atom,
    Frame,
    Tup,
    Value,
    static,
)
from s2sad.ir import Const
from s2sad.ir.facts import UNSET
from s2sad.ir.inert import is_a


@dataclass(frozen=True)
class Try:
    """A ``try`` being lowered: the classes its handlers catch (None for all), and how many tests were open."""

    classes: tuple[Any, ...]
    open_tests: int
    frame: Frame
    raised: list[type] = field(default_factory=list)


class Exceptions:
    """The part of the lowerer for exceptions."""

    frames: list[Frame]
    handled_errors: list[CertainError]

    def stmt_Raise(self, node: Any) -> None:
        if node.exc is None and self.handled_errors:
            return self.raise_again(node, self.handled_errors[-1])
        if node.exc is None:
            raise self.failing(RuntimeError("No active exception to reraise"), "`raise` without an exception",
                               code="S2S001", node=node)
        if self.adjoint and len(self.open_tests) == 0 and not self.tries:
            raise self.unsupported(self.raised_text(node.exc), code="S2S013")
        value = self.expr(node.exc)
        env = self.frames[-1].env
        if "$ended" in env and StopIteration in (static(value), self.raised_class(value)):
            env["$ended"] = env["$skip"] = env["$stop"] = env["$ret"] = TRUE
            return
        if self.tries:
            self.raise_in_try(node, value)
        if static(value) is not UNSET and isinstance(static(value), type):
            value = self.call(value, (), ())
        self.raise_exception(self.reify(value))

    def raise_again(self, node: Any, error: CertainError) -> None:
        """``raise`` in the handler of an exception."""
        if self.tries:
            self.raise_in_try(node, error.value)
        known = static(error.value)
        self.raise_exception(self.exception_arg(known) if is_a(known, BaseException)
                             else self.reify(error.value))

    def raised_text(self, node: Any) -> str:
        value = node.args[0] if isinstance(node, gast.Call) and node.args else node
        text = static(self.expr(value)) if isinstance(node, gast.Call) and node.args else "these arguments"
        return f"the rule refuses these arguments: {text}" if isinstance(text,
                                                                         str) else "the rule refuses these arguments"

    def raise_in_try(self, node: Any, value: Value) -> None:
        """``raise`` inside ``try``: a certain one goes to its handler now; one that depends on run-time values
        cannot."""
        cls = self.raised_class(value)
        caught = any(cls is None or h is None or issubclass(cls, h) for t in self.tries for h in t.classes)
        if not caught:
            return
        if cls is not None and self.raises_on_path(cls):
            self.tries[-1].raised.append(cls)
            raise PathRaised
        if cls is None or len(self.open_tests) > self.tries[-1].open_tests:
            raise self.unsupported("an exception that is raised and caught depending on run-time values",
                                   "use `if` instead of `try` for it", node=node)
        raise CertainError(cls, value)

    def statement_in_try(self, stmt: Any) -> None:
        """A statement on a path that may end with an exception that is caught further out in this function."""
        method = getattr(self, f"stmt_{type(stmt).__name__}", None)
        if method is None:
            raise self.unsupported(f"`{_keyword(stmt)}` is not differentiated", _HINTS.get(_keyword(stmt), ""),
                                   node=stmt)
        pending, outer = len(self.pending), self.path_tests
        self.path_tests = len(self.open_tests)
        try:
            method(stmt)
        except PathRaised:
            del self.pending[pending:]
            env = self.frames[-1].env
            env["$skip"] = env["$raised"] = TRUE
        finally:
            self.path_tests = outer

    def raises_on_path(self, cls: type) -> bool:
        """Whether an exception that is certain on this path, but not on all, can be followed to its handler:
        the ``try``
        is in the same function, and no loop lies between."""
        inner = self.tries[-1]
        depth = len(self.open_tests)
        return (inner.frame is self.frames[-1] and depth > inner.open_tests and depth == self.path_tests
                and not any(isinstance(t, Const) for t in self.open_tests[inner.open_tests:])
                and all(c is not None for c in inner.classes) and any(issubclass(cls, c) for c in inner.classes))

    def raised_class(self, value: Value) -> type | None:
        known = static(value)
        if known is not UNSET:
            return known if isinstance(known, type) else type(known)
        return self.exceptions.get(value.arg) if isinstance(value, Atom) else None

    def attribute_or(self, owner: Value, name: str, default: Value, hint: str = "") -> Value:
        """``getattr(owner, name, default)``: the default if the attribute is certainly missing."""
        if self.is_opaque(owner):
            return self.opaque_attribute(owner, name, hint, (default,))
        state = self.mark()
        self.tries.append(Try((AttributeError,), len(self.open_tests), self.frames[-1]))
        try:
            value = self.attempt(lambda: self.attribute(owner, name, hint))
        except CertainError as error:
            self.reset(state)
            if error.cls is AttributeError:
                return default
            raise
        except S2SADError:
            self.reset(state)
            if self.fact(owner).kind != "unknown":
                raise
            return self.attribute_missing(owner, name, default)
        self.tries.pop()
        return value

    def attribute_missing(self, owner: Value, name: str, default: Value) -> Value:
        """The default of an attribute that something of unknown kind seems to lack; if it has it, that is an error."""
        def refuse() -> None:
            text = f"S2S011: the attribute `{name}` of a value whose kind was not known before the call"
            raise self.ended(self.emit_arg(NotImplementedError, Const(text)))
        present = self.emit(hasattr, (self.reify(owner), Const(name)))
        self.branch(present, refuse, lambda: None, self.frames[-1].live)
        return default

    def stmt_Try(self, node: Any) -> None:
        """``try``: the path without exceptions, and handlers of exceptions that are certain."""
        classes = tuple(c for h in node.handlers for c in self.handled(h))
        self.catches += [BaseException if c is None else c for c in classes]
        self.tries.append(Try(classes, len(self.open_tests), self.frames[-1]))
        outer, self.frames[-1].env["$raised"] = self.frames[-1].env.get("$raised", FALSE), FALSE
        depth = len(self.frames)
        caught: CertainError | None = None
        try:
            self.body(node.body, node.live_after)
        except CertainError as error:
            caught = error
            del self.frames[depth:]
        finally:
            tried = self.tries.pop()
        raised = self.flag("$raised")
        self.frames[-1].env["$raised"] = outer
        if caught is not None:
            self.handle(node, caught)
        elif static(raised) is False:
            self.not_raised(node)
        else:
            handler = self.handler_of(node, tried)

            def handle() -> None:
                self.frames[-1].env["$skip"] = FALSE
                self.body(handler.body, node.live_after)
            self.branch(raised, handle, lambda: self.not_raised(node), node.live_after)
        self.finish_try(node)

    def not_raised(self, node: Any) -> None:
        """The ``else`` of a ``try``, on the paths that go on after its body."""
        skip = self.flag("$skip")
        if static(skip) is False:
            self.body(node.orelse, node.live_after)
        elif static(skip) is UNSET and node.orelse:
            self.branch(skip, lambda: None, lambda: self.body(node.orelse, node.live_after), node.live_after)

    def handler_of(self, node: Any, tried: Try) -> Any:
        """The one handler of the exceptions that some paths through the body end with."""
        found = {next(h for h in node.handlers if any(issubclass(cls, c) for c in self.handled(h)))
                 for cls in tried.raised}
        handler = found.pop()
        if found or handler.name is not None:
            raise self.unsupported("exceptions that are raised depending on run-time values and told apart when caught",
                                   "use `if` instead of `try` for it", node=node)
        return handler

    def handled(self, handler: Any) -> tuple[Any, ...]:
        """The classes that a handler catches; None for all."""
        if handler.type is None:
            return (None,)
        value = self.expr(handler.type)
        items = value.items if isinstance(value, Tup) else (value,)
        return tuple(c if isinstance(c := static(v), type) else None for v in items)

    def handle(self, node: Any, error: CertainError) -> None:
        for handler in node.handlers:
            if any(c is None or issubclass(error.cls, c) for c in self.handled(handler)):
                if handler.name is not None:
                    self.bind_name(getattr(handler.name, "id", handler.name), error.value)
                self.handled_errors.append(error)
                try:
                    self.body(handler.body, node.live_after)
                finally:
                    self.handled_errors.pop()
                return
        self.finish_try(node)
        raise error

    def finish_try(self, node: Any) -> None:
        """``finally`` runs on every path."""
        if not node.finalbody:
            return
        env = self.frames[-1].env
        before = {k: env[k] for k in ("$skip", "$stop", "$ret", "$val") if k in env}
        env["$skip"] = FALSE
        self.body(node.finalbody, node.live_after)
        env = self.frames[-1].env
        if static(self.flag("$skip")) is False:
            env.update(before)

    def stmt_Assert(self, node: Any) -> None:
        if self.tries:
            self.lower_if(_as_raise(node), [], node.live_after)
            return
        test = self.expr(node.test)
        truth = self.truth(test)
        if truth is True:
            return

        def fail() -> None:
            args = () if node.msg is None else (self.reify(self.expr(node.msg)),)
            self.raise_exception(self.emit_arg(AssertionError, *args))

        if truth is False:
            fail()
        else:
            self.branch(test, lambda: None, fail, self.frames[-1].live)


def _as_raise(node: Any) -> Any:
    """``assert test, message`` as ``if not test: raise AssertionError(message)``."""
    cls = gast.Constant(value=AssertionError, kind=None)
    error = gast.Call(func=cls, args=[] if node.msg is None else [node.msg], keywords=[])
    fail = gast.Raise(exc=error, cause=None)
    branch = gast.If(test=gast.UnaryOp(op=gast.Not(), operand=node.test), body=[fail], orelse=[])
    for made in (cls, error, fail, branch, branch.test):
        gast.copy_location(made, node)
    branch.live_after = fail.live_after = node.live_after
    return branch
