"""Rules of lists and of s2sad's own primitives."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import rules, runtime
from s2sad.testing import check_rule
from tests.rules import sample

V = np.array([0.5, -1.0, 2.0])
A = np.arange(12.0).reshape(4, 3)
Z = V + 1j

SAMPLES = [
    sample(runtime.append, [1.0, 2.0], 3.0), sample(runtime.append, [V, V], 2.0 * V), sample(runtime.append, [], V),
    *[sample(runtime.pop, xs, i) for xs in [[1.0, 2.0, 3.0], [V, 2.0 * V, V]] for i in [-1, 0, 1, -2]],
    sample(runtime.copy, V), sample(np.ndarray.copy, A), sample(runtime.copy, [1.0, V]),
    sample(runtime.add, V, V), sample(runtime.add, [1.0, V], [2.0, V]),
    sample(runtime.unbroadcast, A, V), sample(runtime.unbroadcast, V, 1.0), sample(runtime.unbroadcast, A[:1], A),
    sample(runtime.astype_of, Z, V), sample(runtime.astype_of, V, Z), sample(runtime.or_zeros, V, V),
    sample(runtime.unbroadcast_to, A, (3,), V.dtype), sample(runtime.broadcast_like, V, A), sample(runtime.same, V),
    sample(runtime.cotangent_of, V, V), sample(runtime.fitted, Z, V), sample(runtime.masked_product, V, 2.0 * V),
    sample(runtime.masked_product, V, 2.0 * V, either=True), sample(runtime.tamed, V, 2.0 * V),
    sample(runtime.join_lists, [1.0, 2.0], [3.0]), sample(runtime.repeat_list, [1.0, 2.0], 3),
    sample(runtime.fold_list, [1.0, 2.0, 3.0, 4.0], 2),
    sample(runtime.picked, [1.0, 2.0, 3.0], [2, 0, 1]), sample(runtime.placed, [V, 2.0 * V], [1, 0]),
    sample(list, [1.0, 2.0]), sample(list, A), sample(tuple, (1.0, 2.0)),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("xs, bars, expected", [([1.0, 2.0], [3.0, 4.0], [4.0, 3.0]),
                                                (V[:2], [3.0, 4.0], [4.0, 3.0])])
def test_reversed(xs, bars, expected):
    got = rules.pullback(reversed, (xs,), {}, y=None, y_bar=bars)["xs"]
    assert list(got) == expected and type(got) is type(xs)


@pytest.mark.parametrize("y_bar, expected", [((None, 1.0), [0.0, 0.0, 1.0]), (([1.0, 2.0], None), [1.0, 2.0, 0.0])])
def test_pop_with_one_cotangent(y_bar, expected):
    xs = [1.0, 2.0, 3.0]
    assert rules.pullback(runtime.pop, (xs,), {}, y=runtime.pop(xs), y_bar=y_bar)["xs"] == expected


@pytest.mark.parametrize("op", [runtime.zeros_like, zip, enumerate])
def test_no_gradient(op):
    assert rules.has_no_gradient(op)


def test_a_recursive_call_has_its_own_derivative():
    def halves(x, n):
        return x if n == 0 else halves(0.5 * x * x, n - 1)
    call = runtime.Recursive(halves)
    assert call(2.0, 2) == halves(2.0, 2)
    bars = rules.pullback(call, (2.0, 2), {}, y=call(2.0, 2), y_bar=1.0)
    assert bars["xs"][0] == pytest.approx((halves(2.0 + 1e-6, 2) - halves(2.0 - 1e-6, 2)) / 2e-6, rel=1e-8)
    assert bars["xs"][1] is None
