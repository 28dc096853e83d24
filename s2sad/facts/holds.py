"""Whether facts are true of the values they speak of: what is claimed of every variable of an IR, held against a run.

A fact may say less than there is to say, never what is false. ``untrue`` is that sentence for one value, ``Check`` for
the run of a function, with the sizes that its symbols stand for: equal symbols, equal sizes, within one trip of a loop.

Before: ``x`` with the fact "array of doubles of n by n", and a value of shape (3, 2).
After: "n is 3 and 2".

    >>> import numpy as np
    >>> from s2sad.ir.facts import array
    >>> n = (("n", 0), 0)
    >>> untrue(array(float, (n, n)), np.ones((3, 3)), {})
    >>> untrue(array(float, (n, n)), np.ones((3, 2)), {})
    'n is 3 and 2'
"""
from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, MutableMapping
from typing import Any

from s2sad import runtime
from s2sad.ir import UNDEFINED, Block, Call, Fact, For, Function, Var, While
from s2sad.ir.facts import PYTHON_DTYPES, UNSET, Dim, is_not_one, of_value, same_value
from s2sad.ir.walk import blocks

Sizes = MutableMapping[Any, int]
"""The size that each symbol of a dimension stands for."""


def untrue(fact: Fact, value: Any, sizes: Sizes) -> str | None:
    """What ``fact`` says that is not so of ``value``; None if all of it is. ``sizes`` are those that symbols are known
    to stand for; what ``value`` shows of others is noted there."""
    if value is UNDEFINED or value is runtime.NOTHING:  # no value, which no fact speaks of
        return None
    if fact.value is not UNSET and not same_value(fact.value, value):
        return f"the value is {value!r}, not {fact.value!r}"
    return _wrong_kind(fact, value) or _wrong_shape(fact, value, sizes) or _wrong_inside(fact, value, sizes)


def _wrong_kind(fact: Fact, x: Any) -> str | None:
    """What is wrong of kind and dtype. Python's numbers have the dtype of NumPy's that are equal to them."""
    actual = of_value(x)
    dtype = actual.dtype if actual.dtype is not None else PYTHON_DTYPES.get(actual.kind)
    if fact.kind == "unknown":
        fine = fact.dtype is None or actual.is_scalar or actual.is_array
    elif fact.kind == "number":
        fine = actual.is_scalar
    elif fact.kind == "real":
        fine = actual.is_real
    elif fact.kind == "object":  # of whichever class: what is known is that it is nothing else
        fine = actual.kind in ("object", "function")
    elif fact.kind == "slice":
        fine = isinstance(x, slice)
    else:
        fine = fact.kind == actual.kind
    if not fine:
        return f"a {actual.kind}, not a {fact.kind}"
    if fact.dtype is not None and (dtype is None or dtype != fact.dtype):
        return f"a {actual.kind} of dtype {dtype}, not {fact.dtype}"
    return None


def _wrong_shape(fact: Fact, x: Any, sizes: Sizes) -> str | None:
    shape = x if fact.kind == "tuple" else getattr(x, "shape", None)
    if fact.dims is not None:
        if shape is None or len(shape) != len(fact.dims):
            return f"of shape {shape}, not of {len(fact.dims)} dimensions"
        for dim, size in zip(fact.dims, shape):
            wrong = _wrong_size(dim, size, sizes)
            if wrong is not None:
                return wrong
    if fact.sym is not None and not (isinstance(fact.sym, tuple) and x < 0):
        return _wrong_size(fact.sym, x, sizes)
    return None


def _wrong_size(dim: Dim, size: int, sizes: Sizes) -> str | None:
    """A size below zero is none: what is larger by −2 than a size of 1 is empty."""
    if isinstance(dim, int):
        return None if dim == size else f"{dim} is {size}"
    symbol, shift = dim
    name = f"{symbol[0]}{f' + {shift}' if shift > 0 else f' - {-shift}' if shift else ''}"
    if is_not_one(dim) and size == 1:
        return f"{name} is 1"
    if symbol not in sizes and (size > 0 or shift >= 0):
        sizes[symbol] = size - shift
    if symbol in sizes and max(0, sizes[symbol] + shift) != size:
        return f"{name} is {max(0, sizes[symbol] + shift)} and {size}"
    return None


def _wrong_inside(fact: Fact, x: Any, sizes: Sizes) -> str | None:
    """What is wrong of the parts of a container, or of what is not None."""
    if fact.length is not None and (wrong := _wrong_size(fact.length, len(x), sizes)):
        return f"of the number of items: {wrong}"
    items: Any = x if fact.kind in ("list", "dict") else () if x is None or fact.kind != "unknown" else (x,)
    claims = []
    if fact.item is not None:
        claims += [(fact.item, item) for item in items]
    elif fact.kind in ("list", "dict") and len(items):
        return f"of {len(items)} items, not empty"
    if fact.parts is not None:
        if not isinstance(x, (tuple, list)) or len(x) != len(fact.parts):
            return f"not of {len(fact.parts)} parts"
        claims += zip(fact.parts, x)
    for claim, item in claims:
        new: dict[Any, int] = {}
        wrong = untrue(claim, item, ChainMap(new, sizes))
        if wrong is not None:
            return f"of an item: {wrong}"
        sizes.update((symbol, size) for symbol, size in new.items() if symbol[0] != "i")
    return None


class Check:
    """An observer for ``interpret`` that holds each value against the fact of its variable; ``false`` is what it found.

    A symbol has one size as long as the block that knows it runs: in the body of a loop another one at each trip, but
    for those that were known before the loop.
    """

    def __init__(self, fn: Function) -> None:
        self.scopes: dict[Var, _Scope] = {}
        self.false: dict[Var, str] = {}
        self._enter(fn, _Scope(None))

    def __call__(self, var: Var, value: Any) -> None:
        sizes = self.scopes[var].sizes_at(var)
        if type(value) is int:
            sizes[("v", var)] = value
        wrong = untrue(var.fact, value, sizes)
        if wrong is not None:
            self.false.setdefault(var, wrong)

    def _enter(self, fn: Function, scope: _Scope) -> None:
        self._block(fn.body, scope)

    def _block(self, block: Block, scope: _Scope) -> None:
        self.scopes.update(dict.fromkeys(block.params, scope))
        for s in block.stmts:
            self.scopes.update(dict.fromkeys(s.outs, scope))
            if isinstance(s, Call) and isinstance(s.op, Function) and s.op.body.results and not (
                    set(_assigned(s.op.body)) & self.scopes.keys()):
                self._enter(s.op, _Scope(None))
            for inner in blocks(s):
                self._block(inner, _Scope(scope) if isinstance(s, (For, While)) else scope)


def _assigned(block: Block) -> Iterator[Var]:
    yield from block.params
    for s in block.stmts:
        yield from s.outs


class _Scope:
    """A block that runs again and again, with the sizes of this time. A variable that gets a value a second time shows
    that the next time has begun."""

    def __init__(self, outer: _Scope | None) -> None:
        self.sizes: ChainMap[Any, int] = ChainMap({}, *(outer.sizes.maps if outer is not None else ()))
        self.seen: set[Var] = set()
        self.inner: list[_Scope] = []
        if outer is not None:
            outer.inner.append(self)

    def sizes_at(self, var: Var) -> Sizes:
        if var in self.seen:
            self.reset()
        self.seen.add(var)
        return self.sizes

    def reset(self) -> None:
        self.seen.clear()
        self.sizes.maps[0].clear()
        for scope in self.inner:
            scope.reset()
