"""Operations done at some elements only, as a rule on values."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import runtime
from s2sad.rules import pullback
from s2sad.testing import check_rule
from tests.rules import sample

A, B = np.array([[0.5, 1.5, -0.7], [1.1, 0.2, 0.9]]), np.array([[2.0, 0.3, 0.4], [0.6, -1.2, 0.8]])
MASK = np.array([[True, False, True], [False, False, True]])

SAMPLES = [
    sample(runtime.masked_contraction, np.matmul, 0, A, B.T), sample(runtime.masked_contraction, np.dot, 1, A, B[0]),
    sample(runtime.selected, np.multiply, MASK, np.ones((2, 3)), A, B),
    sample(runtime.selected, np.multiply, MASK[0], np.ones((2, 3)), A, 2.0),
    sample(runtime.selected, np.divide, np.array([[True], [False]]), A, B[0], B),
    sample(runtime.selected, np.exp, True, B, A),
    sample(runtime.selected, np.log, A > 0, B, A),
    sample(runtime.selected, np.multiply, np.zeros(3, bool), np.ones(3), A[0], 3.0),
    sample(runtime.selected, np.sin, MASK[0], np.ones(3, complex), A[0] + 0.5j),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def test_what_is_not_chosen_is_not_seen():
    x = np.array([1.0, 0.0, 4.0])
    y = runtime.selected(np.sqrt, x > 0, np.zeros(3), x)
    with np.errstate(all="raise"):
        bars = pullback(runtime.selected, (np.sqrt, x > 0, np.zeros(3), x), {}, y=y, y_bar=np.ones(3))
    np.testing.assert_array_equal(bars["args"][0], [0.5, 0.0, 0.25])
    np.testing.assert_array_equal(bars["start"], [0.0, 1.0, 0.0])
