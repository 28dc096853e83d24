"""Nested drawings: boxes hold what belongs to them, texts do not overlap."""
import numpy as np
import pytest

from s2sad import grad
from s2sad.show.graph.layers import LABEL_HEIGHT
from s2sad.show.graph.layout import SMALL, Area, Card, card, layout, run, text_width
from s2sad.show.graph.model import Node
from tests.programs import PROGRAMS

NAMES = ["straight.lecture", "branches.abs_by_hand", "kernels.rk4_arrays", "models.mlp_loss", "stencils.lu"]


def marched(x, n):
    s = 0.0
    for k in range(n):
        if x > 0.5:
            s = s + x * x * k
        else:
            s += np.sin(x)
        x = x * 0.7
    return s


def graphs():
    yield grad(marched).graph(0.9, 5)
    yield grad(marched).graph(0.9, 3, fold=False)
    yield grad(marched).graph(0.9, 5, of="derivative")
    for name in [n for n in NAMES if n in PROGRAMS] or sorted(PROGRAMS)[::150]:
        program = PROGRAMS[name]
        yield grad(program.fn, program.argnums).graph(*program.fresh())


def rectangles(area):
    """What carries text, as (x, y, right, bottom): cards, pills, labels; and the boxes with their titles' height."""
    for item in area.items:
        if isinstance(item.data, Area):
            yield from rectangles(item.data)
        else:
            yield item.x, item.y, item.x + item.width, item.y + item.height
    for s in area.placed.segments:
        if s.lower.link and s.lower.link.label:
            x, y = area.x + area.left + s.lower.x, area.y + area.top + area.placed.tops[s.lower.layer]
            half = s.lower.link.label / 2
            yield x - half, y, x + half, y + LABEL_HEIGHT


@pytest.mark.parametrize("graph", list(graphs()), ids=lambda g: g.title[:20])
def test_texts_do_not_overlap(graph):
    found = list(rectangles(layout(graph)))
    for k, a in enumerate(found):
        for b in found[:k]:
            assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3], (a, b)


@pytest.mark.parametrize("graph", list(graphs()), ids=lambda g: g.title[:20])
def test_boxes_hold_their_nodes(graph):
    def check(area):
        for item in area.items:
            assert area.x - 1e-6 <= item.x and item.x + item.width <= area.x + area.width + 1e-6
            assert area.y - 1e-6 <= item.y and item.y + item.height <= area.y + area.height + 1e-6
            if isinstance(item.data, Area):
                assert (item.data.box.parent if item.data.box else None) is area.box
                check(item.data)
            elif isinstance(item.data, Card):
                assert item.data.node.box is area.box
    check(layout(graph))


def test_lines_are_connected_through_borders():
    graph = grad(marched).graph(0.9, 3, fold=False)
    starts, ends = set(), set()

    def collect(area):
        for s in area.placed.segments:
            points = run(area, s)
            starts.add((round(points[0][0], 3), round(points[0][1], 3)))
            ends.add((round(points[-1][0], 3), round(points[-1][1], 3)))
        for item in area.items:
            if isinstance(item.data, Area):
                collect(item.data)
    whole = layout(graph)
    collect(whole)
    for box in [item.data for item in whole.items if isinstance(item.data, Area)]:
        ports = [(round(i.x + i.width / 2, 3), round(box.y, 3)) for i in box.ins.values()]
        assert ports and set(ports) <= starts and set(ports) <= ends


def test_widths_count_columns():
    assert text_width("v̄₁") == pytest.approx(2 * text_width("v")) and text_width("権") == 2 * text_width("v")
    assert text_width("abc", SMALL) < text_width("abc")


def test_cards():
    drawn = card(Node("v₂", "v₁ × v₀", (2.0, 0.5), hint="p", adjoints=(1.0,), outputs=("y",)))
    assert drawn.forward == ("y = v₂ = v₁ × v₀", "p = 2 … 0.5") and drawn.backward == ("ȳ = v̄₂", "1")
    assert drawn.width > drawn.split > text_width("y = v₂ = v₁ × v₀")
    assert card(Node("w", "", (np.ones((3, 4)),), "constant")).forward == ("w", "⟨3 × 4⟩")
