"""Values of which nothing is known but that they exist: what a call gives that is made as it stands.

What is asked of such a value is asked when the function runs: attributes, methods and calls are emitted as they stand.

Before: ``table = make_interp_spline(t, y); v = table(0.25)``.  After: the same two calls.
"""
from __future__ import annotations

import operator
import threading
import types
from typing import Any

import gast
import numpy as np

from s2sad import ops, rules, runtime
from s2sad.frontend.values import Atom, Buffer, Kwargs, Method, Ref, Value
from s2sad.ir import Arg, Block, Call, Const
from s2sad.ir.facts import RANDOM
from s2sad.ir.inert import is_a, is_of_the_library
from s2sad.ir.walk import statements, variables

UNDERSTOOD = ("builtins", "types", "typing", "inspect", "functools", "operator", "collections", "enum", "itertools",
              "contextlib", "dataclasses", "abc", "numbers", "random", "string", "_frozen_importlib")
"""Modules of Python whose objects are looked into."""
CONVERTING = (float, int, complex, bool, str, len, np.asarray, np.array, operator.getitem)
"""Functions that say themselves what they take."""


def is_foreign(x: Any) -> bool:
    """Whether an object of Python's library is used as it stands: a file, a logger, a lock, a connection."""
    cls = type(x)
    if cls is threading.local or is_a(x, (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType,
                                          types.MethodType)):
        return False
    top = cls.__module__.partition(".")[0]
    return (is_of_the_library(cls) and top.lstrip("_") not in UNDERSTOOD and top not in UNDERSTOOD
            and cls not in RANDOM.values() and not is_a(x, tuple))


class Opaque:
    """The part of the lowerer for values that are used as they stand. ``opaque`` are their arguments in the IR, and
    whether it is known that no method of them writes to what it is given; ``steady`` are variables that no parameter
    of the function has a part in."""

    heap: dict[int, Any]
    opaque: dict[Arg, bool]
    steady: set[Arg]

    def is_opaque(self, value: Value) -> bool:
        """Whether a value is used as it stands."""
        if isinstance(value, Atom) and value.is_static:
            return is_foreign(value.value)
        arg = self.plain_arg(value)
        return arg is not None and arg in self.opaque

    def plain_arg(self, value: Value) -> Arg | None:
        """The argument that a number, an array or something unknown is now."""
        if isinstance(value, Ref) and not value.path:
            cell = self.heap.get(value.cell)
            return cell.arg if isinstance(cell, Buffer) else None
        return value.arg if isinstance(value, Atom) else None

    def harmless(self, owner: Value) -> bool:
        """Whether no method of a value writes to the arrays that it is given."""
        if isinstance(owner, Atom) and owner.is_static:
            return True
        arg = self.plain_arg(owner)
        return arg is not None and self.opaque.get(arg, False)

    def note_opaque(self, value: Value, harmless: bool, *given: Value) -> Value:
        """Note that the result of a call is used as it stands, and that it may keep what the call was given."""
        arg = self.plain_arg(value)
        if arg is not None and not (isinstance(value, Atom) and value.is_static) and self.fact(value).kind in (
                "unknown", "object"):
            self.opaque[arg] = harmless
        if isinstance(value, Ref) and isinstance(self.heap[value.cell], Buffer):
            self.may_share(value, *(Ref(c) for v in given for c in self.cells_of(v)))
        return value

    def callee(self, node: Any) -> Value:
        """What a call calls; a method of something that is used as it stands by its name."""
        if not isinstance(node, gast.Attribute):
            return self.expr(node)
        owner = self.expr(node.value)
        return Method(owner, node.attr) if self.is_opaque(owner) else self.attribute(owner, node.attr)

    def opaque_method(self, fn: Method, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A call of a method of a value that is used as it stands."""
        given = (*args, *(v for _, v in kwargs))
        harmless = self.harmless(fn.owner)
        self.check_given(f".{fn.name}", harmless, given)
        made = self.emit(runtime.called, (self.reify(fn.owner), Const(fn.name), *(self.reify(a) for a in args)),
                         tuple((k, self.reify(v)) for k, v in kwargs), hint)
        return self.note_opaque(made, harmless, fn.owner, *given)

    def opaque_call(self, fn: Value, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A call of a value that is used as it stands."""
        given = (*args, *(v for _, v in kwargs))
        self.check_given("", self.harmless(fn), given)
        made = self.emit(runtime.applied, (self.reify(fn), *(self.reify(a) for a in args)),
                         tuple((k, self.reify(v)) for k, v in kwargs), hint)
        return self.note_opaque(made, self.harmless(fn), fn, *given)

    def opaque_attribute(self, owner: Value, name: str, hint: str = "", default: tuple[Value, ...] = ()) -> Value:
        """An attribute of a value that is used as it stands, or one that only running the user's code can tell."""
        made = self.emit(runtime.attribute, (self.reify(owner), Const(name), *(self.reify(v) for v in default)),
                         hint=hint or name.lstrip("_"))
        return self.note_opaque(made, self.harmless(owner), owner)

    def check_given(self, what: str, harmless: bool, given: tuple[Value, ...]) -> None:
        """Refuse to hand an array to code that may write to it."""
        if not harmless and any(isinstance(v, Ref) for v in given):
            raise self.unsupported(f"`{what or 'a value that is called'}` has no source, no rule, and might write to "
                                   "its arguments", "call it in a function with a rule: `@s2sad.rule(…)`, or "
                                   "s2sad.no_gradient(…)", code="S2S003")

    def check_operands(self, op: Any, args: tuple[Value, ...]) -> None:
        """What is used as it stands meets an operation that has a derivative: it must be a number or an array whose
        operators mean what they mean for arrays."""
        if not self.opaque or op in CONVERTING or rules.lookup(op) is None:
            return
        for v in args:
            arg = self.plain_arg(v)
            if arg is not None and arg in self.opaque:
                self.emit(runtime.check_plain, (arg,))

    def is_steady(self, *values: Value) -> bool:
        """Whether no parameter of the function has a part in some values: they are the same at each call, or come from
        outside."""
        for v in values:
            if written := getattr(v, "items", None):
                if not self.is_steady(*written):
                    return False
                continue
            items = self.literal_items(v)
            if items is not None:
                if not self.is_steady(*items):
                    return False
            elif isinstance(v, Ref) and not isinstance(self.heap.get(v.cell), Buffer):
                return False
            elif isinstance(v, (Atom, Ref)):
                if not all(x in self.steady for x in variables(self.reify(v))):
                    return False
            else:
                return False
        return True

    def has_effects(self, state: tuple) -> bool:
        """Whether what was emitted since a mark does more than give results or raise."""
        stmts, n = state[1][0]
        return any(isinstance(s, Call) and ops.of(s.op).has_effect and ops.of(s.op).effect is not ops.Effect.ERROR
                   for top in stmts[n:]
                   for s in statements(Block((), (top,), ())))

    def note_steady(self, outs: tuple[Arg, ...], args: tuple[Arg, ...], kwargs: tuple) -> None:
        """A result of steady arguments is steady."""
        if all(v in self.steady for v in variables(*args, *(a for _, a in kwargs))):
            self.steady.update(outs)
