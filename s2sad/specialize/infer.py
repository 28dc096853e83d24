"""The facts of a result from the facts of the arguments.

Kind, dtype and number of dimensions come from *running the operation on small samples* that have the facts of the
arguments: no table of result types, and a user's own rule gets facts like ours. Where the outcome depends on values or
sizes (``squeeze``, ``int ** int``) samples would lie, so those are treated by hand. Dimensions are followed
symbolically.

    >>> import numpy as np
    >>> from s2sad.ir import Var
    >>> from s2sad.ir.facts import array
    >>> infer(np.sum, (Var("A", array(float, (2, 3))),), ()).facts
    (Fact(kind='scalar', dtype=dtype('float64'), dims=None, value=UNSET, item=None, sym=None),)
"""
from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.ir import Arg, Const, Pack, Var
from s2sad.ir.facts import (
    PYTHON_SCALARS,
    UNKNOWN,
    UNSET,
    Dim,
    Fact,
    constant,
    fresh_dim,
    is_not_one,
    join,
    of_value,
    shift_dim,
)
from s2sad.rules import canonical


@dataclass(frozen=True)
class Result:
    """Facts of the outs of a call; ``structure`` is None for one result, else the class of the tuple or list."""

    facts: tuple[Fact, ...]
    structure: Any = None


class NoSample(Exception):
    """A value with these facts cannot be made up."""


def fact_of(arg: Arg) -> Fact:
    """The fact of an IR argument."""
    if type(arg) is Var:
        return arg.fact
    if type(arg) is Const:
        fact = constant(arg.value)
        if fact.value is UNSET and fact.kind in ("function", "object", "tuple", "list", "dict", "range"):
            fact = replace(fact, value=arg.value)
        return fact
    return Fact(arg.kind if isinstance(arg.kind, str) else "tuple")


def infer(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result:
    """The facts of ``op(*args, **kwargs)``; ``UNKNOWN`` where nothing can be said."""
    facts = [fact_of(a) for a in args]
    if op in _BY_HAND:
        known = _BY_HAND[op](args, facts, dict(kwargs))
        if known is not None:
            return known if isinstance(known, Result) else Result((known,))
    if all(f.value is not UNSET for f in facts) and not kwargs and op in _FOLDABLE:
        return Result((_folded(op, facts),))
    result = _by_samples(op, args, kwargs)
    if len(result.facts) == 1 and result.structure is None:
        return Result((_refine(op, args, facts, dict(kwargs), result.facts[0]),))
    return result


def _folded(op: Callable, facts: list[Fact]) -> Fact:
    try:
        value = op(*(f.value for f in facts))
    except Exception:  # the user's program raises here at run time, if it gets there
        return UNKNOWN
    return constant(value)


_FOLDABLE = {operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.neg,
             operator.pos, operator.pow, operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
             operator.not_, operator.and_, operator.or_, operator.xor, operator.invert, operator.is_, operator.is_not,
             operator.contains, operator.lshift, operator.rshift, abs, int, float, bool, min, max, len, round, str,
             isinstance, math.sqrt, math.log, math.exp, math.floor, math.ceil, math.prod}


# ---- samples ---------------------------------------------------------------------------------------------------------

_cache: dict[Any, np.ndarray] = {}


def _sample_array(dtype: Any, shape: tuple[int, ...]) -> np.ndarray:
    key = (dtype, shape)
    if key not in _cache:
        n = math.prod(shape)
        values = 0.5 + (np.arange(n) * 0.618) % 1.0
        if np.dtype(dtype).kind in "biu":
            values = np.ones(n)
        a = values.reshape(shape).astype(dtype)
        if len(shape) >= 2 and shape[-1] == shape[-2] and np.dtype(dtype).kind in "fc":
            a = a + np.swapaxes(a, -1, -2) + 4 * shape[-1] * np.eye(shape[-1], dtype=dtype)
            a = a.astype(dtype)
        _cache[key] = a
    return _cache[key].copy()


def _size(dim: Dim, size: int) -> int:
    if size < 0:  # the sizes that are known do not fit together in a sample: all alike
        return 1 if dim == 1 else -size
    return dim if isinstance(dim, int) else max(0, size + dim[1])


def sample(arg: Arg, size: int) -> Any:
    """A value that has the facts of an argument; every symbolic dimension becomes ``size``."""
    if type(arg) is Const:
        return arg.value
    if type(arg) is Pack:
        items = [sample(a, size) for a in arg.items]
        if arg.kind == "dict":
            return dict(zip(arg.keys, items))
        if arg.kind == "slice":
            return slice(*items)
        return tuple(items) if arg.kind == "tuple" else items if arg.kind == "list" else arg.kind(*items)
    return sample_of(arg.fact, size)


def sample_of(fact: Fact, size: int) -> Any:
    """A value that has a fact."""
    if fact.value is not UNSET:
        return fact.value
    if fact.kind == "float":
        return 0.7
    if fact.kind == "int":
        return 1 if fact.sym is None else _size(fact.sym, size)
    if fact.kind == "bool":
        return True
    if fact.kind == "complex":
        return 0.7 + 0.3j
    if fact.kind == "number":
        return np.float64(0.7)
    if fact.kind == "scalar" and fact.dtype is not None:
        return _sample_array(fact.dtype, ())[()]
    if fact.kind == "array" and fact.dtype is not None and fact.dims is not None:
        return _sample_array(fact.dtype, tuple(_size(d, size) for d in fact.dims))
    if fact.kind == "list" and fact.item is not None:
        return [sample_of(fact.item, size) for _ in range(3)]
    if fact.kind == "tuple" and fact.dims is not None:
        return tuple(_size(d, size) for d in fact.dims)
    if fact.kind == "range":
        return range(3)
    if fact.kind == "str":
        return "s"
    raise NoSample


def _sizes(args: tuple[Arg, ...]) -> list[int]:
    ndims, consts = [0], []
    todo = list(args)
    while todo:
        arg = todo.pop()
        if type(arg) is Pack:
            todo.extend(arg.items)
        elif type(arg) is Var and arg.fact.dims is not None:
            ndims.append(len(arg.fact.dims))
            consts += [d for d in arg.fact.dims if isinstance(d, int) and 1 < d <= 64]
        elif type(arg) is Const and type(arg.value) is np.ndarray:
            ndims.append(arg.value.ndim)
            consts += [d for d in arg.value.shape if 1 < d <= 64]
    return list(dict.fromkeys([*sorted(set(consts), reverse=True)[:2], 4 if max(ndims) > 2 else 12, 2, 3, -3]))


def _by_samples(op: Callable, args: tuple[Arg, ...], kwargs: tuple[tuple[str, Arg], ...]) -> Result:
    if isinstance(op, runtime.Recursive) or op in _VALUE_DEPENDENT or not callable(op) or (isinstance(op, type)
            and issubclass(op, BaseException)):
        return Result((UNKNOWN,))
    if getattr(op, "__module__", "") in _IMPURE or op in _EFFECTS:
        return Result((UNKNOWN,))
    if any(f.is_mixed or f.is_optional for f in map(fact_of, args)):
        return _loosely(op, args, kwargs)
    named = tuple(a for _, a in kwargs)
    for size in _sizes((*args, *named)):
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                values = [sample(a, size) for a in args]
                result = op(*values, **{k: sample(a, size) for k, a in kwargs})
        except NoSample:
            return _without_samples(op, args)
        except Exception:  # this size does not fit the operation; another may
            continue
        return _vaguely(_describe(result), args)
    return _without_samples(op, args)


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
            result = op(*(_sample_array(f.dtype, (2,)) if f.is_array and f.dtype is not None else sample_of(f, 2)
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


_IMPURE = {"numpy.random", "random", "time", "os", "io"}
_EFFECTS = {print, input, open}
_VALUE_DEPENDENT = {np.squeeze, np.unique, np.roots, np.real_if_close, np.emath.sqrt, np.linalg.lstsq, np.trim_zeros,
                    np.random.rand, np.random.randn, np.random.normal, np.random.uniform, eval, exec}


# ---- dimensions ------------------------------------------------------------------------------------------------------

def broadcast_dims(shapes: list[tuple[Dim, ...]]) -> tuple[Dim, ...]:
    """The dimensions of a broadcast, provided that it does not raise."""
    out: list[Dim] = []
    for k in range(1, max((len(s) for s in shapes), default=0) + 1):
        dims = [s[-k] for s in shapes if len(s) >= k]
        certain = [d for d in dims if is_not_one(d)]
        others = {d for d in dims if d != 1}
        if certain:
            out.append(certain[0])
        elif not others:
            out.append(1)
        else:
            out.append(others.pop() if len(others) == 1 else fresh_dim())
    return tuple(reversed(out))


def fills(dims: tuple[Dim, ...] | None, others: list[tuple[Dim, ...] | None]) -> bool:
    """Whether an operand with ``dims`` certainly has the shape of its broadcast with ``others``."""
    if dims is None or any(o is None for o in others):
        return False
    if any(len(o) > len(dims) for o in others if o is not None):
        return False
    for k in range(1, len(dims) + 1):
        if is_not_one(dims[-k]):
            continue
        if any(o[-k] not in (1, dims[-k]) for o in others if o is not None and len(o) >= k):
            return False
    return True


def dims_of(fact: Fact) -> tuple[Dim, ...] | None:
    """Dimensions of an array or scalar, None if they are not known."""
    return () if fact.is_scalar else fact.dims if fact.is_array else None


def _refine(op: Callable, args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg], got: Fact) -> Fact:
    """Add symbolic dimensions to what the samples told."""
    op = canonical(op)
    if got.kind == "int":
        return _refine_int(op, args, facts, got)
    if got.kind != "array" or got.dims is None:
        return got
    dims = None
    if isinstance(op, np.ufunc) and op.signature is None and op.nout == 1 or op in (np.where, np.clip):
        shapes = [dims_of(f) for f in facts[:op.nin if isinstance(op, np.ufunc) else 3]]
        if all(s is not None for s in shapes):
            dims = broadcast_dims(shapes)  # type: ignore[arg-type]
    elif op in _DIMS:
        try:
            dims = _DIMS[op](args, facts, kwargs)
        except (IndexError, TypeError, ValueError, AttributeError):
            dims = None
    if dims is None or len(dims) != len(got.dims):
        return got
    return replace(got, dims=tuple(dims))


def _refine_int(op: Callable, args: tuple[Arg, ...], facts: list[Fact], got: Fact) -> Fact:
    if op is len and facts[0].dims:
        return replace(got, sym=facts[0].dims[0])
    if op in (np.add, np.subtract) and len(facts) == 2:
        sign = 1 if op is np.add else -1
        if facts[0].sym is not None and type(facts[1].value) is int:
            return replace(got, sym=shift_dim(facts[0].sym, sign * facts[1].value))
        if sign == 1 and facts[1].sym is not None and type(facts[0].value) is int:
            return replace(got, sym=shift_dim(facts[1].sym, facts[0].value))
    return got


def int_dim(arg: Arg) -> Dim:
    """The dimension that an integer argument stands for."""
    fact = fact_of(arg)
    if type(fact.value) is int:
        return fact.value if fact.value >= 0 else fresh_dim()
    if fact.sym is not None:
        return fact.sym
    return (("v", arg), 0) if type(arg) is Var else fresh_dim()


def _shape_dims(arg: Arg) -> tuple[Dim, ...] | None:
    """The dimensions that a shape argument stands for."""
    if type(arg) is Pack and arg.kind in ("tuple", "list"):
        return tuple(int_dim(a) for a in arg.items)
    fact = fact_of(arg)
    if fact.kind == "int":
        return (int_dim(arg),)
    if type(fact.value) is tuple:
        return tuple(fact.value)
    if fact.kind == "tuple" and fact.dims is not None:
        return fact.dims
    return None


def _axis(kwargs: dict[str, Arg], args: tuple[Arg, ...], position: int) -> Any:
    arg = kwargs.get("axis", args[position] if len(args) > position else None)
    if arg is None:
        return None
    if type(arg) is Pack:
        return tuple(fact_of(a).value for a in arg.items)
    return fact_of(arg).value


def _reduced(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    dims, axis = facts[0].dims, _axis(kwargs, args, 1)
    if dims is None or axis is UNSET:
        return None
    axes = range(len(dims)) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = {a % len(dims) for a in axes}
    keep = kwargs.get("keepdims")
    if keep is not None and fact_of(keep).value is True:
        return tuple(1 if i in axes else d for i, d in enumerate(dims))
    return tuple(d for i, d in enumerate(dims) if i not in axes)


def _matmul(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    a, b = facts[0].dims, facts[1].dims
    if a is None or b is None or not a or not b:
        return None
    batch = broadcast_dims([a[:-2], b[:-2]])
    return (*batch, *(a[-2:-1] if len(a) > 1 else ()), *(b[-1:] if len(b) > 1 else ()))


def _dot(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    a, b = facts[0].dims, facts[1].dims
    if a and b:
        return (*a[:-1], *b[:-2], *(b[-1:] if len(b) > 1 else ()))
    return None


def _expand(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    axis, dims = _axis(kwargs, args, 1), list(facts[0].dims or ())
    if not isinstance(axis, int):
        return None
    dims.insert(axis if axis >= 0 else len(dims) + 1 + axis, 1)
    return tuple(dims)


def _transposed(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    dims = facts[0].dims
    axes = kwargs.get("axes", args[1] if len(args) > 1 else None)
    if dims is None or axes is None or fact_of(axes).value is None:
        return dims[::-1] if dims is not None else None
    order = [fact_of(a).value for a in axes.items] if type(axes) is Pack else fact_of(axes).value
    return tuple(dims[i] for i in order)


def _swapped(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    dims = list(facts[0].dims or ())
    i, j = fact_of(args[1]).value, fact_of(args[2]).value
    dims[i], dims[j] = dims[j], dims[i]
    return tuple(dims)


def index_parts(index: Arg) -> list[Arg] | None:
    """The parts of an index, one per comma; None if they are not known."""
    if type(index) is Pack and index.kind == "tuple":
        return list(index.items)
    fact = fact_of(index)
    if isinstance(fact.value, tuple):
        return [Const(v) for v in fact.value]
    return None if fact.kind == "tuple" else [index]


def is_basic(index: Arg) -> bool | None:
    """Whether an index is basic (ints, slices, None, Ellipsis: a view), None if that is not known."""
    parts = index_parts(index)
    if parts is None:
        return None
    sure = True
    for part in parts:
        if type(part) is Pack:
            if part.kind != "slice":
                return False
            continue
        fact = fact_of(part)
        if type(part) is Const and (part.value is None or part.value is Ellipsis or isinstance(part.value, slice)):
            continue
        if fact.kind == "int" or (fact.kind == "scalar" and fact.dtype is not None and fact.dtype.kind in "iu"):
            continue
        if fact.kind in ("array", "list", "bool") or fact.dtype is not None:
            return False
        sure = False
    return True if sure else None


def _indexed(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    dims, parts = facts[0].dims, index_parts(args[1])
    if dims is None or parts is None or not is_basic(args[1]):
        return None
    consumed = sum(1 for p in parts if not (type(p) is Const and (p.value is None or p.value is Ellipsis)))
    if consumed > len(dims):
        return None
    out: list[Dim] = []
    left = list(dims)
    for p in parts:
        if type(p) is Const and p.value is None:
            out.append(1)
        elif type(p) is Const and p.value is Ellipsis:
            keep = len(dims) - consumed
            out += left[:keep]
            left = left[keep:]
        elif type(p) is Pack:
            out.append(_sliced(left.pop(0), p))
        elif type(p) is Const and isinstance(p.value, slice):
            v = p.value
            out.append(_sliced(left.pop(0), Pack("slice", (Const(v.start), Const(v.stop), Const(v.step)))))
        else:
            left.pop(0)
    return (*out, *left)


def _sliced(dim: Dim, s: Pack) -> Dim:
    """The dimension of ``x[lo:hi]``: exact for constant offsets from the ends, e.g. ``1:-1`` of n is n - 2 (clamped at
    zero for both operands alike)."""
    lo, hi, step = (fact_of(a).value for a in s.items)
    if isinstance(dim, int) and all(v is None or type(v) is int for v in (lo, hi, step)):
        return len(range(*slice(lo, hi, step).indices(dim)))
    if step == -1 and lo is None and hi is None:
        return dim
    if step not in (None, 1) or lo is UNSET:
        return _slice_symbol(dim, s)
    lo = 0 if lo is None else lo
    if type(lo) is int and lo >= 0:
        if hi is None:
            return shift_dim(dim, -lo)
        if type(hi) is int and hi < 0:
            return shift_dim(dim, hi - lo)
        sym = fact_of(s.items[1]).sym
        if hi is UNSET and isinstance(sym, tuple) and isinstance(dim, tuple) and sym[0] == dim[0] and sym[1] <= dim[1]:
            return shift_dim(sym, -lo)
    return _slice_symbol(dim, s)


def _slice_symbol(dim: Dim, s: Pack) -> Dim:
    """A dimension named by the slice itself: the same slice of the same dimension has the same size."""
    bounds = tuple(a if type(a) is Var and a.fact.value is UNSET else fact_of(a).value for a in s.items)
    return (("s", (dim, *bounds)), 0)


def _reshaped(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    return _shape_dims(kwargs.get("shape", args[1]) if len(args) > 1 else kwargs["shape"])


def _created(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    return _shape_dims(kwargs.get("shape", args[0]) if args else kwargs["shape"])


def _like(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    return facts[0].dims if "shape" not in kwargs else None


def _outer(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> tuple[Dim, ...] | None:
    a, b = facts[0].dims, facts[1].dims
    return (a[0], b[0]) if a is not None and b is not None and len(a) == len(b) == 1 else None


_SAME = (np.cumsum, np.cumprod, np.sort, np.flip, np.flipud, np.fliplr, np.roll, np.triu, np.tril, np.copy,
         np.linalg.inv,
         np.linalg.cholesky, np.nan_to_num, np.asarray, np.array, np.real, np.imag, np.ndarray.astype, np.asanyarray,
         np.ascontiguousarray, np.around, np.conjugate)
_DIMS: dict[Any, Callable] = {
    **dict.fromkeys((np.sum, np.mean, np.prod, np.var, np.std, np.max, np.min, np.amax, np.amin, np.any, np.all,
                     np.argmax,
                     np.argmin, np.nansum, np.nanmean, np.median, np.count_nonzero, np.ptp), _reduced),
    **dict.fromkeys(_SAME, _like), np.zeros_like: _like, np.ones_like: _like, np.full_like: _like, np.empty_like: _like,
    np.zeros: _created, np.ones: _created, np.empty: _created, np.full: _created,
    np.reshape: _reshaped, np.broadcast_to: _reshaped, np.matmul: _matmul, np.dot: _dot, np.expand_dims: _expand,
    np.transpose: _transposed, np.swapaxes: _swapped, operator.getitem: _indexed, np.outer: _outer,
    np.linalg.solve: lambda args, facts, kwargs: facts[1].dims,
    np.arange: lambda args, facts, kwargs: (int_dim(args[0]),) if len(args) == 1 else None,
}


# ---- operations that samples cannot tell -----------------------------------------------------------------------------

def _update(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return facts[0].forget()


def _augmented(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    return facts[0].forget() if facts[0].is_array else None


def _appended(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    item = facts[1].forget() if facts[0].item is None else join(facts[0].item, facts[1].forget())
    return replace(facts[0], item=item)


def _popped(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Result:
    return Result((facts[0], facts[0].item or UNKNOWN), tuple)


def _getitem(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    index = fact_of(args[1])
    if facts[0].kind == "list":
        if index.kind == "int" or index.dtype is not None:
            return facts[0].item or UNKNOWN
        return facts[0] if index.kind == "slice" else UNKNOWN
    if facts[0].kind == "tuple" and facts[0].dims is not None and type(index.value) is int:
        dim = facts[0].dims[index.value] if -len(facts[0].dims) <= index.value < len(facts[0].dims) else None
        return Fact("int", sym=dim) if not isinstance(dim, int) else Fact("int", sym=dim)
    if facts[0].kind == "range":
        return Fact("range" if index.kind == "slice" else "int")
    if facts[0].is_array and facts[0].dtype is not None and facts[0].dims is not None:
        parts = index_parts(args[1])
        if parts is not None and is_basic(args[1]):
            dims = _indexed(args, facts, kwargs)
            if dims == () and not any(type(p) is Const and p.value is Ellipsis for p in parts):
                return Fact("scalar", facts[0].dtype)
            return Fact("array", facts[0].dtype, dims)
        if parts is not None and len(parts) == 1 and fact_of(parts[0]).dtype == np.bool_:
            taken = fact_of(parts[0]).dims
            if taken is not None:
                return Fact("array", facts[0].dtype, (fresh_dim(), *facts[0].dims[len(taken):]))
    return None


def _zeros(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    fact = facts[0].forget()
    return Fact("float") if fact.kind in ("int", "bool") else fact


def _same_fact(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return facts[0].forget()


def _shape(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    if facts[0].is_scalar:
        return Fact("tuple", value=(), dims=())
    return Fact("tuple", dims=facts[0].dims)


def _size_of(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    """The number of elements: of a number 1; of an array with one dimension that is not 1, that dimension."""
    dims = dims_of(facts[0])
    if dims is None or kwargs or len(args) > 1:
        return Fact("int")
    others = [d for d in dims if d != 1]
    return constant(1) if not others else Fact("int", sym=others[0] if len(others) == 1 else None)


def _equality(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    """Whether a dimension that is not 1 equals 1 is known."""
    for a, b in (facts, facts[::-1]):
        if a.kind == b.kind == "int" and a.sym is not None and type(
            b.value) is int and b.value == 1 and is_not_one(a.sym):
            return constant(False)
    return None


def _inequality(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    return constant(True) if _equality(args, facts, kwargs) is not None else None


def _ndim(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return Fact("int") if facts[0].ndim is None else constant(facts[0].ndim)


def _eigenvalues(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    """Real or complex: that depends on the values."""
    return Fact("array", None, None if facts[0].dims is None else facts[0].dims[:-1])


def _eigenvectors(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Result:
    return Result((_eigenvalues(args, facts, kwargs), Fact("array", None, facts[0].dims)), _EIG)


_EIG = type(np.linalg.eig(np.eye(1)))


def _cross(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    """Of vectors in space."""
    a, b = facts[:2]
    if a.ndim is None or b.ndim is None or a.dtype is None or b.dtype is None:
        return None
    return Fact("array", np.result_type(a.dtype, b.dtype), tuple(fresh_dim() for _ in range(max(a.ndim, b.ndim))))


def _known(truth: bool | None) -> Fact:
    return Fact("bool") if truth is None else constant(truth)


def _power(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    a, b = facts
    if a.kind == b.kind == "int" and b.value is UNSET:
        return Fact("number")
    return None


def _squeeze(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    dims, axis = facts[0].dims, _axis(kwargs, args, 1)
    if facts[0].kind == "scalar":
        return facts[0].forget()
    if dims is None:
        return Fact("array", facts[0].dtype) if facts[0].is_array else None
    if isinstance(axis, int):
        return replace(facts[0].forget(), dims=tuple(d for i, d in enumerate(dims) if i != axis % len(dims)))
    if axis is None and all(d == 1 or is_not_one(d) for d in dims):
        return replace(facts[0].forget(), dims=tuple(d for d in dims if d != 1))
    return Fact("array", facts[0].dtype)


def _unbroadcast(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    g, x = facts
    if x.is_array and x.dtype is not None and x.dims is not None and x.dtype.kind in "fc":
        return Fact("array", x.dtype, x.dims)
    if x.kind == "float":
        return Fact("number") if g.kind == "unknown" else g if g.is_scalar else Fact("scalar", g.dtype)
    return None


def _astype_of(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    g, x = facts
    if g.is_array and x.dtype is not None and x.dtype.kind in "fc":
        return replace(g.forget(), dtype=x.dtype)
    return None


def _added(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return facts[0].forget()


def _like_second(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    g, y = facts
    return Fact("array", g.dtype, y.dims) if y.is_array and (g.dtype is not None) else (
        Fact("array", np.dtype(float), y.dims) if y.is_array and g.is_float else g.forget() if y.is_scalar else None)


def _seeded(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    return facts[0].forget() if facts[0].is_array else Fact("float") if facts[0].is_scalar else UNKNOWN


def _joined_lists(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    a, b = facts
    item = a.item if b.item is None else b.item if a.item is None else join(a.item, b.item)
    return Fact("list", item=item)


def _listed(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact:
    if facts[0].kind == "list" and type(args[0]) is Pack:
        item: Fact | None = None
        for a in args[0].items:
            item = fact_of(a).forget() if item is None else join(item, fact_of(a).forget())
        return Fact("list", item=item)
    if facts[0].kind == "list":
        return facts[0].forget()
    first = facts[0].dims
    if facts[0].is_array and first is not None and facts[0].dtype is not None and len(first) > 0:
        item = Fact("scalar", facts[0].dtype) if len(first) == 1 else Fact("array", facts[0].dtype, first[1:])
        return Fact("list", item=item)
    return Fact("list", item=UNKNOWN)


def _reshape(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    a = facts[0]
    dims = _reshaped(args, facts, kwargs) if len(args) > 1 or "shape" in kwargs else None
    dtype = a.dtype if a.dtype is not None else np.dtype(float) if a.kind == "float" else None
    if dims is None or dtype is None:
        return Fact("array", dtype) if dtype is not None else None
    return Fact("array", dtype, dims)


def _picked(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    """``max`` and ``min`` return one of their arguments, of whatever type it is."""
    if len(args) == 1 and type(args[0]) is Pack:
        facts = [fact_of(a) for a in args[0].items]
    elif len(args) == 1 and facts[0].kind == "list":
        return facts[0].item or UNKNOWN
    elif len(args) == 1:
        return None
    if not facts or all(f.value is not UNSET for f in facts):
        return None
    picked = facts[0].forget()
    for f in facts[1:]:
        picked = join(picked, f.forget())
    return picked


def _pulled(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Result:
    """The cotangents of a recursive call have the facts of its arguments."""
    items = args[1].items if type(args[1]) is Pack else ()
    given = [fact_of(a).forget() for a in items]
    pulled = tuple(Fact("number", np.dtype(float)) if f.is_float else f if f.is_array else UNKNOWN for f in given)
    return Result(pulled, tuple if len(pulled) > 1 else None)


def _truth(args: tuple[Arg, ...], facts: list[Fact], kwargs: dict[str, Arg]) -> Fact | None:
    return Fact("bool") if all(f.kind in PYTHON_SCALARS for f in facts) and any(
        f.value is UNSET for f in facts) else None


_BY_HAND: dict[Any, Callable] = {
    runtime.setitem: _update, runtime.add_at: _update, runtime.setview: _update, runtime.add_view: _update,
    runtime.copy: _same_fact, np.ndarray.copy: _same_fact,
    runtime.append: _appended, runtime.pop: _popped, runtime.zeros_like: _zeros, runtime.zero_of: _zeros,
    runtime.unbroadcast: _unbroadcast,
    runtime.astype_of: _astype_of, runtime.broadcast_like: _like_second, runtime.seed: _seeded, runtime.add: _added,
    operator.getitem: _getitem, np.shape: _shape, np.ndim: _ndim,
    np.size: _size_of, operator.eq: _equality, operator.ne: _inequality,
    runtime.repeat_list: _same_fact, runtime.fold_list: _same_fact, runtime.join_lists: _joined_lists,
    list: _listed, np.reshape: _reshape, np.broadcast_to: _reshape,
    runtime.recursive_pullback: _pulled, runtime.recursive_pushforward: lambda args, facts, kwargs: UNKNOWN,
    operator.pow: _power, max: _picked, min: _picked, np.squeeze: _squeeze,
    np.linalg.eigvals: _eigenvalues, np.linalg.eig: _eigenvectors, np.cross: _cross,
    np.iscomplexobj: lambda args, facts, kwargs: _known(facts[0].is_complex),
    np.isrealobj: lambda args, facts, kwargs: _known(None if facts[0].is_complex is None else not facts[0].is_complex),
    **dict.fromkeys((operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ifloordiv, operator.imod,
                     operator.ipow, operator.imatmul, operator.iand, operator.ior, operator.ixor), _augmented),
    **dict.fromkeys((operator.lt, operator.le, operator.gt, operator.ge), _truth),
    range: lambda args, facts, kwargs: Fact("range"),
    operator.not_: lambda args, facts, kwargs: None if facts[0].value is not UNSET else Fact("bool"),
    operator.is_: lambda args, facts, kwargs: None if all(f.value is not UNSET for f in facts) else Fact("bool"),
    operator.is_not: lambda args, facts, kwargs: None if all(f.value is not UNSET for f in facts) else Fact("bool"),
}
