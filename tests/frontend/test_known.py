"""Calls whose result is known before the function runs."""

from __future__ import annotations

import functools
import inspect
import operator

import numpy as np
import pytest

from s2sad.frontend.known import OF_CONSTANTS, OF_KINDS, dispatched
from s2sad.ir import Const
from tests.frontend.helper import A, V, check, lower, ops

SINGLE = V.astype(np.float32)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: np.result_type(v, np.float64) == np.float64,
        lambda v: np.issubdtype(v.dtype, np.floating),
        lambda v: np.finfo(v.dtype).eps,
        lambda v: np.isscalar(v),
        lambda v: np.can_cast(v.dtype, np.float32),
        lambda v: np.promote_types(v.dtype, np.float32) == v.dtype,
        lambda v: issubclass(np.float64, float),
        lambda v: np.dtype(float).itemsize,
    ],
)
@pytest.mark.parametrize("x", [V, SINGLE, V.astype(complex), 0.5, np.float32(0.5), A])
def test_the_answer_is_pythons_and_a_constant(fn, x):
    try:
        fn(x)
    except Exception:
        pytest.skip("the call raises")
    check(fn, x)
    assert isinstance(lower(fn, x).result, Const)


def test_tests_on_kinds_disappear():
    def f(v):
        if np.issubdtype(np.result_type(v), np.floating):
            return v * 2.0
        return v @ v

    assert operator.matmul not in ops(f, V)
    check(f, V)


def test_cached_functions_of_constants_are_called_now():
    calls = []

    @functools.lru_cache
    def expensive(n):
        calls.append(n)
        return n * 2.0

    def f(x):
        return x * expensive(3)

    check(f, 0.5)
    assert calls == [3]


def test_a_cached_function_of_a_run_time_value_is_followed():
    @functools.lru_cache
    def scaled(x):
        return x * 2.0

    def f(x):
        return scaled(x) * x

    assert ops(f, 0.5) == [operator.mul, operator.mul]


def test_parameters_of_a_function_can_be_asked():
    def helper(a, b):
        return a * b

    def f(x):
        return helper(*[x] * len(inspect.signature(helper).parameters))

    check(f, 0.5)


def test_every_entry_is_callable_and_in_one_table():
    assert all(map(callable, OF_KINDS | OF_CONSTANTS)) and not OF_KINDS & OF_CONSTANTS


def test_the_function_behind_a_dispatcher():
    assert dispatched(lambda x: x) is None and dispatched(np.sin) is None
    behind = dispatched(np.linalg.norm)
    assert behind is None or inspect.isfunction(behind)
