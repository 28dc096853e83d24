"""What still reads a buffer that is about to be written."""

import numpy as np
import pytest

from s2sad.ir.equal import same
from s2sad.ir.facts import Fact, array
from s2sad.ir.text import parse
from s2sad.ir.walk import blocks, count_uses, statements
from s2sad.memory.alias import Memory
from s2sad.memory.conflicts import conflicts, fused_updates

VECTOR = array(float, ((("n", 1), 0),))
FACTS = {**dict.fromkeys("x a b c d e f g".split(), VECTOR), "s": Fact("float"), "t": Fact("float")}


def found(body: str) -> list[tuple[str, bool, set[str], int, bool]]:
    """Name of the result, foreign, others, number of lists that keep it, operands: of every conflict."""
    fn = parse("def f(x, n, s):\n" + "\n".join(f"    {line}" for line in body.strip("\n").splitlines()), facts=FACTS)
    return [
        (c.call.outs[0].name, c.foreign, {v.name for v in c.others}, len(c.kept), c.operands)
        for c in conflicts(Memory(fn))
    ]


@pytest.mark.parametrize(
    "body, expected",
    [
        ("a = np.sin(x)\nb = setitem(a, 0, s)\nreturn b", []),
        ("b = setitem(x, 0, s)\nreturn b", [("b", True, set(), 0, False)]),
        ("a = np.sin(x)\nb = setitem(a, 0, s)\nreturn a, b", [("b", False, {"a"}, 0, False)]),
        ("a = np.sin(x)\nc = a[1:]\nb = setitem(a, 0, s)\nreturn b, c", [("b", False, {"c"}, 0, False)]),
        ("a = np.sin(x)\nc = a[1:]\nd = np.cos(c)\nb = setitem(a, 0, s)\nreturn b, d", []),
        ("a = np.sin(x)\nb = setitem(a, 0, s)\nc = setitem(b, 1, s)\nreturn c", []),
        (
            "a = np.sin(x)\nb = setitem(a, 0, s)\nc = setitem(a, 1, s)\nreturn b, c",
            [("c", False, {"b"}, 0, False), ("b", False, {"a"}, 0, False)],
        ),
        ("a = np.sin(x)\nb = iadd(a, x)\nreturn b, a", [("b", False, {"a"}, 0, False)]),
        ("a = np.sin(x)\nb = setitem(a, 0, s)\nc = np.zeros_like(a)\nreturn b, c", []),
    ],
)
def test_straight_line(body, expected):
    assert found(body) == expected


def test_around_a_loop():
    body = """
a = np.sin(x)
e = for i in range(n) carry c = a:
    t = c[i]
    d = setitem(c, i, t)
    yield d
return e{rest}
"""
    assert found(body.format(rest="")) == []
    assert found(body.format(rest=", a")) == [("d", False, {"a"}, 0, False)]


def test_collected_views_of_earlier_trips():
    body = """
a = np.sin(x)
e, fs = for i in range(n) carry c = a collect f:
    f = c[1:]
    d = setitem(c, i, s)
    yield d
return e, fs
"""
    assert [(name, kept) for name, _, _, kept, _ in found(body)] == [("d", 1)]


def test_a_branch_reads_on_one_way_only():
    body = """
a = np.sin(x)
e = if n:
    b = setitem(a, 0, s)
    yield b
else:
    c = np.cos(a)
    yield c
return e
"""
    assert found(body) == []


def test_element_updates_that_one_statement_can_do():
    fn = parse(
        """
def f(x, i, s):
    a = np.sin(x)
    t = a[i]
    c = iadd(t, s)
    b = setitem(a, i, c)
    return b
""",
        facts=FACTS,
    )
    (made,) = fused_updates(fn.body, count_uses(fn))
    assert (made.base.name, made.read.outs[0].name, made.update.outs[0].name, made.write.outs[0].name) == (
        "a",
        "t",
        "c",
        "b",
    )


@pytest.mark.parametrize(
    "a, b, equal",
    [
        ("x[0]", "x[0]", True),
        ("x[0]", "x[1]", False),
        ("x[1:]", "x[1:]", True),
        ("x[i, 0]", "x[i, 0]", True),
        ("x[0.0]", "x[0]", False),
        ("x[i]", "x[j]", False),
    ],
)
def test_certainly_equal_indices(a, b, equal):
    first, second = parse(f"def f(x, i, j):\n    a = {a}\n    b = {b}\n    return a").body.stmts
    assert same(first.args[1], second.args[1]) == equal


def test_the_operand_in_the_memory_written():
    fn = parse("def f(x):\n    a = np.sin(x)\n    b = a[::-1]\n    c = setitem(a, b, 1.0)\n    return c", facts=FACTS)
    assert [c.operands for c in conflicts(Memory(fn))] == [True]
    assert not [s for s in statements(fn.body) for _ in blocks(s)] and np.sin is fn.body.stmts[0].op
