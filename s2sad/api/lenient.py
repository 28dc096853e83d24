"""Generated code with NumPy's arithmetic instead of that of Python floats: inf and nan instead of exceptions.

``1.0 / 0.0`` raises in Python and is inf in NumPy. Where the user's function does not raise and the derivative of
Python floats does, the derivative is computed again with NumPy's scalars.

    >>> lower_floats(lift((1.0, [2.0])))
    (1.0, [2.0])
"""
from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.backend.load import load
from s2sad.derive import Entry
from s2sad.ops import RECORDS


class _NumpyMath:
    """The ``math`` module with NumPy's answers: inf and nan instead of exceptions, and results that divide by zero."""

    def __getattr__(self, name: str) -> Any:
        fn = getattr(math, name)
        if not callable(fn):
            return fn
        known = NUMPY_FORM.get(fn, fn)
        return lambda *args: np.float64(known(*args))


NUMPY_FORM = {known.on_floats: op for op, known in RECORDS.items()
              if op is known.canonical and getattr(known.on_floats, "__module__", "") == "math"}


def numpy_function(entry: Entry) -> Callable:
    """The generated function with NumPy's arithmetic instead of that of Python floats."""
    if not any(v is math for v in entry.source.namespace.values()):
        return entry.function
    if entry.lenient is None:
        scope = {k: _NumpyMath() if v is math else v for k, v in entry.source.namespace.items()}
        entry.lenient = load(entry.source.text, scope, entry.source.name)
    return entry.lenient


def numpy_half(entry: Entry, residuals: tuple) -> Callable:
    """The second of the two functions of a derivative with NumPy's arithmetic, at residuals of the first."""
    backward, source = entry.halves.sources[1]
    scope = {k: _NumpyMath() if v is math else v for k, v in source.namespace.items()}
    return functools.partial(load(source.text, scope, source.name), *map(lift, residuals))


def lift(x: Any) -> Any:
    if type(x) is float:
        return np.float64(x)
    if type(x) in (list, tuple):
        return type(x)([lift(v) for v in x])
    return {k: lift(v) for k, v in x.items()} if type(x) is dict else x


def lower_floats(x: Any) -> Any:
    if type(x) in (list, tuple):
        return type(x)([lower_floats(v) for v in x])
    if type(x) is dict:
        return {k: lower_floats(v) for k, v in x.items()}
    return float(x) if type(x) is np.float64 else x
