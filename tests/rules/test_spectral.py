"""Rules of decompositions; equal eigenvalues; functions that do not depend on the phase of complex vectors."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import rules
from s2sad.errors import NotDifferentiable
from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(13)
LINEAR = np.linalg
SHAPES = [(3, 3), (4, 2), (2, 4), (2, 4, 3)]


def real(*shape):
    return RNG.normal(size=shape)


def cplx(*shape):
    return real(*shape) + 1j * real(*shape)


def hermitian(g, *shape):
    a = g(*shape)
    return a + np.conj(np.swapaxes(a, -1, -2))


SAMPLES = [
    *[sample(LINEAR.eigh, hermitian(real, *s), UPLO=u) for s in [(3, 3), (2, 3, 3)] for u in "LU"],
    *[sample(LINEAR.eigvalsh, hermitian(g, *s), UPLO=u) for g in [real, cplx] for s in [(3, 3), (2, 3, 3)]
      for u in "LU"],
    *[sample(LINEAR.eig, hermitian(g, *s) + 0.1 * g(*s)) for g in [real, cplx] for s in [(3, 3), (2, 3, 3)]],
    *[sample(LINEAR.eigvals, g(*s)) for g in [real, cplx] for s in [(3, 3), (2, 3, 3)]],
    *[sample(LINEAR.svd, real(*s), full_matrices=False) for s in SHAPES], sample(LINEAR.svd, real(3, 3)),
    *[sample(f, g(*s), **kw) for f, kw in [(LINEAR.svdvals, {}), (LINEAR.svd, {"compute_uv": False})]
      for g in [real, cplx] for s in SHAPES],
    *[sample(LINEAR.qr, g(*s), mode=m) for g in [real, cplx] for s in SHAPES for m in ["reduced", "r"]],
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def slope(loss, a, direction, h=1e-5):
    return (loss(a + h * direction) - loss(a - h * direction)) / (2.0 * h)


def rebuilt(left, values, right, weight):
    """Re Σ weight (L f(values) R), f(x) = x³, and the cotangents of L, values, R."""
    y_bar = {"left": weight @ (values[:, None] ** 3 * right).T, "right": (left * values ** 3).T @ weight}
    inner = np.real(np.sum((left.T @ weight) * right, axis=1)) * 3.0 * values ** 2
    return np.real(np.sum(weight * (left @ (values[:, None] ** 3 * right)))), y_bar["left"], inner, y_bar["right"]


@pytest.mark.parametrize("g", [real, cplx])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)])
def test_svd_in_a_function_of_the_matrix(g, full, shape):
    a, weight, direction = g(*shape), g(*shape), g(*shape)

    def parts(x):
        u, s, vh = LINEAR.svd(x, full_matrices=full)
        return rebuilt(u[:, :len(s)], s, vh[:len(s)], weight)

    _, u_bar, s_bar, vh_bar = parts(a)
    y = LINEAR.svd(a, full_matrices=full)
    u_all, vh_all = np.zeros_like(y[0]), np.zeros_like(y[2])
    u_all[:, :len(s_bar)], vh_all[:len(s_bar)] = u_bar, vh_bar
    a_bar = rules.pullback(LINEAR.svd, (a, full), {}, y=y, y_bar=(u_all, s_bar, vh_all))["a"]
    assert np.real(np.sum(a_bar * direction)) == pytest.approx(slope(lambda x: parts(x)[0], a, direction), rel=1e-6)


@pytest.mark.parametrize("g", [real, cplx])
def test_eigh_in_a_function_of_the_matrix(g):
    a, weight, direction = hermitian(g, 3, 3), g(3, 3), hermitian(g, 3, 3)

    def parts(x):
        w, v = LINEAR.eigh(x)
        loss, left, values, right = rebuilt(v, w, np.conj(v.T), weight)
        return loss, values, left + np.conj(right.T)

    _, w_bar, v_bar = parts(a)
    a_bar = rules.pullback(LINEAR.eigh, (a,), {}, y=LINEAR.eigh(a), y_bar=(w_bar, v_bar))["a"]
    assert np.real(np.sum(a_bar * direction)) == pytest.approx(slope(lambda x: parts(x)[0], a, direction), rel=1e-6)


def eigh_bar(a, w_bar, v_bar):
    return rules.pullback(LINEAR.eigh, (a,), {}, y=LINEAR.eigh(a), y_bar=(w_bar, v_bar))["a"]


def test_equal_eigenvalues_matter_only_if_the_cotangent_asks_for_them():
    a = np.diag([1.0, 1.0, 3.0])
    assert eigh_bar(a, np.ones(3), None).tolist() == np.eye(3).tolist()
    last = np.zeros((3, 3))
    last[:, 2] = 1.0
    assert np.all(np.isfinite(eigh_bar(a, None, last)))
    assert np.any(np.isnan(eigh_bar(a, None, np.ones((3, 3)))))
    assert np.any(np.isnan(eigh_bar(a, np.ones(3), last)))


def test_a_cotangent_that_depends_on_the_phase_gives_nan():
    a = hermitian(cplx, 3, 3)
    assert np.any(np.isnan(eigh_bar(a, None, cplx(3, 3))))


@pytest.mark.parametrize("op, args, kwargs", [sample(LINEAR.svd, np.eye(2), hermitian=True),
                                              sample(LINEAR.qr, real(3, 2), mode="complete")])
def test_refused(op, args, kwargs):
    with pytest.raises(NotImplementedError):
        check_rule(op, *args, **kwargs)


def test_a_null_space_of_more_than_one_dimension():
    a = np.array([[0.3], [-0.4], [0.7]])
    weights = np.arange(9.0).reshape(3, 3)

    def projector(a):
        u = np.linalg.svd(a)[0][:, 1:]
        return np.sum(u @ u.T * weights)

    def column(a):
        return np.linalg.svd(a)[0][:, 1] @ weights[0]

    s2sad.check_grads(projector, (a,), order=1, modes=("rev",))
    for derivative in (s2sad.grad(column), lambda a: s2sad.vjp(column, a)[1](1.0)):
        with pytest.raises(NotDifferentiable, match="a column of a null space of several dimensions") as caught:
            derivative(a)
        assert caught.value.loc.line == column.__code__.co_firstlineno + 1
