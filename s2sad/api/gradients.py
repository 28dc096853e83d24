"""``grad`` and ``value_and_grad``.

    >>> grad(lambda x: x ** 3)(2.0), value_and_grad(lambda x: x ** 3)(2.0)
    (12.0, (8.0, 12.0))
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from s2sad.api.debugged import Debugged
from s2sad.api.derivative import Argnums, Derivative
from s2sad.frontend import Factory


def _transform(mode: str, fn: Any, argnums: Any, argnum: Any, argnames: Any, has_aux: bool,
               debug_nans: bool, check: str | None) -> Any:
    if argnum is not None:
        argnums = argnum
    made = Debugged if debug_nans else Derivative
    if fn is None:
        return lambda f: made(f, mode, argnums, argnames, has_aux, check)
    return made(fn, mode, argnums, argnames, has_aux, check)


def grad(fn: Any = None, argnums: Argnums | None = None, *, argnum: Argnums | None = None,
         argnames: str | Sequence[str] | None = None, has_aux: bool = False, debug_nans: bool = False,
         check: str | None = None) -> Any:
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
    check : {"first", "always", "never"}, optional
        When the gradient checks itself against the function and its differences (see ``checking``).

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
    return _transform("grad", fn, argnums, argnum, argnames, has_aux, debug_nans, check)


def value_and_grad(fn: Any = None, argnums: Argnums | None = None, *, argnum: Argnums | None = None,
                   argnames: str | Sequence[str] | None = None, has_aux: bool = False, debug_nans: bool = False,
                   check: str | None = None) -> Any:
    """The value and the gradient; parameters as in ``grad``. With ``has_aux`` the result is
    ``((value, aux), gradient)``.

    >>> value_and_grad(lambda x: x ** 3)(2.0)
    (8.0, 12.0)
    """
    return _transform("value_and_grad", fn, argnums, argnum, argnames, has_aux, debug_nans, check)


for _made in (grad, value_and_grad):
    _made.__s2sad_inside__ = Factory(_made)  # type: ignore[attr-defined]
