"""Linear algebra: solve, inverses, determinants, Cholesky, least squares, powers (decompositions: see ``spectral``).

Rules hold for stacks of matrices. With complex matrices a cotangent is ∂/∂Re − i ∂/∂Im, so transposes are not conjugated.
What NumPy reads of a matrix is what gets a gradient: ``cholesky`` and ``eigh`` read one triangle, so the cotangent is
that of a triangle whose off-diagonal items stand for two.
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import bilinear, linear, no_gradient, rule, static

VECTORS_ARE_1D = int(np.__version__.split(".")[0]) >= 2

no_gradient(np.linalg.matrix_rank)


def _t(x):
    if np.ndim(x) == 2:
        return np.transpose(x)
    return np.swapaxes(x, -1, -2)


def _conj(x):
    if np.iscomplexobj(x):
        return np.conj(x)
    return x


def _h(x):
    return _conj(_t(x))


@static
def _is_vector(na, nb, vectors_are_1d):
    """Whether solve takes b as vectors: NumPy 2 if it has one dimension, NumPy 1 if it has one less than a."""
    return nb == 1 if vectors_are_1d else nb == na - 1


@rule(np.linalg.solve)
def solve(a, b, *, y, y_bar):
    """A y = b  ⟹  b̄ = A⁻ᵀ ȳ,  Ā = −b̄ yᵀ"""
    if np.ndim(a) == 2 and np.ndim(b) == 1:
        b_bar = np.linalg.solve(np.transpose(a), y_bar)
        return -np.outer(b_bar, y), b_bar
    if _is_vector(np.ndim(a), np.ndim(b), VECTORS_ARE_1D):
        b_bar = np.linalg.solve(_t(a), np.expand_dims(y_bar, -1))
        return (runtime.unbroadcast(-b_bar * np.expand_dims(y, -2), a), runtime.unbroadcast(b_bar[..., 0], b))
    b_bar = np.linalg.solve(_t(a), y_bar)
    return runtime.unbroadcast(-b_bar @ _t(y), a), runtime.unbroadcast(b_bar, b)


@solve.jvp
def solve_jvp(a, b, *, y, a_dot, b_dot):
    """ẏ = A⁻¹ (ḃ − Ȧ y)"""
    if a_dot is None:
        return _spread(np.linalg.solve(a, b_dot), y)
    if _is_vector(np.ndim(a), np.ndim(b), VECTORS_ARE_1D):
        moved = -(a_dot @ np.expand_dims(y, -1))
        if b_dot is not None:
            moved = moved + np.expand_dims(b_dot, -1)
        return np.linalg.solve(a, moved)[..., 0]
    moved = -(a_dot @ y)
    if b_dot is not None:
        moved = moved + b_dot
    return np.linalg.solve(a, moved)


def _spread(x, y):
    if np.ndim(x) == np.ndim(y):
        return x
    return np.broadcast_to(x, np.shape(y))


@rule(np.linalg.inv)
def inv(a, *, y, y_bar):
    """Y = A⁻¹  ⟹  Ā = −Yᵀ Ȳ Yᵀ"""
    return -(_t(y) @ y_bar @ _t(y))


@inv.jvp
def inv_jvp(a, *, y, a_dot):
    return -(y @ a_dot @ y)


@rule(np.linalg.tensorinv)
def tensorinv(a, ind=2, *, y, y_bar):
    n = np.size(y_bar) // _size(np.shape(a)[:ind])
    inverse = np.transpose(np.reshape(y, (n, -1)))
    return np.reshape(-(inverse @ np.reshape(y_bar, (n, -1)) @ inverse), np.shape(a))


@tensorinv.jvp
def tensorinv_jvp(a, ind=2, *, y, a_dot):
    n = np.size(y) // _size(np.shape(a)[:ind])
    inverse = np.reshape(y, (n, -1))
    return np.reshape(-(inverse @ np.transpose(np.transpose(np.reshape(a_dot, (-1, n)))) @ inverse), np.shape(y))


def _size(dims):
    n = 1
    for d in dims:
        n = n * d
    return n


@rule(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None, *, y, y_bar):
    if axes is not None:
        raise NotImplementedError("tensorsolve(axes=…): move the axes of a to the end first")
    square = np.reshape(a, (np.size(b), -1))
    b_bar = np.linalg.solve(np.transpose(square), np.ravel(y_bar))
    return np.reshape(-np.outer(b_bar, np.ravel(y)), np.shape(a)), np.reshape(b_bar, np.shape(b))


@tensorsolve.jvp
def tensorsolve_jvp(a, b, axes=None, *, y, a_dot, b_dot):
    if axes is not None:
        raise NotImplementedError("tensorsolve(axes=…): move the axes of a to the end first")
    moved = np.zeros(np.shape(b)) if b_dot is None else b_dot
    if a_dot is not None:
        moved = moved - np.tensordot(a_dot, y, np.ndim(y))
    return np.linalg.tensorsolve(a, moved)


@rule(np.linalg.pinv)
def pinv(a, rcond=None, hermitian=False, rtol=None, *, y, y_bar):
    """P = A⁺, of constant rank: Ṗ = −P Ȧ P + P Pᴴ Ȧᴴ (1 − A P) + (1 − P A) Ȧᴴ Pᴴ P  (Golub and Pereyra 1973)"""
    if hermitian:
        raise NotImplementedError("pinv(hermitian=True): leave hermitian out")
    bar, yh = _t(y_bar), _h(y)
    left = (bar - a @ (y @ bar)) @ (y @ yh)
    right = (yh @ y) @ (bar - (bar @ y) @ a)
    return _conj(left + right) - _t(y) @ y_bar @ _t(y)


@pinv.jvp
def pinv_jvp(a, rcond=None, hermitian=False, rtol=None, *, y, a_dot):
    if hermitian:
        raise NotImplementedError("pinv(hermitian=True): leave hermitian out")
    yh, ah = _h(y), _h(a_dot)
    grown = (y @ yh) @ (ah - (ah @ a) @ y)
    return grown + (ah - y @ (a @ ah)) @ (yh @ y) - y @ a_dot @ y


@rule(np.linalg.det)
def det(a, *, y, y_bar):
    """y = det A  ⟹  Ā = ȳ cof A, which exists for singular A too"""
    return _each(y_bar) * _cofactors(a, y)


@det.jvp
def det_jvp(a, *, y, a_dot):
    return np.sum(_cofactors(a, y) * a_dot, axis=(-2, -1))


def _each(y_bar):
    """A scalar per matrix, spread over the matrices."""
    if np.ndim(y_bar) == 0:
        return y_bar
    return np.expand_dims(y_bar, (-2, -1))


def _cofactors(a, y):
    """y A⁻ᵀ; if that does not exist, from A = U S Vᴴ: det U · det Vᴴ · U* (products of all other s) Vᵀ."""
    if np.all(y != 0):
        return _each(y) * _t(np.linalg.inv(a))
    u, s, vh = np.linalg.svd(a)
    others = np.where(np.eye(np.shape(a)[-1], dtype=bool), 1.0, np.expand_dims(s, -2))
    minors = np.expand_dims(np.prod(others, axis=-1), -2)
    return _each(np.linalg.det(u) * np.linalg.det(vh)) * ((_conj(u) * minors) @ _conj(vh))


@rule(np.linalg.slogdet)
def slogdet(a, *, y, y_bar):
    """t = tr(A⁻¹ Ȧ): the logarithm moves by Re t, the sign by i sign Im t"""
    weight = 0.0 if y_bar[1] is None else _each(y_bar[1])
    if np.iscomplexobj(a) and y_bar[0] is not None:
        weight = weight + 1j * _each(np.imag(y_bar[0] * y[0]))
    return weight * _t(np.linalg.inv(a))


@slogdet.jvp
def slogdet_jvp(a, *, y, a_dot):
    t = np.trace(np.linalg.solve(a, a_dot), axis1=-2, axis2=-1)
    if np.iscomplexobj(a):
        return 1j * y[0] * np.imag(t), np.real(t)
    return runtime.zeros_like(y[0]), t


def _halved(x):
    """A matrix with half its diagonal."""
    return x * (1.0 - 0.5 * np.eye(np.shape(x)[-1]))


def _folded(g, lower):
    """From the cotangent of a Hermitian matrix to that of the triangle that is read."""
    both = g + _h(g)
    return _halved(np.tril(both) if lower else np.triu(both))


def _unfolded(a_dot, lower):
    """The Hermitian matrix whose triangle is read."""
    half = _halved(np.tril(a_dot) if lower else np.triu(a_dot))
    return half + _h(half)


@rule(np.linalg.cholesky)
def cholesky(a, upper=False, *, y, y_bar):
    """A = L Lᴴ  ⟹  Ā = L⁻ᵀ Φ(Lᵀ L̄) L*⁻¹, Φ: lower triangle with half the diagonal  (Murray 2016)"""
    if upper:
        return _folded(_cholesky_bar(_h(y), _h(y_bar)), False)
    return _folded(_cholesky_bar(y, y_bar), True)


def _cholesky_bar(factor, g):
    inner = _halved(np.tril(_t(factor) @ g))
    left = np.linalg.solve(_t(factor), inner)
    return _t(np.linalg.solve(_h(factor), _t(left)))


@cholesky.jvp
def cholesky_jvp(a, upper=False, *, y, a_dot):
    """L̇ = L Φ(L⁻¹ Ȧ L⁻ᴴ)"""
    if upper:
        return _h(_cholesky_dot(_h(y), _unfolded(a_dot, False)))
    return _cholesky_dot(y, _unfolded(a_dot, True))


def _cholesky_dot(factor, a_dot):
    inner = np.linalg.solve(factor, _h(np.linalg.solve(factor, a_dot)))
    return factor @ _halved(np.tril(_h(inner)))


@rule(np.linalg.matrix_power, wrt=("a",))
def matrix_power(a, n, *, y_bar):
    """Y = Aⁿ  ⟹  Ā = Σ (Aᵀ)ᵏ Ȳ (Aᵀ)ⁿ⁻¹⁻ᵏ"""
    if n < 0:
        inverse = _t(np.linalg.inv(a))
        return -(inverse @ _power_sum(inverse, y_bar, -n) @ inverse)
    return _power_sum(_t(a), y_bar, n)


@matrix_power.jvp
def matrix_power_jvp(a, n, *, a_dot):
    if n < 0:
        inverse = np.linalg.inv(a)
        return _power_sum(inverse, -(inverse @ a_dot @ inverse), -n)
    return _power_sum(a, a_dot, n)


def _power_sum(a, g, n):
    """Σ aᵏ g aⁿ⁻¹⁻ᵏ over 0 ≤ k < n"""
    if n == 0:
        return runtime.zeros_like(g)
    total = g
    moved = g
    for _ in range(n - 1):
        moved = a @ moved
        total = total @ a + moved
    return total


@rule(np.linalg.lstsq)
def lstsq(a, b, rcond=None, *, y, y_bar):
    """x = A⁺ b with the residual r = b − A x; also the sums of squares of r, and the singular values of A."""
    p = np.linalg.pinv(a)
    x, rhs = _columns(y[0], b), _columns(b, b)
    r = rhs - a @ x
    a_bar, b_bar = runtime.zeros_like(a), runtime.zeros_like(rhs)
    if y_bar[0] is not None:
        g = _columns(y_bar[0], b)
        z = _t(p) @ g
        spread = _conj(r @ (_t(g) @ (p @ _h(p)))) + _conj((_h(p) @ x) @ (_t(g) - (_t(g) @ p) @ a))
        a_bar, b_bar = a_bar + spread - z @ _t(x), b_bar + z
    if y_bar[1] is not None:
        q = np.shape(y[1])[0]
        doubled = 2.0 * _conj(r[:, :q]) * y_bar[1]
        a_bar = a_bar - doubled @ _t(x[:, :q])
        b_bar = runtime.add_at(b_bar, (slice(None), slice(0, q)), doubled)
    if y_bar[3] is not None:
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        a_bar = a_bar + _conj((u * y_bar[3]) @ vh)
    return a_bar, np.reshape(b_bar, np.shape(b))


def _columns(x, b):
    if np.ndim(b) == 1:
        return np.expand_dims(x, 1)
    return x


@lstsq.jvp
def lstsq_jvp(a, b, rcond=None, *, y, a_dot, b_dot):
    p = np.linalg.pinv(a)
    x = _columns(y[0], b)
    r = _columns(b, b) - a @ x
    moved = runtime.zeros_like(r) if b_dot is None else _columns(b_dot, b)
    s_dot = runtime.zeros_like(y[3])
    x_dot = p @ moved
    if a_dot is not None:
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        s_dot = np.real(np.sum(_conj(u) * (a_dot @ _h(vh)), axis=0))
        ah = _h(a_dot)
        moved = moved - a_dot @ x
        x_dot = p @ moved + p @ (_h(p) @ (ah @ r)) + (ah - p @ (a @ ah)) @ (_h(p) @ x)
    r_dot = 2.0 * np.real(np.sum(_conj(r) * moved, axis=0))
    return np.reshape(x_dot, np.shape(y[0])), r_dot[:np.shape(y[1])[0]], None, s_dot
