"""The partial derivatives of all elementwise rules against mpmath, over the domain of each function: to 1e-9 relative.

What cancels does so far from the points that a test of differences looks at: ``1 - tanh(x)**2`` from 19 on.
"""
from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from s2sad import rules, runtime

mp = pytest.importorskip("mpmath")
sp = pytest.importorskip("scipy.special")

SIZES = (1e-200, 1e-100, 1e-20, 1e-8, 1e-3, 0.1, 0.5, 0.9, 1.1, 2.0, 3.3, 7.0, 20.0, 30.0, 45.0, 100.0, 300.0, 700.0,
         800.0, 1e4, 1e8, 1e20, 1e100, 1e200)
POSITIVE = SIZES
REAL = (*SIZES, *(-x for x in SIZES), 0.0)
UNIT = (1e-200, 1e-20, 1e-8, 1e-3, 0.1, 0.5, 0.9, 1 - 1e-3, 1 - 1e-8, 1 - 1e-15)
BALL = (*UNIT, *(-x for x in UNIT), 0.0)
MODERATE = tuple(x for x in REAL if abs(x) < 1e5)
"""Where a function of mpmath takes its time, or the argument of one that turns has digits left."""
PAIRS = tuple((a, b) for a in (1e-8, 0.3, 2.5, 30.0, 1e4, 1e10) for b in (1e-8, 0.4, 2.5, 31.0, 1e4, 1e10))
ORDERS = (0, 1, 2, 5)


@dataclass(frozen=True)
class Case:
    """``f``: the function in mpmath. ``points``: of one argument; of several, tuples. ``by``: the positions of the
    arguments to differentiate by; ``bound``: what is asked of the relative error."""

    f: Callable
    points: tuple
    by: tuple[int, ...] = (0,)
    bound: float = 1e-9


def both(f: Callable, points: tuple = PAIRS, **options: Any) -> Case:
    return Case(f, points, (0, 1), **options)


def bessel(f: Callable, points: tuple = tuple(x for x in POSITIVE if 1e-10 < x < 1e3)[::2]) -> Case:
    return Case(f, tuple((n, x) for n in ORDERS for x in points), (1,))


def of_order(n: int, f: Callable, points: tuple = tuple(x for x in POSITIVE if 1e-10 < x < 1e9)[::2]) -> Case:
    return Case(lambda x: f(n, x), points)


def scaled(f: Callable, sign: int) -> Callable:
    return lambda n, x: f(n, x) * mp.exp(sign * x)


def ndtr(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def root(f: Callable, guess: Callable) -> Callable:
    """The inverse of a function."""
    return lambda y: mp.findroot(lambda x: f(x) - y, guess(float(y)))


ONE_WAY = {np.add: lambda a, b: a + b, np.subtract: lambda a, b: a - b, np.multiply: lambda a, b: a * b,
           np.divide: lambda a, b: a / b, np.hypot: lambda a, b: mp.sqrt(a * a + b * b), np.arctan2: mp.atan2}
CASES: dict[Any, Case] = {
    **{op: both(f) for op, f in ONE_WAY.items()},
    **{op: both(lambda a, b: a ** b, tuple((a, b) for a, b in PAIRS if b * math.log10(a) < 300))
       for op in (np.power, np.float_power)},
    np.square: Case(lambda x: x * x, REAL), np.reciprocal: Case(lambda x: 1 / x, POSITIVE),
    np.sqrt: Case(mp.sqrt, POSITIVE), np.cbrt: Case(mp.cbrt, POSITIVE), np.exp: Case(mp.exp, MODERATE),
    np.exp2: Case(lambda x: mp.mpf(2) ** x, MODERATE), np.expm1: Case(mp.expm1, MODERATE),
    np.log: Case(mp.log, POSITIVE), np.log2: Case(lambda x: mp.log(x, 2), POSITIVE), np.log10: Case(mp.log10, POSITIVE),
    np.log1p: Case(mp.log1p, (*POSITIVE, *(-x for x in UNIT))),
    np.logaddexp: both(lambda a, b: mp.log(mp.exp(a) + mp.exp(b)),
                       tuple((a, b) for a in (-800.0, -3.0, 0.0, 40.0) for b in (-700.0, -2.0, 0.0, 30.0, 800.0))),
    np.logaddexp2: both(lambda a, b: mp.log(2 ** a + 2 ** b, 2), ((-90.0, -2.0), (1.0, -2.0), (1.0, 60.0))),
    np.sin: Case(mp.sin, MODERATE), np.cos: Case(mp.cos, MODERATE), np.tan: Case(mp.tan, MODERATE),
    np.arcsin: Case(mp.asin, BALL), np.arccos: Case(mp.acos, BALL),
    np.arctan: Case(mp.atan, tuple(x for x in REAL if abs(x) < 1e150)),
    np.sinh: Case(mp.sinh, MODERATE), np.cosh: Case(mp.cosh, MODERATE), np.tanh: Case(mp.tanh, MODERATE),
    np.arcsinh: Case(mp.asinh, REAL), np.arccosh: Case(mp.acosh, (1 + 1e-10, 1.5, *(x for x in POSITIVE if x > 1.5))),
    np.arctanh: Case(mp.atanh, BALL), np.sinc: Case(mp.sincpi, tuple(x for x in MODERATE if abs(x) != 1.0 and x % 1)),
    sp.erf: Case(mp.erf, MODERATE), sp.erfc: Case(mp.erfc, MODERATE),
    sp.erfcx: Case(lambda x: mp.exp(x * x) * mp.erfc(x), tuple(x for x in MODERATE if -20 < x < 2e3) + (1e4,)),
    sp.erfi: Case(mp.erfi, tuple(x for x in MODERATE if abs(x) < 25)),
    sp.dawsn: Case(lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x), MODERATE),
    sp.erfinv: Case(mp.erfinv, (1e-3, 0.1, 0.5, 0.9, -0.9, 1 - 1e-8)),
    sp.erfcinv: Case(lambda y: mp.erfinv(1 - y), (1e-20, 1e-8, 0.1, 0.9, 1.5)),
    sp.ndtr: Case(ndtr, tuple(x for x in MODERATE if abs(x) < 38)),
    sp.log_ndtr: Case(lambda x: mp.log(ndtr(x)), tuple(x for x in MODERATE if -2e4 < x < 38)),
    sp.ndtri: Case(lambda y: mp.sqrt(2) * mp.erfinv(2 * y - 1), (1e-20, 1e-8, 0.1, 0.9)),
    sp.expit: Case(lambda x: 1 / (1 + mp.exp(-x)), MODERATE),
    sp.log_expit: Case(lambda x: -mp.log(1 + mp.exp(-x)), MODERATE),
    sp.logit: Case(lambda x: mp.log(x / (1 - x)), UNIT), sp.exp10: Case(lambda x: mp.mpf(10) ** x, MODERATE),
    sp.gamma: Case(mp.gamma, (1e-8, 0.1, 0.9, 2.0, 7.0, 45.0, 100.0, -0.3, -7.6)),
    sp.gammaln: Case(mp.loggamma, tuple(x for x in POSITIVE if x > 1e-50)),
    sp.rgamma: Case(mp.rgamma, (1e-8, 0.1, 0.9, 2.0, 7.0, 45.0, 100.0, -0.3, -7.6)),
    sp.psi: Case(lambda x: mp.psi(0, x), tuple(x for x in POSITIVE if 1e-50 < x < 1e50)),
    sp.polygamma: Case(lambda n, x: mp.psi(int(n), x), tuple((n, x) for n in ORDERS for x in (0.1, 2.0, 1e4)), (1,)),
    sp.zeta: Case(lambda s, q: mp.zeta(s, q), tuple((s, q) for s in (1.5, 3.0, 20.0) for q in (0.1, 2.0, 30.0)), (1,)),
    sp.beta: both(mp.beta, tuple((a, b) for a, b in PAIRS if a < 100 and b < 100)),
    sp.betaln: both(lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)),
    sp.j0: of_order(0, mp.besselj, tuple(x for x in POSITIVE if 1e-10 < x < 1e5)),
    sp.j1: of_order(1, mp.besselj, tuple(x for x in POSITIVE if 1e-10 < x < 1e5)),
    sp.y0: of_order(0, mp.bessely, tuple(x for x in POSITIVE if 1e-10 < x < 1e5)),
    sp.y1: of_order(1, mp.bessely, tuple(x for x in POSITIVE if 1e-10 < x < 1e5)),
    sp.jv: bessel(mp.besselj), sp.yv: bessel(mp.bessely), sp.yn: bessel(mp.bessely), sp.iv: bessel(mp.besseli),
    sp.kv: bessel(mp.besselk, (0.1, 7.0, 300.0)), sp.kn: bessel(mp.besselk, (0.1, 7.0, 300.0)),
    sp.ive: bessel(scaled(mp.besseli, -1), (0.1, 7.0, 45.0, 1e4, 1e8)),
    sp.kve: bessel(scaled(mp.besselk, 1), (0.1, 7.0, 45.0, 1e4, 1e8)),
    sp.i0: of_order(0, mp.besseli), sp.i1: of_order(1, mp.besseli), sp.k0: of_order(0, mp.besselk),
    sp.k1: of_order(1, mp.besselk), sp.i0e: of_order(0, scaled(mp.besseli, -1)),
    sp.i1e: of_order(1, scaled(mp.besseli, -1)), sp.k0e: of_order(0, scaled(mp.besselk, 1)),
    sp.k1e: of_order(1, scaled(mp.besselk, 1)),
    sp.exp1: Case(mp.e1, tuple(x for x in POSITIVE if 1e-50 < x < 800)),
    sp.expi: Case(mp.ei, tuple(x for x in POSITIVE if 1e-50 < x < 800)),
    sp.expn: Case(lambda n, x: mp.expint(int(n), x), tuple((n, x) for n in (1, 2, 5) for x in (0.1, 2.0, 30.0)), (1,)),
    sp.lambertw: Case(mp.lambertw, (1e-8, 0.1, 2.0, 30.0, 1e8, 1e100)),
    sp.xlogy: both(lambda x, y: x * mp.log(y)), sp.xlog1py: both(lambda x, y: x * mp.log1p(y)),
    sp.entr: Case(lambda x: -x * mp.log(x), POSITIVE), sp.rel_entr: both(lambda x, y: x * mp.log(x / y)),
    sp.kl_div: both(lambda x, y: x * mp.log(x / y) - x + y),
    sp.boxcox: Case(lambda x, k: (x ** k - 1) / k, tuple((x, k) for x in (1e-8, 0.3, 20.0) for k in (-1.5, 2.0)), (0,)),
    cmath.asin: Case(mp.asin, (0.1, 0.9)), cmath.acos: Case(mp.acos, (0.1, 0.9)),
    cmath.acosh: Case(mp.acosh, (1.5, 30.0)),
}
LINEAR = [np.nextafter, np.negative, np.positive, np.remainder, np.fmod, math.remainder, np.copysign, np.maximum,
          np.minimum, np.fmax, np.fmin, np.nan_to_num, np.deg2rad, np.rad2deg, sp.huber]
"""Linear in pieces: the partials are constants."""
OWN = [runtime.slope, runtime.jump, runtime.ratio, runtime.logistic, runtime.softplus, runtime.sech_squared]
"""Partials of partials: tested with what they come from, in the second order."""
IMPLICIT = [sp.gammainc, sp.gammaincc, sp.gammaincinv, sp.gammainccinv, sp.betainc, sp.betaincc, sp.betaincinv,
            sp.betainccinv, sp.stdtr, sp.stdtrit, sp.chdtr, sp.chdtrc, sp.chdtri, sp.fdtr, sp.fdtrc, sp.fdtri, sp.wofz]
"""Densities of distributions: ``test_distributions`` and ``test_probabilities`` have their points."""


ROOMS = [f"s2sad.rules.{name}" for name in ("arithmetic", "elementary", "special", "probabilities")]


def slope(f: Callable, point: tuple[float, ...], k: int) -> Any:
    """∂f/∂xₖ, with a step in proportion to xₖ."""
    x = mp.mpf(point[k])
    args = [mp.mpf(v) for v in point]
    if x == 0:
        return mp.diff(lambda t: f(*args[:k], t, *args[k + 1:]), 0)
    return mp.diff(lambda t: f(*args[:k], x * t, *args[k + 1:]), 1) / x


@pytest.mark.parametrize("op", CASES, ids=lambda op: getattr(op, "__name__", str(op)))
def test_partials(op):
    case, checked = CASES[op], 0
    for point in case.points:
        args = point if isinstance(point, tuple) else (point,)
        with np.errstate(all="ignore"):
            y = op(*args)
            got = list(rules.pullback(op, args, {}, y=y, y_bar=1.0).values())
        with mp.workdps(60):
            for k in case.by:
                want = mp.re(slope(case.f, args, k))
                if not 1e-290 < abs(want) < 1e290 or not np.isfinite(complex(y)):
                    continue
                value = got[k] if len(got) > k else got[0]
                error = abs(mp.mpf(float(np.real(value))) / want - 1)
                assert error < case.bound, (args, k, float(np.real(value)), float(want), float(error))
                checked += 1
    assert checked


def test_every_elementwise_rule_is_here():
    have = {id(rules.lookup(op)) for op in (*CASES, *LINEAR, *OWN, *IMPLICIT)}
    found = {op: rule for op, rule in rules.RULES.items() if rule.kind == "elementwise"}
    assert not {op for op, rule in found.items() if rule.vjp.__module__ in ROOMS and id(rule) not in have}
