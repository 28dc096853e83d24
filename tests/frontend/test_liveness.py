"""Names that may still be read after a statement."""

from __future__ import annotations

import textwrap

import gast
import pytest

from s2sad.frontend.liveness import analyse, captured, reads_of, stores_of


def marked(program: str):
    node = gast.parse(textwrap.dedent(program)).body[0]
    analyse(node)
    return node


def after(program: str) -> set[str]:
    """What is live after the first ``if``, ``for``, ``while`` or ``with`` of a program."""
    return set(first(program).live_after)


def first(program: str):
    kinds = (gast.If, gast.For, gast.While, gast.With)
    return next(n for n in gast.walk(marked(program)) if isinstance(n, kinds))


def test_the_docstring_example():
    loop = first("""
    def f(r, a):
        s = 0
        for i in r:
            t = a[i]
            s = s + t
        return s
    """)
    assert loop.live_after == {"s"} and loop.live_head >= {"a", "s"} and "t" not in loop.live_head


@pytest.mark.parametrize(
    "tail, live",
    [
        ("return x", {"x"}),
        ("x = 1\n    return x", set()),
        ("x += 1\n    return x", {"x"}),
        ("x[0] = y", {"x", "y"}),
        ("x.a = y", {"x", "y"}),
        ("(x, [y, *z]) = w\n    return x, y, z", {"w"}),
        ("del x", set()),
        ("return [x for x in y]", {"x", "y"}),
        ("x: int = y\n    return x", {"y"}),
        ("x: int\n    return x", {"x"}),
        ("if x:\n        y = 1\n    return y", {"x", "y"}),
        ("if x:\n        y = 1\n    else:\n        y = 2\n    return y", {"x"}),
        ("while x:\n        y = x\n    return y", {"x", "y"}),
        ("for x in y:\n        z = x\n    return z", {"y", "z"}),
        ("with x as y:\n        z = y\n    return z", {"x", "y"}),
        ("raise x", {"x"}),
        ("assert x, y", {"x", "y"}),
        ("return (x := y)", {"y"}),
        ("def g(): return x\n    return g()", {"x"}),
    ],
)
def test_after_a_branch(tail, live):
    found = after(f"def f(c, x, y, z, w):\n    if c:\n        pass\n    {tail}")
    assert found - {"c", "int"} == live


def test_break_and_continue_lead_elsewhere():
    loop = first("""
    def f(a, b, c, d):
        while a:
            if b:
                break
            else:
                continue
            c = d
        return a
    """)
    inner = loop.body[0]
    assert inner.live_after >= {"d"} and "d" not in loop.live_after
    assert loop.live_head == {"a", "b", "d"} or loop.live_head == {"a", "b"}


def test_the_else_of_a_loop_is_read_before_what_follows():
    loop = first("""
    def f(a, b):
        for i in a:
            if i:
                break
        else:
            b = 1
        return b
    """)
    assert loop.live_after == {"b"} and "b" in loop.live_head


def test_captured_names_are_always_live():
    node = marked("""
    def f(x):
        def g():
            nonlocal y
            return x
        y = 2
        return lambda: z
    """)
    assert {"x", "y", "z"} <= captured(node) and node.always_live == captured(node)


def test_reads_and_stores():
    tree = gast.parse("a[b] = c = d(e, k=g)\nfor h, *i in j: l += m\nimport n.o as p, q.r\nwith s as t: pass").body
    assert stores_of(tree) == ["c", "h", "i", "l", "p", "q", "t"]
    assert reads_of(tree[0]) == {"a", "b", "d", "e", "g"}


def test_stores_inside_functions_and_comprehensions_do_not_count():
    tree = gast.parse("def f():\n    a = 1\nb = lambda: (c := 1)\n[d for d in (e := [1])]").body
    assert stores_of(tree) == ["f", "b", "e"]


def test_marking_twice_is_harmless():
    node = marked("def f(x):\n    if x:\n        pass\n    return x")
    before = node.body[0].live_after
    analyse(node)
    assert node.body[0].live_after == before
