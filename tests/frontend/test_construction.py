"""Objects made inside the function, and copies."""

from __future__ import annotations

import collections
import copy
import dataclasses
import operator
import types

import pytest

from tests.frontend.helper import V, check, ops, refused

POINT = collections.namedtuple("Point", "x y")


def named_tuples(v):
    p = POINT(v[0], y=v[1])
    q = p._replace(x=2.0)
    x, y = q
    return p, q.x, x * y, p._asdict()["y"], POINT._fields


PROGRAMS = [
    named_tuples,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


@dataclasses.dataclass
class Pair:
    a: object
    b: list = dataclasses.field(default_factory=list)

    def __post_init__(self):
        self.b.append(self.a)


def dataclasses_with_defaults(v):
    p, q = Pair(v[0]), Pair(v[1], [2.0])
    return p.a, p.b, q.b


def namespaces(v):
    n = types.SimpleNamespace(x=v, y=1.0)
    n.y = n.x * 2.0
    return n.y


def dicts_of_collections(v):
    d = collections.defaultdict(list)
    d["a"].append(v[0])
    o = collections.OrderedDict(x=v[1])
    return d["a"], d["b"], o["x"]


def copies(v):
    inner = [v[0], [v[1]]]
    shallow, deep = copy.copy(inner), copy.deepcopy(inner)
    inner[1].append(1.0)
    return shallow, deep


@pytest.mark.parametrize("fn", [dataclasses_with_defaults, namespaces, dicts_of_collections, copies])
def test_what_is_made_is_what_python_makes(fn):
    check(fn, V)


def test_nothing_happens_at_run_time():
    assert ops(lambda x: Pair(x * 2.0).a, 0.5) == [operator.mul]


def test_a_missing_field():
    assert "without its field `a`" in refused(lambda v: Pair(), V).message


def test_a_subclass_of_list_with_computed_values():
    class Stack(list):
        pass

    error = refused(lambda v: Stack([v[0]]), V)
    assert error.code == "S2S010" and "a `Stack` of values computed here" in error.message
