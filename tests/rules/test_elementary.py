"""Rules of elementary functions: each against finite differences; the conventions at the edges."""
from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from s2sad import rules, runtime
from s2sad.testing import check_rule
from tests.rules import sample

A = np.array([[0.6, -1.3, 2.2], [1.7, 0.4, -0.9]])
B = np.array([[1.1, 0.7, -0.8], [-2.1, 1.9, 0.3]])
ROW = np.array([0.7, -1.6, 1.2])
POSITIVE = np.abs(A) + 0.3
UNIT = np.array([0.5, -0.3, 0.85])
Z = A + 1j * B
z = 0.7 - 0.4j

EVERYWHERE = [np.exp, np.exp2, np.expm1, np.sin, np.cos, np.tan, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh]
POSITIVES = [np.sqrt, np.cbrt, np.log, np.log2, np.log10, np.log1p]
COMPLEX = [np.exp, np.exp2, np.expm1, np.sin, np.cos, np.tan, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh,
    np.sqrt,
           np.log, np.log2, np.log10, np.log1p, np.arcsin, np.arccos, np.arccosh, np.arctanh]
CMATH = [cmath.exp, cmath.log, cmath.log10, cmath.sqrt, cmath.sin, cmath.cos, cmath.tan, cmath.asin, cmath.acos,
    cmath.atan,
         cmath.sinh, cmath.cosh, cmath.tanh, cmath.asinh, cmath.acosh, cmath.atanh]

SAMPLES = [
    *[sample(op, x) for op in EVERYWHERE for x in [A, 0.8, np.array(0.3), A.astype(np.float32), np.float32(0.5)]],
    *[sample(op, x) for op in POSITIVES for x in [POSITIVE, 0.8, np.array(0.3), POSITIVE.astype(np.float32)]],
    *[sample(op, x) for op in [np.arcsin, np.arccos, np.arctanh] for x in [UNIT, 0.3, UNIT.astype(np.float32)]],
    sample(np.arccosh, 1.0 + POSITIVE), sample(np.cbrt, A), sample(runtime.logistic, A, np.exp(A), 1.5),
    sample(runtime.softplus, A, np.exp(A), 1.5),
    sample(runtime.sech_squared, 7.0 + POSITIVE, np.tanh(7.0 + POSITIVE)),
    *[sample(op, x) for op in COMPLEX for x in [Z, z]],
    *[sample(op, z) for op in CMATH], *[sample(op, 0.4) for op in CMATH if op is not cmath.acosh],
    *[sample(op, 2.3) for op in [cmath.acos, cmath.asin, cmath.acosh, cmath.log]],
    *[sample(op, 0.7) for op in [math.sin, math.cos, math.tan, math.asin, math.acos, math.atan, math.sinh, math.cosh,
        math.tanh,
                                 math.asinh, math.atanh, math.exp, math.expm1, math.sqrt, math.log, math.log2,
                                 math.log10,
                                 math.log1p, math.degrees, math.radians]],
    sample(math.acosh, 1.7), sample(math.log, 1.7), sample(math.log, 1.7, 3.2), sample(cmath.log, z, 3.2 + 1.0j),
    *[sample(op, a, b) for op in [np.logaddexp, np.logaddexp2, np.arctan2, np.hypot]
      for a, b in [(A, B), (A, ROW), (0.3, 1.2), (0.4, A), (A.astype(np.float32), np.float32(0.5))]],
    sample(math.atan2, 0.3, -1.2), sample(math.hypot, 0.3, -1.2), sample(math.hypot, 0.3, -1.2, 2.5),
    sample(cmath.rect, 1.3, 0.4), sample(cmath.polar, z), sample(cmath.phase, z),
    *[sample(np.sinc, x) for x in [A, np.array([1e-3, -1e-2, 0.014, 0.02, 1e-9]), 0.3]],
    sample(np.deg2rad, A), sample(np.rad2deg, 0.3), sample(np.degrees, A), sample(np.radians, A),
    sample(math.cbrt, -1.7), sample(math.exp2, 0.4),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def bars(op, *args, y_bar=1.0):
    with np.errstate(all="ignore"):
        return rules.pullback(op, args, {}, y=op(*args), y_bar=y_bar)


def test_sqrt_at_zero_is_infinite():
    assert bars(np.sqrt, np.float64(0.0))["x"] == np.inf


@pytest.mark.parametrize("op", [np.arctan2, np.hypot, math.hypot])
def test_zero_at_the_origin(op):
    assert all(np.all(np.asarray(v) == 0.0) for v in bars(op, 0.0, 0.0).values())


def test_sinc_at_zero():
    assert bars(np.sinc, 0.0)["x"] == 0.0


def test_logaddexp_of_impossible_events():
    assert bars(np.logaddexp, -np.inf, -np.inf) == {"a": 0.0, "b": 0.0}


def test_hypot_and_arctan2_neither_overflow_nor_underflow():
    assert bars(np.hypot, 3e-200, 4e-200)["a"] == pytest.approx(0.6)
    assert bars(np.arctan2, 3e200, 4e200)["a"] == pytest.approx(0.16e-200)
