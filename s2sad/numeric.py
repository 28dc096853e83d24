"""Numerical derivatives: finite differences of functions of any structured arguments.

    >>> import numpy as np
    >>> from s2sad.numeric import numerical_jvp
    >>> numerical_jvp(np.sin, [0.0], [1.0], 1e-3).round(9)
    array([1.])
"""
from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

STEPS = (3e-2, 1e-2, 3e-3, 1e-3, 1e-4, 1e-5)


# Values of any structure

def is_leaf(x: Any) -> bool:
    """Whether x is a number or an array that can be differentiated."""
    if isinstance(x, (np.ndarray, np.generic)):
        return x.dtype.kind in "fc"
    return type(x) in (float, complex)


def items_of(x: Any) -> list[Any]:
    if isinstance(x, dict):
        return list(x.values())
    return list(x) if isinstance(x, (list, tuple)) else []


def rebuild(x: Any, items: list[Any]) -> Any:
    if isinstance(x, dict):
        return dict(zip(x, items))
    return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)


def map_leaves(fn: Callable, x: Any, *others: Any) -> Any:
    """fn on the differentiable leaves of x and what is at the same place in others; the rest of x as it is."""
    if is_leaf(x):
        return fn(x, *others)
    if not items_of(x):
        return x
    children = [items_of(o) if o is not None else [None] * len(items_of(x)) for o in others]
    return rebuild(x, [map_leaves(fn, *part) for part in zip(items_of(x), *children)])


def leaves(x: Any) -> list[Any]:
    if is_leaf(x):
        return [x]
    return [leaf for item in items_of(x) for leaf in leaves(item)]


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

    if is_leaf(x):
        return draw(x)
    return rebuild(x, [random_like(rng, item) for item in items_of(x)]) if items_of(x) else None


def shift(x: Any, direction: Any, step: float) -> Any:
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


def dot(a: Any, b: Any, like: Any) -> float:
    return float(np.real(np.sum(flat(a, like) * flat(b, like))))


# Comparisons

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
        y = f(*[shift(x, d, k * step) for x, d in zip(args, tangents)])
        return flat(y, y)

    return (8.0 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12.0 * step)


def compare(f: Callable, args: Sequence[Any], tangents: Sequence[Any], got: np.ndarray, rtol: float, atol: float,
             steps: Sequence[float], what: str) -> None:
    """Raise unless the JVP ``got`` agrees with finite differences at one of the steps."""
    args = [in_double(copy.deepcopy(x)) for x in args]
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
