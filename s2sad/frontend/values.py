"""What a Python expression is while a function is being lowered.

Numbers and other immutable things are ``Atom``s: an IR argument. Everything that can be changed lives in a *cell* of an
abstract heap and is referred to by ``Ref(cell, path)``; two names for one array are two equal ``Ref``s, so aliasing is
exact. A ``path`` is a chain of views (``A[i]``, ``A.T``): reading goes through it from the *newest* version of the
root.

What a cell holds:

* ``Buffer(arg)``   an array, or a list whose length is known only at run time: the newest IR version of it;
  ``alias`` are cells that may be the same memory, ``holds`` cells that a list may refer to; cells of one ``family``
  (what one loop carries under different names, disjoint at the start and at the end of its body) share nothing with
  each other; of a ``contiguous`` array (in C order) ``reshape`` and ``ravel`` are certainly views
* ``Items(values)`` a list whose structure is known; it dissolves, no list exists in the IR; ``unmade``: the
loop or branch
  that makes it may not have run
* ``Table(keys, values)`` a dict with known keys
* ``Fields(cls, names, values)`` an instance
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from s2sad.errors import CallSite
from s2sad.ir import Arg, Const, Pack, Var
from s2sad.ir.facts import UNKNOWN, UNSET, Fact, constant


class Inside:
    """An object that says itself what a call of it means while a function is lowered. Objects of others have it, or a
    function that is called in their place, as the attribute ``__s2sad_inside__``."""

    @property
    def __s2sad_inside__(self) -> Any:
        return self

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Atom:
    """An immutable value: an IR argument."""

    arg: Arg
    fact: Fact = UNKNOWN

    @property
    def is_static(self) -> bool:
        return self.fact.value is not UNSET

    @property
    def value(self) -> Any:
        return self.fact.value


REPEATED = -1
"""Among the cells that a list holds: it may hold one item more than once."""


@dataclass(frozen=True, slots=True)
class Step:
    """One view: ``op(base, *args)`` (``op`` is ``operator.getitem``, ``np.transpose``, …)."""

    op: Callable
    args: tuple[Arg, ...] = ()
    kwargs: tuple[tuple[str, Arg], ...] = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a cell, through a chain of views."""

    cell: int
    path: tuple[Step, ...] = ()
    fact: Fact = UNKNOWN


@dataclass(frozen=True, slots=True)
class Tup:
    """A tuple of known length (``cls``: a class of the user's; ``more``: attributes that are not among its items)."""

    items: tuple[Value, ...]
    cls: Any = tuple
    more: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice object; the parts are values."""

    parts: tuple[Value, Value, Value]


@dataclass(frozen=True, slots=True)
class Closure:
    """A function defined inside the lowered function; ``frame`` holds its variables."""

    node: Any
    source: Any
    frame: Any
    defaults: tuple[Value, ...] = ()
    kw_defaults: tuple[Any, ...] = ()
    qualname: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A method: a function with its first arguments."""

    function: Value
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a builtin container or array, by name."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True)
class Iteration:
    """Something to iterate over: ``length`` positions (an IR argument), item k by ``item(k)``.

    ``positions``: the sequence the loop really walks (usually ``range(n)``), ``static``: the items if they are
    known."""

    kind: str
    parts: tuple[Value, ...] = ()
    static: tuple[Value, ...] | None = None
    extra: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Generator:
    """A call of a function with ``yield``, of which nothing has run yet; ``env`` are its parameters.

    ``display``: the generator expression that it is, if it is one; ``manager``: it is a context manager."""

    fn: Closure
    env: dict[str, Value]
    called: str = ""
    display: Any = None
    manager: bool = False

    @property
    def parts(self) -> tuple[Value, ...]:
        return (self.fn, *self.env.values())


@dataclass(frozen=True, slots=True, eq=False)
class Lazy:
    """An iterator of the standard library, of which nothing has been read yet: ``fn(*args, **kwargs)``."""

    fn: Callable
    args: tuple[Value, ...]
    kwargs: Kwargs = ()

    @property
    def parts(self) -> tuple[Value, ...]:
        return (*self.args, *(v for _, v in self.kwargs))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two functions, chosen by a test at run time."""

    test: Atom
    then: Value
    orelse: Value


@dataclass(frozen=True, slots=True)
class Super:
    """``super()`` in a method of ``cls``."""

    owner: Value
    cls: type


@dataclass(frozen=True, slots=True)
class Unbound:
    """A name that has no value, and why reading it is an error; ``error``: the exception, if it is not about a name."""

    reason: str = ""
    code: str = "S2S014"
    error: BaseException | None = None


Value = (Atom | Ref | Tup | Slice | Closure | Bound | Method | Iteration | Generator | Lazy | Choice | Super
         | Unbound)


@dataclass(frozen=True, slots=True)
class Buffer:
    arg: Arg
    fact: Fact = UNKNOWN
    alias: frozenset[int] = frozenset()
    holds: frozenset[int] = frozenset()
    family: int | None = None
    contiguous: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    values: tuple[Value, ...]
    unmade: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    keys: tuple[Any, ...]
    values: tuple[Value, ...]
    cls: Any = dict


@dataclass(frozen=True, slots=True)
class Default:
    """The class of a ``Table`` that is a ``defaultdict``."""

    factory: Value


@dataclass(frozen=True, slots=True)
class Fields:
    cls: Any
    names: tuple[str, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose contents are not known after a join; using it is an error."""

    reason: str


Cell = Buffer | Items | Table | Fields | Broken


@dataclass(eq=False, slots=True)
class Frame:
    """The variables of one function being lowered. ``env`` maps names to values; the names with a ``$`` are control
    flags: ``$skip`` (the rest of this body does not run), ``$stop`` (the loop ends), ``$ret`` (the function returns),
    ``$val`` (what it returns), ``$dead`` (an exception is certain). ``site`` is the call of the function, None of the
    outermost. Of a generator, ``consumer`` reads its items; while a frame reads a generator, the names ``awaited`` may
    be read afterwards (None: any)."""

    env: dict[str, Value]
    source: Any = None
    globals: dict[str, Any] = field(default_factory=dict)
    closure: dict[str, Any] = field(default_factory=dict)
    parent: Frame | None = None
    local_names: frozenset[str] = frozenset()
    nonlocals: frozenset[str] = frozenset()
    always_live: frozenset[str] = frozenset()
    name: str = ""
    live: frozenset[str] = frozenset()
    stmt_reads: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    site: CallSite | None = None
    consumer: Consumer | None = None
    awaited: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who reads a generator that runs: ``take(item)`` lowers what ``frame`` does with an item and says whether it reads
    no more; ``nodes`` are the statements of it. Handlers further out than ``tries`` see its exceptions, all of them if
    None."""

    frame: Frame
    take: Callable[[Value], Value]
    nodes: tuple[Any, ...] = ()
    tries: int | None = None


def const(x: Any, name: str | None = None) -> Atom:
    """A compile-time constant."""
    fact = constant(x)
    if fact.value is UNSET and fact.kind not in ("float", "int", "bool", "complex", "array", "scalar"):
        fact = Fact(fact.kind, fact.dtype, fact.dims, x)
    return Atom(Const(x, name), fact)


NONE, TRUE, FALSE = const(None), const(True), const(False)


def static(value: Value) -> Any:
    """The compile-time constant that a value is, or UNSET."""
    return value.fact.value if type(value) is Atom else UNSET


def unset_in(values: Iterable[Any]) -> bool:
    """Whether one of some values is not known now; nothing is compared."""
    return any(v is UNSET for v in values)


def pack(kind: Any, items: tuple[Arg, ...], keys: tuple[Any, ...] = ()) -> Arg:
    return Pack(kind, items, keys)


def is_var(arg: Arg) -> bool:
    return type(arg) is Var


Kwargs = tuple[tuple[str, Value], ...]
"""Keyword arguments of a call."""
