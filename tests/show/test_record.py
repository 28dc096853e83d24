"""What the recorder executes and keeps."""
import operator

import numpy as np
import pytest

from s2sad import runtime
from s2sad.ir import Block, Call, Const, Function, If, Pack, Var
from s2sad.ir.interpret import interpret
from s2sad.show.record import Node, Recorder, nodes, plain
from tests.ir.helper import for_loop, while_loop


def run(fn: Function, *args):
    """The result of the recorder and the recorder."""
    recorder = Recorder(fn)
    return plain(recorder.function(fn, [Node(x, False) for x in args])), recorder


def early_exit(reverse: bool) -> Function:
    """A loop that collects, and stops when the sum is above 3."""
    xs, x, s, t, b, out, kept, stop = map(Var, "xs x s t b out kept stop".split())
    body = Block((x, s), (Call((t,), operator.add, (s, x)), Call((b,), operator.gt, (t, Const(3.0)))), (t, s, b))
    loop = for_loop([xs], [Const(0.0)], body, (out, kept, stop), stop=True, reverse=reverse)
    return Function("f", Block((xs,), (loop,), (Pack("tuple", (out, kept, stop)),)), (xs,))


def newton() -> Function:
    """x = (x + a / x) / 2 while abs(x² − a) > 1e-10"""
    a, x, sq, d, e, t, q, s, h, out = map(Var, "a x sq d e t q s h out".split())
    test = Block((x,), (Call((sq,), operator.mul, (x, x)), Call((d,), operator.sub, (sq, a)), Call((e,), np.abs, (d,)),
                        Call((t,), operator.gt, (e, Const(1e-10)))), (t,))
    z = Var("z")
    body = Block((z,), (Call((q,), operator.truediv, (a, z)), Call((s,), operator.add, (z, q)),
                        Call((h,), operator.truediv, (s, Const(2.0)))), (h,))
    return Function("newton", Block((a,), (while_loop(test, [a], body, [out]),), (out,)), (a,))


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


def test_items_of_lists_are_known_again():
    x, y, xs, ys, z = map(Var, "x y xs ys z".split())
    stmts = (Call((y,), np.sin, (x,)), Call((xs,), list, (Pack("list", (x, y)),)),
             Call((ys,), runtime.append, (xs, y)), Call((z,), operator.getitem, (ys, Const(-1))))
    value, recorder = run(Function("f", Block((x,), stmts, (z,)), (x,)), 0.5)
    assert value == np.sin(0.5) and [step.op for step in recorder.steps] == [np.sin]
    assert recorder.env[z] is recorder.env[y]


def test_parts_of_an_argument_are_no_steps():
    p, w, b, y = map(Var, "p w b y".split())
    stmts = (Call((w,), operator.getitem, (p, Const("w"))), Call((b,), operator.getitem, (p, Const("b"))),
             Call((y,), operator.mul, (w, b)))
    value, recorder = run(Function("f", Block((p,), stmts, (y,)), (w,)), {"w": 2.0, "b": 3.0})
    assert value == 6.0 and [step.op for step in recorder.steps] == [operator.mul]
    assert [v for v, _ in recorder.inputs] == [w] and recorder.env[b].label == "b" and not recorder.env[b].varied


def test_inputs_come_in_the_order_of_the_function():
    p, a, b, y = map(Var, "p a b y".split())
    stmts = (Call((b,), operator.getitem, (p, Const(0))), Call((y,), operator.mul, (a, b)))
    recorder = run(Function("f", Block((a, p), stmts, (y,)), (b, a)), 2.0, [3.0])[1]
    assert [v for v, _ in recorder.inputs] == [b, a]


def test_marks_say_what_control_flow_did():
    recorder = run(newton(), 2.0)[1]
    (mark,) = [mark for step in recorder.steps for mark in step.marks]
    assert mark.kind == "loop" and mark.what.trips == 4 and mark.what.planned is None
    stopped = run(early_exit(False), [1.0, 1.0, 5.0, 7.0])[1].steps[0].marks[0].what
    assert (stopped.trips, stopped.planned) == (3, 4)


def test_long_loops_are_kept_whole_without_an_allowance():
    whole = run(early_exit(False), [1e-6] * 500)[1]
    assert len(whole.steps) == 1500 and all(step.segment is None for step in whole.steps)


@pytest.mark.parametrize("reverse", [False, True])
def test_an_allowance_is_kept_to(reverse):
    fn, xs = early_exit(reverse), [1e-6 * k for k in range(1000)]
    recorder = Recorder(fn, 50)
    assert plain(recorder.function(fn, [Node(xs, False)])) == interpret(fn, xs)
    assert len(recorder.steps) < 60 and sum(step.segment is not None for step in recorder.steps) == 1


def test_nodes_and_plain():
    a, b = Node(1, True), Node(2, False)
    structure = (a, [b, 3], {"k": a}, slice(b, None))
    assert list(nodes(structure)) == [a, b, a, b]
    assert plain(structure) == (1, [2, 3], {"k": 1}, slice(2, None))
