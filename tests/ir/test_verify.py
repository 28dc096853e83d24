from dataclasses import replace

import numpy as np
import pytest

from s2sad.errors import InternalError, Loc
from s2sad.ir import (
    UNDEFINED,
    Block,
    Call,
    Carried,
    Collected,
    Const,
    For,
    Function,
    If,
    Pack,
    Stop,
    Var,
    Walked,
    While,
)
from s2sad.ir.verify import verify

x, y, z, t = Var("x"), Var("y"), Var("z"), Var("t")
EMPTY = Block((), (), ())


def function(*stmts, result=x, params=(x,), inputs=()):
    return Function("f", Block(params, tuple(stmts), (result,)), inputs)


def sin(out, arg):
    return Call((out,), np.sin, (arg,))


def test_well_formed_ir_is_returned():
    fn = function(sin(y, x), sin(z, y), result=Pack("tuple", (y, Const(1.0))), inputs=(x, y))
    assert verify(fn) is fn


ITER = Const((1, 2))
LOOP = For((Walked(y, ITER),), (Carried(Var("c"), x, y, z),), ())


@pytest.mark.parametrize(
    ("stmts", "message"),
    [
        ([sin(y, x), sin(y, x)], "<y> is assigned twice"),
        ([sin(x, x)], "<x> is assigned twice"),
        ([sin(y, z)], "<z> is read but not in scope"),
        ([sin(y, z), sin(z, x)], "<z> is read but not in scope"),
        ([sin(y, 1.0)], "1.0 is not an argument"),
        ([sin(y, UNDEFINED)], "wrap it: Const"),
        ([Call((y,), 3, (x,))], "3 is called but is not callable"),
        ([Call(("y",), np.sin, (x,))], "'y' is assigned but is not a Var"),
        ([Call((y,), np.sum, (x,), (("axis", 0),))], "0 is not an argument"),
        ([Call((y,), np.sum, (x,), ((0, x),))], "is not a keyword argument"),
        ([sin(y, Pack("set", (x,)))], "cannot be a 'set'"),
        ([sin(y, Pack("slice", (x,)))], "three items"),
        ([sin(y, Pack("dict", (x,)))], "1 items with 0 keys"),
        ([sin(y, Pack("tuple", (z,)))], "<z> is read"),
        ([If((y,), x, Block((), (), (x,)), EMPTY)], "0 results of the else block instead of 1"),
        ([If((), x, Block((y,), (), ()), EMPTY)], "1 parameters of the then block instead of 0"),
        ([If((), x, Block((), (sin(y, x),), ()), Block((), (sin(z, y),), ()))], "<y> is read but not in scope"),
        ([If((), x, Block((), (sin(y, x),), ()), EMPTY), sin(z, y)], "<y> is read but not in scope"),
        ([If((), x, Block((), (sin(y, x),), ()), Block((), (sin(y, x),), ()))], "<y> is assigned twice"),
        ([If((y,), x, Block((), (), (y,)), Block((), (), (x,)))], "<y> is read but not in scope"),
        ([For((), (), ())], "no number of trips"),
        ([For((Walked(y, ITER),), (Carried(Var("c"), z, y, z),), ())], "<z> is read"),
        ([For((Walked(y, ITER),), (Carried(y, x, y, z),), ())], "<y> is assigned twice"),
        ([For((Walked(y, ITER),), (Carried(Var("c"), x, y, y),), ())], "<y> is assigned twice"),
        ([For((Walked(y, z),), (), ())], "<z> is read"),
        ([For((Walked(y, ITER),), (), (), (Collected(z, Var("zs")),))], "<z> is read"),
        ([For((Walked(y, ITER),), (Carried(Var("c"), x, y, z, Var("t")),), ())], "a For has no test"),
        ([For((Walked(y, ITER),), (), (), (Collected(y, z),), Stop(y, Var("s")), True)],
         "reversed loop with a stop flag"),
        ([While((Carried(y, x, y, z),), (), x, ())], "a carried value that the test does not take"),
        ([While((Carried(y, x, y, z, Var("t")),), (), y, ())], "<y> is read"),
        ([While((Carried(y, x, Var("t"), z, t),), (), t, ())], "<t> is read"),
        (["stmt"], "'stmt' is not a statement"),
    ],
)
def test_what_is_wrong_is_said(stmts, message):
    with pytest.raises(InternalError, match="S2S900") as error:
        verify(function(*stmts))
    assert message in str(error.value)


def test_loops_that_are_right():
    verify(function(LOOP, result=z))
    verify(function(While((Carried(y, x, y, z, t),), (), t, ()), result=z))
    stops = For((Walked(y, ITER),), (Carried(t, x, t, z),), (), (), Stop(y, s := Var("s")), True)
    verify(function(stops, result=s))


def test_results_and_inputs():
    with pytest.raises(InternalError, match="2 results instead of one"):
        verify(Function("f", Block((x,), (), (x, x))))
    with pytest.raises(InternalError, match="input <y> is neither"):
        verify(function(inputs=(y,)))
    with pytest.raises(InternalError, match="<y> is read but not in scope"):
        verify(function(result=y))


def test_callees():
    inner = function(sin(y, x), result=y)
    outer = Function(
        "g", Block((a := Var("a"),), (Call((b := Var("b"),), inner, (a,)), Call((Var("c"),), inner, (b,))), (b,))
    )
    assert verify(outer) is outer
    call = Call((b,), inner, (a, a))
    with pytest.raises(InternalError, match="2 arguments of f instead of 1"):
        verify(Function("g", Block((a,), (call,), (b,))))
    with pytest.raises(InternalError, match="keyword arguments in a call of f"):
        verify(Function("g", Block((a,), (replace(call, args=(a,), kwargs=(("x", a),)),), (b,))))
    broken = function(sin(y, z), result=y)
    with pytest.raises(InternalError, match="f: <z> is read"):
        verify(Function("g", Block((a,), (replace(call, op=broken, args=(a,)),), (b,))))


def test_the_place_is_named():
    loc = Loc("script.py", 3, 4)
    with pytest.raises(InternalError, match=r"script.py:3:5: S2S900(.|\n)*in `y = sin\(z\)`"):
        verify(function(replace(sin(y, z), loc=loc)))
