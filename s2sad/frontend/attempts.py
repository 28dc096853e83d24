"""Ways of lowering something that are tried, and what is done where they are refused.

What another way follows is taken back as if it had not been tried. In an installed package an arm of a branch that is
refused raises where it is taken: library code has arms for every kind of argument, of which a call takes few.

Before: ``if masked(x): return old(x)`` in a package.  After: the same test, and a ``raise`` in its arm if ``old`` is
refused.
"""
from __future__ import annotations

import sysconfig
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from s2sad.errors import AliasError, Loc, S2SADError, UnsupportedSyntax
from s2sad.frontend.inlining import MAX_CALLS
from s2sad.frontend.values import Frame
from s2sad.ir import Const

OWN = Path(__file__).parents[1]


@cache
def installed(file: str) -> Path | None:
    """A file of an installed package or of the standard library, relative to the place of all packages; None for
    others.

        >>> installed(__file__) is None
        True
    """
    path = Path(file)
    if path.is_relative_to(OWN):
        return None
    roots = {Path(p) for name in ("purelib", "platlib", "stdlib", "platstdlib") if (p := sysconfig.get_path(name))}
    inside = [path.relative_to(root) for root in roots if path.is_relative_to(root)]
    return min(inside, key=lambda p: len(p.parts), default=None)


class Attempts:
    """The part of the lowerer that tries things. ``attempts`` counts what is being tried with another way at hand."""

    frames: list[Frame]
    loc: Loc | None
    attempts: int
    adjoint: bool
    inlined: int

    def mark(self) -> tuple:
        """The state before something that may be taken back."""
        marks = [(xs, len(xs)) for xs in (self.stmts, self.frames, self.pending, self.open_tests, self.covering,
                                          self.tries, self.scans)]
        kept = {k: getattr(self, k) for k in ("loc", "depth", "path_tests", "family", "unrolling", "loop_floor",
                                              "loop_notes", "attempts")}
        return self.snapshot(), marks, kept

    def reset(self, state: tuple) -> None:
        """Take back all that was done since ``mark``."""
        before, marks, kept = state
        for xs, n in marks:
            del xs[n:]
        for k, value in kept.items():
            setattr(self, k, value)
        self.restore(before)

    def attempt(self, run: Callable[[], Any]) -> Any:
        """Something whose refusal is no problem, as there is another way."""
        self.attempts += 1
        try:
            return run()
        finally:
            self.attempts -= 1

    def in_a_package(self) -> bool:
        """Whether what is being lowered stands in an installed package."""
        source = self.frames[-1].source
        return not self.adjoint and source is not None and installed(source.file) is not None

    def arm(self, run: Callable[[], None]) -> None:
        """One arm of a branch whose test is made at run time."""
        if self.attempts or not self.in_a_package():
            return run()
        state = self.mark()
        try:
            run()
        except (UnsupportedSyntax, AliasError) as error:
            if self.inlined > MAX_CALLS:
                raise
            self.reset(state)
            self.raise_exception(self.emit_arg(NotImplementedError, Const(_in_one_line(error))))


def _in_one_line(error: S2SADError) -> str:
    """A problem as the text of an exception at run time."""
    where = f" ({installed(error.loc.file) or error.loc.where}:{error.loc.line})" if error.loc is not None else ""
    return f"{error.code}: this path is not differentiated: {error.message}{where}"
