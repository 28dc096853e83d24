"""What the tests of facts share: make a variable with the facts of a value, compare what is inferred with what is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.facts.holds import untrue
from s2sad.facts.infer import infer
from s2sad.ir import Const, Fact, Pack, Var
from s2sad.ir.facts import of_value


def var(fact: Fact) -> Var:
    return Var("x", fact)


def arg_of(x: Any, sizes: dict) -> Any:
    """A variable with the fact that a signature gives a value; what is static as a constant, containers as packs."""
    if isinstance(x, Static):
        return Const(x.value)
    if isinstance(x, slice):
        return Pack("slice", tuple(Const(p) for p in (x.start, x.stop, x.step)))
    if isinstance(x, (tuple, list)):
        return Pack(type(x).__name__, tuple(arg_of(v, sizes) for v in x))
    return var(of_value(x, sizes))


class Static:
    def __init__(self, value):
        self.value = value


def plain(x: Any) -> Any:
    if isinstance(x, Static):
        return x.value
    return type(x)(plain(v) for v in x) if isinstance(x, (tuple, list)) else x


def assert_holds(fact: Fact, y: Any, known: dict[Any, int]) -> None:
    """``fact`` is true of ``y``; ``known`` maps symbols to sizes."""
    assert untrue(fact, y, known) is None


def check(op, args, kwargs=()):
    """What is inferred of a call from the facts of its arguments holds of its result."""
    sizes: dict = {}
    kwargs = dict(kwargs)
    packed = tuple(arg_of(a, sizes) for a in args)
    named = tuple((k, Const(v)) for k, v in kwargs.items())
    known = {dim[0]: size for size, dim in sizes.items() if isinstance(dim, tuple)}
    inferred = infer(op, packed, named)
    try:
        with np.errstate(all="ignore"):
            y = op(*map(plain, args), **kwargs)
    except Exception:
        return
    results = y if inferred.structure is not None else (y,)
    assert len(results) == len(inferred.facts)
    for fact, value in zip(inferred.facts, results):
        assert_holds(fact, value, known)


S = Static
SHAPES = [(), (1,), (3,), (0,), (3, 1), (1, 3), (3, 3), (2, 3), (4, 2, 3)]
DTYPES = [float, np.float32, complex, int, bool]


def value(shape, dtype, k=0):
    return np.asarray(np.arange(math.prod(shape)).reshape(shape) * 0.7 + 0.5 + k).astype(dtype)


N, M = (("n", 1), 0), (("m", 2), 0)
