"""One function of somebody else's package, and the comparison of its derivatives with finite differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import jvp, vjp
from s2sad.errors import S2SADError
from s2sad.numeric import dot, flat, leaves, map_leaves, numerical_jvp

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

    def add(
        self, package: str, name: str, fn: Callable, *args: Any, tolerance: float = 1e-6, refused: str = ""
    ) -> None:
        """Add ``fn(*args)``."""
        self.cases.append(Case(package, name, fn, args, tolerance, refused))


def outcome(case: Case) -> tuple[str, str]:
    """``("right", "")``, ``("refused", the error)``, ``("wrong", how much)`` or ``("crash", the exception)``."""
    try:
        return compare(case)
    except S2SADError as error:
        return "refused", f"{error.code} {error}"
    except NotImplementedError as error:  # an arm of a branch of the package, where it is taken
        return ("refused" if str(error).startswith("S2S") else "crash"), str(error)
    except Exception as error:  # whatever it is, it is not a refusal
        return "crash", f"{type(error).__name__}: {error}"


def compare(case: Case) -> tuple[str, str]:
    """Reverse mode against finite differences, argument by argument; forward mode against reverse mode."""
    rng = np.random.default_rng(1)
    plain = case.fn(*case.args)
    value, pullback = vjp(case.fn, *case.args)
    weights = map_leaves(lambda v: _normal(rng, v) / (np.max(np.abs(v)) or 1.0), plain)
    directions = tuple(_direction(rng, a) for a in case.args)
    bars = pullback(weights)
    value_too, tangent = jvp(case.fn, case.args, directions)
    if not (_same(plain, value) and _same(plain, value_too)):
        return "wrong", f"the value {plain}: {value} in reverse mode, {value_too} in forward mode"
    moved = [k for k, d in enumerate(directions) if d is not None]
    reverse = [dot(bars[k], directions[k], case.args[k]) for k in moved]
    numeric = [_differences(case, k, directions[k], weights, plain) for k in moved]
    scale = max(abs(n[2]) for n in numeric)
    for k, (got, near) in enumerate(zip(reverse, numeric, strict=True)):
        if not min(abs(got - n) for n in near) <= case.tolerance * (max(map(abs, near)) + 1e-3 * scale) + 1e-12:
            return "wrong", f"argument {k}: {got}, but differences {near}"
    forward = dot(tangent, weights, plain)
    if not abs(forward - sum(reverse)) <= 1e-8 * sum(map(abs, reverse)) + 1e-12:
        return "wrong", f"forward {forward}, reverse {sum(reverse)}"
    return "right", ""


def _differences(case: Case, k: int, direction: Any, weights: Any, plain: Any) -> list[float]:
    """The derivative along one argument by differences with several steps."""

    def at(x: Any) -> Any:
        return case.fn(*case.args[:k], x, *case.args[k + 1 :])

    with np.errstate(all="ignore"):
        moved = [numerical_jvp(at, (case.args[k],), (direction,), h) for h in STEPS]
    row = flat(weights, plain)
    return [float(np.sum(m * row)) for m in moved]


def _direction(rng: np.random.Generator, x: Any) -> Any:
    """Random numbers relative to x; None for what is not differentiated."""
    return map_leaves(lambda v: _normal(rng, v) * np.where(v == 0, 1.0, np.abs(v)), x) if leaves(x) else None


def _normal(rng: np.random.Generator, x: Any) -> Any:
    """Random numbers of the shape of x, of its kind."""
    drawn = rng.normal(size=np.shape(x))
    return np.asarray(drawn) if isinstance(x, np.ndarray) else float(drawn)


def _same(a: Any, b: Any) -> bool:
    """Whether two results are the same bit by bit."""
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(leaves(a), leaves(b), strict=True))
