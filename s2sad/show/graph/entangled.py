"""Calls whose statements cannot stay together.

A generator runs in turns with the loop that reads it: statements of the loop stand between statements of the generator,
and a box around the generator's would have to be above and below them at once. Such a call gets no box of its own.

Before: a box ``pairs(…)`` with an edge to ``s`` and one from ``s``.  After: what was in it stands in the box around it.
"""
from __future__ import annotations

from collections.abc import Iterable

from s2sad.show.graph.model import Box, Edge, Node


def untangle(nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
    """Dissolve boxes of calls until no box is above and below another thing."""
    nodes, edges = list(nodes), [e for e in edges if e.carried is None]
    while knot := next(filter(None, (_knot(box, nodes, edges) for box in _boxes(nodes))), None):
        for node in nodes:
            if node.box in knot:
                node.box = _outside(node.box, knot)
        for box in _boxes(nodes):
            if box is not None and box.parent in knot:
                box.parent = _outside(box.parent, knot)


def _outside(box: Box | None, knot: set[Box]) -> Box | None:
    while box in knot:
        assert box is not None
        box = box.parent
    return box


def _boxes(nodes: list[Node]) -> dict[Box | None, None]:
    """All boxes, and None for what is in no box."""
    return dict.fromkeys([None, *(box for node in nodes if node.box for box in node.box.path)])


def _knot(box: Box | None, nodes: list[Node], edges: list[Edge]) -> set[Box]:
    """The calls directly inside a box that are part of a cycle."""
    depth = len(box.path) if box else 0

    def child(node: Node) -> Node | Box | None:
        path = node.box.path if node.box else ()
        if box is not None and (len(path) < depth or path[depth - 1] is not box):
            return None
        return path[depth] if depth < len(path) else node

    below: dict[Node | Box, set[Node | Box]] = {c: set() for n in nodes if (c := child(n)) is not None}
    above: dict[Node | Box, set[Node | Box]] = {c: set() for c in below}
    for edge in edges:
        source, target = child(edge.source), child(edge.target)
        if source is not None and target is not None and source is not target:
            below[source].add(target)
            above[target].add(source)
    left = _without_ends(_without_ends(set(below), above), below)
    return {c for c in left if isinstance(c, Box) and c.kind == "call"}


def _without_ends(left: set[Node | Box], beside: dict[Node | Box, set[Node | Box]]) -> set[Node | Box]:
    """What is left when everything that has nothing beside it is taken away, again and again."""
    while ends := {c for c in left if not beside[c] & left}:
        left = left - ends
    return left
