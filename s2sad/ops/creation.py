"""What makes arrays: of numbers, of lists, of other arrays."""
from __future__ import annotations

import numpy as np

from s2sad.ops.record import Effect, Memory, Raises, Zeros
from s2sad.ops.registry import record, spell

_BUFFER = {"memory": Memory.FRESH, "distinct": True, "effect": Effect.NONE, "bounded": True}
_AS_IT_IS = {"memory": Memory.MAYBE, "effect": Effect.NONE, "zeros": Zeros.KEEPS, "bounded": True}

record(np.zeros, np.ones, np.empty, np.full, np.eye, np.identity, **_BUFFER, raises=Raises.RANGE)
record(np.zeros, np.ones, np.empty, np.full, np.eye, order_c="always")
record(np.full, takes_lists=True)
record(np.zeros_like, np.ones_like, np.empty_like, **_BUFFER, raises=Raises.NEVER, shapes_of=(0,))
record(np.full_like, **_BUFFER, shapes_of=(0,))
record(np.copy, **_BUFFER, raises=Raises.NEVER, method="copy")
record(np.zeros, np.zeros_like, np.eye, np.identity, zeros=Zeros.MAKES)
record(np.full, np.full_like, np.copy, np.ndarray.copy, zeros=Zeros.KEEPS)
record(np.ndarray.copy, **_BUFFER, raises=Raises.NEVER, order_c="always")
record(np.array, memory=Memory.FRESH, uncopied=Memory.ANY, distinct=True, effect=Effect.NONE, zeros=Zeros.KEEPS,
       bounded=True, takes_lists=True, order_c="of numbers")
record(np.asarray, np.asanyarray, np.ascontiguousarray, **_AS_IT_IS, takes_lists=True)
record(np.asarray, same_on_floats=True)
record(np.asfortranarray, np.require, np.frombuffer, **_AS_IT_IS)
record(np.frombuffer, read_only="sometimes")
record(np.asarray_chkfinite, **_AS_IT_IS)
record(np.ndarray.astype, **_AS_IT_IS | {"memory": Memory.FRESH}, uncopied=Memory.MAYBE, method="astype")
if hasattr(np, "astype"):
    spell(np.ndarray.astype, np.astype)
record(np.ndarray.item, memory=Memory.NONE, effect=Effect.NONE, zeros=Zeros.KEEPS, bounded=True, method="item")
record(np.ndarray.tolist, memory=Memory.FRESH, effect=Effect.NONE, zeros=Zeros.KEEPS, bounded=True, method="tolist")
record(np.arange, np.linspace, np.logspace, np.geomspace, np.vander, np.tri, np.indices, memory=Memory.FRESH,
       effect=Effect.NONE)
record(np.linspace, zeros=Zeros.KEEPS, bounded=True)
record(np.arange, np.linspace, order_c="of numbers")
record(np.arange, raises=Raises.RANGE)
record(np.meshgrid, memory=Memory.FRESH, uncopied=Memory.ANY, effect=Effect.NONE, zeros=Zeros.KEEPS, bounded=True,
       takes_lists=True)
record(np.hamming, np.hanning, np.blackman, np.bartlett, np.kaiser, memory=Memory.FRESH, effect=Effect.NONE)
record(np.packbits, np.unpackbits, memory=Memory.FRESH, effect=Effect.NONE)
record(np.asmatrix, **_AS_IT_IS)
record(np.fromiter, np.fromstring, memory=Memory.FRESH, effect=Effect.NONE)
