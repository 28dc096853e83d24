"""A derivative in two functions: the forward sweep runs once, the reverse sweep for each cotangent."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad, jvp, linearize, vjp
from s2sad.derive import MODES, Request
from s2sad.derive.halves import split
from s2sad.derive.road import derived
from s2sad.errors import S2SADError
from s2sad.ir.interpret import interpret
from s2sad.ir.verify import verify
from s2sad.numeric import flat
from tests.programs import PROGRAMS

V = np.array([0.3, -0.7, 1.1])


def mutating(v, n):
    a = v * 2.0
    for k in range(n):
        a[k] = np.tanh(a @ v)
        a *= v
    return a, np.sum(a)


def halves_of(fn, args, argnums=(0,), mode="vjp"):
    return split(derived(fn, args, {}, Request(MODES[mode], argnums, False)), len(args))


def test_the_second_half_reads_residuals_and_the_cotangent():
    forward, backward = map(verify, halves_of(lambda x: np.sum(np.tanh(x)), (V,)))
    value, *residuals = interpret(forward, V)
    (gradient,) = interpret(backward, *residuals, 2.0)
    assert value == np.sum(np.tanh(V))
    np.testing.assert_allclose(gradient, 2.0 * (1.0 - np.tanh(V) ** 2))


def test_a_value_that_is_a_derivative_itself_comes_first():
    inner = grad(lambda x: np.sum(np.sin(x) * x))
    forward, _ = halves_of(lambda x: inner(x) * x, (V,))
    np.testing.assert_allclose(interpret(forward, V)[0], inner(V) * V)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_pullback_may_be_called_again(n):
    value, pullback = vjp(lambda v: mutating(v, n), V)
    one, two = (pullback((np.ones(3), 0.5))[0] for _ in range(2))
    np.testing.assert_array_equal(one, two)
    value[0][:] = 99.0
    one[:] = 99.0
    np.testing.assert_array_equal(pullback((np.ones(3), 0.5))[0], two)
    _, push = linearize(lambda v: mutating(v, n), V)
    first = push(V)
    np.testing.assert_array_equal(first[0], push(V)[0])
    assert np.sum(first[0]) + 0.5 * first[1] == pytest.approx(two @ V)


@pytest.mark.parametrize("p", [p for p in PROGRAMS.values() if "second" in p.tags][::9], ids=lambda p: p.name)
def test_programs(p):
    with np.errstate(all="ignore"):
        expected = flat(grad(p.fn, p.argnums[0])(*p.args), p.args[p.argnums[0]])
        value, pullback = vjp(p.fn, *p.args)
        for _ in range(2):
            found = pullback(np.ones_like(value))[p.argnums[0]]
            np.testing.assert_allclose(flat(found, p.args[p.argnums[0]]), expected, rtol=1e-12, equal_nan=True)


def test_printing_happens_once(capsys):
    def f(x):
        print("here")
        return x * x

    _, pullback = vjp(f, 3.0)
    pullback(1.0), pullback(2.0)
    assert capsys.readouterr().out == "here\n"
    _, push = linearize(f, 3.0)
    push(1.0), push(2.0)
    assert capsys.readouterr().out == "here\n"


RNG = np.random.default_rng(5)


def test_value_and_pullback_are_of_the_same_draw():
    value, pullback = vjp(lambda x: x * RNG.normal(), 1.0)
    assert pullback(1.0) == (value,) == pullback(1.0)
    value, push = linearize(lambda x: x * RNG.normal(), 1.0)
    assert push(1.0) == value == push(1.0)


def test_draws_in_a_loop_that_carries_tangents_are_refused():
    def f(x):
        for _ in range(3):
            x = x * RNG.normal()
        return x

    value, pullback = vjp(f, 1.0)
    assert pullback(1.0)[0] == pytest.approx(value)
    y, y_dot = jvp(f, (1.0,), (1.0,))
    assert y == pytest.approx(y_dot)
    with pytest.raises(S2SADError, match="draws random numbers while it computes") as caught:
        linearize(f, 1.0)
    assert "s2sad.jvp" in str(caught.value)


@pytest.mark.parametrize("x", [0.5, -0.5])
def test_residuals_that_have_a_value_on_one_path_only(x):
    def f(x):
        if x > 0.0:
            y = np.sin(x)
            s = y * y
        else:
            s = 2.0 * x
        if x > 0.0:
            s = s * y
        return s

    for _ in range(2):
        value, pullback = vjp(f, x)
        assert value == f(x) and pullback(1.0)[0] == pytest.approx(grad(f)(x))


def test_what_raises_in_plain_arithmetic_goes_on_with_numpy():
    def f(x):
        return np.exp(x * 1000.0) + np.log(x - x)

    with np.errstate(all="ignore"):
        value, pullback = vjp(f, 2.0)
        np.testing.assert_array_equal(value, f(2.0))
        assert not np.isfinite(pullback(1.0)[0])


def test_exceptions_of_the_function_come_through():
    def f(x):
        if x > 0.0:
            raise KeyError("x")
        return x * x

    with pytest.raises(KeyError):
        vjp(f, 1.0)
