"""The checks themselves: they accept right rules, and find every kind of wrong one."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import rules
from s2sad.testing import check_rule, numerical_jvp

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
