"""The text of a function: ``astor`` prints it, then comments and headings are added line by line.

The text must parse back to the tree it was printed from; where ``astor`` fails, ``ast.unparse`` prints.
"""
from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from s2sad.errors import InternalError, Loc

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import astor

COMMENT_WIDTH = 70
"""Lines longer than this get their comment on a line of its own."""


def render(definition: ast.FunctionDef) -> str:
    """The text of a function whose statements carry ``origin``: where in the user's source they come from."""
    text, parsed = _print(definition)
    return _annotate(text.rstrip().split("\n"), definition, parsed)


def _print(definition: ast.FunctionDef) -> tuple[str, ast.FunctionDef]:
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
    if isinstance(a, ast.AST):
        return type(a) is type(b) and all(_same(getattr(a, f, None), getattr(b, f, None)) for f in a._fields
                                          if f not in ("kind", "type_comment"))
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(_same, a, b))
    return type(a) is type(b) and (a == b or repr(a) == repr(b))


@dataclass
class _Line:
    """A statement of the tree: its 0-based line, what it is, and its first comment."""

    number: int
    node: ast.stmt
    level: int
    header: bool
    adjoint: bool
    key: Loc | None


def _lines(body: list[ast.stmt], parsed: list[ast.stmt], level: int = 0) -> Iterator[_Line]:
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


def _is_else(node: ast.stmt, twin: ast.stmt) -> bool:
    """Whether an ``if`` in the ``else`` part is printed as ``else:`` and ``if``, not as ``elif``."""
    return twin.orelse[0].col_offset > twin.col_offset


def _annotate(text: list[str], definition: ast.FunctionDef, parsed: ast.FunctionDef) -> str:
    lines = list(_lines(definition.body, parsed.body))
    comments = _comments(lines)
    above: dict[int, list[str]] = {}
    for number, heading in _headings(lines).items():
        above[number] = [f"# {heading}"]
    keys = {line.key for line in lines if line.key is not None}
    if len(keys) == 1 and not any(line.header for line in lines):
        ((number, comment),) = comments.items()
        above.setdefault(number, []).append(f"# {comment}")
        comments = {}
    column = _column(text, lines, comments)
    out = []
    for number, line in enumerate(text):
        indent = " " * (len(line) - len(line.lstrip()))
        out += [indent + extra for extra in above.get(number, ())]
        if number in comments and len(line) > COMMENT_WIDTH:
            out.append(f"{indent}# {comments[number]}")
        elif number in comments:
            line = f"{line.ljust(max(column - 1, len(line) + 1))} # {comments[number]}"
        out.append(line)
    return "\n".join(out) + "\n"


def _comments(lines: list[_Line]) -> dict[int, str]:
    """The user's statement at the first line of each group of lines that come from it, or at the branch it fills."""
    found: dict[int, str] = {}
    current = None
    for before, line in zip([None, *lines], lines):
        if line.key is None or line.key == current:
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
    return text if len(text) <= COMMENT_WIDTH else text[:COMMENT_WIDTH - 2] + " …"


def _column(text: list[str], lines: list[_Line], comments: dict[int, str]) -> int:
    """Where comments start: right of the lines around them."""
    around = [len(text[n]) for line in lines if line.adjoint and not isinstance(line.node, (ast.For, ast.While))
              for n in (line.number,)]
    commented = [len(text[n]) + 1 for n in comments]
    return 1 + max((n for n in (*around, *commented) if n <= COMMENT_WIDTH), default=0)


def _headings(lines: list[_Line]) -> dict[int, str]:
    """Where the sweeps begin, in a function that has both, one after the other."""
    top = [line for line in lines if line.level == 0 and hasattr(line.node, "origin") and not isinstance(line.node, ast.Return)]
    adjoint = [line.adjoint for line in top]
    if True not in adjoint or adjoint[0] or adjoint != sorted(adjoint):
        return {}
    if len(lines) <= 6 and not any(line.header for line in lines):
        return {}
    return {top[0].number: "forward sweep", top[adjoint.index(True)].number: "reverse sweep"}
