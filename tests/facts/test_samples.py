"""Values made up from facts."""

from __future__ import annotations

import numpy as np

from s2sad import check_grads
from s2sad.facts.samples import sample, sample_of
from s2sad.ir import Const, Fact, Pack
from s2sad.ir.facts import array, constant
from tests.facts.helper import N, assert_holds


def test_samples_have_their_facts():
    for fact in (
        Fact("float"),
        Fact("int"),
        Fact("bool"),
        Fact("complex"),
        Fact("scalar", np.dtype(np.float32)),
        array(float, (3, N, 1)),
        array(complex, ()),
        Fact("list", item=Fact("float")),
        Fact("str"),
        Fact("range"),
    ):
        x = sample_of(fact, 5)
        assert_holds(fact if fact.kind != "array" else Fact("array", fact.dtype), x, {})
    assert sample(Pack("dict", (Const(1.0),), ("k",)), 2) == {"k": 1.0}
    assert sample(Pack("slice", (Const(1), Const(None), Const(None))), 2) == slice(1, None)
    assert sample_of(constant(2.5), 5) == 2.5


def test_products_with_large_constants_have_a_kind():
    W = np.random.default_rng(0).normal(size=(100, 100)) / 10.0

    def f(x, n):
        for _ in range(n):
            x = np.tanh(W @ x)
        return np.sum(W @ (W @ x))

    check_grads(f, (np.linspace(-1.0, 1.0, 100), 2))
