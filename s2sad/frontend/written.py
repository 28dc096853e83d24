"""NumPy's functions that write to their first argument, as assignments: they are inlined in place of a call.

Before: ``np.fill_diagonal(a, v)``.  After: ``i = np.arange(min(a.shape)); a[i, i] = v``.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def fill_diagonal(a: Any, val: Any) -> None:
    """``np.fill_diagonal``."""
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    i = np.arange(min(a.shape))
    a[(i,) * a.ndim] = val if np.ndim(val) == 0 else np.resize(val, i.shape)


def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """``np.put_along_axis``."""
    places = []
    for k, n in enumerate(arr.shape):
        line = (1,) * k + (n,) + (1,) * (arr.ndim - k - 1)
        places.append(indices if k == axis % arr.ndim else np.reshape(np.arange(n), line))
    arr[tuple(places)] = values


def putmask(a: Any, mask: Any, values: Any) -> None:
    """``np.putmask``: the values are taken at the places of the mask."""
    chosen = np.reshape(np.asarray(mask, bool), a.shape)
    a[chosen] = values if np.ndim(values) == 0 else np.resize(values, a.shape)[chosen]


def place(arr: Any, mask: Any, vals: Any) -> None:
    """``np.place``: the values are taken one after the other."""
    chosen = np.reshape(np.asarray(mask, bool), arr.shape)
    arr[chosen] = np.resize(vals, (np.count_nonzero(chosen),))


def put(a: Any, ind: Any, v: Any) -> None:
    """``np.put``: an index into the array as if it were flat."""
    where = np.ravel(np.asarray(ind))
    flat = np.where(where < 0, where + a.size, where)
    a[np.unravel_index(flat, a.shape)] = v if np.ndim(v) == 0 else np.resize(v, where.shape)


WRITTEN: dict[Callable, Callable] = {
    np.fill_diagonal: fill_diagonal, np.put_along_axis: put_along_axis, np.putmask: putmask, np.place: place,
    np.put: put}
