"""One program through s2sad: values compared with finite differences, effects with the log of the function, exceptions
with its exception."""

from __future__ import annotations

import copy
import linecache
import signal
import traceback
import warnings
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, Literal

import numpy as np

import s2sad
from s2sad.errors import InternalError, S2SADError
from s2sad.tree import is_leaf
from tests.differences import leaves, pair, random_direction, same
from tests.fuzz.log import Run, difference, recorded, run
from tests.fuzz.outcome import Failed, Outcome
from tests.fuzz.raising import raises
from tests.fuzz.slopes import close, slope
from tests.programs.registry import is_differentiable

SECONDS = 10
LARGE = 1e5
SERIAL = count()
Slopes = list[tuple[Any, float, float]]


class Timeout(BaseException):
    """A program took too long."""


def load(source: str) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """``f`` and ``ARGS`` of a module given as text; ``inspect.getsource`` works on its functions."""
    name = f"<fuzz {next(SERIAL)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace: dict[str, Any] = {"__name__": "fuzzed", "__file__": name}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        code = compile(source, name, "exec")
    exec(code, namespace)
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
    except Failed as e:
        return e.outcome
    except InternalError as e:
        return Outcome("crashed", "InternalError", str(e))
    except S2SADError as e:
        return Outcome("refused", e.code, str(e))
    except Timeout:
        return Outcome("crashed", "timeout", f"more than {seconds} s")
    except Exception as e:
        return Outcome("crashed", signature(e), traceback.format_exc())
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def compare(source: str) -> Outcome:
    """Run the program, then its derivatives. A module that silences divisions by zero (``np.seterr``) may have them."""
    try:
        f, args = load(source)
    except Exception as e:
        return Outcome("invalid", f"{type(e).__name__} while loading", str(e))
    singular: Literal["ignore", "raise"] = "ignore" if "np.seterr(" in source else "raise"
    with np.errstate(over=singular, invalid=singular, divide=singular):
        first = run(f, *copy.deepcopy(args))
    again = run(f, *copy.deepcopy(args))
    if isinstance(first.error, FloatingPointError):
        return Outcome("invalid", "FloatingPointError", str(first.error))
    if type(first.error) is not type(again.error) or not same(first.value, again.value) or first.log != again.log:
        return Outcome("invalid", "not deterministic")
    argnums = tuple(i for i, a in enumerate(args) if is_differentiable(a))
    if first.error:
        return raises(f, args, argnums, first)
    return measure(f, args, argnums, first)


def measure(f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...], first: Run) -> Outcome:
    """Measure slopes of the function, and compare its derivatives with them."""
    if not all(is_finite(leaf) for leaf in leaves(first.value)):
        return Outcome("invalid", "not finite")
    rng = np.random.default_rng(f.__code__.co_firstlineno)
    weights = random_direction(first.value, rng) if not is_scalar(first.value) else type(first.value)(1.0)
    if any(w is None for w in leaves(weights)):
        return Outcome("invalid", "integer output")
    slopes: Slopes = []
    for _ in range(2):
        direction = tuple(random_direction(args[i], rng) for i in argnums)
        measured = slope(recorded(f), args, argnums, direction, weights)
        if measured is None:
            return Outcome("invalid", "not smooth")
        slopes.append((direction, *measured))
    try:
        if is_scalar(first.value) and "note" in f.__globals__:
            without_value(f, args, argnums, first, slopes)
        reverse(f, args, argnums, first, weights, slopes)
        forward(f, args, argnums, first, weights, slopes)
        if is_scalar(first.value) and len(f.__code__.co_code) % 8 == 0:
            second(f, args, argnums, first, slopes)
    except Failed as e:
        if e.outcome.kind == "wrong" and not layout_is_the_same(recorded(f), args, first.value):
            return Outcome("invalid", "depends on the layout in memory")
        raise
    return Outcome("ok")


def derived(name: str, call: Callable[..., Any], args: tuple[Any, ...], first: Run) -> Any:
    """What ``call`` gives, which has to leave the same trace as ``first`` did."""
    found = run(call, *args)
    if found.error:
        raise found.error
    if what := difference(first.log, found.log):
        raise Failed("differing log", f"{name}: {what}", f"{found.log}\nis not\n{first.log}")
    return found.value


def agree(name: str, found: Any, along: Any, slope_: float, error: float) -> None:
    """``found`` paired with ``along`` has to be the slope that was measured."""
    if not close(value := pair(found, along), slope_, error):
        name = name if np.isfinite(value) else f"{name} is not finite"
        raise Failed("wrong", name, f"{value!r} is not {slope_!r} ± {error:.1e}: {found!r}")


def primal(name: str, out: Any, first: Run, given: Any, args: Any) -> None:
    """The value has to be that of the function, and the arguments as they were."""
    if not same(out, first.value):
        raise Failed("wrong", f"primal of {name}", f"{out!r} is not {first.value!r}")
    if not same(given, args):
        raise Failed("wrong", f"arguments changed by {name}")


def reverse(
    f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...], first: Run, weights: Any, slopes: Slopes
) -> None:
    """``value_and_grad``, or ``vjp`` of what has no single number as its result."""
    given = copy.deepcopy(args)
    if is_scalar(first.value):
        out, grads = derived("value_and_grad", s2sad.value_and_grad(f, argnums), given, first)
    else:
        out, pullback = derived("vjp", partial(s2sad.vjp, f), given, first)
        pulled = derived("pullback", pullback, (copy.deepcopy(weights),), run(abs, 1))
        grads = tuple(pulled[i] for i in argnums)
    primal("reverse", out, first, given, args)
    for g, i in zip(leaves(grads), leaves([args[i] for i in argnums])):
        if is_leaf(i) and (np.shape(g) != np.shape(i) or np.asarray(g).dtype != np.asarray(i).dtype):
            raise Failed("wrong", "shape or dtype", f"{g!r} for {i!r}")
    for direction, *measured in slopes:
        agree("reverse", grads, direction, *measured)


def forward(
    f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...], first: Run, weights: Any, slopes: Slopes
) -> None:
    given = copy.deepcopy(args)
    for direction, *measured in slopes:
        push = partial(pushed, f, placed(direction, argnums, len(args)))
        out, out_dot = derived("jvp", push, given, first)
        primal("forward", out, first, given, args)
        agree("forward", out_dot, weights, *measured)


def without_value(
    f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...], first: Run, slopes: Slopes
) -> None:
    """``grad`` does what the function does though nobody asks for its value; while it is built, nothing happens."""
    gradient = s2sad.grad(f, argnums)
    derived("source_for", gradient.source_for, copy.deepcopy(args), run(abs, 1))
    for name in ("grad", "grad again"):
        grads = derived(name, gradient, copy.deepcopy(args), first)
        for direction, *measured in slopes:
            agree(name, grads, direction, *measured)


def second(
    f: Callable[..., Any], args: tuple[Any, ...], argnums: tuple[int, ...], first: Run, slopes: Slopes
) -> None:
    """The second derivative, forward and reverse over reverse, against the measured slope of the gradient."""
    gradient = s2sad.grad(f, argnums)
    (along, *_), (weights, *_) = slopes
    measured = slope(recorded(gradient), args, argnums, along, weights)
    if measured is None:
        return
    push = partial(pushed, gradient, placed(along, argnums, len(args)))
    try:
        _, moved = derived("second", push, copy.deepcopy(args), first)
        agree("second", moved, weights, *measured)
        _, pullback = derived("reverse over reverse", partial(s2sad.vjp, gradient), copy.deepcopy(args), first)
    except InternalError:
        raise
    except S2SADError:
        return
    pulled = pullback(weights)
    agree("reverse over reverse", tuple(pulled[i] for i in argnums), along, *measured)


def pushed(f: Callable[..., Any], tangents: tuple[Any, ...], *args: Any) -> Any:
    return s2sad.jvp(f, args, tangents)


def placed(direction: tuple[Any, ...], argnums: tuple[int, ...], n: int) -> tuple[Any, ...]:
    """The tangents of all ``n`` arguments: None for those that are not differentiated."""
    found = dict(zip(argnums, direction))
    return tuple(found.get(i) for i in range(n))


def layout_is_the_same(f: Callable[..., Any], args: tuple[Any, ...], expected: Any) -> bool:
    """Whether the program gives the same for arrays in Fortran order: NumPy's answer for some overlapping assignments
    (``A[:, 3] = A[1, 1:]``) is that of the order of memory."""
    turned = [np.asfortranarray(a) if isinstance(a, np.ndarray) and a.ndim > 1 else a for a in copy.deepcopy(args)]
    pairs = zip(leaves(f(*turned)), leaves(expected), strict=True)
    return all(np.allclose(a, b, rtol=1e-9, atol=1e-12) for a, b in pairs)


def is_finite(leaf: Any) -> bool:
    numeric = np.asarray(leaf).dtype.kind in "fciub"
    return numeric and bool(np.all(np.isfinite(leaf)) and np.all(np.abs(leaf) < LARGE))


def is_scalar(value: Any) -> bool:
    return isinstance(value, (float, np.floating))


def signature(e: BaseException) -> str:
    """The class of an exception and where it was raised, to group crashes."""
    last = traceback.extract_tb(e.__traceback__)[-1]
    return f"{type(e).__name__} in {last.filename.rpartition('/')[2].split(' ')[0]}:{last.name}"
