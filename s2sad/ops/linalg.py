"""Linear algebra, and Fourier transforms."""
from __future__ import annotations

import numpy as np

from s2sad.ops.record import Effect, Memory, Zeros
from s2sad.ops.registry import record

_NEW = {"memory": Memory.FRESH, "effect": Effect.NONE}

record(np.linalg.solve, np.linalg.inv, np.linalg.tensorinv, np.linalg.tensorsolve, np.linalg.pinv, np.linalg.det,
       np.linalg.slogdet, np.linalg.cholesky, np.linalg.lstsq, np.linalg.norm, np.linalg.vector_norm,
       np.linalg.matrix_norm, np.linalg.cond, np.linalg.matrix_rank, np.linalg.eigh, np.linalg.eigvalsh, np.linalg.eig,
       np.linalg.eigvals, np.linalg.svd, np.linalg.svdvals, np.linalg.qr, **_NEW)
record(np.linalg.solve, zeros=Zeros.KEEPS)
record(np.linalg.lstsq, np.linalg.eig, np.linalg.eigvals, of_values=True)
record(np.linalg.matrix_power, memory=Memory.MAYBE, idle=("n", 1, 1), effect=Effect.NONE)
record(*(getattr(np.fft, name) for name in np.fft.__all__ if callable(getattr(np.fft, name))), **_NEW,
       zeros=Zeros.KEEPS, bounded=True)
record(np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn, memory=Memory.MAYBE)  # of no axes
record(np.emath.sqrt, np.emath.log, np.emath.log10, np.emath.log2, np.emath.power, np.emath.arccos, np.emath.arcsin,
       np.emath.arctanh, np.emath.logn, **_NEW, of_values=True)
