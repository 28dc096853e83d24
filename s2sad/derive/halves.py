"""A derivative in two functions: what depends on the arguments alone runs once, the rest for each cotangent.

Before: ``f_vjp(x, y_bar)``, which runs the function and then the reverse sweep.
After: ``f_forward(x)`` returns the value and the *residuals*, all that the reverse sweep reads of the forward sweep;
``f_backward(residuals…, y_bar)`` is the reverse sweep. It changes no residual, so it may be called again.
"""
from __future__ import annotations

import functools
import keyword
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from s2sad import ops, passes
from s2sad.ad.definedness import defined
from s2sad.backend.emit import Source, emit
from s2sad.backend.load import load
from s2sad.backend.names import identifier
from s2sad.derive.results import owned
from s2sad.ir import Block, Call, Function, Pack, Stmt, Var
from s2sad.ir.walk import free, reads, statements, substitute, variables


@dataclass(frozen=True)
class Halves:
    """``forward(*args)`` returns the value and then the residuals, ``backward(*residuals, *late)`` what follows from
    them and from the cotangent or the tangents.

    ``repeats``: the second function would have to run (part of) the function again, with its effects; ``draws``: and it
    would draw other random numbers. ``sources``: what the two were printed from."""

    forward: Callable | None
    backward: Callable | None
    text: str
    repeats: bool
    draws: bool
    sources: tuple[tuple[Callable, Source], ...] = ()

    def start(self, args: tuple) -> tuple[Any, Callable]:
        """The value, and the second function with its residuals."""
        assert self.forward is not None and self.backward is not None
        value, *residuals = self.forward(*args)
        return value, functools.partial(self.backward, *residuals)


def split(made: Function, count: int) -> tuple[Function | None, Function]:
    """The two functions as IR.

    Parameters
    ----------
    made : Function
        ``(args…, late…) → (value, derivative)``, before any pass.
    count : int
        How many of its parameters are arguments.

    Returns
    -------
    forward, backward
        None for the first where the value comes out of a loop together with its tangent.
    """
    early, late = made.params[:count], made.params[count:]
    assert isinstance(made.result, Pack)
    value, derivative = made.result.items
    stmts = made.body.stmts
    waiting: set[Var] = set(late)
    for s in stmts:
        if not waiting.isdisjoint(reads(s)):
            waiting.update(s.outs)
    needed = set(variables(value))
    early_ones: set[Stmt] = set()
    for s in reversed(stmts):  # a value may be a derivative itself, so not all that is marked as adjoint comes later
        if waiting.isdisjoint(s.outs) and waiting.isdisjoint(reads(s)) and (
                not s.adjoint or not needed.isdisjoint(s.outs)):
            early_ones.add(s)
            needed.update(reads(s))
    first = tuple(s for s in stmts if s in early_ones)
    second = tuple(s for s in stmts if s not in early_ones)
    body = Block((), second, (derivative,))
    residuals = tuple(v for v in free(body) if v not in late)
    stem = made.name.rpartition("_")[0] or made.name
    kept = Pack("tuple", (value, *residuals))
    first = defined(first, set(residuals))  # what has no value on some path is handed over all the same
    together = not waiting.isdisjoint(variables(value))
    forward = None if together else Function(f"{stem}_forward", Block(early, first, (kept,)), made.inputs, made.loc)
    backward = Function(f"{stem}_backward", _with_parameters(body, (*residuals, *late)), (), made.loc)
    return forward, backward


def _with_parameters(body: Block, found: tuple[Var, ...]) -> Block:
    """The block with parameters for these variables, each of a name of its own."""
    taken: set[str] = set()
    params = []
    for v in found:
        name, k = identifier(v.name), 0
        while name in taken or keyword.iskeyword(name):
            k += 1
            name = f"{identifier(v.name)}_{k}"
        taken.add(name)
        params.append(Var(name, v.fact))
    inside = substitute(dict(zip(found, params)), body)
    return Block(tuple(params), inside.stmts, inside.results)


def in_halves(made: Function, count: int, names: tuple[str, ...]) -> Halves:
    """The two functions, compiled; ``names`` are those of copies that the derivatives may need."""
    first, second = split(made, count)
    called = [ops.of(s.op) for s in statements(second.body) if isinstance(s, Call)]
    if first is None or any(known.has_effect for known in called):
        return Halves(None, None, "", True, any(known.draws for known in called))
    forward = emit(passes.run(first))
    backward = emit(passes.linear(owned(passes.run(second, passes.OPTIMISE), None, names)))
    first_half, second_half = (load(s.text, s.namespace, s.name) for s in (forward, backward))
    first_half.backward = second_half  # type: ignore[attr-defined]
    text = f"{forward.text}\n\n{backward.text}"
    return Halves(first_half, second_half, text, False, False, ((first_half, forward), (second_half, backward)))
