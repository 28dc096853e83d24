"""Calls whose result is known before the function runs: questions about dtypes, classes and signatures.

Library code asks before it computes: ``np.result_type(x, np.float64)``, ``np.finfo(x.dtype).eps``,
``inspect.signature(f)``, a cached choice of a back end. The answers follow from the facts of the arguments, never from
their values, so they are constants of the generated code and the tests on them disappear.

    >>> import numpy as np
    >>> from s2sad import grad
    >>> def f(x):
    ...     return 3.0 * x if np.issubdtype(np.result_type(x), np.floating) else 0.0
    >>> print(grad(f).source_for(2.0))
    def f_grad(x):
        return 3.0
    <BLANKLINE>
"""
from __future__ import annotations

import builtins
import inspect
import numbers
import operator
import types
import typing
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.facts.arguments import fact_of
from s2sad.facts.samples import NoSample, sample
from s2sad.facts.tried import is_plain
from s2sad.frontend.values import Atom, Bound, Closure, Ref, Tup, Value, const, static
from s2sad.ir import Arg, Const, Pack
from s2sad.ir.facts import UNSET
from s2sad.ir.inert import is_a

OF_KINDS = {np.result_type, np.promote_types, np.can_cast, np.issubdtype, np.finfo, np.iinfo, np.dtype, np.common_type,
            np.isscalar, np.iterable, *(f for name in ("isdtype",) if (f := getattr(np, name, None)) is not None)}
"""Functions of the kinds and dtypes of their arguments alone."""
OF_CLASSES: dict[Any, Any] = {inspect.isclass: type, inspect.isfunction: types.FunctionType,
                              inspect.ismethod: types.MethodType,
                              inspect.ismodule: types.ModuleType}
"""Functions that ask for the class of their argument."""
OF_CONSTANTS = {issubclass, np.any, np.all, frozenset, hash, repr, str, divmod, ord, chr, sorted, builtins.format,
                typing.cast,
                operator.itemgetter, operator.attrgetter, operator.methodcaller, operator.index, inspect.signature,
                *(f for name in ("normalize_axis_index", "normalize_axis_tuple") if (
                    f := getattr(getattr(np.lib, "array_utils", None), name, None)) is not None),
                inspect.getfullargspec, inspect.unwrap,
                typing.get_args,
                typing.get_origin, typing.get_type_hints}
"""Pure functions, called now if all their arguments are constants."""


OF_FUNCTIONS = {inspect.signature, inspect.getfullargspec, inspect.unwrap, typing.get_type_hints, typing.cast}
"""Those of them that functions of the user are given to."""
_DISPATCHERS = (type(np.sum), np.ufunc)

FOLDED = {np.array, np.asarray, np.atleast_1d, np.arange, np.ones, np.zeros, np.sort, np.all, np.any, np.max, np.min,
          np.sum, np.prod, np.array_equal, operator.getitem, operator.lt, operator.le, operator.gt, operator.ge,
          operator.eq, operator.ne, operator.add, operator.sub, operator.mul, operator.and_, operator.or_,
          operator.invert, operator.not_}
"""Operations that code which counts axes and sizes makes of small arrays of integers."""


def folded(constants: dict[Any, Any], op: Any, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Any:
    """The integers or truths that an operation on constants gives: a small array, or a scalar; None if it is not known.

        >>> folded({}, np.array, (Pack("list", (Const(1), Const(2))),), ())
        array([1, 2])
    """
    if op not in FOLDED:
        return None
    try:
        given, named = [_integers(constants, a) for a in args], {k: _integers(constants, a) for k, a in kwargs}
    except KeyError:
        return None
    try:
        with np.errstate(all="ignore"):
            result = op(*given, **named)
    except Exception:  # the user's program raises here
        return None
    kept = isinstance(result, (np.ndarray, np.generic, bool)) and np.asarray(result).dtype.kind in "bi"
    return result if kept and np.size(result) <= 64 else None


def _integers(constants: dict[Any, Any], arg: Arg) -> Any:
    """The integers that an argument holds."""
    if isinstance(arg, Pack) and arg.kind in ("tuple", "list", "slice"):
        items = [_integers(constants, a) for a in arg.items]
        return slice(*items) if arg.kind == "slice" else tuple(items) if arg.kind == "tuple" else items
    known = arg.value if isinstance(arg, Const) else fact_of(arg).value
    if known is None or isinstance(known, (int, np.bool_, np.integer, type)):
        return known
    return constants[arg]


def evaluate(lowerer: Any, fn: Any, args: tuple[Value, ...], kwargs: tuple[tuple[str, Value], ...]) -> Value | None:
    """The result of a call as a constant, None if it is not known now."""
    if not is_a(fn, (type, types.FunctionType, types.BuiltinFunctionType)) and type(fn) not in _DISPATCHERS:
        return None
    if fn in OF_CLASSES and len(args) == 1:
        cls = lowerer.class_of(args[0])
        return None if cls is None else const(issubclass(cls, OF_CLASSES[fn]))
    if fn is np.isscalar and len(args) == 1 and lowerer.is_object(args[0]):
        return const(issubclass(lowerer.class_of(args[0]), numbers.Number))
    try:
        if fn in OF_KINDS:
            given = [of_kind(lowerer, a) for a in args]
            named = {k: of_kind(lowerer, v) for k, v in kwargs}
        elif fn in OF_CONSTANTS:
            allowed = is_described if fn in OF_FUNCTIONS else is_plain
            given = [plain(a, allowed) for a in args]
            named = {k: plain(v, allowed) for k, v in kwargs}
        else:
            return None
    except NoSample:
        return None
    except TypeError:  # an unhashable function
        return None
    try:
        result = fn(*given, **named)
    except Exception as error:
        if fn not in OF_KINDS:
            raise lowerer.failing(error) from None
        lowerer.certain_error(error)
        return None
    lowerer.keep.append(result)
    return lowerer.capture(result, None)


def is_described(fn: Any) -> bool:
    """Whether to ask for the signature of a value runs no code of the user's."""
    if type(fn) is types.MethodType:
        return is_described(fn.__func__)
    return is_plain(fn) or type(fn) is types.FunctionType and all(
        not isinstance(a, str) or a.isidentifier() for a in fn.__annotations__.values())


def plain(value: Value, allowed: Callable[[Any], bool] = is_plain) -> Any:
    """A value as the constant that it is, if that is one that is ``allowed``."""
    if isinstance(value, Tup) and value.cls is tuple:
        return tuple(plain(v, allowed) for v in value.items)
    known = static(value)
    if known is UNSET or isinstance(value, (Ref, Closure, Bound)) or is_a(known, np.ndarray) or not allowed(known):
        raise NoSample
    return known


def of_kind(lowerer: Any, value: Value) -> Any:
    """Something of the same kind as a value; the value itself where it is a constant."""
    if isinstance(value, Tup):
        return tuple(of_kind(lowerer, v) for v in value.items)
    items = lowerer.literal_items(value)
    if items is not None:
        return [of_kind(lowerer, v) for v in items]
    if isinstance(value, Atom) and value.is_static and not is_a(value.value, (float, int, complex)):
        return plain(value)
    fact = lowerer.fact(value)
    if fact.kind not in ("float", "int", "bool", "complex", "scalar", "array", "str", "none"):
        raise NoSample
    return sample(lowerer.reify(value), 2)


def dispatched(fn: Any) -> Callable | None:
    """The Python function behind one of NumPy's that can be overridden, None if it is not such a function."""
    return getattr(fn, "_implementation", None) if type(fn).__name__ == "_ArrayFunctionDispatcher" else None


def vectorized(fn: Callable, *args: Any) -> Any:
    """What ``np.vectorize(fn)`` computes; it is inlined in place of a call."""
    shape = np.broadcast_shapes(*[np.shape(a) for a in args])
    arrays = [np.broadcast_to(a, shape) for a in args]
    found = [fn(*items) for items in zip(*[np.ravel(a) for a in arrays])]
    kind = runtime.check_first(found)
    return (np.array(found) if kind is None else np.array(found, kind)).reshape(shape)


def reduced(function: Callable, iterable: Any) -> Any:
    """What ``functools.reduce`` computes of an array or a list; it is inlined in place of a call."""
    if len(iterable) == 0:
        raise TypeError("reduce() of empty iterable with no initial value")
    return reduced_from(function, iterable[1:], iterable[0])


def reduced_from(function: Callable, iterable: Any, initial: Any) -> Any:
    """What ``functools.reduce`` computes from an initial value."""
    total = initial
    for item in iterable:
        total = function(total, item)
    return total


def trimmed(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """What ``np.trim_zeros`` computes of an array with one dimension; it is inlined in place of a call."""
    places = np.flatnonzero(filt)
    start = int(np.min(places, initial=len(filt))) if "f" in trim.lower() else 0
    stop = int(np.max(places, initial=-1)) + 1 if "b" in trim.lower() else len(filt)
    return filt[start:stop]


def along_row(func1d: Callable, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """What ``np.apply_along_axis`` computes of an array with one dimension; it is inlined in place of a call."""
    return np.array(func1d(arr, *args, **kwargs))


def along_axis(func1d: Callable, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """What ``np.apply_along_axis`` computes of a matrix; it is inlined in place of a call."""
    rows = arr if axis in (1, -1) else arr.T
    found = np.stack([func1d(row, *args, **kwargs) for row in rows])  # which raises where NumPy does: without rows
    return found if found.ndim == 1 or axis in (1, -1) else np.moveaxis(found, 0, -1)
