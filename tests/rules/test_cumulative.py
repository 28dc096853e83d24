"""Distribution functions with shape parameters, against finite differences."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.testing import check_rule
from tests.rules import sample

st = pytest.importorskip("scipy.stats")

X = np.array([[0.6, 1.3, 2.2], [1.7, 0.4, 0.9]])
LOC = np.array([0.25, -0.3, 0.1])
SCALE = np.array([[1.7], [0.8]])
UNIT = np.array([0.15, 0.55, 0.83])
SHAPE = np.array([1.6, 2.5, 3.1])
K = np.array([0.0, 2.0, 5.0])

PROBABILITIES = [
    st.t.cdf, st.t.sf, st.t.logcdf, st.t.logsf, st.chi2.cdf, st.chi2.sf, st.chi2.logcdf, st.chi2.logsf, st.gamma.cdf,
    st.gamma.sf, st.gamma.logcdf, st.gamma.logsf, st.invgamma.cdf, st.invgamma.sf, st.invgamma.logcdf,
    st.invgamma.logsf, st.lognorm.cdf, st.lognorm.sf, st.lognorm.logcdf, st.lognorm.logsf, st.weibull_min.cdf,
    st.weibull_min.sf, st.weibull_min.logcdf, st.weibull_min.logsf]
QUANTILES = [st.t.ppf, st.chi2.ppf, st.gamma.ppf, st.invgamma.ppf, st.lognorm.ppf, st.weibull_min.ppf]

SAMPLES = [
    *[sample(op, *args) for op in PROBABILITIES for args in [(X + 0.5, SHAPE, LOC, SCALE), (0.9, 2)]],
    *[sample(op, *args) for op in QUANTILES for args in [(UNIT, SHAPE, LOC, SCALE), (0.3, 2)]],
    *[sample(op, UNIT, 2.3, SHAPE, *rest) for op in [st.beta.cdf, st.beta.sf, st.beta.logcdf, st.beta.logsf]
      for rest in [(), (0.02, 1.5)]],
    *[sample(st.beta.ppf, UNIT, 2.3, SHAPE, *rest) for rest in [(), (0.1, 1.5)]],
    *[sample(op, K, X) for op in [st.poisson.cdf, st.poisson.sf, st.poisson.logcdf]],
    *[sample(op, K, 7, UNIT) for op in [st.binom.cdf, st.binom.sf]],
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def test_shapes_by_name_and_frozen():
    assert s2sad.grad(lambda x: st.t.cdf(x, df=3.0))(0.4) == pytest.approx(st.t.pdf(0.4, 3.0))
    assert s2sad.grad(lambda x: st.gamma(2.5).sf(x))(0.4) == pytest.approx(-st.gamma.pdf(0.4, 2.5))


def test_by_a_shape_parameter_there_is_none():
    with pytest.raises(s2sad.S2SADError, match="no derivative with respect to `df`"):
        s2sad.grad(lambda df: st.t.cdf(0.3, df))(2.0)
