"""s2sad.tree: structure kept, leaves in order, the way to a vector and back, with optimisers."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict, defaultdict, namedtuple
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from s2sad import tree, value_and_grad

Pair = namedtuple("Pair", "left right")


@dataclasses.dataclass(frozen=True)
class Frozen:
    scale: float
    shift: np.ndarray
    order: int = 2


class Layer:
    def __init__(self, weight: Any, bias: Any) -> None:
        self.weight, self.bias, self.name = weight, bias, "layer"


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a: Any, b: Any) -> None:
        self.a, self.b = a, b


def everything() -> dict[str, Any]:
    return {
        "tuple": (1.0, 2),
        "list": [np.float32(3.0), None, np.arange(2)],
        "pair": Pair(np.ones((2, 1)), "text"),
        "frozen": Frozen(4.0, np.array([5.0, 6.0])),
        "layer": Layer(np.array(7.0), [8.0]),
        "slotted": Slotted(9.0, True),
        "space": SimpleNamespace(z=1.5, f=np.sin),
    }


def test_leaves_in_order() -> None:
    sizes = [np.ravel(x).tolist() for x in tree.leaves(everything())]
    assert sizes == [[1.0], [3.0], [1.0, 1.0], [4.0], [5.0, 6.0], [7.0], [8.0], [9.0], [1.5]]


def test_map_keeps_structure_and_the_rest() -> None:
    old = everything()
    new = tree.map(lambda x: 2 * x, old)
    assert type(new["pair"]) is Pair and new["pair"].right == "text"
    assert type(new["frozen"]) is Frozen and new["frozen"].scale == 8.0 and new["frozen"].order == 2
    assert type(new["layer"]) is Layer and new["layer"].name == "layer" and new["layer"].bias == [16.0]
    assert type(new["slotted"]) is Slotted and (new["slotted"].a, new["slotted"].b) == (18.0, True)
    assert new["space"].f is np.sin and new["list"][1] is None and type(new["list"][0]) is np.float32
    assert old["slotted"].a == 9.0 and old["layer"].bias == [8.0], "the tree is not changed"


def test_map_of_gradient_structures() -> None:
    new = tree.map(lambda p, g: p - g, Layer(3.0, [1.0]), SimpleNamespace(weight=1.0, bias=[0.5], name=None))
    assert (new.weight, new.bias, new.name) == (2.0, [0.5], "layer")
    assert tree.map(lambda p, g: p - g, [1.0, ("a", 2)], [1.0, None]) == [0.0, ("a", 2)]


def test_empty_containers_are_not_shared() -> None:
    old: list[Any] = [[], {}]
    new = tree.map(abs, old)
    assert new == old and new[0] is not old[0] and new[1] is not old[1]


def test_kinds_of_dicts() -> None:
    counts = defaultdict(list, a=[1.0])
    assert tree.map(lambda x: x + 1, counts).default_factory is list
    assert type(tree.map(abs, OrderedDict(a=1.0))) is OrderedDict


@pytest.mark.parametrize(
    "other, text",
    [([1.0], "no 1"), ({"a": 1.0}, "dict does not have"), (None, "NoneType"), ([1.0, 2.0, 3.0], "structure")],
)
def test_other_structure(other: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        tree.map(lambda a, b: a, [1.0, 2.0], other)


def test_cycle() -> None:
    loop: list[Any] = [1.0]
    loop.append(loop)
    with pytest.raises(ValueError, match="contains itself"):
        tree.leaves(loop)


def test_round_trip() -> None:
    old = everything()
    vector, unflatten = tree.flatten(old)
    new = unflatten(vector)
    for a, b in zip(tree.leaves(old), tree.leaves(new)):
        assert type(a) is type(b) and np.shape(a) == np.shape(b) and np.array_equal(a, b)
        assert np.asarray(a).dtype == np.asarray(b).dtype
    vector[:] = 0.0
    assert new["frozen"].shift.tolist() == [5.0, 6.0], "no memory is shared"
    assert np.array_equal(tree.flatten(new)[0], tree.flatten(old)[0])


def test_dtypes() -> None:
    assert tree.flatten([np.float32(1.0), np.ones(2, np.float32)])[0].dtype == np.float32
    vector, unflatten = tree.flatten([1.0, 2j])
    assert vector.dtype == complex and unflatten(2 * vector) == [2.0, 4j]
    vector, unflatten = tree.flatten({"n": 3})
    assert vector.shape == (0,) and unflatten(vector) == {"n": 3}


def test_wrong_vectors() -> None:
    _, unflatten = tree.flatten([1.0, 2.0])
    with pytest.raises(ValueError, match="2 numbers"):
        unflatten(np.zeros(3))
    with pytest.raises(ValueError, match="complex"):
        unflatten(np.zeros(2, complex))


def residual(model: Layer, x: np.ndarray, y: np.ndarray) -> float:
    return np.sum((model.weight * x + model.bias[0] - y) ** 2)


def test_minimize_with_an_object() -> None:
    x = np.linspace(-1.0, 1.0, 7)
    loss = value_and_grad(residual)
    vector, unflatten = tree.flatten(Layer(0.0, [0.0]))

    def objective(v: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = loss(unflatten(v), x, 3.0 * x - 0.5)
        return value, tree.flatten(gradient)[0]

    best = unflatten(minimize(objective, vector, jac=True).x)
    assert type(best) is Layer
    assert best.weight == pytest.approx(3.0, abs=1e-6) and best.bias[0] == pytest.approx(-0.5, abs=1e-6)


def test_gradient_descent_on_a_dataclass() -> None:
    loss = value_and_grad(lambda p: (p.scale - 1.0) ** p.order + np.sum(p.shift**2))
    params = Frozen(3.0, np.array([1.0, -2.0]))
    for _ in range(60):
        _, gradient = loss(params)
        params = tree.map(lambda p, g: p - 0.2 * g, params, gradient)
    assert type(params) is Frozen and params.scale == pytest.approx(1.0) and np.allclose(params.shift, 0.0)
