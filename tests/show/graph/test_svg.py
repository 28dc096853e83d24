"""The drawing as SVG."""
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from s2sad import grad
from s2sad.errors import ArgumentError
from s2sad.show.graph.model import Content, Edge, Node
from s2sad.show.graph.svg import STYLE, describe, escaped, relation, svg
from tests.programs import PROGRAMS

SPACE = "{http://www.w3.org/2000/svg}"


def lecture(x1, x2):
    z = np.log(x1) + x1 * x2
    return z - np.sin(x2)


def texts(tree):
    return [t.text for t in tree.iter(f"{SPACE}text")]


def titles(tree):
    return [t.text for t in tree.iter(f"{SPACE}title")]


def test_the_lecture():
    tree = ET.fromstring(grad(lecture, (0, 1)).graph(2.0, 5.0).svg())
    shown = texts(tree)
    for text in ("lecture at x₁ = 2, x₂ = 5", "v₁ = ln v₋₁", "0.693", "v̄₀", "1.716", "cos v₀ = 0.284", "1 / v₋₁ = 0.5",
                 "−1", "y = v₅ = v₄ − v₃", "ȳ = v̄₅", "z = 10.693"):
        assert text in shown, text
    kinds = [g.get("class") for g in tree.iter(f"{SPACE}g")]
    assert kinds.count("node input") == 2 and kinds.count("node") == 4 and kinds.count("node output") == 1
    assert kinds.count("back") > 8, "an adjoint flows along every edge"


def test_hovering():
    tree = ET.fromstring(grad(lecture, (0, 1)).graph(2.0, 5.0).svg())
    line = lecture.__code__.co_firstlineno + 1
    assert f"line {line}: z = np.log(x1) + x1 * x2\nv₁ = ln v₋₁\nvalue 0.693\nadjoint v̄₁ = 1" in titles(tree)
    assert "v₀ → v₃\n∂v₃/∂v₀ = cos v₀ = 0.284\nv̄₀ += v̄₃ × cos v₀ = −0.284" in titles(tree)


def test_every_text_has_a_width():
    tree = ET.fromstring(grad(lecture, (0, 1)).graph(2.0, 5.0).svg())
    assert all(float(t.get("textLength")) > 0 for t in tree.iter(f"{SPACE}text"))
    width, height = float(tree.get("width")), float(tree.get("height"))
    assert tree.get("viewBox") == f"0 0 {width:.0f} {height:.0f}"


def test_light_and_dark():
    assert "prefers-color-scheme:dark" in STYLE and '[data-jp-theme-light="false"]' in STYLE
    light, dark = (set(re.findall(r"--(\w+):", part)) for part in (STYLE.split("@media")[0], STYLE.split("@media")[1]))
    assert light == dark, "each colour has two values"
    assert set(re.findall(r"var\(--(\w+)\)", STYLE)) <= light


def test_nothing_comes_from_a_network():
    text = grad(lecture, (0, 1)).graph(2.0, 5.0).svg().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in text and "<script" not in text and "url(" not in text and ' id="' not in text


def test_hostile_names_are_escaped():
    name = '</text><script>alert("1")</script>&\x00\x1b'
    a, b = Node(name, "", (name,), "input"), Node("b", name, (1.0,), adjoints=(1.0,), outputs=(name,))
    tree = ET.fromstring(svg(Content(name, (a, b), (Edge(a, b, name[:20], (), (1.0,)),), (name,))))
    assert not list(tree.iter("script")) and not list(tree.iter(f"{SPACE}script"))
    assert escaped("a\x00<\ud800") == "a\N{REPLACEMENT CHARACTER}&lt;\N{REPLACEMENT CHARACTER}"


def test_descriptions():
    node = Node("v₂", "v₁ × v₁", (np.ones((2, 2)), np.zeros((2, 2))), adjoints=(1.0, 2.0), count=7)
    assert describe(node) == ("v₂ = v₁ × v₁\nvalue ⟨2 × 2⟩ all 1 … ⟨2 × 2⟩ all 0\nexecuted 7 times: first and last\n"
                              "adjoint v̄₂ = 1 … 2")
    a, b = Node("a", "", ()), Node("b", "", ())
    assert relation(Edge(a, b)) == "a → b"


def test_the_empty_graph():
    ET.fromstring(svg(Content("nothing", (), ())))


@pytest.mark.parametrize("name", sorted(PROGRAMS)[::18])
def test_programs_of_the_corpus(name):
    program = PROGRAMS[name]
    derivative = grad(program.fn, program.argnums)
    graphs = [derivative.graph(*program.fresh())]
    try:
        graphs.append(derivative.graph(*program.fresh(), of="derivative"))
    except ArgumentError as error:
        assert error.code == "S2S007", "the result is not one number"
    for graph in graphs:
        ET.fromstring(graph.svg())
        assert graph.dot() and graph.mermaid() and str(graph)
