"""Facts of results: what is inferred has to hold of every value that the operation gives."""

from __future__ import annotations

import math
import operator
import pickle
import random

import numpy as np
import pytest

from s2sad import nn, runtime
from s2sad.facts.infer import infer
from s2sad.ir import Const, Fact, Pack, Var
from s2sad.ir.facts import UNSET, array, of_value
from tests.facts.calls import CALLS
from tests.facts.draws import falsehood
from tests.facts.helper import DTYPES, SHAPES, S, check, value

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


def test_random_and_printing_operations_are_not_tried():
    before = np.random.get_state()[1].tolist()
    assert infer(np.random.normal, (Const(0.0), Const(1.0), Const(3)), ()).facts[0].ndim == 1
    assert infer(print, (Const("never"),), ()).facts[0].kind == "unknown"
    assert np.random.get_state()[1].tolist() == before


def test_trying_a_method_of_a_generator_draws_nothing():
    for rng in (np.random.default_rng(0), np.random.RandomState(0), random.Random(0)):
        before = pickle.dumps(rng)
        infer(rng.random, (), ())
        assert pickle.dumps(rng) == before
    drawn = infer(np.random.default_rng(0).random, (Const((3, 2)),), ()).facts[0]
    assert drawn.kind == "array" and drawn.ndim == 2


def test_a_result_that_is_declared_to_be_like_a_parameter():
    x, w, g = (Var(n, array(t, s)) for n, t, s in (("x", "float32", (2, 1, 5, 5)), ("w", float, (2, 1, 3, 3)),
                                                   ("g", float, (2, 2, 3, 3))))
    found = infer(nn.conv2d_input, (x, w, g), ()).facts[0]
    assert found.dtype == np.float32 and found.dims == x.fact.dims


def test_sizes_that_fit_a_known_array_one_by_one():
    table = Const(np.ones((130, 5)), "table")
    x, y = Var("x", of_value(np.ones((3, 4)), {})), Var("y", of_value(np.ones((2, 7, 2)), {}))
    assert infer(operator.matmul, (x, table), ()).facts[0].ndim == 2
    block = Const(np.ones((5, 6, 4)), "block")
    assert infer(np.concatenate, (Pack("tuple", (y, block)),), ()).facts[0].ndim == 3
    part = infer(operator.getitem, (block, Pack("slice", (Const(None), Const(2), Const(None)))), ()).facts[0]
    assert infer(np.concatenate, (Pack("list", (y, block, Var("part", part))),), ()).facts[0].ndim == 3
    short = Var("short", Fact("array", np.dtype(float), ((("n", 90), -1),)))
    assert infer(np.dot, (short, table), ()).facts[0].ndim == 1


def test_dimensions_of_results_where_the_dtype_is_not_known():
    x = Var("x", Fact("array", None, ((("n", 91), 0), (("n", 91), 0))))
    found = infer(np.linalg.solve, (x, x), ()).facts[0]
    assert found.is_array and found.ndim == 2 and found.dtype is None
    assert infer(operator.getitem, (Const(np.ones((3, 3))), x), ()).facts[0].kind == "unknown"
    assert infer(np.compress, (x, x), ()).facts[0].kind == "unknown"


def test_an_elementwise_rule_keeps_the_shape():
    x = Var("x", of_value(np.ones((3, 4)), {}))
    assert infer(nn.relu, (x,), ()).facts[0].dims == x.fact.dims


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_what_is_inferred_of_random_calls_is_so(name):
    op, make = CALLS[name]
    for seed in range(60):
        wrong = falsehood(op, make, seed)
        assert wrong is None, f"seed {seed}: {wrong}"
