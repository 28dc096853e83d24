"""Methods of arrays, lists, dicts and strings."""

from __future__ import annotations

import numpy as np
import pytest

from tests.frontend.helper import A, V, check, ops, raised, refused


def list_methods(v):
    xs = [v[0], v[1]]
    xs.append(v[2])
    xs.extend([1.0, 2.0])
    xs.insert(1, v[3])
    last, first = xs.pop(), xs.pop(0)
    ys = xs.copy()
    ys.reverse()
    ys[0] = 5.0
    return xs, ys, last, first, len(xs)


def dict_methods(v):
    table = {"a": v[0]}
    table.update({"b": v[1]}, c=v[2])
    d = dict(table, e=1.0)
    return (
        table.get("a"),
        table.get("z", 3.0),
        table.pop("b"),
        list(table.keys()),
        list(table.values()),
        list(d.items()),
        table.setdefault("q", v[3]),
        "a" in table,
        {**d},
        len(d),
    )


def array_methods(v):
    return v.sum(), v.reshape(2, 2), v.T, v.max(), v.astype(np.float32), v.copy(), v.argmin(), (v * 1.0).sort()


def tuple_methods(v):
    names, steps = ("a", "b", "a"), (1.0, 2.0, 1.0)
    k = int(v[0] > 0.0)
    found = steps.index(float(k)) if k else 2
    return names.index("b"), names.count("a"), found, steps.count(k), (v * names.index("b"), steps[found])


PROGRAMS = [
    tuple_methods,
    list_methods,
    dict_methods,
    array_methods,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_methods_are_the_same_operation_as_functions():
    assert ops(lambda v: v.sum(), V) == ops(lambda v: np.sum(v), V) == [np.sum]
    assert ops(lambda a: a.dot(a.T), A)[-1] is np.dot


def string_methods(v):
    return "a,b".split(","), "-".join(["x", "y"]), "{} {}".format("A", 1).lower()


def test_strings():
    check(string_methods, V)


@pytest.mark.parametrize(
    "fn, text",
    [
        (lambda v: [v].__reversed__(), "the method `.__reversed__` of a list"),
        (lambda v: {}.popitem(), "the method `.popitem` of a dict"),
        (lambda v: v.setflags(write=False), "setflags"),
    ],
)
def test_refusals(fn, text):
    assert text in refused(fn, V).message


@pytest.mark.parametrize(
    "fn, cls", [(lambda v: v.sum().nothing(), AttributeError), (lambda v: {"a": v}.pop("b"), KeyError)]
)
def test_what_there_is_not(fn, cls):
    assert type(raised(fn, V)) is cls
