"""Executing on what is known: here, which signs a number may have."""

from __future__ import annotations

from s2sad.ir import (
    UNDEFINED,
    Block,
    Call,
    Carried,
    Collected,
    Const,
    Fact,
    For,
    Function,
    If,
    Pack,
    Var,
    Walked,
    While,
)
from s2sad.ir.abstract import Abstract

X, C = Var("x"), Var("c")


class Signs(Abstract[frozenset]):
    nothing = frozenset()

    def constant(self, value):
        return frozenset({(value > 0) - (value < 0)})

    def outside(self, v):
        return frozenset({-1, 0, 1})

    def join(self, a, b):
        return a | b

    def call(self, s):
        return frozenset(-sign for sign in self.of(s.args[0]))


def signs(*stmts, result):
    found = Signs()
    found.block(Function("f", Block((X, C), stmts, (result,))).body)
    return set(found.of(result))


def test_calls_and_containers():
    y = Var("y")
    assert signs(Call((y,), abs, (Const(2.0),)), result=y) == {-1}
    assert signs(Call((y,), abs, (Const(2.0),)), result=Pack("tuple", (y, Const(0.0)))) == {-1, 0}
    assert signs(result=Const(UNDEFINED)) == set() and signs(result=X) == {-1, 0, 1}


def test_branches_join():
    y, z = Var("y"), Var("z")
    then = Block((), (Call((z,), abs, (Const(1.0),)),), (z,))
    assert signs(If((y,), C, then, Block((), (), (Const(0.0),))), result=y) == {-1, 0}
    assert signs(If((y,), C, then, Block((), (), (Const(UNDEFINED),))), result=y) == {-1}


def test_loops_are_walked_until_nothing_changes():
    y, p, q, item, out = Var("y"), Var("p"), Var("q"), Var("i"), Var("ys", Fact("list"))
    step = (Call((q,), abs, (p,)),)
    carried = (Carried(p, Const(1.0), q, y),)
    loop = For((Walked(item, Const(1.0)),), carried, step, (Collected(q, out),))
    assert signs(loop, result=y) == {1, -1} and signs(loop, result=out) == {1, -1}
    tested = (Carried(p, Const(1.0), q, y, Var("t")),)
    assert signs(While(tested, (), C, step), result=y) == {1, -1}
