"""Random calls for the tests of facts: an operation, arguments of all sizes and kinds, and true facts of them.

A value is drawn first; its fact is made from it and then weakened at random, as facts are when paths join: a size may
be a number, a symbol shared with other arrays, a symbol of its own, or not known; a number one of several types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.facts.holds import untrue
from s2sad.facts.infer import infer
from s2sad.ir import Arg, Const, Fact, Pack, Var
from s2sad.ir.facts import fresh_dim, join, of_value

DTYPES = (float, np.float32, complex, int, bool)
SIZES = (0, 1, 1, 2, 2, 3, 4)


class Fixed:
    """A value that is known while the derivative is built."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Fixed({self.value!r})"


class Draws:
    """Random values and their facts. ``sizes``: from size to the symbol that arrays of one call share."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.sizes: dict[int, Any] = {}

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def one(self, *choices: Any) -> Any:
        return choices[self.rng.integers(len(choices))]

    def size(self) -> int:
        return int(self.rng.choice(SIZES))

    def shape(self, lo: int = 0, hi: int = 3) -> tuple[int, ...]:
        return tuple(self.size() for _ in range(self.rng.integers(lo, hi + 1)))

    def array(self, shape: tuple[int, ...], *dtypes: Any) -> np.ndarray:
        dtype = np.dtype(self.one(*(dtypes or DTYPES)))
        values = self.rng.normal(size=shape) * 2.0
        return np.asarray(values + 1j * values if dtype.kind == "c" else values).astype(dtype)

    def number(self) -> Any:
        x = float(np.round(self.rng.normal() * 2.0, 2))
        return self.one(x, int(x), bool(x > 0), complex(x, 1.0), np.float64(x), np.float32(x), np.int64(x),
                        np.bool_(x > 0))

    def operand(self, lo: int = 0, hi: int = 3) -> Any:
        """An array, or a number in its place."""
        return self.number() if not lo and self.chance(0.15) else self.array(self.shape(lo, hi))

    def like(self, shape: tuple[int, ...]) -> Any:
        """What broadcasts with an array of a shape."""
        if self.chance(0.2):
            return self.number()
        kept = shape[self.rng.integers(len(shape) + 1):]
        return self.array(tuple(1 if self.chance(0.25) else n for n in kept))

    def axis(self, ndim: int, several: bool = False) -> Any:
        """An axis, from either end, or a tuple of axes."""
        if several and ndim and self.chance(0.4):
            axes = self.rng.permutation(ndim)[:self.rng.integers(1, ndim + 1)]
            return tuple(int(a) - ndim * self.chance(0.3) for a in axes)
        return int(self.rng.integers(-ndim, ndim)) if ndim else 0

    def known(self, value: Any, p: float = 0.8) -> Any:
        """An option: mostly written in the call."""
        return Fixed(value) if self.chance(p) else value

    # ---- facts -----------------------------------------------------------------------------------------------------

    def fact(self, x: Any) -> Fact:
        """A fact that is true of ``x``."""
        fact = of_value(x, self.sizes)
        if fact.is_array:
            dims = tuple(self.one(n, d, d, fresh_dim()) for n, d in zip(x.shape, fact.dims or ()))
            dtype = None if self.chance(0.1) else fact.dtype
            return replace(fact, dims=None if self.chance(0.1) else dims, dtype=dtype)
        if fact.kind == "tuple" and x and all(type(n) is int and n >= 0 for n in x) and self.chance(0.7):
            return replace(fact, dims=tuple(self.one(n, self.sizes.setdefault(n, fresh_dim(n != 1)) if n > 1 else n)
                                            for n in x))
        if fact.kind == "int" and x > 1 and self.chance(0.3):
            return replace(fact, sym=self.sizes.setdefault(x, fresh_dim(True)))
        if fact.is_scalar and self.chance(0.25):
            return join(fact, self.one(Fact("float"), Fact("int"), Fact("scalar", np.dtype(float)), Fact("complex")))
        if fact.is_scalar and self.chance(0.05):
            return join(fact, self.one(Fact("none"), Fact("array", np.dtype(float), (fresh_dim(),))))
        return fact

    def arg(self, x: Any) -> Arg:
        if isinstance(x, Fixed):
            return Const(x.value)
        if isinstance(x, slice):
            return Pack("slice", tuple(map(self.arg, (x.start, x.stop, x.step))))
        if type(x) in (tuple, list) and self.chance(0.6):
            return Pack(type(x).__name__, tuple(map(self.arg, x)))
        if type(x) is list:
            item = None
            for v in x:
                found = of_value(plain(v))
                item = found if item is None else join(item, found, lambda: (("i", fresh_dim()[0][1]), 0))
            return Var("xs", Fact("list", item=item))
        if x is None or x is ...:
            return Const(x)
        x = plain(x)
        return Const(x) if type(x) is int and self.chance(0.5) else Var("x", self.fact(x))


def plain(x: Any) -> Any:
    if isinstance(x, Fixed):
        return x.value
    if isinstance(x, slice):
        return slice(*map(plain, (x.start, x.stop, x.step)))
    return type(x)(map(plain, x)) if type(x) in (tuple, list) else x


Call = tuple[tuple[Any, ...], dict[str, Any]]


def falsehood(op: Callable, make: Callable[[Draws], Call], seed: int) -> str | None:
    """What is inferred of a random call and is not so of its result."""
    draws = Draws(seed)
    args, kwargs = make(draws)
    packed, named = tuple(map(draws.arg, args)), tuple((k, draws.arg(v)) for k, v in kwargs.items())
    result = infer(op, packed, named)
    try:
        with np.errstate(all="ignore"):
            y = op(*map(plain, args), **{k: plain(v) for k, v in kwargs.items()})
    except Exception:  # nothing is said of calls that raise
        return None
    sizes = {dim[0]: n for n, dim in draws.sizes.items() if isinstance(dim, tuple)}
    if result.structure is not None and not (isinstance(y, (tuple, list)) and len(y) == len(result.facts)):
        return f"not {len(result.facts)} results: {y!r}"
    for fact, value in zip(result.facts, y if result.structure is not None else (y,)):
        wrong = untrue(fact, value, sizes)
        if wrong is not None:
            call = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
            facts = [a.fact if isinstance(a, Var) else a for a in (*packed, *(v for _, v in named))]
            return f"{wrong}\n  inferred {fact}\n  of {call}\n  from {facts}\n  is {value!r}"
    return None
