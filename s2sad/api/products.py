"""Products of Jacobians with vectors: ``vjp`` (from the left), ``jvp`` (from the right), ``linearize``.

    >>> y, pullback = vjp(lambda x: x * x, 3.0)
    >>> y, pullback(1.0)
    (9.0, (6.0,))
"""
from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad import numeric, rules, runtime, tree
from s2sad.api.checks import check_memory
from s2sad.api.derivative import NUMBER_ERRORS, Derivative
from s2sad.api.edges import at_an_edge
from s2sad.api.lenient import lift, lower_floats, numpy_half
from s2sad.api.raised import has_effects
from s2sad.api.showing import Showing
from s2sad.derive import Entry
from s2sad.errors import ArgumentError, UnsupportedSyntax
from s2sad.frontend import Copies, Factory, Smooth, Started

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
        start = 0.0 if entry.looked else time.perf_counter()
        try:
            result = entry.function(*args, *extra)
        except Exception as error:
            return self.recover(entry, args, (), extra, error)
        if not entry.looked:
            self.look(entry, args, (), result, time.perf_counter() - start, extra)
        return result

    def started(self, entry: Entry, kept: tuple) -> tuple[Any, Callable]:
        """The value, and the function of the cotangent (or the tangents) for arguments that nobody else changes.
        What depends on the arguments alone runs once, so it prints once, and draws random numbers once."""
        def again(*late: Any) -> Any:
            return self.apply(kept, late)[1]
        if entry.halves.draws:
            raise UnsupportedSyntax("S2S001", f"`{self.__name__}` draws random numbers while it computes what is "
                                    "differentiated: the value and the linear map would have other ones",
                                    hint="use s2sad.jvp, or draw the numbers before the loop")
        if entry.halves.repeats:
            return self.fn(*runtime.copy_together(kept)), again
        start = 0.0 if entry.looked else time.perf_counter()
        try:
            value, later = entry.halves.start(kept)
        except Exception as error:
            if not isinstance(error, NUMBER_ERRORS) or has_effects(entry.lowered.function):
                self.recover(entry, kept, (), (), error)
            return self.fn(*runtime.copy_together(kept)), again
        took = time.perf_counter() - start

        def follows(*late: Any) -> Any:
            try:
                found = later(*late)
            except runtime.WrongRule as error:
                return self.recover(entry, kept, (), late, error)
            except NUMBER_ERRORS as error:
                return self.later_with_numpy(entry, later, kept, late, error)
            except Exception as error:
                return self.recover(entry, kept, (), late, error)
            if not entry.looked:
                self.look(entry, kept, (), (None, found), took, late)
            return found
        return runtime.copy_together(value), follows

    def later_with_numpy(self, entry: Entry, later: Any, kept: tuple, late: tuple, error: Exception) -> Any:
        """The second function with NumPy's arithmetic instead of Python's, which raised."""
        try:
            with np.errstate(all="ignore"):
                return lower_floats(numpy_half(entry, later.args)(*map(lift, late)))
        except NUMBER_ERRORS:
            self.look_at_error(entry, kept, (), error)
            raise error from None

    def check(self, *args: Any, rtol: float = 1e-6, atol: float = 1e-8, seed: int = 0) -> None:
        """Compare the product of a random cotangent with the Jacobian, or of the Jacobian with random tangents, with
        finite differences along a random direction.

        Raises
        ------
        AssertionError
            Where they disagree.
        """
        rng = np.random.default_rng(seed)
        moving = self.request(len(args), {}).argnums
        directions = [d if k in moving else None for k, d in enumerate(numeric.random_like(rng, list(args)))]

        def value(*given: Any) -> Any:
            y = self.fn(*runtime.copy_together(given))
            return y[0] if self.has_aux else y
        y, dots = value(*args), [directions[k] for k in moving]
        if self.kind.forward:
            slopes = numeric.flat(self.apply(args, tuple(dots))[1], y)
            numeric.compare(value, args, directions, slopes, rtol, atol, numeric.STEPS, "tangent")
            return
        y_bar = numeric.random_like(rng, y)
        bars = self.apply(args, (y_bar,))[1]
        slope = np.array([numeric.dot(list(bars), dots, [args[k] for k in moving])])
        numeric.compare(lambda *given: numeric.dot(y_bar, value(*given), y), args, directions, slope, rtol, atol,
                        numeric.STEPS, "cotangent")


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


products_of.__s2sad_inside__ = Factory(Products)  # type: ignore[attr-defined]


def is_smooth(x: Any) -> bool:
    """Whether there is something to differentiate in an argument."""
    return tree.is_leaf(x) or any(map(is_smooth, tree.parts(x).values()))


is_smooth.__s2sad_inside__ = Smooth()  # type: ignore[attr-defined]


def copies(args: tuple) -> tuple:
    """The arguments, so that later writes to them are not seen."""
    return runtime.copy_together(args)


copies.__s2sad_inside__ = Copies()  # type: ignore[attr-defined]


def started(made: Products, kept: tuple, given: tuple) -> tuple[Any, Callable]:
    """The value, and the function of the cotangent (or the tangents), for copies of the arguments ``given``."""
    return made.started(made.admitted(given), kept)


started.__s2sad_inside__ = Started()  # type: ignore[attr-defined]


def applied(made: Products, primals: tuple, late: tuple) -> Any:
    """The value, and the product with what comes late."""
    return made.apply(primals, late)


applied.__s2sad_inside__ = lambda made, primals, late: made(*primals, *late)  # type: ignore[attr-defined]


def shown(function: Callable, kind: Callable, made: Products, kept: tuple) -> Any:
    """A function as an object with views; inside it is the function."""
    return kind(function, made, kept)


shown.__s2sad_inside__ = lambda function, kind, made, kept: function  # type: ignore[attr-defined]


@rules.static
def need(condition: Any, code: str, text: str, hint: str = "") -> None:
    """Raise an ``ArgumentError`` unless a condition holds."""
    if not condition:
        raise ArgumentError(code, text, hint=hint)


def as_number(g: Any, x: Any) -> Any:
    """A gradient of a Python float as a Python float."""
    return float(g) if type(x) is float and isinstance(g, (np.floating, np.ndarray)) and np.size(g) == 1 else g


as_number.__s2sad_inside__ = lambda g, x: g  # type: ignore[attr-defined]


@at_an_edge
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
        argument. It shows its source, stages, trace (``pullback.trace(y_bar)``), … like a gradient.

    Examples
    --------
    >>> y, pullback = vjp(lambda x: np.array([x, x * x]), 3.0)
    >>> pullback(np.array([1.0, 1.0]))
    (7.0,)
    """
    argnums = tuple(k for k, x in enumerate(primals) if is_smooth(x))
    need(argnums, "S2S006", "none of the arguments has a derivative", "pass floats or arrays of floats")
    made = products_of(fn, "vjp", argnums, has_aux)
    kept = copies(primals)
    value, later = started(made, kept, primals)

    def pull(y_bar: Any) -> tuple:
        bars: list[Any] = [None] * len(kept)
        for k, g in zip(argnums, later(y_bar)):
            bars[k] = as_number(g, kept[k])
        return tuple(bars)
    pullback = shown(pull, Pullback, made, kept)
    return (value[0], pullback, value[1]) if has_aux else (value, pullback)


class Pullback(Showing):
    """What ``vjp`` returns beside the value: called with a cotangent, it gives the cotangents of the arguments.

    Its views are those at the arguments of ``vjp``; those with numbers take a cotangent too, by default ones.
    """

    def __init__(self, function: Callable, made: Products, primals: tuple) -> None:
        self.inner = self.made = self.product = made
        self.function, self.primals = function, primals

    def __repr__(self) -> str:
        return f"<pullback of {getattr(self.product.fn, '__qualname__', self.product.fn)!s}>"

    def __call__(self, y_bar: Any) -> tuple:
        return self.function(y_bar)

    @property
    def source(self) -> str:
        """The generated source."""
        return self.source_for()

    def _at(self, args: tuple) -> tuple[tuple, tuple | None]:
        if len(args) > 1:
            raise ArgumentError("S2S008", f"a pullback takes one cotangent, not {len(args)}",
                                hint="of several results, pass a tuple of cotangents; the arguments are those of vjp")
        return self.primals, args if args and args[0] is not None else None

    @property
    def __s2sad_inside__(self) -> Callable:
        fn, primals, has_aux = self.product.fn, self.primals, self.product.has_aux
        return lambda y_bar: vjp(fn, *primals, has_aux=has_aux)[1](y_bar)


@at_an_edge
def jvp(fn: Callable, primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False) -> Any:
    """The value, and the Jacobian multiplied with tangents from the right.

    Parameters
    ----------
    fn : callable
    primals : tuple
        The arguments.
    tangents : tuple
        One per argument, with its structure; None for an argument that does not vary.
    has_aux : bool
        The function returns ``(value, aux)``; the result is ``(value, tangent, aux)``.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    need(isinstance(primals, (tuple, list)) and isinstance(tangents, (tuple, list)), "S2S008",
         "primals and tangents of `jvp` are tuples", "write `jvp(f, (x,), (x_dot,))`")
    need(len(primals) == len(tangents), "S2S008",
         f"{len(primals)} primals but {len(tangents)} tangents were given")
    argnums = tuple(k for k, (x, t) in enumerate(zip(primals, tangents)) if t is not None and is_smooth(x))
    need(argnums, "S2S006", "no argument that varies has a derivative", "pass floats or arrays of floats")
    y, y_dot = applied(products_of(fn, "jvp", argnums), tuple(primals), tuple(tangents[k] for k in argnums))
    return (y[0], y_dot[0], y[1]) if has_aux else (y, y_dot)


@at_an_edge
def linearize(fn: Callable, *primals: Any) -> tuple[Any, Callable]:
    """The value, and the linear map from tangents to the tangent of the value at this point.

    >>> y, push = linearize(lambda x: x * x, 3.0)
    >>> push(1.0)
    6.0
    """
    argnums = tuple(k for k, x in enumerate(primals) if is_smooth(x))
    made = products_of(fn, "jvp", argnums or (0,))
    kept = copies(primals)
    if not argnums:
        return fn(*copies(primals)), shown(lambda *tangents: jvp(fn, kept, tangents)[1], Pushforward, made, kept)
    value, later = started(made, kept, primals)

    def push(*tangents: Any) -> Any:
        if len(tangents) == len(kept) and all(tangents[k] is not None for k in argnums):
            return later(*(tangents[k] for k in argnums))
        return jvp(fn, kept, tangents)[1]
    return value, shown(push, Pushforward, made, kept)


class Pushforward(Showing):
    """What ``linearize`` returns beside the value: called with tangents, it gives the tangent of the value.

    There is one tangent for each argument (None: it does not move). Its views are those at the arguments of
    ``linearize``; those with numbers take tangents too, by default ones.
    """

    def __init__(self, function: Callable, made: Products, primals: tuple) -> None:
        self.inner = self.made = self.product = made
        self.function, self.primals = function, primals

    def __repr__(self) -> str:
        return f"<tangent map of {getattr(self.product.fn, '__qualname__', self.product.fn)!s}>"

    def __call__(self, *tangents: Any) -> Any:
        return self.function(*tangents)

    @property
    def source(self) -> str:
        """The generated source."""
        return self.source_for()

    def _at(self, args: tuple) -> tuple[tuple, tuple | None]:
        if not args:
            return self.primals, None
        if len(args) != len(self.primals):
            raise ArgumentError("S2S008", f"{len(self.primals)} primals but {len(args)} tangents were given")
        return self.primals, tuple(tree.map(np.zeros_like, self.primals[k]) if args[k] is None else args[k]
                                   for k in self.product.argnums)

    @property
    def __s2sad_inside__(self) -> Callable:
        fn, primals = self.product.fn, self.primals
        return lambda *tangents: linearize(fn, *primals)[1](*tangents)


def _recursive_vjp(fn: Callable, xs: tuple, y_bar: Any) -> tuple:
    """The cotangents of a call that a generated function makes of a function that calls itself."""
    argnums = tuple(k for k, x in enumerate(xs) if is_smooth(x))
    grads = iter(products_of(fn, "vjp", argnums).apply(xs, (y_bar,))[1])
    return tuple(next(grads) if k in argnums else None for k in range(len(xs)))


def _recursive_jvp(fn: Callable, xs: tuple, xs_dot: tuple) -> Any:
    """The tangent of such a call."""
    argnums = tuple(k for k, (x, t) in enumerate(zip(xs, xs_dot)) if t is not None and is_smooth(x))
    return products_of(fn, "jvp", argnums).apply(xs, tuple(xs_dot[k] for k in argnums))[1]


def _recursive_sweep(fn: Callable, places: tuple[int, ...], xs: tuple) -> Callable:
    """The forward sweep of a function, with its reverse sweep as the attribute ``backward``."""
    made = products_of(fn, "vjp", places)
    entry = made.admitted(xs)
    if not entry.halves.repeats:
        return entry.halves.forward  # type: ignore[return-value]

    def again(*xs: Any) -> tuple:
        return fn(*xs), *runtime.copy_together(xs)

    def backward(*late: Any) -> Any:
        return made.apply(late[:-1], late[-1:])[1]
    again.backward = backward  # type: ignore[attr-defined]
    return again


def _recursive_tangent(fn: Callable, places: tuple[int, ...], xs: tuple) -> Callable:
    return products_of(fn, "jvp", places).admitted(xs).function


runtime.DERIVATIVES.update(vjp=_recursive_vjp, jvp=_recursive_jvp, sweep=_recursive_sweep, tangent=_recursive_tangent)
