"""Derivatives made of others: the Hessian, its product with a vector, and the derivative element by element.

    >>> import numpy as np
    >>> hvp(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]), np.array([1.0, 0.0]))
    array([6., 2.])
    >>> elementwise_grad(np.tanh)(np.array([0.0, 400.0]))
    array([1., 0.])
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import numeric, rules, runtime
from s2sad.api.derivative import Argnums
from s2sad.api.gradients import grad
from s2sad.api.matrices import chosen, is_single, leaf_by_leaf, matrix_of
from s2sad.api.products import applied, as_number, copies, is_smooth, need, products_of, started
from s2sad.api.transforms import Transformed, transform
from s2sad.derive import integer_argument
from s2sad.errors import ArgumentError


@transform("Hessian", shows="product", parts=leaf_by_leaf)
def hessian(fn: Callable, argnums: Argnums = 0, *, argnum: Argnums | None = None, has_aux: bool = False) -> Any:
    """The Hessian of a function that returns one real number: forward mode over reverse mode.

    Parameters
    ----------
    fn : callable
    argnums, argnum
        As in ``grad``; for a tuple the result is a tuple of tuples of blocks. Structures are as in ``jacobian``.
    has_aux : bool
        The function returns ``(value, aux)``; the result is ``(hessian, aux)``.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    at = chosen(fn, argnums, argnum, None)
    gradient = grad(fn, at[0] if is_single(argnums, argnum, None) else at, has_aux=has_aux)
    return matrix_of(products_of(gradient, "columns", at, has_aux), at, -1, is_single(argnums, argnum, None), has_aux)


@rules.static
def _one(argnums: Any, argnum: Any) -> int:
    argnums = argnums if argnum is None else argnum
    need(isinstance(argnums, (int, np.integer)), "S2S008",
         f"hvp differentiates by one argument, but argnums is {argnums!r}", "put what varies into one tuple or dict")
    return int(argnums)


def _check_smooth(fn: Callable, k: int, x: Any) -> None:
    if not is_smooth(x):
        raise integer_argument(fn, k, x)


_check_smooth.__s2sad_inside__ = lambda fn, k, x: None  # type: ignore[attr-defined]


@transform("Hessian-vector product", shows="product")
def hvp(fn: Callable, argnums: int = 0, *, argnum: int | None = None) -> Any:
    """The product of the Hessian with a vector: ``hvp(f)(*args, v)``, at the cost of a few gradients.

    Parameters
    ----------
    fn : callable
        Returns one real number.
    argnums, argnum : int
        The argument to differentiate by; ``v`` has its structure.

    Returns
    -------
    Transformed
        Called with the arguments of ``fn`` and then ``v``. It shows its source, stages, … like a gradient.

    Examples
    --------
    >>> product = hvp(lambda x: x[0] ** 2 * x[1])
    >>> product(np.array([1.0, 3.0]), np.array([1.0, 0.0]))
    array([6., 2.])
    """
    k = _one(argnums, argnum)
    product = products_of(grad(fn, k), "jvp", (k,))

    def along(*args: Any) -> Any:
        need(len(args) > 1, "S2S008", "hvp takes the arguments of the function and then a vector")
        _check_smooth(fn, k, args[:-1][k])
        return applied(product, args[:-1], args[-1:])[1]
    return along


def _check_real(fn: Callable, y: Any) -> None:
    if np.iscomplexobj(y) or not isinstance(y, (float, np.ndarray, np.generic)):
        what = "complex values" if np.iscomplexobj(y) else f"a {type(y).__name__}"
        raise ArgumentError("S2S007", f"`{getattr(fn, '__name__', fn)}` returns {what}; elementwise_grad "
                            "needs real numbers", hint="use s2sad.vjp")


_check_real.__s2sad_inside__ = lambda fn, y: None  # type: ignore[attr-defined]


def _check_elementwise(made: Transformed, args: tuple, rtol: float, atol: float, seed: int) -> None:
    """Finite differences along a random direction also disagree where the function is not elementwise."""
    if not is_single(made.argnums, None, None):
        raise ArgumentError("S2S008", "an elementwise derivative is checked by one argument at a time")
    rng, k = np.random.default_rng(seed), made.made.argnums[0] % len(args)
    directions = [d if j == k else None for j, d in enumerate(numeric.random_like(rng, list(args)))]
    slopes = np.ravel(np.asarray(made(*runtime.copy_together(args))) * np.asarray(directions[k]))
    numeric.compare(lambda *given: made.fn(*runtime.copy_together(given)), args, directions, slopes, rtol, atol,
                    numeric.STEPS, "elementwise derivative")


@transform("elementwise derivative", shows="product", check=_check_elementwise)
def elementwise_grad(fn: Callable, argnums: Argnums = 0, *, argnum: Argnums | None = None) -> Any:
    """The derivative of each element of the result by the same element of the argument (of an elementwise function).

    Parameters
    ----------
    fn : callable
        Returns one real number for each element of its arguments.
    argnums, argnum
        As in ``grad``.

    Examples
    --------
    >>> elementwise_grad(np.tanh)(np.array([0.0, 400.0]))
    array([1., 0.])
    """
    at = chosen(fn, argnums, argnum, None)
    product, single = products_of(fn, "vjp", at), is_single(argnums, argnum, None)

    def slopes(*args: Any) -> Any:
        kept = copies(args)
        y, later = started(product, kept, args)
        _check_real(fn, y)
        bars = later(np.broadcast_to(1.0, np.shape(y)) if isinstance(y, np.ndarray) else 1.0)
        found = tuple(as_number(g, args[k]) for k, g in zip(at, bars))
        return found[0] if single else found
    return slopes
