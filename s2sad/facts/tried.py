"""Which operations may be tried on made-up values, and what trying them has shown.

Nothing of the user's program runs while a derivative is built. What is tried are operations that are recorded as pure,
on values that run no code of the user's when they are compared, hashed, iterated over or printed. What was found is
remembered.

Before: ``np.tanh`` of an array of floats with one axis, for the hundredth time.  After: the fact found the first time,
with a new symbol for every dimension.
"""
from __future__ import annotations

import types
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.facts.arguments import Result
from s2sad.ir import Arg, Const, Pack, Var
from s2sad.ir.facts import UNSET, Dim, Fact, fresh_dim, is_filled, shift_dim
from s2sad.ir.inert import is_a, is_inert_class, is_inert_member
from s2sad.ops import of

LIMIT = 20_000
"""So many results are remembered at most."""

_known: dict[Hashable, Result] = {}
_NUMBERS_AND_TEXTS = frozenset((int, float, complex, bool, str, bytes, type(None), type(...), type(NotImplemented),
                                range, slice))


class _NoKey(Exception):
    """The result may depend on more than a key can hold."""


def may_be_tried(op: Any) -> bool:
    """Whether an operation may be run on made-up values: it does nothing but return a result, whose kind does not
    depend on the values."""
    known = of(op)
    return known.is_pure and not known.of_values


def is_plain(value: Any) -> bool:
    """Whether no operation on a value can run code of the user's program.

        >>> is_plain((1, [2.0, "three"])), is_plain(lambda: 1)
        (True, False)
    """
    cls = type(value)
    if cls in _NUMBERS_AND_TEXTS:
        return True
    if cls in (tuple, list, set, frozenset):
        return all(map(is_plain, value))
    if cls is dict:
        return all(map(is_plain, value)) and all(map(is_plain, value.values()))
    if cls is np.ndarray or (issubclass(cls, (np.generic, np.dtype)) and cls.__module__.partition(".")[0] == "numpy"):
        return not (value if issubclass(cls, np.dtype) else value.dtype).hasobject
    if cls is types.UnionType:
        return all(map(is_plain, value.__args__))
    if issubclass(cls, type):
        return is_inert_class(value)
    if issubclass(cls, (types.FunctionType, types.BuiltinFunctionType, np.ufunc)):
        return of(value).is_pure
    return cls in (np.finfo, np.iinfo) or is_inert_member(value)


def key_of(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Hashable | None:
    """Everything that the result of a trial depends on; None for what is better tried each time: a constant that can
    be changed."""
    try:
        return op, tuple(map(_of_arg, args)), tuple((k, _of_arg(a)) for k, a in kwargs)
    except _NoKey:
        return None


def _of_arg(arg: Arg) -> Hashable:
    if type(arg) is Var:
        return _of_fact(arg.fact)
    if type(arg) is Const:
        return "const", _of_value(arg.value)
    assert isinstance(arg, Pack)
    if not isinstance(arg.kind, str):
        raise _NoKey
    return arg.kind, tuple(map(_of_value, arg.keys)), tuple(map(_of_arg, arg.items))


def _of_fact(fact: Fact) -> Hashable:
    value = None if fact.value is UNSET else (_of_value(fact.value),)
    dims = None if fact.dims is None else tuple(map(_of_dim, fact.dims))
    item = None if fact.item is None else _of_fact(fact.item)
    parts = None if fact.parts is None else tuple(map(_of_fact, fact.parts))
    sym = None if fact.sym is None else (_of_dim(fact.sym),)
    return fact.kind, fact.dtype, dims, value, item, parts, sym, shorter_lists(fact)


def shorter_lists(fact: Fact) -> tuple[int, ...]:
    """The lengths from 0 and 1 that a list may have as far as is known: a result may depend on them."""
    if fact.kind != "list":
        return ()
    return tuple(k for k in (0, 1) if fact.length is None or not is_filled(shift_dim(fact.length, -k)))


def _of_dim(dim: Dim) -> Hashable:
    """A sample has one size for all symbols; which symbol it is does not matter."""
    return dim if isinstance(dim, int) else ("symbol", dim[1])


def _of_value(value: Any) -> Hashable:
    if type(value) is tuple:
        return tuple, tuple(map(_of_value, value))
    if value is None or value is ... or is_a(value, (bool, int, str, type, np.dtype)):
        return type(value), value
    if type(value) in (float, complex):
        return type(value), repr(value)  # nan is nan, and 0.0 is not -0.0
    raise _NoKey


def recall(key: Hashable | None) -> Result | None:
    """The result of an earlier trial, if there was one."""
    known = _known.get(key) if key is not None else None
    return known and replace(known, facts=tuple(map(_renewed, known.facts)))


def remember(key: Hashable | None, result: Result) -> Result:
    """Note the result of a trial, and return it."""
    if key is not None:
        if len(_known) >= LIMIT:
            _known.clear()
        _known[key] = result
    return result


def _renewed(fact: Fact) -> Fact:
    """The fact with symbols of its own: two results have sizes of their own, however alike they were made."""
    return replace(fact, dims=tuple(fresh_dim() for _ in fact.dims)) if fact.dims and fact.kind == "array" else fact
