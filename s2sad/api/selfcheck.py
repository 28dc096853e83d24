"""A derivative checks itself once: after the first call for arguments of some kinds, beside the user's function.

Two things are looked at, on copies of the arguments: that the trace of the function computes what the function does,
and that the derivative along one fixed direction is what differences say. The first is an error, the second a warning,
given only where differences at four steps, from both sides, agree with each other. Both cost a fraction of what
building cost: where they would not, and where a second run of the function could be noticed, nothing is done.

    >>> from s2sad import checking, grad
    >>> with checking("always"):
    ...     grad(lambda x: x ** 3)(2.0)
    12.0
"""
from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from s2sad import numeric, ops, rules, runtime
from s2sad.api.parting import Parting, difference, parting
from s2sad.api.raised import place
from s2sad.derive import Entry
from s2sad.errors import ArgumentError, InternalError
from s2sad.frontend import installed
from s2sad.ir import Call, Function
from s2sad.ir.interpret import interpret
from s2sad.ir.walk import statements

POLICIES = ("first", "always", "never")
SHARE = 8
"""The check may take this part of the time that building took, where nobody asks for it always."""
RUNS = 12
"""What the check costs, in runs of the function: nine for differences, one for the value, and the trace."""
CALLS = 4
"""What it costs in calls of the derivative, each of about three runs."""
_SAID = (NotImplementedError, FloatingPointError, np.linalg.LinAlgError, runtime.NotFollowed, runtime.WrongShape)
"""What generated code raises on purpose, and what the caller has asked for with ``np.errstate``."""
_NAMES = {"vjp": "vector-Jacobian product", "jvp": "Jacobian-vector product", "rows": "Jacobian",
          "columns": "Jacobian"}
PACKAGE = str(Path(__file__).parents[1])


class CheckWarning(UserWarning):
    """A derivative is not what differences of the function say."""


def valid_policy(policy: str) -> str:
    """A word of ``POLICIES``; any other is an error."""
    if policy not in POLICIES:
        raise ArgumentError("S2S008", f"`{policy}` is no way to check derivatives",
                            hint=f"one of {', '.join(map(repr, POLICIES))}")
    return policy


_POLICY: ContextVar[str | None] = ContextVar("_POLICY", default=None)


def policy() -> str:
    """When derivatives check themselves: that of ``checking``, else the environment variable ``S2SAD_CHECK``, else
    ``"first"``."""
    return _POLICY.get() or valid_policy(os.environ.get("S2SAD_CHECK") or "first")


@contextmanager
def checking(when: str) -> Iterator[None]:
    """Say when derivatives check themselves, inside of a ``with`` block.

    Parameters
    ----------
    when : {"first", "always", "never"}
        ``"first"``: after the first call for arguments of some kinds, if that is cheap beside what building cost;
        ``"always"``: after each call, whatever it costs; ``"never"``.

    Examples
    --------
    >>> with checking("never"):
    ...     policy()
    'never'
    """
    before = _POLICY.set(valid_policy(when))
    try:
        yield
    finally:
        _POLICY.reset(before)


@contextmanager
def checking_once() -> Iterator[None]:
    """What calls a function very often, to compare its derivatives, lets them check themselves at most once."""
    with checking("first" if policy() == "always" else policy()):
        yield


class Checked(NamedTuple):
    """A function that is checked, the names of its last arguments, and its compiled derivative."""

    fn: Callable
    title: str
    entry: Entry
    names: tuple[str, ...]

    def value(self, *args: Any) -> Any:
        """What the function returns for these arguments, which are not changed. Derivatives in it are not checked as
        well: it is called often."""
        n = len(args) - len(self.names)
        given = runtime.copy_together(args)
        with checking("never"):
            return self.fn(*given[:n], **dict(zip(self.names, given[n:])))


def is_cheap(built: float, took: float) -> bool:
    """Whether a check costs little beside what has been spent.

    Parameters
    ----------
    built, took : float
        Seconds that building and the first call took.
    """
    return CALLS * took * SHARE <= built


def look(it: Checked, args: tuple, result: Any, exact: bool = False, late: tuple = ()) -> None:
    """Check the value of the function and its slope along one direction.

    Parameters
    ----------
    it : Checked
    args : tuple
        The arguments of the call, those of the keywords last.
    result : any
        What the derivative gave.
    exact : bool
        The value has to be the same to the last bit. That of a derivative is not looked at: the order in which it adds
        is its own.
    late : tuple
        The cotangent or the tangents of the call.

    Raises
    ------
    InternalError
        If the trace does not compute the function.
    """
    function = it.entry.lowered.function
    if it.entry.lowered.ends or not is_repeatable(function):
        return
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        try:
            value = it.value(*args)
        except Exception:  # it raises, or catches what generated code does not raise: that is another question
            return
        if not exact and RUNS * SHARE * (time.perf_counter() - start) > it.entry.built:
            return
        request, wrong = it.entry.request, None
        if not any(s.adjoint for s in statements(function.body)):
            wrong = difference(value, _traced(function, runtime.copy_together(args)), exact)
        slopes = None
        if wrong is None and request.mode.program is not None and not _is_vouched(function):
            slopes = _slopes(it, args, result, late, value)
    if wrong is not None:
        where = _where(it, args)
        at = "" if where is None else f"; they part here, at {where.text}"
        raise InternalError("S2S904", f"what was built of `{it.title}` does not compute it: {wrong}{at}",
                            function.loc if where is None else where.loc, hint="report it with the function and its "
                            "arguments; S2SAD_CHECK=never leaves this check out")
    if slopes is not None:
        got, measured = slopes
        name = _NAMES.get(request.mode.name, "gradient")
        warnings.warn(f"the {name} of `{it.title}` is {got:.6g} along a fixed direction, and differences say "
                      f"{measured:.6g}: look at it with `.check(*args)`", CheckWarning, stacklevel=_depth())


def check_raised(it: Checked, args: tuple, error: Exception) -> None:
    """What to say of an exception in generated code, or in what it calls of ours: nothing if the function raises too.

    Raises
    ------
    InternalError
        If the function gives a value.
    """
    function = it.entry.lowered.function
    if isinstance(error, _SAID) or not is_repeatable(function) or _is_users(error):
        return
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            it.value(*args)
        except Exception:
            return
    raise InternalError("S2S905", f"the derivative of `{it.title}` raises {type(error).__name__}: {error}, and the "
                        "function gives a value here", place(it.entry, error) or function.loc,
                        hint="report it with the function and its arguments") from error


def _where(it: Checked, args: tuple) -> Parting | None:
    """The statement at which the trace and the function part, as far as that can be told."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parting(it.entry.lowered.function, lambda: it.value(*args), runtime.copy_together(args))


def _is_users(error: Exception) -> bool:
    """Whether an exception comes out of code of the user's that the derivative calls, such as that of a rule."""
    found, trace = False, error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        found = not (file.startswith((PACKAGE, "<")) or installed(file) is not None)
        trace = trace.tb_next
    return found


def is_repeatable(fn: Function) -> bool:
    """Whether nobody notices a second run of a function, which gives the same: as far as is known of its operations."""
    called = {s.op for s in statements(fn.body) if isinstance(s, Call)}
    return all(ops.of(op).effect in (ops.Effect.NONE, ops.Effect.ERROR) for op in called)


def _is_vouched(fn: Function) -> bool:
    """Whether somebody says himself what a derivative in it is."""
    called = {s.op for s in statements(fn.body) if isinstance(s, Call)}
    return runtime.stop_gradient in called or any(
        not _is_ours(op) and (rules.lookup(op) is not None or rules.has_no_gradient(op)) for op in called)


def _is_ours(op: Any) -> bool:
    """Whether what is known of the derivative of an operation does not come from a user."""
    entry = rules.lookup(op)
    home = getattr(op, "__module__", None) or type(op).__module__ if entry is None else entry.vjp.__module__
    top = str(home).partition(".")[0]
    return top in ("s2sad", "numpy", "scipy") or (
        entry is None and top in sys.stdlib_module_names and top != "__main__")


def _traced(fn: Function, args: tuple) -> Any:
    """What the trace of a function gives; an exception says that it does not give anything."""
    try:
        return interpret(fn, *args)
    except Exception as error:
        return error


class _Probe(NamedTuple):
    """Where arguments move to, what the parts of the value weigh, and the slope that the derivative gives for both."""

    moved: list
    weights: Any
    slope: float


def _probe(it: Checked, args: tuple, result: Any, late: tuple, y: Any) -> _Probe:
    request = it.entry.request
    found = result if request.at is None else result[request.at]
    rng = np.random.default_rng(20)
    of = [args[k] for k in request.argnums]
    moved = numeric.random_like(rng, of)
    if request.mode.scalar:
        return _Probe(moved, 1.0, numeric.dot([found] if request.single else list(found), moved, of))
    if request.mode.late == "cotangent":
        return _Probe(moved, late[0], numeric.dot(list(found), moved, of))
    weights = numeric.random_like(rng, y)
    if request.mode.late == "tangents":
        return _Probe(list(late), weights, numeric.dot(weights, found, y))
    columns = request.mode.each == "jvp"
    return _Probe(moved, weights, _bilinear(numeric.flat(weights, y), list(found), moved, of, columns))


def _bilinear(weights: np.ndarray, found: list, moved: list, of: list, columns: bool) -> float:
    """A Jacobian between weights and a direction: of each leaf of the arguments it has the list of its rows, or of its
    columns."""
    total: Any = 0.0

    def add(x: Any, block: list, d: Any) -> Any:
        nonlocal total
        if np.iscomplexobj(x):
            raise ValueError("a Jacobian by complex numbers is that of a holomorphic function")
        one = np.array([np.ravel(part) for part in block]).reshape(len(block), -1)
        d = np.zeros(np.size(x)) if d is None else np.ravel(d)
        total = total + (d @ one @ weights if columns else weights @ one @ d)
        return x
    numeric.map_leaves(add, of, found, moved)
    return float(np.real(total))


def _slopes(it: Checked, args: tuple, result: Any, late: tuple, value: Any) -> tuple[float, float] | None:
    """The slope that the derivative gives and the one that differences do, where they certainly are not the same."""
    request = it.entry.request

    def of(value: Any) -> Any:
        return value[0] if request.has_aux else value
    directions: list[Any] = [None] * len(args)
    try:
        probe = _probe(it, args, result, late, of(value))
        for k, d in zip(request.argnums, probe.moved):
            directions[k] = d
        got = probe.slope

        def at(step: float) -> float:
            y = of(it.value(*numeric.shift(list(args), directions, step)))
            return float(np.real(y)) if request.mode.scalar else numeric.dot(probe.weights, y, y)
        eps = _precision(args)
        measured = measure(at, eps)
        if measured is None or not np.isfinite(got):
            return None
        slope, error = measured
        differs = abs(got - slope) > error + 1e-3 * max(abs(slope), abs(got))
        return (got, slope) if differs and is_smooth_near(at, slope, error, eps) else None
    except Exception:  # the function does not take arguments that are near
        return None


def _precision(args: tuple) -> float:
    """The rounding error of the coarsest floats in the arguments."""
    kinds = [np.asarray(v).dtype for v in numeric.leaves(list(args))]
    return max((float(np.finfo(d).eps) for d in kinds if d.kind in "fc"), default=float(np.finfo(float).eps))


def measure(at: Callable[[float], float], eps: float) -> tuple[float, float] | None:
    """A slope at 0 and a bound of its error, if differences agree on it: at four steps, from both sides.

    Parameters
    ----------
    at : callable
        A number for each distance.
    eps : float
        The relative rounding error of those numbers.

    Examples
    --------
    >>> slope, error = measure(lambda h: np.sin(1.0 + h), 2.2e-16)
    >>> bool(abs(slope - np.cos(1.0)) < error + 1e-6)
    True
    >>> measure(abs, 2.2e-16) is None
    True
    """
    middle = at(0.0)
    steps = [eps ** 0.25 * k for k in (8.0, 4.0, 2.0, 1.0)]
    sides = [((at(h) - middle) / h, (middle - at(-h)) / h) for h in steps]
    if not np.all(np.isfinite(sides)):
        return None
    centers = [0.5 * (right + left) for right, left in sides]
    size = max(map(abs, centers))
    noise = 100.0 * eps * (abs(middle) + size) / steps[-1]
    spread = max(centers) - min(centers)
    gaps = [abs(right - left) for right, left in sides]
    agree = spread <= 0.01 * size + noise and all(
        late <= 0.75 * early + noise for early, late in zip(gaps, gaps[1:]))
    return (centers[-1], spread + noise) if agree else None


def is_smooth_near(at: Callable[[float], float], slope: float, error: float, eps: float) -> bool:
    """Whether much smaller steps say the same: a function may be rougher than the steps of ``measure``.

    >>> rough = lambda h: h + 1e-7 * np.sin(1e9 * h)
    >>> is_smooth_near(rough, *measure(rough, 2.2e-16), 2.2e-16)
    False
    """
    for step in (eps ** 0.4, eps ** 0.6):
        a, b = at(step), at(-step)
        noise = 100.0 * eps * (abs(a) + abs(b) + abs(slope)) / step
        if not abs((a - b) / (2.0 * step) - slope) <= error + noise + 0.05 * abs(slope):
            return False
    return True


def _depth() -> int:
    """How many frames the line of the user is above the one that warns."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and (frame.f_code.co_filename.startswith(PACKAGE) or
                                        frame.f_code.co_filename.startswith("<s2sad")):
        depth, frame = depth + 1, frame.f_back
    return depth
