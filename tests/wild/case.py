"""One function of somebody else's package, and the comparison of its derivatives with finite differences."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import jvp, vjp
from s2sad.errors import S2SADError
from s2sad.testing import numerical_jvp

STEPS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)


@dataclass(frozen=True)
class Case:
    """``fn(*args)`` calls the public API of ``package``; every argument is differentiated.

    ``tolerance`` is relative to the largest derivative; it is larger where the function itself is rough (iterations that
    stop at a tolerance, differences of large numbers). ``refused``: the code of the error that is expected, if any."""

    package: str
    name: str
    fn: Callable
    args: tuple[Any, ...]
    tolerance: float = 1e-6
    refused: str = ""

    def __str__(self) -> str:
        return f"{self.package}:{self.name}"


class Corpus:
    """The cases of one module, in the order in which they are added."""

    def __init__(self) -> None:
        self.cases: list[Case] = []

    def add(self, package: str, name: str, fn: Callable, *args: Any, tolerance: float = 1e-6, refused: str = "") -> None:
        """Add ``fn(*args)``."""
        self.cases.append(Case(package, name, fn, args, tolerance, refused))


def outcome(case: Case) -> tuple[str, str]:
    """``("right", "")``, ``("refused", the error)``, ``("wrong", how much)`` or ``("crash", the exception)``."""
    try:
        return compare(case)
    except S2SADError as error:
        return "refused", f"{error.code} {error}"
    except Exception as error:  # whatever it is, it is not a refusal
        return "crash", f"{type(error).__name__}: {error}"


def compare(case: Case) -> tuple[str, str]:
    """Both modes against finite differences, in random directions."""
    rng = np.random.default_rng(1)
    plain = case.fn(*case.args)
    directions = tuple(_direction(rng, a) for a in case.args)
    value, pullback = vjp(case.fn, *case.args)
    weights = _weights(rng, value)
    reverse = _dot(pullback(weights), directions)
    value_too, tangent = jvp(case.fn, case.args, directions)
    forward = _dot(tangent, weights)
    if not (_same(plain, value) and _same(plain, value_too)):
        return "wrong", f"the value: {plain} and {value} and {value_too}"
    numeric = [_difference(case, directions, weights, h) for h in STEPS]
    scale = abs(numeric[2]) + 1e-9
    errors = [min(abs(exact - n) for n in numeric) / scale for exact in (reverse, forward)]
    if not max(errors) <= case.tolerance:
        return "wrong", f"reverse {reverse}, forward {forward}, differences {numeric}"
    return "right", ""
