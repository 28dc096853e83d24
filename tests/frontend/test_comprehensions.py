"""Comprehensions."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ir import For
from tests.frontend.helper import V, check, lower


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: [x * 2.0 for x in v],
        lambda v: [x for x in v if x > 0.0],
        lambda v: [x * y for x in v[:2] for y in v[2:]],
        lambda v: sum(x * x for x in v),
        lambda v: {k: k * v[0] for k in (1, 2)},
        lambda v: [[y for y in (x, v[0])] for x in (1.0, 2.0)],
        lambda v: [(x, y) for x, y in zip(v, v[::-1])],
        lambda v: max(x for x in (v[0], v[1])),
        lambda v: all(x > -1.0 for x in v),
        lambda v: any([x > 1.0 for x in v]),
        lambda v: np.array([x**i for i, x in enumerate(v)]),
    ],
)
def test_comprehensions(fn):
    check(fn, V)


def test_a_walrus_in_a_comprehension_is_seen_outside():
    def f(v):
        xs = [y := x * 2.0 for x in (v[0], v[1])]
        return xs, y

    check(f, V)


def test_the_variable_of_a_comprehension_is_its_own():
    def f(v):
        x = v[0]
        ys = [x * 2.0 for x in (v[1], v[2])]
        return x, ys

    check(f, V)


def test_a_dict_whose_keys_are_computed():
    check(lambda v: sum({x: x * 2.0 for x in v}.values()), V)


def test_known_items_need_no_loop():
    assert not [s for s in lower(lambda x: [x * k for k in (1.0, 2.0)], 0.5).body.stmts if isinstance(s, For)]
