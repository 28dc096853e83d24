"""Distributions of ``scipy.stats``: densities, distribution functions and quantiles, by argument and parameters.

A location-scale family needs one formula, the score s(z) = ∂ log p(z) / ∂z of its standard form; with z = (x − μ) / σ

    ∂ log p / ∂x = s / σ,    ∂ log p / ∂μ = −s / σ,    ∂ log p / ∂σ = −(1 + z s) / σ

and everything else follows from the density. Outside the support a density is constant, so its derivatives are 0.
SciPy's statistics take long to import; ``s2sad.rules.lookup`` imports this module when it meets one of its methods.

    >>> from scipy.stats import norm
    >>> import s2sad
    >>> s2sad.grad(lambda mu: norm.logpdf(1.0, mu, 2.0))(0.0)
    0.25
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.stats as st
from scipy.special import psi

from s2sad import runtime
from s2sad.rules import elementwise, rule, shaped
from s2sad.rules.matrices import folded, unfolded

PLACE = ("x", "loc", "scale")
LEVEL = ("q", "loc", "scale")


def _family(dist: Any) -> Callable[[Callable], Callable]:
    """Register the methods of a distribution that has a location and a scale and no other parameter, from its score."""
    bounded = bool(np.isfinite(dist.a) or np.isfinite(dist.b))
    low, high = float(dist.a), float(dist.b)

    def register(score: Callable) -> Callable:
        def partials(x, loc, scale):
            z = (x - loc) / scale
            s = score(z) / scale
            by_scale = 1.0 / scale + s * z
            if bounded:
                inside = (z >= low) & (z <= high)
                s, by_scale = np.where(inside, s, 0.0), np.where(inside, by_scale, 0.0)
            return s, -s, -by_scale

        @elementwise(dist.logpdf, wrt=PLACE)
        def logpdf(x, loc=0, scale=1):
            return partials(x, loc, scale)

        @elementwise(dist.pdf, wrt=PLACE)
        def pdf(x, loc=0, scale=1, *, y):
            return _times(y, partials(x, loc, scale))

        @elementwise(dist.cdf, wrt=PLACE)
        def cdf(x, loc=0, scale=1):
            p = dist.pdf(x, loc, scale)
            return p, -p, -p * ((x - loc) / scale)

        @elementwise(dist.sf, wrt=PLACE)
        def sf(x, loc=0, scale=1):
            p = dist.pdf(x, loc, scale)
            return -p, p, p * ((x - loc) / scale)

        @elementwise(dist.logcdf, wrt=PLACE)
        def logcdf(x, loc=0, scale=1, *, y):
            ratio = np.exp(dist.logpdf(x, loc, scale) - y)
            return ratio, -ratio, -ratio * ((x - loc) / scale)

        @elementwise(dist.logsf, wrt=PLACE)
        def logsf(x, loc=0, scale=1, *, y):
            ratio = np.exp(dist.logpdf(x, loc, scale) - y)
            return -ratio, ratio, ratio * ((x - loc) / scale)

        @elementwise(dist.ppf, wrt=LEVEL)
        def ppf(q, loc=0, scale=1, *, y):
            return 1.0 / dist.pdf(y, loc, scale), 1.0, (y - loc) / scale

        @elementwise(dist.isf, wrt=LEVEL)
        def isf(q, loc=0, scale=1, *, y):
            return -1.0 / dist.pdf(y, loc, scale), 1.0, (y - loc) / scale
        return score
    return register


def _times(y: Any, partials: tuple) -> tuple:
    """The partials of a density, from those of its logarithm."""
    return tuple([y * p for p in partials])


@_family(st.norm)
def norm(z):
    return -z


@_family(st.halfnorm)
def halfnorm(z):
    return -z


@_family(st.cauchy)
def cauchy(z):
    return -2.0 * z / (1.0 + z * z)


@_family(st.halfcauchy)
def halfcauchy(z):
    return -2.0 * z / (1.0 + z * z)


@_family(st.laplace)
def laplace(z):
    return -np.sign(z)


@_family(st.logistic)
def logistic(z):
    return -np.tanh(0.5 * z)


@_family(st.gumbel_r)
def gumbel_r(z):
    return np.expm1(-z)


@_family(st.gumbel_l)
def gumbel_l(z):
    return -np.expm1(z)


@_family(st.expon)
def expon(z):
    return -np.ones_like(z)


@_family(st.uniform)
def uniform(z):
    return np.zeros_like(z)


# Distributions with a shape


def _inside(inside: Any, partials: tuple) -> tuple:
    """Partials inside the support, 0 outside."""
    return tuple([np.where(inside, p, 0.0) for p in partials])


def _t(x, df, loc, scale):
    z = (x - loc) / scale
    s = -(df + 1.0) * z / (df + z * z) / scale
    by_df = 0.5 * (psi(0.5 * (df + 1.0)) - psi(0.5 * df) - 1.0 / df - np.log1p(z * z / df)
                   + (df + 1.0) * z * z / (df * (df + z * z)))
    return s, by_df, -s, -(1.0 / scale + s * z)


def _gamma(x, a, loc, scale):
    z = (x - loc) / scale
    s = ((a - 1.0) / z - 1.0) / scale
    return _inside(z > 0.0, (s, np.log(z) - psi(a), -s, -(1.0 / scale + s * z)))


def _invgamma(x, a, loc, scale):
    z = (x - loc) / scale
    s = (1.0 / z - (a + 1.0)) / z / scale
    return _inside(z > 0.0, (s, -np.log(z) - psi(a), -s, -(1.0 / scale + s * z)))


def _chi2(x, df, loc, scale):
    z = (x - loc) / scale
    s = ((0.5 * df - 1.0) / z - 0.5) / scale
    return _inside(z > 0.0, (s, 0.5 * (np.log(0.5 * z) - psi(0.5 * df)), -s, -(1.0 / scale + s * z)))


def _lognorm(x, s, loc, scale):
    z = (x - loc) / scale
    logarithm = np.log(z)
    score = -(1.0 + logarithm / (s * s)) / z / scale
    by_s = (logarithm * logarithm / (s * s) - 1.0) / s
    return _inside(z > 0.0, (score, by_s, -score, -(1.0 / scale + score * z)))


def _weibull_min(x, c, loc, scale):
    z = (x - loc) / scale
    power = z ** c
    s = ((c - 1.0) - c * power) / z / scale
    return _inside(z > 0.0, (s, 1.0 / c + np.log(z) * (1.0 - power), -s, -(1.0 / scale + s * z)))


def _beta(x, a, b, loc, scale):
    z = (x - loc) / scale
    s = ((a - 1.0) / z - (b - 1.0) / (1.0 - z)) / scale
    both = psi(a + b)
    return _inside((z > 0.0) & (z < 1.0), (s, np.log(z) - psi(a) + both, np.log1p(-z) - psi(b) + both, -s,
                                           -(1.0 / scale + s * z)))


@elementwise(st.t.logpdf, wrt=("x", "df", "loc", "scale"))
def t_logpdf(x, df, loc=0, scale=1):
    return _t(x, df, loc, scale)


@elementwise(st.t.pdf, wrt=("x", "df", "loc", "scale"))
def t_pdf(x, df, loc=0, scale=1, *, y):
    return _times(y, _t(x, df, loc, scale))


@elementwise(st.gamma.logpdf, wrt=("x", "a", "loc", "scale"))
def gamma_logpdf(x, a, loc=0, scale=1):
    return _gamma(x, a, loc, scale)


@elementwise(st.gamma.pdf, wrt=("x", "a", "loc", "scale"))
def gamma_pdf(x, a, loc=0, scale=1, *, y):
    return _times(y, _gamma(x, a, loc, scale))


@elementwise(st.invgamma.logpdf, wrt=("x", "a", "loc", "scale"))
def invgamma_logpdf(x, a, loc=0, scale=1):
    return _invgamma(x, a, loc, scale)


@elementwise(st.invgamma.pdf, wrt=("x", "a", "loc", "scale"))
def invgamma_pdf(x, a, loc=0, scale=1, *, y):
    return _times(y, _invgamma(x, a, loc, scale))


@elementwise(st.chi2.logpdf, wrt=("x", "df", "loc", "scale"))
def chi2_logpdf(x, df, loc=0, scale=1):
    return _chi2(x, df, loc, scale)


@elementwise(st.chi2.pdf, wrt=("x", "df", "loc", "scale"))
def chi2_pdf(x, df, loc=0, scale=1, *, y):
    return _times(y, _chi2(x, df, loc, scale))


@elementwise(st.lognorm.logpdf, wrt=("x", "s", "loc", "scale"))
def lognorm_logpdf(x, s, loc=0, scale=1):
    return _lognorm(x, s, loc, scale)


@elementwise(st.lognorm.pdf, wrt=("x", "s", "loc", "scale"))
def lognorm_pdf(x, s, loc=0, scale=1, *, y):
    return _times(y, _lognorm(x, s, loc, scale))


@elementwise(st.weibull_min.logpdf, wrt=("x", "c", "loc", "scale"))
def weibull_min_logpdf(x, c, loc=0, scale=1):
    return _weibull_min(x, c, loc, scale)


@elementwise(st.weibull_min.pdf, wrt=("x", "c", "loc", "scale"))
def weibull_min_pdf(x, c, loc=0, scale=1, *, y):
    return _times(y, _weibull_min(x, c, loc, scale))


@elementwise(st.beta.logpdf, wrt=("x", "a", "b", "loc", "scale"))
def beta_logpdf(x, a, b, loc=0, scale=1):
    return _beta(x, a, b, loc, scale)


@elementwise(st.beta.pdf, wrt=("x", "a", "b", "loc", "scale"))
def beta_pdf(x, a, b, loc=0, scale=1, *, y):
    return _times(y, _beta(x, a, b, loc, scale))


# Discrete distributions: by their parameters, the count is no real number


@elementwise(st.poisson.logpmf, wrt=("mu",))
def poisson_logpmf(k, mu, loc=0):
    return np.where(k >= loc, (k - loc) / mu - 1.0, 0.0)


@elementwise(st.poisson.pmf, wrt=("mu",))
def poisson_pmf(k, mu, loc=0, *, y):
    return y * ((k - loc) / mu - 1.0)


@elementwise(st.bernoulli.logpmf, wrt=("p",))
def bernoulli_logpmf(k, p, loc=0):
    return (k - loc - p) / (p * (1.0 - p))


@elementwise(st.bernoulli.pmf, wrt=("p",))
def bernoulli_pmf(k, p, loc=0, *, y):
    return y * ((k - loc - p) / (p * (1.0 - p)))


@elementwise(st.binom.logpmf, wrt=("p",))
def binom_logpmf(k, n, p, loc=0):
    return (k - loc - n * p) / (p * (1.0 - p))


@elementwise(st.binom.pmf, wrt=("p",))
def binom_pmf(k, n, p, loc=0, *, y):
    return y * ((k - loc - n * p) / (p * (1.0 - p)))


@elementwise(st.nbinom.logpmf, wrt=("n", "p"))
def nbinom_logpmf(k, n, p, loc=0):
    return np.log(p) + psi(k - loc + n) - psi(n), n / p - (k - loc) / (1.0 - p)


# The multivariate normal distribution


@rule(st.multivariate_normal.logpdf, wrt=("x", "mean", "cov"))
def multivariate_normal_logpdf(x, mean=None, cov=1, allow_singular=False, *, y_bar):
    """y = −½ (dᵀ Σ⁻¹ d + log det Σ) + const, d = x − μ, a = Σ⁻¹ d  ⟹  x̄ = −ȳ a,  μ̄ = ȳ a,  Σ̄ = ½ ȳ (a aᵀ − Σ⁻¹)"""
    if mean is None or np.ndim(cov) != 2 or allow_singular:
        return NotImplemented
    return _normal_bars(x, mean, cov, y_bar)


def _normal_bars(x, mean, cov, y_bar):
    inverse = np.linalg.inv(unfolded(cov, True))
    a = (x - mean) @ inverse
    weighted = np.reshape(y_bar, (*a.shape[:-1], 1)) * a
    rows, weighted_rows = np.reshape(a, (-1, a.shape[-1])), np.reshape(weighted, (-1, a.shape[-1]))
    by_cov = 0.5 * (weighted_rows.T @ rows - np.sum(y_bar) * inverse)
    return runtime.unbroadcast(-weighted, x), runtime.unbroadcast(weighted, mean), folded(by_cov, True)


@multivariate_normal_logpdf.jvp
def multivariate_normal_logpdf_jvp(x, mean=None, cov=1, allow_singular=False, *, y, x_dot, mean_dot, cov_dot):
    if mean is None or np.ndim(cov) != 2 or allow_singular:
        return NotImplemented
    return shaped(_normal_dot(x, mean, cov, x_dot, mean_dot, cov_dot), y)


def _normal_dot(x, mean, cov, x_dot, mean_dot, cov_dot):
    inverse = np.linalg.inv(unfolded(cov, True))
    a = (x - mean) @ inverse
    total = np.zeros(a.shape[:-1])
    if x_dot is not None:
        total = total - np.sum(a * x_dot, axis=-1)
    if mean_dot is not None:
        total = total + np.sum(a * mean_dot, axis=-1)
    if cov_dot is not None:
        change = unfolded(cov_dot, True)
        total = total + 0.5 * (np.sum((a @ change) * a, axis=-1) - np.sum(inverse * change))
    return total


@rule(st.multivariate_normal.pdf, wrt=("x", "mean", "cov"))
def multivariate_normal_pdf(x, mean=None, cov=1, allow_singular=False, *, y, y_bar):
    if mean is None or np.ndim(cov) != 2 or allow_singular:
        return NotImplemented
    return _normal_bars(x, mean, cov, y_bar * y)


@multivariate_normal_pdf.jvp
def multivariate_normal_pdf_jvp(x, mean=None, cov=1, allow_singular=False, *, y, x_dot, mean_dot, cov_dot):
    if mean is None or np.ndim(cov) != 2 or allow_singular:
        return NotImplemented
    return y * shaped(_normal_dot(x, mean, cov, x_dot, mean_dot, cov_dot), y)


@rule(st.multivariate_normal.entropy, wrt=("cov",))
def multivariate_normal_entropy(mean=None, cov=1, *, y_bar):
    """y = ½ log det (2 π e Σ)  ⟹  Σ̄ = ½ ȳ Σ⁻¹"""
    if np.ndim(cov) != 2:
        return NotImplemented
    return folded(0.5 * y_bar * np.linalg.inv(unfolded(cov, True)), True)


@multivariate_normal_entropy.jvp
def multivariate_normal_entropy_jvp(mean=None, cov=1, *, cov_dot):
    if np.ndim(cov) != 2:
        return NotImplemented
    return 0.5 * np.sum(np.linalg.inv(unfolded(cov, True)) * unfolded(cov_dot, True))


def public(method: Any) -> Any:
    """The method that a rule is registered for: that of the public distribution, if it is of a frozen one's copy."""
    owner: Any = method.__self__
    known: Any = getattr(st, type(owner).__name__.removesuffix("_gen"), None)
    if type(known) is not type(owner) or not hasattr(owner, "a") or (known.a, known.b) != (owner.a, owner.b):
        return method
    return getattr(known, method.__name__)
