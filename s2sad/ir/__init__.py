"""The intermediate representation: the whole grammar on one screen.

    program   f      ::= Function(name, params, body, inputs)
    block     B      ::= params => statements => results
    statement s      ::= Call | If | For | While
    argument  a      ::= Var | Const | Pack(kind, a…)          tuple, list, dict, slice of arguments

A ``Var`` is assigned once and is what it is by identity, not by name.  Blocks may read every variable of the blocks
around them.  All operations are functional: ``a2 = setitem(a1, i, v)`` is a new array (``runtime.setitem``); that the
emitted code writes in place is decided in the very last pass.

If.     ``outs = then.results`` or ``outs = orelse.results``; the blocks have no parameters.
Loops.  A loop is a scan over *positions* 0, 1, …, n-1 (walked from the last to the first when ``reverse``).
        ``body.params = (*items, *carried)``: one item of each sequence in ``iters`` at this position, and the carried
        values. ``body.results = (*carried, *collected[, stop])``, ``outs = (*carried, *collected[, stop])``.
        The first carried values are ``inits``; a collected value comes out as a list, ``ps[k]`` belonging to position k
        in either direction.  With ``stop=True`` the last result is a bool; the loop ends after the step in which it is
        true and the last out tells whether it did.  Sequences in ``iters`` have equal lengths.
        ``While`` has no iters; ``test.params`` are the carried values and ``test.results`` is one bool.

Example: a reverse sweep over what a forward loop collected::

    s_2, ps = for i in range(n) carry s_1 = 0.0 collect p: …
    x_2 = for i, p in reversed(zip(range(n), ps)) carry x_1 = 0.0: …
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Union

from s2sad.errors import Loc
from s2sad.ir.facts import UNKNOWN, Fact

__all__ = ["Arg", "Block", "Call", "Const", "Fact", "For", "Function", "If", "Loc", "Pack", "Stmt", "UNDEFINED", "Var",
           "While"]


@dataclass(frozen=True, eq=False, slots=True)
class Var:
    """A variable, assigned once. ``name`` is the user's name or a hint; two variables may share it."""

    name: str
    fact: Fact = UNKNOWN

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, eq=False, slots=True)
class Const:
    """A value known now. ``name`` is what the user called it when it is a captured global or closure variable."""

    value: Any
    name: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Pack:
    """A tuple, list, dict or slice written in place. A slice has three items; a dict has ``keys`` (plain values).
    ``kind`` may also be a class (named tuple) or a function that makes an object: it is called with the items."""

    kind: Any
    items: tuple[Arg, ...]
    keys: tuple[Any, ...] = ()


Arg = Union[Var, Const, Pack]


class _Undefined:
    """The value of a name that was not assigned on this path. Emits no code, so Python raises its own NameError."""

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __reduce__(self) -> str:
        return "UNDEFINED"


UNDEFINED = _Undefined()


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """``outs = op(*args, **kwargs)``; ``op`` is a callable primitive, or a ``Function``.
    ``loc`` is the user's statement; ``adjoint`` marks what a derivative added (free to be rounded differently), and
    ``of`` is the operation whose rule that comes from."""

    outs: tuple[Var, ...]
    op: Any
    args: tuple[Arg, ...]
    kwargs: tuple[tuple[str, Arg], ...] = ()
    loc: Loc | None = None
    adjoint: bool = False
    of: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    params: tuple[Var, ...]
    stmts: tuple[Stmt, ...]
    results: tuple[Arg, ...]


@dataclass(frozen=True, eq=False, slots=True)
class If:
    outs: tuple[Var, ...]
    test: Arg
    then: Block
    orelse: Block
    loc: Loc | None = None
    adjoint: bool = False
    of: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class For:
    outs: tuple[Var, ...]
    iters: tuple[Arg, ...]
    inits: tuple[Arg, ...]
    body: Block
    reverse: bool = False
    stop: bool = False
    loc: Loc | None = None
    adjoint: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class While:
    outs: tuple[Var, ...]
    inits: tuple[Arg, ...]
    test: Block
    body: Block
    stop: bool = False
    loc: Loc | None = None
    adjoint: bool = False


Stmt = Union[Call, If, For, While]


@dataclass(frozen=True, eq=False, slots=True)
class Function:
    """``inputs`` are the variables that can be differentiated: parameters, or leaves that the first statements take
    out of structured parameters. ``body.params`` are the parameters; ``body.results`` is one argument (maybe a Pack).
    ``names`` are the user's names that generated code must not shadow by accident (globals it refers to)."""

    name: str
    body: Block
    inputs: tuple[Var, ...] = ()
    loc: Loc | None = None
    doc: str = ""
    guards: tuple[Callable[[], bool], ...] = field(default=())

    @property
    def params(self) -> tuple[Var, ...]:
        return self.body.params

    @property
    def result(self) -> Arg:
        return self.body.results[0]
