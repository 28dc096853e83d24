"""Distribution functions of ``scipy.stats`` for families with shape parameters, by argument, location and scale.

    ∂F / ∂x = p,    ∂F / ∂μ = −p,    ∂F / ∂σ = −z p,    z = (x − μ) / σ,    p the density

By the shape parameters themselves there is no closed form, except for the discrete families:

    ∂F(k; μ) / ∂μ = −p(k; μ)  (Poisson),    ∂F(k; n, π) / ∂π = −n p(k; n − 1, π)  (binomial)
"""
from __future__ import annotations

import numpy as np
import scipy.stats as st

from s2sad.rules import elementwise

PLACE = ("x", "loc", "scale")
LEVEL = ("q", "loc", "scale")


def _rising(p, x, loc, scale):
    """The partials of what has the derivative ``p`` by ``x``."""
    return p, -p, -p * ((x - loc) / scale)


def _falling(p, x, loc, scale):
    return -p, p, p * ((x - loc) / scale)


def _level(p, y, loc, scale):
    """The partials of a quantile ``y`` with the density ``p`` there."""
    return 1.0 / p, 1.0, (y - loc) / scale


@elementwise(st.t.cdf, wrt=PLACE)
def t_cdf(x, df, loc=0, scale=1):
    return _rising(st.t.pdf(x, df, loc, scale), x, loc, scale)


@elementwise(st.t.sf, wrt=PLACE)
def t_sf(x, df, loc=0, scale=1):
    return _falling(st.t.pdf(x, df, loc, scale), x, loc, scale)


@elementwise(st.t.logcdf, wrt=PLACE)
def t_logcdf(x, df, loc=0, scale=1, *, y):
    return _rising(np.exp(st.t.logpdf(x, df, loc, scale) - y), x, loc, scale)


@elementwise(st.t.logsf, wrt=PLACE)
def t_logsf(x, df, loc=0, scale=1, *, y):
    return _falling(np.exp(st.t.logpdf(x, df, loc, scale) - y), x, loc, scale)


@elementwise(st.t.ppf, wrt=LEVEL)
def t_ppf(q, df, loc=0, scale=1, *, y):
    return _level(st.t.pdf(y, df, loc, scale), y, loc, scale)


@elementwise(st.chi2.cdf, wrt=PLACE)
def chi2_cdf(x, df, loc=0, scale=1):
    return _rising(st.chi2.pdf(x, df, loc, scale), x, loc, scale)


@elementwise(st.chi2.sf, wrt=PLACE)
def chi2_sf(x, df, loc=0, scale=1):
    return _falling(st.chi2.pdf(x, df, loc, scale), x, loc, scale)


@elementwise(st.chi2.logcdf, wrt=PLACE)
def chi2_logcdf(x, df, loc=0, scale=1, *, y):
    return _rising(np.exp(st.chi2.logpdf(x, df, loc, scale) - y), x, loc, scale)


@elementwise(st.chi2.logsf, wrt=PLACE)
def chi2_logsf(x, df, loc=0, scale=1, *, y):
    return _falling(np.exp(st.chi2.logpdf(x, df, loc, scale) - y), x, loc, scale)


@elementwise(st.chi2.ppf, wrt=LEVEL)
def chi2_ppf(q, df, loc=0, scale=1, *, y):
    return _level(st.chi2.pdf(y, df, loc, scale), y, loc, scale)


@elementwise(st.gamma.cdf, wrt=PLACE)
def gamma_cdf(x, a, loc=0, scale=1):
    return _rising(st.gamma.pdf(x, a, loc, scale), x, loc, scale)


@elementwise(st.gamma.sf, wrt=PLACE)
def gamma_sf(x, a, loc=0, scale=1):
    return _falling(st.gamma.pdf(x, a, loc, scale), x, loc, scale)


@elementwise(st.gamma.logcdf, wrt=PLACE)
def gamma_logcdf(x, a, loc=0, scale=1, *, y):
    return _rising(np.exp(st.gamma.logpdf(x, a, loc, scale) - y), x, loc, scale)


@elementwise(st.gamma.logsf, wrt=PLACE)
def gamma_logsf(x, a, loc=0, scale=1, *, y):
    return _falling(np.exp(st.gamma.logpdf(x, a, loc, scale) - y), x, loc, scale)


@elementwise(st.gamma.ppf, wrt=LEVEL)
def gamma_ppf(q, a, loc=0, scale=1, *, y):
    return _level(st.gamma.pdf(y, a, loc, scale), y, loc, scale)


@elementwise(st.invgamma.cdf, wrt=PLACE)
def invgamma_cdf(x, a, loc=0, scale=1):
    return _rising(st.invgamma.pdf(x, a, loc, scale), x, loc, scale)


@elementwise(st.invgamma.sf, wrt=PLACE)
def invgamma_sf(x, a, loc=0, scale=1):
    return _falling(st.invgamma.pdf(x, a, loc, scale), x, loc, scale)


@elementwise(st.invgamma.logcdf, wrt=PLACE)
def invgamma_logcdf(x, a, loc=0, scale=1, *, y):
    return _rising(np.exp(st.invgamma.logpdf(x, a, loc, scale) - y), x, loc, scale)


@elementwise(st.invgamma.logsf, wrt=PLACE)
def invgamma_logsf(x, a, loc=0, scale=1, *, y):
    return _falling(np.exp(st.invgamma.logpdf(x, a, loc, scale) - y), x, loc, scale)


@elementwise(st.invgamma.ppf, wrt=LEVEL)
def invgamma_ppf(q, a, loc=0, scale=1, *, y):
    return _level(st.invgamma.pdf(y, a, loc, scale), y, loc, scale)


@elementwise(st.lognorm.cdf, wrt=PLACE)
def lognorm_cdf(x, s, loc=0, scale=1):
    return _rising(st.lognorm.pdf(x, s, loc, scale), x, loc, scale)


@elementwise(st.lognorm.sf, wrt=PLACE)
def lognorm_sf(x, s, loc=0, scale=1):
    return _falling(st.lognorm.pdf(x, s, loc, scale), x, loc, scale)


@elementwise(st.lognorm.logcdf, wrt=PLACE)
def lognorm_logcdf(x, s, loc=0, scale=1, *, y):
    return _rising(np.exp(st.lognorm.logpdf(x, s, loc, scale) - y), x, loc, scale)


@elementwise(st.lognorm.logsf, wrt=PLACE)
def lognorm_logsf(x, s, loc=0, scale=1, *, y):
    return _falling(np.exp(st.lognorm.logpdf(x, s, loc, scale) - y), x, loc, scale)


@elementwise(st.lognorm.ppf, wrt=LEVEL)
def lognorm_ppf(q, s, loc=0, scale=1, *, y):
    return _level(st.lognorm.pdf(y, s, loc, scale), y, loc, scale)


@elementwise(st.weibull_min.cdf, wrt=PLACE)
def weibull_min_cdf(x, c, loc=0, scale=1):
    return _rising(st.weibull_min.pdf(x, c, loc, scale), x, loc, scale)


@elementwise(st.weibull_min.sf, wrt=PLACE)
def weibull_min_sf(x, c, loc=0, scale=1):
    return _falling(st.weibull_min.pdf(x, c, loc, scale), x, loc, scale)


@elementwise(st.weibull_min.logcdf, wrt=PLACE)
def weibull_min_logcdf(x, c, loc=0, scale=1, *, y):
    return _rising(np.exp(st.weibull_min.logpdf(x, c, loc, scale) - y), x, loc, scale)


@elementwise(st.weibull_min.logsf, wrt=PLACE)
def weibull_min_logsf(x, c, loc=0, scale=1, *, y):
    return _falling(np.exp(st.weibull_min.logpdf(x, c, loc, scale) - y), x, loc, scale)


@elementwise(st.weibull_min.ppf, wrt=LEVEL)
def weibull_min_ppf(q, c, loc=0, scale=1, *, y):
    return _level(st.weibull_min.pdf(y, c, loc, scale), y, loc, scale)


@elementwise(st.beta.cdf, wrt=PLACE)
def beta_cdf(x, a, b, loc=0, scale=1):
    return _rising(st.beta.pdf(x, a, b, loc, scale), x, loc, scale)


@elementwise(st.beta.sf, wrt=PLACE)
def beta_sf(x, a, b, loc=0, scale=1):
    return _falling(st.beta.pdf(x, a, b, loc, scale), x, loc, scale)


@elementwise(st.beta.logcdf, wrt=PLACE)
def beta_logcdf(x, a, b, loc=0, scale=1, *, y):
    return _rising(np.exp(st.beta.logpdf(x, a, b, loc, scale) - y), x, loc, scale)


@elementwise(st.beta.logsf, wrt=PLACE)
def beta_logsf(x, a, b, loc=0, scale=1, *, y):
    return _falling(np.exp(st.beta.logpdf(x, a, b, loc, scale) - y), x, loc, scale)


@elementwise(st.beta.ppf, wrt=LEVEL)
def beta_ppf(q, a, b, loc=0, scale=1, *, y):
    return _level(st.beta.pdf(y, a, b, loc, scale), y, loc, scale)


# Discrete families


@elementwise(st.poisson.cdf, wrt=("mu",))
def poisson_cdf(k, mu, loc=0):
    return -st.poisson.pmf(np.floor(k), mu, loc)


@elementwise(st.poisson.sf, wrt=("mu",))
def poisson_sf(k, mu, loc=0):
    return st.poisson.pmf(np.floor(k), mu, loc)


@elementwise(st.poisson.logcdf, wrt=("mu",))
def poisson_logcdf(k, mu, loc=0, *, y):
    return -np.exp(st.poisson.logpmf(np.floor(k), mu, loc) - y)


@elementwise(st.binom.cdf, wrt=("p",))
def binom_cdf(k, n, p, loc=0):
    return -n * st.binom.pmf(np.floor(k), n - 1, p, loc)


@elementwise(st.binom.sf, wrt=("p",))
def binom_sf(k, n, p, loc=0):
    return n * st.binom.pmf(np.floor(k), n - 1, p, loc)
