"""From a syntax tree to IR: one abstract interpretation of the function under the facts of its arguments.

A ``Lowerer`` walks the body as Python would. Names are bound to abstract values (``values``), mutable things live in an
abstract heap, and what has to happen at run time is appended to the current block as IR. Because structure is known,
tuples, lists, dicts and objects dissolve, calls of user functions are inlined, and tests on structure disappear.

Before: ``y = x * 2; z = [x, y]; return z[1]``.  After: ``y = mul(x, 2)``, result ``y``.
"""
from __future__ import annotations

import operator
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.errors import AliasError, CallSite, InternalError, Loc, S2SADError, UnsupportedSyntax
from s2sad.facts.arguments import fact_of, of_items
from s2sad.facts.infer import infer
from s2sad.facts.tried import is_plain
from s2sad.frontend.assignment import Assignment
from s2sad.frontend.attempts import Attempts
from s2sad.frontend.attributes import Attributes
from s2sad.frontend.branches import Branches
from s2sad.frontend.calls import Calls
from s2sad.frontend.captures import Captures
from s2sad.frontend.carried import Carried
from s2sad.frontend.comprehensions import Comprehensions
from s2sad.frontend.construction import Construction
from s2sad.frontend.control import Control
from s2sad.frontend.dicts import Dicts
from s2sad.frontend.draws import Draws
from s2sad.frontend.exceptions import Exceptions
from s2sad.frontend.expressions import Expressions
from s2sad.frontend.failures import CertainError, Failures, PathEnded, is_read_only
from s2sad.frontend.generators import Generators
from s2sad.frontend.inlining import Inlining
from s2sad.frontend.iteration import Iterables
from s2sad.frontend.joins import Joins
from s2sad.frontend.kinds import Kinds
from s2sad.frontend.known import folded
from s2sad.frontend.lists import Lists
from s2sad.frontend.loops import Loops
from s2sad.frontend.matching import Matching
from s2sad.frontend.methods import Methods
from s2sad.frontend.objects import Objects
from s2sad.frontend.opaque import Opaque
from s2sad.frontend.operations import Operations
from s2sad.frontend.operators import Operators
from s2sad.frontend.outputs import Outputs
from s2sad.frontend.places import Places
from s2sad.frontend.rebuild import tuple_kind
from s2sad.frontend.sets import Sets, is_mapping
from s2sad.frontend.statements import Statements
from s2sad.frontend.values import (
    NONE,
    Atom,
    Bound,
    Broken,
    Buffer,
    Closure,
    Fields,
    Frame,
    Generator,
    Items,
    Iteration,
    Lazy,
    Method,
    Ref,
    Slice,
    Table,
    Tup,
    Unbound,
    Value,
    const,
)
from s2sad.frontend.writes import Writes
from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, Fact, Pack, Stmt, Var
from s2sad.ir.facts import RANDOM, UNKNOWN, UNSET
from s2sad.ir.inert import is_a

IMMUTABLE = ("float", "int", "bool", "complex", "scalar", "number", "real", "str", "none", "range", "function", *RANDOM)


def describe(x: Any) -> str:
    """A constant in words, without asking it."""
    if is_a(x, (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)):
        return x.__name__
    return repr(x) if is_plain(x) else f"<{type(x).__name__} object>"


class Lowerer(
    Captures, Expressions, Attributes, Draws, Operators, Comprehensions, Kinds,
    Control, Statements, Assignment, Exceptions, Failures, Matching, Branches, Joins,
    Loops, Carried, Iterables, Generators,
    Places, Writes, Lists, Sets, Dicts,
    Calls, Operations, Outputs, Inlining, Methods, Objects, Construction, Attempts, Opaque,
):
    """One lowering. ``stmts`` is the block being filled, ``heap`` the abstract heap, ``frames`` the functions
    entered."""

    def __init__(self, *, adjoint: bool = False, guards: list | None = None) -> None:
        self.stmts: list[Stmt] = []
        self.heap: dict[int, Any] = {}
        self.frames: list[Frame] = []
        self.loc: Loc | None = None
        self.adjoint = adjoint
        self.guards: list[Callable[[], bool]] = guards if guards is not None else []
        self.guarded: set[Any] = set()
        self.captured: dict[int, Value] = {}
        self.origins: dict[int, Any] = {}
        self.views: dict[Any, tuple[Arg, Arg]] = {}
        self.shapes: dict[tuple[int, ...], Arg] = {}
        self.pending: list[Value] = []
        self.scans: list[dict[Frame, dict[str, Value]]] = []
        self.outside: dict[int, str] = {}
        self.changed_outside: dict[int, Loc | None] = {}
        self.keep: list[Any] = []
        self.open_tests: list[Arg] = []
        self.tries: list[Any] = []
        self.path_tests = 0
        self.attempts = 0
        self.originals: dict[int, Arg] = {}
        self.flags: set[Arg] = set()
        self.opaque: dict[Arg, bool] = {}
        self.steady: set[Arg] = set()
        self.modules: dict[int, Frame] = {}
        self.fields_of: dict[int, Ref] = {}
        self.global_locs: dict[tuple[int, str], Loc | None] = {}
        self.contiguous: set[Any] = set()
        self.made: set[int] = set()
        self.recursive: set[Any] = set()
        self.operations: dict[Any, Any] = {}
        self.constants: dict[Any, Any] = {}
        self.unsure: dict[Any, str] = {}
        self.read_only: set[Any] = set()
        self.catches: list[type] = []
        self.exceptions: dict[Arg, type] = {}
        self.handled_errors: list[CertainError] = []
        self.tried: set[Loc] = set()
        self.written: set[int] = set()
        self.blends: dict[int, frozenset[int]] = {}
        self.blended: set[int] = set()
        self.covering: list[tuple[Any, Any]] = []
        self.loop_notes: set[str] = set()
        self.loop_floor = 1 << 60
        self.family: int | None = None
        self.unrolling = False
        self.unrollable: bool = False
        self.tuples: set[int] = set()
        self.impossible = False
        self.next_cell = 0
        self.depth = 0
        self.unrolled = 0
        self.inlined = 0

    # ---- emitting --------------------------------------------------------------------------------------------------

    def emit(self, op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...] = (),
             hint: str = "") -> Value:
        """Append ``op(*args, **kwargs)`` and return its result as a value."""
        result = infer(op, args, kwargs)
        if result.impossible:
            self.impossible = True
            self.check_possible(op, args, kwargs)
        if result.structure is not None and len(result.facts) == 1:  # a list or tuple of one item
            whole = Var(hint or "t", Fact("list", item=result.facts[0]) if result.structure is list else Fact(
                "tuple", parts=result.facts))
            self.append_call((whole,), op, args, kwargs)
            item = self.emit(operator.getitem, (whole, Const(0)), hint=hint)
            return self.new_list((item,)) if result.structure is list else Tup((item,), result.structure)
        names = [hint or "t"] if result.structure is None else [f"{hint or 't'}{k + 1}"
                                                                for k in range(len(result.facts))]
        outs = tuple(Var(name, fact) for name, fact in zip(names, result.facts))
        self.append_call(outs, op, args, kwargs)
        values = tuple(self.wrap(v) for v in outs)
        if len(values) == 1 and isinstance(values[0], Ref) and self.makes_contiguous(op, args, kwargs, outs[0].fact):
            self.contiguous.add(outs[0])
            self.heap[values[0].cell] = replace(self.heap[values[0].cell], contiguous=True)
        if not ops.of(op).may_view and self.is_operation(op):
            self.made.update(v.cell for v in values if isinstance(v, Ref))
        if result.structure is None:
            return values[0]
        return self.new_list(values) if result.structure is list else Tup(values, result.structure)

    def makes_contiguous(self, op: Callable, args: tuple[Arg, ...], kwargs: tuple, fact: Fact) -> bool:
        """Whether the result is certainly a new array in C order."""
        if not fact.is_array or any(k in ("order", "out", "where", "like", "axis") for k, _ in kwargs):
            return False
        known = ops.of(op)
        if known.order_c == "always" or (known.order_c and all(map(_is_no_array, args))):
            return True
        elementwise = isinstance(known.canonical, np.ufunc) and not known.updates
        given = [a for a in args if fact_of(a).is_array]
        return elementwise and (fact.ndim == 1 or all(a in self.contiguous for a in given)) and all(
            fact_of(a).is_array or fact_of(a).is_scalar for a in args)

    def append_call(self, outs: tuple[Var, ...], op: Callable, args: tuple[Arg, ...], kwargs: tuple = ()) -> None:
        """Append a call whose results are given."""
        self.stmts.append(Call(outs, op, args, kwargs, self.loc, self.adjoint))
        if self.tries and self.loc is not None:
            self.tried.add(self.loc)
        if ops.of(op).read_only and is_read_only(op, args, kwargs):
            self.read_only.update(outs)
        self.note_steady(outs, args, kwargs)
        if op is operator.getitem and args[0] in self.opaque and outs[0].fact.kind == "unknown":
            self.opaque[outs[0]] = self.opaque[args[0]]
        if (known := folded(self.constants, op, args, kwargs)) is not None:
            self.constants[outs[0]] = known

    def emit_call(self, op: Callable, args: tuple[Arg, ...], kwargs: tuple, out: Var) -> Var:
        """Append a call with one result, which is given."""
        self.append_call((out,), op, args, kwargs)
        return out

    def emit_arg(self, op: Callable, *args: Arg, hint: str = "", **kwargs: Arg) -> Arg:
        """``emit`` for one plain result, as an IR argument."""
        return self.reify(self.emit(op, args, tuple(kwargs.items()), hint=hint))

    def wrap(self, arg: Arg) -> Value:
        """An IR argument as a value: numbers as atoms, what may be changed as a new cell."""
        fact = fact_of(arg)
        if fact.kind in IMMUTABLE or fact.is_optional or fact.value is not UNSET or fact.kind in ("tuple", "object"):
            return Atom(arg, fact)
        return self.new_ref(Buffer(arg, fact))

    def new_ref(self, cell: Any) -> Ref:
        """A reference to a new cell."""
        self.next_cell += 1
        self.heap[self.next_cell] = cell
        return Ref(self.next_cell, (), cell.fact if isinstance(cell, Buffer) else Fact())

    def outer_ref(self, cell: Any) -> Ref:
        """A reference to a new cell for something that exists outside the function, so on every path."""
        ref = self.new_ref(cell)
        self.origins[ref.cell] = cell
        return ref

    def new_list(self, values: tuple[Value, ...]) -> Ref:
        """A list of known structure."""
        return self.new_ref(Items(tuple(values)))

    # ---- values to arguments ---------------------------------------------------------------------------------------

    def reify(self, value: Value, hint: str = "") -> Arg:
        """The IR argument that a value is now: views are read, known containers become Packs."""
        match value:
            case Atom():
                return value.arg
            case Ref():
                return self.read(value, hint)
            case Tup():
                return self.reify_tuple(value)
            case Slice():
                return Pack("slice", tuple(self.reify(p) for p in value.parts))
            case Iteration(kind="range"):
                return self.reify(value.extra)
            case Bound(args=args) if isinstance(value.function, Atom) and len(args) == 1 and not value.kwargs:
                raise self.unsupported(f"the bound method {value.function.value!r} used as a value",
                                       "call it, or pass a lambda")
            case Unbound():
                raise self.unbound(value)
            case Generator() | Lazy():
                raise self.unsupported(f"{self.describe(value)} handed to code that is not inlined, or returned",
                                       "make it a list: `list(…)`", code="S2S011")
            case Closure() | Bound() | Method() | Iteration():
                raise self.unsupported(f"{self.describe(value)} handed to code that is not inlined",
                                       "call it here and pass the result", code="S2S011")
        raise InternalError("S2S900", f"no IR form for {value!r}", self.loc)

    def reify_tuple(self, value: Tup) -> Arg:
        args = tuple(self.reify(v) for v in value.items)
        whole = self.shapes.get(tuple(id(a) for a in args)) if args else None
        if whole is not None:
            return whole
        return Pack(tuple_kind(value.cls, len(args)), args)

    def fact(self, value: Value) -> Fact:
        """What is known of a value, without emitting anything."""
        match value:
            case Atom():
                return value.fact
            case Ref():
                if value.path:
                    return value.fact
                cell = self.heap[value.cell]
                if isinstance(cell, Buffer):
                    return cell.fact
                if isinstance(cell, Items) or is_mapping(cell):
                    return Fact("list" if isinstance(cell, Items) else "dict", item=UNKNOWN if cell.values else None)
                return Fact("object")
            case Tup():
                return of_items(tuple(map(self.fact, value.items)))
            case Closure() | Bound() | Method():
                return Fact("function")
        return Fact()

    def describe(self, value: Value) -> str:
        """A value in words, for error texts."""
        match value:
            case Atom() if value.is_static:
                return f"`{describe(value.value)}`"
            case Closure():
                return f"the function `{getattr(value.node, 'name', '<lambda>')}`"
            case Bound():
                return "a method"
            case Method(name=name):
                return f"the method `.{name}`"
            case Tup():
                return "a tuple"
            case Iteration(kind=kind):
                return f"a `{kind}`"
            case Generator():
                return "a generator"
            case Lazy(fn=fn):
                return f"a `{fn.__name__}` iterator"
        kind = self.fact(value).kind
        return f"a value of kind {kind}" if kind != "unknown" else "a value whose kind is not known"

    # ---- state -----------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def all_frames(self) -> list[Frame]:
        """Every frame whose variables may change: those entered, and those of closures."""
        found = dict.fromkeys((*self.modules.values(), *self.frames))
        for frame in list(found):
            parent = frame.parent
            while parent is not None and parent not in found:
                found[parent] = None
                parent = parent.parent
        return list(found)

    def snapshot(self) -> tuple:
        return dict(self.heap), {f: dict(f.env) for f in self.all_frames()}, dict(self.views)

    def restore(self, state: tuple) -> None:
        heap, envs, views = state
        self.heap, self.views = {**self.origins, **heap}, dict(views)
        for frame, env in envs.items():
            frame.env = dict(env)

    @contextmanager
    def block(self) -> Iterator[list[Stmt]]:
        """Fill a new block instead of the current one, which gets the statements if the path ends in the block."""
        outer, self.stmts = self.stmts, []
        try:
            yield self.stmts
        except PathEnded:
            outer += self.stmts
            raise
        finally:
            self.stmts = outer

    # ---- errors ----------------------------------------------------------------------------------------------------

    def at(self, node: Any) -> Loc | None:
        """The place of a node in the user's source."""
        source = self.frame.source
        if source is None or source.ours or not hasattr(node, "lineno"):
            return self.loc
        site = self.entered_at()
        return source.loc(node) if site is None else replace(source.loc(node), site=site)

    def entered_at(self) -> CallSite | None:
        """The call of the function whose body is lowered; a frame that a generator goes back to is where it was."""
        k = len(self.frames) - 1
        while k >= 0:
            k = self.frames.index(self.frames[k])
            if self.frames[k].site is not None:
                return self.frames[k].site
            k -= 1
        return None

    def unsupported(self, what: str, hint: str = "", code: str = "S2S001", node: Any = None,
                    why: str = "") -> S2SADError:
        return UnsupportedSyntax(code, what, self.at(node) if node is not None else self.loc, why, hint)

    def check_inside(self, cell: int) -> None:
        """Refuse to change a global: a derivative call changes nothing outside. A list or dict of known structure must
        be at the end what it was."""
        if cell in self.outside and isinstance(self.heap.get(cell), (Items, Table)):
            self.changed_outside.setdefault(cell, self.loc)
        elif cell in self.outside:
            raise self.changes_global(cell, self.loc)

    def changes_global(self, cell: int, loc: Loc | None) -> S2SADError:
        """The error for something outside that has another value at the end."""
        label = self.outside[cell]
        return UnsupportedSyntax("S2S009", f"this changes the global `{label}`; a derivative call is pure", loc,
                                 hint=f"work on a copy, or pass `{label}` as an argument")

    def alias_error(self, message: str,
                    hint: str = "write to a copy: `b = b.copy()` before the first write") -> S2SADError:
        return AliasError("S2S004", message, self.loc, hint=hint)


def _is_no_array(arg: Arg) -> bool:
    """Whether an argument is certainly no array: a number, a list, a dtype."""
    fact = fact_of(arg)
    return isinstance(arg, Const) or fact.is_scalar or fact.kind in ("list", "tuple")


def finish(result: Value, lowerer: Lowerer) -> Arg:
    """The function's result as one IR argument, lists and dicts of known structure included."""
    return lowerer.reify(result)


__all__ = ["Block", "Broken", "Const", "Fields", "Lowerer", "NONE", "Table", "UNDEFINED", "const", "finish", "runtime"]
