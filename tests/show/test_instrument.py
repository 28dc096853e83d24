"""Instrumented copies compute what the original computes."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad, value_and_grad
from s2sad.show.instrument import observed, timed


def loops(x, n):
    a = np.zeros(n)
    a[0] = x
    for i in range(1, n):
        p = a[i - 1]
        if p > 0.5:
            a[i] = np.sin(p) - x
        elif p < -3.0:
            a[i] = x
        else:
            a[i] = p * x + 1.0
    return np.sum(a)


def newton(x):
    y = x
    while abs(y * y - x) > 1e-12:
        y = 0.5 * (y + x / y)
        if y > 1e6:
            break
    return y


def context(x):
    with np.errstate(all="ignore"):
        y = np.log(x)
    return np.sum(y / x[::-1])


def parameters(p, x):
    h = np.tanh(x @ p["W"] + p["b"])
    return np.mean(h[:, 0] ** 2)


W = np.arange(6.0).reshape(3, 2) / 10
CASES = [(loops, (0.4, 9)), (newton, (2.0,)), (context, (np.array([1.0, 2.0, 3.0]),)),
         (parameters, ({"W": W, "b": np.zeros(2)}, np.ones((4, 3)))),
         (lambda x: x if x > 1.0 else -x, (2.0,))]


def entry(transform, fn, args):
    return transform(fn).entry(args, {})


@pytest.mark.parametrize("transform", [grad, value_and_grad])
@pytest.mark.parametrize("fn, args", CASES, ids=[fn.__name__ for fn, _ in CASES])
def test_copies_compute_the_same(transform, fn, args):
    made = entry(transform, fn, args)
    expected = made.function(*args)
    started, seen = [], []
    clock = timed(made.source, lambda: started.append(1), lambda line, begun: None)
    eye, places = observed(made.source, lambda k, x: seen.append(k))
    np.testing.assert_equal(clock(*args), expected)
    np.testing.assert_equal(eye(*args), expected)
    assert started and set(seen) <= set(range(len(places)))


def test_every_line_is_timed_as_often_as_it_runs():
    made = entry(grad, loops, (0.4, 9))
    hits: dict[int, int] = {}
    timed(made.source, lambda: 0, lambda line, begun: hits.update({line: hits.get(line, 0) + 1}))(0.4, 9)
    text = made.source.text.splitlines()
    counts = {text[n - 1].split("  # ")[0].strip(): k for n, k in hits.items()}
    assert counts["p = a[i - 1]"] == 8 and counts["for i in range(1, n):"] == 9 and counts["a[0] = x"] == 1


def test_places_say_what_they_are_and_what_they_are_made_of():
    made = entry(grad, context, (np.array([1.0, 2.0]),))
    values: dict[int, object] = {}
    function, places = observed(made.source, lambda k, x: values.update({k: x}))
    function(np.array([1.0, 2.0]))
    for k, place in enumerate(places):
        assert place.text and made.source.text.splitlines()[place.line - 1].find(place.text[:4].strip("(")) >= 0
        assert all(0 <= j < len(places) and j != k for j in place.operands)
    names = [place for place in places if place.is_name]
    assert names and all(not place.operands for place in names)


def test_names_of_the_user_are_not_mistaken_for_tools():
    def f(value, start, see):
        return value * start + see
    made = entry(grad, f, (1.0, 2.0, 3.0))
    function, _ = observed(made.source, lambda k, x: None)
    assert function(1.0, 2.0, 3.0) == 2.0
