"""What the recorder executes and keeps."""
import operator

import numpy as np
import pytest

from s2sad.ir import Block, Call, Const, For, Function, If, Pack, Var, While
from s2sad.ir.interpret import interpret
from s2sad.show.record import Node, Recorder, nodes, plain


def run(fn: Function, *args):
    """The result of the recorder and the recorder."""
    recorder = Recorder(fn)
    return plain(recorder.function(fn, [Node(x, False) for x in args])), recorder


def early_exit(reverse: bool) -> Function:
    """A loop that collects, and stops when the sum is above 3."""
    xs, x, s, t, b, out, kept, stop = map(Var, "xs x s t b out kept stop".split())
    body = Block((x, s), (Call((t,), operator.add, (s, x)), Call((b,), operator.gt, (t, Const(3.0)))), (t, s, b))
    loop = For((out, kept, stop), (xs,), (Const(0.0),), body, reverse=reverse, stop=True)
    return Function("f", Block((xs,), (loop,), (Pack("tuple", (out, kept, stop)),)), (xs,))


def newton() -> Function:
    """x = (x + a / x) / 2 while abs(x² − a) > 1e-10"""
    a, x, sq, d, e, t, q, s, h, out = map(Var, "a x sq d e t q s h out".split())
    test = Block((x,), (Call((sq,), operator.mul, (x, x)), Call((d,), operator.sub, (sq, a)), Call((e,), np.abs, (d,)),
                        Call((t,), operator.gt, (e, Const(1e-10)))), (t,))
    z = Var("z")
    body = Block((z,), (Call((q,), operator.truediv, (a, z)), Call((s,), operator.add, (z, q)),
                        Call((h,), operator.truediv, (s, Const(2.0)))), (h,))
    return Function("newton", Block((a,), (While((out,), (a,), test, body),), (out,)), (a,))


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("xs", [[1.0, 1.0, 5.0, 7.0], [0.5], []])
def test_loops_agree_with_the_interpreter(xs, reverse):
    fn = early_exit(reverse)
    assert run(fn, xs)[0] == interpret(fn, xs)


def test_while_agrees_with_the_interpreter():
    value, recorder = run(newton(), 2.0)
    assert value == interpret(newton(), 2.0) == pytest.approx(np.sqrt(2.0))
    assert not recorder.straight


def test_branches():
    x, t, p, q, y = map(Var, "x t p q y".split())
    then, orelse = Block((), (Call((p,), np.sin, (x,)),), (p,)), Block((), (Call((q,), np.cos, (x,)),), (q,))
    fn = Function("f", Block((x,), (Call((t,), operator.gt, (x, Const(0.0))), If((y,), t, then, orelse)), (y,)), (x,))
    assert run(fn, 1.0)[0] == np.sin(1.0) and run(fn, -1.0)[0] == np.cos(-1.0)


def test_functions_are_followed():
    x, y, z, w = map(Var, "x y z w".split())
    inner = Function("g", Block((z,), (Call((w,), np.sin, (z,)),), (w,)))
    fn = Function("f", Block((x,), (Call((y,), inner, (x,)),), (y,)), (x,))
    value, recorder = run(fn, 0.5)
    assert value == np.sin(0.5) and [step.op for step in recorder.steps] == [np.sin]


def test_nodes_and_plain():
    a, b = Node(1, True), Node(2, False)
    structure = (a, [b, 3], {"k": a}, slice(b, None))
    assert list(nodes(structure)) == [a, b, a, b]
    assert plain(structure) == (1, [2, 3], {"k": 1}, slice(2, None))
