"""Formulas that several rules share."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import runtime


def test_recurrence_is_the_loop():
    a, b = np.random.default_rng(0).normal(size=(2, 2, 5))
    h = runtime.recurrence(a, b)
    for row in range(2):
        state = 0.0
        for i in range(5):
            state = (a[row, i] * state if i else 0.0) + b[row, i]
            assert h[row, i] == pytest.approx(state)
