"""Contributions and local derivatives of single steps."""
import numpy as np
import pytest

from s2sad.show.graph.partials import contributions, grouped, ones, operands, partial
from s2sad.show.record import Node, Step


def step(op, *args):
    value = op(*(a.value if isinstance(a, Node) else [x.value for x in a] if isinstance(a, list) else a for a in args))
    outs = value if isinstance(value, tuple) else (value,)
    return Step(tuple(Node(y, True) for y in outs), op, args, {}, (), None)


def test_contributions_and_partial():
    x, c = Node(5.0, True), Node(2.0, False)
    sine, product = step(np.sin, x), step(np.multiply, x, c)
    assert contributions(sine, 0, -1.0) == [(x, pytest.approx(-np.cos(5.0)), "x")]
    assert contributions(product, 0, 3.0) == [(x, 6.0, "a")], "constants get nothing"
    assert partial(sine, 0, x) == pytest.approx((np.cos(5.0),))


def test_repeated_operands_are_summed():
    x = Node(3.0, True)
    square = step(np.multiply, x, x)
    assert grouped(contributions(square, 0, 1.0)) == {x: (6.0, ["a", "b"])} and partial(square, 0, x) == (6.0,)
    assert operands(square) == [x]


def test_arrays():
    a, s = Node(np.array([1.0, 2.0]), True), Node(3.0, True)
    scaled, total = step(np.multiply, a, s), step(np.sum, a)
    assert partial(scaled, 0, a)[0].tolist() == [3.0, 3.0]
    assert partial(scaled, 0, s) == (), "one number for two partials"
    assert partial(total, 0, a)[0].tolist() == [1.0, 1.0]
    assert partial(step(np.dot, Node(np.eye(2), True), a), 0, a) == ()


def test_parts_of_arguments_have_no_parameter():
    a, b = Node(np.ones(2), True), Node(np.zeros(2), True)
    found = contributions(step(np.stack, [a, b]), 0, np.arange(4.0).reshape(2, 2))
    assert [(x, g.tolist(), name) for x, g, name in found] == [(a, [0.0, 1.0], ""), (b, [2.0, 3.0], "")]


def test_several_results():
    A = Node(np.array([[2.0, 0.0], [0.0, 3.0]]), True)
    logdet = step(np.linalg.slogdet, A)
    ((x, g, _),) = contributions(logdet, 1, 1.0)
    assert x is A and np.allclose(g, np.diag([0.5, 1 / 3]))


def test_ones():
    assert ones(2.0) == 1.0 and ones(np.zeros(2)).tolist() == [1.0, 1.0] and ones([2.0, (3.0,)]) == [1.0, [1.0]]
