"""Helpers of derivatives: seeds, zeros, sums, products with exact zeros, shapes and dtypes of cotangents."""
from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.copies import NOTHING


def add(g: Any, h: Any) -> Any:
    """The sum of two cotangents of any structure (lists, tuples and dicts elementwise)."""
    if type(g) in (list, tuple):
        return type(g)([add(x, y) for x, y in zip(g, h)])
    if type(g) is dict:
        return {k: add(x, h[k]) for k, x in g.items()}
    return g + h


def zeros_like(x: Any) -> Any:
    """The zero cotangent of ``x``: 0.0 for a float, ``np.zeros_like`` for an array, for a list or tuple a list of those
    of its items, which is added to in place, and for a dict a dict."""
    if isinstance(x, np.ndarray):
        return np.zeros_like(x)
    if isinstance(x, (list, tuple)):
        return [zeros_like(v) for v in x]
    if isinstance(x, dict):
        return {k: zeros_like(v) for k, v in x.items()}
    if isinstance(x, np.generic):
        return x.dtype.type(0)
    return 0j if type(x) is complex else 0.0


def or_zeros(g: Any, x: Any) -> Any:
    """The cotangent or tangent ``g`` of ``x``, zeros if it is None: a rule says so on one path of a test of its own.

    >>> or_zeros(None, 2.0), or_zeros(3.0, 2.0)
    (0.0, 3.0)
    """
    return zeros_like(x) if g is None else g


def masked_product(g: Any, partial: Any, chosen: Any = None, either: bool = False) -> Any:
    """``g * partial`` with an exact zero where ``g`` is zero, even if ``partial`` is infinite or nan there. With
    ``chosen`` it is where that is zero or false; with ``either`` also where ``partial`` is zero.

    >>> masked_product(np.array([0.0, 2.0]), np.array([np.inf, 3.0]))
    array([0., 6.])
    """
    if isinstance(g, float) and isinstance(partial, float) and (p := float.__mul__(g, partial)) == p:
        return g * partial
    with np.errstate(invalid="ignore"):
        product = g * partial
    wrong = product != product
    if not (wrong.any() if isinstance(product, np.ndarray) else wrong):
        return product
    zero = np.equal(g if chosen is None else chosen, 0)
    if either:
        zero = zero | np.equal(partial, 0)
    return np.where(wrong & zero, 0 * product.dtype.type(0), product) if isinstance(product, np.ndarray) else (
        type(product)(0) if zero else product)


def tamed(partial: Any, g: Any) -> Any:
    """``partial``, and zero where ``g`` is zero and ``partial`` infinite or nan: the derivative of a masked product.

    >>> tamed(np.array([np.inf, np.inf, 3.0]), np.array([0.0, 2.0, 0.0]))
    array([ 0., inf,  3.])
    """
    return np.where(np.equal(g, 0) & ~np.isfinite(partial), 0.0, partial)[()]


def masked_contraction(op: Any, at: int, *args: Any, **options: Any) -> Any:
    """``op(*args, **options)``, sums of products of two arguments, without the products in which argument number ``at``
    is zero, even if the other one is infinite or nan there.

    >>> masked_contraction(np.dot, 0, np.array([0.0, 2.0]), np.array([np.inf, 3.0]))
    np.float64(6.0)
    """
    with np.errstate(invalid="ignore"):
        found = op(*args, **options)
    if not np.isnan(found).any():
        return found
    arrays = {k for k, a in enumerate(args) if getattr(a, "dtype", np.dtype(int)).kind in "fc"} - {at}
    clean = op(*(np.where(np.isfinite(a), a, 0) if k in arrays else a for k, a in enumerate(args)), **options)
    met = op(*(1.0 * (np.not_equal(a, 0)) if k == at else 1.0 * ~np.isfinite(a) if k in arrays else a
               for k, a in enumerate(args)), **options)
    return np.where(met != 0, found, clean)[()]


def broadcast_like(g: Any, y: Any) -> Any:
    """``g`` broadcast to the shape of ``y``."""
    if not isinstance(y, np.ndarray):
        return g
    return np.broadcast_to(g, y.shape) if getattr(g, "shape", ()) != y.shape else np.asarray(g)


def seed(y: Any) -> Any:
    """The cotangent 1 of a result that must be one real number (a scalar or an array of size 1), in its precision."""
    if isinstance(y, np.ndarray):
        if y.size != 1 or y.dtype.kind != "f":
            raise NotScalar(f"shape {y.shape} and dtype {y.dtype}")
        return np.ones_like(y)
    if isinstance(y, float):
        return 1.0
    if isinstance(y, np.floating):
        return type(y)(1.0)
    raise NotScalar(f"type {type(y).__name__}")


class Units:
    """The cotangents that pick one element of ``y`` each, in order, made when they are read.

    >>> list(Units(np.zeros(2)))
    [array([1., 0.]), array([0., 1.])]
    """

    def __init__(self, y: Any) -> None:
        self.y = np.asarray(y)

    def __len__(self) -> int:
        return self.y.size

    def __getitem__(self, k: int) -> Any:
        if not 0 <= k < self.y.size:
            raise IndexError(k)
        e = np.zeros(self.y.shape, self.y.dtype if self.y.dtype.kind in "fc" else float)
        e.flat[k] = 1
        return e if e.shape else e[()]


def cotangent_of(g: Any, y: Any) -> Any:
    """A cotangent or tangent given by the caller, checked against the value ``y`` that it belongs to, in its dtype."""
    shape, dtype = getattr(y, "shape", ()), getattr(y, "dtype", None)
    if np.shape(g) != shape:
        raise WrongShape(f"a cotangent or tangent of shape {np.shape(g)} was given for a value of shape {shape}")
    if isinstance(y, np.ndarray):
        return np.asarray(g).astype(dtype, copy=False)
    return astype_of(g if isinstance(g, (float, complex, np.generic)) else np.asarray(g)[()] * 1.0, y)


class WrongShape(ValueError):
    """A cotangent or tangent has not the shape of the value that it was given for."""


class WrongRule(WrongShape):
    """The same of what a rule of the user's gave."""


def fitted(g: Any, x: Any) -> Any:
    """What a rule of the user's gave for ``x``, checked against its shape, in its dtype.

    >>> fitted(np.ones(2), np.zeros(2, np.float32)).dtype
    dtype('float32')
    """
    shape = getattr(x, "shape", ())
    if g is not None and np.shape(g) != shape:
        raise WrongRule(f"it gives shape {np.shape(g)} for a value of shape {shape}")
    return astype_of(np.asarray(g) if isinstance(g, (list, tuple)) else g, x)


def zero_of(x: Any) -> Any:
    """``zeros_like`` of a variable that may have no value; then the result has none either."""
    return x if x is NOTHING else zeros_like(x)


class NotScalar(TypeError):
    """The function whose gradient is wanted does not return one real number."""


def unbroadcast_to(g: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """``unbroadcast`` for an array of which shape and dtype are known but the array itself is gone."""
    return unbroadcast(g, np.broadcast_to(dtype.type(0), shape))


def unbroadcast(g: Any, x: Any) -> Any:
    """The cotangent ``g`` of a value that ``x`` was broadcast to, summed back to the shape and dtype of ``x``.

    >>> unbroadcast(np.ones((3, 2)), np.zeros(2))
    array([3., 3.])
    """
    shape = getattr(x, "shape", ())
    if getattr(g, "shape", ()) != shape:
        g = np.asarray(g)
        lead = g.ndim - len(shape)
        if lead < 0 or any(n != m and n != 1 for n, m in zip(shape, g.shape[lead:])):
            g = np.array(np.broadcast_to(g, np.broadcast_shapes(g.shape, shape)))  # may be accumulated into
            lead = g.ndim - len(shape)
        axes = tuple(range(lead)) + tuple(lead + i for i, n in enumerate(shape) if n == 1 and g.shape[lead + i] != 1)
        if axes:
            g = g.sum(axis=axes, keepdims=True)
            g = g.reshape(shape) if shape else g.reshape(())[()]
    return astype_of(g, x)


def astype_of(g: Any, x: Any) -> Any:
    """``g`` in the dtype of ``x``: real for real ``x``, complex for complex, float32 for float32; zeros for None."""
    if g is None:
        return zeros_like(x)
    dtype = getattr(x, "dtype", None)
    if isinstance(x, np.ndarray) is not isinstance(g, np.ndarray):
        g = np.asarray(g) if isinstance(x, np.ndarray) else g[()]
    if dtype is None:
        if type(x) is float and isinstance(g, (complex, np.complexfloating, np.ndarray)):
            return g.real
        if type(x) is complex and not isinstance(g, complex):
            return complex(g)
        if type(x) is float and isinstance(g, np.floating) and not isinstance(g, float):
            return float(g)
        return complex(g) if type(x) is complex and isinstance(g, np.number) and not isinstance(g, complex) else g
    if dtype.kind not in "fc" or (hasattr(g, "dtype") and g.dtype == dtype):
        return g
    if dtype.kind == "f" and np.iscomplexobj(g):
        g = np.real(g)
    return g.astype(dtype) if isinstance(g, (np.ndarray, np.generic)) else dtype.type(g)
