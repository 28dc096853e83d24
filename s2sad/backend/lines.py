"""Which statements of the IR, and so which lines of the user, each line of a generated text comes from.

    before   x1_bar = 1.0 / x1 + x2                 # the text, and the tree that it was printed from
    after    Line(stmts=(add, divide), adjoint=True, stores={"x1_bar": x1_bar}, loads={"x1": x1, "x2": x2})

The tree is walked side by side with what the text parses to, which has the line numbers; the two are equal.
"""
from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from s2sad.backend.emit import Source
from s2sad.ir import Loc, Stmt, Var


@dataclass(frozen=True)
class Line:
    """A line of code. ``stmts``: the statements that it prints, its own first, then those folded into it; ``adjoint``:
    a derivative added it; ``stores``, ``loads``: the variables behind the names that it assigns and reads."""

    stmts: tuple[Stmt, ...]
    locs: tuple[Loc, ...]
    adjoint: bool
    stores: dict[str, Var]
    loads: dict[str, Var]


def lines(source: Source) -> dict[int, Line]:
    """The lines of a generated text that hold code, by number from 1. Headings and comments have none."""
    text = source.text.splitlines()
    parsed: Any = ast.parse(source.text).body[0]
    found: dict[int, Line] = {}
    for node, twin in _statements(source.tree, parsed):
        parts = list(_own(node, twin))
        line = _line(node, [a for a, _ in parts])
        last = max((b.end_lineno for _, b in parts if hasattr(b, "end_lineno")), default=twin.lineno)
        if not _has_body(node):
            last = twin.end_lineno
        found.update((n, line) for n in range(twin.lineno, last + 1))
        if isinstance(node, ast.If) and node.orelse:
            above = twin.orelse[0].lineno - 1
            while above > last and not text[above - 1].lstrip().startswith("else:"):
                above -= 1
            if above > last:
                found.setdefault(above, Line((), line.locs[:1], line.adjoint, {}, {}))
    return found


def pairs(source: Source) -> Iterator[tuple[Any, Any]]:
    """The nodes of the tree, each with its twin in what the text parses to."""
    return zip(ast.walk(source.tree), ast.walk(ast.parse(source.text).body[0]))


def _statements(node: Any, twin: Any) -> Iterator[tuple[Any, Any]]:
    """The statements inside a statement, at any depth."""
    for part in ("body", "orelse"):
        for a, b in zip(getattr(node, part, []), getattr(twin, part, [])):
            yield a, b
            yield from _statements(a, b) if _has_body(a) else ()


def _has_body(node: ast.AST) -> bool:
    return isinstance(node, (ast.If, ast.For, ast.While, ast.With))


def _own(node: Any, twin: Any) -> Iterator[tuple[Any, Any]]:
    """The expressions of a statement itself, not those of the block inside it."""
    for field in node._fields:
        a: Any = getattr(node, field, None)
        b: Any = getattr(twin, field, None)
        if field in ("body", "orelse") and _has_body(node):
            continue
        for x, y in zip(a, b) if isinstance(a, list) else [(a, b)]:
            if isinstance(x, ast.AST):
                yield from zip(ast.walk(x), ast.walk(y))


def _line(node: Any, parts: list[Any]) -> Line:
    loc, adjoint = getattr(node, "origin", (None, False))
    stmts = tuple(dict.fromkeys(s for s in (getattr(x, "stmt", None) for x in (node, *parts)) if s is not None))
    adjoint = adjoint or (isinstance(node, ast.Return) and any(s.adjoint for s in stmts))
    locs = dict.fromkeys([loc, *(s.loc for s in stmts)])
    names = [x for x in parts if isinstance(x, ast.Name) and hasattr(x, "variable")]
    return Line(stmts, tuple(at for at in locs if at is not None), adjoint,
                {x.id: x.variable for x in names if isinstance(x.ctx, ast.Store)},
                {x.id: x.variable for x in names if not isinstance(x.ctx, ast.Store)})
