"""Each operation is the one that its symbol stands for."""

import ast
import operator

import pytest

from s2sad.ir.symbols import AUGMENTED, INFIX, PREFIX, SYNTAX

SAMPLES = [(7, 3), (6, 2), (1, 1), (-5, 2)]


def evaluate(node: ast.expr, **values):
    return eval(compile(ast.fix_missing_locations(ast.Expression(node)), "made", "eval"), values)


def name(x):
    return ast.Name(x, ast.Load())


@pytest.mark.parametrize("op", [op for op in INFIX if op is not operator.matmul], ids=lambda f: f.__name__)
def test_infix(op):
    symbol = SYNTAX[op]()
    for a, b in SAMPLES:
        node = (
            ast.BinOp(name("a"), symbol, name("b"))
            if isinstance(symbol, ast.operator)
            else ast.Compare(name("a"), [symbol], [name("b")])
        )
        assert evaluate(node, a=a, b=b) == op(a, b)


@pytest.mark.parametrize("op", AUGMENTED, ids=lambda f: f.__name__)
def test_augmented(op):
    plain = operator.add if op is operator.iconcat else getattr(operator, op.__name__[1:], None) or getattr(
        operator, f"{op.__name__[1:]}_")
    assert AUGMENTED[op] is SYNTAX[plain]


@pytest.mark.parametrize("op", PREFIX, ids=lambda f: f.__name__)
def test_prefix(op):
    for a, _ in SAMPLES:
        assert evaluate(ast.UnaryOp(SYNTAX[op](), name("a")), a=a) == op(a)
