"""Products of vectors, matrices and tensors, and polynomials."""
from __future__ import annotations

import operator

import numpy as np

from s2sad.ops.record import Effect, Memory, Raises, Zeros
from s2sad.ops.registry import record, spell

_PRODUCT = {"memory": Memory.FRESH, "effect": Effect.NONE, "raises": Raises.SHAPES, "zeros": Zeros.KEEPS,
            "bounded": True}

record(np.matmul, **_PRODUCT, symbol="@", in_place=operator.imatmul)
spell(np.matmul, operator.matmul, in_place=operator.imatmul)
spell(np.matmul, operator.imatmul, memory=Memory.UPDATE)
spell(np.matmul, np.linalg.matmul, symbol="")
record(np.dot, np.inner, np.outer, np.linalg.outer, np.vdot, np.linalg.vecdot, np.tensordot, np.linalg.tensordot,
       np.kron, np.cross, np.linalg.cross, **_PRODUCT)
record(np.dot, method="dot")
for _name in ("vecdot", "matvec", "vecmat"):
    if hasattr(np, _name):
        record(getattr(np, _name), **_PRODUCT)
record(np.convolve, np.correlate, np.polyval, np.polyfit, np.polyadd, np.polysub, np.polymul, np.polyder, np.polyint,
       np.poly, np.polydiv, np.roots, memory=Memory.FRESH, effect=Effect.NONE)
record(np.convolve, np.correlate, zeros=Zeros.KEEPS, bounded=True)
record(np.polyval, zeros=Zeros.KEEPS)
record(np.polyder, np.polyint, memory=Memory.MAYBE, idle=("m", 1, 0))  # of order 0
record(np.roots, of_values=True)
record(np.einsum, memory=Memory.ANY, effect=Effect.NONE, takes_lists=True, zeros=Zeros.KEEPS, bounded=True)
record(np.linalg.multi_dot, memory=Memory.FRESH, effect=Effect.NONE, takes_lists=True)
