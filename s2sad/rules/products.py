"""Products of arrays: dot, matmul, einsum and their kin, convolution, polynomials.

All are linear in each factor, so a cotangent is again a product::

    Y = A B        A_bar = Y_bar Bᵀ,  B_bar = Aᵀ Y_bar

Transposes are never conjugated (the convention for complex cotangents is ∂/∂Re − i ∂/∂Im).
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import bilinear, rule, shaped, static
from s2sad.rules.matrices import conj, transposed


def _scaled(y_bar, a, b):
    """Both cotangents of y = a b, one of them a scalar."""
    return runtime.unbroadcast(y_bar * b, a), runtime.unbroadcast(y_bar * a, b)


@bilinear(np.dot)
def dot(a, b, out=None, *, y_bar):
    """y[i…, j…, n] = Σ a[i…, k] b[j…, k, n]"""
    na, nb = np.ndim(a), np.ndim(b)
    if na == 0 or nb == 0:
        return _scaled(y_bar, a, b)
    if na <= 2 and nb <= 2:
        return _small_dot(a, b, y_bar)
    if nb == 1:
        return np.expand_dims(y_bar, -1) * b, np.tensordot(y_bar, a, na - 1)
    own, other = tuple(range(na - 1)), tuple(range(na - 1, na + nb - 2))
    a_bar = np.tensordot(y_bar, b, (other, tuple(range(nb - 2)) + (nb - 1,)))
    return a_bar, np.moveaxis(np.tensordot(a, y_bar, (own, own)), 0, -2)


def _small_dot(a, b, y_bar):
    """The product of vectors and matrices."""
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return y_bar * b, y_bar * a
    if np.ndim(a) == 1:
        return np.dot(b, y_bar), np.outer(a, y_bar)
    if np.ndim(b) == 1:
        return np.outer(y_bar, b), np.dot(y_bar, a)
    return np.dot(y_bar, np.transpose(b)), np.dot(np.transpose(a), y_bar)


@bilinear(np.matmul)
def matmul(a, b, *, y_bar):
    """Y = A B  ⟹  Ā = Ȳ Bᵀ,  B̄ = Aᵀ Ȳ"""
    na, nb = np.ndim(a), np.ndim(b)
    if na <= 2 and nb <= 2:
        return _small_matmul(a, b, y_bar)
    if nb == 1:
        return np.expand_dims(y_bar, -1) * b, np.tensordot(y_bar, a, na - 1)
    if na == 1:
        a_bar = np.tensordot(b, y_bar, (tuple(range(nb - 2)) + (nb - 1,), tuple(range(nb - 1))))
        return a_bar, np.expand_dims(a, -1) * np.expand_dims(y_bar, -2)
    return _batched(a, b, y_bar)


def _small_matmul(a, b, y_bar):
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return y_bar * b, y_bar * a
    if np.ndim(a) == 1:
        return b @ y_bar, np.outer(a, y_bar)
    if np.ndim(b) == 1:
        return np.outer(y_bar, b), y_bar @ a
    return y_bar @ np.transpose(b), np.transpose(a) @ y_bar


def _batched(a, b, y_bar):
    """One matrix against a stack of them is one product of matrices; else the stacks are multiplied."""
    if np.ndim(b) == 2:
        lead = tuple(range(np.ndim(a) - 1))
        return y_bar @ np.transpose(b), np.tensordot(a, y_bar, (lead, lead))
    if np.ndim(a) == 2:
        lead = tuple(range(np.ndim(b) - 2)) + (np.ndim(b) - 1,)
        return np.tensordot(y_bar, b, (lead, lead)), np.transpose(a) @ y_bar
    return runtime.unbroadcast(y_bar @ transposed(b), a), runtime.unbroadcast(transposed(a) @ y_bar, b)


@bilinear(np.inner)
def inner(a, b, *, y_bar):
    """y[i…, j…] = Σ a[i…, k] b[j…, k]"""
    na, nb = np.ndim(a), np.ndim(b)
    if na == 0 or nb == 0:
        return _scaled(y_bar, a, b)
    if na == 1 and nb == 1:
        return y_bar * b, y_bar * a
    own, other = tuple(range(na - 1)), tuple(range(na - 1, na + nb - 2))
    return np.tensordot(y_bar, b, (other, tuple(range(nb - 1)))), np.tensordot(y_bar, a, (own, own))


@bilinear(np.outer)
def outer(a, b, out=None, *, y_bar):
    return shaped(np.dot(y_bar, np.ravel(b)), a), shaped(np.dot(np.ravel(a), y_bar), b)


@bilinear(np.linalg.outer)
def linalg_outer(x1, x2, *, y_bar):
    return np.dot(y_bar, x2), np.dot(x1, y_bar)


@bilinear(np.vdot)
def vdot(a, b, *, y_bar):
    """y = Σ a* b"""
    return shaped(conj(y_bar * np.ravel(b)), a), shaped(y_bar * conj(np.ravel(a)), b)


@bilinear(np.vecdot)
def vecdot(x1, x2, axis=-1, *, y_bar):
    return _vecdot(x1, x2, axis, y_bar)


@bilinear(np.linalg.vecdot)
def linalg_vecdot(x1, x2, axis=-1, *, y_bar):
    return _vecdot(x1, x2, axis, y_bar)


def _vecdot(x1, x2, axis, y_bar):
    """y = Σ x₁* x₂ along an axis, which is that axis of each of them."""
    g = np.expand_dims(y_bar, -1)
    if axis == -1:
        return runtime.unbroadcast(conj(g * x2), x1), runtime.unbroadcast(g * conj(x1), x2)
    u, v = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    u_bar, v_bar = runtime.unbroadcast(conj(g * v), u), runtime.unbroadcast(g * conj(u), v)
    return np.moveaxis(u_bar, -1, axis), np.moveaxis(v_bar, -1, axis)


@bilinear(np.matvec)
def matvec(x1, x2, *, y_bar):
    a_bar = np.expand_dims(y_bar, -1) * np.expand_dims(x2, -2)
    v_bar = np.matmul(transposed(x1), np.expand_dims(y_bar, -1))[..., 0]
    return runtime.unbroadcast(a_bar, x1), runtime.unbroadcast(v_bar, x2)


@bilinear(np.vecmat)
def vecmat(x1, x2, *, y_bar):
    """y = x₁ᴴ X₂"""
    v_bar = conj(np.matmul(x2, np.expand_dims(y_bar, -1))[..., 0])
    a_bar = np.expand_dims(conj(x1), -1) * np.expand_dims(y_bar, -2)
    return runtime.unbroadcast(v_bar, x1), runtime.unbroadcast(a_bar, x2)


@bilinear(np.tensordot)
def tensordot(a, b, axes=2, *, y_bar):
    return _tensordot(a, b, axes, y_bar)


@bilinear(np.linalg.tensordot)
def linalg_tensordot(x1, x2, axes=2, *, y_bar):
    return _tensordot(x1, x2, axes, y_bar)


def _tensordot(a, b, axes, y_bar):
    """The cotangent is contracted with the free axes of the other factor, and its axes brought back into order."""
    free_a, free_b, order_a, order_b = _contraction(np.ndim(a), np.ndim(b), axes)
    first, last = tuple(range(len(free_a))), tuple(range(len(free_a), len(free_a) + len(free_b)))
    a_bar = np.transpose(np.tensordot(y_bar, b, (last, free_b)), order_a)
    return a_bar, np.transpose(np.tensordot(a, y_bar, (free_a, first)), order_b)


@static
def _contraction(na, nb, axes):
    """Free axes of a and of b, and the permutations that put the axes of both cotangents in order."""
    if isinstance(axes, (tuple, list)):
        pair = [list(part) if isinstance(part, (tuple, list)) else [part] for part in axes]
    else:
        pair = [list(range(na - axes, na)), list(range(axes))]
    on_a, on_b = [ax % na for ax in pair[0]], [ax % nb for ax in pair[1]]
    free_a = tuple(k for k in range(na) if k not in on_a)
    free_b = tuple(k for k in range(nb) if k not in on_b)
    got_a = [*free_a, *(on_a[i] for i in np.argsort(on_b, kind="stable"))]
    got_b = [*(on_b[i] for i in np.argsort(on_a, kind="stable")), *free_b]
    return free_a, free_b, tuple(np.argsort(got_a).tolist()), tuple(np.argsort(got_b).tolist())


@bilinear(np.kron)
def kron(a, b, *, y_bar):
    """y[i p + k, …] = a[i, …] b[k, …]: split every axis of ȳ in two and contract one of them."""
    d = max(np.ndim(a), np.ndim(b))
    sizes_a, sizes_b = (1,) * (d - np.ndim(a)) + np.shape(a), (1,) * (d - np.ndim(b)) + np.shape(b)
    split = np.reshape(y_bar, tuple([sizes_b[i // 2] if i % 2 else sizes_a[i // 2] for i in tuple(range(2 * d))]))
    even, odd, every = tuple(range(0, 2 * d, 2)), tuple(range(1, 2 * d, 2)), tuple(range(d))
    a_bar = np.tensordot(split, np.reshape(b, sizes_b), (odd, every))
    b_bar = np.tensordot(np.reshape(a, sizes_a), split, (every, even))
    return shaped(a_bar, a), shaped(b_bar, b)


@bilinear(np.cross)
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None, *, y_bar):
    """y = a × b  ⟹  ā = b × ȳ,  b̄ = ȳ × a"""
    if axis is not None:
        return _cross(a, b, axis, axis, axis, y_bar)
    return _cross(a, b, axisa, axisb, axisc, y_bar)


@bilinear(np.linalg.cross)
def linalg_cross(x1, x2, axis=-1, *, y_bar):
    return _cross(x1, x2, axis, axis, axis, y_bar)


def _cross(a, b, axisa, axisb, axisc, y_bar):
    if np.ndim(y_bar) < np.ndim(a) or np.ndim(y_bar) < np.ndim(b):
        raise NotImplementedError("np.cross of two-dimensional vectors: write a[0] * b[1] - a[1] * b[0]")
    u, v, g = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1), np.moveaxis(y_bar, axisc, -1)
    u_bar, v_bar = runtime.unbroadcast(np.cross(v, g), u), runtime.unbroadcast(np.cross(g, u), v)
    return np.moveaxis(u_bar, -1, axisa), np.moveaxis(v_bar, -1, axisb)


@rule(np.linalg.multi_dot)
def multi_dot(arrays, out=None, *, y_bar):
    """Y = A₁ … Aₙ  ⟹  Āᵢ = (A₁ … Aᵢ₋₁)ᵀ Ȳ (Aᵢ₊₁ … Aₙ)ᵀ"""
    n = len(arrays)
    first = np.atleast_2d(arrays[0])
    last = np.reshape(arrays[n - 1], np.shape(arrays[n - 1])[:1] + (-1,))
    mats = [first] + list(arrays[1:n - 1]) + [last]
    g = np.reshape(y_bar, (np.shape(first)[0], np.shape(last)[1]))
    bars = []
    for i, x in enumerate(arrays):
        left = g if i == 0 else np.matmul(np.transpose(_chain(mats[:i])), g)
        both = left if i == n - 1 else np.matmul(left, np.transpose(_chain(mats[i + 1:])))
        bars.append(np.reshape(both, np.shape(x)))
    return bars


def _chain(mats):
    if len(mats) == 1:
        return mats[0]
    return np.linalg.multi_dot(mats)


@multi_dot.jvp
def multi_dot_jvp(arrays, out=None, *, y, arrays_dot):
    total = None
    for i, x_dot in enumerate(arrays_dot):
        if x_dot is not None:
            factors = [x_dot if k == i else x for k, x in enumerate(arrays)]
            term = np.linalg.multi_dot(factors)
            total = term if total is None else total + term
    return runtime.zeros_like(y) if total is None else total


@bilinear(np.convolve)
def convolve(a, v, mode="full", *, y_bar):
    """The cotangent of the full convolution, convolved with the reversed other factor."""
    a1, v1 = np.atleast_1d(a), np.atleast_1d(v)
    full = _full(y_bar, np.size(a1), np.size(v1), mode)
    return shaped(np.convolve(full, v1[::-1], "valid"), a), shaped(np.convolve(full, a1[::-1], "valid"), v)


def _full(y_bar, n, m, mode):
    """The cotangent of the full convolution, of which the result is a part."""
    if mode == "full":
        return y_bar
    start = (min(n, m) - 1) // 2 if mode == "same" else min(n, m) - 1
    return np.pad(y_bar, (start, n + m - 1 - start - np.size(y_bar)))


@bilinear(np.correlate)
def correlate(a, v, mode="valid", *, y_bar):
    """A convolution with the reversed conjugate of v; if v is longer, NumPy swaps them and reverses the result."""
    a1, v1 = np.atleast_1d(a), conj(np.atleast_1d(v))[::-1]
    n, m = np.size(a1), np.size(v1)
    full = _full(y_bar[::-1], n, m, mode)[::-1] if n < m else _full(y_bar, n, m, mode)
    v_bar = np.convolve(full, a1[::-1], "valid")
    return shaped(np.convolve(full, v1[::-1], "valid"), a), shaped(conj(v_bar[::-1]), v)


@rule(np.polyval)
def polyval(p, x, *, y_bar):
    """y = Σ pᵢ xⁿ⁻¹⁻ⁱ"""
    if isinstance(p, (list, tuple)):
        p_bar = np.dot(np.ravel(y_bar), np.vander(np.ravel(x), len(p)))
        return [p_bar[i] for i, _ in enumerate(p)], y_bar * _slope(np.array(p), x)
    if np.ndim(p) != 1:
        raise NotImplementedError("np.polyval with several polynomials: call it once for each")
    return np.dot(np.ravel(y_bar), np.vander(np.ravel(x), len(p))), y_bar * _slope(p, x)


def _slope(p, x):
    """The derivative of the polynomial at x."""
    return np.polyval(p[:-1] * np.arange(len(p) - 1, 0, -1), x)


@polyval.jvp
def polyval_jvp(p, x, *, p_dot, x_dot):
    if isinstance(p, (list, tuple)):
        p, p_dot = np.array(p), None if p_dot is None else np.array(p_dot)
    if np.ndim(p) != 1:
        raise NotImplementedError("np.polyval with several polynomials: call it once for each")
    if p_dot is None:
        return _slope(p, x) * x_dot
    if x_dot is None:
        return np.polyval(p_dot, x)
    return np.polyval(p_dot, x) + _slope(p, x) * x_dot


@rule(np.polyfit, wrt=("x", "ys", "w"))
def polyfit(x, ys, deg, rcond=None, full=False, w=None, cov=False, *, y_bar):
    """p = V⁺ y  ⟹  ȳ = z = V⁺ᵀ p̄,  V̄ = r (V⁺ z)ᵀ − z pᵀ,  r = y − V p. (``ys``: ``y`` is what rules call a result.)"""
    v, pinv, p, slopes = _fit(x, ys, deg, full, w, cov)
    z = np.transpose(pinv) @ y_bar
    h = pinv @ z
    residual = ys - v @ p
    if np.ndim(ys) == 1:
        v_bar = np.outer(residual, h) - np.outer(z, p)
    else:
        v_bar = residual @ np.transpose(h) - z @ np.transpose(p)
    return np.sum(v_bar[:, :-1] * slopes, axis=1), z, NotImplemented


def _fit(x, ys, deg, full, w, cov):
    """The Vandermonde matrix, its pseudo-inverse, the solution, and ∂V/∂x without its last column, which is zero."""
    if full or cov or w is not None:
        raise NotImplementedError("np.polyfit with full, cov or w: use np.linalg.lstsq(np.vander(x, deg + 1), y)")
    v = np.vander(x, deg + 1)
    return v, np.linalg.pinv(v), np.polyfit(x, ys, deg), np.vander(x, deg) * np.arange(deg, 0, -1)


@polyfit.jvp
def polyfit_jvp(x, ys, deg, rcond=None, full=False, w=None, cov=False, *, x_dot, ys_dot):
    v, pinv, p, slopes = _fit(x, ys, deg, full, w, cov)
    if x_dot is None:
        return pinv @ ys_dot
    residual = ys - v @ p
    if np.ndim(ys) == 2:
        x_dot = np.expand_dims(x_dot, 1)
    moved = -(slopes @ p[:-1]) * x_dot
    if ys_dot is not None:
        moved = moved + ys_dot
    normal = (pinv @ np.transpose(pinv))[:, :-1]
    return pinv @ moved + normal @ (np.transpose(slopes) @ (x_dot * residual))
