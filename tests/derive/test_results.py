"""What derivatives return: gradients, pullbacks, tangents."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.api import Derivative
from s2sad.errors import ArgumentError
from tests.differences import same

V = np.array([0.3, 0.7, 1.2])


def test_values_and_gradients_share_nothing():
    def f(x):
        y = x * 2.0
        return np.sum(y * WEIGHTS), y

    (_, aux), g = s2sad.value_and_grad(f, has_aux=True)(V)
    aux += 100.0
    np.testing.assert_array_equal(g, 2.0 * WEIGHTS)
    y, pullback = s2sad.vjp(lambda x: x, V)
    cotangent = np.ones(3)
    (g,) = pullback(cotangent)
    g += 5.0
    assert cotangent.tolist() == [1.0] * 3


def test_tangents_are_ours():
    dot = np.ones(3)
    _, y_dot = s2sad.jvp(lambda x: x, (V,), (dot,))
    y_dot += 5.0
    assert dot.tolist() == [1.0] * 3

WEIGHTS = np.array([1.0, -2.0, 0.5])


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: np.sum(x * y),
        lambda x, y: np.sum(x + y),
        lambda x, y: np.dot(x, WEIGHTS) + y[0],
        lambda x, y: np.sum(x.T),
        lambda x, y: np.sum(np.reshape(x - y, (1, 3))),
    ],
)
@pytest.mark.parametrize("mode", ["grad", "value_and_grad", "vjp", "jvp"])
def test_no_result_shares_memory_with_an_argument(f, mode):
    args = (V.copy(), V + 1.0)
    extra = {"vjp": (1.0,), "jvp": args}.get(mode, ())
    entry = Derivative(f, mode, (0, 1)).entry(args, {})
    made = entry.function(*args, *extra)
    arrays = [
        g for part in (made if mode == "grad" else made[1:]) for g in (part if isinstance(part, tuple) else (part,))
    ]
    for k, g in enumerate(arrays):
        others = (*args, WEIGHTS, *arrays[:k])
        assert not any(np.may_share_memory(g, other) for other in others)


def test_both_memory_orders_give_one_gradient():
    a = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    g = s2sad.grad(lambda a: np.sum(a.ravel() * np.arange(6.0)))
    assert same(np.ascontiguousarray(g(a)), g(np.ascontiguousarray(a)))
    assert g(a[:, ::-1]).shape == (2, 3)


@pytest.mark.parametrize(
    "fn, what",
    [
        (lambda x: (x, x), "a container"),
        (lambda x: 3, "3"),
        (lambda x: x > 0.0, "kind"),
        (lambda x: x * 1j, "a complex number"),
    ],
)
def test_grad_needs_one_real_number(fn, what):
    with pytest.raises(ArgumentError, match=what) as caught:
        s2sad.grad(fn)(0.5)
    assert caught.value.code == "S2S007"
