"""The data types of the IR."""

import copy
import dataclasses
import pickle

import pytest

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
    Stop,
    Var,
    Walked,
    While,
)

X = Var("x", Fact("float"))


@pytest.mark.parametrize(
    "node",
    [
        X,
        Const(1),
        Pack("tuple", (X,)),
        Call((), len, (X,)),
        Block((X,), (), (X,)),
        If((), X, Block((), (), ()), Block((), (), ())),
        Walked(X, X),
        Carried(X, X, X, X),
        Collected(X, X),
        Stop(X, X),
        For((Walked(X, X),), (), ()),
        While((), (), X, ()),
        Function("f", Block((X,), (), (X,))),
    ],
)
def test_nodes_are_frozen_and_equal_only_to_themselves(node):
    assert node == node and hash(node) == hash(node)
    assert dataclasses.replace(node) != node
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(node, dataclasses.fields(node)[0].name, None)


def test_two_variables_of_one_name_are_two():
    assert Var("x") != Var("x") and repr(X) == "<x>"


def test_parameters_and_result_of_a_function():
    fn = Function("f", Block((X,), (), (Const(1),)))
    assert fn.params == (X,) and fn.result.value == 1 and fn.inputs == () and fn.guards == ()


def test_what_is_derived_of_a_loop():
    i, p, q, b, y, ps, e = map(Var, "ipqbyse")
    kept, flag = Collected(p, ps), Stop(b, e)
    carried = Carried(p, Const(1.0), q, y)
    step = Call((q, b), divmod, (p, i))
    loop = For((Walked(i, X),), (carried,), (step,), (kept,), flag)
    assert loop.outs == (y, ps, e) and loop.ends == (carried, kept, flag)
    assert (loop.body.params, loop.body.stmts, loop.body.results) == ((i, p), (step,), (q, p, b))
    changed = dataclasses.replace(loop, carried=(), stop=None)
    assert changed.outs == (ps,) and changed.body.params == (i,) and changed.body.results == (p,)
    assert loop.body is loop.body and loop.outs == (y, ps, e)
    with pytest.raises(TypeError):
        For((), (), (), outs=(y,))


def test_the_test_of_a_while_takes_what_is_carried():
    p, q, t, c, y = map(Var, "pqtcy")
    less = Call((c,), max, (t,))
    loop = While((Carried(p, X, q, y, t),), (less,), c, ())
    assert (loop.test.params, loop.test.stmts, loop.test.results) == ((t,), (less,), (c,))
    assert loop.body.params == (p,) and loop.walked == () and loop.reverse is False


def test_loops_are_pickled_and_copied():
    loop = For((Walked(X, X),), (Carried(X, X, X, X),), ())
    for other in (copy.deepcopy(loop), pickle.loads(pickle.dumps(loop))):
        assert other.outs == (other.carried[0].out,) and other.body.params[1] is other.carried[0].param


def test_undefined_is_one_object():
    assert copy.deepcopy(UNDEFINED) is UNDEFINED and pickle.loads(pickle.dumps(UNDEFINED)) is UNDEFINED
    assert repr(UNDEFINED) == "UNDEFINED"
