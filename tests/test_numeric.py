"""Finite differences of structured arguments."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import numeric


def test_slope_of_a_structured_function() -> None:
    def f(p: dict, x: float) -> np.ndarray:
        return p["w"] * x ** 2

    p = {"w": np.array([1.0, 2.0]), "n": 3}
    slope = numeric.numerical_jvp(f, [p, 3.0], [None, 1.0], 1e-3)
    assert slope == pytest.approx([6.0, 12.0], rel=1e-9)


def test_random_like_has_the_structure_and_dtype() -> None:
    x = (np.ones(2, np.float32), [1.0, 2], {"a": 1j})
    d = numeric.random_like(np.random.default_rng(0), x)
    assert d[0].dtype == np.float32 and d[0].shape == (2,)
    assert type(d[1][0]) is float and d[1][1] is None
    assert type(d[2]["a"]) is complex


def test_compare_tells_a_wrong_derivative() -> None:
    def square(x: float) -> float:
        return x * x

    numeric.compare(square, [3.0], [1.0], np.array([6.0]), 1e-6, 1e-8, numeric.STEPS, "right")
    with pytest.raises(AssertionError, match="wrong: derivative"):
        numeric.compare(square, [3.0], [1.0], np.array([6.001]), 1e-6, 1e-8, numeric.STEPS, "wrong")
