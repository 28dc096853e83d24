"""The few helpers that generated code may call, and the reference meaning of s2sad's own primitives.

The primitives (``setitem``, ``append``, …) are *functional*: they never change their argument. The emitted code
replaces them by in-place statements (``a[i] = v``, ``xs.append(v)``) where nobody can see the old version.
Only numpy is imported, so a saved module can carry a copy of what it uses.
"""
from __future__ import annotations

import copy as _copy
from typing import Any

import numpy as np


class Nothing:
    """Stands where a branch that was not taken or a loop without trips left no value; using it as one is an error."""

    def copy(self) -> Nothing:
        """Itself, so that it can be saved like an array."""
        return self

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise UnboundLocalError("a variable is read on a path that gives it no value")

    def __repr__(self) -> str:
        return "nothing"

    def __reduce__(self) -> str:
        return "NOTHING"


NOTHING = Nothing()


def copy(a: Any) -> Any:
    """A copy that shares no memory: arrays are copied, containers and the fields of objects recursively; what cannot be
    changed is returned as it is. The copy of an array lies in memory as the array does, so that a product with it has
    the same last bit.

    >>> copy(np.ones((4, 6))[:, ::2]).strides
    (48, 16)
    """
    if isinstance(a, np.ndarray):
        return a.copy("K") if a.flags.forc or 0 in a.strides else _copy_with_gaps(a)
    return _copy_parts(a, copy)


def copy_together(a: Any, done: dict[int, Any] | None = None) -> Any:
    """``copy``, in which an array or object that is in several places is one again (``done``: what is copied already).

    >>> x, y = copy_together([A := np.ones(2), A])
    >>> x is y, x is A
    (True, False)
    """
    done = {} if done is None else done
    if id(a) not in done:
        done[id(a)] = copy(a) if isinstance(a, np.ndarray) else _copy_parts(a, lambda x: copy_together(x, done))
    return done[id(a)]


def tuple_of(cls: Any, items: Any) -> Any:
    """A tuple of a class with these items, whatever its ``__new__`` makes of what it is given.

    >>> tuple_of(tuple, [1.0, 2.0])
    (1.0, 2.0)
    """
    try:
        return tuple.__new__(cls, items)
    except TypeError:  # one that is written in C has a maker of its own
        return cls(items)


def _copy_parts(a: Any, each: Any) -> Any:
    """A copy of a container or object, of which each part is copied by ``each``."""
    if type(a) in (list, tuple):
        return type(a)([each(x) for x in a])
    if type(a) is dict:
        return {k: each(x) for k, x in a.items()}
    if isinstance(a, tuple) and hasattr(a, "_fields"):
        return tuple_of(type(a), [each(x) for x in a])
    if np.isscalar(a) or a is None or callable(a) and not hasattr(a, "__dict__"):
        return a
    if isinstance(a, (np.random.Generator, np.random.RandomState)) or type(a).__module__ == "random":
        return a  # whoever draws from it moves it on for everybody
    made = _copy.copy(a)
    if made is not a:
        for name, x in getattr(a, "__dict__", {}).items():
            object.__setattr__(made, name, each(x))
    return made


def _copy_with_gaps(a: np.ndarray) -> np.ndarray:
    """A copy of a part of an array, with gaps in memory where it has gaps."""
    size, stride = np.array(a.shape), np.array(a.strides)
    if a.size == 0 or a.dtype.hasobject:
        return a.copy("K")
    reach = (size - 1) * stride
    low, high = int(reach[reach < 0].sum()), int(reach[reach > 0].sum())
    made: np.ndarray = np.ndarray(a.shape, a.dtype, np.empty(high - low + a.itemsize, np.uint8), -low, a.strides)
    made[...] = a
    return made


def setitem(a: Any, index: Any, value: Any) -> Any:
    """``a`` with ``a[index] = value`` done. Emitted as that statement."""
    a = copy(a) if isinstance(a, np.ndarray) else a.copy()
    a[index] = value
    return a


def add_at(a: Any, index: Any, value: Any) -> Any:
    """``a`` with ``value`` added at ``index``, repeated indices accumulating. Emitted ``a[index] += value`` where the
    index cannot repeat, else ``np.add.at(a, index, value)``."""
    a = a.copy()
    if isinstance(a, np.ndarray):
        np.add.at(a, index, value)
    else:
        a[index] = add(a[index], value)
    return a


def add_rows(a: np.ndarray, index: np.ndarray, rows: Any) -> None:
    """Add rows at numbers that may repeat, in place: ``np.add.at``, which is fast only for arrays with one axis.

    >>> a = np.zeros((2, 2))
    >>> add_rows(a, np.array([1, 1, -2]), np.ones((3, 2)))
    >>> a
    array([[1., 1.],
           [2., 2.]])
    """
    n = len(a)
    width = a.size // n if n else 0
    inside = index.size and width and index.dtype.kind in "iu" and index.min() >= -n and index.max() < n
    if not (inside and a.flags.c_contiguous):
        np.add.at(a, index, rows)
        return
    starts = np.where(index < 0, index + n, index).reshape(-1, 1) * width
    rows = np.broadcast_to(rows, (*index.shape, *a.shape[1:])).astype(a.dtype, copy=False)
    np.add.at(a.reshape(-1), (starts + np.arange(width)).reshape(-1), rows.reshape(-1))


def view(a: Any, path: tuple) -> Any:
    """Walk a chain of views: each step is ``("index", i)``, ``("attr", "T")`` or ``("call", function, args)``."""
    for kind, *step in path:
        if kind == "index":
            a = a[step[0]]
        elif kind == "attr":
            a = getattr(a, step[0])
        else:
            a = step[0](a, *step[1])
    return a


def setview(a: Any, path: tuple, index: Any, value: Any) -> Any:
    """``a`` with ``view(a, path)[index] = value`` done. Emitted ``a[i].T[index] = value`` and the like."""
    a = copy(a)
    view(a, path)[index] = value
    return a


def add_view(a: Any, path: tuple, index: Any, value: Any) -> Any:
    """``a`` with ``value`` added at ``view(a, path)[index]``. Emitted ``a[i][index] += value`` and the like."""
    a = copy(a)
    np.add.at(view(a, path), index, value)
    return a


def append(xs: list, x: Any) -> list:
    """``xs`` with ``x`` appended. Emitted ``xs.append(x)``."""
    return [*xs, x]


def pop(xs: list, index: int = -1) -> tuple[list, Any]:
    """``xs`` without the item at ``index``, and that item. Emitted ``x = xs.pop(index)``."""
    xs = list(xs)
    x = xs.pop(index)
    return xs, x


def join_lists(xs: list, ys: list) -> list:
    """``xs + ys``."""
    return xs + ys


def place_of(places: dict, key: Any) -> int:
    """Where the value of a key is, in a dict whose values are kept in a list."""
    return places[key]


def keys_of(places: dict) -> list:
    """The keys of a dict in their order."""
    return list(places)


def order(keys: list, reverse: bool = False) -> list:
    """The places of the items of ``keys`` in ascending order; of equal ones in theirs."""
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)


def picked(xs: list, places: list) -> list:
    """The items of ``xs`` at ``places``."""
    return [xs[k] for k in places]


def placed(xs: list, places: list) -> list:
    """The list whose items at ``places``, a permutation, are ``xs``: the transpose of ``picked``."""
    out = list(xs)
    for k, x in zip(places, xs):
        out[k] = x
    return out


def repeat_list(xs: list, n: int) -> list:
    """``xs * n``."""
    return xs * n


def fold_list(ys: list, n: int) -> list:
    """The sums of the items of ``ys`` that are ``n`` places apart: the transpose of ``repeat_list``."""
    out = list(ys[:n])
    for k in range(n, len(ys)):
        out[k % n] = add(out[k % n], ys[k])
    return out


class Recursive:
    """A function that calls itself to a depth known only at run time, as one operation. Its derivative is that of the
    function, compiled apart and called where the operation is met in the sweep."""

    def __init__(self, fn: Any) -> None:
        self.fn = fn
        self.__name__ = self.__qualname__ = fn.__name__
        self.__module__ = fn.__module__

    def __call__(self, *args: Any) -> Any:
        return self.fn(*args)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recursive) and other.fn is self.fn

    def __hash__(self) -> int:
        return hash((Recursive, self.fn))


DERIVATIVES: dict[str, Any] = {}
"""``vjp`` and ``jvp`` of a function, entered by the layer that compiles them."""


def recursive_pullback(call: Recursive, xs: tuple, y_bar: Any) -> Any:
    """The cotangents of the arguments of a recursive call; of a single argument not in a tuple."""
    bars = DERIVATIVES["vjp"](call.fn, xs, y_bar)
    return bars if len(bars) > 1 else bars[0]


def recursive_pushforward(call: Recursive, xs: tuple, xs_dot: tuple) -> Any:
    """The tangent of the result of a recursive call."""
    return DERIVATIVES["jvp"](call.fn, xs, xs_dot)


def raise_(exc: Any) -> None:
    """``raise exc`` as a function. Emitted as that statement."""
    raise exc


def enter(manager: Any) -> Any:
    """The start of a ``with`` block."""
    return manager.__enter__()


def leave(manager: Any) -> None:
    """The regular end of a ``with`` block."""
    manager.__exit__(None, None, None)


def add(g: Any, h: Any) -> Any:
    """The sum of two cotangents of any structure (lists and tuples elementwise)."""
    if type(g) in (list, tuple):
        return type(g)([add(x, y) for x, y in zip(g, h)])
    return g + h


def zeros_like(x: Any) -> Any:
    """The zero cotangent of ``x``: 0.0 for a float, ``np.zeros_like`` for an array, for a list or tuple a list of those
    of its items, which is added to in place."""
    if isinstance(x, np.ndarray):
        return np.zeros_like(x)
    if type(x) in (list, tuple):
        return [zeros_like(v) for v in x]
    if isinstance(x, np.generic):
        return x.dtype.type(0)
    return 0j if type(x) is complex else 0.0


def or_zeros(g: Any, x: Any) -> Any:
    """The cotangent or tangent ``g`` of ``x``, zeros if it is None: a rule says so on one path of a test of its own.

    >>> or_zeros(None, 2.0), or_zeros(3.0, 2.0)
    (0.0, 3.0)
    """
    return zeros_like(x) if g is None else g


def masked_product(g: Any, partial: Any, chosen: Any = None, either: bool = False) -> Any:
    """``g * partial`` with an exact zero where ``g`` is zero, even if ``partial`` is infinite or nan there. With
    ``chosen`` it is where that is zero or false; with ``either`` also where ``partial`` is zero.

    >>> masked_product(np.array([0.0, 2.0]), np.array([np.inf, 3.0]))
    array([0., 6.])
    """
    if isinstance(g, float) and isinstance(partial, float) and (p := float.__mul__(g, partial)) == p:
        return g * partial
    with np.errstate(invalid="ignore"):
        product = g * partial
    wrong = product != product
    if not (wrong.any() if isinstance(product, np.ndarray) else wrong):
        return product
    zero = np.equal(g if chosen is None else chosen, 0)
    if either:
        zero = zero | np.equal(partial, 0)
    return np.where(wrong & zero, 0 * product.dtype.type(0), product) if isinstance(product, np.ndarray) else (
        type(product)(0) if zero else product)


def logistic(v: Any, e: Any, c: Any) -> Any:
    """``1 / (c + e)`` of ``e = exp(v)``, as a function of ``v``.

    >>> logistic(0.0, 1.0, 3.0)
    np.float64(0.25)
    """
    return 1.0 / (c + np.exp(v))


def tamed(partial: Any, g: Any) -> Any:
    """``partial``, and zero where ``g`` is zero and ``partial`` infinite or nan: the derivative of a masked product.

    >>> tamed(np.array([np.inf, np.inf, 3.0]), np.array([0.0, 2.0, 0.0]))
    array([ 0., inf,  3.])
    """
    return np.where(np.equal(g, 0) & ~np.isfinite(partial), 0.0, partial)[()]


def masked_contraction(op: Any, at: int, *args: Any, **options: Any) -> Any:
    """``op(*args, **options)``, sums of products of two arguments, without the products in which argument number ``at``
    is zero, even if the other one is infinite or nan there.

    >>> masked_contraction(np.dot, 0, np.array([0.0, 2.0]), np.array([np.inf, 3.0]))
    np.float64(6.0)
    """
    with np.errstate(invalid="ignore"):
        found = op(*args, **options)
    if not np.isnan(found).any():
        return found
    arrays = {k for k, a in enumerate(args) if getattr(a, "dtype", np.dtype(int)).kind in "fc"} - {at}
    clean = op(*(np.where(np.isfinite(a), a, 0) if k in arrays else a for k, a in enumerate(args)), **options)
    met = op(*(1.0 * (np.not_equal(a, 0)) if k == at else 1.0 * ~np.isfinite(a) if k in arrays else a
               for k, a in enumerate(args)), **options)
    return np.where(met != 0, found, clean)[()]


class OrderMatters(ValueError):
    """NumPy's result of an assignment depends on the order in which it goes through memory."""


def check_order(a: np.ndarray, path: tuple, index: Any, source: tuple) -> None:
    """Raise if ``view(a, path)[index] = view(a, source)`` reads an element after it has written to it, or might if the
    array lay in memory in another way.

    >>> check_order(np.ones((3, 3)), (), (slice(None), 1), (("index", 1),))
    >>> check_order(np.ones((3, 3)), (), (slice(None), 1), (("index", 2),))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    OrderMatters: the value of an assignment is a view that overlaps with the target
    """
    places = np.arange(a.size).reshape(a.shape)
    target, value = view(places, path)[index], view(places, source)
    if target.ndim != 1 or value.ndim == 0 or (target.size > 1 and value.shape[-1:] == (1,)):
        return
    _, written, read = np.intersect1d(target, value.reshape(-1), return_indices=True)
    if np.any(written < read if getattr(index, "dtype", None) == np.bool_ else written != read):
        raise OrderMatters("the value of an assignment is a view that overlaps with the target")


class LengthChanges(ValueError):
    """The assignment to a slice of a list changes the length of the list."""


def check_length(xs: list, index: slice, ys: list) -> None:
    """Raise if ``xs[index] = ys`` changes the length of ``xs``.

    >>> check_length([1.0, 2.0, 3.0], slice(1, 3), [4.0, 5.0])
    """
    if len(xs[index]) != len(ys):
        raise LengthChanges("the assignment to a slice of a list changes its length")


def check_bound(x: Any, error: type, text: str) -> None:
    """Raise if a variable or field has no value. Emitted as ``x`` where Python notices that by itself."""
    if x is NOTHING:
        raise error(text)


def items_of(xs: Any) -> list:
    """The items of something of which nothing was known before the call, in the order of a loop over it. An iterator is
    refused: a loop that is left early would leave the rest in it.

    >>> items_of({"a": 1.0, "b": 2.0})
    ['a', 'b']
    """
    if iter(xs) is xs:
        raise NotImplementedError(f"S2S011: a loop over an iterator, {type(xs).__name__}, that the function has not "
                                  "made: write `list(…)` around it")
    return list(xs)


def check_items(xs: Any, count: int, more: bool = False, axis: int = 0) -> None:
    """Raise what Python raises where ``xs`` (or what is in it, along another axis) is unpacked into ``count`` names, or
    ``more`` than so many.

    >>> check_items([1.0, 2.0], 2)
    >>> check_items(np.ones((4, 3)), 2, axis=1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: too many values to unpack (expected 2...)
    """
    if isinstance(xs, np.ndarray):
        given = xs.shape[axis] if xs.ndim else len(list(xs))
    else:
        given = len(xs)
    if given < count or given > count and not more:
        unpack(given, count, more)


def unpack(given: int, count: int, more: bool = False) -> None:
    """Unpack so many items into so many names, and maybe a starred one: Python says what is wrong with it.

    >>> unpack(1, 2, more=True)
    Traceback (most recent call last):
    ValueError: not enough values to unpack (expected at least 2, got 1)
    """
    names = ", ".join(["_"] * count + ["*_"] * more)
    exec(f"({names},) = items", {"items": (None,) * given})


def check_arguments(name: str, parameters: list, xs: Any, given: int = 0) -> None:
    """Raise what Python raises where a function with these positional parameters is called with ``*xs`` after ``given``
    other arguments.

    >>> check_arguments("f", ["x", "y"], [1.0])
    Traceback (most recent call last):
    TypeError: f() missing 1 required positional argument: 'y'
    """
    scope: dict[str, Any] = {}
    exec(f"def f({', '.join(parameters)}): pass", scope)
    scope["f"].__qualname__ = name
    scope["f"](*[None] * (given + len(xs)))


def check_zip(*lengths: int) -> None:
    """Raise what Python raises at the end of ``zip(…, strict=True)`` of iterables with these lengths.

    >>> check_zip(2, 2, 3)
    Traceback (most recent call last):
    ValueError: zip() argument 3 is longer than arguments 1-2
    """
    if len(set(lengths)) > 1:
        list(zip(*map(range, lengths), strict=True))


def check_first(found: list) -> type | None:
    """Raise if the first result of a function that ``np.vectorize`` was made of is an integer: it makes all integers.
    The result is the type to make of the others, where that is not what ``np.array`` makes of them: of none.

    >>> check_first([0.0, 1])
    >>> check_first([0, 1.5])
    Traceback (most recent call last):
    TypeError: np.vectorize makes integers of all results if the first is one: return floats on every path
    """
    if found and np.asarray(found[0]).dtype.kind not in "fc":
        raise TypeError("np.vectorize makes integers of all results if the first is one: return floats on every path")
    return None


def selected(fn: Any, where: Any, out: np.ndarray, *args: Any) -> np.ndarray:
    """``fn(*args)`` where ``where`` is true, the content of ``out`` elsewhere. What ``fn(*args, out=out, where=where)``
    leaves in ``out``.

    >>> selected(np.divide, np.array([False, True]), np.zeros(2), 1.0, np.array([0.0, 4.0]))
    array([0.  , 0.25])
    """
    made: np.ndarray = fn(*args, out=copy(out), where=where)
    return made


def drawn(generator: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """What a method of a generator of random numbers gives; the next draw depends on it.

    >>> drawn(np.random.default_rng(0), "integers", 1, 2)
    np.int64(1)
    """
    return getattr(generator, name)(*args, **kwargs)


def shuffled(generator: Any, count: int, as_array: bool) -> Any:
    """The places 0, 1, …, count - 1 in the order in which a generator (or its method ``shuffle``) leaves them; it draws
    what it draws for a list or array of so many items.

    >>> shuffled(np.random.default_rng(0), 3, False)
    [2, 0, 1]
    """
    places: Any = np.arange(count) if as_array else list(range(count))
    getattr(generator, "shuffle", generator)(places)
    return places


def called(owner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """A call of a method of something of which nothing is known.

    >>> called("text", "upper")
    'TEXT'
    """
    return getattr(owner, name)(*args, **kwargs)


def applied(fn: Any, *args: Any, **kwargs: Any) -> Any:
    """A call of a function that is known only when it is called."""
    return fn(*args, **kwargs)


def attribute(owner: Any, name: str, *default: Any) -> Any:
    """An attribute of something of which nothing is known; to ask for it may have effects."""
    return getattr(owner, name, *default)


def check_plain(x: Any) -> None:
    """Refuse what has operators of its own where a number or an array is differentiated with.

    >>> check_plain(np.ones(2)), check_plain(1.0)
    (None, None)
    """
    if isinstance(x, (np.matrix, np.ma.MaskedArray)) or not (
            isinstance(x, (np.ndarray, np.generic, float, int, complex, str, list, tuple)) or x is None):
        raise NotPlain(f"an object of class `{type(x).__name__}`")


def stop_gradient(x: Any) -> Any:
    """``x`` itself; its derivative counts as zero."""
    return x


def broadcast_like(g: Any, y: Any) -> Any:
    """``g`` broadcast to the shape of ``y``."""
    if not isinstance(y, np.ndarray):
        return g
    return np.broadcast_to(g, y.shape) if getattr(g, "shape", ()) != y.shape else np.asarray(g)


def same(x: Any) -> Any:
    """``x``: a value under another name."""
    return x


def seed(y: Any) -> Any:
    """The cotangent 1 of a result that must be one real number (a scalar or an array of size 1), in its precision."""
    if isinstance(y, np.ndarray):
        if y.size != 1 or y.dtype.kind != "f":
            raise NotScalar(f"shape {y.shape} and dtype {y.dtype}")
        return np.ones_like(y)
    if isinstance(y, float):
        return 1.0
    if isinstance(y, np.floating):
        return type(y)(1.0)
    raise NotScalar(f"type {type(y).__name__}")


class Units:
    """The cotangents that pick one element of ``y`` each, in order, made when they are read.

    >>> list(Units(np.zeros(2)))
    [array([1., 0.]), array([0., 1.])]
    """

    def __init__(self, y: Any) -> None:
        self.y = np.asarray(y)

    def __len__(self) -> int:
        return self.y.size

    def __getitem__(self, k: int) -> Any:
        if not 0 <= k < self.y.size:
            raise IndexError(k)
        e = np.zeros(self.y.shape, self.y.dtype if self.y.dtype.kind in "fc" else float)
        e.flat[k] = 1
        return e if e.shape else e[()]


def cotangent_of(g: Any, y: Any) -> Any:
    """A cotangent or tangent given by the caller, checked against the value ``y`` that it belongs to, in its dtype."""
    shape, dtype = getattr(y, "shape", ()), getattr(y, "dtype", None)
    if np.shape(g) != shape:
        raise ValueError(f"a cotangent or tangent of shape {np.shape(g)} was given for a value of shape {shape}")
    if isinstance(y, np.ndarray):
        return np.asarray(g).astype(dtype, copy=False)
    return astype_of(g if isinstance(g, (float, complex, np.generic)) else np.asarray(g)[()] * 1.0, y)


def zero_of(x: Any) -> Any:
    """``zeros_like`` of a variable that may have no value; then the result has none either."""
    return x if x is NOTHING else zeros_like(x)


class NotPlain(TypeError):
    """A result of code that is not understood has operators of its own."""


class NotScalar(TypeError):
    """The function whose gradient is wanted does not return one real number."""


def unbroadcast_to(g: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """``unbroadcast`` for an array of which shape and dtype are known but the array itself is gone."""
    return unbroadcast(g, np.broadcast_to(dtype.type(0), shape))


def unbroadcast(g: Any, x: Any) -> Any:
    """The cotangent ``g`` of a value that ``x`` was broadcast to, summed back to the shape and dtype of ``x``.

    >>> unbroadcast(np.ones((3, 2)), np.zeros(2))
    array([3., 3.])
    """
    shape = getattr(x, "shape", ())
    if getattr(g, "shape", ()) != shape:
        g = np.asarray(g)
        lead = g.ndim - len(shape)
        if lead < 0 or any(n != m and n != 1 for n, m in zip(shape, g.shape[lead:])):
            g = np.array(np.broadcast_to(g, np.broadcast_shapes(g.shape, shape)))  # may be accumulated into
            lead = g.ndim - len(shape)
        axes = tuple(range(lead)) + tuple(lead + i for i, n in enumerate(shape) if n == 1 and g.shape[lead + i] != 1)
        if axes:
            g = g.sum(axis=axes, keepdims=True)
            g = g.reshape(shape) if shape else g.reshape(())[()]
    return astype_of(g, x)


def astype_of(g: Any, x: Any) -> Any:
    """``g`` in the dtype of ``x``: real for real ``x``, complex for complex, float32 for float32; zeros for None."""
    if g is None:
        return zeros_like(x)
    dtype = getattr(x, "dtype", None)
    if isinstance(x, np.ndarray) is not isinstance(g, np.ndarray):
        g = np.asarray(g) if isinstance(x, np.ndarray) else g[()]
    if dtype is None:
        if type(x) is float and isinstance(g, (complex, np.complexfloating, np.ndarray)):
            return g.real
        if type(x) is complex and not isinstance(g, complex):
            return complex(g)
        if type(x) is float and isinstance(g, np.floating) and not isinstance(g, float):
            return float(g)
        return complex(g) if type(x) is complex and isinstance(g, np.number) and not isinstance(g, complex) else g
    if dtype.kind not in "fc" or (hasattr(g, "dtype") and g.dtype == dtype):
        return g
    if dtype.kind == "f" and np.iscomplexobj(g):
        g = np.real(g)
    return g.astype(dtype) if isinstance(g, (np.ndarray, np.generic)) else dtype.type(g)


def recurrence(a: Any, b: Any) -> Any:
    """``h`` with ``h[i] = a[i] * h[i-1] + b[i]`` along the last axis, ``h[0] = b[0]``, with masked products. ``a`` and
    ``b`` have one shape.

    >>> recurrence(np.array([0., 2., 2.]), np.array([1., 1., 1.]))
    array([1., 3., 7.])
    """
    h = np.array(b, dtype=np.result_type(a, b))
    for i in range(1, h.shape[-1]):
        h[..., i] += masked_product(h[..., i - 1], a[..., i])
    return h


def cofactors(a: np.ndarray) -> np.ndarray:
    """The cofactors of a matrix, ∂(det A), or of each of a stack; A = U S Vᴴ gives det U det Vᴴ U* (∏ other s) Vᵀ.

    >>> cofactors(np.array([[1.0, 2.0], [2.0, 4.0]])).round(12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    u, s, vh = np.linalg.svd(a)
    minors = np.prod(np.where(np.eye(a.shape[-1], dtype=bool), 1.0, s[..., None, :]), axis=-1)
    return _turned(u, vh, minors[..., None] * np.eye(a.shape[-1]))


def cofactors_along(a: np.ndarray, e: np.ndarray) -> np.ndarray:
    """The change of the cofactors along ``e``, which is symmetric: ⟨f, change along e⟩ = ⟨e, change along f⟩. With
    Pᵢⱼ = ∏ s without sᵢ and sⱼ, for a diagonal matrix it has Σⱼ Pᵢⱼ eⱼⱼ on the diagonal and −Pᵢⱼ eⱼᵢ beside it.

    >>> cofactors_along(np.zeros((2, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])).round(12)
    array([[ 4., -3.],
           [-2.,  1.]])
    """
    u, s, vh = np.linalg.svd(a)
    one = np.eye(a.shape[-1], dtype=bool)
    left = np.where(one[:, None] | one[None], 1.0, s[..., None, None, :])
    pairs = np.where(one, 0.0, np.prod(left, axis=-1))
    inner = np.swapaxes(u.conj(), -1, -2) @ e @ np.swapaxes(vh.conj(), -1, -2)
    diagonal = np.sum(pairs * np.diagonal(inner, axis1=-2, axis2=-1)[..., None, :], axis=-1)
    return _turned(u, vh, np.where(one, diagonal[..., None], -pairs * np.swapaxes(inner, -1, -2)))


def _turned(u: np.ndarray, vh: np.ndarray, x: np.ndarray) -> np.ndarray:
    return (np.linalg.det(u) * np.linalg.det(vh))[..., None, None] * (u.conj() @ x @ vh.conj())
