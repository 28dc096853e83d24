"""Variables without a value on some path."""

from __future__ import annotations

import numpy as np

import s2sad
from s2sad.ad.definedness import defined, may_be_undefined
from s2sad.frontend import lower
from s2sad.ir.kinds import kinds_of


def branchy(x, v):
    if x > 0.0:
        if v[0] > v[1]:
            return np.full((2, 2), x)
    elif v[1] > 0.5:
        return np.ones((2, 2))
    return np.zeros((2, 2)) * v[0]


def square(x):
    return x * x


def test_what_one_branch_assigns_may_be_undefined():
    fn = lower(branchy, kinds_of((1.0, np.ones(2)))).function
    assert {v.name for v in may_be_undefined(fn)} == {"result"}


def test_a_function_without_branches_has_a_value_for_everything():
    fn = lower(square, kinds_of((1.0,))).function
    assert not may_be_undefined(fn)
    assert defined(fn.body.stmts, set()) == fn.body.stmts


def test_tangents_on_every_path():
    for x in (1.0, -1.0):
        for v in (np.array([0.1, 0.7]), np.array([0.7, 0.1]), np.array([0.7, 0.6])):
            y, y_dot = s2sad.jvp(branchy, (x, v), (1.0, np.ones(2)))
            h = 1e-6
            assert np.array_equal(y, branchy(x, v))
            np.testing.assert_allclose(y_dot, (branchy(x + h, v + h) - branchy(x - h, v - h)) / (2 * h), atol=1e-8)
