"""Small functions that the rules about matrices share: transposes, triangles, cofactors; of stacks of matrices too."""
from __future__ import annotations

from typing import Any

import numpy as np

from s2sad import runtime


def conj(x: Any) -> Any:
    """The conjugate; real values stay the object they are."""
    if np.iscomplexobj(x):
        return np.conj(x)
    return x


def transposed(x: Any) -> Any:
    """The last two axes swapped."""
    if np.ndim(x) == 2:
        return np.transpose(x)
    return np.swapaxes(x, -1, -2)


def adjoint(x: Any) -> Any:
    """The conjugate transpose."""
    return conj(transposed(x))


def each(y: Any) -> Any:
    """A scalar per matrix, spread over the matrices."""
    if np.ndim(y) == 0:
        return y
    return np.expand_dims(y, (-2, -1))


def diagonal(x: Any) -> Any:
    """The diagonal of each matrix."""
    return np.diagonal(x, 0, -2, -1)


def on_diagonal(d: Any) -> Any:
    """Diagonal matrices."""
    return np.expand_dims(d, -1) * np.eye(np.shape(d)[-1])


def triangle(x: Any, lower: bool) -> Any:
    """The lower or upper triangle with the diagonal."""
    return np.tril(x) if lower else np.triu(x)


def halved(x: Any) -> Any:
    """A matrix with half its diagonal."""
    return x * (1.0 - 0.5 * np.eye(np.shape(x)[-1]))


def folded(g: Any, lower: bool) -> Any:
    """From the cotangent of a Hermitian matrix to that of the one triangle that is read."""
    return halved(triangle(g + adjoint(g), lower))


def unfolded(a_dot: Any, lower: bool) -> Any:
    """The Hermitian matrix of which one triangle is read."""
    half = halved(triangle(a_dot, lower))
    return half + adjoint(half)


def cofactors(a: Any, y: Any) -> Any:
    """∂(det A): y A⁻ᵀ, where that exists."""
    if np.all(y != 0):
        return each(y) * transposed(np.linalg.inv(a))
    return runtime.cofactors(a)


def cholesky_bar(factor: Any, g: Any) -> Any:
    """A = L Lᴴ  ⟹  Ā = L⁻ᵀ Φ(Lᵀ L̄) L*⁻¹ for Hermitian A, Φ: lower triangle with half the diagonal  (Murray 2016)."""
    inner = halved(np.tril(transposed(factor) @ g))
    left = np.linalg.solve(transposed(factor), inner)
    return transposed(np.linalg.solve(adjoint(factor), transposed(left)))


def cholesky_dot(factor: Any, a_dot: Any) -> Any:
    """L̇ = L Φ(L⁻¹ Ȧ L⁻ᴴ)"""
    inner = np.linalg.solve(factor, adjoint(np.linalg.solve(factor, a_dot)))
    return factor @ halved(np.tril(adjoint(inner)))
