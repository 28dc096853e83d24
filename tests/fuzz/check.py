"""One program through s2sad, compared with finite differences."""

from __future__ import annotations

import copy
import linecache
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

import s2sad
from s2sad.errors import InternalError, S2SADError
from s2sad.tree import is_leaf
from tests.differences import leaves, moved, pair, random_direction, same
from tests.programs.registry import is_differentiable

SECONDS = 10
LARGE = 1e5
SERIAL = count()


@dataclass(frozen=True)
class Outcome:
    """What became of a program: ``ok``, ``invalid`` (does not run, is not finite or not smooth here), ``refused``,
    ``wrong`` or ``crashed``; ``what`` is the code of the error, or what was wrong."""

    kind: str
    what: str = ""
    detail: str = ""


class Timeout(BaseException):
    """A program took too long."""


def load(source: str) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """``f`` and ``ARGS`` of a module given as text; ``inspect.getsource`` works on its functions."""
    name = f"<fuzz {next(SERIAL)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace: dict[str, Any] = {"__name__": "fuzzed", "__file__": name}
    exec(compile(source, name, "exec"), namespace)
    return namespace["f"], namespace["ARGS"]


def check(source: str, seconds: int = SECONDS) -> Outcome:
    """The outcome of the program ``source``."""

    def alarm(*_: Any) -> None:
        raise Timeout

    previous = signal.signal(signal.SIGPROF, alarm)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with np.errstate(all="ignore"):
            return compare(source)
    except Timeout:
        return Outcome("crashed", "timeout", f"more than {seconds} s")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def compare(source: str) -> Outcome:
    """Run the program, then its reverse and forward derivatives."""
    try:
        f, args = load(source)
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            expected = f(*copy.deepcopy(args))
        if not same(expected, f(*copy.deepcopy(args))):
            return Outcome("invalid", "not deterministic")
    except Exception as e:
        return Outcome("invalid", type(e).__name__, str(e))
    if not all(is_finite(leaf) for leaf in leaves(expected)):
        return Outcome("invalid", "not finite")
    argnums = tuple(i for i, a in enumerate(args) if is_differentiable(a))
    rng = np.random.default_rng(len(source))
    weights = random_direction(expected, rng) if not is_scalar(expected) else type(expected)(1.0)
    if any(w is None for w in leaves(weights)):
        return Outcome("invalid", "integer output")
    slopes = []
    for _ in range(2):
        direction = tuple(random_direction(args[i], rng) for i in argnums)
        measured = slope(f, args, argnums, direction, weights)
        if measured is None:
            return Outcome("invalid", "not smooth")
        slopes.append((direction, *measured))
    try:
        outcome = differentiate(f, args, argnums, expected, weights, slopes)
        return outcome if outcome.kind != "wrong" or layout_is_the_same(f, args, expected) else Outcome(
            "invalid", "depends on the layout in memory")
    except InternalError as e:
        return Outcome("crashed", "InternalError", str(e))
    except S2SADError as e:
        return Outcome("refused", e.code, str(e))
    except Exception as e:
        return Outcome("crashed", signature(e), traceback.format_exc())


def differentiate(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    argnums: tuple[int, ...],
    expected: Any,
    weights: Any,
    slopes: list[tuple[Any, float, float]],
) -> Outcome:
    """Reverse and forward mode against the measured slopes."""
    given = copy.deepcopy(args)
    if is_scalar(expected):
        out, grads = s2sad.value_and_grad(f, argnums)(*given)
    else:
        out, pullback = s2sad.vjp(f, *given)
        pulled = pullback(copy.deepcopy(weights))
        grads = tuple(pulled[i] for i in argnums)
    if not same(out, expected):
        return Outcome("wrong", "primal of reverse", f"{out!r} is not {expected!r}")
    if not same(given, args):
        return Outcome("wrong", "arguments changed by reverse")
    for g, i in zip(leaves(grads), leaves([args[i] for i in argnums])):
        if is_leaf(i) and (np.shape(g) != np.shape(i) or np.asarray(g).dtype != np.asarray(i).dtype):
            return Outcome("wrong", "shape or dtype", f"{g!r} for {i!r}")
    for direction, slope_, error in slopes:
        if not close(found := pair(grads, direction), slope_, error):
            return Outcome("wrong", "reverse", f"{found!r} is not {slope_!r} ± {error:.1e}: {grads!r}")
    for direction, slope_, error in slopes:
        tangents = [None] * len(args)
        for i, d in zip(argnums, direction):
            tangents[i] = d
        out, out_dot = s2sad.jvp(f, given, tuple(tangents))
        if not same(out, expected):
            return Outcome("wrong", "primal of forward", f"{out!r} is not {expected!r}")
        if not same(given, args):
            return Outcome("wrong", "arguments changed by forward")
        if not close(found := pair(out_dot, weights), slope_, error):
            return Outcome("wrong", "forward", f"{found!r} is not {slope_!r} ± {error:.1e}")
    if is_scalar(expected) and len(f.__code__.co_code) % 8 == 0:
        return second(f, args, argnums, slopes)
    return Outcome("ok")


def second(f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...], slopes: list[Any]) -> Outcome:
    """The second derivative, forward over reverse, against the measured slope of the gradient."""
    gradient = s2sad.grad(f, argnums)
    (along, *_), (weights, *_) = slopes
    measured = slope(gradient, args, argnums, along, weights)
    if measured is None:
        return Outcome("ok")
    tangents = [None] * len(args)
    for i, d in zip(argnums, along):
        tangents[i] = d
    try:
        _, moved_ = s2sad.jvp(gradient, copy.deepcopy(args), tuple(tangents))
    except S2SADError:
        return Outcome("ok")
    if not close(found := pair(moved_, weights), *measured):
        return Outcome("wrong", "second", f"{found!r} is not {measured[0]!r} ± {measured[1]:.1e}")
    try:
        _, pullback = s2sad.vjp(gradient, *copy.deepcopy(args))
        pulled = pullback(weights)
    except S2SADError:
        return Outcome("ok")
    if not close(found := pair(tuple(pulled[i] for i in argnums), along), *measured):
        return Outcome("wrong", "reverse over reverse", f"{found!r} is not {measured[0]!r} ± {measured[1]:.1e}")
    return Outcome("ok")


def layout_is_the_same(f: Callable[..., Any], args: tuple[Any, ...], expected: Any) -> bool:
    """Whether the program gives the same for arrays in Fortran order: NumPy's answer for some overlapping assignments
    (``A[:, 3] = A[1, 1:]``) is that of the order of memory."""
    turned = [np.asfortranarray(a) if isinstance(a, np.ndarray) and a.ndim > 1 else a for a in copy.deepcopy(args)]
    pairs = zip(leaves(f(*turned)), leaves(expected), strict=True)
    return all(np.allclose(a, b, rtol=1e-9, atol=1e-12) for a, b in pairs)


def close(found: float, slope_: float, error: float) -> bool:
    return abs(found - slope_) <= 1e-6 + 1e-5 * abs(slope_) + 20.0 * error


def is_finite(leaf: Any) -> bool:
    numeric = np.asarray(leaf).dtype.kind in "fciub"
    return numeric and bool(np.all(np.isfinite(leaf)) and np.all(np.abs(leaf) < LARGE))


def is_scalar(value: Any) -> bool:
    return isinstance(value, (float, np.floating))


def signature(e: BaseException) -> str:
    """The class of an exception and where it was raised, to group crashes."""
    last = traceback.extract_tb(e.__traceback__)[-1]
    return f"{type(e).__name__} in {last.filename.rpartition('/')[2].split(' ')[0]}:{last.name}"


def slope(
    f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...], direction: Any, weights: Any
) -> tuple[float, float] | None:
    """The derivative of ⟨weights, f⟩ along ``direction`` and an error bound, or None where f is not smooth."""

    def along(t: float) -> float:
        call = list(copy.deepcopy(args))
        for i, d in zip(argnums, direction):
            call[i] = moved(args[i], d, t)
        return pair(f(*call), weights)

    try:
        centre = along(0.0)
        pairs = [(h, along(h), along(-h)) for h in (1e-3, 5e-4, 2.5e-4, 1e-5)]
    except Exception:
        return None
    a, b, c, tiny = ((up - down) / (2.0 * h) for h, up, down in pairs)
    ab, bc = b + (b - a) / 3.0, c + (c - b) / 3.0
    best = bc + (bc - ab) / 15.0
    error = abs(best - bc)
    h, up, down = pairs[-1]
    kink = abs(up - 2.0 * centre + down) / h
    scale = max(1.0, abs(best))
    if not np.isfinite(best) or error > 1e-6 * scale or abs(tiny - best) > 1e-5 * scale or kink > 1e-2 * scale:
        return None
    return best, error
