"""Dropout.

    >>> import numpy as np
    >>> dropout(np.ones(6), 0.5, np.random.default_rng(0))
    array([2., 0., 0., 0., 2., 2.])
"""
from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime import stop_gradient


def dropout(x: Any, rate: float, rng: np.random.Generator) -> Any:
    """Set each item to zero with a probability, and scale the others so that the mean stays.

    For training only; at inference, leave it out. The mask is drawn once, so a gradient belongs to the value that is
    computed with it.

    Parameters
    ----------
    x : array
    rate : float
        The probability, 0 ≤ rate < 1. It is a constant of the derivative.
    rng : numpy.random.Generator
        The mask is drawn from it.

    Returns
    -------
    array
        Of the shape and dtype of ``x``.

    Raises
    ------
    ValueError
        If the rate is out of range.

    Examples
    --------
    >>> from s2sad import value_and_grad
    >>> rng = np.random.default_rng(0)
    >>> value_and_grad(lambda x: np.sum(dropout(x, 0.5, rng)))(np.ones(6))
    (np.float64(6.0), array([2., 0., 0., 0., 2., 2.]))
    """
    share = stop_gradient(rate)
    if not 0.0 <= share < 1.0:
        raise ValueError("the rate of dropout must be at least 0 and less than 1")
    return x * (rng.random(np.shape(x)) >= share) / (1.0 - share)
