"""Econometrics and statistics: arch, statsmodels, scikit-learn."""

from __future__ import annotations

import numpy as np
import arch.univariate as au
from arch.univariate import (
    Normal,
    StudentsT,
    SkewStudent,
    GeneralizedError,
    GARCH,
    EGARCH,
    HARCH,
    ConstantVariance,
    ARX,
)
from arch.univariate import recursions_python as rp
import statsmodels.api as sm
from statsmodels.tsa import arima_process
from statsmodels.stats.stattools import durbin_watson, jarque_bera
from statsmodels.regression.linear_model import yule_walker
import sklearn.metrics as skm
import sklearn.gaussian_process.kernels as gpk

from .case import Corpus

corpus = Corpus()
add = corpus.add


AR = "arch"
RES = np.random.default_rng(0).normal(size=40)
S2 = RES**2 + 0.1
add(AR, "Normal.loglikelihood", lambda s: Normal().loglikelihood(np.array([]), RES, s), S2)
add(AR, "StudentsT.loglikelihood", lambda p, s: StudentsT().loglikelihood(p, RES, s), np.array([5.0]), S2)
add(AR, "SkewStudent.loglikelihood", lambda p, s: SkewStudent().loglikelihood(p, RES, s), np.array([5.0, 0.2]), S2)
add(AR, "GeneralizedError.loglikelihood", lambda p, s: GeneralizedError().loglikelihood(p, RES, s), np.array([1.5]), S2)
BC = np.full(40, 0.25)
VB = np.column_stack([np.full(40, 1e-6), np.full(40, 1e6)])
add(
    AR,
    "garch_recursion",
    lambda p, f: rp.garch_recursion(p, f, np.sign(RES), np.zeros(40), 1, 0, 1, 40, 0.5, VB),
    np.array([0.1, 0.1, 0.8]),
    S2,
)
add(
    AR,
    "egarch_recursion",
    lambda p, r: rp.egarch_recursion(
        p, r, np.zeros(40), 1, 1, 1, 40, 0.1, VB, np.zeros(40), np.zeros(40), np.zeros(40)
    ),
    np.array([0.01, 0.1, -0.05, 0.9]),
    RES,
)
add(
    AR,
    "harch_recursion",
    lambda p, r: rp.harch_recursion(p, r, np.zeros(40), np.array([1, 5], dtype=np.int32), 40, 0.4, VB),
    np.array([0.1, 0.2, 0.3]),
    RES,
)
add(AR, "figarch_weights", lambda p: rp.figarch_weights(p, 1, 1, 20), np.array([0.2, 0.4, 0.3]))


SM = "statsmodels"
norms = sm.robust.norms
add(SM, "HuberT.rho", lambda z: norms.HuberT(1.345).rho(z), RES * 2)
add(SM, "HuberT.weights", lambda z: norms.HuberT().weights(z), RES * 2)
add(SM, "TukeyBiweight.psi", lambda z: norms.TukeyBiweight().psi(z), RES * 2)
add(SM, "Hampel.rho", lambda z: norms.Hampel().rho(z), RES * 4)
add(SM, "AndrewWave.rho", lambda z: norms.AndrewWave().rho(z), RES)
links = sm.families.links
add(SM, "Logit link", lambda p: links.Logit()(p), np.linspace(0.1, 0.9, 7))
add(SM, "CLogLog inverse", lambda z: links.CLogLog().inverse(z), np.linspace(-1.0, 0.9, 7))
add(SM, "Poisson.deviance", lambda m: sm.families.Poisson().deviance(np.arange(1.0, 6.0), m), np.linspace(1.0, 4.0, 5))
add(
    SM,
    "Gamma.loglike",
    lambda m, s: sm.families.Gamma().loglike(np.arange(1.0, 6.0), m, scale=s),
    np.linspace(1.0, 4.0, 5),
    0.7,
)
EX = sm.add_constant(np.random.default_rng(1).normal(size=(30, 2)))
YB = (np.random.default_rng(2).uniform(size=30) < 0.5).astype(float)
LOGIT, POISSON = sm.Logit(YB, EX), sm.Poisson(YB, EX)
add(SM, "Logit.loglike", lambda b: LOGIT.loglike(b), np.array([0.1, -0.4, 0.3]))
add(SM, "Poisson.loglike", lambda b: POISSON.loglike(b), np.array([0.1, -0.4, 0.3]))
MODEL = sm.Probit(YB, EX)
add(SM, "Probit.loglike", lambda b: MODEL.loglike(b), np.array([0.1, -0.4, 0.3]))
add(SM, "rmse", lambda a, b: sm.tools.eval_measures.rmse(a, b), RES[:10], RES[10:20])
add(SM, "durbin_watson", lambda r: durbin_watson(r), RES)
add(SM, "arma2ma", lambda a: arima_process.arma2ma(a, np.array([1.0, 0.4]), lags=8), np.array([1.0, -0.5]))
add(SM, "yule_walker", lambda x: yule_walker(x, order=2), RES)


SKL = "scikit-learn"
add(SKL, "mean_squared_error", lambda p: skm.mean_squared_error(np.arange(5.0), p), RES[:5])
add(SKL, "r2_score", lambda p: skm.r2_score(np.arange(5.0), p), RES[:5])
add(SKL, "RBF kernel", lambda l, x: gpk.RBF(l)(x), 1.3, np.random.default_rng(3).normal(size=(5, 2)))
add(SKL, "rbf_kernel", lambda x: skm.pairwise.rbf_kernel(x), np.random.default_rng(3).normal(size=(5, 2)))
