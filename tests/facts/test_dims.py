"""Dimensions of results."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import broadcast_dims, dims_of, fills, index_parts, int_dim, is_basic
from s2sad.facts.infer import infer
from s2sad.ir import Const, Fact, Pack
from s2sad.ir.facts import array, is_not_one
from tests.facts.helper import SHAPES, M, N, S, arg_of, check, plain, value, var

INDICES = [
    0,
    S(0),
    S(-1),
    S(None),
    S(Ellipsis),
    slice(1, None),
    slice(None, -1),
    slice(None, None, -1),
    slice(0, 2),
    slice(1, -1),
    slice(None),
    (S(0), slice(None)),
    (slice(None), S(None)),
    (S(Ellipsis), S(0)),
    ([S(0), S(1)],),
    (slice(1, None), slice(None, -1)),
    np.array([0, 0, 1]),
    np.array([True, False, True]),
    (np.array([0, 1]), 0),
    np.int64(1),
    S((0, 1)),
    S(slice(1, 2)),
]


@pytest.mark.parametrize("k", range(len(INDICES)))
def test_indices(k):
    for shape in SHAPES:
        for dtype in (float, np.float32):
            check(operator.getitem, (value(shape, dtype), INDICES[k]))


@pytest.mark.parametrize("k", range(len(INDICES)))
def test_basic_indices_are_those_that_give_views(k):
    index = arg_of(INDICES[k], {})
    for shape in SHAPES:
        a = value(shape, float)
        try:
            got = a[plain(INDICES[k])]
        except IndexError:
            continue
        if isinstance(got, np.ndarray) and got.size:
            assert is_basic(index) is None or is_basic(index) == np.shares_memory(got, a)
    assert is_basic(var(Fact())) is None
    assert index_parts(arg_of((1, 2), {})) is not None


def test_sizes_are_followed_through_arithmetic():
    a = var(array(float, ((("n", 1), 0),)))
    n = var(infer(len, (a,), ()).facts[0])
    m = var(infer(operator.sub, (n, Const(1)), ()).facts[0])
    assert n.fact.sym == (("n", 1), 0) and m.fact.sym == (("n", 1), -1) == int_dim(m)
    made = infer(np.zeros, (m,), ()).facts[0]
    assert made.dims == ((("n", 1), -1),)
    cut = infer(operator.getitem, (a, Pack("slice", (Const(1), Const(None), Const(None)))), ()).facts[0]
    assert cut.dims == made.dims or cut.dims[0][1] == 0


def test_elementwise_results_have_the_shape_class_of_their_argument():
    a, b = (var(array(float, ((("n", k), 0), (("n", 9), 0)))) for k in (1, 2))
    row = var(array(float, ((("n", 9), 0),)))
    assert infer(np.tanh, (a,), ()).facts[0].dims == a.fact.dims
    assert infer(np.add, (a, row), ()).facts[0].dims == a.fact.dims
    assert infer(np.add, (a, Const(2.0)), ()).facts[0].dims == a.fact.dims
    assert infer(np.matmul, (a, infer_t(b)), ()).facts[0].dims == (a.fact.dims[0], b.fact.dims[0])


def infer_t(x):
    return var(infer(np.transpose, (x,), ()).facts[0])


@pytest.mark.parametrize(
    "shapes, dims",
    [
        ([(N,), (1,)], (N,)),
        ([(N,), ()], (N,)),
        ([(1,), (1,)], (1,)),
        ([(3, 1), (N,)], (3, N)),
        ([(M,), (M,)], (M,)),
        ([], ()),
        ([(N,), (M,)], (N,)),
        ([(M,), (1,)], (M,)),
    ],
)
def test_broadcast_of_dimensions(shapes, dims):
    assert broadcast_dims(shapes) == dims


def test_a_dimension_that_may_be_one_is_not_taken_for_another():
    (dim,) = broadcast_dims([(M,), ((("m", 3), 0),)])
    assert dim not in (M, (("m", 3), 0)) and not is_not_one(dim)


@pytest.mark.parametrize(
    "dims, others, certain",
    [
        ((N,), [(N,)], True),
        ((N,), [(M,)], True),
        ((M,), [(N,)], False),
        ((M,), [(1,)], True),
        ((M,), [()], True),
        ((1,), [(1,)], True),
        ((1,), [(N,)], False),
        ((N,), [(3, N)], False),
        ((3, N), [(N,)], True),
        ((N,), [None], False),
        (None, [(N,)], False),
    ],
)
def test_whether_an_operand_has_the_shape_of_the_broadcast(dims, others, certain):
    assert fills(dims, others) == certain


def test_dims_of():
    assert dims_of(Fact("float")) == () and dims_of(array(float, (2,))) == (2,) and dims_of(Fact()) is None
    assert fact_of(Const(2.0)).value == 2.0 and fact_of(Pack("list", ())).kind == "list"


@pytest.mark.parametrize(
    "op, args, kwargs",
    [
        (np.atleast_1d, (2.0,), {}),
        (np.atleast_1d, (np.ones((2, 3)),), {}),
        (np.atleast_2d, (np.ones(3),), {}),
        (np.concatenate, ([np.ones(3), np.ones(1)],), {}),
        (np.concatenate, ([np.ones(3), np.ones(4)],), {}),
        (np.concatenate, ([np.ones((1, 3)), np.ones((1, 3))],), {"axis": 0}),
        (np.concatenate, ([np.ones((1, 3)), np.ones((1, 3))],), {"axis": -1}),
        (np.concatenate, ([np.ones((2, 3)), np.ones((2, 3))],), {"axis": None}),
        (np.insert, (np.ones(3), np.array([0]), np.array([5.0])), {}),
        (np.insert, (np.ones(1), np.array([0]), np.array([5.0])), {}),
        (np.insert, (np.ones(0), np.array([0, 0]), np.array([5.0, 6.0])), {}),
        (np.delete, (np.ones((1, 3)), np.array([0])), {"axis": 0}),
        (np.delete, (np.ones((3, 1)), S(0)), {"axis": 1}),
        (np.delete, (np.ones((3, 1)), np.array([0])), {"axis": -1}),
        (operator.getitem, (np.ones((1, 1)), (slice(None), np.array([0]))), {}),
        (operator.getitem, (np.ones((2, 3, 4)), (slice(None), np.array([0, 1, 1]), S(2))), {}),
        (operator.getitem, (np.ones((2, 3, 4)), (np.array([0]), slice(1, None), np.array([1]))), {}),
        (operator.getitem, (np.ones((2, 3, 4)), (np.array([[0], [1]]), np.array([0, 2, 1]))), {}),
        (operator.getitem, (np.ones((2, 3)), (S(None), np.array([0, 1]))), {}),
    ],
)
def test_joined_and_gathered(op, args, kwargs):
    check(op, tuple(args), kwargs)


def test_what_is_known_of_lengths():
    one, at = var(array(float, (1,))), var(array(int, (1,)))
    matrix = var(array(int, (1, 1)))
    assert infer(np.insert, (one, at, one), ()).facts[0].dims == (2,)
    assert infer(np.delete, (matrix, at), (("axis", Const(1)),)).facts[0].dims == (1, 0)
    columns = Pack("tuple", (Pack("slice", (Const(None),) * 3), at))
    assert infer(operator.getitem, (matrix, columns), ()).facts[0].dims == (1, 1)
    assert infer(np.concatenate, (Pack("list", (one, var(array(float, (N,))))),), ()).facts[0].dims == ((N[0], 1),)
    shorter = var(array(float, ((N[0], -1),)))
    assert infer(np.concatenate, (Pack("list", (one, shorter)),), ()).facts[0].dims != (N,)
