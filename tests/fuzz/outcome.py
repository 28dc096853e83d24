"""What becomes of a program."""

from __future__ import annotations

from dataclasses import dataclass

FAILURES = ("wrong", "crashed", "differing log")


@dataclass(frozen=True)
class Outcome:
    """``ok``, ``raised`` (the function raises, and its derivatives do too), ``invalid`` (is not finite or not smooth
    here), ``refused``, or one of ``FAILURES``; ``what`` is the code of the error, or what was wrong."""

    kind: str
    what: str = ""
    detail: str = ""


class Failed(Exception):
    """The outcome is known, whatever else is to be compared."""

    def __init__(self, *outcome: str) -> None:
        super().__init__(*outcome)
        self.outcome = Outcome(*outcome)
