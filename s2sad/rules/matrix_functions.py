"""Functions of matrices that are written with eigenvectors or singular vectors: F = V f(W) Vᴴ, F = U f(S) Vᴴ.

Eigenvectors of equal eigenvalues have no derivative, but F does where f is smooth: its tangent is that of A in the
basis of the vectors, times the divided differences of f, which at equal eigenvalues are its slope (Daleckii and Krein
1965; Higham, "Functions of Matrices", theorem 3.11; for singular values Noferini 2017). ``ad.matrix_functions`` finds
such products.
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import no_gradient, rule
from s2sad.rules.matrices import adjoint, conj, diagonal, folded, on_diagonal, unfolded

_KNOWN = ("product", "w", "v", "slope", "s", "u", "vh")
"""What a derivative reaches through A, or through f."""


no_gradient(runtime.is_slope)


@rule(runtime.divided_differences, wrt=("w", "f", "slope"))
def divided_differences(w, f, slope, *, y, y_bar):
    """∂y/∂w = −y / (wⱼ − wᵢ), ∂y/∂f = 1 / (wⱼ − wᵢ); where y is the mean of slopes, 1/2 by these"""
    gap, close = runtime.pairs(w, w, -1.0), runtime.is_slope(w, f, slope)
    g = runtime.masked_product(y_bar, np.where(close, 0.0, 1.0 / np.where(close, 1.0, gap)))
    return (_unpaired(-runtime.masked_product(g, y), w, -1.0), _unpaired(g, f, -1.0),
            _unpaired(np.where(_off_diagonal(close), 0.5 * y_bar, 0.0), slope, 1.0))


@divided_differences.jvp
def divided_differences_jvp(w, f, slope, *, y, w_dot, f_dot, slope_dot):
    gap, close = runtime.pairs(w, w, -1.0), runtime.is_slope(w, f, slope)
    change = runtime.zeros_like(y)
    if w_dot is not None:
        change = change - np.where(close, 0.0, y * runtime.pairs(w_dot, w, -1.0))
    if f_dot is not None:
        change = change + runtime.pairs(f_dot, w, -1.0)
    by_slope = 0.0 if slope_dot is None else 0.5 * runtime.pairs(slope_dot, w, 1.0)
    return np.where(close, np.where(_off_diagonal(close), by_slope, 0.0), change / np.where(close, 1.0, gap))


def _off_diagonal(mask):
    return np.logical_and(mask, np.logical_not(np.eye(np.shape(mask)[-1], dtype=bool)))


@rule(runtime.divided_sums, wrt=("s", "f", "slope"))
def divided_sums(s, f, slope, *, y, y_bar):
    total = runtime.pairs(s, s, 1.0)
    zero = total == 0
    g = runtime.masked_product(y_bar, np.where(zero, 0.0, 1.0 / np.where(zero, 1.0, total)))
    return (_unpaired(-runtime.masked_product(g, y), s, 1.0), _unpaired(g, f, 1.0),
            _unpaired(np.where(zero, 0.5 * y_bar, 0.0), slope, 1.0))


@divided_sums.jvp
def divided_sums_jvp(s, f, slope, *, y, s_dot, f_dot, slope_dot):
    total = runtime.pairs(s, s, 1.0)
    zero = total == 0
    change = runtime.zeros_like(y)
    if s_dot is not None:
        change = change - np.where(zero, 0.0, y * runtime.pairs(s_dot, s, 1.0))
    if f_dot is not None:
        change = change + runtime.pairs(f_dot, s, 1.0)
    by_slope = 0.0 if slope_dot is None else 0.5 * runtime.pairs(slope_dot, s, 1.0)
    return np.where(zero, by_slope, change / np.where(zero, 1.0, total))


def _unpaired(g, x, sign):
    """The cotangent of x where g is that of ``pairs(x, …, sign)``."""
    return runtime.unbroadcast(np.sum(g, axis=-2) + sign * np.sum(g, axis=-1), x)


def _beside(m, b):
    """A matrix times the adjoint of b, which F is multiplied with; None if it is multiplied with nothing."""
    if b is None:
        return m
    if np.ndim(b) == 1:
        return np.expand_dims(m, -1) * np.expand_dims(conj(b), -2)
    return m @ adjoint(b)


def _times(m, b):
    return m if b is None else m @ b


def _columns(v, f):
    """Each column of V times its number."""
    return v * f if np.ndim(f) == 0 else v * np.expand_dims(f, -2)


@rule(runtime.matrix_function, wrt=("a", "f", "b"), constant_in=_KNOWN)
def matrix_function(product, a, w, v, f, slope, lower, b=None, *, y_bar):
    """y = V f(W) Vᴴ b; with K = Vᴴ (ȳ bᴴ) V and divided differences D: Ā = V (D ∘ K) Vᴴ, f̄ = diag K, b̄ = V f Vᴴ ȳ"""
    k = adjoint(v) @ _beside(conj(y_bar), b) @ v
    inner = runtime.masked_product(k, conj(runtime.divided_differences(w, f, slope)))
    f_bar = runtime.unbroadcast(np.conj(diagonal(k)) if np.iscomplexobj(f) else np.real(diagonal(k)), f)
    a_bar = folded(conj(v @ inner @ adjoint(v)), lower)
    b_bar = None if b is None else conj(_columns(v, conj(f)) @ (adjoint(v) @ conj(y_bar)))
    return a_bar, f_bar, b_bar


@matrix_function.jvp
def matrix_function_jvp(product, a, w, v, f, slope, lower, b=None, *, a_dot, f_dot, b_dot):
    """ẏ = V (D ∘ Vᴴ Ȧ V + diag ḟ) Vᴴ b + V f Vᴴ ḃ"""
    change = runtime.zeros_like(product)
    if a_dot is not None:
        inner = runtime.masked_product(adjoint(v) @ unfolded(a_dot, lower) @ v,
                                       runtime.divided_differences(w, f, slope))
        change = change + v @ (inner @ _times(adjoint(v), b))
    if f_dot is not None:
        change = change + v @ (on_diagonal(np.broadcast_to(f_dot, np.shape(w))) @ _times(adjoint(v), b))
    if b_dot is not None:
        change = change + _columns(v, f) @ (adjoint(v) @ b_dot)
    return change


@rule(runtime.singular_function, wrt=("a", "f", "b"), constant_in=_KNOWN)
def singular_function(product, a, s, u, vh, f, slope, b=None, *, y_bar):
    """y = U f(S) Vᴴ b:  K = Uᴴ (ȳ bᴴ) V goes by its Hermitian part with (fⱼ − fᵢ) / (sⱼ − sᵢ), by the rest with
    (fⱼ + fᵢ) / (sⱼ + sᵢ); what is outside of the span of the vectors by f / s"""
    g, (u, v) = _beside(conj(y_bar), b), _thin(u, vh, s)
    k = adjoint(u) @ g @ v
    f_bar = runtime.unbroadcast(np.real(diagonal(k)), f)
    a_bar = conj(_moved(s, u, v, f, slope, k, g))
    b_bar = None if b is None else conj(_columns(v, f) @ (adjoint(u) @ conj(y_bar)))
    return a_bar, f_bar, b_bar


@singular_function.jvp
def singular_function_jvp(product, a, s, u, vh, f, slope, b=None, *, a_dot, f_dot, b_dot):
    u, v = _thin(u, vh, s)
    change = runtime.zeros_like(product)
    if a_dot is not None:
        change = change + _times(_moved(s, u, v, f, slope, adjoint(u) @ a_dot @ v, a_dot), b)
    if f_dot is not None:
        change = change + u @ (on_diagonal(np.broadcast_to(f_dot, np.shape(s))) @ _times(adjoint(v), b))
    if b_dot is not None:
        change = change + _columns(u, f) @ (adjoint(v) @ b_dot)
    return change


def _thin(u, vh, s):
    """The columns of U and V that have a singular value."""
    k = np.shape(s)[-1]
    return u[..., :k], adjoint(vh[..., :k, :])


def _moved(s, u, v, f, slope, k, g):
    """How F moves with A by G where K = Uᴴ G V, without the change of f: a map that is its own adjoint."""
    even, odd = 0.5 * (k + adjoint(k)), 0.5 * (k - adjoint(k))
    inner = runtime.masked_product(even, runtime.divided_differences(s, f, slope)) + runtime.masked_product(
        odd, runtime.divided_sums(s, f, slope))
    share = diagonal(runtime.divided_sums(s, f, slope))
    left = g @ v - u @ k
    right = adjoint(u) @ g - k @ adjoint(v)
    inside = (u @ inner + runtime.masked_product(left, np.expand_dims(share, -2))) @ adjoint(v)
    return inside + u @ runtime.masked_product(right, np.expand_dims(share, -1))
