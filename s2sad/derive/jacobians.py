"""Jacobians as one function: the forward sweep once, then a loop over the elements of the result or of the arguments.

The loop is part of the IR, so what its body would overwrite and read again is copied like anywhere else.

Before: ``y = np.sin(x)``.  After, by rows::

    y = np.sin(x)
    for y_bar in Units(y): (collect x_bar)   x_bar = y_bar * np.cos(x)
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from s2sad import runtime
from s2sad.ad.activity import varied
from s2sad.ad.common import Emitter
from s2sad.ad.recompute import separate
from s2sad.ad.zeros import masked
from s2sad.derive.leaves import structured
from s2sad.derive.request import Primal, Request
from s2sad.derive.results import cotangents, tangent_of
from s2sad.derive.sweeps import forward, sweeps
from s2sad.facts.arguments import fact_of
from s2sad.ir import Arg, Block, Call, Collected, Const, Fact, For, Function, Pack, Stmt, Var, Walked
from s2sad.ir.facts import put_in, symbols
from s2sad.ir.walk import clone, map_outs


class Structured(Exception):
    """The function returns a structure of arrays, each of which has a Jacobian of its own."""


def check_one_array(value: Arg) -> None:
    """Raise ``Structured`` unless the result is a number, an array, or a list of numbers."""
    if type(value) is Pack and not (value.kind == "list" and all(fact_of(v).is_scalar for v in value.items)):
        raise Structured


def rows_function(of: Primal, request: Request, given: tuple[Arg, ...] | None = None) -> Function:
    """``(args…) → (y, rows)``: the forward sweep once, and the reverse sweep for each element of ``y``, as a loop. The
    rows have the structure of the arguments, with a list in place of each leaf."""
    primal, wrt, (value, aux) = of.function, of.wrt, of.parts(request.has_aux)
    check_one_array(value)
    item, basis = Var("y_bar"), Var("basis")
    taken, pairs = cotangents(value, item)

    def result(bars: dict[Var, Arg | None], out: list[Stmt], emitter: Emitter) -> Arg:
        return Pack("tuple", tuple(emitter.zeros(out, v, f"{v.name}_bar") if (g := bars.get(v)) is None else g
                                   for v in wrt))
    forwards, backwards, row = sweeps(primal, tuple(wrt), pairs, result)
    assert isinstance(row, Pack)
    lists = {v: Var(f"{v.name}_bars", Fact("list", item=put_in(fact_of(g), set(symbols(v.fact)).__contains__)))
             for v, g in zip(wrt, row.items)}
    units = Call((basis,), runtime.Units, (value,), (), None, True)
    collected = tuple(Collected(r, out) for r, out in zip(row.items, lists.values(), strict=True))
    loop = For((Walked(item, basis),), (), (*taken, *backwards), collected, adjoint=True)
    return _matrix(primal, (*forwards, units, loop), value if aux is None else of.result, of.trees, lists)


def columns_function(of: Primal, request: Request, given: tuple[Arg, ...] | None = None) -> Function:
    """``(args…) → (y, columns)``: the function once, then for each element of each leaf its tangent, as a loop. Of
    the function only loops and branches with tangents are computed again."""
    primal, wrt, (value, _) = of.function, of.wrt, of.parts(request.has_aux)
    check_one_array(value)
    first, again = separate(primal.body, varied(primal, wrt))
    stmts = [*first.stmts]
    lists: dict[Var, Var] = {}
    for v in wrt:
        item, basis = Var(f"{v.name}_dot"), Var("basis")
        seed = Call((dot := tangent_of(v),), runtime.cotangent_of, (item, v), (), None, True)

        def result(dot: Callable[[Arg], Arg], out: list[Stmt]) -> Arg:
            return dot(value)
        moved = forward(replace(primal, body=again), {v: dot}, (), result).body
        body = clone(Block((item,), (seed, *_added(moved.stmts, set(first.stmts))), moved.results))
        lists[v] = Var(f"{v.name}_columns", Fact("list", item=put_in(fact_of(moved.results[0]), lambda symbol: False)))
        stmts.append(Call((basis,), runtime.Units, (v,)))
        stmts.append(For((Walked(body.params[0], basis),), (), body.stmts, (Collected(body.results[0], lists[v]),)))
    return _matrix(primal, tuple(stmts), first.results[0], of.trees, lists)


def _added(stmts: tuple[Stmt, ...], primal: set[Stmt]) -> Iterator[Stmt]:
    """What a forward sweep adds to a function. A loop or branch with tangents is there a second time; what follows
    reads the values of the first."""
    known = {o for s in primal for o in s.outs}
    for s in stmts:
        if s not in primal:
            yield map_outs(lambda o: Var(o.name, o.fact) if o in known else o, s)


def _matrix(primal: Function, stmts: tuple[Stmt, ...], value: Arg, trees: list[Any], lists: dict[Var, Var]) -> Function:
    """The function that returns the value, and for each argument its structure with a list in place of each leaf."""
    found = Pack("tuple", tuple(structured(t, lambda v: lists.get(v, Const(None))) for t in trees))
    body = Block(primal.params, stmts, (Pack("tuple", (value, found)),))
    return masked(replace(primal, name=f"{primal.name}_jacobian", body=body))
