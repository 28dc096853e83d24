"""Rules of linear algebra: vectors, matrices, stacks, real and complex, singular matrices where that is smooth."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import runtime
from s2sad.rules import has_no_gradient
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(12)
LINEAR = np.linalg


def real(*shape):
    return RNG.normal(size=shape)


def cplx(*shape):
    return real(*shape) + 1j * real(*shape)


def definite(g, *shape):
    a = g(*shape)
    return a @ np.conj(np.swapaxes(a, -1, -2)) + np.eye(shape[-1])


def of_rank(g, rank, n=3):
    return g(n, rank) @ g(rank, n)


def samples(g):
    a, stack = g(3, 3) + 3.0 * np.eye(3), g(2, 3, 3) + 3.0 * np.eye(3)
    solve = [(a, g(3)), (a, g(3, 2)), (stack, g(3)), (stack, g(3, 2)), (a, g(2, 3, 2)), (stack, g(2, 3, 1)),
             (a, real(3, 2)), (real(3, 3) + 3.0 * np.eye(3), g(3)), (stack, g(2, 3, 3))]
    return [
        *[sample(LINEAR.solve, *args) for args in solve],
        *[sample(f, x) for f in [LINEAR.inv, LINEAR.det, LINEAR.slogdet, LINEAR.pinv] for x in [a, stack]],
        *[sample(LINEAR.matrix_power, x, n) for x in [a, stack] for n in [3, 1, -2]], sample(LINEAR.matrix_power, a, 0),
        *[sample(LINEAR.pinv, g(*s)) for s in [(4, 2), (2, 4), (2, 3, 5)]],
        *[sample(LINEAR.cholesky, definite(g, *s), upper=u) for s in [(3, 3), (2, 3, 3)] for u in [False, True]],
        sample(LINEAR.tensorinv, g(4, 6, 8, 3)), sample(LINEAR.tensorinv, g(6, 2, 3), ind=1),
        sample(LINEAR.tensorsolve, g(2, 3, 6), g(2, 3)), sample(LINEAR.tensorsolve, g(2, 3, 3, 2), g(2, 3)),
        *[sample(LINEAR.lstsq, g(*s), b) for s in [(5, 3), (3, 5), (3, 3)] for b in [g(s[0]), g(s[0], 2)]],
        *[sample(LINEAR.det, x) for x in [of_rank(g, 2), of_rank(g, 1), 0.0 * g(3, 3), np.stack([a, of_rank(g, 2)]),
                                          np.diag([1.0, 1.0, 0.0]) + 0.0 * a]],
        *[sample(runtime.cofactors, x) for x in [a, of_rank(g, 2), 0.0 * g(3, 3), np.stack([a, of_rank(g, 1)])]],
    ]


SINGLE = (real(3, 3) + 3.0 * np.eye(3)).astype(np.float32)
SAMPLES = [*samples(real), *samples(cplx), sample(LINEAR.solve, SINGLE, SINGLE[0]), sample(LINEAR.inv, SINGLE),
           sample(LINEAR.det, SINGLE), sample(LINEAR.cholesky, definite(real, 3, 3).astype(np.float32))]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("op, args, kwargs", [sample(LINEAR.pinv, np.eye(2), hermitian=True),
                                              sample(LINEAR.tensorsolve, real(2, 3, 6), real(2, 3), axes=(0,))])
def test_refused(op, args, kwargs):
    with pytest.raises((NotImplementedError, ValueError)):
        check_rule(op, *args, **kwargs)


def test_rank_has_no_gradient():
    assert has_no_gradient(LINEAR.matrix_rank)


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
@pytest.mark.parametrize("g", [real, cplx])
def test_change_of_the_cofactors(g, rank):
    """Its rule is not sampled: of a singular matrix there is no third derivative of the determinant."""
    a, e, f = of_rank(g, rank) if rank else 0.0 * g(3, 3), g(3, 3), g(3, 3)
    step = 1e-4
    moved = (runtime.cofactors(a + step * e) - runtime.cofactors(a - step * e)) / (2.0 * step)
    np.testing.assert_allclose(runtime.cofactors_along(a, e), moved, atol=1e-7)
    assert np.sum(f * runtime.cofactors_along(a, e)) == pytest.approx(np.sum(e * runtime.cofactors_along(a, f)))


def test_third_derivative_of_a_singular_determinant_is_not_a_number():
    third = s2sad.grad(lambda a: s2sad.hessian(np.linalg.det)(a)[0, 0, 1, 1])
    assert np.all(np.isnan(third(np.ones((3, 3)))))
    assert third(np.eye(3))[2, 2] == pytest.approx(1.0)
