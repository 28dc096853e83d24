"""What certainly fails, and names that may have no value."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import runtime
from s2sad.frontend.failures import class_name, has_method, is_iterable
from s2sad.ir import Call, If
from s2sad.ir.walk import statements
from tests.frontend.helper import V, check, lower, ops, raised, refused


def failing(p):
    raise RuntimeError("no")


def test_what_follows_is_not_lowered():
    def f(x):
        y = failing(x)
        y.append(eval("3"))
        return y.nothing

    assert str(raised(f, 0.5)) == "no"
    assert ops(f, 0.5)[-1] is runtime.raise_


def test_what_comes_before_is_there():
    def f(v):
        w = np.linalg.inv(v)
        return failing(w)

    assert type(raised(f, np.zeros((2, 2)))) is np.linalg.LinAlgError


def test_a_path_ends_inside_an_expression():
    def f(x):
        return x + (failing(x) if x > 0.0 else x)

    assert str(raised(f, 0.5)) == "no"
    check(f, -0.5)


def test_both_paths_end():
    def f(x):
        y = failing(x) if x > 0.0 else {}["a"]
        return y.nothing

    assert type(raised(f, 0.5)) is RuntimeError
    assert type(raised(f, -0.5)) is KeyError


def test_a_certain_error_inside_try_goes_to_its_handler():
    def f(x):
        try:
            y = no_name * x  # noqa: F821
        except NameError as error:
            return x if "no_name" in str(error) else 0.0
        return y

    check(f, 0.5)


def test_an_error_that_is_caught_depending_on_the_path_of_a_helper():
    def f(x):
        try:
            for _ in range(int(x)):
                failing(x)
        except RuntimeError:
            return x
        return 2.0 * x

    assert "caught depending on run-time values" in refused(f, 2.5).message


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x + None,
        lambda x: abs("a") + x,
        lambda x: x @ x,
        lambda x: x[0],
        lambda x: -None,
        lambda x: int("two") * x,
        lambda x: x < 1j,
    ],
)
def test_operations_that_do_not_take_such_values(fn):
    raised(fn, 0.5)


def test_what_depends_on_values_is_left_to_the_run():
    def f(x):
        return 1.0 / x

    assert runtime.raise_ not in ops(f, 0.5)


def bound_by(fn, *args):
    return [s for s in statements(lower(fn, *args).body) if isinstance(s, Call) and s.op is runtime.check_bound]


def test_a_name_is_asked_for_its_value_once():
    def f(x):
        if x > 9.0:
            s = x
        return s * s + s

    assert len(bound_by(f, 0.5)) == 1
    check(f, 9.5)
    assert type(raised(f, 0.5)) is UnboundLocalError


def test_a_name_that_has_a_value_is_not_asked():
    def f(v):
        for k in range(3):
            s = v[k]
        if s > 0.0:
            t = s
        else:
            t = -s
        return t

    assert not bound_by(f, V)


def test_only_the_path_that_reads_asks():
    def f(x):
        if x > 9.0:
            s = x
        return x if x < 2.0 else s

    (branch,) = [s for s in statements(lower(f, 0.5).body) if isinstance(s, If) and s.orelse.stmts]
    assert [s.op for s in branch.orelse.stmts] == [runtime.check_bound]
    check(f, 0.5)
    assert type(raised(f, 3.0)) is UnboundLocalError


def test_a_field_that_may_not_be_set_inside_try():
    class Cell:
        pass

    def f(x):
        o = Cell()
        if x > 9.0:
            o.a = x
        try:
            return o.a
        except AttributeError:
            return x

    assert "may not be set" in refused(f, 0.5).message


def test_classes():
    assert class_name(float) == "float" and class_name(np.float64) == "numpy.float64"
    assert has_method(list, "__iter__") and not has_method(float, "__call__")
    assert is_iterable(None) and is_iterable(str) and not is_iterable(np.float64) and not is_iterable(int)
