"""Products of Jacobians with vectors: ``vjp`` (from the left), ``jvp`` (from the right), ``linearize``.

    >>> y, pullback = vjp(lambda x: x * x, 3.0)
    >>> y, pullback(1.0)
    (9.0, (6.0,))
"""
from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad import runtime, tree
from s2sad.api.checks import check_memory
from s2sad.api.derivative import Derivative
from s2sad.derive import Entry
from s2sad.derive.nested import lower_jvp, lower_linearize, lower_vjp
from s2sad.errors import ArgumentError
from s2sad.show.trace import Trace

_kept: dict[Any, Products] = {}
_kept_lock = threading.Lock()


class Products(Derivative):
    """The derivative behind ``vjp`` and ``jvp``: extra arguments are cotangents or tangents."""

    def __init__(self, fn: Callable, mode: str, argnums: tuple[int, ...], has_aux: bool = False) -> None:
        super().__init__(fn, mode, argnums, None, has_aux)
        self.single = False

    def __reduce__(self) -> tuple:
        return type(self), (self.fn, self.mode, self.argnums, self.has_aux)

    def admitted(self, args: tuple) -> Entry:
        """The compiled derivative for these arguments, which must not share memory that the function writes to. A copy
        of them no longer tells whether they do."""
        entry = self.entry(args, {})
        if entry.watched:
            check_memory(entry, args)
        return entry

    def apply(self, args: tuple, extra: tuple) -> Any:
        """Call with primal arguments and cotangents (or tangents)."""
        entry = self.admitted(args)
        try:
            return entry.function(*args, *extra)
        except Exception as error:
            return self.recover(entry, args, (), extra, error)


def products_of(fn: Callable, mode: str, argnums: tuple[int, ...], has_aux: bool = False) -> Products:
    """The derivative behind a product, kept for the next call with the same function."""
    try:
        key = (fn, mode, argnums, has_aux)
        with _kept_lock:
            found = _kept.get(key)
            if found is None:
                if len(_kept) > 256:
                    _kept.clear()
                found = _kept[key] = Products(fn, mode, argnums, has_aux)
        return found
    except TypeError:
        return Products(fn, mode, argnums, has_aux)


def is_smooth(x: Any) -> bool:
    """Whether there is something to differentiate in an argument."""
    return tree.is_leaf(x) or any(map(is_smooth, tree.parts(x).values()))


def vjp(fn: Callable, *primals: Any, has_aux: bool = False) -> Any:
    """The value, and the function that multiplies a cotangent with the Jacobian from the left.

    Parameters
    ----------
    fn : callable
    *primals
        Its arguments. Those without floats get None.
    has_aux : bool
        The function returns ``(value, aux)``; the result is ``(value, pullback, aux)``.

    Returns
    -------
    value, pullback
        ``pullback(y_bar)`` takes a cotangent with the structure of the value and returns a tuple, one entry per
        argument. ``pullback.trace(y_bar)`` is the evaluation trace.

    Examples
    --------
    >>> y, pullback = vjp(lambda x: np.array([x, x * x]), 3.0)
    >>> pullback(np.array([1.0, 1.0]))
    (7.0,)
    """
    argnums = tuple(k for k, x in enumerate(primals) if is_smooth(x))
    if not argnums:
        raise ArgumentError("S2S006", "none of the arguments has a derivative", hint="pass floats or arrays of floats")
    made = products_of(fn, "vjp", argnums, has_aux)
    made.admitted(primals)
    kept = runtime.copy_together(primals)
    value = fn(*runtime.copy_together(primals))
    if has_aux:
        value, aux = value

    def pullback(y_bar: Any) -> tuple:
        """The cotangents of the arguments."""
        _, grads = made.apply(kept, (y_bar,))
        out: list[Any] = [None] * len(primals)
        for k, g in zip(argnums, grads):
            out[k] = _as_number(g, primals[k])
        return tuple(out)

    def trace(y_bar: Any = None) -> Trace:
        """The evaluation trace, with ones for a cotangent that is not given."""
        return made.trace(*kept, cotangent=y_bar)
    pullback.trace = trace  # type: ignore[attr-defined]
    return (value, pullback, aux) if has_aux else (value, pullback)


def _as_number(g: Any, x: Any) -> Any:
    """A gradient of a Python float as a Python float."""
    return float(g) if type(x) is float and isinstance(g, (np.floating, np.ndarray)) and np.size(g) == 1 else g


def jvp(fn: Callable, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value, and the Jacobian multiplied with tangents from the right.

    Parameters
    ----------
    fn : callable
    primals : tuple
        The arguments.
    tangents : tuple
        One per argument, with its structure; None for an argument that does not vary.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    if len(primals) != len(tangents):
        raise ArgumentError("S2S008", f"{len(primals)} primals but {len(tangents)} tangents were given")
    argnums = tuple(k for k, (x, t) in enumerate(zip(primals, tangents)) if t is not None and is_smooth(x))
    if not argnums:
        raise ArgumentError("S2S006", "no argument that varies has a derivative",
                            hint="pass floats or arrays of floats")
    made = products_of(fn, "jvp", argnums)
    return made.apply(tuple(primals), tuple(tangents[k] for k in argnums))


def linearize(fn: Callable, *primals: Any) -> tuple[Any, Callable]:
    """The value, and the linear map from tangents to the tangent of the value at this point.

    >>> y, push = linearize(lambda x: x * x, 3.0)
    >>> push(1.0)
    6.0
    """
    argnums = tuple(k for k, x in enumerate(primals) if is_smooth(x))
    if argnums:
        products_of(fn, "jvp", argnums).admitted(primals)
    kept = runtime.copy_together(primals)

    def push(*tangents: Any) -> Any:
        """The tangent of the value."""
        return jvp(fn, kept, tangents)[1]
    return fn(*runtime.copy_together(primals)), push


vjp.__s2sad_lower__ = lower_vjp  # type: ignore[attr-defined]
jvp.__s2sad_lower__ = lower_jvp  # type: ignore[attr-defined]
linearize.__s2sad_lower__ = lower_linearize  # type: ignore[attr-defined]


def _recursive_vjp(fn: Callable, xs: tuple, y_bar: Any) -> tuple:
    """The cotangents of a call that a generated function makes of a function that calls itself."""
    argnums = tuple(k for k, x in enumerate(xs) if is_smooth(x))
    grads = iter(products_of(fn, "vjp", argnums).apply(xs, (y_bar,))[1])
    return tuple(next(grads) if k in argnums else None for k in range(len(xs)))


def _recursive_jvp(fn: Callable, xs: tuple, xs_dot: tuple) -> Any:
    """The tangent of such a call."""
    argnums = tuple(k for k, (x, t) in enumerate(zip(xs, xs_dot)) if t is not None and is_smooth(x))
    return products_of(fn, "jvp", argnums).apply(xs, tuple(xs_dot[k] for k in argnums))[1]


runtime.DERIVATIVES.update(vjp=_recursive_vjp, jvp=_recursive_jvp)
