"""Statements other than branches and loops: assignment, return, raise, assert, with, nested definitions, imports.

Before: ``a, *b = t; b[0] += 1.0``.  After: names bound to places; one ``iadd`` and one ``setitem`` where memory
changes.
"""
from __future__ import annotations

import importlib
import operator
import types
from dataclasses import dataclass, field, replace
from typing import Any

import gast

from s2sad import runtime
from s2sad.frontend.expressions import BINARY
from s2sad.frontend.liveness import analyse, reads_of
from s2sad.frontend.places import IN_PLACE
from s2sad.frontend.values import (
    FALSE,
    NONE,
    TRUE,
    Atom,
    Buffer,
    Closure,
    Fields,
    Frame,
    Items,
    Iteration,
    Ref,
    Slice,
    Table,
    Tup,
    Unbound,
    Value,
    const,
    static,
)
from s2sad.ir import Const, Var
from s2sad.ir.facts import UNSET


class GlobalWritten(Exception):
    """A function may write to a global of the module ``scope``: lowering starts again with it as a variable."""

    def __init__(self, scope: dict[str, Any], name: str) -> None:
        super().__init__(name)
        self.scope, self.name = scope, name


class PathRaised(Exception):
    """The current path through the body of a ``try`` ends here with an exception that its handler catches."""


class CertainError(Exception):
    """An exception that the user's program certainly raises inside a ``try`` that catches it."""

    def __init__(self, cls: type, value: Value) -> None:
        super().__init__(cls.__name__)
        self.cls, self.value = cls, value


@dataclass(frozen=True)
class Try:
    """A ``try`` being lowered: the classes its handlers catch (None for all), and how many tests were open."""

    classes: tuple[Any, ...]
    open_tests: int
    frame: Frame
    raised: list[type] = field(default_factory=list)


class Statements:
    """The part of the lowerer for simple statements."""

    frames: list[Frame]
    heap: dict[int, Any]

    def body(self, stmts: list[Any], live_out: frozenset[str]) -> None:
        """Lower statements; what follows a conditional exit goes into the branch that falls through."""
        for k, stmt in enumerate(stmts):
            frame = self.frames[-1]
            frame.live = getattr(stmt, "live_after", live_out)
            frame.stmt_reads = frozenset(reads_of(stmt)) if not isinstance(
                stmt, (gast.If, gast.For, gast.While, gast.With, gast.Try)) else frozenset()
            self.loc = self.at(stmt)
            if isinstance(stmt, gast.If):
                if self.lower_if(stmt, stmts[k + 1:], live_out):
                    return
            elif self.tries:
                self.statement_in_try(stmt)
            else:
                method = getattr(self, f"stmt_{type(stmt).__name__}", None)
                if method is None:
                    raise self.unsupported(f"`{_keyword(stmt)}` is not differentiated", _HINTS.get(_keyword(stmt), ""),
                                           node=stmt)
                method(stmt)
            skip = self.flag("$skip")
            if static(skip) is True:
                return
            if static(skip) is UNSET:
                rest = stmts[k + 1:]
                if rest:
                    self.branch(skip, lambda: None, lambda rest=rest: self.body(rest, live_out), live_out)
                return

    def flag(self, name: str) -> Value:
        return self.frames[-1].env.get(name, FALSE)

    # ---- assignment ------------------------------------------------------------------------------------------------

    def stmt_Assign(self, node: Any) -> None:
        first = node.targets[0]
        hint = first.id if isinstance(first, gast.Name) else first.attr if isinstance(first, gast.Attribute) else ""
        value = self.expr(node.value, hint)
        if self.is_one_shot(value) and isinstance(first, gast.Name):
            root = getattr(self.frames[-1].source, "node", None)
            self.check_read_once(first.id, root, (node.lineno, node.end_col_offset), node)
        elif self.is_one_shot(value) and not isinstance(first, (gast.Tuple, gast.List)):
            raise self.kept_iterator(node)
        for target in node.targets:
            self.assign(target, value)

    def is_one_shot(self, value: Value) -> bool:
        """Whether a value is an iterator: reading it a second time gives nothing in Python, but starts anew here."""
        return (value.cell if isinstance(value, Ref) else id(value)) in self.one_shot

    def mark_one_shot(self, value: Value, args: tuple[Value, ...] = ()) -> Value:
        """Note that a value that was made of ``args`` is an iterator."""
        if isinstance(value, (Ref, Iteration)) and not any(value is a or value == a for a in args):
            self.keep.append(value)
            self.one_shot.add(value.cell if isinstance(value, Ref) else id(value))
        return value

    def kept_iterator(self, node: Any) -> Exception:
        return self.unsupported("an iterator is kept where it may be read more than once", "make it a list: `list(…)`",
                                node=node, code="S2S010")

    def check_read_once(self, name: str, root: Any, after: tuple[int, int], node: Any) -> None:
        """Refuse an iterator that is called ``name`` in the function ``root`` from ``after`` on if it may be read
        twice: in two places, in a loop, or in a function inside. A name bound anew ends it."""
        if root is None:
            return
        body = [] if isinstance(root, gast.Lambda) else root.body
        ends = [(s.end_lineno, s.end_col_offset) for s in body if isinstance(s, gast.Assign) and (
            s.lineno, s.col_offset) > after and any(isinstance(t, gast.Name) and t.id == name for t in s.targets)]
        repeated = [n for n in gast.walk(root) if n is not root and isinstance(
            n, (gast.For, gast.While, gast.FunctionDef, gast.Lambda)) and not any(m is node for m in gast.walk(n))]
        again = [part for n in repeated for part in (
            n.body if isinstance(n, gast.For) else [*n.body, n.test] if isinstance(n, gast.While) else [n])]
        inside = {id(m) for part in again for m in gast.walk(part)}
        until = min(ends, default=(1 << 60, 0))
        reads = [n for n in gast.walk(root) if isinstance(n, gast.Name) and n.id == name
                 and isinstance(n.ctx, gast.Load) and after < (n.lineno, n.col_offset) <= until]
        if len(reads) > 1 or any(id(n) in inside for n in reads):
            why = f"`{name}` is an iterator that is read more than once"
            raise self.unsupported(why, "make it a list: `list(…)`", node=node, code="S2S010")

    def stmt_AnnAssign(self, node: Any) -> None:
        if node.value is not None:
            self.assign(node.target, self.expr(node.value, getattr(node.target, "id", "")))

    def assign(self, target: Any, value: Value) -> None:
        """Bind a target to a value."""
        if isinstance(target, gast.Name):
            self.bind_name(target.id, value)
        elif isinstance(target, (gast.Tuple, gast.List)):
            self.unpack(target, value)
        elif isinstance(target, gast.Subscript):
            base = self.expr(target.value)
            self.pending += [base, value]
            index = self.expr(target.slice)
            del self.pending[-2:]
            self.put(base, index, value)
        elif isinstance(target, gast.Attribute):
            self.set_attribute(self.expr(target.value), target.attr, value)
        else:
            raise self.unsupported("this target of an assignment", node=target)

    def bind_name(self, name: str, value: Value) -> None:
        frame: Frame | None = self.frames[-1]
        if name in frame.outside:
            self.modules[id(frame.globals)].env[name] = value
            return
        if name in frame.nonlocals:
            frame = frame.parent
            while frame is not None and name not in frame.env and name not in frame.local_names:
                frame = frame.parent
            if frame is None:
                raise self.unsupported(f"`nonlocal {name}` of a function outside the differentiated one",
                                       "pass the value in and return it", code="S2S009")
        frame.env[name] = value

    def unpack(self, target: Any, value: Value) -> None:
        elts = target.elts
        star = next((k for k, e in enumerate(elts) if isinstance(e, gast.Starred)), None)
        items = self.static_items(value)
        if items is None:
            if star is not None:
                return self.unpack_starred(elts, star, value)
            items = tuple(self.get(value, const(k), getattr(e, "id", "")) for k, e in enumerate(elts))
        if star is None:
            if len(items) != len(elts):
                raise self.unsupported(f"{len(items)} values are unpacked into {len(elts)} names", node=target,
                                       code="S2S010")
            for e, item in zip(elts, items):
                self.assign(e, item)
            return
        after = len(elts) - star - 1
        if len(items) < len(elts) - 1:
            raise self.unsupported(f"{len(items)} values are unpacked into {len(elts)} names", node=target,
                                   code="S2S010")
        for e, item in zip(elts[:star], items[:star]):
            self.assign(e, item)
        self.assign(elts[star].value, self.new_list(items[star:len(items) - after]))
        for e, item in zip(elts[star + 1:], items[len(items) - after:]):
            self.assign(e, item)

    def unpack_starred(self, elts: list[Any], star: int, value: Value) -> None:
        """``a, *b, c = xs`` for a sequence of run-time length: the starred name gets a list made by a loop."""
        after = len(elts) - star - 1
        for k, e in enumerate(elts[:star]):
            self.assign(e, self.get(value, const(k)))
        stop = const(-after) if after else NONE
        middle = self.get(value, Slice((const(star), stop, NONE)))
        self.assign(elts[star].value, self.call_object(list, (middle,), (), elts[star].value.id))
        for k, e in enumerate(elts[star + 1:]):
            self.assign(e, self.get(value, const(k - after)))

    def stmt_AugAssign(self, node: Any) -> None:
        op = BINARY[type(node.op)]
        target = node.target
        if isinstance(target, gast.Name):
            value = self.lookup(target.id)
            if isinstance(value, Unbound):
                raise self.unbound(value, target.id)
            self.pending.append(value)
            operand = self.expr(node.value)
            self.pending.pop()
            self.bind_name(target.id, self.augment(value, op, operand, target.id))
            return
        if isinstance(target, gast.Attribute):
            owner = self.expr(target.value)
            old = self.attribute(owner, target.attr)
            self.set_attribute(owner, target.attr, self.augment(old, op, self.expr(node.value), target.attr))
            return
        base = self.expr(target.value)
        self.pending.append(base)
        index = self.expr(target.slice)
        old = self.get(base, index)
        operand = self.expr(node.value)
        self.pending.pop()
        if isinstance(old, Ref) and isinstance(base, Ref) and old.cell == base.cell:
            self.augment(old, op, operand)
            return
        if isinstance(old, Ref) and isinstance(self.heap[old.cell], Buffer) and isinstance(base, Ref) and isinstance(
                self.heap[base.cell], Buffer):
            new = self.emit(IN_PLACE.get(op, op), (self.reify(old), self.reify(operand)))
        else:
            new = self.augment(old, op, operand)
        if new != old or not isinstance(base, Ref):
            self.put(base, index, new)

    def stmt_Delete(self, node: Any) -> None:
        for target in node.targets:
            if isinstance(target, gast.Name):
                self.frames[-1].env[target.id] = Unbound(f"`{target.id}` was deleted")
            elif isinstance(target, gast.Subscript):
                self.delete_item(self.expr(target.value), self.expr(target.slice))
            else:
                raise self.unsupported("`del` of an attribute", node=node)

    def delete_item(self, base: Value, index: Value) -> None:
        cell = self.heap[base.cell] if isinstance(base, Ref) else None
        k = static(index)
        if isinstance(cell, (Items, Table)):
            self.check_change(base.cell)
        if isinstance(cell, Items) and isinstance(k, int):
            at = range(len(cell.values))[k]
            self.heap[base.cell] = Items((*cell.values[:at], *cell.values[at + 1:]))
        elif isinstance(base, Ref) and base.cell in self.fields_of:
            raise self.unsupported("a field of an object is deleted", code="S2S010")
        elif isinstance(cell, Table) and self.static_key(index) in cell.keys:
            kept = [(a, b) for a, b in zip(cell.keys, cell.values) if a != self.static_key(index)]
            self.heap[base.cell] = replace(cell, keys=tuple(a for a, _ in kept), values=tuple(b for _, b in kept))
        else:
            raise self.unsupported("`del` of an item that is known only at run time", "build a new list", code="S2S010")

    # ---- leaving ---------------------------------------------------------------------------------------------------

    def stmt_Return(self, node: Any) -> None:
        value = NONE if node.value is None else self.expr(node.value, "result")
        env = self.frames[-1].env
        env["$val"] = value
        env["$skip"] = env["$stop"] = env["$ret"] = TRUE

    def stmt_Break(self, node: Any) -> None:
        env = self.frames[-1].env
        env["$skip"] = env["$stop"] = TRUE

    def stmt_Continue(self, node: Any) -> None:
        self.frames[-1].env["$skip"] = TRUE

    def stmt_Raise(self, node: Any) -> None:
        if node.exc is None:
            raise self.unsupported("`raise` without an exception", node=node)
        if self.adjoint and len(self.open_tests) == 0 and not self.tries:
            raise self.unsupported(self.raised_text(node.exc), code="S2S013")
        value = self.expr(node.exc)
        if self.tries:
            self.raise_in_try(node, value)
        if static(value) is not UNSET and isinstance(static(value), type):
            value = self.call(value, (), ())
        self.raise_exception(self.reify(value))

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

    def certain_error(self, cls: type, text: str) -> None:
        """Something that certainly raises ``cls`` here: inside ``try`` its handler runs."""
        if self.tries and self.raises_on_path(cls):
            self.tries[-1].raised.append(cls)
            raise PathRaised
        if any(h is None or issubclass(cls, h) for t in self.tries for h in t.classes) and (
                len(self.open_tests) == self.tries[-1].open_tests):
            raise CertainError(cls, const(text))

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
                self.body(handler.body, node.live_after)
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

    # ---- match -----------------------------------------------------------------------------------------------------

    def stmt_Match(self, node: Any) -> None:
        subject = self.expr(node.subject)

        def case(k: int) -> None:
            if k == len(node.cases):
                return
            c = node.cases[k]
            test, bound = self.pattern(c.pattern, subject)

            def guarded() -> Value:
                for name, value in bound.items():
                    self.bind_name(name, value)
                return TRUE if c.guard is None else self.expr(c.guard)
            if test is not FALSE and c.guard is not None:
                test = self.choose(test, guarded, lambda: FALSE)

            def run() -> None:
                for name, value in bound.items():
                    self.bind_name(name, value)
                self.body(c.body, node.live_after)
            self.branch(test, run, lambda: case(k + 1), node.live_after)
        case(0)

    def pattern(self, p: Any, subject: Value) -> tuple[Value, dict[str, Value]]:
        """Whether a pattern matches, and the names it binds."""
        kind = type(p).__name__
        if kind == "MatchAs":
            test, bound = (TRUE, {}) if p.pattern is None else self.pattern(p.pattern, subject)
            return test, {**bound, p.name: subject} if p.name is not None else bound
        if kind == "MatchValue":
            return self.binary(operator.eq, subject, self.expr(p.value)), {}
        if kind == "MatchSingleton":
            same = self.same_object(subject, const(p.value))
            return (const(same) if same is not None else self.binary(operator.is_, subject, const(p.value))), {}
        if kind == "MatchOr":
            parts = [self.pattern(q, subject)[0] for q in p.patterns]
            result = parts[-1]
            for part in reversed(parts[:-1]):
                result = self.choose(part, lambda: TRUE, lambda result=result: result)
            return result, {}
        if kind == "MatchSequence":
            return self.sequence_pattern(p, subject)
        if kind == "MatchClass":
            return self.class_pattern(p, subject)
        if kind == "MatchMapping":
            return self.mapping_pattern(p, subject)
        raise self.unsupported(f"`{kind}` patterns", "use `if`", node=p)

    def sequence_pattern(self, p: Any, subject: Value) -> tuple[Value, dict[str, Value]]:
        items = self.literal_items(subject)
        if items is None and self.fact(subject).kind in ("list", "tuple", "unknown"):
            raise self.unsupported("a sequence pattern on something whose length is known only at run time",
                                   "test its length with `if`", node=p, code="S2S010")
        star = next((k for k, q in enumerate(p.patterns) if type(q).__name__ == "MatchStar"), None)
        if items is None:
            return FALSE, {}
        if star is None:
            return self.all_patterns(p.patterns, items) if len(items) == len(p.patterns) else (FALSE, {})
        after = len(p.patterns) - star - 1
        if len(items) < star + after:
            return FALSE, {}
        test, bound = self.all_patterns([*p.patterns[:star], *p.patterns[star + 1:]],
                                        (*items[:star], *items[len(items) - after:]))
        if p.patterns[star].name is not None:
            bound[p.patterns[star].name] = self.new_list(items[star:len(items) - after])
        return test, bound

    def mapping_pattern(self, p: Any, subject: Value) -> tuple[Value, dict[str, Value]]:
        table = self.heap[subject.cell] if isinstance(subject, Ref) and not subject.path else None
        if not isinstance(table, Table):
            if self.fact(subject).kind in ("dict", "unknown"):
                raise self.unsupported("a mapping pattern on something that is not a dict of known keys", "use `if`",
                                       node=p, code="S2S010")
            return FALSE, {}
        keys = [self.static_key(self.expr(k)) for k in p.keys]
        if any(k not in table.keys for k in keys):
            return FALSE, {}
        test, bound = self.all_patterns(p.patterns, tuple(table.values[table.keys.index(k)] for k in keys))
        if p.rest is not None:
            rest = [(k, v) for k, v in zip(table.keys, table.values) if k not in keys]
            bound[p.rest] = self.new_ref(Table(tuple(k for k, _ in rest), tuple(v for _, v in rest)))
        return test, bound

    def class_pattern(self, p: Any, subject: Value) -> tuple[Value, dict[str, Value]]:
        cls, own = static(self.expr(p.cls)), self.class_of(subject)
        if own is None:
            raise self.unsupported("a class pattern on a value whose kind is not known", node=p)
        if not (isinstance(cls, type) and issubclass(own, cls)):
            return FALSE, {}
        if p.patterns and cls in (int, float, str, bool, list, tuple, dict):
            return self.pattern(p.patterns[0], subject)
        names = [*getattr(cls, "__match_args__", ())[:len(p.patterns)], *p.kwd_attrs]
        return self.all_patterns([*p.patterns, *p.kwd_patterns], tuple(self.attribute(subject, n) for n in names))

    def all_patterns(self, patterns: list[Any], items: tuple[Value, ...]) -> tuple[Value, dict[str, Value]]:
        result: Value = TRUE
        bound: dict[str, Value] = {}
        for q, item in zip(patterns, items):
            test, more = self.pattern(q, item)
            bound.update(more)
            result = test if result is TRUE else self.choose(result, lambda test=test: test, lambda: FALSE)
        return result, bound

    def raise_exception(self, exc: Any) -> None:
        self.append_call((Var("never"),), runtime.raise_, (exc,))
        env = self.frames[-1].env
        env["$skip"] = env["$dead"] = TRUE

    def stmt_Assert(self, node: Any) -> None:
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

    # ---- small ones ------------------------------------------------------------------------------------------------

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
        """Refuse a function after which a global has another value. A module or function kept in a global that was None
        (a lazy import) is no change: the next call finds it again."""
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
                raise self.unsupported(f"`{name}` is a global that this function writes to; a derivative call is pure",
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


_HINTS = {"class": "define the class at module level",
          "async def": "make it a plain function", "match": "use `if` and `elif`"}


def _keyword(stmt: Any) -> str:
    names = {"ClassDef": "class", "AsyncFunctionDef": "async def", "AsyncFor": "async for",
             "AsyncWith": "async with", "TryStar": "except*", "TypeAlias": "type"}
    return names.get(type(stmt).__name__, type(stmt).__name__)
