"""A function that calls itself to a depth known only at run time: each call keeps what its own reverse sweep needs.

The derivative of such a function is compiled apart, in two functions: a forward sweep, which returns the value and
what the reverse sweep reads, and the reverse sweep. Both call the same of the next level, so the cost is linear in the
depth, and each level takes one frame.

Before::

    y = f(x, n - 1)

After::

    sweep = recursive_sweep(f, (0,), x, n - 1)        the compiled forward sweep for arguments of these kinds
    kept = sweep(x, n - 1)
    y = kept[0]
    ⋯
    x_bar = sweep.backward(*kept[1:], y_bar)[0]

and with tangents::

    sweep = recursive_tangent(f, (0,), x, n - 1)
    both = sweep(x, n - 1, x_dot)
    y = both[0]
    y_dot = both[1]
"""
from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from s2sad import runtime
from s2sad.facts.arguments import fact_of
from s2sad.facts.cotangents import cotangent
from s2sad.ir import Arg, Call, Const, Fact, Pack, Stmt, Var


def reverse_call(s: Call, moving: Sequence[int], y_bar: Arg, name: Callable[[Any], str]) -> tuple[
        list[Stmt], list[Stmt], list[Arg]]:
    """What a recursive call becomes in the forward sweep, its reverse statements, and the cotangents of the arguments
    at the places ``moving``."""
    primal, sweep = _sweep(runtime.recursive_sweep, s, moving)
    kept = _kept("kept", primal, s, sweep, ())
    primal.append(Call(s.outs, operator.getitem, (kept, Const(0)), (), s.loc, s.adjoint))
    bars = Var("bars", Fact("tuple"))
    adjoint: list[Stmt] = [Call((bars,), runtime.recursive_back, (sweep, kept, y_bar), (), s.loc, True)]
    return primal, adjoint, _items(adjoint, bars, [s.args[k] for k in moving], name, s)


def forward_call(s: Call, moving: Sequence[int], dots: tuple[Arg, ...], name: Callable[[Any], str]) -> tuple[
        list[Stmt], Arg]:
    """What a recursive call becomes in forward mode, and the tangent of its result."""
    stmts, sweep = _sweep(runtime.recursive_tangent, s, moving)
    both = _kept("both", stmts, s, sweep, dots)
    stmts.append(Call(s.outs, operator.getitem, (both, Const(0)), (), s.loc, s.adjoint))
    dot = Var(name(s.outs[0]), cotangent(s.outs[0].fact))
    stmts.append(Call((dot,), operator.getitem, (both, Const(1)), (), s.loc, True))
    return stmts, dot


def _sweep(made: Callable, s: Call, moving: Sequence[int]) -> tuple[list[Stmt], Var]:
    sweep, places = Var("sweep"), Pack("tuple", tuple(map(Const, moving)))
    function = Const(s.op, getattr(s.op, "__name__", None))
    return [Call((sweep,), made, (function, places, *s.args), (), s.loc, True)], sweep


def _kept(hint: str, out: list[Stmt], s: Call, sweep: Var, late: tuple[Arg, ...]) -> Var:
    found = Var(hint, Fact("tuple"))
    out.append(Call((found,), runtime.recursive_call, (sweep, *s.args, *late), (), s.loc, s.adjoint))
    return found


def _items(out: list[Stmt], bars: Var, of: list[Arg], name: Callable[[Any], str], s: Call) -> list[Arg]:
    found: list[Arg] = []
    for k, x in enumerate(of):
        bar = Var(name(x), cotangent(fact_of(x)))
        out.append(Call((bar,), operator.getitem, (bars, Const(k)), (), s.loc, True))
        found.append(bar)
    return found
