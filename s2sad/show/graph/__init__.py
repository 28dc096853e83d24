"""The computation graph of a function at some arguments: forward and backward nodes, local derivatives on the edges.

``graph`` executes the primal IR (``build.py``); the result is data first (``model.py``), then a drawing (``svg.py``, in
layers found by ``layers.py`` and ``layout.py``), DOT or Mermaid (``markup.py``), a networkx graph, or text.

For ``f(x1, x2) = ln x1 + x1 x2 − sin x2`` at (2, 5), ``print(graph)`` begins::

    v₋₁ = x₁         = 2         v̄₋₁ = v̄₁ × (1 / v₋₁) + v̄₂ × v₀  = 5.5
    v₀ = x₂          = 5         v̄₀ = v̄₂ × v₋₁ + v̄₃ × cos v₀     = 1.716
    v₁ = ln v₋₁      = 0.693     v̄₁ = v̄₄                         = 1
"""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from s2sad.ir import Function
from s2sad.show.graph.build import content
from s2sad.show.graph.markup import dot, listing, mermaid
from s2sad.show.graph.model import Box, Content, Edge, Node
from s2sad.show.graph.svg import svg

__all__ = ["Box", "Edge", "Graph", "Node", "graph"]

LIMIT = 250
WRITERS = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".txt": "__str__", ".html": "_repr_html_"}


@dataclass(frozen=True, repr=False)
class Graph(Content):
    """The computation graph of one call. In a notebook it draws itself; ``str(graph)`` is a list of its nodes.

    ``nodes`` (in the order of execution) and ``edges`` are complete; drawings have at most ``limit`` nodes and say so
    where that is less.
    """

    limit: int = LIMIT

    def node(self, name: str) -> Node:
        """The node with this name (``"v₃"``), or with this name in the program.

        Raises
        ------
        KeyError
            If there is none.
        """
        for found in self.nodes:
            if name in (found.name, found.hint, *found.outputs):
                return found
        raise KeyError(name)

    def svg(self) -> str:
        """The drawing as SVG text. It follows the light or dark theme of the page and needs no network."""
        return svg(self.at_most(self.limit))

    def dot(self) -> str:
        """The graph in the language of Graphviz."""
        return dot(self.at_most(self.limit))

    def mermaid(self) -> str:
        """The graph as a Mermaid flowchart."""
        return mermaid(self.at_most(self.limit))

    def __str__(self) -> str:
        return listing(self.at_most(self.limit))

    __repr__ = __str__

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        return f'<div style="overflow:auto;max-height:90vh">{self.svg()}</div>'

    def networkx(self) -> Any:
        """The graph as a ``networkx.MultiDiGraph``, complete.

        A forward node ``"v₁"`` has ``formula``, ``value`` and ``pair``, its backward node ``"v̄₁"`` has ``value`` and
        ``pair``. Edges have ``kind`` ("forward" or "backward"); forward edges ``partial`` and ``formula``, backward
        edges ``contribution``. An edge into the next trip of a folded loop has the key "carried".

        Raises
        ------
        ImportError
            Without networkx.
        """
        try:
            import networkx
        except ImportError:
            raise ImportError('the networkx form of a graph needs networkx: pip install "s2sad[show]"') from None
        made = networkx.MultiDiGraph(title=self.title)
        for n in self.nodes:
            about = {"role": n.role, "active": n.active, "boxes": tuple(b.title for b in n.box.path) if n.box else (),
                     "line": n.loc.line if n.loc else None, "outputs": n.outputs}
            made.add_node(n.name, kind="forward", formula=n.formula, value=n.value, pair=n.bar if n.adjoints else None,
                          **about)
            if n.adjoints:
                made.add_node(n.bar, kind="backward", value=n.adjoint, pair=n.name, **about)
        for e in self.edges:
            key = "carried" if e.carried else "same trip"
            made.add_edge(e.source.name, e.target.name, key, kind="forward", partial=e.partial, formula=e.formula)
            if e.active:
                made.add_edge(e.target.bar, e.source.bar, key, kind="backward", contribution=e.contributions[-1])
        return made

    def save(self, path: str | os.PathLike) -> None:
        """Write the graph to a file; the ending says how: ``.svg``, ``.html``, ``.dot``, ``.gv``, ``.mmd`` (Mermaid) or
        ``.txt``.

        Raises
        ------
        ValueError
            If the ending is another one.
        """
        ending = os.path.splitext(path)[1].lower()
        if ending not in WRITERS:
            raise ValueError(f"a graph is saved as {', '.join(WRITERS)}; not as {ending or 'a file without ending'!r}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(getattr(self, WRITERS[ending])() + "\n")


def graph(fn: Function, args: Sequence[Any], *, title: str = "", fold: bool = True, inactive: bool = True,
          limit: int = LIMIT, adjoints: bool = True) -> Graph:
    """The computation graph of a function in IR form.

    Parameters
    ----------
    fn : Function
        The IR; ``fn.inputs`` are what is differentiated.
    args : sequence
        One value for each of ``fn.params``. They are not changed.
    title : str
        What stands above the graph, by default the function and its arguments.
    fold : bool
        Show the body of a loop once, for all trips; else every trip.
    inactive : bool
        Show constants, and what no derivative flows through, dimmed; else leave it out.
    limit : int
        The largest number of nodes in a drawing.
    adjoints : bool
        With backward nodes; False for the graph of a derivative itself.

    Raises
    ------
    NotDifferentiable
        If a value that the result depends on comes out of an operation that has no rule.
    """
    found = content(fn, args, fold, adjoints)
    if not inactive and adjoints:
        found = found.without(n for n in found.nodes if not n.active)
    return Graph(title or found.title, found.nodes, found.edges, found.notes, limit)
