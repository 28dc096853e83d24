"""Functions of matrices written with eigenvectors and singular vectors, where some are equal and where none are."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.numeric import gradient

RNG = np.random.default_rng(5)
C = RNG.normal(size=(3, 3))
B = RNG.normal(size=(3, 2))
Q = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
SPECTRA = {"all": [1.3, 1.3, 1.3], "two": [0.4, 1.1, 1.1], "near": [0.4, 1.1, 1.1 + 1e-11], "none": [0.4, 1.1, 2.0]}


def exponential(a):
    w, v = np.linalg.eigh(a)
    return v @ np.diag(np.exp(w)) @ v.T


def root(a):
    w, v = np.linalg.eigh(a)
    return np.dot(v * np.sqrt(w), v.T)


def whitened(a):
    w, v = np.linalg.eigh(a)
    return (v / np.sqrt(w)) @ v.T @ B


def logarithm_from_the_right(a):
    w, v = np.linalg.eigh(a)
    return v @ (np.log(w)[:, np.newaxis] * v.transpose())


def halves(a):
    w, v = np.linalg.eigh(a, UPLO="U")
    h = v * (w**0.25)[None, :]
    return h @ np.swapaxes(h, 0, 1)


def on_a_vector(a):
    w, v = np.linalg.eigh(a)
    return v @ (np.exp(-w) * (v.T @ B[:, 0]))


def solved(a):
    w, v = np.linalg.eigh(a)
    return v @ ((v.T @ (a @ B)) / w[:, None])


def pseudo_inverse(a):
    w, v = np.linalg.eigh(a)
    return (v * np.where(w > 0.1, 1.0 / w, 0.0)) @ v.T.conj()


def by_einsum(a):
    w, v = np.linalg.eigh(a)
    return np.einsum("ij,j,kj->ik", v, np.sqrt(w), v) + np.einsum("ba,a,ca->bc", v, w**3, v)


def by_einsum_of_rows(a):
    u, s, vh = np.linalg.svd(a)
    return np.einsum("j,ij,jk->ik", np.sinh(s), u, vh) + np.einsum("ji,j,kj->ki", vh, np.tan(0.3 * s), u)


def by_multi_dot(a):
    w, v = np.linalg.eigh(a)
    return np.linalg.multi_dot([v, np.diag(w**2), v.T])


def of_a_stack(a):
    w, v = np.linalg.eigh(np.stack([a, a @ a, np.eye(3)]))
    both = (v * np.exp(w)[..., None, :]) @ np.swapaxes(v, -1, -2)
    return both[0] + both[1] @ (v @ (np.cos(w)[:, :, None] * v.swapaxes(1, 2)))[1]


def scaled_by_their_sum(a):
    w, v = np.linalg.eigh(a)
    p = np.exp(w - np.max(w))
    p = p / np.sum(p)
    return (v * p) @ v.T


def in_a_loop(a):
    total = np.zeros((3, 3))
    for k in range(3):
        w, v = np.linalg.eigh(a * (k + 1.0))
        total += (v * np.cos(w)) @ v.T
    return total


def in_a_branch(a):
    w, v = np.linalg.eigh(a)
    if w[0] > 0.0:
        m = (v * np.sqrt(w)) @ v.T
    else:
        m = a
    return m


def _powered(w, v, k):
    return (v * w**k) @ v.T


def with_helpers(a):
    w, v = np.linalg.eigh(a)
    return _powered(w, v, 0.5) @ _powered(w, v, 1.5) + _powered(w, v, -1)


def of_a_matrix_that_is_computed(a):
    w, v = np.linalg.eigh(a @ a.T + np.eye(3))
    return (v * np.log(w)) @ v.T


def singular_thresholds(a):
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return (u * np.maximum(s - 0.1, 0.0)) @ vh


def polar(a):
    u, s, vh = np.linalg.svd(a)
    return u @ vh


def singular_diag(a):
    u, s, vh = np.linalg.svd(a)
    return u @ np.diag(np.tanh(s)) @ vh @ B


EIGEN = [by_einsum, by_multi_dot, of_a_stack, exponential, root, whitened, logarithm_from_the_right, halves,
         on_a_vector, solved, pseudo_inverse, scaled_by_their_sum, in_a_loop, in_a_branch, with_helpers,
         of_a_matrix_that_is_computed]
SINGULAR = [by_einsum_of_rows, singular_thresholds, polar, singular_diag]


def loss_of(fn):
    return lambda a: np.sum(np.sin(fn((a + a.T) / 2.0) + np.arange(3.0)[:, None]) if fn is not on_a_vector
                            else np.sin(fn((a + a.T) / 2.0)))


def _is_right(loss, *points):
    df = s2sad.grad(loss)
    for a in points:
        d = RNG.normal(size=a.shape)
        with np.errstate(all="ignore"):
            got, wanted = df(a), gradient(loss, a)
            value, slope = s2sad.jvp(loss, (a,), (d,))
        assert np.allclose(got, wanted, rtol=1e-8, atol=1e-8)
        assert value == loss(a) and np.isclose(slope, np.sum(wanted * d), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("fn", EIGEN + SINGULAR, ids=lambda f: f.__name__)
def test_functions_of_matrices(fn):
    _is_right(loss_of(fn), *[(Q * values) @ Q.T for values in SPECTRA.values()])


@pytest.mark.parametrize("fn", [singular_thresholds, singular_diag, polar], ids=lambda f: f.__name__)
def test_singular_values_of_what_is_not_symmetric(fn):
    right = np.linalg.qr(C)[0]
    spectra = ([0.7, 0.7, 0.7], [1.0, 0.7, 0.7], [2.0, 1.0, 0.5])
    _is_right(lambda m: np.sum(np.sin(fn(m))), *[(Q * s) @ right for s in spectra])


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (1, 3)])
def test_singular_values_of_rectangles(shape):
    def loss(a):
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        return np.sum(np.cos(u @ vh) + np.sin((u * s**2) @ vh))

    k = min(shape)
    equal = np.linalg.qr(RNG.normal(size=(max(shape), k)))[0] * 0.8
    _is_right(loss, equal if shape[0] > shape[1] else equal.T, RNG.normal(size=shape))


def test_the_projector_on_the_first_vectors():
    def loss(a):
        w, v = np.linalg.eigh((a + a.T) / 2.0)
        return np.sum(C * (v[:, :2] @ v[:, :2].T)) + np.sum(np.sin((v[:, 1:] * np.exp(w[1:])) @ v[:, 1:].T))

    _is_right(loss, (Q * [0.4, 1.1, 2.0]) @ Q.T)
    a = (Q * [0.5, 0.5, 2.0]) @ Q.T
    got = s2sad.grad(lambda a: np.sum(C * projector(a)))(a)
    assert np.allclose(got, gradient(lambda a: np.sum(C * projector(a)), a), rtol=1e-8, atol=1e-8)
    with np.errstate(all="ignore"):  # which of the equal ones are the first two nothing says
        assert np.any(np.isnan(s2sad.grad(lambda a: np.sum(C * projector(a)))((Q * [0.5, 2.0, 2.0]) @ Q.T)))


def projector(a):
    w, v = np.linalg.eigh((a + a.T) / 2.0)
    return v[:, :2] @ v[:, :2].T


def low_rank(a):
    u, s, vh = np.linalg.svd(a)
    return (u[:, :2] * s[:2]) @ vh[:2]


def test_the_best_matrix_of_rank_two():
    spectra = ([2.0, 1.0, 0.3], [1.0, 1.0, 0.3], [2.0, 1.0, 0.0])
    _is_right(lambda a: np.sum(C * low_rank(a)), *[(Q * s) @ np.linalg.qr(C)[0] for s in spectra])


@pytest.mark.parametrize("values", [[0.4, 1.1, 2.0], [0.7, 0.7, 0.7]])
def test_complex_matrices(values):
    z = RNG.normal(size=(3, 3)) + 1j * RNG.normal(size=(3, 3))
    u = np.linalg.qr(z)[0]
    a = (u * values) @ u.conj().T

    def loss(t, x):
        w, v = np.linalg.eigh(a + t * (z + z.conj().T) + x * np.eye(3))
        return np.real(np.sum(z * ((v * np.exp(w)) @ v.conj().T) @ z))

    got = s2sad.grad(loss, argnums=(0, 1))(0.0, 0.0)
    assert np.allclose(got, [gradient(loss, 0.0, 0.0, argnums=k) for k in (0, 1)], rtol=1e-8)


def test_other_arguments_of_the_function():
    def loss(t, a, b):
        w, v = np.linalg.eigh(a)
        return np.sum(np.sin((v * np.exp(t * w)) @ v.T @ b))

    args = (0.7, np.eye(3), B)
    for k in (0, 2):
        assert np.allclose(s2sad.grad(loss, argnums=k)(*args), gradient(loss, *args, argnums=k), rtol=1e-9)
        d = 1.0 if k == 0 else np.cos(B)
        dots = [None, None, None]
        dots[k] = d
        got = s2sad.jvp(loss, args, tuple(dots))[1]
        assert np.isclose(got, np.sum(gradient(loss, *args, argnums=k) * d), rtol=1e-9)


def test_second_derivatives():
    def loss(a):
        w, v = np.linalg.eigh((a + a.T) / 2.0)
        u, s, vh = np.linalg.svd(a)
        return np.sum(C * ((v * np.exp(w)) @ v.T)) + np.sum(C * ((u * np.tanh(s)) @ vh))

    a = (Q * [0.4, 1.1, 2.0]) @ Q.T + 0.1 * C
    first = s2sad.grad(loss)
    wanted = [[gradient(lambda m, at=(i, j): first(m)[at], a) for j in range(3)] for i in range(3)]
    assert np.allclose(s2sad.hessian(loss)(a), wanted, rtol=1e-7, atol=1e-7)
    d = np.sin(np.arange(9.0)).reshape(3, 3)
    assert np.allclose(s2sad.hvp(loss)(a, d), np.tensordot(wanted, d), rtol=1e-7, atol=1e-7)
    with np.errstate(all="ignore"):
        assert np.any(np.isnan(s2sad.hessian(loss)(np.eye(3))))


def test_what_depends_on_the_vectors_themselves_has_no_derivative():
    def first_entry(a):
        w, v = np.linalg.eigh(a)
        return v[0, 0] + np.sum((v * w) @ v.T)

    def reversed_numbers(a):
        w, v = np.linalg.eigh(a)
        return np.sum(C * ((v * w[::-1]) @ v.T))

    def summed_up(a):
        w, v = np.linalg.eigh(a)
        return np.sum(C * ((v * np.cumsum(w)) @ v.T))

    with np.errstate(all="ignore"):
        for f in (first_entry, reversed_numbers, summed_up):
            assert np.any(np.isnan(s2sad.grad(f)(np.eye(3)))), f.__name__
            assert np.all(np.isfinite(s2sad.grad(f)((Q * [0.4, 1.1, 2.0]) @ Q.T)))


def test_the_source_reads_as_the_formula():
    df = s2sad.grad(lambda a: np.sum(root(a)))
    df(np.eye(3))
    assert "masked_product(k, divided_differences(" in df.source and "matrix_function(" not in df.source


def _weighted(fn):
    return lambda a: np.sum(C * fn((a + a.T) / 2.0))


def values_overwritten(a):
    w, v = np.linalg.eigh(a)
    h = v * np.exp(w)
    w *= 0.0
    return h @ v.T + w[0]


def numbers_overwritten(a):
    w, v = np.linalg.eigh(a)
    f = np.sqrt(w)
    h = v * f
    f *= 3.0
    return h @ v.T + f[0]


def argument_overwritten(a):
    b = a * 1.0
    w, v = np.linalg.eigh(b)
    b[0, 0] = 9.0
    b[1] *= b[1]
    return (v * np.exp(w)) @ v.T * b


def product_overwritten(a):
    w, v = np.linalg.eigh(a)
    y = (v * np.exp(w)) @ v.T
    z = y
    z[0] = 2.0
    y *= 3.0
    return y * y


def masked_values(a):
    w, v = np.linalg.eigh(a)
    return (v * (w > 0.9)) @ v.T


def cancelled(a):
    w, v = np.linalg.eigh(a - 1.1 * np.eye(3))
    return (v * (np.exp(w) - 1.0)) @ v.T


@pytest.mark.parametrize(
    "fn",
    [values_overwritten, numbers_overwritten, argument_overwritten, product_overwritten, masked_values, cancelled],
    ids=lambda f: f.__name__,
)
def test_what_is_overwritten_masked_or_cancelled(fn):
    _is_right(_weighted(fn), (Q * [0.4, 1.1, 1.1]) @ Q.T, (Q * [0.4, 1.1, 2.0]) @ Q.T)


def evolved(a):
    w, v = np.linalg.eigh((a + a.T) / 2.0)
    u = (v * np.exp(-1j * w)) @ v.T
    return np.real(np.sum(C * u)) + np.sum(np.abs(u @ B - 1.0) ** 2)


def evolved_in_part(a):
    w, v = np.linalg.eigh((a + a.T) / 2.0)
    u = (v[:, :2] * np.exp(-1j * w[:2])) @ v[:, :2].T
    return np.real(np.sum(C * u)) + np.imag(u[0, 1])


def complex_function_of_singular_values(a):
    u, s, vh = np.linalg.svd(a)
    y = (u * np.exp(1j * s)) @ vh
    return np.real(np.sum(C * y)) + np.imag(np.sum(y[0] * C[1]))


def which_triangle(a, upper):
    w, v = np.linalg.eigh(a, UPLO="U" if upper else "L")
    return np.sum(C * ((v * np.exp(w)) @ v.T))


def stack_with_repetitions(a):
    w, v = np.linalg.eigh(((a + a.T) / 2.0)[None])
    b = np.arange(12.0).reshape(2, 3, 2)
    return np.sum(np.sin(v @ (np.exp(w)[..., None] * (np.swapaxes(v, -1, -2) @ b))))


def last_columns(a):
    u, s, vh = np.linalg.svd(a)
    return np.sum(C * ((u[:, -2:] * s[-2:]) @ vh[-2:]))


def by_an_array_index(a):
    w, v = np.linalg.eigh((a + a.T) / 2.0)
    return np.sum(C * (v @ (np.exp(w)[np.array([0, 1, 2]), None] * v.T)))


def averaged(a):
    w, v = np.linalg.eigh((a + a.T) / 2.0)
    return np.sum(C * ((v * (np.full((3, 3), 1.0 / 3.0) @ w)) @ v.T))


def by_a_list(a):
    w, v = np.linalg.eigh((a + a.T) / 2.0)
    return np.sum(C * ((v * np.array([np.exp(x) for x in w])) @ v.T))


def by_a_chain(a):
    w, v = np.linalg.eigh((a + a.T) / 2.0)
    t = np.ones(3)
    for k in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28):
        t = t + t * k
        t = t / (t + t)
    return np.sum(C * ((v * (w * t)) @ v.T))


DISTINCT = [
    evolved,
    evolved_in_part,
    complex_function_of_singular_values,
    stack_with_repetitions,
    last_columns,
    by_an_array_index,
    averaged,
    by_a_list,
    by_a_chain,
]


@pytest.mark.parametrize("fn", DISTINCT, ids=lambda f: f.__name__)
def test_no_number_is_wrong(fn):
    _is_right(fn, (Q * [0.4, 1.1, 2.0]) @ Q.T)
    a = np.eye(3)
    with np.errstate(all="ignore"):
        got = s2sad.grad(fn)(a)
    assert np.all(np.isnan(got) | np.isclose(got, gradient(fn, a), rtol=1e-8, atol=1e-8))


def test_which_triangle_is_read_is_known_at_run_time():
    a = (Q * [0.4, 1.1, 2.0]) @ Q.T
    for upper in (True, False):
        assert np.allclose(s2sad.grad(which_triangle)(a, upper), gradient(which_triangle, a, upper), rtol=1e-8)


def test_numbers_without_a_derivative_where_nobody_asks_for_one():
    def loss(x, a):
        w, v = np.linalg.eigh(a)
        return np.sum(x * ((v * np.nextafter(w, 9.0)) @ v.T))

    assert np.allclose(s2sad.grad(loss)(C, np.eye(3)), np.eye(3))


def test_third_derivatives():
    def loss(a):
        w, v = np.linalg.eigh((a + a.T) / 2.0)
        return np.sum(C * ((v * np.sin(w)) @ v.T))

    second = s2sad.hessian(loss)
    a = (Q * [0.1, 0.4, 1.5]) @ Q.T
    total = lambda m: np.sum(np.sin(second(m)))  # noqa: E731
    assert np.allclose(s2sad.grad(lambda m: np.sum(np.sin(s2sad.hessian(loss)(m))))(a), gradient(total, a), rtol=1e-7)
