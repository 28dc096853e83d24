"""Functions that call themselves."""

from __future__ import annotations

import pytest

import s2sad
from s2sad import runtime


def power(x, n):
    return 1.0 if n < 1 else x * power(x, n - 1)


def test_one_operation():
    call = runtime.Recursive(power)
    assert call(3.0, 4) == 81.0 and call == runtime.Recursive(power) and hash(call) == hash(runtime.Recursive(power))


@pytest.mark.parametrize("n", [0, 1, 5])
def test_derivatives(n):
    assert s2sad.grad(power)(2.0, n) == pytest.approx(n * 2.0 ** (n - 1))
