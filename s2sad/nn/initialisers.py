"""Random and constant initial values of weights; ``rng`` is explicit, so the same seed gives the same network.

Each initialiser is called as ``init(shape, rng)`` for weights, and ``init(shape, rng, fans)`` where the number of
inputs and outputs does not follow from the shape (a bias).

    >>> import numpy as np
    >>> he_normal((2, 3), np.random.default_rng(0)).round(3)
    array([[ 0.103, -0.108,  0.523],
           [ 0.086, -0.437,  0.295]])
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Initialiser = Callable[..., np.ndarray]


def fans(shape: Shape) -> tuple[int, int]:
    """How many inputs each output of a layer has, and the reverse, for weights of shape (outputs, inputs, *window).

    >>> fans((120, 400)), fans((16, 6, 5, 5))
    ((400, 120), (150, 400))
    """
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def he_normal(shape: Shape, rng: np.random.Generator, fans: tuple[int, int] | None = None) -> np.ndarray:
    """Normal with variance 2 / fan-in, for layers before a ReLU (He et al., arXiv:1502.01852; torch: kaiming_normal).

    Parameters
    ----------
    shape : tuple of ints
    rng : numpy.random.Generator
    fans : (fan-in, fan-out), optional
        By default those of the shape.

    Returns
    -------
    array of float64

    Examples
    --------
    >>> he_normal((100, 50), np.random.default_rng(0)).std().round(2) == np.sqrt(2.0 / 50.0).round(2)
    np.True_
    """
    return rng.normal(0.0, math.sqrt(2.0 / _fans(shape, fans)[0]), shape)


def he_uniform(shape: Shape, rng: np.random.Generator, fans: tuple[int, int] | None = None) -> np.ndarray:
    """Uniform with variance 2 / fan-in: between ±√(6 / fan-in) (torch: kaiming_uniform). Parameters as ``he_normal``.

    >>> bool(np.abs(he_uniform((100, 6), np.random.default_rng(0))).max() <= 1.0)
    True
    """
    return _uniform(math.sqrt(6.0 / _fans(shape, fans)[0]), shape, rng)


def glorot_normal(shape: Shape, rng: np.random.Generator, fans: tuple[int, int] | None = None) -> np.ndarray:
    """Normal with variance 2 / (fan-in + fan-out), for tanh (Glorot and Bengio, 2010; torch: xavier_normal). Parameters
    as ``he_normal``.

    >>> glorot_normal((100, 100), np.random.default_rng(0)).std().round(2)
    np.float64(0.1)
    """
    return rng.normal(0.0, math.sqrt(2.0 / sum(_fans(shape, fans))), shape)


def glorot_uniform(shape: Shape, rng: np.random.Generator, fans: tuple[int, int] | None = None) -> np.ndarray:
    """Uniform with variance 2 / (fan-in + fan-out): between ±√(6 / (fan-in + fan-out)) (torch: xavier_uniform).
    Parameters as ``he_normal``.

    >>> bool(np.abs(glorot_uniform((3, 3), np.random.default_rng(0))).max() <= 1.0)
    True
    """
    return _uniform(math.sqrt(6.0 / sum(_fans(shape, fans))), shape, rng)


def fan_in_uniform(shape: Shape, rng: np.random.Generator, fans: tuple[int, int] | None = None) -> np.ndarray:
    """Uniform between ±1 / √fan-in: what torch takes for weights and biases if nothing is said. Parameters as
    ``he_normal``.

    >>> bool(np.abs(fan_in_uniform((3, 100), np.random.default_rng(0))).max() <= 0.1)
    True
    """
    return _uniform(1.0 / math.sqrt(_fans(shape, fans)[0]), shape, rng)


def zeros(shape: Shape, rng: Any = None, fans: tuple[int, int] | None = None) -> np.ndarray:
    """Zeros; nothing is drawn.

    >>> zeros((2,))
    array([0., 0.])
    """
    return np.zeros(shape)


def _fans(shape: Shape, given: tuple[int, int] | None) -> tuple[int, int]:
    if given is None and len(shape) < 2:
        raise ValueError(f"how many inputs belong to values of shape {shape}? Give fans=(inputs, outputs)")
    return max(1, fans(shape)[0] if given is None else given[0]), fans(shape)[1] if given is None else given[1]


def _uniform(bound: float, shape: Shape, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(-bound, bound, shape)
