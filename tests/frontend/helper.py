"""What the tests of the frontend share: lower a function for a call, print it, run it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import frontend
from s2sad.errors import S2SADError
from s2sad.ir import Call, Function
from s2sad.ir.interpret import interpret
from s2sad.ir.kinds import kinds_of
from s2sad.ir.text import format
from s2sad.ir.verify import verify
from s2sad.ir.walk import statements
from tests.differences import same

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.arange(1.0, 7.0).reshape(2, 3)


def lower(fn: Callable, *args: Any, **kwargs: Any) -> Function:
    """The verified IR of ``fn`` for a call."""
    return verify(frontend.lower(fn, kinds_of(args, kwargs)).function)


def text(fn: Callable, *args: Any) -> str:
    """The printed IR of ``fn`` for a call, without its head."""
    return "\n".join(line.removeprefix("    ") for line in format(lower(fn, *args)).splitlines()[1:])


def ops(fn: Callable, *args: Any) -> list[Any]:
    """The operations of the IR in order."""
    return [s.op for s in statements(lower(fn, *args).body) if isinstance(s, Call)]


def check(fn: Callable, *args: Any, **kwargs: Any) -> None:
    """The IR computes what the function computes, bit by bit, and leaves its arguments alone."""
    function = lower(fn, *copy.deepcopy(args), **copy.deepcopy(kwargs))
    kept = copy.deepcopy(args)
    got = interpret(function, *args, *copy.deepcopy(kwargs).values())
    assert same(args, kept)
    expected = fn(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    assert same(got, expected), f"{got!r} is not {expected!r}\n{format(function)}"


def raised(fn: Callable, *args: Any, **kwargs: Any) -> BaseException:
    """The exception of the function, which the IR raises too."""
    function = lower(fn, *copy.deepcopy(args), **copy.deepcopy(kwargs))
    errors = []
    for call in (lambda: fn(*copy.deepcopy(args), **kwargs), lambda: interpret(function, *args, *kwargs.values())):
        try:
            call()
        except Exception as error:
            errors.append(error)
    assert len(errors) == 2, format(function)
    assert type(errors[0]) is type(errors[1]) and str(errors[0]) == str(errors[1]), errors
    return errors[0]


def refused(fn: Callable, *args: Any, **kwargs: Any) -> S2SADError:
    """The error that lowering raises."""
    try:
        frontend.lower(fn, kinds_of(args, kwargs))
    except S2SADError as error:
        return error
    raise AssertionError(f"{fn.__name__} was not refused")
