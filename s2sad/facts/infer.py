"""The facts of a result from the facts of the arguments.

Kind, dtype and number of dimensions come from *running the operation on small samples* that have the facts of the
arguments: no table of result types, and a user's own rule gets facts like ours. Where the outcome depends on values or
sizes (``squeeze``, ``int ** int``) samples would lie, so those are treated by hand. Dimensions are followed
symbolically.

    >>> import numpy as np
    >>> from s2sad.ir import Var
    >>> from s2sad.ir.facts import array
    >>> fact, = infer(np.sum, (Var("A", array(float, (2, 3))),), ()).facts
    >>> fact.kind, fact.dtype
    ('scalar', dtype('float64'))
"""
from __future__ import annotations

import functools
import itertools
import math
import operator
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.facts.arguments import Result, fact_of
from s2sad.facts.by_hand import BY_HAND
from s2sad.facts.dims import broadcast_dims, refine
from s2sad.facts.samples import FIRST, Choice, NoSample, Sizes, alternatives, choices, sample, sizes
from s2sad.facts.tried import is_plain, key_of, may_be_tried, recall, remember
from s2sad.ir import Arg, Var
from s2sad.ir.facts import (
    RANDOM,
    UNKNOWN,
    UNSET,
    Fact,
    array,
    constant,
    equal_dtypes,
    fresh_dim,
    join,
    join_items,
    of_value,
    put_in,
)
from s2sad.ir.walk import map_arg, variables
from s2sad.ops import canonical, of
from s2sad.rules import lookup


def infer(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result:
    """The facts of ``op(*args, **kwargs)``; ``UNKNOWN`` where nothing can be said."""
    if op is runtime.masked_product or op is runtime.ratio:
        op, args, kwargs = operator.truediv if op is runtime.ratio else operator.mul, args[:2], ()
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
    result = _each_way(op, args, kwargs)
    if result is not None:
        return result if result.impossible else remember(key, result)
    named = tuple(a for _, a in kwargs)
    for size in sizes((*args, *named)):
        try:
            result = _tried(op, args, kwargs, size)
        except NoSample:
            vague = _without_dtypes(op, args, kwargs)
            return vague or (Result((UNKNOWN,)) if kwargs else _without_samples(op, args))
        except Exception:  # this size does not fit the operation; another may
            continue
        known = _describe(result)
        if known.structure is not None and _varies(op, args, kwargs, len(result)):
            item = put_in(functools.reduce(join_items, known.facts), lambda symbol: False)
            known = Result((Fact("list", item=item) if known.structure is list else UNKNOWN,))
        for choice in choices((*args, *named)):
            known = _whichever(known, op, args, kwargs, size, choice)
        return remember(key, known)
    return replace(Result((UNKNOWN,)) if kwargs else _without_samples(op, args), impossible=True)


def _whichever(known: Result, op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...], size: Sizes,
               choice: Choice) -> Result:
    """What holds for another choice of the sample too, if the operation takes that."""
    try:
        result = _tried(op, args, kwargs, size, choice)
    except Exception:  # it raises as in the user's program
        return known
    return _joined(known, _describe(result))


def _tried(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...], size: Sizes,
           choice: Choice = FIRST) -> Any:
    """The operation at a sample; where an index is out of range, with the first place in its stead."""
    values, named = [sample(a, size, choice) for a in args], {k: sample(a, size, choice) for k, a in kwargs}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return op(*values, **named)
        except IndexError:
            values = [sample(a, size, replace(choice, count=0)) for a in args]
            first = [np.zeros_like(v) if isinstance(v, np.ndarray) and v.dtype.kind in "iu" else v for v in values]
            return op(*first, **named)


def _varies(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...], length: int) -> bool:
    """Whether the number of results is another one for other sizes and integers, ``np.split(v, k)``."""
    for size in (2, 4, 6):
        for count in (1, 2):
            try:
                result = _tried(op, args, kwargs, size, Choice(count))
            except Exception:  # this sample does not fit
                continue
            if len(result) != length:
                return True
    return False


def _without_dtypes(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result | None:
    """The dimensions of results, where arrays are of unknown dtype (``np.linalg.eig``: real or complex): those that
    doubles give. What such an array is an index or a condition for depends on its dtype too."""
    def doubles(arg: Arg) -> Arg:
        if type(arg) is not Var or not _is_vague(arg):
            return arg
        return replace(arg, fact=replace(arg.fact, dtype=np.dtype(float)))

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
    given: list[Arg] = []
    for arg, fact in zip(args, facts):
        if fact.is_mixed or fact.is_optional:
            given.append(Var("t", Fact("number", fact.dtype) if fact.is_mixed else fact.item or UNKNOWN))
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
    given = [array(f.dtype, (2,)) if f.is_array and f.dtype is not None else f for f in facts]
    ways = [alternatives(f) if f.kind in ("number", "real") else (f,) for f in given]
    dtypes: list[Any] = []
    for k in range(max(map(len, ways))):
        try:
            result = _tried(op, tuple(Var("t", way[min(k, len(way) - 1)]) for way in ways), (), 2)
        except Exception:  # too little is known, or the operation does not take it
            return None
        dtypes.append(getattr(result, "dtype", None))
    return dtypes[0] if all(equal_dtypes(d, dtypes[0]) for d in dtypes) else None


MOST_WAYS = 100
"""So many combinations of what some numbers may be are tried; beyond that all of them are of one type."""
_TO_SCALARS = {np.any, np.all, np.sum, np.max, np.min, np.mean}


def _without_samples(op: Callable, args: tuple[Arg, ...]) -> Result:
    """Little is known of the arguments; an elementwise operation with an array makes an array all the same."""
    op = canonical(op)
    if isinstance(op, np.ufunc) and op.nout == 1 and op.signature is None:
        facts = [fact_of(a) for a in args]
        if any(f.is_array and f.dims != () for f in facts) and all(f.is_array or f.is_scalar for f in facts):
            dtype = _dtype_of(op, facts)
            if not any(f.dims for f in facts):  # of arrays without axes a number is made
                return Result((Fact("unknown", dtype),))
            known = all(f.dims is not None for f in facts if f.is_array)
            return Result((Fact("array", dtype, broadcast_dims([f.dims or () for f in facts]) if known else None),))
    if op in _TO_SCALARS and len(args) == 1 and fact_of(args[0]).is_array:
        dtype = _dtype_of(op, [fact_of(args[0])])
        return Result((UNKNOWN if dtype is None else Fact("scalar", dtype),))
    return Result((UNKNOWN,))


def _some_number(arg: Arg) -> Fact | None:
    """The fact of a number in an argument of which the type is not known."""
    fact = arg.fact if type(arg) is Var else UNKNOWN
    while fact.kind == "list" and fact.item is not None:
        fact = fact.item
    return fact if fact.kind in ("number", "real") else None


def _each_way(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result | None:
    """What holds whatever the numbers are of which the type is not known; None if there are none."""
    unsure: list[Fact] = []
    for a in (*args, *(a for _, a in kwargs)):
        unsure += (f for v in variables(a) if (f := _some_number(v)) is not None)
    if not unsure:
        return None
    ways = [alternatives(f) for f in unsure]
    longest = max(map(len, ways))
    alike = [tuple(way[min(k, len(way) - 1)] for way in ways) for k in range(longest)]
    chosen = alike if math.prod(map(len, ways)) > MOST_WAYS else itertools.product(*ways)
    found: list[Result] = []
    for way in chosen:
        numbers = iter(way)

        def taken(arg: Arg, numbers: Iterator[Fact] = numbers) -> Arg:
            if type(arg) is not Var or _some_number(arg) is None:
                return arg
            return Var(arg.name, _with_number(arg.fact, next(numbers)))
        given = tuple(map_arg(taken, a) for a in args), tuple((name, map_arg(taken, a)) for name, a in kwargs)
        result = _by_samples(op, *given)
        if not result.impossible:
            found.append(result)
        elif not _is_refused(op, *given):
            return Result((UNKNOWN,))
    return functools.reduce(_joined, found) if found else Result((UNKNOWN,), impossible=True)


def _is_refused(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> bool:
    """Whether an operation does not take arguments of these types: the user's program raises too."""
    try:
        _tried(op, args, kwargs, 2)
    except TypeError:
        return True
    except Exception:  # a matter of values or sizes
        return False
    return False


def _with_number(fact: Fact, number: Fact) -> Fact:
    return number if fact.kind != "list" or fact.item is None else replace(fact, item=_with_number(fact.item, number))


def _joined(a: Result, b: Result) -> Result:
    if a.structure is not b.structure or len(a.facts) != len(b.facts):
        return Result((UNKNOWN,))
    return Result(tuple(map(join, a.facts, b.facts)), a.structure)


def _describe(result: Any) -> Result:
    if isinstance(result, tuple) or (type(result) is list and result and isinstance(result[0], np.ndarray)):
        return Result(tuple(_anonymous(of_value(x)) for x in result), type(result))
    fact = of_value(result)
    if fact.kind == "list":
        items = [_anonymous(of_value(x)) for x in result]
        item = put_in(functools.reduce(join_items, items), lambda symbol: False) if items else UNKNOWN
        fact = replace(fact, item=item)
    return Result((_anonymous(fact),))


def _anonymous(fact: Fact) -> Fact:
    """The fact without what only this sample has: its sizes and value."""
    fact = fact.forget()
    if fact.kind == "function":  # it may hold what it was made from
        return Fact("object")
    return replace(fact, dims=tuple(fresh_dim() for _ in fact.dims or ())) if fact.kind == "array" else fact


_BY_CONDITION = {np.compress, np.extract, np.delete, np.insert, np.take, np.put_along_axis, np.take_along_axis}
