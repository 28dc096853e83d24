"""Derivatives inside a function that is lowered: what stands for their objects, and what is computed once."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad, jvp, linearize, vjp
from s2sad.errors import S2SADError
from s2sad.frontend import Copies, Smooth
from s2sad.ir import Call, Pack, Var
from s2sad.ir.walk import statements
from tests.frontend.helper import V, check, lower, refused


def wave(x):
    return np.sin(x) * x


def doubled(x):
    raise AssertionError("the function that stands for it is called instead")


doubled.__s2sad_inside__ = lambda x: x + x


def test_a_function_that_stands_for_an_object_is_inlined():
    assert [s.op.__name__ for s in statements(lower(lambda x: doubled(x), 1.5).body)] == ["add"]


def test_what_depends_on_the_arguments_alone_is_computed_once():
    def f(x, u, w):
        y, pullback = vjp(wave, x)
        return y, pullback(u)[0], pullback(w)[0]
    ops = [s.op for s in statements(lower(f, V, V, V).body) if isinstance(s, Call)]
    assert ops.count(np.sin) == 1
    check(f, V, 2.0 * V, 3.0 * V)


def test_a_cotangent_that_is_a_structure_is_taken_apart():
    def f(x, u):
        _, pullback = vjp(lambda x: {"a": wave(x), "b": (x, [np.sum(x)])}, x)
        return pullback({"a": u, "b": (u * u, [u[0]])})[0]
    read = [s.args[0] for s in statements(lower(f, V, V).body) if isinstance(s, Call) and s.args]
    assert not any(isinstance(a, Pack) and a.kind == "dict" for a in read)
    check(f, V, 2.0 * V)


def test_a_linear_map_of_a_loop_computes_it_again():
    def powers(x):
        for _ in range(3):
            x = np.sin(x) * x
        return x

    def f(x, u):
        y, push = linearize(powers, x)
        return y + push(u)
    check(f, V, V)

    def prints(x):
        for _ in range(3):
            x = x * x
            print(x)
        return x
    error = refused(lambda x: linearize(prints, x)[1](x), V)
    assert "prints or draws random numbers" in error.message and "s2sad.jvp" in error.hint


def test_decorators_with_options_inside():
    def f(x, y):
        @grad(argnums=1)
        def slope(a, b):
            return a * b * b
        return slope(x, y)
    check(f, 2.0, 3.0)


def test_writes_after_a_pullback_was_made_are_not_seen_by_it():
    def f(x):
        a = x * 1.0
        _, pullback = vjp(lambda v: np.sum(v * v), a)
        a[0] = 100.0
        return pullback(1.0)[0]
    check(f, V)


def test_what_is_smooth():
    def f(x, n, s):
        return smooth(x), smooth(n), smooth((n, [x])), smooth(s)

    def smooth(x):
        raise AssertionError
    smooth.__s2sad_inside__ = Smooth()
    assert [a.value for a in lower(f, V, 3, "s").result.items] == [True, False, True, False]


def test_copies_leave_what_is_known_now():
    def copies(args):
        raise AssertionError
    copies.__s2sad_inside__ = Copies()
    x, n = lower(lambda x: copies((x, 3)), 1.5).result.items
    assert isinstance(x, Var) and n.value == 3


@pytest.mark.parametrize("fn, text", [
    (lambda x: vjp(wave, 3)[1](x), "none of the arguments has a derivative"),
    (lambda x: jvp(wave, (x,), (x, x))[1], "1 primals but 2 tangents"),
    (lambda x: jvp(wave, x, x)[1], "are tuples"),
    (lambda x: grad(wave)(x=x), "keyword arguments for a derivative inside"),
])
def test_errors_are_those_of_the_call_and_have_a_place(fn, text):
    with pytest.raises(S2SADError, match=text) as caught:
        lower(fn, 1.5)
    assert caught.value.loc is not None and caught.value.loc.file == __file__
