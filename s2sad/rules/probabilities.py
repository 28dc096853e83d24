"""Cumulative distribution functions of ``scipy.special`` and their inverses (where SciPy is installed).

The derivative of a distribution function is its density; that of an inverse is one over the density there. Degrees of
freedom must not be active: in them the derivative has no closed form.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.rules import elementwise

try:
    import scipy.special as sp
except ImportError:
    sp = None


def _elementwise(*names: str) -> Callable[[Callable], Any]:
    """``elementwise`` for those of the functions of scipy.special that are installed."""
    found = [getattr(sp, name) for name in names if hasattr(sp, name)]
    return elementwise(*found) if found else lambda fn: fn


def _gamma_density(a, x):
    return np.exp(sp.xlogy(a - 1.0, x) - x - sp.gammaln(a))


def _beta_density(a, b, x):
    return np.exp(sp.xlogy(a - 1.0, x) + sp.xlog1py(b - 1.0, -x) - sp.betaln(a, b))


def _t_density(df, t):
    return np.exp(-0.5 * (df + 1.0) * np.log1p(t * t / df) - 0.5 * np.log(df) - sp.betaln(0.5, 0.5 * df))


def _f_density(dfn, dfd, x):
    """x of F(m, n) is the odds of a beta variable times n / m."""
    share = dfn * x / (dfn * x + dfd)
    return _beta_density(0.5 * dfn, 0.5 * dfd, share) * dfn * dfd / (dfn * x + dfd) ** 2


@_elementwise("gammainc")
def gammainc(a, x):
    return NotImplemented, _gamma_density(a, x)


@_elementwise("gammaincc")
def gammaincc(a, x):
    return NotImplemented, -_gamma_density(a, x)


@_elementwise("gammaincinv")
def gammaincinv(a, p, *, y):
    return NotImplemented, 1.0 / _gamma_density(a, y)


@_elementwise("gammainccinv")
def gammainccinv(a, p, *, y):
    return NotImplemented, -1.0 / _gamma_density(a, y)


@_elementwise("betainc")
def betainc(a, b, x):
    return NotImplemented, NotImplemented, _beta_density(a, b, x)


@_elementwise("betaincc")
def betaincc(a, b, x):
    return NotImplemented, NotImplemented, -_beta_density(a, b, x)


@_elementwise("betaincinv")
def betaincinv(a, b, p, *, y):
    return NotImplemented, NotImplemented, 1.0 / _beta_density(a, b, y)


@_elementwise("betainccinv")
def betainccinv(a, b, p, *, y):
    return NotImplemented, NotImplemented, -1.0 / _beta_density(a, b, y)


@_elementwise("stdtr")
def stdtr(df, t):
    return NotImplemented, _t_density(df, t)


@_elementwise("stdtrit")
def stdtrit(df, p, *, y):
    return NotImplemented, 1.0 / _t_density(df, y)


@_elementwise("chdtr")
def chdtr(v, x):
    return NotImplemented, 0.5 * _gamma_density(0.5 * v, 0.5 * x)


@_elementwise("chdtrc")
def chdtrc(v, x):
    return NotImplemented, -0.5 * _gamma_density(0.5 * v, 0.5 * x)


@_elementwise("chdtri")
def chdtri(v, p, *, y):
    return NotImplemented, -2.0 / _gamma_density(0.5 * v, 0.5 * y)


@_elementwise("fdtr")
def fdtr(dfn, dfd, x):
    return NotImplemented, NotImplemented, _f_density(dfn, dfd, x)


@_elementwise("fdtrc")
def fdtrc(dfn, dfd, x):
    return NotImplemented, NotImplemented, -_f_density(dfn, dfd, x)


@_elementwise("fdtri")
def fdtri(dfn, dfd, p, *, y):
    return NotImplemented, NotImplemented, 1.0 / _f_density(dfn, dfd, y)
