"""Numerical methods: polynomials, signals, interpolation, integration and roots of NumPy and SciPy."""

from __future__ import annotations

import numpy as np
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.optimize
import scipy.signal
import scipy.spatial
from numdifftools.fornberg import fd_weights_all

from .case import Corpus

corpus = Corpus()
add = corpus.add

X = np.array([0.3, -0.7, 1.2, 0.9, -1.4, 0.5, 2.1, -0.2])
C = np.array([1.0, 2.0, 0.5, 0.3])

NP = "numpy"
add(NP, "polyfromroots", lambda r: np.polynomial.polynomial.polyfromroots(r), C)
add(NP, "chebmul", lambda a, b: np.polynomial.chebyshev.chebmul(a, b), C, X[:3])
add(NP, "legint", lambda c: np.polynomial.legendre.legint(c), C)
add(NP, "hermeval", lambda x, c: np.polynomial.hermite_e.hermeval(x, c), X, C)
add(NP, "Chebyshev.deriv", lambda c, x: np.polynomial.Chebyshev(c).deriv()(x), C, 0.4)
add(NP, "polyint", lambda p: np.polyint(p), C)
add(NP, "polydiv", lambda a, b: np.polydiv(a, b)[0], C, np.array([1.0, 0.4]))
add(NP, "corrcoef", lambda x: np.corrcoef(x), X.reshape(2, 4))
add(NP, "percentile", lambda x: np.percentile(x, 30.0), X)

SC = "scipy"
add(SC, "optimize.rosen_hess_prod", lambda x, p: scipy.optimize.rosen_hess_prod(x, p), C, X[:4])
add(SC, "optimize.newton", lambda a: scipy.optimize.newton(lambda x: x**3 - a, 1.0, fprime=lambda x: 3.0 * x**2), 1.7)
add(SC, "signal.windows.gaussian", lambda s: scipy.signal.windows.gaussian(9, s), 2.0)
add(SC, "signal.detrend", lambda x: scipy.signal.detrend(x), X)
add(SC, "signal.freqz", lambda b: np.abs(scipy.signal.freqz(b, worN=np.array([0.1, 1.0]))[1]), C)
add(SC, "signal.unit_impulse response", lambda b, a: scipy.signal.lfilter(b, a, X), C, np.array([1.0, -0.4]))
add(SC, "interpolate.CubicSpline", lambda y: scipy.interpolate.CubicSpline(np.arange(4.0), y)(1.5), C)
add(SC, "interpolate.Pchip", lambda y: scipy.interpolate.PchipInterpolator(np.arange(4.0), y)(1.5), C)
add(SC, "integrate.quad", lambda a: scipy.integrate.quad(lambda x: np.exp(-a * x * x), 0.0, 1.0)[0], 1.3)
add(SC, "distance.jensenshannon", lambda p, q: scipy.spatial.distance.jensenshannon(p, q), C, np.abs(X[:4]))
add(SC, "distance.minkowski", lambda u, v: scipy.spatial.distance.minkowski(u, v, p=3), X[:4], X[4:])
add(SC, "distance.cdist", lambda u, v: scipy.spatial.distance.cdist(u, v), X.reshape(4, 2), C.reshape(2, 2))
add(SC, "linalg.toeplitz", lambda c: scipy.linalg.toeplitz(c), C)
add(SC, "linalg.companion", lambda a: scipy.linalg.companion(a), C)
add(SC, "linalg.expm", lambda a: scipy.linalg.expm(a), X[:4].reshape(2, 2))
add("numdifftools", "fd_weights_all", lambda x, x0: fd_weights_all(x, x0, n=2), np.array([-1.0, 0.1, 0.9, 2.0]), 0.3)
