"""Tests of s2sad/ir/alias.py: who may share memory."""
from __future__ import annotations

import pytest

from s2sad.ir.text import parse
from s2sad.ir.walk import statements
from s2sad.memory.alias import Memory, has_foreign, is_advanced, touches
from s2sad.memory.conflicts import conflicts
from tests.backend.helper import VECTOR, Fact


def roots(source: str, facts: dict[str, Fact] | None = None) -> tuple[Memory, dict]:
    fn = parse(source, None, facts or {})
    variables = {v.name: v for s in statements(fn.body) for v in s.outs} | {p.name: p for p in fn.params}
    return Memory(fn), variables


@pytest.mark.parametrize("call, shares", [
    ("a[1:]", True), ("np.transpose(a)", True), ("np.sin(a)", False), ("a[[0, 1]]", False), ("copy(a)", False),
    ("np.reshape(a, 4)", True), ("same(a)", True), ("np.einsum('ii->i', a)", True), ("a + a", False),
    ("np.ndarray.reshape(a, 4)", True), ("np.linalg.matrix_power(a, 1)", True), ("max(a, a)", True)])
def test_operations(call: str, shares: bool) -> None:
    memory, v = roots(f"def f(n):\n    a = np.zeros(n)\n    b = {call}\n    return b", {"a": VECTOR, "b": VECTOR})
    assert touches(memory.reach(v["a"]), memory.reach(v["b"])) is shares


def test_scalars_share_nothing() -> None:
    memory, v = roots("def f(a):\n    s = a[0]\n    return s", {"a": VECTOR, "s": Fact("float")})
    assert not memory.reach(v["s"])


def test_what_is_not_ours() -> None:
    memory, v = roots("def f(x):\n    y = x[1:]\n    z = np.broadcast_to(1.0, (2,))\n    w = np.sin(x)\n    return y",
                      dict.fromkeys("xyzw", VECTOR))
    assert [has_foreign(memory.reach(v[name])) for name in "yzw"] == [True, True, False]


def test_what_a_loop_made_in_earlier_trips() -> None:
    memory, v = roots("""
        def f(n):
            a = np.zeros(n)
            b, c = for i in range(n) carry p = a, q = a:
                r = np.ones(n)
                yield r, p
            return b, c
        """, dict.fromkeys("abcpqr", VECTOR))
    assert touches(memory.reach(v["c"]), memory.reach(v["a"]))
    fn = memory.fn
    assert not conflicts(Memory(fn))


def test_kinds_of_index() -> None:
    memory, v = roots("def f(a, i):\n    j = np.array([0])\n    return j", {"j": VECTOR, "i": Fact("int")})
    assert is_advanced(v["j"]) and not is_advanced(v["i"])
