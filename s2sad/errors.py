"""Every error a user can meet.

An error says where (the user's file, line and column, with a caret), what, why, and what to write instead.
Its code is stable: ``python -m s2sad explain S2S012`` prints the long form.

    >>> from s2sad.errors import UnsupportedSyntax
    >>> raise UnsupportedSyntax("S2S001", "`yield` makes f a generator", hint="return a list instead")
    Traceback (most recent call last):
    ...
    s2sad.errors.UnsupportedSyntax: S2S001: `yield` makes f a generator
      try: return a list instead

Where a function has several problems, the first is raised, and it carries the others: ``error.problems`` has them all
in the order of the source, and the text lists them.
"""
from __future__ import annotations

import linecache
import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class CallSite:
    """One call of a user's function whose body stands in place of the call: the name of the function, and where it is
    called. Two calls are two sites, even on one line."""

    name: str
    loc: Loc | None = None


@dataclass(frozen=True)
class Loc:
    """A place in the user's source: file, 1-based line, 0-based column, and the text of the statement. ``site`` is the
    call that brought a statement of a helper function into the function that is differentiated."""

    file: str
    line: int
    col: int
    end_line: int = 0
    end_col: int = 0
    text: str = ""
    site: CallSite | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.where}:{self.line}:{self.col + 1}"

    @property
    def where(self) -> str:
        """The file as it is shown. The temporary file that a notebook runs a cell from would tell nobody anything.

        >>> Loc("ipykernel_21/4075869474.py", 4, 0).where
        'notebook cell'
        """
        return "notebook cell" if re.search(r"(^|[/\\])ipykernel_\d+[/\\]", self.file) else self.file

    def caret(self) -> str:
        """The source line with a caret under the column, or '' when the source cannot be read."""
        source = linecache.getline(self.file, self.line).rstrip("\n")
        if not source.strip():
            return ""
        width = self.end_col - self.col if self.end_line == self.line else 1
        return f"    {source.strip()}\n    {' ' * (self.col - len(source) + len(source.lstrip()))}{'^' * max(1, width)}"

    def calls(self) -> tuple[Loc, ...]:
        """The places of the calls that lead here from the function that is differentiated, the outermost first."""
        if self.site is None or self.site.loc is None:
            return ()
        return (*self.site.loc.calls(), self.site.loc)


class S2SADError(Exception):
    """Base of all errors raised by s2sad.

    Parameters
    ----------
    code : str
        Stable code such as ``"S2S012"``.
    message : str
        What is wrong, in one sentence.
    loc : Loc, optional
        Where in the user's source.
    why : str, optional
        Why it matters (for example the chain that makes a value active).
    hint : str, optional
        A rewrite that works.
    others : iterable of S2SADError, optional
        The further problems of the same function, in the order of the source.

    Examples
    --------
    >>> print(S2SADError("S2S001", "`exec`", others=[S2SADError("S2S001", "`class`", hint="define it outside")]))
    S2S001: `exec`
    <BLANKLINE>
    S2S001: `class`
      try: define it outside
    <BLANKLINE>
    2 problems
    """

    def __init__(self, code: str, message: str, loc: Loc | None = None, why: str = "", hint: str = "",
                 others: Iterable[S2SADError] = ()) -> None:
        self.code, self.message, self.loc, self.why, self.hint = code, message, loc, why, hint
        self.others = tuple(others)
        super().__init__(self.render())

    def of(self, transform: str) -> S2SADError:
        """The error of a gradient as that of the transform that was called."""
        self.message = self.message.replace("; grad needs", f"; {transform} needs")
        self.args = (self.render(),)
        return self

    def at(self, loc: Loc | None) -> S2SADError:
        """The error with a place, if it had none."""
        self.loc = self.loc or loc
        self.args = (self.render(),)
        return self

    @property
    def problems(self) -> tuple[S2SADError, ...]:
        """All problems of the function: this one, and the others in the order of the source."""
        return self, *self.others

    def add(self, others: Iterable[S2SADError]) -> None:
        """Report further problems with this one."""
        self.others = (*self.others, *others)
        super().__init__(self.render())

    def render(self) -> str:
        """The full report as text."""
        if not self.others:
            return self.block()
        return "\n\n".join([*(e.block() for e in self.problems), f"{len(self.problems)} problems"])

    def block(self) -> str:
        """This problem alone as text."""
        lines = [f"{self.code}: {self.message}"]
        if self.loc is not None:
            lines[0] = f"{self.loc}: {lines[0]}"
            if caret := self.loc.caret():
                lines.append(caret)
            lines += [f"  from: {call}: {linecache.getline(call.file, call.line).strip()}" for call in self.loc.calls()]
        if self.why:
            lines.append(f"  why: {self.why}")
        if self.hint:
            lines.append(f"  try: {self.hint}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple:
        return type(self), (self.code, self.message, self.loc, self.why, self.hint, self.others)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: the report, which has the place."""
        return f"{type(self).__name__}: {self.render()}".splitlines()


class UnsupportedSyntax(S2SADError, SyntaxError):
    """The function uses Python that s2sad does not differentiate."""

    def __str__(self) -> str:
        return self.render()


class SourceNotFound(S2SADError, OSError):
    """The source of the function cannot be read."""

    def __str__(self) -> str:
        return self.render()


class NotDifferentiable(S2SADError, NotImplementedError):
    """An active value enters a function that has no rule."""


class AliasError(S2SADError, NotImplementedError):
    """A write through something that may or may not be a view, while another name sees the array."""


class ArgumentError(S2SADError, TypeError):
    """The arguments of the call cannot be differentiated (integers, wrong argnums, non-scalar output, …)."""


class ExportError(S2SADError, ValueError):
    """The derivative uses something that a module of its own cannot contain."""


class NotFiniteError(S2SADError, FloatingPointError):
    """With ``debug_nans=True``: a value or a gradient with NaN or infinity; it says where that was born."""


class InternalError(S2SADError, RuntimeError):
    """A bug in s2sad: please report it."""
