"""The public functions: gradients, products with Jacobians, and the object that shows what it does.

    >>> import numpy as np
    >>> def f(x1, x2):
    ...     return np.log(x1) + x1 * x2 - np.sin(x2)
    >>> df = grad(f, argnums=(0, 1))
    >>> [round(float(g), 3) for g in df(2.0, 5.0)]
    [5.5, 1.716]
"""
from __future__ import annotations

import functools
import inspect
import math
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from s2sad import runtime, tree
from s2sad.ad.inline import ON_FLOATS
from s2sad.backend.load import load
from s2sad.derive import Entry, Request, build
from s2sad.errors import AliasError, ArgumentError, UnsupportedSyntax
from s2sad.frontend.signature import exact_key, signature
from s2sad.frontend.values import Atom, Bound, Tup, Value, const
from s2sad.nested import lower_derivative, lower_jvp, lower_linearize, lower_vjp
from s2sad.show.trace import Trace
from s2sad.views import Views

Argnums = int | Sequence[int]
NUMBER_ERRORS = (ZeroDivisionError, OverflowError, ValueError)


class Derivative(Views):
    """A derivative of a Python function, compiled for each signature on first use.

    It is called like the function. ``source`` is the generated source (``source_for(*args)`` for certain arguments),
    ``stages(*args)`` every stage on the way, ``trace(*args)`` the evaluation trace with values, ``check(*args)`` a
    comparison with finite differences, ``save(path)`` writes the source.
    """

    __name__: str

    def __init__(self, fn: Callable, mode: str, argnums: Argnums | None = None,
                 argnames: str | Sequence[str] | None = None,
                 has_aux: bool = False) -> None:
        if not callable(fn):
            raise ArgumentError("S2S008", f"{fn!r} is not callable, so it has no derivative")
        self.fn = fn
        self.mode = mode
        self.has_aux = has_aux
        self.request_args = (argnums, argnames)
        self.names = _names(argnames)
        self.argnums = _positions(fn, argnums, argnames)
        self.single = isinstance(argnums, (int, np.integer)) or (
            argnums is None and not isinstance(argnames, (list, tuple)))
        self.needed = 1 + max((k for k in self.argnums if isinstance(k, int)), default=-1) if self.names else 0
        self.quick: dict[Any, Entry] = {}
        self.numbers: dict[Any, Entry] = {}
        self.entries: dict[Any, Entry] = {}
        self.lock = threading.RLock()
        self.latest: Entry | None = None
        functools.update_wrapper(self, fn, updated=())

    def __repr__(self) -> str:
        return f"<{self.mode} of {getattr(self.fn, '__qualname__', self.fn)!s}, argnums={self.argnums}>"

    def __reduce__(self) -> tuple:
        return type(self), (self.fn, self.mode, *self.request_args, self.has_aux)

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    # ---- calls -----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not kwargs and len(args) >= self.needed:
            entry = self.numbers.get(tuple(map(type, args)))  # the short way for plain numbers
            if entry is not None and (not entry.guards or entry.valid()):
                self.latest = entry
                try:
                    return entry.function(*args)
                except Exception as error:
                    return self.recover(entry, args, (), (), error)
            key = exact_key(args)
            entry = self.quick.get(key) if key is not None else None
            if entry is None or not entry.valid():
                entry = self.entry(args, {})
                if key is not None:
                    if len(self.quick) > 512:
                        self.quick.clear()
                    self.quick[key] = entry
                    if all(type(x) in (float, int, bool) for x in args) and not entry.watched:
                        self.numbers[tuple(map(type, args))] = entry
        else:
            args, kwargs = self.positional(args, kwargs)
            entry = self.entry(args, kwargs)
            args = (*args, *kwargs.values())
        self.latest = entry
        return self.run(entry, args, tuple(kwargs))

    def run(self, entry: Entry, args: tuple, names: tuple[str, ...] = ()) -> Any:
        """Call the compiled function; the last arguments are those of the keywords ``names``."""
        if entry.watched:
            _check_memory(entry, args)
        try:
            return entry.function(*args)
        except Exception as error:
            return self.recover(entry, args, names, (), error)

    def recover(self, entry: Entry, args: tuple, names: tuple[str, ...], extra: tuple, error: Exception) -> Any:
        """What to do about an exception in generated code: it is the user's, or Python's arithmetic gave up where
        NumPy's goes on, or the user's function catches it, which generated code does not."""
        if isinstance(error, runtime.NotScalar):
            raise ArgumentError("S2S007", f"`{self.__name__}` returns {error}; grad needs one real number",
                                hint="sum the result, or use s2sad.jacobian or s2sad.vjp") from None
        if entry.lowered.catches and isinstance(error, entry.lowered.catches):
            raise UnsupportedSyntax("S2S001",
                                    f"`{self.__name__}` raises {type(error).__name__} here; a `try` that catches it "
                                    "at run time is not followed", hint="test the condition with `if`") from error
        if isinstance(error, NUMBER_ERRORS):
            return self.run_with_numpy(args, names, extra, error)
        raise error

    def run_with_numpy(self, args: tuple, names: tuple[str, ...], extra: tuple, error: Exception) -> Any:
        """Python's float arithmetic raised. If the user's function raises too, that is the answer; if not, the
        derivative is taken with NumPy's arithmetic, which has inf and nan."""
        n, latest = len(args) - len(names), self.latest
        self.fn(*runtime.copy(args[:n]), **runtime.copy(dict(zip(names, args[n:]))))
        try:
            with np.errstate(all="ignore"):
                lifted = tuple(_lift(x) for x in args)
                entry = self.entry(lifted[:n], dict(zip(names, lifted[n:])))
                return _lower_floats(_numpy_function(entry)(*lifted, *extra))
        except NUMBER_ERRORS:
            raise error from None
        finally:
            self.latest = latest

    def positional(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """Keyword arguments that name positional parameters, in their place."""
        try:
            bound = inspect.signature(self.fn).bind(*args, **kwargs)
        except (TypeError, ValueError):
            return args, kwargs
        bound.apply_defaults() if self.names else None
        return bound.args, bound.kwargs

    def entry(self, args: tuple, kwargs: dict[str, Any]) -> Entry:
        """The compiled derivative for these arguments."""
        key = (signature((*args, *kwargs.values())), tuple(kwargs))
        entry = self.entries.get(key)
        if entry is None or not entry.valid():
            with self.lock:
                entry = self.entries.get(key)
                if entry is None or not entry.valid():
                    entry = build(self.fn, args, kwargs, self.request(len(args), kwargs))
                    self.entries[key] = entry
                    self.quick.clear()
                    self.numbers.clear()
        self.latest = entry
        return entry

    def request(self, n: int, kwargs: dict[str, Any]) -> Request:
        argnums = []
        for k in self.argnums:
            if isinstance(k, str):
                if k not in kwargs:
                    raise ArgumentError("S2S008", f"argnames names `{k}`, which the call does not pass")
                k = n + list(kwargs).index(k)
            elif not -n <= k < n + len(kwargs):
                raise ArgumentError("S2S008", f"argnums names argument {k}, but the call has {n} positional arguments",
                                    hint="argnums counts from 0; use argnames for keyword arguments")
            argnums.append(k % n if k < 0 else k)
        return Request(self.mode, tuple(argnums), self.single, self.has_aux)

    # ---- a derivative inside a differentiated function -------------------------------------------------------------

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        if kwargs:
            raise lowerer.unsupported("keyword arguments for a derivative inside a differentiated function")
        return lower_derivative(lowerer, self.request(len(args), {}), const(self.fn), args)


def _names(argnames: Any) -> tuple[str, ...]:
    return () if argnames is None else (argnames,) if isinstance(argnames, str) else tuple(argnames)


def _positions(fn: Callable, argnums: Any, argnames: Any) -> tuple[Any, ...]:
    """Positions (or names of keyword-only parameters) to differentiate by."""
    found: list[Any] = []
    if argnums is not None:
        nums = argnums if isinstance(argnums, (tuple, list)) else (argnums,)
        if not all(isinstance(k, (int, np.integer)) and not isinstance(k, bool) for k in nums):
            raise ArgumentError("S2S008", f"argnums must be an int or a tuple of ints, not {argnums!r}",
                                hint="use argnames for names")
        found += [int(k) for k in nums]
        if not found:
            raise ArgumentError("S2S008", "argnums is empty: there is nothing to differentiate by")
    names = _names(argnames)
    if names:
        parameters = inspect.signature(fn).parameters
        for name in names:
            if name not in parameters and not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
                raise ArgumentError("S2S008", f"`{getattr(fn, '__name__', fn)}` has no parameter `{name}`",
                                    hint=f"its parameters are {', '.join(parameters)}")
            p = parameters.get(name)
            positional = p is not None and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            found.append(list(parameters).index(name) if positional else name)
    if len(set(found)) < len(found):
        raise ArgumentError("S2S008", "an argument is named twice in argnums and argnames", hint="name it once")
    return tuple(found) if found else (0,)


def _check_memory(entry: Entry, args: tuple) -> None:
    """Arguments that share memory, one of them written to by the function: not a case that can be followed."""
    arrays: list[Any] = []
    containers: list[Any] = []
    for x in _mutable(args, set()):
        (arrays if isinstance(x, np.ndarray) else containers).append(x)
    for path in entry.watched:
        value: Any = args
        for op, key in path:
            value = op(value, key)
        if isinstance(value, np.ndarray):
            same = [a for a in arrays if np.may_share_memory(value, a)]
        else:
            same = [c for c in containers if c is value]
        if len(same) > 1:
            raise AliasError("S2S005", "two arguments share memory and the function writes to one of them",
                                hint="pass a copy of one of them")


def _mutable(x: Any, seen: set[int]) -> Iterator[Any]:
    """The arrays, lists and dicts of some arguments; those of an object once, on whatever ways it is reached."""
    if isinstance(x, (np.ndarray, list, dict)):
        yield x
    elif not isinstance(x, tuple):
        if id(x) in seen:
            return
        seen.add(id(x))
    for v in tree.parts(x).values():
        yield from _mutable(v, seen)


class _NumpyMath:
    """The ``math`` module with NumPy's answers: inf and nan instead of exceptions, and results that divide by zero."""

    def __getattr__(self, name: str) -> Any:
        fn = getattr(math, name)
        if not callable(fn):
            return fn
        known = NUMPY_FORM.get(fn, fn)
        return lambda *args: np.float64(known(*args))


NUMPY_FORM = {fast: fn for fn, fast in ON_FLOATS.items() if getattr(fast, "__module__", "") == "math"}


def _numpy_function(entry: Entry) -> Callable:
    """The generated function with NumPy's arithmetic instead of that of Python floats."""
    if not any(v is math for v in entry.source.namespace.values()):
        return entry.function
    if entry.lenient is None:
        scope = {k: _NumpyMath() if v is math else v for k, v in entry.source.namespace.items()}
        entry.lenient = load(entry.source.text, scope, entry.source.name)
    return entry.lenient


def _lift(x: Any) -> Any:
    if type(x) is float:
        return np.float64(x)
    if type(x) in (list, tuple):
        return type(x)([_lift(v) for v in x])
    return {k: _lift(v) for k, v in x.items()} if type(x) is dict else x


def _lower_floats(x: Any) -> Any:
    if type(x) in (list, tuple):
        return type(x)([_lower_floats(v) for v in x])
    if type(x) is dict:
        return {k: _lower_floats(v) for k, v in x.items()}
    return float(x) if type(x) is np.float64 else x


# ---- decorators -----------------------------------------------------------------------------------------------------

def _transform(mode: str, fn: Any, argnums: Any, argnum: Any, argnames: Any, has_aux: bool) -> Any:
    if argnum is not None:
        argnums = argnum
    if argnums is None and argnames is None:
        argnums = 0
    if fn is None:
        return lambda f: Derivative(f, mode, argnums, argnames, has_aux)
    return Derivative(fn, mode, argnums, argnames, has_aux)


def grad(fn: Any = None, argnums: Argnums | None = None, *, argnum: Argnums | None = None,
         argnames: str | Sequence[str] | None = None, has_aux: bool = False) -> Any:
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
    return _transform("grad", fn, argnums, argnum, argnames, has_aux)


def value_and_grad(fn: Any = None, argnums: Argnums | None = None, *, argnum: Argnums | None = None,
                   argnames: str | Sequence[str] | None = None, has_aux: bool = False) -> Any:
    """The value and the gradient; parameters as in ``grad``. With ``has_aux`` the result is
    ``((value, aux), gradient)``.

    >>> value_and_grad(lambda x: x ** 3)(2.0)
    (8.0, 12.0)
    """
    return _transform("value_and_grad", fn, argnums, argnum, argnames, has_aux)


# The functions below are defined in terms of compiled derivatives that are kept with the function they belong to.

_kept: dict[Any, Derivative] = {}
_kept_lock = threading.Lock()


class _Products(Derivative):
    """The derivative behind ``vjp`` and ``jvp``: extra arguments are cotangents or tangents."""

    def __init__(self, fn: Callable, mode: str, argnums: tuple[int, ...], has_aux: bool = False) -> None:
        super().__init__(fn, mode, argnums, None, has_aux)
        self.single = False

    def __reduce__(self) -> tuple:
        return type(self), (self.fn, self.mode, self.argnums, self.has_aux)

    def apply(self, args: tuple, extra: tuple) -> Any:
        """Call with primal arguments and cotangents (or tangents)."""
        entry = self.entry(args, {})
        if entry.watched:
            _check_memory(entry, args)
        try:
            return entry.function(*args, *extra)
        except Exception as error:
            return self.recover(entry, args, (), extra, error)


def _products(fn: Callable, mode: str, argnums: tuple[int, ...], has_aux: bool = False) -> _Products:
    try:
        key = (fn, mode, argnums, has_aux)
        with _kept_lock:
            found = _kept.get(key)
            if found is None:
                if len(_kept) > 256:
                    _kept.clear()
                found = _kept[key] = _Products(fn, mode, argnums, has_aux)
        return found  # type: ignore[return-value]
    except TypeError:
        return _Products(fn, mode, argnums, has_aux)


def _is_smooth(x: Any) -> bool:
    """Whether there is something to differentiate in an argument."""
    return tree.is_leaf(x) or any(map(_is_smooth, tree.parts(x).values()))


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
        argument.

    Examples
    --------
    >>> y, pullback = vjp(lambda x: np.array([x, x * x]), 3.0)
    >>> pullback(np.array([1.0, 1.0]))
    (7.0,)
    """
    argnums = tuple(k for k, x in enumerate(primals) if _is_smooth(x))
    if not argnums:
        raise ArgumentError("S2S006", "none of the arguments has a derivative", hint="pass floats or arrays of floats")
    made = _products(fn, "vjp", argnums, has_aux)
    kept = runtime.copy(primals)
    value = fn(*runtime.copy(primals))
    if has_aux:
        value, aux = value

    def pullback(y_bar: Any) -> tuple:
        """The cotangents of the arguments."""
        _, grads = made.apply(kept, (y_bar,))
        out: list[Any] = [None] * len(primals)
        for k, g in zip(argnums, grads):
            out[k] = _as_number(g, primals[k])
        return tuple(out)
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
    argnums = tuple(k for k, (x, t) in enumerate(zip(primals, tangents)) if t is not None and _is_smooth(x))
    if not argnums:
        raise ArgumentError("S2S006", "no argument that varies has a derivative",
                            hint="pass floats or arrays of floats")
    made = _products(fn, "jvp", argnums)
    return made.apply(tuple(primals), tuple(tangents[k] for k in argnums))


def linearize(fn: Callable, *primals: Any) -> tuple[Any, Callable]:
    """The value, and the linear map from tangents to the tangent of the value at this point.

    >>> y, push = linearize(lambda x: x * x, 3.0)
    >>> push(1.0)
    6.0
    """
    kept = runtime.copy(primals)

    def push(*tangents: Any) -> Any:
        """The tangent of the value."""
        return jvp(fn, kept, tangents)[1]
    return fn(*runtime.copy(primals)), push


class _Matrix:
    """A derivative that is a matrix: a function of the same arguments, with the look of a ``Derivative``."""

    def __init__(self, fn: Callable, mode: str, argnums: Any, argnames: Any) -> None:
        self.fn, self.mode, self.request_args = fn, mode, (argnums, argnames)
        self.single = isinstance(argnums, (int, np.integer)) or (
            argnums is None and not isinstance(argnames, (list, tuple)))
        self.positions = _positions(fn, argnums, argnames)
        self.inner = _Products(fn, "jvp" if mode == "jacfwd" else "vjp", self.positions)
        functools.update_wrapper(self, fn, updated=())

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

    def stages(self, *args: Any) -> list[tuple[str, str]]:
        """Every stage from the function to its derivative."""
        return self.inner.stages(*args)

    def trace(self, *args: Any) -> Trace:
        """The evaluation trace."""
        return self.inner.trace(*args)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            args, kwargs = self.inner.positional(args, kwargs)
        fn = self.fn if not kwargs else functools.partial(self.fn, **kwargs)
        made = self.inner if not kwargs else _Products(fn, self.inner.mode, self.positions)
        blocks = self.forward(fn, made, args) if self.mode == "jacfwd" else self.reverse(fn, made, args)
        return blocks[0] if self.single else tuple(blocks)

    def reverse(self, fn: Callable, made: _Products, args: tuple) -> list[np.ndarray]:
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

    def forward(self, fn: Callable, made: _Products, args: tuple) -> list[np.ndarray]:
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
    return _Matrix(fn, "jacrev", 0 if argnums is None and argnames is None else argnums, argnames)


jacrev = jacobian


def jacfwd(fn: Callable, argnums: Argnums | None = None, *, argnames: Any = None) -> Any:
    """The Jacobian by forward mode: one pushforward per element of the arguments.

    >>> jacfwd(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return _Matrix(fn, "jacfwd", 0 if argnums is None and argnames is None else argnums, argnames)


def hessian(fn: Callable, argnums: int = 0) -> Any:
    """The Hessian of a function that returns one real number: forward mode over reverse mode.

    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    return jacfwd(grad(fn, argnums), argnums)


def hvp(fn: Callable, argnums: int = 0) -> Callable:
    """The product of the Hessian with a vector: ``hvp(f)(*args, v)``, at the cost of a few gradients.

    Parameters
    ----------
    fn : callable
        Returns one real number.
    argnums : int
        The argument to differentiate by; ``v`` has its structure.

    Examples
    --------
    >>> hvp(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]), np.array([1.0, 0.0]))
    array([6., 2.])
    """
    gradient = grad(fn, argnums)

    def product(*args: Any) -> Any:
        """The Hessian at all arguments but the last, times the last."""
        *primals, v = args
        tangents = (None,) * argnums + (v,) + (None,) * (len(primals) - argnums - 1)
        return jvp(gradient, tuple(primals), tangents)[1]
    return functools.update_wrapper(product, fn)


def elementwise_grad(fn: Callable, argnums: int = 0) -> Callable:
    """The derivative of each element of the result by the same element of the argument (of an elementwise function).

    >>> elementwise_grad(np.tanh)(np.array([0.0, 100.0]))
    array([1., 0.])
    """
    return _Elementwise(fn, argnums)


class _Elementwise:
    """The diagonal of a Jacobian that has nothing else: the gradient of the sum."""

    def __init__(self, fn: Callable, argnums: int) -> None:
        self.fn, self.argnums = fn, argnums
        functools.update_wrapper(self, fn, updated=())

    def __reduce__(self) -> tuple:
        return type(self), (self.fn, self.argnums)

    def __call__(self, *args: Any) -> Any:
        y, pullback = vjp(self.fn, *args)
        return pullback(np.ones_like(y) if isinstance(y, np.ndarray) else 1.0)[self.argnums]

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
        def total(*args: Any) -> Any:
            return np.sum(self.fn(*args))
        return lower_derivative(lowerer, Request("grad", (self.argnums,), True), const(total), args)


def stop_gradient(x: Any) -> Any:
    """``x``, counted as a constant by derivatives.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return runtime.stop_gradient(x)


def checkpoint(fn: Callable) -> Callable:
    """Mark a function whose intermediate values the reverse sweep may compute again instead of keeping them.

    The values are the same with and without it.

    >>> float(grad(lambda x: checkpoint(np.sin)(x) * x)(0.0))
    0.0
    """
    return fn


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
        fn, *rest = args
        if isinstance(self.made, _Matrix):
            return self.made.lower(lowerer, fn, tuple(rest))
        return lower_derivative(lowerer, self.made.request(len(rest), {}), fn, tuple(rest))


def _anything(*args: Any) -> Any:
    """A stand-in for a function whose parameters are not known."""
    return args


for _made in (grad, value_and_grad, jacobian, jacfwd):
    _made.__s2sad_lower__ = _lower_transform(_made)  # type: ignore[attr-defined,union-attr]


def _lower_stop(lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
    return lowerer.call_op(runtime.stop_gradient, args, (), "")


def _lower_checkpoint(lowerer: Any, args: tuple[Value, ...], kwargs: tuple) -> Value:
    return args[0]


vjp.__s2sad_lower__ = lower_vjp  # type: ignore[attr-defined]
jvp.__s2sad_lower__ = lower_jvp  # type: ignore[attr-defined]
linearize.__s2sad_lower__ = lower_linearize  # type: ignore[attr-defined]
stop_gradient.__s2sad_lower__ = _lower_stop  # type: ignore[attr-defined]
checkpoint.__s2sad_lower__ = _lower_checkpoint  # type: ignore[attr-defined]
__all__ = ["Derivative", "checkpoint", "elementwise_grad", "grad", "hessian", "hvp", "jacfwd", "jacobian", "jacrev",
           "jvp", "linearize", "stop_gradient", "value_and_grad", "vjp"]


def _recursive_vjp(fn: Callable, xs: tuple, y_bar: Any) -> tuple:
    """The cotangents of a call that a generated function makes of a function that calls itself."""
    argnums = tuple(k for k, x in enumerate(xs) if _is_smooth(x))
    grads = iter(_products(fn, "vjp", argnums).apply(xs, (y_bar,))[1])
    return tuple(next(grads) if k in argnums else None for k in range(len(xs)))


def _recursive_jvp(fn: Callable, xs: tuple, xs_dot: tuple) -> Any:
    """The tangent of such a call."""
    argnums = tuple(k for k, (x, t) in enumerate(zip(xs, xs_dot)) if t is not None and _is_smooth(x))
    return _products(fn, "jvp", argnums).apply(xs, tuple(xs_dot[k] for k in argnums))[1]


runtime.DERIVATIVES.update(vjp=_recursive_vjp, jvp=_recursive_jvp)
