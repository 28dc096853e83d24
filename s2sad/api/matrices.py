"""Derivatives that are matrices: by reverse mode one forward sweep and a reverse sweep for each element of the result,
by forward mode a pushforward for each element of the arguments.

    >>> import numpy as np
    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
"""
from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import runtime, tree
from s2sad.api.checks import positions
from s2sad.api.derivative import Argnums
from s2sad.api.products import Products, jvp, vjp
from s2sad.api.showing import Showing
from s2sad.derive.jacobians import Structured
from s2sad.errors import ArgumentError
from s2sad.frontend.values import Tup, Value, const
from s2sad.ir.kinds import is_long


class Matrix(Showing):
    """A derivative that is a matrix: a function of the same arguments, with the look of a ``Derivative``."""

    inner: Products
    made: Products

    def __init__(self, fn: Callable, mode: str, argnums: Any, argnames: Any) -> None:
        self.fn, self.mode, self.request_args = fn, mode, (argnums, argnames)
        self.single = isinstance(argnums, (int, np.integer)) or (
            argnums is None and not isinstance(argnames, (list, tuple)))
        self.positions = positions(fn, argnums, argnames)
        self.inner = Products(fn, "jvp" if mode == "jacfwd" else "vjp", self.positions)
        self.made = Products(fn, "columns" if mode == "jacfwd" else "rows", self.positions)
        self.parts: dict[tuple, tuple[Callable, Matrix]] = {}
        self.called("Jacobian")
        functools.update_wrapper(self, fn, updated=())

    def __repr__(self) -> str:
        return f"<{self.made.label} of {getattr(self.fn, '__qualname__', self.fn)!s}, argnums={self.positions}>"

    def __reduce__(self) -> tuple:
        return type(self), (self.fn, self.mode, *self.request_args)

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        if kwargs:
            raise lowerer.unsupported("keyword arguments for a derivative inside a differentiated function")
        return self.inside(lowerer, const(self.fn), args)

    def inside(self, lowerer: Any, fn: Value, args: tuple[Value, ...]) -> Value:
        """The matrices of ``fn`` inside a differentiated function: one product after the other."""
        products = const(_columns if self.mode == "jacfwd" else _rows)
        blocks = tuple(lowerer.call(products, (fn, const(k % len(args)), *args), ()) for k in self.positions)
        return blocks[0] if self.single else Tup(blocks)

    def called(self, label: str) -> None:
        """The name of the matrix in titles."""
        self.inner.label = self.made.label = label

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            args, kwargs = self.inner.positional(args, kwargs)
        fn = self.fn if not kwargs else functools.partial(self.fn, **kwargs)
        made = self.made if not kwargs else Products(fn, self.made.mode, self.positions)
        try:
            y, blocks = made.apply(args, ())
        except Structured:
            return self.leaf_by_leaf(fn, args)
        axis = -1 if self.mode == "jacfwd" else 0
        matrices = [_stacked(b, args[k], np.shape(y), axis) for b, k in zip(blocks, self.positions)]
        return matrices[0] if self.single else tuple(matrices)

    def leaf_by_leaf(self, fn: Callable, args: tuple) -> Any:
        """The structure that the function returns, with the Jacobian of each leaf in its place."""
        def block(value: Any, path: tuple) -> Any:
            if tree.is_leaf(value):
                whole, made = self.parts.get(path, (None, None))
                if made is None or whole is not fn:
                    made = Matrix(Part(fn, path), self.mode, *self.request_args)
                    self.parts[path] = fn, made
                return made(*args)
            items = tree.parts(value)
            step = operator.getitem if isinstance(value, (dict, list, tuple)) else getattr
            blocks = {k: block(v, (*path, (step, k))) for k, v in items.items()}
            return tree.rebuilt(value, blocks) if items else None
        return block(fn(*runtime.copy_together(args)), ())


class Part:
    """A function that returns one part of what another one does."""

    def __init__(self, whole: Callable, path: tuple) -> None:
        self.whole, self.path = whole, path
        functools.update_wrapper(self, whole, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        value = self.whole(*args, **kwargs)
        for step, key in self.path:
            value = step(value, key)
        return value

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        value = lowerer.call(const(self.whole), args, kwargs)
        for step, key in self.path:
            value = lowerer.call(const(step), (value, const(key)), ())
        return value


def _stacked(found: Any, x: Any, y_shape: tuple[int, ...], axis: int) -> Any:
    """Rows (``axis`` 0) or columns (-1) that are lists at the leaves of an argument: as an array for each leaf, or one
    array for a list of numbers."""
    if found is None:
        return None
    if tree.is_leaf(x) or is_long(x):
        shape = np.shape(x)
        if not found:
            return np.zeros((*y_shape, *shape), np.result_type(x, float))
        return _plain(np.stack(list(map(np.asarray, found)), axis).reshape((*y_shape, *shape)))
    items, values = tree.parts(found), tree.parts(x).values()
    blocks = {k: _stacked(r, v, y_shape, axis) for (k, r), v in zip(items.items(), values)}
    if isinstance(x, (list, tuple)) and blocks and all(np.isscalar(v) and r is not None for v, r in zip(x, found)):
        return np.stack(list(blocks.values()), axis=-1)
    return tree.rebuilt(found, blocks)


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


class WithAux:
    """The Jacobian of the first of two results, and the second one."""

    __name__: str

    def __init__(self, kind: Callable, fn: Callable, *request: Any) -> None:
        self.fn, self.request = fn, (kind, fn, *request)
        self.matrix = kind(Part(fn, ((operator.getitem, 0),)), *request)
        functools.update_wrapper(self, fn, updated=())

    def __reduce__(self) -> tuple:
        return type(self), self.request

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        result = self.fn(*runtime.copy_together(args), **runtime.copy(kwargs))
        if not (isinstance(result, tuple) and len(result) == 2):
            raise ArgumentError("S2S007", f"with has_aux=True, `{self.__name__}` must return a pair (value, aux)",
                                hint="return what to differentiate first, and what else is wanted second")
        return self.matrix(*args, **kwargs), result[1]


def _matrix(fn: Callable, mode: str, argnums: Any, argnames: Any, has_aux: bool) -> Any:
    if argnums is None and argnames is None:
        argnums = 0
    return WithAux(Matrix, fn, mode, argnums, argnames) if has_aux else Matrix(fn, mode, argnums, argnames)


def jacobian(fn: Callable, argnums: Argnums | None = None, *, argnum: Argnums | None = None, argnames: Any = None,
             has_aux: bool = False) -> Any:
    """The Jacobian by reverse mode: the function runs once, the reverse sweep once per element of the result.

    The result has shape ``np.shape(y) + np.shape(x)`` for each argument ``x`` of ``argnums``; for an argument with a
    structure it has that structure, with such an array for each leaf. If the function returns a structure (a tuple, a
    dict, a list of arrays), the result is that structure with a Jacobian for each leaf. With ``has_aux`` the function
    returns ``(y, aux)``, and the result is ``(jacobian, aux)``.

    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return _matrix(fn, "jacrev", argnums if argnum is None else argnum, argnames, has_aux)


jacrev = jacobian


def jacfwd(fn: Callable, argnums: Argnums | None = None, *, argnum: Argnums | None = None, argnames: Any = None,
           has_aux: bool = False) -> Any:
    """The Jacobian by forward mode: the function once, and one pushforward per element of the arguments. Parameters and
    result as in ``jacobian``.

    >>> jacfwd(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return _matrix(fn, "jacfwd", argnums if argnum is None else argnum, argnames, has_aux)
