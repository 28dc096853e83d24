"""What programs do to the world, recorded in order: the oracle of effects.

Programs import the ways out of here: ``FILE`` (a text file), ``note`` (a compiled function that writes a row to it),
``remark`` (a function declared to have no gradient), ``LOGGER`` and ``RNG`` (a generator of random numbers).
"""

from __future__ import annotations

import csv
import io
import logging
import random
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any
from unittest.mock import patch

import numpy as np

import s2sad

SEED = 7
QUEUE: SimpleQueue[Any] = SimpleQueue()
"""Its ``put`` is compiled, as what it stands for is: no source that could be inlined."""


class Stream(io.RawIOBase):
    """The bottom of a text file: what is written to it becomes entries of the log."""

    def __init__(self, name: str) -> None:
        self.name = name

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        QUEUE.put((self.name, bytes(data).decode()))
        return len(data)


def text_file(name: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(Stream(name), write_through=True)  # type: ignore[type-var]


FILE, STDOUT = text_file("file"), text_file("print")
RNG = np.random.default_rng(SEED)
START = RNG.bit_generator.state
LOGGER = logging.Logger("fuzzed")
LOGGER.addHandler(logging.StreamHandler(text_file("log")))
note = csv.writer(FILE, lineterminator="\n").writerow


@s2sad.no_gradient
def remark(x: Any) -> None:
    FILE.write(f"remark {x}\n")


@dataclass
class Run:
    """What a call gave (or ``error``, what it raised) and did."""

    value: Any = None
    error: Exception | None = None
    log: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def recording(log: list[tuple[str, str]]) -> Iterator[None]:
    """Start with the same state of all random sources; put what is done meanwhile into ``log``."""

    def warned(message: Any, category: type[Warning], *_: Any) -> None:
        if category is UserWarning:
            QUEUE.put(("warning", str(message)))

    drained()
    np.random.seed(SEED)
    random.seed(SEED)
    RNG.bit_generator.state = START
    with redirect_stdout(STDOUT), patch.object(time, "sleep", QUEUE.put), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = warned  # type: ignore[assignment]
        try:
            yield
        finally:
            log += joined(drained())


def states() -> list[tuple[str, str]]:
    """What has become of the sources of random numbers, as entries of the log."""
    _, keys, *places = np.random.get_state()
    found = {"np.random": (bytes(keys), *places), "random": random.getstate(), "RNG": repr(RNG.bit_generator.state)}
    return [(name, f"state {hash(state):x}") for name, state in found.items()]


def drained() -> list[Any]:
    return [QUEUE.get() for _ in range(QUEUE.qsize())]


def joined(entries: list[Any]) -> list[tuple[str, str]]:
    """One entry a line: ``print(x)`` writes its arguments and the end of the line one by one."""
    out: list[tuple[str, str]] = []
    for entry in entries:
        name, text = entry if isinstance(entry, tuple) else ("sleep", str(entry))
        if out and out[-1][0] == name and name in ("file", "print", "log") and not out[-1][1].endswith("\n"):
            out[-1] = name, out[-1][1] + text
        else:
            out.append((name, text))
    return out


def run(f: Callable[..., Any], *args: Any) -> Run:
    """Call ``f`` on ``args``, recorded."""
    found = Run()
    with recording(found.log):
        try:
            found.value = f(*args)
        except Exception as e:
            found.error = e
    found.log += states()
    return found


def recorded(f: Callable[..., Any]) -> Callable[..., Any]:
    """``f`` with the same random numbers at each call, and without a trace."""

    def quiet(*args: Any) -> Any:
        with recording([]):
            return f(*args)

    return quiet


def difference(expected: list[tuple[str, str]], found: list[tuple[str, str]]) -> str:
    """In what the two logs differ, or nothing."""
    if found == expected:
        return ""
    ways = [[entry for entry in log if not entry[1].startswith("state ")] for log in (expected, found)]
    names = sorted({name for name, _ in set(expected) ^ set(found)})
    if ways[0] == ways[1]:
        return f"state of {' and '.join(names)}"
    if len(ways[0]) != len(ways[1]):
        names = sorted({name for name, _ in expected if count(ways[0], name) != count(ways[1], name)}
                       | {name for name, _ in ways[1] if count(ways[0], name) != count(ways[1], name)})
        return f"{'missing' if len(ways[1]) < len(ways[0]) else 'additional'} entries of {' and '.join(names)}"
    return "order" if sorted(ways[0]) == sorted(ways[1]) else f"values of {' and '.join(names)}"


def count(log: list[tuple[str, str]], name: str) -> int:
    return sum(entry[0] == name for entry in log)
