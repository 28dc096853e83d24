"""debug_nans=True: same numbers, and an error where one of them is not finite."""
from __future__ import annotations

import pickle

import numpy as np
import pytest

from s2sad import S2SADError, grad, value_and_grad
from s2sad.errors import NotFiniteError


def roots(x):
    return np.sum(np.sqrt(x))  # ROOTS


def reciprocal(x):
    return 1.0 / x


def two(x, w):
    return np.sum(x * w), {"n": 3}


def line_of(marker: str) -> int:
    with open(__file__, encoding="utf-8") as file:
        return next(n for n, line in enumerate(file, 1) if line.rstrip().endswith(f"# {marker}"))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("transform", [grad, value_and_grad])
def test_the_report(transform):
    with pytest.raises(NotFiniteError) as caught:
        transform(roots, debug_nans=True)(np.array([4.0, 0.0]))
    error = caught.value
    assert isinstance(error, FloatingPointError) and isinstance(error, S2SADError) and error.code == "S2S016"
    source = transform(roots, debug_nans=True).full.source_for(np.ones(2))
    number, code = next((n, line.strip()) for n, line in enumerate(source.splitlines(), 1) if "0.5 / t" in line)
    assert str(error).splitlines() == [
        f"{__file__}:{line_of('ROOTS')}:5: S2S016: NaN or infinity in the value or the gradient of `roots`, first in "
        "the reverse sweep: the adjoint `0.5 / t` is [0.25, inf]",
        "    return np.sum(np.sqrt(x))  # ROOTS",
        "    ^^^^^^^^^^^^^^^^^^^^^^^^^",
        f"  why: with t = [2., 0.]; generated line {number}: {code}",
        "  try: `.debug(…)` with these arguments prints the whole report"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_arguments_that_are_not_finite_are_said_to_be_so():
    with pytest.raises(FloatingPointError, match="the argument `x` is not finite already: .* 1., nan") as caught:
        grad(roots, debug_nans=True)(np.array([1.0, np.nan]))
    assert caught.value.loc is None


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_value_that_is_not_finite_is_found_though_the_gradient_is():
    def shifted(x):
        return np.sum(x) + np.log(0.0 * x[1])
    with pytest.raises(NotFiniteError, match="in the forward sweep: the value"):
        grad(shifted, debug_nans=True)(np.array([1.0, 0.0]))


def test_arithmetic_of_python_that_raises_is_still_the_users():
    with pytest.raises(ZeroDivisionError):
        grad(reciprocal, debug_nans=True)(0.0)


@pytest.mark.parametrize("transform", [grad, value_and_grad])
def test_numbers_are_the_same_bits(transform):
    x, w = np.random.default_rng(0).normal(size=(2, 50))
    for fn, args, options in ((roots, (np.abs(x),), {}), (two, (x, w), {"argnums": (0, 1), "has_aux": True}),
                              (lambda p: np.sum(np.tanh(p["a"]) ** 3) * p["b"], ({"a": x, "b": 2.0},), {}),
                              (lambda a: np.sin(a) * a ** 0.3, (0.7,), {})):
        plain, checked = transform(fn, **options)(*args), transform(fn, debug_nans=True, **options)(*args)
        assert type(plain) is type(checked)
        np.testing.assert_equal(checked, plain)


def test_it_can_be_a_decorator_pickled_and_differentiated():
    @grad(debug_nans=True)
    def square(x):
        return x * x
    assert square(3.0) == 6.0
    assert pickle.loads(pickle.dumps(grad(roots, debug_nans=True)))(np.array([4.0]))[0] == 0.25
    cube = grad(lambda x: x ** 3, debug_nans=True)
    assert grad(lambda x: cube(x) * x)(2.0) == 36.0


def test_without_the_option_nothing_is_checked():
    with np.errstate(all="ignore"):
        assert np.isinf(grad(roots)(np.zeros(1))).all()
    assert type(grad(roots)) is not type(grad(roots, debug_nans=True))


def test_views_show_what_ran():
    df = grad(roots, debug_nans=True)
    df(np.array([4.0]))
    assert "np.sqrt(x)" in df.source and "roots_grad" in df._repr_html_()
