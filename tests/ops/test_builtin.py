"""Builtins and the standard library do what their records say."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from s2sad import ops
from tests.ops.checker import check, given, members, name_of

A = np.array([0.5, -1.25, 2.0])
EXPLICIT = {
    np.array_repr: [given(A), given(A, 40)],
    np.datetime_as_string: [given(np.datetime64("2020-01-01"))],
    ord: [given("a")],
    str.replace: [given("abc", "b", "d")],
    list: [given([A, [A]]), given((A,))],
    dict: [given({"a": A})],
    tuple: [given([A]), given((A, [A]))],
    zip: [given([A], (A,))],
    enumerate: [given([A])],
    reversed: [given([A, A])],
    sorted: [given([2.0, 1.0])],
    operator.concat: [given([A], [A])],
    operator.iconcat: [given([A], [A])],
    ValueError: [given("text", A)],
}


@pytest.mark.parametrize("op", members("builtin"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()), generic=op not in (np.array_repr, np.datetime_as_string))


def test_an_exception_is_made_without_effect():
    assert ops.of(ValueError).memory is ops.Memory.HOLDS and ops.of(ValueError).is_pure
    check(ValueError, EXPLICIT[ValueError], generic=False)
    assert not ops.of(type("Own", (ValueError,), {})).is_pure
