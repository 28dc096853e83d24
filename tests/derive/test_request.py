"""What is asked for, and where in a result the derivative is."""

from __future__ import annotations

import pytest

from s2sad.derive import MODES, Request
from s2sad.derive.request import Primal
from s2sad.errors import ArgumentError
from s2sad.ir import Block, Function, Pack, Var

X = Var("x")


@pytest.mark.parametrize("mode, has_aux, at", [("grad", False, None), ("grad", True, 0), ("value_and_grad", True, 1),
                                               ("vjp", False, 1), ("jvp", False, 1)])
def test_where_the_derivative_is(mode, has_aux, at):
    assert Request(MODES[mode], (0,), True, has_aux).at == at


def test_what_is_differentiated_and_what_is_not():
    pair = Primal(Function("f", Block((X,), (), (Pack("tuple", (X, X)),))), [X], [X], max)
    assert pair.parts(True) == (X, X)
    with pytest.raises(ArgumentError, match="`max` must return a pair"):
        Primal(Function("f", Block((X,), (), (X,))), [X], [X], max).parts(True)


def test_names_of_copies():
    fn = Function("f", Block((X, Var("y")), (), (X,)))
    assert Request(MODES["vjp"], (0, 1), False).copies(fn) == ("x_bar", "y_bar")
    assert Request(MODES["jvp"], (0,), False).copies(fn) == ("y_dot",)
