"""``grad`` and ``value_and_grad``: ways to say what by."""

from __future__ import annotations

import pytest

from s2sad import grad, value_and_grad


def power(x, n=2.0):
    return x ** n * 3.0


@pytest.mark.parametrize("options", [{}, {"argnums": 0}, {"argnum": 0}, {"argnames": "x"}])
def test_ways_to_say_what_by(options):
    assert grad(power, **options)(2.0) == 12.0 == grad(**options)(power)(2.0)
    assert value_and_grad(power, **options)(2.0) == (12.0, 12.0)


def test_inside_they_take_the_same_options():
    assert grad(lambda x: grad(power, argnums=0)(x))(2.0) == 6.0
    assert grad(lambda x: value_and_grad(lambda y: y ** 3)(x)[1])(2.0) == 12.0
