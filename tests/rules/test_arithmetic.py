"""Rules of arithmetic: each against finite differences; the conventions at the edges."""
from __future__ import annotations

import builtins
import math
import operator

import numpy as np
import pytest

import s2sad
from s2sad import rules, runtime
from s2sad.testing import check_rule
from tests.rules import sample

A = np.array([[0.6, -1.3, 2.2], [1.7, 0.4, -0.9]])
B = np.array([[1.1, 0.7, -0.8], [-2.1, 1.9, 0.37]])
ROW = np.array([0.7, -1.6, 1.2])
COLUMN = np.array([[0.9], [-1.1]])
POSITIVE = np.abs(A) + 0.3
SINGLE = A.astype(np.float32)
Z = A + 1j * B
SCALAR = np.array(1.4)

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, np.add, np.subtract, np.multiply, np.divide,
          np.maximum, np.minimum, np.fmax, np.fmin]
UNARY = [np.negative, np.positive, np.square, np.reciprocal, np.absolute, np.nan_to_num, np.real, np.conjugate]

SAMPLES = [
    *[sample(op, a, b) for op in BINARY for a, b in [(A, B), (A, ROW), (ROW, A), (A, COLUMN), (0.7, 1.9), (1.3, A),
                                                     (SINGLE, 0.35), (SCALAR, 0.2), (SINGLE, B),
                                                     (np.float32(2), 0.5)]],
    *[sample(op, a, b) for op in [np.add, np.subtract, np.multiply, np.divide] for a,
        b in [(Z, A), (A, Z), (Z, Z * 1j)]],
    *[sample(op, x) for op in UNARY for x in [A, 1.3, -0.4, SCALAR, SINGLE, Z, np.float64(0.3), np.zeros((0, 3))]
      if not (op is np.nan_to_num and x is Z)],
    sample(runtime.ratio, A, B), sample(runtime.ratio, Z, B), sample(runtime.ratio, 1.3, -0.4),
    sample(runtime.ratio, A, B, A > 9), sample(runtime.slope, A), sample(runtime.slope, -0.4), sample(runtime.jump, A),
    sample(np.imag, Z), sample(np.imag, 1.0 + 2.0j), sample(np.angle, Z), sample(np.angle, Z, deg=True),
    sample(np.sign, Z), sample(builtins.abs, 1.5 - 2.0j), sample(builtins.abs, -2.5), sample(math.fabs, -2.5),
    sample(np.nextafter, A, 9.0), sample(np.fabs, A), sample(np.real_if_close, A), sample(np.real_if_close, Z),
    *[sample(np.power, a, b) for a, b in [(POSITIVE, B), (POSITIVE, 3), (A, 2), (A, 3), (A, -1), (POSITIVE, 0.5),
                                          (1.7, B), (1.7, -0.3), (POSITIVE, ROW), (SINGLE, 2), (Z, 3), (Z, 2.5),
                                          (A, np.array([0, 1, 2])), (A, 0), (2, A), (np.abs(SINGLE), SINGLE)]],
    sample(operator.pow, 1.5, 2), sample(operator.pow, 1.5, 2.5), sample(math.pow, 1.5, 2.5), sample(pow, 1.5, 3),
    sample(np.float_power, POSITIVE, B), sample(np.float_power, A, 2), sample(np.float_power, SINGLE, 2),
    *[sample(op, a, b) for op in [np.remainder, np.fmod, operator.mod] for a,
        b in [(A, B), (A, 0.35), (A, ROW), (3.3, 0.9)]],
    sample(math.fmod, 7.3, -2.1), sample(math.remainder, 7.3, 2.1), sample(math.remainder, 6.1, -2.1),
    *[sample(op, a, b) for op in [np.divmod, divmod] for a, b in [(7.3, 2.1), (A, 0.35), (A, ROW)]],
    sample(np.copysign, A, B), sample(math.copysign, 1.2, -3.0), sample(np.copysign, SINGLE, -1.0),
    sample(np.modf, A), sample(math.modf, -2.3), sample(np.frexp, A), sample(math.frexp, 5.3),
    sample(np.ldexp, A, 3), sample(np.ldexp, ROW, np.array([[1], [2]])), sample(math.ldexp, 1.2, -2),
    sample(max, 1.2, 3.4, -0.5), sample(min, 1.2, 3.4), sample(max, [1.2, 3.4, 2.0]), sample(min, ROW),
    sample(max, ROW),
    sample(np.clip, A, -0.5, 0.8), sample(np.clip, A, None, 0.8), sample(np.clip, A, -0.5, None),
    sample(np.clip, A, ROW, 3.0),
    sample(np.clip, A, COLUMN, 2.0), sample(np.clip, 1.4, 0.0, 1.0), sample(np.clip, A, 0.5, ROW),
    sample(np.clip, SINGLE, -0.5, 0.8),
    sample(np.where, A > 0, A, B), sample(np.where, A > 0, A, 0.0), sample(np.where, A > 0, ROW, Z),
    sample(np.where, True, 1.5, 2.5),
    sample(np.where, ROW > 0, A, COLUMN), sample(np.where, SINGLE > 0, SINGLE, 0.0),
    sample(float, 1.2), sample(float, np.float32(1.2)), sample(float, SCALAR), sample(complex, 1.2, 3.4),
    sample(complex, 1.2),
    sample(np.float64, 1.2), sample(np.float64, SINGLE), sample(np.float32, A), sample(np.complex128, A),
    sample(np.complex64, Z), sample(np.longdouble, A),
]
if np.lib.NumpyVersion(np.__version__) >= "2.1.0":
    SAMPLES += [sample(np.clip, A, min=-0.5, max=0.8), sample(np.clip, A, max=ROW)]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def bars(op, *args, y_bar=1.0, **kwargs):
    with np.errstate(all="ignore"):
        return rules.pullback(op, args, kwargs, y=op(*args, **kwargs), y_bar=y_bar)


def test_absolute_at_zero():
    assert bars(np.abs, 0.0)["x"] == 0.0
    assert bars(np.abs, np.zeros(2, complex), y_bar=np.ones(2))["x"].tolist() == [0, 0]


@pytest.mark.parametrize("op", [np.maximum, np.minimum, np.fmax, np.fmin])
def test_ties_share_equally(op):
    assert bars(op, 2.0, 2.0) == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize("op, winner", [(np.fmax, "a"), (np.fmin, "a"), (np.maximum, None)])
def test_a_number_wins_over_nan(op, winner):
    got = bars(op, np.array(1.0), np.array(np.nan))
    assert (got["a"], got["b"]) == ((1.0, 0.0) if winner else (0.0, 0.0))


def test_max_of_several_ties():
    assert list(bars(max, 3.0, 1.0, 3.0)["xs"]) == [0.5, 0.0, 0.5]


def test_clip_passes_at_the_bounds():
    assert bars(np.clip, np.array([-1.0, 0.0, 0.5, 1.0, 2.0]), 0.0, 1.0, y_bar=np.ones(5))["a"].tolist() == [0, 1, 1,
        1, 0]


def test_where_gives_an_exact_zero():
    got = bars(np.where, np.array([True, False]), np.ones(2), np.ones(2), y_bar=np.array([np.inf, np.nan]))
    assert got["a"].tolist() == [np.inf, 0.0] and got["b"][0] == 0.0


def test_power_at_zero():
    assert bars(np.power, 0.0, 0.0)["a"] == 0.0
    got = bars(np.power, np.array([0.0, 0.0, 0.0]), np.array([0.0, 1.0, 2.0]), y_bar=np.ones(3))
    assert got["a"].tolist() == [0.0, 1.0, 0.0]
    assert got["b"].tolist() == [-np.inf, 0.0, 0.0]  # 0ᵇ is 1 at b = 0 and 0 beyond


def test_out_is_refused():
    with pytest.raises(TypeError, match="out="):
        rules.lookup(np.clip).bind((A, 0.0, 1.0, A), {})


@pytest.mark.parametrize("op", [operator.lt, np.floor, np.rint, np.logical_and, np.isnan, int, round,
    operator.floordiv])
def test_no_gradient(op):
    assert rules.has_no_gradient(op)


def test_a_negative_float_to_a_power_that_is_no_integer_has_no_derivative():
    """Python's value is complex, and it is not known to be."""
    with np.errstate(all="ignore"):
        assert math.isnan(s2sad.grad(lambda x: builtins.abs((x * 1.0) ** 0.5))(-2.0))
        assert s2sad.grad(lambda x: x ** 3.0)(-2.0) == 12.0
