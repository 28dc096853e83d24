"""Statistics of samples: scipy.stats, scikit-learn's metrics and kernels, statsmodels, arch, lmfit."""

from __future__ import annotations

import lmfit
import numpy as np
import scipy.stats
import sklearn.gaussian_process.kernels as gpk
import sklearn.metrics as skm
import sklearn.utils.extmath
import statsmodels.api as sm
from arch.univariate import recursions_python as rp
from statsmodels.stats.weightstats import DescrStatsW
from statsmodels.tools import eval_measures
from statsmodels.tsa import stattools

from .case import Corpus

corpus = Corpus()
add = corpus.add

RNG = np.random.default_rng(7)
X = RNG.normal(size=12)
Y = RNG.normal(size=9)
POSITIVE = X**2 + 0.2
UNIT = 1.0 / (1.0 + np.exp(-X))
POINTS = RNG.normal(size=(5, 2))

SC = "scipy"
add(SC, "stats.zscore", lambda x: scipy.stats.zscore(x), X)
add(SC, "stats.kurtosis", lambda x: scipy.stats.kurtosis(x), X)
add(SC, "stats.hmean", lambda x: scipy.stats.hmean(x), POSITIVE)
add(SC, "stats.variation", lambda x: scipy.stats.variation(x), POSITIVE)
add(SC, "stats.sem", lambda x: scipy.stats.sem(x), X)
add(SC, "stats.trim_mean", lambda x: scipy.stats.trim_mean(x, 0.1), X)
add(SC, "stats.ttest_ind", lambda x, y: scipy.stats.ttest_ind(x, y).statistic, X, Y)
add(SC, "stats.entropy", lambda p: scipy.stats.entropy(p), POSITIVE)
add(SC, "stats.moment", lambda x: scipy.stats.moment(x, 3), X)
add(SC, "stats.t.logpdf", lambda x, m: scipy.stats.t.logpdf(x, 4.0, m), X, 0.2)
add(SC, "stats.beta.logpdf", lambda x, a, b: scipy.stats.beta.logpdf(x, a, b), UNIT, 1.5, 2.5)
add(SC, "stats.linregress", lambda x, y: scipy.stats.linregress(x, y).slope, X, POSITIVE)

SKL = "scikit-learn"
LABELS = (X > 0.0).astype(int)
add(SKL, "log_loss", lambda p: skm.log_loss(LABELS, p), UNIT)
add(SKL, "mean_absolute_error", lambda p: skm.mean_absolute_error(POSITIVE, p), X)
add(SKL, "mean_pinball_loss", lambda p: skm.mean_pinball_loss(POSITIVE, p, alpha=0.3), X)
add(SKL, "explained_variance_score", lambda p: skm.explained_variance_score(POSITIVE, p), X)
add(SKL, "cosine_similarity", lambda x: skm.pairwise.cosine_similarity(x), POINTS)
add(SKL, "polynomial_kernel", lambda x: skm.pairwise.polynomial_kernel(x, degree=2), POINTS)
add(SKL, "Matern kernel", lambda l, x: gpk.Matern(l, nu=1.5)(x), 1.3, POINTS)
add(SKL, "DotProduct kernel", lambda s, x: gpk.DotProduct(s)(x), 1.3, POINTS)
add(SKL, "softmax", lambda x: sklearn.utils.extmath.softmax(x), POINTS)

SM = "statsmodels"
DESIGN = sm.add_constant(RNG.normal(size=(12, 2)))
COUNTS = RNG.poisson(2.0, 12).astype(float)
OLS, NEGATIVE_BINOMIAL = sm.OLS(X, DESIGN), sm.NegativeBinomial(COUNTS, DESIGN)
GLM = sm.GLM(COUNTS, DESIGN, family=sm.families.Poisson())
add(SM, "OLS.loglike", lambda b: OLS.loglike(b), np.array([0.1, -0.4, 0.3]))
add(SM, "NegativeBinomial.loglike", lambda b: NEGATIVE_BINOMIAL.loglike(b), np.array([0.1, -0.4, 0.3, 0.7]))
add(SM, "GLM.loglike", lambda b: GLM.loglike(b), np.array([0.1, -0.4, 0.3]))
add(SM, "acovf", lambda x: stattools.acovf(x, fft=False), X)
add(SM, "acf", lambda x: stattools.acf(x, nlags=4, fft=False), X)
add(SM, "DescrStatsW.var", lambda x, w: DescrStatsW(x, weights=w).var, X, POSITIVE)
add(SM, "mad", lambda x: sm.robust.scale.mad(x), X)
add(SM, "aicc", lambda l: eval_measures.aicc(l, 20.0, 3.0), -12.3)

AR = "arch"
BOUNDS = np.column_stack([np.full(12, 1e-6), np.full(12, 1e6)])
add(
    AR,
    "aparch_recursion",
    lambda p, r: rp.aparch_recursion(
        p, r, np.abs(r), np.zeros(12), np.zeros(12), 1, 1, 1, 12, 0.5, BOUNDS
    ),
    np.array([0.1, 0.1, 0.05, 0.8, 1.5]),
    X,
)
add(
    "lmfit",
    "GaussianModel.eval",
    lambda a, c, s: lmfit.models.GaussianModel().eval(x=X, amplitude=a, center=c, sigma=s),
    2.0,
    0.3,
    0.7,
)
