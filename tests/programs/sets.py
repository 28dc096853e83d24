"""Sets that a program makes, changes and asks."""

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.3, -0.7, 1.2])
KNOWN = {"a", "b"}


@program(0.7)
@program(V)
def kinds_seen(x):
    seen = set()
    for part in (x, 2.0 * x, 1.0):
        seen.add(type(part))
    (first, *_) = sorted(c.__name__ for c in seen)
    return x * len(seen) if first in ("float", "float64", "ndarray") else 0.0 * x


@program(0.7)
def sole_member(x):
    spaces = set()
    spaces.add(np)
    spaces.add(np)
    try:
        (xp,) = spaces
    except ValueError:
        return 0.0
    return xp.sin(x) * len(spaces)


@program(0.7)
def changed_through_another_name(x):
    a = {1, 2}
    b = a
    c = a | {7}
    b |= {3}
    a -= {1}
    b.discard(9)
    b.update([4, 5], (6,))
    b.remove(4)
    return x ** len(a) * (2.0 if a is b and 1 not in b and a == {2, 3, 5, 6} else 1.0) + x * len(c)


@program(0.7)
def algebra(x):
    a, b = set("abc"), frozenset("bcd")
    n = len(a & b) + 10 * len(a ^ b) + 100 * len(a - b) + 1000 * len(a.union(b, "xy"))
    if a <= b or not a >= {"a"} or a.isdisjoint(b) or a.issubset("ab") or not a.issuperset("ab"):
        return 0.0
    return n * x * x + len(a.intersection(b).copy()) * x + len(b | a)


@program(0.7)
def changed_in_a_branch(x):
    seen = {"start"}
    if x > 0.5:
        y = x * x
        seen.add("squared")
    else:
        y = x
        seen.add("squared")
    return y * len(seen) + (x if "squared" in seen else 0.0)


@program(V)
def asked_with_a_value_at_run_time(v):
    picked = {0, 2}
    s = 0.0
    for k in range(v.shape[0]):
        if k in picked:
            s = s + v[k] * v[k]
    return s


@program(0.7)
def keyword_names(x):
    def scaled(**options):
        extra = set(options).intersection(["scale", "shift"])
        if set(options) - {"scale", "shift"}:
            raise TypeError("unknown option")
        return x * sum(options[k] for k in sorted(extra))

    return scaled(scale=2.0, shift=x)


@program(0.7)
def emptied(x):
    todo = {3}
    todo.clear()
    return x * x if not todo and KNOWN == {"b", "a"} else 0.0


@refused("UnsupportedSyntax", 0.7, text="different")
def members_that_depend_on_a_value(x):
    seen = set()
    if x > 0.5:
        seen.add(1)
    return x * len(seen)


@refused("UnsupportedSyntax", V)
def filled_in_a_loop(v):
    seen = set()
    for k in range(v.shape[0]):
        seen.add(k)
    return v[0] * len(seen)


@refused("UnsupportedSyntax", 0.7)
def changes_a_set_from_outside(x):
    KNOWN.add("c")
    return x * len(KNOWN)
