"""The road from a function and the arguments of a call to generated source: stages by name, each a step and a text.

Before: ``f``, ``(2.0, 5.0)`` and a request.  After: the trace, the derivative, the program after each pass, the source;
``build`` goes the whole way, ``stages`` stops at each to write down what is there.
"""
from __future__ import annotations

import array
import numbers
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sad import passes
from s2sad.backend.emit import Source, emit
from s2sad.derive.leaves import differentiable
from s2sad.derive.request import Primal, Request
from s2sad.derive.results import ended, owned
from s2sad.errors import ArgumentError
from s2sad.frontend import Lowered, code_of, find, leaves_of, lower
from s2sad.ir import Function, Var
from s2sad.ir.kinds import Kinds, kinds_of
from s2sad.ir.text import format

_NOT_YET: Any = None


@dataclass(frozen=True)
class Way:
    """How far it has gone: the user's function and the call, and what has been made of them. ``program`` is the newest
    IR, ``derived`` that of the derivative before any pass."""

    fn: Any
    args: tuple
    kinds: Kinds
    request: Request
    lowered: Lowered = _NOT_YET
    program: Function = _NOT_YET
    derived: Function = _NOT_YET
    source: Source = _NOT_YET

    @property
    def trees(self) -> list[Any]:
        """The trees of the leaves of the arguments that are differentiated by."""
        return [tree_of(self.lowered, k, len(self.kinds.parts) - len(self.kinds.names)) for k in self.request.argnums]

    @property
    def wrt(self) -> list[Var]:
        return [v for t in self.trees for v in leaves_of(t) if differentiable(v)]


@dataclass(frozen=True)
class Stage:
    """A step of the way, and what there is to see after it (None: nothing)."""

    title: str
    step: Callable[[Way], Way]
    text: Callable[[Way], str | None]
    applies: Callable[[Request], bool] = lambda request: True

    def called(self, request: Request) -> str:
        return self.title.format(derived=request.mode.stage)


def _written(way: Way) -> str | None:
    """The user's source."""
    plain, _ = code_of(way.fn)
    if not isinstance(plain, types.FunctionType):
        return None
    found = find(plain)
    lines = sorted(found.lines) if hasattr(found.node, "name") else [found.node.lineno]
    return "".join(found.lines[k] for k in lines).rstrip()


def _traced(way: Way) -> Way:
    lowered = lower(way.fn, way.kinds)
    return replace(way, lowered=lowered, program=lowered.function)


def _inputs_shown(facts: bool) -> Callable[[Way], str]:
    return lambda way: format(replace(way.program, inputs=tuple(way.wrt)), facts=facts)


def _differentiated(way: Way) -> Way:
    made = differentiate(way)
    return replace(way, program=made, derived=made)


def _owned(way: Way) -> Way:
    """Gradients are copied before the last pass, which spares copies. Rows and columns are copied anyway when they
    become a matrix."""
    return replace(way, program=owned(way.program, way.request.at, way.request.copies(way.program)))


def _program(way: Way) -> str:
    return format(replace(way.program, inputs=()))


def _pass(each: passes.Pass) -> Stage:
    return Stage(f"after {each.__name__}", lambda way: replace(way, program=each(way.program)), _program)


ROAD: tuple[Stage, ...] = (
    Stage("source", lambda way: way, _written),
    Stage("trace", _traced, _inputs_shown(False)),
    Stage("specialised", lambda way: replace(way, program=passes.cse(way.program)), _inputs_shown(True)),
    Stage("{derived}", _differentiated, _program, lambda request: request.mode.program is not None),
    *map(_pass, passes.OPTIMISE),
    Stage("after own_gradients", _owned, _program, lambda request: request.mode.owned),
    _pass(passes.linear),
    Stage("generated source", lambda way: replace(way, source=emit(way.program)), lambda way: way.source.text),
)


def travel(fn: Any, args: tuple, kwargs: dict[str, Any], request: Request) -> Iterator[tuple[Stage, Way]]:
    """The stages of the road for a call, and how far it has gone after each."""
    way = Way(fn, (*args, *kwargs.values()), kinds_of(args, kwargs), request)
    for stage in ROAD:
        if stage.applies(request):
            way = stage.step(way)
            yield stage, way


def stages(fn: Any, args: tuple, kwargs: dict[str, Any], request: Request) -> list[tuple[str, str]]:
    """Every stage of the road as text: title and contents."""
    texts = ((stage.called(request), stage.text(way)) for stage, way in travel(fn, args, kwargs, request))
    return [(title, text) for title, text in texts if text is not None]


def derived(fn: Any, args: tuple, kwargs: dict[str, Any], request: Request) -> Function:
    """The derivative as IR, before any pass."""
    return next(way.derived for _, way in travel(fn, args, kwargs, request) if way.derived is not _NOT_YET)


def differentiate(way: Way) -> Function:
    """The derivative of a lowered function as IR. What the function computes twice is one value with one cotangent."""
    for k, t in zip(way.request.argnums, way.trees):
        if not any(differentiable(v) for v in leaves_of(t)):
            raise integer_argument(way.fn, k, way.args[k])
    if way.lowered.ends:
        return ended(way.program, way.request, way.trees)
    program = way.request.mode.program
    assert program is not None
    return program(Primal(way.program, way.trees, way.wrt, way.fn), way.request, None)


def tree_of(lowered: Lowered, k: int, n: int) -> Any:
    if not -n <= k < len(lowered.leaves):
        raise ArgumentError("S2S008", f"argnums names argument {k}, but the call has {n} positional arguments",
                            hint="argnums counts from 0; use argnames for keyword arguments")
    return lowered.leaves[k]


def integer_argument(fn: Callable, k: int, x: Any) -> ArgumentError:
    name = getattr(fn, "__name__", "the function")
    kind = f"an array of dtype {x.dtype}" if isinstance(x, np.ndarray) else f"a value of type {type(x).__name__}"
    if isinstance(x, np.ndarray) and x.dtype.kind in "biu":
        remedy = "pass an array of floats: `x.astype(float)`"
    elif isinstance(x, (int, np.integer, np.bool_)):
        remedy = f"pass a float: `{float(x)!r}` instead of `{x}`"
    elif isinstance(x, (list, tuple, dict)):
        remedy = f"a {type(x).__name__} to differentiate by must hold floats or arrays of floats"
    elif isinstance(x, numbers.Rational) or type(x).__name__ == "Decimal":
        remedy = "pass a float: `float(x)`"
    elif isinstance(x, (array.array, memoryview)) or hasattr(type(x), "__array__"):
        remedy = "pass an array of NumPy: `np.asarray(x)`"
    elif x is None:
        remedy = "pass a float or an array of floats: is there a `return` in what made it?"
    else:
        remedy = "choose another argument with argnums"
    return ArgumentError("S2S006", f"argument {k} of `{name}` is {kind}, which has no derivative", hint=remedy)
