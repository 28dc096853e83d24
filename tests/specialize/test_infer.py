"""Facts of results: what is inferred has to hold of every value that the operation gives."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
import pytest

from s2sad import runtime
from s2sad.ir import Const, Fact, Pack, Var
from s2sad.ir.facts import UNSET, array, constant, is_not_one, of_value
from s2sad.specialize.infer import (
    broadcast_dims,
    dims_of,
    fact_of,
    fills,
    index_parts,
    infer,
    int_dim,
    is_basic,
    sample,
    sample_of,
)


def var(fact: Fact) -> Var:
    return Var("x", fact)


def arg_of(x: Any, sizes: dict) -> Any:
    """A variable with the fact that a signature gives a value; what is static as a constant, containers as packs."""
    if isinstance(x, Static):
        return Const(x.value)
    if isinstance(x, slice):
        return Pack("slice", tuple(Const(p) for p in (x.start, x.stop, x.step)))
    if isinstance(x, (tuple, list)):
        return Pack(type(x).__name__, tuple(arg_of(v, sizes) for v in x))
    return var(of_value(x, sizes))


class Static:
    def __init__(self, value):
        self.value = value


def plain(x: Any) -> Any:
    if isinstance(x, Static):
        return x.value
    return type(x)(plain(v) for v in x) if isinstance(x, (tuple, list)) else x


def assert_holds(fact: Fact, y: Any, known: dict[Any, int]) -> None:
    """``fact`` is true of ``y``; ``known`` maps symbols to sizes."""
    if fact.value is not UNSET:
        assert type(fact.value) is type(y) and (fact.value == y or y != y)
    if fact.kind == "unknown":
        return
    actual = of_value(y)
    if fact.kind == "number":
        assert actual.is_scalar
    elif fact.kind == "list":
        assert isinstance(y, list)
    else:
        assert fact.kind == actual.kind, (fact, actual)
    if fact.dtype is not None:
        assert fact.dtype == actual.dtype
    if fact.is_array and fact.dims is not None:
        assert len(fact.dims) == y.ndim
        for dim, size in zip(fact.dims, y.shape):
            if isinstance(dim, int):
                assert dim == size
                continue
            symbol, offset = dim
            assert max(0, known.setdefault(symbol, size - offset) + offset) == size, (fact, y.shape)
            assert size != 1 or not is_not_one(dim)
    if fact.sym is not None and isinstance(fact.sym, tuple):
        assert known.setdefault(fact.sym[0], y - fact.sym[1]) == y - fact.sym[1]


def check(op, args, kwargs=()):
    """What is inferred of a call from the facts of its arguments holds of its result."""
    sizes: dict = {}
    kwargs = dict(kwargs)
    packed = tuple(arg_of(a, sizes) for a in args)
    named = tuple((k, Const(v)) for k, v in kwargs.items())
    known = {dim[0]: size for size, dim in sizes.items() if isinstance(dim, tuple)}
    inferred = infer(op, packed, named)
    try:
        with np.errstate(all="ignore"):
            y = op(*map(plain, args), **kwargs)
    except Exception:
        return
    results = y if inferred.structure is not None else (y,)
    assert len(results) == len(inferred.facts)
    for fact, value in zip(inferred.facts, results):
        assert_holds(fact, value, known)


S = Static
SHAPES = [(), (1,), (3,), (0,), (3, 1), (1, 3), (3, 3), (2, 3), (4, 2, 3)]
DTYPES = [float, np.float32, complex, int, bool]
UNARY = [
    np.sin,
    np.sqrt,
    np.absolute,
    np.negative,
    np.exp,
    np.real,
    np.conjugate,
    np.isfinite,
    np.floor,
    np.sign,
    operator.neg,
    abs,
    np.transpose,
    np.ravel,
    np.sum,
    np.mean,
    np.max,
    np.cumsum,
    np.copy,
    np.zeros_like,
    np.ones_like,
    np.array,
    np.squeeze,
    np.shape,
    np.ndim,
    np.size,
    len,
    np.argmax,
    np.sort,
    np.diag,
    np.trace,
    np.linalg.norm,
    np.linalg.inv,
    np.linalg.det,
    np.linalg.slogdet,
    np.linalg.eigh,
    np.linalg.svd,
    np.linalg.qr,
    np.linalg.cholesky,
    np.triu,
    np.flip,
    np.atleast_2d,
    np.prod,
    np.var,
    np.any,
    np.nonzero,
    runtime.copy,
    runtime.zeros_like,
    runtime.same,
    float,
    bool,
]
BINARY = [
    np.add,
    np.multiply,
    operator.sub,
    operator.truediv,
    operator.pow,
    np.maximum,
    np.less,
    operator.eq,
    np.matmul,
    operator.matmul,
    np.dot,
    np.outer,
    np.inner,
    np.arctan2,
    np.vdot,
    np.tensordot,
    operator.floordiv,
    operator.mod,
    operator.iadd,
    np.kron,
    np.append,
]


def value(shape, dtype, k=0):
    return np.asarray(np.arange(math.prod(shape)).reshape(shape) * 0.7 + 0.5 + k).astype(dtype)


@pytest.mark.parametrize("op", UNARY, ids=lambda f: f.__name__)
def test_one_argument(op):
    for shape in SHAPES:
        for dtype in DTYPES:
            check(op, (value(shape, dtype),))
    for x in (0.7, 3, True, 0.5j, np.float64(0.7), np.float32(0.7), np.int64(3)):
        check(op, (x,))


@pytest.mark.parametrize("op", BINARY, ids=lambda f: f.__name__)
def test_two_arguments(op):
    for a in SHAPES:
        for b in SHAPES:
            check(op, (value(a, float), value(b, float, 1)))
    others = [0.7, 3, True, np.float32(0.7), np.float64(2.0), 1j, value((3,), np.float32), value((3,), int)]
    for x in others:
        for y in (*others, value((2, 3), float)):
            check(op, (x, y))


@pytest.mark.parametrize(
    "op", [runtime.add, runtime.unbroadcast, runtime.broadcast_like, runtime.astype_of], ids=lambda f: f.__name__
)
def test_helpers_of_cotangents(op):
    for shape in SHAPES[1:]:
        for dtype in (float, np.float32, complex):
            check(op, (value(shape, dtype), value(shape, dtype, 1)))
    for g, x in (
        (0.5, 0.7),
        (np.float64(0.5), 0.7),
        (np.float32(0.5), np.float32(1)),
        (value((4, 3), float), value((3,), float)),
        (value((4, 3), float), value((1, 3), np.float32)),
    ):
        if op is not runtime.add or np.shape(g) == np.shape(x):
            check(op, (g, x))


@pytest.mark.parametrize(
    "op, args, kwargs",
    [
        (np.sum, (), {"axis": 0}),
        (np.sum, (), {"axis": -1, "keepdims": True}),
        (np.max, (S(1),), {}),
        (np.mean, (S((0, 1)),), {}),
        (np.transpose, (S((1, 0)),), {}),
        (np.transpose, ((S(1), S(0)),), {}),
        (np.swapaxes, (S(0), S(-1)), {}),
        (np.moveaxis, (S(0), S(1)), {}),
        (np.expand_dims, (S(-1),), {}),
        (np.reshape, (S(-1),), {}),
        (np.reshape, ((S(1), S(-1)),), {}),
        (np.squeeze, (), {"axis": 0}),
        (np.cumsum, (), {"axis": 0}),
        (np.repeat, (S(2),), {"axis": 0}),
        (np.tile, (S(2),), {}),
        (np.sum, (), {"dtype": np.float32}),
        (np.argmax, (), {"axis": 1}),
        (np.clip, (S(0.0), S(1.0)), {}),
        (np.split, (S(3),), {}),
        (np.broadcast_to, ((S(4), S(2), S(3)),), {}),
        (np.roll, (S(1),), {}),
        (np.pad, (S(1),), {}),
        (np.diff, (), {}),
        (np.linalg.norm, (), {"axis": 0}),
        (np.ndarray.astype, (S(np.float32),), {}),
        (np.take, (S([0, 0]),), {"axis": 0}),
        (np.concatenate, (), {}),
        (np.stack, (), {}),
        (np.einsum, (), {}),
        (np.ones_like, (), {"dtype": int}),
        (np.zeros_like, (), {"shape": (2, 2)}),
        (np.var, (), {"ddof": 1}),
        (np.flip, (S(0),), {}),
        (np.rollaxis, (S(1),), {}),
    ],
    ids=lambda v: getattr(v, "__name__", "") if callable(v) else "",
)
def test_options(op, args, kwargs):
    for shape in SHAPES:
        for dtype in DTYPES:
            a = value(shape, dtype)
            first = [a, value(shape, dtype, 1)] if op in (np.concatenate, np.stack) else a
            check(op, (S("ij->i"), first) if op is np.einsum else (first, *args), kwargs)


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


@pytest.mark.parametrize(
    "op, args",
    [
        (np.zeros, (3,)),
        (np.zeros, ((2, 3),)),
        (np.ones, ((4, S(2)),)),
        (np.full, ((2, 2), 0.5)),
        (np.arange, (5,)),
        (np.eye, (3,)),
        (np.arange, (0.5, 2.5)),
        (np.linspace, (0.0, 1.0, S(7))),
        (range, (3,)),
        (len, (value((3, 2), float),)),
        (math.sin, (0.5,)),
        (max, (1.0, 2)),
        (min, (0.5, 0.7)),
        (round, (2.5,)),
        (int, (2.5,)),
        (operator.pow, (2, 3)),
        (operator.pow, (2, -3)),
        (operator.pow, (2.0, 3)),
        (operator.add, (2, True)),
        (operator.truediv, (4, 2)),
        (np.where, (value((3,), bool), value((3,), float), 0.0)),
        (np.where, (True, 0.5, 2.0)),
        (isinstance, (0.5, S(float))),
        (operator.and_, (True, False)),
        (operator.not_, (0.5,)),
        (np.cross, (value((3,), float), value((3,), float))),
        (np.unravel_index, (S(3), S((2, 2)))),
        (divmod, (7, 2)),
        (operator.lt, (value((3,), float), 0.5)),
        (str, (3,)),
        (np.interp, (0.5, value((3,), float), value((3,), float))),
        (np.searchsorted, (value((3,), float), 0.5)),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_others(op, args):
    check(op, args)


def test_constants_are_folded():
    assert infer(operator.add, (Const(2), Const(3)), ()).facts[0].value == 5
    assert infer(operator.truediv, (Const(1.0), Const(0.0)), ()).facts[0].value is UNSET
    assert infer(math.sqrt, (Const(4.0),), ()).facts[0].value == 2.0


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


N, M = (("n", 1), 0), (("m", 2), 0)


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


def test_dims_of():
    assert dims_of(Fact("float")) == () and dims_of(array(float, (2,))) == (2,) and dims_of(Fact()) is None
    assert fact_of(Const(2.0)).value == 2.0 and fact_of(Pack("list", ())).kind == "list"


def test_random_and_printing_operations_are_not_tried():
    before = np.random.get_state()[1].tolist()
    assert infer(np.random.normal, (Const(0.0), Const(1.0), Const(3)), ()).facts[0].kind == "unknown"
    assert infer(print, (Const("never"),), ()).facts[0].kind == "unknown"
    assert np.random.get_state()[1].tolist() == before
