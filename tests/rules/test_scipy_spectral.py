"""Rules of SciPy's symmetric eigenvalue problems."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.errors import NotDifferentiable
from s2sad.numeric import gradient
from s2sad.testing import check_rule
from tests.rules import sample

sl = pytest.importorskip("scipy.linalg")
RNG = np.random.default_rng(16)
A = RNG.normal(size=(3, 3))
A = A + A.T
B = A @ A + np.eye(3)
Z = A + 1j * np.triu(RNG.normal(size=(3, 3)), 1)
Z = Z + Z.conj().T
P = Z @ Z + np.eye(3)


@pytest.mark.parametrize("op, args, kwargs", [
    *[sample(sl.eigh, a, eigvals_only=True, lower=lower) for a in (A, Z) for lower in (True, False)],
    *[sample(sl.eigh, a, b, eigvals_only=True) for a, b in ((A, B), (Z, P))],
    *[sample(sl.eigh, A, lower=lower, driver="ev") for lower in (True, False)], sample(sl.eigh, A, B, driver="gv"),
    sample(sl.eigh, A, B, lower=False, check_finite=False, driver="gv"),
])
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


def test_complex_vectors_up_to_their_phase():
    def loss(t):
        w, v = sl.eigh(Z + t * np.eye(3) + t**2 * Z.T, P + t * Z.T)
        return np.sum(np.abs(v[0]) ** 2 * np.exp(w))

    assert np.isclose(s2sad.grad(loss)(0.1), gradient(loss, 0.1), rtol=1e-9)
    assert np.isclose(s2sad.jvp(loss, (0.1,), (1.0,))[1], gradient(loss, 0.1), rtol=1e-9)


def test_the_values_alone():
    def loss(a, b):
        return np.sum(np.sin(sl.eigvalsh(a, b)))

    got = s2sad.grad(loss, argnums=(0, 1))(A, B)
    for k in (0, 1):
        assert np.allclose(got[k], gradient(loss, A, B, argnums=k), rtol=1e-8, atol=1e-8)


def test_a_part_of_the_spectrum_is_refused():
    with pytest.raises(NotDifferentiable):
        s2sad.grad(lambda a: np.sum(sl.eigh(a, subset_by_index=(0, 1))[0]))(A)


def test_functions_of_matrices_where_values_are_equal():
    def loss(a):
        w, v = sl.eigh((a + a.T) / 2.0)
        return np.sum(A * ((v * np.exp(w)) @ v.T))

    assert np.allclose(s2sad.grad(loss)(np.eye(3)), gradient(loss, np.eye(3)), rtol=1e-9)
