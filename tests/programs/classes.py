"""Classes: inheritance, properties, class attributes, and the objects that programs are built of (filters,
networks)."""

import abc
import enum
import functools
from dataclasses import dataclass

import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
W = np.array([[0.5, -0.3, 0.8, 0.1], [0.2, 0.9, -0.4, 0.7]])
SERIES = np.array([[0.2], [0.5], [0.1], [0.9]])


class Shape(abc.ABC):
    """A base class with a class attribute and methods of each kind."""

    scale = 1.5
    count = 0

    def __init__(self, size):
        self.size = size

    @abc.abstractmethod
    def area(self):
        """The area."""

    def volume(self, height):
        return self.area() * height * self.scale

    @staticmethod
    def squared(t):
        return t * t

    @classmethod
    def unit(cls):
        return cls(1.0)

    @classmethod
    def doubled(cls, size):
        return cls(2.0 * size * cls.scale)

    @property
    def width(self):
        return self.size * 2.0

    @width.setter
    def width(self, value):
        self.size = value / 2.0


class Square(Shape):
    def area(self):
        return self.squared(self.size)


class Circle(Shape):
    scale = 0.5

    def __init__(self, radius, hole):
        super().__init__(radius)
        self.hole = hole

    def area(self):
        return np.pi * (Shape.squared(self.size) - self.hole**2)

    def volume(self, height):
        return super().volume(height) + self.hole

    @property
    def width(self):
        return super().width + self.hole


class Named:
    label = "named"

    def volume(self, height):
        return 0.1 * height + super().volume(height)


class NamedSquare(Named, Square):
    """Two base classes."""


@program(0.6, tags="second")
def inheritance(x):
    return Square(x).volume(x) + Circle(x, 0.2 * x).volume(2.0)


@program(0.6)
def several_base_classes(x):
    s = NamedSquare(x)
    return s.volume(x) * len(s.label) + isinstance(s, Shape) * x


@program(0.6)
def property_read_and_set(x):
    s = Square(x)
    s.width = s.width * x
    s.width += 1.0
    return s.size * s.width + Circle(x, x).width


@program(0.6)
def property_set_in_loop(x):
    s = Square(x)
    for k in range(3):
        s.width = s.width * 0.5 + x
        if s.width > 2.0:
            s.size = 1.0
    return s.area()


@program(0.6)
def class_and_static_methods(x):
    return Square.doubled(x).area() + Shape.squared(x) + Square.unit().volume(x) + Circle.squared(x)


@program(0.6)
def class_attribute_shadowed(x):
    s = Square(x)
    s.scale = s.scale * x
    return s.volume(1.0) + Square(x).volume(1.0) * Shape.scale


@program(0.6)
@program(1.6)
def classes_by_branch(x):
    total = 0.0
    for shape in (Square(x), Circle(x, 0.1), NamedSquare(x * x)):
        if isinstance(shape, Circle):
            total -= shape.area()
        elif type(shape) is Square and x > 1.0:
            total += shape.volume(x)
        else:
            total += shape.volume(2.0)
    return total


@program(0.6)
def methods_as_values(x):
    s = Square(x)
    f = s.volume
    s.size = 2.0 * x
    return f(x) + sum(map(s.volume, (1.0, x))) + Square.area(s)


class Lazy:
    """Values computed once and kept."""

    def __init__(self, v):
        self.v = v
        self._norm = None

    @property
    def norm(self):
        if self._norm is None:
            self._norm = np.sqrt(np.sum(self.v**2))
        return self._norm

    @functools.cached_property
    def total(self):
        return np.sum(self.v)

    def __getattr__(self, name):
        if name == "doubled":
            return 2.0 * self.v
        raise AttributeError(name)


@program(0.6, V)
def property_with_cache(x, v):
    lazy = Lazy(v * x)
    return lazy.norm * lazy.norm + lazy.norm


@program(0.6, V)
def cached_property(x, v):
    lazy = Lazy(v * x)
    return lazy.total * lazy.total


@program(0.6, V)
def computed_attribute(x, v):
    return np.sum(Lazy(v * x).doubled)


class Rule(enum.Enum):
    LEFT = "left"
    MID = "mid"


class Solver:
    """An ODE solver that its user steps."""

    def __init__(self, f, y, t=0.0, dt=0.1, rule=Rule.MID):
        self.f, self.y, self.t, self.dt, self.rule = f, y, t, dt, rule
        self.steps = 0
        self.history = [y]

    def step(self):
        k = self.f(self.t, self.y)
        if self.rule is Rule.MID:
            k = self.f(self.t + 0.5 * self.dt, self.y + 0.5 * self.dt * k)
        self.y = self.y + self.dt * k
        self.t += self.dt
        self.steps += 1
        self.history.append(self.y)
        return self.y


@program(0.6, 1.1, tags="second")
@program(0.6, V)
def solver_stepped_by_user(k, y):
    solver = Solver(lambda t, u: -k * u + np.sin(t), y)
    while solver.steps < 4:
        solver.step()
    return np.sum(solver.y) * solver.t


@program(0.6, 1.1, 5)
def solver_with_history(k, y, n):
    solver = Solver(lambda t, u: k * np.cos(u), y, rule=Rule.LEFT)
    for _ in range(n):
        if solver.step() > 1.3:
            break
    return solver.history[-1] * solver.history[0] + sum(solver.history)


class Kalman:
    """A linear Kalman filter with state kept in the object."""

    def __init__(self, F, H, Q, R):
        self.F, self.H, self.Q, self.R = F, H, Q, R
        self.x = np.zeros(F.shape[0])
        self.P = np.eye(F.shape[0])
        self.loglik = 0.0

    def predict(self):
        self.x = self.F @ self.x
        self.P = self.F @ self.P @ self.F.T + self.Q

    def update(self, z):
        r = z - self.H @ self.x
        S = self.H @ self.P @ self.H.T + self.R
        K = self.P @ self.H.T @ np.linalg.inv(S)
        self.x += K @ r
        self.P = self.P - K @ self.H @ self.P
        self.loglik -= 0.5 * (r @ np.linalg.solve(S, r) + np.log(np.linalg.det(S)))


@program(0.3, 0.5, SERIES)
def kalman_filter(q, r, series):
    F, H = np.array([[1.0, 0.1], [0.0, 1.0]]), np.array([[1.0, 0.0]])
    kf = Kalman(F, H, q * np.eye(2), np.array([[r]]))
    for z in series:
        kf.predict()
        kf.update(z)
    return -kf.loglik


@program(Kalman(np.array([[1.0, 0.1], [0.0, 1.0]]), np.array([[1.0, 0.0]]), 0.3 * np.eye(2), np.array([[0.5]])), SERIES)
def kalman_filter_argument(kf, series):
    for z in series:
        kf.predict()
        if z[0] > 0.15:
            kf.update(z)
    return kf.loglik


class Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        return np.tanh(self.W @ x + self.b)


class Scale(Layer):
    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        return self.k * x


class Network:
    """A network of layers with ``forward``; layers may be shared."""

    def __init__(self, *layers):
        self.layers = list(layers)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        for layer in self.layers:
            x = layer(x)
        return x

    def penalty(self):
        return sum(np.sum(layer.W**2) for layer in self.layers if hasattr(layer, "W"))


@program(Network(Layer(W, W[:, 0]), Scale(0.7), Layer(W.T, V)), V, tags="second")
def network_argument(net, x):
    return np.sum(net.forward(net.forward(x)) ** 2) + 0.1 * net.penalty() * net.calls


@program(W, V)
def network_with_shared_layer(w, x):
    shared = Layer(w, w[:, 0])
    net = Network(shared, Layer(w.T, x), shared)
    shared.b = shared.b * 2.0
    return np.sum(net.forward(x))


@program(Network(Layer(W, W[:, 0]), Scale(0.7)), V)
def network_trained_inside(net, x):
    for _ in range(3):
        y = net.forward(x)
        net.layers[0].b = net.layers[0].b - 0.1 * y
        net.layers[1].k *= 0.9
    return np.sum(net.forward(x))


@dataclass
class Dual:
    """Numbers with a derivative, added to plain numbers from both sides."""

    value: float
    slope: float = 0.0

    def __add__(self, other):
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.slope + other.slope)
        return Dual(self.value + other, self.slope)

    __radd__ = __add__

    def __mul__(self, other):
        if not isinstance(other, Dual):
            other = Dual(other)
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    __rmul__ = __mul__


@program(0.6, tags="second")
def dual_numbers(x):
    t = Dual(x, 1.0)
    y = 1.0
    for k in range(1, 4):
        y = 1 + t * y * (1.0 / k)
    return y.slope


class Counter:
    """An object with an inner closure that writes to it."""

    def __init__(self):
        self.total = 0.0

    def adder(self, k):
        def add(t):
            self.total += k * t
            return self.total

        return add


@program(0.6)
def closure_over_self(x):
    c = Counter()
    add = c.adder(x)
    for t in (1.0, x, 2.0):
        add(t)
    return c.total * add(1.0)


class Series:
    """Iterated over by index, and by ``__iter__`` that returns an iterator over a list."""

    def __init__(self, terms):
        self.terms = terms

    def __len__(self):
        return len(self.terms)

    def __getitem__(self, k):
        return self.terms[k]

    def __iter__(self):
        return iter(self.terms)


@program(0.6)
def iteration_over_object(x):
    s = 0.0
    for t in Series([x, x * x, 1.0]):
        s = s * x + t
    return s * len(Series([x]))


class Shifted:
    """A descriptor that changes what is read and written."""

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, owner=None):
        return getattr(obj, self.name) * 2.0

    def __set__(self, obj, value):
        setattr(obj, self.name, value + 1.0)


class Strict:
    """Slots, a descriptor, and ``__setattr__``."""

    __slots__ = ("value", "_level")
    level = Shifted()

    def __init__(self, value):
        self.value = value
        self.level = value

    def __setattr__(self, name, value):
        super().__setattr__(name, value * 1.5 if name == "value" else value)


@program(0.6)
def slots_and_descriptors(x):
    s = Strict(x)
    s.level = s.level * x
    s.value += x
    return s.level * s.value


@program(0.6)
def object_made_per_step(x):
    y = x
    for k in range(4):
        s = Square(y) if k % 2 else Circle(y, 0.1)
        y = s.volume(0.3)
    return y


@dataclass
class Base:
    a: float

    def value(self):
        return self.a

    def __post_init__(self):
        self.a = self.a * 2.0


@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int = 0


@dataclass
class Derived(Base):
    b: float = 3.0

    def value(self):
        return super().value() * self.b


@program(0.6)
def dataclass_inheritance(x):
    return Derived(x).value() + Derived(x, b=x).value() if Version(1) != Version(1, 2) else 0.0
