"""Where an exception in generated code comes from: the line of the text, and so the statement of the user.

Before: ``ZeroDivisionError`` out of the third line of ``f_grad``.  After: the ``Line`` with that statement, which says
whether it is one of the user's program or one that the derivative added.
"""
from __future__ import annotations

from s2sad import ops, rules, runtime
from s2sad.backend.emit import Source
from s2sad.backend.lines import Line, lines
from s2sad.derive import Entry
from s2sad.ir import Call, Function
from s2sad.ir.walk import statements


def line_of(entry: Entry, error: BaseException) -> Line | None:
    """The line of generated code that an exception comes from; None if it comes from elsewhere."""
    found = dict(_sources(entry))
    frame = error.__traceback__
    while frame is not None:
        source = found.get(frame.tb_frame.f_code)
        if source is not None:
            return lines(source).get(frame.tb_lineno)
        frame = frame.tb_next
    return None


def _sources(entry: Entry) -> list[tuple[object, Source]]:
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
