"""Every stage on the way from a function to its derivative, with what each one changed.

    >>> made = Stages([("trace", "a = 1\\nb = 1"), ("after cse", "a = 1")])
    >>> print(made.diff("cse"))
    --- trace
    +++ after cse
    @@ -1,2 +1 @@
     a = 1
    -b = 1
    >>> [title for title, text in made]
    ['trace', 'after cse']
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, NamedTuple, overload

from s2sad.show import page

NOTES = {
    "source": "what you wrote",
    "trace": "every value named once",
    "specialised": "with what is known for these arguments (one name, one size); what is computed twice is one value",
    "adjoint": "the trace, then its steps backwards; := marks what the derivative added",
    "tangent": "the trace with the tangent of each value; := marks what the derivative added",
    "after simplify": "algebraic laws, static tests, shapes that are known",
    "after cse": "what is computed twice is computed once",
    "after dce": "what nobody reads is not computed",
    "after opened": "calls of checkpointed functions become their statements; the reverse sweep runs them again",
    "after inplace": "sums of cotangents are added in place where the buffer is ours",
    "after own_gradients": "results that would share memory with arguments are copied",
    "after linear": "every array that is written has one name: updates can be printed as writes",
    "generated source": "the function that runs",
}


class Stage(NamedTuple):
    """One stage: its title and the program as text."""

    title: str
    text: str


def _bare(stage: Stage) -> str:
    """The text of a stage without facts."""
    return re.sub(r"(?m)  +# [^'\"\n]*$", "", stage.text) if stage.title == "specialised" else stage.text


class Stages(Sequence[Stage]):
    """The stages in order, as pairs of title and text.

    ``str(stages)`` is all of it, ``stages["after cse"]`` the text of one, ``stages.diff("cse")`` what a pass changed.
    In a notebook it shows itself.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Titles and texts. A title may occur twice: a pass that runs twice.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.stages = tuple(Stage(*pair) for pair in pairs)

    def __len__(self) -> int:
        return len(self.stages)

    @overload
    def __getitem__(self, key: int) -> Stage: ...
    @overload
    def __getitem__(self, key: slice) -> list[Stage]: ...
    @overload
    def __getitem__(self, key: str) -> str: ...

    def __getitem__(self, key: Any) -> Any:
        """A stage by number, or the text of the last stage with a title (``"cse"`` means ``"after cse"``)."""
        if isinstance(key, str):
            return self.stages[self.find(key)[-1]].text
        return list(self.stages[key]) if isinstance(key, slice) else self.stages[key]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (list, tuple, Stages)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def find(self, name: str) -> list[int]:
        """The positions of the stages with a title.

        Raises
        ------
        KeyError
            If there is none; it says which there are.
        """
        found = [k for k, stage in enumerate(self.stages) if stage.title in (name, f"after {name}")]
        if not found:
            raise KeyError(f"no stage {name!r}; there are {', '.join(dict.fromkeys(s.title for s in self.stages))}")
        return found

    def diff(self, name: str, context: int = 3) -> str:
        """What a stage changed, against the one before it, as a unified difference. The facts of the specialised
        program are left out of it.

        Parameters
        ----------
        name : str
            The title: ``"cse"``, ``"after cse"``, ``"generated source"``. Of a pass that ran twice, all differences.
        context : int
            Equal lines shown around a change.

        Raises
        ------
        KeyError
            If there is no such stage.
        """
        return "\n\n".join(self._difference(k, context) or f"{self.stages[k].title}: no change"
                           for k in self.find(name))

    def _difference(self, k: int, context: int = 3) -> str:
        before = self.stages[k - 1] if k else Stage("", "")
        after = self.stages[k]
        return page.unified(_bare(before), _bare(after), (before.title, after.title), context)

    def __str__(self) -> str:
        parts = []
        for k, stage in enumerate(self.stages):
            same = k > 0 and stage.text.rstrip() == self.stages[k - 1].text.rstrip()
            parts.append(f"# {stage.title}{': no change' if same else ''}" + ("" if same else f"\n\n{stage.text}"))
        return "\n\n".join(part.rstrip() for part in parts)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [page.head("Stages", f"{len(self)} programs, each one made from the one before")]
        for k, stage in enumerate(self.stages):
            parts.append(self._section(k, stage))
        return page.frame("".join(parts))

    def _section(self, k: int, stage: Stage) -> str:
        """One stage that opens: a pass shows what it changed first."""
        title, note = f"<b>{escape(stage.title)}</b>", escape(NOTES.get(stage.title, ""))
        tag, body = f"{stage.text.count(chr(10)) + 1} lines", page.code(stage.text.rstrip())
        if k and stage.title.startswith("after "):
            difference = self._difference(k)
            if not difference:
                return f'<details><summary class="dim">{title} <span class="tag">no change</span></summary>{note}' \
                       "</details>"
            signs = [line[:1] for line in difference.splitlines()[2:]]
            tag = f'<span class="p">+{signs.count("+")}</span> <span class="n">−{signs.count("-")}</span> · {tag}'
            body = page.coloured(difference) + f"<details><summary>the whole program</summary>{body}</details>"
        is_open = " open" if k in (0, len(self) - 1) else ""
        return f'<details{is_open}><summary>{title} <span class="dim">{note}</span>{page.SEPARATOR}<span class="tag">' \
               f"{tag}</span></summary>{body}</details>"
