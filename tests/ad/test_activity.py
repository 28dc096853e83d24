"""Varied, useful, and what nothing depends on."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ad.activity import has_derivative, useful, varied
from s2sad.ir import Call, Var
from s2sad.ir.facts import Fact
from s2sad.ir.text import parse
from s2sad.ir.walk import statements


def names(program: str, wrt: str = "x", facts=None) -> tuple[set[str], set[str]]:
    """Names of the varied and of the useful variables that statements define (names are unique in these programs)."""
    fn = parse(program, facts=facts)
    outs = {v.name for s in statements(fn.body) for v in s.outs}
    inputs = [p for p in fn.params if p.name in wrt.split()]
    results = [fn.result] if isinstance(fn.result, Var) else list(fn.result.items)
    return ({v.name for v in varied(fn, inputs)} & outs, {v.name for v in useful(fn, results)} & outs)


def test_the_docstring_example():
    v, u = names("def f(x, n):\n    k = n * 2\n    y = x * k\n    z = y + 1\n    return y")
    assert v == {"y", "z"} and u == {"k", "y"}


def test_discrete_values_do_not_vary():
    v, _ = names(
        "def f(x):\n    a = x > 0.0\n    b = np.argmax(x)\n    c = np.floor(x)\n    d = np.shape(x)\n    e = x * 2.0\n"
        "    return e",
        facts={"a": Fact("bool"), "b": Fact("int")},
    )
    assert v == {"e"}


def test_operations_without_derivative_end_usefulness():
    _, u = names("def f(x):\n    y = x * 2.0\n    s = np.floor(y)\n    z = s * x\n    return z")
    assert "s" in u and "y" not in u


def test_a_loop_is_followed_until_nothing_changes():
    v, u = names("""
def f(x, n):
    a2, b2, c2 = for i in range(n) carry a = 0.0, b = 0.0, c = 0.0:
        a1 = b * 2.0
        b1 = c + 1.0
        c1 = c * x
        yield a1, b1, c1
    return a2
""")
    assert v == {"a1", "b1", "c1", "a2", "b2", "c2"}
    assert {"a1", "b1", "c1", "a2"} <= u and "b2" not in u


def test_items_of_a_varied_sequence_vary():
    v, _ = names("""
def f(x, k):
    s2 = for p, q in zip(x, k) carry s = 0.0:
        t = s * q
        u = p * q
        w = q * q
        yield t
    return s2
""")
    assert v == {"u"}


def test_branches():
    v, u = names("""
def f(x, y, c):
    a = y * 2.0
    b = if c:
        d = x * 2.0
        yield d
    else:
        e = a + 1.0
        yield e
    g = if c:
        yield a
    else:
        yield 1.0
    return b
""")
    assert v == {"d", "b"} and u == {"a", "d", "e", "b"}


def test_while_and_collected_values():
    v, u = names(
        """
def f(x, n):
    k2, ps = while c carry k = 0:
        c = k < n
    do j collect p:
        p = j * x
        q = p * p
        k1 = j + 1
        yield k1
    s = np.sum(ps)
    return s
""",
        facts={"k1": Fact("int"), "k2": Fact("int")},
    )
    assert v == {"p", "q", "ps", "s"} and {"p", "ps", "s"} <= u and "q" not in u


@pytest.mark.parametrize(
    "op, has",
    [
        (np.sin, True),
        (np.argmax, False),
        (np.floor, False),
        (np.shape, False),
        (np.zeros_like, False),
        (np.sum, True),
        (len, False),
        (max, True),
    ],
)
def test_which_operations_have_a_derivative(op, has):
    assert has_derivative(Call((Var("y"),), op, (Var("x"),))) == has
