"""Whether a call certainly raises nothing, for the facts of its arguments.

A derivative raises what the function raises, so a statement of the user whose result nobody needs may be dropped only
if it is known to succeed: shapes that provably fit, places that are provably there, divisors that are no zero of
Python. Two sizes of one signature that have different symbols are different sizes, so where they meet they do not fit.

What Python's own floats raise where NumPy's warn counts, with one exception: ``OverflowError`` of arithmetic operators;
so does not what is raised because warnings were made errors.

Before: ``_ = x + y`` for ``x: float[n]`` and ``y: float[m]``.  After: not certain, the statement stays.

    >>> import numpy as np
    >>> from s2sad.ir import Call, Var
    >>> from s2sad.ir.facts import of_value
    >>> sizes = {}
    >>> x, y = (Var(name, of_value(np.ones(n), sizes)) for name, n in (("x", 3), ("y", 4)))
    >>> is_certain(Call((), np.add, (x, x))), is_certain(Call((), np.add, (x, y)))
    (True, False)
"""
from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import _indexed, dims_of, index_parts, int_dim
from s2sad.facts.tried import is_plain
from s2sad.ir import Arg, Block, Call, Const, For, Pack, Var
from s2sad.ir.facts import UNSET, Dim, Fact, shift_dim
from s2sad.ir.walk import blocks
from s2sad.ops import Effect, Raises


@dataclass(frozen=True)
class Span:
    """The integers from ``low`` up to, not including, the dimension ``high``."""

    low: int
    high: Dim


class Spans(dict[Var, Span]):
    """Of the integer variables of a function those whose span is known: items of loops over ranges, and what is added
    to such."""

    def __init__(self, body: Block) -> None:
        super().__init__()
        self.made: dict[Var, Call] = {}
        self._block(body)

    def _block(self, block: Block) -> None:
        for stmt in block.stmts:
            if isinstance(stmt, Call):
                self._call(stmt)
                continue
            for w in stmt.walked if isinstance(stmt, For) else ():
                span = self._of_range(w.sequence)
                if span is not None:
                    self[w.item] = span
            for inner in blocks(stmt):
                self._block(inner)

    def _call(self, call: Call) -> None:
        if len(call.outs) != 1:
            return
        self.made[call.outs[0]] = call
        op = ops.canonical(call.op)
        if op not in (np.add, np.subtract) or len(call.args) != 2:
            return
        a, b = call.args
        if op is np.add and type(a) is Const:
            a, b = b, a
        known, by = self.get(a) if type(a) is Var else None, fact_of(b).value
        if known is not None and type(by) is int:
            by = by if op is np.add else -by
            self[call.outs[0]] = Span(known.low + by, shift_dim(known.high, by))

    def _of_range(self, sequence: Arg) -> Span | None:
        made = self.made.get(sequence) if type(sequence) is Var else None
        if made is None or made.op is not range:
            return None
        low, high, step = (*((Const(0),) if len(made.args) == 1 else ()), *made.args, Const(1))[:3]
        first, by = fact_of(low).value, fact_of(step).value
        if type(by) is int and by > 0 and type(first) is int:
            return Span(first, int_dim(high))
        last = fact_of(high).value
        if by == -1 and type(last) is int:
            return Span(last + 1, shift_dim(int_dim(low), 1))
        return None


def is_certain(call: Call, spans: Spans | None = None) -> bool:
    """Whether a call certainly raises nothing.

    Parameters
    ----------
    call : Call
    spans : Spans, optional
        What is known of the integers of the function.
    """
    known = ops.of(call.op)
    if known.effect not in (Effect.NONE, Effect.STATE):
        return False
    facts = [fact_of(a) for a in call.args]
    if len(call.outs) == 1 and call.outs[0].fact.value is not UNSET:
        return True
    spans = Spans(Block((), (), ())) if spans is None else spans
    asked = BY_OPERATION.get(call.op) or BY_OPERATION.get(known.canonical)
    if asked is not None:
        return bool(asked(call, facts, spans))
    match known.raises:
        case Raises.NEVER:
            return True
        case Raises.SHAPES:
            return _fits(call, facts)
        case Raises.ZERO:
            return _fits(call, facts) and _divides(facts)
    return False


def _is_number(fact: Fact) -> bool:
    return fact.is_scalar or (fact.is_array and fact.dims is not None)


def meets(a: Dim, b: Dim) -> bool:
    """Whether two sizes certainly fit together in a broadcast."""
    return a == b or a == 1 or b == 1


def broadcasts(*shapes: tuple[Dim, ...] | None) -> bool:
    """Whether shapes certainly fit together."""
    if None in shapes:
        return False
    known = [s for s in shapes if s is not None]
    for k in range(1, max(map(len, known), default=0) + 1):
        dims = [s[-k] for s in known if len(s) >= k]
        if not all(meets(x, y) for i, x in enumerate(dims) for y in dims[:i]):
            return False
    return True


def _fits(call: Call, facts: list[Fact]) -> bool:
    """Whether the arguments are numbers and arrays that fit together element by element, or are reduced along axes that
    they have."""
    op = ops.canonical(call.op)
    if not facts or not _is_number(facts[0]):
        return False
    elementwise = isinstance(op, np.ufunc) and op.signature is None or op in (np.where, np.clip)
    if elementwise:
        given = [f for f in facts if f.kind != "none"] if op is np.clip else facts
        options = all(k in ("dtype",) and fact_of(a).value is None for k, a in call.kwargs)
        numbers = len(given) == getattr(op, "nin", len(given)) and all(map(_is_number, given)) and _takes(op, given)
        return options and numbers and broadcasts(*map(dims_of, given))
    axis = call.args[1] if len(call.args) > 1 else dict(call.kwargs).get("axis", Const(None))
    if len(call.args) > 2 or {k for k, _ in call.kwargs} - {"axis", "keepdims", "ddof"}:
        return False
    axes = [fact_of(a).value for a in axis.items] if type(axis) is Pack else [fact_of(axis).value]
    n = facts[0].ndim or 0
    return axes == [None] or (len(set(axes)) == len(axes) and all(type(k) is int and -n <= k < n for k in axes))


def _takes(op: Any, facts: list[Fact]) -> bool:
    """Whether an elementwise operation certainly takes numbers of these kinds: complex ones have no order, truths no
    difference. Python's numbers are no more particular than NumPy's, but for the order of complex ones."""
    if not isinstance(op, np.ufunc):
        return not any(f.is_complex is not False for f in facts)
    kinds: list[list[Any]] = [[np.dtype(f.dtype)] if f.dtype is not None else
                              [_WEAK[f.kind]] if f.kind in _WEAK else [*_WEAK.values()] for f in facts]
    compares = op in (np.less, np.less_equal, np.greater, np.greater_equal)
    ordered = not compares or all(f.is_complex is False for f in facts)
    return ordered and all(_has_loop(op, combination) for combination in itertools.product(*kinds))


_WEAK: dict[str, Any] = {"bool": np.dtype(bool), "int": int, "float": float, "complex": complex}
"""What NumPy takes the dtypes of Python's numbers for."""


@lru_cache(maxsize=4096)
def _has_loop(op: np.ufunc, kinds: tuple[Any, ...]) -> bool:
    try:
        op.resolve_dtypes((*kinds, *(None,) * op.nout))
    except TypeError:
        return False
    return True


def _divides(facts: list[Fact]) -> bool:
    """Whether a division is NumPy's, which warns, or by a constant that is not zero."""
    if type(facts[-1].value) in (int, float, complex):
        return facts[-1].value != 0
    if any(f.kind == "complex" for f in facts) and not any(f.is_array for f in facts):
        return False
    return any(f.is_array or f.kind == "scalar" for f in facts)


def _power(call: Call, facts: list[Fact], spans: Spans) -> bool:
    base, exponent = facts[:2]
    if not _fits(call, facts) or len(facts) != 2 or call.op is math.pow:  # of a negative number
        return False
    if type(exponent.value) in (int, float) and exponent.value >= 0:
        return True
    if any(f.is_discrete for f in (base, exponent)) and base.is_discrete:
        return False
    return any(f.is_array or f.kind == "scalar" for f in (base, exponent))


def _whole(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """Operations on bits: of integers and truths, by no negative number."""
    kinds = [f.kind in ("int", "bool") or (f.dtype is not None and f.dtype.kind in "biu") for f in facts]
    shifts = ops.canonical(call.op) in (np.left_shift, np.right_shift)
    return not call.kwargs and all(kinds) and all(map(_is_number, facts)) and not shifts and (
        broadcasts(*map(dims_of, facts)))


def _matmul(call: Call, facts: list[Fact], spans: Spans) -> bool:
    a, b = (dims_of(f) for f in facts) if len(facts) == 2 else (None, None)
    if call.kwargs or not a or not b:
        return False
    return a[-1] == b[-2 if len(b) > 1 else -1] and broadcasts(a[:-2], b[:-2])


def _dot(call: Call, facts: list[Fact], spans: Spans) -> bool:
    a, b = (dims_of(f) for f in facts) if len(facts) == 2 else (None, None)
    if a is None or b is None or call.kwargs:
        return False
    return not a or not b or a[-1] == b[-2 if len(b) > 1 else -1]


def _last_axes(call: Call, facts: list[Fact], spans: Spans) -> bool:
    a, b = (dims_of(f) for f in facts) if len(facts) == 2 else (None, None)
    return a is not None and b is not None and not call.kwargs and (not a or not b or a[-1] == b[-1])


def _alike(call: Call, facts: list[Fact], spans: Spans) -> bool:
    shapes = [dims_of(f) for f in facts]
    return len(shapes) == 2 and shapes[0] is not None and shapes[0] == shapes[1]


def _triangle(call: Call, facts: list[Fact], spans: Spans) -> bool:
    return bool(facts[0].dims) and all(f.kind == "int" for f in facts[1:]) and not call.kwargs


def _numbers(call: Call, facts: list[Fact], spans: Spans) -> bool:
    return all(map(_is_number, facts))


def _is_in(part: Arg, dim: Dim, spans: Spans) -> bool:
    """Whether an index is certainly a place on an axis."""
    value = fact_of(part).value
    if type(value) is int:
        return isinstance(dim, int) and -dim <= value < dim
    span = spans.get(part) if type(part) is Var else None
    if span is None or span.low < 0:
        return False
    return span.high == dim or _at_most(span.high, dim)


def _at_most(a: Dim, b: Dim) -> bool:
    """Whether a size is certainly not larger than another one."""
    if isinstance(a, int) or isinstance(b, int):
        return isinstance(a, int) and isinstance(b, int) and a <= b
    return a[0] == b[0] and a[1] <= b[1]


def _is_slice(part: Arg) -> bool:
    """Whether an index is a slice of integers with a step that is not zero."""
    if type(part) is Const:
        return type(part.value) is slice and part.value.step != 0
    if type(part) is not Pack or part.kind != "slice":
        return False
    lo, hi, step = map(fact_of, part.items)
    return all(f.kind in ("int", "none") for f in (lo, hi, step)) and (
        step.kind == "none" or type(step.value) is int and step.value != 0)


def is_there(base: Fact, index: Arg, spans: Spans) -> bool:
    """Whether an index certainly names places that an array or tuple has."""
    parts = index_parts(index)
    dims = base.dims if base.is_array else None
    if base.kind == "tuple":
        length = len(base.dims) if base.dims is not None else len(base.parts) if base.parts is not None else None
        return length is not None and _is_in(index, length, spans)
    if base.kind == "list":
        return _is_slice(index)
    if dims is None or parts is None:
        return False
    consumed = sum(1 for p in parts if not (type(p) is Const and (p.value is None or p.value is Ellipsis)))
    if consumed > len(dims):
        return False
    left = list(dims)
    for p in parts:
        if type(p) is Const and p.value is None:
            continue
        if type(p) is Const and p.value is Ellipsis:
            left = left[len(dims) - consumed:] if p is parts[0] else left[len(left) - _after(parts, p):]
            continue
        dim = left.pop(0)
        if not (_is_slice(p) or _is_in(p, dim, spans) or _is_mask(p, dim)):
            return False
    return True


def _after(parts: list[Arg], ellipsis: Arg) -> int:
    rest = parts[parts.index(ellipsis) + 1:]
    return sum(1 for p in rest if not (type(p) is Const and p.value is None))


def _is_mask(part: Arg, dim: Dim) -> bool:
    """Whether an index is an array of truths along an axis."""
    fact = fact_of(part)
    return fact.is_array and fact.dtype == np.bool_ and fact.dims == (dim,)


def _getitem(call: Call, facts: list[Fact], spans: Spans) -> bool:
    return len(call.args) == 2 and is_there(facts[0], call.args[1], spans)


def _setitem(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """A number, or an array of exactly the shape of the places, that are there."""
    if len(call.args) != 3 or not facts[0].is_array or not is_there(facts[0], call.args[1], spans):
        return False
    if facts[2].is_complex is not False and facts[0].is_complex is not True:
        return False
    if facts[2].is_scalar:
        return True
    from_index = _shape_at(facts[0], call.args[1])
    value = dims_of(facts[2])
    return value is not None and from_index is not None and len(value) <= len(from_index) and all(
        v in (1, d) for v, d in zip(value[::-1], from_index[::-1]))


def _shape_at(base: Fact, index: Arg) -> tuple[Dim, ...] | None:
    parts = index_parts(index)
    if parts is not None and len(parts) == 1 and type(parts[0]) is Const and parts[0].value is Ellipsis:
        return base.dims
    return _indexed((Var("a", base), index), [base], {})


def _augmented(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """``a += b``: ``b`` fits into ``a``."""
    a, b = (dims_of(f) for f in facts) if len(facts) == 2 else (None, None)
    plain = ops.canonical(call.op) in (np.add, np.subtract, np.multiply) or (
        facts[0].is_array and ops.canonical(call.op) is np.divide)
    if a is None or b is None or not plain or len(b) > len(a):
        return False
    if facts[0].is_array and not _holds(facts[0], facts[1]):
        return False
    return all(v in (1, d) for v, d in zip(b[::-1], a[::-1])) and (facts[0].is_array or not b)


def _holds(a: Fact, b: Fact) -> bool:
    """Whether an array holds what comes of an operation with a number or array without a change of kind."""
    order = "biufc"
    kinds = [np.dtype(f.kind if f.kind in ("bool", "int", "float", "complex") else "O") if f.dtype is None else f.dtype
             for f in (a, b)]
    return all(k.kind in order for k in kinds) and order.index(kinds[1].kind) <= order.index(kinds[0].kind)


def _size(arg: Arg) -> bool:
    """Whether an argument is a size, or a tuple of such."""
    if type(arg) is Pack:
        return arg.kind in ("tuple", "list") and all(map(_size, arg.items))
    fact = fact_of(arg)
    if type(fact.value) is tuple:
        return all(type(v) is int and v >= 0 for v in fact.value)
    if type(fact.value) is int:
        return fact.value >= 0
    return (fact.kind == "int" and isinstance(fact.sym, tuple) and fact.sym[1] >= 0) or (
        fact.kind == "tuple" and fact.dims is not None)


def _made(count: int = 1) -> Callable:
    """``np.zeros(shape)`` and its like: of sizes that are none negative."""
    def asked(call: Call, facts: list[Fact], spans: Spans) -> bool:
        return 1 <= len(call.args) <= count and all(k == "dtype" for k, _ in call.kwargs) and all(
            map(_size, call.args[:1])) and all(map(_is_number, facts[1:]))
    return asked


def _integers(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """``range`` and ``arange`` of integers, with a step that is not zero."""
    step = facts[2].value if len(facts) == 3 else 1
    return not call.kwargs and all(f.kind == "int" for f in facts) and type(step) is int and step != 0


def _length(call: Call, facts: list[Fact], spans: Spans) -> bool:
    return facts[0].kind in ("list", "tuple", "dict", "str", "range") or bool(facts[0].dims)


def _reshaped(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """A shape with as many elements: the same sizes in another order, with ones; or one that is left open."""
    dims = dims_of(facts[0])
    if dims is None or len(call.args) != 2 or call.kwargs:
        return False
    given = _given(call.args[1])
    if given is None:
        return False
    if given.count(-1) == 1:
        rest = [d for d in given if d not in (-1, 1)]
        return all(d in dims for d in rest) and len(set(map(repr, rest))) == len(rest)
    plain = [sorted((d for d in s if d != 1), key=repr) for s in (dims, given)]
    return plain[0] == plain[1]


def _given(arg: Arg) -> list[Dim] | None:
    items = arg.items if type(arg) is Pack and arg.kind in ("tuple", "list") else (arg,)
    if len(items) == 1 and fact_of(items[0]).kind == "tuple":
        dims = fact_of(items[0]).dims
        return None if dims is None else list(dims)
    facts = [fact_of(a) for a in items]
    if not all(f.kind == "int" for f in facts):
        return None
    return [f.value if type(f.value) is int else int_dim(a) for a, f in zip(items, facts)]


def _moved(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """Without options, or along axes that are there. A number cannot be sorted."""
    n = facts[0].ndim
    if n is None or (n == 0 and call.op in (np.sort, np.argsort)):
        return False
    values = [fact_of(a).value for a in call.args[1:]] + [fact_of(a).value for k, a in call.kwargs if k == "axis"]
    return len(values) == len(call.args) - 1 + len(call.kwargs) and all(
        v is None or (type(v) is int and -n <= v < n) for v in values)


def _expanded(call: Call, facts: list[Fact], spans: Spans) -> bool:
    n, axis = facts[0].ndim, dict(enumerate(call.args)).get(1, dict(call.kwargs).get("axis"))
    value = fact_of(axis).value if axis is not None else None
    return n is not None and type(value) is int and -n - 1 <= value <= n


def _listed(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """What makes a container of some values, or an array of some numbers."""
    return len(call.args) == 1 and not call.kwargs and (
        facts[0].kind in ("list", "tuple", "range") or bool(facts[0].dims))


def _array(call: Call, facts: list[Fact], spans: Spans) -> bool:
    options = {k for k, _ in call.kwargs} | ({"dtype"} if len(call.args) > 1 else set())
    if options - {"dtype", "copy"} or (options and not facts[0].is_array and not facts[0].is_scalar):
        return False
    if "dtype" in options and facts[0].is_complex is not False:
        return False
    return all(map(_is_number, facts[:1])) or (
        type(call.args[0]) is Pack and _same_shapes(call.args[0])) or (
        facts[0].kind == "list" and facts[0].item is not None and facts[0].item.is_scalar)


def _same_shapes(pack: Pack) -> bool:
    shapes = [dims_of(fact_of(a)) for a in pack.items]
    return pack.kind in ("tuple", "list") and None not in shapes and all(s == shapes[0] for s in shapes)


def _converted(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """``float(x)`` and its like of one real number; ``int`` of what is none of them may meet a NaN."""
    if len(facts) != 1 or facts[0].is_complex is not False:
        return False
    one = facts[0].is_scalar or facts[0].dims == ()
    return one and (call.op is not int or facts[0].is_discrete)


def _chosen(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """The larger of some real numbers."""
    return len(facts) > 1 and not call.kwargs and all(f.is_scalar and f.is_complex is False for f in facts)


def _equal(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """``==`` of numbers that fit together, or of constants that compare as Python's do."""
    return _fits(call, facts) or all(is_plain(f.value) for f in facts) or all(
        f.kind in ("str", "none", "int", "bool", "float") for f in facts)


def _total(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """``sum`` of numbers, or of arrays of one shape."""
    if call.kwargs or (len(call.args) == 2 and not facts[1].is_scalar):
        return False
    if type(call.args[0]) is Pack:
        return _same_shapes(call.args[0])
    return bool(facts[0].dims) or (facts[0].item is not None and (
        facts[0].item.is_scalar or facts[0].item.dims is not None and all(d == 1 or isinstance(d, tuple) and d[0][0]
                                                                          == "n" for d in facts[0].item.dims)))


def _einsum(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """A letter stands for one size."""
    text = facts[0].value
    if type(text) is not str or "." in text or call.kwargs:
        return False
    terms = text.replace(" ", "").partition("->")[0].split(",")
    sizes: dict[str, Any] = {}
    shapes = [dims_of(f) for f in facts[1:]]
    if len(terms) != len(shapes) or not all(s is not None and len(s) == len(t) for s, t in zip(shapes, terms)):
        return False
    return all(sizes.setdefault(letter, d) == d for t, s in zip(terms, shapes) for letter, d in zip(t, s or ()))


def _in_dtype(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """``x.astype(dtype)`` of a number class, from real numbers."""
    to = facts[1].value if len(facts) == 2 and not call.kwargs else UNSET
    return facts[0].is_array and facts[0].dtype is not None and facts[0].dtype.kind in "biuf" and (
        is_plain(to) and to is not None and not isinstance(to, str) and np.dtype(to).kind in "biufc")


def _text(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """``"{}".format(x)`` without a form that might not fit."""
    template = facts[0].value
    return type(template) is str and ":" not in template and not call.kwargs and all(
        f.is_scalar or f.is_array or f.kind in ("str", "none") for f in facts[1:])


def _of_a_field(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """A part of an argument, which is there: the signature tells."""
    return type(call.args[1]) is Const and len(call.args) == 2 and call.loc is None


def _joined(call: Call, facts: list[Fact], spans: Spans) -> bool:
    """``np.concatenate`` and its like of vectors, ``np.stack`` of arrays of one shape."""
    if type(call.args[0]) is not Pack or len(call.args) > 1 or not call.args[0].items:
        return False
    shapes = [dims_of(fact_of(a)) for a in call.args[0].items]
    if None in shapes or {k for k, _ in call.kwargs} - {"axis"}:
        return False
    axis = fact_of(dict(call.kwargs).get("axis", Const(0))).value
    n = len(shapes[0])  # type: ignore[arg-type]
    if call.op is np.stack:
        return _same_shapes(call.args[0]) and type(axis) is int and -n - 1 <= axis <= n
    return type(axis) is int and -n <= axis < n and all(
        len(s) == n and all(d == e for k, (d, e) in enumerate(zip(s, shapes[0])) if k != axis % n)  # type: ignore
        for s in shapes)


BY_OPERATION: dict[Any, Callable[[Call, list[Fact], Spans], bool]] = {
    operator.eq: _equal, operator.ne: _equal, sum: _total, np.einsum: _einsum, np.ndarray.astype: _in_dtype,
    np.triu: _triangle, np.tril: _triangle,
    operator.getitem: _getitem, runtime.setitem: _setitem, np.power: _power, np.matmul: _matmul, np.dot: _dot,
    np.inner: _last_axes, np.vdot: _alike, np.outer: _numbers, np.kron: _numbers,
    **dict.fromkeys((np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert), _whole),
    **dict.fromkeys((op for op in ops.RECORDS if ops.of(op).augmented), _augmented),
    **dict.fromkeys((np.zeros, np.ones, np.empty), _made()), np.full: _made(2),
    range: _integers, np.arange: _integers, len: _length, np.reshape: _reshaped,
    **dict.fromkeys((np.transpose, np.swapaxes, np.flip, np.ravel, np.cumsum, np.cumprod, np.sort, np.argsort), _moved),
    np.expand_dims: _expanded, list: _listed, tuple: _listed,
    **dict.fromkeys((np.array, np.asarray, np.asanyarray, np.ascontiguousarray), _array),
    float: _converted, complex: _converted, int: _converted, bool: _converted,
    max: _chosen, min: _chosen, str.format: _text, getattr: _of_a_field,
    **dict.fromkeys((np.concatenate, np.stack), _joined),
}
"""What each of them needs to succeed; of the others the record tells."""


def uncertain(body: Block) -> Iterator[Call]:
    """The calls of a function that may raise something, besides those that have an effect."""
    spans = Spans(body)

    def walk(block: Block) -> Iterator[Call]:
        for stmt in block.stmts:
            if isinstance(stmt, Call):
                if not stmt.adjoint and not ops.of(stmt.op).has_effect and not is_certain(stmt, spans):
                    yield stmt
            elif not stmt.adjoint:
                for inner in blocks(stmt):
                    yield from walk(inner)
    return walk(body)
