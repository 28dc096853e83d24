"""s2sad's own primitives: arrays and lists that are written to, dicts of places, choices by a mask, draws.

They are *functional*: they never change their argument. The emitted code replaces them by in-place statements
(``a[i] = v``, ``xs.append(v)``) where nobody can see the old version.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.copies import copy
from s2sad.runtime.cotangents import add


def setitem(a: Any, index: Any, value: Any) -> Any:
    """``a`` with ``a[index] = value`` done. Emitted as that statement."""
    a = copy(a) if isinstance(a, np.ndarray) else a.copy()
    a[index] = value
    return a


def add_at(a: Any, index: Any, value: Any) -> Any:
    """``a`` with ``value`` added at ``index``, repeated indices accumulating. Emitted ``a[index] += value`` where the
    index cannot repeat, else ``np.add.at(a, index, value)``."""
    a = a.copy()
    if isinstance(a, np.ndarray):
        np.add.at(a, index, value)
    else:
        a[index] = add(a[index], value)
    return a


def add_rows(a: np.ndarray, index: np.ndarray, rows: Any) -> None:
    """Add rows at numbers that may repeat, in place: ``np.add.at``, which is fast only for arrays with one axis.

    >>> a = np.zeros((2, 2))
    >>> add_rows(a, np.array([1, 1, -2]), np.ones((3, 2)))
    >>> a
    array([[1., 1.],
           [2., 2.]])
    """
    n = len(a)
    width = a.size // n if n else 0
    inside = index.size and width and index.dtype.kind in "iu" and index.min() >= -n and index.max() < n
    if not (inside and a.flags.c_contiguous):
        np.add.at(a, index, rows)
        return
    starts = np.where(index < 0, index + n, index).reshape(-1, 1) * width
    rows = np.broadcast_to(rows, (*index.shape, *a.shape[1:])).astype(a.dtype, copy=False)
    np.add.at(a.reshape(-1), (starts + np.arange(width)).reshape(-1), rows.reshape(-1))


def view(a: Any, path: tuple) -> Any:
    """Walk a chain of views: each step is ``("index", i)``, ``("attr", "T")`` or ``("call", function, args)``."""
    for kind, *step in path:
        if kind == "index":
            a = a[step[0]]
        elif kind == "attr":
            a = getattr(a, step[0])
        else:
            a = step[0](a, *step[1])
    return a


def setview(a: Any, path: tuple, index: Any, value: Any) -> Any:
    """``a`` with ``view(a, path)[index] = value`` done. Emitted ``a[i].T[index] = value`` and the like."""
    a = copy(a)
    view(a, path)[index] = value
    return a


def add_view(a: Any, path: tuple, index: Any, value: Any) -> Any:
    """``a`` with ``value`` added at ``view(a, path)[index]``. Emitted ``a[i][index] += value`` and the like."""
    a = copy(a)
    np.add.at(view(a, path), index, value)
    return a


def append(xs: list, x: Any) -> list:
    """``xs`` with ``x`` appended. Emitted ``xs.append(x)``."""
    return [*xs, x]


def pop(xs: list, index: int = -1) -> tuple[list, Any]:
    """``xs`` without the item at ``index``, and that item. Emitted ``x = xs.pop(index)``."""
    xs = list(xs)
    x = xs.pop(index)
    return xs, x


def join_lists(xs: list, ys: list) -> list:
    """``xs + ys``."""
    return xs + ys


def place_of(places: dict, key: Any) -> int:
    """Where the value of a key is, in a dict whose values are kept in a list."""
    return places[key]


def keys_of(places: dict) -> list:
    """The keys of a dict in their order."""
    return list(places)


def order(keys: list, reverse: bool = False) -> list:
    """The places of the items of ``keys`` in ascending order; of equal ones in theirs."""
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)


def picked(xs: list, places: list) -> list:
    """The items of ``xs`` at ``places``."""
    return [xs[k] for k in places]


def placed(xs: list, places: list) -> list:
    """The list whose items at ``places``, a permutation, are ``xs``: the transpose of ``picked``."""
    out = list(xs)
    for k, x in zip(places, xs):
        out[k] = x
    return out


def repeat_list(xs: list, n: int) -> list:
    """``xs * n``."""
    return xs * n


def fold_list(ys: list, n: int) -> list:
    """The sums of the items of ``ys`` that are ``n`` places apart: the transpose of ``repeat_list``."""
    out = list(ys[:n])
    for k in range(n, len(ys)):
        out[k % n] = add(out[k % n], ys[k])
    return out


def selected(fn: Any, where: Any, out: np.ndarray, *args: Any) -> np.ndarray:
    """``fn(*args)`` where ``where`` is true, the content of ``out`` elsewhere. What ``fn(*args, out=out, where=where)``
    leaves in ``out``.

    >>> selected(np.divide, np.array([False, True]), np.zeros(2), 1.0, np.array([0.0, 4.0]))
    array([0.  , 0.25])
    """
    made: np.ndarray = fn(*args, out=copy(out), where=where)
    return made


def drawn(generator: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """What a method of a generator of random numbers gives; the next draw depends on it.

    >>> drawn(np.random.default_rng(0), "integers", 1, 2)
    np.int64(1)
    """
    return getattr(generator, name)(*args, **kwargs)


def shuffled(generator: Any, count: int, as_array: bool) -> Any:
    """The places 0, 1, …, count - 1 in the order in which a generator (or its method ``shuffle``) leaves them; it draws
    what it draws for a list or array of so many items.

    >>> shuffled(np.random.default_rng(0), 3, False)
    [2, 0, 1]
    """
    places: Any = np.arange(count) if as_array else list(range(count))
    getattr(generator, "shuffle", generator)(places)
    return places


def stop_gradient(x: Any) -> Any:
    """``x`` itself; its derivative counts as zero."""
    return x


def matrix_function(product: Any, a: Any, w: Any, v: Any, f: Any, slope: Any, lower: bool, b: Any = None) -> Any:
    """``product``, which is ``(v * f) @ v.T.conj()``, or that times ``b``, with the eigenvalues ``w`` and eigenvectors
    ``v`` of ``a``, of which the lower or upper triangle was read. ``slope`` is the derivative of ``f`` by ``w``."""
    return product


def singular_function(product: Any, a: Any, s: Any, u: Any, vh: Any, f: Any, slope: Any, b: Any = None) -> Any:
    """``product``, which is ``(u * f) @ vh``, or that times ``b``, with the singular values and vectors of ``a``."""
    return product


def same(x: Any) -> Any:
    """``x``: a value under another name."""
    return x
