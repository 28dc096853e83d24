"""The checks themselves: they accept right rules, and find every kind of wrong one."""
from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import s2sad
from s2sad import rules, testing
from s2sad.testing import check_grads, check_rule, numerical_jvp

A = np.array([[0.6, -1.3, 2.2], [1.7, 0.4, -0.9]])


@pytest.fixture
def scratch(monkeypatch):
    """A place to register rules that are gone after the test."""
    monkeypatch.setattr(rules, "RULES", dict(rules.RULES))


def triple(x):
    return 3.0 * x


def test_a_right_rule_passes(scratch):
    @rules.elementwise(triple)
    def rule(x):
        return 3.0

    check_rule(triple, A)
    check_rule(triple, 1.5)
    check_rule(triple, A.astype(np.float32))


def test_a_wrong_partial_is_found(scratch):
    @rules.elementwise(triple)
    def rule(x):
        return 3.001

    with pytest.raises(AssertionError, match="finite differences"):
        check_rule(triple, A)


def test_a_vjp_that_is_not_the_transpose_is_found(scratch):
    @rules.rule(triple)
    def rule(x, *, y_bar):
        return 2.0 * y_bar

    @rule.jvp
    def rule_jvp(x, *, x_dot):
        return 3.0 * x_dot

    with pytest.raises(AssertionError, match="J ẋ"):
        check_rule(triple, A)


@pytest.mark.parametrize("spoil, complaint", [
    (lambda g: np.sum(g), "shape"), (lambda g: [g, g], "shape"), (lambda g: g.reshape(-1), "shape")])
def test_a_cotangent_of_another_shape_is_found(scratch, spoil, complaint):
    @rules.linear(triple, "x")
    def rule(x, *, y_bar):
        return spoil(3.0 * y_bar)

    with pytest.raises(AssertionError, match=complaint):
        check_rule(triple, A)


def test_a_rule_that_writes_to_its_input_is_found(scratch):
    @rules.linear(triple, "x")
    def rule(x, *, y_bar):
        x += 0.0
        x[0, 0] += 1e-12
        return 3.0 * y_bar

    with pytest.raises(AssertionError, match="changed"):
        check_rule(triple, A.copy())


def test_no_rule():
    with pytest.raises(KeyError, match="no rule"):
        check_rule(sorted, A)


def test_nothing_to_differentiate():
    with pytest.raises(AssertionError, match="nothing to differentiate"):
        check_rule(np.sin, np.arange(3))


def test_numerical_jvp_is_of_fourth_order():
    errors = [abs(numerical_jvp(np.exp, [0.3], [1.0], h)[0] - np.exp(0.3)) for h in (0.2, 0.1)]
    assert errors[0] / errors[1] == pytest.approx(16.0, rel=0.05)


# Objects

class Plain:
    def __init__(self, **fields):
        self.__dict__.update(fields)


def quadratic(p, q, x):
    return np.sum(p.w * p.w * q["k"].w[0]) * x * p.n


def made_objects(p, x):
    return Plain(y=p.w * x, n=3, inner=Plain(z=np.sum(p.w) * x))


def test_check_grads_of_objects():
    p, q = Plain(w=np.array([0.3, -1.2]), n=2, name="p", none=None), {"k": Plain(w=np.ones(1), n=1)}
    check_grads(quadratic, [p, q, 0.7])
    s2sad.grad(quadratic, (0, 1)).check(p, q, 0.7)
    assert p.w.tolist() == [0.3, -1.2] and p.n == 2


def test_check_grads_of_an_object_in_two_places():
    inner = Plain(w=np.array([0.3, -1.2]), n=2)

    def f(p):
        return np.sum(p.a.w ** 2 * p.b.w)

    check_grads(f, [Plain(a=inner, b=inner)])
    s2sad.grad(f).check(Plain(a=inner, b=inner))


def test_check_grads_of_functions_that_return_objects():
    check_grads(made_objects, [Plain(w=np.array([0.3, -1.2])), 0.5])


@pytest.mark.parametrize("spoil", [
    lambda g: g.w, lambda g: SimpleNamespace(v=g.w), lambda g: SimpleNamespace(w=2 * g.w)])
def test_a_wrong_gradient_of_an_object_is_found(monkeypatch, spoil):
    right = testing.api.vjp

    def wrong(f, *args):
        y, pull = right(f, *args)
        return y, lambda y_bar: (spoil(pull(y_bar)[0]),)

    check_grads(lambda p: np.sum(p.w ** 2), [Plain(w=np.ones(2))], order=1, modes=["rev"])
    monkeypatch.setattr(testing.api, "vjp", wrong)
    with pytest.raises(AssertionError):
        check_grads(lambda p: np.sum(p.w ** 2), [Plain(w=np.ones(2))], order=1, modes=["rev"])


def test_a_change_of_a_field_is_found(monkeypatch):
    p = Plain(w=np.ones(2), n=np.array([1, 2]))
    right = testing.api.vjp

    def spoiling(f, *args):
        p.n[0] = 5
        return right(f, *args)

    monkeypatch.setattr(testing.api, "vjp", spoiling)
    with pytest.raises(AssertionError, match="an argument was changed"):
        check_grads(lambda p: np.sum(p.w ** 2), [p], order=1, modes=["rev"])
