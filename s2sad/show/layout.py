"""Rows of the evaluation trace, and the table they make: plain text, Markdown, HTML.

Straight-line code becomes two columns if they fit, every step beside what it contributes to the adjoints; the adjoint
column is then read upwards. Otherwise one trace stands below the other. Of a loop with many trips the first and the
last are shown.
"""
from __future__ import annotations

import html as _html
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from s2sad.errors import Loc
from s2sad.show.notation import width

LONGEST, SHORTEST = 60, 8
FEW_TRIPS = 6
FIRST_TRIPS = 2


@dataclass(eq=False)
class Loop:
    """A loop that was executed; ``trips`` is complete when it has ended."""

    loc: Loc | None
    trips: int = 0


@dataclass(frozen=True)
class Row:
    """One line of the table: ``parts`` are what stands between the equal signs, the first being the name.

    ``step`` numbers the executed call that a row belongs to (-1: the inputs; one past the last call: the output);
    ``trips`` says in which trip of which loops it was executed.
    """

    parts: tuple[str, ...]
    value: Any
    step: int
    trips: tuple[tuple[Loop, int], ...] = ()
    loc: Loc | None = None

    @property
    def name(self) -> str:
        """What the row defines: ``v₃``, ``v̄₀``, ``x̄₁``."""
        return self.parts[0]

    def cells(self) -> list[str]:
        """The parts, with '' for those that repeat another."""
        return [part if i in (0, len(self.parts) - 1) or part not in (*self.parts[:i], self.parts[-1]) else ""
                for i, part in enumerate(self.parts)]

    def __str__(self) -> str:
        return " = ".join(cell for cell in self.cells() if cell)


def text(title: str, primal: Sequence[Row], adjoint: Sequence[Row], columns: int | None = None) -> str:
    """The table as plain text, at most ``columns`` wide if that is possible."""
    columns = columns or shutil.get_terminal_size((100, 24)).columns
    if not any(row.trips for row in (*primal, *adjoint)):
        lines = _beside(primal, adjoint)
        if max(map(width, lines)) <= columns:
            return "\n".join([title, "", *lines])
    return "\n".join([title, *_stacked("Forward primal trace", primal, columns),
                      *_stacked("Reverse adjoint trace", adjoint, columns)])


def markdown(title: str, primal: Sequence[Row], adjoint: Sequence[Row]) -> str:
    """The two traces as Markdown tables."""
    def table(heading: str, rows: Sequence[Row]) -> Iterator[str]:
        count = max((len(row.parts) for row in rows), default=1)
        yield from ("", f"**{heading}**", "", "|" + " |" * count, "|" + "---|" * count)
        for item in folded(rows):
            cells = [item] if isinstance(item, str) else _spread(item.cells(), count)
            yield "| " + " | ".join(_escaped(cell) for cell in [*cells, *[""] * (count - len(cells))]) + " |"

    return "\n".join([f"**{title}**", *table("Forward primal trace", primal), *table("Reverse adjoint trace", adjoint)])


def html(title: str, primal: Sequence[Row], adjoint: Sequence[Row]) -> str:
    """The two traces as HTML tables side by side."""
    def table(heading: str, rows: Sequence[Row]) -> Iterator[str]:
        count = max((len(row.parts) for row in rows), default=1)
        yield f'<table><caption>{heading}</caption>'
        for item in folded(rows):
            if isinstance(item, str):
                yield f'<tr><td colspan="{count}"><em>{_html.escape(item)}</em></td></tr>'
            else:
                cells = _spread(item.cells(), count)
                texts = [_html.escape("= " * (i > 0 and cell != "") + cell) for i, cell in enumerate(cells)]
                yield "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in texts) + "</tr>"
        yield "</table>"

    tables = (*table("Forward primal trace", primal), *table("Reverse adjoint trace", adjoint))
    return f"<div><p><b>{_html.escape(title)}</b></p><div style=\"display:flex;gap:2em;align-items:flex-start\">" + \
        "".join(tables) + "</div></div>"


def folded(rows: Sequence[Row]) -> Iterator[Row | str]:
    """The rows with a heading for each trip of a loop; the middle trips of a long loop become one line."""
    previous: tuple[tuple[Loop, int], ...] = ()
    skipped: Loop | None = None
    for row in rows:
        hidden = next((loop for loop, k in row.trips if loop.trips > FEW_TRIPS and FIRST_TRIPS <= k < loop.trips - 1),
                      None)
        if hidden is not None:
            if hidden is not skipped:
                yield f"⋮ {hidden.trips - FIRST_TRIPS - 1} more trips"
            skipped, previous = hidden, row.trips
            continue
        if row.trips != previous:
            yield _heading(row.trips)
        skipped, previous = None, row.trips
        yield row


def _heading(trips: tuple[tuple[Loop, int], ...]) -> str:
    if not trips:
        return "· outside the loop"
    where = [(f"trip {k + 1} of {loop.trips}" if k >= 0 else "before the first trip")
             + (f" (line {loop.loc.line})" if loop.loc else "") for loop, k in trips]
    return "· " + ", ".join(where)


def _stacked(heading: str, rows: Sequence[Row], columns: int) -> Iterator[str]:
    """One trace, with a line below the inputs and one above the output. Long formulas give way to the width."""
    items = list(folded(rows))
    lines = _aligned(items, columns)
    rule = "─" * min(max([width(heading), *(width(line) for _, line in lines)]), columns)
    yield from ("", heading, rule)
    part: int | None = None
    headings: list[str] = []
    for step, line in lines:
        if step is None:
            headings.append(line)
            continue
        if part is not None and _part(rows, step) != part:
            yield rule
        part = _part(rows, step)
        yield from headings if part == 1 else ()
        headings.clear()
        yield line


def _part(rows: Sequence[Row], step: int) -> int:
    """0 for inputs, 1 for steps, 2 for the output."""
    last = max(row.step for row in rows)
    return 0 if step < 0 else 2 if step == last else 1


def _aligned(rows: Sequence[Row | str], columns: int = 10_000) -> list[tuple[int | None, str]]:
    """The lines of some rows with their equal signs below each other, and the step of each; without the longest
    formulas if the lines would be wider than ``columns``."""
    count = max((len(row.parts) for row in rows if isinstance(row, Row)), default=1)
    table = [_spread(row.cells(), count) if isinstance(row, Row) else None for row in rows]
    limits = [LONGEST] * count
    while True:
        table = [cells and _short(cells, limits) for cells in table]
        widths = [max((width(cells[i]) for cells in table if cells is not None), default=0) for i in range(count)]
        widest = max(range(1, count - 1), key=lambda i: widths[i], default=0)
        if sum(widths) + 3 * sum(w > 0 for w in widths[1:]) <= columns or widths[widest] <= SHORTEST or widest == 0:
            break
        limits[widest] = widths[widest] - 1
    lines: list[tuple[int | None, str]] = []
    for row, cells in zip(rows, table):
        if cells is None or isinstance(row, str):
            lines.append((None, str(row)))
            continue
        line = _padded(cells[0], widths[0])
        for cell, columns in zip(cells[1:], widths[1:]):
            if columns:
                line += _padded(" = " + cell if cell else "", columns + 3)
        lines.append((row.step, line.rstrip()))
    return lines


def _short(cells: list[str], limits: Sequence[int]) -> list[str]:
    """The cells without formulas that are longer than the limits of their columns; the name and the value stay."""
    return [cells[0], *("" if width(cell) > limit else cell for cell, limit in zip(cells[1:-1], limits[1:])), cells[-1]]


def _beside(primal: Sequence[Row], adjoint: Sequence[Row]) -> list[str]:
    """The two traces as two columns, step by step."""
    left, right = _aligned(list(primal)), _aligned(list(adjoint))
    head = ("Forward primal trace ↓", "Reverse adjoint trace ↑")
    wide = [max([width(h), *(width(line) for _, line in lines)]) for h, lines in zip(head, (left, right))]
    rule = "─" * (wide[0] + 1) + "┼" + "─" * (wide[1] + 1)
    lines = [f"{_padded(head[0], wide[0])} │ {head[1]}", rule]
    steps = sorted({step for step, _ in (*left, *right) if step is not None})
    for number, step in enumerate(steps):
        if number and _part(primal, step) != _part(primal, steps[number - 1]):
            lines.append(rule)
        ours = [line for s, line in left if s == step]
        theirs = [line for s, line in reversed(right) if s == step]
        for k in range(max(len(ours), len(theirs))):
            cells = [side[k] if k < len(side) else "" for side in (ours, theirs)]
            lines.append(f"{_padded(cells[0], wide[0])} │ {cells[1]}".rstrip())
    return lines


def _spread(cells: list[str], count: int) -> list[str]:
    """The cells of a row with empty ones before the last, so that values stand in the last of ``count`` columns."""
    return [*cells[:-1], *[""] * (count - len(cells)), cells[-1]]


def _padded(cell: str, columns: int) -> str:
    return cell + " " * (columns - width(cell))


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
