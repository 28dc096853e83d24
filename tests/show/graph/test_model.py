"""The data of graphs: names, labels, and drawings of bounded size."""
import numpy as np

from s2sad.show.graph.model import Box, Content, Edge, Node, backward_formula, numbers


def chain(n, box=None):
    nodes = [Node(f"v{k}", f"sin v{k - 1}", (0.5,), box=box(k) if box else None) for k in range(n)]
    return Content("f", tuple(nodes), tuple(Edge(a, b) for a, b in zip(nodes, nodes[1:])))


def test_names_and_labels():
    node = Node("v₃", "v₁ × v₂", (2.0,), outputs=("y",))
    assert node.bar == "v̄₃" and node.label == "y = v₃ = v₁ × v₂" and node.value == 2.0 and node.adjoint is None
    assert Node("x_bar", "x + y", (1.0,), outputs=("",)).label == "⇒ x_bar = x + y"
    assert len(Node("v", "x" * 90, ()).label) < 50 and Node("v", "x" * 90, ()).label.endswith("…")


def test_numbers_are_short():
    assert numbers((1.0, 0.25)) == "1 … 0.25" and numbers((1.0, 1.0)) == "1"
    assert numbers((np.array([1.23456, -2.34567, 3.4567]),)) == "[1.235, −2.346, 3.457]"
    assert numbers((np.array([-11.23456, -12.34567, 13.4567, 1.555]),)) == "⟨4⟩"
    assert len(numbers(("x" * 100,))) == 26


def test_labels_of_edges():
    a, b = Node("a", "", ()), Node("b", "", ())
    assert Edge(a, b, "cos a", (0.284,)).label == "cos a = 0.284" and Edge(a, b, "1", (1.0,)).label == "1"
    assert Edge(a, b, "1 − b × b", (np.ones((3, 3)),)).label == "1 − b × b" and Edge(a, b, "x" * 40).label == ""


def test_formulas_of_adjoints():
    v, w, z = Node("v₀", "", ()), Node("v₁", "", ()), Node("v₂", "", ())
    edges = [Edge(v, w, "1", (1.0,), (1.0,)), Edge(v, z, "a + b", (1.0,), (1.0,)), Edge(v, z, "cos(a + b)", (), (1.0,)),
             Edge(v, w, "", (), (1.0,), linear_map=True), Edge(v, w, "", (3.0,), (1.0,)), Edge(v, w, "unused")]
    assert backward_formula(v, edges) == (
        "v̄₁ + v̄₂ × (a + b) + v̄₂ × cos(a + b) + (∂v₁/∂v₀)ᵀ v̄₁ + v̄₁ ∂v₁/∂v₀")
    carried = Edge(v, v, "0.7", (0.7,), (1.0,), carried=Box("loop", "for"))
    assert backward_formula(v, [carried]) == "v̄₀′ × 0.7"


def test_nothing_changes_below_the_limit():
    content = chain(5)
    assert content.at_most(5) is content


def test_boxes_are_closed_before_anything_is_left_out():
    outer = Box("call", "g(…)")
    inner = [Box("call", f"h{k}(…)", outer) for k in range(10)]
    small = chain(40, lambda k: inner[k // 4]).at_most(12)
    assert [n.role for n in small.nodes] == ["group"] * 10 and small.nodes[0].formula == "h0(…): 4 operations"
    assert len(small.edges) == 9 and small.nodes[3].box is outer
    assert small.notes == ("40 operations, innermost boxes closed",)
    assert len(chain(40, lambda k: inner[k // 4]).at_most(5).nodes) == 1


def test_the_middle_is_left_out_with_a_note():
    small = chain(100).at_most(10)
    assert [n.name for n in small.nodes] == ["v0", "v1", "v2", "v3", "v4", "v95", "v96", "v97", "v98", "v99"]
    assert small.notes == ("90 nodes between v4 and v95 are left out",) and len(small.edges) == 8


def test_closed_boxes_keep_adjoints_and_outputs():
    box = Box("call", "g(…)")
    a, b, c = Node("a", "", (), "input"), Node("b", "", (), box=box), Node("c", "", (), box=box, outputs=("y",))
    content = Content("f", (a, b, c), (Edge(a, b, contributions=(1.0,)), Edge(b, c, contributions=(1.0,)), Edge(a, c)))
    small = content.closed(1)
    assert [n.name for n in small.nodes] == ["a", "b … c"] and small.nodes[1].outputs == ("y",)
    (edge,) = small.edges
    assert edge.active


def test_inside():
    box = Box("loop", "for")
    content = Content("f", (a := Node("a", "", ()), b := Node("b", "", (), box=box), c := Node("c", "", ())), ())
    assert content.inside() == {None: [a, box, c], box: [b]}


def test_a_call_that_runs_in_turns_with_its_caller_is_drawn_without_its_box():
    call, loop = Box("call", "items(…)"), Box("loop", "for k in range(3)")
    first, between, second = (Node(name, "", (1.0,), box=box) for name, box in (("a", call), ("b", None), ("c", call)))
    inner = Node("d", "", (1.0,), box=Box("loop", "for", parent=call))
    edges = (Edge(first, between), Edge(between, second), Edge(second, inner))
    made = Content("f", (first, between, second, inner), edges)
    assert made.tangled() == {call} and call not in made.inside({call})
    assert made.inside({call})[None] == [first, between, second, inner.box]
    straight = Content("f", (first, second, between), (Edge(first, second), Edge(second, between)))
    assert straight.tangled() == set()
    carried = Content("f", (first, between), (Edge(first, between), Edge(between, first, carried=loop)))
    assert carried.tangled() == set()
