"""Container literals that name two or more operations: what is known of operations, in the wrong room.

``FLAT = {np.sum, np.mean}`` in a pass is a table; ``(np.ndarray, np.generic)`` for ``isinstance`` is none.
"""

from __future__ import annotations

import ast
import builtins
import cmath
import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from s2sad import runtime

ROOTS: dict[str, Any] = {
    "np": np,
    "operator": operator,
    "math": math,
    "cmath": cmath,
    "runtime": runtime,
    "builtins": builtins,
}
ROOMS = ("ops", "rules", "ir/symbols.py")
"""Where operations are described and differentiated, and where the symbols of Python stand."""


@dataclass(frozen=True)
class Table:
    """A container literal: its file, its line, the function or assignment it stands in, what it names."""

    path: str
    line: int
    place: str
    names: tuple[str, ...]

    @property
    def layer(self) -> str:
        return self.path.split("/")[0].removesuffix(".py")


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def is_operation(name: str) -> bool:
    """Whether a dotted name is that of a function, not of a class or constant."""
    first, *rest = name.split(".")
    value = ROOTS.get(first, vars(builtins).get(first) if not rest else None)
    for part in rest:
        value = getattr(value, part, None)
    return value is not None and callable(value) and not isinstance(value, type)


def named(node: ast.AST) -> Iterator[str]:
    """The operations that stand in a literal: as items, keys, values, in literals inside it, or given to a call."""
    if isinstance(node, (ast.Set, ast.List, ast.Tuple)):
        items: list[Any] = list(node.elts)
    elif isinstance(node, ast.Dict):
        items = [*(k for k in node.keys if k is not None), *node.values]
    elif isinstance(node, ast.Call):
        items = [a for a in node.args if isinstance(a, (ast.Set, ast.List, ast.Tuple, ast.Dict))]
    else:
        return
    for item in items:
        inner = item.value if isinstance(item, ast.Starred) else item
        name = dotted(inner)
        if name and is_operation(name):
            yield name
        yield from named(inner)


def tables(package: Path) -> Iterator[Table]:
    """The tables outside the rooms, outermost literals only."""
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package).as_posix()
        if not inside.startswith(ROOMS):
            yield from _of_file(inside, ast.parse(path.read_text()), "")


def _of_file(path: str, node: ast.AST, place: str) -> Iterator[Table]:
    for child in ast.iter_child_nodes(node):
        here = place
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            here = f"{place}.{child.name}".strip(".")
        elif isinstance(child, (ast.Assign, ast.AnnAssign)) and not place:
            here = dotted(child.targets[0] if isinstance(child, ast.Assign) else child.target)
        if isinstance(child, (ast.Set, ast.List, ast.Tuple, ast.Dict)):
            found = tuple(dict.fromkeys(named(child)))
            if len(found) > 1:
                yield Table(path, child.lineno, here, found)
                continue
        yield from _of_file(path, child, here)
