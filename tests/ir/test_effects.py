import operator
import random

import numpy as np
import pytest

from s2sad import runtime
from s2sad.ir.effects import CREATES, READS_META, UPDATES, VIEWS, consumed, has_effect, result_may_share
from s2sad.ir.facts import Fact
from s2sad.ir.text import parse

A = np.arange(12.0).reshape(3, 4)
SAMPLES = {
    operator.getitem: (A, slice(1, 3)),
    np.swapaxes: (A, 0, 1),
    np.moveaxis: (A, 0, 1),
    np.rollaxis: (A, 1),
    np.expand_dims: (A, 0),
    np.reshape: (A, (4, 3)),
    np.broadcast_to: (A, (2, 3, 4)),
    getattr: (A, "T"),
    runtime.view: (A, ()),
    runtime.unbroadcast: (A, A),
    runtime.astype_of: (A, A),
}


def test_views_share_memory():
    for op in (
        operator.getitem,
        np.transpose,
        np.reshape,
        np.ravel,
        np.squeeze,
        np.real,
        np.flip,
        getattr,
        np.diagonal,
    ):
        assert op in VIEWS and np.shares_memory(op(*SAMPLES.get(op, (A,))), A)


def test_what_creates_and_what_reads_only_meta_shares_nothing():
    for op in (np.array, np.copy, np.zeros_like, runtime.copy, runtime.zeros_like):
        assert op in CREATES and not np.shares_memory(op(A), A)
    assert np.zeros_like in READS_META and np.copy not in READS_META
    assert not CREATES & UPDATES and not CREATES & VIEWS


def test_every_update_leaves_its_argument_alone_in_the_ir():
    for op in (runtime.setitem, runtime.add_at):
        keep = A.copy()
        op(A, 0, 1.0)
        np.testing.assert_array_equal(A, keep)


@pytest.mark.parametrize(
    "op", [print, input, open, setattr, np.random.default_rng(0).normal, np.random.rand, random.random]
)
def test_effects(op):
    assert has_effect(op)


def test_no_effects():
    class Unhashable:
        __hash__ = None

        def __call__(self):
            return 1

    assert not any(map(has_effect, (np.sin, runtime.setitem, len, "s".upper, lambda: 1, Unhashable())))


def test_scalars_share_nothing():
    call = parse("def f(a):\n    b = a[0]\n    return b").body.stmts[0]
    assert result_may_share(call)
    call = parse("def f(a):\n    b = a[0]\n    return b", facts={"b": Fact("float")}).body.stmts[0]
    assert not result_may_share(call)


def test_consumed():
    fn = parse(
        """
def f(x, n, s):
    a = np.sin(x)
    v = a[1:]
    w = v.T
    b = setitem(w, 0, s)
    c = np.cos(x)
    d = for i in range(n) carry e = c:
        g = e * 2.0
        yield g
    h = np.tan(x)
    k = if s:
        yield h
    else:
        yield s
    m = h * c
    return b, d, k, m
""",
        facts={"s": Fact("float")},
    )
    assert {v.name for v in consumed(fn.body)} == {"a", "v", "w", "c", "g", "h"}
