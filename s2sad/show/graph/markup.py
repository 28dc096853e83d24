"""A computation graph as text: DOT, Mermaid, and a list for the terminal.

In DOT and Mermaid, an operation and its adjoint are the two halves of one node, edges carry the local derivative, boxes
are clusters. An edge into the next trip of a loop is dashed.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator

from s2sad.show.graph.layout import card
from s2sad.show.graph.model import Box, Content, Edge, Node, backward_formula, numbers
from s2sad.show.graph.svg import escaped
from s2sad.show.notation import bar, width

FILLS = {"input": "#e6f5ea", "step": "#eaf2fd", "constant": "#f3f4f6", "group": "#f3f4f6"}
BACK = "#fdf0e3"


def dot(content: Content) -> str:
    """The graph in the language of Graphviz."""
    ids = {node: f"n{k}" for k, node in enumerate(content.nodes)}
    lines = ["digraph {", f"  label={_quoted(_heading(content))}; labelloc=t; fontname=monospace;",
             "  node [shape=plain, fontname=monospace]; edge [fontname=monospace, fontsize=10];"]

    def opened(box: Box, number: int) -> Iterator[str]:
        yield f"subgraph cluster_{number} {{"
        yield f"  label={_quoted(box.title)}; style={'dashed' if box.kind == 'branch' else 'rounded'};"

    def written(node: Node) -> str:
        drawn, fill = card(node), BACK if node.backward else FILLS[node.role]
        cells = [(drawn.forward, fill), *([(drawn.backward, BACK)] if drawn.backward else [])]
        table = "".join(f'<td bgcolor="{color}">{escaped(first)}<br/>{escaped(second)}</td>'
                        for (first, second), color in cells)
        frame = f'<table cellborder="0" border="{2 if node.outputs else 1}" cellspacing="0">'
        tip = _quoted(f"line {node.loc.line}: {node.loc.text}" if node.loc else node.label)
        return f"{ids[node]} [label=<{frame}<tr>{table}</tr></table>>, tooltip={tip}];"

    lines += _nested(content, opened, written, "}")
    for edge in content.edges:
        style = ", style=dashed, constraint=false" if edge.carried else "" if edge.active else ", color=gray"
        both = ", dir=both, arrowtail=empty" if edge.active else ""
        lines.append(f"  {ids[edge.source]} -> {ids[edge.target]} [label={_quoted(_about(edge))}{both}{style}];")
    return "\n".join([*lines, "}"])


def mermaid(content: Content) -> str:
    """The graph as a Mermaid flowchart."""
    ids = {node: f"n{k}" for k, node in enumerate(content.nodes)}

    def opened(box: Box, number: int) -> Iterator[str]:
        yield f'subgraph b{number} ["{_entities(box.title)}"]'

    def written(node: Node) -> str:
        drawn = card(node)
        text = "<br/>".join(_entities(line) for line in drawn.forward)
        if drawn.backward:
            text += "<br/>" + _entities(" = ".join(drawn.backward))
        left, right = ("([", "])") if node.role == "input" else ("[[", "]]") if node.outputs else ("[", "]")
        return f'{ids[node]}{left}"{text}"{right}' + _style(node)

    lines = ["---", f"title: {_quoted(_heading(content))}", "---", "flowchart TD",
             *_nested(content, opened, written, "end")]
    for edge in content.edges:
        arrow = "-.->" if edge.carried or not edge.active else "-->"
        label = f'|"{_entities(_about(edge))}"|' if _about(edge) else ""
        lines.append(f"  {ids[edge.source]} {arrow}{label} {ids[edge.target]}")
    return "\n".join([*lines, "  classDef input fill:#e6f5ea,stroke:#2b8a4b,color:#1c2733",
                      "  classDef step fill:#eaf2fd,stroke:#3b74c4,color:#1c2733",
                      "  classDef backward fill:#fdf0e3,stroke:#c8701a,color:#1c2733",
                      "  classDef off fill:#f3f4f6,stroke:#a9b2bc,color:#5c6b7a,stroke-dasharray:4 3"])


def _style(node: Node) -> str:
    if node.backward:
        return ":::backward"
    return ":::input" if node.role == "input" else ":::step" if node.active or not node.adjoints else ":::off"


def listing(content: Content) -> str:
    """The nodes in order, those of a box together, each with its value and how its adjoint comes about."""
    leaving = content.leaving()
    inside = content.inside()
    rows: list[tuple[str, str, str, str]] = []

    def add(box: Box | None, indent: str) -> None:
        for child in inside[box]:
            if isinstance(child, Box):
                rows.append((indent + child.title, "", "", ""))
                add(child, indent + "    ")
                continue
            back = " = ".join([child.bar, *filter(None, [backward_formula(child, leaving[child])
                                                         or ", ".join(bar(name) for name in child.outputs)])])
            rows.append((indent + child.label, numbers(child.values), back if child.adjoints else "",
                         numbers(child.adjoints)))

    add(None, "")
    widths = [min(max((width(row[k]) for row in rows if row[1]), default=0), 60) for k in range(4)]
    lines = [_heading(content), ""]
    for label, found, back, adjoint in rows:
        line = _filled(label, widths[0]) + (f" = {_filled(found, widths[1])}" if found else "")
        line += f"  │ {_filled(back, widths[2])} = {adjoint}" if back else ""
        lines.append(line.rstrip())
    return "\n".join(lines)


def _filled(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _nested(content: Content, opened: Callable[[Box, int], Iterator[str]], written: Callable[[Node], str],
            end: str) -> list[str]:
    """The nodes inside their boxes, as nested blocks."""
    inside = content.inside()
    numbers_of = {box: k for k, box in enumerate(inside)}

    def block(box: Box | None, indent: str) -> Iterator[str]:
        for child in inside[box]:
            if isinstance(child, Node):
                yield indent + written(child)
                continue
            yield from (indent + line for line in opened(child, numbers_of[child]))
            yield from block(child, indent + "  ")
            yield indent + end

    return list(block(None, "  "))


def _about(edge: Edge) -> str:
    return ", ".join(part for part in (edge.label, "next trip" if edge.carried else "") if part)


def _heading(content: Content) -> str:
    return " · ".join([content.title, *content.notes])


def _quoted(text: str) -> str:
    """A text between quotation marks, on one line."""
    text = "".join(c if c.isprintable() else " " for c in text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _entities(text: str) -> str:
    """A text for Mermaid: what has a meaning there, or in HTML, becomes a numbered entity."""
    return "".join(f"#{ord(c)};" if c in "&<>\"#;`|\\{}[]()" or not c.isprintable() else c for c in text)
