"""A derivative that is called inside a function that is being differentiated (or compiled) itself.

The inner function is lowered in place, differentiated as IR, and its statements go where the call stood; so derivatives
nest to any depth and the variables of the outer function that the inner one reads are simply free variables.

Before: ``def f(x): return grad(lambda y: x * y * y)(3.0)``.  After: the statements of ``x * 2 * y`` at ``y = 3.0``.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from s2sad import runtime
from s2sad.derive.leaves import differentiable, leaves_of
from s2sad.derive.results import Request, gradient_function, pullback_function, split_aux, tangent_function
from s2sad.errors import AliasError, ArgumentError
from s2sad.frontend import Rebuild, Record
from s2sad.frontend.functions import result_arg
from s2sad.frontend.values import NONE, Atom, Bound, Buffer, Fields, Items, Ref, Table, Tup, Value, const
from s2sad.ir import Arg, Block, Function, Pack, Var
from s2sad.ir.regions import structured


def lower_derivative(lowerer: Any, request: Request, fn: Value, args: tuple[Value, ...],
                     extra: tuple[Value, ...] = ()) -> Value:
    """The derivative of ``fn`` at abstract arguments, inlined into what is being lowered; ``extra`` are cotangents of
    the result or tangents of the arguments."""
    loc = lowerer.loc
    check_distinct(lowerer, args, request.argnums)
    with lowerer.block() as stmts:
        built = [independent(lowerer, a) if k in request.argnums else (a, None) for k, a in enumerate(args)]
        result = lowerer.call(fn, tuple(v for v, _ in built), ())
        out = result_arg(lowerer, result)
    trees = [built[k][1] for k in request.argnums]
    wrt = [v for t in trees for v in leaves_of(t) if not v.fact.is_discrete]
    if not wrt:
        raise ArgumentError("S2S006", "the inner derivative is by an argument without floats", loc)
    primal = structured(Function("inner", Block((), tuple(stmts), (out,)), tuple(wrt), loc))
    value, aux = split_aux(out, request.has_aux, lambda: None)
    given = tuple(map(lowerer.reify, extra))
    if request.mode == "vjp":
        made = pullback_function(primal, trees, wrt, value, aux, request, *given)
    elif request.mode == "jvp":
        made = tangent_function(primal, trees, wrt, given)
    else:
        made = gradient_function(lambda: None, primal, trees, wrt, value, aux, request)
    lowerer.stmts.extend(made.body.stmts)
    return unpacked(lowerer, made.result)


def lower_vjp(lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
    """``vjp(f, *primals)`` inside a differentiated function: the value, and a pullback that computes it again."""
    fn, *primals = args
    has_aux = bool(kwargs and lowerer.python_value(dict(kwargs)["has_aux"]))
    kept = tuple(independent(lowerer, x)[0] for x in primals)
    value = lowerer.call(fn, tuple(independent(lowerer, x)[0] for x in kept), ())
    pull = Bound(const(Pullback(has_aux)), (fn, *kept))
    if has_aux:
        value, aux = lowerer.static_items(value)
        return Tup((value, pull, aux))
    return Tup((value, pull))


@dataclass(frozen=True)
class Pullback:
    """What ``vjp`` returns while a function is lowered; its first arguments are the function and the primals."""

    has_aux: bool

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        fn, *primals, y_bar = args
        return lower_pullback(lowerer, fn, tuple(primals), y_bar, self.has_aux)


def lower_pullback(lowerer: Any, fn: Value, primals: tuple[Value, ...], y_bar: Value, has_aux: bool) -> Value:
    """A pullback at primals, called with a cotangent."""
    smooth = _smooth(lowerer, primals)
    found = lower_derivative(lowerer, Request("vjp", smooth, False, has_aux), fn, primals, (y_bar,))
    bars = iter(lowerer.static_items(lowerer.static_items(found)[1]))
    return Tup(tuple(next(bars) if k in smooth else NONE for k in range(len(primals))))


def lower_jvp(lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
    """``jvp(f, primals, tangents)`` inside a differentiated function."""
    fn, primals, tangents = args + tuple(v for _, v in kwargs)
    items, dots = lowerer.static_items(primals), lowerer.static_items(tangents)
    if items is None or dots is None or len(items) != len(dots):
        raise lowerer.unsupported("`jvp` with primals and tangents that are not tuples of one length")
    smooth = tuple(k for k in _smooth(lowerer, items) if not _is_none(dots[k]))
    return lower_derivative(lowerer, Request("jvp", smooth, False), fn, items, tuple(dots[k] for k in smooth))


def lower_linearize(lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
    """``linearize(f, *primals)`` inside a differentiated function: the value, and ``jvp`` at the same primals."""
    fn, *primals = args
    kept = tuple(independent(lowerer, x)[0] for x in primals)
    value = lowerer.call(fn, tuple(independent(lowerer, x)[0] for x in kept), ())
    return Tup((value, Bound(const(Pushforward()), (fn, Tup(kept)))))


class Pushforward:
    """What ``linearize`` returns while a function is lowered; its first arguments are the function and the primals."""

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        fn, primals, *tangents = args
        return lowerer.static_items(lower_jvp(lowerer, (fn, primals, Tup(tuple(tangents))), ()))[1]


def _is_none(value: Value) -> bool:
    return isinstance(value, Atom) and value.is_static and value.value is None


def _smooth(lowerer: Any, args: Sequence[Value]) -> tuple[int, ...]:
    """The positions of the arguments that have a derivative."""
    with lowerer.block():
        trees = [independent(lowerer, x)[1] for x in args]
    found = tuple(k for k, t in enumerate(trees) if any(map(differentiable, leaves_of(t))))
    if not found:
        raise ArgumentError("S2S006", "none of the arguments has a derivative", lowerer.loc)
    return found


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
            new = lowerer.emit_call(runtime.same, (arg,), (), Var(getattr(arg, "name", None) or name, arg.fact.forget()
                                                                  if isinstance(arg,
                                                                                Var) else lowerer.fact(value).forget()))
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
        if isinstance(arg.kind, Rebuild) and issubclass(arg.kind.cls, dict):
            return lowerer.new_ref(Table(arg.kind.names, items, arg.kind.cls))
        if isinstance(arg.kind, Rebuild):
            return lowerer.new_ref(Fields(arg.kind.cls, arg.kind.names, items))
    return lowerer.wrap(arg)
