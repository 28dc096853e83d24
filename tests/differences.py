"""Finite differences over structured arguments: the oracle of the corpus and of the fuzzer.

Directions, gradients and outputs are nested tuples, lists, dicts and objects. A complex gradient ``g`` is paired with a
direction ``d`` as Re(g d), which is the derivative along ``d`` under the convention ∂/∂x − i∂/∂y.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from s2sad.tree import parts, rebuilt

STEP = 4e-3
LEVELS = 5


def tree_map(fn: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """``fn`` on the leaves of ``tree``, integers and the like included, and of ``others``, of the same structure."""
    items = parts(tree)
    if items or isinstance(tree, (dict, list, tuple)):
        inside = [parts(o) for o in others]
        return rebuilt(tree, {k: tree_map(fn, v, *(o[k] for o in inside)) for k, v in items.items()})
    return fn(tree, *others)


def leaves(tree: Any) -> list[Any]:
    """The leaves of ``tree`` in order, integers and the like included."""
    items = parts(tree)
    if items or isinstance(tree, (dict, list, tuple)):
        return [leaf for v in items.values() for leaf in leaves(v)]
    return [tree]


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same: structure, types, dtypes, shapes and bits (NaN equals NaN)."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (np.ndarray, np.generic)):
        return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    items, others = parts(a), parts(b)
    if items or others:
        return list(items) == list(others) and all(same(items[k], others[k]) for k in items)
    return a == b or type(a).__eq__ is object.__eq__ or (a != a and b != b)


def widened(tree: Any) -> Any:
    """``tree`` with float32 leaves in double precision (complex64 in complex128), so that differences make sense."""

    def widen(leaf: Any) -> Any:
        if isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype in (np.float32, np.complex64):
            return leaf.astype(np.result_type(leaf.dtype, np.float64))
        return leaf

    return tree_map(widen, tree)


def random_direction(tree: Any, rng: np.random.Generator) -> Any:
    """A direction in the shape of ``tree``: ±[0.5, 1.5], complex where the leaf is, None where it is an integer."""

    def draw(leaf: Any) -> Any:
        dtype = np.asarray(leaf).dtype
        if dtype.kind not in "fc":
            return None
        d = rng.uniform(0.5, 1.5, np.shape(leaf)) * rng.choice([-1.0, 1.0], np.shape(leaf))
        if dtype.kind == "c":
            d = d + 1j * rng.uniform(-1.5, 1.5, np.shape(leaf))
        if isinstance(leaf, (np.ndarray, np.generic)):
            d = np.asarray(d, dtype)
            return d if isinstance(leaf, np.ndarray) else d[()]
        return type(leaf)(d)

    return tree_map(draw, tree)


def moved(tree: Any, direction: Any, step: float) -> Any:
    """``tree + step · direction``, every leaf in its own kind and memory order."""

    def move(leaf: Any, d: Any) -> Any:
        if d is None:
            return copy.copy(leaf)
        if isinstance(leaf, np.ndarray):
            out = leaf.copy(order="K")
            out += step * d
            return out
        return type(leaf)(leaf + step * d)

    return tree_map(move, tree, direction)


def pair(g: Any, d: Any) -> float:
    """⟨g, d⟩ summed over the leaves."""
    return float(
        sum(np.sum(np.real(np.asarray(x) * np.asarray(y))) for x, y in zip(leaves(g), leaves(d)) if y is not None)
    )


def richardson(fn: Callable[[float], float], step: float = STEP, levels: int = LEVELS) -> tuple[float, float]:
    """dfn/dt at 0 and an estimate of its error: central differences at halved steps, extrapolated (Ridders)."""
    rows: list[list[float]] = []
    best, error = np.nan, np.inf
    for k in range(levels):
        h = step / 2.0**k
        row = [(fn(h) - fn(-h)) / (2.0 * h)]
        for j in range(1, k + 1):
            row.append(row[j - 1] + (row[j - 1] - rows[-1][j - 1]) / (4.0**j - 1.0))
        if k and (err := max(abs(row[-1] - row[-2]), abs(row[-1] - rows[-1][-1]))) < error:
            best, error = row[-1], err
        rows.append(row)
    return best, error


def derivative(
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    argnums: tuple[int, ...],
    direction: tuple[Any, ...],
    weights: Any,
    step: float = STEP,
) -> tuple[float, float]:
    """The derivative of ⟨weights, fn(args)⟩ along ``direction`` (one item per argnum), and an estimate of its error."""
    wide = tuple(widened(a) if i in argnums else a for i, a in enumerate(args))

    def along(t: float) -> float:
        call = list(copy.deepcopy(wide))
        for i, d in zip(argnums, direction):
            call[i] = moved(wide[i], d, t)
        return pair(fn(*call), weights)

    with np.errstate(all="ignore"):
        return richardson(along, step)


def slope(fn, args, argnum=0):
    """df/dx by finite differences (x a float)."""
    return derivative(fn, args, (argnum,), (1.0,), 1.0)[0]


def check_gradients(fn, gradients, args, argnums):
    """Gradients (a tuple) against finite differences along random directions."""
    rng = np.random.default_rng(0)
    for _ in range(2):
        direction = tuple(random_direction(args[k], rng) for k in argnums)
        expected, error = derivative(fn, args, argnums, direction, 1.0)
        assert pair(gradients, direction) == pytest.approx(expected, rel=1e-7, abs=1e-8 + 10.0 * error)


def columns(fn, x):
    """The Jacobian by finite differences."""
    out, base = [], np.asarray(fn(x))
    for j in range(np.size(x)):
        e = np.zeros(np.shape(x))
        e[np.unravel_index(j, np.shape(x))] = 1.0
        rows = [
            derivative(lambda v, k=k: np.asarray(fn(v)).flat[k], (x,), (0,), (e,), 1.0)[0] for k in range(base.size)
        ]
        out.append(np.reshape(rows, base.shape))
    return np.stack(out, axis=-1).reshape(base.shape + np.shape(x))
