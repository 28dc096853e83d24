"""Branches, loops and their exits."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.ir import For, If, While
from s2sad.ir.walk import statements
from tests.frontend.helper import A, V, check, lower, refused


def kinds(fn, *args):
    return [type(s) for s in statements(lower(fn, *args).body) if not hasattr(s, "op")]


def branches(x, n):
    if x > 0.5:
        y = x * 2.0
    elif x > 0.0:
        y = x - 1.0
        if n > 1:
            y *= 3.0
    else:
        y = 0.0
    return y


def branch_returns(x, n):
    if x > 0.5:
        return x
    if n > 1:
        if x > 0.1:
            return x * 2.0
        x = x + 1.0
    else:
        return -x
    return x * 3.0


def branch_writes(x, n):
    a = np.zeros(3)
    b = a
    if x > 0.5:
        a[0] = x
    elif n > 1:
        a[1:] += x
    b[2] = 1.0
    return a, b


def branch_rebinds(x, n):
    a = np.zeros(3)
    if n > 1:
        a = a + x
    a[2] = 1.0
    return a


def branch_structures(x, n):
    pair, table = (x, [n]), {"k": x}
    if x > 0.5:
        pair = (x * 2.0, [n + 1])
        table["k"] = 3.0
        table["new"] = 1.0
    else:
        pair[1][0] = 7
        table["new"] = x
    return pair, table


def one_sided(x, n):
    if n > 1:
        y = x * 2.0
    if n > 1:
        return y
    return x


def branch_appends(x, n):
    xs = [x]
    if x > 0.5:
        xs.append(x * 2.0)
    return len(xs), xs[-1]


def loop(x, n):
    s = x
    for i in range(n):
        s = s * x + i
    return s


def loop_variable_after(x, n):
    i = -1
    for i in range(n):
        x = x * 0.5
    return x, i


def loop_steps(x, n):
    s = []
    for i in range(n, -n, -2):
        s.append(i * x)
    for i in reversed(range(2, n + 3)):
        s.append(i)
    return s


def loop_breaks(x, n):
    k = 0
    for i in range(n):
        x = x * 1.5
        if x > 1.0:
            break
        k = i
    else:
        x = -x
    return x, k


def loop_continues(x, n):
    s = 0.0
    for i in range(n):
        if i % 2 == 0:
            continue
        s += x * i
        if s > 5.0:
            continue
        s += 1.0
    return s


def loop_returns(x, n):
    for i in range(n):
        for j in range(n):
            x = x * 1.3
            if x > 1.0 + i:
                return x, i, j
    return x, -1, -1


def loop_writes(x, n):
    a = np.zeros((n + 1, 2))
    for i in range(n):
        row = a[i]
        row[0] = x * i
        a[i + 1, 1] = row[0] + a[i, 1]
    return a


def loop_carries_structures(x, n):
    state = {"p": (x, 0), "q": [x, x]}
    for _ in range(n):
        p, k = state["p"]
        state["p"] = (p * 2.0, k + 1)
        state["q"][0] = p
    return state


def loop_appends(x, n):
    xs = []
    ys = [x]
    for i in range(n):
        xs.append(ys[-1] * x)
        ys.append(xs[-1])
        if i == 2:
            xs.pop()
    return xs, ys


def loop_over_what_it_made(x, n):
    xs = [x * i for i in range(n)]
    s = 0.0
    for k, v in enumerate(xs):
        s += k * v
    for a, b in zip(xs, xs[1:]):
        s += a * b
    for v in reversed(xs):
        s = s * 0.5 + v
    return s


def nested_exits(x, n):
    total = 0.0
    for i in range(n):
        for j in range(n):
            if j > i:
                break
            if (i + j) % 3 == 1:
                continue
            total += x * j
        else:
            total -= 1.0
            continue
        if total > 3.0:
            break
    return total


def loop_undefined_before(x, n):
    for i in range(n + 1):
        y = x * i
    return y


def while_loop(x, n):
    k = 0
    while x < 10.0 and k < n:
        x = x * 1.7
        k += 1
        if x > 3.0:
            break
    else:
        k = -k
    return x, k


def while_true(x, n):
    while True:
        x = x + 1.0
        n -= 1
        if n < 0:
            return x


def while_over_a_list(x, n):
    todo = [x] * 1
    done = []
    while todo:
        y = todo.pop()
        done.append(y)
        if len(done) < n:
            todo.append(y * 0.5)
    return done


def changes_kind(x, n):
    s = 0
    for i in range(n):
        s = s + x
    return s


def recursion(x, n):
    def power(k):
        return 1.0 if k == 0 else x * power(k - 1)

    return power(4)


PROGRAMS = [
    branches,
    branch_returns,
    branch_writes,
    branch_rebinds,
    branch_structures,
    one_sided,
    branch_appends,
    loop,
    loop_variable_after,
    loop_steps,
    loop_breaks,
    loop_continues,
    loop_returns,
    loop_writes,
    loop_carries_structures,
    loop_appends,
    loop_over_what_it_made,
    nested_exits,
    loop_undefined_before,
    while_loop,
    while_true,
    while_over_a_list,
    changes_kind,
    recursion,
]


@pytest.mark.parametrize("x, n", [(0.7, 0), (0.7, 1), (0.2, 4), (-0.3, 3), (0.2, 1), (0.9, 7)])
@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn, x, n):
    check(fn, x, n)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: [x * 2.0 for x in v],
        lambda v: [i * x for i, x in enumerate(v, 1)],
        lambda v: [x * y for x, y in zip(v, v[::-1])],
        lambda v: [x for x in reversed(v)],
        lambda v: [x + y for x, y in np.outer(v, v)[:, :2]],
        lambda v: [k for k in {"a": 1, "b": 2}],
        lambda v: [x * y for x, y in {1.0: v[0], 2.0: v[1]}.items()],
        lambda v: list(map(lambda x: x * 2.0, v)),
        lambda v: [a * b + c for (a, b), c in zip(zip(v, v), v)],
        lambda v: [r.sum() for r in np.outer(v, v)],
        lambda v: [i for i in np.arange(3)],
        lambda v: [c for c in "ab"],
    ],
)
def test_iterables(fn):
    check(fn, V)
    check(fn, V[:2])


def test_a_loop_is_a_loop_whatever_its_length():
    assert kinds(loop, 0.7, 3) == [For] and kinds(while_loop, 0.7, 3)[0] is While
    assert kinds(branches, 0.7, 3) == [If, If, If]


def test_loops_over_structure_dissolve():
    def f(layers, x):
        for w, b in layers:
            x = x * w + b
        return x

    assert kinds(f, [(1.0, 2.0), (3.0, 4.0)], 0.5) == []
    check(f, [(1.0, 2.0), (A, 4.0)], 0.5)


def test_the_loop_carries_only_what_changes():
    def f(x, n):
        y, z = x * 2.0, 0.0
        for i in range(n):
            t = y * i
            z += t
        return z

    (made,) = [s for s in statements(lower(f, 0.5, 3).body) if isinstance(s, For)]
    assert len(made.inits) == 1


def different_structure(x):
    state = (x, x) if x > 0.0 else (x,)
    return state[0]


def different_kind(x):
    xs = [x]
    if x > 0.0:
        xs = {"a": x}
    return xs


def grows(x):
    t = ()
    for i in range(int(x)):
        t = (*t, x)
    return t


def iterates_while_it_changes(x):
    xs = [x, x * 2.0]
    for y in xs:
        if y < 0.0:
            xs.append(y)
    return xs


def maybe_unassigned(x):
    if x > 10.0:
        y = x
        z = y
    del x
    return x


@pytest.mark.parametrize(
    "fn, codes",
    [
        (different_structure, ("S2S010",)),
        (different_kind, ("S2S010",)),
        (grows, ("S2S010",)),
        (iterates_while_it_changes, ("S2S010", "S2S001")),
        (maybe_unassigned, ("S2S014",)),
    ],
)
def test_refusals(fn, codes):
    assert refused(fn, 0.5).code in codes


def test_a_name_without_a_value_raises_pythons_error_when_it_is_read():
    def f(x):
        if x > 0.0:
            y = x
        return y

    check(f, 0.5)
    from s2sad.ir.interpret import interpret

    with pytest.raises(NameError):
        interpret(lower(f, 0.5), -0.5)
