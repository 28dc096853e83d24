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

from s2sad import rules, runtime, tree
from s2sad.api import checks
from s2sad.api.checks import positions
from s2sad.api.derivative import Argnums
from s2sad.api.products import copies, products_of
from s2sad.api.transforms import Transformed, transform
from s2sad.errors import ArgumentError
from s2sad.ir.kinds import is_long


def chosen(fn: Callable, argnums: Any, argnum: Any, argnames: Any) -> tuple[Any, ...]:
    """The positions to differentiate by."""
    return positions(fn, argnums if argnum is None else argnum, argnames)


@rules.static
def _numbers(argnums: Any, argnum: Any) -> tuple[Any, ...]:
    return positions(max, argnums if argnum is None else argnum, None)


chosen.__s2sad_inside__ = lambda fn, argnums, argnum, argnames: _numbers(argnums, argnum)  # type: ignore[attr-defined]


@rules.static
def is_single(argnums: Any, argnum: Any, argnames: Any) -> bool:
    """Whether one argument is named, and not a tuple of one."""
    return checks.is_single(argnums if argnum is None else argnum, argnames)


def leaf_by_leaf(made: Transformed, args: tuple, kwargs: dict[str, Any]) -> Any:
    """The structure that the function returns, with the Jacobian of each leaf in its place."""
    whole, kind = made.made.fn, jacfwd if made.made.mode == "columns" else jacobian
    options, named = made.request
    named = {k: v for k, v in named.items() if k != "has_aux"}
    known = made.parts

    def block(value: Any, path: tuple) -> Any:
        if tree.is_leaf(value):
            if path not in known:
                known[path] = kind(part(whole, path), *options, **named)
            return known[path](*args, **kwargs)
        items = tree.parts(value)
        step = operator.getitem if isinstance(value, (dict, list, tuple)) else getattr
        blocks = {k: block(v, (*path, (step, k))) for k, v in items.items()}
        return tree.rebuilt(value, blocks) if items else None
    y = whole(*runtime.copy_together(args), **kwargs)
    return (block(y[0], ((operator.getitem, 0),)), y[1]) if made.made.has_aux else block(y, ())


def part(whole: Callable, path: tuple) -> Callable:
    """A function that returns one part of what another one does."""
    @functools.wraps(whole)
    def found(*args: Any, **kwargs: Any) -> Any:
        value = whole(*args, **kwargs)
        for step, key in path:
            value = step(value, key)
        return value
    return found


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


def _plain(x: np.ndarray) -> Any:
    return x[()] if x.ndim == 0 else x


def _stacked_inside(found: Any, x: Any, y_shape: tuple[int, ...], axis: int) -> Any:
    """``_stacked`` for arguments that are numbers and arrays."""
    return np.reshape(np.stack(found, axis), y_shape + np.shape(x))


_stacked.__s2sad_inside__ = _stacked_inside  # type: ignore[attr-defined]


def _check_numbers(product: Any, y: Any) -> None:
    if not isinstance(y, (bool, int, float, complex, np.ndarray, np.generic, list, tuple)):
        name = getattr(product, "__name__", "the function")
        what = "None" if y is None else f"a {type(y).__name__}"
        remedy = "is there a `return`?" if y is None else "return an array of floats"
        raise ArgumentError("S2S007", f"`{name}` returns {what}; a Jacobian needs numbers", hint=remedy)


_check_numbers.__s2sad_inside__ = lambda product, y: None  # type: ignore[attr-defined]


def matrix_of(product: Any, at: tuple[Any, ...], axis: int, single: bool, has_aux: bool) -> Callable:
    """The function that puts the rows (``axis`` 0) or columns (-1) together to a matrix for each argument."""
    def matrix(*args: Any, **kwargs: Any) -> Any:
        y, blocks = product(*args, **kwargs)
        value = y[0] if has_aux else y
        _check_numbers(product, value)
        made = tuple(_stacked(b, args[k], np.shape(value), axis) for k, b in zip(at, blocks))
        found = made[0] if single else made
        return (found, copies((y[1],))[0]) if has_aux else found
    return matrix


@transform("Jacobian", shows="product", parts=leaf_by_leaf)
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
    at = chosen(fn, argnums, argnum, argnames)
    return matrix_of(products_of(fn, "rows", at, has_aux), at, 0, is_single(argnums, argnum, argnames), has_aux)


jacrev = jacobian


@transform("Jacobian", shows="product", parts=leaf_by_leaf)
def jacfwd(fn: Callable, argnums: Argnums | None = None, *, argnum: Argnums | None = None, argnames: Any = None,
           has_aux: bool = False) -> Any:
    """The Jacobian by forward mode: the function once, and one pushforward per element of the arguments. Parameters and
    result as in ``jacobian``.

    >>> jacfwd(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    at = chosen(fn, argnums, argnum, argnames)
    return matrix_of(products_of(fn, "columns", at, has_aux), at, -1, is_single(argnums, argnum, argnames), has_aux)
