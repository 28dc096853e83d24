"""Products with Jacobians."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from s2sad import (
    grad,
    jvp,
    linearize,
    vjp,
)
from s2sad.errors import AliasError
from tests.differences import check_gradients, derivative, pair, random_direction, same, slope

V = np.array([0.3, -0.7, 1.2, 0.9])


def product(x, y, z=2.0):
    return np.sin(x) * y * z


def with_aux(x, y):
    z = x * y
    return np.sum(z * z), {"z": z, "count": 3}


def test_vjp_with_aux():
    value, pullback, aux = vjp(with_aux, V, 0.5, has_aux=True)
    assert value == with_aux(V, 0.5)[0] and aux["count"] == 3
    check_gradients(lambda x, y: with_aux(x, y)[0], pullback(1.0), (V, 0.5), (0, 1))


def writes(a, b):
    a[0] = b[1] * a[1]
    b += a
    return np.sum(a * b)


def test_pullbacks_can_be_called_again():
    args = (V.copy(), 2.0 * V)
    _, pullback = vjp(writes, *args)
    first = pullback(1.0)
    first[0][:] = 7.0
    args[0][:] = 5.0
    check_gradients(writes, pullback(1.0), (V, 2.0 * V), (0, 1))


def several(x, y):
    return {"a": np.sin(x) * y, "b": (x[0] * y, [np.sum(x)])}


def test_vjp_and_jvp_of_structures_are_adjoint():
    out, pullback = vjp(several, V, 0.5)
    assert same(out, several(V, 0.5))
    rng = np.random.default_rng(1)
    weights, dots = random_direction(out, rng), random_direction((V, 0.5), rng)
    again, out_dot = jvp(several, (V, 0.5), dots)
    assert same(again, out)
    assert pair(out_dot, weights) == pytest.approx(pair(pullback(weights), dots))
    expected, error = derivative(several, (V, 0.5), (0, 1), dots, weights)
    assert pair(out_dot, weights) == pytest.approx(expected, abs=1e-8 + 10 * error)


def test_linearize():
    value, push = linearize(several, V, 0.5)
    assert same(value, several(V, 0.5))
    dots = random_direction((V, 0.5), np.random.default_rng(1))
    assert same(push(*dots), jvp(several, (V, 0.5), dots)[1])
    two = push(2.0 * dots[0], 2.0 * dots[1])
    assert two["b"][0] == pytest.approx(2.0 * push(*dots)["b"][0])


def test_vjp_leaves_out_what_has_no_derivative():
    _, pullback = vjp(lambda x, n: x * n, 0.5, 3)
    assert pullback(1.0) == (3.0, None)


def test_jvp_with_a_missing_tangent():
    assert jvp(product, (0.4, 1.3), (None, 1.0))[1] == pytest.approx(slope(product, (0.4, 1.3), 1))


def overwriting(a, b):
    a[0] = 2.0
    return np.sum(a * b)


@pytest.mark.parametrize("shared", [lambda x: (x, x), lambda x: (x[1:], x[:-1])])
def test_arguments_that_share_memory_which_is_written_to(shared):
    args = shared(np.ones(4))
    for call in (lambda: vjp(overwriting, *args), lambda: linearize(overwriting, *args),
                 lambda: jvp(overwriting, args, args)):
        with pytest.raises(AliasError, match="S2S005"):
            call()


def test_an_object_in_two_places_is_one_object():
    inner = SimpleNamespace(w=np.array([1.0, 2.0]))
    outer = SimpleNamespace(a=inner, b=inner)

    def f(p):
        p.a.w[0] = p.b.w[1] ** 2
        return np.sum(p.a.w * p.b.w)

    value, pullback = vjp(f, outer)
    assert value == 20.0 and inner.w.tolist() == [1.0, 2.0]
    (g,) = pullback(1.0)
    assert g.a.w.tolist() == g.b.w.tolist() == grad(f)(outer).a.w.tolist() == [0.0, 36.0]
