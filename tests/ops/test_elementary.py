"""Elementary functions do what their records say."""

from __future__ import annotations

import cmath
import math

import pytest

from tests.ops.checker import check, given, members, name_of

EXPLICIT = {math.dist: [given([0.0, 1.0], [3.0, 5.0])], math.hypot: [given(3.0, 4.0)], cmath.rect: [given(1.0, 2.0)]}


@pytest.mark.parametrize("op", members("elementary"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))
