"""Programs whose function raises: its derivatives raise the same, and have left the same trace until then."""

from __future__ import annotations

import copy
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

import s2sad
from s2sad.errors import InternalError, S2SADError
from tests.differences import random_direction
from tests.fuzz.log import Run, difference, run
from tests.fuzz.outcome import Failed, Outcome

RESULT = "S2S007"
"""The code of errors about what a function returns."""


def raises(f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...], first: Run) -> Outcome:
    """The outcome of a program whose function raised ``first.error``."""
    rng = np.random.default_rng(0)
    tangents = tuple(random_direction(a, rng) if i in argnums else None for i, a in enumerate(args))
    gradient = s2sad.grad(f, argnums)
    calls: list[tuple[str, Callable[..., Any]]] = [
        ("grad", gradient),
        ("grad again", gradient),
        ("value_and_grad", s2sad.value_and_grad(f, argnums)),
        ("vjp", lambda *given: s2sad.vjp(f, *given)),
        ("jvp", lambda *given: s2sad.jvp(f, given, tangents)),
    ]
    outcome = Outcome("raised", type(first.error).__name__)
    for name, call in calls:
        refused = refusal(name, first, run(call, *copy.deepcopy(args)))
        outcome = refused or outcome
    return outcome


def refusal(name: str, first: Run, found: Run) -> Outcome | None:
    """That the derivative ``name`` was refused, if it was; it fails if the derivative raised something else."""
    right = type(first.error).__name__
    if isinstance(found.error, InternalError):
        raise Failed("crashed", "InternalError", str(found.error))
    if isinstance(found.error, S2SADError) and found.error.code == RESULT:
        raise Failed("wrong", f"{name} speaks of the result where {right} is raised", str(found.error))
    if isinstance(found.error, S2SADError):
        return Outcome("refused", found.error.code, str(found.error))
    if type(found.error) is not type(first.error):
        what = f"raises {type(found.error).__name__}" if found.error else "returns"
        detail = "".join(traceback.format_exception(found.error)) if found.error else repr(found.value)
        raise Failed("wrong", f"{name} {what} where {right} is raised", f"{right}: {first.error}; but {detail}")
    if what := difference(first.log, found.log):
        raise Failed("differing log", f"{name}, before it raises: {what}", f"{found.log}\nis not\n{first.log}")
    return None
