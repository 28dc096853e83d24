"""Rules of products: all numbers of dimensions, batches, scalars, real with complex, single precision."""
from __future__ import annotations

import itertools
import operator

import numpy as np
import pytest

from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(9)


def real(*shape):
    return RNG.normal(size=shape) if shape else float(RNG.normal())


def cplx(*shape):
    return real(*shape) + 1j * real(*shape)


def single(*shape):
    return real(*shape).astype(np.float32)


LEFT, RIGHT = [(), (3,), (2, 3), (4, 2, 3)], [(), (3,), (3, 5), (6, 3, 5)]
LINEAR = np.linalg

SAMPLES = [
    *[sample(np.dot, g(*s), real(*t)) for s, t in itertools.product(LEFT, RIGHT) for g in [real, cplx]],
    *[sample(np.matmul, g(*s), real(*t)) for s, t in itertools.product(LEFT[1:], [(3,), (3, 5), (4, 3, 5)])
      for g in [real, cplx]],
    sample(operator.matmul, real(2, 1, 3, 4), real(5, 4, 2)), sample(np.matmul, real(1, 2, 3), real(4, 3, 2)),
    sample(LINEAR.matmul, real(2, 3), real(3, 2)), sample(np.matmul, real(0, 3), real(3, 2)),
    sample(np.matmul, real(2, 0), real(0, 3)), sample(np.dot, real(0), real(0)),
    *[sample(np.inner, real(*s), cplx(*t)) for s, t in itertools.product(LEFT, [(), (3,), (5, 3), (6, 5, 3)])],
    *[sample(f, real(*s), cplx(*t)) for f in [np.outer, np.kron] for s, t in itertools.product(LEFT[:3], LEFT[:3])],
    sample(np.kron, real(2, 3), real(2, 2, 2)), sample(LINEAR.outer, real(3), real(4)),
    sample(np.vdot, cplx(3), cplx(3)), sample(np.vdot, cplx(2, 3), real(6)), sample(np.vdot, 1.0, 2.0),
    sample(np.vecdot, cplx(2, 3), cplx(3)), sample(np.vecdot, real(2, 3), real(4, 2, 3)),
    sample(np.vecdot, cplx(3, 2), cplx(3, 2), axis=0), sample(np.vecdot, cplx(3, 2), cplx(4, 3, 2), axis=-2),
    sample(LINEAR.vecdot, cplx(2, 3), cplx(2, 3)),
    sample(np.matvec, cplx(4, 2, 3), cplx(3)), sample(np.vecmat, cplx(5, 2), cplx(2, 3)),
    sample(np.vecmat, real(2), real(4, 2, 3)),
    sample(np.tensordot, real(2, 3, 4), real(3, 4, 5)), sample(np.tensordot, real(2, 3, 4), real(4, 5), 1),
    sample(np.tensordot, real(2, 3), real(4), 0), sample(np.tensordot, real(2, 3, 4), cplx(4, 2, 5), ((0, 2), (1, 0))),
    sample(np.tensordot, real(2, 3, 4), real(5, 3), (1, -1)),
    sample(np.tensordot, real(2, 3, 4), real(4, 3, 2), ([0, 1, 2], [2, 1, 0])),
    sample(np.tensordot, real(2, 3, 4, 5), real(5, 3, 2), axes=([-1, 0], [0, -1])),
    sample(LINEAR.tensordot, real(2, 3), real(3, 2), axes=1),
    sample(np.cross, real(3), real(3)), sample(np.cross, real(4, 3), cplx(3)),
    sample(np.cross, real(3, 4), real(4, 3), axisa=0),
    sample(np.cross, real(3, 4), real(3, 4), axis=0), sample(np.cross, real(2, 3, 4), real(4, 3), axisa=1, axisc=0),
    sample(LINEAR.cross, real(3, 2), real(3, 2), axis=0),
    *[sample(LINEAR.multi_dot, xs) for xs in [[real(2, 3), real(3, 4), real(4, 2)],
                                             [real(3), cplx(3, 4), real(4, 2), real(2)], [real(3), real(3, 4)],
                                             (real(2, 3), real(3))]],
    *[sample(f, cplx(n), cplx(m), mode=mode) for f in [np.convolve, np.correlate]
      for n, m in itertools.product([1, 5, 6], [1, 2, 3, 4, 7]) for mode in ["full", "same", "valid"]],
    sample(np.convolve, 2.0, real(3)), sample(np.convolve, real(4), real(3)),
    *[sample(np.polyval, p, x) for p, x in [(real(4), 2.0), (real(4), real(2, 3)), (real(1), real(3)),
                                            (cplx(3), cplx(2)), ([1.0, 2.0, 3.0], real(3))]],
    sample(np.polyfit, real(6), real(6), 2), sample(np.polyfit, real(6), real(6, 2), 3),
    sample(np.polyfit, real(6), real(6), 0),
    sample(np.matmul, single(3, 4), single(4, 2)), sample(np.dot, single(3), single(3)),
    sample(np.dot, single(2, 3), real(3)),
    sample(np.tensordot, single(3, 4), single(4, 2), 1),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("op, args, kwargs", [sample(np.polyval, np.ones((2, 2)), 0.5),
                                              sample(np.polyfit, np.arange(4.0), np.ones(4), 1, full=True)])
def test_refused(op, args, kwargs):
    with pytest.raises(NotImplementedError):
        check_rule(op, *args, **kwargs)
