"""The frame of everything that shows itself in a notebook: colours for light and dark, highlighted code, coloured
differences. Style sheets only: no script, nothing from the network; without styles the text remains.

    >>> frame("<p>a &lt; b</p>").startswith('<div class="s2sad">')
    True
    >>> code_lines("y = 'a < b'")[0].count("&lt;")
    1
"""
from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from html import escape

STYLE = """
.s2sad{--bg:#fff;--fg:#1f2328;--dim:#636c76;--rule:#d8dee4;--soft:#f6f8fa;--fw:#0969da;--bw:#bc4c00;--hot:#fff3b0;
 --kw:#cf222e;--str:#0a3069;--num:#0550ae;--com:#6e7781;--fn:#8250df;--add:#dafbe1;--del:#ffebe9;--bad:#cf222e;
 --keep:#2da44e;--again:#8250df;
 background:var(--bg);color:var(--fg);border:1px solid var(--rule);border-radius:8px;padding:10px 14px;
 font:13px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;max-width:100%;box-sizing:border-box;overflow:hidden}
@media (prefers-color-scheme:dark){.s2sad{DARK}}
[data-jp-theme-light="true"] .s2sad,[data-theme="light"] .s2sad,.vscode-light .s2sad{LIGHT}
[data-jp-theme-light="false"] .s2sad,[data-theme="dark"] .s2sad,.vscode-dark .s2sad{DARK}
.s2sad.s2sad pre{margin:0;padding:6px 0;background:var(--soft);color:var(--fg);border:0;border-radius:6px;
 overflow-x:auto;font:12.5px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
 white-space:pre;tab-size:4}
.s2sad.s2sad pre code{font:inherit;color:inherit;background:none;padding:0;border:0;display:inline-block;
 min-width:100%;white-space:pre}
.s2sad .l{display:inline-block;min-width:100%;box-sizing:border-box;padding:0 12px 0 8px;
 border-left:3px solid transparent}
.s2sad .l[data-n]::before{content:attr(data-n);display:inline-block;width:2.6em;margin-right:1em;text-align:right;
 color:var(--dim);opacity:.75;font-size:.9em}
.s2sad .k{color:var(--kw)}.s2sad .s{color:var(--str)}.s2sad .m{color:var(--num)}.s2sad .c{color:var(--com);
 font-style:italic}.s2sad .f{color:var(--fn)}
.s2sad .add{background:var(--add)}.s2sad .del{background:var(--del)}.s2sad .dim{color:var(--dim)}
.s2sad .bad{color:var(--bad);font-weight:600}
.s2sad .head{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline;margin-bottom:8px}
.s2sad .head b{font-size:15px}.s2sad .cap{color:var(--dim);font-size:12px;margin:2px 0 4px}
.s2sad.s2sad details{margin:6px 0 0;border-top:1px solid var(--rule);padding-top:6px}
.s2sad.s2sad details details{border:0;padding-top:0}
.s2sad.s2sad.s2sad code{background:none;color:inherit;padding:0;border:0}
.s2sad summary{cursor:pointer;color:var(--fg)}.s2sad summary .tag{float:right}
.s2sad .tag{color:var(--dim);font-size:12px;font-variant-numeric:tabular-nums}
.s2sad .sep{display:none}
.s2sad .tag .p{color:var(--keep)}.s2sad .tag .n{color:var(--bad)}
.s2sad.s2sad table{border-collapse:collapse;border:0;margin:4px 0;font-size:12.5px;line-height:1.5;color:var(--fg);
 table-layout:auto;width:auto}
.s2sad.s2sad tr,.s2sad.s2sad tr:nth-child(n),.s2sad.s2sad tr:nth-child(n):hover,
.s2sad.s2sad thead{background:none;border:0}
.s2sad .wide{overflow-x:auto}
.s2sad.s2sad th{color:var(--dim);font-weight:500;font-size:12px;text-align:left;border:0;
 border-bottom:1px solid var(--rule);padding:3px 14px 3px 0;vertical-align:bottom}
.s2sad.s2sad td{border:0;border-bottom:1px solid var(--rule);padding:3px 14px 3px 0;text-align:left;
 vertical-align:top;max-width:none;white-space:nowrap}
.s2sad.s2sad td.num,.s2sad.s2sad th.num{text-align:right;font-variant-numeric:tabular-nums}
.s2sad.s2sad td code{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
 background:none;color:inherit;padding:0;border:0;white-space:pre}
.s2sad .panes{display:grid;grid-template-columns:fit-content(50%) minmax(0,1fr);gap:12px}
@media (max-width:700px){.s2sad .panes{grid-template-columns:minmax(0,1fr)}}
.s2sad .fw{border-left-color:var(--fw)}.s2sad .bw{border-left-color:var(--bw)}
.s2sad .act{text-decoration:underline solid 2px var(--bw);text-underline-offset:3px}
.s2sad .keep{text-decoration:underline solid 2px var(--keep);text-underline-offset:3px}
.s2sad .again{text-decoration:underline dotted 2px var(--again);text-underline-offset:3px}
.s2sad .legend{display:flex;flex-wrap:wrap;gap:2px 18px;margin-top:8px;color:var(--dim);font-size:12px}
.s2sad .legend i{display:inline-block;width:3px;height:1em;vertical-align:-2px;margin-right:6px}
.s2sad .cost{display:inline-block;width:8.5em;margin-right:1em;padding-right:.4em;text-align:right;color:var(--dim);
 font-size:.9em;user-select:none}
"""
LIGHT = ("--bg:#fff;--fg:#1f2328;--dim:#636c76;--rule:#d8dee4;--soft:#f6f8fa;--fw:#0969da;--bw:#bc4c00;--hot:#fff3b0;"
         "--kw:#cf222e;--str:#0a3069;--num:#0550ae;--com:#6e7781;--fn:#8250df;--add:#dafbe1;--del:#ffebe9;"
         "--bad:#cf222e;--keep:#1a7f37;--again:#8250df")
DARK = ("--bg:#14181d;--fg:#e6edf3;--dim:#919aa5;--rule:#30363d;--soft:#1c2128;--fw:#58a6ff;--bw:#f0883e;--hot:#4b4314;"
        "--kw:#ff7b72;--str:#a5d6ff;--num:#79c0ff;--com:#8b949e;--fn:#d2a8ff;--add:#12391f;--del:#4c1f22;"
        "--bad:#ff7b72;--keep:#56d364;--again:#d2a8ff")
STYLE = STYLE.replace("DARK", DARK).replace("LIGHT", LIGHT)

Mark = Callable[[int, str], str]
"""The extra classes of a name on a line (both as they stand in the text, lines from 1)."""


def frame(body: str, extra: str = "", name: str = "") -> str:
    """A finished piece of HTML: the style sheet (and what ``extra`` adds to it) and ``body``."""
    classes = f"s2sad {name}".strip()
    return f'<div class="{classes}"><style>{STYLE}{extra}</style>{body}</div>'


def head(title: str, note: str, kind: str = "dim") -> str:
    """The first line of a view. The blank between the two parts is seen where a page drops the styles."""
    return f'<div class="head"><b>{escape(title)}</b> <span class="{kind}">{escape(note)}</span></div>'


SEPARATOR = '<span class="sep"> · </span>'
"""Between things that the style sheet sets apart: seen where a page drops it, and not otherwise."""


def code_lines(text: str, mark: Mark | None = None) -> list[str]:
    """The lines of a Python text as HTML, highlighted if Pygments is installed."""
    lines = [""]
    for kind, value in _tokens(text):
        for k, part in enumerate(value.split("\n")):
            if k:
                lines.append("")
            extra = mark(len(lines), part) if mark is not None and kind != "s" and part.isidentifier() else ""
            classes = f"{kind} {extra}".strip()
            lines[-1] += f'<span class="{classes}">{escape(part)}</span>' if classes and part else escape(part)
    return lines[:-1] if lines[-1] == "" and len(lines) > 1 else lines


def _tokens(text: str) -> Iterable[tuple[str, str]]:
    """Pieces of a Python text with the class of their colour."""
    try:
        from pygments.lexers import PythonLexer
        from pygments.token import Comment, Keyword, Name, Number, Operator, String
    except ImportError:
        return [("", text)]
    classes = [(Comment, "c"), (Keyword, "k"), (Operator.Word, "k"), (String, "s"), (Number, "m"),
               (Name.Function, "f")]
    return [(next((c for t, c in classes if kind in t), ""), value)
            for kind, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text)]


def code(text: str) -> str:
    """A Python text as a block."""
    return block(f'<span class="l">{line}</span>' for line in code_lines(text))


def block(lines: Iterable[str]) -> str:
    """Lines of HTML as a block of code."""
    return "<pre><code>" + "\n".join(lines) + "</code></pre>"


def unified(before: str, after: str, names: tuple[str, str] = ("before", "after"), context: int = 3) -> str:
    """The unified difference of two texts; '' if they are equal."""
    made = difflib.unified_diff(before.splitlines(), after.splitlines(), *names, n=context, lineterm="")
    return "\n".join(line.rstrip() for line in made)


def coloured(difference: str) -> str:
    """A unified difference as a block with coloured lines."""
    out = []
    for line in difference.splitlines():
        kind = "dim" if line.startswith(("@@", "---", "+++")) else {"+": "add", "-": "del"}.get(line[:1], "")
        out.append(f'<span class="l {kind}">{escape(line) or " "}</span>')
    return block(out)


def table(head: Iterable[tuple[str, bool]], rows: Iterable[Iterable[str]]) -> str:
    """A table; ``head`` says of each column whether it holds numbers; the cells are HTML."""
    columns = list(head)
    kinds = [' class="num"' if number else ' style="text-align:left"' for _, number in columns]
    lines = ["".join(f"<th{kind}>{escape(title)}</th>" for (title, _), kind in zip(columns, kinds))]
    lines += ["".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds)) for row in rows]
    return '<div class="wide"><table>' + "".join(f"<tr>{line}</tr>" for line in lines) + "</table></div>"
