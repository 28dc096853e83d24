"""Names and captured objects."""

from __future__ import annotations

import types

import numpy as np
import pytest

import s2sad
from tests.frontend.helper import V, check, raised

CONFIG = types.SimpleNamespace(rate=0.5, table=np.array([1.0, 2.0, 3.0, 4.0]))
LIMITS = (0.1, [0.9, {"deep": 0.3}])


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: CONFIG.rate * CONFIG.table[1],
        lambda v: LIMITS[1][1]["deep"] * v[0],
        lambda v: CONFIG.table[1:] * v[1:],
        lambda v: LIMITS[0] * v,
    ],
)
def test_captured_values(fn):
    check(fn, V)


def test_a_name_that_there_is_not():
    assert type(raised(lambda v: no_name, V)) is NameError


def test_a_captured_number_is_guarded():
    rate = 0.5

    def f(x):
        return x * rate

    assert s2sad.grad(f)(1.0) == 0.5
    rate = 2.0
    assert s2sad.grad(f)(1.0) == 2.0
