"""What a derivative is shown for before any call: nobody has said yet what the arguments are.

Kinds of arguments are tried, simple ones first, until every operation of the function takes what it gets: numbers for
``x * x``, an array for ``for v in x``, an array and a whole number for ``x[:n]``. (Code that is right for numbers and
arrays alike exists for few functions, and is hard to read: what depends on the shape is decided when it runs.)

    >>> from s2sad import grad
    >>> def norm(x):
    ...     total = 0.0
    ...     for v in x:
    ...         total += v * v
    ...     return total
    >>> print(grad(norm).source.splitlines()[0])
    # for x: float64[n]
"""
from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.derive import Entry
from s2sad.errors import S2SADError, UnsupportedSyntax
from s2sad.ir import Call
from s2sad.ir.walk import statements

NUMBER, VECTOR, MATRIX, COUNT = 1.0, np.ones(2), np.ones((2, 2)), 2
TRIALS = 100
"""So many combinations of kinds are tried at most."""


def first_fitting(fn: Callable, count: int, varied: tuple[int, ...], build: Callable[[tuple], Entry]) -> Entry:
    """The derivative that is shown before any call.

    Parameters
    ----------
    fn : callable
        The function.
    count : int
        How many positional arguments it gets.
    varied : tuple of int
        Those that are differentiated: they are no integers.
    build : callable
        Makes the derivative for a tuple of arguments: floats, arrays of floats, ints.

    Raises
    ------
    S2SADError
        If the function is refused for every kind of arguments: what is wrong with it for numbers.

    Where each kind makes some operation raise an exception for the sizes that were tried, the simplest is shown; one of
    which nothing is left but the exception only if no other kind says more.
    """
    refused: S2SADError | None = None
    doubtful: Entry | None = None
    raising: Entry | None = None
    for given in _combinations(fn, count, varied):
        try:
            entry = build(given)
        except S2SADError as error:
            refused = refused or error
            continue
        if not entry.lowered.impossible:
            return entry
        if _is_late(entry):
            refused = refused or UnsupportedSyntax(
                "S2S011", "of the arguments that were tried nothing is known of what is computed with")
        elif entry.lowered.ends:
            raising = raising or entry
        else:
            doubtful = doubtful or entry
    if doubtful is not None:
        return doubtful
    if refused is not None:
        raise refused
    assert raising is not None
    return raising


def _is_late(entry: Entry) -> bool:
    """Whether nothing is known of some value: of an exception there is none."""
    return any(isinstance(s, Call) and s.op is runtime.pulled_back for s in statements(entry.adjoint.body))


def _combinations(fn: Callable, count: int, varied: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    """Kinds for all arguments: those that are annotated first, then simple ones before others."""
    kinds = [known or (NUMBER, VECTOR, MATRIX, *(() if k in varied else (COUNT,)))
             for k, known in enumerate(_annotated(fn, count))]
    if count > 3:  # too many combinations: all alike
        yield from ((kind,) * count for kind in (NUMBER, VECTOR, MATRIX))
        return
    ranked = sorted(itertools.product(*map(enumerate, kinds)), key=lambda pairs: sum(rank for rank, _ in pairs))
    yield from (tuple(kind for _, kind in pairs) for pairs in ranked[:TRIALS])


def _annotated(fn: Callable, count: int) -> list[tuple[Any, ...]]:
    """For each argument the kinds that its annotation leaves; empty where it says nothing."""
    try:
        parameters = list(inspect.signature(fn).parameters.values())[:count]
    except (TypeError, ValueError):
        parameters = []
    known: dict[Any, tuple[Any, ...]] = {float: (NUMBER,), int: (COUNT,), np.ndarray: (VECTOR, MATRIX)}
    named = {"float": (NUMBER,), "int": (COUNT,), "np.ndarray": (VECTOR, MATRIX), "ndarray": (VECTOR, MATRIX)}
    found = [named.get(p.annotation, ()) if isinstance(p.annotation, str) else known.get(p.annotation, ())
             if isinstance(p.annotation, type) else () for p in parameters]
    return found + [()] * (count - len(found))
