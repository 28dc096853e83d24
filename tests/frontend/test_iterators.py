"""The iterators of the standard library, as they are where a generator runs: item by item what Python's give."""

from __future__ import annotations

import itertools
import operator

import pytest

from s2sad.frontend import iterators
from tests.frontend.helper import V, check

XS = [3, 1, 4, 1, 5, 9, 2, 6]


def small(x):
    return x < 5


@pytest.mark.parametrize("items", [XS, XS[:1], []], ids=["many", "one", "none"])
@pytest.mark.parametrize(
    "ours, theirs",
    [
        (lambda xs: iterators.enumerated(xs, 3), lambda xs: enumerate(xs, 3)),
        (lambda xs: iterators.mapped(abs, xs), lambda xs: map(abs, xs)),
        (lambda xs: iterators.transposed([xs, xs]), lambda xs: map(list, zip(xs, xs))),
        (lambda xs: iterators.starmapped(pow, [(x, 2) for x in xs]), lambda xs: (x**2 for x in xs)),
        (lambda xs: iterators.filtered(small, xs), lambda xs: filter(small, xs)),
        (lambda xs: iterators.filtered(None, xs), lambda xs: filter(None, xs)),
        (lambda xs: iterators.filtered_out(small, xs), lambda xs: itertools.filterfalse(small, xs)),
        (lambda xs: iterators.first_ones(xs, 2), lambda xs: itertools.islice(xs, 2)),
        (lambda xs: iterators.first_ones(xs, 0), lambda xs: itertools.islice(xs, 0)),
        (lambda xs: iterators.sliced(xs, 1, 6, 2), lambda xs: itertools.islice(xs, 1, 6, 2)),
        (lambda xs: iterators.sliced(xs, None, None, 3), lambda xs: itertools.islice(xs, None, None, 3)),
        (lambda xs: iterators.chained(xs, [7]), lambda xs: itertools.chain(xs, [7])),
        (lambda xs: iterators.chained_all([xs, xs]), lambda xs: itertools.chain.from_iterable([xs, xs])),
        (lambda xs: iterators.taken_while(small, xs), lambda xs: itertools.takewhile(small, xs)),
        (lambda xs: iterators.dropped_while(small, xs), lambda xs: itertools.dropwhile(small, xs)),
        (lambda xs: iterators.accumulated(xs), lambda xs: itertools.accumulate(xs)),
        (
            lambda xs: iterators.accumulated(xs, operator.mul, 2),
            lambda xs: itertools.accumulate(xs, operator.mul, initial=2),
        ),
        (lambda xs: iterators.paired(xs), lambda xs: itertools.pairwise(xs)),
        (lambda xs: itertools.islice(iterators.cycled(xs), 20), lambda xs: itertools.islice(itertools.cycle(xs), 20)),
        (lambda xs: [iterators.first_or(xs, -1)], lambda xs: [next(iter(xs), -1)]),
    ],
)
def test_same_items(ours, theirs, items):
    assert list(ours(items)) == list(theirs(items))


def test_endless_ones():
    assert list(itertools.islice(iterators.counted(2, 3), 4)) == [2, 5, 8, 11]
    assert list(itertools.islice(iterators.repeated("x"), 2)) == ["x", "x"]


def test_first_of_nothing():
    with pytest.raises(StopIteration):
        iterators.first([])
    assert iterators.first([1, 2]) == 1


def test_lowered_like_a_users():
    def f(v):
        xs = [x * 2.0 for x in v]
        kept = [x for x in itertools.islice((y for y in xs), 1, None, 2)]
        return kept, list(itertools.pairwise(x for x in xs)), list(itertools.accumulate(x for x in xs))

    check(f, V)
