"""Copies, and what stands where there is no value."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

import s2sad
from s2sad import runtime

A = np.arange(6.0).reshape(2, 3)


def test_copies_share_nothing():
    x = {"a": [A, (A, 1.0)], "b": None, "c": "s"}
    made = runtime.copy(x)
    assert made["a"][0] is not A and not np.shares_memory(made["a"][1][0], A) and type(made["a"][1]) is tuple
    made["a"][0][:] = 7.0
    assert A[0, 1] == 1.0 and made["c"] == "s"


def test_copies_keep_named_tuples():
    from collections import namedtuple

    point = namedtuple("Point", "x y")(A, 1.0)
    made = runtime.copy(point)
    assert type(made) is type(point) and made.y == 1.0 and not np.shares_memory(made.x, A)


def test_a_copy_of_all_arguments_keeps_what_is_one():
    inner = SimpleNamespace(w=A)
    args = [inner, {"p": (inner, A)}, [A], 2.0, None]
    made = runtime.copy_together(args)
    assert made[0] is made[1]["p"][0] is not inner and made[0].w is made[1]["p"][1] is made[2][0]
    assert not np.shares_memory(made[0].w, A) and made[3:] == [2.0, None]


def test_cotangents_of_no_value_add_up():
    total = runtime.NOTHING
    total += runtime.NOTHING
    assert total is runtime.NOTHING
    with pytest.raises(TypeError):
        runtime.NOTHING + 1.0


def test_a_value_that_no_path_gave():
    assert repr(runtime.NOTHING) and pickle.loads(pickle.dumps(runtime.NOTHING)) is runtime.NOTHING
    for use in (
        lambda x: x + 1.0,
        lambda x: 2.0 * x,
        lambda x: -x,
        lambda x: np.sin(x),
        lambda x: A + x,
        lambda x: x[0],
        float,
    ):
        with pytest.raises((NameError, TypeError)):
            use(runtime.NOTHING)
    assert runtime.copy(runtime.NOTHING) is not None and runtime.NOTHING.copy() is runtime.NOTHING


@pytest.mark.parametrize("layout", [
    lambda a: a, np.asfortranarray, lambda a: a[::2, ::3], lambda a: a[::-1, ::-2], lambda a: a.T[1:], lambda a: a[:0],
    lambda a: np.moveaxis(a.reshape(12, 5, 2), 0, 1)[:, ::2]])
def test_copies_lie_in_memory_as_the_array_does(layout):
    a = layout(np.arange(120.0).reshape(12, 10))
    b = runtime.copy(a)
    assert np.array_equal(a, b) and a.dtype == b.dtype and not np.may_share_memory(a, b)
    assert a.strides == b.strides or not a.size


def test_a_product_with_a_copied_argument_has_the_same_bits():
    def f(a, x):
        a[0] *= 2.0
        return np.sum(a @ x)

    rng = np.random.default_rng(0)
    for n in range(1, 40):
        wide, x = rng.normal(size=(2 * n, 4 * n + 2)), rng.normal(size=2 * n + 1)
        expected = f(wide.copy()[::2, ::2], x)
        assert s2sad.value_and_grad(f)(wide[::2, ::2], x)[0] == expected
