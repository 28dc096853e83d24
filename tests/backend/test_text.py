"""Tests of s2sad/backend/text.py: printing, comments, headings."""
from __future__ import annotations

import ast

import pytest

from s2sad.backend.text import render
from tests.backend.helper import FLOAT, ir, text


def printed(source: str) -> str:
    return render(ast.parse(source).body[0])


@pytest.mark.parametrize("source", [
    "def f(x):\n    return x[1:, ::2], -x ** -2.0, 'it\\'s', {'a': 1, **x}, [y for y in x]\n",
    "def f(x):\n    return f'{x!r:>{10}} {x[\"a\"]}'\n",
    "def f(x):\n    if x:\n        pass\n    elif x:\n        y = 1\n    else:\n        while x:\n            pass\n",
    "def f(x):\n    return " + " + ".join(["np.sin(x)"] * 40) + "\n"])
def test_what_is_printed_parses_back(source: str) -> None:
    assert ast.dump(ast.parse(printed(source))) == ast.dump(ast.parse(source))


def test_long_lines_get_their_comment_above() -> None:
    terms = " + ".join(f"np.sin(x * {k}.0)" for k in range(4))
    made = text(ir(f"def f(x):\n    y := {terms}\n    z := y * y\n    return z, y", {"x": FLOAT},
                   {"y": "y = a statement of some length", "z": "z = y * y"}))
    assert "    # y = a statement of some length\n    y = np.sin" in made and "z = y * y" in made


def test_statements_without_text_are_named_by_line() -> None:
    made = text(ir("def f(x):\n    y := np.sin(x)\n    z := y * y\n    return z, y", {}, {"y": "", "z": "z = y * y"}))
    assert "# line 1" in made


def test_line_breaks_in_the_statement_of_the_user() -> None:
    places = {"y": "y = np.sin(\n    x)", "z": "z"}
    made = text(ir("def f(x):\n    y := np.sin(x)\n    z := y * y\n    return z, y", {}, places))
    assert "# y = np.sin( x)" in made


@pytest.mark.parametrize("n", [3, 6, 9, 20])
def test_long_headers_are_broken_at_commas(n: int) -> None:
    names = [f"value_{k}" for k in range(n)]
    sequences = ", ".join(f"reversed({v}s)" for v in names)
    source = f"def f(x):\n    for {', '.join(names)} in zip({sequences}):\n        pass\n"
    made = printed(source)
    assert all(len(line) <= 100 for line in made.splitlines()[2:])
    assert ast.dump(ast.parse(made)) == ast.dump(ast.parse(source))
