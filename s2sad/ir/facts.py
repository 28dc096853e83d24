"""What is known of a value before it exists: its kind, dtype, dimensions, and sometimes the value itself.

Facts are computed by ``facts.infer`` and ride on every ``Var``.  Nothing is ever wrong because a fact is
missing: ``Fact()`` ("unknown") is always allowed and only costs speed.

A dimension is an ``int``, or ``(symbol, offset)`` meaning "the size that ``symbol`` names, plus offset".
Two dimensions that are equal as Python values are equal at run time. A symbol is ``(name, number)``: of one named "n"
it is known that it is 2 or more (the kinds of the arguments tell), so where two such dimensions meet in a broadcast
they are equal.
A symbol stands for one size as long as the block runs that it belongs to: in the body of a loop for another one at each
trip. In the fact of the items of a list, a symbol named "i" is another size for each item; who takes an item out gives
it symbols of its own (``taken_out``).
"""
from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sad.ir.inert import is_a, is_of_the_user

Dim = Any  # int | tuple[symbol, int]

UNSET = type("Unset", (), {"__repr__": lambda self: "UNSET", "__reduce__": lambda self: "UNSET"})()

RANDOM = {cls.__name__: cls for cls in (np.random.Generator, np.random.RandomState, random.Random)}
"""Generators of random numbers, which exist when the function runs."""
PYTHON_SCALARS = ("float", "int", "bool", "complex")
PYTHON_DTYPES = {"float": np.dtype(float), "bool": np.dtype(bool), "complex": np.dtype(complex)}
"""The dtypes of NumPy's scalars that are Python's numbers under another name."""


@dataclass(frozen=True)
class Fact:
    """``kind``: float int bool complex (Python's), scalar (NumPy scalar of ``dtype``), number (some scalar, not an
    array; with a ``dtype`` one of this dtype or Python's equal to it), real (Python's int or float, or one in double
    precision), array, list, tuple, dict, range, str, none, function, object, unknown, or the name of a class of
    ``RANDOM``.

    ``dims``: tuple of dimensions of an array whose number of dimensions is known.
    ``value``: the value itself if it is a compile-time constant.
    ``item``: fact of the elements of a list whose length is known only at run time, and of the keys of a dict that
    exists at run time (None while there are none); of an unknown, of what it is if it is not None. An unknown with a
    ``dtype`` is a number or an array.
    ``sym``: for an int that is a dimension of something, that dimension.
    ``parts``: facts of the items of a tuple (or of an unknown that has as many), mostly without values and dimensions.
    ``length``: the number of the items of a list, as a dimension.
    """

    kind: str = "unknown"
    dtype: Any = None
    dims: tuple[Dim, ...] | None = None
    value: Any = UNSET
    item: Fact | None = None
    sym: Dim = None
    parts: tuple[Fact, ...] | None = None
    length: Dim = None

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, Fact) and self.kind == other.kind and equal_dtypes(self.dtype, other.dtype)
                and same_value(self.value, other.value)
                and (self.dims, self.item, self.sym, self.parts, self.length) == (
                    other.dims, other.item, other.sym, other.parts, other.length))

    @property
    def ndim(self) -> int | None:
        if self.kind == "array":
            return None if self.dims is None else len(self.dims)
        return 0 if self.is_scalar else None

    @property
    def is_scalar(self) -> bool:
        """Certainly a scalar: a Python number or a NumPy scalar (never a 0-d array)."""
        return self.kind in PYTHON_SCALARS or self.kind in ("scalar", "number", "real")

    @property
    def is_array(self) -> bool:
        return self.kind == "array"

    @property
    def is_mixed(self) -> bool:
        """A number in one case and an array in another, both of ``dtype``."""
        return self.kind == "unknown" and self.dtype is not None

    @property
    def is_optional(self) -> bool:
        """None, or a number of which ``item`` tells."""
        return self.kind == "unknown" and self.dtype is None and self.item is not None and self.item.is_scalar

    @property
    def is_float(self) -> bool:
        """Certainly one real number in double precision: a Python float or an ``np.float64``."""
        return self.kind == "float" or (self.kind in ("scalar", "number") and self.dtype == np.float64)

    @property
    def is_real(self) -> bool:
        """Certainly one real number as Python and double precision have it: a derivative by it is an ``is_float``."""
        return self.is_float or self.kind in ("int", "real")

    @property
    def is_discrete(self) -> bool:
        """Certainly carries no derivative: an integer, a bool, a string, None, a range, …"""
        if self.kind in ("int", "bool", "str", "none", "range", "function"):
            return True
        return self.dtype is not None and np.dtype(self.dtype).kind not in "fcO"

    @property
    def is_smooth(self) -> bool:
        """Certainly can be differentiated by: a float or complex number or array, or a list of floats."""
        if self.kind in ("float", "complex"):
            return True
        if self.kind == "list":
            return self.item is not None and self.item.kind == "float"
        return self.dtype is not None and np.dtype(self.dtype).kind in "fc"

    @property
    def is_complex(self) -> bool | None:
        if self.kind == "complex":
            return True
        if self.dtype is not None:
            return np.dtype(self.dtype).kind == "c"
        return False if self.kind in ("float", "int", "bool", "real") else None

    def forget(self) -> Fact:
        """The same fact without the value."""
        return self if self.value is UNSET and self.sym is None else replace(self, value=UNSET, sym=None)


def equal_dtypes(a: Any, b: Any) -> bool:
    """Whether two dtypes are equal; for NumPy, ``np.dtype(float) == None`` is true, but None is "not known" here."""
    return a is b or (a is not None and b is not None and a == b)


def same_value(a: Any, b: Any) -> bool:
    """Whether two constants are the same: of one type, nan is nan, and 0.0 is not -0.0."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same_value, a, b))
    if isinstance(a, (float, complex)):
        return repr(a) == repr(b)
    if is_of_the_user(type(a)):
        return False
    try:
        return bool(a == b)
    except ValueError:  # arrays
        return False


UNKNOWN = Fact()
_symbols = itertools.count()


def fresh_dim(not_one: bool = False) -> Dim:
    """A dimension about which nothing is known, or only that it is neither 0 nor 1."""
    return (("n" if not_one else "m", next(_symbols)), 0)


def fresh_like(symbol: Any) -> Any:
    """A symbol of which is known what is known of another one."""
    return (symbol[0] if symbol[0] in ("n", "i") else "m", next(_symbols))


def own_dim() -> Dim:
    """A dimension that is another one for each item of a list."""
    return (("i", next(_symbols)), 0)


def is_not_one(dim: Dim) -> bool:
    """Whether a dimension is certainly different from 1 (it may be 0)."""
    return dim != 1 if isinstance(dim, int) else dim[1] == 0 and dim[0][0] == "n"


def is_filled(dim: Dim) -> bool:
    """Whether a dimension is certainly 1 or more."""
    return least(dim) > 0


def least(dim: Dim) -> int:
    """What a dimension is at least: the sizes 0 and 1 of an argument have no symbol. Of others nothing is known, as a
    symbol may stand for any integer."""
    if isinstance(dim, int):
        return dim
    return 2 + dim[1] if isinstance(dim, tuple) and dim[0][0] == "n" else -(2 ** 63)


def shift_dim(dim: Dim, by: int) -> Dim:
    """The dimension that is larger by ``by``."""
    return dim + by if isinstance(dim, int) else (dim[0], dim[1] + by)


def symbols(fact: Fact) -> Iterator[Any]:
    """The symbols in the dimensions of a fact."""
    for dim in (*(fact.dims or ()), fact.sym, fact.length):
        if isinstance(dim, tuple):
            yield dim[0]
    for part in (*(fact.parts or ()), *((fact.item,) if fact.item is not None else ())):
        yield from symbols(part)


def with_symbols(fact: Fact, new: Callable[[Any], Any]) -> Fact:
    """The fact with other symbols in its dimensions."""
    def changed(dim: Dim) -> Dim:
        return (new(dim[0]), dim[1]) if isinstance(dim, tuple) else dim
    return replace(fact, dims=None if fact.dims is None else tuple(map(changed, fact.dims)), sym=changed(fact.sym),
                   item=None if fact.item is None else with_symbols(fact.item, new),
                   parts=None if fact.parts is None else tuple(with_symbols(part, new) for part in fact.parts),
                   length=changed(fact.length))


def array(dtype: Any, dims: tuple[Dim, ...] | None = None) -> Fact:
    """The fact of an array."""
    return Fact("array", None if dtype is None else np.dtype(dtype), dims)


OTHER_ARRAYS = (np.matrix, np.ma.MaskedArray)
"""Arrays whose operators mean something else: ``*`` is the product of matrices, masked elements do not count."""


def of_value(x: Any, sizes: dict[int, Dim] | None = None) -> Fact:
    """The fact of a concrete value. Sizes are not part of it, except that a dimension is 1, and that dimensions are
    equal where ``sizes`` (from size to symbol, filled here) is shared between values."""
    kind = type(x)
    if kind in (float, int, bool, complex):
        return Fact(kind.__name__)
    if x is None:
        return Fact("none", value=None)
    if is_a(x, OTHER_ARRAYS):
        return Fact("object")
    if is_a(x, np.ndarray):
        sizes = {} if sizes is None else sizes
        return array(x.dtype, tuple(n if n < 2 else sizes.setdefault(n, fresh_dim(True)) for n in x.shape))
    if is_a(x, np.generic):
        return Fact("scalar", x.dtype)
    if is_a(x, (list, dict)):
        return Fact("list" if is_a(x, list) else "dict", item=UNKNOWN)
    for cls in (tuple, range, str):
        if is_a(x, cls):
            return Fact(cls.__name__)
    if type(x) in RANDOM.values():
        return Fact(type(x).__name__)
    return Fact("function") if callable(x) else Fact("object")


def constant(x: Any) -> Fact:
    """The fact of a compile-time constant."""
    kind = type(x)
    if kind in (float, int, bool, complex):
        return Fact(kind.__name__, value=x)
    fact = of_value(x)
    return replace(fact, value=x) if fact.kind == "str" else fact


def taken_out(item: Fact | None) -> Fact:
    """The fact of an item that is taken out of a list: its sizes have symbols of their own."""
    if item is None:
        return UNKNOWN
    if item.kind == "list" or not any(symbol[0] == "i" for symbol in symbols(item)):
        return item
    new: dict[Any, Any] = {}
    return with_symbols(item, lambda old: new.setdefault(old, fresh_dim()[0]) if old[0] == "i" else old)


def put_in(fact: Fact, known: Callable[[Any], bool]) -> Fact:
    """The fact of the items of a list of which ``fact`` is that of one; sizes are those of all if ``known``."""
    new: dict[Any, Any] = {}
    return with_symbols(fact.forget(), lambda old: old if known(old) else new.setdefault(old, own_dim()[0]))


def join(a: Fact, b: Fact, between: Callable[[], Dim] = fresh_dim) -> Fact:
    """The strongest fact that holds of both (what is known after a branch, or at the head of a loop)."""
    if a == b:
        return a
    if a.kind == b.kind:
        dims = None
        if a.dims is not None and b.dims is not None and len(a.dims) == len(b.dims):
            dims = tuple(m if m == n else between() for m, n in zip(a.dims, b.dims))
        item = join_items(a.item, b.item) if a.item is not None and b.item is not None else None
        if a.kind in ("list", "dict") and item is None:  # one of them is empty
            item = a.item or b.item
        same = same_value(a.value, b.value)
        inside = None
        if a.parts is not None and b.parts is not None and len(a.parts) == len(b.parts):
            inside = tuple(join(x, y, between) for x, y in zip(a.parts, b.parts))
        return Fact(a.kind, a.dtype if equal_dtypes(a.dtype, b.dtype) else None, dims,
                    a.value if same else UNSET, item, a.sym if a.sym == b.sym else None, inside,
                    a.length if a.length == b.length else None)
    if a.is_scalar and b.is_scalar:
        if a.is_real and b.is_real and not (a.is_float and b.is_float):
            return Fact("real")
        dtypes = [f.dtype or PYTHON_DTYPES.get(f.kind) for f in (a, b)]
        return Fact("number", dtypes[0] if equal_dtypes(*dtypes) else None)
    if all(f.is_float or ((f.is_mixed or f.is_array) and f.dtype == np.float64) for f in (a, b)):
        return Fact("unknown", np.dtype(float))
    parts = [f.item if f.is_optional else f for f in (a, b) if f.kind != "none"]
    numbers = [f.forget() for f in parts if f is not None and f.is_scalar]
    if parts and len(numbers) == len(parts):
        return Fact("unknown", item=numbers[0] if len(numbers) == 1 else join(numbers[0], numbers[1]))
    return UNKNOWN


def sometimes(fact: Fact) -> Fact:
    """The fact of a variable that has no value on some paths: there 0.0 stands for a number in double precision."""
    return join(fact.forget(), Fact("float")) if fact.is_float else fact.forget()


def join_items(a: Fact, b: Fact) -> Fact:
    """``join`` for items of one list, of which each may have sizes of its own."""
    return join(a, b, own_dim)
