"""What functions of ``functools``, ``itertools``, ``copy`` and NumPy mean here that are neither operations nor inlined.

They have the form of those in ``builtins``.

Before: ``functools.reduce(f, [a, b, c])``.  After: ``f(f(a, b), c)``, inlined.
"""
from __future__ import annotations

import copy
import functools
import inspect
import itertools
import operator
import string
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import rules, runtime, tree
from s2sad.frontend import known, trees
from s2sad.frontend.builtins import list_of, slice_of
from s2sad.frontend.operators import FORWARDS
from s2sad.frontend.values import (
    NONE,
    Atom,
    Bound,
    Closure,
    Inside,
    Iteration,
    Kwargs,
    Ref,
    Table,
    Tup,
    Value,
    const,
    static,
)
from s2sad.ir import Const, regions
from s2sad.ir.facts import UNSET
from s2sad.ir.symbols import IN_PLACE


def _copied(deep: bool) -> Callable:
    """``copy.copy`` and ``copy.deepcopy``."""
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        return self.copied(args[0], deep, {})
    return lower


def _partial(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return Bound(args[0], args[1:], tuple(kwargs.items()))


def _begin(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    self.append_call((), regions.begin, ())
    return NONE


def _end(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    self.append_call((), regions.end, ())
    return args[0]


class _Vectorized(Inside):
    """What ``np.vectorize(fn)`` returns while a function is lowered; its first argument is ``fn``."""

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        return lowerer.call_vectorized(args[0], args[1:], kwargs)


def _vectorize(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    if kwargs or len(args) != 1:
        raise self.unsupported("`np.vectorize` with options", "write the loop")
    return Bound(const(_Vectorized()), args)


def _check_first(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """Its result, while a function is lowered: the type that all items take then, where that is not theirs."""
    item = self.fact(args[0]).item
    floats = item is not None and (item.kind == "float" or (item.kind == "scalar" and item.is_complex is not None and
                                                            not item.is_discrete))
    if not floats:
        self.emit(runtime.check_first, (self.reify(args[0]),))
    return const(float) if item is not None and item.kind == "real" else NONE


def _wrapper(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return args[0]


def _reduce(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    fn, seq, *start = args
    items = self.static_items(seq)
    if items is None:
        if isinstance(seq, Iteration):
            raise self.unsupported("`reduce` over something of run-time length", "write the loop", code="S2S010")
        return self.call_source(known.reduced_from if start else known.reduced, args, (), hint)
    items = (*start, *items)
    total = items[0]
    for v in items[1:]:
        total = self.call(fn, (total, v), ())
    return total


def _repeatable(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = [_known_items(self, a) for a in args]
    return _listed(Tup(t) for t in itertools.product(*items, repeat=self.constant_of(kwargs.get("repeat", const(1)))))


def _known_items(self: Any, value: Any) -> tuple:
    items = self.static_items(value)
    if items is None:
        raise self.unsupported("itertools over something of run-time length", "write the loop", code="S2S010")
    return items


def _listed(items: Any) -> Iteration:
    return Iteration("static", (), tuple(items))


def _chain_all(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return _listed(v for a in _known_items(self, args[0]) for v in _known_items(self, a))


def _choices(choose: Callable) -> Callable:
    """``itertools.combinations`` and its like."""
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        counts = [self.constant_of(a) for a in (*args[1:], *kwargs.values())]
        return _listed(Tup(t) for t in choose(_known_items(self, args[0]), *counts))
    return lower


def _repeated(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    times = args[1] if len(args) > 1 else kwargs.get("times")
    return _listed((args[0],) * self.constant_of(times))


def _islice(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = self.static_items(args[0])
    if items is not None:
        return _listed(itertools.islice(items, *(self.constant_of(a) for a in args[1:])))
    return self.iterate(self.get(args[0], slice_of(self, args[1:], {}, "")))


def _accumulate(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    fn = args[1] if len(args) > 1 else kwargs.get("func", NONE)
    items = _known_items(self, args[0])
    if "initial" in kwargs and static(kwargs["initial"]) is not None:
        items = (kwargs["initial"], *items)
    return _listed(itertools.accumulate(items, lambda a, b: self.binary(operator.add, a, b) if static(fn) is None else
                                        self.call(fn, (a, b), ())))


def _zip_longest(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    rows = itertools.zip_longest(*(_known_items(self, a) for a in args), fillvalue=kwargs.get("fillvalue", NONE))
    return _listed(Tup(t) for t in rows)


def _np_shape(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return self.shape_of(args[0]) if isinstance(args[0], (Atom, Ref)) else NotImplemented


def _np_real(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return args[0] if self.fact(args[0]).is_complex is False else NotImplemented


def _trim_zeros(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    axis = args[2] if len(args) > 2 else kwargs.get("axis", NONE)
    if self.fact(args[0]).ndim != 1 or not self.fact(args[0]).is_array or static(axis) is not None:
        return NotImplemented
    return self.call_source(known.trimmed, args, tuple(kwargs.items()), hint)


def _einsum(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """The form with lists of axes, ``einsum(a, [0, 1], b, [1, 2], [0, 2])``, spelled with letters: the integers count
    ``ABC…abc…``, as in NumPy."""
    if not args or isinstance(static(args[0]), str):
        return NotImplemented
    terms = ["".join("..." if k is ... else string.ascii_uppercase[k] if k < 26 else string.ascii_lowercase[k - 26]
                     for k in self.constant_of(a)) for a in (*args[1::2], *args[-1:][:len(args) % 2])]
    operands = args[:len(args) - len(args) % 2:2]
    text = ",".join(terms[:len(operands)]) + "".join("->" + t for t in terms[len(operands):])
    return self.call_object(np.einsum, (const(text), *operands), tuple(kwargs.items()), hint)


def _seterr(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """The settings as they were: a dict of known keys."""
    given = tuple((k, self.reify(v)) for k, v in kwargs.items())
    old = self.reify(self.emit(np.seterr, tuple(self.reify(a) for a in args), given, hint="old"))
    keys = tuple(np.geterr())
    return self.new_ref(Table(keys, tuple(self.emit(operator.getitem, (old, Const(k))) for k in keys)))


def _fromiter(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``np.fromiter(items, dtype)``."""
    dtype = args[1] if len(args) > 1 else kwargs.get("dtype")
    if len(args) > 2 or set(kwargs) - {"dtype"} or np.dtype(self.constant_of(dtype)).kind not in "fciub":
        return NotImplemented
    return self.call_op(np.array, (list_of(self, args[:1], {}, ""),), (("dtype", dtype),), hint)


def _along_axis(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    fact = self.fact(args[2]) if len(args) > 2 else None
    if fact is None or not fact.is_array or fact.ndim not in (1, 2):
        raise self.unsupported("`np.apply_along_axis` of something that is not known to be a vector or a matrix",
                               "write the loop", code="S2S011")
    written = known.along_row if fact.ndim == 1 else known.along_axis
    made = self.call_source(written, args, tuple(kwargs.items()), hint)
    known_kind = fact.ndim == 1 or self.fact(made).ndim not in (None, 1) or not isinstance(args[0], (Closure, Bound))
    if not known_kind or self.fact(made).dtype is None or self.fact(made).dtype.kind not in "fc":
        raise self.unsupported("`np.apply_along_axis` of a function that may return integers: NumPy takes the kind of "
                               "the first", "return floats on every path", code="S2S011")
    return made


def _setitem(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    self.put(*args)
    return NONE


def _delitem(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    self.delete_item(*args)
    return NONE


def _augmented(op: Callable) -> Callable:
    """``operator.iadd`` and its like."""
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        return self.augment(args[0], op, args[1], hint)
    return lower


def _binary(op: Callable) -> Callable:
    """``operator.add`` and its like."""
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        return self.binary(op, args[0], args[1], hint)
    return lower


def _getattr_static(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``inspect.getattr_static`` of something whose class is known."""
    cls, name, obj = self.class_of(args[0]), static(args[1]), static(args[0])
    if obj is not UNSET and isinstance(name, str):  # it runs nothing of an object's own
        found = inspect.getattr_static(obj, name, UNSET)
        self.guard(("static", id(obj), name), lambda: inspect.getattr_static(obj, name, UNSET), found)
        self.keep.append(obj)
        if found is not UNSET:
            return self.capture(found, None)
        return args[2] if len(args) > 2 else NotImplemented
    if cls is None or name is UNSET:
        return NotImplemented
    cell = self.heap[args[0].cell] if self.is_object(args[0]) else None
    if cell is not None and name in cell.names:
        return cell.values[cell.names.index(name)]
    self.guard_class(cls, name)
    for base in cls.__mro__:
        if name in vars(base):
            return self.capture(vars(base)[name], None)
    if len(args) < 3:
        raise self.lacks_attribute(cls, name)
    return args[2]


def _is_list(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return const(self.fact(args[0]).kind in ("list", "tuple") or self.literal_items(args[0]) is not None)


LIBRARY: dict[Any, Callable] = {
    rules.is_list: _is_list,
    inspect.getattr_static: _getattr_static,
    **{op: _binary(op) for op in FORWARDS},
    **{in_place: _augmented(op) for op, in_place in IN_PLACE.items()},
    operator.iconcat: _augmented(operator.add),
    operator.getitem: lambda self, args, kwargs, hint: self.get(*args, hint),
    operator.setitem: _setitem,
    operator.delitem: _delitem,
    copy.copy: _copied(False),
    copy.deepcopy: _copied(True),
    functools.partial: _partial,
    np.vectorize: _vectorize,
    functools.update_wrapper: _wrapper,
    runtime.check_first: _check_first,
    functools.reduce: _reduce,
    itertools.product: _repeatable,
    itertools.chain.from_iterable: _chain_all,
    itertools.combinations: _choices(itertools.combinations),
    itertools.combinations_with_replacement: _choices(itertools.combinations_with_replacement),
    itertools.permutations: _choices(itertools.permutations),
    itertools.pairwise: _choices(itertools.pairwise),
    itertools.repeat: _repeated,
    itertools.islice: _islice,
    itertools.accumulate: _accumulate,
    itertools.zip_longest: _zip_longest,
    np.shape: _np_shape,
    np.real: _np_real,
    np.einsum: _einsum,
    regions.begin: _begin,
    regions.end: _end,
    tree.map: trees.lower_map,
    tree.leaves: trees.lower_leaves,
    np.seterr: _seterr,
    np.trim_zeros: _trim_zeros,
    np.fromiter: _fromiter,
    np.apply_along_axis: _along_axis,
}
"""What each function of the libraries means."""
