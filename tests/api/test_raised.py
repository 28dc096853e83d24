"""Where an exception comes from: nothing is run again to find out."""

from __future__ import annotations

import math
import traceback

import numpy as np
import pytest

import s2sad
from s2sad import grad
from s2sad.api.raised import has_effects, is_added, is_followed, line_of
from s2sad.errors import ArgumentError, UnsupportedSyntax

RNG = np.random.default_rng(5)


def caught(call, *args):
    with pytest.raises(Exception) as info:
        call(*args)
    return info.value


def printing(x):
    print("before")
    return 1.0 / (x - x)


def refusing(x):
    print("before")
    if x < 0:
        raise ValueError("negative")
    return x * x


def logarithm(x):
    print("before")
    return math.log(x) * x


def drawing(x):
    RNG.normal()
    return math.sqrt(x)


@pytest.mark.parametrize("fn", [printing, refusing, logarithm])
@pytest.mark.parametrize("mode", ["grad", "value_and_grad", "vjp", "jvp"])
def test_effects_happen_once(fn, mode, capsys):
    calls = {
        "grad": grad(fn),
        "value_and_grad": s2sad.value_and_grad(fn),
        "vjp": lambda x: s2sad.vjp(fn, x),
        "jvp": lambda x: s2sad.jvp(fn, (x,), (1.0,)),
    }
    expected = caught(fn, -0.5)
    assert capsys.readouterr().out == "before\n"
    error = caught(calls[mode], -0.5)
    assert type(error) is type(expected) and str(error) == str(expected)
    assert capsys.readouterr().out == "before\n"


def test_a_generator_is_moved_on_once():
    state = RNG.bit_generator.state
    caught(drawing, -1.0)
    after = RNG.bit_generator.state
    RNG.bit_generator.state = state
    caught(grad(drawing), -1.0)
    assert RNG.bit_generator.state == after


def test_an_infinite_derivative_of_a_function_with_effects():
    """It is not run again with NumPy's arithmetic: that would print twice."""

    def f(x):
        print(x)
        return math.sqrt(x)

    with pytest.raises(ArgumentError, match="has effects") as info:
        grad(f)(0.0)
    assert "np.float64" in info.value.hint and isinstance(info.value.__cause__, ZeroDivisionError)


def test_an_infinite_derivative_of_a_pure_function():
    assert grad(math.sqrt)(0.0) == math.inf
    assert s2sad.vjp(lambda x: math.sqrt(x), 0.0)[1](1.0) == (math.inf,)


def test_the_second_half_is_computed_with_numpy_alone(capsys):
    def f(x):
        print("once")
        return math.sqrt(x)

    _, pullback = s2sad.vjp(f, 0.0)
    assert pullback(1.0) == (math.inf,)
    assert capsys.readouterr().out == "once\n"


def test_the_line_says_whose_statement_it_is():
    df = grad(refusing)
    error = caught(df, -0.5)
    line = line_of(df.latest, error)
    assert line is not None and not line.adjoint and line.locs[0].text.startswith("raise ValueError")
    assert not is_added(df.latest, error)
    assert line_of(df.latest, ValueError()) is None


def test_a_value_of_the_program_in_a_line_of_the_derivative():
    """``x_bar = math.log(x) + …``: the logarithm is the user's."""
    df = grad(logarithm)
    error = caught(df, -0.5)
    assert type(error) is ValueError


def test_an_exception_outside_of_the_try_that_catches_it():
    def f(x, d):
        try:
            y = {"a": x}["b"]
        except KeyError:
            y = x
        if x > 0.0:
            raise KeyError("late")
        return y

    df = grad(f)
    error = caught(df, 0.5, 1.0)
    assert type(error) is KeyError and is_followed(df.latest, error)


def test_an_exception_inside_the_try_that_catches_it():
    def f(x):
        try:
            y = 1.0 / x
        except ZeroDivisionError:
            y = x
        return y

    assert isinstance(caught(grad(f), 0.0), UnsupportedSyntax)


def test_effects():
    def effects(fn, *args):
        df = grad(fn)
        df(*args)
        return has_effects(df.latest.lowered.function)

    assert effects(refusing, 0.5)
    assert effects(drawing, 0.5)
    assert not effects(lambda x: np.sin(x) / x, 0.5)


def helper(p):
    return [p][3]  # THERE


def in_a_helper(x):
    y = x * 2.0
    return helper(y) * y  # HERE


def test_the_lines_of_the_program_are_in_the_traceback():
    error = caught(grad(in_a_helper), 0.5)
    *_, outer, inner = traceback.extract_tb(error.__traceback__)
    assert (outer.filename, outer.name) == (__file__, "in_a_helper") and outer.line.endswith("# HERE")
    assert (inner.filename, inner.name) == (__file__, "helper") and inner.line.endswith("# THERE")


def test_exceptions_from_inside_numpy_keep_what_is_below():
    def f(v):
        return np.linalg.inv(v)[0, 0]

    error = caught(grad(f), np.zeros((2, 2)))
    entries = traceback.extract_tb(error.__traceback__)
    assert "linalg" in entries[-1].filename and any(e.filename == __file__ and e.name == "f" for e in entries)
