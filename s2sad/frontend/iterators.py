"""The iterators of the standard library as generators: lowered like a user's where they read a generator, or run on.

Each reads every parameter that is an iterator once. What a sequence of known length needs is in ``builtins`` and
``library``.

Before: ``for k, v in enumerate(steps(x))``.  After: the body of ``enumerated``, the body of the loop at its ``yield``.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from s2sad import runtime
from s2sad.frontend.values import FALSE, TRUE, Inside, Kwargs, Tup, Value, static


class _Pull(Inside):
    """``pull(it)``: whether ``it``, an instance of a user's class, is at its end, and else its next item."""

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        return Tup(lowerer.pulled(args[0]))


class _Have(Inside):
    """``have(seqs, k)``: whether each of some sequences has an item ``k``."""

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        found: Value = TRUE
        for seq in args[0].items:  # type: ignore[union-attr]
            there = lowerer.within(seq, args[1])
            if static(there) is False:
                return FALSE
            if static(there) is not True:
                found = there if found is TRUE else lowerer.choose(found, lambda there=there: there, lambda: FALSE)
        return found


class _Rows(Inside):
    """``row(seqs, k)``: the items ``k`` of some sequences."""

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        return Tup(tuple(lowerer.position_item(seq, args[1]) for seq in args[0].items))  # type: ignore[union-attr]


pull: Any = _Pull()
have: Any = _Have()
row: Any = _Rows()


def drained(it: Any) -> Iterator[Any]:
    """The items of an instance of a class with ``__next__``."""
    while True:
        ended, item = pull(it)
        if ended:
            return
        yield item


def enumerated(iterable: Any, start: int = 0) -> Iterator[Any]:
    k = start
    for item in iterable:
        yield k, item
        k += 1


def zipped_strictly(iterables: Any) -> Any:
    """``zip(*iterables, strict=True)``: that they differ in length is noticed at the end."""
    yield from zip(*iterables)
    runtime.check_zip(*[len(items) for items in iterables])


def zipped(before: tuple, items: Any, after: tuple) -> Iterator[Any]:
    """``zip(*before, items, *after)`` with sequences around a generator."""
    k = 0
    if have(before, k):
        for item in items:
            if not have(after, k):
                return
            yield (*row(before, k), item, *row(after, k))
            k += 1
            if not have(before, k):
                return


def transposed(rows: Any) -> Iterator[Any]:
    """``zip(*rows)`` of rows whose number is known only at run time; each of its items is a list."""
    kept = list(rows)
    if len(kept) > 0:
        for k in range(min([len(row) for row in kept])):
            yield [row[k] for row in kept]


def mapped(fn: Callable, items: Any) -> Iterator[Any]:
    for item in items:
        yield fn(item)


def starmapped(fn: Callable, rows: Any) -> Iterator[Any]:
    for items in rows:
        yield fn(*items)


def filtered(fn: Callable | None, items: Any) -> Iterator[Any]:
    for item in items:
        if item if fn is None else fn(item):
            yield item


def filtered_out(fn: Callable | None, items: Any) -> Iterator[Any]:
    for item in items:
        if not (item if fn is None else fn(item)):
            yield item


def first_ones(items: Any, stop: int) -> Iterator[Any]:
    """``itertools.islice(items, stop)``: what follows the last item is never asked for."""
    k = 0
    if stop is None or stop > 0:
        for item in items:
            yield item
            k += 1
            if stop is not None and k >= stop:
                return


def sliced(items: Any, start: int, stop: int, step: int = 1) -> Iterator[Any]:
    k = 0
    wanted = 0 if start is None else start
    if stop is None or stop > wanted:
        for item in items:
            if k == wanted:
                yield item
                wanted += 1 if step is None else step
            k += 1
            if stop is not None and k >= stop:
                return


def chained(first: Any, second: Any) -> Iterator[Any]:
    yield from first
    yield from second


def chained_all(iterables: Any) -> Iterator[Any]:
    for items in iterables:
        yield from items


def taken_while(fn: Callable, items: Any) -> Iterator[Any]:
    for item in items:
        if not fn(item):
            return
        yield item


def dropped_while(fn: Callable, items: Any) -> Iterator[Any]:
    dropping = True
    for item in items:
        dropping = dropping and fn(item)
        if not dropping:
            yield item


def accumulated(items: Any, func: Callable | None = None, initial: Any = None) -> Iterator[Any]:
    total = initial
    started = initial is not None
    if started:
        yield total
    for item in items:
        if not started:
            total = item
        elif func is None:
            total = total + item
        else:
            total = func(total, item)
        started = True
        yield total


def paired(items: Any) -> Iterator[Any]:
    before = None
    started = False
    for item in items:
        if started:
            yield before, item
        before = item
        started = True


def counted(start: Any = 0, step: Any = 1) -> Iterator[Any]:
    k = start
    while True:
        yield k
        k += step


def repeated(value: Any) -> Iterator[Any]:
    while True:
        yield value


def cycled(items: Any) -> Iterator[Any]:
    kept = list(items)
    while len(kept) > 0:
        yield from kept


def first(items: Any) -> Any:
    """``next(items)``."""
    for item in items:
        return item
    raise StopIteration


def first_or(items: Any, default: Any) -> Any:
    """``next(items, default)``."""
    for item in items:
        return item
    return default
