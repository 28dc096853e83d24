import operator
from collections import namedtuple

import numpy as np
import pytest

from s2sad.errors import InternalError
from s2sad.ir import UNDEFINED, Call, Const, For, If, Pack, Var, While
from s2sad.ir.facts import Fact
from s2sad.ir.text import parse

Point = namedtuple("Point", "x y")


def first(line: str, **kw):
    return parse(f"def f(x, y):\n    {line}\n    return x", **kw).body.stmts[0]


def arg(text: str, **kw):
    return parse(f"def f(x, y):\n    return {text}", **kw).result


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("x + y", operator.add),
        ("x @ y", operator.matmul),
        ("x ** y", operator.pow),
        ("x // y", operator.floordiv),
        ("x <= y", operator.le),
        ("x is y", operator.is_),
        ("x is not y", operator.is_not),
        ("x != y", operator.ne),
        ("x[y]", operator.getitem),
        ("np.hypot(x, y)", np.hypot),
        ("iadd(x, y)", operator.iadd),
        ("max(x, y)", max),
    ],
)
def test_operations(text, op):
    call = first(f"z = {text}")
    assert call.op is op and [v.name for v in call.args] == ["x", "y"] and not call.adjoint


def test_unary_operations_attributes_and_membership():
    assert first("z = -x").op is operator.neg and first("z = not x").op is operator.not_
    call = first("z = x.T")
    assert call.op is getattr and call.args[1].value == "T"
    call = first("z = x in y")
    assert call.op is operator.contains and call.args[0].name == "y"


def test_adjoint_and_outs():
    assert first("z := x + y").adjoint
    assert len(first("a, b = divmod(x, y)").outs) == 2
    assert first("print(x)").outs == () and first(":= print(x)").adjoint


def test_keyword_arguments():
    call = first("z = np.sum(x, axis=0, keepdims=True)")
    assert [(k, a.value) for k, a in call.kwargs] == [("axis", 0), ("keepdims", True)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("-2", -2),
        ("True", True),
        ("None", None),
        ("'a b'", "a b"),
        ("...", ...),
        ("inf", np.inf),
        ("-inf", -np.inf),
        ("UNDEFINED", UNDEFINED),
        ("complex(1.0, -0.0)", complex(1, -0.0)),
        ("np.float32(0.1)", np.float32(0.1)),
        ("np.sin", np.sin),
        ("float", float),
        ("np", np),
        ("b'x'", b"x"),
        ("np.dtype('float32')", np.dtype("float32")),
        ("np.pi", np.pi),
    ],
)
def test_constants(text, value):
    const = arg(text)
    assert type(const) is Const and type(const.value) is type(value) and const.value == value
    assert repr(const.value) == repr(value)


def test_nan():
    assert np.isnan(arg("nan").value)


def test_packs():
    pack = arg("(x, [1, y], {'k': x, (1, 2): y}, slice(x, 2))")
    kinds = [p.kind for p in pack.items[1:]]
    assert pack.kind == "tuple" and kinds == ["list", "dict", "slice"]
    assert pack.items[2].keys == ("k", (1, 2)) and len(pack.items[3].items) == 3
    assert arg("Point(x, y)", namespace={"Point": Point}).kind is Point


def test_subscripts():
    index = first("z = x[1:y, ..., None]").args[1]
    assert index.kind == "tuple" and index.items[0].kind == "slice" and index.items[2].value is None


def test_captured_constants_have_names():
    k = np.ones(3)
    const = arg("K", namespace={"K": k})
    assert const.value is k and const.name == "K"


def test_nested_expressions_get_temporaries():
    stmts = parse("def f(x, y):\n    z := x * y + np.sin(-x)\n    return z / 2.0").body.stmts
    assert [s.op for s in stmts] == [operator.mul, operator.neg, np.sin, operator.add, operator.truediv]
    assert [s.adjoint for s in stmts] == [True, True, True, True, False]


def test_statements_with_blocks():
    assert isinstance(first("if x:\n        print(y)"), If)
    loop = parse(
        "def f(x, n):\n    s, p = for i, z in reversed(zip(range(n), x)) carry t = 0.0 collect z:\n"
        "        yield z\n    return s"
    ).body.stmts[1]
    assert isinstance(loop, For) and loop.reverse and not loop.stop and len(loop.walked) == 2 and len(loop.outs) == 2
    loop = parse(
        "def f(x):\n    s, e = while c carry t = x:\n        c = t > 1.0\n    do u stop d:\n"
        "        d = u < 2.0\n        yield u\n    return s"
    ).body.stmts[0]
    assert isinstance(loop, While) and loop.stop


def test_comments_and_blank_lines():
    fn = parse(
        "\n# a function\ndef f(x):  # x is a number\n\n    y = '# no comment'.join(x)  # one\n    return y\n".replace(
            "'# no comment'.join(x)", "max(x, '# no comment')"
        )
    )
    assert fn.body.stmts[0].args[1].value == "# no comment"


def test_words_in_strings_do_not_open_clauses():
    loop = first("for i in range(2) carry t = ' stop: carry ':\n        yield t".replace("for", "s = for"))
    assert loop.op is range
    fn = parse("def f(x):\n    s = for i in range(2) carry t = ' stop: carry ':\n        yield t\n    return s")
    assert fn.body.stmts[1].carried[0].init.value == " stop: carry "


def test_facts_of_variables():
    fn = parse("def f(x):\n    y = x + 1.0\n    return y", facts={"x": Fact("float")})
    assert fn.params[0].fact.kind == "float" and fn.body.stmts[0].outs[0].fact == Fact()


def test_several_functions():
    fn = parse("def g(u):\n    return u\n\ndef f(x):\n    y = g(x)\n    return y")
    assert fn.name == "f" and fn.body.stmts[0].op.name == "g"


def test_inputs():
    assert [v.name for v in parse("def f(p, n) wrt a:\n    a = p[0]\n    return a").inputs] == ["a"]
    assert parse("def f(p):\n    return p").inputs == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no function"),
        ("x = 1", "line 1"),
        ("def f(x):\n    return y", "line 2: what is `y`"),
        ("def f(x):\n    x = np.sin(x)\n    return x", "`x` is assigned twice"),
        ("def f(x):\n    y = x\n    return y", "`x` is not an operation"),
        ("def f(x):\nreturn x", "expected an indented block"),
        ("def f(x)\n    return x", "expected `:`"),
        ("def f(x):\n    y = no_such(x)\n    return y", "line 2: what is `no_such`"),
        ("def f(x):\n    return x\n    y = np.sin(x)", "unexpected line"),
        ("def f(x):\n    y = x +\n    return y", "line 2"),
        ("def f(x):\n    y = (x\n    return y", "line 2"),
        ("def f(x):\n    y = while c carry a = x:\n        c = a > 1\n    return y", "expected `do`"),
        ("def f(x):\n    y = if x:\n        yield 1\n    return y", "S2S900"),
        ("def f(x):\n    y = x < x < x\n    return y", "is not an operation"),
        ("def f(x):\n    2y = np.sin(x)\n    return x", "line 2"),
    ],
)
def test_errors_name_the_line(text, message):
    with pytest.raises(InternalError, match="S2S900") as error:
        parse(text)
    assert message in str(error.value)


def test_everything_is_ir():
    call = first("z = np.stack([x, (y, 1)], axis=-1)")
    assert type(call) is Call and type(call.args[0]) is Pack and type(call.args[0].items[0]) is Var
