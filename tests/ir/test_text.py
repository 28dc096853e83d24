import operator
from collections import namedtuple

import numpy as np
import pytest

from s2sad.ir import UNDEFINED, Block, Call, Carried, Const, For, Function, Pack, Var
from s2sad.ir import text as module
from s2sad.ir.facts import UNKNOWN, Fact, array
from s2sad.ir.interpret import interpret
from s2sad.ir.text import constants, describe, format, parse

Point = namedtuple("Point", "x y")


def round_trip(text: str, namespace=None) -> None:
    text = text.strip("\n")
    fn = parse(text, namespace)
    assert format(fn) == text
    assert format(parse(format(fn), constants(fn))) == text


def returns(arg, *params) -> str:
    return format(Function("f", Block(params, (), (arg,)))).splitlines()[-1].strip()


def test_the_example_of_the_docstring():
    example = module.__doc__.split("::\n\n")[1].split("``:=``")[0]
    text = "\n".join(line[4:].split("  #")[0].rstrip() for line in example.splitlines()).strip()
    fn = parse(text)
    assert format(fn) == text
    assert interpret(fn, 0.5, 3) == 0.5 + np.sin(0.5) + np.sin(np.sin(0.5))


@pytest.mark.parametrize(
    "text",
    [
        "def f(x, y) wrt x:\n    z = x * y\n    return z",
        "def f():\n    return None",
        "def f(x):\n    y := -x\n    z := ~y\n    w = not z\n    return w, y",
        "def f(x):\n    y = (-2.0) ** x\n    z = x ** -2.0\n    w = -1 * x\n    return y, (z, w)",
        "def f(x, i):\n    a = x[0]\n    b = x[i, 1:]\n    c = x[:, ::-1, ..., None]\n    return a, b",
        "def f(x, i):\n    d = x[i,]\n    e = x[()]\n    return d, e",
        "def f(x):\n    a = x.T\n    b = a @ x\n    c = a in b\n    d = a is not None\n    return c, d",
        "def f(x):\n    a = setitem(x, (0, slice(1, None)), 2.0)\n    b = iadd(a, 1)\n    return b",
        "def f(x):\n    a = np.sum(x, axis=(0, 1), keepdims=True)\n    return a",
        "def f(x):\n    a, b = np.linalg.eigh(x)\n    print(a, sep='\\n')\n    return {'a': a, 'b': [b]}",
        "def f(x):\n    if x:\n        print(x)\n    return (x,)",
        "def f(x):\n    y, z = if x:\n        yield (x, 1), 2\n    else:\n        yield x, UNDEFINED\n    return y",
        "def f(x):\n    y = if x:\n        a := if x:\n            yield 1\n        else:\n            yield 2\n"
        "        yield a\n    else:\n        yield 3\n    return y",
        "def f(n):\n    for i in range(n):\n        print(i)\n    return n",
        "def f(n):\n    for i in range(n):\n        pass\n    return n",
        "def f(n, xs):\n    ps := for i, x in reversed(zip(n, xs)) collect (i, x):\n        pass\n    return ps",
        "def f(n):\n    ps, qs, s = for i in range(n) collect i, (i, 1) stop i:\n        pass\n    return s",
        "def f(n):\n    r = range(n)\n    for i in r:\n        print(i)\n    return r",
        "def f(x):\n    a = while True carry b = x:\n        pass\n    do c:\n        yield c\n    return a",
        "def f(x):\n    while x:\n        pass\n    do:\n        print(x)\n    return x",
        "def f(x):\n    a, p, s := while t carry b = x:\n        t := b > 0\n    do c collect (c, 1) stop u:\n"
        "        u := c < 1\n        yield c\n    return a",
        "def g(x):\n    y = x + 1\n    return y\n\n\ndef f(x):\n    y = g(x)\n    return y",
    ],
)
def test_round_trip(text):
    round_trip(text)


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        2.5,
        -0.0,
        1e300,
        float("nan"),
        float("inf"),
        -float("inf"),
        2j,
        complex(-0.0, 1),
        complex(float("nan"), -float("inf")),
        True,
        None,
        ...,
        "a'b\n\"c",
        b"\0",
        UNDEFINED,
        np.float64(1.5),
        np.float32(0.1),
        np.int8(-3),
        np.bool_(True),
        np.complex64(1 - 2j),
        np.dtype("float32"),
        np.float32,
        np.sin,
        float,
        np,
        (),
        (1,),
        (1, (2.0, None)),
        slice(1, None),
        slice(None, None, -1),
        operator.add,
    ],
)
def test_constants_survive(value):
    fn = Function("f", Block((), (), (Const(value),)))
    again = parse(format(fn), constants(fn))
    assert constants(fn) == {}
    got = interpret(again) if value is not UNDEFINED else again.result.value
    assert type(got) is type(value) and repr(got) == repr(value)


def test_captured_constants_get_their_names():
    k, other = np.ones(2), np.zeros(2)
    fn = Function("f", Block((x := Var("K"),), (), (Pack("tuple", (x, Const(k, "K"), Const(other, "K"), Const([1]))),)))
    assert format(fn) == "def f(K1):\n    return K1, K, K_2, const"
    namespace = constants(fn)
    assert namespace["K"] is k and namespace["K_2"] is other and namespace["const"] == [1]
    assert format(parse(format(fn), namespace)) == format(fn)


def test_users_functions_and_classes():
    def sin(x):
        return x

    x, y, z = Var("x"), Var("y"), Var("z")
    calls = (Call((y,), sin, (x,)), Call((z,), lambda v: v, (y,)))
    fn = Function("f", Block((x,), calls, (Pack(Point, (y, z)),)))
    assert format(fn) == "def f(x):\n    y = sin(x)\n    z = lambda_(y)\n    return Point(y, z)"
    assert format(parse(format(fn), constants(fn))) == format(fn)
    assert constants(fn)["sin"] is sin and constants(fn)["Point"] is Point


def test_a_users_function_called_like_ours():
    def setitem(x):
        return x

    x, y = Var("x"), Var("y")
    fn = Function("f", Block((x,), (Call((y,), setitem, (x,)),), (y,)))
    assert "setitem_2(x)" in format(fn)
    assert parse(format(fn), constants(fn)).body.stmts[0].op is setitem


def test_variables_that_share_a_name_are_numbered():
    a = [Var("a") for _ in range(3)]
    body = Block((a[0],), (Call((a[1],), np.sin, (a[0],)), Call((a[2],), np.cos, (a[1],))), (a[2],))
    assert format(Function("f", body)) == "def f(a1):\n    a2 = np.sin(a1)\n    a3 = np.cos(a2)\n    return a3"


def test_names_never_collide():
    names = ["a", "a", "a1", "a1_", "a1", "np", "nan", "for", "carry", "x y", "range", "np", "1", "sum", "λ"]
    params = tuple(map(Var, names))
    out = Var("a2")
    fn = Function(
        "f", Block(params, (Call((out,), np.sum, (params[5],)),), (Pack("tuple", (*params, Const(1.0), out)),))
    )
    text = format(fn)
    shown = text[text.index("(") + 1 : text.index(")")].split(", ")
    assert len(set(shown)) == len(names) and not {"np", "nan", "for", "carry", "range", "a2"} & set(shown)
    assert "a1_" in shown and "sum" in shown and "λ" in shown
    assert format(parse(text)) == text


def test_outs_are_numbered_after_what_the_block_defines():
    fn = parse("def f(x, n):\n    z = for i in range(n) carry y = x:\n        w = y * 2\n        yield w\n    return z")
    loop = fn.body.stmts[1]
    a = [Var("a") for _ in range(3)]
    carried = Carried(a[0], loop.carried[0].init, a[1], a[2])
    loop = For(loop.walked, (carried,), (Call((a[1],), operator.mul, (a[0], Const(2))),))
    fn = Function("f", Block(fn.params, (fn.body.stmts[0], loop), (a[2],)))
    assert "a3 = for i in range(n) carry a1 = x:" in format(fn)


def test_the_text_is_deterministic():
    text = "def f(x):\n    y := np.sin(x)\n    z := y * x\n    return z"
    assert len({format(parse(text)) for _ in range(3)}) == 1


def test_broken_ir_is_printed_all_the_same():
    x, y = Var("x"), Var("y")
    assert "y = np.sin(<ghost>)" in format(Function("f", Block((x,), (Call((y,), np.sin, (Var("ghost"),)),), (y,))))
    assert returns(3.0) == "return <3.0>"


def test_facts_are_a_column():
    fn = parse(
        "def f(x, a):\n    b = a * x\n    y = np.sum(b)\n    return y",
        facts={"x": Fact("float"), "a": array(float, (("n", 0), 3)), "b": array(float, (("n", 0), 3))},
    )
    assert (
        format(fn, facts=True)
        == """\
def f(x, a):       # float, float64[n0, 3]
    b = a * x      # float64[n0, 3]
    y = np.sum(b)  # ?
    return y"""
    )
    assert format(parse(format(fn, facts=True))) == format(fn)


@pytest.mark.parametrize(
    ("fact", "want"),
    [
        (UNKNOWN, "?"),
        (Fact("float"), "float"),
        (Fact("scalar", np.dtype("float32")), "float32"),
        (array(float), "float64"),
        (array(None), "array"),
        (array(int, ()), "int64[]"),
        (array(float, (("k", -1), ("k", 0), ("m", 2))), "float64[n0-1, n0, n1+2]"),
        (Fact("list", item=Fact("float")), "list of float"),
        (Fact("number"), "number"),
    ],
)
def test_describe(fact, want):
    assert describe(fact) == want


def test_unhashable_callables():
    class Op:
        __hash__ = None

        def __call__(self, x):
            return x

    op = Op()
    x, y = Var("x"), Var("y")
    fn = Function("f", Block((x,), (Call((y,), op, (x,)),), (y,)))
    assert "y = Op(x)" in format(fn)
    assert parse(format(fn), constants(fn)).body.stmts[0].op is op
