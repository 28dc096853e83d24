"""The data types of the IR."""

import copy
import dataclasses
import pickle

import pytest

from s2sad.ir import UNDEFINED, Block, Call, Const, Fact, For, Function, If, Pack, Var, While

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
        For((), (X,), (), Block((X,), (), ())),
        While((), (), Block((), (), (X,)), Block((), (), ())),
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


def test_undefined_is_one_object():
    assert copy.deepcopy(UNDEFINED) is UNDEFINED and pickle.loads(pickle.dumps(UNDEFINED)) is UNDEFINED
    assert repr(UNDEFINED) == "UNDEFINED"
