"""What is left of the package in a traceback."""

from __future__ import annotations

import traceback

import numpy as np
import pytest

import s2sad
from s2sad.api.edges import PACKAGE


def refused(x):
    return eval("x")


def own(x):
    assert x < 1.0, "too large"
    return x


def arithmetic(x):
    if x > 1.0:
        raise ValueError("too large")
    return x


def caught_first(x):
    try:
        return {}["key"] * x
    except KeyError:
        raise OverflowError("both are told")  # noqa: B904


def rows(x):
    return np.array([x[0] * x[5]])


def files(error):
    return [frame.filename for frame in traceback.extract_tb(error.__traceback__)]


CALLS = [
    (lambda: s2sad.grad(refused)(2.0), s2sad.S2SADError),
    (lambda: s2sad.grad(refused).source_for(2.0), s2sad.S2SADError),
    (lambda: s2sad.value_and_grad(refused)(x=2.0), s2sad.S2SADError),
    (lambda: s2sad.hessian(refused)(np.ones(2)), s2sad.S2SADError),
    (lambda: s2sad.jacobian(refused)(np.ones(2)), s2sad.S2SADError),
    (lambda: s2sad.vjp(refused, 2.0), s2sad.S2SADError),
    (lambda: s2sad.jvp(refused, (2.0,), (1.0,)), s2sad.S2SADError),
    (lambda: s2sad.grad(lambda x: None)(2.0), s2sad.S2SADError),
    (lambda: s2sad.grad(own)(2.0), AssertionError),
    (lambda: s2sad.grad(own)(2.0, 3.0), TypeError),
    (lambda: s2sad.grad(own)(2.0, y=3.0), TypeError),
    (lambda: s2sad.jacobian(rows)(np.ones(2)), IndexError),
    (lambda: s2sad.jvp(own, (2.0,), (1.0,)), AssertionError),
    (lambda: s2sad.grad(arithmetic)(2.0), ValueError),
    (lambda: s2sad.vjp(arithmetic, 2.0), ValueError),
    (lambda: s2sad.jvp(arithmetic, (2.0,), (1.0,)), ValueError),
    (lambda: s2sad.hessian(arithmetic)(2.0), ValueError),
]


@pytest.mark.parametrize("call, kind", CALLS)
def test_few_frames_are_shown(call, kind):
    with pytest.raises(kind) as found:
        call()
    assert len([f for f in files(found.value) if f.startswith(PACKAGE)]) <= 2
    assert len("".join(traceback.format_exception(found.value)).splitlines()) <= 16


@pytest.mark.parametrize("call, kind", CALLS)
def test_all_of_them_on_demand(monkeypatch, call, kind):
    monkeypatch.setenv("S2SAD_TRACEBACK", "full")
    with pytest.raises(kind) as found:
        call()
    assert [f for f in files(found.value) if f.startswith(PACKAGE)]


def test_the_second_call_too():
    def f(x, n):
        return x / n[0]

    df = s2sad.grad(f)
    df(1.0, [2.0])
    df(1.0, [2.0])
    with pytest.raises(IndexError) as found:
        df(1.0, [])
    assert not [name for name in files(found.value) if name.startswith(PACKAGE)]


def test_ipython_shows_the_report():
    with pytest.raises(s2sad.S2SADError) as found:
        s2sad.grad(refused)(2.0)
    shown = found.value._render_traceback_()
    assert shown[0].startswith("UnsupportedSyntax: ") and shown[-1] == "  try: write the code out" and len(shown) <= 15


def test_the_history_of_an_exception_is_that_of_the_function():
    for call in (lambda: s2sad.grad(caught_first)(2.0), lambda: s2sad.vjp(caught_first, 2.0)):
        with pytest.raises(OverflowError) as found:
            call()
        assert isinstance(found.value.__context__, KeyError) and found.value.__context__.__context__ is None
