"""What trying an operation on made-up values has shown: remembered for operations whose results depend on nothing else.

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
from s2sad.ir.facts import UNSET, Dim, Fact, fresh_dim

LIMIT = 20_000
"""So many results are remembered at most."""

_PURE_MODULES = ("numpy", "math", "cmath", "_operator", "operator", "builtins")
_known: dict[Hashable, Result] = {}


class _NoKey(Exception):
    """The result may depend on more than a key can hold."""


def key_of(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Hashable | None:
    """Everything that the result of a trial depends on; None for what is better tried each time: a function that may
    have a state, a constant that can be changed."""
    if not isinstance(op, np.ufunc) and not _is_pure(op):
        return None
    try:
        return op, tuple(map(_of_arg, args)), tuple((k, _of_arg(a)) for k, a in kwargs)
    except _NoKey:
        return None


def _is_pure(op: Callable) -> bool:
    module = getattr(op, "__module__", None) or getattr(getattr(op, "__objclass__", None), "__module__", None)
    owner = getattr(op, "__self__", None)  # of a built-in function, its module
    return isinstance(module, str) and module.partition(".")[0] in _PURE_MODULES and (
        owner is None or isinstance(owner, types.ModuleType))


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
    return fact.kind, fact.dtype, dims, value, item, parts, None if fact.sym is None else (_of_dim(fact.sym),)


def _of_dim(dim: Dim) -> Hashable:
    """A sample has one size for all symbols; which symbol it is does not matter."""
    return dim if isinstance(dim, int) else ("symbol", dim[1])


def _of_value(value: Any) -> Hashable:
    if isinstance(value, tuple):
        return tuple, tuple(map(_of_value, value))
    if value is None or value is ... or isinstance(value, (bool, int, str, type, np.dtype)):
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
