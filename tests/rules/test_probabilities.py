"""Rules of cumulative distribution functions and their inverses against finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import rules
from s2sad.testing import check_rule
from tests.rules import sample

sp = pytest.importorskip("scipy.special")

POSITIVE = np.array([[0.9, 1.6, 2.5], [2.0, 0.7, 1.2]])
UNIT = np.array([0.5, 0.13, 0.85])
REAL = np.array([-1.3, 0.0, 0.4])

SAMPLES = [
    *[sample(op, a, x) for op in [sp.gammainc, sp.gammaincc] for a, x in [(1.5, POSITIVE), (0.5, 0.7)]],
    *[sample(op, POSITIVE[::-1], POSITIVE) for op in [sp.gammainc, sp.gammaincc]],
    *[sample(op, 1.5, p) for op in [sp.gammaincinv, sp.gammainccinv] for p in [UNIT, 0.3]],
    *[sample(op, 1.5, 2.5, p) for op in [sp.betainc, sp.betaincc, sp.betaincinv, sp.betainccinv] for p in [UNIT, 0.3]],
    *[sample(op, df, x) for op in [sp.chdtr, sp.chdtrc] for df, x in [(3.0, POSITIVE), (1.0, 0.7)]],
    *[sample(sp.chdtri, 3.0, p) for p in [UNIT, 0.3]],
    *[sample(sp.stdtr, df, t) for df, t in [(3.0, REAL), (1.0, -0.7)]],
    *[sample(sp.stdtrit, 3.0, p) for p in [UNIT, 0.3]],
    *[sample(op, 3.0, 5.0, x) for op in [sp.fdtr, sp.fdtrc] for x in [POSITIVE, 0.7]],
    *[sample(sp.fdtri, 3.0, 5.0, p) for p in [UNIT, 0.3]],
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("op, args, name", [
    (sp.stdtr, (3.0, 0.5), "df"), (sp.gammainc, (1.5, 0.5), "a"), (sp.betaincc, (1.5, 0.5, 0.5), "b")])
def test_degrees_of_freedom_are_refused(op, args, name):
    assert rules.pullback(op, args, {}, y=op(*args), y_bar=1.0)[name] is NotImplemented
