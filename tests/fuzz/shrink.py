"""Make a failing program small: statements and subexpressions are removed while it fails in the same way."""

from __future__ import annotations

import ast
import copy
import time
from collections.abc import Callable

Edit = Callable[[ast.Module], None]
MODULES = ("np", "math", "random", "time", "warnings", "copy")
"""Never what an expression is replaced by: a program may write to it, and all others would see that."""


def shrink(source: str, fails: Callable[[str], bool], seconds: float = 30.0) -> str:
    """The smallest program found within ``seconds`` for which ``fails`` still holds."""
    best, end = ast.unparse(ast.parse(source)), time.monotonic() + seconds
    if not fails(best):
        return source
    tree = ast.parse(best)
    edits, position, idle = edits_of(tree), 0, 0
    while idle < len(edits) and time.monotonic() < end:
        position %= len(edits)
        candidate = applied(edits[position], tree)
        if candidate is not None and len(candidate) < len(best) and fails(candidate):
            best, tree = candidate, ast.parse(candidate)
            edits, idle = edits_of(tree), 0
        else:
            position, idle = position + 1, idle + 1
    return best + "\n"


def edits_of(tree: ast.Module) -> list[Edit]:
    """All single removals, the large ones first."""
    return [*statement_edits(tree), *expression_edits(tree)]


def applied(edit: Edit, tree: ast.Module) -> str | None:
    """The text of the program after ``edit``, or None where it is none."""
    changed = copy.deepcopy(tree)
    try:
        edit(changed)
        return ast.unparse(ast.fix_missing_locations(changed))
    except (ValueError, AttributeError, TypeError, IndexError):
        return None


def nth(tree: ast.AST, k: int) -> ast.AST:
    return list(ast.walk(tree))[k]


def statement_edits(tree: ast.Module) -> list[Edit]:
    """Drop a statement or a parameter; replace a compound statement by its body or its ``else``; drop an ``else``."""
    edits: list[tuple[int, Edit]] = []
    for k, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.FunctionDef) and node.name == "f":
            edits += [(20, parameter(k, i)) for i in range(len(node.args.args))]
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if not isinstance(block, list):
                continue
            for i, stmt in enumerate(block):
                size = len(ast.unparse(stmt))
                edits.append((size, removal(k, field, i, [])))
                for inner in ("body", "orelse", "finalbody"):
                    if isinstance(stmt, (ast.If, ast.For, ast.While, ast.With, ast.Try)) and getattr(stmt, inner, None):
                        edits.append((size - 1, removal(k, field, i, inner)))
            if field != "body" and block:
                edits.append((1, clearing(k, field)))
    return [edit for _, edit in sorted(edits, key=lambda pair: -pair[0])]


def removal(k: int, field: str, i: int, by: object) -> Edit:
    def edit(tree: ast.Module) -> None:
        block = getattr(nth(tree, k), field)
        block[i : i + 1] = getattr(block[i], by) if isinstance(by, str) else []
        if not block and field == "body":
            block.append(ast.Pass())

    return edit


def clearing(k: int, field: str) -> Edit:
    def edit(tree: ast.Module) -> None:
        setattr(nth(tree, k), field, [])

    return edit


def parameter(k: int, i: int) -> Edit:
    """Drop parameter ``i`` of ``f``, and its sample from ``ARGS``."""

    def edit(tree: ast.Module) -> None:
        nth(tree, k).args.args.pop(i)  # type: ignore[attr-defined]
        tree.body[-1].value.elts.pop(i)  # type: ignore[attr-defined]

    return edit


def expression_edits(tree: ast.Module) -> list[Edit]:
    """Replace an expression by one of its parts, or by a constant."""
    edits: list[tuple[int, Edit]] = []
    for k, node in enumerate(ast.walk(tree)):
        for field, value in ast.iter_fields(node):
            places = (
                [(None, value)]
                if isinstance(value, ast.expr)
                else (list(enumerate(value)) if isinstance(value, list) else [])
            )
            for i, expr in places:
                if not isinstance(expr, ast.expr) or isinstance(expr, (ast.Name, ast.Constant, ast.Slice)):
                    continue
                if field == "func" or isinstance(getattr(expr, "ctx", None), ast.Store):
                    continue
                size = len(ast.unparse(expr))
                parts = [
                    c
                    for c in ast.walk(expr)
                    if isinstance(c, ast.expr) and c is not expr and not isinstance(c, ast.Slice)
                    and getattr(c, "id", "") not in MODULES
                ]
                for part in [ast.Constant(0.5), *parts[:6]]:
                    edits.append((size - len(ast.unparse(part)), replacement(k, field, i, part)))
    return [edit for _, edit in sorted(edits, key=lambda pair: -pair[0])]


def replacement(k: int, field: str, i: int | None, part: ast.expr) -> Edit:
    def edit(tree: ast.Module) -> None:
        node = nth(tree, k)
        if i is None:
            setattr(node, field, copy.deepcopy(part))
        else:
            getattr(node, field)[i] = copy.deepcopy(part)

    return edit
