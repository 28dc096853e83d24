"""The public functions: gradients and what is made from them, and the names of the other modules that users call.

    >>> import numpy as np
    >>> def f(x1, x2):
    ...     return np.log(x1) + x1 * x2 - np.sin(x2)
    >>> df = grad(f, argnums=(0, 1))
    >>> [round(float(g), 3) for g in df(2.0, 5.0)]
    [5.5, 1.716]
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from s2sad import runtime
from s2sad.api.checkpointing import checkpoint
from s2sad.api.composed import elementwise_grad, hessian, hvp
from s2sad.api.debugged import Debugged
from s2sad.api.derivative import Argnums, Derivative
from s2sad.api.matrices import jacfwd, jacobian, jacrev
from s2sad.api.products import jvp, linearize, vjp
from s2sad.frontend.values import Atom, Bound, Value, const


def _transform(mode: str, fn: Any, argnums: Any, argnum: Any, argnames: Any, has_aux: bool,
               debug_nans: bool) -> Any:
    if argnum is not None:
        argnums = argnum
    if argnums is None and argnames is None:
        argnums = 0
    made = Debugged if debug_nans else Derivative
    if fn is None:
        return lambda f: made(f, mode, argnums, argnames, has_aux)
    return made(fn, mode, argnums, argnames, has_aux)


def grad(fn: Any = None, argnums: Argnums | None = None, *, argnum: Argnums | None = None,
         argnames: str | Sequence[str] | None = None, has_aux: bool = False, debug_nans: bool = False) -> Any:
    """The gradient of a function that returns one real number.

    Parameters
    ----------
    fn : callable
        The function; left out in ``@grad(argnums=(0, 1))``.
    argnums : int or tuple of int, default 0
        Positional arguments to differentiate by; an int gives a bare gradient, a tuple a tuple.
    argnum
        Another name of ``argnums`` (as in autograd).
    argnames : str or tuple of str, optional
        Parameters to differentiate by, by name.
    has_aux : bool
        The function returns ``(value, aux)``; the result is ``(gradient, aux)``.
    debug_nans : bool
        A value or a gradient with NaN or infinity is a ``FloatingPointError`` that says where it was born.

    Returns
    -------
    Derivative
        Called like ``fn``; the gradient has the structure, shape and dtype of the argument.

    Raises
    ------
    S2SADError
        On the first call: code that is not differentiated (with its place), integer arguments, a result that is not a
        number.

    Examples
    --------
    >>> grad(lambda x: x ** 3)(2.0)
    12.0
    """
    return _transform("grad", fn, argnums, argnum, argnames, has_aux, debug_nans)


def value_and_grad(fn: Any = None, argnums: Argnums | None = None, *, argnum: Argnums | None = None,
                   argnames: str | Sequence[str] | None = None, has_aux: bool = False, debug_nans: bool = False
                   ) -> Any:
    """The value and the gradient; parameters as in ``grad``. With ``has_aux`` the result is
    ``((value, aux), gradient)``.

    >>> value_and_grad(lambda x: x ** 3)(2.0)
    (8.0, 12.0)
    """
    return _transform("value_and_grad", fn, argnums, argnum, argnames, has_aux, debug_nans)


def stop_gradient(x: Any) -> Any:
    """``x``, counted as a constant by derivatives.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return runtime.stop_gradient(x)


def _lower_transform(transform: Callable) -> Callable:
    """``grad(g)`` written inside a differentiated function."""
    def lower(lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        named = {k: lowerer.python_value(v) for k, v in kwargs}
        fn, *rest = args
        numbers = tuple(lowerer.python_value(v) for v in rest)
        if isinstance(fn, Atom) and fn.is_static:
            return const(transform(fn.value, *numbers, **named))
        return Bound(const(_Inner(transform, numbers, named)), (fn,))
    return lower


class _Inner:
    """A derivative of a function defined inside the differentiated one."""

    def __init__(self, transform: Callable, args: tuple, kwargs: dict[str, Any]) -> None:
        self.made = transform(_anything, *args, **kwargs)

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        return self.made.inside(lowerer, args[0], args[1:])


def _anything(*args: Any) -> Any:
    """A stand-in for a function whose parameters are not known."""
    return args


for _made in (grad, value_and_grad, jacobian, jacfwd, hessian, hvp, elementwise_grad):
    _made.__s2sad_lower__ = _lower_transform(_made)  # type: ignore[attr-defined,union-attr]


def _lower_stop(lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
    return lowerer.call_op(runtime.stop_gradient, args, (), "")


stop_gradient.__s2sad_lower__ = _lower_stop  # type: ignore[attr-defined]
__all__ = ["Derivative", "checkpoint", "elementwise_grad", "grad", "hessian", "hvp", "jacfwd", "jacobian", "jacrev",
           "jvp", "linearize", "stop_gradient", "value_and_grad", "vjp"]
