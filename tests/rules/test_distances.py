"""Rules of distances against finite differences; points that coincide; metrics without a rule."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import rules
from s2sad.testing import check_rule
from tests.rules import sample

dist = pytest.importorskip("scipy.spatial.distance")

A = np.array([[0.3, -0.7], [1.2, 0.9], [-0.4, 0.1]])
B = np.array([[0.5, 0.2], [-1.1, 0.8]])
METRICS = ["euclidean", "sqeuclidean", "cityblock"]

SAMPLES = [
    sample(dist.pdist, A),
    sample(dist.cdist, A, B),
    *[sample(dist.pdist, A, metric=m) for m in METRICS],
    *[sample(dist.cdist, A, B, m) for m in METRICS],
    sample(dist.pdist, A[:1], "sqeuclidean"),
    sample(dist.squareform, np.array([0.3, 1.2, 0.9])),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def test_of_a_matrix_the_upper_triangle_counts():
    m = dist.squareform(np.array([0.3, 1.2, 0.9]))
    got = s2sad.grad(lambda m: np.sum(dist.squareform(m) * np.array([1.0, 2.0, 3.0])))(m)
    assert np.array_equal(got, np.array([[0.0, 1.0, 2.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]]))


def test_points_that_coincide():
    assert np.array_equal(s2sad.grad(lambda x: np.sum(dist.pdist(x)))(np.ones((2, 2))), np.zeros((2, 2)))


def test_other_metrics_are_refused():
    y = dist.cdist(A, B, "cosine")
    assert rules.pullback(dist.cdist, (A, B, "cosine"), {}, y=y, y_bar=y)["XA"] is NotImplemented
    with pytest.raises(NotImplementedError, match="pdist"):
        s2sad.grad(lambda x: np.sum(dist.pdist(x, "cosine")))(A)
