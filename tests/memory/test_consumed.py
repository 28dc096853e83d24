"""Tests of s2sad/memory/consumed.py."""

from s2sad.ir.facts import Fact
from s2sad.ir.text import parse
from s2sad.memory.consumed import consumed


def test_consumed():
    fn = parse(
        """
def f(x, n, s):
    a = np.sin(x)
    v = a[1:]
    w = v.T
    b = setitem(w, 0, s)
    c = np.cos(x)
    d = for i in range(n) carry e = c:
        g = e * 2.0
        yield g
    h = np.tan(x)
    k = if s:
        yield h
    else:
        yield s
    m = h * c
    return b, d, k, m
""",
        facts={"s": Fact("float")},
    )
    assert {v.name for v in consumed(fn.body)} == {"a", "v", "w", "c", "g", "h"}
