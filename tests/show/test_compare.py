"""A generated gradient against a handwritten one."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad, value_and_grad
from s2sad.show.compare import normal
from tests.show.test_page import text_of


def f(x, w):
    return np.sum(np.tanh(w @ x))


def right(x, w):
    """By hand."""
    s = 1.0 - np.tanh(w @ x) ** 2  # the derivative of tanh
    return w.T @ s, np.outer(s, x)


def wrong(x, w):
    s = np.tanh(w @ x)
    return w.T @ s, np.outer(s, x)


ARGS = (np.array([0.1, 0.2, 0.3]), np.full((2, 3), 0.5))
df = grad(f, argnums=(0, 1))


def test_a_right_gradient_agrees():
    made = df.diff(right, *ARGS, repeat=1)
    assert made and made.agree and [row.name for row in made.rows] == ["∂x", "∂w"]
    assert all(row.absolute < 1e-15 and row.note == "" for row in made.rows)
    assert made.ratio == made.generated_seconds / made.handwritten_seconds > 0
    assert "agree; " in str(made)


def test_a_wrong_gradient_differs_and_the_place_is_named():
    made = df.diff(wrong, *ARGS, repeat=1)
    a, b = df(*ARGS), wrong(*ARGS)
    assert not made and "DIFFER" in str(made)
    assert made.rows[1].absolute == np.max(np.abs(a[1] - b[1]))
    assert made.rows[1].relative == pytest.approx(np.max(np.abs(a[1] - b[1]) / np.maximum(abs(a[1]), abs(b[1]))))
    assert "handwritten at [0, 2]" in made.rows[1].note or "handwritten at [1, 2]" in made.rows[1].note


@pytest.mark.parametrize("written, name, note", [
    (lambda x, w: (right(x, w)[0], np.float32(right(x, w)[1])), "∂w", "dtype float64 against float32 handwritten"),
    (lambda x, w: (right(x, w)[0][:2], right(x, w)[1]), "∂x", "shape (3,) against (2,) handwritten"),
    (lambda x, w: right(x, w)[0], "result", "2 gradients against an array of shape (3,)"),
    (lambda x, w: (right(x, w)[0], "none"), "∂w", "an array of shape (2, 3) against a value of type str")])
def test_shapes_dtypes_and_structure(written, name, note):
    made = df.diff(written, *ARGS, repeat=1)
    found = next(row for row in made.rows if row.name == name)
    assert not made.agree and not found.agree and found.note == note


def test_structures_are_compared_leaf_by_leaf():
    def loss(p):
        return np.sum(p["a"] ** 2) + 3.0 * p["b"]
    made = grad(loss).diff(lambda p: {"a": 2.0 * p["a"], "c": 3.0}, {"a": np.ones(2), "b": 1.0}, repeat=1)
    notes = {row.name: row.note for row in made.rows}
    assert notes == {"∂p['a']": "", "∂p['b']": "only in the generated one", "∂p['c']": "only in the handwritten one"}


def test_nan_equals_nan():
    made = grad(lambda x: np.sum(x * np.nan)).diff(lambda x: x * np.nan, np.ones(2), repeat=1)
    assert made.agree and made.rows[0].absolute == 0.0


def test_value_and_gradient():
    made = value_and_grad(f).diff(lambda x, w: (f(x, w), right(x, w)[0]), *ARGS, repeat=1)
    assert made.agree and [row.name for row in made.rows] == ["value", "∂x"]


def test_sources_are_compared_without_comments_and_docstrings():
    assert normal(right.__doc__ and "def f(x):\n    '''doc'''\n    return  x # c\n") == "def f(x):\n    return x"
    difference = df.diff(right, *ARGS, repeat=1).difference
    assert "-def right(x, w):" in difference and "+def f_grad(x, w):" in difference
    assert "By hand" not in difference and "derivative of tanh" not in difference


def test_another_derivative_and_a_builtin_can_be_compared():
    assert df.diff(grad(f, argnums=(0, 1)), *ARGS, repeat=1).difference == ""
    assert "no source" in grad(np.sin).diff(np.cos, 1.0, repeat=1).difference


def test_arguments_are_left_alone():
    x = ARGS[0].copy()

    def spoils(x, w):
        made = right(x, w)
        x[:] = 0.0
        return made
    assert df.diff(spoils, x, ARGS[1], repeat=1).agree and x.tolist() == ARGS[0].tolist()


def test_html():
    made = df.diff(wrong, *ARGS, repeat=1)
    assert "DIFFER" in text_of(made._repr_html_()) and 'class="l add"' in made._repr_html_()
