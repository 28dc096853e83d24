"""Rules of indexing: every kind of index, repeated indices, writes through views, choices."""
from __future__ import annotations

import operator

import numpy as np
import pytest

from s2sad import rules, runtime
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(8)
V = RNG.normal(size=5)
A = RNG.normal(size=(3, 4))
T = RNG.normal(size=(2, 3, 4))
Z = A + 1j * RNG.normal(size=(3, 4))
SINGLE = A.astype(np.float32)
PHASES = np.array([0.0, 3.0, 7.0, 14.0, 3.0, -8.0])
INDICES = [0, -1, np.int64(1), slice(1, None), slice(None, None, -2), (1, 2), (slice(None), 1), (None, 1),
           (Ellipsis, 0), A > 0.0, (A > 0.0)[:, 0], np.array([0, 0, 2]), [2, 2],
           (np.array([0, 0, 1]), np.array([1, 1, 3])), (np.array([[0], [1]]), np.array([0, 0, 1])),
           (slice(None), np.array([3, 3])), ([0, 2], 1),
           (np.array([1, 1]), None, slice(0, 2)), Ellipsis, ()]
PATH = (("index", 1), ("attr", "T"))

SAMPLES = [
    *[sample(operator.getitem, a, i) for a in [A, Z, SINGLE] for i in INDICES],
    sample(operator.getitem, np.zeros((0, 3)), slice(0, 2)),
    sample(operator.getitem, [1.0, 2.0, 3.0], 1), sample(operator.getitem, [V, V, V], slice(0, 2)),
    *[sample(f, a, i, 2.0) for f in [runtime.setitem, runtime.add_at] for a in [A, Z] for i in INDICES],
    *[sample(f, a, i, 0.5 + 0.1 * np.arange(float(np.size(A[i]))).reshape(np.shape(A[i])))
      for f in [runtime.setitem, runtime.add_at] for a in [A, Z] for i in INDICES],
    sample(runtime.setitem, [1.0, 2.0, 3.0], 1, 5.0), sample(runtime.setitem, [V, V], 0, 2.0 * V),
    sample(runtime.add_at, [1.0, 2.0, 3.0], 1, 5.0),
    sample(runtime.view, T, PATH), sample(runtime.view, T, (("call", np.transpose, ((2, 0, 1),)),)),
    sample(runtime.setview, T, PATH, 0, V[:3]), sample(runtime.add_view, T, PATH, 0, V[:3]), sample(runtime.setview, T, PATH, (slice(None), [0, 0]), A.T[:, :2]),  # noqa: E501
    *[sample(getattr, a, name) for a in [A, Z] for name in ["T", "mT", "real", "imag"]],
    *[sample(np.take, A, i, axis=ax, mode=mode) for mode in ["raise", "wrap", "clip"]
      for i, ax in [([0, 2, 2], 1), (np.array([[0, 2], [2, 1]]), 0), ([1, 1, 7], None), (1, -1)]],
    sample(np.take, A, []), sample(np.take, A, [], axis=1),
    sample(np.take, A, [-5, 9], axis=1, mode="wrap"), sample(np.take, A, [-5, 9], axis=0, mode="clip"),
    sample(np.take_along_axis, A, np.argsort(A, axis=1), 1), sample(np.take_along_axis, A, np.array([[0, 1, 2, 2]]), 0),
    sample(np.take_along_axis, A[:, :1], np.zeros((3, 4), int), 1),
    sample(np.take_along_axis, A, np.array([1, 1]), None),
    sample(np.compress, [True, False, True], A, axis=0), sample(np.compress, [0, 1, 1], A),
    sample(np.compress, [0, 1, 1], A, axis=-1), sample(np.extract, A > 0.0, A),
    sample(np.choose, np.array([0, 1, 1, 0]), [V[:4], A]),
    sample(np.choose, np.array([0, 5, -1, 0]), [V[:4], 2.0], mode="wrap"),
    sample(np.choose, np.array([0, 5, -1, 0]), A, mode="clip"),
    sample(np.select, [V > 0.0, V > -1.0], [2.0 * V, 1.0], V), sample(np.select, [V > 0.0, V > -0.5], [V, 3.0 * V]),
    sample(np.select, [V > 0.0, V > -0.5], T[:, 0, :1] + V, 1.5),
    sample(np.unwrap, PHASES), sample(np.unwrap, PHASES, period=3.3), sample(np.unwrap, T, axis=1),
    sample(np.unique, A), sample(np.unique, V[[0, 1, 2]], return_counts=True),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def test_the_last_of_repeated_writes_gets_the_cotangent():
    a, i = np.zeros(3), np.array([1, 1, 0])
    v = np.array([5.0, 6.0, 7.0])
    got = rules.pullback(runtime.setitem, (a, i, v), {}, y=runtime.setitem(a, i, v), y_bar=np.array([1.0, 2.0, 3.0]))
    assert got["value"].tolist() == [0.0, 2.0, 1.0] and got["a"].tolist() == [0.0, 0.0, 3.0]


def test_equal_items_of_unique_share():
    x = np.array([2.0, 1.0, 2.0])
    got = rules.pullback(np.unique, (x,), {}, y=np.unique(x), y_bar=np.array([1.0, 4.0]))
    assert got["ar"].tolist() == [2.0, 1.0, 2.0]


@pytest.mark.parametrize("op", [np.nonzero, np.argwhere, np.flatnonzero, np.isin])
def test_no_gradient(op):
    assert rules.has_no_gradient(op)


def test_unknown_attributes_are_refused():
    with pytest.raises(NotImplementedError):
        rules.pullback(getattr, (A, "base"), {}, y=None, y_bar=1.0)
