import math
import operator
from collections import namedtuple

import numpy as np
import pytest

from s2sad import runtime
from s2sad.ir import UNDEFINED, Block, Call, Const, Function, Pack, Var
from s2sad.ir.interpret import interpret
from s2sad.ir.symbols import AUGMENTED
from s2sad.ir.text import parse

Point = namedtuple("Point", "x y")


def run(body: str, *args, head="def f(x, y):", namespace=None):
    return interpret(parse("\n    ".join([head, *body.splitlines()]), namespace), *args)


def test_straight_line():
    assert run("a = np.sin(x)\nb = a * y\nreturn b", 0.5, 2.0) == np.sin(0.5) * 2.0


def test_packs_become_containers():
    result = run("return x, [y, (1,)], {'k': x}, slice(x, y), Point(x, 2)", 1, 2, namespace={"Point": Point})
    assert result == (1, [2, (1,)], {"k": 1}, slice(1, 2, None), Point(1, 2))


def test_keyword_arguments_and_several_outs():
    assert run("a, b = divmod(x, y)\nc = np.sum([a, b], axis=0)\nreturn a, b, c", 7, 3) == (2, 1, 3)


@pytest.mark.parametrize(("test", "want"), [(1, 10), (0, 20)])
def test_branches(test, want):
    assert run("r = if x:\n    yield 10\nelse:\n    yield 20\nreturn r", test, 0) == want


def test_loop_carries_and_collects():
    body = "s, ps = for i in range(y) carry a = x collect p:\n    p = a * a\n    b = a + i\n    yield b\nreturn s, ps"
    assert run(body, 1, 3) == (4, [1, 1, 4])
    assert run(body, 1, 0) == (1, [])


def test_reversed_loop_collects_by_position():
    body = (
        "s, ps = for i in reversed(range(3)) carry a = x collect p:\n"
        "    p = i * 10\n    b = a - i\n    yield b\nreturn s, ps"
    )
    assert run(body, 0, None) == (-3, [0, 10, 20])
    nested = "s = for i, q in reversed(zip(range(3), x)) carry a = '':\n    b = a + q\n    yield b\nreturn s"
    assert run(nested, ["a", "b", "c"], None) == "cba"


def test_stop_ends_the_loop_after_the_step():
    body = (
        "s, ps, z = for i in range(9) carry a = 0 collect i stop c:\n"
        "    b = a + i\n    c = b > x\n    yield b\nreturn s, ps, z"
    )
    assert run(body, 4, None) == (6, [0, 1, 2, 3], True)
    assert run(body, 1000, None) == (36, list(range(9)), False)
    assert run(body.replace("range(9)", "range(0)"), 0, None) == (0, [], False)
    backwards = (
        "s, z = for i in reversed(range(9)) carry a = 0 stop c:\n    b = a + i\n    c = b > x\n    yield b\nreturn s, z"
    )
    assert run(backwards, 10, None) == (15, True)


def test_while():
    body = (
        "a, ps = while c carry a1 = x:\n    c = a1 > 1.0\n"
        "do a2 collect a2:\n    a3 = a2 / 2.0\n    yield a3\nreturn a, ps"
    )
    assert run(body, 4.0, None) == (1.0, [4.0, 2.0])
    assert run(body, 0.5, None) == (0.5, [])
    stops = (
        "a, z = while c carry a1 = x:\n    c = a1 > 1.0\n"
        "do a2 stop s:\n    a3 = a2 / 2.0\n    s = a3 < y\n    yield a3\nreturn a, z"
    )
    assert run(stops, 64.0, 10.0) == (8.0, True)


def test_sequences_of_different_lengths_are_an_error():
    with pytest.raises(ValueError, match="lengths"):
        run("for a, b in zip(x, y):\n    c = a + b\nreturn x", [1], [1, 2])


def test_nothing_is_mutated():
    x = np.arange(4.0)
    keep = x.copy()
    body = (
        "a = setitem(x, 0, 9.0)\nb = iadd(x, 1.0)\nc = imul(x, y)\nd = add_at(x, [0, 0], 1.0)\n"
        "e = setview(x, (), 1, 7.0)\nreturn x, a, b, c, d, e"
    )
    old, *new = run(body, x, 2.0)
    np.testing.assert_array_equal(x, keep)
    np.testing.assert_array_equal(old, keep)
    for got, want in zip(new, ([9, 1, 2, 3], [1, 2, 3, 4], [0, 2, 4, 6], [2, 1, 2, 3], [0, 7, 2, 3])):
        np.testing.assert_array_equal(got, want)
    xs = [1]
    assert run("a = append(x, 2)\nb, c = pop(x)\nd = iadd(x, [3])\nreturn x, a, b, c, d", xs, 0) == (
        [1],
        [1, 2],
        [],
        1,
        [1, 3],
    )
    assert xs == [1]


def test_every_in_place_operator_is_known():
    names = {n for n in dir(operator) if n.startswith("i") and n[1:] in dir(operator) and f"__{n}__" in dir(operator)}
    assert {op.__name__ for op in AUGMENTED} >= names - {"is_", "invert"}


def test_functions_of_the_ir():
    text = (
        "def g(u, v):\n    w = u * v\n    return w, u\n\n"
        "def f(x, y):\n    a, b = g(x, y)\n    c = g(b, a)\n    return c"
    )
    assert interpret(parse(text), 2.0, 3.0) == (12.0, 2.0)


def test_undefined_propagates_until_it_is_used():
    body = "r = if x:\n    yield 1.0\nelse:\n    yield UNDEFINED\n"
    assert run(body + "s = if x:\n    t = r + 1.0\n    yield t\nelse:\n    yield 0.0\nreturn s", False, 0) == 0.0
    with pytest.raises(NameError, match="'r' is not defined"):
        run(body + "s = r + 1.0\nreturn s", False, 0)
    with pytest.raises(NameError, match="'r' is not defined"):
        run(body + "return r", False, 0)
    with pytest.raises(NameError):
        run(body + "s = np.stack([r, r])\nreturn s", False, 0)
    with pytest.raises(NameError):
        run(body + "return x, r", False, 0)
    loop = "a = for i in range(x) carry b = UNDEFINED:\n    yield i\nreturn a"
    assert run(loop, 3, 0) == 2
    with pytest.raises(NameError):
        run(loop, 0, 0)


def test_exceptions_come_through():
    with pytest.raises(ZeroDivisionError):
        run("a = x / y\nreturn a", 1.0, 0.0)
    with pytest.raises(ValueError, match="math domain"):
        run("a = math.log(x)\nreturn a", -1.0, 0.0)


def test_wrong_number_of_arguments():
    with pytest.raises(TypeError, match="f takes 2 arguments, 1 given"):
        run("return x", 1.0)


def test_unhashable_and_captured_callables():
    class Twice:
        __hash__ = None

        def __call__(self, v):
            return 2 * v

    v, w = Var("v"), Var("w")
    fn = Function("f", Block((v,), (Call((w,), Twice(), (v,)),), (w,)))
    assert interpret(fn, 3) == 6
    assert run("a = helper(x)\nreturn a", 1.0, 0, namespace={"helper": math.exp}) == math.e


def test_constants():
    fn = Function("f", Block((), (), (Pack("list", (Const(1.0), Const(None))),)))
    assert interpret(fn) == [1.0, None]
    with pytest.raises(NameError):
        interpret(Function("f", Block((), (), (Const(UNDEFINED),))))
    assert interpret(parse("def f(x):\n    a = copy(x)\n    return a"), 2) == runtime.copy(2)


def test_an_observer_is_told_of_every_value_in_order():
    seen = []
    fn = parse("def f(x):\n    s3 = for k in range(2) carry s1 = x:\n        s2 = s1 + k\n        yield s2\n"
               "    return s3")
    assert interpret(fn, 1, observe=lambda var, value: seen.append((var.name, value))) == 2
    assert seen == [("x", 1), ("t", range(2)), ("k", 0), ("s1", 1), ("s2", 1), ("k", 1), ("s1", 1), ("s2", 2),
                    ("s3", 2)]
