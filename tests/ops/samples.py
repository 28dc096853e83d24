"""Arguments to try operations on: a pool for what has no name that tells, and values for names that do.

``samples(np.roll)`` tries the product of the pool for ``a`` and the values of ``shift``, keeps what does not raise, and
adds to some of these one option at a time (``axis=0``, ``axis=-1``, …).
"""

from __future__ import annotations

import contextlib
import inspect
import io
import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import runtime
from tests.ops.pool import FIRST, LATER, LISTS, NEVER_GIVEN, ONLY, OPTIONS, POOL, SECOND, UNWRITTEN

BASES, OPTIONED = 40, 24
"""How many samples are kept without and with options."""


def copied(x: Any) -> Any:
    """A copy of arguments that leaves arrays in their layout."""
    if isinstance(x, np.ndarray):
        made = runtime.copy(x)
        made.flags.writeable = x.flags.writeable
        return made
    if type(x) in (list, tuple):
        return type(x)(map(copied, x))
    if type(x) is dict:
        return {k: copied(v) for k, v in x.items()}
    return x.copy() if type(x) in (set, bytearray) else x


@dataclass(frozen=True, eq=False)
class Sample:
    """Arguments with which an operation does not raise."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def make(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, new each time."""
        return tuple(map(copied, self.args)), {k: copied(v) for k, v in self.kwargs.items()}

    def __repr__(self) -> str:
        given = [*map(repr, self.args), *(f"{k}={v!r}" for k, v in self.kwargs.items())]
        return "(" + ", ".join(" ".join(g.split()) for g in given) + ")"


def parameters(op: Callable) -> list[inspect.Parameter] | None:
    """The parameters of an operation, if they can be known."""
    try:
        return list(inspect.signature(op).parameters.values())
    except (TypeError, ValueError):
        return None


def _pools(op: Callable) -> Iterator[list[list[Any]]]:
    """For each number of positional arguments that may be given, the values of each."""
    known = parameters(op)
    if known is None:
        names: list[list[str]] = [[""] * n for n in (0, 1, 2, 3)]
    else:
        required = [
            p.name for p in known if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        star = any(p.kind is p.VAR_POSITIONAL for p in known)
        names = [required + [""] * n for n in ((0, 1, 2) if star else (0,))]
        optional = [p.name for p in known if p.default is not p.empty and p.kind is not p.KEYWORD_ONLY]
        if len(required) < 2 and optional and not star and optional[0] not in NEVER_GIVEN:
            names.append([*required, optional[0]])
    for chosen in names:
        general = {1: [POOL], 2: [FIRST, SECOND]}.get(
            len(chosen), [FIRST[:16:2] + LISTS[:3], SECOND[:20:2], LATER, LATER[:4], LATER[:2], LATER[:2]]
        )
        if len(chosen) <= len(general):
            yield [OPTIONS[n] if n in ONLY else pool for n, pool in zip(chosen, general)]


def attempt(op: Callable, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The result, without warnings and without what it prints."""
    with np.errstate(all="ignore"), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return op(*args, **kwargs)


def _is_strange(op: Callable, sample: Sample) -> bool:
    """Whether NumPy would make an array of one object of an argument, or leaves results unwritten."""
    module = getattr(op, "__module__", None) or ("numpy" if type(getattr(op, "__self__", op)) is np.ufunc else "")
    if not module.startswith(("numpy", "scipy")) or not sample.args:
        return False
    first = sample.args[0]
    if getattr(op, "__name__", "") in UNWRITTEN and ("order" in sample.kwargs or np.size(first) == 0):
        return True
    objects = any(isinstance(a, (dict, set, bytes)) for a in sample.args)
    return objects and op is not np.frombuffer or first is None or (type(first) is str and first == "abc")


def succeeds(op: Callable, sample: Sample) -> bool:
    if _is_strange(op, sample):
        return False
    args, kwargs = sample.make()
    try:
        attempt(op, args, kwargs)
    except Exception:  # this sample does not fit
        return False
    return True


def _spread(found: list[Sample], most: int) -> list[Sample]:
    """At most so many of them, evenly."""
    step = max(1, math.ceil(len(found) / most))
    return found[::step]


def samples(op: Callable, explicit: tuple[Sample, ...] = (), generic: bool = True) -> list[Sample]:
    """Samples with which the operation does not raise: those given, and some of those found."""
    bases: list[Sample] = []
    for pools in _pools(op) if generic else ():
        found = [s for s in (Sample(args, {}) for args in itertools.product(*pools)) if succeeds(op, s)]
        bases += _spread(found, BASES // 2)
    bases = [*(s for s in explicit if succeeds(op, s)), *bases]
    known = parameters(op)
    named = [
        p
        for p in known or ()
        if p.default is not p.empty
        and p.name in OPTIONS
        and p.name not in NEVER_GIVEN
        and p.kind is not p.POSITIONAL_ONLY
    ]
    if known is None:  # it may take these all the same
        named = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in ("axis", "copy", "dtype", "order")]
    count = len(known or ())
    optioned = (
        [
            Sample(b.args, {**b.kwargs, p.name: value})
            for b in _spread(bases, 12)
            for p in named
            if p.name not in b.kwargs and (known is None or known.index(p) >= len(b.args) or count == 0)
            for value in OPTIONS[p.name]
        ]
        if generic
        else []
    )
    return bases + _spread([s for s in optioned if succeeds(op, s)], OPTIONED)
