"""What is known of values."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from tests.frontend.helper import V, check, ops, refused


def test_static_tests_leave_one_way():
    assert operator.matmul not in ops(lambda v: v * 2.0 if v.ndim == 1 else v @ v, V)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: v is None,
        lambda v: v is not None,
        lambda v: v[0] if isinstance(v, np.ndarray) else None,
        lambda v: type(v) is np.ndarray,
        lambda v: v if [] else -v,
        lambda v: v if (v,) else -v,
        lambda v: v if v.shape else -v,
    ],
)
def test_known_answers(fn):
    check(fn, V)


def test_two_names_of_one_object_are_the_same():
    def f(v):
        a = [v[0]]
        b = a
        return (1.0 if a is b else 2.0) * v[0], (1.0 if a == [v[0]] else 2.0)

    check(f, V)


def test_the_class_of_a_value_at_run_time():
    error = refused(lambda v: type([v[0], 1][int(v[2])])(1), V)
    assert error.code == "S2S011" and "the type of a value whose kind is not known" in error.message
