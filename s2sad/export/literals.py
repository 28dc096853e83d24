"""Captured values as Python text: what a saved module carries instead of a reference to the user's variables.

    >>> literal({"w": np.array([0.5, 1.0]), "n": (3, -2.5)})
    "{'w': np.array([0.5, 1.0]), 'n': (3, -2.5)}"

The text gives the same value bit by bit. It uses no names but ``np``, ``base64`` and those of the builtins.
"""
from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

LONG = 256
"""Arrays with more items than this are written as bytes."""


class NoLiteral(TypeError):
    """A value that cannot be written as text; the message says what it is."""


def literal(value: Any) -> str:
    """Python text of a value.

    Parameters
    ----------
    value
        A number, string, None, array of numbers, dtype, slice, or a tuple, list, set or dict of such.

    Returns
    -------
    str

    Raises
    ------
    NoLiteral
        For everything else.
    """
    kind = type(value)
    if value is None or value is ... or kind in (bool, int, str, bytes):
        return "..." if value is ... else repr(value)
    if kind is float:
        return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
    if kind is complex:
        return f"complex({literal(value.real)}, {literal(value.imag)})"
    if kind is np.ndarray:
        return _array(value)
    if isinstance(value, np.dtype) and value.kind in "biufc":
        return f"np.dtype({(value.name if value.isnative else value.str)!r})"
    if isinstance(value, np.generic) and value.dtype.kind in "biufc" and value.dtype.name in _EXACT:
        return f"np.{'bool_' if kind is np.bool_ else value.dtype.name}({literal(value.item())})"
    if kind is slice:
        return f"slice({', '.join(map(literal, (value.start, value.stop, value.step)))})"
    if kind is range:
        return repr(value)
    return _container(value)


_EXACT = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
          "float64", "complex64", "complex128")


def _container(value: Any) -> str:
    kind = type(value)
    if kind is dict:
        return f"{{{', '.join(f'{literal(k)}: {literal(v)}' for k, v in value.items())}}}"
    if kind in (set, frozenset):
        items = ", ".join(sorted(map(literal, value)))
        return f"{kind.__name__}([{items}])"
    if kind not in (tuple, list):
        raise NoLiteral(f"an object of class {kind.__name__}")
    items = ", ".join(map(literal, value))
    if kind is list:
        return f"[{items}]"
    return f"({items},)" if len(value) == 1 else f"({items})"


def _array(x: np.ndarray) -> str:
    """An array in its memory order, with which sums are rounded."""
    if x.dtype.name not in _EXACT or not x.dtype.isnative:
        raise NoLiteral(f"an array of dtype {x.dtype}")
    fortran = x.ndim > 1 and x.flags.f_contiguous and not x.flags.c_contiguous
    if x.size > LONG or x.size == 0 or not np.all(np.isfinite(x)):
        data = base64.b64encode(x.tobytes(order="F" if fortran else "C")).decode()
        order = ", order='F'" if fortran else ""
        return (f"np.frombuffer(base64.b64decode({data!r}), {x.dtype.str!r}).reshape({x.shape}{order})"
                f".copy(order={'F' if fortran else 'C'!r})")
    dtype = "" if x.dtype in (np.float64, np.complex128, np.bool_) else f", np.{x.dtype.name}"
    return f"np.array({literal(x.tolist())}{dtype}{', order=' + repr('F') if fortran else ''})"
