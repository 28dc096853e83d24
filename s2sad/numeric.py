"""Numerical derivatives, for comparison: finite differences and the complex step, with any structured arguments.

    >>> import numpy as np
    >>> derivative, error = central(np.sin, [0.0], [1.0])
    >>> abs(derivative - 1.0) < 1e-12 and error < 1e-9
    True
    >>> complex_step(lambda x: x ** 3, [2.0], [1.0])
    12.0
    >>> gradient(lambda p: p["a"] * np.sum(p["b"] ** 2), {"a": 2.0, "b": np.array([1.0, 3.0])}, method="complex")
    {'a': 10.0, 'b': array([ 4., 12.])}

A difference quotient has two errors: of truncation, which falls with the step, and of rounding, which grows as the step
gets smaller (``error_curve`` shows both). Richardson's extrapolation and the complex step are two ways out; the third
is automatic differentiation. A gradient of n numbers takes n times as long as the function in any case.

Arguments are trees (``s2sad.tree``). An object that is reached on two ways is one object: it moves once.
"""
from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import tree

__all__ = ["ErrorCurve", "central", "complex_step", "error_curve", "gradient"]

STEPS = (3e-2, 1e-2, 3e-3, 1e-3, 1e-4, 1e-5)
TINY = 1e-30
"""A step whose square is nothing beside 1."""


# ---- derivatives ----------------------------------------------------------------------------------------------------

def central(f: Callable, args: Sequence[Any], tangents: Sequence[Any], step: float = 0.02, levels: int = 6
            ) -> tuple[Any, float]:
    """The derivative along a direction by central differences at halved steps, extrapolated (Ridders).

    Parameters
    ----------
    f : callable
        Any function of ``args``; its result is a tree.
    args, tangents : sequence
        The point and the direction, of the same structure (None: does not move).
    step : float
        The largest step, in units of the direction.
    levels : int
        How often it is halved; the function is called ``2 * levels`` times.

    Returns
    -------
    derivative
        With the structure of the result of ``f``.
    error : float
        An estimate of the largest absolute error in it.

    Notes
    -----
    C. Ridders, Adv. Eng. Softw. 4 (1982) 75.

    Examples
    --------
    >>> derivative, error = central(lambda p: {"y": p[0] * p[1]}, [[3.0, 2.0]], [[1.0, None]])
    >>> round(derivative["y"], 9)
    2.0
    """
    point, moves = [in_double(copy.deepcopy(list(args))), list(tangents)]
    rows: list[np.ndarray] = []
    y: Any = None

    def at(t: float) -> np.ndarray:
        nonlocal y
        y = f(*shift(point, moves, t))
        return flat(y, y)

    best, errors = np.zeros(0), np.zeros(0)
    for k in range(levels):
        h = step / 2.0 ** k
        row = [(at(h) - at(-h)) / (2.0 * h)]
        for j in range(1, k + 1):
            row.append(row[j - 1] + (row[j - 1] - rows[j - 1]) / (4.0 ** j - 1.0))
        if k == 0:
            best, errors = row[0], np.full(row[0].shape, np.inf)
        else:
            found = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - rows[-1]))
            best, errors = np.where(found < errors, row[-1], best), np.fmin(found, errors)
        rows = row
    return _shaped(best, y), float(np.max(errors, initial=0.0))


def complex_step(f: Callable, args: Sequence[Any], tangents: Sequence[Any], step: float = TINY) -> Any:
    """The derivative along a direction by a step into the complex plane: Im f(x + i h ẋ) / h, exact to rounding.

    Parameters
    ----------
    f : callable
        A function that works on complex numbers too and is analytic: no ``abs``, no comparisons of what varies, nothing
        that drops the imaginary part.
    args, tangents : sequence
        The point and the direction, of the same structure (None: does not move); real.
    step : float
        It may be as small as one likes: nothing is subtracted.

    Returns
    -------
    derivative
        With the structure of the result of ``f``.

    Raises
    ------
    TypeError
        If ``f`` does not take complex numbers, or returns a real one.

    Notes
    -----
    W. Squire and G. Trapp, SIAM Rev. 40 (1998) 110.

    Examples
    --------
    >>> complex_step(lambda x: np.exp(x) * x, [0.0], [1.0]).item()
    1.0
    """
    point = in_double(copy.deepcopy(list(args)))
    if any(map(np.iscomplexobj, leaves(point))):
        raise TypeError("the complex step is for real arguments")
    moved = map_leaves(lambda v, d: v + 1j * step * (0.0 if d is None else d), point, list(tangents))
    try:
        y = f(*moved)
    except TypeError as error:
        raise TypeError(f"the function does not take complex numbers: {error}") from error
    if not all(map(np.iscomplexobj, leaves(y))):
        raise TypeError("the function drops the imaginary part: its result is real")
    return map_leaves(lambda v: v.imag / step, y)


def gradient(f: Callable, *args: Any, argnums: int = 0, method: str = "central") -> Any:
    """The gradient of a function that returns one real number, entry by entry.

    Parameters
    ----------
    f : callable
    *args
        Its arguments; that at position ``argnums`` is a tree.
    argnums : int
        The argument to differentiate by.
    method : {"central", "complex"}
        Extrapolated central differences, or the complex step.

    Returns
    -------
    tree
        Like the argument. Complex entries get ∂/∂x − i ∂/∂y.

    Examples
    --------
    >>> round(gradient(lambda x, y: x * y, 2.0, 3.0, argnums=1), 9)
    2.0
    """
    wide = in_double(copy.deepcopy(list(args)))
    vector = flat(wide[argnums], wide[argnums])

    def slope(direction: np.ndarray) -> float:
        tangents: list[Any] = [None] * len(args)
        tangents[argnums] = _shaped(direction, wide[argnums])
        found = complex_step(f, wide, tangents) if method == "complex" else central(f, wide, tangents)[0]
        return float(np.real(np.asarray(found).reshape(())))

    if method not in ("central", "complex"):
        raise ValueError(f"method is 'central' or 'complex', not {method!r}")
    entries = np.zeros_like(vector)
    for k in range(vector.size):
        e = np.zeros_like(vector)
        e[k] = 1.0
        entries[k] = slope(e) if not np.iscomplexobj(vector) else slope(e) - 1j * slope(1j * e)
    return _shaped(entries, args[argnums])


# ---- errors as a function of the step -------------------------------------------------------------------------------

@dataclass(frozen=True)
class ErrorCurve:
    """Relative errors of three numerical derivatives at the steps ``h``: arrays of shape (n,).

    ``complex_step`` is NaN if the function does not take complex numbers.
    """

    h: np.ndarray
    forward: np.ndarray
    central: np.ndarray
    complex_step: np.ndarray

    def __str__(self) -> str:
        lines = [f"{'h':>8} {'forward':>9} {'central':>9} {'complex':>9}"]
        for row in zip(self.h, self.forward, self.central, self.complex_step):
            lines.append(f"{row[0]:8.0e} " + " ".join(f"{e:9.1e}" for e in row[1:]))
        return "\n".join(lines)


def error_curve(f: Callable[[Any], Any], x: float, exact: float, steps: Sequence[float] | None = None) -> ErrorCurve:
    """The errors of difference quotients against their step: a V, since rounding grows as truncation falls.

    Parameters
    ----------
    f : callable
        A function of one number.
    x, exact : float
        The point, and the derivative there.
    steps : sequence of float, optional
        By default 1, 1e-1, …, 1e-16.

    Returns
    -------
    ErrorCurve

    Examples
    --------
    >>> print(error_curve(lambda x: x * x, 3.0, 6.0, [0.5, 0.25]))
           h   forward   central   complex
       5e-01   8.3e-02   0.0e+00   0.0e+00
       2e-01   4.2e-02   0.0e+00   0.0e+00
    >>> curve = error_curve(np.sin, 1.0, np.cos(1.0))
    >>> print(f"{curve.h[curve.forward.argmin()]:.0e} {curve.h[curve.central.argmin()]:.0e}")
    1e-08 1e-05
    """
    h = np.array([10.0 ** -k for k in range(17)] if steps is None else steps)
    base = float(f(x))
    forward = [(float(f(x + s)) - base) / s for s in h]
    centre = [(float(f(x + s)) - float(f(x - s))) / (2.0 * s) for s in h]
    try:
        imaginary = [complex_step(f, [x], [1.0], s) for s in h]
    except TypeError:
        imaginary = [np.nan] * len(h)
    scale = abs(exact) or 1.0
    return ErrorCurve(h, *(np.abs(np.array(d, float) - exact) / scale for d in (forward, centre, imaginary)))


# ---- trees: points, directions and pairings -------------------------------------------------------------------------

def is_object(x: Any) -> bool:
    """Whether x is an object with fields, of which there may be one in several places."""
    return not isinstance(x, (list, tuple, dict)) and bool(tree.parts(x))


def map_leaves(fn: Callable, x: Any, *others: Any) -> Any:
    """fn on the differentiable leaves of x and what is at the same place in others (None where they end); the rest of x
    as it is. An object in several places is mapped once and stays one."""
    chosen: dict[int, tuple[Any, ...]] = {}
    for v, beside in _objects(x, others):
        known = chosen.get(id(v), (None,) * len(others))
        chosen[id(v)] = tuple(a if a is not None else b for a, b in zip(known, beside))
    return _map(fn, x, others, chosen, {})


def _map(fn: Callable, x: Any, others: tuple, chosen: dict[int, tuple], made: dict[int, Any]) -> Any:
    if tree.is_leaf(x):
        return fn(x, *others)
    if id(x) in made:
        return made[id(x)]
    items = tree.parts(x)
    if not items:
        return x
    inside = [_beside(o, items) for o in chosen.get(id(x), others)]
    new = tree.rebuilt(x, {k: _map(fn, v, tuple(o[k] for o in inside), chosen, made) for k, v in items.items()})
    if is_object(x):
        made[id(x)] = new
    return new


def _objects(x: Any, others: tuple) -> Iterator[tuple[Any, tuple]]:
    """The objects in a tree, with what is beside them in others, as often as they occur."""
    items = tree.parts(x) if not tree.is_leaf(x) else {}
    if items and is_object(x):
        yield x, others
    inside = [_beside(o, items) for o in others]
    for k, v in items.items():
        yield from _objects(v, tuple(o[k] for o in inside))


def _beside(other: Any, items: dict[Hashable, Any]) -> dict[Hashable, Any]:
    """The parts of another tree for the parts of a tree; None has none."""
    if other is None:
        return dict.fromkeys(items)
    found = tree.parts(other)
    missing = [k for k in items if k not in found]
    if missing:
        raise ValueError(f"a {type(other).__name__} has no part {missing[0]!r}")
    return found


def leaves(x: Any) -> list[Any]:
    """The leaves of a tree, those of each object once."""
    found: list[Any] = []

    def collect(v: Any) -> Any:
        found.append(v)
        return v

    map_leaves(collect, x)
    return found


def in_double(x: Any) -> Any:
    """x in double precision."""
    return map_leaves(lambda v: v.astype(np.result_type(v.dtype, np.float64)) if hasattr(v, "dtype") else v, x)


def random_like(rng: np.random.Generator, x: Any) -> Any:
    """Normal numbers with the structure, shapes and dtypes of x; None where x has no derivative."""
    def draw(v: Any) -> Any:
        values = rng.normal(size=np.shape(v))
        if np.iscomplexobj(v):
            values = values + 1j * rng.normal(size=np.shape(v))
        if isinstance(v, np.ndarray):
            return np.asarray(values, v.dtype)
        return v.dtype.type(values) if isinstance(v, np.generic) else type(v)(values)

    def pruned(d: Any, v: Any) -> Any:
        """The direction without the parts of x that do not move."""
        if tree.is_leaf(v):
            return d
        items = tree.parts(v)
        if not items:
            return None
        if is_object(v):
            if id(d) not in done:
                done.add(id(d))
                for k, part in items.items():
                    object.__setattr__(d, str(k), pruned(tree.parts(d)[k], part))
            return d
        return tree.rebuilt(d, {k: pruned(tree.parts(d)[k], part) for k, part in items.items()})

    done: set[int] = set()
    return pruned(map_leaves(draw, x), x)


def shift(x: Any, direction: Any, step: float) -> Any:
    """x moved along a direction."""
    def move(v: Any, d: Any) -> Any:
        moved = v + step * (0.0 if d is None else d)
        return np.asarray(moved) if isinstance(v, np.ndarray) else moved

    return map_leaves(move, x, direction)


def flat(x: Any, like: Any) -> np.ndarray:
    """The leaves of x (at the places where ``like`` has leaves) as one vector; None counts as zero."""
    parts: list[np.ndarray] = []

    def collect(leaf: Any, v: Any) -> Any:
        v = np.zeros(np.shape(leaf)) if v is None else np.asarray(v)
        parts.append(np.ravel(np.broadcast_to(v, np.shape(leaf))))
        return leaf

    map_leaves(collect, like, x)
    return np.concatenate(parts) if parts else np.zeros(0)


def _shaped(vector: np.ndarray, like: Any) -> Any:
    """The way back from ``flat``."""
    at = 0

    def take(leaf: Any) -> Any:
        nonlocal at
        piece = vector[at:at + np.size(leaf)]
        at += np.size(leaf)
        piece = piece if np.iscomplexobj(leaf) else piece.real
        if isinstance(leaf, np.ndarray):
            return piece.reshape(leaf.shape).astype(leaf.dtype)
        return leaf.dtype.type(piece[0]) if isinstance(leaf, np.generic) else type(leaf)(piece[0])

    return map_leaves(take, like)


def dot(a: Any, b: Any, like: Any) -> float:
    return float(np.real(np.sum(flat(a, like) * flat(b, like))))


# ---- comparisons ----------------------------------------------------------------------------------------------------

def numerical_jvp(f: Callable, args: Sequence[Any], tangents: Sequence[Any], step: float) -> np.ndarray:
    """Directional derivative of f by central differences of fourth order, its leaves as one vector.

    Parameters
    ----------
    f : callable
        Any function of ``args``.
    args, tangents : sequence
        The point and the direction, of the same structure (None: does not move).
    step : float
        Distance of neighbouring points along the direction.
    """
    def at(k: int) -> np.ndarray:
        y = f(*shift(list(args), list(tangents), k * step))
        return flat(y, y)

    return (8.0 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12.0 * step)


def compare(f: Callable, args: Sequence[Any], tangents: Sequence[Any], got: np.ndarray, rtol: float, atol: float,
             steps: Sequence[float], what: str) -> None:
    """Raise unless the JVP ``got`` agrees with finite differences at one of the steps."""
    args = in_double(copy.deepcopy(list(args)))
    best, expected = np.inf, None
    for step in steps:
        with np.errstate(all="ignore"):
            numerical = numerical_jvp(f, args, tangents, step)
        if np.shape(numerical) != np.shape(got) or not np.all(np.isfinite(numerical)):
            continue
        error = float(np.max(np.abs(numerical - got) - rtol * np.abs(numerical), initial=0.0))
        if error < best:
            best, expected = error, numerical
    if expected is None:
        raise AssertionError(f"{what}: no finite differences to compare with")
    if not best <= atol + rtol * float(np.max(np.abs(expected), initial=0.0)):
        raise AssertionError(f"{what}: derivative {got} but finite differences {expected}")
