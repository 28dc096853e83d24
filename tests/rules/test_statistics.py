"""Rules of order statistics, weighted means, covariance and histograms, against finite differences."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import rules
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(5)
V = np.array([0.7, -1.6, 1.2, 0.3, 2.1])
A = RNG.normal(size=(3, 5))
T = RNG.normal(size=(2, 3, 4))
Z = A + 1j * RNG.normal(size=(3, 5))
SINGLE = A.astype(np.float32)
METHODS = ["linear", "lower", "higher", "midpoint", "nearest", "hazen", "weibull", "median_unbiased", "inverted_cdf",
           "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "normal_unbiased"]
AXES = [(V, {}), (A, {}), (A, {"axis": 0}), (A, {"axis": -1, "keepdims": True}), (T, {"axis": (0, 2)}),
    (SINGLE, {"axis": 1})]
GAPS = [(np.where(np.arange(a.size).reshape(a.shape) % 4 == 1, np.nan, a), kw) for a, kw in AXES]
POINTS = np.array([0.2, 1.7, 0.9, 3.0, -4.0])

SAMPLES = [
    *[sample(np.sort, a, **kw) for a, kw in [(V, {}), (A, {}), (A, {"axis": 0}), (A, {"axis": None}), (SINGLE, {})]],
    *[sample(np.partition, a, 2, **kw) for a,
        kw in [(V, {}), (A, {}), (A, {"axis": 0}), (A, {"axis": None}), (T, {"axis": 1})]],
    *[sample(np.median, a, **kw) for a, kw in AXES], sample(np.median, V[:4]),
    *[sample(np.quantile, a, q, **kw) for a, kw in AXES for q in [0.3, np.array([0.1, 0.5, 0.95]), [[0.0, 1.0]]]],
    *[sample(np.quantile, A, 0.37, axis=1, method=m) for m in METHODS],
    *[sample(np.nanmedian, a, **kw) for a, kw in GAPS],
    *[sample(np.nanquantile, a, q, **kw) for a, kw in GAPS for q in [0.3, [[0.1, 0.5, 0.95]]]],
    *[sample(np.nanquantile, GAPS[1][0], 0.37, axis=1, method=m) for m in METHODS],
    sample(np.nanpercentile, GAPS[1][0], [10, 90.0], axis=0, keepdims=True), sample(np.nanmedian, V),
    sample(np.percentile, A, 25, axis=0), sample(np.percentile, V, [10, 90.0]),
    sample(np.average, A), sample(np.average, A, axis=0), sample(np.average, A, axis=1, weights=V ** 2),
    sample(np.average, A, axis=0, weights=A ** 2 + 0.1), sample(np.average, A, weights=A ** 2 + 0.1),
    sample(np.average, T, axis=1, weights=np.array([1.0, 2.0, 3.0]), keepdims=True),
    sample(np.average, SINGLE, axis=1, weights=V ** 2),
    *[sample(op, x, *y, **kw) for op in [np.cov, np.corrcoef] for x, y, kw in [
        (A, (), {}), (A, (A[::-1] ** 2,), {}), (V, (V ** 2,), {}), (A, (), {"rowvar": False}),
        (A, (A ** 2,), {"rowvar": False})]],
    sample(np.cov, V), sample(np.cov, A, bias=True), sample(np.cov, A, ddof=0), sample(np.cov, Z),
    sample(np.bincount, np.array([0, 2, 2, 1]), weights=V[:4]),
    sample(np.bincount, np.array([0, 2]), weights=V[:2], minlength=5),
    sample(np.histogram, POINTS, bins=3, weights=V), sample(np.histogram, POINTS, 4),
    sample(np.histogram, POINTS + 0.1, bins=4, range=(0.0, 3.0), weights=V),
    sample(np.histogram, POINTS, bins=np.array([-1.0, 0.0, 1.0, 2.5]), weights=V),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def test_a_row_without_a_number_moves_nothing():
    a = np.array([[1.0, np.nan, 4.0], [np.nan, np.nan, np.nan]])
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="All-NaN"):
        half = s2sad.grad(lambda a: np.sum(np.nan_to_num(np.nanmedian(a, axis=1))))(a)
        two = s2sad.grad(lambda a: np.sum(np.nan_to_num(np.nanquantile(a, [0.2, 0.9], axis=-1))))(a)
    assert half.tolist() == [[0.5, 0.0, 0.5], [0.0, 0.0, 0.0]]
    assert np.allclose(two, [[0.9, 0.0, 1.1], [0.0, 0.0, 0.0]])


def test_sort_keeps_the_order_of_equal_values():
    x = np.array([2.0, 1.0, 2.0, 1.0])
    assert rules.pullback(np.sort, (x,), {}, y=np.sort(x), y_bar=np.arange(4.0))["a"].tolist() == [2.0, 0.0, 3.0, 1.0]


@pytest.mark.parametrize("op, kwargs",
    [(np.histogram, {"density": True, "weights": V}), (np.average, {"returned": True})])
def test_refused(op, kwargs):
    got = rules.pullback(op, (V,), kwargs, y=op(V, **kwargs), y_bar=(np.ones(10), None))
    assert all(v is NotImplemented for v in got.values())


@pytest.mark.parametrize("op", [np.argsort, np.searchsorted, np.argpartition])
def test_no_gradient(op):
    assert rules.has_no_gradient(op)
