"""What the tests of both modes share: derivatives as IR before any pass, run by the interpreter."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from s2sad.derive import MODES, Request
from s2sad.derive.road import derived as made
from s2sad.ir import Call, For, Function, While
from s2sad.ir.interpret import interpret
from s2sad.ir.verify import verify
from s2sad.ir.walk import statements
from tests.differences import derivative, pair, random_direction

V = np.array([0.3, 0.7, 1.2, 0.9])


def derived(fn: Callable, args: tuple, mode: str = "grad", argnums: tuple[int, ...] = (0,)) -> Function:
    """The verified IR of a derivative."""
    return verify(made(fn, args, {}, Request(MODES[mode], argnums, False)))


def adjoint_ops(fn: Callable, *args: Any, argnums: tuple[int, ...] = (0,)) -> list[Any]:
    """The operations that reverse mode adds."""
    return [s.op for s in statements(derived(fn, args, argnums=argnums).body) if isinstance(s, Call) and s.adjoint]


def loops(fn: Function) -> Iterator[For | While]:
    return (s for s in statements(fn.body) if isinstance(s, (For, While)))


def collected(fn: Function) -> set[str]:
    """The names of what primal loops collect."""
    return {c.out.name for s in loops(fn) if not s.adjoint for c in s.collected}


def check(fn: Callable, *args: Any, argnums: tuple[int, ...] = (0,)) -> None:
    """Reverse and forward mode, as IR, against finite differences and against each other."""
    rng = np.random.default_rng(0)
    gradient = derived(fn, args, "grad", argnums)
    push = derived(fn, args, "jvp", argnums)
    kept = copy.deepcopy(args)
    with np.errstate(all="ignore"):
        grads = interpret(gradient, *args)
        for _ in range(2):
            direction = tuple(random_direction(args[k], rng) for k in argnums)
            expected, error = derivative(fn, args, argnums, direction, 1.0)
            y, y_dot = interpret(push, *args, *direction)
            assert pair(grads, direction) == _near(expected, error), fn.__name__
            assert float(y_dot) == _near(expected, error), fn.__name__
            assert y == fn(*copy.deepcopy(args))
    for a, b in zip(args, kept):
        np.testing.assert_equal(a, b)


def _near(expected: float, error: float) -> Any:
    return pytest.approx(expected, rel=1e-7, abs=1e-8 + 10.0 * error)
