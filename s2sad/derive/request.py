"""What is asked for: a kind of derivative, and the arguments to differentiate by.

Before: ``value_and_grad(f, argnums=(0, 1))``.  After: ``Request(MODES["value_and_grad"], (0, 1), False)``; the record
of the mode says all in which it differs from others, so nobody compares names.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from s2sad.errors import ArgumentError
from s2sad.ir import Arg, Function, Pack, Var


@dataclass(frozen=True)
class Primal:
    """A function as IR, about to be differentiated: ``trees`` are those of the leaves of the arguments, ``wrt`` the
    leaves. ``fn`` is the user's function, for its name."""

    function: Function
    trees: list[Any]
    wrt: list[Var]
    fn: Any = None

    @property
    def result(self) -> Arg:
        return self.function.result

    def parts(self, has_aux: bool) -> tuple[Arg, Arg | None]:
        """What is differentiated, and what is returned beside it."""
        if not has_aux:
            return self.result, None
        if not (type(self.result) is Pack and self.result.kind == "tuple" and len(self.result.items) == 2):
            name = getattr(self.fn, "__name__", "f")
            raise ArgumentError("S2S007", f"with has_aux=True, `{name}` must return a pair (value, aux)",
                                hint="return the number to differentiate first, and what else is wanted second")
        return self.result.items[0], self.result.items[1]


@dataclass(frozen=True)
class Mode:
    """A kind of derivative.

    ``program`` makes it: from a primal, the request and, inside another function, the cotangent or tangents that are
    given there (None: they are parameters), to IR; of the value, which is no derivative, there is none. ``title`` says
    what it is; ``words`` and ``returns`` are for people who read its source: what it is, and what comes out, with {by},
    {value}, {shape}.
    ``late``: what it takes beside the arguments of the function: "cotangent", "tangents", or nothing. ``forward``: the
    tangents of the values come with them. ``valued``: it returns the value of the function, and then the derivative.
    ``owned``: what it returns is copied where the caller could share it with something. ``complete``: the mode that
    computes the value as well. ``each``: of a matrix, the mode that makes one row or column.
    ``scalar``: it is of a function that returns one number.
    """

    name: str
    title: str
    program: Callable[[Primal, Request, tuple[Arg, ...] | None], Function] | None
    words: str = ""
    returns: str = ""
    late: str = ""
    forward: bool = False
    valued: bool = True
    owned: bool = True
    complete: str = ""
    each: str = ""
    scalar: bool = False

    @property
    def stage(self) -> str:
        """The title of the program before any pass."""
        return "tangent" if self.forward else "adjoint"


@dataclass(frozen=True)
class Request:
    """A mode, the positions to differentiate by, whether one is wanted bare, and whether the function returns
    something that is not differentiated as well."""

    mode: Mode
    argnums: tuple[int, ...]
    single: bool
    has_aux: bool = False

    @property
    def at(self) -> int | None:
        """Which item of the result the derivative is; None if it is the whole."""
        return 1 if self.mode.valued else 0 if self.has_aux else None

    def copies(self, fn: Function) -> tuple[str, ...]:
        """The names of derivatives that are copied before they are returned."""
        return ("y_dot",) if self.mode.forward else tuple(f"{fn.params[k].name}_bar" for k in self.argnums)
