"""What a computation graph is made of: nodes, edges, and the boxes around them.

A node is an operation that was executed, with its value and, on the way back, the adjoint of that value: the forward
node and the backward node of one operation. An edge leads from an operand to the result and carries the local partial
derivative. Boxes are loops, branches and calls of helper functions; they nest.

For ``y = ln x1 + x1 x2`` at (2, 5)::

    Node("v₁", formula="ln v₋₁", values=(0.693,), adjoints=(1.0,))
    Edge(source=<v₋₁>, target=<v₁>, formula="1 / v₋₁", partials=(0.5,))

A node in a folded loop stands for all trips: ``values``, ``adjoints`` and ``partials`` then hold the first and the
last, and an edge with ``carried`` leads into the next trip of that loop.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from s2sad.errors import Loc
from s2sad.show.notation import bar, value

LONGEST = 40


@dataclass(eq=False)
class Box:
    """A loop (or one trip of it), a branch, or the body of a helper function."""

    kind: str
    title: str
    parent: Box | None = None
    loc: Loc | None = None

    @property
    def path(self) -> tuple[Box, ...]:
        """The box and those around it, from the outermost."""
        return (*(self.parent.path if self.parent else ()), self)


@dataclass(eq=False)
class Node:
    """A value of the trace: an input, a constant, or what an operation computed.

    ``name`` is unique in the graph, ``hint`` the user's name if the value has one, ``role`` "input", "constant",
    "step" or "group" (a box that was drawn as one node). ``outputs`` are the names that the result of the function
    gives it, '' where it gives none. ``active``: it depends on an input and the output depends on it. ``backward``: it
    is a step that a derivative added. ``count`` says how often the operation was executed; of a group, how many
    operations it has.
    """

    name: str
    formula: str
    values: tuple[Any, ...]
    role: str = "step"
    hint: str = ""
    box: Box | None = None
    loc: Loc | None = None
    adjoints: tuple[Any, ...] = ()
    outputs: tuple[str, ...] = ()
    active: bool = False
    backward: bool = False
    count: int = 1

    def path(self, open_: Collection[Box] = ()) -> tuple[Box, ...]:
        """The boxes around the node from the outermost, without those of ``open_``."""
        return tuple(box for box in self.box.path if box not in open_) if self.box else ()

    @property
    def bar(self) -> str:
        """The name of the adjoint: ``v̄₁``."""
        return bar(self.name)

    @property
    def value(self) -> Any:
        """The value, in a folded loop that of the last trip."""
        return self.values[-1] if self.values else None

    @property
    def adjoint(self) -> Any:
        """The adjoint, in a folded loop that of the last trip; None where there is none."""
        return self.adjoints[-1] if self.adjoints else None

    @property
    def label(self) -> str:
        """``y = v₄ = v₁ + v₂``, without what is too long."""
        formula = self.formula if len(self.formula) <= LONGEST else self.formula[:LONGEST - 1] + "…"
        shown = " = ".join(part for part in (*self.outputs, self.name, formula) if part)
        return shown if all(self.outputs) else f"⇒ {shown}"

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(eq=False)
class Edge:
    """From an operand to the result of an operation.

    ``partials``: the local partial derivative as a number (an array for elementwise operations on arrays, or where the
    result is one number); empty where it is a linear map. ``formula`` writes it with the names of the nodes; where it
    is a linear map, the formula says what becomes of the adjoint of the target. ``contributions``: what the edge adds
    to the adjoint of its source. ``carried`` is the loop into whose next trip the edge leads.
    """

    source: Node
    target: Node
    formula: str = ""
    partials: tuple[Any, ...] = ()
    contributions: tuple[Any, ...] = ()
    linear_map: bool = False
    carried: Box | None = None
    count: int = 1

    @property
    def partial(self) -> Any:
        """The local partial derivative, in a folded loop that of the last trip; None where it is a linear map."""
        return self.partials[-1] if self.partials else None

    @property
    def active(self) -> bool:
        """Whether an adjoint flows back along the edge."""
        return bool(self.contributions)

    @property
    def label(self) -> str:
        """``cos v₀ = 0.284``: formula and value, or the one that is short."""
        number = numbers(self.partials)
        if number.startswith("⟨") or len(number) > 26:
            number = ""
        formula = self.formula if len(self.formula) <= 26 else ""
        return " = ".join(dict.fromkeys(part for part in (formula, number) if part))

    def __repr__(self) -> str:
        return f"<{self.source.name} → {self.target.name}>"


def numbers(values: Sequence[Any]) -> str:
    """One value as text, or the first and the last: ``0.5 … 0.25``."""
    return " … ".join(dict.fromkeys(_short(x) for x in values))


def _short(x: Any) -> str:
    """A value in few characters; of a long one the shape."""
    text = value(x).text
    if len(text) <= 26:
        return text
    shape = getattr(x, "shape", ())
    return "⟨" + " × ".join(map(str, shape)) + "⟩" if shape else text[:25] + "…"


def backward_formula(node: Node, edges: Iterable[Edge]) -> str:
    """How the adjoint of a node comes about: ``v̄₂ × v₋₁ + v̄₃ × cos v₀``; ``edges`` are those that leave it."""
    terms = []
    for edge in edges:
        if edge.active:
            g, formula = edge.target.bar + "′" * (edge.carried is not None), edge.formula
            if edge.linear_map:
                terms.append(formula or f"(∂{edge.target.name}/∂{node.name})ᵀ {g}")
            elif formula == "1":
                terms.append(g)
            elif formula:
                terms.append(f"{g} × {formula}" if _binds(formula) else f"{g} × ({formula})")
            else:
                terms.append(f"{g} ∂{edge.target.name}/∂{node.name}")
    return " + ".join(terms)


def _binds(formula: str) -> bool:
    """Whether a formula needs no parentheses in a product."""
    depth = 0
    for k, c in enumerate(formula):
        depth += (c in "([{⟨") - (c in ")]}⟩")
        if depth == 0 and (c == "−" and k == 0 or formula[k:k + 3] in (" + ", " − ", " / ")):
            return False
    return True


@dataclass(frozen=True)
class Content:
    """The data of a graph, nodes in the order of execution."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...] = field(default=())

    def leaving(self) -> dict[Node, list[Edge]]:
        """The edges that leave each node."""
        found: dict[Node, list[Edge]] = {node: [] for node in self.nodes}
        for edge in self.edges:
            found[edge.source].append(edge)
        return found

    def inside(self, open_: Collection[Box] = ()) -> dict[Box | None, list[Node | Box]]:
        """The nodes and boxes that are in each box; None is the outermost. The boxes ``open_`` are left out."""
        found: dict[Box | None, list[Node | Box]] = {None: []}
        for node in self.nodes:
            outer: Box | None = None
            for box in node.path(open_):
                if box not in found:
                    found[box] = []
                    found[outer].append(box)
                outer = box
            found[outer].append(node)
        return found

    def tangled(self) -> set[Box]:
        """The calls whose boxes cannot be drawn in layers: something outside of the box reads what is in it and is read
        in it. (A helper that is a generator runs in turns with its caller.)"""
        open_: set[Box] = set()
        while found := self._on_cycles(open_):
            open_ |= found
        return open_

    def _on_cycles(self, open_: set[Box]) -> set[Box]:
        """The boxes of calls on cycles between the children of a box, or between those that are in cycles and them."""
        links: dict[Box | None, dict[Node | Box, set[Node | Box]]] = {}
        for edge in self.edges:
            if edge.carried:
                continue
            up: list[Any] = [None, *edge.source.path(open_), edge.source]
            down: list[Any] = [None, *edge.target.path(open_), edge.target]
            shared = next(k for k, (a, b) in enumerate(zip(up, down)) if a is not b)
            links.setdefault(up[shared - 1], {}).setdefault(up[shared], set()).add(down[shared])
        found: set[Box] = set()
        for below in links.values():
            left, size = set(below), -1
            while size != len(left):
                size = len(left)
                read = {t for s in left for t in below[s]}
                left = {s for s in left if s in read and not left.isdisjoint(below[s])}
            found |= {s for s in left if isinstance(s, Box) and s.kind == "call"}
        return found

    def without(self, dropped: Iterable[Node]) -> Content:
        """The graph without some nodes."""
        gone = set(dropped)
        return replace(self, nodes=tuple(n for n in self.nodes if n not in gone),
                       edges=tuple(e for e in self.edges if e.source not in gone and e.target not in gone))

    def at_most(self, limit: int) -> Content:
        """The graph with at most ``limit`` nodes: the innermost boxes become one node each, then the middle is left
        out. A note says so."""
        small = self
        for depth in range(max((len(n.box.path) for n in self.nodes if n.box), default=0), 0, -1):
            if len(small.nodes) > limit:
                small = small.closed(depth)
        if small is not self:
            small = replace(small, notes=(*self.notes, f"{len(self.nodes)} operations, innermost boxes closed"))
        if len(small.nodes) <= limit:
            return small
        head, tail = small.nodes[:limit - limit // 2], small.nodes[len(small.nodes) - limit // 2:]
        count = len(small.nodes) - limit
        rest = small.without(set(small.nodes) - set(head) - set(tail))
        note = f"{count} nodes between {head[-1].name} and {tail[0].name} are left out"
        return replace(rest, notes=(*small.notes, note))

    def closed(self, depth: int) -> Content:
        """The graph with every box at this depth drawn as one node."""
        groups: dict[Box, list[Node]] = {}
        for node in self.nodes:
            if node.box and len(node.box.path) >= depth:
                groups.setdefault(node.box.path[depth - 1], []).append(node)
        place: dict[Node, Node] = {n: n for n in self.nodes}
        for box, members in groups.items():
            names = f"{members[0].name.partition(' … ')[0]} … {members[-1].name.rpartition(' … ')[2]}"
            count = sum(n.count if n.role == "group" else 1 for n in members)
            group = Node(names, f"{box.title}: {count} operations", (), "group", box=box.parent, loc=box.loc,
                         active=any(n.active for n in members), count=count,
                         outputs=tuple(name for n in members for name in n.outputs))
            place.update(dict.fromkeys(members, group))
        edges: dict[tuple[Node, Node, Box | None], Edge] = {}
        for edge in self.edges:
            source, target = place[edge.source], place[edge.target]
            if source is target:
                continue
            key = (source, target, edge.carried)
            if source is edge.source and target is edge.target:
                edges[key] = edge
            else:
                old = edges.get(key)
                edges[key] = Edge(source, target, carried=edge.carried, count=edge.count,
                                  contributions=(old.contributions if old else ()) or edge.contributions)
        return replace(self, nodes=tuple(dict.fromkeys(place.values())), edges=tuple(edges.values()))
