"""The primitives of s2sad do what their records say."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import ops, runtime
from tests.ops.checker import check, given, members, name_of

A = np.array([0.5, -1.25, 2.0])
M = np.arange(6.0).reshape(2, 3)
ROW = (("index", 0),)
K = np.array([0, 0, 2])


def falling(x, n):
    return x if n == 0 else np.sin(falling(x, n - 1))


RECURSIVE = runtime.Recursive(falling)
SWEEP = runtime.recursive_sweep(RECURSIVE, (0,), 0.5, 3)
EXPLICIT = {
    runtime.setitem: [given(A, 0, 1.0), given(M, 0, A), given(M, K[:2] // 2, 0.5), given([1.0, 2.0], 0, A)],
    runtime.setview: [given(M, ROW, 0, 1.0), given(M, (("attr", "T"),), 0, 1.0)],
    runtime.add_at: [given(A, K, 1.0), given(A, 0, 1.0), given([A, A], 0, A), given([1.0], 0, 2.0)],
    runtime.add_view: [given(M, ROW, 0, 1.0)],
    runtime.append: [given([A], A), given([], 1.0), given([1.0], [A])],
    runtime.pop: [given([A, 1.0]), given([A, A], 0)],
    runtime.view: [
        given(M, ROW),
        given(M, (("attr", "T"), ("index", 1))),
        given(M, (("call", np.reshape, ((3, 2),)),)),
        given(M, ()),
    ],
    runtime.join_lists: [given([A], [A]), given([], [])],
    runtime.repeat_list: [given([A], 2), given([A], 1), given([1.0], 0)],
    runtime.picked: [given([A, 1.0], [1, 0]), given([A], [])],
    runtime.placed: [given([A, 1.0], [1, 0])],
    runtime.fold_list: [given([A, 1.0, A, 2.0], 2), given([A, A], 2)],
    runtime.order: [given([2.0, 1.0]), given([], True)],
    runtime.place_of: [given({"a": 1}, "a")],
    runtime.keys_of: [given({"a": 1})],
    tuple.index: [given((1.0, 2.0), 2.0), given((1, "a"), "a")],
    tuple.count: [given((1.0, 2.0, 2.0), 2.0), given((), 1)],
    runtime.pulled_back: [given(np.multiply, (A, A), {}, A, A, ("a",))],
    runtime.pushed_forward: [given(np.multiply, (A, A), {}, A, {"a": A})],
    runtime.recursive_sweep: [given(RECURSIVE, (0,), 0.5, 3)],
    runtime.recursive_tangent: [given(RECURSIVE, (0,), 0.5, 3)],
    runtime.recursive_back: [given(SWEEP, SWEEP(0.5, 3), 1.0)],
    runtime.matrix_function: [given(M, M, A, M, A, A, True)],
    runtime.singular_function: [given(M, M, A, M, M, A, A)],
    runtime.divided_differences: [given(A, A**2, 2.0 * A), given(A, 1.0, 0.0)],
    runtime.divided_sums: [given(A, A**2, 2.0 * A), given(A, 1.0, 0.0)],
    runtime.is_slope: [given(A, A**2, 2.0 * A)],
    runtime.coincide: [given(A), given(np.zeros(0))],
    runtime.pairs: [given(A, A, -1.0), given(1.0, A, 1.0)],
    runtime.same: [given(A), given(2.0), given([A])],
    runtime.stop_gradient: [given(A), given(2.0), given([A])],
    runtime.unbroadcast: [given(M, A), given(A, 1.0), given(A, A), given(M, M[:1]), given(1.0, 2.0)],
    runtime.unbroadcast_to: [given(M, (3,), A.dtype), given(M, (2, 3), A.dtype), given(A, (), np.dtype(np.float32))],
    runtime.or_zeros: [given(A, A), given(None, A), given(None, 2.0)],
    runtime.astype_of: [given(A, A), given(A, np.float32(1.0)), given(A, A.astype(np.float32)), given(1.0, 2.0)],
    runtime.broadcast_like: [given(A, M), given(1.0, A), given(A, A), given(1.0, 2.0)],
    runtime.cotangent_of: [given(A, A), given(1.0, 2.0), given(A, A.astype(np.float32)), given(A.tolist(), A)],
    runtime.fitted: [given(A, A), given(1.0, 2.0), given(A, A.astype(np.float32)), given(A.tolist(), A)],
    runtime.copy: [given(A), given(M.T), given([A, 1.0]), given({"a": [A]}), given(2.0), given(M[:, ::2])],
    runtime.copy_together: [given([A, A]), given(A)],
    runtime.zeros_like: [given(A), given([A, 1.0]), given(2.0), given(np.float32(1.0))],
    runtime.zero_of: [given(A), given(1.0)],
    runtime.seed: [given(1.0), given(np.array([1.0]))],
    runtime.add: [given(A, A), given([A], [A]), given(1.0, 2.0), given([1.0, A], [2.0, A])],
    runtime.masked_product: [
        given(A, A),
        given(np.array([0.0]), np.array([np.inf])),
        given(0.0, np.inf),
        given(A, 2.0),
    ],
    runtime.masked_contraction: [given(np.matmul, 0, A, M.T), given(np.dot, 1, M, A)],
    runtime.tamed: [given(A, A), given(np.array([np.inf]), np.array([0.0])), given(np.inf, 0.0)],
    runtime.logistic: [given(A, np.exp(A), 2.0), given(0.5, np.exp(0.5), 1.0)],
    runtime.softplus: [given(A, np.exp(A), 2.0), given(0.5, np.exp(0.5), 1.0)],
    runtime.sech_squared: [given(A, np.tanh(A)), given(20.0, 1.0), given(0.5, np.tanh(0.5))],
    runtime.jump: [given(A), given(-2.0), given(0.0)],
    runtime.slope: [given(A), given(-2.0), given(0.0)],
    runtime.ratio: [given(A, A), given(0.0, 0.0), given(A, 2.0), given(A, 0.0), given(A, A, A < 0.5)],
    runtime.recurrence: [given(A, A), given(M, M)],
    runtime.cofactors: [given(np.eye(3))],
    runtime.cofactors_along: [given(np.eye(3), np.ones((3, 3)))],
    runtime.selected: [given(np.divide, A > 0, A, 1.0, A)],
    runtime.check_order: [given(np.ones((3, 3)), (), (slice(None), 1), (("index", 1),))],
    runtime.check_items: [given([A, A], 2), given(M, 2), given(M, 2, True), given(M, 3, axis=1)],
    runtime.check_arguments: [given("f", ["x", "y"], [A], 1)],
    runtime.check_zip: [given(2, 2)],
    runtime.check_bound: [given(A, UnboundLocalError, "text"), given(1.0, NameError, "text")],
    runtime.tamed: [given(A, A), given(np.array([np.inf]), np.array([0.0])), given(2.0, 1.0)],
    runtime.logistic: [given(A, np.exp(A), 3.0), given(0.0, 1.0, 3.0)],
    runtime.softplus: [given(A, np.exp(A), 3.0), given(0.0, 1.0, 3.0)],
    runtime.masked_contraction: [
        given(np.dot, 0, A, A),
        given(np.matmul, 1, M, M.T),
        given(np.dot, 0, A, np.array([np.inf, 1.0, 1.0])),
    ],
    runtime.check_plain: [given(A), given(1.0)],
    runtime.check_first: [given([0.0]), given([])],
    runtime.check_length: [given([1.0, 2.0], slice(0, 1), [1.0])],
}


@pytest.mark.parametrize("op", [op for op in members("containers") if op is not runtime.raise_], ids=name_of)
def test_a_record_is_true(op):
    apart = ("bounded",) if op is runtime.logistic else ()  # of an exponential and a positive number alone
    check(op, EXPLICIT.get(op, ()), generic=False, apart=apart)


def test_raising_is_an_effect():
    assert ops.of(runtime.raise_).effect is ops.Effect.ERROR
    with pytest.raises(ValueError):
        runtime.raise_(ValueError("text"))


def test_a_draw_moves_the_generator_on():
    rng = np.random.default_rng(0)
    assert runtime.drawn(rng, "random") != runtime.drawn(rng, "random")
    assert ops.of(runtime.drawn).draws
