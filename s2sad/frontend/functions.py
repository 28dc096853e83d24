"""A function lowered for the kinds of a call: what the frontend is for.

Before: ``def f(x): return x * x`` and the kinds of ``(2.0,)``.  After: ``y = mul(x, x)``, result ``y``, the tree of the
leaf variables of each argument, and guards for what was captured.

    >>> from s2sad.ir.kinds import kinds_of
    >>> from s2sad.ir.text import format
    >>> print(format(lower(lambda x: x * x, kinds_of((2.0,))).function).splitlines()[-2].strip())
    t = x * x
"""
from __future__ import annotations

import operator
import sys
import types
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from s2sad.errors import Loc, S2SADError, UnsupportedSyntax
from s2sad.frontend.inlining import RunTimeRecursion
from s2sad.frontend.inputs import Inputs, Path
from s2sad.frontend.liveness import analyse
from s2sad.frontend.lower import Lowerer
from s2sad.frontend.rebuild import Rebuild, tuple_kind
from s2sad.frontend.report import further_problems
from s2sad.frontend.sets import is_mapping
from s2sad.frontend.source import code_of, find
from s2sad.frontend.stand_ins import STANDS_FOR
from s2sad.frontend.statements import GlobalWritten
from s2sad.frontend.values import Fields, Frame, Items, Ref, Tup, Value, const
from s2sad.ir import Arg, Block, Const, Function, Pack, Var
from s2sad.ir.inert import MISSING, is_of_the_user, resolve
from s2sad.ir.kinds import Kinds
from s2sad.ir.regions import structured
from s2sad.rules import lookup


@dataclass(frozen=True)
class Lowered:
    """A function lowered for a signature.

    ``leaves``: per parameter the tree of its leaf variables (a Var, None for what is static, or a container of such).
    ``result``: the value tree of the result as IR. ``written``: the leaf variables whose arrays the function writes to.
    ``changed``: the places of the lists and dicts that it changes, as steps from the arguments.
    ``catches``: the classes of exceptions that the function catches; ``tried``: the places where it may do so.
    ``guards``: conditions on captured things; while all are true the lowering is valid.
    ``impossible``: there is an operation that raised an exception whatever sizes were tried.
    ``ends``: every path ends with an exception; there is no result."""

    function: Function
    leaves: tuple[Any, ...]
    written: frozenset[Var]
    guards: tuple[Callable[[], bool], ...]
    keep: tuple[Any, ...]
    catches: tuple[type, ...] = ()
    changed: tuple[Path, ...] = ()
    impossible: bool = False
    ends: bool = False
    tried: frozenset[Loc] = frozenset()


def lower(fn: Callable, kinds: Kinds) -> Lowered:
    """Lower a function for the kinds of the arguments of a call.

    Parameters
    ----------
    fn : callable
        A Python function, lambda, method or callable object.
    kinds : Kinds
        Those of the arguments (``ir.kinds.kinds_of``).

    Raises
    ------
    S2SADError
        If the function uses something that has no derivative; its ``problems`` are all that were found.
    """
    recursive: set[Any] = set()
    globals_: list[tuple[dict[str, Any], str]] = []
    try:
        return _lower_again(Lowerer, fn, kinds, recursive, globals_)
    except S2SADError as error:
        error.add(further_problems(error, lambda make: _lower_again(make, fn, kinds, recursive, globals_)))
        raise


def _lower_again(make: Callable[[], Lowerer], fn: Callable, kinds: Kinds, recursive: set[Any],
                 globals_: list[tuple[dict[str, Any], str]]) -> Lowered:
    """Lower until it is known which globals are written and which functions call themselves at run time."""
    for _ in range(64):
        try:
            return _lower(make(), fn, kinds, recursive, globals_)
        except GlobalWritten as found:
            globals_.append((found.scope, found.name))
        except RunTimeRecursion as found:
            recursive.add(found.node)
    raise UnsupportedSyntax("S2S012", "functions that call each other to a depth known only at run time",
                            hint="write them as a loop")


def _lower(lowerer: Lowerer, fn: Callable, kinds: Kinds, recursive: set[Any],
           globals_: list[tuple[dict[str, Any], str]]) -> Lowered:
    for scope, name in globals_:
        lowerer.follow_global(scope, name)
    lowerer.recursive = recursive
    inputs = Inputs(lowerer)
    n = len(kinds.parts) - len(kinds.names)
    params = tuple(Var(name, inputs.fact(kind)) for name, kind in zip(parameter_names(fn, n, kinds.names), kinds.parts))
    inputs.paths = {p: ((operator.getitem, k),) for k, p in enumerate(params)}
    built = [inputs.build(kind, p, p.name) for kind, p in zip(kinds.parts, params)]
    values = tuple(v for v, _ in built)
    lowerer.frames.append(Frame({}, None, {}))
    with deep_recursion():
        out: Arg = Const(None)
        with lowerer.path():
            result = lowerer.call(*callable_value(lowerer, fn, values[:n]), tuple(zip(kinds.names, values[n:])))
            out = result_arg(lowerer, result)
        lowerer.check_globals()
    source = None
    plain, _ = code_of(fn)
    if isinstance(plain, types.FunctionType):
        source = find(plain)
    users = not isinstance(fn, types.FunctionType) and is_of_the_user(type(fn))
    title = type(fn).__name__ if users else getattr(fn, "generated_name", None) or getattr(fn, "__name__",
                                                                                         type(fn).__name__)
    function = structured(Function(title, Block(params, tuple(lowerer.stmts),
                                   (out,)), tuple(inputs.vars), source.loc(source.node) if source else None))
    written = frozenset(inputs.cells[c] for c in lowerer.written if c in inputs.cells)
    return Lowered(function, tuple(t for _, t in built), written, tuple(lowerer.guards), tuple(lowerer.keep),
                   tuple(lowerer.catches), tuple(inputs.containers[c] for c in lowerer.written
                                                 if c in inputs.containers), lowerer.impossible,
                   lowerer.is_dead(), frozenset(lowerer.tried))


@contextmanager
def deep_recursion(limit: int = 30_000) -> Iterator[None]:
    """Room for inlined calls many levels deep."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, limit))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def callable_value(lowerer: Lowerer, fn: Callable, args: tuple[Value, ...]) -> tuple[Value, tuple[Value, ...]]:
    """The function to lower as a value; one without source is an error here, not an opaque operation."""
    plain, bound = code_of(fn)
    if isinstance(fn, Hashable) and lookup(fn) is not None:
        return const(fn), args
    if isinstance(plain, types.FunctionType):
        find(plain)
        analyse(find(plain).node)
        return const(plain), (*(lowerer.capture(b, None) for b in bound), *args)
    return const(fn), args


def parameter_names(fn: Callable, n: int, keywords: tuple[str, ...]) -> list[str]:
    """Names for the parameters of generated code: the user's."""
    while not isinstance(fn, types.FunctionType) and (wrapped := resolve(fn, "__wrapped__")) is not MISSING:
        fn = wrapped
    plain, bound = code_of(fn)
    names: list[str] = []
    if isinstance(plain, types.FunctionType):
        code = plain.__code__
        names = list(code.co_varnames[:code.co_argcount])[len(bound):]
        if code.co_flags & 0x04 and hasattr(plain, "__wrapped__"):
            names += parameter_names(plain.__wrapped__, n, ())[len(names):]
        elif code.co_flags & 0x04:
            rest = code.co_varnames[code.co_argcount + code.co_kwonlyargcount]
            names += [f"{rest}{k}" for k in range(n - len(names))]
    names += [f"x{k}" for k in range(n - len(names))]
    return [*names[:n], *keywords]


def result_arg(lowerer: Lowerer, value: Value) -> Arg:
    """The result of a function as one IR argument: containers and objects become Packs."""
    match value:
        case Tup():
            return Pack(tuple_kind(value.cls, len(value.items)), tuple(result_arg(lowerer, v) for v in value.items))
        case Ref() if not value.path:
            cell = lowerer.heap[value.cell]
            if isinstance(cell, Items):
                return Pack("list", tuple(result_arg(lowerer, v) for v in cell.values))
            if lowerer.is_record(value) and all(isinstance(k, str) and k.isidentifier() for k in cell.keys):
                return Pack(Rebuild(cell.cls, cell.keys), tuple(result_arg(lowerer, v) for v in cell.values))
            if is_mapping(cell):
                return Pack("dict", tuple(result_arg(lowerer, v) for v in cell.values), cell.keys)
            if isinstance(cell, Fields) and cell.cls not in STANDS_FOR:
                items = tuple(result_arg(lowerer, v) for v in cell.values)
                return Pack(Rebuild(cell.cls, cell.names), items)
    arg = lowerer.reify(value)
    return lowerer.emit_arg(tuple, arg) if isinstance(value, Ref) and value.cell in lowerer.tuples else arg
