"""How numbers, names and formulas are written."""
import operator

import numpy as np
import pytest

from s2sad import runtime
from s2sad.rules import RULES
from s2sad.show.notation import (
    SUM,
    Text,
    apply,
    bar,
    dot,
    formula,
    number,
    partials,
    summary,
    symbol,
    value,
    variable,
    width,
)

A, B, C = Text("a"), Text("b"), Text("a + b", SUM)


@pytest.mark.parametrize("x, text", [
    (2.0, "2"), (0.6931471805599453, "0.693"), (-0.9589, "−0.959"), (5.5, "5.5"), (0.0, "0"), (1e-7, "1e−07"),
    (1.5e9, "1.5e+09"),
    (np.inf, "∞"), (-np.inf, "−∞"), (np.nan, "nan"), (7, "7"), (-7, "−7"), (True, "True"), (1 - 2j, "(1 − 2i)"),
    (np.float32(0.5), "0.5"),
])
def test_number(x, text):
    assert number(x) == text


@pytest.mark.parametrize("x, text", [
    (np.array([1.0, -2.0]), "[1, −2]"), (np.zeros((3, 4)), "⟨3 × 4⟩"), (np.zeros(5), "⟨5⟩"), (np.array(2.5), "2.5"),
    ([1.0, 2.0], "[1, 2]"), ((1.0,), "(1,)"), (list(range(9)), "⟨9 items⟩"), (None, "None"), ("edge", "edge"),
    (np.sin, "sin"),
])
def test_value(x, text):
    assert value(x).text == text


@pytest.mark.parametrize("x, text", [
    (2.5, "2.5"), (np.array([1.0, 2.0]), "[1, 2]"), (np.array([1, 2], np.int64), "[1, 2] int64"),
    (np.arange(6.0), "⟨6⟩ 0 … 5"), (np.ones((2, 3)), "⟨2 × 3⟩ all 1"), (np.zeros((0, 3)), "⟨0 × 3⟩"),
    (np.arange(6, dtype=np.float32), "⟨6⟩ float32 0 … 5"), (np.full((2, 2), 3 + 4j), "⟨2 × 2⟩ complex128 |·| 5 … 5"),
    (np.array(2.5), "2.5"), (np.array([[np.nan, 1.0]]), "⟨1 × 2⟩ all nan"), ("a" * 50, "a" * 39 + "…"),
    ("a\nb", r"'a\nb'"), (object(), "⟨object⟩"), (Ellipsis, "…"), (dict.fromkeys(range(9)),
                                                                    "{0, 1, 2, 3, 4, 5, 6, 7, …}"),
])
def test_summary(x, text):
    assert summary(x) == text


def test_names():
    assert [variable(k) for k in (-1, 0, 12)] == ["v₋₁", "v₀", "v₁₂"]
    assert [symbol(n) for n in ("x1", "x", "w_2", "layer12", "W")] == ["x₁", "x", "w_2", "layer₁₂", "W"]
    assert [bar(n) for n in ("v₁", "y", "weight", "x₁₂")] == ["v̄₁", "ȳ", "weight_bar", "x̄₁₂"]
    assert [dot(n) for n in ("v₁", "x", "weight")] == ["v̇₁", "ẋ", "weight_dot"]
    assert width("v̄₁₂") == width("v̇₁₂") == 3


@pytest.mark.parametrize("op, args, text", [
    (operator.add, (A, B), "a + b"), (np.add, (A, Text("−2", 4)), "a − 2"), (operator.sub, (A, Text("−2", 4)), "a + 2"),
    (operator.sub, (A, C), "a − (a + b)"), (operator.add, (C, A), "a + b + a"), (np.multiply, (C, B), "(a + b) × b"),
    (np.multiply, (A, Text("−2", 4)), "a × (−2)"), (operator.truediv, (A, Text("b × a", 3)), "a / (b × a)"),
    (operator.pow, (A, Text("2")), "a²"), (np.power, (C, Text("−1", 4)), "(a + b)⁻¹"), (np.power, (A, B), "a ^ b"),
    (operator.neg, (C,), "−(a + b)"), (np.log, (A,), "ln a"), (np.log, (C,), "ln(a + b)"), (np.sqrt, (A,), "√a"),
    (np.sin, (Text("−2", 4),), "sin(−2)"), (np.abs, (C,), "|a + b|"), (np.matmul, (A, B), "a @ b"),
    (operator.lt, (A, B), "a < b"),
    (operator.getitem, (A, Text("(0, 1:)")), "a[0, 1:]"), (runtime.setitem, (A, Text("0"), B), "a[0 ← b]"),
    (np.where, (A, B, C), "where(a, b, a + b)"),
])
def test_apply(op, args, text):
    assert apply(op, args).text == text


def test_keywords():
    assert apply(np.sum, [A], {"axis": Text("0")}).text == "Σ(a, axis=0)"


def test_every_elementwise_rule_that_is_one_expression_can_be_written():
    written = 0
    for entry in set(RULES.values()):
        if entry.kind == "elementwise":
            names = {name: Text(name) for name in [*entry.signature.parameters, "y"]}
            for expr in partials(entry).values():
                try:
                    written += bool(formula(expr, names, entry.vjp).text)
                except LookupError:
                    continue
    assert written >= 8


def test_local_names_are_replaced():
    def local(x):
        u = np.exp(x)
        return u / (1.0 + u)

    entry = type("Entry", (), {"vjp": local, "wrt": ("x",), "signature": __import__("inspect").signature(local)})()
    assert formula(partials(entry)["x"], {"x": A}, local).text == "exp a / (1 + exp a)"


def test_what_is_not_an_expression_has_no_formula():
    def branch(x):
        if x > 0.0:
            return x
        return -x

    entry = type("Entry", (), {"vjp": branch, "wrt": ("x",), "signature": __import__("inspect").signature(branch)})()
    assert partials(entry) == {}
