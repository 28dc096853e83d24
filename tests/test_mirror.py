"""``tests/`` mirrors ``s2sad/``: ``tests/ir/test_text.py`` tests ``s2sad/ir/text.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "s2sad"
WHOLE = {
    "test_accuracy",
    "test_guards",
    "test_conventions",
    "test_effects",
    "test_faults",
    "test_harm",
    "test_peers",
    "test_notebook",
    "test_programs",
    "test_fuzz",
    "test_imports",
    "test_mirror",
    "test_tables",
    "test_golden",
    "test_readme",
    "test_package",
    "test_contributing",
    "test_doctests",
}

OTHER = {"benchmarks", "examples", "notebooks", "wild"}
"""Folders with tests of what is not in the package."""


def mirrored(module: Path) -> Path:
    """The test file of a module; that of a package's ``__init__`` carries the name of the package."""
    inside = module.relative_to(PACKAGE)
    stem = inside.stem.strip("_")
    if stem == "init":
        stem = inside.parent.name or "package"
    return TESTS / inside.parent / f"test_{stem}.py"


def modules() -> list[Path]:
    return [p for p in sorted(PACKAGE.rglob("*.py")) if p.read_text().count("\n") > 5 and p != PACKAGE / "__init__.py"]


def files_of_tests() -> list[Path]:
    return [p for p in sorted(TESTS.rglob("test_*.py")) if p.parent.name not in OTHER and p.stem not in WHOLE]


@pytest.mark.parametrize("module", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_module_has_its_test(module: Path) -> None:
    assert mirrored(module).exists(), f"{mirrored(module).relative_to(TESTS)} is missing"


@pytest.mark.parametrize("path", files_of_tests(), ids=lambda p: str(p.relative_to(TESTS)))
def test_test_has_its_module(path: Path) -> None:
    assert path in {mirrored(module) for module in PACKAGE.rglob("*.py")}, (
        "no module of that name; tests of the whole go into WHOLE"
    )
