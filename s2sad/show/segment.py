"""Many trips of a loop as one operation: how the trace keeps a loop that runs long.

``Tail`` is a loop from some trip on, as functions of the carried values: how many trips are left, the values after so
many of them, and the two derivatives of those. They are compiled like every other derivative, so 100 000 trips take
milliseconds and an array that is written to is not copied in each.

    >>> import operator
    >>> from s2sad.ir import Call, Carried, Const, For, Var, Walked
    >>> i, p, q, x = map(Var, "ipqx")
    >>> double = Call((q,), operator.mul, (p, Const(2.0)))
    >>> loop = For((Walked(i, x),), (Carried(p, Const(1.0), q, Var("y")),), (double,))
    >>> Tail(loop).segment(3, [False, True]).run((range(3), 5.0))
    (40.0,)
"""
from __future__ import annotations

import dataclasses
import functools
import itertools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad import passes, runtime
from s2sad.backend.emit import emit
from s2sad.backend.load import load
from s2sad.derive.sweeps import forward, reverse
from s2sad.facts.arguments import fact_of
from s2sad.ir import Arg, Block, Call, Carried, Const, Fact, For, Function, Pack, Stmt, Var, Walked, While
from s2sad.ir.walk import clone, free, map_blocks, map_outs, operands, variables


class Tail:
    """A loop, entered in the middle. ``free`` are the variables around it that it reads."""

    def __init__(self, loop: For | While) -> None:
        self.loop = loop
        found = [*free(loop.body), *(free(loop.test) if isinstance(loop, While) else [])]
        self.free = tuple(dict.fromkeys(found))
        self.segments: dict[tuple[bool, ...], Segment] = {}

    @functools.cached_property
    def counter(self) -> Callable:
        """A compiled function: the number of trips that are left."""
        loop, around = self.alone()
        before, after, total = (Var("count", Fact("int")) for _ in range(3))
        tested = Var("count", Fact("int")) if isinstance(loop, While) else None
        counted = dataclasses.replace(
            loop, carried=(*loop.carried, Carried(before, Const(0), after, total, tested)), collected=(),
            stmts=(*loop.stmts, Call((after,), operator.add, (before, Const(1)))))
        params = (*around, *variables(*operands(loop)))
        return _compiled(Function("count", Block(params, (counted,), (total,)), (), loop.loc))

    def alone(self) -> tuple[For | While, tuple[Var, ...]]:
        """A copy of the loop that starts from parameters, no two of one name: those in place of ``free`` are returned
        too."""
        number = itertools.count()

        def param(name: str, fact: Fact) -> Var:
            return Var(f"{name}_{next(number)}", fact.forget())
        known: dict[Var, Arg] = {v: param(v.name, v.fact) for v in self.free}
        around = tuple(variables(*known.values()))
        loop = map_outs(_like, map_blocks(lambda b: clone(b, dict(known)), self.loop))
        assert isinstance(loop, (For, While))
        walked = tuple(Walked(w.item, param("items", fact_of(w.sequence))) for w in loop.walked)
        carried = tuple(dataclasses.replace(c, init=param(c.param.name, c.param.fact)) for c in loop.carried)
        loop = dataclasses.replace(loop, carried=carried, adjoint=False)
        return (dataclasses.replace(loop, walked=walked) if isinstance(loop, For) else loop), around

    def count(self, env: Callable[[Var], Any], iters: Sequence[Any], carried: Sequence[Any]) -> int:
        """How many trips are left at these carried values."""
        with np.errstate(all="ignore"):
            return self.counter(*runtime.copy([*map(env, self.free), *iters, *carried]))

    def segment(self, trips: int, varied: Sequence[bool]) -> Segment:
        """The next ``trips`` trips as an operation on (free variables…, sequences…, carried values…); ``varied`` says
        which of those depend on an input."""
        key = tuple(varied)
        if key not in self.segments:
            self.segments[key] = Segment(self.function(), key)
        return dataclasses.replace(self.segments[key], trips=trips)

    def function(self) -> Function:
        """Trips of the loop in which it certainly does not end."""
        loop, around = self.alone()
        walked = loop.walked or (Walked(Var("k", Fact("int")), Var("trips", Fact("range"))),)
        carried = tuple(dataclasses.replace(c, tested=None) for c in loop.carried)
        made = For(walked, carried, loop.stmts, loop.collected, None, loop.reverse, loop.loc)
        params = (*around, *variables(*operands(made)))
        return Function("trips", Block(params, (made,), (Pack("tuple", made.outs),)), (), loop.loc)


@dataclasses.dataclass(frozen=True)
class Segment:
    """Some trips of a loop as an operation on values, with its two derivatives."""

    fn: Function
    varied: tuple[bool, ...]
    trips: int = 0

    @property
    def wrt(self) -> tuple[Var, ...]:
        """The parameters that depend on an input."""
        return tuple(p for p, varied in zip(self.fn.params, self.varied) if varied)

    @property
    def outs(self) -> tuple[Var, ...]:
        """The results that may have a derivative."""
        return tuple(v for v in variables(self.fn.result) if not v.fact.is_discrete)

    def run(self, args: Sequence[Any]) -> tuple:
        """The values after the trips."""
        with np.errstate(all="ignore"):
            return _forms(self.fn)["primal"](*runtime.copy(tuple(args)))

    def pullback(self, args: Sequence[Any], bars: Sequence[Any]) -> list[Any]:
        """The cotangents of the arguments (None where there is none), from those of the results."""
        given = [g for v, g in zip(variables(self.fn.result), bars) if v in self.outs]
        compute = self.derivative("vjp")
        with np.errstate(all="ignore"):
            found = iter(compute(*runtime.copy((*args, *given))))
        return [next(found) if varied else None for varied in self.varied]

    def pushforward(self, args: Sequence[Any], dots: Sequence[Any]) -> list[Any]:
        """The tangents of the results (None where there is none), from those of the arguments."""
        given = [t for t, varied in zip(dots, self.varied) if varied]
        with np.errstate(all="ignore"):
            found = self.derivative("jvp")(*runtime.copy((*args, *given)))
        return [t if v in self.outs else None for v, t in zip(variables(self.fn.result), found)]

    def derivative(self, mode: str) -> Callable:
        """One of the two derivatives, compiled when it is first wanted."""
        forms = _forms(self.fn)
        key = (mode, self.varied)
        if key not in forms:
            forms[key] = _compiled(self.adjoint() if mode == "vjp" else self.tangent())
        return forms[key]

    def adjoint(self) -> Function:
        """The function of the arguments and the cotangents of ``outs``."""
        bars = tuple(Var(f"y{k}_bar", _slope(v.fact)) for k, v in enumerate(self.outs))

        def result(found: dict[Var, Arg | None], out: list[Stmt], emitter: Any) -> Arg:
            return Pack("tuple", tuple(g if g is not None else Const(None) for g in map(found.get, self.wrt)))
        return reverse(self.fn, self.wrt, tuple(zip(self.outs, bars)), (*self.fn.params, *bars), result)

    def tangent(self) -> Function:
        """The function of the arguments and the tangents of those that vary."""
        dots = tuple(Var(f"x{k}_dot", _slope(v.fact)) for k, v in enumerate(self.wrt))

        def result(dot: Callable[[Arg], Arg], out: list[Stmt]) -> Arg:
            return Pack("tuple", tuple(dot(v) if v in self.outs else Const(None) for v in variables(self.fn.result)))
        return forward(self.fn, dict(zip(self.wrt, dots)), (*self.fn.params, *dots), result)


def _like(v: Var) -> Var:
    return Var(v.name, v.fact.forget())


def _slope(fact: Fact) -> Fact:
    """What is known of a cotangent or tangent, given what is known of its value."""
    if fact.is_scalar and not fact.is_complex:
        return Fact("number", fact.dtype or (np.dtype(float) if fact.is_float else None))
    return fact.forget()


@functools.lru_cache(maxsize=64)
def _forms(fn: Function) -> dict[Any, Callable]:
    """The compiled forms of a function: itself, and its derivatives when they are wanted."""
    return {"primal": _compiled(fn)}


def _compiled(fn: Function) -> Callable:
    source = emit(passes.run(fn))
    return load(source.text, source.namespace, source.name)
