"""``match``."""

from __future__ import annotations

import numpy as np
import pytest

from tests.frontend.helper import V, check, ops


def by_shape(v):
    match (v[0], [1.0, v[1], v[2]], {"k": v[3], "l": 0}):
        case (x, [1.0, *rest], {"k": y}) if len(rest) == 2:
            return x * y, rest
        case _:
            return 0.0, []


def by_value(mode, v):
    match mode:
        case "sin" | "sine":
            return np.sin(v)
        case "cos":
            return np.cos(v)
        case other:
            return v


def by_run_time_value(x):
    match x > 0.0:
        case True:
            return x
        case False:
            return -x


def test_sequences_and_mappings():
    check(by_shape, V)


@pytest.mark.parametrize("mode, op", [("sin", [np.sin]), ("sine", [np.sin]), ("cos", [np.cos]), ("none", [])])
def test_known_subjects_leave_one_case(mode, op):
    check(by_value, mode, V)
    assert ops(by_value, mode, V) == op


@pytest.mark.parametrize("x", [0.5, -0.5])
def test_a_value_at_run_time(x):
    check(by_run_time_value, x)
