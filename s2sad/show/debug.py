"""Where the first NaN or infinity of a derivative was born.

    before   df(0.0) is nan
    after    notes.py:3: in the forward sweep, np.log(x) gives -inf
                 y = x * np.log(x)
                 x = 0.0

The generated function is run once more with an eye on each of its expressions. A value is *born* where the operands
are finite and the result is not.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from s2sad import tree
from s2sad.backend.emit import Source
from s2sad.backend.lines import lines
from s2sad.ir import Loc
from s2sad.show import page
from s2sad.show.instrument import Place, observed

MOST = 20
"""So many births are kept."""


@dataclass(frozen=True)
class Birth:
    """A value that is not finite though its operands are: ``sweep`` is "forward" or "reverse"; ``loc`` the user's
    statement, ``line`` the number of the generated line, ``code`` its text, ``expression`` the part that is meant,
    ``value`` what came out, ``operands`` what went in; all values as text."""

    sweep: str
    loc: Loc | None
    line: int
    code: str
    expression: str
    value: str
    operands: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        where = f"{self.loc.where}:{self.loc.line}: " if self.loc is not None else ""
        what = "value" if self.sweep == "forward" else "adjoint"
        out = [f"{where}{what} born in the {self.sweep} sweep: {self.expression} is {self.value}"]
        if self.loc is not None and self.loc.text:
            out.append(f"    {' '.join(self.loc.text.split())}")
        out.append(f"  generated line {self.line}: {self.code}")
        return "\n".join([*out, *(f"    {name} = {value}" for name, value in self.operands)])


@dataclass(frozen=True)
class Diagnosis:
    """What ``debug`` found. ``births`` in the order of execution, ``arguments`` that were not finite already, whether
    the ``result`` is finite. It is true if there is anything to tell."""

    name: str
    births: tuple[Birth, ...]
    arguments: tuple[tuple[str, str], ...]
    result: str

    @property
    def first(self) -> Birth | None:
        """The first birth."""
        return self.births[0] if self.births else None

    def __bool__(self) -> bool:
        return bool(self.births or self.arguments or self.result)

    def lines(self) -> list[str]:
        """The report, without its title."""
        out = [f"the argument {name} is not finite already: {value}" for name, value in self.arguments]
        out += str(self.births[0]).split("\n") if self.births else []
        if len(self.births) > 1:
            places = dict.fromkeys(f"line {b.loc.line}" if b.loc else f"generated line {b.line}"
                                   for b in self.births[1:] if b.loc != self.births[0].loc)
            out += [f"  later also: {', '.join(places)}"] if places else []
        if not out and self.result:
            out.append("it comes from a constant that is not finite")
        return out

    def __str__(self) -> str:
        if not self:
            return f"{self.name}: every value and every adjoint is finite"
        title = f"{self.name}: {self.result or 'the result is finite, but not everything on the way'}"
        return "\n".join([title, *self.lines()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        if not self:
            return page.frame(page.head(self.name, "every value and every adjoint is finite"))
        body = page.head(self.name, self.result, "bad")
        body += "".join(f'<p class="cap">the argument <code>{escape(n)}</code> is not finite already: '
                        f"{escape(v)}</p>" for n, v in self.arguments)
        for birth in self.births[:1]:
            where = f"{birth.loc.where}:{birth.loc.line}" if birth.loc else ""
            body += (f'<p>born in the {birth.sweep} sweep <span class="dim">{escape(where)}</span></p>'
                     + page.code(birth.loc.text if birth.loc else birth.code)
                     + page.table([("", False), ("value", False)], [
                         (f"<code>{page.code_lines(birth.expression)[0]}</code>",
                          f'<span class="bad">{escape(birth.value)}</span>'),
                         *((f"<code>{page.code_lines(n)[0]}</code>", escape(v)) for n, v in birth.operands)])
                     + f'<p class="cap">generated line {birth.line}: <code>{escape(birth.code)}</code></p>')
        return page.frame(body)


def is_finite(x: Any, seen: frozenset[int] = frozenset()) -> bool:
    """Whether there is no NaN and no infinity in a number, an array or a structure of them."""
    if isinstance(x, (float, complex, np.inexact)):
        return bool(np.isfinite(x))
    if isinstance(x, np.ndarray):
        return x.dtype.kind not in "fc" or bool(np.isfinite(x).all())
    if isinstance(x, (str, int, type(None))) or id(x) in seen:
        return True
    return all(is_finite(part, seen | {id(x)}) for part in tree.parts(x).values())


def summary(x: Any) -> str:
    """A value in a few words: of an array its shape, how much of it is not finite and where first, its range."""
    if not isinstance(x, np.ndarray) or x.size <= 6:
        text = " ".join(np.array2string(x, separator=", ", threshold=6).split()) if isinstance(x, np.ndarray) else repr(
            x.item() if isinstance(x, np.generic) else x)
        return text if len(text) <= 80 else text[:77] + "..."
    about = f"{x.dtype} array of shape {x.shape}"
    if x.dtype.kind not in "fc":
        return about
    finite = np.isfinite(x)
    bad = x.size - int(finite.sum())
    if bad:
        first = tuple(int(k) for k in np.argwhere(~finite)[0])
        return (f"{about}, {bad} of {x.size} not finite, the first at {list(first)}: {x[first].item()!r}")
    if x.dtype.kind == "c":
        return about
    return f"{about} from {x.min().item():.4g} to {x.max().item():.4g}" + ", with zeros" * bool((x == 0).any())


class Watch:
    """Looks at each expression of a run and keeps the births."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.latest: dict[int, Any] = {}
        self.ill: dict[int, bool] = {}
        self.found: list[tuple[int, str, tuple[tuple[str, str], ...]]] = []

    def see(self, k: int, x: Any) -> None:
        """A value of the place ``k``."""
        place = self.places[k]
        self.latest[k] = x
        if place.is_name:
            return
        self.ill[k] = not is_finite(x)
        if not self.ill[k] or len(self.found) >= MOST:
            return
        if any(self.is_ill(j) for j in place.operands) or any(k == j for j, _, _ in self.found):
            return
        self.found.append((k, summary(x), tuple(self.operands(place))))

    def is_ill(self, j: int) -> bool:
        """Whether the operand ``j`` is not finite."""
        return not is_finite(self.latest.get(j)) if self.places[j].is_name else self.ill.get(j, False)

    def operands(self, place: Place) -> list[tuple[str, str]]:
        """The operands and what they are made of, names last, values as text."""
        found: dict[str, str] = {}
        waiting = list(place.operands)
        while waiting and len(found) < 8:
            j = waiting.pop(0)
            if self.places[j].text not in found and j in self.latest:
                found[self.places[j].text] = summary(self.latest[j])
            waiting += self.places[j].operands
        return [(name, text) for name, text in found.items() if name != text]


def diagnose(name: str, source: Source, call: Callable[[Callable], Any], arguments: Mapping[str, Any],
             namespace: Mapping[str, Any] | None = None) -> Diagnosis:
    """Run a generated function once and find where its first NaN or infinity was born.

    Parameters
    ----------
    name : str
        What the derivative is called.
    source : Source
    call : callable
        ``call(g)`` calls ``g`` with the arguments.
    arguments : mapping
        The arguments by name.
    namespace : mapping, optional
        The globals of the function instead of those of ``source``.
    """
    watch = Watch()
    function, watch.places = observed(source, watch.see, namespace)
    with np.errstate(all="ignore"):
        result = call(function)
    known, text = lines(source), source.text.splitlines()
    births = []
    for k, shown, operands in watch.found:
        place = watch.places[k]
        line = known.get(place.line)
        code = text[place.line - 1].partition("  # ")[0].strip()
        births.append(Birth("reverse" if line is not None and line.adjoint else "forward",
                            line.locs[0] if line is not None and line.locs else None, place.line, code, place.text,
                            shown, operands))
    ill = tuple((n, summary(x)) for n, x in arguments.items() if not is_finite(x))
    return Diagnosis(name, tuple(births), ill, "" if is_finite(result) else "the result is not finite")
