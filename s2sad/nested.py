"""A derivative that is called inside a function that is being differentiated (or compiled) itself.

The inner function is lowered in place, differentiated as IR, and its statements go where the call stood; so derivatives nest
to any depth and the variables of the outer function that the inner one reads are simply free variables.

Before: ``def f(x): return grad(lambda y: x * y * y)(3.0)``.  After: the statements of ``x * 2 * y`` at ``y = 3.0``.
"""
from __future__ import annotations

from typing import Any

from s2sad import runtime
from s2sad.derive import Request, gradient_function, leaves_of, split_aux
from s2sad.errors import ArgumentError
from s2sad.frontend.signature import Record, result_arg
from s2sad.frontend.values import Atom, Buffer, Fields, Items, Ref, Table, Tup, Value
from s2sad.ir import Arg, Block, Function, Pack, Var


def lower_derivative(lowerer: Any, request: Request, fn: Value, args: tuple[Value, ...]) -> Value:
    """The gradient of ``fn`` at abstract arguments, inlined into what is being lowered."""
    if request.mode not in ("grad", "value_and_grad"):
        raise lowerer.unsupported(f"`{request.mode}` inside a differentiated function", "use grad there")
    loc = lowerer.loc
    with lowerer.block() as stmts:
        built = [independent(lowerer, a) if k in request.argnums else (a, None) for k, a in enumerate(args)]
        result = lowerer.call(fn, tuple(v for v, _ in built), ())
        out = result_arg(lowerer, result)
    trees = [built[k][1] for k in request.argnums]
    wrt = [v for t in trees for v in leaves_of(t) if not v.fact.is_discrete]
    if not wrt:
        raise ArgumentError("S2S006", "the inner derivative is by an argument without floats", loc)
    primal = Function("inner", Block((), tuple(stmts), (out,)), tuple(wrt), loc)
    value, aux = split_aux(out, request.has_aux, lambda: None)
    made = gradient_function(lambda: None, primal, trees, wrt, value, aux, request)
    lowerer.stmts.extend(made.body.stmts)
    return unpacked(lowerer, made.result)


def independent(lowerer: Any, value: Value, name: str = "x") -> tuple[Value, Any]:
    """A copy of a value whose leaves are new variables, and the tree of those."""
    match value:
        case Tup():
            parts = [independent(lowerer, v, name) for v in value.items]
            return Tup(tuple(p[0] for p in parts), value.cls), tuple(p[1] for p in parts)
        case Ref() if not value.path and isinstance(lowerer.heap[value.cell], (Items, Table, Fields)):
            cell = lowerer.heap[value.cell]
            parts = [independent(lowerer, v, name) for v in cell.values]
            values, trees = tuple(p[0] for p in parts), [p[1] for p in parts]
            if isinstance(cell, Items):
                return lowerer.new_list(values), trees
            if isinstance(cell, Table):
                return lowerer.new_ref(Table(cell.keys, values, cell.cls)), dict(zip(cell.keys, trees))
            return lowerer.new_ref(Fields(cell.cls, cell.names, values)), Record(cell.cls, dict(zip(cell.names, trees)))
        case Ref():
            arg = lowerer.reify(value)
            new = lowerer.emit_call(runtime.copy, (arg,), (), Var(getattr(arg, "name", None) or name, arg.fact.forget()
                                                                  if isinstance(arg, Var) else lowerer.fact(value).forget()))
            return lowerer.new_ref(Buffer(new, new.fact)), new
        case Atom() if value.fact.is_scalar or value.fact.kind == "unknown":
            fact = value.fact.forget()
            new = lowerer.emit_call(runtime.same, (value.arg,), (), Var(getattr(value.arg, "name", None) or name, fact))
            return Atom(new, fact), new
    return value, None


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
        raise lowerer.unsupported("the gradient of an object inside a differentiated function")
    return lowerer.wrap(arg)
