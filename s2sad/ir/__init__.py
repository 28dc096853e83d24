"""The intermediate representation: the whole grammar on one screen.

    program   f      ::= Function(name, params, body, inputs)
    block     B      ::= params => statements => results
    statement s      ::= Call | If | For | While
    argument  a      ::= Var | Const | Pack(kind, a…)          tuple, list, dict, slice of arguments

A ``Var`` is assigned once and is what it is by identity, not by name.  Blocks may read every variable of the blocks
around them.  All operations are functional: ``a2 = setitem(a1, i, v)`` is a new array (``runtime.setitem``); that the
emitted code writes in place is decided in the very last pass.

If.     ``outs = then.results`` or ``outs = orelse.results``; the blocks have no parameters.
Loops.  A loop is a scan over *positions* 0, 1, …, n-1 (walked from the last to the first when ``reverse``), made of
        named parts: what it *walks* (sequences of equal lengths, one item of each in a trip), what it *carries* from
        trip to trip, what it *collects* (a list ``ps``, ``ps[k]`` belonging to position k in either direction), and
        maybe the flag that *stops* it: a bool; the loop ends after the step in which it is true.
        A ``While`` walks nothing; the statements ``head`` compute its ``condition`` before each trip.
        What blocks and statements have in common is derived: ``body`` takes the items, then what is carried;
        ``test`` takes what is carried; ``ends`` are the parts that have a result and an out: what is carried, what is
        collected, the flag.

Example: a reverse sweep over what a forward loop collected::

    s_2, ps = for i in range(n) carry s_1 = 0.0 collect p: …
    x_2 = for i, p in reversed(zip(range(n), ps)) carry x_1 = 0.0: …
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Union, final

from s2sad.errors import Loc
from s2sad.ir.facts import UNKNOWN, Fact

__all__ = ["Arg", "Block", "Call", "Carried", "Collected", "Const", "End", "Fact", "For", "Function", "If", "Loc",
           "Pack", "Stmt", "Stop", "UNDEFINED", "Var", "Walked", "While"]


@final
@dataclass(frozen=True, eq=False, slots=True)
class Var:
    """A variable, assigned once. ``name`` is the user's name or a hint; two variables may share it."""

    name: str
    fact: Fact = UNKNOWN

    def __repr__(self) -> str:
        return f"<{self.name}>"


@final
@dataclass(frozen=True, eq=False, slots=True)
class Const:
    """A value known now. ``name`` is what the user called it when it is a captured global or closure variable."""

    value: Any
    name: str | None = None


@final
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


@final
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


@final
@dataclass(frozen=True, eq=False, slots=True)
class Block:
    params: tuple[Var, ...]
    stmts: tuple[Stmt, ...]
    results: tuple[Arg, ...]


@final
@dataclass(frozen=True, eq=False, slots=True)
class If:
    outs: tuple[Var, ...]
    test: Arg
    then: Block
    orelse: Block
    loc: Loc | None = None
    adjoint: bool = False
    of: Any = None


@final
@dataclass(frozen=True, eq=False, slots=True)
class Walked:
    """A sequence that a loop walks, and its item in a trip."""

    item: Var
    sequence: Arg


@final
@dataclass(frozen=True, eq=False, slots=True)
class Carried:
    """What a loop hands from trip to trip: ``param`` is ``init`` in the first trip, then the ``result`` of the one
    before; ``out`` is what it is in the end. The test of a ``While`` reads it as ``tested``."""

    param: Var
    init: Arg
    result: Arg
    out: Var
    tested: Var | None = None


@final
@dataclass(frozen=True, eq=False, slots=True)
class Collected:
    """What comes out of a loop as a list: ``result`` of each trip."""

    result: Arg
    out: Var


@final
@dataclass(frozen=True, eq=False, slots=True)
class Stop:
    """The flag that ends a loop after a trip; ``out`` tells whether it did."""

    result: Arg
    out: Var


End = Union[Carried, Collected, Stop]


@final
@dataclass(frozen=True, eq=False, slots=True)
class For:
    walked: tuple[Walked, ...]
    carried: tuple[Carried, ...]
    stmts: tuple[Stmt, ...]
    collected: tuple[Collected, ...] = ()
    stop: Stop | None = None
    reverse: bool = False
    loc: Loc | None = None
    adjoint: bool = False
    ends: tuple[End, ...] = field(init=False)
    outs: tuple[Var, ...] = field(init=False)
    body: Block = field(init=False)

    def __post_init__(self) -> None:
        _derive(self)


@final
@dataclass(frozen=True, eq=False, slots=True)
class While:
    carried: tuple[Carried, ...]
    head: tuple[Stmt, ...]
    condition: Arg
    stmts: tuple[Stmt, ...]
    collected: tuple[Collected, ...] = ()
    stop: Stop | None = None
    loc: Loc | None = None
    adjoint: bool = False
    ends: tuple[End, ...] = field(init=False)
    outs: tuple[Var, ...] = field(init=False)
    body: Block = field(init=False)
    test: Block = field(init=False)
    walked: ClassVar[tuple[Walked, ...]] = ()
    reverse: ClassVar[bool] = False

    def __post_init__(self) -> None:
        _derive(self)
        tested = tuple(c.tested for c in self.carried if c.tested is not None)
        object.__setattr__(self, "test", Block(tested, self.head, (self.condition,)))


def _derive(loop: For | While) -> None:
    last = (loop.stop,) if loop.stop is not None else ()
    ends: tuple[End, ...] = (*loop.carried, *loop.collected, *last)
    params = (*[w.item for w in loop.walked], *[c.param for c in loop.carried])
    object.__setattr__(loop, "ends", ends)
    object.__setattr__(loop, "outs", tuple([end.out for end in ends]))
    object.__setattr__(loop, "body", Block(params, loop.stmts, tuple([end.result for end in ends])))


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
