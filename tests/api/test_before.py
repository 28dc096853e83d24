"""What a derivative is shown for before any call."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import grad
from s2sad.errors import S2SADError


def first_line(fn, **options):
    return grad(fn, **options).source.splitlines()[0]


def quadratic(x, y):
    return x * y + np.sin(x)


def counted(x, n):
    a = np.zeros(n)
    for i in range(n):
        a[i] = x * i
    return np.sum(a)


def items(xs):
    total = 0.0
    for v in xs:
        total += v * v
    return total


def volume(A):
    return np.log(np.linalg.det(A))


def product(w, X):
    return np.sum(np.tanh(X @ w))


def annotated(x: float, k: int, A: np.ndarray):
    return np.sum(A * k) * x


@pytest.mark.parametrize(
    "fn, kinds",
    [
        (quadratic, "x: float; y: float"),
        (counted, "x: float; n: int"),
        (items, "xs: float64[n]"),
        (volume, "A: float64[n, n]"),
        (product, "w: float64[n]; X: float64[n]"),
        (annotated, "x: float; k: int; A: float64[n]"),
    ],
)
def test_the_simplest_kinds_that_every_operation_takes(fn, kinds):
    assert first_line(fn) == f"# for {kinds}"


def test_what_is_differentiated_is_no_integer():
    assert first_line(counted, argnums=0) == "# for x: float; n: int"


def test_after_a_call_the_source_is_that_of_the_call():
    df = grad(quadratic)
    assert df.source.startswith("# for x: float; y: float\n")
    df(np.array([0.5]), 2.0)
    assert df.source.startswith("def quadratic_grad(x, y):") and "np.cos(x)" in df.source


def test_a_function_that_no_kind_fits_is_refused_as_for_numbers():
    def f(x):
        import os

        return x * len(os.getcwd()) + (lambda: (yield))()

    with pytest.raises(S2SADError) as caught:
        grad(f).source  # noqa: B018
    with pytest.raises(S2SADError) as for_numbers:
        grad(f).source_for(1.0)
    assert caught.value.code == for_numbers.value.code


def test_nothing_of_the_user_runs():
    calls = []

    def f(x):
        calls.append(1)
        return x * x

    try:
        grad(f).source  # noqa: B018
    except S2SADError:
        pass
    assert calls == []


def test_functions_of_many_arguments_and_other_derivatives():
    assert first_line(lambda a, b, c, d: a * b + c * d) == "# for a: float; b: float; c: float; d: float"
    assert s2sad.jacfwd(lambda x: x[1:] * x[:-1]).source.startswith("# for x: float64[n]\n")
