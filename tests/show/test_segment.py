"""Many trips at once, against the same trips one by one."""
import operator

import numpy as np
import pytest

from s2sad import grad, jvp
from s2sad.ir import Block, Call, Const, Fact, For, Var, While
from s2sad.show.layout import Loop
from s2sad.show.segment import Tail
from tests.ir.helper import for_loop, while_loop

FLOAT = Fact("float")


def doubling() -> While:
    """while p < limit: p = p * 2"""
    limit, p, q, t, r, out = (Var(n, FLOAT) for n in ("limit", "p", "q", "t", "r", "out"))
    test = Block((p,), (Call((t,), operator.lt, (p, limit)),), (t,))
    return while_loop(test, [Const(1.0)], Block((q,), (Call((r,), operator.mul, (q, Const(2.0))),), (r,)), [out])


def powers() -> For:
    """for i in range(n): collect p; p = p * x"""
    i, p, q, x = Var("i", Fact("int")), Var("p", FLOAT), Var("q", FLOAT), Var("x", FLOAT)
    items = Var("items", Fact("range"))
    body = Block((i, p), (Call((q,), operator.mul, (p, x)),), (q, p))
    return for_loop([items], [Const(1.0)], body, (Var("y", FLOAT), Var("ps", Fact("list", item=FLOAT))))


def test_trips_are_counted():
    tail = Tail(doubling())
    assert [v.name for v in tail.free] == ["limit"]
    assert tail.count(dict.fromkeys(tail.free, 100.0).get, [], [1.0]) == 7
    assert tail.count(dict.fromkeys(tail.free, 0.5).get, [], [1.0]) == 0


def test_values_and_what_is_collected():
    segment = Tail(powers()).segment(3, [True, False, True])
    assert segment.run((2.0, range(3), 1.0)) == (8.0, [1.0, 2.0, 4.0])
    assert segment.trips == 3


def test_derivatives():
    segment = Tail(powers()).segment(3, [True, False, True])
    assert segment.pullback((2.0, range(3), 1.0), (1.0, [0.0, 0.0, 0.0])) == [12.0, None, 8.0]
    assert segment.pullback((2.0, range(3), 1.0), (0.0, [0.0, 0.0, 1.0])) == [4.0, None, 4.0]
    y_dot, ps_dot = segment.pushforward((2.0, range(3), 1.0), (1.0, None, 0.0))
    assert y_dot == 12.0 and ps_dot == [0.0, 1.0, 4.0]


def test_arguments_are_not_written_to():
    def fill(x, n):
        a = np.zeros(n)
        for i in range(n):
            a[i] = x * i
        return np.sum(a)
    table = grad(fill).trace(2.0, 2000)
    assert table.value == 2.0 * 1999 * 1000
    first = next(row for row in table.primal if row.expression.startswith("zeros"))
    assert not np.any(first.value)


def iterate(x, n):
    for _ in range(n):
        x = 1.0001 * np.sin(x)
    return x


def marched(x, n):
    a = np.zeros(n)
    a[0] = x
    for i in range(1, n):
        a[i] = np.sin(a[i - 1]) + x
    return np.sum(a)


def until(x):
    k = 0
    while x < 3000.0:
        x = x + 1.0 + 0.1 * np.sin(x)
        k += 1
    return x * k


def left_early(x, n):
    s, seen = 0.0, []
    for i in range(n):
        s = s + x / (i + 1)
        if s > 8.0:
            break
        seen.append(s * s)
    else:
        s = 2.0 * s
    return s + sum(seen)


def nested(x, n):
    s = 0.0
    for i in range(n):
        for j in range(n):
            s = s + np.sin(x * i) * j
    return s


def comprehension(x, n):
    return sum([np.sin(x * k) for k in range(n)])


def over_items(xs):
    s = 0.0
    for x in xs:
        s = s + 1e-4 * x * x * s + x
    return s


LONG = [(iterate, (0.5, 3000)), (marched, (0.5, 3000)), (until, (0.5,)), (left_early, (1.0, 100_000)),
        (left_early, (0.1, 1500)), (nested, (0.5, 60)), (comprehension, (0.5, 2000)), (over_items, ([0.1] * 3000,)),
        (over_items, (np.full(3000, 0.1),))]


@pytest.mark.parametrize("fn, args", LONG, ids=[f"{fn.__name__}{k}" for k, (fn, _) in enumerate(LONG)])
def test_long_loops(fn, args):
    table = grad(fn).trace(*args, tangents=True)
    assert table.value == fn(*args)
    np.testing.assert_allclose(table.gradient, grad(fn)(*args), rtol=1e-9)
    x = args[0]
    if not isinstance(x, list):
        e = np.eye(1, np.size(x))[0] if isinstance(x, np.ndarray) else 1.0
        slope = jvp(fn, args, (e, *[None] * (len(args) - 1)))[1]
        np.testing.assert_allclose(table.slope, slope, rtol=1e-9)
    at_once = [row for row in table.rows if "trips at once" in row.expression]
    assert {row.kind for row in at_once} == {"primal", "tangent", "adjoint"}
    assert len(table.rows) < 4000 and len(table.text(100).splitlines()) < 250


def test_a_hundred_thousand_trips():
    table = grad(marched).trace(0.5, 100_000)
    assert "⋮ 99 996 more trips" in table.text(100)
    assert [row.to_dict()["trip"] for row in table.primal if row.trips][-1] == (99_999,)
    loop = next(mark.what for mark in table.marks if isinstance(mark.what, Loop))
    assert loop.trips == 99_999
