"""Objects: instances of classes, dataclasses, named tuples and namespaces, as arguments and made inside the
function."""

import dataclasses
import sys
from collections import namedtuple
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[1.1, 0.2], [-0.3, 0.8]])
Point = namedtuple("Point", "x y")


class Line:
    """A plain class with a number, an array, an integer and a string."""

    dimension = 2.0

    def __init__(self, slope, offsets, order=2):
        self.slope = slope
        self.offsets = offsets
        self.order = order
        self.name = "line"

    def at(self, t):
        return self.slope * t**self.order + np.sum(self.offsets) * self.dimension

    def steeper(self, k):
        return Line(self.slope * k, self.offsets, self.order)


@dataclass
class Material:
    density: float
    moduli: np.ndarray
    kind: str = "steel"


@dataclass(frozen=True)
class Beam:
    material: Material
    length: float = 2.0

    def mass(self):
        return self.material.density * self.length


@dataclass
class Bridge:
    beams: list
    load: dict
    spans: int = 3
    notes: list = field(default_factory=list)


class Vector:
    """A class with operators."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __radd__(self, other):
        return self if other == 0 else Vector(self.x + other, self.y + other)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __truediv__(self, k):
        return self * (1.0 / k)

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __pow__(self, n):
        return Vector(self.x**n, self.y**n)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __abs__(self):
        return np.hypot(self.x, self.y)

    def __getitem__(self, k):
        return (self.x, self.y)[k]

    def __setitem__(self, k, value):
        if k == 0:
            self.x = value
        else:
            self.y = value

    def __len__(self):
        return 2

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __bool__(self):
        return self.x != 0.0

    def __iadd__(self, other):
        self.x = self.x + other.x
        self.y = self.y + other.y
        return self

    def __call__(self, t):
        return self.x + t * self.y

    def __float__(self):
        return float(abs(self))

    def __contains__(self, value):
        return value == self.x


# ---- as arguments ----------------------------------------------------------------------------------------------------


@program(Line(0.7, V), 1.3, tags="second")
def plain_object(line, t):
    return line.at(t) * line.slope


@program(Line(0.7, V), 1.3, argnums=(1,))
def plain_object_held_fixed(line, t):
    return line.at(t * line.slope)


@program(Line(0.7, V), 4)
def plain_object_in_loop(line, n):
    s = 0.0
    for k in range(n):
        s += line.at(0.3 * k) * line.offsets[k]
    return s


@program(Line(0.7, V), 1.3)
@program(Line(-0.7, V), 1.3)
def plain_object_in_branch(line, t):
    if line.slope > 0.0:
        return line.at(t)
    return line.steeper(2.0).at(t) * t


@program(Line(0.7, V), 1.3)
def writes_fields_of_argument(line, t):
    line.slope = line.slope * t
    line.slope += line.offsets[0]
    line.offsets[1] = line.slope
    return line.at(t)


@program(Line(0.7, V), 1.3)
def adds_a_field(line, t):
    line.cache = line.slope * t
    return line.cache * line.at(line.cache)


@program(Material(0.7, V), tags="second")
def dataclass_argument(m):
    return m.density * np.sum(m.moduli**2) if m.kind == "steel" else m.density


@program(Bridge([Beam(Material(0.7, V), 1.5), Beam(Material(0.9, V + 1.0))], {"wind": 0.4, "snow": V}), tags="second")
def dataclass_three_deep(bridge):
    s = bridge.load["wind"] * bridge.spans
    for beam in bridge.beams:
        s += beam.mass() * np.sum(beam.material.moduli * bridge.load["snow"])
    return s


@program(Bridge([Beam(Material(0.7, V), 1.5)], {"wind": 0.4}))
def dataclass_fields_written(bridge):
    bridge.beams[0].material.density = bridge.load["wind"] ** 2
    bridge.load["wind"] *= 3.0
    bridge.notes.append(bridge.load["wind"])
    return bridge.beams[0].mass() * bridge.notes[-1]


@program(Beam(Material(0.7, V), 1.5), 0.3)
def dataclass_replace(beam, x):
    longer = dataclasses.replace(beam, length=beam.length * x)
    return longer.mass() * beam.mass()


@program(Material(0.7, V))
def dataclass_fields_listed(m):
    return sum(np.sum(getattr(m, f.name)) for f in dataclasses.fields(m) if f.name != "kind")


@program(Point(0.4, V), tags="second")
def named_tuple_with_array(p):
    return p.x * np.sum(p.y**2)


@program([Point(0.4, 0.3), Point(1.4, -0.3)])
def named_tuples_in_list(points):
    s = 0.0
    for p in points:
        s += p.x * p.y + p[0]
    x, y = points[1]
    return s * x * y


@program(SimpleNamespace(a=0.4, v=V, inner=SimpleNamespace(k=1.7, steps=3)), tags="second")
def namespace_argument(p):
    s = 0.0
    for _ in range(p.inner.steps):
        s = s * p.a + np.sum(p.v) * p.inner.k
    return s


@program({"line": Line(0.7, V), "pair": (Vector(0.3, 0.4), Vector(1.0, 2.0))})
def objects_in_containers(d):
    u, w = d["pair"]
    return d["line"].at(u @ w) * abs(w)


@program(Vector(0.3, 0.4), Vector(1.0, 2.0), tags="second")
def operators_of_arguments(u, w):
    return abs(2.0 * u + w * u.x - w / 3.0) + (-u) @ (w**2)


# ---- made inside -----------------------------------------------------------------------------------------------------


@program(0.6, V, tags="second")
def object_made_inside(x, v):
    line = Line(x, v * x, order=3)
    return line.at(x) + line.steeper(x).at(2.0)


@program(0.6)
def dataclass_made_inside(x):
    beam = Beam(Material(x, np.array([x, 1.0]), kind="wood"), length=x * x)
    bridge = Bridge([beam, beam], {})
    bridge.notes.append(x)
    return beam.mass() * beam.material.moduli[0] * len(bridge.beams) + bridge.notes[0] * bridge.spans


@program(0.6)
def namespace_made_inside(x):
    state = SimpleNamespace(t=0.0, y=x)
    while state.t < 0.35:
        state.y += 0.1 * np.sin(state.y)
        state.t += 0.1
    return state.y


@program(0.6, V)
def namespace_of_arrays(x, v):
    s = SimpleNamespace(u=v * x, w=np.zeros(4))
    for i in range(4):
        s.w[i] = s.u[i] * x
        s.u = s.u + s.w
    return np.sum(s.u * s.w)


@program(0.6, 1.1)
def operators_in_loop(x, y):
    u, w = Vector(x, y), Vector(y, 1.0)
    for k in range(3):
        u = u + 0.5 * w
        w = w - u * x
        w += u
    return u @ w + abs(u)


@program(0.6, 1.1)
@program(1.6, 1.1)
def operators_in_branch(x, y):
    u, w = Vector(x, 0.0), Vector(y, 0.0)
    if u < w:
        best = w * x
    else:
        best = u + w
    return best.x * best.x + best.y


@program(0.6, 1.1)
def sum_of_objects(x, y):
    total = sum([Vector(x, y), Vector(y, x * x), Vector(1.0, 2.0)])
    return total.x * total.y


@program(0.6, 1.1)
def items_of_object(x, y):
    u = Vector(x, y)
    u[0] = u[1] * u[0]
    u[1] += x
    return u[0] * u[-1] + len(u)


@program(0.6, 1.1)
def comparison_and_truth_of_objects(x, y):
    u, w = Vector(x, y), Vector(x, y)
    s = x if u == w else y
    if u:
        s *= y
    if x in u:
        s += x
    return s if u != Vector(0.0, x) else s * s


@program(0.6, 1.1)
def calls_of_object(x, y):
    f = Vector(x, y)
    return f(f(x)) + sum(f(t) for t in (1.0, 2.0)) + float(f)


@program(0.6)
def list_of_objects_in_loop(x):
    points = [Vector(x * k, 1.0 - x) for k in range(4)]
    s = 0.0
    for p in points:
        p.x = p.x * p.y
        s += abs(p + Vector(1.0, 1.0))
    for p, q in zip(points, points[1:]):
        s += p @ q
    return s


@program(0.6)
def dict_of_objects(x):
    table = {name: Line(x * k, np.array([x, 1.0])) for k, name in enumerate(("a", "b", "c"))}
    table["b"].slope = table["c"].slope * table["a"].offsets[0]
    return sum(line.at(x) for line in table.values())


@program(0.6, 5)
@program(0.6, 0)
def objects_replaced_in_dynamic_loop(x, n):
    p = Vector(x, 1.0)
    for k in range(n):
        p = Vector(p.y * x, p.x + k)
    return p.x * p.y


class Lazy:
    __slots__ = ("found", "rate")

    def __init__(self, rate):
        self.rate = rate

    def result(self):
        try:
            return self.found
        except AttributeError:
            pass
        self.found = self.rate * self.rate
        return self.found


@program(0.7)
def slot_that_is_not_set_yet(x):
    lazy = Lazy(x)
    return lazy.result() + lazy.result() * x


class Bunch(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError as e:
            raise AttributeError(name) from e

    __setattr__ = dict.__setitem__

    def total(self):
        return self.x + self["y"] * self.x


@program(0.7, tags="second")
def dict_with_attributes(x):
    b = Bunch(x=x * x, y=np.sin(x))
    b.z = b.x**2
    b["x"] = b.x + 1.0
    b.update(w=2.0)
    return b.total() * b.z + getattr(b, "missing", 3.0) * b.w * len(b) + (x if isinstance(b, dict) else 0.0)


@program(0.7, 4)
@program(0.7, 0)
def dict_with_attributes_in_a_loop(x, n):
    b = Bunch(x=x, y=1.0)
    for k in range(n):
        if k % 2:
            b.y = b.y * x
        b.x += b.y
    return b.total()


@program(0.7)
def dict_with_attributes_that_is_returned(x):
    return Bunch(x=x * x, y=(x, np.array([x, 1.0])))


class Emptied:
    def __init__(self, x):
        self.x = 5.0 * x

    @classmethod
    def of(cls, x):
        made = cls.__new__(cls)
        made.x = x
        return made


@program(0.7)
def made_without_init(x):
    return Emptied.of(x).x * object.__new__(Emptied).__class__(x).x


class Doubled(namedtuple("Doubled", "a b")):
    """A named tuple whose ``__new__`` changes what it is given."""

    def __new__(cls, a, b=1.0):
        return super().__new__(cls, 2.0 * a, b)

    def area(self):
        return self.a * self.b


class Sided(tuple):
    """A tuple with a maker and names of its own."""

    def __new__(cls, left, right):
        return tuple.__new__(cls, (3.0 * left, right))

    @property
    def left(self):
        return self[0]


class Summed(namedtuple("Summed", "a b")):
    """A named tuple with an attribute that is not among its items."""

    def __init__(self, a, b):
        self.total = a + b


@program(0.7)
def tuples_with_a_maker_of_their_own(x):
    p, q = Doubled(x, x * x), Doubled(x)
    return p.area() * q.b + q.a + p._replace(a=x).a


@program(0.7)
def tuple_with_a_maker_of_its_own_that_is_returned(x):
    return Doubled(x, x * x)


@program(0.7, 3)
@program(0.7, 0)
def tuple_with_a_maker_of_its_own_in_a_loop(x, n):
    p = Doubled(x, x * x)
    for k in range(n):
        p = Doubled(p.b, p.a) if x * k < 1.0 else p
    return p.a + 2.0 * p.b


@program(V)
def plain_tuple_with_a_maker_of_its_own(v):
    p = Sided(v, v[0])
    left, right = p
    return np.sum(p.left * left) + right * len(p)


@program(0.7)
def named_tuple_with_more_attributes(x):
    p = Summed(x, x * x)
    return p.total * p.a + Summed(b=1.0, a=x).total


class Stored:
    """A descriptor with both methods in Python, which keeps its value under its own name."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return 2.0 * instance.__dict__[self.name]

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value


class WithStored:
    weight = Stored()

    def __init__(self, weight):
        self.weight = weight


STORED = WithStored(1.5)


@program(0.7)
def descriptor_before_what_the_instance_holds(x):
    return x * STORED.weight


@program(V)
def list_of_named_tuples_unpacked(v):
    total = 0.0
    for x, y in [Point(e, e * e) for e in v]:
        total = total + x * y
    return total


class Started:
    pass


class Later(Started):
    def __init__(self, v):
        self.v = v
        start = getattr(super(), "start", None)
        if start is not None:
            start()


@program(0.7)
def attribute_that_no_base_class_has(x):
    return Later(x).v * (2.0 if sys.version_info >= (3, 8) else 1.0)
