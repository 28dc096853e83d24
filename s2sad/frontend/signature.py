"""The signature of a call, and a function lowered for it.

A signature is what generated code is specialised for: the structure and kinds of the arguments (dtype and number of
dimensions of arrays, which dimensions are 1, and which are equal), never values or sizes. Strings, None, functions and
classes count as static and are part of it.

    >>> import numpy as np
    >>> signature((2.0, np.ones((3, 1)))) == signature((5.0, np.ones((7, 1))))
    True
    >>> signature((2.0,)) == signature((2,))
    False
"""
from __future__ import annotations

import enum
import operator
import sys
import types
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.errors import ArgumentError, S2SADError, UnsupportedSyntax
from s2sad.frontend.inlining import RunTimeRecursion
from s2sad.frontend.liveness import analyse
from s2sad.frontend.lower import Lowerer
from s2sad.frontend.report import further_problems
from s2sad.frontend.sets import is_mapping
from s2sad.frontend.source import code_of, find
from s2sad.frontend.stand_ins import STANDS_FOR
from s2sad.frontend.statements import GlobalWritten
from s2sad.frontend.values import Fields, Frame, Items, Ref, Table, Tup, Value, const
from s2sad.ir import Arg, Block, Const, Fact, Function, Pack, Var
from s2sad.ir.facts import OTHER_ARRAYS, RANDOM, of_value
from s2sad.ir.regions import structured
from s2sad.rules import lookup

SCALARS = (float, int, bool, complex)
LONG_LIST = 64


def signature(args: tuple) -> Hashable:
    """The hashable signature of some arguments."""
    sizes: dict[Hashable, int] = {1: 1}
    return tuple([type(x) if type(x) in _PLAIN else _signature(x, sizes) for x in args])


_PLAIN = frozenset((float, int, bool, complex, type(None)))


def _signature(x: Any, sizes: dict[Hashable, int]) -> Hashable:
    kind: Any = type(x)
    if kind in _PLAIN:
        return kind
    if isinstance(x, np.ndarray):
        return (kind, x.dtype, tuple([sizes.setdefault(n, len(sizes) + 1) for n in x.shape]))
    if isinstance(x, np.generic):
        return kind
    if isinstance(x, (list, tuple)):
        if is_long(x):
            return (kind, None, type(x[0]))  # unlike that of a list with one item
        return (kind, *[_signature(v, sizes) for v in x])
    if isinstance(x, dict):
        return (kind, tuple(x), *[_signature(v, sizes) for v in x.values()])
    if is_record(x):
        known = len(sizes)
        if sizes.setdefault((id(x),), known + 1) <= known:  # the same object as before
            return (kind, sizes[id(x),])
        return (kind, tuple(fields_of(x)), *[_signature(v, sizes) for v in fields_of(x).values()])
    if kind in RANDOM.values():
        return kind
    try:
        hash(x)
    except TypeError:
        return (kind, id(x))
    return (kind, x)


def is_long(x: Any) -> bool:
    """Whether a list is long and of one kind of number, so that it is not taken apart item by item."""
    return type(x) is list and len(x) > LONG_LIST and type(x[0]) in (float, int) and all(type(v) is type(x[0])
                                                                                         for v in x)


def is_record(x: Any) -> bool:
    """Whether a value is an instance of a Python class whose fields can be taken apart."""
    cls = type(x)
    if isinstance(x, (type, types.FunctionType, types.ModuleType, types.MethodType, types.BuiltinFunctionType, str,
                      bytes, enum.Enum)):
        return False
    home = cls.__module__.split(".")
    if home[0] in ("builtins", "numpy", "s2sad", "functools") and home[:2] != ["s2sad", "nn"]:
        return False
    return hasattr(x, "__dict__") or hasattr(cls, "__slots__")


def fields_of(x: Any) -> dict[str, Any]:
    """The fields of an instance, by name."""
    named = dict(getattr(x, "__dict__", {}))
    for cls in type(x).__mro__:
        slots = getattr(cls, "__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(x, name) and name not in ("__dict__", "__weakref__"):
                named[name] = getattr(x, name)
    return named


Path = tuple[tuple[Callable, Any], ...]


@dataclass(frozen=True)
class Lowered:
    """A function lowered for a signature.

    ``leaves``: per parameter the tree of its leaf variables (a Var, None for what is static, or a container of such).
    ``result``: the value tree of the result as IR. ``written``: the leaf variables whose arrays the function writes to.
    ``changed``: the places of the lists and dicts that it changes, as steps from the arguments.
    ``catches``: the classes of exceptions that the function catches.
    ``guards``: conditions on captured things; while all are true the lowering is valid.
    ``impossible``: there is an operation that raised an exception whatever sizes were tried."""

    function: Function
    leaves: tuple[Any, ...]
    written: frozenset[Var]
    guards: tuple[Callable[[], bool], ...]
    keep: tuple[Any, ...]
    catches: tuple[type, ...] = ()
    changed: tuple[Path, ...] = ()
    impossible: bool = False


def check_array(x: Any) -> None:
    """Refuse an array that is not NumPy's, or whose operators mean something else."""
    other = hasattr(type(x), "__array_function__") and not isinstance(x, (np.ndarray, np.generic))
    if other or isinstance(x, OTHER_ARRAYS):
        kind = f"{type(x).__module__.partition('.')[0]}.{type(x).__qualname__}"
        raise ArgumentError("S2S006", f"an argument is an array of class `{kind}`, not of `np.ndarray`",
                            hint="make it one: `np.asarray(x)`")


class Inputs:
    """Builds the abstract values of parameters, taking structures apart by ``getitem`` and ``getattr``."""

    def __init__(self, lowerer: Lowerer) -> None:
        self.lowerer = lowerer
        self.vars: list[Var] = []
        self.cells: dict[int, Var] = {}
        self.seen: dict[int, tuple[Value, Any]] = {}
        self.sizes: dict[int, Any] = {}
        self.open: list[int] = []
        self.paths: dict[Var, Path] = {}
        self.containers: dict[int, Path] = {}

    def build(self, x: Any, arg: Arg, name: str) -> tuple[Value, Any]:
        """The value of an argument, and its tree of leaf variables."""
        check_array(x)
        if isinstance(x, (np.ndarray, np.generic)) or type(x) in SCALARS or type(x) in RANDOM.values():
            return self.leaf(arg)
        if isinstance(x, (list, tuple)) and not is_long(x):
            parts = [self.part(v, arg, operator.getitem, k, f"{name}{k}") for k, v in enumerate(x)]
            values, trees = tuple(p[0] for p in parts), [p[1] for p in parts]
            if isinstance(x, list):
                return self.container(self.lowerer.new_list(values), arg), trees
            return Tup(values, type(x)), tuple(trees) if type(x) is tuple else type(x)(*trees)
        if is_long(x):
            return self.leaf(arg)
        if type(x) is dict:
            parts = [self.part(v, arg, operator.getitem, k, str(k) if str(k).isidentifier() else name) for k,
                     v in x.items()]
            table = Table(tuple(x), tuple(p[0] for p in parts))
            return self.container(self.lowerer.new_ref(table), arg), dict(zip(x, [p[1] for p in parts]))
        if is_record(x):
            return self.record(x, arg)
        return const(x, name if callable(x) else None), None

    def container(self, ref: Ref, arg: Var) -> Ref:
        """Note where a list or dict is in the arguments."""
        self.containers[ref.cell] = self.paths[arg]
        return ref

    def record(self, x: Any, arg: Arg) -> tuple[Value, Any]:
        if id(x) in self.open:
            raise ArgumentError("S2S006",
                                f"an object of class `{type(x).__name__}` among the arguments refers to itself",
                                hint="pass what the function needs of it")
        if id(x) in self.seen:
            return self.seen[id(x)]
        named = fields_of(x)
        ref = self.lowerer.new_ref(Fields(type(x), (), ()))
        tree = Record(type(x), {})
        self.seen[id(x)] = ref, tree
        self.open.append(id(x))
        parts = {k: self.part(v, arg, getattr, k, k) for k, v in named.items()}
        self.open.pop()
        self.lowerer.heap[ref.cell] = Fields(type(x), tuple(named), tuple(p[0] for p in parts.values()))
        tree.fields.update({k: p[1] for k, p in parts.items()})
        return ref, tree

    def part(self, x: Any, owner: Any, op: Callable, key: Any, name: str) -> tuple[Value, Any]:
        if not (isinstance(x, (np.ndarray, np.generic, list, tuple, dict)) or type(x) in SCALARS or is_record(x)):
            return const(x), None
        var = self.lowerer.emit_call(op, (owner, Const(key)), (), Var(name.lstrip("_") or "field", input_fact(x,
            self.sizes)))
        self.paths[var] = (*self.paths[owner], (op, key))
        return self.build(x, var, name)

    def leaf(self, arg: Any) -> tuple[Value, Any]:
        self.vars.append(arg)
        value = self.lowerer.wrap(arg)
        if isinstance(value, Ref):
            self.cells[value.cell] = arg
        return value, arg


@dataclass
class Record:
    """The tree of leaf variables of an instance of a user class."""

    cls: type
    fields: dict[str, Any]


def input_fact(x: Any, sizes: dict[int, Any]) -> Fact:
    """The fact of an argument."""
    fact = of_value(x, sizes)
    if fact.kind == "list" and is_long(x):
        return Fact("list", item=of_value(x[0]))
    if fact.kind in ("object", "function") or (fact.kind == "dict" and type(x) is not dict):
        return Fact("object")
    return fact.forget()


def lower_function(fn: Callable, args: tuple, kwargs: dict[str, Any]) -> Lowered:
    """Lower a function for the signature of these arguments.

    Parameters
    ----------
    fn : callable
        A Python function, lambda, method or callable object.
    args, kwargs
        Arguments; only their structure and kinds matter.

    Raises
    ------
    S2SADError
        If the function uses something that has no derivative; its ``problems`` are all that were found.
    """
    recursive: set[Any] = set()
    globals_: list[tuple[dict[str, Any], str]] = []
    try:
        return _lower_again(Lowerer, fn, args, kwargs, recursive, globals_)
    except S2SADError as error:
        error.add(further_problems(error, lambda make: _lower_again(make, fn, args, kwargs, recursive, globals_)))
        raise


def _lower_again(make: Callable[[], Lowerer], fn: Callable, args: tuple, kwargs: dict[str, Any], recursive: set[Any],
                 globals_: list[tuple[dict[str, Any], str]]) -> Lowered:
    """Lower until it is known which globals are written and which functions call themselves at run time."""
    for _ in range(64):
        try:
            return _lower(make(), fn, args, kwargs, recursive, globals_)
        except GlobalWritten as found:
            globals_.append((found.scope, found.name))
        except RunTimeRecursion as found:
            recursive.add(found.node)
    raise UnsupportedSyntax("S2S012", "functions that call each other to a depth known only at run time",
                            hint="write them as a loop")


def _lower(lowerer: Lowerer, fn: Callable, args: tuple, kwargs: dict[str, Any], recursive: set[Any],
           globals_: list[tuple[dict[str, Any], str]]) -> Lowered:
    for scope, name in globals_:
        lowerer.follow_global(scope, name)
    lowerer.recursive = recursive
    inputs = Inputs(lowerer)
    names = parameter_names(fn, len(args), kwargs)
    params = tuple(Var(n, input_fact(x, inputs.sizes)) for n, x in zip(names, (*args, *kwargs.values())))
    inputs.paths = {p: ((operator.getitem, k),) for k, p in enumerate(params)}
    built = [inputs.build(x, p, p.name) for x, p in zip((*args, *kwargs.values()), params)]
    values = tuple(v for v, _ in built)
    lowerer.frames.append(Frame({}, None, {}))
    with deep_recursion():
        result = lowerer.call(*callable_value(lowerer, fn, values[:len(args)]), tuple(zip(kwargs, values[len(args):])))
        out = result_arg(lowerer, result)
        lowerer.check_globals()
    source = None
    plain, _ = code_of(fn)
    if isinstance(plain, types.FunctionType):
        source = find(plain)
    title = getattr(fn, "generated_name", None) or getattr(fn, "__name__", type(fn).__name__)
    function = structured(Function(title, Block(params, tuple(lowerer.stmts),
                                   (out,)), tuple(inputs.vars), source.loc(source.node) if source else None))
    written = frozenset(inputs.cells[c] for c in lowerer.written if c in inputs.cells)
    return Lowered(function, tuple(t for _, t in built), written, tuple(lowerer.guards), tuple(lowerer.keep),
                   tuple(lowerer.catches), tuple(inputs.containers[c] for c in lowerer.written
                                                 if c in inputs.containers), lowerer.impossible)


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


def parameter_names(fn: Callable, n: int, kwargs: dict[str, Any]) -> list[str]:
    """Names for the parameters of generated code: the user's."""
    while not isinstance(fn, types.FunctionType) and hasattr(fn, "__wrapped__"):
        fn = fn.__wrapped__
    plain, bound = code_of(fn)
    names: list[str] = []
    if isinstance(plain, types.FunctionType):
        code = plain.__code__
        names = list(code.co_varnames[:code.co_argcount])[len(bound):]
        if code.co_flags & 0x04:
            rest = code.co_varnames[code.co_argcount + code.co_kwonlyargcount]
            names += [f"{rest}{k}" for k in range(n - len(names))]
    names += [f"x{k}" for k in range(n - len(names))]
    return [*names[:n], *kwargs]


def result_arg(lowerer: Lowerer, value: Value) -> Arg:
    """The result of a function as one IR argument: containers and objects become Packs."""
    match value:
        case Tup():
            return Pack("tuple" if value.cls is tuple else value.cls, tuple(result_arg(lowerer, v)
                                                                            for v in value.items))
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


@dataclass(frozen=True)
class Rebuild:
    """Makes an instance of a class from the values of its fields, without calling ``__init__``; a dict of a class
    of its own from its items."""

    cls: type
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "__name__", self.cls.__name__)
        object.__setattr__(self, "__qualname__", self.cls.__name__)

    def __call__(self, *values: Any) -> Any:
        if issubclass(self.cls, dict):
            return self.cls(zip(self.names, values))
        made: Any = self.cls.__new__(self.cls)  # type: ignore[call-overload]
        for n, v in zip(self.names, values):
            object.__setattr__(made, n, v)
        return made
