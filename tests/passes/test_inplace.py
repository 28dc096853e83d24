"""Tests of s2sad/passes/inplace.py: which sums accumulate in place."""

from __future__ import annotations

import operator

import numpy as np

from s2sad.ir.interpret import interpret
from s2sad.passes.inplace import inplace
from tests.backend.helper import FLOAT, VECTOR, compiled, count, equal, ir, text

FACTS = dict.fromkeys(("x", "g", "h", "x_bar", "y_bar"), VECTOR)


def check(source: str, updates: int, facts: dict | None = None) -> str:
    fn = ir(source, FACTS if facts is None else facts)
    made = inplace(fn)
    assert count(made, operator.iadd) + count(made, operator.isub) == updates
    args = [np.array([1.0, 2.0]), np.array([3.0, 5.0])]
    wanted = interpret(fn, *args)
    assert equal(interpret(made, *args), wanted)
    assert equal(compiled(made)(*args), wanted)
    assert equal(args, [np.array([1.0, 2.0]), np.array([3.0, 5.0])])
    return text(made)


def test_a_buffer_of_ours() -> None:
    made = check("""
        def f(g, x):
            x_bar := g * x
            x_bar__2 := x_bar + g
            x_bar__3 := x_bar__2 - x
            return x_bar__3
        """, 2)
    assert "x_bar += g" in made and "x_bar -= x" in made


def test_the_second_operand() -> None:
    check("def f(g, x):\n    h := g * x\n    x_bar := g + h\n    return x_bar", 1)


def test_an_argument_is_not_ours() -> None:
    check("def f(g, x):\n    x_bar := g + x\n    return x_bar", 0)


def test_a_broadcast_is_read_only() -> None:
    check("def f(g, x):\n    x_bar := np.broadcast_to(1.0, (2,))\n    x_bar__2 := x_bar + g\n    return x_bar__2", 0)


def test_a_shared_cotangent() -> None:
    check("def f(g, x):\n    h := g * x\n    x_bar := h + g\n    return x_bar, h", 0)


def test_a_view_of_a_shared_cotangent() -> None:
    check("def f(g, x):\n    h := g * x\n    y_bar := h[::-1]\n    x_bar := h + g\n    return x_bar, y_bar", 0)


def test_the_primal_keeps_its_operations() -> None:
    check("def f(g, x):\n    h = g * x\n    x_bar = h + g\n    return x_bar", 0)


def test_unknown_shapes() -> None:
    check("def f(g, x):\n    h := g * x\n    x_bar := h + g\n    return x_bar", 0, {})
    check("def f(g, x):\n    s := np.sum(g)\n    x_bar := s + g\n    return x_bar", 0, FACTS | {"s": FLOAT})


def test_in_a_loop() -> None:
    made = check(
        """
        def f(g, x):
            x_bar := np.zeros_like(x)
            x_bar__3 := for i in range(3) carry x_bar__1 = x_bar:
                h := g * i
                x_bar__2 := x_bar__1 + h
                yield x_bar__2
            return x_bar__3
        """,
        1,
    )
    assert "x_bar += g * i" in made
