"""Boxes of calls whose statements cannot stay together."""

from __future__ import annotations

from s2sad import grad
from s2sad.show.graph.entangled import untangle
from s2sad.show.graph.model import Box, Edge, Node


def node(name: str, box: Box | None = None) -> Node:
    return Node(name, "", (1.0,), box=box)


def test_a_call_above_and_below_another_node_is_dissolved():
    call = Box("call", "g(…)")
    loop = Box("loop", "for …", call)
    a, b, c = node("a", loop), node("b"), node("c", call)
    untangle([a, b, c], [Edge(a, b), Edge(b, c)])
    assert a.box is loop and loop.parent is None and c.box is None


def test_other_calls_stay_also_below_and_above_the_knot():
    first, knot, last = Box("call", "f(…)"), Box("call", "g(…)"), Box("call", "h(…)")
    x, a, b, c, y = node("x", first), node("a", knot), node("b"), node("c", knot), node("y", last)
    untangle([x, a, b, c, y], [Edge(x, a), Edge(a, b), Edge(b, c), Edge(c, y)])
    assert (x.box, a.box, c.box, y.box) == (first, None, None, last)


def test_calls_in_a_loop_and_values_carried_round_it():
    loop = Box("loop", "for …")
    call = Box("call", "g(…)", loop)
    a, b, c = node("a", call), node("b", loop), node("c", call)
    untangle([a, b, c], [Edge(a, b), Edge(b, c, carried=loop)])
    assert a.box is call and c.box is call
    untangle([a, b, c], [Edge(a, b), Edge(b, c)])
    assert a.box is loop and c.box is loop


def test_a_generator_that_runs_in_turns_with_its_reader_can_be_drawn():
    def halves(x):
        for _ in range(2):
            yield x
            x = x * 0.5

    def f(x):
        s = 0.0
        for h in [*halves(x), s + x]:
            s += h * h
        for h in halves(s):
            s += h * x
        return s

    graph = grad(f).graph(0.8)
    assert graph.svg().startswith("<svg") and "loop" in {b.kind for n in graph.nodes if n.box for b in n.box.path}
