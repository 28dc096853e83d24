"""Rules of distributions: each method against finite differences, the edges of supports, frozen distributions."""
from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import s2sad
from s2sad import rules
from s2sad.testing import check_rule
from tests.rules import sample

st = pytest.importorskip("scipy.stats")

X = np.array([[0.6, 1.3, 2.2], [1.7, 0.4, 0.9]])
LOC = np.array([0.25, -0.3, 0.1])
SCALE = np.array([[1.7], [0.8]])
UNIT = np.array([0.15, 0.55, 0.83])
INSIDE = np.array([0.3, 0.45, 0.7])
MEAN = np.array([0.3, -0.2])
COV = np.array([[1.7, 0.4], [0.4, 0.9]])
ROWS = np.array([[0.5, 1.1], [-0.7, 0.2], [0.1, -1.0]])

DENSITIES = [
    st.norm.pdf, st.norm.logpdf, st.halfnorm.pdf, st.halfnorm.logpdf, st.cauchy.pdf, st.cauchy.logpdf,
    st.halfcauchy.pdf, st.halfcauchy.logpdf, st.laplace.pdf, st.laplace.logpdf, st.logistic.pdf, st.logistic.logpdf,
    st.gumbel_r.pdf, st.gumbel_r.logpdf, st.gumbel_l.pdf, st.gumbel_l.logpdf, st.expon.pdf, st.expon.logpdf]
PROBABILITIES = [
    st.norm.cdf, st.norm.sf, st.norm.logcdf, st.norm.logsf, st.halfnorm.cdf, st.halfnorm.sf, st.halfnorm.logcdf,
    st.halfnorm.logsf, st.cauchy.cdf, st.cauchy.sf, st.cauchy.logcdf, st.cauchy.logsf, st.halfcauchy.cdf,
    st.halfcauchy.sf, st.halfcauchy.logcdf, st.halfcauchy.logsf, st.laplace.cdf, st.laplace.sf, st.laplace.logcdf,
    st.laplace.logsf, st.logistic.cdf, st.logistic.sf, st.logistic.logcdf, st.logistic.logsf, st.gumbel_r.cdf,
    st.gumbel_r.sf, st.gumbel_r.logcdf, st.gumbel_r.logsf, st.gumbel_l.cdf, st.gumbel_l.sf, st.gumbel_l.logcdf,
    st.gumbel_l.logsf, st.expon.cdf, st.expon.sf, st.expon.logcdf, st.expon.logsf]
UNIFORM = [st.uniform.pdf, st.uniform.logpdf, st.uniform.cdf, st.uniform.sf, st.uniform.logcdf, st.uniform.logsf]
QUANTILES = [
    st.norm.ppf, st.norm.isf, st.halfnorm.ppf, st.halfnorm.isf, st.cauchy.ppf, st.cauchy.isf, st.halfcauchy.ppf,
    st.halfcauchy.isf, st.laplace.ppf, st.laplace.isf, st.logistic.ppf, st.logistic.isf, st.gumbel_r.ppf,
    st.gumbel_r.isf, st.gumbel_l.ppf, st.gumbel_l.isf, st.expon.ppf, st.expon.isf, st.uniform.ppf, st.uniform.isf]
ONE_SHAPE = [
    st.t.logpdf, st.t.pdf, st.gamma.logpdf, st.gamma.pdf, st.invgamma.logpdf, st.invgamma.pdf, st.chi2.logpdf,
    st.chi2.pdf, st.lognorm.logpdf, st.lognorm.pdf, st.weibull_min.logpdf, st.weibull_min.pdf]

SAMPLES = [
    *[sample(op, *args) for op in DENSITIES + PROBABILITIES for args in [(X + 0.5, LOC, SCALE), (0.9,)]],
    *[sample(op, 0.4 * X, LOC - 0.4, SCALE + 2.0) for op in UNIFORM],
    *[sample(op, *args) for op in QUANTILES for args in [(UNIT, LOC, SCALE), (0.3,)]],
    *[sample(op, *args) for op in ONE_SHAPE for args in [(X + 0.5, np.array([1.6, 2.5, 3.1]), LOC, SCALE), (0.9, 2.3)]],
    *[sample(op, INSIDE, 2.3, np.array([1.4, 0.7, 3.0]), *rest) for op in [st.beta.logpdf, st.beta.pdf]
      for rest in [(), (0.1, 1.5)]],
    *[sample(op, np.array([0, 2, 5]), X) for op in [st.poisson.logpmf, st.poisson.pmf]],
    *[sample(op, np.array([0, 1, 1]), UNIT) for op in [st.bernoulli.logpmf, st.bernoulli.pmf]],
    *[sample(op, np.array([0, 2, 5]), 7, UNIT) for op in [st.binom.logpmf, st.binom.pmf]],
    sample(st.nbinom.logpmf, np.array([0, 2, 5]), 2.5, UNIT),
    *[sample(op, x, MEAN, COV, allow_singular=False) for x in [ROWS, ROWS[0], ROWS[None]]
      for op in [st.multivariate_normal.logpdf, st.multivariate_normal.pdf]],
    sample(st.multivariate_normal.entropy, MEAN, COV),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("dist, outside", [(st.expon, -1.0), (st.uniform, 2.0), (st.halfnorm, -0.5),
                                           (st.halfcauchy, -0.5)])
def test_outside_the_support_nothing_changes(dist, outside):
    density = s2sad.grad(lambda x, loc, scale: dist.pdf(x, loc, scale), argnums=(0, 1, 2))(outside, 0.0, 1.0)
    assert [float(g) for g in density] == [0.0, 0.0, 0.0]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("pdf, shapes", [(st.gamma.pdf, (2.0,)), (st.chi2.pdf, (3.0,)), (st.beta.pdf, (2.0, 3.0)),
                                         (st.lognorm.pdf, (0.5,)), (st.invgamma.pdf, (2.0,))])
def test_outside_the_support_of_a_shape(pdf, shapes):
    assert s2sad.grad(lambda x: pdf(x, *shapes))(-0.5) == 0.0


def log_posterior(q, data):
    mu, log_sigma = q[0], q[1]
    log_p = np.sum(st.norm.logpdf(data, loc=mu, scale=np.exp(log_sigma)))
    return log_p + st.norm.logpdf(mu, 0.0, 5.0) + st.halfcauchy.logpdf(np.exp(log_sigma), scale=2.5) + log_sigma


def test_a_posterior_with_keywords():
    s2sad.check_grads(lambda q: log_posterior(q, X.ravel()), [np.array([0.3, -0.2])])


def test_the_source_names_the_distribution():
    source = s2sad.grad(lambda x: st.norm.cdf(x)).source_for(0.5)
    assert "p = scipy.stats.norm.pdf(x, 0, 1)" in source


PRIOR = st.norm(0.5, scale=2.0)


def test_a_frozen_distribution():
    assert s2sad.grad(lambda x: PRIOR.logpdf(x))(1.5) == pytest.approx(-0.25)


def test_a_distribution_of_ones_own_has_no_rule():
    class Tilted(st.rv_continuous):
        def _pdf(self, x):
            return np.exp(-x)
    assert rules.lookup(Tilted(a=0.0).logpdf) is None
    assert rules.lookup(st.norm.rvs) is None


def test_the_covariance_is_that_of_the_triangle_that_is_read():
    """SciPy reads the lower triangle, so an item beside the diagonal stands for two."""
    g = s2sad.grad(lambda cov: st.multivariate_normal.logpdf(ROWS[0], MEAN, cov))(COV)
    assert g[0, 1] == 0.0
    h = 1e-6
    step = np.array([[0.0, h], [h, 0.0]])
    slope = (st.multivariate_normal.logpdf(ROWS[0], MEAN, COV + step)
             - st.multivariate_normal.logpdf(ROWS[0], MEAN, COV - step)) / (2.0 * h)
    assert g[1, 0] == pytest.approx(slope, rel=1e-6)


def test_a_covariance_that_is_no_matrix_is_refused():
    with pytest.raises(s2sad.S2SADError, match="S2S003"):
        s2sad.grad(lambda x: st.multivariate_normal.logpdf(x, MEAN, 2.0))(ROWS[0])
    with pytest.raises(s2sad.S2SADError, match="S2S003"):
        s2sad.grad(lambda x: st.multivariate_normal.pdf(x, MEAN, COV, True))(ROWS[0])


def test_statistics_are_not_imported_without_need():
    code = "import sys, numpy, s2sad; s2sad.grad(numpy.sin)(1.0); sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
