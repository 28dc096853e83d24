"""Rows of the evaluation trace, and the table they make as plain text.

The columns stand side by side if they fit, every step beside what it contributes to the adjoints; the adjoint column is
then read upwards. Otherwise one trace stands below the other. Of a loop with many trips the first and the last are
shown. ``grouped`` is the one place that decides what stands in which line; ``show/markup.py`` makes HTML of it.

    >>> row = Row("primal", "v₁", "ln v₀", "ln 2", 0.6931, "0.693", 0)
    >>> str(row)
    'v₁ = ln v₀ = ln 2 = 0.693'
"""
from __future__ import annotations

import linecache
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from s2sad.errors import Loc
from s2sad.show.notation import width

LONGEST, SHORTEST = 60, 8
FEW_TRIPS = 6
FIRST_TRIPS = 2
HEADINGS = {"primal": "Forward primal trace", "tangent": "Forward tangent trace", "adjoint": "Reverse adjoint trace"}


@dataclass(eq=False)
class Loop:
    """A loop that was executed; ``trips`` is complete when it has ended. ``planned``: how many trips it would make
    without ``break``. ``items``: what the loop variables were in each trip."""

    loc: Loc | None
    trips: int = 0
    planned: int | None = None
    items: dict[int, str] = field(default_factory=dict)


Trips = tuple[tuple[Loop, int], ...]


@dataclass(eq=False)
class Mark:
    """What control flow did before step ``step``: a loop began (``what``: the Loop), or a branch was taken (``what``:
    its test, ``taken``: whether that held). ``detail`` says it in words."""

    kind: str
    loc: Loc | None
    trips: Trips
    what: Any
    taken: bool = True
    detail: str = ""
    step: int = 0

    def __str__(self) -> str:
        line = f"line {self.loc.line}: {source(self.loc)}" if self.loc else "branch"
        detail = self.detail
        if isinstance(self.what, Loop):
            n, planned = self.what.trips, self.what.planned
            detail = f"{n} of {planned} trips" if planned not in (None, n) else count(n)
        return f"· {line}  ⇒  {detail}"


@dataclass(frozen=True)
class Row:
    """One line of a trace.

    ``kind`` is "primal", "tangent" or "adjoint"; ``name`` what the row defines (``v₃``, ``v̄₀``, ``x̄₁``); ``expression``
    says how in symbols; ``formula`` with numbers put in (adjoints: with the local derivative put in); ``value`` is the
    result and ``shown`` its text. ``step`` numbers the executed call that the row belongs to (-1: the inputs; one past
    the last call: the output), ``trips`` says in which trip of which loops it was executed, ``loc`` where it stands.
    """

    kind: str
    name: str
    expression: str
    formula: str
    value: Any
    shown: str
    step: int
    trips: Trips = ()
    loc: Loc | None = None

    @property
    def line(self) -> int | None:
        """The line of the user's file."""
        return self.loc.line if self.loc else None

    @property
    def source(self) -> str:
        """The user's line."""
        return source(self.loc)

    @property
    def parts(self) -> tuple[str, ...]:
        """What stands between the equal signs."""
        return self.name, self.expression, self.formula, self.shown

    def cells(self) -> list[str]:
        """The parts, with '' for those that repeat another."""
        return [part if i in (0, 3) or part not in (*self.parts[:i], self.shown) else ""
                for i, part in enumerate(self.parts)]

    def to_dict(self) -> dict[str, Any]:
        """The row as a dict; ``trip`` counts from 1, for nested loops from the outermost."""
        return {"kind": self.kind, "name": self.name, "expression": self.expression, "formula": self.formula,
                "value": self.value, "line": self.line, "source": self.source,
                "trip": tuple(k + 1 for _, k in self.trips)}

    def __str__(self) -> str:
        return " = ".join(cell for cell in self.cells() if cell)


def source(loc: Loc | None) -> str:
    """The line of the user's file, or what is known of it."""
    if loc is None:
        return ""
    found = linecache.getline(loc.file, loc.line).strip() or loc.text.strip()
    return found.splitlines()[0] if found else ""


def count(n: int) -> str:
    """``no trips``, ``1 trip``, ``100 000 trips``."""
    return f"{n:,}".replace(",", " ") + " trip" + "s" * (n != 1) if n else "no trips"


Group = list[list[Row]]


def grouped(columns: Sequence[Sequence[Row]], marks: Sequence[Mark] = (),
            upward: bool = False) -> Iterator[Group | str]:
    """The lines of a table of one or more columns: the rows of each step, one list per column, and between them
    headings for what control flow did. The middle trips of a long loop become one heading. ``upward``: from the last
    step to the first."""
    steps: dict[int, Group] = {}
    for k, rows in enumerate(columns):
        for row in rows:
            steps.setdefault(row.step, [[] for _ in columns])[k].append(row)
    waiting = sorted(marks, key=lambda mark: mark.step)
    previous: Trips = ()
    skipped: Loop | None = None
    last = max(steps, default=0)
    for step in sorted(steps, reverse=upward):
        group = steps[step]
        due = [mark for mark in waiting if mark.step <= step]
        del waiting[:len(due)]
        trips = next(row for rows in group for row in rows).trips
        events: list[tuple[Trips, Mark | Group]] = [*((mark.trips, mark) for mark in due), (trips, group)]
        for at, item in events:
            hidden = next((loop for loop, k in at if _folds(loop, k)), None)
            if hidden is not None:
                if hidden is not skipped:
                    depth = next(d for d, (loop, _) in enumerate(at) if loop is hidden)
                    yield "  " * depth + f"⋮ {count(hidden.trips - FIRST_TRIPS - 1).replace(' trip', ' more trip')}"
                skipped, previous = hidden, at
                continue
            if at != previous and (at or part(step, last) == 1):
                yield from _headings(previous, at)
            skipped, previous = None, at
            yield "  " * len(at) + str(item) if isinstance(item, Mark) else item


def _folds(loop: Loop, k: int) -> bool:
    """Whether a trip is one of the middle ones of a long loop."""
    return loop.trips > FEW_TRIPS and FIRST_TRIPS <= k < loop.trips - 1


def _headings(previous: Trips, trips: Trips) -> Iterator[str]:
    """Which trip of which loop begins here."""
    shared = next((d for d, (a, b) in enumerate(zip(previous, trips)) if a != b), min(len(previous), len(trips)))
    if shared == len(trips):
        loc = previous[shared][0].loc
        yield "  " * shared + "· outside the loop" + (f" of line {loc.line}" if loc else "")
    for depth, (loop, k) in list(enumerate(trips))[shared:]:
        items = f": {loop.items[k]}" if loop.items.get(k) else ""
        where = f"trip {k + 1} of {loop.trips}{items}" if k >= 0 else "before the first trip"
        yield "  " * depth + f"· {where}" + (f" (line {loop.loc.line})" if loop.loc else "")


def text(title: str, columns: dict[str, Sequence[Row]], marks: Sequence[Mark], wide: int | None = None) -> str:
    """The table as plain text, at most ``wide`` columns wide if that is possible."""
    wide = wide or shutil.get_terminal_size((100, 24)).columns
    shown = {kind: rows for kind, rows in columns.items() if rows}
    lines = _beside(shown, marks)
    if max(map(width, lines)) <= wide:
        return "\n".join([title, "", *lines])
    stacked = [line for kind, rows in shown.items()
               for line in _stacked(kind, rows, marks if kind == "primal" else (), wide)]
    return "\n".join([title, *stacked])


def numbers(rows: Sequence[Row]) -> int:
    """The width of line numbers; 0 where all rows stand in one line."""
    lines = {row.line for row in rows if row.line is not None}
    return max(len(str(line)) for line in lines) + 2 if len(lines) > 1 else 0


def part(step: int, last: int) -> int:
    """0 for inputs, 1 for steps, 2 for the output."""
    return 0 if step < 0 else 2 if step == last else 1


def _stacked(kind: str, rows: Sequence[Row], marks: Sequence[Mark], wide: int) -> Iterator[str]:
    """One trace, with a line below the inputs and one above the output. Long formulas give way to the width."""
    left = numbers(rows)
    aligned = dict(zip(map(id, rows), _aligned(rows, wide - left)))
    heading = HEADINGS[kind]
    rule = "─" * min(max([width(heading), *(left + width(line) for line in aligned.values())]), wide)
    yield from ("", heading, rule)
    said = 0
    for item in _ruled(grouped([rows], marks, upward=kind == "adjoint"), max(row.step for row in rows)):
        if not isinstance(item, list):
            yield rule if item is None else item if width(item) <= wide else item[:wide - 1] + "…"
            continue
        for row in item[0]:
            number = f"{row.line:>{left - 2}}  " if left and row.line not in (None, said) else " " * left
            said = row.line or said
            yield number + aligned[id(row)]


def _ruled(items: Iterator[Group | str], last: int) -> Iterator[Group | str | None]:
    """The lines of a table, with None for a rule between the steps and what is before and after them."""
    before: int | None = None
    held: list[str] = []
    for item in items:
        if isinstance(item, str):
            held.append(item)
            continue
        here = part(next(row for rows in item for row in rows).step, last)
        rules = [None] * (before not in (None, here))
        yield from (*rules, *held) if here == 1 else (*held, *rules)
        yield item
        held, before = [], here


def _aligned(rows: Sequence[Row], columns: int = 10_000) -> list[str]:
    """The rows with their equal signs below each other; without the longest formulas if the lines would be wider than
    ``columns``."""
    table = [row.cells() for row in rows]
    limits = [LONGEST] * 4
    while True:
        table = [_short(cells, limits) for cells in table]
        widths = [max((width(cells[i]) for cells in table), default=0) for i in range(4)]
        widest = 1 if widths[1] >= widths[2] else 2
        if sum(widths) + 3 * sum(w > 0 for w in widths[1:]) <= columns or widths[widest] <= SHORTEST:
            break
        limits[widest] = widths[widest] - 1
    lines = []
    for cells in table:
        line = padded(cells[0], widths[0])
        for cell, space in zip(cells[1:], widths[1:]):
            line += padded(" = " + cell if cell else "", space + 3) if space else ""
        lines.append(line.rstrip())
    return lines


def _short(cells: list[str], limits: Sequence[int]) -> list[str]:
    """The cells without formulas that are longer than the limits of their columns; the name and the value stay."""
    return [cells[0], *("" if width(cell) > limit else cell for cell, limit in zip(cells[1:3], limits[1:])), cells[3]]


def _beside(columns: dict[str, Sequence[Row]], marks: Sequence[Mark]) -> list[str]:
    """The traces as columns, step by step."""
    heads = [HEADINGS[kind] + (" ↑" if kind == "adjoint" else " ↓") for kind in columns]
    lines = {id(row): line for rows in columns.values() for row, line in zip(rows, _aligned(rows))}
    wide = [max([width(head), *(width(lines[id(row)]) for row in rows)]) for head, rows in zip(heads, columns.values())]
    every = [row for rows in columns.values() for row in rows]
    left, said = numbers(every), 0

    def joined(cells: Sequence[str], number: str = "") -> str:
        return (padded(number, left) + " │ ".join(map(padded, cells, wide))).rstrip()
    rule = "─" * left + "─┼─".join("─" * w for w in wide)
    out = [joined(heads), rule]
    for item in _ruled(grouped(list(columns.values()), marks), max(row.step for row in every)):
        if not isinstance(item, list):
            out.append(rule if item is None else item)
            continue
        rows = [list(reversed(cell)) if kind == "adjoint" else cell for kind, cell in zip(columns, item)]
        first = next(row for cell in rows for row in cell)
        for k in range(max(map(len, rows))):
            number = str(first.line) if left and first.line not in (None, said) else ""
            said = first.line or said
            out.append(joined([lines[id(cell[k])] if k < len(cell) else "" for cell in rows], number.rjust(left - 2)))
    return out


def padded(cell: str, columns: int) -> str:
    """The cell filled up with spaces."""
    return cell + " " * (columns - width(cell))
