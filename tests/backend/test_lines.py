"""The lines of a generated text and the lines of the user that they come from."""
from __future__ import annotations

import ast

import numpy as np
import pytest

from s2sad import grad
from s2sad.backend.lines import Line, lines, pairs


def helper(x):
    return np.tanh(x)


def f(x, w):
    h = helper(w @ x)
    s = 0.0
    for i in range(3):
        if h[i] > 0:
            s += h[i] * np.exp(h[i])
        else:
            s -= h[i] ** 2
    return s * np.sum(h)


def made(fn, *args):
    source = grad(fn).entry(args, {}).source
    return source.text.splitlines(), lines(source), source


ARGS = (np.array([0.2, -0.4, 0.9]), np.full((3, 3), 0.3))


def test_every_line_of_code_is_known_and_no_comment_is():
    text, found, _ = made(f, *ARGS)
    for number, line in enumerate(text[1:], 2):
        assert (number in found) == (not line.lstrip().startswith("#")), line


def test_comments_name_the_statement_that_the_line_comes_from():
    text, found, _ = made(f, *ARGS)
    checked = 0
    for number, line in found.items():
        code, _, comment = text[number - 1].partition("  # ")
        if comment:
            where = found[number + 1] if code.rstrip().endswith(":") else line
            assert comment in [loc.text for loc in where.locs]
            checked += 1
    assert checked >= 3


def test_forward_lines_come_before_reverse_lines():
    text, found, _ = made(f, *ARGS)
    at = text.index("    # reverse sweep") + 1
    assert {line.adjoint for n, line in found.items() if n < at} == {False}
    assert all(line.adjoint for n, line in found.items() if n > at and not text[n - 1].lstrip().startswith("return"))


def test_names_are_those_of_the_text():
    text, found, _ = made(f, *ARGS)
    for number, line in found.items():
        for name in (*line.stores, *line.loads):
            assert name in text[number - 1]
    assert any("s" in line.stores for line in found.values())


def test_else_belongs_to_its_branch():
    text, found, _ = made(f, *ARGS)
    numbers = [n for n, line in enumerate(text, 1) if line.strip().startswith("else:")]
    assert numbers and all(isinstance(found[n], Line) and not found[n].stmts for n in numbers)


@pytest.mark.parametrize("fn, args", [(f, ARGS), (lambda x: np.sin(x) * x, (2.0,))])
def test_the_tree_is_that_of_the_text(fn, args):
    _, _, source = made(fn, *args)
    assert all(type(a) is type(b) for a, b in pairs(source))
    assert [getattr(a, "id", "") for a, _ in pairs(source)] == [
        getattr(b, "id", "") for b in ast.walk(ast.parse(source.text).body[0])]
