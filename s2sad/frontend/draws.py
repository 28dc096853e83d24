"""Generators of random numbers that are made inside the function: their draws are constants, in order.

Before: ``rng = np.random.default_rng(0); z = rng.normal(size=3)``.  After: ``z = drawn(rng, "normal", size=3)``, an
operation with an effect: it is neither left out nor merged with its like nor moved past another draw.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from s2sad import runtime
from s2sad.frontend.values import Atom, Kwargs, Value
from s2sad.ir import Fact, Var


class Draws:
    """A generator; every attribute is a method that draws."""

    def __init__(self, state: Any) -> None:
        self.state = state

    def __getattr__(self, name: str) -> Any:
        return functools.partial(DRAW, self.state, name)


class Draw:
    """``runtime.drawn``, which has no rule: what a draw depends on must not be differentiated."""

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        named = tuple((k, lowerer.reify(v)) for k, v in kwargs)
        made: Value = lowerer.emit(runtime.drawn, tuple(map(lowerer.reify, args)), named, "drawn")
        return made


DRAW: Any = Draw()


def generator(kind: Callable) -> Callable:
    """What a call of ``kind`` means."""
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        given = tuple((k, self.reify(v)) for k, v in kwargs.items())
        state = self.emit_call(kind, tuple(map(self.reify, args)), given, Var("generator", Fact("object")))
        return self.construct(Draws, (Atom(state, Fact("object")),), (), hint)
    return lower
