"""Calls: user functions, builtins, methods of containers, operations."""

from __future__ import annotations

import collections
import dataclasses
import functools
import itertools
import math
import operator

import numpy as np
import pytest

import s2sad
from s2sad.errors import UnsupportedSyntax
from s2sad.ir import Call
from tests.frontend.helper import A, V, check, lower, ops, refused

POINT = collections.namedtuple("Point", "x y")


@dataclasses.dataclass
class Layer:
    w: object
    b: float = 0.5

    def __call__(self, x):
        return x * self.w + self.b

    def grow(self, by):
        self.w = self.w * by
        return self

    @property
    def double(self):
        return 2.0 * self.b

    @staticmethod
    def half(x):
        return x / 2.0

    @classmethod
    def of(cls, w):
        return cls(w, b=1.0)

    def __add__(self, other):
        return Layer(self.w + other.w, self.b)

    def __getitem__(self, k):
        return self.w[k]

    def __len__(self):
        return 3


class Deep(Layer):
    def __call__(self, x):
        return super().__call__(x) * 2.0


def helper(a, b=2.0, *rest, k=1.0, **more):
    return a * b * k + sum(rest) + more.get("extra", 0.0)


def mutates(a, i=0):
    a[i] *= 2.0
    a = a + 1.0
    a[1] = 9.0
    return a


def recursive(x, n=3):
    return x if n == 0 else recursive(np.sin(x), n - 1)


def keywords(v):
    return helper(v), helper(v, 3.0), helper(b=1.0, a=v), helper(v, 1.0, 2.0, 3.0, k=4.0), helper(v, extra=1.0)


def spread(v):
    args, named = (v, 3.0), {"k": 2.0}
    return helper(*args, **named), helper(*[v], **{"b": 1.0})


def writes_through_helper(v):
    a = v * 1.0
    b = mutates(a, i=2)
    return a, b


def functions_as_values(v):
    def apply(f, *args):
        return f(*args)

    table = {"sin": np.sin, "mine": helper}
    fs = [math.sin, lambda x: x * v[1]]
    return (
        apply(table["mine"], v),
        apply(np.add, v, v),
        [f(0.5) for f in fs],
        apply(functools.partial(helper, b=5.0), v),
    )


def chosen_function(v):
    f = np.sin if v[0] > 0.0 else np.cos
    return f(v)


def closures(v):
    def scale(s):
        return lambda x: x * s

    return [scale(s)(v[0]) for s in (1.0, v[1])]


def objects(v):
    layer = Layer(v)
    deep = Deep.of(v * 2.0)
    layer.grow(3.0).b = 7.0
    both = layer + deep
    return (
        layer(v),
        deep(v),
        layer.double,
        Layer.half(both.w),
        both[1],
        len(both),
        isinstance(deep, Layer),
        layer.w is layer.w,
    )


def named_tuples(v):
    p = POINT(v[0], y=v[1])
    q = p._replace(x=2.0)
    x, y = q
    return p, q.x, x * y, p._asdict()["y"], POINT._fields


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


def builtin_functions(v):
    xs = [v[0], v[1], v[2]]
    return (
        sum(xs),
        sum(xs, 1.0),
        max(xs),
        min(v[0], v[1]),
        abs(v[1]),
        len(xs),
        list(range(3)),
        float(v[0]),
        int(v[2]),
        bool(v[0]),
        round(v[0]),
        list(zip(xs, xs)),
        tuple(reversed(xs)),
        any(x > 0 for x in xs),
        all(xs),
        divmod(7, 2),
        list(enumerate(xs)),
        isinstance(v, list),
        callable(helper),
        type(v) is np.ndarray,
        hasattr(v, "shape"),
        v.ndim,
        complex(v[0], 1.0),
        list(map(abs, xs)),
        pow(v[0], 2),
    )


def with_itertools(v):
    xs = [v[0], v[1], v[2]]
    return (
        list(itertools.product(xs, [1.0, 2.0])),
        list(itertools.chain(xs, xs)),
        functools.reduce(operator.mul, xs),
        functools.reduce(lambda a, b: a - b, xs, 1.0),
    )


def operations(v):
    return (
        np.sum(v, axis=0),
        np.add.reduce(v),
        np.multiply.outer(v, v),
        np.stack([v, v]),
        np.concatenate((v, [1.0])),
        np.where(v > 0.0, v, 0.0),
        np.linalg.norm(v),
        np.split(v, 2),
        np.array([v[0], 2.0]),
        np.einsum("i,i->", v, v),
        operator.add(v, v),
        math.hypot(v[0], v[1]),
        np.linspace(0.0, v[0], 3),
        np.zeros(len(v)),
        np.full((2,), v[0]),
    )


def array_methods(v):
    return v.sum(), v.reshape(2, 2), v.T, v.max(), v.astype(np.float32), v.copy(), v.argmin(), (v * 1.0).sort()


PROGRAMS = [
    keywords,
    spread,
    writes_through_helper,
    functions_as_values,
    chosen_function,
    closures,
    objects,
    named_tuples,
    list_methods,
    dict_methods,
    builtin_functions,
    with_itertools,
    operations,
    array_methods,
    recursive,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_helpers_are_inlined():
    assert all(isinstance(s, Call) for s in lower(keywords, V).body.stmts)
    assert ops(lambda v: helper(v, 3.0), V)[0] is operator.mul


def test_the_place_of_inlined_code_is_in_the_helper():
    lines = {s.loc.text for s in lower(writes_through_helper, V).body.stmts}
    assert "a[i] *= 2.0" in lines and "a = v * 1.0" in lines


def test_methods_are_the_same_operation_as_functions():
    assert ops(lambda v: v.sum(), V) == ops(lambda v: np.sum(v), V) == [np.sum]
    assert ops(lambda a: a.dot(a.T), A)[-1] is np.dot


@pytest.mark.parametrize(
    "fn, text",
    [
        (lambda v: helper(), "without the argument `a`"),
        (lambda v: Layer.half(v, v), "takes 1 positional arguments but 2"),
        (lambda v: Layer.half(v, k=1), "no parameter `k`"),
        (lambda v: helper(v, a=v), "gets the argument `a` twice"),
        (lambda v: eval("v"), "`eval`"),
        (lambda v: exec("v"), "`exec`"),
        (lambda v: locals(), "`locals`"),
        (lambda v: globals(), "`globals`"),
        (lambda v: np.fill_diagonal(v, 1.0), "writes to its argument"),
        (lambda v: np.put(v, 0, 1.0), "writes to its argument"),
        (lambda v: v(1.0), "which function it is"),
        (lambda v: v.sum().nothing(), "no attribute"),
        (lambda v: helper(**v), "`**` of something"),
    ],
)
def test_refusals(fn, text):
    assert text in refused(fn, V).message


def endless(x):
    return endless(x) + 1.0


def test_recursion_without_end():
    with pytest.raises((UnsupportedSyntax, RecursionError)):
        s2sad.grad(endless)(1.0)


def test_a_c_function_that_nobody_knows_may_not_get_an_array():
    class Callable:
        __call__ = staticmethod(np.frompyfunc(lambda x: x, 1, 1))

    opaque = Callable()
    error = refused(lambda v: opaque(v), V)
    assert error.code in ("S2S003", "S2S011", "S2S002")
