"""Aliasing through objects: two names, fields and containers that refer to one object, and what is refused of it."""

import types

import numpy as np

from tests.programs.objects import Beam, Line, Material, Vector
from tests.programs.registry import program, raises, refused

V = np.array([0.3, -0.7, 1.2, 0.9])
CONFIG = types.SimpleNamespace(items=[1.0], gain=2.0)


@program(0.6)
def two_names_of_one_object(x):
    a = Vector(x, 1.0)
    b = a
    b.x = b.x * x
    a.y = a.x + b.y
    return a.x * b.y


@program(0.6, V)
def field_shares_array(x, v):
    a = v * 1.0
    p, q = Line(x, a), Line(x, a)
    p.offsets[0] = x
    q.offsets[1:] *= x
    a += p.slope
    return np.sum(p.offsets * q.offsets) + np.sum(a)


@program(0.6)
def object_held_by_two(x):
    m = Material(x, np.array([1.0, x]))
    beams = [Beam(m, 1.0), Beam(m, 2.0)]
    m.density = m.density * x
    beams[0].material.density += x
    return beams[1].mass() * m.density


@program(0.6, V)
def field_swapped_in_loop(x, v):
    p, q = Line(x, v * x), Line(1.0, v * 0.5)
    for _ in range(3):
        p.offsets, q.offsets = q.offsets, p.offsets
        p.offsets[0] += x
        q.slope, p.slope = p.slope * x, q.slope
    return np.sum(p.offsets * p.slope) + q.offsets[0]


@program(0.6)
@program(1.6)
def alias_chosen_by_branch_rebinding(x):
    p = Vector(x, 1.0)
    if x > 1.0:
        p = Vector(p.y, p.x)
    else:
        p.x = p.x + 2.0
    p.y = p.y * p.x
    return p.y


class Node:
    """An object that refers to others of its class."""

    def __init__(self, value, next=None):
        self.value = value
        self.next = next
        self.owner = self

    def total(self):
        return self.value + (0.0 if self.next is None else self.next.total())


@program(0.6)
def linked_objects(x):
    head = Node(x, Node(x * x, Node(2.0)))
    head.next.owner.value = head.owner.value * 3.0
    return head.next.value * x + head.total()


@refused("UnsupportedSyntax", 0.6, code="S2S010")
def linked_objects_walked(x):
    s, node = 0.0, Node(x, Node(x * x, Node(2.0)))
    while node is not None:
        s += node.value * x
        node = node.next
    return s


# ---- refused: which object is meant is known only at run time --------------------------------------------------------


@refused("AliasError", 0.6, code="S2S004")
def writes_object_chosen_by_test(x):
    a, b = Vector(x, 1.0), Vector(2.0 * x, 1.0)
    p = a if x > 0.5 else b
    p.x = 5.0
    return a.x * x + b.x


@refused("AliasError", 0.6, code="S2S004")
def writes_list_chosen_by_test(x):
    xs, ys = [x], [x, x]
    if x > 0.5:
        p = xs
    else:
        p = ys
    p[0] = 5.0
    return xs[0] * x + ys[0]


@refused("AliasError", 0.6, code="S2S004")
def writes_dict_chosen_by_test(x):
    a, b = {"u": x}, {"u": 2.0 * x}
    if x > 0.5:
        p = a
    else:
        p = b
    a["u"] = 5.0
    return p["u"] * x + b["u"]


@refused("AliasError", 0.6, code="S2S004")
def writes_objects_that_change_places(x):
    p, b = Vector(x, 1.0), Vector(2.0 * x, 1.0)
    a = p
    for _ in range(3):
        p.x = p.x + 1.0
        p, b = b, p
    return p.x * x + b.x + a.x


@refused("AliasError", 0.6, code="S2S004")
def fields_come_to_share_an_array(x):
    p, q = Line(x, np.ones(3) * x), Line(x, np.ones(3))
    for _ in range(3):
        p.offsets[0] += x
        q.offsets[1] *= 2.0 * x
        p.offsets = q.offsets
    return np.sum(p.offsets) + 2.0 * np.sum(q.offsets)


SHARED = V.copy()


@refused("AliasError", Line(0.7, SHARED), Line(0.8, SHARED), code="S2S005")
def arguments_share_a_field(p, q):
    p.offsets[0] = 5.0
    return np.sum(q.offsets) * p.slope


PAIR = [0.3, 0.4]


@refused("AliasError", [PAIR, PAIR], code="S2S005")
def argument_holds_a_list_twice(rows):
    rows[0][0] = 3.0 * rows[0][0]
    return rows[1][0] * rows[1][1]


@refused("ArgumentError", Node(0.7), code="S2S006", text="refers to itself")
def argument_refers_to_itself(node):
    return node.value * 2.0


@raises(Beam(Material(0.7, V), 1.5))
def frozen_field_set(beam):
    beam.length = 2.0 * beam.length
    return beam.mass()


class Journal:
    """A class with a list that all instances share."""

    entries: list = []

    def note(self, t):
        self.entries.append(t)
        return len(self.entries)


@refused("UnsupportedSyntax", 0.6, code="S2S009", text="Journal.entries")
def writes_class_attribute(x):
    return Journal().note(x) * x


@refused("UnsupportedSyntax", 0.6, code="S2S009", text="items")
def writes_list_of_global_object(x):
    CONFIG.items.append(x)
    return x * CONFIG.gain


@refused("UnsupportedSyntax", 0.6, code="S2S009", text="gain")
def sets_field_of_global_object(x):
    CONFIG.gain = x
    return x * x


@refused("UnsupportedSyntax", 0.6, code="S2S009", text="default argument")
def writes_mutable_default(x, kept=[]):  # noqa: B006
    kept.append(x)
    return sum(kept)


@program(np.array([[0.3, 1.2, -0.5], [0.8, -0.4, 0.9], [1.5, 0.1, 0.6]]))
def rows_to_columns_without_conflict(a):
    """NumPy copies nothing here; no element is read after it has been written."""
    b = a.copy()
    for j in range(3):
        b[j + 1:, j] = b[j, j + 1:]
        b[:, j] = b[j]
    b[0, :2] = b[1:, 2]
    row = b[0]
    row[:] = b[:, 0]
    c = a[1] * 1.0
    c[1:] = c[0:3:2]
    c[np.array([True, True, False])] = c[1:]
    return np.sum(b * b * np.arange(9.0).reshape(3, 3)) + np.sum(c * c)
