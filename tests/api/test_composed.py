"""hvp and elementwise_grad: numbers, errors, pickles, inside other derivatives."""
from __future__ import annotations

import functools
import pickle

import numpy as np
import pytest

import s2sad
from s2sad import check_grads, elementwise_grad, grad, hessian, hvp, jvp, linearize, vjp
from s2sad.errors import ArgumentError

X, V = np.array([0.3, 0.4, 0.9]), np.array([1.0, 0.5, -2.0])


def cubic(x):
    return np.sum(x ** 3) + x[0] * x[1] * x[2]


def scaled(a, x):
    return a ** 2 * cubic(x)


def test_products_with_the_hessian():
    np.testing.assert_allclose(hvp(cubic)(X, V), hessian(cubic)(X) @ V, rtol=1e-13)
    np.testing.assert_allclose(hvp(scaled, 1)(2.0, X, V), 4.0 * hvp(cubic)(X, V), rtol=1e-13)
    np.testing.assert_allclose(hvp(scaled, -1)(2.0, X, V), 4.0 * hvp(cubic)(X, V), rtol=1e-13)
    assert hvp(lambda x: x ** 3)(2.0, 5.0) == 60.0


def test_products_in_the_structure_of_the_parameters():
    def loss(p):
        return np.sum(p["a"] ** 2 * p["b"][0])
    p, v = {"a": X, "b": (2.0,)}, {"a": V, "b": (1.0,)}
    made = hvp(loss)(p, v)
    np.testing.assert_allclose(made["a"], 4.0 * V + 2.0 * X)
    np.testing.assert_allclose(made["b"][0], 2.0 * X @ V)


def test_wrong_calls_say_what_is_missing():
    with pytest.raises(ArgumentError, match="S2S008: hvp takes the arguments of `cubic` and then a vector; it got 1"):
        hvp(cubic)(X)
    with pytest.raises(ArgumentError, match="S2S008: hvp takes the arguments of `scaled` and then a vector; it got 2"):
        hvp(scaled, 1).stages(2.0, X)
    with pytest.raises(ArgumentError, match=r"S2S008: hvp differentiates by one argument, but argnums is \(0, 1\)"):
        hvp(scaled, (0, 1))
    with pytest.raises(TypeError, match="S2S006: argument 0 of `cubic` is an array of dtype int64"):
        hvp(cubic)(np.array([1, 2, 3]), V)


def test_they_pickle():
    for made, args in ((hvp(cubic), (X, V)), (elementwise_grad(np.tanh), (X,))):
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(made))(*args), made(*args))


def test_inside_other_derivatives():
    """The gradient of vᵀ H(x) v is the third derivative; also of objects that were made outside."""
    product, slope = hvp(cubic), elementwise_grad(np.tanh)

    def third(x):
        return np.dot(V, product(x, V))
    step = 1e-5
    directions = [third(X + step * e) - third(X - step * e) for e in np.eye(3)]
    np.testing.assert_allclose(grad(third)(X), np.array(directions) / (2.0 * step), rtol=1e-7)
    np.testing.assert_allclose(grad(lambda x: np.sum(slope(x)))(X), -2.0 * np.tanh(X) / np.cosh(X) ** 2)


def test_maps_made_outside_are_differentiated_by_what_they_take():
    def f(x):
        return np.sin(x) * x
    _, pullback = vjp(f, X)
    _, push = linearize(f, X)
    slope = np.cos(X) * X + np.sin(X)
    np.testing.assert_allclose(grad(lambda w: np.sum(pullback(w * w)[0]))(V), 2.0 * V * slope)
    np.testing.assert_allclose(grad(lambda w: np.sum(push(w * w)))(V), 2.0 * V * slope)
    np.testing.assert_allclose(jvp(lambda w: pullback(w)[0], (V,), (X,))[1], X * slope)


def test_made_inside_of_functions_defined_inside():
    def inner(x, scale):
        def local(z):
            return scale * cubic(z)
        slopes = elementwise_grad(lambda z: z ** 3 * scale)(x)
        return np.sum(hessian(local)(x)) + np.sum(hvp(local)(x, x)) + np.sum(slopes) + np.sum(hessian(cubic)(x))
    H = hessian(cubic)(X)
    assert inner(X, 2.0) == pytest.approx(2.0 * np.sum(H) + 2.0 * np.sum(H @ X) + 6.0 * np.sum(X ** 2) + np.sum(H))
    check_grads(inner, (X, 2.0))


def test_hessians_of_several_arguments_and_pickles():
    def f(x, y):
        return x ** 2 * y ** 3
    assert [[float(b) for b in row] for row in hessian(f, (0, 1))(1.0, 2.0)] == [[16.0, 24.0], [24.0, 12.0]]
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(hessian(cubic)))(X), hessian(cubic)(X))


W = np.array([0.3, -0.7, 1.2])


def powers(x, y=2.0, *, scale=1.0):
    return scale * x**2 * y**3


def total(x, y=2.0, *, scale=1.0):
    return np.sum(powers(x, y, scale=scale))


def test_arguments_by_number_from_both_ends_and_by_name():
    assert np.allclose(elementwise_grad(powers, 1)(W, W), 3.0 * W**4)
    assert np.allclose(elementwise_grad(powers, -1)(W, W), 3.0 * W**4)
    assert np.allclose(elementwise_grad(powers, argnum=1)(W, y=W), 3.0 * W**4)
    by_x, by_y = elementwise_grad(powers, (0, -1))(W, W)
    assert np.allclose(by_x, 2.0 * W**4) and np.allclose(by_y, 3.0 * W**4)
    assert np.allclose(elementwise_grad(functools.partial(powers, scale=5.0))(W), 80.0 * W)
    assert elementwise_grad(powers)(0.5) == 8.0 and type(elementwise_grad(powers)(0.5)) is float
    again = pickle.loads(pickle.dumps(elementwise_grad(powers, (0, 1))))
    assert np.allclose(again(W, W)[1], by_y)


@pytest.mark.parametrize("made", [elementwise_grad(powers), hvp(total)])
def test_a_keyword_without_position_is_refused(made):
    with pytest.raises(s2sad.S2SADError, match="`scale` cannot be passed"):
        made(W, W, scale=2.0)


def test_what_is_not_a_real_number_for_each_element():
    for f, text in ((lambda x: 1j * x, "complex values"), (lambda x: (x, x), "a tuple")):
        with pytest.raises(s2sad.S2SADError, match=f"returns {text}; elementwise_grad needs"):
            elementwise_grad(f)(W)


def test_a_hessian_times_a_vector_for_any_arguments():
    along = np.array([1.0, 0.5, -2.0])
    assert np.allclose(hvp(total, -1)(W, W, along), 6.0 * W**3 * along)
    assert np.allclose(hvp(total, argnum=1)(W, along, y=W), 6.0 * W**3 * along)
    assert np.allclose(pickle.loads(pickle.dumps(hvp(total, 1)))(W, W, along), 6.0 * W**3 * along)


def test_both_inside_a_differentiated_function():
    def f(x):
        curvature = hvp(lambda y: np.sum(y**4))(x, x)
        slope = elementwise_grad(lambda a, b: a * b**2, (0, 1))(x, x)
        mixed = hvp(lambda a, b: np.sum(a * b * b * x[0]), -1)(x, x, x)
        return np.sum(curvature) + np.sum(slope[0] * slope[1]) + np.sum(mixed)

    s2sad.check_grads(f, (W,), order=1, exact=False)


def test_a_tangent_and_what_else_is_wanted():
    assert jvp(lambda x: (x * x, "aux"), (3.0,), (1.0,), has_aux=True) == (9.0, 6.0, "aux")
    with pytest.raises(s2sad.S2SADError, match="are tuples"):
        jvp(np.sin, 2.0, 1.0)
