"""A benchmark without a hand-written gradient: a program and its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

RNG = np.random.default_rng(0)


@dataclass(frozen=True)
class Kernel:
    """``fn(*make())`` is a number; it is differentiated by the arguments ``argnums``."""

    name: str
    fn: Callable[..., Any]
    make: Callable[[], tuple[Any, ...]]
    argnums: tuple[int, ...]


KERNELS: list[Kernel] = []


def kernel(make: Callable[[], tuple[Any, ...]], argnums: tuple[int, ...] = (0,)) -> Callable[[Any], Any]:
    """Register a program with what makes its arguments."""

    def register(fn: Any) -> Any:
        KERNELS.append(Kernel(fn.__name__, fn, make, argnums))
        return fn

    return register


def uniform(*shape: int) -> np.ndarray:
    """Numbers between 0.1 and 1."""
    return RNG.uniform(0.1, 1.0, shape)
