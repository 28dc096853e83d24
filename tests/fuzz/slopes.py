"""The slope of a function along a direction, by finite differences: the oracle of derivatives."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.differences import moved, pair


def close(found: float, slope_: float, error: float) -> bool:
    return abs(found - slope_) <= 1e-6 + 1e-5 * abs(slope_) + 20.0 * error


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
