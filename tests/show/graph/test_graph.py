"""The object that ``df.graph(…)`` returns."""
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from s2sad import grad, jacobian, value_and_grad
from s2sad.api.products import Products
from s2sad.errors import ArgumentError


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


GRAPH = grad(lecture, (0, 1)).graph(2.0, 5.0)


def test_nodes_are_found_by_name():
    assert GRAPH.node("v₃").formula == "sin v₀" and GRAPH.node("x2").name == "v₀" and GRAPH.node("y").name == "v₅"
    with pytest.raises(KeyError):
        GRAPH.node("v₉")


def test_networkx():
    networkx = pytest.importorskip("networkx")
    made = GRAPH.networkx()
    forward = [n for n, kind in made.nodes(data="kind") if kind == "forward"]
    assert len(forward) == 7 and {made.nodes[n]["pair"] for n in forward} == {
        n for n, kind in made.nodes(data="kind") if kind == "backward"}
    assert made.edges["v₀", "v₃", "same trip"]["partial"] == pytest.approx(np.cos(5.0))
    assert made.edges["v̄₃", "v̄₀", "same trip"]["contribution"] == pytest.approx(-np.cos(5.0))
    total = 0.0
    for path in networkx.all_simple_edge_paths(made, "v₋₁", "v₅"):
        total += np.prod([made.edges[edge]["partial"] for edge in path])
    assert total == pytest.approx(5.5)


def test_networkx_is_optional(monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(ImportError, match=r'pip install "s2sad\[show\]"'):
        GRAPH.networkx()


def test_a_prompt_shows_the_list_of_nodes():
    assert repr(GRAPH) == str(GRAPH) and repr(GRAPH).startswith("lecture at ")


def test_notebooks():
    assert GRAPH._repr_svg_() == GRAPH.svg() and GRAPH.svg() in GRAPH._repr_html_()


@pytest.mark.parametrize("ending, start", [(".svg", "<svg"), (".html", "<div"), (".dot", "digraph"), (".gv", "digraph"),
                                           (".mmd", "---"), (".txt", "lecture at")])
def test_save(tmp_path, ending, start):
    GRAPH.save(tmp_path / f"g{ending}")
    assert (tmp_path / f"g{ending}").read_text(encoding="utf-8").startswith(start)


def test_save_refuses_other_endings(tmp_path):
    with pytest.raises(ValueError, match=r"\.svg.*not as '\.png'"):
        GRAPH.save(tmp_path / "g.png")


def test_large_graphs_are_drawn_with_closed_boxes():
    def f(x, n):
        for _ in range(n):
            x = np.sin(x) * 1.01
        return x
    folded, whole = grad(f).graph(0.5, 1500), grad(f).graph(0.5, 1500, fold=False)
    assert len(folded.nodes) == 3 and len(whole.nodes) == 3001
    text = whole.svg()
    assert "3001 operations, innermost boxes closed" in text and len(ET.fromstring(text)) < 2000


def test_the_limit_is_the_users():
    def f(x):
        for _ in range(8):
            x = np.sin(x)
        return x
    graph = grad(f).graph(0.5, fold=False, limit=4)
    assert graph.limit == 4 and len(graph.nodes) == 9 and len(graph.at_most(4).nodes) <= 4


def test_keywords_and_other_derivatives():
    assert value_and_grad(lecture).graph(2.0, x2=5.0).node("v₀").adjoint == 5.5

    def rows(A, x):
        return A @ x
    args = np.eye(2), np.ones(2)
    assert jacobian(rows).graph(*args).node("v₀").adjoint.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    for mode in ("vjp", "jvp"):
        graph = Products(rows, mode, (0, 1)).graph(*args, of="derivative")
        assert any(n.outputs for n in graph.nodes)


def test_wrong_requests():
    with pytest.raises(ArgumentError, match='write of="function" or of="derivative"'):
        grad(lecture).graph(2.0, 5.0, of="gradient")
    with pytest.raises(TypeError, match="pass a float"):
        grad(lecture).graph(2, 5)


def test_arguments_are_not_changed():
    def f(x):
        x[0] = 3.0
        x *= 2.0
        return np.sum(x * x)
    x = np.ones(3)
    assert grad(f).graph(x).node("v₀").adjoint.tolist() == [0.0, 8.0, 8.0] and x.tolist() == [1.0, 1.0, 1.0]
