"""What takes parts, chooses and finds places does what its record says."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from s2sad import ops
from tests.ops.checker import check, given, members, name_of
from tests.ops.samples import copied
from tests.ops.sharing import snapshot

A = np.array([0.5, -1.25, 2.0])
K = np.array([0, 2, 1])
M = np.arange(6.0).reshape(2, 3)
EXPLICIT = {
    getattr: [given(M, "T"), given(A, "real"), given(M, "shape"), given(2.0, "real")],
    operator.getitem: [
        given(M, 0),
        given(M, (slice(None), 1)),
        given(M, [0, 1]),
        given([A, A], 1),
        given({"a": A}, "a"),
    ],
    np.ix_: [given(K), given(K, K), given([0, 1], K), given(np.array([True, False]))],
    np.ravel_multi_index: [given((K, K), (3, 4))],
    np.unravel_index: [given(K, (3, 4)), given(2, (3, 4))],
    np.select: [given([A > 0, A > 1], [A, A * 2.0]), given([A > 0], [A], 1.0)],
    np.choose: [given(K, [A, A, A])],
    np.unique: [given(A, True, True), given(A, axis=0)],
    np.unwrap: [given(A), given(np.array([]))],
    np.take_along_axis: [given(A, K, 0)],
    np.searchsorted: [given(np.sort(A), A)],
}
WRITTEN = {
    np.copyto: (A, 1.0),
    np.put: (A, K, 1.0),
    np.place: (A, A > 0, [9.0]),
    np.putmask: (A, A > 0, 9.0),
    np.fill_diagonal: (M, 9.0),
    np.put_along_axis: (A, K[:1], 9.0, 0),
    np.random.shuffle: (np.arange(50.0),),
}


@pytest.mark.parametrize("op", members("indexing"), ids=name_of)
def test_a_record_is_true(op):
    check(op, EXPLICIT.get(op, ()))


@pytest.mark.parametrize("op", [op for op, known in ops.RECORDS.items() if known.writes], ids=name_of)
def test_what_writes_to_its_argument_does_so(op):
    a, *rest = map(copied, WRITTEN[op])
    op(a, *rest)
    assert snapshot(a) != snapshot(WRITTEN[op][0])
    assert ops.of(op).has_effect
