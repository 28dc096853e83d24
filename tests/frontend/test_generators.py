"""Generators: their bodies run where they are read."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from s2sad.frontend.generators import CALLING, MAKERS, PUSHED, READING
from s2sad.ir import Call, For
from s2sad.ir.walk import statements
from tests.frontend.helper import V, check, lower, refused


def multiples(x, n):
    for k in range(n):
        yield x * k


def in_a_loop(x, n):
    s = 0.0
    for v in multiples(x, n):
        s += v
    return s


def by_hand(x, n):
    s = 0.0
    for k in range(n):
        v = x * k
        s += v
    return s


def shape(fn):
    return [type(s) if isinstance(s, For) else s.op for s in statements(lower(fn, 0.5, 3).body)]


def test_a_generator_in_a_loop_costs_nothing():
    assert shape(in_a_loop) == shape(by_hand)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_zero_trips(n):
    check(in_a_loop, 0.5, n)
    check(lambda x, n: sum(multiples(x, n)), 0.5, n)
    check(lambda x, n: [v for v in multiples(x, n) if v > 0.0], 0.5, n)
    check(lambda x, n: list(enumerate(multiples(x, n), 5)), 0.5, n)
    check(lambda x, n: list(zip([x, 1.0], multiples(x, n), [3.0])), 0.5, n)
    check(lambda x, n: next(multiples(x, n), 7.0), 0.5, n)


def test_a_generator_of_known_items_is_unrolled():
    def f(x):
        def parts():
            yield "a", x
            yield "b", [x, 2.0]

        s = 0.0
        for name, w in parts():
            s += w if name == "a" else w[0] * w[1]
        return s

    check(f, 0.5)
    assert all(isinstance(s, Call) for s in lower(f, 0.5).body.stmts)


def test_the_place_of_a_problem_in_a_loop_over_a_generator():
    def f(x):
        for v in multiples(x, 3):
            x = eval("v")
        return x

    error = refused(f, 0.5)
    assert "eval" in error.loc.text and error.loc.site is None


def test_a_problem_in_a_generator_names_the_loop_that_reads_it():
    def broken(x):
        yield eval("x")

    def f(x):
        for v in broken(x):
            x = x + v
        return x

    assert "for v in broken(x)" in str(refused(f, 0.5))


@pytest.mark.parametrize(
    "fn, text",
    [
        (lambda v: sum(itertools.count()), "does not end by itself"),
        (lambda v: [x for x in itertools.repeat(v)], "does not end by itself"),
        (lambda v: next(v), "`next` of"),
        (lambda v: np.array(x for x in v), "a generator handed to code that is not inlined"),
        (lambda v: np.array(zip(v, v)), "a `zip` iterator handed to code that is not inlined"),
        (lambda v: [(x for x in v)], "an iterator is kept"),
    ],
)
def test_refusals(fn, text):
    assert text in refused(fn, V).message


def test_iterators_that_run_are_iterators():
    assert set(PUSHED) | CALLING | set(READING) <= MAKERS
