"""All problems of a function in one report: what is found after the first, and what follows from it and is not told."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import frontend
from s2sad.errors import S2SADError
from s2sad.ir.kinds import kinds_of

V = np.array([0.3, -0.7, 1.2])
DEBUG = False
FIRST, SECOND = 1.0, 2.0


def found(fn: Any, *args: Any) -> list[str]:
    """The marks in the comments of the lines of all problems, in the order of the report."""
    with pytest.raises(S2SADError) as info:
        frontend.lower(fn, kinds_of(args))
    problems = info.value.problems
    assert problems[0] is info.value
    text = str(info.value)
    at = -1
    for p in problems:
        assert p.loc is not None and p.loc.caret() in p.block()
        assert text.index(p.block()) > at
        at = text.index(p.block())
    assert text.endswith(f"\n\n{len(problems)} problems") == (len(problems) > 1)
    lines = inspect.getsource(inspect.getmodule(fn) or fn).splitlines()
    return [lines[p.loc.line - 1].partition("# ")[2] for p in problems if p.loc is not None]


def two(x):
    a = eval("x")  # A
    b = np.sin(a)
    x.frobnicate()  # B
    return a + b


def reads_what_is_reported(x):
    y = eval("x")  # A
    z = y.frobnicate()
    if z > 0.0:
        exec("pass")
    w = [z for _ in range(3)]
    for item in w:
        exec("pass")
    return w.frobnicate()


def changed_object(x):
    values = [x, x]
    same = {"values": values}
    values.append(eval("x"))  # A
    if len(values) == 2:
        exec("pass")
    if len(same["values"]) == 2:
        exec("pass")
    return x.frobnicate()  # B


def changed_field(x):
    state = Counter()
    state.step(x)
    if state.steps == 0:
        exec("pass")
    return x.frobnicate()  # B


class Counter:
    def __init__(self):
        self.steps = 0

    def step(self, x):
        self.steps = self.steps + 1
        exec("pass")  # A


def changed_by_a_nested_function(x):
    count = 0

    def step():
        nonlocal count
        count = 1
        exec("pass")  # A

    step()
    if count == 0:
        exec("pass")
    return x.frobnicate()  # B


def dead_branch(x):
    if DEBUG:
        exec("pass")
    y = eval("x")  # A
    if x is None:
        exec("pass")
    del x.first  # B
    return y


def branches(x):
    if x > 0.0:
        exec("pass")  # A
        y = x
    elif x > -1.0:
        y = eval("x")  # B
    else:
        y = x.frobnicate()  # C
    return np.sin(y)


def early_exits(x):
    if x > 0.0:
        return eval("x")  # A
    if x > -1.0:
        raise eval("x")  # B
    return x.frobnicate()  # C


def unknown_exit(x):
    if eval("x"):  # A
        return x
    return x.frobnicate()


def loops(x):
    for _ in range(int(x)):
        exec("pass")  # A
        while x < 3.0:
            x = x * 2.0
            del x.first  # B
    else:
        exec("pass")  # C
    return x


def carried(x):
    state = x
    for _ in range(int(x)):
        before = state
        if before is None:
            exec("pass")
        state = eval("before")  # A
        np.sin(before)
        state.frobnicate()
    return x.frobnicate()  # B


def unrolled(x):
    xs = [x]
    total = 0.0
    for k in range(3):
        xs.append((x, k))
        exec("pass")  # A
        total = total + xs[k + 1][0]
    return total.frobnicate()  # B


def inside_try(x):
    try:
        exec("pass")  # A
        exec("pass")
    except KeyError:
        pass
    return x.frobnicate()  # B


def helper(x):
    y = eval("x")  # A
    class Local:  # B
        pass

    return y


def calls_a_helper(x):
    y = helper(x)
    z = helper(x + 1.0)
    return x.frobnicate() + y + z  # C


def default_attribute(x):
    exec("pass")  # A
    return getattr(x, "frobnicate", x) * x


def views(x):
    b = x.reshape(-1)
    b[0] = 0.0  # A
    b[1] = 0.0
    return np.sum(x)


def misspelt(x):
    exec("pass")
    y = no_such_name + x  # noqa: F821  # A
    return no_such_name + other_name  # noqa: F821  # B


def two_globals(x):
    global FIRST, SECOND
    FIRST = x
    SECOND = x
    return x


CASES = [
    (two, (V,), "AB"),
    (reads_what_is_reported, (0.5,), "A"),
    (changed_object, (0.5,), "AB"),
    (changed_field, (0.5,), "AB"),
    (changed_by_a_nested_function, (0.5,), "AB"),
    (dead_branch, (0.5,), "AB"),
    (branches, (0.5,), "ABC"),
    (early_exits, (0.5,), "ABC"),
    (unknown_exit, (0.5,), "A"),
    (loops, (2.5,), "ABC"),
    (carried, (2.5,), "AB"),
    (unrolled, (0.5,), "AB"),
    (inside_try, (0.5,), "AB"),
    (calls_a_helper, (0.5,), "ABC"),
    (default_attribute, (0.5,), "A"),
    (views, (np.ones((2, 2)),), "A"),
]


@pytest.mark.parametrize("fn, args, marks", CASES, ids=[c[0].__name__ for c in CASES])
def test_what_is_found(fn, args, marks):
    assert found(fn, *args) == list(marks)


def test_names_without_value():
    with pytest.raises(S2SADError) as info:
        frontend.lower(misspelt, kinds_of((0.5,)))
    assert [p.message for p in info.value.problems][1:] == ["the name `no_such_name` is not defined"]


def test_every_global_that_is_written():
    with pytest.raises(S2SADError) as info:
        frontend.lower(two_globals, kinds_of((0.5,)))
    assert [p.message.split()[0] for p in info.value.problems] == ["`FIRST`", "`SECOND`"]


def test_the_path_of_calls():
    with pytest.raises(S2SADError) as info:
        s2sad.grad(calls_a_helper)(0.5)
    line = inspect.getsourcelines(calls_a_helper)[1] + 1
    first, second, third = info.value.problems
    assert f"\n  from: {__file__}:{line}:5: y = helper(x)\n" in first.block()
    assert first.loc.calls() == second.loc.calls() and third.loc.calls() == ()


def test_what_is_accepted_stays_accepted():
    def f(x):
        if DEBUG:
            exec("pass")
        return x * x

    assert s2sad.grad(f)(3.0) == 6.0
