"""Simple statements."""

from __future__ import annotations

import math

import numpy as np
import pytest

from s2sad import runtime
from tests.frontend.helper import A, V, check, ops, refused


def chained(v):
    a = b = v * 2.0
    c = d = v[0]
    a[0] = 1.0
    return a, b, c, d


def unpacking(v):
    a, (b, [c, d]) = v[0], (v[1], [v[2], v[3]])
    e, *f, g = [a, b, c, d]
    (*h,) = (a, b)
    (i,) = [c]
    return a, b, e, f, g, h, i


def unpacking_arrays(v):
    a, b, c, d = v
    first, *rest = v
    return a * d, first, rest[1]


def unpacking_rows(v):
    a, b = np.reshape(v, (2, 2))
    return a @ b


def swap(v):
    a, b = v[0], v[1]
    a, b = b, a + b
    return a, b


def annotated(v):
    x: float = v[0]
    y: float
    y = x * 2.0
    return y


def augmented(v):
    s = v[0]
    s += 1.0
    s -= v[1]
    s *= s
    s /= 2.0
    s **= 2
    s %= 3.0
    s //= 0.1
    n = 7
    n <<= 2
    n |= 1
    return s, n


def augmented_targets(v):
    a = v * 1.0
    xs = [v[0], v[1]]
    table = {"k": v[2]}
    a[0] += 1.0
    a[1:3] *= 2.0
    xs[1] -= v[3]
    table["k"] /= 3.0
    return a, xs, table


def order_of_evaluation(v):
    seen = []

    def at(k):
        seen.append(k)
        return k

    a = v * 1.0
    a[at(1)] = v[at(0)]
    a[at(2)] += v[at(3)]
    return a, seen


def value_before_target(v):
    a = v * 1.0
    i = 0
    i, a[i] = 2, 5.0
    return a


def asserts(v):
    assert True
    assert v.shape == (4,), "four"
    assert v[0] < v[2], f"{v}"
    return v[0]


def nested_functions(v):
    scale = v[0]

    def times(x, by=2.0, *, plus=0.0):
        """Inner."""
        return x * by * scale + plus

    scale = v[1]
    return times(v[2]), times(v[2], 3.0, plus=v[3])


def nonlocal_inside(v):
    total = 0.0

    def add(x):
        nonlocal total
        total += x

    for x in v:
        add(x)
    return total


def decorated_inside(v):
    def twice(fn):
        return lambda x: fn(fn(x))

    @twice
    def half(x):
        return x / 2.0

    return half(v[0])


def imports(v):
    import math as m
    from math import cos  # noqa: I001
    from math import sin as sine

    return m.exp(v[0]) + cos(v[1]) + sine(v[2])


def deletes(v):
    a = v[0]
    b = a * 2.0
    del a
    xs = [b, v[1], v[2]]
    del xs[1]
    table = {"x": b, "y": v[3]}
    del table["x"]
    return xs, table


def with_errstate(v):
    with np.errstate(all="ignore"):
        y = np.sqrt(v)
    return np.nansum(y)


def nothing(v):
    pass


def expression_statements(v):
    "a string"
    v[0] + 1.0
    ...
    return v[0]


def early(v):
    return v[0]
    return v[1]


def global_read(v):
    global math
    return math.sin(v[0])


PROGRAMS = [
    chained,
    unpacking,
    unpacking_arrays,
    unpacking_rows,
    swap,
    annotated,
    augmented,
    augmented_targets,
    order_of_evaluation,
    value_before_target,
    asserts,
    nested_functions,
    nonlocal_inside,
    decorated_inside,
    imports,
    deletes,
    with_errstate,
    nothing,
    expression_statements,
    early,
    global_read,
]


@pytest.mark.parametrize("fn", PROGRAMS, ids=lambda f: f.__name__)
def test_same_as_python(fn):
    check(fn, V.copy())


def test_what_cannot_fail_is_not_asserted():
    def f(v):
        assert v.ndim == 1
        return v

    assert runtime.raise_ not in ops(f, V)


def test_a_failing_assertion_raises_in_the_ir():
    def f(x):
        assert x > 0.0, "positive"
        return x

    assert runtime.raise_ in ops(f, 1.0)


@pytest.mark.parametrize(
    "fn, args, code", [(lambda v: v.x, (V,), "S2S011"), (lambda t: [a for a, b in [t]], ((1.0, 2.0, 3.0),), "S2S010")]
)
def test_refusals(fn, args, code):
    assert refused(fn, *args).code == code


def test_too_many_values():
    def f(v):
        a, b = (v, v, v)
        return a

    error = refused(f, V)
    assert error.code == "S2S010" and "3 values are unpacked into 2 names" in error.message


def test_a_name_that_was_deleted():
    def f(v):
        a = v
        del a
        return a

    assert refused(f, V).code == "S2S014"


def test_a_global_that_is_written():
    def f(v):
        global A
        A = v
        return v

    assert refused(f, V).code == "S2S009" and A.shape == (2, 3)


def test_writing_to_an_outer_variable_of_a_closure():
    count = 0

    def f(v):
        nonlocal count
        count += 1
        return v

    assert refused(f, V).code == "S2S009" and count == 0
