"""Rules of norms: every order, axes, stacks; zero; ties."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import rules
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(14)
LINEAR = np.linalg
VECTOR = [None, 1, 2, 3, 0.5, -1, 2.5, np.inf, -np.inf]
MATRIX = ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]


def real(*shape):
    return RNG.normal(size=shape) if shape else float(RNG.normal())


def cplx(*shape):
    return real(*shape) + 1j * real(*shape)


def samples(g):
    return [
        *[sample(LINEAR.norm, g(*s)) for s in [(), (3,), (3, 4), (2, 3, 4)]],
        sample(LINEAR.norm, g(3, 4), keepdims=True),
        *[sample(LINEAR.norm, g(4), o) for o in VECTOR],
        *[sample(LINEAR.norm, g(3, 4), o, axis=0, keepdims=k) for o in VECTOR for k in [False, True]],
        *[sample(LINEAR.vector_norm, g(2, 3, 4), ord=o, axis=(0, 2), keepdims=k) for o in VECTOR[1:]
          for k in [False, True]],
        *[sample(LINEAR.vector_norm, g(2, 3), ord=o) for o in VECTOR[1:]],
        *[sample(LINEAR.norm, g(3, 4), o, keepdims=k) for o in MATRIX for k in [False, True]],
        *[sample(LINEAR.norm, g(2, 3, 4), o, axis=ax) for o in [None, *MATRIX] for ax in [(2, 0), (0, 1), (-2, -1)]],
        *[sample(LINEAR.matrix_norm, g(2, 3, 4), ord=o, keepdims=k) for o in MATRIX for k in [False, True]],
        *[sample(LINEAR.cond, g(*s) + 2.0 * np.eye(3), p) for s in [(3, 3), (2, 3, 3)] for p in [None, *MATRIX]],
        sample(LINEAR.cond, g(4, 3)),
    ]


SAMPLES = [*samples(real), *samples(cplx), sample(LINEAR.norm, real(3).astype(np.float32)),
           sample(LINEAR.norm, real(3, 3).astype(np.float32), "nuc")]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("shape, ord", [*[((3,), o) for o in VECTOR if o not in (-1, 0.5)],
                                        *[((3, 2), o) for o in MATRIX]])
def test_zero(shape, ord):
    got = rules.pullback(LINEAR.norm, (np.zeros(shape), ord), {}, y=0.0, y_bar=1.0)
    assert np.all(got["x"] == 0.0)


def test_ties_share_equally():
    x = np.array([3.0, -3.0, 1.0])
    assert rules.pullback(LINEAR.norm, (x, np.inf), {}, y=3.0, y_bar=1.0)["x"].tolist() == [0.5, -0.5, 0.0]
