"""Expressions."""

from __future__ import annotations

import collections
import math
import operator
import types

import gast
import numpy as np
import pytest

from s2sad.frontend.expressions import BINARY, COMPARE, UNARY
from tests.frontend.helper import A, V, check, ops, refused

POINT = collections.namedtuple("Point", "x y")
CONFIG = types.SimpleNamespace(rate=0.5, table=np.array([1.0, 2.0, 3.0, 4.0]))
LIMITS = (0.1, [0.9, {"deep": 0.3}])
SLICE = slice(1, 3)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: v + 2.0,
        lambda v: 2.0 - v,
        lambda v: v * v,
        lambda v: v / 3,
        lambda v: v**2,
        lambda v: v // 0.4,
        lambda v: v % 0.5,
        lambda v: v @ v,
        lambda v: -v,
        lambda v: +v,
        lambda v: abs(v),
        lambda v: (v > 0.0) & (v < 1.0),
        lambda v: ~(v > 0.0),
        lambda v: (v > 0) | (v < -1),
        lambda v: (v > 0) ^ (v > 1),
        lambda v: 1 << 3,
        lambda v: 17 >> 2,
        lambda v: divmod(v[2], 0.5),
        lambda v: pow(v[2], 3),
        lambda v: round(v[0], 1),
        lambda v: v[0] if v[0] > 0 else v[1],
        lambda v: v[0] > 0 and v[1],
        lambda v: v[0] < 0 or v[1] * 2.0,
        lambda v: not v[0],
        lambda v: 0.0 < v[0] < v[2] < 5.0,
        lambda v: 0.0 < v[1] < v[2],
        lambda v: v[0] == v[0] != v[1],
        lambda v: v is None,
        lambda v: v is not None,
        lambda v: 1 in [1, 2],
        lambda v: "a" not in {"b": 1},
        lambda v: v[0] in (v[0], 2.0),
        lambda v: None or v[0],
        lambda v: [] or v[0],
        lambda v: (v, ()) and v[1],
        lambda v: (w := v[0] * 2.0) + w,
        lambda v: [*[v[1]], *(v[2], 1.0)],
        lambda v: {"a": v[0], **{"b": v[1]}},
        lambda v: (1, *[v[0]], 2),
        lambda v: f"{v[0]:.3f} and {v.shape!r}" and v[0],
        lambda v: v[0] if isinstance(v, np.ndarray) else None,
        lambda v: {1, 2} and v[0],
        lambda v: "x" * 3 and v[0],
        lambda v: [v[0]] * 3 + [v[1]],
        lambda v: (v[0],) + (v[1],) * 2,
        lambda v: [v[0], v[1]] == [v[1], v[0]] or v[2],
        lambda v: (v[0], 1) == (v[0], 1.0),
        lambda v: ...,
    ],
)
def test_operators(fn):
    check(fn, V)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: v[0],
        lambda v: v[-1],
        lambda v: v[1:],
        lambda v: v[::-1],
        lambda v: v[:-1:2],
        lambda v: v[SLICE],
        lambda v: v[None],
        lambda v: v[..., None],
        lambda v: v[[0, 2, 0]],
        lambda v: v[v > 0.0],
        lambda v: v[np.array([1, 1])],
        lambda v: v[()],
        lambda v: v[slice(None, 2)],
        lambda v: v.reshape(2, 2)[:, 1],
        lambda v: v.reshape(2, 2)[1][0],
        lambda v: v.reshape(2, 2)[[0, 1], [1, 0]],
        lambda v: [v[0], v[1]][1],
        lambda v: (v[0], v[1])[-2:],
        lambda v: {"k": v[0]}["k"],
        lambda v: "text"[1],
        lambda v: [[1.0, v[1]]][0][1],
        lambda v: v[int(v[0] * 4.0)],
        lambda v: [v[0], v[1], v[2]][int(v[2])],
    ],
)
def test_subscripts(fn):
    check(fn, V)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: v.shape,
        lambda v: v.shape[0],
        lambda v: v.size,
        lambda v: v.ndim,
        lambda v: v.T,
        lambda v: v.real,
        lambda v: v.imag,
        lambda v: v.dtype == np.float64,
        lambda v: v.sum(),
        lambda v: v.max(axis=0),
        lambda v: v.reshape((2, 2)).T,
        lambda v: v.reshape(2, -1),
        lambda v: v.mean(keepdims=True),
        lambda v: v.dot(v),
        lambda v: v.clip(0.0, 1.0),
        lambda v: v.copy(),
        lambda v: v.astype(np.float32),
        lambda v: v.argmax(),
        lambda v: v.cumsum()[1:],
        lambda v: v.flatten(),
        lambda v: POINT(v[0], y=v[1]).y,
        lambda v: CONFIG.rate * CONFIG.table[1],
        lambda v: LIMITS[1][1]["deep"] * v[0],
        lambda v: v[0].real,
        lambda v: v[0].item(),
        lambda v: v.tolist(),
        lambda v: v.__add__(1.0),
        lambda v: np.pi * math.tau * v[0],
        lambda v: v[0].dtype.type(2),
    ],
)
def test_attributes_and_methods(fn):
    check(fn, V)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: [x * 2.0 for x in v],
        lambda v: [x for x in v if x > 0.0],
        lambda v: [x * y for x in v[:2] for y in v[2:]],
        lambda v: sum(x * x for x in v),
        lambda v: {k: k * v[0] for k in (1, 2)},
        lambda v: [[y for y in (x, v[0])] for x in (1.0, 2.0)],
        lambda v: [(x, y) for x, y in zip(v, v[::-1])],
        lambda v: max(x for x in (v[0], v[1])),
        lambda v: all(x > -1.0 for x in v),
        lambda v: any([x > 1.0 for x in v]),
        lambda v: np.array([x**i for i, x in enumerate(v)]),
    ],
)
def test_comprehensions(fn):
    check(fn, V)


def test_a_walrus_in_a_comprehension_is_seen_outside():
    def f(v):
        xs = [y := x * 2.0 for x in (v[0], v[1])]
        return xs, y

    check(f, V)


def test_the_variable_of_a_comprehension_is_its_own():
    def f(v):
        x = v[0]
        ys = [x * 2.0 for x in (v[1], v[2])]
        return x, ys

    check(f, V)


def test_and_or_evaluate_what_they_need_only():
    def f(v):
        seen = []

        def tell(x):
            seen.append(x)
            return x

        tell(0) and tell(1)
        tell(2) or tell(3)
        tell(0.0) or tell(4) and tell(5)
        return seen

    check(f, V)


def test_one_ir_operation_per_operator():
    assert ops(lambda v: -(v + v) @ v, V) == [BINARY[gast.Add], UNARY[gast.USub], BINARY[gast.MatMult]]
    assert ops(lambda x: x < 2.0, 1.0) == [COMPARE[gast.Lt]]


@pytest.mark.xfail(reason="np.bool where Python gives bool", strict=True)
def test_equality_of_lists_is_a_bool():
    check(lambda v: [v[0], v[1]] == [v[0], v[1]], V)


def test_conjugate_of_a_python_complex():
    check(lambda z: z.conjugate(), 0.3 + 0.4j)


def test_static_tests_leave_one_way():
    assert operator.matmul not in ops(lambda v: v * 2.0 if v.ndim == 1 else v @ v, V)


@pytest.mark.parametrize(
    "fn, code",
    [
        (lambda v: no_name, "S2S014"),
        (lambda v: v.nothing, "S2S011"),
        (lambda v: {v[0], v[1]}, "S2S001"),  # noqa: F821
        (lambda v: {x: x * 2.0 for x in v}, "S2S010"),
        (lambda v: {0: 1.0, 1: 2.0}[int(v[0])], "S2S010"),
        (lambda v: (1.0, 2.0)[5], "S2S010"),
        (lambda v: {"a": 1.0}["b"], "S2S010"),
        (lambda v: np.no_such, "S2S011"),
        (lambda v: [*v[v > 0.0]], "S2S010"),
        (lambda v: CONFIG.missing, "S2S011"),
        (lambda v: (yield v), "S2S001"),
        (lambda v: dict(**v), "S2S010"),
    ],
)
def test_refusals(fn, code):
    assert refused(fn, V).code == code


def test_matrices():
    check(lambda a: (a.T @ a)[0] + a[:, 1].sum() * a.shape[1], A)


def test_complex_and_strings():
    check(lambda z: (z.real, z.imag, np.conj(z), abs(z), z * 1j, -(z**2)), 0.3 + 0.4j)
    check(lambda x, mode: x if mode == "same" else x.missing, 0.3, "same")
