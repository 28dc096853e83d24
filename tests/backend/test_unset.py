"""Variables without a value in generated code."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad, value_and_grad

V = np.array([0.5, 0.2, 0.7])


class Cell:
    def __init__(self, a):
        self.a = a


def source(fn, *args):
    return grad(fn).source_for(*args)


def test_python_notices_what_is_read():
    def f(x, v):
        for p in v:
            s = p * x
        return s * x

    text = source(f, 0.5, V)
    assert "check_bound" not in text and "nothing" not in text
    with pytest.raises(UnboundLocalError):
        grad(f)(0.5, V[:0])


def test_a_line_that_only_reads():
    def f(x):
        if x > 9.0:
            s = x
        return s * x

    assert "\n    s\n" in source(f, 0.5)


def test_what_is_handed_on_first_is_nothing():
    def f(x, v):
        y = 0.0
        for p in v:
            if p > 0.6:
                s = p
            if x > 5.0:
                y += s * x
        return y

    text = source(f, 0.5, V)
    assert "s = nothing" in text and "check_bound(" in text
    assert value_and_grad(f)(0.5, V) == (0.0, 0.0)
    with pytest.raises(UnboundLocalError, match="'s'"):
        grad(f)(6.0, V)


def test_a_name_that_somebody_else_has():
    """``y`` would have the value of the element that is tested, in the variable that both share."""

    def f(v):
        if v[0] > 9.0:
            y = v[0]
        _ = y
        return np.sum(v)

    with pytest.raises(UnboundLocalError, match="'y'"):
        grad(f)(V)


def test_another_exception_is_due():
    def f(x):
        o = Cell(x)
        if x > 9.0:
            o.b = x
        return o.b

    assert "AttributeError" in source(f, 0.5)
    assert grad(f)(9.5) == 1.0
    with pytest.raises(AttributeError, match="'Cell' object has no attribute 'b'"):
        grad(f)(0.5)
