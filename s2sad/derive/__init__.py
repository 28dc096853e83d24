"""The road from a function and the arguments of a call to a compiled derivative, stage by stage.

Before: ``f`` and arguments ``(2.0, 5.0)``.  After: an ``Entry`` with the Python function that holds the primal and the
adjoint code for this signature, its source, and every stage in between as text.
"""
from __future__ import annotations

import gc
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from s2sad import passes
from s2sad.arguments import Item, describe
from s2sad.backend.emit import Source, emit
from s2sad.backend.load import load
from s2sad.derive.halves import Halves, in_halves
from s2sad.derive.jacobians import columns_function, rows_function
from s2sad.derive.leaves import differentiable, leaf_path, leaves_of
from s2sad.derive.results import Request, gradient_function, owned, pullback_function, split_aux, tangent_function
from s2sad.errors import ArgumentError
from s2sad.frontend import Lowered, code_of, deep_recursion, find, lower
from s2sad.ir import Function
from s2sad.ir.kinds import kinds_of
from s2sad.ir.text import format


@dataclass
class Entry:
    """A compiled derivative for one signature."""

    function: Callable
    source: Source
    lowered: Lowered
    adjoint: Function
    guards: tuple[Callable[[], bool], ...]
    watched: tuple[tuple[Any, ...], ...] = ()
    arguments: tuple[Item, ...] = ()
    request: Request = Request("grad", (0,), True)
    lenient: Callable | None = None
    whole: Function | None = None

    @cached_property
    def halves(self) -> Halves:
        """The derivative in two functions: of the arguments, and of what comes later."""
        assert self.whole is not None
        with deep_recursion(), older_objects_left_alone():
            return in_halves(self.whole, len(self.lowered.leaves), names_of_copies(self.whole, self.request))

    def valid(self) -> bool:
        """Whether everything captured is still what it was."""
        for guard in self.guards:
            if not guard():
                return False
        return True


def build(fn: Callable, args: tuple, kwargs: dict[str, Any], request: Request) -> Entry:
    """Lower, differentiate, optimise, emit and load.

    Raises
    ------
    S2SADError
        If the function or the arguments cannot be differentiated; it says where and why.
    """
    with deep_recursion(), older_objects_left_alone():
        lowered = lower(fn, kinds_of(args, kwargs))
        adjoint = differentiate(fn, lowered, args, request)
        optimised = passes.run(adjoint, pipeline(request))
        source = emit(optimised)
    watched = (*(leaf_path(lowered.leaves, v) for v in lowered.written), *lowered.changed)
    kinds = describe([p.name for p in lowered.function.params], (*args, *kwargs.values()))
    return Entry(load(source.text, source.namespace, source.name), source, lowered, optimised, lowered.guards, watched,
                 kinds, request, whole=adjoint if request.mode in ("vjp", "jvp") else None)


@contextmanager
def older_objects_left_alone() -> Iterator[None]:
    """While a derivative is built, the garbage collector does not look through everything that existed before: that
    takes a quarter of the time, and none of it has become garbage."""
    if gc.get_freeze_count():  # somebody else freezes objects: theirs must stay so
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def stages(fn: Callable, args: tuple, kwargs: dict[str, Any], request: Request) -> list[tuple[str, str]]:
    """Every stage of the road as text: title and contents."""
    lowered = lower(fn, kinds_of(args, kwargs))
    plain, _ = code_of(fn)
    out = []
    if isinstance(plain, types.FunctionType):
        found = find(plain)
        lines = sorted(found.lines) if hasattr(found.node, "name") else [found.node.lineno]
        out.append(("source", "".join(found.lines[k] for k in lines).rstrip()))
    wrt = tuple(v for k in request.argnums for v in leaves_of(tree_of(lowered, k, len(args))) if differentiable(v))
    out.append(("trace", format(replace(lowered.function, inputs=wrt))))
    out.append(("specialised", format(replace(passes.cse(lowered.function), inputs=wrt), facts=True)))
    stage = differentiate(fn, lowered, args, request)
    out.append(("adjoint" if request.mode != "jvp" else "tangent", format(replace(stage, inputs=()))))
    for each in pipeline(request):
        stage = each(stage)
        out.append((f"after {each.__name__}", format(replace(stage, inputs=()))))
    out.append(("generated source", emit(stage).text))
    return out


def differentiate(fn: Callable, lowered: Lowered, args: tuple, request: Request) -> Function:
    """The derivative of a lowered function as IR. What the function computes twice is one value with one cotangent."""
    primal = passes.cse(lowered.function)
    trees = [tree_of(lowered, k, len(args)) for k in request.argnums]
    wrt = [v for t in trees for v in leaves_of(t) if differentiable(v)]
    for k, t in zip(request.argnums, trees):
        if not any(differentiable(v) for v in leaves_of(t)):
            raise integer_argument(fn, k, args[k] if k < len(args) else None)
    if request.mode == "columns":
        return columns_function(primal, trees, wrt)
    if request.mode == "jvp":
        return tangent_function(primal, trees, wrt)
    value, aux = split_aux(primal.result, request.has_aux, fn)
    if request.mode == "rows":
        return rows_function(primal, trees, wrt, value)
    if request.mode == "vjp":
        return pullback_function(primal, trees, wrt, value, aux, request)
    return gradient_function(fn, primal, trees, wrt, value, aux, request)


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
    else:
        remedy = "choose another argument with argnums"
    return ArgumentError("S2S006", f"argument {k} of `{name}` is {kind}, which has no derivative", hint=remedy)


def names_of_copies(fn: Function, request: Request) -> tuple[str, ...]:
    """The names of derivatives that are copied before they are returned."""
    return ("y_dot",) if request.mode == "jvp" else tuple(f"{fn.params[k].name}_bar" for k in request.argnums)


def pipeline(request: Request) -> tuple[passes.Pass, ...]:
    """The passes for a derivative. Gradients are copied where that is needed before the last pass, which spares
    copies; rows and columns are copied anyway when they become
    a matrix."""
    if request.mode in ("rows", "columns"):
        return passes.PIPELINE

    def own_gradients(fn: Function) -> Function:
        names = names_of_copies(fn, request)
        at = None if request.mode == "grad" and not request.has_aux else 0 if request.mode == "grad" else 1
        return owned(fn, at, names)
    return (*passes.PIPELINE[:-1], own_gradients, passes.PIPELINE[-1])
