"""Calls whose result is known before the function runs."""

from __future__ import annotations

import inspect
from functools import lru_cache

import numpy as np
import pytest

import s2sad
from s2sad import grad


@lru_cache
def backend(name: str) -> str:
    return name.upper()


def by_dtype(x):
    if np.issubdtype(np.result_type(x, np.float32), np.floating):
        return np.sum(x * x) * np.finfo(x.dtype).max / np.finfo(np.float64).max
    return 0.0 * np.sum(x)


def by_signature(x):
    return x * len(inspect.signature(by_dtype).parameters)


def by_cache(x):
    return x * x if backend("a") == "A" else x


def by_class(x):
    return x * x if inspect.isclass(int) and not inspect.isclass(x) else x


@pytest.mark.parametrize(
    "f, x, expected",
    [
        (by_dtype, np.array([1.0, 2.0]), np.array([2.0, 4.0])),
        (by_signature, 3.0, 1.0),
        (by_cache, 3.0, 6.0),
        (by_class, 3.0, 6.0),
    ],
)
def test_answers_are_constants(f, x, expected):
    assert np.allclose(grad(f)(x), expected)
    assert "if" not in [word for line in grad(f).source_for(x).splitlines() for word in line.split("#")[0].split()]


def test_scalars_have_their_own_dtype():
    assert "float64" not in grad(by_dtype).source_for(np.ones(2)).split("#")[0]


def test_an_argument_that_is_not_known_stays_a_call():
    def f(x):
        return x * np.float64(np.isscalar(x))

    assert grad(f)(2.0) == 1.0


def test_counts_of_axes_are_constants():
    def f(x):
        axes = np.array([v.ndim for v in (x, x)])
        if np.all(axes <= 1) and not np.any(axes[1:] == 2):
            return np.sum(x * x)
        return eval("x")

    assert np.array_equal(grad(f)(np.ones(2)), np.array([2.0, 2.0]))
    assert "if" not in grad(f).source_for(np.ones(2)).split("# return")[0]


def test_an_array_of_integers_that_is_written_to_is_no_constant():
    def f(x, k):
        kept = np.array([1, 1])
        kept[k] = 5
        return x * x if np.all(kept <= 1) else x

    assert grad(f)(3.0, 0) == 1.0


def test_a_function_of_numpy_that_gives_a_constant():
    def f(x):
        return np.moveaxis(x, np.polynomial.polyutils._as_int(0, "axis"), -1)[0, 1]

    assert np.array_equal(grad(f)(np.ones((2, 2))), np.array([[0.0, 0.0], [1.0, 0.0]]))


def test_vectorize_whose_first_result_is_an_integer():
    """NumPy makes integers of all results then."""

    def positive(v):
        return np.sum(np.vectorize(lambda x: x if x > 0.0 else 0)(v))

    assert s2sad.value_and_grad(positive)(np.array([0.7, -0.3]))[0] == 0.7
    with pytest.raises(TypeError, match="return floats on every path"):
        s2sad.value_and_grad(positive)(np.array([-0.3, 0.7]))
