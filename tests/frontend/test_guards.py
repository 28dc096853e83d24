"""What generated code depends on beyond its arguments: changed classes, globals and closures are seen."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad


def fresh() -> tuple[Any, Any]:
    """Two classes, one derived from the other, that a test may change."""

    class Parent:
        k = 2.0

        def __init__(self, x: Any) -> None:
            self.x = x

        def scaled(self, t: Any) -> Any:
            return self.x * t * self.k

        @property
        def double(self) -> Any:
            return self.x * 2

        @staticmethod
        def triple(t: Any) -> Any:
            return t * 3

        @classmethod
        def times(cls, t: Any) -> Any:
            return t * cls.k

        def __add__(self, other: Any) -> Any:
            return self.x + other

    class Child(Parent):
        def scaled(self, t: Any) -> Any:
            return super().scaled(t) + 1

    return Parent, Child


def everything(a: Any) -> Any:
    return a.scaled(a.x) + a.double + a.triple(a.x) + a.times(a.x) + (a + 2.0) * a.x


CHANGES: dict[str, Callable[[Any, Any], None]] = {
    "class attribute": lambda p, c: setattr(p, "k", 5.0),
    "method": lambda p, c: setattr(p, "scaled", lambda self, t: self.x**3 * t),
    "property": lambda p, c: setattr(p, "double", property(lambda self: self.x**2)),
    "static method": lambda p, c: setattr(p, "triple", staticmethod(lambda t: t**2)),
    "class method": lambda p, c: setattr(p, "times", classmethod(lambda cls, t: t**4)),
    "operator": lambda p, c: setattr(p, "__add__", lambda self, other: self.x**2 * other),
    "override": lambda p, c: setattr(c, "double", property(lambda self: self.x**5)),
    "shadowed attribute": lambda p, c: setattr(c, "k", 7.0),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_changed_class(change: Callable[[Any, Any], None]) -> None:
    classes = fresh()
    gradient = s2sad.grad(everything)
    for _ in range(2):
        for cls in classes:
            slope = (everything(cls(1.5 + 1e-6)) - everything(cls(1.5 - 1e-6))) / 2e-6
            assert gradient(cls(1.5)).x == pytest.approx(slope, rel=1e-6)
        change(*classes)


TABLE: dict[str, Any] = {}
OBJECT = types.SimpleNamespace()
ARRAY = np.zeros(2)


def reset() -> None:
    TABLE.update(a=[1.0, 2.0], f=np.sin)
    vars(OBJECT).update(k=2.0, inner=types.SimpleNamespace(q=[1.0]))
    ARRAY[:] = 1.0, 2.0


def uses_globals(x: Any) -> Any:
    scale = x if ARRAY[0] > 0.5 else 2.0 * x
    return scale * TABLE["a"][1] * OBJECT.k * OBJECT.inner.q[0] * ARRAY[1] + TABLE["f"](x)


GLOBAL_CHANGES: dict[str, Callable[[], None]] = {
    "item of a list": lambda: TABLE["a"].__setitem__(1, 5.0),
    "function in a dict": lambda: TABLE.__setitem__("f", np.cos),
    "field": lambda: setattr(OBJECT, "k", 3.0),
    "list in a field": lambda: OBJECT.inner.q.__setitem__(0, 4.0),
    "object in a field": lambda: setattr(OBJECT, "inner", types.SimpleNamespace(q=[9.0])),
    "item of an array": lambda: ARRAY.__setitem__(1, -3.0),
    "item of an array that is tested": lambda: ARRAY.__setitem__(0, 0.0),
}


@pytest.mark.parametrize("change", GLOBAL_CHANGES.values(), ids=GLOBAL_CHANGES.keys())
def test_changed_global(change: Callable[[], None]) -> None:
    reset()
    gradient = s2sad.grad(uses_globals)
    for _ in range(2):
        slope = (uses_globals(0.7 + 1e-6) - uses_globals(0.7 - 1e-6)) / 2e-6
        assert gradient(0.7) == pytest.approx(slope, rel=1e-6)
        change()


def test_changed_closure() -> None:
    factor = 2.0

    def f(x: Any) -> Any:
        return x * x * factor

    gradient = s2sad.grad(f)
    assert gradient(1.0) == 4.0
    factor = 5.0
    assert gradient(1.0) == 10.0


class Pair:
    def __init__(self, left: Any, right: Any) -> None:
        self.left, self.right = left, right


class Number:
    def __init__(self, value: Any) -> None:
        self.value = value


def changes_left(pair: Pair) -> Any:
    pair.left.value = pair.left.value * 3.0
    return pair.right.value


def test_objects_that_are_one_and_objects_that_are_two() -> None:
    gradient = s2sad.value_and_grad(changes_left)
    one = Number(1.5)
    for _ in range(2):
        value, bars = gradient(Pair(one, one))
        assert value == 4.5 and bars.left.value == bars.right.value == 3.0
        value, bars = gradient(Pair(Number(1.5), Number(1.5)))
        assert value == 1.5 and (bars.left.value, bars.right.value) == (0.0, 1.0)
