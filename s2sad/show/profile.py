"""What each line of a generated function costs in time and memory, forwards and backwards; summed on the user's lines.

    before   a derivative and arguments
    after    line  forward  reverse  memory   statement
                3   12.1 µs  30.4 µs  8.0 kB  h = np.tanh(w @ x)

An instrumented copy of the source is run: once with a clock around every line, once with ``tracemalloc``. What the
clock itself costs is measured and taken off, so lines of a few nanoseconds are not exact, and never negative.
"""
from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from s2sad.backend.emit import Source
from s2sad.backend.lines import Line, lines
from s2sad.show import page
from s2sad.show.instrument import timed


@dataclass(frozen=True)
class Row:
    """What a line of the generated function costs in one call.

    ``seconds``: time; ``share`` of the whole, between 0 and 1; ``hits``: how often it runs; ``net``: bytes that it
    leaves allocated; ``peak``: bytes that it needs at once while it runs; ``sweep``: "forward", "reverse" or "return";
    ``places``: the user's (file, line) that it comes from.
    """

    line: int
    text: str
    sweep: str
    seconds: float
    share: float
    hits: int
    net: int
    peak: int
    places: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class UserRow:
    """What a line of the user costs: seconds in the forward and in the reverse sweep, their share, peak bytes."""

    file: str
    line: int
    text: str
    forward: float
    reverse: float
    share: float
    peak: int


@dataclass(frozen=True, repr=False)
class Profile:
    """Time and memory of one call, line by line. ``str(profile)`` is the table; in a notebook it shows itself.

    ``rows``: the lines of the generated function; ``user``: summed on the lines of the user; ``seconds``: all of it, by
    the clock around the whole call of the function as it is; ``peak``: the most bytes allocated at once.
    """

    name: str
    source: Source
    rows: tuple[Row, ...]
    user: tuple[UserRow, ...]
    seconds: float
    peak: int
    repeat: int
    by_line: dict[int, Row] = field(repr=False, default_factory=dict)

    def total(self, sweep: str) -> float:
        """Seconds of all lines of a sweep."""
        return sum(row.seconds for row in self.rows if row.sweep == sweep)

    def summary(self) -> str:
        """One line about the whole."""
        return (f"{seconds(self.seconds)} a call (forward {seconds(self.total('forward'))}, reverse "
                f"{seconds(self.total('reverse'))}), peak {memory(self.peak)}; best of {self.repeat}")

    def _sweeps(self, user: UserRow) -> tuple[str, str]:
        """The times of a line of the user in the two sweeps, '' in a sweep that has nothing of it."""
        found = {row.sweep for row in self.rows if (user.file, user.line) in row.places}
        return (seconds(user.forward) if "forward" in found else "",
                seconds(user.reverse) if found - {"forward"} else "")

    def __str__(self) -> str:
        head = f"{'line':>5} {'forward':>9} {'reverse':>9} {'share':>6} {'memory':>9}  statement"
        out = [f"{self.name}: {self.summary()}", "", head, "─" * len(head)]
        for row in self.user:
            forward, reverse = self._sweeps(row)
            out.append(f"{row.line:>5} {forward:>9} {reverse:>9} {row.share:>6.1%} "
                       f"{memory(row.peak):>9}  {row.text}")
        head = f"{'line':>5} {'hits':>9} {'time':>9} {'share':>6} {'memory':>9}  generated"
        out += ["", head, "─" * len(head)]
        for made in self.rows:
            out.append(f"{made.line:>5} {made.hits:>9} {seconds(made.seconds):>9} {made.share:>6.1%} "
                       f"{memory(made.peak):>9}  {made.text}")
        return "\n".join(out)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        def bar(share: float) -> str:
            return (f'<span style="background:linear-gradient(to left,var(--hot) {share:.0%},transparent {share:.0%});'
                    f'display:inline-block;min-width:5em">{share:.1%}</span>')

        def source(text: str) -> str:
            return f"<code>{page.code_lines(text)[0]}</code>"

        theirs = page.table(
            [("line", True), ("forward", True), ("reverse", True), ("share", True), ("memory", True), ("yours", False)],
            [(str(r.line), *self._sweeps(r), bar(r.share), memory(r.peak), source(r.text)) for r in self.user])
        made = page.table(
            [("line", True), ("hits", True), ("time", True), ("share", True), ("memory", True), ("generated", False)],
            [(str(r.line), str(r.hits), seconds(r.seconds), bar(r.share), memory(r.peak),
              source(r.text)) for r in self.rows])
        return page.frame(f"{page.head(f'Profile of {self.name}', self.summary())}{theirs}"
                          f"<details><summary>the generated lines</summary>{made}</details>")


def profile(source: Source, function: Callable, call: Callable[[Callable], Any], repeat: int = 5) -> Profile:
    """Measure a generated function.

    Parameters
    ----------
    source : Source
        The function.
    function : callable
        It, compiled.
    call : callable
        ``call(g)`` calls ``g`` with the arguments, fresh ones each time.
    repeat : int
        How often; the fastest run counts, line by line.

    Returns
    -------
    Profile
    """
    spent, hits = _times(source, call, repeat)
    nets, peaks = _memories(source, call)
    whole = min(_clocked(call, function) for _ in range(repeat))
    top = _peak(call, function)
    total = sum(spent.values()) or 1.0
    text, known = source.text.splitlines(), lines(source)
    rows = []
    for number, line in known.items():
        if number not in hits:
            continue
        sweep = "reverse" if line.adjoint else "forward" if line.locs or line.stmts or line.stores else "return"
        code = text[number - 1].partition("  # ")[0]
        rows.append(Row(number, code.removeprefix("    ").rstrip(), sweep, spent[number], spent[number] / total,
                        hits[number], nets.get(number, 0), peaks.get(number, 0),
                        tuple(dict.fromkeys((loc.file, loc.line) for loc in line.locs))))
    return Profile(source.name, source, tuple(rows), tuple(_on_user_lines(rows, known)), whole, top, repeat,
                   {row.line: row for row in rows})


def _on_user_lines(rows: list[Row], known: dict[int, Line]) -> list[UserRow]:
    """The costs summed on the lines of the user; a generated line counts for the statement that it is made for."""
    texts = {(loc.file, loc.line): loc.text for line in known.values() for loc in line.locs}
    found: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        if row.places:
            found.setdefault(row.places[0], []).append(row)
    first = list(dict.fromkeys(file for file, _ in found))
    return [UserRow(file, line, " ".join(texts[file, line].split()),
                    sum(r.seconds for r in part if r.sweep != "reverse"),
                    sum(r.seconds for r in part if r.sweep == "reverse"),
                    sum(r.share for r in part), max(r.peak for r in part))
            for (file, line), part in sorted(found.items(), key=lambda item: (first.index(item[0][0]), item[0][1]))]


def _times(source: Source, call: Callable[[Callable], Any], repeat: int) -> tuple[dict[int, float], dict[int, int]]:
    """Seconds and number of runs of each line."""
    clock = time.perf_counter
    spent: dict[int, float] = {}
    hits: dict[int, int] = {}

    def stop(line: int, begun: float) -> None:
        now = clock()
        spent[line] = spent.get(line, 0.0) + now - begun
        hits[line] = hits.get(line, 0) + 1

    made, best = timed(source, clock, stop), dict[int, float]()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for _ in range(repeat):
            spent.clear()
            hits.clear()
            call(made)
            for line, t in spent.items():
                best[line] = min(best.get(line, t), t)
        cost = _cost_of_clock(clock, stop, spent)
    finally:
        if was_enabled:
            gc.enable()
    hits.pop(0, None)
    return {line: max(best[line] - cost * n, 0.0) for line, n in hits.items()}, hits


def _cost_of_clock(start: Callable[[], float], stop: Callable[[int, float], None], spent: dict[int, float]) -> float:
    """What the clock measures of itself: seconds between a start and a stop with nothing between them."""
    found = []
    for _ in range(20):
        spent.pop(0, None)
        for _ in range(100):
            begun = start()
            stop(0, begun)
        found.append(spent[0] / 100)
    return min(found)


def _memories(source: Source, call: Callable[[Callable], Any]) -> tuple[dict[int, int], dict[int, int]]:
    """Bytes that each line leaves allocated, and the most that it needs at once."""
    nets: dict[int, int] = {}
    peaks: dict[int, int] = {}

    def start() -> int:
        tracemalloc.reset_peak()
        return tracemalloc.get_traced_memory()[0]

    def stop(line: int, before: int) -> None:
        now, top = tracemalloc.get_traced_memory()
        nets[line] = nets.get(line, 0) + now - before
        peaks[line] = max(peaks.get(line, 0), top - before)

    def run() -> int:
        for _ in range(3):
            stop(0, start())
        own = peaks.pop(0)
        call(made)
        return own

    made = timed(source, start, stop)
    call(made)  # what is allocated once, such as caches, is not the line's
    nets.clear()
    peaks.clear()
    own = _traced(run)  # what the measuring itself allocates
    nets.pop(0, None)
    return nets, {line: max(peak - own, 0) for line, peak in peaks.items()}


def _peak(call: Callable[[Callable], Any], function: Callable) -> int:
    """The most bytes that are allocated at once in a call."""
    def run() -> int:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        call(function)
        return tracemalloc.get_traced_memory()[1] - before
    return _traced(run)


def _traced(run: Callable[[], Any]) -> Any:
    """``run()`` while memory is traced."""
    if tracemalloc.is_tracing():
        return run()
    tracemalloc.start()
    try:
        return run()
    finally:
        tracemalloc.stop()


def _clocked(call: Callable[[Callable], Any], function: Callable) -> float:
    """Seconds that the function itself takes."""
    spent = 0.0

    def clocked(*args: Any) -> Any:
        nonlocal spent
        begun = time.perf_counter()
        result = function(*args)
        spent = time.perf_counter() - begun
        return result

    call(clocked)
    return spent


def seconds(t: float) -> str:
    """A time in three digits: ``"12.3 µs"``."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if t >= size:
            return f"{t / size:.3g} {unit}" if t < 1000 * size else f"{t:.0f} s"
    return f"{t / 1e-9:.0f} ns"


def memory(n: int) -> str:
    """A number of bytes: ``"8.0 kB"``."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(n) >= size:
            return f"{n / size:.1f} {unit}"
    return f"{n} B"
