"""The parts of SciPy and NumPy that are written in Python, and numdifftools."""

from __future__ import annotations

import numpy as np
import scipy.optimize
import scipy.integrate
import scipy.interpolate
import scipy.signal
import scipy.stats
import scipy.spatial.transform
import scipy.linalg
import numdifftools as nd
from numdifftools.extrapolation import dea3

from .case import Corpus

corpus = Corpus()
add = corpus.add

RES = np.random.default_rng(0).normal(size=40)
S2 = RES**2 + 0.1

COV = np.array([[0.1, 0.02, 0.01], [0.02, 0.2, 0.03], [0.01, 0.03, 0.15]])
W = np.array([0.2, 0.5, 0.3])

SC = "scipy"
add(SC, "optimize.rosen", lambda x: scipy.optimize.rosen(x), np.array([0.1, 0.5, 1.2, -0.4]))
add(SC, "optimize.rosen_der", lambda x: scipy.optimize.rosen_der(x), np.array([0.1, 0.5, 1.2, -0.4]))
add(SC, "optimize.rosen_hess", lambda x: scipy.optimize.rosen_hess(x), np.array([0.1, 0.5, 1.2, -0.4]))
add(SC, "integrate.simpson", lambda y: scipy.integrate.simpson(y, dx=0.1), RES[:9])
add(
    SC,
    "integrate.cumulative_trapezoid",
    lambda y, x: scipy.integrate.cumulative_trapezoid(y, x),
    RES[:9],
    np.linspace(0.0, 1.0, 9) ** 2,
)
add(SC, "integrate.romb", lambda y: scipy.integrate.romb(y, dx=0.1), RES[:9])
add(SC, "integrate.fixed_quad", lambda a: scipy.integrate.fixed_quad(lambda x: np.sin(a * x), 0.0, 1.0, n=5)[0], 1.3)


def _rk45(y0, k):
    solver = scipy.integrate.RK45(lambda t, y: np.array([y[1], -k * y[0]]), 0.0, y0, 1.0, first_step=0.1, max_step=0.1)
    solver.step()
    solver.step()
    return solver.y


add(SC, "integrate.RK45 steps", _rk45, np.array([1.0, 0.2]), 1.7)
add(
    SC,
    "integrate.solve_ivp",
    lambda y0, k: scipy.integrate.solve_ivp(lambda t, y: np.array([y[1], -k * y[0]]), (0.0, 1.0), y0, max_step=0.1).y[
        :, -1
    ],
    np.array([1.0, 0.2]),
    1.7,
)
add(
    SC,
    "interpolate.lagrange",
    lambda y: scipy.interpolate.lagrange([0.0, 1.0, 2.0], y)(1.5),
    np.array([0.3, 1.0, -0.4]),
)
add(
    SC,
    "interpolate.BarycentricInterpolator",
    lambda y: scipy.interpolate.BarycentricInterpolator(np.arange(4.0), y)(1.5),
    np.array([0.3, 1.0, -0.4, 2.0]),
)
add(
    SC,
    "interpolate.KroghInterpolator",
    lambda y: scipy.interpolate.KroghInterpolator(np.arange(4.0), y)(1.5),
    np.array([0.3, 1.0, -0.4, 2.0]),
)
add(SC, "interpolate.pade", lambda a: scipy.interpolate.pade(a, 2)[0](0.5), np.array([1.0, 1.0, 0.5, 0.17, 0.04]))
add(SC, "signal.chirp", lambda f: scipy.signal.chirp(np.linspace(0.0, 1.0, 9), f, 1.0, 6.0), 2.0)
add(SC, "signal.gausspulse", lambda f: scipy.signal.gausspulse(np.linspace(0.0, 1.0, 9), fc=f), 2.0)
add(SC, "signal.windows.kaiser", lambda b: scipy.signal.windows.kaiser(9, b), 4.0)
add(
    SC,
    "signal.bilinear",
    lambda b, a: scipy.signal.bilinear(b, a, 10.0),
    np.array([1.0, 0.5]),
    np.array([1.0, 2.0, 0.3]),
)
add(
    SC,
    "signal.freqs",
    lambda b: np.abs(scipy.signal.freqs(b, [1.0, 2.0, 0.3], worN=np.array([0.1, 1.0]))[1]),
    np.array([1.0, 0.5]),
)
add(
    SC,
    "spatial.Rotation",
    lambda v: scipy.spatial.transform.Rotation.from_rotvec(v).as_matrix(),
    np.array([0.1, 0.2, 0.3]),
)
add(SC, "stats.gmean", lambda x: scipy.stats.gmean(x), S2)
add(SC, "stats.skew", lambda x: scipy.stats.skew(x), RES)
add(SC, "stats.pearsonr", lambda x: scipy.stats.pearsonr(x, S2)[0], RES)
add(SC, "stats.norm.logpdf", lambda x, m, s: scipy.stats.norm.logpdf(x, m, s), RES[:5], 0.3, 1.2)
add(SC, "stats.gamma.logpdf", lambda x, a: scipy.stats.gamma.logpdf(x, a), S2[:5], 2.3)
add(SC, "stats.multivariate_normal", lambda m: scipy.stats.multivariate_normal.logpdf(RES[:3], m, COV), W)
add(SC, "distance.cosine", lambda u, v: scipy.spatial.distance.cosine(u, v), RES[:4], RES[4:8])
add(SC, "distance.mahalanobis", lambda u, v: scipy.spatial.distance.mahalanobis(u, v, COV), RES[:3], RES[4:7])
add(SC, "distance.correlation", lambda u, v: scipy.spatial.distance.correlation(u, v), RES[:4], RES[4:8])
add(SC, "distance.braycurtis", lambda u, v: scipy.spatial.distance.braycurtis(u, v), RES[:4], RES[4:8])


NP = "numpy"
add(NP, "polyval", lambda p, x: np.polyval(p, x), np.array([1.0, 2.0, 0.5]), RES[:5])
add(NP, "trapezoid", lambda y: np.trapezoid(y, dx=0.2), RES)
add(NP, "cross", lambda a, b: np.cross(a, b), RES[:3], RES[3:6])
add(NP, "chebval", lambda x, c: np.polynomial.chebyshev.chebval(x, c), RES[:5], np.array([1.0, 2.0, 0.5, 0.3]))
add(NP, "legval", lambda x, c: np.polynomial.legendre.legval(x, c), RES[:5], np.array([1.0, 2.0, 0.5, 0.3]))
add(NP, "hermder", lambda c: np.polynomial.hermite.hermder(c), np.array([1.0, 2.0, 0.5, 0.3]))
add(NP, "polymul", lambda a, b: np.polymul(a, b), np.array([1.0, 2.0, 0.5]), np.array([0.5, 0.3]))
add(NP, "Polynomial", lambda c, x: np.polynomial.Polynomial(c)(x), np.array([1.0, 2.0, 0.5, 0.3]), 0.7)
add(NP, "unwrap", lambda p: np.unwrap(p), np.array([0.1, 3.0, 6.2, 1.0, 9.0]))
add(NP, "cov", lambda x: np.cov(x), RES.reshape(4, 10))
add(NP, "vander", lambda x: np.vander(x, 4), RES[:4])
add(NP, "gradient", lambda x: np.gradient(x, 0.5), RES[:6])
add(NP, "nanvar", lambda x: np.nanvar(x), RES[:6])
add(NP, "average", lambda x, w: np.average(x, weights=w), RES[:6], S2[:6])


ND = "numdifftools"
add(ND, "Derivative", lambda a: nd.Derivative(lambda x: np.sin(a * x), step=1e-2, method="central", order=2)(0.7), 1.3)
add(ND, "dea3", lambda a, b, c: dea3(a, b, c)[0], 1.0, 1.5, 1.7)
