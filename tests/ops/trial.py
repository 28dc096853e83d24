"""One call of an operation on a sample, and what it did: to its arguments, to the world."""

from __future__ import annotations

import contextlib
import io
import random
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from s2sad.ops import Operation
from tests.ops.samples import Sample, attempt
from tests.ops.sharing import snapshot

EVENTS: list[str] = []
LISTENS: list[None] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if LISTENS and (
        event.split(".")[0]
        in ("os", "shutil", "socket", "subprocess", "tempfile", "sqlite3", "pty", "ftplib", "urllib", "webbrowser")
        or (event == "open" and str(args[1]) not in ("r", "rb", "None"))
    ):
        EVENTS.append(event)


sys.addaudithook(_hook)


@contextlib.contextmanager
def listening() -> Iterator[list[str]]:
    """What is done to the world meanwhile: audit events of writing, draws from the global generators, printing."""
    found: list[str] = []
    del EVENTS[:]
    states, text = (np.random.get_state()[1].tolist(), random.getstate()), io.StringIO()
    LISTENS.append(None)
    try:
        with contextlib.redirect_stdout(text):
            yield found
    finally:
        LISTENS.pop()
    found += EVENTS
    if text.getvalue():
        found.append("it prints")
    if states != (np.random.get_state()[1].tolist(), random.getstate()):
        found.append("it draws")


class Trial:
    """One call of an operation on a sample, and what it did to its arguments."""

    def __init__(self, known: Operation, sample: Sample, number: int = 0) -> None:
        self.known, self.sample, self.number = known, sample, number
        self.args, self.kwargs = sample.make()
        before = [snapshot(a) for a in (*self.args, *self.kwargs.values())]
        with listening() as self.events:
            self.result = attempt(known.op, self.args, self.kwargs)
        after = [snapshot(a) for a in (*self.args, *self.kwargs.values())]
        self.changed = [k for k, (a, b) in enumerate(zip(before, after)) if a != b]
        self.given = dict(enumerate(self.args)) | self.kwargs

    def again(self, *args: Any) -> Any:
        """The result for other positional arguments."""
        return attempt(self.known.op, args, self.sample.make()[1])

    @property
    def plain(self) -> bool:
        """Whether all arguments are numbers or arrays of numbers, and there are no options."""
        return not self.kwargs and all(map(is_numeric, self.args))

    @property
    def numeric(self) -> bool:
        """Whether what is given is of the kinds that records speak of: the first argument a number, an array or a
        list of numbers, further ones no dtypes, no objects."""
        strange = any(a is object or isinstance(a, (type, np.dtype, dict)) for a in self.given.values())
        operands = (
            self.args if type(self.known.op).__name__ == "ufunc" or _is_operator(self.known.op) else self.args[:1]
        )
        return not strange and all(is_numeric(a) or isinstance(a, (list, tuple)) for a in operands)


def _is_operator(op: Any) -> bool:
    return getattr(op, "__module__", None) in ("_operator", "math", "cmath")


def is_numeric(a: Any) -> bool:
    return type(a) in (int, float, complex, bool) or (
        isinstance(a, (np.ndarray, np.generic)) and a.dtype.kind in "biufc"
    )
