"""Rules of joining and splitting: lists, tuples and stacks of arrays; arrays of fewer dimensions; positions."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import rules
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(6)
V = RNG.normal(size=5)
A = RNG.normal(size=(3, 4))
B = RNG.normal(size=(3, 2))
T = RNG.normal(size=(2, 3, 4))
Z = A + 1j * RNG.normal(size=(3, 4))
SINGLE = A.astype(np.float32)

SAMPLES = [
    *[sample(np.concatenate, xs, ax) for xs in [[A, 2.0 * A], (A, Z), [A, SINGLE]] for ax in [0, 1, -1, None]],
    *[sample(np.concatenate, T, ax) for ax in [0, 1, None]], sample(np.concatenate, [A, V, T], None),
    sample(np.concatenate, [A, 1.0], axis=None), sample(np.concatenate, [A, B], axis=1),
    sample(np.concatenate, [A, np.zeros((0, 4))]), sample(np.concatenate, (A, A), axis=0, dtype=np.complex128),
    *[sample(np.stack, xs, ax) for xs in [[A, Z], T] for ax in [0, 1, 2, -1]], sample(np.stack, [1.0, 2.0]),
    *[sample(np.hstack, xs) for xs in [[1.0, V, 2.0], [A, B], T, A, V]],
    *[sample(np.vstack, xs) for xs in [[V, 2.0 * V, T[:, 0, :1] + V], [1.0, 2.0], T, A, V]],
    *[sample(np.column_stack, xs) for xs in [[V[:3], B], [1.0, 2.0], A]],
    *[sample(np.dstack, xs) for xs in [[A, A], [V, V], [T, T[:, :, 0]], [1.0, 2.0]]],
    *[sample(np.block, xs) for xs in [[[B, A], [B, A]], [V, V[:2], 1.0], [[1.0, 2.0], [3.0, 4.0]], [[B], [V[:2]]]]],
    sample(np.append, V, 1.0), sample(np.append, A, V), sample(np.append, A, A[:2], axis=0),
    sample(np.append, A, B, axis=-1),
    *[sample(np.insert, V, i, 1.5) for i in [0, 2, -1, 5, [2], [0, 3, 1], slice(1, 4), [1, 1, 1], np.array([4, 0])]],
    sample(np.insert, V, [3, 0, 1], V[:3]), sample(np.insert, V, 2, V[:3]), sample(np.insert, A, [3, 0], V[:2]),
    sample(np.insert, A, 1, V[:3], axis=1), sample(np.insert, A, 1, V[:4], axis=0),
    sample(np.insert, A, [0, 2], A[:2], axis=0), sample(np.insert, A, 1, 2.0, axis=1),
    sample(np.insert, A, [2], B[:, :1], axis=1), sample(np.insert, A, 1, B.T, axis=1),
    sample(np.insert, A, [2, 0], B, axis=1), sample(np.insert, A, [2, 0], V[:2], axis=1),
    sample(np.delete, V, 2), sample(np.delete, A, [0, 3]), sample(np.delete, A, [0, 3], axis=1),
    sample(np.delete, A, slice(0, 2), axis=0), sample(np.delete, A, 1, axis=-1),
    sample(np.split, A, 2, axis=1), sample(np.split, V, [1, 3]), sample(np.array_split, V, 3),
    sample(np.hsplit, A, 2), sample(np.hsplit, V, 5), sample(np.vsplit, A, 3), sample(np.dsplit, T, 2),
    sample(np.unstack, T, axis=1),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def test_a_part_without_cotangent_counts_as_zero():
    y = np.split(V, [1, 3])
    got = rules.pullback(np.split, (V, [1, 3]), {}, y=y, y_bar=[None, np.ones(2), None])
    assert got["ary"].tolist() == [0.0, 1.0, 1.0, 0.0, 0.0]


def test_block_of_three_dimensions_is_refused():
    with pytest.raises(NotImplementedError, match="concatenate"):
        check_rule(np.block, [[[A, A]]])
