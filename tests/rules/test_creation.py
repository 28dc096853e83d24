"""Rules of making arrays: nested lists, copies, fill values, ranges, grids."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad.rules import has_no_gradient
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(7)
V = RNG.normal(size=5)
A = RNG.normal(size=(3, 4))
SINGLE = A.astype(np.float32)

SAMPLES = [
    *[sample(np.array, x) for x in [[1.0, 2.0, 3.0], [[1.0, V[0]], [2.0, 3.0]], [V, 2.0 * V], [1.0, 2.0j], A, 2.5,
                                    ((1.0, 4.0), (2.0, 3.0)), [np.array(1.0), 2.0]]],
    sample(np.array, [1.0, 2.0], ndmin=3), sample(np.array, V, ndmin=2),
    *[sample(f, x) for f in [np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.copy]
      for x in [A, 2.0, SINGLE, [1.0, 2.0]]],
    sample(np.full, (2, 3), 2.0), sample(np.full, (2, 3), V[:3]), sample(np.full, 3, np.float32(2.0)),
    sample(np.full_like, A, 2.0), sample(np.full_like, A, V[:4]),
    sample(np.arange, 1.0, 4.5, 1.0), sample(np.arange, 0.3, 2.55, 1.5), sample(np.arange, 1.0, 5.5),
    *[sample(np.linspace, 1.0, 3.0, **kw) for kw in [{}, {"endpoint": False}, {"num": 7}, {"num": 1}]],
    sample(np.linspace, V[:3], A[:2, :3], 5), sample(np.linspace, V, 2.0, 5, axis=1), sample(np.linspace, 1.0j, 2.0, 5),
    sample(np.logspace, 0.1, 0.7, 5), sample(np.logspace, 0.1, 0.7, 5, base=2.5),
    sample(np.logspace, V[:2], V[2:4], 4, axis=1, base=3.0),
    sample(np.geomspace, 1.0, 7.0, 5), sample(np.geomspace, -1.0, -7.0, 5, endpoint=False),
    sample(np.geomspace, np.array([1.0, 2.0]), 5.0, 4, axis=-1),
    sample(np.meshgrid, V, V[:3]), sample(np.meshgrid, V, V[:3], V[:2]), sample(np.meshgrid, V),
    sample(np.meshgrid, V, 1.0),
    sample(np.meshgrid, V, V[:3], indexing="ij", sparse=True), sample(np.meshgrid, V, V[:3], V[:2], sparse=True),
    sample(np.vander, V), sample(np.vander, V, 3, increasing=True), sample(np.vander, np.zeros(2), 4),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("op", [np.zeros_like, np.ones, np.eye, np.tri, np.indices])
def test_no_gradient(op):
    assert has_no_gradient(op)


def test_linspace_with_its_step_is_refused():
    with pytest.raises(NotImplementedError, match="step"):
        check_rule(np.linspace, 0.0, 1.0, retstep=True)
