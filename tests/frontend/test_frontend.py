"""The one door."""

from __future__ import annotations

import ast
from pathlib import Path

import s2sad
from s2sad import frontend

ROOT = Path(s2sad.__file__).parent


def test_nothing_else_of_the_frontend_is_imported():
    """Everybody else says ``from s2sad.frontend import …``, and takes what is offered there."""
    for path in sorted(ROOT.rglob("*.py")):
        if path.parent.name == "frontend":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("s2sad.frontend"):
                assert node.module == "s2sad.frontend", f"{path}:{node.lineno}: {node.module}"
                assert {a.name for a in node.names} <= set(frontend.__all__), f"{path}:{node.lineno}"
