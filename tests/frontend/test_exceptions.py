"""``raise``, ``assert`` and ``try``."""

from __future__ import annotations

import pytest

from s2sad import runtime
from tests.frontend.helper import V, check, ops, raised


def asserts(v):
    assert True
    assert v.shape == (4,), "four"
    assert v[0] < v[2], f"{v}"
    return v[0]


PROGRAMS = [
    asserts,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_what_cannot_fail_is_not_asserted():
    def f(v):
        assert v.ndim == 1
        return v

    assert runtime.raise_ not in ops(f, V)


def test_a_failing_assertion_raises_in_the_ir():
    def f(x):
        assert x > 0.0, "positive"
        return x

    assert runtime.raise_ in ops(f, 1.0)


def caught_for_certain(v):
    try:
        y = {"a": v[0]}["b"]
    except KeyError:
        y = v[1]
    else:
        y = v[2]
    finally:
        y = y * 2.0
    return y


def not_caught(v):
    try:
        y = v[0]
    except ValueError:
        y = v[1]
    return y


def raised_on_a_path(v):
    try:
        if v[0] > 10.0:
            raise ValueError("large")
        y = v[0]
    except ValueError:
        y = v[1]
    return y


@pytest.mark.parametrize("fn", [not_caught, raised_on_a_path])
def test_the_path_of_the_primal_is_followed(fn):
    check(fn, V)
    check(fn, V * 100.0)


def test_raise_without_an_exception():
    def f(v):
        raise

    assert type(raised(f, V)) is RuntimeError


def asserted_inside_try(v):
    try:
        assert v.ndim == 2
    except AssertionError:
        return v[0]
    return v[1]


def asserted_on_a_path(v):
    try:
        assert v[0] > 10.0
        y = v[0]
    except AssertionError:
        y = v[1]
    return y


def end_of_an_iterator(v):
    it = iter([v[0]])
    y = next(it)
    try:
        y = y + next(it)
    except StopIteration:
        y = 2.0 * y
    return y


@pytest.mark.parametrize("fn", [asserted_inside_try, asserted_on_a_path])
def test_assertions_inside_try(fn):
    check(fn, V)
    check(fn, V * 100.0)
