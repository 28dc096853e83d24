"""A generated gradient against a handwritten one: the numbers, the texts, the time.

    >>> import numpy as np
    >>> made = compare("f", lambda x: 2.0 * x, lambda x: x + x, (np.ones(3),), ("x",), True, "a", "b", repeat=1)
    >>> made.agree, made.rows[0].absolute, made.rows[0].note
    (True, 0.0, '')
"""
from __future__ import annotations

import ast
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from s2sad import runtime, tree
from s2sad.show import page
from s2sad.show.profile import seconds


@dataclass(frozen=True)
class Row:
    """One leaf of the gradient: the largest absolute difference, the largest relative to the larger of the two
    numbers, and in words what else differs (shape, dtype, structure); ``agree``: within the tolerances."""

    name: str
    absolute: float
    relative: float
    note: str
    agree: bool


@dataclass(frozen=True)
class Comparison:
    """``str(comparison)`` is the report; ``rows`` one for each leaf, ``difference`` the unified difference of the two
    sources, ``ratio`` the time of the generated gradient by that of the handwritten one. It is true if they agree."""

    name: str
    rows: tuple[Row, ...]
    difference: str
    generated_seconds: float
    handwritten_seconds: float

    @property
    def agree(self) -> bool:
        """Whether shapes, dtypes and numbers are the same within the tolerances."""
        return all(row.agree for row in self.rows)

    @property
    def ratio(self) -> float:
        """Time of the generated gradient by that of the handwritten one."""
        return self.generated_seconds / self.handwritten_seconds

    def __bool__(self) -> bool:
        return self.agree

    def verdict(self) -> str:
        """The first line of the report."""
        time = (f"{seconds(self.generated_seconds)} generated, {seconds(self.handwritten_seconds)} handwritten: "
                f"ratio {self.ratio:.2f}")
        return f"{'agree' if self.agree else 'DIFFER'}; {time}"

    def __str__(self) -> str:
        width = max([8, *(len(row.name) for row in self.rows)])
        out = [f"{self.name}: {self.verdict()}", "", f"{'gradient':<{width}} {'max abs':>9} {'max rel':>9}"]
        for row in self.rows:
            out.append(f"{row.name:<{width}} {row.absolute:>9.2g} {row.relative:>9.2g}  {row.note}".rstrip())
        return "\n".join([*out, "", self.difference or "the sources are equal"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        numbers = page.table(
            [("gradient", False), ("max abs", True), ("max rel", True), ("", False)],
            [(f"<code>{escape(r.name)}</code>", f"{r.absolute:.2g}", f"{r.relative:.2g}",
              f'<span class="{"dim" if r.agree else "bad"}">{escape(r.note)}</span>') for r in self.rows])
        text = page.coloured(self.difference) if self.difference else '<p class="cap">the sources are equal</p>'
        kind = "dim" if self.agree else "bad"
        return page.frame(page.head(self.name, self.verdict(), kind) + numbers + text)


def compare(name: str, generated: Callable, handwritten: Callable, args: Sequence[Any], names: Sequence[str],
            single: bool, source: str, written: str, repeat: int = 5, rtol: float = 1e-6, atol: float = 1e-8
            ) -> Comparison:
    """Compare two gradients at the same arguments.

    Parameters
    ----------
    name : str
        What is compared, for the title.
    generated, handwritten : callable
        Both take ``args`` and return a gradient, or a tuple of gradients unless ``single``.
    args : sequence
    names : sequence of str
        The arguments that are differentiated, for the rows.
    source, written : str
        The two texts; '' if there is none.
    repeat : int
        How often each is timed; the fastest run counts.
    rtol, atol : float
        They agree where ``|a − b| <= atol + rtol |b|``.
    """
    a, b = generated(*runtime.copy(tuple(args))), handwritten(*runtime.copy(tuple(args)))
    if single:
        rows = list(_rows(names[0], a, b, rtol, atol))
    elif isinstance(b, (tuple, list)) and len(b) == len(a):
        rows = [row for part in zip(names, a, b) for row in _rows(*part, rtol, atol)]
    else:
        rows = [Row("result", np.inf, np.inf, f"{len(a)} gradients against {describe(b)}", False)]
    difference = page.unified(normal(written), normal(source), ("handwritten", "generated")) if written else (
        "the handwritten gradient has no source that can be read")
    return Comparison(name, tuple(rows), difference, *_times((generated, handwritten), args, max(repeat, 1)))


def _rows(name: str, a: Any, b: Any, rtol: float, atol: float) -> Iterator[Row]:
    """The leaves of two gradients side by side."""
    one, other = tree.parts(a), tree.parts(b)
    if one or other:
        for key in dict.fromkeys((*one, *other)):
            sub = f"{name}[{key!r}]" if isinstance(a, (dict, list, tuple)) else f"{name}.{key}"
            if key not in one or key not in other:
                yield Row(sub, np.inf, np.inf, f"only in the {'generated' if key in one else 'handwritten'} one", False)
            else:
                yield from _rows(sub, one[key], other[key], rtol, atol)
        return
    if a is None and b is None:
        return
    yield _leaf(name, a, b, rtol, atol)


def _leaf(name: str, a: Any, b: Any, rtol: float, atol: float) -> Row:
    try:
        x, y = np.asarray(a), np.asarray(b)
        if x.dtype.kind not in "biufc" or y.dtype.kind not in "biufc":
            raise TypeError
    except (TypeError, ValueError):
        return Row(name, np.inf, np.inf, f"{describe(a)} against {describe(b)}", False)
    if x.shape != y.shape:
        return Row(name, np.inf, np.inf, f"shape {x.shape} against {y.shape} handwritten", False)
    note = "" if x.dtype == y.dtype else f"dtype {x.dtype} against {y.dtype} handwritten"
    with np.errstate(all="ignore"):
        equal = (x == y) | ((x != x) & (y != y))
        gap = np.where(equal, 0.0, np.abs(x - y))
        size = np.maximum(np.abs(x), np.abs(y))
        relative = np.where(gap == 0, 0.0, gap / np.where(size == 0, 1.0, size))
        close = bool(np.allclose(x, y, rtol, atol, equal_nan=True))
    if not close and not note:
        at = np.unravel_index(int(np.argmax(np.nan_to_num(gap, nan=np.inf))), x.shape)
        where = f" at {[int(k) for k in at]}" if at else ""
        note = f"{x[at].item():.6g} against {y[at].item():.6g} handwritten{where}"
    return Row(name, float(np.max(gap, initial=0.0)), float(np.max(relative, initial=0.0)), note,
               close and x.dtype == y.dtype)


def describe(x: Any) -> str:
    """What kind of thing a result is."""
    if isinstance(x, (tuple, list)):
        return f"a {type(x).__name__} of {len(x)}"
    return f"an array of shape {x.shape}" if isinstance(x, np.ndarray) else f"a value of type {type(x).__name__}"


def normal(text: str) -> str:
    """A Python text without comments, docstrings and habits of layout."""
    try:
        parsed = ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return text
    for node in ast.walk(parsed):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None and len(node.body) > 1:
            del node.body[0]
    return ast.unparse(parsed)


def _times(functions: Sequence[Callable], args: Sequence[Any], repeat: int) -> tuple[float, ...]:
    """Seconds of a call of each function, the fastest of ``repeat`` runs that take turns."""
    counts = [max(1, min(1000, int(2e-3 / max(_clocked(fn, args, 1), 1e-9)))) for fn in functions]
    runs = [[_clocked(fn, args, n) for fn, n in zip(functions, counts)] for _ in range(repeat)]
    return tuple(map(min, zip(*runs)))


def _clocked(fn: Callable, args: Sequence[Any], count: int) -> float:
    """Seconds of one of ``count`` calls."""
    copies = [runtime.copy(tuple(args)) for _ in range(count)]
    begun = time.perf_counter()
    for given in copies:
        fn(*given)
    return (time.perf_counter() - begun) / count
