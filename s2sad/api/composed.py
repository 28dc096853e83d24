"""Derivatives made of others: the Hessian, its product with a vector, and the derivative element by element.

    >>> import numpy as np
    >>> hvp(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]), np.array([1.0, 0.0]))
    array([6., 2.])
    >>> elementwise_grad(np.tanh)(np.array([0.0, 100.0]))
    array([1., 0.])
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import numeric, runtime
from s2sad.api.derivative import Argnums, Derivative
from s2sad.api.matrices import Matrix, WithAux
from s2sad.api.products import Products, is_smooth, vjp
from s2sad.api.showing import Showing
from s2sad.derive import MODES, Request, integer_argument
from s2sad.derive.nested import lower_derivative
from s2sad.errors import ArgumentError
from s2sad.frontend.values import Bound, Value, const


@dataclass(frozen=True)
class Gradient:
    """The gradient of a function that is defined inside the differentiated one; its first argument is that function."""

    argnums: Any

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        return Derivative(lambda *given: given, "grad", self.argnums).inside(lowerer, args[0], args[1:])


class Hessian(Matrix):
    """What ``hessian`` returns: the Jacobian of the gradient."""

    def __init__(self, fn: Callable, argnums: Any = 0) -> None:
        super().__init__(Derivative(fn, "grad", argnums), "jacfwd", argnums, None)
        self.made_of = fn, argnums
        self.called("Hessian")

    def __reduce__(self) -> tuple:
        return type(self), self.made_of

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        no_keywords(lowerer, kwargs)
        return self.inside(lowerer, const(self.made_of[0]), args)

    def inside(self, lowerer: Any, fn: Value, args: tuple[Value, ...]) -> Value:
        return super().inside(lowerer, Bound(const(Gradient(self.made_of[1])), (fn,)), args)


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
    argnums = argnums if argnum is None else argnum
    return WithAux(Hessian, fn, argnums) if has_aux else Hessian(fn, argnums)


class HessianProduct(Showing):
    """What ``hvp`` returns. Its views take the arguments of a call: those of the function, and then the vector."""

    inner: Products

    def __init__(self, fn: Callable, argnums: int = 0) -> None:
        if not isinstance(argnums, (int, np.integer)):
            raise ArgumentError("S2S008", f"hvp differentiates by one argument, but argnums is {argnums!r}",
                                hint="put what varies into one tuple or dict")
        self.fn, self.argnums = fn, int(argnums)
        self.gradient = Derivative(fn, "grad", self.argnums)
        self.inner = self.made = Products(self.gradient, "jvp", (self.argnums,))
        self.made.label = "Hessian-vector product"
        functools.update_wrapper(self, fn, updated=())

    def __repr__(self) -> str:
        return f"<hvp of {getattr(self.fn, '__qualname__', self.fn)!s}, argnums={self.argnums}>"

    def __reduce__(self) -> tuple:
        return type(self), (self.fn, self.argnums)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        primals, vector = self._at((*placed(self.gradient, args[:-1], kwargs), *args[-1:]))
        if not is_smooth(primals[self.argnums]):
            raise integer_argument(self.fn, self.argnums, primals[self.argnums])
        return self.inner.apply(primals, vector)[1]

    def _at(self, args: tuple) -> tuple[tuple, tuple]:
        if len(args) < 2 + max(self.argnums, 0):
            raise ArgumentError("S2S008", f"hvp takes the arguments of `{self.__name__}` and then a vector; it got "  # type: ignore[attr-defined]
                                f"{len(args)} argument{'s' * (len(args) != 1)}")
        return args[:-1], args[-1:]

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        no_keywords(lowerer, kwargs)
        return self.inside(lowerer, const(self.fn), args)

    def inside(self, lowerer: Any, fn: Value, args: tuple[Value, ...]) -> Value:
        """The product for ``fn`` inside a differentiated function."""
        primals, vector = self._at(args)
        gradient = Bound(const(Gradient(self.argnums)), (fn,))
        request = Request(MODES["jvp"], (self.argnums % len(primals),), False)
        return lowerer.static_items(lower_derivative(lowerer, request, gradient, primals, vector))[1]


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
    HessianProduct
        Called with the arguments of ``fn`` and then ``v``. It shows its source, stages, … like a gradient.

    Examples
    --------
    >>> product = hvp(lambda x: x[0] ** 2 * x[1])
    >>> product(np.array([1.0, 3.0]), np.array([1.0, 0.0]))
    array([6., 2.])
    """
    return HessianProduct(fn, argnums if argnum is None else argnum)


class Elementwise(Showing):
    """What ``elementwise_grad`` returns: the diagonal of a Jacobian that has nothing else, by a cotangent of ones."""

    def __init__(self, fn: Callable, argnums: Argnums = 0) -> None:
        self.fn, self.argnums = fn, argnums
        self.gradient = Derivative(fn, "grad", argnums)
        self.inner = self.made = Products(fn, "vjp", self.gradient.argnums)
        self.made.label = "elementwise derivative"
        functools.update_wrapper(self, fn, updated=())

    def __repr__(self) -> str:
        return f"<elementwise_grad of {getattr(self.fn, '__qualname__', self.fn)!s}, argnums={self.argnums}>"

    def __reduce__(self) -> tuple:
        return type(self), (self.fn, self.argnums)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args = placed(self.gradient, args, kwargs)
        y, pullback = vjp(self.fn, *args)
        if np.iscomplexobj(y) or not isinstance(y, (float, np.ndarray, np.generic)):
            what = "complex values" if np.iscomplexobj(y) else f"a {type(y).__name__}"
            raise ArgumentError("S2S007", f"`{getattr(self.fn, '__name__', self.fn)}` returns {what}; elementwise_grad "
                                "needs real numbers", hint="use s2sad.vjp")
        bars = pullback(np.ones_like(y) if isinstance(y, np.ndarray) else 1.0)
        found = tuple(bars[k] for k in self.gradient.request(len(args), {}).argnums)
        return found[0] if self.gradient.single else found

    def check(self, *args: Any, rtol: float = 1e-6, atol: float = 1e-8, seed: int = 0) -> None:
        """Compare with finite differences along a random direction. They also disagree where the function is not
        elementwise.

        Raises
        ------
        AssertionError
            Where they disagree.
        """
        if not self.gradient.single:
            raise ArgumentError("S2S008", "an elementwise derivative is checked by one argument at a time")
        rng, k = np.random.default_rng(seed), self.gradient.argnums[0] % len(args)
        directions = [d if j == k else None for j, d in enumerate(numeric.random_like(rng, list(args)))]
        slopes = np.ravel(np.asarray(self(*runtime.copy_together(args))) * np.asarray(directions[k]))
        numeric.compare(lambda *given: self.fn(*runtime.copy_together(given)), args, directions, slopes, rtol, atol,
                        numeric.STEPS, "elementwise derivative")

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        no_keywords(lowerer, kwargs)
        return self.inside(lowerer, const(self.fn), args)

    def inside(self, lowerer: Any, fn: Value, args: tuple[Value, ...]) -> Value:
        """The derivatives of ``fn`` inside a differentiated function: the gradient of the sum."""
        request = self.gradient.request(len(args), {})
        return lower_derivative(lowerer, request, Bound(const(_total), (fn,)), args)


def placed(made: Derivative, args: tuple, kwargs: dict[str, Any]) -> tuple:
    """The arguments of a call by position."""
    if not kwargs:
        return args
    args, rest = made.positional(args, kwargs)
    if rest:
        raise ArgumentError("S2S008", f"`{', '.join(rest)}` cannot be passed here: it has no position",
                            hint="bind it first: `functools.partial(f, …)`")
    return args


def _total(fn: Callable, *args: Any) -> Any:
    return np.sum(fn(*args))


def no_keywords(lowerer: Any, kwargs: tuple) -> None:
    """Refuse keyword arguments."""
    if kwargs:
        raise lowerer.unsupported("keyword arguments for a derivative inside a differentiated function")


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
    >>> elementwise_grad(np.tanh)(np.array([0.0, 100.0]))
    array([1., 0.])
    """
    return Elementwise(fn, argnums if argnum is None else argnum)
