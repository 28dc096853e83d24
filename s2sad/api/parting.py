"""Where two runs part: what the trace of a function computes beside the function itself, statement by statement.

The user's function runs under a tracing function that keeps, after each statement, what the names hold that the
statement binds in the trace; the trace runs with the reference meaning of its operations. The first statement, in the
order of the user's run, after which a name does not hold the same is where the two part.

    >>> difference(2.0, 3.0, exact=True)
    'it gives 3.0, and the function 2.0'
"""
from __future__ import annotations

import ast
import linecache
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from s2sad import runtime
from s2sad.errors import Loc
from s2sad.ir import Block, Call, Function, Var
from s2sad.ir.interpret import interpret
from s2sad.ir.walk import statements

ROUNDING = 1e-9
"""So much a value may differ, relative to its largest element: another order of additions in a library."""
LIMIT = 20_000
"""So many values of a run are kept."""

Key = tuple[str, int, str]
"""The file, the first line of a statement, and a name that it binds."""


class Parting(NamedTuple):
    """The first statement after which a name does not hold what it should; ``text`` says what it holds."""

    loc: Loc
    text: str


class _Full(Exception):
    """As many values are kept as may be."""


def parting(fn: Function, call: Callable[[], Any], args: tuple) -> Parting | None:
    """Where the trace of a function and the function part.

    Parameters
    ----------
    fn : Function
        The trace. It has no effects that a second run would show.
    call : callable
        Calls the user's function.
    args : tuple
        The arguments of the trace, which are not changed.

    Returns
    -------
    Parting or None
        None if every name holds the same after every statement, as far as the two can be compared.
    """
    bound = dict(_bound(fn.body))
    made = _run_of_trace(fn, args, bound)
    seen, changed = _run_of_function(call, bound)
    counts, places = Counter(key for key, _ in seen), dict(bound.values())
    times = {key: n for (key, _), n in Counter((key, loc.calls()) for key, loc in bound.values()).items()}
    at: Counter[Key] = Counter()
    for key, value in seen:
        k = at[key]
        at[key] += 1
        if times[key] > 1 and counts[key] != len(made.get(key, ())):  # bound more than once by one statement
            if times[key] * counts[key] != len(made.get(key, ())):
                continue
            k = times[key] * (k + 1) - 1
        if k >= len(made.get(key, ())):
            return Parting(places[key], f"the function gets to `{key[2]}` here, and what was built does not")
        told = difference(value, made[key][k], exact=False)
        if told is not None:
            return Parting(places[key], f"`{key[2]}`: {told}")
    return next((Parting(loc, f"`{name}`: the function changes it, and what was built does not")
                 for loc, name in changed), None)


def _bound(block: Block) -> Iterator[tuple[Var, tuple[Key, Loc]]]:
    """The variables that calls bind, with the statement of the user's that does so."""
    for stmt in statements(block):
        if isinstance(stmt, Call):
            if isinstance(stmt.op, Function):
                yield from _bound(stmt.op.body)
            for out in stmt.outs:
                if stmt.loc is not None and _binds(stmt.loc.text, out.name):
                    yield out, ((stmt.loc.file, stmt.loc.line, out.name), stmt.loc)


@lru_cache(maxsize=1000)
def _binds(text: str, name: str) -> bool:
    """Whether a statement may bind a name or write to what it holds: not where it only reads it. An intermediate value
    may bear the same name.

    >>> _binds("y[k], z = z, n", "y"), _binds("y[k], z = z, n", "n"), _binds("view[0] = 1.0", "y")
    (True, False, True)
    """
    try:
        nodes = list(ast.walk(ast.parse(text + " pass" if text.endswith(":") else text)))
    except SyntaxError:
        return True
    inner = [n.value for n in nodes if isinstance(n, (ast.Subscript, ast.Attribute))]
    read = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n not in inner}
    written = {n.id for n in nodes if isinstance(n, ast.Name) and (n in inner or isinstance(n.ctx, ast.Store))}
    return name in written or name not in read


def _run_of_trace(fn: Function, args: tuple, bound: dict[Var, tuple[Key, Loc]]) -> dict[Key, list[Any]]:
    """What the trace binds to each name at each statement, in order; up to where it raises."""
    made: dict[Key, list[Any]] = {}
    kept = 0

    def observe(var: Var, value: Any) -> None:
        nonlocal kept
        if var in bound:
            made.setdefault(bound[var][0], []).append(value)
            kept += 1
            if kept > LIMIT:
                raise _Full
    try:
        interpret(fn, *args, observe=observe)
    except Exception:
        return made
    return made


def _run_of_function(call: Callable[[], Any], bound: dict[Var, tuple[Key, Loc]]
                     ) -> tuple[list[tuple[Key, Any]], list[tuple[Loc, str]]]:
    """What the names hold after each statement of the user's run; and arrays that a statement changes which does not
    bind them in the trace."""
    watch = _Watch(list(bound.values()))
    before = sys.gettrace()
    sys.settrace(watch.enter)
    try:
        call()
    except Exception:  # the function has given its value once: it is the tracing that it does not take
        return [], []
    finally:
        sys.settrace(before)
    return watch.seen, watch.changed


class _Watch:
    """Keeps what names hold after the statements that bind them."""

    def __init__(self, bound: list[tuple[Key, Loc]]) -> None:
        self.seen: list[tuple[Key, Any]] = []
        self.changed: list[tuple[Loc, str]] = []
        self.names: dict[tuple[str, int], set[str]] = {}
        self.of: dict[tuple[str, int], Loc] = {}
        for key, loc in sorted(bound, key=lambda item: item[1].line - item[1].end_line):  # the innermost last
            self.names.setdefault(key[:2], set()).add(key[2])
            for line in range(loc.line, (loc.end_line or loc.line) + 1):
                self.of[loc.file, line] = loc
        self.files = {loc.file for _, loc in bound}
        self.everywhere = {key[2] for key, _ in bound}
        self.now: dict[FrameType, Loc] = {}
        self.arrays: dict[FrameType, dict[str, tuple[Any, np.ndarray]]] = {}

    def enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        """What Python asks at each call: whether its lines are to be seen."""
        code = frame.f_code
        if code.co_filename not in self.files or code.co_name.startswith("<") or len(self.seen) > LIMIT:
            return None  # of another file, or of a part of a statement
        return self.step

    def step(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            loc = self.of.get((frame.f_code.co_filename, frame.f_lineno)) or _line(frame)
            if frame.f_lineno == loc.line or loc is not self.now.get(frame):
                self.leave(frame)
                self.now[frame] = loc
        elif event == "return":
            self.leave(frame)
            self.now.pop(frame, None)
            self.arrays.pop(frame, None)
        elif event == "exception":
            self.now.pop(frame, None)
        return self.step

    def leave(self, frame: FrameType) -> None:
        """Keep what the statement has bound that has just ended."""
        loc = self.now.get(frame)
        if loc is None or len(self.seen) > LIMIT:
            return
        held, names = dict(frame.f_locals), self.names.get((loc.file, loc.line), set())
        self.seen += [((loc.file, loc.line, name), _as_it_is(held[name])) for name in sorted(names & held.keys())]
        arrays = self.arrays.setdefault(frame, {})
        for name in sorted(self.everywhere & held.keys()):
            value = held[name]
            if isinstance(value, np.ndarray):
                array, before = arrays.get(name, (None, value))
                if name not in names and array is value and difference(value, before, exact=True) is not None:
                    self.changed.append((loc, name))
                arrays[name] = value, value.copy()


def _line(frame: FrameType) -> Loc:
    """The line that a frame is about to run, of which the trace has nothing."""
    file, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, line).rstrip()
    return Loc(file, line, len(text) - len(text.lstrip()), line, len(text), text)


def _as_it_is(value: Any) -> Any:
    """A copy of what can be compared; the object itself is of no use where it may change later."""
    try:
        return runtime.copy(value)
    except Exception:
        return None


def difference(value: Any, found: Any, exact: bool) -> str | None:
    """What tells two values apart, None if nothing does."""
    if isinstance(found, Exception):
        return f"it raises {type(found).__name__}: {found}, and the function does not"
    if isinstance(value, (list, tuple)):
        if type(found) is not type(value) or len(found) != len(value):
            return _not(found, value)
        parts = [difference(v, f, exact) for v, f in zip(value, found)]
        return next((p for p in parts if p is not None), None)
    if isinstance(value, dict):
        if not isinstance(found, dict) or list(found) != list(value):
            return _not(found, value)
        parts = [difference(v, found[k], exact) for k, v in value.items()]
        return next((p for p in parts if p is not None), None)
    if value is None and found is not None:
        return _not(found, value)
    if not isinstance(value, (float, complex, int, np.ndarray, np.generic)):
        return None
    if type(found) is not type(value) and not (exact or _is_number(found) and _is_number(value)):
        return _not(found, value)
    a, b = np.asarray(value), np.asarray(found)
    if a.shape != b.shape or (a.dtype != b.dtype and exact) or a.dtype.hasobject:
        return None if a.dtype.hasobject else _not(found, value)
    if a.dtype.kind not in "fc" or exact:
        return None if np.array_equal(a, b, equal_nan=a.dtype.kind in "fc") else _not(found, value)
    size = np.max(np.abs(a[np.isfinite(a)]), initial=0.0)
    rounding = max(ROUNDING, 1e3 * float(np.finfo(a.dtype).eps))
    return None if np.allclose(b, a, rtol=0.0, atol=float(rounding * size), equal_nan=True) else _not(found, value)


def _is_number(x: Any) -> bool:
    return isinstance(x, (float, complex, int, np.generic))


def _not(found: Any, value: Any) -> str:
    return f"it gives {_brief(found)}, and the function {_brief(value)}"


def _brief(x: Any) -> str:
    """A value in a few words: never the whole of an object."""
    if isinstance(x, np.ndarray) and x.size > 6:
        return f"an array of shape {x.shape}"
    text = repr(x) if x is None or _is_number(x) or isinstance(x, np.ndarray) else f"a {type(x).__name__}"
    return text if len(text) < 80 else f"a {type(x).__name__}"
