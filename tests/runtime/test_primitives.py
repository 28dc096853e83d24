"""s2sad's own primitives."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import runtime

A = np.arange(6.0).reshape(2, 3)


def test_updates_are_functional():
    keep = A.copy()
    assert runtime.setitem(A, (0, 1), 9.0)[0, 1] == 9.0
    np.testing.assert_array_equal(runtime.add_at(A, ([0, 0],), 1.0)[0], A[0] + 2.0)
    np.testing.assert_array_equal(
        runtime.setview(A, (("index", 1), ("index", slice(1, None))), 0, 7.0)[1], [3.0, 7.0, 5.0]
    )
    assert runtime.setview(A, (("attr", "T"),), 0, 5.0)[1, 0] == 5.0
    assert runtime.setview(A, (("call", np.swapaxes, (0, 1)),), (2, 1), 8.0)[1, 2] == 8.0
    np.testing.assert_array_equal(A, keep)


def test_lists_are_functional():
    xs = [1, 2]
    assert runtime.append(xs, 3) == [1, 2, 3] and runtime.pop(xs) == ([1], 2) and runtime.pop(xs, 0) == ([2], 1)
    assert runtime.join_lists(xs, [3]) == [1, 2, 3] and runtime.repeat_list(xs, 2) == [1, 2, 1, 2] and xs == [1, 2]
    assert runtime.add_at([1.0, 2.0], 1, 5.0) == [1.0, 7.0]


def test_order_is_that_of_sorted():
    xs = [3.0, -1.0, 3.0, 2.0]
    for reverse in (False, True):
        places = runtime.order(xs, reverse)
        assert runtime.picked(xs, places) == sorted(xs, reverse=reverse)
        assert runtime.placed(runtime.picked(xs, places), places) == xs
    assert runtime.order(xs, True) == [0, 2, 3, 1]
    assert runtime.place_of({"a": 0, "b": 1}, "b") == 1 and runtime.keys_of({"a": 0, "b": 1}) == ["a", "b"]


def test_fold_is_the_transpose_of_repeat():
    xs, ys = [0.5, -1.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert np.dot(runtime.repeat_list(xs, 3), ys) == pytest.approx(np.dot(xs, runtime.fold_list(ys, 2)))


@pytest.mark.parametrize("index", [[0, 2, 2, -1], [[0, 1], [1, 1]], [], [-3, -3]])
@pytest.mark.parametrize("order", ["C", "F"])
def test_add_rows(index, order):
    index = np.array(index, dtype=int)
    rng = np.random.default_rng(0)
    for shape, dtype in (((3, 4), float), ((3, 2, 2), np.float32), ((3, 0), float), ((3, 4), complex)):
        a = np.asarray(rng.normal(size=shape).astype(dtype), order=order)
        for rows in (rng.normal(size=(*index.shape, *shape[1:])), 2.0):
            expected = a.copy()
            np.add.at(expected, index, rows)
            runtime.add_rows(a, index, rows)
            np.testing.assert_allclose(a, expected, rtol=1e-6)


def test_add_rows_outside():
    for index in ([3], [-4]):
        with pytest.raises(IndexError):
            runtime.add_rows(np.zeros((3, 2)), np.array(index), 1.0)
    a = np.zeros((2, 3))
    runtime.add_rows(a, np.array([True, False]), 1.0)
    assert a.tolist() == [[1.0] * 3, [0.0] * 3]
