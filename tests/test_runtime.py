"""The helpers of generated code."""

from __future__ import annotations

import ast
import inspect
import pickle
from types import SimpleNamespace

import numpy as np
import pytest

import s2sad
from s2sad import runtime

A = np.arange(6.0).reshape(2, 3)


def test_only_numpy_is_imported():
    names = {
        n.module if isinstance(n, ast.ImportFrom) else n.names[0].name
        for n in ast.walk(ast.parse(inspect.getsource(runtime)))
        if isinstance(n, (ast.Import, ast.ImportFrom))
    }
    assert names <= {"numpy", "copy", "typing", "__future__", "math", "operator"}


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


def test_copies_share_nothing():
    x = {"a": [A, (A, 1.0)], "b": None, "c": "s"}
    made = runtime.copy(x)
    assert made["a"][0] is not A and not np.shares_memory(made["a"][1][0], A) and type(made["a"][1]) is tuple
    made["a"][0][:] = 7.0
    assert A[0, 1] == 1.0 and made["c"] == "s"


def test_copies_keep_named_tuples():
    from collections import namedtuple

    point = namedtuple("Point", "x y")(A, 1.0)
    made = runtime.copy(point)
    assert type(made) is type(point) and made.y == 1.0 and not np.shares_memory(made.x, A)


def test_a_copy_of_all_arguments_keeps_what_is_one():
    inner = SimpleNamespace(w=A)
    args = [inner, {"p": (inner, A)}, [A], 2.0, None]
    made = runtime.copy_together(args)
    assert made[0] is made[1]["p"][0] is not inner and made[0].w is made[1]["p"][1] is made[2][0]
    assert not np.shares_memory(made[0].w, A) and made[3:] == [2.0, None]


@pytest.mark.parametrize(
    "shape, g_shape",
    [
        ((3,), (3,)),
        ((3,), (2, 3)),
        ((1,), (2, 3)),
        ((), (2, 3)),
        ((2, 1), (2, 3)),
        ((1, 1), (4, 5)),
        ((2, 3), (3,)),
        ((0,), (0,)),
        ((1,), (0,)),
        ((3, 1, 2), (4, 3, 5, 2)),
    ],
)
@pytest.mark.parametrize("dtype", [float, np.float32, complex])
def test_unbroadcast_is_the_transpose_of_broadcast(shape, g_shape, dtype):
    rng = np.random.default_rng(0)
    x, g = np.asarray(rng.normal(size=shape), dtype), np.asarray(rng.normal(size=g_shape))
    made = runtime.unbroadcast(g, x)
    full = np.broadcast_shapes(shape, g_shape)
    assert np.shape(made) == shape and made.dtype == dtype
    expected = np.sum(np.broadcast_to(g, full) * np.broadcast_to(x, full))
    np.testing.assert_allclose(np.sum(made * x), expected, rtol=1e-4, atol=1e-6)
    again = runtime.unbroadcast_to(g, shape, np.dtype(dtype))
    np.testing.assert_array_equal(again, made)


@pytest.mark.parametrize(
    "g, x, expected",
    [
        (1.0 + 2.0j, 0.5, 1.0),
        (np.float64(2.0), np.float32(1.0), np.float32(2.0)),
        (1j * A, A, 0.0 * A),
        (A, A.astype(np.float32), A),
        (2.0, 0.5, 2.0),
        (2.0, 3, 2.0),
    ],
)
def test_the_dtype_of_the_argument(g, x, expected):
    made = runtime.astype_of(g, x)
    np.testing.assert_array_equal(made, expected)
    assert getattr(made, "dtype", None) == getattr(expected if not hasattr(x, "dtype") else x, "dtype", None)


def test_zeros_of_anything():
    assert runtime.zeros_like(2.0) == 0.0 and runtime.zeros_like(2j) == 0j
    assert runtime.zeros_like(np.float32(2)).dtype == np.float32
    np.testing.assert_array_equal(runtime.zeros_like([A, 1.0])[0], np.zeros((2, 3)))


@pytest.mark.parametrize(
    "g, partial, expected",
    [
        (0.0, np.inf, 0.0),
        (0.0, np.nan, 0.0),
        (2.0, np.inf, np.inf),
        (np.array([0.0, 1.0]), np.array([np.inf, 3.0]), [0.0, 3.0]),
        (np.array([0.0, 2.0]), np.nan, [0.0, np.nan]),
        (0.0, np.array([np.nan, 1.0]), [0.0, 0.0]),
    ],
)
def test_a_zero_cotangent_wins(g, partial, expected):
    np.testing.assert_array_equal(runtime.masked_product(g, partial), expected)


def test_seed():
    assert runtime.seed(2.0) == 1.0 and runtime.seed(np.float32(2)) == 1.0
    assert runtime.seed(np.array([[2.0]])).shape == (1, 1)
    for bad in (A, np.array([1]), 3, 1j, "s", None, [1.0], np.zeros(0)):
        with pytest.raises(runtime.NotScalar):
            runtime.seed(bad)


def test_cotangents_of_the_caller_are_checked():
    assert runtime.cotangent_of(np.ones((2, 3), np.float32), A).dtype == float
    assert runtime.cotangent_of(1, 0.5) == 1.0 and isinstance(runtime.cotangent_of(1, 0.5), float)
    assert runtime.cotangent_of([1.0, 2.0], np.zeros(2)).tolist() == [1.0, 2.0]
    for g, y in ((np.ones(3), A), (1.0, A), (A, 1.0), (np.ones((2, 3, 1)), A)):
        with pytest.raises(ValueError, match="of shape"):
            runtime.cotangent_of(g, y)


def test_sums_of_structures():
    assert runtime.add([1.0, 2.0], [3.0, 4.0]) == [4.0, 6.0]
    np.testing.assert_array_equal(runtime.add(A, A), 2 * A)
    assert runtime.add((1.0, [2.0]), (1.0, [3.0])) == (2.0, [5.0])


def test_recurrence_is_the_loop():
    a, b = np.random.default_rng(0).normal(size=(2, 2, 5))
    h = runtime.recurrence(a, b)
    for row in range(2):
        state = 0.0
        for i in range(5):
            state = (a[row, i] * state if i else 0.0) + b[row, i]
            assert h[row, i] == pytest.approx(state)


def test_a_value_that_no_path_gave():
    assert repr(runtime.NOTHING) and pickle.loads(pickle.dumps(runtime.NOTHING)) is runtime.NOTHING
    for use in (
        lambda x: x + 1.0,
        lambda x: 2.0 * x,
        lambda x: -x,
        lambda x: np.sin(x),
        lambda x: A + x,
        lambda x: x[0],
        float,
    ):
        with pytest.raises((NameError, TypeError)):
            use(runtime.NOTHING)
    assert runtime.copy(runtime.NOTHING) is not None and runtime.NOTHING.copy() is runtime.NOTHING


@pytest.mark.parametrize("layout", [
    lambda a: a, np.asfortranarray, lambda a: a[::2, ::3], lambda a: a[::-1, ::-2], lambda a: a.T[1:], lambda a: a[:0],
    lambda a: np.moveaxis(a.reshape(12, 5, 2), 0, 1)[:, ::2]])
def test_copies_lie_in_memory_as_the_array_does(layout):
    a = layout(np.arange(120.0).reshape(12, 10))
    b = runtime.copy(a)
    assert np.array_equal(a, b) and a.dtype == b.dtype and not np.may_share_memory(a, b)
    assert a.strides == b.strides or not a.size


def test_a_product_with_a_copied_argument_has_the_same_bits():
    def f(a, x):
        a[0] *= 2.0
        return np.sum(a @ x)

    rng = np.random.default_rng(0)
    for n in range(1, 40):
        wide, x = rng.normal(size=(2 * n, 4 * n + 2)), rng.normal(size=2 * n + 1)
        expected = f(wide.copy()[::2, ::2], x)
        assert s2sad.value_and_grad(f)(wide[::2, ::2], x)[0] == expected


def test_units():
    units = runtime.Units(np.zeros((2, 2), np.float32))
    assert len(units) == 4 and units[1].dtype == np.float32 and units[1].tolist() == [[0.0, 1.0], [0.0, 0.0]]
    assert list(runtime.Units(2.0)) == [1.0] and list(runtime.Units(np.zeros(0))) == []
    assert runtime.Units([1, 2])[0].dtype == float
    first = units[0]
    first[:] = 7.0
    assert units[0].sum() == 1.0
    with pytest.raises(IndexError):
        units[4]


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
