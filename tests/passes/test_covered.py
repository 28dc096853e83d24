"""What an adjoint visits anyway need not be read once more for its error, and nothing else is left out."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad

V = np.array([0.3, 0.5, 0.7])


def element(x, k):
    return x[k] * 2.0


def in_a_loop(x, n):
    s = 0.0
    for i in range(n):
        s = s + x[i] * 0.5
    return s


def in_the_test_of_a_loop(x, n):
    k, s = 0, x[0]
    while x[k] > 0.0:
        k += 1
        s = s + x[0]
    return s * n


def of_another_list(x, n):
    items = [1.0] * n
    ys = [v * v for v in x]
    _ = items[2]
    return ys[2] * 2.0


def on_another_path(x, n):
    if n > 2:
        _ = x[n]
        y = x[0] * 1.0
    else:
        y = x[n] * 2.0
    return y


@pytest.mark.parametrize("f, args", [(element, (V, 3)), (in_a_loop, (V, 4)), (in_the_test_of_a_loop, (V, 1)),
                                     (of_another_list, (V, 2)), (on_another_path, (V, 3))],
                         ids=lambda f: getattr(f, "__name__", ""))
def test_the_error_of_the_function(f, args):
    with pytest.raises(IndexError):
        f(*args)
    for derivative in (s2sad.grad(f), s2sad.value_and_grad(f)):
        with pytest.raises(IndexError):
            derivative(*args)
    with pytest.raises(IndexError):
        s2sad.vjp(lambda x: f(x, *args[1:]), V)[1](1.0)


def test_one_visit_is_enough():
    def code(f, *args):
        return "\n".join(line.partition("#")[0] for line in s2sad.grad(f).source_for(*args).splitlines())
    assert code(element, V, 1).count("[k]") == 1 and code(in_a_loop, V, 2).count("[i]") == 1


def test_numbers_are_right_where_nothing_raises():
    np.testing.assert_allclose(s2sad.grad(in_a_loop)(V, 3), [0.5, 0.5, 0.5])
    np.testing.assert_allclose(s2sad.grad(on_another_path)(V, 2), [0.0, 0.0, 2.0])
