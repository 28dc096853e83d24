"""What a derivative is inside a function that is being differentiated: the same program, for a function in place.

Before: the request of ``grad(g)``.  After: a ``Nested`` that gives the frontend the gradient of ``g`` as IR, or, for
``vjp(g, x)``, its two halves.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from s2sad.derive.halves import split
from s2sad.derive.jacobians import Structured
from s2sad.derive.request import Primal, Request
from s2sad.errors import UnsupportedSyntax
from s2sad.frontend import Inner, Nested
from s2sad.ir import Arg, Function, Pack


def nested(fn: Any, request: Callable[[int], Request], example: Request) -> Nested:
    """What a derivative of ``fn`` is inside; ``request`` gives what is asked for with so many arguments, ``example``
    is like it but for the positions."""
    late = {"": 0, "cotangent": 1, "tangents": len(example.argnums)}[example.mode.late]

    def program(inner: Inner, given: tuple[Arg, ...] | None) -> Function:
        primal = Primal(inner.function, inner.trees, inner.wrt, SimpleNamespace(__name__=inner.name))
        assert example.mode.program is not None
        try:
            return example.mode.program(primal, example, given)
        except Structured:
            raise UnsupportedSyntax("S2S001", "a Jacobian of a function that returns a structure, inside a "
                                    "differentiated function", hint="take that of each of its parts") from None

    def halves(inner: Inner) -> tuple[Function | None, Function]:
        made = program(inner, None)
        first, second = split(made, 0)
        if first is not None:
            return first, second
        assert isinstance(made.result, Pack)
        return None, replace(made, body=replace(made.body, results=made.result.items[1:]))

    return Nested(fn, lambda n: request(n).argnums, late, program, halves)
