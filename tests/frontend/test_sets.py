"""Sets: what is asked of them is answered before the function runs."""

import numpy as np
import pytest

import s2sad
from s2sad.errors import UnsupportedSyntax

OUTSIDE = {"a"}


def test_questions_leave_no_trace():
    def f(x):
        seen = {"a"}
        seen.add("b")
        return x * len(seen) if "b" in seen else x

    assert "set" not in s2sad.grad(f).source_for(2.0)
    assert s2sad.grad(f)(2.0) == 2.0


def test_set_from_outside_stays_as_it_is():
    def f(x):
        OUTSIDE.add("b")
        return x * len(OUTSIDE)

    with pytest.raises(UnsupportedSyntax, match="a set from outside is changed") as caught:
        s2sad.grad(f)(2.0)
    assert caught.value.code == "S2S009"
    assert OUTSIDE == {"a"}


def test_set_that_is_returned_is_a_set():
    def f(x):
        return x * x, {1, 2}

    assert s2sad.value_and_grad(lambda x: f(x)[0])(3.0) == (9.0, 6.0)
    value, _ = s2sad.vjp(f, 3.0)
    assert value == (9.0, {1, 2})


def test_sets_of_sizes_are_counted():
    def same(x, y):
        return x @ y if len({v.shape for v in (x, y)}) == 1 else np.sum(x)

    def lengths(x, y):
        if len(set([len(x), len(y)])) > 1:
            raise ValueError("lengths")
        return x @ y

    v = np.array([1.0, 2.0])
    assert np.array_equal(s2sad.grad(same)(v, v), v)
    assert np.array_equal(s2sad.grad(same)(v, np.ones(3)), np.ones(2))
    assert np.array_equal(s2sad.grad(lengths)(v, v), v)
    with pytest.raises(ValueError, match="lengths"):
        s2sad.grad(lengths)(v, np.ones(3))


def test_the_one_size_in_a_set_is_known():
    def f(x, y):
        (n,) = {len(x), x.shape[0]}
        return np.sum(x) * n

    assert np.array_equal(s2sad.grad(f)(np.ones(3), 1.0), np.full(3, 3.0))


def test_sets_of_values_are_refused():
    def f(x):
        return x * len({x, 1.0})

    with pytest.raises(UnsupportedSyntax, match="set of values computed"):
        s2sad.grad(f)(2.0)
