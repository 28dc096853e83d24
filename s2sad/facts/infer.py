"""The facts of a result from the facts of the arguments.

Kind, dtype and number of dimensions come from *running the operation on small samples* that have the facts of the
arguments: no table of result types, and a user's own rule gets facts like ours. Where the outcome depends on values or
sizes (``squeeze``, ``int ** int``) samples would lie, so those are treated by hand. Dimensions are followed
symbolically.

    >>> import numpy as np
    >>> from s2sad.ir import Var
    >>> from s2sad.ir.facts import array
    >>> infer(np.sum, (Var("A", array(float, (2, 3))),), ()).facts
    (Fact(kind='scalar', dtype=dtype('float64'), dims=None, value=UNSET, item=None, sym=None, parts=None),)
"""
from __future__ import annotations

import functools
import math
import operator
import types
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.facts.arguments import Result, fact_of
from s2sad.facts.by_hand import BY_HAND
from s2sad.facts.dims import broadcast_dims, refine
from s2sad.facts.samples import NoSample, Sizes, sample, sample_array, sample_of, sizes
from s2sad.facts.tried import is_plain, key_of, may_be_tried, recall, remember
from s2sad.ir import Arg, Var
from s2sad.ir.facts import (
    RANDOM,
    UNKNOWN,
    UNSET,
    Fact,
    constant,
    fresh_dim,
    join,
    of_value,
)
from s2sad.ir.walk import map_arg
from s2sad.ops import canonical, of
from s2sad.rules import lookup


def infer(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result:
    """The facts of ``op(*args, **kwargs)``; ``UNKNOWN`` where nothing can be said."""
    if op is runtime.masked_product:
        op, args, kwargs = operator.mul, args[:2], ()
    facts = [fact_of(a) for a in args]
    if op in BY_HAND:
        known = BY_HAND[op](args, facts, dict(kwargs))
        if known is not None:
            return known if isinstance(known, Result) else Result((known,))
    if all(f.value is not UNSET for f in facts) and not kwargs and op in _FOLDABLE:
        return _folded(op, facts)
    if of(op).like:
        known = _like(op, args, kwargs)
        if known is not None:
            return Result((known,))
    result = _by_samples(op, args, kwargs)
    if len(result.facts) == 1 and result.structure is None:
        return replace(result, facts=(refine(op, args, facts, dict(kwargs), result.facts[0]),))
    return result


def _like(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Fact | None:
    """The fact of the parameter that the result of an operation is like."""
    entry = lookup(op)
    if entry is None:
        return None
    fact = fact_of(entry.bind(args, dict(kwargs))[of(op).like])
    return fact.forget() if fact.is_array and fact.dtype is not None and fact.dtype.kind in "fc" else None


def _folded(op: Callable, facts: list[Fact]) -> Result:
    if op not in (operator.is_, operator.is_not) and not all(is_plain(f.value) for f in facts):
        return Result((UNKNOWN,))
    try:
        value = op(*(f.value for f in facts))
    except Exception:  # the user's program raises here at run time, if it gets there
        return Result((UNKNOWN,), impossible=True)
    return Result((constant(value),))


_FOLDABLE = {operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.neg,
             operator.pos, operator.pow, operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
             operator.not_, operator.and_, operator.or_, operator.xor, operator.invert, operator.is_, operator.is_not,
             operator.contains, operator.lshift, operator.rshift, abs, int, float, bool, min, max, len, round, str,
             isinstance, math.sqrt, math.log, math.exp, math.floor, math.ceil, math.prod}


def _by_samples(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result:
    if op is runtime.drawn:
        return _drawn(args, kwargs)
    drawing = _on_another_generator(op)
    if drawing is None and not may_be_tried(op):
        return Result((UNKNOWN,))
    if any(f.is_mixed or f.is_optional for f in map(fact_of, args)):
        return _loosely(op, args, kwargs)
    key = key_of(op, args, kwargs) if drawing is None else None
    known = recall(key)
    if known is not None:
        return known
    op = drawing or op
    named = tuple(a for _, a in kwargs)
    for size in sizes((*args, *named)):
        try:
            result = _tried(op, args, kwargs, size)
        except NoSample:
            vague = _without_dtypes(op, args, kwargs)
            return vague or (Result((UNKNOWN,)) if kwargs else _without_samples(op, args))
        except Exception:  # this size does not fit the operation; another may
            continue
        known = _vaguely(_describe(result), args)
        if known.structure is not None and _varies(op, args, kwargs, len(result)):
            item = functools.reduce(join, known.facts) if known.structure is list else UNKNOWN
            known = Result((Fact("list", item=item) if known.structure is list else UNKNOWN,))
        return remember(key, known)
    return replace(Result((UNKNOWN,)) if kwargs else _without_samples(op, args), impossible=True)


def _tried(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...], size: Sizes, count: int = 1
           ) -> Any:
    """The operation at a sample; where an index is out of range, with the first place in its stead."""
    values, named = [sample(a, size, count) for a in args], {k: sample(a, size, count) for k, a in kwargs}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return op(*values, **named)
        except IndexError:
            first = [np.zeros_like(v) if isinstance(v, np.ndarray) and v.dtype.kind in "iu" else v for v in values]
            return op(*first, **named)


def _varies(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...], length: int) -> bool:
    """Whether the number of results is another one for other sizes and integers, ``np.split(v, k)``."""
    for size in (2, 4, 6):
        for count in (1, 2):
            try:
                result = _tried(op, args, kwargs, size, count)
            except Exception:  # this sample does not fit
                continue
            if len(result) != length:
                return True
    return False


def _without_dtypes(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result | None:
    """The dimensions of results, where arrays are of unknown dtype (``np.linalg.eig``: real or complex): those that
    doubles give. What such an array is an index or a condition for depends on its dtype too."""
    def doubles(arg: Arg) -> Arg:
        return replace(arg, fact=replace(arg.fact, dtype=np.dtype(float))) if _is_vague(arg) else arg

    given = args[:1] if op is operator.getitem else args
    known = (*(map_arg(doubles, a) for a in given), *args[len(given):])
    if canonical(op) in _BY_CONDITION or all(a is b for a, b in zip(known, args)):
        return None
    found = _by_samples(op, known, kwargs)

    def weaker(f: Fact) -> Fact:
        return Fact("array", None, f.dims) if f.is_array and f.dims else UNKNOWN
    return replace(found, facts=tuple(map(weaker, found.facts)))


def _is_vague(arg: Arg) -> bool:
    return type(arg) is Var and arg.fact.is_array and arg.fact.dtype is None and arg.fact.dims is not None


def _on_another_generator(op: Any) -> Callable | None:
    """The method of a new generator, if ``op`` is one of a generator of random numbers: trying it must not draw from
    the user's. None of what is none."""
    owner = getattr(op, "__self__", None) if isinstance(op, (types.BuiltinFunctionType, types.MethodType)) else None
    if type(owner) not in RANDOM.values():
        return None
    return getattr(_generator(type(owner)), op.__name__, None)


def _generator(cls: Any) -> Any:
    return np.random.default_rng(0) if cls is np.random.Generator else cls(0)


def _drawn(args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result:
    """What another generator of the same class draws."""
    cls = RANDOM.get(fact_of(args[0]).kind)
    name = fact_of(args[1]).value
    if cls is None or not isinstance(name, str):
        return Result((UNKNOWN,))
    return _by_samples(getattr(_generator(cls), name), args[2:], kwargs)


def _loosely(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result:
    """Operations on what is a number or an array, or a number or None: what they give if they do not raise."""
    plain = canonical(op)
    elementwise = isinstance(plain, np.ufunc) and plain.nout == 1 and plain.signature is None
    facts = [fact_of(a) for a in args]
    if plain is np.copy and len(args) == 1 and not kwargs:
        return Result((facts[0].forget() if facts[0].is_mixed else UNKNOWN,))
    if kwargs or not (elementwise or (plain in _TO_SCALARS and len(args) == 1)):
        return Result((UNKNOWN,))
    given = []
    for arg, fact in zip(args, facts):
        if fact.is_mixed or fact.is_optional:
            given.append(Var("t", Fact("scalar", fact.dtype) if fact.is_mixed else fact.item))
        else:
            given.append(arg)
    result = _by_samples(op, tuple(given), kwargs)
    if not any(f.is_mixed for f in facts) or not elementwise or len(result.facts) != 1:
        return result
    known = result.facts[0]
    if any(f.is_array and f.dims for f in facts):
        return Result((Fact("array", known.dtype),)) if known.is_array else Result((UNKNOWN,))
    dtype = known.dtype if known.dtype is not None else {"float": np.dtype(float),
                                                         "bool": np.dtype(bool)}.get(known.kind)
    return Result((Fact("unknown", dtype),)) if known.is_scalar and dtype is not None else Result((UNKNOWN,))


def _dtype_of(op: Callable, facts: list[Fact]) -> Any:
    """The dtype of a result, tried on arrays of one axis; None if it is not known."""
    try:
        with np.errstate(all="ignore"):
            result = op(*(sample_array(f.dtype, (2,)) if f.is_array and f.dtype is not None else sample_of(f, 2)
                          for f in facts))
    except Exception:  # too little is known, or the operation does not take it
        return None
    return getattr(result, "dtype", None)


_TO_SCALARS = {np.any, np.all, np.sum, np.max, np.min, np.mean}


def _without_samples(op: Callable, args: tuple[Arg, ...]) -> Result:
    """Little is known of the arguments; an elementwise operation with an array makes an array all the same."""
    op = canonical(op)
    if isinstance(op, np.ufunc) and op.nout == 1 and op.signature is None:
        facts = [fact_of(a) for a in args]
        if any(f.is_array and f.dims != () for f in facts) and all(f.is_array or f.is_scalar for f in facts):
            known = all(f.dims is not None for f in facts if f.is_array)
            dims = broadcast_dims([f.dims or () for f in facts]) if known else None
            return Result((Fact("array", _dtype_of(op, facts), dims),)) if dims != () else Result((UNKNOWN,))
    if op in _TO_SCALARS and len(args) == 1 and fact_of(args[0]).is_array:
        dtype = _dtype_of(op, [fact_of(args[0])])
        return Result((UNKNOWN if dtype is None else Fact("scalar", dtype),))
    return Result((UNKNOWN,))


def _vaguely(result: Result, args: tuple[Arg, ...]) -> Result:
    """The result with less certainty where an argument is some number of which not even the type is known."""
    numbers = [f for f in map(fact_of, args) if f.kind == "number"]
    if not numbers:
        return result
    double = all(f.dtype == np.float64 for f in numbers)

    def weaker(f: Fact) -> Fact:
        if f.kind in ("float", "scalar", "complex", "int"):
            return Fact("number", np.dtype(float) if double and f.dtype in (None, np.float64) else None)
        return f if double or not f.is_array else replace(f, dtype=None)
    return replace(result, facts=tuple(map(weaker, result.facts)))


def _describe(result: Any) -> Result:
    if isinstance(result, tuple) or (type(result) is list and result and isinstance(result[0], np.ndarray)):
        return Result(tuple(_anonymous(of_value(x)) for x in result), type(result))
    fact = of_value(result)
    if fact.kind == "list":
        items = [of_value(x) for x in result]
        item = _anonymous(items[0]) if items else None
        for other in items[1:]:
            item = join(item, _anonymous(other)) if item is not None else other
        fact = replace(fact, item=item)
    return Result((_anonymous(fact),))


def _anonymous(fact: Fact) -> Fact:
    """The fact without what only this sample has: its sizes and value."""
    fact = fact.forget()
    if fact.kind == "function":  # it may hold what it was made from
        return Fact("object")
    return replace(fact, dims=tuple(fresh_dim() for _ in fact.dims or ())) if fact.kind == "array" else fact


_BY_CONDITION = {np.compress, np.extract, np.delete, np.insert, np.take, np.put_along_axis, np.take_along_axis}
