"""The first NaN or infinity is located."""
from __future__ import annotations

import types
import warnings

import numpy as np
import pytest

from s2sad import grad, value_and_grad
from s2sad.show.debug import is_finite, summary
from tests.show.test_page import text_of


def entropy(x):
    y = x * np.log(x)  # ENTROPY
    return y


def roots(x):
    a = np.zeros(3)
    for i in range(3):
        a[i] = np.sqrt(x[i])  # ROOTS
    return np.sum(a)


def softmax(x):
    e = np.exp(x)  # SOFTMAX
    return e[0] / np.sum(e)


def cancel(x):
    a = x * 1e300
    b = a * 1e300  # CANCEL
    return np.sum(b - b)


def reciprocal(x):
    return 1.0 / (1.0 / x)  # RECIPROCAL


def line_of(marker: str) -> int:
    with open(__file__, encoding="utf-8") as file:
        return next(n for n, line in enumerate(file, 1) if line.rstrip().endswith(f"# {marker}"))


CASES = [(entropy, 0.0, "ENTROPY", "forward", "-inf"), (roots, np.array([1.0, 4.0, 0.0]), "ROOTS", "reverse", "inf"),
         (softmax, np.array([1.0, 800.0]), "SOFTMAX", "forward", "inf"),
         (cancel, np.ones(2), "CANCEL", "forward", "inf")]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("transform", [grad, value_and_grad])
@pytest.mark.parametrize("fn, x, marker, sweep, value", CASES, ids=[c[0].__name__ for c in CASES])
def test_birth_is_located(transform, fn, x, marker, sweep, value):
    found = transform(fn).debug(x)
    assert found and found.first.sweep == sweep
    assert (found.first.loc.file, found.first.loc.line) == (__file__, line_of(marker))
    assert value in found.first.value and found.first.operands
    assert found.first.code in value_and_grad(fn).source_for(x)
    assert f"{__file__}:{line_of(marker)}: " in str(found) and found.first.expression in str(found)


def test_the_element_that_is_zero_is_shown():
    assert dict(grad(roots).debug(np.array([1.0, 4.0, 0.0])).first.operands) == {"t": "0.0"}


def test_finite_results_are_said_to_be_so():
    found = grad(roots).debug(np.array([1.0, 4.0, 9.0]))
    assert not found and found.first is None
    assert str(found) == "gradient of roots with respect to x: every value and every adjoint is finite"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_was_in_the_arguments_is_no_birth():
    found = grad(softmax).debug(np.array([1.0, np.nan]))
    assert found and found.first is None and found.arguments == (("x", "[ 1., nan]"),)
    assert "the argument x is not finite already: [ 1., nan]" in str(found)


def masked(x):
    return np.sum(np.where(x > 0.0, np.log(x), 0.0))


def test_infinities_that_are_thrown_away_are_told_apart():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = value_and_grad(masked).debug(np.array([0.0, 1.0]))
    assert found.result == "" and "the result is finite, but not everything on the way" in str(found)


def from_constant(x):
    best = np.inf
    return best * x


def test_constants_that_are_not_finite():
    assert "it comes from a constant that is not finite" in str(grad(from_constant).debug(2.0))


def test_python_arithmetic_that_raises_is_followed_with_numbers_of_numpy():
    def f(x):
        return np.sqrt(x)
    found = grad(f).debug(0.0)
    assert found.first.sweep == "reverse" and "inf" in found.first.value


def test_exceptions_of_the_function_come_through():
    with pytest.raises(ZeroDivisionError):
        grad(reciprocal).debug(0.0)


def test_html_shows_the_report():
    shown = text_of(grad(roots).debug(np.array([1.0, 4.0, 0.0]))._repr_html_())
    for part in ("born in the reverse sweep", "a[i] = np.sqrt(x[i])", "0.5 / t", "inf"):
        assert part in shown
    assert "every value and every adjoint is finite" in text_of(grad(roots).debug(np.ones(3))._repr_html_())


def test_is_finite():
    loop: list = [1.0]
    loop.append(loop)
    for x in (1.0, 3, "nan", None, np.ones(2), [1.0, {"a": np.zeros(2)}], np.array([1, 2]), len, loop):
        assert is_finite(x)
    for x in (np.nan, np.float32("inf"), complex(0, np.inf), np.array([1.0, np.nan]), {"a": [np.inf]},
              types.SimpleNamespace(w=np.array([np.nan]))):
        assert not is_finite(x)


@pytest.mark.parametrize("x, text", [
    (np.float64(0.5), "0.5"), (np.arange(3.0), "[0., 1., 2.]"), (np.arange(100), "int64 array of shape (100,)"),
    (np.arange(8.0), "float64 array of shape (8,) from 0 to 7, with zeros"),
    (np.where(np.arange(8) == 3, np.nan, 1),
     "float64 array of shape (8,), 1 of 8 not finite, the first at [3]: nan")])
def test_summary(x, text):
    assert summary(x) == text
