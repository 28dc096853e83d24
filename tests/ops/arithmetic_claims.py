"""What a record claims of numbers, and of other spellings: a function each, None where it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from s2sad import rules
from s2sad.ops import Operation
from tests.ops.claims import EMPTY, edge_values, edged
from tests.ops.samples import attempt, copied
from tests.ops.sharing import snapshot
from tests.ops.trial import Trial, is_numeric


# ---- arithmetic ----------------------------------------------------------------------------------------------------
def commutes(known: Operation, t: Trial) -> str | None:
    """The arguments may be exchanged, bit by bit."""
    if not known.commutes or known.updates or not t.plain or len(t.args) != 2 or any(map(np.iscomplexobj, t.args)):
        return None
    step = 1 if t.number < 8 else 3
    for a in (t.args[0], *edge_values(t.args[0])[::step]):
        for b in (t.args[1], *edge_values(t.args[1])[::step]):
            try:
                one = t.again(copied(a), copied(b))
            except Exception:  # said by ``raises``
                continue
            if snapshot(one) != snapshot(t.again(copied(b), copied(a))):
                return f"not at {a!r}, {b!r}"
    return None


FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, -2.25, 3.0, 1e-300, -1e300, 1e10, np.inf, -np.inf, np.nan)


def same_on_floats(known: Operation, t: Trial) -> str | None:
    """Of one real number it is that number, but for the sign of zero."""
    for x in FLOATS if known.same_on_floats and not t.number else ():
        made = float(attempt(known.op, (x,), {}))
        if made != x and not (np.isnan(made) and np.isnan(x)):
            return f"not at {x}"
    return None


def on_floats(known: Operation, t: Trial) -> str | None:
    """The function on Python's floats gives the same to one unit in the last place, unless it raises or leaves
    the real numbers."""
    count = len(t.args)
    if known.on_floats is None or count not in (1, 2) or not all(type(a) in (float, np.float64) for a in t.args):
        return None
    for x in FLOATS:
        for rest in ((y,) for y in FLOATS) if count == 2 else ((),):
            try:
                made = known.on_floats(x, *rest)
                wanted = attempt(known.op, (x, *rest), {})
            except (ValueError, ArithmeticError, TypeError):
                continue
            if type(made) is complex:
                continue
            if type(made) is not (bool if isinstance(wanted, (bool, np.bool_)) else float):
                return f"a {type(made).__name__} at {x, *rest}"
            if (
                made != wanted
                and not (np.isnan(made) and np.isnan(wanted))
                and abs(made - wanted) > np.spacing(abs(wanted))
            ):
                return f"{made} for {wanted} at {x, *rest}"
    return None


LARGE = {8: (1e30, -1e30), 4: (1e3, -1e3), 2: ()}
"""Numbers that are large, and of which a product of nine is finite, by the size of the dtype."""


def bounded(known: Operation, t: Trial) -> str | None:
    """The partial derivatives are finite at finite arguments."""
    if (
        not known.bounded
        or not known.is_pure
        or rules.lookup(known.op) is None
        or t.kwargs
        or any(isinstance(a, (list, tuple, dict)) for a in t.args)
    ):
        return None
    entry = rules.lookup(known.op)
    for k, a in enumerate(t.args if len({np.asarray(a).dtype for a in t.args}) == 1 else ()):
        kind = np.asarray(a).dtype.kind if is_numeric(a) else ""
        for value in (
            [edged(a, v) for v in (0.0, 1.0, -1.0, 1e-300, 5e-324, *LARGE[np.asarray(a).dtype.itemsize])]
            if kind == "f"
            else ()
        ):
            args = list(map(copied, t.args))
            args[k] = value
            with np.errstate(all="ignore"):
                found = _cotangents(known, entry, args)
            if found is not None and not all(np.all(np.isfinite(np.asarray(g))) for g in _leaves(list(found.values()))):
                return f"at {args!r}: {found}"
    return None


def _cotangents(known: Operation, entry: Any, args: list[Any]) -> dict[str, Any] | None:
    try:
        y = attempt(known.op, tuple(map(copied, args)), {})
        if isinstance(y, (list, tuple)) or np.asarray(y).dtype.kind != "f":
            return None
        bar = np.ones_like(y) if isinstance(y, np.ndarray) else 1.0
        return rules.pullback(known.op, tuple(args), {}, y=y, y_bar=bar)
    except Exception:  # the rule refuses these arguments
        return None


def _leaves(x: Any) -> Iterator[Any]:
    if isinstance(x, (list, tuple)):
        for item in x:
            yield from _leaves(item)
    elif is_numeric(x):
        yield x


# ---- spellings -----------------------------------------------------------------------------------------------------
def close(a: Any, b: Any) -> bool:
    """Equal up to rounding, and in shape."""
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(close, a, b))
    try:
        single = np.result_type(a).char in "fF" or np.result_type(b).char in "fF"
        return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, 1e-6 if single else 1e-13, 1e-14, equal_nan=True))
    except (TypeError, ValueError):
        return snapshot(a) == snapshot(b)


def canonical(known: Operation, t: Trial) -> str | None:
    """The operation that it is a spelling of gives the same: of the kinds that both take, and of Python's truths,
    which only the operators of Python take for integers."""
    if known.canonical is known.op or not t.plain or known.op in EMPTY:
        return None
    module = getattr(known.op, "__module__", None)
    kinds: tuple[type, ...] = {"math": (float,), "cmath": (complex,)}.get(
        module or "", (int, float, complex, np.ndarray, np.generic)
    )
    args, kwargs = t.sample.make()
    if (
        not all(isinstance(a, kinds) and np.asarray(a).dtype.kind != "b" for a in args)
        or module == "math"
        and not all(type(a) is float for a in args)
    ):
        return None
    try:
        wanted = attempt(known.canonical, args, kwargs)
    except (TypeError, ValueError) as error:
        return None if not all(isinstance(a, np.ndarray) for a in args) else f"{known.canonical} raises {error}"
    return None if close(t.result, wanted) else f"{t.result!r}, not {wanted!r}"


def symbol(known: Operation, t: Trial) -> str | None:
    """The operator of Python gives the same."""
    if not known.symbol or known.updates or not t.plain:
        return None
    args, _ = t.sample.make()
    if any(type(a) is bool for a in args):
        return None
    text = f"a {known.symbol} b" if len(args) == 2 else f"{known.symbol}a"
    try:
        made = attempt(lambda *xs: eval(text, dict(zip("ab", xs))), args, {})
    except (TypeError, ZeroDivisionError):  # numbers of Python, where the ufunc makes doubles of them
        return None if not any(isinstance(a, np.ndarray) for a in args) else f"`{text}` raises"
    return None if close(made, t.result) else f"{text}: {made!r}, not {t.result!r}"


def in_place(known: Operation, t: Trial) -> str | None:
    """The augmented assignment leaves the result in the first argument, if it is an array that can hold it."""
    made = t.result
    if known.in_place is None or not t.plain or len(t.args) != 2 or not isinstance(made, np.ndarray):
        return None
    args, _ = t.sample.make()
    if (
        not isinstance(args[0], np.ndarray)
        or (args[0].shape, args[0].dtype) != (made.shape, made.dtype)
        or not made.ndim
    ):
        return None
    after = attempt(known.in_place, args, {})
    return None if after is args[0] and snapshot(after) == snapshot(made) else f"{after!r}, not {made!r}"


def method(known: Operation, t: Trial) -> str | None:
    """The method or attribute of an array is the operation."""
    if not t.args or not isinstance(t.args[0], np.ndarray) or "like" in t.kwargs:
        return None
    args, kwargs = t.sample.make()
    for name in known.method.split():
        try:
            made = attempt(getattr(args[0], name), args[1:], kwargs) if hasattr(args[0], name) else t.result
        except TypeError:  # the method has fewer options
            continue
        if not close(made, t.result):
            return f".{name} differs"
    if known.attribute and hasattr(args[0], known.attribute) and len(t.args) == 1 and not t.kwargs:
        if not close(getattr(args[0], known.attribute), t.result):
            return f".{known.attribute} differs"
    return None
