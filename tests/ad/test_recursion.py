"""Functions that call themselves to a depth known only at run time."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

import s2sad
from s2sad import errors, grad, runtime
from s2sad.ad import recursion
from s2sad.ir import Call, Var

V = np.array([0.3, -0.7, 1.2, 0.5])


def power(x, n):
    return x if n == 0 else np.sin(power(x, n - 1)) * x


def twice(x, n):
    return x if n < 2 else twice(x, n - 1) * np.cos(twice(x, n - 2))


def simpson(scale, a, b, eps):
    m = (a + b) / 2
    whole = (b - a) * np.sin(m) * scale
    half = (m - a) * np.sin((a + m) / 2) * scale + (b - m) * np.sin((m + b) / 2) * scale
    if abs(whole - half) < eps:
        return half
    return simpson(scale, a, m, eps / 2) + simpson(scale, m, b, eps / 2)


def beside(v, n):
    return np.sum(v * v) if n == 0 else beside(np.sin(v), n - 1) + v[0]


def two(x, y, n):
    if n == 0:
        return x * y
    z = two(x * y, y + 0.1, n - 1)
    return z * z + x


def only_one_moves(x, n, y):
    return x if n == 0 else only_one_moves(x, n - 1, y) * y


def in_a_loop(x, n):
    s = 0.0
    for k in range(n):
        s = s + in_a_loop(x * 0.5, k) * x
    return s + x


def written(v, n):
    if n == 0:
        return v * 2.0
    y = written(np.sin(v), n - 1)
    y[0] = y[1] * y[0]
    return y


def handed_through(v, n):
    if n == 0:
        return v
    y = handed_through(v, n - 1)
    z = y * 1.0
    z[0] *= 3.0
    return z + y


def an_integer_at_the_end(x, n):
    return 1 if n == 0 else an_integer_at_the_end(x, n - 1) * x


def remainder(a, b):
    return a * 1.0 if b < 0.05 else remainder(b, a - b * math.floor(a / b))


def with_defaults(x, n=3, c=2.0):
    return x if n == 0 else with_defaults(x * c, n - 1, c=c + x)


CALLS = [
    (lambda x: power(x, 5), (0.3,)),
    (lambda x: power(x, 0), (0.3,)),
    (lambda x: twice(x, 9), (0.4,)),
    (lambda scale, a, b: simpson(scale, a, b, 1e-4), (2.0, 0.1, 2.0)),
    (lambda v: beside(v, 5), (V,)),
    (lambda x, y: two(x, y, 4), (0.3, 0.4)),
    (lambda x, y: only_one_moves(x, 4, y), (0.3, 0.4)),
    (lambda y: only_one_moves(0.3, 4, y), (0.4,)),
    (lambda x: in_a_loop(x, 5), (0.3,)),
    (lambda v: written(v, 4), (V,)),
    (lambda v: handed_through(v, 4), (V,)),
    (lambda x: an_integer_at_the_end(x, 4), (0.3,)),
    (lambda a, b: remainder(a, b), (3.71, 1.3)),
    (lambda x: with_defaults(x, 4), (0.3,)),
]


@pytest.mark.parametrize("fn, args", CALLS)
def test_derivatives_with_a_depth_known_before(fn, args):
    s2sad.check_grads(fn, args, order=1)


@pytest.mark.parametrize(
    "fn, args, n",
    [(power, (0.3,), 7), (twice, (0.4,), 8), (beside, (V,), 4), (two, (0.3, 0.4), 4), (in_a_loop, (0.3,), 4)],
)
def test_derivatives_with_a_depth_known_when_it_runs(fn, args, n):
    at = tuple(range(len(args)))
    expected = grad(lambda *xs: fn(*xs, n), argnums=at)(*args)
    for a, b in zip(grad(fn, argnums=at)(*args, n), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    direction = tuple(np.cos(x) for x in args)
    _, pushed = s2sad.jvp(fn, (*args, n), (*direction, None))
    np.testing.assert_allclose(pushed, sum(np.sum(a * b) for a, b in zip(expected, direction)), rtol=1e-12)


def test_code():
    text = grad(power).source_for(0.3, 5)
    for line in ("sweep = recursive_sweep(power, (0,), x, t_1)", "kept = sweep(x, t_1)",
                 "sweep.backward(*kept[1:], t_bar)[0]"):
        assert line in text


def falling(x, n):
    return x if n == 0 else np.sin(falling(x, n - 1))


def test_it_is_nearly_as_deep_as_the_function():
    frames, frame = 0, sys._getframe()
    while frame is not None:
        frames, frame = frames + 1, frame.f_back
    depth = sys.getrecursionlimit() - frames - 40
    df = grad(falling, check="never")
    df(0.3, 3)
    x, slope = 0.3, 1.0
    for _ in range(depth):
        slope *= np.cos(x)
        x = np.sin(x)
    assert df(0.3, depth) == pytest.approx(slope, rel=1e-9)




def test_each_level_runs_once(capsys):
    def printing(x, n):
        print(n, end=" ")
        return x if n == 0 else printing(x * x, n - 1)
    assert grad(printing, check="never")(0.5, 4) == pytest.approx(16 * 0.5**15)
    assert capsys.readouterr().out == "4 3 2 1 0 "


def test_it_is_not_differentiated_again():
    for derivative in (s2sad.hessian(power), grad(grad(power))):
        with pytest.raises(errors.NotDifferentiable, match="depth known only at run time is not differentiated"):
            derivative(0.3, 5)


def test_exceptions_come_from_their_level():
    def failing(x, n):
        if n == 2:
            raise KeyError("at the bottom")
        return failing(x, n - 1) * x
    with pytest.raises(KeyError, match="at the bottom"):
        grad(failing)(0.5, 5)


def test_what_a_call_becomes():
    x, n, y, y_bar = (Var(name) for name in ("x", "n", "y", "y_bar"))
    call = Call((y,), runtime.Recursive(power), (x, n), (), None, False)
    primal, adjoint, bars = recursion.reverse_call(call, [0], y_bar, lambda v: f"{v.name}_bar")
    assert [s.op for s in primal[:2]] == [runtime.recursive_sweep, runtime.recursive_call] and primal[-1].outs == (y,)
    assert adjoint[0].op is runtime.recursive_back and len(bars) == 1
    both, dot = recursion.forward_call(call, [0], (y_bar,), lambda v: f"{v.name}_dot")
    assert both[-1].outs == (dot,) and dot.name == "y_dot"
