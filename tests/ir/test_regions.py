"""Regions: made from marks, opened again."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import s2sad
from s2sad import runtime
from s2sad.frontend import lower
from s2sad.ir import Block, Call, Const, Function, If, Var
from s2sad.ir.interpret import interpret
from s2sad.ir.kinds import kinds_of
from s2sad.ir.regions import REGION, begin, end, is_region, opened, region, structured
from s2sad.ir.text import format, parse
from s2sad.ir.verify import verify
from s2sad.ir.walk import statements


def marked() -> Function:
    """``begin; t = sin(x); begin; u = t * t; end; y = u + t; end; return y * t``"""
    x, t, u, y, z = (Var(n) for n in "xtuyz")
    stmts = (Call((), begin, ()), Call((t,), np.sin, (x,)), Call((), begin, ()), Call((u,), np.multiply, (t, t)),
             Call((), end, ()), Call((y,), np.add, (u, t)), Call((), end, ()), Call((z,), np.multiply, (y, t)))
    return Function("f", Block((x,), stmts, (z,)), (x,))


def test_structured_hands_out_what_is_read_later():
    fn = verify(structured(marked()))
    outer, last = fn.body.stmts
    assert is_region(outer) and isinstance(outer, If) and [v.name for v in outer.outs] == ["t", "y"]
    inner = next(s for s in outer.then.stmts if is_region(s))
    assert [v.name for v in inner.outs] == ["u"]
    assert not set(outer.outs) & {v for s in statements(outer.then) for v in s.outs}
    assert interpret(fn, 0.7) == interpret(marked(), 0.7)


def test_opened_is_the_inverse():
    fn = opened(structured(marked()))
    assert [s.op for s in fn.body.stmts] == [np.sin, np.multiply, np.add, np.multiply]
    assert interpret(verify(fn), 0.7) == interpret(marked(), 0.7)


def test_functions_without_regions_stay_the_same_object():
    fn = opened(structured(marked()))
    assert opened(fn) is fn and structured(fn) is fn


def test_statements_run_again_belong_to_the_reverse_sweep():
    x, t, y = Var("x"), Var("t"), Var("y")
    inner = Block((), (Call((t,), np.sin, (x,)),), (t,))
    (s,) = opened(Function("f", Block((x,), (region((y,), inner, None, adjoint=True),), (y,)))).body.stmts
    assert s.adjoint
    (s,) = opened(Function("f", Block((x,), (region((y,), inner, None),), (y,)))).body.stmts
    assert not s.adjoint


def test_opened_in_loops_and_branches():
    def f(x, n):
        for k in range(n):
            if k > 1:
                x = s2sad.checkpoint(np.sin)(x)
            while x > 0.9:
                x = s2sad.checkpoint(lambda y: y * 0.5)(x)
        return x

    fn = lower(f, kinds_of((1.1, 4))).function
    assert sum(map(is_region, statements(fn.body))) == 2
    flat = opened(fn)
    assert not any(map(is_region, statements(flat.body)))
    assert interpret(verify(flat), 1.1, 4) == interpret(fn, 1.1, 4) == f(1.1, 4)


def test_text():
    fn = structured(marked())
    assert "if region:" in format(fn)
    again = parse(format(fn), {"region": REGION})
    assert interpret(again, 0.7) == interpret(fn, 0.7)


def test_the_test_of_a_region_is_itself_everywhere():
    assert pickle.loads(pickle.dumps(REGION)) is REGION
    assert not is_region(If((), Const(True), Block((), (), ()), Block((), (), ())))
    assert not is_region(Call((Var("t"),), runtime.same, (Const(1.0),)))


@pytest.mark.parametrize("mark", [begin, end])
def test_marks_do_nothing(mark):
    assert mark() is None
