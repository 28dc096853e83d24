"""Calls: helpers, keywords, defaults, star arguments, closures, recursion, functions as values."""

import functools
import operator

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.3, -0.7, 1.2, 0.9])
WEIGHT = 0.8


def square(u):
    return u * u


def affine(u, scale=2.0, *, shift=0.5):
    """A helper with a default and a keyword."""
    return scale * u + shift


def branchy(u):
    if u > 1.0:
        return u * u
    return np.sin(u)


def two_results(u, w):
    return u * w, u - w


def total(*terms, weight=1.0):
    s = 0.0
    for t in terms:
        s += weight * t
    return s


def options(u, **kwargs):
    return u * kwargs["gain"] + kwargs.get("bias", 0.0)


def power(u, n):
    if n == 0:
        return 1.0
    return u * power(u, n - 1)


def gcd_like(u, w):
    if u < 0.5:
        return w
    return gcd_like(w * 0.7, u * 0.6) + u * 0.1


def is_even(u, n):
    return u if n == 0 else is_odd(u * 1.1, n - 1)


def is_odd(u, n):
    return -u if n == 0 else is_even(u * u, n - 1)


def loops_inside(v):
    s = 0.0
    for p in v:
        if p < 0.0:
            continue
        s += p * p
    return s


def apply_twice(g, u):
    return g(g(u))


def compose(g, h):
    return lambda u: g(h(u))


def make_scaler(k):
    def scaler(u):
        return k * u

    return scaler


def fill_first(a, value):
    a[0] = value


def scale_in_place(a, k):
    a *= k
    return a


@program(0.6, tags="second")
def helper(x):
    return square(x) + square(square(x))


@program(0.6)
def keywords_and_defaults(x):
    return affine(x) + affine(x, 3.0) * affine(x, shift=x) + affine(scale=x, u=x, shift=1.0)


@program(0.6)
@program(1.6)
def helper_with_branches(x):
    return branchy(x) * branchy(2.0 * x)


@program(0.6, 1.4)
def multiple_results(x, y):
    p, q = two_results(x, y)
    r = two_results(p, q)
    return r[0] * r[1]


@program(0.6, 1.4)
def star_arguments(x, y):
    args = (x, y, x * y)
    return total(*args) + total(x, y, weight=y) + total()


@program(0.6, 1.4)
def double_star_arguments(x, y):
    extra = {"gain": y, "bias": x}
    return options(x, **extra) + options(y, gain=x)


@program(0.6, tags="second")
def recursion(x):
    return power(x, 4) + power(x, 0)


@program(0.9, 0.8)
def recursion_on_values(x, y):
    return gcd_like(x, y)


def halves(v):
    if len(v) <= 1:
        return np.sum(v)
    h = len(v) // 2
    return halves(v[:h]) * 1.5 + halves(v[h:]) * halves(v[:h])


@program(np.array([0.3, 1.1, 0.7, 0.4, 0.2]))
def recursion_on_arrays(v):
    return halves(v * v) * v[0]


@program(0.9)
def mutual_recursion(x):
    return is_even(x, 3) * is_odd(x, 2)


@program(V)
def helper_with_loop(v):
    return loops_inside(v) * loops_inside(v * 0.5)


@program(0.6)
def function_values(x):
    return apply_twice(np.sin, x) + apply_twice(square, x) + apply_twice(lambda t: t + x, x)


@program(0.6)
def composed(x):
    return compose(np.sin, square)(x) + compose(lambda t: 2.0 * t, np.exp)(x)


@program(0.6)
def functions_in_a_list(x):
    layers = [np.tanh, square, lambda t: t + 1.0]
    for layer in layers:
        x = layer(x)
    return x


@program(0.6)
def functions_in_a_dict(x):
    table = {"a": np.tanh, "b": square}
    return table["a"](x) * table["b"](x)


@program(0.6, 1.4)
def nested_function(x, y):
    def inner(t):
        return t * y

    return inner(x) + inner(inner(y))


@program(0.6)
def nested_function_sees_later_binding(x):
    k = 1.0

    def inner(t):
        return t * k

    k = x
    return inner(x)


@program(0.6, 1.4)
def nested_with_defaults(x, y):
    def inner(t, k=x):
        return t * k + y

    x = 100.0
    return inner(y)


@program(0.6)
def nested_nonlocal(x):
    count = x

    def bump(t):
        nonlocal count
        count = count * t
        return count

    return bump(2.0) + bump(x)


@program(0.6)
def closure_factory(x):
    scale = make_scaler(x)
    return scale(scale(2.0))


def _capturing(k, table):
    def captured(x):
        return k * x * table[1]

    return captured


def _decorated(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs) * 2.0

    return wrapper


program(0.6)(_capturing(3.0, np.array([1.0, 2.0])))


@program(0.6, V)
@_decorated
def decorated(x, v):
    return x * np.sum(v)


@program(0.6)
def partial_application(x):
    g = functools.partial(affine, scale=x)
    return g(x) + g(2.0, shift=x)


@program(0.6)
def immediately_called_lambda(x):
    return (lambda a, b=2.0: a * b)(x, x) + (lambda *t: t[0] - t[1])(x, 1.0)


@program(0.6, V)
def helper_writes_argument(x, v):
    a = v * 1.0
    fill_first(a, x * a[1])
    return np.sum(a * a)


@program(0.6, V)
def helper_writes_our_argument(x, v):
    fill_first(v, x)
    return np.sum(v * v)


@program(0.6, V)
def helper_returns_what_it_wrote(x, v):
    a = v.copy()
    b = scale_in_place(a, x)
    return np.sum(a * b)


@program(0.6, V)
def helper_writes_a_view(x, v):
    a = v.copy()
    fill_first(a[2:], x)
    scale_in_place(a[:2], x)
    return np.sum(a * a)


@program(0.6, V)
def helper_writes_in_loop(x, v):
    a = v.copy()
    for i in range(3):
        fill_first(a[i:], x * a[i + 1])
    return a


@program(0.6, V)
def closure_writes_captured(x, v):
    a = v.copy()

    def put(i, t):
        a[i] = t * a[i]

    put(0, x)
    put(1, a[0])
    return np.sum(a * a)


@program(0.6)
def helper_called_in_comprehension(x):
    return sum([square(x * k) for k in range(3)])


@program(0.6, V)
def map_by_loop(x, v):
    out = np.zeros(len(v))
    for i in range(len(v)):
        out[i] = branchy(v[i] * x)
    return out


@program(0.6)
def keyword_only_call(x):
    def g(*, a, b=1.0):
        return a * b

    return g(a=x) + g(b=x, a=2.0)


@program(0.6, 1.4, 2.0)
def starred_parameters(x, *rest):
    return x * rest[0] + rest[1] * len(rest)


@program(0.6)
def default_argument_of_program(x, k=3.0, *, bias=0.25):
    return k * x + bias


class Scaler:
    """An object that a program calls methods of."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, u):
        return self.factor * u

    def shifted(self, u, by=1.0):
        return self(u) + by


SCALER = Scaler(1.5)


@program(0.6)
def methods_of_captured_object(x):
    return SCALER(x) * SCALER.shifted(x, by=x)


@program(0.6)
def early_return_helper_in_loop(x):
    def first_above(t, limit):
        for i in range(10):
            t = t * 1.6
            if t > limit:
                return t
        return limit

    s = 0.0
    for limit in (1.0, 2.0, 50.0):
        s += first_above(x, limit)
    return s


def line(z, slope, offset):
    return slope * z + offset


@program(np.array([1.3, -0.4]), 0.7, tags="second")
def parameters_in_an_array(theta, z):
    return line(z, *theta) * line(*theta, offset=z) + (lambda a, b: a * b)(*theta)


@program([1.3, -0.4, 0.2], 0.7)
def parameters_in_a_list_that_grows(theta, z):
    found = []
    for t in theta[1:]:
        found.append(t * z)
    return line(z, *found) + functools.partial(line, z)(*np.array(found))


@refused("UnsupportedSyntax", np.array([1.3, -0.4]), code="S2S010", text="`*` of something")
def parameters_for_options(theta):
    def scaled(a, b=1.0):
        return a * b

    return scaled(*theta)


@program(np.array([0.7, 1.3, -0.4]), tags="second")
def folded_over_an_array(v):
    return functools.reduce(lambda total, x: total * x + 1.0, v, 0.5) + functools.reduce(operator.mul, v)


@program(np.array([[0.7, 1.3], [0.2, -0.4]]))
def folded_over_rows(m):
    return functools.reduce(lambda a, row: a * row + row, m) + functools.reduce(np.add, m[:0], m[0])
