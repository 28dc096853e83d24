"""The drawing of a computation graph as SVG: cards with a forward and a backward half, lines for values and adjoints.

Nothing but text and shapes: no scripts, no fonts, no ids, nothing from a network. Colours are CSS variables with a
light and a dark set. Hovering over a node shows the user's line, its values and its adjoint; over a line, the local
derivative and what it contributes.
"""
from __future__ import annotations

import re
from collections.abc import Iterator

from s2sad.errors import Loc
from s2sad.show.graph.layers import LABEL_HEIGHT, Segment
from s2sad.show.graph.layout import BORDER, CARD, FONT, PAD, SMALL, Area, Card, Pill, layout, run, text_width
from s2sad.show.graph.model import Content, Edge, Node, backward_formula, numbers
from s2sad.show.notation import summary

LIGHT = ("--bg:#ffffff;--ink:#1c2733;--soft:#5c6b7a;--fw:#eaf2fd;--fl:#3b74c4;--bw:#fdf0e3;--bl:#c8701a;--in:#e6f5ea;"
         "--il:#2b8a4b;--off:#f3f4f6;--ol:#a9b2bc;--box:#7d8a97;--tint:rgba(90,110,130,.06);--chip:#ffffff")
DARK = ("--bg:#14181d;--ink:#e6ebf0;--soft:#9aa8b5;--fw:#1b2a40;--fl:#6ea3ec;--bw:#3a2815;--bl:#e79a4c;--in:#17331f;"
        "--il:#5fc27e;--off:#1f242a;--ol:#5b6570;--box:#8593a0;--tint:rgba(160,180,200,.07);--chip:#14181d")
STYLE = f"""
.s2sad-graph{{{LIGHT};background:var(--bg);font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",
"Liberation Mono",monospace;font-size:{FONT:g}px}}
@media (prefers-color-scheme:dark){{.s2sad-graph{{{DARK}}}}}
[data-jp-theme-light="true"] .s2sad-graph{{{LIGHT}}}
[data-jp-theme-light="false"] .s2sad-graph{{{DARK}}}
.s2sad-graph text{{fill:var(--ink);white-space:pre}}
.s2sad-graph .small,.s2sad-graph .chip text,.s2sad-graph .pill text{{font-size:{SMALL:g}px}}
.s2sad-graph .soft{{fill:var(--soft)}}
.s2sad-graph .title{{font-weight:bold}}
.s2sad-graph .over{{fill:var(--bg);stroke:none}}
.s2sad-graph .half{{fill:var(--fw);stroke:none}}
.s2sad-graph .backward .half{{fill:var(--bw)}}
.s2sad-graph .input .half{{fill:var(--in)}}
.s2sad-graph .off .half,.s2sad-graph .group .half{{fill:var(--off)}}
.s2sad-graph .adjoint{{fill:var(--bw)}}
.s2sad-graph .frame{{fill:none;stroke:var(--fl);stroke-width:1.2}}
.s2sad-graph .backward .frame{{stroke:var(--bl)}}
.s2sad-graph .input .frame{{stroke:var(--il)}}
.s2sad-graph .output .frame{{stroke-width:2.6}}
.s2sad-graph .off .frame{{stroke:var(--ol);stroke-dasharray:4 3}}
.s2sad-graph .group .frame{{stroke:var(--box);stroke-dasharray:2 2}}
.s2sad-graph .off text{{fill:var(--soft)}}
.s2sad-graph .line{{fill:none;stroke:var(--fl);stroke-width:1.4}}
.s2sad-graph .head{{fill:var(--fl);stroke:none}}
.s2sad-graph .back .line{{stroke:var(--bl);stroke-width:1.1;stroke-dasharray:5 2.5}}
.s2sad-graph .back .head{{fill:var(--bl)}}
.s2sad-graph .dim .line{{stroke:var(--ol);stroke-dasharray:4 3}}
.s2sad-graph .dim .head{{fill:var(--ol)}}
.s2sad-graph .box{{fill:var(--tint);stroke:var(--box);stroke-width:1}}
.s2sad-graph .loop{{stroke-width:1.6}}
.s2sad-graph .branch{{stroke-dasharray:7 3}}
.s2sad-graph .call{{stroke-dasharray:1.5 3}}
.s2sad-graph .chip rect,.s2sad-graph .pill rect{{fill:var(--chip);stroke:var(--ol);stroke-width:.8}}
.s2sad-graph .node:hover .frame{{stroke-width:3}}
.s2sad-graph .edge:hover .line{{stroke-width:3}}
"""
APART = 3.2
LEGEND = (("fw", "forward: value"), ("bw", "backward: adjoint"), ("chip", "local derivative"))


def svg(content: Content) -> str:
    """The drawing of a graph as one SVG element."""
    area = layout(content)
    head = [content.title, *content.notes]
    adjoints = any(node.adjoints for node in content.nodes)
    legend = sum(text_width(text, SMALL) + 40 for _, text in LEGEND) if adjoints else 0.0
    top = 10.0 + 20.0 * len(head)
    width = max(area.width, legend + 2 * BORDER, *(text_width(line) * 1.02 + 2 * BORDER for line in head))
    height = top + area.height + (30.0 if adjoints else 6.0)
    body = [*_area(area)]
    shift = (width - area.width) / 2
    lines = [_text(BORDER, 22.0 + 20.0 * k, line, FONT if k == 0 else SMALL, "title" if k == 0 else "small soft")
             for k, line in enumerate(head)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" class="s2sad-graph" role="img" aria-label="{escaped(content.title)}" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<style>{STYLE}</style>", f'<rect width="{width:.0f}" height="{height:.0f}" fill="var(--bg)"/>', *lines,
        f'<g transform="translate({shift:.1f} {top:.1f})">', *body, "</g>",
        *(_legend(top + area.height + 8.0) if adjoints else ()), "</svg>"])


def _area(area: Area) -> Iterator[str]:
    """A box: frame, lines, what is inside, and its title on top of the lines that come in."""
    if area.box:
        yield (f'<g><title>{escaped(_where(area.box.loc) or area.box.title)}</title><rect class="box {area.box.kind}" '
               f'x="{area.x:.1f}" y="{area.y:.1f}" width="{area.width:.1f}" height="{area.height:.1f}" rx="7"/></g>')
    for item in area.items:
        if isinstance(item.data, Area):
            yield from _area(item.data)
    for segment in area.placed.segments:
        yield from _line(area, segment)
    for item in area.items:
        if isinstance(item.data, Card):
            yield _card(item.data, item.x, item.y)
        elif isinstance(item.data, Pill):
            yield _pill(item.data, item.x, item.y, item.width, item.height)
    for segment in area.placed.segments:
        if segment.lower.link and segment.lower.link.label:
            yield _chip(area, segment)
    if area.box:
        yield (f'<rect class="over" x="{area.x + BORDER - 5:.1f}" y="{area.y + 3:.1f}" '
               f'width="{text_width(area.box.title, SMALL) + 10:.1f}" height="15" rx="4"/>'
               + _text(area.x + BORDER, area.y + 14.0, area.box.title, SMALL, "small soft"))


def _card(card: Card, x: float, y: float) -> str:
    node = card.node
    kind = node.role if node.role in ("input", "group") else "backward" if node.backward else ""
    classes = " ".join(filter(None, ("node", kind, "output" * bool(node.outputs), "off" * _off(node))))
    parts = [f'<g class="{classes}"><title>{escaped(describe(node))}</title>',
             f'<rect class="half" x="{x:.1f}" y="{y:.1f}" width="{card.width:.1f}" height="{CARD}" rx="6"/>']
    parts += [_text(x + PAD, y + 18 + 17 * k, text, FONT, "soft" if k else "") for k, text in enumerate(card.forward)]
    if card.backward:
        split = x + card.split
        parts.append(f'<path class="adjoint" d="M{split:.1f} {y:.1f}H{x + card.width - 6:.1f}q6 0 6 6'
                     f'V{y + CARD - 6:.1f}q0 6 -6 6H{split:.1f}Z"/>')
        parts += [_text(split + PAD, y + 18 + 17 * k, text, FONT, "soft" if k else "")
                  for k, text in enumerate(card.backward)]
    parts.append(f'<rect class="frame" x="{x:.1f}" y="{y:.1f}" width="{card.width:.1f}" height="{CARD}" rx="6"/></g>')
    return "".join(parts)


def _off(node: Node) -> bool:
    return node.role in ("step", "constant") and not node.active and not node.backward


def _pill(pill: Pill, x: float, y: float, width: float, height: float) -> str:
    about = "the value of the trip before" if pill.incoming else "goes into the next trip"
    return (f'<g class="pill"><title>{escaped(about)}</title><rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" rx="9"/>' + _text(x + 8, y + 13, pill.text, SMALL) + "</g>")


def _line(area: Area, segment: Segment) -> Iterator[str]:
    """A piece of a line: the value going down, and beside it the adjoint coming up."""
    points = run(area, segment)
    edges: list[Edge] = [edge for link in segment.links for edge in link.data]
    ends = segment.lower.item is not None and isinstance(segment.lower.item.data, Card)
    starts = segment.upper.item is not None and isinstance(segment.upper.item.data, Card)
    active = any(edge.active for edge in edges)
    about = "\n".join(map(relation, edges[:6]))
    off = all(_off(edge.target) or _off(edge.source) for edge in edges) and not active
    left = -APART if active else 0.0
    yield f'<g class="edge{" dim" if off else ""}"><title>{escaped(about)}</title>'
    yield _path(points, left, 6.0 if ends else 0.0)
    if ends:
        x, y = points[-1]
        yield f'<path class="head" d="M{x + left:.1f} {y:.1f}l-3.6 -7.5h7.2Z"/>'
    if active:
        yield '<g class="back">' + _path(points, APART, 0.0, 6.0 if starts else 0.0)
        if starts:
            x, y = points[0]
            yield f'<path class="head" d="M{x + APART:.1f} {y:.1f}l-3.6 7.5h7.2Z"/>'
        yield "</g>"
    yield "</g>"


def _path(points: list[tuple[float, float]], aside: float, short_end: float = 0.0, short_start: float = 0.0) -> str:
    """A line ``aside`` of the given one, at the same distance where it runs level as where it runs down."""
    (x0, y0), (_, y1), (x1, y2), (_, y3) = points
    dy = aside * max(-1.0, min(1.0, (x0 - x1) / 30.0))
    y0, y3 = y0 + short_start, y3 - short_end
    y1, y2 = max(y1, y0), min(y2, y3)
    middle = (y1 + y2) / 2 + dy
    return (f'<path class="line" d="M{x0 + aside:.1f} {y0:.1f}V{y1:.1f}C{x0 + aside:.1f} {middle:.1f} {x1 + aside:.1f} '
            f'{middle:.1f} {x1 + aside:.1f} {y2:.1f}V{y3:.1f}"/>')


def _chip(area: Area, segment: Segment) -> str:
    """The label of an edge, on its line."""
    vertex = segment.lower
    edge: Edge = segment.links[0].data[0]
    width = text_width(edge.label, SMALL) + 12
    x = area.x + area.left + vertex.x - width / 2
    y = area.y + area.top + area.placed.tops[vertex.layer]
    return (f'<g class="chip"><title>{escaped(relation(edge))}</title><rect x="{x:.1f}" y="{y:.1f}" '
            f'width="{width:.1f}" height="{LABEL_HEIGHT}" rx="5"/>' + _text(x + 6, y + 13, edge.label, SMALL) + "</g>")


def _text(x: float, y: float, text: str, size: float, classes: str = "") -> str:
    """A text whose width is given, so that no font can make it overlap its neighbours."""
    length = text_width(text, size)
    kind = f' class="{classes}"' if classes else ""
    fixed = f' textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"' if text.strip() else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{kind}{fixed}>{escaped(text)}</text>'


def _legend(y: float) -> Iterator[str]:
    x = BORDER
    for kind, text in LEGEND:
        stroke = {"fw": "fl", "bw": "bl", "chip": "ol"}[kind]
        yield (f'<rect x="{x:.1f}" y="{y:.1f}" width="14" height="12" rx="3" fill="var(--{kind})" '
               f'stroke="var(--{stroke})"/>' + _text(x + 20, y + 10, text, SMALL, "small soft"))
        x += text_width(text, SMALL) + 40


def describe(node: Node) -> str:
    """What hovering over a node shows."""
    lines = [_where(node.loc), " = ".join(part for part in (*node.outputs, node.name, node.formula) if part)]
    if node.values:
        lines.append("value " + " … ".join(dict.fromkeys(map(summary, node.values))))
    if node.count > 1 and node.role != "group":
        lines.append(f"executed {node.count} times: first and last")
    if node.adjoints:
        lines.append(f"adjoint {node.bar} = " + " … ".join(dict.fromkeys(map(summary, node.adjoints))))
    return "\n".join(line for line in lines if line)


def relation(edge: Edge) -> str:
    """What hovering over a line shows."""
    source, target = edge.source, edge.target
    lines = [f"{source.name} → {target.name}" + (" of the next trip" if edge.carried else "")]
    partial = " = ".join(dict.fromkeys(p for p in (edge.formula, numbers(edge.partials)) if p))
    if edge.active and not edge.linear_map and partial:
        lines.append(f"∂{target.name}/∂{source.name} = {partial}")
    if edge.active:
        lines.append(f"{source.bar} += {backward_formula(source, [edge])} = {numbers(edge.contributions)}")
    return "\n".join(lines)


def _where(loc: Loc | None) -> str:
    return f"line {loc.line}: {loc.text}" if loc else ""


_INVALID = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(text: str) -> str:
    """A text for XML: markup is escaped, characters that XML does not have are replaced."""
    text = _INVALID.sub("\N{REPLACEMENT CHARACTER}", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
