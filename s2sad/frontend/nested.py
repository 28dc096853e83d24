"""A derivative that is called inside a function that is being lowered.

Who makes derivatives says what they are here by an attribute ``__s2sad_inside__`` of his objects: a ``Nested`` (a
derivative of IR), a ``Factory`` (a function that makes one of a function), ``Started`` (a value, and a linear map for
later), or a function that is called in the place of the object. The inner function is lowered in place,
differentiated as IR, and its statements go where the call stood; so derivatives nest to any depth, and the variables
of the outer function that the inner one reads are simply free variables.

Before: ``def f(x): return grad(lambda y: x * y * y)(3.0)``.  After: the statements of ``x * 2 * y`` at ``y = 3.0``.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from s2sad import ops, runtime
from s2sad.errors import AliasError, ArgumentError
from s2sad.frontend.functions import result_arg
from s2sad.frontend.inputs import Record, leaves_of
from s2sad.frontend.rebuild import Rebuild
from s2sad.frontend.values import (
    Atom,
    Bound,
    Buffer,
    Closure,
    Fields,
    Inside,
    Items,
    Kwargs,
    Ref,
    Table,
    Tup,
    Value,
    const,
    static,
)
from s2sad.ir import Arg, Block, Call, Const, Function, Pack, Stmt, Var
from s2sad.ir.facts import UNSET
from s2sad.ir.regions import structured
from s2sad.ir.walk import clone, statements


@dataclass(frozen=True)
class Inner:
    """An inner function lowered in place: it has no parameters, ``wrt`` are the leaves of the copies of its
    arguments."""

    function: Function
    trees: list[Any]
    wrt: list[Var]
    name: str


@dataclass(frozen=True)
class Nested(Inside):
    """What a derivative is inside a function.

    ``fn``: the function it is of; UNSET if that is the first argument, as it was made inside. ``positions``: from the
    number of arguments to those that are differentiated. ``late``: how many cotangents or tangents follow them.
    ``program``: from an inner function and the late arguments to IR. ``split``: from an inner function to two of IR,
    of which the second has the parameters ``(*residuals, *late)``, and the first (None: there is none) returns the
    value and the residuals."""

    fn: Any
    positions: Callable[[int], tuple[int, ...]]
    late: int
    program: Callable[[Inner, tuple[Arg, ...]], Function]
    split: Callable[[Inner], tuple[Function | None, Function]]

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """A call of the derivative."""
        if kwargs:
            raise lowerer.unsupported("keyword arguments for a derivative inside a differentiated function")
        fn, args = (args[0], args[1:]) if self.fn is UNSET else (const(self.fn), args)
        primals, late = args[:len(args) - self.late], args[len(args) - self.late:]
        inner = self.inner(lowerer, fn, primals)
        made = self.program(inner, tuple(map(lowerer.reify, late)))
        lowerer.stmts.extend(made.body.stmts)
        return unpacked(lowerer, made.result)

    def start(self, lowerer: Any, fn: Value, primals: tuple[Value, ...]) -> Value:
        """The value, and a function of what comes late. What depends on the arguments alone is computed once."""
        inner = self.inner(lowerer, fn, primals)
        first, second = self.split(inner)
        known = [ops.of(s.op) for s in statements(second.body) if isinstance(s, Call)]
        if any(k.has_effect or k.draws for k in known):
            raise lowerer.unsupported("a linear map of a function that prints or draws random numbers while it "
                                      "computes what is differentiated", "use s2sad.jvp")
        if first is None:  # the value comes out of a loop together with its tangent: both are computed again
            first = replace(inner.function, body=replace(inner.function.body,
                                                         results=(Pack("tuple", inner.function.body.results),)))
        lowerer.stmts.extend(first.body.stmts)
        value, *residuals = first.result.items  # type: ignore[union-attr]
        return Tup((unpacked(lowerer, value), Bound(const(Later(second)), tuple(map(lowerer.wrap, residuals)))))

    def inner(self, lowerer: Any, fn: Value, primals: tuple[Value, ...]) -> Inner:
        """The function at copies of its arguments."""
        argnums = self.positions(len(primals))
        check_distinct(lowerer, primals, argnums)
        with lowerer.block() as stmts:
            built = [independent(lowerer, a) if k in argnums else (a, None) for k, a in enumerate(primals)]
            out = result_arg(lowerer, lowerer.call(fn, tuple(v for v, _ in built), ()))
        trees = [built[k][1] for k in argnums]
        wrt = [v for t in trees for v in leaves_of(t) if not v.fact.is_discrete]
        if not wrt:
            raise ArgumentError("S2S006", "the inner derivative is by an argument without floats", lowerer.loc)
        name = getattr(fn.node, "name", "<lambda>") if isinstance(fn, Closure) else getattr(
            lowerer.python_value(fn), "__name__", "f") if isinstance(fn, Atom) else "f"
        inner = Function("inner", Block((), tuple(stmts), (out,)), tuple(wrt), lowerer.loc)
        return Inner(structured(inner), trees, wrt, name)


@dataclass(frozen=True)
class Held:
    """An object that is only what it is inside."""

    __s2sad_inside__: Any


@dataclass(frozen=True)
class Factory(Inside):
    """A function that makes a derivative of a function, and takes options. Of a function that is made inside, the
    derivative gets it as its first argument."""

    make: Callable

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        if not args:  # a decorator with options
            return Bound(const(Held(self)), (), kwargs)
        named = {k: lowerer.python_value(v) for k, v in kwargs}
        fn, *rest = args
        options = tuple(lowerer.python_value(v) for v in rest)
        if isinstance(fn, Atom) and fn.is_static:
            return const(self.make(fn.value, *options, **named))
        made = self.make(_anything, *options, **named)
        return Bound(const(Held(replace(made.__s2sad_inside__, fn=UNSET))), (fn,))


def _anything(*args: Any) -> Any:
    """A stand-in for a function whose parameters are not known."""
    return args


@dataclass(frozen=True)
class Started(Inside):
    """A function ``started(derivative, primals)`` that returns the value and the linear map."""

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        made, primals = args[:2]
        fn = made.args[0] if isinstance(made, Bound) else None
        nested = lowerer.python_value(made.function if isinstance(made, Bound) else made).__s2sad_inside__
        return nested.start(lowerer, const(nested.fn) if fn is None else fn, lowerer.static_items(primals))


@dataclass(frozen=True)
class Later(Inside):
    """The second half of a derivative: a function of the residuals and what comes late."""

    half: Function

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        table: dict[Var, Arg] = dict(zip(self.half.params, map(lowerer.reify, args)))
        body = clone(replace(self.half.body, stmts=tuple(taken_apart(self.half.body.stmts, table))), table)
        lowerer.stmts.extend(body.stmts)
        return unpacked(lowerer, body.results[0])


def taken_apart(stmts: tuple[Stmt, ...], table: dict[Var, Arg]) -> Iterator[Stmt]:
    """The statements without those that read a part of a structure that is known now."""
    for s in stmts:
        whole = table.get(s.args[0]) if isinstance(s, Call) and s.args and type(s.args[0]) is Var else None
        if isinstance(s, Call) and type(whole) is Pack and type(s.args[-1]) is Const:
            named = isinstance(whole.kind, Rebuild) and not issubclass(whole.kind.cls, tuple)
            keys = whole.kind.names if named else whole.keys or range(len(whole.items))
            table[s.outs[0]] = whole.items[list(keys).index(s.args[-1].value)]
        else:
            yield s


@dataclass(frozen=True)
class Copies(Inside):
    """A function that copies a tuple of arguments: what is written to them later is not seen."""

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        done: dict[int, tuple[Value, Any]] = {}
        return Tup(tuple(v if static(v) is not UNSET else independent(lowerer, v, done=done)[0]
                         for v in lowerer.static_items(args[0])))


@dataclass(frozen=True)
class Smooth(Inside):
    """A function that tells whether there is something to differentiate in an argument."""

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        with lowerer.block():
            tree = independent(lowerer, args[0])[1]
        return const(any(v.fact.is_smooth for v in leaves_of(tree)))


def independent(lowerer: Any, value: Value, name: str = "x", done: dict[int, tuple[Value, Any]] | None = None
                ) -> tuple[Value, Any]:
    """A copy of a value whose leaves are new variables, and the tree of those. An object in several places is one
    object in the copy too (``done``: those that are copied)."""
    done = {} if done is None else done
    match value:
        case Ref() if not value.path and value.cell in done:
            return done[value.cell]
        case Tup():
            parts = [independent(lowerer, v, name, done) for v in value.items]
            return Tup(tuple(p[0] for p in parts), value.cls), tuple(p[1] for p in parts)
        case Ref() if not value.path and isinstance(lowerer.heap[value.cell], (Items, Table, Fields)):
            cell = lowerer.heap[value.cell]
            parts = [independent(lowerer, v, name, done) for v in cell.values]
            values, trees = tuple(p[0] for p in parts), [p[1] for p in parts]
            if isinstance(cell, Items):
                return lowerer.new_list(values), trees
            if isinstance(cell, Table):
                return lowerer.new_ref(Table(cell.keys, values, cell.cls)), dict(zip(cell.keys, trees))
            made = lowerer.new_ref(Fields(cell.cls, cell.names, values))
            done[value.cell] = made, Record(cell.cls, dict(zip(cell.names, trees)))
            return done[value.cell]
        case Ref():
            arg = lowerer.reify(value)
            fact = arg.fact if isinstance(arg, Var) else lowerer.fact(value)
            new = lowerer.emit_call(runtime.same, (arg,), (), Var(getattr(arg, "name", None) or name, fact.forget()))
            return lowerer.new_ref(Buffer(new, new.fact)), new
        case Atom() if value.fact.is_scalar or value.fact.kind == "unknown":
            fact = value.fact.forget()
            new = lowerer.emit_call(runtime.same, (value.arg,), (), Var(getattr(value.arg, "name", None) or name, fact))
            return Atom(new, fact), new
    return value, None


def check_distinct(lowerer: Any, args: tuple[Value, ...], argnums: tuple[int, ...]) -> None:
    """An object that two arguments reach has no derivative at each of the two places."""
    reached = [set(_objects(lowerer, a)) for a in args]
    for k in argnums:
        for j, other in enumerate(reached):
            if j != k and other & reached[k]:
                raise AliasError("S2S005", f"arguments {min(j, k)} and {max(j, k)} of an inner derivative reach the "
                                 "same object: its derivative at each of the two places is not defined", lowerer.loc,
                                 hint="pass a copy in one of them")


def _objects(lowerer: Any, value: Value) -> Iterator[int]:
    """The cells of the objects in a value."""
    if isinstance(value, Tup):
        for v in value.items:
            yield from _objects(lowerer, v)
    elif isinstance(value, Ref) and not value.path:
        cell = lowerer.heap[value.cell]
        if isinstance(cell, Fields):
            yield value.cell
        for v in cell.values if isinstance(cell, (Items, Table, Fields)) else ():
            yield from _objects(lowerer, v)


def unpacked(lowerer: Any, arg: Arg) -> Value:
    """A result of the derivative as a value."""
    if isinstance(arg, Pack):
        items = tuple(unpacked(lowerer, a) for a in arg.items)
        if arg.kind == "list":
            return lowerer.new_list(items)
        if arg.kind == "dict":
            return lowerer.new_ref(Table(arg.keys, items))
        if arg.kind == "tuple" or isinstance(arg.kind, type):
            return Tup(items, tuple if arg.kind == "tuple" else arg.kind)
        if isinstance(arg.kind, Rebuild) and issubclass(arg.kind.cls, tuple):
            return Tup(items, arg.kind.cls)
        if isinstance(arg.kind, Rebuild) and issubclass(arg.kind.cls, dict):
            return lowerer.new_ref(Table(arg.kind.names, items, arg.kind.cls))
        if isinstance(arg.kind, Rebuild):
            return lowerer.new_ref(Fields(arg.kind.cls, arg.kind.names, items))
    return lowerer.wrap(arg)
