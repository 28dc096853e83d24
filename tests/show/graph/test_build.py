"""The content of computation graphs, against the lecture, against gradients, and against sums over paths."""
import operator
from dataclasses import dataclass

import numpy as np
import pytest

from s2sad import grad, value_and_grad
from s2sad.errors import NotDifferentiable
from s2sad.ir import Block, Call, Function, Var
from s2sad.show.graph.build import content
from tests.programs import PROGRAMS


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def shared(x):
    return np.exp(np.exp(x) + np.exp(x) ** 2) + np.sin(np.exp(x) + np.exp(x) ** 2)


def newton(a):
    x = a
    while abs(x * x - a) > 1e-10:
        x = 0.5 * (x + a / x)
    return x


def branched(x, n):
    s = 0.0
    for k in range(n):
        if x > 0.5:
            s = s + x * x * k
        else:
            s += np.sin(x)
        x = x * 0.7
    return s


def square(z):
    return z * z


def helped(x):
    return square(square(x)) + square(x + 1.0)


@dataclass
class Layer:
    w: float
    b: float

    def __call__(self, x):
        return np.tanh(x * self.w + self.b)


def layered(layers, x):
    for layer in layers:
        x = layer(x)
    return x * x


def edges(graph):
    return {(e.source.name, e.target.name): e for e in graph.edges}


def path_sums(graph):
    """The derivative of the output by each input: the sum over all paths of the products of the partials."""
    (output,) = (n for n in graph.nodes if n.outputs)
    slope = {output: 1.0}
    leaving = graph.leaving()
    for node in reversed(graph.nodes):
        if node is not output:
            slope[node] = sum((slope[e.target] * e.partial for e in leaving[node] if e.active), 0.0)
    return [slope[n] for n in graph.nodes if n.role == "input"]


def test_nodes_of_the_lecture():
    g = grad(lecture, (0, 1)).graph(2.0, 5.0)
    assert [n.label for n in g.nodes] == [
        "v₋₁ = x₁", "v₀ = x₂", "v₁ = ln v₋₁", "v₂ = v₋₁ × v₀", "v₃ = sin v₀", "v₄ = v₁ + v₂", "y = v₅ = v₄ − v₃"]
    assert [n.value for n in g.nodes] == pytest.approx(
        [2.0, 5.0, 0.6931471805599453, 10.0, -0.9589242746631385, 10.693147180559945, 11.652071455223084])
    assert [n.bar for n in g.nodes] == ["v̄₋₁", "v̄₀", "v̄₁", "v̄₂", "v̄₃", "v̄₄", "v̄₅"]
    assert [n.adjoint for n in g.nodes] == pytest.approx([5.5, 1.7163378145367738, 1, 1, -1, 1, 1])
    assert [n.role for n in g.nodes] == ["input"] * 2 + ["step"] * 5 and all(n.active for n in g.nodes)
    assert g.node("v₃").loc.text == "return np.log(x1) + x1 * x2 - np.sin(x2)"


def test_edges_of_the_lecture():
    found = edges(grad(lecture, (0, 1)).graph(2.0, 5.0))
    assert {pair: (e.formula, round(float(e.partial), 3)) for pair, e in found.items()} == {
        ("v₋₁", "v₁"): ("1 / v₋₁", 0.5), ("v₋₁", "v₂"): ("v₀", 5.0), ("v₀", "v₂"): ("v₋₁", 2.0),
        ("v₀", "v₃"): ("cos v₀", 0.284), ("v₁", "v₄"): ("1", 1.0), ("v₂", "v₄"): ("1", 1.0),
        ("v₄", "v₅"): ("1", 1.0), ("v₃", "v₅"): ("−1", -1.0)}
    assert found["v₀", "v₃"].contributions == pytest.approx((-0.28366218546322625,))


@pytest.mark.parametrize("fn, args", [
    (lecture, (2.0, 5.0)), (shared, (0.5,)), (newton, (2.0,)), (branched, (0.9, 4)), (helped, (1.3,)),
    (layered, ([Layer(0.5, 0.1), Layer(-1.5, 0.4)], 0.7))], ids=lambda x: getattr(x, "__name__", ""))
def test_gradients_are_sums_over_paths(fn, args):
    argnums = tuple(k for k, x in enumerate(args) if not isinstance(x, int))
    found = grad(fn, argnums)(*args)
    flat = [g for part in found for g in ([part] if np.ndim(part) == 0 and not isinstance(part, list) else part)]
    flat = [g for part in flat for g in ([part.w, part.b] if isinstance(part, Layer) else [part])]
    assert path_sums(grad(fn, argnums).graph(*args, fold=False)) == pytest.approx(flat, rel=1e-10)


def test_what_is_computed_twice_is_one_node():
    g = grad(shared).graph(0.5)
    assert [n.formula for n in g.nodes] == ["x", "exp v₀", "v₁²", "v₁ + v₂", "exp v₃", "sin v₃", "v₄ + v₅"]
    assert len(g.leaving()[g.node("v₁")]) == 2 and len(g.leaving()[g.node("v₃")]) == 2


def test_an_operand_that_occurs_twice_has_one_edge():
    g = grad(square).graph(3.0)
    (edge,) = g.edges
    assert (edge.formula, edge.partial, g.node("v₀").adjoint) == ("v₀ + v₀", 6.0, 6.0)


def test_loops_are_folded():
    g = grad(branched).graph(0.9, 4)
    titles = {tuple(b.title for b in n.box.path): n for n in g.nodes if n.box}
    loop = "for k in range(n) · 4 trips"
    assert set(titles) == {(loop,), (loop, "if x > 0.5 · yes, 2 of 4 times"), (loop, "if x > 0.5 · no, 2 of 4 times")}
    x = titles[loop,]
    assert (x.hint, x.count, x.formula) == ("x", 4, f"{x.name}′ × 0.7")
    assert x.values == pytest.approx((0.9 * 0.7, 0.9 * 0.7 ** 4))
    (carried,) = (e for e in g.edges if e.source is e.target is x)
    assert carried.carried is x.box and carried.partial == 0.7
    assert g.node("v₀").adjoint == pytest.approx(grad(branched)(0.9, 4))


def test_trips_are_boxes_when_not_folded():
    g = grad(branched).graph(0.9, 2, fold=False)
    assert {n.box.path[1].title for n in g.nodes if n.box} == {"trip 1", "trip 2"}
    assert not any(e.carried for e in g.edges) and all(n.count == 1 for n in g.nodes)


def test_nested_loops_count_runs():
    def f(x):
        for _ in range(3):
            for _ in range(2):
                x = x * 0.5
        return x
    (node,) = (n for n in grad(f).graph(1.0).nodes if n.box)
    assert [b.title for b in node.box.path] == ["for _ in range(3) · 3 trips", "for _ in range(2) · 6 trips in 3 runs"]
    assert node.count == 6 and grad(f).graph(1.0).node("v₀").adjoint == 0.5 ** 6


def test_while_loops_show_their_test_as_inactive():
    g = grad(newton).graph(2.0)
    assert {n.box.title for n in g.nodes if n.box} == {"while abs(x * x - a) > 1e-10 · 4 trips"}
    assert [n.formula for n in g.nodes if not n.active][-1].startswith("|v")
    assert g.node("v₀").adjoint == pytest.approx(0.5 / np.sqrt(2.0))
    assert all(n.active for n in grad(newton).graph(2.0, inactive=False).nodes)


def test_helpers_are_boxes_one_for_each_call():
    g = grad(helped).graph(1.3)
    boxes = [n.box for n in g.nodes if n.box]
    assert [b.title for b in boxes] == ["square(…)"] * 3 and len(set(boxes)) == 3
    g = grad(layered, (0, 1)).graph([Layer(0.5, 0.1), Layer(-1.5, 0.4)], 0.7)
    boxes = list(dict.fromkeys(n.box for n in g.nodes if n.box))
    assert [b.title for b in boxes] == ["Layer.__call__(…)"] * 2 and boxes[0].loc.text == "x = layer(x)"


def test_arrays_have_linear_maps_and_elementwise_partials():
    def f(A, x):
        return np.sum(np.tanh(A @ x))
    g = grad(f, (0, 1)).graph(np.eye(2), np.array([0.5, 1.0]))
    found = edges(g)
    tanh = found["v₁", "v₂"]
    assert tanh.partial == pytest.approx(1 - np.tanh([0.5, 1.0]) ** 2) and tanh.formula == "1 − v₂ × v₂"
    assert found["v₋₁", "v₁"].linear_map and found["v₋₁", "v₁"].partial is None
    assert found["v₂", "v₃"].partial.tolist() == [1.0, 1.0]
    assert np.allclose(g.node("v₀").adjoint, grad(f, 1)(np.eye(2), np.array([0.5, 1.0])))


def test_constants_are_dimmed_or_left_out():
    def f(x, w):
        return np.sum(x * w) + np.sum(np.sin(w))
    args = 2.0, np.ones(3)
    assert [n.name for n in grad(f).graph(*args).nodes if not n.active] == ["w", "v₂", "v₄"]
    assert [n.name for n in grad(f).graph(*args, inactive=False).nodes] == ["v₀", "v₁", "v₃", "v₅"]


def test_auxiliary_results_get_no_adjoint():
    def f(x):
        return x * x, np.sin(x)
    g = grad(f, has_aux=True).graph(3.0)
    assert g.node("v₀").adjoint == 6.0 and g.node("v₁").outputs == ("y",) and not g.node("v₂").active


def test_several_outputs():
    x, p, q = map(Var, "xpq")
    fn = Function("f", Block((x,), (Call((p,), np.sin, (x,)), Call((q,), np.cos, (x,))), (p,)), (x,))
    two = Function("f", Block((x,), fn.body.stmts, (Pair(p, q),)), (x,))
    found = content(two, (0.5,))
    assert [n.outputs for n in found.nodes] == [(), ("y₁",), ("y₂",)]
    assert found.nodes[0].adjoint == pytest.approx(np.cos(0.5) - np.sin(0.5))


def Pair(*items):
    from s2sad.ir import Pack
    return Pack("tuple", items)


def test_operations_without_rule():
    x, y = Var("x"), Var("y")
    fn = Function("f", Block((x,), (Call((y,), operator.methodcaller("__neg__"), (x,)),), (y,)), (x,))
    with pytest.raises(NotDifferentiable, match="no derivative rule"):
        content(fn, (1.0,))


def test_the_derivative_has_a_graph():
    g = grad(lecture, (0, 1)).graph(2.0, 5.0, of="derivative")
    results = {n.name: n.value for n in g.nodes if n.outputs}
    assert results == pytest.approx({"x1_bar": 5.5, "x2_bar": 1.7163378145367738})
    assert all(n.backward for n in g.nodes if n.role == "step") and not any(n.adjoints for n in g.nodes)
    assert not any(n.box for n in grad(helped).graph(1.3, of="derivative").nodes)
    loop = grad(branched).graph(0.9, 4, of="derivative")
    assert len({n.box.path[0] for n in loop.nodes if n.box}) == 2
    assert next(n.value for n in loop.nodes if n.outputs) == pytest.approx(grad(branched)(0.9, 4))


@pytest.mark.parametrize("name", sorted(PROGRAMS)[::25])
def test_adjoints_of_the_corpus(name):
    program = PROGRAMS[name]
    try:
        _, found = value_and_grad(program.fn, program.argnums)(*program.fresh())
    except TypeError:
        pytest.skip("no scalar result")
    for fold in (True, False):
        g = grad(program.fn, program.argnums).graph(*program.fresh(), fold=fold)
        adjoints = {n.hint: n.adjoint for n in g.nodes if n.role == "input"}
        for k, part in zip(program.argnums, found):
            parameter = program.fn.__code__.co_varnames[k]
            if parameter in adjoints and adjoints[parameter] is not None:
                assert np.allclose(adjoints[parameter], part, equal_nan=True), parameter
