"""Distributions made inside the function."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import check_grads, grad
from s2sad.frontend.frozen import Frozen, is_distribution

st = pytest.importorskip("scipy.stats")
X = np.array([0.4, 1.3, 2.2])


@pytest.mark.parametrize("f, args", [
    (lambda mu, sigma: np.sum(st.norm(mu, sigma).logpdf(X)), (0.3, 1.2)),
    (lambda mu, sigma: np.sum(st.norm(loc=mu, scale=sigma).cdf(X)), (0.3, 1.2)),
    (lambda x, mu: np.sum(st.poisson(mu).logpmf(np.array([0, 2, 5])) * x), (0.5, 1.7)),
    (lambda x: np.sum(st.gamma(2.5, scale=2.0).sf(x) + st.beta(2.0, b=3.0).ppf(0.2 * x)), (X,)),
    (lambda mu: st.multivariate_normal(mu, np.eye(3)).logpdf(X), (0.5 * X,)),
])
def test_parameters_are_differentiated(f, args):
    check_grads(f, args, order=1)


def test_one_distribution_for_several_questions():
    def evidence(mu, data):
        prior = st.norm(mu, 2.0)
        total = prior.logpdf(0.0)
        for x in data:
            total = total + prior.logpdf(x) - prior.logsf(-1.0)
        return total
    check_grads(lambda mu: evidence(mu, X), (0.3,), order=1)


def test_the_methods_are_those_of_scipy():
    for dist, args in ((st.norm, (0.3, 1.2)), (st.poisson, (2.5,))):
        ours, theirs = Frozen(dist, *args), dist(*args)
        for name in vars(Frozen):
            if name.startswith("_") or not hasattr(theirs, name) or dist is st.poisson and "pdf" in name:
                continue
            given = () if name in ("entropy", "mean", "var", "std") else (0.4,)
            if hasattr(dist, name):
                assert getattr(ours, name)(*given) == pytest.approx(getattr(theirs, name)(*given), nan_ok=True), name


def test_what_makes_a_distribution():
    assert is_distribution(st.norm) and is_distribution(st.binom) and is_distribution(st.multivariate_normal)
    assert not is_distribution(st.norm.logpdf) and not is_distribution(st.zscore) and not is_distribution(np.sin)
    with pytest.raises(AttributeError):
        grad(lambda mu: st.norm(mu, 1.0).nonsense(0.0))(0.3)
