"""Every import of the package, function-level ones too, against the table of allowed arrows (DESIGN 2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "s2sad"
ALLOWED = {
    "errors": set(),
    "runtime": {"numpy"},
    "ir": {"errors", "runtime", "numpy"},
    "ops": {"ir", "runtime", "numpy", "scipy"},
    "memory": {"ir", "ops", "runtime", "numpy"},
    "rules": {"errors", "ops", "runtime", "numpy", "scipy"},
    "facts": {"errors", "ir", "ops", "rules", "runtime", "numpy"},
    "frontend": {"errors", "ir", "ops", "rules", "runtime", "facts", "tree", "numpy", "gast"},
    "ad": {"errors", "ir", "memory", "ops", "rules", "runtime", "facts", "numpy"},
    "passes": {"errors", "facts", "ir", "memory", "ops", "runtime", "numpy"},
    "backend": {"errors", "ir", "memory", "ops", "runtime", "numpy", "astor", "gast"},
    "show": {"ad", "backend", "derive", "errors", "ir", "ops", "passes", "rules", "runtime", "facts", "tree", "numpy"},
    "version": set(),
    "tree": {"numpy"},
    "numeric": {"tree", "numpy"},
    "optim": {"tree", "numpy"},
    "arguments": {"ir", "numpy"},
    "derive": {"ad", "arguments", "backend", "errors", "facts", "frontend", "ir", "memory", "ops", "passes", "runtime",
               "numpy"},
    "export": {"backend", "derive", "errors", "frontend", "ir", "runtime", "version", "numpy", "gast"},
    "api": {"ad", "backend", "derive", "errors", "export", "frontend", "ir", "numeric", "ops", "passes", "rules",
            "runtime", "show", "tree", "numpy"},
    "counts": {"ops", "derive", "frontend", "ir", "numeric", "rules", "runtime", "tree", "numpy"},
    "symbolic": {"ops", "counts", "derive", "frontend", "ir", "rules", "runtime", "numpy"},
    "nn": {"ops", "rules", "runtime", "numpy", "scipy"},
    "explain": {"errors"},
    "testing": {"api", "errors", "numeric", "rules", "runtime", "tree", "numpy", "scipy"},
    "magic": {"api", "errors"},
    "elsewhere": set(),
    "__init__": {"api", "elsewhere", "errors", "explain", "magic", "numeric", "rules", "testing", "tree", "version"},
    "__main__": {"__init__", "api", "errors", "explain", "ir", "runtime", "show", "numpy"},
}
STANDARD = {"numpy", "scipy", "gast", "astor"}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def part(path: Path) -> str:
    """The layer that a file belongs to: its package, or its own name at top level."""
    inside = path.relative_to(ROOT)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and layer (or third-party package) of every import in a file, at any depth."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            base = node.module or ""
            targets = [f"{base}.{a.name}" for a in node.names] if base == "s2sad" else [base]
        else:
            continue
        for target in targets:
            top, _, rest = target.partition(".")
            if top == "s2sad":
                yield node.lineno, rest.partition(".")[0] or "__init__"
            elif top in STANDARD:
                yield node.lineno, top


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_arrows(path: Path) -> None:
    here = part(path)
    assert here in ALLOWED, f"{path.name}: a new layer needs a row in the table"
    wrong = [
        f"{path}:{line}: {here} → {there}"
        for line, there in imports(path)
        if there != here and there not in ALLOWED[here]
    ]
    assert not wrong, "\n".join(wrong)


def test_table_has_no_cycle() -> None:
    done: set[str] = set(STANDARD)
    waiting = dict(ALLOWED)
    while ready := [name for name, needs in waiting.items() if needs <= done]:
        done.update(ready)
        for name in ready:
            del waiting[name]
    assert not waiting


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_module_has_a_docstring(path: Path) -> None:
    text = path.read_text()
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), f"{path}: no docstring"
