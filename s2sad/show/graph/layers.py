"""Drawing one flat graph in layers, from the inputs down (Sugiyama's method), with items of any size.

``place`` puts every item below those it reads: ranks by longest paths, then an order within each layer with few
crossings (barycenters), then x coordinates that keep edges straight (each layer is a weighted isotonic regression, so
items never overlap). Between two ranks of items is a layer for the labels of edges; a label has a place of its own,
like a small item, and so never lies on anything else. All links of one source share a trunk down to where they branch
off: a value that is used in many places is one line with many branches.

    >>> a, b = Item(60.0, 30.0), Item(80.0, 30.0)
    >>> drawing = place([a, b], [Link(a, b, label=40.0)])
    >>> a.y + a.height <= b.y, drawing.width
    (True, 80.0)
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

GAP_X = 26.0
GAP_LINE = 14.0
GAP_Y = 17.0
STEEP = 0.16
TALLEST_GAP = 80.0
LABEL_HEIGHT = 18.0
SWEEPS = 12


@dataclass(eq=False)
class Item:
    """A box of the given size; ``place`` sets its upper left corner. ``pin``: "top" or "bottom" for what belongs to the
    border of the drawing."""

    width: float
    height: float
    pin: str = ""
    data: Any = None
    rank: int = 0
    x: float = 0.0
    y: float = 0.0


@dataclass(eq=False)
class Link:
    """An edge. ``leave`` and ``enter`` are where it leaves and enters, counted from the middle of the item; None: where
    there is room. ``label`` is the width of its label."""

    source: Item
    target: Item
    leave: float = 0.0
    enter: float | None = None
    label: float = 0.0
    data: Any = None
    at: Vertex | None = None


@dataclass(eq=False)
class Vertex:
    """A place in a layer: an item, a label, or a bend of a line."""

    layer: int
    width: float
    item: Item | None = None
    link: Link | None = None
    x: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


@dataclass(eq=False)
class Segment:
    """A piece of a line from a vertex to one in the next layer, and the links that use it."""

    upper: Vertex
    lower: Vertex
    leave: float
    enter: float | None
    weight: float
    links: list[Link]
    start: float = 0.0
    end: float = 0.0


@dataclass(eq=False)
class Placed:
    """A finished drawing: its size, and the lines. The height of layers is in ``tops`` and ``bottoms``."""

    width: float = 0.0
    height: float = 0.0
    segments: list[Segment] = field(default_factory=list)
    tops: list[float] = field(default_factory=list)
    bottoms: list[float] = field(default_factory=list)


def place(items: Sequence[Item], links: Sequence[Link]) -> Placed:
    """Place the items of an acyclic graph.

    Parameters
    ----------
    items : sequence of Item
        ``x`` and ``y`` are set.
    links : sequence of Link
        Between different items, without cycles; ``at`` is set to the place of the label.

    Returns
    -------
    Placed
    """
    if not items:
        return Placed()
    rank(items, links)
    layers, segments = vertices(items, links)
    order(layers, segments)
    coordinates(layers, segments)
    return finish(layers, segments)


def rank(items: Sequence[Item], links: Sequence[Link]) -> None:
    """Longest paths from the top; then what has fewer operands than users moves down to its users."""
    above: dict[Item, list[Item]] = {i: [] for i in items}
    below: dict[Item, list[Item]] = {i: [] for i in items}
    for link in links:
        above[link.target].append(link.source)
        below[link.source].append(link.target)
    sequence = topological(items, above, below)
    first = int(any(i.pin == "top" for i in items))
    for item in sequence:
        item.rank = 0 if item.pin == "top" else max([first, *(p.rank + 1 for p in above[item])])
    last = max(i.rank for i in items if i.pin != "bottom") if any(i.pin != "bottom" for i in items) else 0
    for item in reversed(sequence):
        if not item.pin and below[item] and len(set(above[item])) < len(set(below[item])) + (not above[item]):
            item.rank = max(item.rank, min(last + 1 if t.pin == "bottom" else t.rank for t in below[item]) - 1)
    for item in items:
        if item.pin == "bottom":
            item.rank = last + 1
    used = {r: k for k, r in enumerate(sorted({i.rank for i in items}))}
    for item in items:
        item.rank = used[item.rank]


def topological(items: Sequence[Item], above: dict[Item, list[Item]], below: dict[Item, list[Item]]) -> list[Item]:
    """The items, each after those it reads."""
    waiting = {i: len(above[i]) for i in items}
    ready = [i for i in items if not waiting[i]]
    for item in ready:
        for t in below[item]:
            waiting[t] -= 1
            if not waiting[t]:
                ready.append(t)
    if len(ready) < len(items):
        raise ValueError("the graph has a cycle")
    return ready


def vertices(items: Sequence[Item], links: Sequence[Link]) -> tuple[list[list[Vertex]], list[Segment]]:
    """The layers: items on even ones, labels on odd ones, trunks on all that they cross."""
    layers: list[list[Vertex]] = [[] for _ in range(2 * max(i.rank for i in items) + 1)]
    of: dict[Item, Vertex] = {}
    segments: list[Segment] = []

    def add(layer: int, width: float, item: Item | None = None, link: Link | None = None) -> Vertex:
        layers[layer].append(vertex := Vertex(layer, width, item, link))
        return vertex

    groups: dict[tuple[Item, float], list[Link]] = {}
    for link in links:
        groups.setdefault((link.source, link.leave), []).append(link)
    for item in items:
        of[item] = add(2 * item.rank, item.width, item)
    for (source, leave), group in groups.items():
        here, offset, pending = of[source], leave, sorted(group, key=lambda link: link.target.rank)
        while pending:
            stop = 2 * pending[0].target.rank - 1
            while here.layer < stop - 1:
                bend = add(here.layer + 1, GAP_LINE)
                segments.append(Segment(here, bend, offset, 0.0, 4.0 if here.item else 12.0, list(pending)))
                here, offset = bend, 0.0
            for link in [p for p in pending if 2 * p.target.rank - 1 == stop]:
                link.at = add(stop, max(link.label, GAP_LINE), link=link)
                segments.append(Segment(here, link.at, offset, 0.0, 2.0, [link]))
                segments.append(Segment(link.at, of[link.target], 0.0, link.enter, 3.0, [link]))
            pending = [p for p in pending if 2 * p.target.rank - 1 > stop]
    return layers, segments


def order(layers: list[list[Vertex]], segments: Sequence[Segment]) -> None:
    """Order every layer by the barycenters of its neighbours, down and up, and keep the order with fewest crossings."""
    gaps: list[list[Segment]] = [[] for _ in layers]
    up: dict[Vertex, list[Segment]] = {v: [] for layer in layers for v in layer}
    down: dict[Vertex, list[Segment]] = {v: [] for layer in layers for v in layer}
    for s in segments:
        gaps[s.upper.layer].append(s)
        up[s.lower].append(s)
        down[s.upper].append(s)
    position = {v: float(k) for layer in layers for k, v in enumerate(layer)}

    def start(s: Segment) -> float:
        return position[s.upper] + s.leave / max(s.upper.width, 1.0)

    def end(s: Segment) -> float:
        return position[s.lower] + (s.enter or 0.0) / max(s.lower.width, 1.0)

    def sweep(downwards: bool) -> None:
        for layer in layers if downwards else reversed(layers):
            wanted = {}
            for v in layer:
                found = [start(s) for s in up[v]] if downwards else [end(s) for s in down[v]]
                wanted[v] = sum(found) / len(found) if found else position[v]
            layer.sort(key=lambda v: wanted[v])
            position.update((v, float(k)) for k, v in enumerate(layer))

    def total() -> int:
        return sum(crossings([(start(s), end(s)) for s in gap]) for gap in gaps)

    best, kept = total(), [list(layer) for layer in layers]
    for k in range(SWEEPS):
        if best == 0:
            break
        sweep(k % 2 == 0)
        count = total()
        if count < best:
            best, kept = count, [list(layer) for layer in layers]
    for layer, found in zip(layers, kept):
        layer[:] = found


def crossings(lines: list[tuple[float, float]]) -> int:
    """How many pairs of lines between two layers cross."""
    lines.sort()
    ends = sorted({end for _, end in lines})
    place_of = {end: k + 1 for k, end in enumerate(ends)}
    tree = [0] * (len(ends) + 1)
    count = 0
    for seen, (_, end) in enumerate(lines):
        k = at = place_of[end]
        before = 0
        while at:
            before += tree[at]
            at -= at & -at
        count += seen - before
        while k < len(tree):
            tree[k] += 1
            k += k & -k
    return count


def coordinates(layers: list[list[Vertex]], segments: Sequence[Segment]) -> None:
    """The x coordinates of the middles: neighbours above each other as far as the order allows it."""
    up: dict[Vertex, list[Segment]] = {v: [] for layer in layers for v in layer}
    down: dict[Vertex, list[Segment]] = {v: [] for layer in layers for v in layer}
    for s in segments:
        up[s.lower].append(s)
        down[s.upper].append(s)
    offsets = []
    for layer in layers:
        steps = [0.0, *((a.width + b.width) / 2 + (GAP_X if a.item and b.item else GAP_LINE)
                        for a, b in zip(layer, layer[1:]))]
        offsets.append(np.cumsum(steps))
        for v, x in zip(layer, offsets[-1] - offsets[-1][-1] / 2):
            v.x = float(x)

    def settle(k: int, above: bool, below: bool) -> None:
        wanted, weights = np.empty(len(layers[k])), np.empty(len(layers[k]))
        for j, v in enumerate(layers[k]):
            total = weight = 0.0
            for s in up[v] if above else ():
                total += s.weight * (s.upper.x + s.leave - (s.enter or 0.0))
                weight += s.weight
            for s in down[v] if below else ():
                total += s.weight * (s.lower.x + (s.enter or 0.0) - s.leave)
                weight += s.weight
            wanted[j], weights[j] = (total / weight, weight) if weight else (v.x, 0.1)
        for v, x in zip(layers[k], isotonic(wanted - offsets[k], weights) + offsets[k]):
            v.x = float(x)

    for round_ in range(SWEEPS):
        both = round_ >= SWEEPS // 3
        for k in range(len(layers)):
            settle(k, True, both)
        for k in reversed(range(len(layers))):
            settle(k, both, True)


def isotonic(wanted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The increasing sequence that is nearest to ``wanted`` in the weighted mean square (pool adjacent violators).

        >>> isotonic(np.array([3.0, 1.0, 4.0]), np.ones(3)).tolist()
        [2.0, 2.0, 4.0]
    """
    blocks: list[list[float]] = []
    for x, w in zip(wanted.tolist(), weights.tolist()):
        blocks.append([x, w, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            x2, w2, n2 = blocks.pop()
            x1, w1, n1 = blocks.pop()
            blocks.append([(x1 * w1 + x2 * w2) / (w1 + w2), w1 + w2, n1 + n2])
    return np.array([x for x, _, n in blocks for _ in range(int(n))])


def finish(layers: list[list[Vertex]], segments: list[Segment]) -> Placed:
    """The y coordinates, the ends of lines, and everything moved to begin at (0, 0)."""
    left = min(v.x - v.width / 2 for layer in layers for v in layer)
    for layer in layers:
        for v in layer:
            v.x -= left
    width = max(v.x + v.width / 2 for layer in layers for v in layer)
    entering: dict[Vertex, list[Segment]] = {}
    for s in segments:
        s.start = s.upper.x + s.leave
        s.end = s.lower.x + (s.enter or 0.0)
        if s.enter is None and s.lower.item is not None:
            entering.setdefault(s.lower, []).append(s)
    for v, found in entering.items():
        found.sort(key=lambda s: s.start)
        step = min(GAP_X, v.width * 0.8 / len(found))
        for k, s in enumerate(found):
            s.end = v.x + (k - (len(found) - 1) / 2) * step
    shift = [0.0] * len(layers)
    for s in segments:
        shift[s.upper.layer] = max(shift[s.upper.layer], abs(s.end - s.start))
    labelled = [any(v.link and v.link.label for v in layer) for layer in [*layers, []]]
    placed, y = Placed(width, segments=segments), 0.0
    for k, layer in enumerate(layers):
        height = max([LABEL_HEIGHT * labelled[k], *(v.item.height for v in layer if v.item)])
        for v in layer:
            v.top, v.bottom = (y, y + height)
            if v.item:
                v.item.x, v.item.y = v.x - v.width / 2, y + (height - v.item.height) / 2
                v.top, v.bottom = v.item.y, v.item.y + v.item.height
        placed.tops.append(y)
        placed.bottoms.append(y + height)
        least = GAP_Y if labelled[k] or labelled[k + 1] else 0.8 * GAP_Y
        y += height + (min(max(least, STEEP * shift[k]), TALLEST_GAP) if k + 1 < len(layers) else 0.0)
    placed.height = y
    return placed
