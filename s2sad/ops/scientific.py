"""SciPy: its ufuncs, linear algebra, distributions, transforms and filters, each when it has been imported."""
from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from s2sad.ops.arithmetic import ELEMENTWISE
from s2sad.ops.record import Effect, Memory, Raises, Zeros
from s2sad.ops.registry import PROVIDERS, Operation, record, spell

_NEW: dict[str, Any] = {"memory": Memory.FRESH, "effect": Effect.NONE}
LINALG = ("solve", "cholesky", "cho_solve", "solve_triangular", "solve_banded", "solve_sylvester",
          "solve_continuous_lyapunov", "solve_lyapunov", "expm", "logm", "sqrtm", "toeplitz", "block_diag", "hankel",
          "circulant", "cho_factor", "lu", "lu_factor", "lu_solve", "eigh", "eig", "qr", "cosm", "sinm", "tanm",
          "hilbert", "solve_discrete_lyapunov", "orth", "null_space", "polar", "schur", "hessenberg", "lstsq",
          "eigh_tridiagonal")
"""Functions of ``scipy.linalg`` that leave their arguments alone unless they are asked with ``overwrite_…``."""
SAME_LINALG = ("norm", "det", "inv", "pinv", "svd", "svdvals", "eigvals")
METHODS = ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf", "pmf", "logpmf", "mean", "var", "std",
           "entropy", "moment", "stats", "median", "interval", "support")
"""Methods of distributions that draw nothing."""
FUNCTIONS = {
    "scipy.special": ("logsumexp", "softmax", "log_softmax", "multigammaln", "gammasgn", "polygamma", "comb", "perm",
                      "factorial", "factorial2", "zeta", "bernoulli", "euler", "roots_legendre", "roots_hermite",
                      "roots_chebyt", "roots_laguerre", "roots_jacobi", "lambertw", "sinc", "softplus"),
    "scipy.fft": ("fft", "ifft", "fft2", "ifft2", "fftn", "ifftn", "rfft", "irfft", "rfft2", "irfft2", "rfftn",
                  "irfftn", "hfft", "ihfft", "dct", "idct", "dst", "idst", "dctn", "idctn", "dstn", "idstn",
                  "fftshift", "ifftshift", "fftfreq", "rfftfreq", "next_fast_len"),
    "scipy.signal": ("convolve", "fftconvolve", "correlate", "convolve2d", "correlate2d", "oaconvolve", "lfilter",
                     "detrend"),
    "scipy.spatial.distance": ("cdist", "pdist", "squareform", "euclidean", "sqeuclidean", "cityblock", "cosine",
                               "minkowski", "chebyshev", "correlation"),
    "scipy.ndimage": ("uniform_filter", "uniform_filter1d", "gaussian_filter", "gaussian_filter1d", "correlate",
                      "correlate1d", "convolve", "convolve1d"),
    "scipy.integrate": ("trapezoid", "cumulative_trapezoid", "simpson"),
}
"""Functions that compute new arrays from their arguments, and nothing else."""
LINEAR = ("scipy.fft", "scipy.signal", "scipy.integrate")
"""Modules whose functions in the table are linear."""

OF_NO_AXES = ("fft2", "ifft2", "fftn", "ifftn", "dctn", "idctn", "dstn", "idstn")
"""Transforms that give back their argument if there is nothing to transform."""


def _named(op: Any, module: str, name: str) -> bool:
    found = sys.modules.get(module)
    return found is not None and getattr(found, name, None) is op


def _scipy(op: Any) -> Operation | None:
    """The record of something of SciPy."""
    name = getattr(op, "__name__", None)
    if not isinstance(name, str):
        return None
    if isinstance(op, np.ufunc):
        return Operation(op, op, **ELEMENTWISE) if _named(op, "scipy.special", name) else None
    owner = getattr(op, "__self__", None)
    if type(owner).__module__.startswith("scipy.stats.") and name in METHODS:
        if type(owner).__module__.endswith("multivariate") and name in ("cdf", "logcdf"):  # integrated at random points
            return Operation(op, op, memory=Memory.FRESH, effect=Effect.DRAWS)
        return Operation(op, op, **_NEW, of_values=name == "support")
    if name in LINALG and _named(op, "scipy.linalg", name):
        of_small = {"memory": Memory.MAYBE} if name == "hessenberg" else {}  # of two rows it is its argument
        return Operation(op, op, **_NEW | of_small, of_values=name in ("logm", "sqrtm"))
    for module, names in FUNCTIONS.items():
        if name in names and _named(op, module, name):
            return Operation(op, op, **_NEW | ({"memory": Memory.MAYBE} if name in OF_NO_AXES else {}),
                             zeros=Zeros.KEEPS if module in LINEAR else Zeros.LOSES)
    return None


def _ufunc(op: Any) -> Operation | None:
    """NumPy's other ufuncs, and its functions of ``np.linalg`` that are ufuncs; never one made of a user's function."""
    named = isinstance(op, np.ufunc) and getattr(np, op.__name__, None) is op
    return Operation(op, op, **ELEMENTWISE) if named else None


PROVIDERS += [_scipy, _ufunc]

try:
    import scipy.linalg
    import scipy.special
except ImportError:
    pass
else:
    for _name in SAME_LINALG:
        spell(getattr(np.linalg, _name), getattr(scipy.linalg, _name))
    record(scipy.special.gamma, scipy.special.gammaln, scipy.special.log1p, **ELEMENTWISE)
    spell(scipy.special.gamma, math.gamma, memory=Memory.NONE, raises=Raises.ANYTHING)
    spell(scipy.special.gammaln, math.lgamma, memory=Memory.NONE, raises=Raises.ANYTHING)
    for _name in ("log1p", "expm1", "exp2", "cbrt"):
        spell(getattr(np, _name), getattr(scipy.special, _name))
    record(scipy.special.erf, scipy.special.expit, scipy.special.ndtr, scipy.special.dawsn, **ELEMENTWISE, bounded=True)
