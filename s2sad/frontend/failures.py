"""What certainly fails: the generated code raises what the function raises, after all that comes before it.

Before: ``a, b = 1.0, 2.0, x``.  After: ``raise_(ValueError("too many values to unpack (expected 2)"))``, and nothing of
what would follow.
"""
from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.facts.arguments import fact_of
from s2sad.facts.samples import NoSample, sample, sizes
from s2sad.frontend.values import TRUE, Atom, Choice, Closure, Frame, Ref, Tup, Unbound, Value, const, static
from s2sad.ir import Arg, Const, Pack, Var


class PathEnded(Exception):
    """The current path ends here with an exception that nobody catches: what raises it has been emitted."""


class PathRaised(Exception):
    """The current path through the body of a ``try`` ends here with an exception that its handler catches."""


class CertainError(Exception):
    """An exception that the user's program certainly raises inside a ``try`` that catches it."""

    def __init__(self, cls: type, value: Value) -> None:
        super().__init__(cls.__name__)
        self.cls, self.value = cls, value


LITERALS = (int, float, complex, str, bytes, bool, type(None))
SCALARS = ("float", "int", "bool", "complex", "scalar", "str", "none")
"""Kinds of values that an operation takes or does not take, whatever they are."""


def _is_remade(error: BaseException) -> bool:
    """Whether the class of an exception, called with its arguments, makes one that says the same."""
    if type(error).__module__ not in ("builtins", "dataclasses") or any(type(a) not in LITERALS for a in error.args):
        return False
    try:
        return str(type(error)(*error.args)) == str(error)
    except TypeError:  # it takes other arguments
        return False


def class_name(cls: type) -> str:
    """What Python's exceptions call a class: ``float``, ``numpy.ndarray``."""
    return f"{cls.__module__}.{cls.__name__}" if cls.__module__ == "numpy" else cls.__name__


def has_method(cls: type, name: str) -> bool:
    """Whether instances of a class have a special method."""
    return any(name in vars(base) for base in cls.__mro__)


def is_iterable(cls: type | None) -> bool:
    """Whether instances of a class may be iterated over; one that is not known may."""
    return cls is None or has_method(cls, "__iter__") or (
        has_method(cls, "__getitem__") and not issubclass(cls, np.generic))


def _unbound_local() -> None:
    del name  # type: ignore[name-defined]  # noqa: F821


def _unbound_free() -> Any:
    def read() -> Any:
        return name  # noqa: F821
    name = read
    del name
    return read()


@functools.cache
def _text(run: Callable[[], Any]) -> str:
    """What this version of Python says about a variable ``name`` without a value."""
    try:
        run()
    except NameError as error:
        return str(error)
    raise AssertionError


def _stub(fn: Closure) -> Any:
    """A function with the parameters of another one, to see what Python says about arguments."""
    a = fn.node.args
    names = [*(p.id for p in a.posonlyargs), *(p.id for p in a.args)]
    filled = dict.fromkeys(names[len(names) - len(fn.defaults):] if fn.defaults else ())
    parts = [f"{n}=None" if n in filled else n for n in names]
    if a.posonlyargs:
        parts.insert(len(a.posonlyargs), "/")
    if a.vararg is not None or a.kwonlyargs:
        parts.append(f"*{a.vararg.id if a.vararg is not None else ''}")
    parts += [p.id if d is None else f"{p.id}=None" for p, d in zip(a.kwonlyargs, fn.kw_defaults)]
    if a.kwarg is not None:
        parts.append(f"**{a.kwarg.id}")
    scope: dict[str, Any] = {}
    exec(f"def stub({', '.join(parts)}): pass", scope)
    stub = scope["stub"]
    stub.__qualname__ = fn.qualname
    return stub


def is_read_only(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> bool:
    """Whether nobody may write to the array that a pure operation makes."""
    if ops.of(op).read_only == "always":
        return True
    for size in sizes((*args, *(a for _, a in kwargs))) if ops.of(op).is_pure else ():
        try:
            made = op(*(sample(a, size) for a in args), **{k: sample(a, size) for k, a in kwargs})
        except Exception:  # it does not take such a sample
            continue
        return isinstance(made, np.ndarray) and not made.flags.writeable
    return False


class Failures:
    """The part of the lowerer for exceptions that are certain."""

    frames: list[Frame]

    def failing(self, error: BaseException, what: str = "", hint: str = "", code: str = "S2S011",
                node: Any = None) -> Exception:
        """What ends this path, on which the program certainly raises ``error``; to be raised.

        Inside a ``try`` its handler runs. Where nobody catches it the generated code raises it; a rule is refused, and
        so is an exception that is caught depending on run-time values."""
        self.certain_error(error)
        if self.adjoint or self.is_caught(type(error)):
            return self.unsupported(what or f"this raises {type(error).__name__}: {error}", hint, code, node)
        self.impossible = True
        return self.ended(self.exception_arg(error))

    def ended(self, exc: Arg) -> PathEnded:
        """What ends this path with an exception, in an expression; to be raised."""
        self.raise_exception(exc)
        return PathEnded()

    def certain_error(self, error: BaseException) -> None:
        """Something that certainly raises ``error`` here: inside ``try`` its handler runs."""
        cls = type(error)
        if self.tries and self.raises_on_path(cls):
            self.tries[-1].raised.append(cls)
            raise PathRaised
        if self.is_caught(cls) and len(self.open_tests) == self.tries[-1].open_tests:
            raise CertainError(cls, const(error))

    def is_caught(self, cls: type) -> bool:
        """Whether some handler around catches an exception."""
        return any(h is None or issubclass(cls, h) for t in self.tries for h in t.classes)

    @contextmanager
    def path(self) -> Iterator[None]:
        """Something on a path that may end with an exception: what would follow is not lowered."""
        marks = [(xs, len(xs)) for xs in (self.frames, self.pending, self.open_tests, self.covering, self.tries,
                                          self.scans)]
        try:
            yield
        except PathEnded:
            for xs, n in marks:
                del xs[n:]
            env = self.frames[-1].env
            env["$skip"] = env["$dead"] = TRUE

    def is_dead(self) -> bool:
        """Whether an exception is certain on the current path."""
        return static(self.flag("$dead")) is True

    def exception_arg(self, error: BaseException) -> Arg:
        """An exception to raise, made anew each time if that is possible."""
        if not _is_remade(error):
            return Const(error)
        return self.emit_arg(type(error), *map(Const, error.args))

    def raise_exception(self, exc: Any) -> None:
        self.append_call((Var("never"),), runtime.raise_, (exc,))
        env = self.frames[-1].env
        env["$skip"] = env["$dead"] = TRUE

    def unbound(self, value: Unbound, name: str = "") -> Exception:
        """What ends this path, on which a name or field without value is read; to be raised."""
        reason = value.reason or f"`{name or 'a name'}` has no value here"
        hint = "assign it on every path before it is read"
        if value.code != "S2S014":
            return self.unsupported(reason, hint, value.code)
        return self.failing(value.error or self.name_error(name), reason, hint, value.code)

    def bound(self, value: Value, name: str) -> Value:
        """The value of a name; the generated code checks that it has one where that depends on the path."""
        if isinstance(value, Choice) and isinstance(value.then, Unbound) is not isinstance(value.orelse, Unbound):
            missing, found = value.then, value.orelse
            if isinstance(found, Unbound):
                missing, found = found, missing

            def fail() -> None:
                raise self.unbound(missing, name)
            arms = (fail, lambda: None) if missing is value.then else (lambda: None, fail)
            self.branch(value.test, *arms, self.frames[-1].live)
            return found
        leaf = self.missing_leaf(value, "", set())
        if leaf is not None and not self.adjoint:
            error = self.name_error(name)
            self.check_bound(leaf, type(error), str(error))
        return value

    def check_field(self, value: Value) -> None:
        """Have the generated code check that a field is set, where that depends on the path."""
        leaf = self.missing_leaf(value, "field", set())
        if leaf is not None and self.is_caught(AttributeError):
            raise self.unsupported("a field that may not be set, inside `try`", "set it on every path", code="S2S010")
        if leaf is not None and not self.adjoint:
            self.check_bound(leaf, AttributeError, self.unsure[leaf])

    def check_bound(self, leaf: Arg, error: type, text: str) -> None:
        if ("bound", leaf) not in self.views:
            self.append_call((Var("nothing"),), runtime.check_bound, (leaf, Const(error), Const(text)))
            self.views["bound", leaf] = (leaf, leaf)

    def missing_leaf(self, value: Value | None, label: str, seen: set[int]) -> Arg | None:
        """A variable in a value that has no value where the value itself has none; ``label``: of a field."""
        arg: Any = None
        parts: tuple[Value, ...] = ()
        match value:
            case Atom():
                arg = value.arg
            case Tup():
                parts = value.items
            case Ref() if value.cell not in seen:
                seen.add(value.cell)
                cell = self.heap.get(value.cell)
                arg, parts = getattr(cell, "arg", None), getattr(cell, "values", ())
        if arg is not None:
            return arg if arg in self.unsure and bool(self.unsure[arg]) is bool(label) else None
        found: Iterator[Any] = (self.missing_leaf(v, label, seen) for v in parts)
        return next((leaf for leaf in found if leaf is not None), None)

    def wrong_arguments(self, fn: Closure, given: int, named: tuple[str, ...], what: str) -> Exception:
        """What ends this path, on which a function is called with arguments that it does not take; to be raised."""
        def refuse() -> None:
            stub(*range(given), **dict.fromkeys(named))
        stub = _stub(fn)
        try:
            refuse()
        except TypeError as error:
            return self.failing(error, what, code="S2S001")
        return self.unsupported(what)

    def name_error(self, name: str) -> NameError:
        """What Python raises where a name without value is read."""
        frame: Frame | None = self.frames[-1]
        inlined = sys.version_info >= (3, 12)  # comprehensions are part of their function
        while frame is not None and frame.name == "<comprehension>" and inlined and name not in frame.local_names:
            frame = frame.parent
        if frame is not None and (name in frame.env or name in frame.local_names) and name not in frame.outside:
            return UnboundLocalError(_text(_unbound_local).replace("'name'", f"'{name}'"))
        while frame is not None:
            if name in frame.env or name in frame.local_names or name in frame.closure:
                return NameError(_text(_unbound_free).replace("'name'", f"'{name}'"))
            frame = frame.parent
        return NameError(f"name '{name}' is not defined")

    def check_possible(self, op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> None:
        """End the path at an operation that does not take these constants, or values of these kinds."""
        given = (*args, *(a for _, a in kwargs))
        if not ops.of(op).is_pure or not all(map(_is_scalar, given)):
            return
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                op(*(sample(a, 2) for a in args), **{k: sample(a, 2) for k, a in kwargs})
        except NoSample:
            return
        except Exception as error:
            if isinstance(error, TypeError) or all(type(a) is Const for a in given):
                raise self.failing(error) from None


def _is_scalar(arg: Arg) -> bool:
    """Whether an argument is a number, a text or None, of a known kind."""
    return not isinstance(arg, Pack) and fact_of(arg).kind in SCALARS
