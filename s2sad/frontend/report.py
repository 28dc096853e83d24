"""All problems of a function in one report.

Only a function that was refused gets here. It is lowered a second time by a ``Collecting`` lowerer, whose result is the
report and never code: a refused statement is noted and skipped, and what it may have assigned or changed counts as
already reported, so whatever touches that is skipped silently and nobody reads the consequences of an earlier problem.

Before: ``a = eval("x")``, ``b = sin(a)``, ``class C: ...``.  After: ``eval`` and ``class``; ``b`` is silent.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gast

from s2sad.errors import Loc, S2SADError
from s2sad.frontend.failures import CertainError, PathEnded, PathRaised
from s2sad.frontend.inlining import RunTimeRecursion
from s2sad.frontend.liveness import stores_of
from s2sad.frontend.lower import Lowerer
from s2sad.frontend.statements import GlobalWritten
from s2sad.frontend.values import TRUE, Broken, Buffer, Frame, Iteration, Kwargs, Ref, Unbound, Value

FINAL = ("S2S012", "S2S900")
BY_UNROLLING = ("S2S010", "S2S011")
SHARED_MEMORY = ("S2S004", "S2S009")


class Abandoned(Exception):
    """A statement that touches what an earlier problem left unknown."""


class FunctionAbandoned(Exception):
    """Where this function goes on is not known: a refused statement has a way out of it."""


class EndOfReport(Exception):
    """A problem after which nothing more can be said."""


PASSING = (FunctionAbandoned, EndOfReport, GlobalWritten, RunTimeRecursion, PathEnded, PathRaised, CertainError)


def further_problems(first: S2SADError, lower: Callable[[Callable[[], Collecting]], Any]) -> list[S2SADError]:
    """The problems of a function besides its first, in the order of the source.

    Parameters
    ----------
    first : S2SADError
        What the function was refused for.
    lower : callable
        Lowers the function with the lowerers that it is given the maker of.

    Returns
    -------
    list of S2SADError
        Empty if the first problem is not found again: then nothing that was found can be relied on.
    """
    if first.code in FINAL:
        return []
    made = [Collecting()]

    def make() -> Collecting:
        made.append(Collecting())
        return made[-1]

    try:
        lower(make)
    except Exception:  # the function is refused already: how the search for more ends is no news
        pass
    problems = made[-1].problems
    keys = [_key(e) for e in problems]
    if _key(first) not in keys:
        return []
    rest = [e for e, key in zip(problems, keys) if key != _key(first)]
    return sorted(rest, key=_position)


def _key(error: S2SADError) -> tuple:
    """Problems with one key are one problem: a helper that is called twice, a name without value that is read twice."""
    return (None if error.code == "S2S014" else error.loc, error.code, error.message)


def _position(error: S2SADError) -> list[tuple[int, int]]:
    places: tuple[Loc, ...] = () if error.loc is None else (*error.loc.calls(), error.loc)
    return [(loc.line, loc.col) for loc in places]


def _has_exit(stmt: Any, in_loop: bool = False) -> bool:
    """Whether a statement has a way out of the statements around it."""
    if isinstance(stmt, (gast.Return, gast.Raise)):
        return True
    if isinstance(stmt, (gast.Break, gast.Continue)):
        return not in_loop
    if isinstance(stmt, (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef, gast.Lambda)):
        return False
    inside = in_loop or isinstance(stmt, (gast.For, gast.While))
    return any(_has_exit(child, inside) for child in gast.iter_child_nodes(stmt))


def _changed_roots(stmt: Any) -> set[str]:
    """Names through which a statement may change an object: what is assigned into, and what a call is given."""
    found: set[str] = set()
    for node in gast.walk(stmt):
        parts = [node.func, *node.args, *(k.value for k in node.keywords)] if isinstance(node, gast.Call) else []
        if isinstance(node, (gast.Subscript, gast.Attribute)) and isinstance(node.ctx, (gast.Store, gast.Del)):
            parts.append(node)
        found |= {n.id for p in parts for n in gast.walk(p) if isinstance(n, gast.Name)}
    return found


class Collecting(Lowerer):
    """A lowerer that goes on after a refused statement. ``broken`` are the names of which nothing more is said; a name
    stays broken, whichever way the statements are reached."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[S2SADError] = []
        self.broken: set[tuple[Frame, str]] = set()
        self.refusals = 0
        self.curable = 0

    # ---- statements ------------------------------------------------------------------------------------------------

    def statement(self, stmt: Any, rest: list[Any], live_out: frozenset[str]) -> bool:
        if self.attempts or self.tries:
            return super().statement(stmt, rest, live_out)
        state, refusals = self.mark(), self.refusals
        error: S2SADError | None = None
        try:
            return super().statement(stmt, rest, live_out)
        except PASSING:
            raise
        except S2SADError as found:
            error = found
        except Exception:  # abandoned, or a consequence of what is not known
            pass
        if error is not None and error.code in FINAL:
            raise EndOfReport
        if error is not None and refusals == self.refusals and not (self.curable and error.code in BY_UNROLLING):
            self.problems += [e for e in error.problems if _key(e) not in map(_key, self.problems)]
        self.refusals += 1
        changed = self.changes(state)
        self.reset(state)
        self.breaks(stmt, changed, error is not None and error.code in SHARED_MEMORY)
        self.leave(stmt)
        return False

    def leave(self, stmt: Any) -> None:
        """The way out that a refused statement takes."""
        env = self.frames[-1].env
        if isinstance(stmt, gast.Return):
            env["$skip"] = env["$stop"] = env["$ret"] = TRUE
        elif isinstance(stmt, gast.Raise):
            env["$skip"] = env["$dead"] = TRUE
        elif _has_exit(stmt):
            raise FunctionAbandoned

    # ---- what is not known any more --------------------------------------------------------------------------------

    def changes(self, state: tuple) -> tuple[set[tuple[Frame, str]], set[int]]:
        """Names and cells that are not what they were in a state; the elements of an array do not matter."""
        heap, envs, _ = state[0]
        names = {(f, n) for f, env in envs.items() for n in {*env, *f.env} if env.get(n) != f.env.get(n)}
        cells = {c for c, old in heap.items() if (new := self.heap.get(c)) is not old and not (
            isinstance(old, Buffer) and isinstance(new, Buffer) and old.fact.is_array)}
        return names, cells

    def breaks(self, stmt: Any, changed: tuple[set[tuple[Frame, str]], set[int]], arrays: bool) -> None:
        """What a refused statement assigns, changed before it was refused, or may change, is not known any more."""
        names, cells = changed
        chain = self.around()
        self.broken |= names | {(f, n) for n in stores_of([stmt]) for f in chain}
        roots = _changed_roots(stmt)
        if any(isinstance(n, gast.Call) for n in gast.walk(stmt)):  # it may be of a function nested in this one
            for f in chain:
                roots |= f.always_live
                self.broken |= {(g, n) for n in self.nonlocals_of(f) for g in chain}
        for f in chain:
            for n, value in f.env.items():
                if isinstance(value, Unbound) or any(isinstance(self.heap.get(c), Broken) for c in self.reach(value)):
                    self.broken.add((f, n))
                elif n in roots:
                    cells |= {c for c in self.reach(value) if arrays or not self.is_plain_array(c)}
        for c in list(cells) if arrays else ():
            cells |= getattr(self.heap.get(c), "alias", frozenset())
        for f in self.all_frames():
            self.broken |= {(f, n) for n, v in f.env.items() if n[0] != "$" and not cells.isdisjoint(self.reach(v))}

    def around(self) -> list[Frame]:
        """The frames in which a name of the current statement may live."""
        found: list[Frame] = []
        frame: Frame | None = self.frames[-1]
        while frame is not None:
            found.append(frame)
            frame = frame.parent
        return [*found, *self.modules.values()]

    def nonlocals_of(self, frame: Frame) -> Iterator[str]:
        """Names that functions written inside a function assign as ``nonlocal``."""
        node = getattr(frame.source, "node", None)
        for n in () if node is None else gast.walk(node):
            if isinstance(n, (gast.Nonlocal, gast.Global)):
                yield from n.names

    def is_plain_array(self, cell: int) -> bool:
        state = self.heap.get(cell)
        return isinstance(state, Buffer) and state.fact.is_array

    def reach(self, value: Value) -> set[int]:
        """The cells that a value refers to, through containers too."""
        found: set[int] = set()
        todo: list[Any] = [value]
        while todo:
            v = todo.pop()
            if isinstance(v, Ref) and v.cell not in found:
                found.add(v.cell)
                state = self.heap.get(v.cell)
                todo.extend(getattr(state, "values", ()))
                todo.extend(Ref(c) for c in getattr(state, "holds", ()))
            for part in ("items", "parts", "args", "static", "defaults"):
                todo.extend(getattr(v, part, None) or () if not isinstance(v, Ref) else ())
            todo.extend(w for part in ("owner", "function", "then", "orelse") if (w := getattr(v, part, None)))
        return found

    def lookup(self, name: str) -> Value:
        frame: Frame | None = self.frames[-1]
        while frame is not None:
            if (frame, name) in self.broken:
                raise Abandoned(name)
            if name in frame.env or name in frame.local_names:
                break
            frame = frame.parent
        else:
            if any((f, name) in self.broken for f in self.modules.values()):
                raise Abandoned(name)
        return super().lookup(name)

    # ---- functions, and what is tried -----------------------------------------------------------------------------

    def inline(self, fn: Any, args: tuple[Value, ...], kwargs: Kwargs, called: str = "") -> Value:
        refusals = self.refusals
        try:
            result = super().inline(fn, args, kwargs, called)
        except FunctionAbandoned:
            raise Abandoned from None
        if self.refusals != refusals:
            raise Abandoned
        return result

    def arm(self, run: Callable[[], None]) -> None:
        """An arm that may raise at run time instead: if it is refused, that is no problem of its own."""
        if self.in_a_package():
            arm = super().arm
            self.attempt(lambda: arm(run))
        else:
            run()

    def scan_or_unroll(self, iterable: Iteration, scan: Callable[[], None],
                       unroll: Callable[[tuple[Value, ...]], None]) -> None:
        """A loop that may be unrolled: if both ways are refused, its problems are those that unrolling cannot cure."""
        loop = super().scan_or_unroll
        if self.attempts or self.static_trips(iterable) is None:
            return loop(iterable, scan, unroll)
        state = self.mark()
        try:
            return self.attempt(lambda: loop(iterable, scan, unroll))
        except PASSING:
            raise
        except Exception:  # looked at again, one statement at a time
            self.reset(state)
        self.curable += 1
        try:
            scan()
        finally:
            self.curable -= 1

    def failing(self, error: BaseException, what: str = "", hint: str = "", code: str = "S2S011",
                node: Any = None) -> Exception:
        """What certainly raises an exception is a problem too, if the function is refused anyway."""
        self.certain_error(error)
        return self.unsupported(what or f"this raises {type(error).__name__}: {error}", hint, code, node)

    def check_globals(self) -> None:
        """Every global that is changed is a problem."""
        self.problems += self.changed_globals()
