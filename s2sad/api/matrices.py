"""Derivatives that are matrices: one product with a Jacobian after the other.

    >>> import numpy as np
    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.api.checks import positions
from s2sad.api.derivative import Argnums
from s2sad.api.products import Products, jvp, vjp
from s2sad.frontend.values import Tup, Value, const
from s2sad.show.graph import Graph
from s2sad.show.stages import Stages
from s2sad.show.trace import Trace


class Matrix:
    """A derivative that is a matrix: a function of the same arguments, with the look of a ``Derivative``."""

    def __init__(self, fn: Callable, mode: str, argnums: Any, argnames: Any) -> None:
        self.fn, self.mode, self.request_args = fn, mode, (argnums, argnames)
        self.single = isinstance(argnums, (int, np.integer)) or (
            argnums is None and not isinstance(argnames, (list, tuple)))
        self.positions = positions(fn, argnums, argnames)
        self.inner = Products(fn, "jvp" if mode == "jacfwd" else "vjp", self.positions)
        self.inner.label = "Jacobian"
        functools.update_wrapper(self, fn, updated=())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.inner._repr_mimebundle_(include, exclude)

    def __reduce__(self) -> tuple:
        return type(self), (self.fn, self.mode, *self.request_args)

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        if kwargs:
            raise lowerer.unsupported("keyword arguments for a derivative inside a differentiated function")
        return self.lower(lowerer, const(self.fn), args)

    def lower(self, lowerer: Any, fn: Value, args: tuple[Value, ...]) -> Value:
        """The matrices inside a differentiated function: one product after the other."""
        products = const(_columns if self.mode == "jacfwd" else _rows)
        blocks = tuple(lowerer.call(products, (fn, const(k % len(args)), *args), ()) for k in self.positions)
        return blocks[0] if self.single else Tup(blocks)

    @property
    def source(self) -> str:
        """The generated source behind it."""
        return self.inner.source

    def source_for(self, *args: Any) -> str:
        """The generated source for the kinds of these arguments."""
        return self.inner.source_for(*args)

    def stages(self, *args: Any) -> Stages:
        """Every stage from the function to its derivative."""
        return self.inner.stages(*args)

    def trace(self, *args: Any, **kwargs: Any) -> Trace:
        """The evaluation trace, forwards for ``jacfwd``; ``tangents`` and ``cotangent`` choose one product."""
        return self.inner.trace(*args, **kwargs)

    def graph(self, *args: Any, **kwargs: Any) -> Graph:
        """The computation graph, with the adjoints for a cotangent of ones."""
        return self.inner.graph(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            args, kwargs = self.inner.positional(args, kwargs)
        fn = self.fn if not kwargs else functools.partial(self.fn, **kwargs)
        made = self.inner if not kwargs else Products(fn, self.inner.mode, self.positions)
        blocks = self.forward(fn, made, args) if self.mode == "jacfwd" else self.reverse(fn, made, args)
        return blocks[0] if self.single else tuple(blocks)

    def reverse(self, fn: Callable, made: Products, args: tuple) -> list[np.ndarray]:
        """One pullback per element of the result."""
        y = np.asarray(fn(*runtime.copy(args)))
        rows: list[list[np.ndarray]] = [[] for _ in self.positions]
        for k in range(y.size):
            e = np.zeros(y.shape, y.dtype if y.dtype.kind in "fc" else float)
            e[np.unravel_index(k, y.shape)] = 1
            _, grads = made.apply(args, (e if y.shape else e[()],))
            for row, g in zip(rows, grads):
                row.append(np.asarray(g))
        out = []
        for k, row in zip(self.positions, rows):
            shape = np.shape(args[k])
            stacked = np.stack(row) if row else np.zeros((0, *shape))
            out.append(_plain(stacked.reshape((*y.shape, *shape))))
        return out

    def forward(self, fn: Callable, made: Products, args: tuple) -> list[np.ndarray]:
        """One pushforward per element of each argument."""
        out = []
        for at, k in enumerate(self.positions):
            x = np.asarray(args[k])
            columns = []
            zeros = [np.zeros_like(args[j]) if isinstance(args[j], np.ndarray) else 0.0 for j in self.positions]
            for j in range(x.size):
                e = np.zeros(x.shape, x.dtype)
                e[np.unravel_index(j, x.shape)] = 1
                dots = list(zeros)
                dots[at] = e if isinstance(args[k], np.ndarray) else float(e)
                columns.append(np.asarray(made.apply(args, tuple(dots))[1]))
            y_shape = columns[0].shape if columns else np.shape(fn(*runtime.copy(args)))
            stacked = np.stack(columns, axis=-1) if columns else np.zeros((*y_shape, 0))
            out.append(_plain(stacked.reshape((*y_shape, *x.shape))))
        return out


def _rows(fn: Callable, k: int, *args: Any) -> Any:
    """The Jacobian by the argument ``k``, written for use inside a differentiated function."""
    y, pullback = vjp(fn, *args)
    made = [pullback(np.reshape(e, np.shape(y)))[k] for e in np.eye(np.size(y))]
    return np.reshape(np.stack(made), np.shape(y) + np.shape(args[k]))


def _columns(fn: Callable, k: int, *args: Any) -> Any:
    """``_rows`` by forward mode."""
    x, before, after = args[k], (None,) * k, (None,) * (len(args) - k - 1)
    made = [jvp(fn, args, before + (np.reshape(e, np.shape(x)),) + after)[1] for e in np.eye(np.size(x))]
    return np.reshape(np.stack(made, axis=-1), np.shape(made[0]) + np.shape(x))


def _plain(x: np.ndarray) -> Any:
    return x[()] if x.ndim == 0 else x


def jacobian(fn: Callable, argnums: Argnums | None = None, *, argnames: Any = None) -> Any:
    """The Jacobian by reverse mode: one pullback per element of the result.

    The result has shape ``np.shape(y) + np.shape(x)`` for each argument ``x`` of ``argnums``.

    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return Matrix(fn, "jacrev", 0 if argnums is None and argnames is None else argnums, argnames)


jacrev = jacobian


def jacfwd(fn: Callable, argnums: Argnums | None = None, *, argnames: Any = None) -> Any:
    """The Jacobian by forward mode: one pushforward per element of the arguments.

    >>> jacfwd(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return Matrix(fn, "jacfwd", 0 if argnums is None and argnames is None else argnums, argnames)
