"""Rules of special functions: each against finite differences; refused parameters; the conventions at the edges."""
from __future__ import annotations

import math

import numpy as np
import pytest

from s2sad import rules
from s2sad.testing import check_rule
from tests.rules import sample

sp = pytest.importorskip("scipy.special")

A = np.array([[0.6, -1.3, 2.2], [1.7, 0.4, -0.9]])
ROW = np.array([0.7, -1.6, 1.2])
POSITIVE = np.abs(A) + 0.3
UNIT = np.array([0.5, 0.13, 0.85])
B = np.array([[1.1, 0.7, 0.8], [2.1, 1.9, 0.37]])

EVERYWHERE = [sp.erf, sp.erfc, sp.erfcx, sp.erfi, sp.dawsn, sp.ndtr, sp.log_ndtr, sp.expit, sp.log_expit, sp.exp10,
    sp.j0, sp.j1,
              sp.i0, sp.i1, sp.i0e, sp.i1e, np.i0, sp.expm1, sp.exp2, sp.cbrt, sp.sinc]
POSITIVES = [sp.gamma, sp.gammaln, sp.loggamma, sp.rgamma, sp.psi, sp.digamma, sp.y0, sp.y1, sp.k0, sp.k1, sp.k0e,
    sp.k1e, sp.exp1,
             sp.expi, sp.entr, sp.log1p, sp.lambertw]
UNITS = [sp.erfinv, sp.erfcinv, sp.ndtri, sp.logit]
ORDERS = [sp.jv, sp.jn, sp.yv, sp.iv, sp.ive, sp.kv, sp.kve]

SAMPLES = [
    *[sample(op, x) for op in EVERYWHERE for x in [A, 0.8]], sample(sp.wofz, 0.3 + 0.2j),
    *[sample(op, A.astype(np.float32)) for op in [sp.erf, sp.expit, sp.j0]],
    *[sample(op, x) for op in POSITIVES for x in [POSITIVE, 0.8]], sample(sp.gamma, ROW), sample(sp.rgamma, ROW),
    *[sample(op, x) for op in UNITS for x in [UNIT, 0.8]],
    *[sample(op, v, POSITIVE) for op in ORDERS for v in [0, 1, 2, 1.5]],
    sample(sp.yn, 2, POSITIVE), sample(sp.kn, 2, POSITIVE), sample(sp.expn, 2, POSITIVE), sample(sp.expn, 1, 0.8),
    sample(sp.expn, 0, 0.8),
    sample(sp.polygamma, 0, POSITIVE), sample(sp.polygamma, 2, POSITIVE), sample(sp.zeta, 2.5, POSITIVE),
    *[sample(op, a, b) for op in [sp.beta, sp.betaln] for a, b in [(POSITIVE, B), (POSITIVE, UNIT), (1.5, 0.7)]],
    sample(sp.boxcox, POSITIVE, 1.7), sample(sp.boxcox, POSITIVE, 0.0), sample(sp.huber, 1.0, A),
    sample(sp.huber, POSITIVE, 1.2 * ROW),
    *[sample(op, a, b) for op in [sp.xlogy, sp.rel_entr, sp.kl_div] for a,
        b in [(POSITIVE, B), (B, UNIT), (0.4, 0.7)]],
    sample(sp.xlog1py, A, B), sample(sp.xlog1py, 0.3, UNIT), sample(sp.xlogy, A, UNIT),
    sample(math.erf, 0.7), sample(math.erfc, 0.7), sample(math.gamma, 2.7), sample(math.lgamma, 2.7),
    *[sample(sp.logsumexp, A, **kw) for kw in [{}, {"axis": 0}, {"axis": (0, 1)}, {"axis": 1, "keepdims": True},
        {"b": B},
                                              {"axis": 1, "b": UNIT}]],
    *[sample(op, A, **kw) for op in [sp.softmax, sp.log_softmax] for kw in [{}, {"axis": 0}, {"axis": -1}]],
    sample(sp.multigammaln, 3.7, 3), sample(sp.multigammaln, POSITIVE + 2.0, 2),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("op, args, name", [
    (sp.jv, (1.5, 0.5), "v"), (sp.polygamma, (2, 0.5), "n")])
def test_orders_are_refused(op, args, name):
    assert rules.pullback(op, args, {}, y=op(*args), y_bar=1.0)[name] is NotImplemented


def test_impossible_events_have_no_gradient():
    x = np.array([[-np.inf, -np.inf], [0.0, -np.inf]])
    got = rules.pullback(sp.logsumexp, (x,), {"axis": 1}, y=sp.logsumexp(x, axis=1), y_bar=np.ones(2))["a"]
    assert got.tolist() == [[0.0, 0.0], [1.0, 0.0]]


def test_xlogy_where_both_are_zero():
    with np.errstate(all="ignore"):
        assert rules.pullback(sp.xlogy, (0.0, 0.0), {}, y=0.0, y_bar=1.0)["z"] == 0.0


def test_derivative_of_expit_does_not_cancel():
    assert rules.pullback(sp.expit, (40.0,), {}, y=sp.expit(40.0), y_bar=1.0)["x"] == pytest.approx(math.exp(-40.0))
