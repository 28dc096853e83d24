"""First, second and third derivatives at the conventions: right, or nan where there is none; both modes and orders.

Where a function has a corner of its own (``abs``, ``norm``, ``std``, ``hypot``, ``arctan2`` at zero), the first
derivative is a convention and there is no second. Where it is a choice between smooth pieces (ties of ``max``,
``clip`` at a bound, sorting), derivatives of all orders are those of the piece that is taken, or the mean of the
pieces that tie. Where there is a derivative, however it is written, it is that.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import s2sad
from s2sad import grad, jvp

nan, inf = np.nan, np.inf


def pair(x):
    return np.array([x, 2.0 * x])


# name, function, where, first, second, third derivative
TABLE = [
    # corners
    ("abs", lambda x: abs(x), 0.0, 0.0, nan, nan),
    ("np.abs", lambda x: np.abs(x), 0.0, 0.0, nan, nan),
    ("np.fabs", lambda x: np.fabs(x), 0.0, 0.0, nan, nan),
    ("norm", lambda x: np.linalg.norm(pair(x)), 0.0, 0.0, nan, nan),
    ("1-norm", lambda x: np.linalg.norm(pair(x), 1), 0.0, 0.0, nan, nan),
    ("std", lambda x: np.std(np.array([x, 1.0])), 1.0, 0.0, nan, nan),
    ("hypot", lambda x: np.hypot(x, x), 0.0, 0.0, nan, nan),
    ("arctan2", lambda x: np.arctan2(x, x), 0.0, 0.0, nan, nan),
    ("x |x|", lambda x: x * np.abs(x), 0.0, 0.0, nan, nan),
    ("|x| cubed", lambda x: np.abs(x) ** 3, 0.0, 0.0, 0.0, nan),
    # what is smooth though a part of it has a corner
    ("abs squared", lambda x: abs(x) ** 2, 0.0, 0.0, 2.0, 0.0),
    ("norm squared", lambda x: np.linalg.norm(pair(x)) ** 2, 0.0, 0.0, 10.0, 0.0),
    ("std squared", lambda x: np.std(np.array([x, 1.0])) ** 2, 1.0, 0.0, 0.5, 0.0),
    ("std squared by itself", lambda x: (s := np.std(np.array([x, 1.0]))) * s, 1.0, 0.0, 0.5, 0.0),
    ("hypot squared", lambda x: np.hypot(x, x) ** 2, 0.0, 0.0, 4.0, 0.0),
    ("hypot beside", lambda x: np.hypot(x, 1.0), 0.0, 0.0, 1.0, 0.0),
    ("var", lambda x: np.var(np.array([x, 1.0])), 1.0, 0.0, 0.5, 0.0),
    ("sqrt squared beside", lambda x: np.sqrt(x * x + 1.0) ** 2, 0.0, 0.0, 2.0, 0.0),
    ("3-norm", lambda x: np.linalg.norm(np.array([x, 1.0]), 3), 0.0, 0.0, 0.0, 0.0),
    # powers
    ("x**0.0", lambda x: x**0.0, 0.0, 0.0, 0.0, 0.0),
    ("np.power", lambda x: np.power(x, 0.0), 0.0, 0.0, 0.0, 0.0),
    ("x**1.0", lambda x: x**1.0, 0.0, 1.0, 0.0, 0.0),
    ("x**2.0", lambda x: x**2.0, 0.0, 0.0, 2.0, 0.0),
    ("x**1.5", lambda x: x**1.5, 0.0, 0.0, inf, -inf),
    ("0.0**x", lambda x: 0.0**x, 1.0, 0.0, 0.0, 0.0),
    ("0.0**x at the jump", lambda x: 0.0**x, 0.0, -inf, inf, -inf),
    ("sqrt", lambda x: np.sqrt(x), 0.0, inf, -inf, inf),
    ("prod", lambda x: np.prod(np.array([x, x, 2.0])), 0.0, 0.0, 4.0, 0.0),
    ("prod of three", lambda x: np.prod(np.array([x, x, x])), 0.0, 0.0, 0.0, 6.0),
    ("cumprod", lambda x: np.cumprod(np.array([x, x, x]))[2], 0.0, 0.0, 0.0, 6.0),
    ("sinc", lambda x: np.sinc(x), 0.0, 0.0, -np.pi**2 / 3, 0.0),
    # choices between smooth pieces: the piece, or the mean of those that tie
    ("maximum", lambda x: np.maximum(x, x * x), 0.0, 0.5, 1.0, 0.0),
    ("max", lambda x: np.max(np.array([x, 3.0 * x])), 0.0, 2.0, 0.0, 0.0),
    ("max of the same", lambda x: np.max(np.array([x, x])) ** 3, 1.0, 3.0, 6.0, 6.0),
    ("shifted logsumexp", lambda x: np.max(pair(x)) + np.log(np.sum(np.exp(pair(x) - np.max(pair(x))))), 0.0,
     1.5, 0.25, 0.0),
    ("clip", lambda x: np.clip(x * x, 0.0, 1.0), 1.0, 2.0, 2.0, 0.0),
    ("where", lambda x: np.where(x > 0.0, np.log(x), 0.0), 0.0, 0.0, 0.0, 0.0),
    ("where of a root", lambda x: np.where(x > 0.0, np.sqrt(x), x * x), 0.0, 0.0, 2.0, 0.0),
    ("sort", lambda x: np.sort(np.array([x, 1.0]))[0] ** 2, 1.0, 2.0, 2.0, 0.0),
    ("repeated indices", lambda x: np.sum(pair(x)[[0, 0, 1]] ** 2), 1.0, 12.0, 12.0, 0.0),
    ("logaddexp", lambda x: np.logaddexp(x, 2.0 * x), 0.0, 1.5, 0.25, 0.0),
]  # fmt: skip


def tangent(f):
    return lambda x: jvp(f, (x,), (1.0,))[1]


SECOND = {"reverse over reverse": lambda f: grad(grad(f)), "forward over reverse": lambda f: tangent(grad(f)),
          "reverse over forward": lambda f: grad(tangent(f)), "forward over forward": lambda f: tangent(tangent(f))}


@pytest.mark.parametrize("lift", [float, np.float64], ids=["float", "np.float64"])
@pytest.mark.parametrize("f, x, first, second, third", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_derivatives_at_a_convention(f, x, first, second, third, lift):
    with warnings.catch_warnings(), s2sad.checking("never"):
        warnings.simplefilter("ignore", RuntimeWarning)
        x = lift(x)
        for made in (grad(f), tangent(f)):
            np.testing.assert_allclose(made(x), first, rtol=1e-12, atol=1e-12)
        for name, made in SECOND.items():
            np.testing.assert_allclose(made(f)(x), second, rtol=1e-12, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(grad(grad(grad(f)))(x), third, rtol=1e-12, atol=1e-12)
