"""The sweeps with the templates of the frontend."""

from __future__ import annotations

import numpy as np

from s2sad.derive.sweeps import forward, reverse
from s2sad.ir import Block, Call, Const, Fact, Function, Var
from s2sad.ir.interpret import interpret


def test_both_modes_get_the_templates_of_rules():
    x, y, x_dot = Var("x", Fact("float")), Var("y", Fact("float")), Var("x_dot", Fact("float"))
    fn = Function("f", Block((x,), (Call((y,), np.sin, (x,)),), (y,)), (x,))
    gradient = reverse(fn, (x,), ((y, Const(1.0)),), (x,), lambda bars, out, emitter: bars[x])
    tangent = forward(fn, {x: x_dot}, (x, x_dot), lambda dot, out: dot(y))
    assert interpret(gradient, 0.3) == np.cos(0.3) and interpret(tangent, 0.3, 2.0) == 2.0 * np.cos(0.3)
