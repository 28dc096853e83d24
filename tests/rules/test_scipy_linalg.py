"""Rules of scipy.linalg: triangles, bands, transposes, functions of matrices, Sylvester equations."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad.testing import check_rule
from tests.rules import sample

sl = pytest.importorskip("scipy.linalg")
RNG = np.random.default_rng(15)


def real(*shape):
    return RNG.normal(size=shape)


def cplx(*shape):
    return real(*shape) + 1j * real(*shape)


def banded(g, rows, main):
    ab = g(rows, 5)
    ab[main] += 6.0
    return ab


def samples(g):
    a = g(4, 4) + 4.0 * np.eye(4)
    p = a @ a.conj().T
    small = g(3, 3) + 3.0 * np.eye(3)
    factors = [(sl.cho_factor(p, lower=lower)[0], lower) for lower in [False, True]]
    return [
        sample(sl.solve, a, g(4)), sample(sl.solve, a, g(4, 2)),
        *[sample(f, a) for f in [sl.inv, sl.det, sl.norm, sl.svdvals, sl.pinv]],
        *[sample(f, p, lower=lower) for f in [sl.cholesky] for lower in [False, True]],
        *[sample(sl.cho_solve, c, b) for c in factors for b in [g(4), g(4, 2)]],
        *[sample(sl.solve_triangular, a, b, trans=t, lower=lower, unit_diagonal=u) for b in [g(4), g(4, 2)]
          for t in [0, 1, 2, "N", "T", "C"] for lower in [False, True] for u in [False, True]],
        *[sample(sl.solve_banded, (low, up), banded(g, low + up + 1, up), b)
          for low, up in [(1, 1), (2, 1), (0, 2), (1, 0)] for b in [g(5), g(5, 2)]],
        sample(sl.solve_sylvester, small, g(2, 2), g(3, 2)), sample(sl.solve_continuous_lyapunov, small, g(3, 3)),
        sample(sl.expm, g(3, 3)), sample(sl.expm, g(2, 3, 3)),
        sample(sl.logm, small @ small.conj().T), sample(sl.sqrtm, small @ small.conj().T),
        *[sample(sl.lu, m, **options) for m in [a, a[:, :2], a[:3]] for options in [{}, {"permute_l": True}]],
        sample(sl.lu, a, p_indices=True),
        sample(sl.block_diag, g(2, 3), g(2), 3.0, g(1, 1)),
    ]


SAMPLES = [*samples(real), *samples(cplx), sample(sl.toeplitz, real(4)),
           *[sample(sl.toeplitz, g(n), g(m)) for g in [real, cplx] for n, m in [(4, 3), (3, 5), (1, 1)]]]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("op, args, kwargs", [sample(sl.solve, np.eye(2), np.ones(2), assume_a="pos"),
                                              sample(sl.solve_triangular, np.ones((2, 3, 3)), np.ones((2, 3, 1)))])
def test_refused(op, args, kwargs):
    with pytest.raises(NotImplementedError):
        check_rule(op, *args, **kwargs)
