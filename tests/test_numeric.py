"""Numerical derivatives of functions of structured arguments."""
from __future__ import annotations

import copy
from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from s2sad import grad, numeric

Pair = namedtuple("Pair", "x y")


@dataclass(frozen=True)
class Layer:
    w: Any
    n: Any = 3


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a: Any, b: Any = None) -> None:
        self.a, self.b = a, b


def test_slope_of_a_structured_function() -> None:
    def f(p: dict, x: float) -> np.ndarray:
        return p["w"] * x ** 2

    p = {"w": np.array([1.0, 2.0]), "n": 3}
    slope = numeric.numerical_jvp(f, [p, 3.0], [None, 1.0], 1e-3)
    assert slope == pytest.approx([6.0, 12.0], rel=1e-9)


def test_numerical_jvp_is_of_fourth_order() -> None:
    errors = [abs(numeric.numerical_jvp(np.exp, [0.3], [1.0], h)[0] - np.exp(0.3)) for h in (0.2, 0.1)]
    assert errors[0] / errors[1] == pytest.approx(16.0, rel=0.05)


# Trees

def test_random_like_has_the_structure_and_dtype() -> None:
    x = (np.ones(2, np.float32), [1.0, 2], {"a": 1j})
    d = numeric.random_like(np.random.default_rng(0), x)
    assert d[0].dtype == np.float32 and d[0].shape == (2,)
    assert type(d[1][0]) is float and d[1][1] is None
    assert type(d[2]["a"]) is complex


@pytest.mark.parametrize("make", [Layer, lambda w, n: SimpleNamespace(w=w, n=n), Slotted, Pair])
def test_random_like_of_objects(make: Any) -> None:
    x = [make(np.ones(3), 2), make(1.0, None), make(make(2.0, "s"), [1])]
    before = copy.deepcopy([numeric.flat(x, x)])
    d = numeric.random_like(np.random.default_rng(0), x)
    first = [next(iter(numeric.tree.parts(part).values())) for part in d]
    assert first[0].shape == (3,) and type(first[1]) is float and type(first[2]) is type(x[2])
    assert [list(numeric.tree.parts(part).values())[1] for part in d] == [None, None, [None]]
    assert numeric.flat(d, x).shape == (5,) and np.array_equal(numeric.flat(x, x), before[0])


def test_an_object_in_two_places_moves_once() -> None:
    inner = SimpleNamespace(w=2.0)
    x = [inner, SimpleNamespace(a=inner, k=1)]
    d = numeric.random_like(np.random.default_rng(0), x)
    assert d[0] is d[1].a and numeric.flat(d, x).shape == (1,)
    moved = numeric.shift(x, d, 1.0)
    assert moved[0] is moved[1].a and moved[0].w == 2.0 + d[0].w and moved[1].k == 1 and inner.w == 2.0
    for direction in ([None, d[1]], [d[0], None]):
        assert numeric.shift(x, direction, 1.0)[0].w == moved[0].w
    assert numeric.dot(d, d, x) == pytest.approx(d[0].w ** 2)


def test_an_array_in_two_places_is_two_variables() -> None:
    a = np.ones(2)
    d = numeric.random_like(np.random.default_rng(0), [a, a])
    assert numeric.flat(d, [a, a]).shape == (4,) and not np.array_equal(d[0], d[1])


def test_a_direction_without_a_part_is_an_error() -> None:
    with pytest.raises(ValueError, match="a SimpleNamespace has no part 'w'"):
        numeric.dot(SimpleNamespace(v=1.0), SimpleNamespace(w=1.0), Layer(1.0))


def test_fields_that_do_not_vary_stay() -> None:
    x = Layer(np.float32([1.0, 2.0]), "name")
    wide = numeric.in_double(x)
    assert type(wide) is Layer and wide.w.dtype == np.float64 and wide.n == "name" and x.w.dtype == np.float32
    assert numeric.shift(Slotted(1.0, 7), Slotted(2.0), 0.5).a == 2.0


def test_compare_tells_a_wrong_derivative() -> None:
    def square(x: float) -> float:
        return x * x

    numeric.compare(square, [3.0], [1.0], np.array([6.0]), 1e-6, 1e-8, numeric.STEPS, "right")
    with pytest.raises(AssertionError, match="wrong: derivative"):
        numeric.compare(square, [3.0], [1.0], np.array([6.001]), 1e-6, 1e-8, numeric.STEPS, "wrong")


# Derivatives

def network(p: Any, x: np.ndarray) -> Any:
    return np.sum(np.tanh(x @ p["layer"].w) * p["s"]) ** 2


NETWORK = {"layer": Layer(np.array([[0.3, -0.5], [1.1, 0.2]])), "s": 0.7}, np.array([[0.4, 1.3], [-0.2, 0.8]])


@pytest.mark.parametrize("method, tolerance", [("central", 1e-10), ("complex", 1e-15)])
def test_gradients_agree_with_those_of_s2sad(method: str, tolerance: float) -> None:
    for k in (0, 1):
        found = numeric.gradient(network, *NETWORK, argnums=k, method=method)
        exact = grad(network, k)(*NETWORK)
        assert numeric.flat(found, NETWORK[k]) == pytest.approx(numeric.flat(exact, NETWORK[k]), rel=tolerance)
    assert type(found) is np.ndarray and type(numeric.gradient(network, *NETWORK)["layer"]) is Layer


def test_gradient_by_a_complex_number() -> None:
    def f(z: Any) -> Any:
        return np.real(z[0] * np.conj(z[0])) * z[1].imag

    z = np.array([1.0 + 2.0j, 0.5 - 1.0j])
    assert numeric.gradient(f, z) == pytest.approx(grad(f)(z), rel=1e-9)


def test_gradient_by_an_object_in_two_places() -> None:
    inner = SimpleNamespace(w=2.0)
    found = numeric.gradient(lambda p: p.a.w ** 2 * p.b.w, SimpleNamespace(a=inner, b=inner), method="complex")
    assert found.a.w == found.b.w == pytest.approx(12.0)


def test_gradient_by_real_and_complex_numbers() -> None:
    found = numeric.gradient(lambda p: p["x"] * p["z"].imag, {"x": 2.0, "z": 1.0 + 3.0j})
    assert type(found["x"]) is float and found["x"] == pytest.approx(3.0) and found["z"] == pytest.approx(-2.0j)


def test_central_estimates_its_error() -> None:
    derivative, error = numeric.central(lambda x: {"y": np.exp(x), "n": 3}, [np.array([0.1, 0.7])], [np.ones(2)])
    true = np.abs(derivative["y"] - np.exp([0.1, 0.7])).max()
    assert true <= error < 1e-8 and derivative["n"] == 3


def test_gradient_in_single_precision_is_computed_in_double() -> None:
    found = numeric.gradient(lambda x: np.sum(np.sin(x)), np.float32([0.5]))
    assert found.dtype == np.float32 and found[0] == np.cos(np.float32(0.5).astype(float)).astype(np.float32)


def test_complex_step_is_exact() -> None:
    assert numeric.complex_step(np.exp, [1.0], [1.0]) == np.exp(1.0)
    assert numeric.complex_step(lambda x: [x * x, np.sin(x)], [np.ones(2)], [np.eye(2)[0]])[0].tolist() == [2, 0]


@pytest.mark.parametrize("f, x, message", [
    (lambda x: float(x), 1.0, "does not take complex numbers"), (np.abs, 1.0, "drops the imaginary part"),
    (lambda x: x, 1j, "for real arguments")])
def test_complex_step_says_where_it_fails(f: Any, x: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        numeric.complex_step(f, [x], [1.0])


def test_method_is_checked() -> None:
    with pytest.raises(ValueError, match="'central' or 'complex'"):
        numeric.gradient(np.sin, 1.0, method="forward")


# The curve

def slope(h: np.ndarray, error: np.ndarray, between: tuple[float, float]) -> float:
    """The exponent of h in the error, over a range of steps."""
    inside = (h <= between[0]) & (h >= between[1]) & (error > 0)
    return float(np.polyfit(np.log(h[inside]), np.log(error[inside]), 1)[0])


def test_the_error_curve_is_a_v() -> None:
    curve = numeric.error_curve(lambda x: np.exp(x) * np.sin(x), 1.0, np.e * (np.sin(1.0) + np.cos(1.0)),
                                10.0 ** -np.arange(0, 14, 0.25))
    assert slope(curve.h, curve.forward, (1e-1, 1e-6)) == pytest.approx(1.0, abs=0.05)
    assert slope(curve.h, curve.central, (1e-1, 1e-4)) == pytest.approx(2.0, abs=0.05)
    assert slope(curve.h, curve.forward, (1e-9, 1e-13)) == pytest.approx(-1.0, abs=0.3)
    assert slope(curve.h, curve.central, (1e-7, 1e-13)) == pytest.approx(-1.0, abs=0.3)
    assert 1e-9 < curve.h[np.argmin(curve.forward)] < 1e-7 and 1e-7 < curve.h[np.argmin(curve.central)] < 1e-4
    assert curve.forward.min() < 1e-7 and curve.central.min() < 1e-9
    assert curve.complex_step[curve.h < 1e-8].max() < 1e-15


def test_the_error_curve_of_a_function_of_real_numbers() -> None:
    curve = numeric.error_curve(lambda x: float(x) ** 2, 2.0, 4.0, [0.1, 0.01])
    assert np.isnan(curve.complex_step).all() and curve.central == pytest.approx([0.0, 0.0], abs=1e-13)
    assert str(curve).splitlines()[1].split() == ["1e-01", "2.5e-02", f"{curve.central[0]:.1e}", "nan"]
