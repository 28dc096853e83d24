"""The layout of a computation graph with nested boxes: sizes of cards, positions of everything, the runs of lines.

Every box is laid out by itself (``layers.py``) and then is one item of the drawing around it. A line that enters a box
passes through a port in its border, one for each value, and goes on inside. What a loop carries into its next trip
leaves the body at the bottom and comes in at the top, through pills with the name of the value.

The result is a tree of ``Area`` with absolute coordinates; ``svg.py`` draws it.
"""
from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from s2sad.show.graph.layers import Item, Link, Placed, Segment, place
from s2sad.show.graph.model import Box, Content, Edge, Node, numbers
from s2sad.show.notation import bar

FONT, SMALL = 13.0, 11.0
WIDE = 0.602
"""The width of a character in a monospaced font, as a part of its size."""
PAD = 9.0
CARD = 44.0
TITLE = 22.0
BORDER = 14.0


def text_width(text: str, size: float = FONT) -> float:
    """The width of a text in the drawing; combining characters have none, those of East Asia two columns."""
    columns = sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return columns * size * WIDE


@dataclass(eq=False)
class Card:
    """A node as it is drawn: the forward half with two lines, and the backward half if it has an adjoint."""

    node: Node
    forward: tuple[str, str]
    backward: tuple[str, str] | None

    @property
    def split(self) -> float:
        """The width of the forward half."""
        return max(text_width(t) for t in self.forward) + 2 * PAD

    @property
    def width(self) -> float:
        return self.split + (max(text_width(t) for t in self.backward) + 2 * PAD if self.backward else 0.0)


@dataclass(eq=False)
class Pill:
    """A carried value, where it leaves the body of a loop or enters it."""

    text: str
    incoming: bool


@dataclass(eq=False)
class Port:
    """Where a value passes through the border of a box."""

    node: Node


@dataclass(eq=False)
class Area:
    """A box with what is in it. ``x`` and ``y`` are absolute after ``layout``; the drawing inside starts at ``left``,
    ``top`` within the box."""

    box: Box | None
    placed: Placed
    items: list[Item]
    areas: list[Area]
    width: float
    height: float
    left: float
    top: float
    x: float = 0.0
    y: float = 0.0
    ins: dict[Node, Item] = field(default_factory=dict)
    outs: dict[Node, Item] = field(default_factory=dict)


def card(node: Node) -> Card:
    """The texts of a node."""
    shown = numbers(node.values)
    if node.hint and node.role == "step" and len(node.hint) <= 16 and node.hint != node.name:
        shown = f"{node.hint} = {shown}"
    if not node.adjoints:
        return Card(node, (node.label, shown), None)
    head = " = ".join([*map(bar, node.outputs), node.bar])
    return Card(node, (node.label, shown), (head, numbers(node.adjoints)))


class Layout:
    """Builds the areas of a graph, from the innermost box to the outermost."""

    def __init__(self, content: Content) -> None:
        self.open = content.tangled()
        self.inside = content.inside(self.open)
        self.links: dict[Box | None, list[tuple[Node | Box | str, Node | Box | str, Edge, bool]]] = {
            box: [] for box in self.inside}
        self.carried: dict[Box, dict[Node, None]] = {}
        for edge in content.edges:
            self.route(edge)

    def route(self, edge: Edge) -> None:
        """The links of an edge, one in each box that it passes."""
        up, down = edge.source.path(self.open), edge.target.path(self.open)
        shared = 0
        while shared < min(len(up), len(down)) and up[shared] is down[shared]:
            shared += 1
        if edge.carried:
            loop = edge.carried
            self.carried.setdefault(loop, {})[edge.source] = None
            depth = up.index(loop) + 1
            self.climb(edge, up, depth)
            self.links[loop].append((self.child(edge.source, depth), "next", edge, False))
            self.descend("previous", edge, down, down.index(loop) + 1, loop)
            return
        self.climb(edge, up, shared)
        self.descend(self.child(edge.source, shared), edge, down, shared, up[shared - 1] if shared else None)

    def climb(self, edge: Edge, up: Sequence[Box], depth: int) -> None:
        for k in range(len(up) - 1, depth - 1, -1):
            self.links[up[k]].append((self.child(edge.source, k + 1), "out", edge, False))

    def descend(self, source: Node | Box | str, edge: Edge, down: Sequence[Box], depth: int, box: Box | None) -> None:
        for k in range(depth, len(down)):
            self.links[box].append((source, down[k], edge, False))
            source, box = "in", down[k]
        self.links[box].append((source, edge.target, edge, True))

    def child(self, node: Node, depth: int) -> Node | Box:
        """The node, or the box at this depth that holds it."""
        path = node.path(self.open)
        return path[depth] if depth < len(path) else node

    # ---- areas -----------------------------------------------------------------------------------------------------

    def area(self, box: Box | None) -> Area:
        """Lay out a box."""
        areas = {child: self.area(child) for child in self.inside[box] if isinstance(child, Box)}
        items = self.items(box, areas)
        ins: dict[Node, Item] = {}
        outs: dict[Node, Item] = {}
        found: dict[tuple[object, ...], Link] = {}
        for source, target, edge, last in self.links[box]:
            node = edge.source
            if source == "in":
                start = ins.setdefault(node, Item(2.0, 0.0, "top", Port(node)))
            else:
                start = items[(source, node) if source == "previous" else source]
            if target == "out":
                end = outs.setdefault(node, Item(2.0, 0.0, "bottom", Port(node)))
            else:
                end = items[(target, node) if target == "next" else target]
            which = (start, end, node, edge if last else None)
            if which in found:
                found[which].data.append(edge)
                continue
            leave = self.port(areas[source].outs[node], areas[source]) if isinstance(source, Box) else 0.0
            enter = self.port(areas[target].ins[node], areas[target]) if isinstance(target, Box) else (
                0.0 if target in ("out", "next") else None)
            label = text_width(edge.label, SMALL) + 12 if last and edge.label else 0.0
            found[which] = Link(start, end, leave, enter, label, [edge])
        everything = [*ins.values(), *items.values(), *outs.values()]
        placed = place(everything, list(found.values()))
        width = max(placed.width + 2 * BORDER, text_width(box.title, SMALL) + 2 * BORDER if box else 0.0)
        top = TITLE + 6.0 if box else BORDER
        return Area(box, placed, everything, list(areas.values()), width,
                    top + placed.height + BORDER, (width - placed.width) / 2, top, ins=ins, outs=outs)

    def items(self, box: Box | None, areas: dict[Box, Area]) -> dict[object, Item]:
        """The cards, inner boxes and pills of a box, by what they show."""
        items: dict[object, Item] = {}
        for child in self.inside[box]:
            if isinstance(child, Box):
                items[child] = Item(areas[child].width, areas[child].height, data=areas[child])
            else:
                drawn = card(child)
                items[child] = Item(drawn.width, CARD, data=drawn)
        for node in self.carried.get(box, ()) if box else ():
            for key, text in (("previous", f"{node.name}′ ↻"), ("next", f"↻ {node.name}")):
                pill = Pill(text, key == "previous")
                items[key, node] = Item(text_width(text, SMALL) + 16, 18.0, "top" if pill.incoming else "bottom", pill)
        return items

    @staticmethod
    def port(item: Item, area: Area) -> float:
        """Where a port is, counted from the middle of its area."""
        return area.left + item.x + item.width / 2 - area.width / 2


def layout(content: Content) -> Area:
    """The areas of a graph in absolute coordinates; the outermost has no box."""
    whole = Layout(content).area(None)
    _move(whole, 0.0, 0.0)
    return whole


def _move(area: Area, x: float, y: float) -> None:
    area.x, area.y = x, y
    for item in area.items:
        item.x += x + area.left
        item.y += y + area.top
        if isinstance(item.data, Area):
            _move(item.data, item.x, item.y)


def run(area: Area, segment: Segment) -> list[tuple[float, float]]:
    """The four points of a piece of a line: down to the end of its layer, a curve to the next, down to where it ends.
    Bends and labels are passed on the way; at a port it goes on to the border of the box."""
    dx, dy, placed = area.x + area.left, area.y + area.top, area.placed
    upper, lower = segment.upper, segment.lower
    start = upper.bottom if upper.item else placed.tops[upper.layer]
    end = lower.top if lower.item else placed.tops[lower.layer]
    if upper.item and isinstance(upper.item.data, Port):
        start = -area.top
    if lower.item and isinstance(lower.item.data, Port):
        end = area.height - area.top
    points = [(segment.start, start), (segment.start, placed.bottoms[upper.layer]),
              (segment.end, placed.tops[lower.layer]), (segment.end, end)]
    return [(x + dx, y + dy) for x, y in points]
