"""Eigenvalues, singular values and QR.

What differentiates vectors divides by differences of eigenvalues (singular values). Where two of them coincide, to
rounding, the vectors have no derivative: the cotangent is exact if it does not ask for them, else nan. The same holds
for cotangents that depend on the phase of complex vectors. With G = conj(x_bar), dL = Re tr(Gᴴ dX).
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import no_gradient, rule
from s2sad.rules.matrices import adjoint, conj, diagonal, folded, on_diagonal, transposed, unfolded

no_gradient(np.spacing, runtime.coincide)


def _gaps(w):
    """wⱼ − wᵢ, with 1 where they coincide to rounding (and on the diagonal); and where they do, off the diagonal."""
    gap = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    close = runtime.coincide(w)
    return np.where(close, 1.0, gap), np.logical_and(close, np.logical_not(np.eye(np.shape(w)[-1], dtype=bool)))


def _divided(k, values_bar, gap, close):
    """K / (wⱼ − wᵢ) off the diagonal. Where wᵢ = wⱼ: 0 if neither vectors nor values are asked for, else nan."""
    n = np.shape(gap)[-1]
    asked = np.logical_or(k != 0, transposed(k) != 0)
    if values_bar is not None:
        used = values_bar != 0
        asked = np.logical_or(asked, np.logical_or(np.expand_dims(used, -1), np.expand_dims(used, -2)))
    ratio = np.where(np.eye(n, dtype=bool), 0.0, k / gap)
    return np.where(close, np.where(asked, np.nan, 0.0), ratio)


def _phase(d):
    """nan where a cotangent depends on the phase of a complex vector: ``d``, vector times cotangent, is not real."""
    loose = np.abs(np.imag(d)) > 1e-4 * np.max(np.abs(d), axis=-1, keepdims=True, initial=0.0)
    return on_diagonal(np.where(loose, np.nan, 0.0))


@rule(np.linalg.eigh)
def eigh(a, UPLO="L", *, y, y_bar):
    """A = V W Vᴴ  ⟹  Ā = V* (w̄ + Vᵀ V̄ / (wⱼ − wᵢ)) Vᵀ"""
    return folded(_eigh_bar(y[0], y[1], y_bar[0], y_bar[1]), UPLO in ("L", "l"))


def _eigh_bar(w, v, w_bar, v_bar):
    if v_bar is None:
        return conj(v) * np.expand_dims(w_bar, -2) @ transposed(v)
    inner = turned(w, v, w_bar, v_bar)
    if w_bar is not None:
        inner = inner + on_diagonal(w_bar)
    return conj(v) @ inner @ transposed(v)


def turned(w, v, w_bar, v_bar):
    """Vᵀ V̄ / (wⱼ − wᵢ) off the diagonal."""
    k = transposed(v) @ v_bar
    gap, close = _gaps(w)
    inner = _divided(k, w_bar, gap, close)
    return inner + _phase(diagonal(k)) if np.iscomplexobj(v) else inner


def turns(w, inner):
    """The rotation of eigenvectors: Vᴴ Ȧ V / (wⱼ − wᵢ) off the diagonal."""
    gap, close = _gaps(w)
    return _divided(inner, None, gap, close)


@eigh.jvp
def eigh_jvp(a, UPLO="L", *, y, a_dot):
    """ẇ = diag(Vᴴ Ȧ V),  V̇ = V (Vᴴ Ȧ V / (wⱼ − wᵢ))"""
    v = y[1]
    inner = adjoint(v) @ unfolded(a_dot, UPLO in ("L", "l")) @ v
    return np.real(diagonal(inner)), v @ turns(y[0], inner)


@rule(np.linalg.eigvalsh)
def eigvalsh(a, UPLO="L", *, y_bar):
    _, v = np.linalg.eigh(a, UPLO)
    return folded(conj(v) * np.expand_dims(y_bar, -2) @ transposed(v), UPLO in ("L", "l"))


@eigvalsh.jvp
def eigvalsh_jvp(a, UPLO="L", *, a_dot):
    _, v = np.linalg.eigh(a, UPLO)
    return np.real(np.sum(conj(v) * (unfolded(a_dot, UPLO in ("L", "l")) @ v), axis=-2))


@rule(np.linalg.eig)
def eig(a, *, y, y_bar):
    """A V = V W, columns of length 1 whose largest item is real  ⟹  Ā = V⁻ᵀ (w̄ + Vᵀ V̄ / (wⱼ − wᵢ)) Vᵀ"""
    w, v = y
    inner = 0.0 if y_bar[0] is None else on_diagonal(y_bar[0])
    if y_bar[1] is not None:
        s = np.sum(y_bar[1] * v, axis=-2, keepdims=True)
        v_bar = y_bar[1] - conj(v) * np.real(s)
        if np.iscomplexobj(v):
            v_bar = v_bar - np.where(_largest(v), 1j * np.imag(s) / np.where(_largest(v), v, 1.0), 0.0)
        gap, close = _gaps(w)
        inner = inner + _divided(transposed(v) @ v_bar, y_bar[0], gap, close)
    return np.linalg.solve(transposed(v), inner @ transposed(v))


def _largest(v):
    """Where the item of largest absolute value of each column is."""
    rows = np.expand_dims(np.arange(np.shape(v)[-2]), -1)
    return rows == np.argmax(np.abs(v), axis=-2, keepdims=True)


@eig.jvp
def eig_jvp(a, *, y, a_dot):
    w, v = y
    inner = np.linalg.solve(v, a_dot @ v)
    gap, close = _gaps(w)
    v_dot = v @ _divided(inner, None, gap, close)
    v_dot = v_dot - v * np.real(np.sum(conj(v) * v_dot, axis=-2, keepdims=True))
    if np.iscomplexobj(v):
        turn = np.where(_largest(v), np.imag(v_dot) / np.where(_largest(v), np.real(v), 1.0), 0.0)
        v_dot = v_dot - 1j * v * np.sum(turn, axis=-2, keepdims=True)
    return diagonal(inner), v_dot


@rule(np.linalg.eigvals)
def eigvals(a, *, y_bar):
    _, v = np.linalg.eig(a)
    return np.linalg.solve(transposed(v), np.expand_dims(y_bar, -1) * transposed(v))


@eigvals.jvp
def eigvals_jvp(a, *, a_dot):
    _, v = np.linalg.eig(a)
    return diagonal(np.linalg.solve(v, a_dot @ v))


@rule(np.linalg.svd, wrt=("a",))
def svd(a, full_matrices=True, compute_uv=True, hermitian=False, *, y, y_bar):
    """A = U S Vᴴ, see `_svd_bar`."""
    if hermitian:
        raise NotImplementedError("svd(hermitian=True): leave hermitian out")
    if not compute_uv:
        return _values_bar(a, y_bar)
    if y_bar[0] is None and y_bar[2] is None:
        k = np.shape(y[1])[-1]
        return conj((y[0][..., :k] * np.expand_dims(y_bar[1], -2)) @ y[2][..., :k, :])
    return conj(_svd_bar(a, y, y_bar))


@rule(np.linalg.svdvals)
def svdvals(x, *, y_bar):
    return _values_bar(x, y_bar)


def _values_bar(a, s_bar):
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return conj((u * np.expand_dims(s_bar, -2)) @ vh)


def _svd_bar(a, y, y_bar):
    """The gradient G of A. With skew K = UᴴG_U − G_UᴴU and J = VᴴG_V − G_VᴴV, divided by sⱼ² − sᵢ²::

        G = U (K S + S J + diag G_S) Vᴴ + U₂ (…) S⁻¹ V₁ᴴ + U₁ S⁻¹ (…) V₂ᴴ

    where U₂, V₂ are what U₁, V₁ (k columns) leave over: the other columns, or the projectors on their span.
    """
    u, s, vh = y
    k = np.shape(s)[-1]
    v = adjoint(vh)
    gu = runtime.zeros_like(u) if y_bar[0] is None else conj(y_bar[0])
    gv = runtime.zeros_like(v) if y_bar[2] is None else transposed(y_bar[2])
    u1, v1, gu1, gv1 = u[..., :k], v[..., :k], gu[..., :k], gv[..., :k]
    ku, kv = adjoint(u1) @ gu1, adjoint(v1) @ gv1
    rows, columns = np.expand_dims(s, -1), np.expand_dims(s, -2)
    gap, close = _gaps(s)
    square = gap * (rows + columns)
    zero = np.logical_and(rows + columns == 0, close)
    square = np.where(zero, 1.0, square)
    inner = _divided(ku - adjoint(ku), y_bar[1], square, close) * columns
    inner = inner + rows * _divided(kv - adjoint(kv), y_bar[1], square, close)
    if y_bar[1] is not None:
        inner = inner + on_diagonal(y_bar[1])
    if np.iscomplexobj(a):
        du, dv = diagonal(ku), diagonal(kv)
        inner = inner + _phase(du + dv) + on_diagonal(1j * _over(np.imag(du) - np.imag(dv), 2.0 * s))
    left = _over(_outside(u, u1, gu, gu1), columns)
    right = _over(_outside(v, v1, gv, gv1), columns)
    return (u1 @ inner + left) @ adjoint(v1) + u1 @ adjoint(right)


def _over(x, s):
    """x / s, and 0 / 0 = 0; nan where s = 0 is asked for."""
    return np.where(s == 0, np.where(x == 0, 0.0, np.nan), x / np.where(s == 0, 1.0, s))


def _outside(u, u1, gu, gu1):
    """The part of G_U in the orthogonal complement of U₁; the columns U₂, if we have them, turn against those of U₁.
    Which columns of their span U₂ are nothing says: where that matters (U₂ᴴ G_U₂ is not Hermitian), it raises."""
    k = np.shape(u1)[-1]
    if np.shape(u)[-1] == k:
        return gu1 - u1 @ (adjoint(u1) @ gu1)
    u2, gu2 = u[..., k:], gu[..., k:]
    turned = u2 @ (adjoint(u2) @ gu1 - adjoint(gu2) @ u1)
    if np.shape(u2)[-1] == 1:
        return turned
    inside = adjoint(u2) @ gu2
    skew = (inside - adjoint(inside)) * (1.0 - np.eye(np.shape(u2)[-1]))
    size = np.sum(np.abs(inside), axis=(-2, -1), keepdims=True)
    if np.any(np.sum(np.abs(skew), axis=(-2, -1), keepdims=True) > 1e-9 * size):
        raise NotImplementedError("S2S003: a column of a null space of several dimensions has no derivative: which "
                                  "it is nothing says, only the space is determined (its projector `N @ N.T` is)")
    return turned


@svd.jvp
def svd_jvp(a, full_matrices=True, compute_uv=True, hermitian=False, *, y, a_dot):
    """U̇ = U (P S + S Pᴴ)/(sⱼ² − sᵢ²) + …,  ṡ = Re diag P,  P = Uᴴ Ȧ V"""
    if hermitian:
        raise NotImplementedError("svd(hermitian=True): leave hermitian out")
    if not compute_uv:
        return _values_dot(a, a_dot)
    u, s, vh = y
    k = np.shape(s)[-1]
    v = adjoint(vh)
    u1, v1 = u[..., :k], v[..., :k]
    p = adjoint(u1) @ a_dot @ v1
    rows, columns = np.expand_dims(s, -1), np.expand_dims(s, -2)
    gap, close = _gaps(s)
    square = np.where(np.logical_and(rows + columns == 0, close), 1.0, gap * (rows + columns))
    turn_u = _divided(p * columns + rows * adjoint(p), None, square, close)
    turn_v = _divided(rows * p + adjoint(p) * columns, None, square, close)
    if np.iscomplexobj(a):
        phase = on_diagonal(1j * _over(np.imag(diagonal(p)), 2.0 * s))
        turn_u, turn_v = turn_u + phase, turn_v - phase
    u_dot = _moved(u, u1, turn_u, a_dot @ v1, columns)
    v_dot = _moved(v, v1, turn_v, adjoint(a_dot) @ u1, columns)
    return u_dot, np.real(diagonal(p)), adjoint(v_dot)


def _moved(u, u1, turn, b, s):
    """The tangent of U from its rotation within U₁ and what B = Ȧ V₁ adds from outside."""
    k = np.shape(u1)[-1]
    if np.shape(u)[-1] == k:
        return u1 @ turn + _over(b - u1 @ (adjoint(u1) @ b), s)
    u2 = u[..., k:]
    mixed = _over(adjoint(u2) @ b, s)
    return np.concatenate([u1 @ turn + u2 @ mixed, -(u1 @ adjoint(mixed))], axis=-1)


@svdvals.jvp
def svdvals_jvp(x, *, x_dot):
    return _values_dot(x, x_dot)


def _values_dot(a, a_dot):
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return np.real(np.sum(conj(u) * (a_dot @ adjoint(vh)), axis=-2))


@rule(np.linalg.qr)
def qr(a, mode="reduced", *, y, y_bar):
    """A = Q R; the columns of A after the first k = min(m, n) follow R = Qᴴ A  (Walter and Lehmann 2018)"""
    if mode == "r":
        q, r = np.linalg.qr(a)
        return conj(_qr_bar(a, q, r, None, y_bar))
    if mode != "reduced":
        raise NotImplementedError('qr with this mode: use mode="reduced"')
    return conj(_qr_bar(a, y[0], y[1], y_bar[0], y_bar[1]))


def _qr_bar(a, q, r, q_bar, r_bar):
    k = np.shape(q)[-1]
    gq = runtime.zeros_like(q) if q_bar is None else conj(q_bar)
    gr = runtime.zeros_like(r) if r_bar is None else conj(r_bar)
    r1, gr1, gr2 = r[..., :k], gr[..., :k], gr[..., k:]
    gq = gq + a[..., k:] @ adjoint(gr2)
    t = np.triu(gr1) @ adjoint(r1)
    x = adjoint(q) @ gq - t
    turned = np.tril(x - adjoint(x), -1)
    if np.iscomplexobj(x):
        turned = turned + on_diagonal(1j * np.imag(diagonal(x)))
    g = gq - q @ (adjoint(q) @ gq) + q @ (t + turned)
    g1 = adjoint(np.linalg.solve(r1, adjoint(g)))
    return np.concatenate([g1, q @ gr2], axis=-1)


@qr.jvp
def qr_jvp(a, mode="reduced", *, a_dot):
    if mode not in ("reduced", "r"):
        raise NotImplementedError('qr with this mode: use mode="reduced"')
    q, r = np.linalg.qr(a)
    k = np.shape(q)[-1]
    b = transposed(np.linalg.solve(transposed(r[..., :k]), transposed(a_dot[..., :k])))
    c = adjoint(q) @ b
    turn = np.tril(c, -1) - adjoint(np.tril(c, -1))
    if np.iscomplexobj(c):
        turn = turn + on_diagonal(1j * np.imag(diagonal(c)))
    q_dot = b - q @ c + q @ turn
    rest = adjoint(q_dot) @ a[..., k:] + adjoint(q) @ a_dot[..., k:]
    r_dot = np.concatenate([np.triu((c - turn) @ r[..., :k]), rest], axis=-1)
    return r_dot if mode == "r" else (q_dot, r_dot)
