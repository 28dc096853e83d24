"""Linear algebra: solve, inverses, determinants, Cholesky, least squares, powers (see also ``spectral``, ``norms``).

Rules hold for stacks of matrices. A complex cotangent is ∂/∂Re − i ∂/∂Im, so transposes are not conjugated.
What NumPy reads of a matrix is what gets a gradient: ``cholesky`` and ``eigh`` read one triangle, so the cotangent is
that of a triangle whose off-diagonal items stand for two.
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import no_gradient, rule, static
from s2sad.rules.matrices import (
    adjoint,
    cholesky_bar,
    cholesky_dot,
    cofactors,
    conj,
    each,
    folded,
    transposed,
    unfolded,
)

VECTORS_ARE_1D = int(np.__version__.split(".")[0]) >= 2

no_gradient(np.linalg.matrix_rank)


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
        b_bar = np.linalg.solve(transposed(a), np.expand_dims(y_bar, -1))
        return (runtime.unbroadcast(-b_bar * np.expand_dims(y, -2), a), runtime.unbroadcast(b_bar[..., 0], b))
    b_bar = np.linalg.solve(transposed(a), y_bar)
    return runtime.unbroadcast(-b_bar @ transposed(y), a), runtime.unbroadcast(b_bar, b)


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
    return -(transposed(y) @ y_bar @ transposed(y))


@inv.jvp
def inv_jvp(a, *, y, a_dot):
    return -(y @ a_dot @ y)


@rule(np.linalg.tensorinv, wrt=("a",))
def tensorinv(a, ind=2, *, y, y_bar):
    n = _size(np.shape(a)[:ind])
    inverse = np.transpose(np.reshape(y, (n, n)))
    return np.reshape(-(inverse @ np.reshape(y_bar, (n, n)) @ inverse), np.shape(a))


@tensorinv.jvp
def tensorinv_jvp(a, ind=2, *, y, a_dot):
    n = _size(np.shape(a)[:ind])
    inverse = np.reshape(y, (n, n))
    return np.reshape(-(inverse @ np.reshape(a_dot, (n, n)) @ inverse), np.shape(y))


def _size(dims):
    n = 1
    for d in dims:
        n = n * d
    return n


@rule(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None, *, y, y_bar):
    if axes is not None:
        raise NotImplementedError("tensorsolve(axes=…): move the axes of a to the end first")
    square = np.reshape(a, (np.size(b), np.size(b)))
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
    bar, yh = transposed(y_bar), adjoint(y)
    left = (bar - a @ (y @ bar)) @ (y @ yh)
    right = (yh @ y) @ (bar - (bar @ y) @ a)
    return conj(left + right) - transposed(y) @ y_bar @ transposed(y)


@pinv.jvp
def pinv_jvp(a, rcond=None, hermitian=False, rtol=None, *, y, a_dot):
    if hermitian:
        raise NotImplementedError("pinv(hermitian=True): leave hermitian out")
    yh, ah = adjoint(y), adjoint(a_dot)
    grown = (y @ yh) @ (ah - (ah @ a) @ y)
    return grown + (ah - y @ (a @ ah)) @ (yh @ y) - y @ a_dot @ y


@rule(np.linalg.det)
def det(a, *, y, y_bar):
    """y = det A  ⟹  Ā = ȳ cof A, which exists for singular A too"""
    return each(y_bar) * cofactors(a, y)


@det.jvp
def det_jvp(a, *, y, a_dot):
    return np.sum(cofactors(a, y) * a_dot, axis=(-2, -1))


@rule(runtime.cofactors)
def cofactors_of_singular(a, *, y_bar):
    """The second derivative of the determinant, which is symmetric"""
    return runtime.cofactors_along(a, y_bar)


@cofactors_of_singular.jvp
def cofactors_of_singular_jvp(a, *, a_dot):
    return runtime.cofactors_along(a, a_dot)


@rule(runtime.cofactors_along)
def cofactors_along(a, e, *, y_bar):
    """Linear in e; the third derivative of the determinant of a singular matrix is not known: nan"""
    return np.full_like(a, np.nan), runtime.cofactors_along(a, y_bar)


@cofactors_along.jvp
def cofactors_along_jvp(a, e, *, a_dot, e_dot):
    if a_dot is not None:
        return np.full_like(a, np.nan)
    return runtime.cofactors_along(a, e_dot)


@rule(np.linalg.slogdet)
def slogdet(a, *, y, y_bar):
    """t = tr(A⁻¹ Ȧ): the logarithm moves by Re t, the sign by i sign Im t"""
    weight = 0.0 if y_bar[1] is None else each(y_bar[1])
    if np.iscomplexobj(a) and y_bar[0] is not None:
        weight = weight + 1j * each(np.imag(y_bar[0] * y[0]))
    return weight * transposed(np.linalg.inv(_regular(a, y[0])))


def _regular(a, sign):
    """A where it has an inverse, else nan: there the logarithm is −inf and has no derivative."""
    return np.where(each(sign) == 0, np.nan, a)


@slogdet.jvp
def slogdet_jvp(a, *, y, a_dot):
    t = np.trace(np.linalg.solve(_regular(a, y[0]), a_dot), axis1=-2, axis2=-1)
    if np.iscomplexobj(a):
        return 1j * y[0] * np.imag(t), np.real(t)
    return runtime.zeros_like(y[0]), t


@rule(np.linalg.cholesky)
def cholesky(a, upper=False, *, y, y_bar):
    if upper:
        return folded(cholesky_bar(adjoint(y), adjoint(y_bar)), False)
    return folded(cholesky_bar(y, y_bar), True)


@cholesky.jvp
def cholesky_jvp(a, upper=False, *, y, a_dot):
    if upper:
        return adjoint(cholesky_dot(adjoint(y), unfolded(a_dot, False)))
    return cholesky_dot(y, unfolded(a_dot, True))


@rule(np.linalg.matrix_power, wrt=("a",))
def matrix_power(a, n, *, y_bar):
    """Y = Aⁿ  ⟹  Ā = Σ (Aᵀ)ᵏ Ȳ (Aᵀ)ⁿ⁻¹⁻ᵏ"""
    if n < 0:
        inverse = transposed(np.linalg.inv(a))
        return -(inverse @ _power_sum(inverse, y_bar, -n) @ inverse)
    return _power_sum(transposed(a), y_bar, n)


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
        z = transposed(p) @ g
        gt = transposed(g)
        spread = conj(r @ (gt @ (p @ adjoint(p)))) + conj((adjoint(p) @ x) @ (gt - (gt @ p) @ a))
        a_bar, b_bar = a_bar + spread - z @ transposed(x), b_bar + z
    if y_bar[1] is not None:
        q = np.shape(y[1])[0]
        doubled = 2.0 * conj(r[:, :q]) * y_bar[1]
        a_bar = a_bar - doubled @ transposed(x[:, :q])
        b_bar = runtime.add_at(b_bar, (slice(None), slice(0, q)), doubled)
    if y_bar[3] is not None:
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        a_bar = a_bar + conj((u * y_bar[3]) @ vh)
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
        s_dot = np.real(np.sum(conj(u) * (a_dot @ adjoint(vh)), axis=0))
        ah = adjoint(a_dot)
        moved = moved - a_dot @ x
        x_dot = p @ moved + p @ (adjoint(p) @ (ah @ r)) + (ah - p @ (a @ ah)) @ (adjoint(p) @ x)
    r_dot = 2.0 * np.real(np.sum(conj(r) * moved, axis=0))
    return np.reshape(x_dot, np.shape(y[0])), r_dot[:np.shape(y[1])[0]], None, s_dot
