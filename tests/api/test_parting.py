"""Where the trace of a function and the function part."""

from __future__ import annotations

import inspect
import operator
import sys
from dataclasses import replace

import numpy as np
import pytest

import s2sad
from s2sad.api import derivative
from s2sad.api.parting import difference, parting
from s2sad.errors import InternalError
from s2sad.frontend import joins
from s2sad.frontend.lower import Lowerer
from s2sad.ir import Call
from s2sad.ir.walk import map_blocks, with_body

V = np.array([0.3, -0.7, 1.2])


def _line(fn, text):
    """The line of a function's source that holds a text."""
    lines, first = inspect.getsourcelines(fn)
    return first + next(k for k, line in enumerate(lines) if text in line)


def _parts_at(fn, args, text, name=None):
    with pytest.raises(InternalError, match="S2S904") as caught:
        s2sad.grad(fn, check="always")(*args)
    assert caught.value.loc.line == _line(fn, text), str(caught.value)
    if name is not None:
        assert f"they part here, at `{name}`" in str(caught.value)
    return str(caught.value)


@pytest.fixture
def first_of_two_paths(monkeypatch):
    monkeypatch.setattr(joins, "same_value", lambda a, b: True)


@pytest.fixture
def writes_get_lost(monkeypatch):
    monkeypatch.setattr(Lowerer, "put_buffer", lambda self, *args: None)


def test_a_name_that_holds_another_number(first_of_two_paths):
    def f(x):
        y = x * x
        k = 2.0 if x > 1.0 else 3.0
        z = k * y
        return z + y

    assert "`z`: it gives 0.5, and the function 0.75" in _parts_at(f, (0.5,), "z = k * y", "z")


def test_a_statement_of_several_lines(first_of_two_paths):
    def f(x):
        k = 2.0 if x > 1.0 else 3.0
        z = (
            k
            * x
        )
        return z

    _parts_at(f, (0.5,), "z = (", "z")


def test_a_later_trip_of_a_loop(first_of_two_paths):
    def f(x, n):
        s = 0.0
        for k in range(n):
            w = 1.0 if k < 2 else 5.0
            s = s + w * x
        return s

    assert "`s`: it gives 1.5, and the function 3.5" in _parts_at(f, (0.5, 4), "s = s + w * x", "s")


def test_inside_of_a_helper(first_of_two_paths):
    def scaled(x, k):
        w = 2.0 if k > 0 else 7.0
        found = w * x
        return found

    def f(x, k):
        a = scaled(x, k)
        b = scaled(x, -k)
        return a * b

    with pytest.raises(InternalError, match="they part here, at `found`") as caught:
        s2sad.grad(f, check="always")(3.0, 1)
    assert caught.value.loc.line == _line(scaled, "found = w * x")
    assert caught.value.loc.calls()[0].line == _line(f, "b = scaled")


def test_a_write_that_is_lost(writes_get_lost):
    def f(x):
        y = x * 2.0
        y[0] = 1.0
        return np.sum(y * x)

    assert "`y`: the function changes it, and what was built does not" in _parts_at(f, (V,), "y[0] = 1.0", "y")


def _watched(fn, *args, change=None):
    """Where a function and its own trace part, of which one operation is another."""
    seen = {}

    class Seen(Exception):
        pass

    def look(it, *rest):
        seen["function"] = it.entry.lowered.function
        raise Seen

    kept = derivative.look
    derivative.look = look
    try:
        s2sad.grad(fn, check="always")(*args)
    except Seen:
        pass
    finally:
        derivative.look = kept

    def exchanged(block):
        stmts = tuple(
            replace(s, op=change[s.op]) if isinstance(s, Call) and s.op in (change or {}) else map_blocks(exchanged, s)
            for s in block.stmts
        )
        return replace(block, stmts=stmts)

    function = with_body(seen["function"], exchanged(seen["function"].body))
    return parting(function, lambda: fn(*args), args)


def branches(x):
    if x < 1.0:
        y = x * 2.0
    else:
        y = x * 3.0
    for k in range(3):
        y = y + k * x
    return y


def numbers(x):
    pairs = [(x * k, k) for k in range(3)]
    total = sum(p for p, _ in pairs)
    most = max(total, x)
    return most * x


def exchanged(x):
    y = x.copy()
    y[0], y[1] = y[1], y[0]
    y[2] += 1.0
    return y @ x


@pytest.mark.parametrize(("fn", "x"), [(branches, 0.5), (branches, 2.0), (numbers, 1.5), (exchanged, V)])
def test_what_is_right_does_not_part(fn, x):
    assert _watched(fn, x) is None


def test_the_other_arm():
    found = _watched(branches, 0.5, change={operator.lt: operator.gt})
    assert found.loc.line == _line(branches, "y = x * 2.0") and "the function gets to `y` here" in found.text


def test_a_trace_that_raises():
    def fails(a, b):
        raise ValueError

    found = _watched(branches, 0.5, change={operator.add: fails})
    assert found.loc.line == _line(branches, "y = y + k * x")


def test_the_tracing_function_of_a_debugger_is_put_back():
    def tracer(frame, event, arg):
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        _watched(branches, 0.5)
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


def test_values_are_told_apart():
    assert difference([1.0, (2.0, None)], [1.0, (2.0, None)], exact=True) is None
    assert difference(None, 2.0, exact=False) == "it gives 2.0, and the function None"
    assert difference({"a": V}, {"a": V[:2]}, exact=False) is not None


def test_a_value_may_differ_by_rounding():
    assert difference(1.0, 1.0 + 1e-12, False) is None and difference(1.0, 1.0 + 1e-12, True) is not None
    assert difference([1.0, V], [1.0, V * 1.1], False) is not None
    assert difference({"a": V}, {"a": V.copy()}, True) is None and difference({"a": V}, {"b": V}, True) is not None
    assert difference(np.nan, np.nan, True) is None and difference(V, V[:2], False) is not None
    assert "an array of shape" in difference(np.ones(9), np.zeros(9), True)
