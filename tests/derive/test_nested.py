"""Derivatives inside differentiated functions: no confusion of perturbations, whatever is captured."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

import s2sad
from s2sad import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from tests.differences import derivative, pair, random_direction

V = np.array([0.3, 0.7, 1.2])


def close(fn, *args, argnums=(0,)):
    """grad(fn) against finite differences of fn, in reverse and in forward mode."""
    g = grad(fn, argnums)(*args)
    rng = np.random.default_rng(0)
    direction = tuple(random_direction(args[k], rng) for k in argnums)
    expected, error = derivative(fn, args, argnums, direction, 1.0)
    near = pytest.approx(expected, rel=1e-6, abs=1e-7 + 10.0 * error)
    assert pair(g, direction) == near
    tangents = [None] * len(args)
    for k, d in zip(argnums, direction):
        tangents[k] = d
    assert float(jvp(fn, args, tuple(tangents))[1]) == near


def cube(x):
    return x**3


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: grad(cube)(x),
        lambda x: x * grad(cube)(x * 2.0),
        lambda x: grad(grad(cube))(x) * x,
        lambda x: grad(lambda y: x * y * y)(3.0),
        lambda x: grad(lambda y: x * y)(x),
        lambda x: grad(lambda y: x * x)(x),
        lambda x: x * grad(lambda y: x + y)(1.0),
        lambda x: x * grad(lambda y: x * y)(2.0),
        lambda x: grad(lambda y: y * grad(lambda z: x * y * z * z)(y))(x),
        lambda x: grad(lambda x: x * x)(x) * x,
        lambda x: grad(lambda y, z: x * y * z, argnums=1)(x, 2.0),
        lambda x: sum(grad(lambda y, z: x * y**z, (0, 1))(x, 2.0)),
        lambda x: value_and_grad(lambda y: math.sin(x * y))(2.0)[1] * value_and_grad(lambda y: math.sin(x * y))(2.0)[0],
        lambda x: grad(lambda y: math.exp(x * y) if y > 0.0 else x)(x),
    ],
)
def test_scalars(fn):
    close(fn, 0.7)


def test_the_classic_confusion():
    """d/dx (x · d/dy (x + y)) is 1, not 2."""
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(0.7) == 1.0
    assert jvp(lambda x: x * grad(lambda y: x + y)(1.0), (0.7,), (1.0,))[1] == 1.0


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: np.sum(grad(lambda w: np.sum(w**3))(v) * v),
        lambda v: np.sum(grad(lambda w: np.dot(v, w) ** 2)(v)),
        lambda v: np.dot(grad(lambda w: np.prod(w))(v * v), v),
        lambda v: grad(lambda s: np.sum(v**3 * s * s))(v[0]),
        lambda v: sum(grad(lambda p: p["a"] * p["b"] * v[2])({"a": v[0], "b": v[1]}).values()),
        lambda v: np.sum(grad(lambda w: np.max(w * v))(v)),
    ],
)
def test_arrays(fn):
    close(fn, V)


def test_in_a_loop():
    def descent(x, rate):
        for _ in range(4):
            x = x - rate * grad(lambda y: y**4 + x * y)(x)
        return x

    close(descent, 0.7, 0.05, argnums=(0, 1))


def test_in_a_loop_over_arrays():
    def descent(w, data):
        step = grad(lambda w: np.sum((data * w - 1.0) ** 2))
        for _ in range(3):
            w = w - 0.1 * step(w)
        return np.sum(w**2)

    close(descent, V, V[::-1].copy(), argnums=(0, 1))


def test_in_a_branch_and_a_while():
    def newton(a):
        x = a
        residual = lambda x: x**3 - a  # noqa: E731
        while abs(residual(x)) > 1e-10:
            x = x - residual(x) / grad(residual)(x)
        return x

    close(newton, 1.7)


def test_inner_gradients_of_functions_that_write():
    def f(v):
        def inner(w):
            a = w * 1.0
            a[1:] += a[:-1] * v[0]
            return np.sum(a * a)

        g = grad(inner)(v)
        g[0] = v[1]
        g *= v
        return np.sum(g)

    kept = V.copy()
    close(f, V)
    np.testing.assert_array_equal(V, kept)


def test_a_derivative_object_made_outside():
    slope = grad(cube)
    close(lambda x: slope(x) * x, 0.7)
    both = value_and_grad(cube)
    close(lambda x: both(x)[0] * both(x)[1], 0.7)


def test_a_decorated_function_inside():
    @grad
    def force(q, k):
        return 0.5 * k * q * q + q**4

    def step(q, p, k):
        for _ in range(3):
            p = p - 0.1 * force(q, k)
            q = q + 0.1 * p
        return p * q

    close(step, 0.7, 0.2, 1.3, argnums=(0, 1, 2))


def test_aux_inside():
    def f(x):
        g, aux = grad(lambda y: (x * y * y, y * 3.0), has_aux=True)(x)
        return g * aux

    close(f, 0.7)


def test_three_levels():
    def f(x):
        return grad(lambda y: grad(lambda z: grad(lambda u: x * y * z * math.sin(u))(z))(y) * y)(x)

    close(f, 0.7)


def test_elementwise_inside():
    close(lambda v: np.sum(elementwise_grad(np.tanh)(v) * v), V)
    close(lambda v: np.sum(elementwise_grad(elementwise_grad(lambda x: x**4))(v)), V)


def test_orders_agree():
    f = lambda v: np.sum(np.sin(v) * v**2) * v[0]  # noqa: E731
    H = hessian(f)(V)
    np.testing.assert_allclose(jacobian(grad(f))(V), H, rtol=1e-10)
    for k in range(3):
        np.testing.assert_allclose(grad(lambda v, k=k: grad(f)(v)[k])(V), H[k], rtol=1e-10)
        np.testing.assert_allclose(hvp(f)(V, np.eye(3)[k]), H[k], rtol=1e-10)


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: jvp(cube, (x,), (1.0,))[1] * x,
        lambda x: jvp(lambda y: x * y * y, (x,), (x,))[1],
        lambda x: vjp(cube, x)[1](1.0)[0] * x,
        lambda x: vjp(lambda y: x * y * y, x)[1](x)[0],
        lambda x: vjp(cube, x)[0] * x,
    ],
)
def test_products_inside(fn):
    close(fn, 0.7)


def test_products_of_structures_inside():
    def f(v):
        out, pull = vjp(lambda a, b: {"p": a * b, "q": np.sum(a)}, v, v[::-1] * 2.0)
        ga, gb = pull({"p": v**2, "q": v[0]})
        y, dot = jvp(lambda a: (a**3, a[0]), (v,), (ga,))
        return np.sum(out["p"] * gb) + np.sum(y[0] * dot[0]) + dot[1]

    close(f, V)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: np.sum(jacobian(lambda w: w**3)(v)),
        lambda v: np.sum(hessian(lambda w: np.sum(w**3))(v)),
        lambda v: np.sum(s2sad.linearize(lambda w: w**3, v)[1](v)),
    ],
)
def test_what_is_not_supported_inside_says_so_or_is_right(fn):
    try:
        close(fn, V)
    except s2sad.S2SADError as error:
        assert "inside a differentiated function" in error.message


def cubed(p):
    return p.a.w ** 2 * p.b.w


def slope_by_grad(p):
    g = grad(cubed)(p)
    return g.a.w + 2.0 * g.b.w


def slope_by_vjp(p):
    _, pullback = vjp(cubed, p)
    (g,) = pullback(1.0)
    return g.a.w + 2.0 * g.b.w


@pytest.mark.parametrize("fn", [slope_by_grad, slope_by_vjp])
def test_an_object_in_two_places_is_one_object_inside_too(fn):
    inner = SimpleNamespace(w=3.0)
    both = SimpleNamespace(a=inner, b=inner)
    assert fn(both) == value_and_grad(fn)(both)[0] == 3.0 * 27.0
    assert grad(fn)(both).a.w == 3.0 * 18.0
    assert jvp(fn, (both,), (both,))[1] == 3.0 * 18.0 * 3.0


def test_an_object_in_two_arguments_is_refused_inside_too():
    def f(p):
        return grad(lambda q, r: q.w * r.w)(p, p).w

    with pytest.raises(s2sad.S2SADError, match="S2S005.*arguments 0 and 1 of an inner derivative"):
        grad(f)(SimpleNamespace(w=2.0))
