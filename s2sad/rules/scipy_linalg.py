"""SciPy's linear algebra: solvers with structure, functions of matrices, Sylvester equations. Empty without SciPy.

Functions of a matrix use the block identity f([[A, E], [0, A]]) = [[f(A), L(A, E)], [0, f(A)]] (Mathias 1996): the
transpose of the Fréchet derivative L(A, ·) is L(Aᵀ, ·).
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import linear, rule
from s2sad.rules.matrices import adjoint, cholesky_bar, cholesky_dot, conj, folded, transposed, triangle, unfolded

try:
    import scipy.linalg as sl
except ImportError:
    sl = None


def _product(g, y):
    """g yᵀ for vectors or matrices."""
    if np.ndim(g) == 1:
        return np.outer(g, y)
    return g @ transposed(y)


def _block(a, e):
    """[[A, E], [0, A]]"""
    top = np.concatenate([a, e], axis=-1)
    return np.concatenate([top, np.concatenate([np.zeros_like(a), a], axis=-1)], axis=-2)


def _corner(x, n):
    return x[..., :n, n:]


def _cholesky_bar(factor, g, lower):
    if lower:
        return folded(cholesky_bar(factor, g), True)
    return folded(cholesky_bar(adjoint(factor), adjoint(g)), False)


def _cholesky_dot(factor, a_dot, lower):
    if lower:
        return cholesky_dot(factor, unfolded(a_dot, True))
    return adjoint(cholesky_dot(adjoint(factor), unfolded(a_dot, False)))


def _unturned(g, trans):
    """From the cotangent (tangent) of op(A) to that of A, or back."""
    if trans in (0, "N"):
        return g
    if trans in (1, "T"):
        return transposed(g)
    return adjoint(g)


def _read(a, lower, unit_diagonal):
    """The part of a triangular matrix that is read."""
    if unit_diagonal:
        return np.tril(a, -1) if lower else np.triu(a, 1)
    return triangle(a, lower)


def _padded(low, up):
    """The factors of an (m, n) matrix as square matrices: L beside columns of the identity, U above rows of it."""
    m, k, n = np.shape(low)[-2], np.shape(low)[-1], np.shape(up)[-1]
    left, below = np.eye(m)[:, k:], np.eye(n)[k:]
    return np.concatenate([low, left], axis=1), np.concatenate([up, below], axis=0)


def _permuted(p, low):
    """Pᵀ: the rows of a matrix in the order of its pivots."""
    return np.transpose(np.eye(np.shape(low)[0])[p]) if np.ndim(p) == 1 else transposed(p)


def _lu_bar(low, up, l_bar, u_bar):
    """L⁻ᵀ (tril(Lᵀ L̄, −1) + triu(Ū Uᵀ)) U⁻ᵀ"""
    (m, k), n = np.shape(low), np.shape(up)[1]
    whole_l, whole_u = _padded(low, up)
    inner = np.zeros((m, n))
    if l_bar is not None:
        inner = np.tril(transposed(whole_l) @ np.concatenate([l_bar, np.zeros((m, n - k))], axis=1), -1)
    if u_bar is not None:
        inner = inner + np.triu(np.concatenate([u_bar, np.zeros((m - k, n))], axis=0) @ transposed(whole_u))
    right = sl.solve_triangular(whole_u, transposed(inner), lower=False)
    return sl.solve_triangular(whole_l, transposed(right), trans="T", lower=True, unit_diagonal=True)


def _lu_dot(low, up, turned):
    """With F = L⁻¹ (Pᵀ Ȧ) U⁻¹:  L̇ = L tril(F, −1),  U̇ = triu(F) U"""
    k = np.shape(low)[1]
    whole_l, whole_u = _padded(low, up)
    half = sl.solve_triangular(whole_l, turned, lower=True, unit_diagonal=True)
    f = transposed(sl.solve_triangular(whole_u, transposed(half), trans="T", lower=False))
    return (whole_l @ np.tril(f, -1))[:, :k], (np.triu(f) @ whole_u)[:k]


def _band(lower, upper, n):
    """The row of each item of a banded matrix, and whether it is inside the matrix."""
    rows = np.expand_dims(np.arange(-upper, lower + 1), 1) + np.arange(n)
    return np.clip(rows, 0, n - 1), np.logical_and(rows >= 0, rows < n)


def _band_transpose(ab, lower, upper):
    """The banded form of the transpose: its item [lower + p - q, q] is ab[upper + q - p, p]."""
    columns, valid = _band(upper, lower, np.shape(ab)[1])
    flipped = np.expand_dims(np.arange(lower + upper, -1, -1), 1)
    return np.where(valid, ab[flipped, columns], 0.0)


def _diagonals(y_bar, n, m):
    """The sums of the diagonals of an (n, m) matrix, from the lowest to the highest."""
    return np.array([np.trace(y_bar, k) for k in range(1 - n, m)])


if sl is not None:
    @rule(sl.solve)
    def solve(a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None,
              transposed=False, *, y, y_bar):
        """A y = b  ⟹  b̄ = A⁻ᵀ ȳ,  Ā = −b̄ yᵀ"""
        if assume_a not in (None, "gen", "general") or transposed or np.ndim(a) != 2 or np.ndim(b) > 2:
            raise NotImplementedError("scipy.linalg.solve of structured or stacked matrices: use np.linalg.solve")
        b_bar = sl.solve(np.transpose(a), y_bar)
        return -_product(b_bar, y), b_bar

    @solve.jvp
    def solve_jvp(a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None,
                  transposed=False, *, y, a_dot, b_dot):
        if assume_a not in (None, "gen", "general") or transposed or np.ndim(a) != 2 or np.ndim(b) > 2:
            raise NotImplementedError("scipy.linalg.solve of structured or stacked matrices: use np.linalg.solve")
        if a_dot is None:
            return sl.solve(a, b_dot)
        moved = -(a_dot @ y) if b_dot is None else b_dot - a_dot @ y
        return sl.solve(a, moved)

    @rule(sl.cholesky)
    def cholesky(a, lower=False, overwrite_a=False, check_finite=True, *, y, y_bar):
        return _cholesky_bar(y, y_bar, lower)

    @cholesky.jvp
    def cholesky_jvp(a, lower=False, overwrite_a=False, check_finite=True, *, y, a_dot):
        return _cholesky_dot(y, a_dot, lower)

    @rule(sl.lu)
    def lu(a, permute_l=False, overwrite_a=False, check_finite=True, p_indices=False, *, y, y_bar):
        """A = P L U  ⟹  Ā = P L⁻ᵀ (tril(Lᵀ L̄, −1) + triu(Ū Uᵀ)) U⁻ᵀ;  L and U padded to square matrices. The pivots
        are constant as long as no two of them are equal."""
        if np.ndim(a) != 2:
            raise NotImplementedError("scipy.linalg.lu of stacked matrices: factorise one after the other")
        if permute_l:
            p, low, up = sl.lu(a)
            l_bar = None if y_bar[0] is None else transposed(p) @ y_bar[0]
            return p @ _lu_bar(low, up, l_bar, y_bar[1])
        p, low, up = y
        return transposed(_permuted(p, low)) @ _lu_bar(low, up, y_bar[1], y_bar[2])

    @lu.jvp
    def lu_jvp(a, permute_l=False, overwrite_a=False, check_finite=True, p_indices=False, *, y, a_dot):
        if np.ndim(a) != 2:
            raise NotImplementedError("scipy.linalg.lu of stacked matrices: factorise one after the other")
        if permute_l:
            p, low, up = sl.lu(a)
            l_dot, u_dot = _lu_dot(low, up, transposed(p) @ a_dot)
            return p @ l_dot, u_dot
        p, low, up = y
        l_dot, u_dot = _lu_dot(low, up, _permuted(p, low) @ a_dot)
        return None, l_dot, u_dot

    @rule(sl.cho_solve)
    def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True, *, y, y_bar):
        """(L Lᴴ) y = b  ⟹  b̄ = (L Lᴴ)⁻ᵀ ȳ;  with Ā = −b̄ yᵀ:  L̄ = Ā L* + (Āᵀ L)*; for Rᴴ R:  R̄ = R* Ā + (R Āᵀ)*"""
        c, lower = c_and_lower[0], c_and_lower[1]
        b_bar = conj(sl.cho_solve((c, lower), conj(y_bar)))
        a_bar = -_product(b_bar, y)
        factor = triangle(c, lower)
        if lower:
            c_bar = a_bar @ conj(factor) + conj(transposed(a_bar) @ factor)
        else:
            c_bar = conj(factor) @ a_bar + conj(factor @ transposed(a_bar))
        return (triangle(c_bar, lower), None), b_bar

    @cho_solve.jvp
    def cho_solve_jvp(c_and_lower, b, overwrite_b=False, check_finite=True, *, y, c_and_lower_dot, b_dot):
        c, lower = c_and_lower[0], c_and_lower[1]
        moved = runtime.zeros_like(y) if b_dot is None else b_dot
        if c_and_lower_dot is not None and c_and_lower_dot[0] is not None:
            factor, turned = triangle(c, lower), triangle(c_and_lower_dot[0], lower)
            if not lower:
                factor, turned = adjoint(factor), adjoint(turned)
            moved = moved - turned @ (adjoint(factor) @ y) - factor @ (adjoint(turned) @ y)
        return sl.cho_solve((c, lower), moved)

    @rule(sl.solve_triangular)
    def solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True, *,
                         y, y_bar):
        """op(A) y = b  ⟹  b̄ = op(A)⁻ᵀ ȳ,  op(A)‾ = −b̄ yᵀ, of which only the triangle is read."""
        if np.ndim(a) != 2:
            raise NotImplementedError("scipy.linalg.solve_triangular of stacked matrices: use np.linalg.solve")
        if trans in (2, "C"):
            b_bar = sl.solve_triangular(conj(a), y_bar, 0, lower, unit_diagonal)
        else:
            b_bar = sl.solve_triangular(a, y_bar, 0 if trans in (1, "T") else 1, lower, unit_diagonal)
        g = -_product(b_bar, y)
        return _read(_unturned(g, trans), lower, unit_diagonal), b_bar

    @solve_triangular.jvp
    def solve_triangular_jvp(a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True, *,
                             y, a_dot, b_dot):
        if np.ndim(a) != 2:
            raise NotImplementedError("scipy.linalg.solve_triangular of stacked matrices: use np.linalg.solve")
        moved = runtime.zeros_like(y) if b_dot is None else b_dot
        if a_dot is not None:
            moved = moved - _unturned(_read(a_dot, lower, unit_diagonal), trans) @ y
        return sl.solve_triangular(a, moved, trans, lower, unit_diagonal)

    @rule(sl.solve_banded, wrt=("ab", "b"))
    def solve_banded(l_and_u, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True, *, y, y_bar):
        """ab[u + i - j, j] = A[i, j]"""
        rows, valid = _band(l_and_u[0], l_and_u[1], np.shape(ab)[1])
        turned = _band_transpose(ab, l_and_u[0], l_and_u[1])
        b_bar = sl.solve_banded((l_and_u[1], l_and_u[0]), turned, y_bar)
        g = b_bar[rows] * y
        if np.ndim(y) == 2:
            g = np.sum(g, axis=2)
        return np.where(valid, -g, 0.0), b_bar

    @solve_banded.jvp
    def solve_banded_jvp(l_and_u, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True, *, y, ab_dot, b_dot):
        moved = runtime.zeros_like(y) if b_dot is None else b_dot
        if ab_dot is not None:
            rows, valid = _band(l_and_u[0], l_and_u[1], np.shape(ab)[1])
            band = np.where(valid, ab_dot, 0.0)
            if np.ndim(y) == 2:
                band = np.expand_dims(band, 2)
            moved = runtime.add_at(moved, (rows,), -(band * y))
        return sl.solve_banded(l_and_u, ab, moved)

    @rule(sl.solve_sylvester)
    def solve_sylvester(a, b, q, *, y, y_bar):
        """A y + y B = q"""
        q_bar = sl.solve_sylvester(np.transpose(a), np.transpose(b), y_bar)
        return -(q_bar @ np.transpose(y)), -(np.transpose(y) @ q_bar), q_bar

    @solve_sylvester.jvp
    def solve_sylvester_jvp(a, b, q, *, y, a_dot, b_dot, q_dot):
        moved = runtime.zeros_like(y) if q_dot is None else q_dot
        if a_dot is not None:
            moved = moved - a_dot @ y
        if b_dot is not None:
            moved = moved - y @ b_dot
        return sl.solve_sylvester(a, b, moved)

    @rule(sl.solve_continuous_lyapunov)
    def solve_continuous_lyapunov(a, q, *, y, y_bar):
        """A y + y Aᴴ = q"""
        q_bar = sl.solve_sylvester(np.transpose(a), conj(a), y_bar)
        return -(q_bar @ np.transpose(y)) - conj(np.transpose(q_bar) @ y), q_bar

    @solve_continuous_lyapunov.jvp
    def solve_continuous_lyapunov_jvp(a, q, *, y, a_dot, q_dot):
        moved = runtime.zeros_like(y) if q_dot is None else q_dot
        if a_dot is not None:
            moved = moved - a_dot @ y - y @ adjoint(a_dot)
        return sl.solve_continuous_lyapunov(a, moved)

    @rule(sl.expm)
    def expm(A, *, y_bar):
        return _corner(sl.expm(_block(transposed(A), y_bar)), np.shape(A)[-1])

    @expm.jvp
    def expm_jvp(A, *, A_dot):
        return _corner(sl.expm(_block(A, A_dot)), np.shape(A)[-1])

    @rule(sl.logm)
    def logm(A, *, y_bar):
        return _corner(sl.logm(_block(transposed(A), y_bar)), np.shape(A)[-1])

    @logm.jvp
    def logm_jvp(A, *, A_dot):
        return _corner(sl.logm(_block(A, A_dot)), np.shape(A)[-1])

    @rule(sl.sqrtm)
    def sqrtm(A, *, y, y_bar):
        """Y Y = A  ⟹  Yᵀ Ā + Ā Yᵀ = Ȳ"""
        return sl.solve_sylvester(np.transpose(y), np.transpose(y), y_bar)

    @sqrtm.jvp
    def sqrtm_jvp(A, *, y, A_dot):
        return sl.solve_sylvester(y, y, A_dot)

    @linear(sl.block_diag, "arrs")
    def block_diag(*arrs, y_bar):
        bars = []
        row, column = 0, 0
        for x in arrs:
            height = np.shape(x)[0] if np.ndim(x) == 2 else 1
            width = np.shape(x)[-1] if np.ndim(x) > 0 else 1
            bars.append(np.reshape(y_bar[row:row + height, column:column + width], np.shape(x)))
            row, column = row + height, column + width
        return tuple(bars)

    @rule(sl.toeplitz, wrt=("c", "r"))
    def toeplitz(c, r=None, *, y_bar):
        """Tᵢⱼ = cᵢ₋ⱼ for i ≥ j, else rⱼ₋ᵢ  ⟹  the cotangents are sums of diagonals"""
        if np.ndim(c) != 1 or (np.iscomplexobj(c) if r is None else np.ndim(r) != 1):
            return NotImplemented
        n, m = np.shape(y_bar)
        sums = _diagonals(y_bar, n, m)
        c_bar = np.flip(sums[:n], 0)
        if r is None:
            return c_bar + np.concatenate([np.zeros(1), sums[n:]]), None
        return c_bar, np.concatenate([np.zeros(1), sums[n:]])

    @toeplitz.jvp
    def toeplitz_jvp(c, r=None, *, c_dot, r_dot):
        if np.ndim(c) != 1 or (np.iscomplexobj(c) if r is None else np.ndim(r) != 1):
            return NotImplemented
        if r is None:
            return sl.toeplitz(c_dot, c_dot)
        first = np.zeros(np.shape(c)) if c_dot is None else c_dot
        return sl.toeplitz(first, np.zeros(np.shape(r)) if r_dot is None else r_dot)
