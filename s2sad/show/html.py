"""How a derivative shows itself in a notebook: the user's code beside the generated code.

Pointing at a line marks the lines that belong to it on the other side; names that are active, saved for the reverse
sweep or computed again there are underlined; with a profile each line says what it costs. Style sheets do all of it.

    >>> listing = Listing("notes.py", "f", {1: "def f(x):\\n", 2: "    return x * x\\n"})
    >>> "not called yet" in uncalled("gradient of f", (listing,), "f(x)")
    True
"""
from __future__ import annotations

import ast
import hashlib
import linecache
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePath
from typing import Any

from s2sad.backend.emit import Source
from s2sad.backend.lines import Line, lines
from s2sad.backend.text import HEADERS
from s2sad.ir import Function, Loc, Var
from s2sad.show import page
from s2sad.show.marks import active_names, recomputed, saved
from s2sad.show.profile import Profile, memory, seconds


@dataclass(frozen=True)
class Listing:
    """A function of the user: its file, its name and its lines by number."""

    file: str
    name: str
    lines: Mapping[int, str]


@dataclass(frozen=True)
class Called:
    """What is shown of a derivative that was called: ``title`` and ``kinds`` say of what and for which arguments;
    ``adjoint`` is its IR, ``primal`` that of the function, ``active`` the variables of it that carry a derivative."""

    title: str
    kinds: str
    listings: tuple[Listing, ...]
    source: Source
    adjoint: Function
    primal: Function
    active: frozenset[Var]
    sweep: str = "reverse sweep"
    profile: Profile | None = None
    places: dict[tuple[str, int], str] = field(default_factory=dict)


def uncalled(title: str, listings: tuple[Listing, ...], call: str, note: str = "") -> str:
    """The view before the first call: the function, and how to go on."""
    head = page.head(title, "not called yet")
    body = [_caption(listing) + page.block(_numbered(listing)) for listing in listings]
    hint = (f'<p class="cap">Call it like the function: <code>{escape(call)}</code>. The generated source is made for '
            f"the kinds of the arguments, and is shown here afterwards. {escape(note)}</p>")
    return page.frame(head + "".join(body) + hint)


def called(view: Called) -> str:
    """The view of a derivative that was called."""
    generated = lines(view.source)
    places = _places(generated.values())
    others = [found for file, line in places if (found := _around(file, line)) is not None]
    listings = list(view.listings)
    for found in others:
        if not any(x.file == found.file and set(found.lines) <= set(x.lines) for x in listings):
            listings.append(found)
    numbers = {place: k for k, place in enumerate(places)}
    left = "".join(_user_pane(listing, view, numbers) for listing in listings)
    right = f'<div class="cap">{escape(view.source.name)} · generated</div>' + page.block(
        _generated_lines(view, generated, numbers))
    panes = f'<div class="panes"><div>{left}</div><div>{right}</div></div>'
    beside = page.table(*_beside(view, listings, generated))
    body = (f"{page.head(view.title, view.kinds)}{panes}{_legend(panes, view.sweep)}"
            f"<details><summary>line by line</summary>{beside}</details>")
    name = "s2-" + hashlib.sha1(body.encode()).hexdigest()[:8]
    hover = "".join(f".{name}:has(.u{k}:hover) .u{k}{{background:var(--hot)}}" for k in numbers.values())
    return page.frame(body, hover, name)


# ---- places of the user ----------------------------------------------------------------------------------------------

def _places(generated: Iterable[Line]) -> list[tuple[str, int]]:
    """The lines of the user that generated lines come from."""
    return list(dict.fromkeys((loc.file, loc.line) for line in generated for loc in line.locs))


def extent(loc: Loc) -> range:
    """The lines of a statement itself: of a loop or branch the first."""
    return range(loc.line, loc.line + 1 if loc.text.startswith(HEADERS) else max(loc.end_line, loc.line) + 1)


def _around(file: str, line: int) -> Listing | None:
    """The innermost function around a line of a file."""
    text = linecache.getlines(file)
    try:
        tree = ast.parse("".join(text))
    except (SyntaxError, ValueError):
        return None
    inside = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
              and n.lineno <= line <= (n.end_lineno or 0)]
    if not inside:
        return None
    node = max(inside, key=lambda n: n.lineno)
    return Listing(file, node.name, {k: text[k - 1] for k in range(node.lineno, (node.end_lineno or 0) + 1)})


def _caption(listing: Listing) -> str:
    file = listing.file
    cell = re.match(r"<ipython-input-(\d+)|.*[/\\]ipykernel_", file)
    where = "this notebook" if cell else PurePath(file).name
    return f'<div class="cap">{escape(listing.name)} · {escape(where)}</div>'


def _numbered(listing: Listing) -> list[str]:
    made = page.code_lines(textwrap.dedent("".join(listing.lines.values())).rstrip("\n"))
    return [f'<span class="l" data-n="{n}">{line}</span>' for n, line in zip(listing.lines, made)]


def _user_pane(listing: Listing, view: Called, numbers: dict[tuple[str, int], int]) -> str:
    """A function of the user, its lines linked and its active names marked."""
    order = list(listing.lines)
    text = textwrap.dedent("".join(listing.lines.values())).rstrip("\n")
    names = active_names(view.primal, view.active, listing.file, text)
    made = page.code_lines(text, lambda n, name: "act" if name in names else "")
    locs = [loc for line in lines(view.source).values() for loc in line.locs if loc.file == listing.file]
    out = []
    for number, line in zip(order, made):
        links = dict.fromkeys(f"u{numbers[loc.file, loc.line]}" for loc in locs if number in extent(loc))
        out.append(f'<span class="{" ".join(("l link", *links))}" data-n="{number}">{line}</span>')
    return _caption(listing) + page.block(out)


# ---- generated code --------------------------------------------------------------------------------------------------

def _generated_lines(view: Called, generated: dict[int, Line], numbers: dict[tuple[str, int], int]) -> list[str]:
    kept, again = saved(view.adjoint), recomputed(view.adjoint)

    def mark(number: int, name: str) -> str:
        line = generated.get(number)
        v = (line.stores.get(name) or line.loads.get(name)) if line is not None else None
        return "again" if v in again else "keep" if v in kept else ""

    out = []
    for number, text in enumerate(page.code_lines(view.source.text.rstrip("\n"), mark), 1):
        line = generated.get(number)
        classes = ["l", "link"]
        if line is not None:
            is_return = not (line.stmts or line.locs or line.stores or line.adjoint)
            classes += [] if is_return else ["bw" if line.adjoint else "fw"]
            classes += dict.fromkeys(f"u{numbers[loc.file, loc.line]}" for loc in line.locs)
        out.append(f'<span class="{" ".join(classes)}" data-n="{number}">{_cost(view.profile, number)}{text}</span>')
    return out


def _cost(profile: Profile | None, number: int) -> str:
    """Time and share of a line in front of it, with a bar."""
    if profile is None:
        return ""
    row = profile.by_line.get(number)
    if row is None:
        return '<span class="cost"></span>'
    share = round(100 * row.share)
    bar = f"background:linear-gradient(to left,var(--hot) {share}%,transparent {share}%)"
    return f'<span class="cost" style="{bar}">{seconds(row.seconds)} {share:3d}%</span>'


def _legend(panes: str, sweep: str) -> str:
    """What the marks mean that occur."""
    bar = '<i style="background:var(--{})"></i>{}'
    parts = [(" fw", bar.format("fw", "forward sweep")), (" bw", bar.format("bw", sweep)),
             ('"act', '<span class="act">active</span> depends on the input, and the result on it'),
             ('"keep', '<span class="keep">saved</span> for the reverse sweep'),
             ('"again', '<span class="again">recomputed</span> in it')]
    texts = [*(text for mark, text in parts if mark in panes), "point at a line to see what belongs to it"]
    return f'<div class="legend">{page.SEPARATOR.join(f"<span>{text}</span>" for text in texts)}</div>'


def _beside(view: Called, listings: list[Listing], generated: dict[int, Line]
            ) -> tuple[list[tuple[str, bool]], list[list[str]]]:
    """Each line of the user with its forward and its reverse lines."""
    text = [line.partition("  # ")[0].strip() for line in view.source.text.splitlines()]
    head = [("", True), ("your line", False), ("forward sweep", False), (view.sweep, False)]
    if view.profile is not None:
        head += [("forward", True), ("reverse", True), ("memory", True)]
    rows = []
    for listing in listings:
        for number, line in listing.lines.items():
            own = [n for n, g in generated.items() if any(
                loc.file == listing.file and loc.line == number for loc in g.locs)]
            if not own:
                continue
            forward, reverse = ([n for n in own if generated[n].adjoint is side] for side in (False, True))
            cells = [str(number), _code(line.strip()), *(("<br>".join(_code(text[n - 1]) for n in part))
                                                          for part in (forward, reverse))]
            if view.profile is not None:
                cost: Any = view.profile.by_line
                cells += [seconds(sum(cost[n].seconds for n in part if n in cost)) if part else ""
                          for part in (forward, reverse)]
                cells.append(memory(max((cost[n].peak for n in own if n in cost), default=0)))
            rows.append(cells)
    return head, rows


def _code(text: str) -> str:
    return f"<code>{page.code_lines(text)[0]}</code>" if text else ""
