"""The text of a function: ``astor`` prints it, then comments and headings are added line by line.

The text must parse back to the tree it was printed from; where ``astor`` fails, ``ast.unparse`` prints.
"""
from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from s2sad.errors import InternalError, Loc

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import astor

WIDTH = 100
"""Where a line with its comment would be longer than this, the comment gets a line of its own."""
COLUMN = 50
"""Comments are aligned, but start no later than this because of other lines."""
EXCERPT = 70
"""Statements of the user are quoted up to this length."""


def render(definition: ast.FunctionDef) -> str:
    """The text of a function whose statements carry ``origin``: where in the user's source they come from."""
    text, parsed = _print(definition)
    return _annotate(text.rstrip().split("\n"), definition, parsed)


def _print(definition: ast.FunctionDef) -> tuple[str, Any]:
    module = ast.Module([definition], [])
    for printer in (_astor, _unparse):
        try:
            text = printer(module)
            parsed = ast.parse(text)
        except (SyntaxError, AttributeError, TypeError, ValueError, IndexError):
            continue
        if _same(module, parsed):
            return text, parsed.body[0]
    raise InternalError("S2S903", f"{definition.name}: the generated code cannot be printed")


def _astor(module: ast.Module) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return astor.to_source(module, pretty_source="".join, pretty_string=lambda s, *_, **__: repr(s))


def _unparse(module: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(module)) + "\n"


def _same(a: object, b: object) -> bool:
    """Whether two trees are equal, constants by type and value."""
    if type(a) is not type(b):
        return False
    if isinstance(a, ast.AST):
        for field in a._fields:
            one, two = getattr(a, field, None), getattr(b, field, None)
            if one is not two and field not in ("ctx", "kind", "type_comment") and not _same(one, two):
                return False  # where a name is read and where it is written follows from where it stands
        return True
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return a == b or repr(a) == repr(b)


@dataclass
class _Line:
    """A statement of the tree: its 0-based line, what it is, and its first comment."""

    number: int
    node: ast.stmt
    level: int
    header: bool
    adjoint: bool
    key: Loc | None


def _lines(body: list[Any], parsed: list[Any], level: int = 0) -> Iterator[_Line]:
    """The lines of a block in order. The ``else:`` of a branch is a line too."""
    for node, twin in zip(body, parsed):
        loc, adjoint = getattr(node, "origin", (None, False))
        header = isinstance(node, (ast.If, ast.For, ast.While, ast.With))
        yield _Line(twin.lineno - 1, node, level, header, adjoint, loc if adjoint and not header else None)
        if not header:
            continue
        yield from _lines(node.body, twin.body, level + 1)
        if not getattr(node, "orelse", None):
            continue
        chained = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        if not chained or _is_else(node, twin):
            yield _Line(twin.orelse[0].lineno - 2, node, level, True, adjoint, None)
        yield from _lines(node.orelse, twin.orelse, level + 1)


def _is_else(node: Any, twin: Any) -> bool:
    """Whether an ``if`` in the ``else`` part is printed as ``else:`` and ``if``, not as ``elif``."""
    return twin.orelse[0].col_offset > twin.col_offset


def _annotate(text: list[str], definition: ast.FunctionDef, parsed: Any) -> str:
    lines = list(_lines(definition.body, parsed.body))
    comments = _comments(lines)
    above: dict[int, list[str]] = {}
    for number, heading in _headings(lines).items():
        above[number] = [f"# {heading}"]
    keys = {line.key for line in lines if line.key is not None}
    if len(keys) == 1 and comments and not any(line.header for line in lines):
        ((number, comment),) = comments.items()
        above.setdefault(number, []).append(f"# {comment}")
        comments = {}
    column = _column(text, lines, comments)
    out = []
    for number, line in enumerate(text):
        indent = " " * (len(line) - len(line.lstrip()))
        out += [indent + extra for extra in above.get(number, ())]
        if number in comments:
            placed = f"{line.ljust(max(column - 1, len(line) + 1))} # {comments[number]}"
            if len(placed) <= WIDTH:
                line = placed
            else:
                out.append(f"{indent}# {comments[number]}")
        out += _wrapped(line)
    return "\n".join(out) + "\n"


def _wrapped(line: str) -> list[str]:
    """A line, broken at the commas of its last outermost brackets if it is too long."""
    code = line.split("  # ")[0] if "'" not in line and '"' not in line else line
    if len(code) <= WIDTH or "'" in code or '"' in code:
        return [line]
    depth, start = 0, 0
    commas: list[int] = []
    best: tuple[int, list[int]] = (0, [])
    for k, c in enumerate(code):
        if c in "([{":
            depth += 1
            if depth == 1:
                start, commas = k, []
        elif c in ")]}":
            depth -= 1
            if depth == 0 and k - start > len(code) // 3:
                best = (start, commas)
        elif c == "," and depth == 1:
            commas.append(k)
    start, commas = best
    lines, begin, indent = [], 0, ""
    if start > WIDTH // 2:  # too far right to align
        lines, begin, indent = [code[:start + 1]], start + 1, " " * (len(code) - len(code.lstrip()) + 8)
    for here, after in zip(commas, [*commas[1:], len(code)]):
        if len(indent) + after - begin > WIDTH:
            lines.append(indent + code[begin:here + 1].lstrip())
            begin, indent = here + 1, indent or " " * (start + 1)
    if not lines:
        return [line]
    lines[0] = code[:len(code) - len(code.lstrip())] + lines[0].lstrip()
    return [*lines, indent + line[begin:].lstrip()]


HEADERS = ("for ", "while ", "if ", "elif ", "with ", "def ")


def _comments(lines: list[_Line]) -> dict[int, str]:
    """The user's statement at the first line of each group of lines that come from it, or at the branch it fills."""
    found: dict[int, str] = {}
    current = None
    for before, line in zip([None, *lines], lines):
        if line.key is None or line.key == current or line.key.text.startswith(HEADERS):
            continue
        current = line.key
        number = line.number
        if before is not None and before.header and isinstance(before.node, ast.If) and before.number not in found:
            number = before.number
        found[number] = _excerpt(line.key)
    return found


def _excerpt(loc: Loc) -> str:
    text = " ".join(loc.text.split())
    if not text:
        return f"line {loc.line}"
    return text if len(text) <= EXCERPT else text[:EXCERPT - 2] + " …"


def _column(text: list[str], lines: list[_Line], comments: dict[int, str]) -> int:
    """Where comments start: right of the lines around them."""
    around = [len(text[n]) for line in lines if line.adjoint and not isinstance(line.node, (ast.For, ast.While))
              for n in (line.number,)]
    commented = [len(text[n]) + 1 for n in comments]
    return 1 + max((n for n in (*around, *commented) if n < COLUMN), default=0)


def _headings(lines: list[_Line]) -> dict[int, str]:
    """Where the sweeps begin, in a function that has both, one after the other."""
    top = [line for line in lines
           if line.level == 0 and hasattr(line.node, "origin") and not isinstance(line.node, ast.Return)]
    adjoint = [line.adjoint for line in top]
    if True not in adjoint or adjoint[0] or adjoint != sorted(adjoint):
        return {}
    if len(lines) <= 6 and not any(line.header for line in lines):
        return {}
    return {top[0].number: "forward sweep", top[adjoint.index(True)].number: "reverse sweep"}
