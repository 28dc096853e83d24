"""The evaluation trace as HTML and as Markdown.

HTML: one table, a step of the program in each row, its primal, tangent and adjoint side by side and the user's line at
the end. Light and dark theme by CSS alone (the system's, or that of JupyterLab or VS Code), nothing from the network,
every text escaped. In a selector the class stands thrice, which outweighs
what notebooks say of every table.

    >>> escaped("a_bar | <b>")
    'a\\\\_bar \\\\| \\\\<b\\\\>'
"""
from __future__ import annotations

import html as _html
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from s2sad.show.layout import HEADINGS, Group, Mark, Row, grouped, numbers, part

LIGHT = ("--bg:#fff;--fg:#1f2328;--dim:#656d76;--line:#d8dee4;--head:#f6f8fa;--name:#0550ae;--value:#116329;"
         "--hover:#fff8c5")
DARK = ("--bg:#111;--fg:#e6edf3;--dim:#8b949e;--line:#30363d;--head:#1c2128;--name:#79c0ff;--value:#7ee787;"
        "--hover:#2d2a16")
STYLE = f"""\
.s2sad-trace {{{LIGHT}}}
@media (prefers-color-scheme: dark) {{.s2sad-trace {{{DARK}}}}}
[data-jp-theme-light=true] .s2sad-trace, .vscode-light .s2sad-trace, [data-theme=light] .s2sad-trace {{{LIGHT}}}
[data-jp-theme-light=false] .s2sad-trace, .vscode-dark .s2sad-trace, [data-theme=dark] .s2sad-trace {{{DARK}}}
.s2sad-trace {{background:var(--bg);color:var(--fg);font:13px/1.5 system-ui,sans-serif;padding:8px;overflow-x:auto}}
& p {{margin:0 0 6px;font-weight:600}}
& table {{border-collapse:collapse;border:0;color:inherit;font-size:13px;margin:0}}
& th, & td {{border:0;padding:2px 6px;text-align:left;white-space:nowrap;vertical-align:top;
  background:none;color:inherit}}
& tr {{background:none}}
& thead th {{background:var(--head);border-bottom:1px solid var(--line);font-weight:600}}
& .g {{border-left:1px solid var(--line);padding-left:12px}}
& .n {{color:var(--name);font-weight:600}}
& .v {{color:var(--value)}}
& .h td, & .s {{color:var(--dim)}}
& .h td {{padding-top:6px;white-space:pre}}
& .r > tr:first-child > td {{border-top:1px solid var(--line)}}
& tbody:hover:not(.h) {{background:var(--hover)}}
& code {{background:none;color:inherit;font-size:12px;padding:0}}
""".replace("& ", 3 * ".s2sad-trace" + " ")

ALIGNED = 'style="text-align:left;white-space:nowrap"'
"""What a page that drops the style sheet may still keep."""


def html(title: str, columns: dict[str, Sequence[Row]], marks: Sequence[Mark]) -> str:
    """The traces as one HTML table."""
    shown = {kind: rows for kind, rows in columns.items() if rows}
    every = [row for rows in shown.values() for row in rows]
    last, before, said = max(row.step for row in every), -2, None
    total = 4 * len(shown) + 2
    out = [f'<div class="s2sad-trace"><style>{STYLE}</style><p>{_html.escape(title)}</p><table><thead><tr>']
    for kind in shown:
        out.append(f'<th colspan="4" class="g">{HEADINGS[kind]} {"↑" if kind == "adjoint" else "↓"}</th>')
    out.append('<th class="g" colspan="2">Source</th></tr></thead>')
    for item in grouped(list(shown.values()), marks):
        if isinstance(item, str):
            out.append(f'<tbody class="h"><tr><td colspan="{total}">{_html.escape(item)}</td></tr></tbody>')
            continue
        first = next(row for rows in item for row in rows)
        here = part(first.step, last)
        line = (first.line, first.source)
        out.append(f'<tbody class="{"r" if before not in (-2, here) else "b"}">')
        out += _lines(list(shown), item, line if line != said and first.line is not None else None)
        out.append("</tbody>")
        before, said = here, line if first.line is not None else said
    return "".join([*out, "</table></div>"])


def _lines(kinds: Sequence[str], group: Group, source: tuple | None) -> Iterator[str]:
    """The table rows of one step."""
    columns = [list(reversed(rows)) if kind == "adjoint" else rows for kind, rows in zip(kinds, group)]
    for k in range(max(map(len, columns))):
        yield "<tr>"
        for rows in columns:
            if k >= len(rows):
                yield '<td class="g" colspan="4"></td>'
                continue
            name, *formulas, shown = (_html.escape(cell) for cell in rows[k].cells())
            yield f'<td class="g n">{name}</td>'
            yield from (f"<td {ALIGNED}>{'= ' + cell if cell else ''}</td>" for cell in formulas)
            yield f'<td {ALIGNED} class="v" title="{_html.escape(_long(rows[k].value))}">= {shown}</td>'
        number, line = source if source and k == 0 else ("", "")
        code = f"<code>{_html.escape(line)}</code>" if line else ""
        yield f'<td class="g s">{number}</td><td class="s">{code}</td></tr>'


def _long(x: Any) -> str:
    """A value in full, as far as that is of use: what stands in the tooltip."""
    if isinstance(x, np.ndarray):
        kind = f"{' × '.join(map(str, x.shape)) or '0-d'} {x.dtype}"
        return f"{kind}\n{np.array2string(x, threshold=50, edgeitems=3, precision=6)}"
    return repr(x)[:500]


def markdown(title: str, columns: dict[str, Sequence[Row]], marks: Sequence[Mark]) -> str:
    """The traces as Markdown tables, one below the other."""
    lines = [f"**{escaped(title)}**"]
    for kind, rows in columns.items():
        if not rows:
            continue
        numbered = numbers(rows) > 0
        filled = [True, *(any(row.cells()[i] for row in rows) for i in (1, 2)), True]
        heads = [head for head, used in zip(("", "expression", "formula", "value"), filled) if used]
        heads += ["line"] * numbered
        lines += ["", f"**{HEADINGS[kind]}**", "", "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
        for item in grouped([rows], marks if kind == "primal" else (), upward=kind == "adjoint"):
            if isinstance(item, str):
                cells = [item, *[""] * (len(heads) - 1)]
                lines.append("| " + " | ".join(map(escaped, cells)) + " |")
                continue
            for row in item[0]:
                cells = [cell for cell, used in zip(row.cells(), filled) if used] + [str(row.line or "")] * numbered
                lines.append("| " + " | ".join(map(escaped, cells)) + " |")
    return "\n".join(lines)


def escaped(cell: str) -> str:
    """A text that Markdown shows as it is."""
    return re.sub(r"([\\`*_|<>~$&#])", r"\\\1", " ".join(cell.split()))
