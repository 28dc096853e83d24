"""Where an exception in generated code comes from: the line of the text, and so the statement of the user.

Before: ``ZeroDivisionError`` out of the third line of ``f_grad``.  After: the ``Line`` with that statement, and whether
it is one of the user's program or one that the derivative added.
"""
from __future__ import annotations

import ast
import itertools
import types

from s2sad import ops, rules, runtime
from s2sad.backend.emit import Source
from s2sad.backend.lines import Line, lines, pairs
from s2sad.derive import Entry
from s2sad.errors import Loc
from s2sad.ir import Call, Function, Stmt
from s2sad.ir.walk import statements


def line_of(entry: Entry, error: BaseException) -> Line | None:
    """The line of generated code that an exception comes from; None if it comes from elsewhere."""
    at = _place_of(entry, error)
    return None if at is None else lines(at[0]).get(at[1].tb_lineno)


def is_added(entry: Entry, error: BaseException) -> bool:
    """Whether an exception comes from a statement that the derivative added, not from one of the user's program."""
    at = _place_of(entry, error)
    if at is None:
        return False
    source, place = at
    line = lines(source).get(place.tb_lineno)
    stmt = _statement(source, place)
    if isinstance(stmt, Call):
        return stmt.adjoint
    return line is not None and line.adjoint and all(s.adjoint for s in line.stmts)


def placed(entry: Entry, error: BaseException) -> BaseException:
    """An exception of the user's program, with the lines of the program in its traceback, below that of generated
    code."""
    at = _place_of(entry, error)
    if at is None or is_added(entry, error):
        return error
    _, trace = at
    loc = place(entry, error)
    if loc is not None:
        names = [entry.lowered.function.name, *_entered(loc)]
        for name, where in reversed(list(zip(names, (*loc.calls(), loc)))):
            trace.tb_next = _as_if(where, name, trace.tb_next)
    return error


def place(entry: Entry, error: BaseException) -> Loc | None:
    """The place in the user's program of the generated line that an exception comes from."""
    at = _place_of(entry, error)
    if at is None:
        return None
    source, trace = at
    line, stmt = lines(source).get(trace.tb_lineno), _statement(source, trace)
    locs = [*([stmt.loc] if stmt is not None else []), *(line.locs if line is not None else ())]
    return next((loc for loc in locs if loc is not None), None)


def place_of_rule(entry: Entry, error: BaseException) -> Loc | None:
    """The call in the user's program whose rule gave what does not fit."""
    at = _place_of(entry, error)
    stmt = _statement(*at) if at is not None else None
    return stmt.loc if isinstance(stmt, Call) and stmt.op is runtime.fitted else place(entry, error)


def _entered(loc: Loc) -> list[str]:
    """The functions that were called on the way to a place."""
    if loc.site is None or loc.site.loc is None:
        return []
    return [*_entered(loc.site.loc), loc.site.name]


def _as_if(loc: Loc, name: str, after: types.TracebackType | None) -> types.TracebackType:
    """The entry that a traceback would have for a place in the function ``name``."""
    span = {"lineno": loc.line, "col_offset": loc.col, "end_lineno": loc.end_line or loc.line,
            "end_col_offset": loc.end_col or loc.col}
    stop = ast.Raise(ast.Name("stop", ast.Load(), **span), None, **span)
    code = compile(ast.Module([stop], []), loc.file, "exec").replace(co_name=name)
    try:
        exec(code, {"stop": StopIteration})
    except StopIteration as error:
        made = error.__traceback__
        assert made is not None and made.tb_next is not None
        return types.TracebackType(after, made.tb_next.tb_frame, made.tb_next.tb_lasti, loc.line)
    raise AssertionError


def _place_of(entry: Entry, error: BaseException) -> tuple[Source, types.TracebackType] | None:
    """Where in generated code an exception comes from: what it was printed from, and the entry of the traceback."""
    found = dict(_sources(entry))
    place = error.__traceback__
    while place is not None:
        source = found.get(place.tb_frame.f_code)
        if source is not None:
            return source, place
        place = place.tb_next
    return None


def _statement(source: Source, place: types.TracebackType) -> Stmt | None:
    """The statement whose expression was being computed; None if Python does not say which that was."""
    positions = getattr(place.tb_frame.f_code, "co_positions", None)  # Python 3.11
    if positions is None:
        return None
    line, end_line, column, end_column = next(itertools.islice(positions(), place.tb_lasti // 2, None))
    if line is None or column is None:
        return None
    around: list[tuple[int, int, int, Stmt]] = []
    for node, twin in pairs(source):
        if getattr(node, "stmt", None) is not None and (twin.lineno, twin.col_offset) <= (line, column) and (
                (twin.end_lineno, twin.end_col_offset) >= (end_line, end_column)):
            size = twin.end_lineno - twin.lineno, twin.end_col_offset - twin.col_offset
            around.append((*size, len(around), node.stmt))
    return min(around)[-1] if around else None


def _sources(entry: Entry) -> list[tuple[types.CodeType, Source]]:
    """The code of the functions that were generated for an entry, and where it was printed from."""
    functions = [(entry.function, entry.source), (entry.lenient, entry.source)]
    if "halves" in vars(entry):
        functions += entry.halves.sources
    return [(f.__code__, source) for f, source in functions if f is not None]


def is_followed(entry: Entry, error: BaseException) -> bool:
    """Whether generated code does what the function does about an exception: no ``try`` that catches such is around the
    statement that raised it, or it is a ``raise``, which is followed to its handler."""
    if not isinstance(error, entry.lowered.catches):
        return True
    line = line_of(entry, error)
    if line is None:
        return False
    explicit = any(isinstance(s, Call) and s.op is runtime.raise_ for s in line.stmts)
    return explicit or entry.lowered.tried.isdisjoint(line.locs)


def has_effects(fn: Function) -> bool:
    """Whether a second run of a function could be noticed."""
    called = {s.op for s in statements(fn.body) if isinstance(s, Call)}
    return any(ops.of(op).effect not in _UNNOTICED and not _is_known(op) for op in called)


def _is_known(op: object) -> bool:
    """Whether an operation has a rule, so that it is a function of its arguments."""
    return callable(op) and ops.of(op).effect is ops.Effect.UNKNOWN and rules.lookup(op) is not None


_UNNOTICED = (ops.Effect.NONE, ops.Effect.STATE, ops.Effect.ERROR)
