"""What the standard library makes of functions and classes: dispatch, caches, enums, named tuples with methods."""

import dataclasses
import enum
import functools
from typing import NamedTuple

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.3, -0.7, 1.2, 0.9])


class Line:
    def __init__(self, a):
        self.a = a

    def at(self, x):
        return self.a * x

    @classmethod
    def make(cls, a):
        return cls(a)


class Raised(Line):
    def __init__(self, a, b=1.0):
        super(Raised, self).__init__(a)  # noqa: UP008
        self.b = b

    def at(self, x):
        return super(Raised, self).at(x) + self.b  # noqa: UP008

    @classmethod
    def make(cls, a):
        made = super(Raised, cls).make(a)  # noqa: UP008
        made.b = a * a
        return made


@program(0.7, 1.1, 3, tags="second")
def super_with_arguments(x, a, n):
    line, s = Raised(a, a * a), 0.0
    for k in range(n):
        s += line.at(x + k)
        line.a = line.a * 1.1
    return s * Raised.make(a).at(x)


class Mode(enum.Enum):
    LINEAR = 1
    SQUARE = 2

    def of(self, x):
        return x**self.value


@program(0.7, Mode.SQUARE, tags="second")
@program(0.7, Mode.LINEAR)
def enum_as_argument(x, mode):
    table = {Mode.LINEAR: x, Mode.SQUARE: x * x}
    match mode:
        case Mode.LINEAR:
            y = 2.0 * x
        case Mode.SQUARE:
            y = x * x * x
    return y * table[mode] + mode.of(x) + Mode(2).value * x + Mode["LINEAR"].value + (x if mode is Mode.SQUARE else 0.0)


@functools.singledispatch
def energy(v):
    return v * 3.0


@energy.register
def _(v: np.ndarray):
    return np.sum(v * v)


@energy.register(list)
def _of_list(v):
    return sum(energy(q) for q in v)


@energy.register(int)
def _of_int(v):
    return v * 10


@program(0.7, V)
def chosen_by_class(x, v):
    return energy(x) * energy(v) + energy([x, v]) + energy(3) * x


class Cached:
    def __init__(self, x):
        self.x = x

    @functools.cached_property
    def square(self):
        return self.x**2

    @functools.lru_cache(maxsize=None)  # noqa: B019
    def times(self, k):
        return self.x * k


@program(0.7, 3)
def cached_methods(x, n):
    c = Cached(x)
    s = c.square
    for k in range(n):
        s += Cached.times.__wrapped__(c, 2) * c.square + k
        c.x = c.x * 1.1
    return s


@refused("UnsupportedSyntax", 0.7, code="S2S011", text="the method `times` has a cache")
def cached_results_of_a_method(x):
    return Cached(x).times(2)


@refused("UnsupportedSyntax", 0.7, 3, code="S2S010", text="the cached property `square`")
def cached_first_in_a_loop(x, n):
    c, s = Cached(x), 0.0
    for _ in range(n):
        s += c.square
        c.x = c.x * 1.1
    return s


class Point(NamedTuple):
    x: float
    y: float = 1.0

    def norm2(self):
        return self.x**2 + self.y**2

    @property
    def total(self):
        return self.x + self.y

    @classmethod
    def diagonal(cls, a):
        return cls(a, a)

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Point(self.x * k, self.y * k)


@program(0.7, 3, tags="second")
def named_tuple_with_methods(x, n):
    p = Point(x)
    q = p._replace(y=x * x)
    for k in range(n):
        p = Point(p.x + p.y * 0.1, y=p.y - p.x * 0.1)
    return p.norm2() * q.total * Point.diagonal(x).norm2() + (p + q).x * (q * x).y


@dataclasses.dataclass(kw_only=True)
class Scaled:
    a: float
    n: int = 3
    factor: dataclasses.InitVar[float] = 1.0
    b: float = 0.0

    def __post_init__(self, factor):
        self.b = self.a * factor


@program(0.7)
def dataclass_with_an_argument_of_its_own(x):
    s = Scaled(a=x, factor=x * x)
    return s.b * s.n + dataclasses.replace(Scaled(a=x), n=2, factor=x).b
