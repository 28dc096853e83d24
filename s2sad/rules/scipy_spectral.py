"""SciPy's symmetric eigenvalue problems A v = w v and A v = w B v. Empty without SciPy.

In the generalised problem the vectors have VᴴBV = 1; Giles, "An extended collection of matrix derivative results"
(2008), has the ordinary one.
"""
from __future__ import annotations

import numpy as np

from s2sad.rules import rule
from s2sad.rules.matrices import adjoint, conj, diagonal, folded, on_diagonal, transposed, unfolded
from s2sad.rules.spectral import turned, turns

try:
    import scipy.linalg as sl
except ImportError:
    sl = None


if sl is not None:
    @rule(sl.eigh, wrt=("a", "b"))
    def eigh(a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1,
             check_finite=True, subset_by_index=None, subset_by_value=None, driver=None, y, y_bar):
        """Ā = V* (w̄ + T) Vᵀ,  B̄ = −V* (w̄ w + T w + ½ diag Vᵀ V̄) Vᵀ,  with T = Vᵀ V̄ / (wⱼ − wᵢ)"""
        if type != 1 or subset_by_index is not None or subset_by_value is not None:
            return NotImplemented
        if eigvals_only:
            w, v = sl.eigh(a, b, lower=lower)
            w_bar, v_bar = y_bar, None
        else:
            (w, v), (w_bar, v_bar) = y, y_bar
        inner = 0.0 if w_bar is None else on_diagonal(w_bar)
        if v_bar is not None:
            inner = inner + turned(w, v, w_bar, v_bar)
        a_bar = folded(conj(v) @ inner @ transposed(v), lower)
        if b is None:
            return a_bar, None
        by_b = inner * np.expand_dims(w, -2)
        if v_bar is not None:
            by_b = by_b + 0.5 * on_diagonal(np.real(diagonal(transposed(v) @ v_bar)))
        return a_bar, folded(-(conj(v) @ by_b @ transposed(v)), lower)

    @eigh.jvp
    def eigh_jvp(a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1,
                 check_finite=True, subset_by_index=None, subset_by_value=None, driver=None, y, a_dot, b_dot):
        if type != 1 or subset_by_index is not None or subset_by_value is not None:
            return NotImplemented
        w, v = sl.eigh(a, b, lower=lower) if eigvals_only else y
        inner, by_b = 0.0, 0.0
        if a_dot is not None:
            inner = inner + adjoint(v) @ unfolded(a_dot, lower) @ v
        if b_dot is not None:
            by_b = adjoint(v) @ unfolded(b_dot, lower) @ v
            inner = inner - by_b * np.expand_dims(w, -2)
        w_dot = np.real(diagonal(inner))
        if eigvals_only:
            return w_dot
        turn = turns(w, inner)
        if b_dot is not None:
            turn = turn - 0.5 * on_diagonal(np.real(diagonal(by_b)))
        return w_dot, v @ turn
