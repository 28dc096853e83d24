"""DOT, Mermaid and the list."""
import re
import shutil
import subprocess

import numpy as np
import pytest

from s2sad import grad
from s2sad.show.graph.markup import dot, listing, mermaid
from s2sad.show.graph.model import Content, Edge, Node


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def marched(x, n):
    for _ in range(n):
        if x > 0.5:
            x = np.sin(x)
    return x


def test_list_of_the_lecture():
    assert str(grad(lecture, (0, 1)).graph(2.0, 5.0)) == """\
lecture at x₁ = 2, x₂ = 5

v₋₁ = x₁         = 2       │ v̄₋₁ = v̄₁ × (1 / v₋₁) + v̄₂ × v₀ = 5.5
v₀ = x₂          = 5       │ v̄₀ = v̄₂ × v₋₁ + v̄₃ × cos v₀    = 1.716
v₁ = ln v₋₁      = 0.693   │ v̄₁ = v̄₄                        = 1
v₂ = v₋₁ × v₀    = 10      │ v̄₂ = v̄₄                        = 1
v₃ = sin v₀      = −0.959  │ v̄₃ = v̄₅ × (−1)                 = −1
v₄ = v₁ + v₂     = 10.693  │ v̄₄ = v̄₅                        = 1
y = v₅ = v₄ − v₃ = 11.652  │ v̄₅ = ȳ                         = 1"""


def test_list_of_a_loop():
    lines = listing(grad(marched).graph(0.9, 4)).splitlines()
    assert lines[3:5] == ["for _ in range(n) · 4 trips", "    if x > 0.5 · yes"]
    assert lines[5].startswith("        y = v₁ = sin v₁′")


def test_dot():
    text = dot(grad(marched).graph(0.9, 4))
    assert text.startswith("digraph {") and text.count("{") == text.count("}")
    assert 'label="for _ in range(n) · 4 trips"; style=rounded;' in text and "style=dashed, constraint=false" in text
    assert '<td bgcolor="#eaf2fd">y = v₁ = sin v₁′' in text and 'tooltip="line ' in text
    assert "n0 -> n1 [label=" in text and "dir=both" in text


@pytest.mark.skipif(not shutil.which("dot"), reason="no Graphviz")
def test_graphviz_reads_dot():
    for content in (grad(marched).graph(0.9, 4), hostile()):
        subprocess.run(["dot", "-Tsvg"], input=dot(content).encode(), check=True, capture_output=True, timeout=30)


def test_mermaid():
    text = mermaid(grad(lecture, (0, 1)).graph(2.0, 5.0))
    assert "flowchart TD" in text and '  n0(["v₋₁ = x₁<br/>2<br/>v̄₋₁ = 5.5"]):::input' in text
    assert '  n6[["y = v₅ = v₄ − v₃<br/>11.652<br/>ȳ = v̄₅ = 1"]]:::step' in text
    assert '  n1 -->|"cos v₀ = 0.284"| n4' in text
    folded = mermaid(grad(marched).graph(0.9, 4))
    assert 'subgraph b1 ["for _ in range#40;n#41; · 4 trips"]' in folded and "next trip" in folded
    assert folded.count("subgraph") == folded.count("\n  end") + folded.count("\n    end")


def hostile():
    name = 'a"]; </td><script>alert(1)</script> \\ {x} | `b` \x00'
    a, b = Node(name, "", (1.0,), "input"), Node("b", name, ("text " + name,), hint="h")
    return Content(name, (a, b), (Edge(a, b, 'f"<b>'),), (name,))


def test_hostile_names_are_escaped():
    text = dot(hostile())
    tables = re.findall(r"label=<(<table.*?</table>)>, tooltip", text)
    tags = {tag for table in tables for tag in re.findall(r"</?(\w+)", table)}
    assert len(tables) == 2 and tags == {"table", "tr", "td", "br"}
    assert '\\"]; </td>' in text and "\x00" not in text, "in a quoted string quotation marks and backslashes count"
    body = mermaid(hostile()).split("flowchart TD")[1]
    assert "<script" not in body and 'a"' not in body and "#34;#93;" in body and "\x00" not in body
