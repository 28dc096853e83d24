"""What is checked before generated code runs."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import grad
from s2sad.api.checks import check_distinct, check_memory, is_single, mutable, positions, takes_more_than_self
from s2sad.errors import AliasError, ArgumentError, S2SADError


def f(x, y, *, scale=1.0):
    return np.sum(x * y * scale)


@pytest.mark.parametrize(
    "argnums, argnames, expected",
    [
        (None, None, (0,)),
        (1, None, (1,)),
        ((0, 1), None, (0, 1)),
        (None, "y", (1,)),
        (None, ("y", "scale"), (1, "scale")),
        (0, "y", (0, 1)),
        (np.int64(1), None, (1,)),
    ],
)
def test_positions(argnums, argnames, expected):
    assert positions(f, argnums, argnames) == expected


@pytest.mark.parametrize(
    "argnums, argnames, text",
    [
        (True, None, "must be an int"),
        ("x", None, "must be an int"),
        ((), None, "argnums is empty"),
        (None, "z", "has no parameter `z`"),
        (0, "x", "named twice"),
    ],
)
def test_wrong_positions(argnums, argnames, text):
    with pytest.raises(ArgumentError, match=text) as caught:
        positions(f, argnums, argnames)
    assert caught.value.code == "S2S008"


def test_one_argument_or_a_tuple_of_them():
    assert is_single(None, None) and is_single(1, None) and is_single(np.int64(0), None) and is_single(None, "y")
    assert not is_single((0,), None) and not is_single(None, ("y",)) and not is_single(0, "y")
    assert grad(f, 0, argnames="y")(2.0, 3.0) == (3.0, 2.0)


def test_a_call_with_too_few_arguments_is_that_of_python():
    for derivative in (grad(f), grad(f, argnums=1), s2sad.value_and_grad(f)):
        with pytest.raises(TypeError, match="missing a required argument: 'x'") as caught:
            derivative()
        assert not isinstance(caught.value, S2SADError)
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        grad(f)(2.0, 3.0, z=1.0)


def test_methods_that_take_more_than_themselves():
    class C:
        def none(self): ...
        def one(self, x): ...
        def keyword(self, *, x): ...
        def any(*args): ...

    assert [takes_more_than_self(m) for m in (C.none, C.one, C.keyword, C.any, int)] == [False, True] + 3 * [False]


def test_arrays_and_containers_of_arguments_are_found_once():
    class Node:
        pass

    node = Node()
    node.x, node.me = np.zeros(2), node
    found = list(mutable(({"a": np.ones(2)}, node), set()))
    assert [type(v) for v in found] == [dict, np.ndarray, np.ndarray]


def test_shared_memory_with_a_write():
    def writes(a, b):
        a[0] = b[1]
        return np.sum(a * b)

    x = np.array([1.0, 2.0, 3.0])
    df = grad(writes, (0, 1))
    df(x, x.copy())
    check_memory(df.latest, (x, x.copy()))
    with pytest.raises(AliasError, match="share memory") as caught:
        df(x, x[:])
    assert caught.value.code == "S2S005"
    with pytest.raises(s2sad.errors.AliasError):
        check_memory(df.latest, (x, x))


class Layer:
    def __init__(self, w, inner=None):
        self.w, self.inner = w, inner


def both(a, b):
    return a.w * b.w


def test_one_object_as_two_arguments_is_refused():
    layer = Layer(2.0)
    with pytest.raises(AliasError, match="arguments 0 and 1 reach the same object of class `Layer`"):
        grad(both, (0, 1))(layer, layer)
    assert [g.w for g in grad(both, (0, 1))(layer, Layer(2.0))] == [2.0, 2.0]


def test_an_object_inside_two_arguments_is_refused_also_after_a_call_with_two_objects():
    def nested(a, b):
        return a.inner.w * b.w

    layer = Layer(2.0)
    df = grad(nested, 1)
    assert df(Layer(1.0, Layer(3.0)), layer).w == 3.0
    with pytest.raises(AliasError, match="arguments 0 and 1 reach"):
        df(Layer(1.0, layer), layer)


def test_an_object_without_anything_to_differentiate_may_be_shared():
    def scaled(a, b, config):
        return a * config.w + b * config.w

    config = Layer(2)
    assert grad(scaled, (0, 1))(1.0, 2.0, config) == (2.0, 2.0)
    assert check_distinct((config, config), (0, 1)) is None
