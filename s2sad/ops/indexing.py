"""Parts of arrays, containers and objects, choices among arrays, and places."""
from __future__ import annotations

import operator

import numpy as np

from s2sad.ops.record import Effect, Memory, Raises, Zeros
from s2sad.ops.registry import record

record(operator.getitem, memory=Memory.MAYBE, effect=Effect.NONE, raises=Raises.RANGE, zeros=Zeros.KEEPS, bounded=True)
record(getattr, memory=Memory.MAYBE, effect=Effect.NONE, zeros=Zeros.KEEPS, bounded=True)
record(hasattr, memory=Memory.NONE, effect=Effect.NONE)
record(np.take, np.take_along_axis, np.compress, np.extract, np.choose, np.select, memory=Memory.FRESH,
       effect=Effect.NONE, zeros=Zeros.KEEPS, bounded=True)
record(np.take, method="take")
record(np.choose, method="choose", takes_lists=True)
record(np.select, takes_lists=True)
record(np.ix_, memory=Memory.ANY, effect=Effect.NONE)
record(np.nonzero, np.argwhere, np.flatnonzero, np.isin, np.unravel_index, np.ravel_multi_index, np.diag_indices,
       np.diag_indices_from, np.tril_indices, np.tril_indices_from, np.triu_indices, np.triu_indices_from,
       np.searchsorted, np.digitize, np.lexsort, np.argsort, np.argpartition, np.mask_indices, np.einsum_path,
       memory=Memory.FRESH, effect=Effect.NONE)
record(np.mask_indices, effect=Effect.UNKNOWN)
record(np.nonzero, method="nonzero")
record(np.searchsorted, method="searchsorted")
record(np.argsort, method="argsort")
record(np.unique, np.unwrap, memory=Memory.FRESH, effect=Effect.NONE)
record(np.unique, of_values=True)
for _name in ("unique_all", "unique_counts", "unique_inverse", "unique_values"):
    if hasattr(np, _name):
        record(getattr(np, _name), memory=Memory.FRESH, effect=Effect.NONE, of_values=True)
record(np.intersect1d, np.setdiff1d, np.union1d, np.setxor1d, memory=Memory.FRESH, effect=Effect.NONE, of_values=True)

_WRITE = {"memory": Memory.NONE, "effect": Effect.WORLD}
record(np.copyto, **_WRITE, writes="write `a[...] = b`")
record(np.put, **_WRITE, writes="write `a.flat[i] = v` as `a[np.unravel_index(i, a.shape)] = v`")
record(np.place, **_WRITE, writes="write `a[mask] = v`")
record(np.putmask, **_WRITE, writes="write `a = np.where(mask, v, a)`")
record(np.fill_diagonal, **_WRITE, writes="write `a[np.arange(n), np.arange(n)] = v`")
record(np.put_along_axis, **_WRITE, writes="write `a[rows, cols] = v`")
record(np.random.shuffle, **_WRITE, writes="write `a = np.random.permutation(a)`")
record(np.select, np.choose, masks=True)
