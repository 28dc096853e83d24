"""Which operation a method or attribute of an array or number is: ``x.sum(axis=0)`` is ``np.sum(x, axis=0)``.

    >>> METHODS["sum"] is __import__("numpy").sum
    True
"""
from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

METHODS: dict[str, Callable] = {
    "sum": np.sum, "mean": np.mean, "prod": np.prod, "max": np.max, "min": np.min, "var": np.var, "std": np.std,
    "cumsum": np.cumsum, "cumprod": np.cumprod, "ptp": np.ptp, "any": np.any, "all": np.all, "argmax": np.argmax,
    "argmin": np.argmin, "argsort": np.argsort, "nonzero": np.nonzero, "round": np.round, "clip": np.clip,
    "reshape": np.reshape, "ravel": np.ravel, "transpose": np.transpose, "swapaxes": np.swapaxes, "squeeze": np.squeeze,
    "flatten": np.ravel, "repeat": np.repeat, "take": np.take, "trace": np.trace, "diagonal": np.diagonal,
    "dot": np.dot,
    "copy": np.copy, "astype": np.ndarray.astype, "conj": np.conjugate, "conjugate": np.conjugate,
    "choose": np.choose, "searchsorted": np.searchsorted, "item": np.ndarray.item,
    "tolist": np.ndarray.tolist, "__add__": operator.add, "__sub__": operator.sub, "__mul__": operator.mul,
    "__truediv__": operator.truediv, "__pow__": operator.pow, "__neg__": operator.neg, "__matmul__": operator.matmul,
    "__getitem__": operator.getitem, "__abs__": abs,
}
ATTRIBUTES: dict[str, Callable] = {"T": np.transpose, "mT": getattr(np, "matrix_transpose", np.transpose),
                                   "real": np.real, "imag": np.imag, "shape": np.shape, "ndim": np.ndim,
                                   "size": np.size}
METHODS_IN_PLACE = {"sort", "fill", "partition", "resize", "itemset", "put", "setflags", "setfield", "byteswap"}
MUTATES: dict[Any, str] = {
    np.copyto: "write `a[...] = b`", np.put: "write `a.flat[i] = v` as `a[np.unravel_index(i, a.shape)] = v`",
    np.place: "write `a[mask] = v`", np.putmask: "write `a = np.where(mask, v, a)`",
    np.fill_diagonal: "write `a[np.arange(n), np.arange(n)] = v`",
    np.put_along_axis: "write `a[rows, cols] = v`", np.random.shuffle: "write `a = np.random.permutation(a)`",
}
