"""Straight-line code: assignments, unpacking, operators, expressions."""

import math

import numpy as np

from tests.programs.registry import program

SCALE = 1.7
TABLE = np.array([0.5, -1.0, 2.0])
V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.2, 1.1, -0.4], [0.8, -0.6, 0.5]])


@program(2.0, 5.0, tags="second")
@program(np.float64(2.0), np.float64(5.0))
@program(np.array([2.0, 3.0]), np.array([5.0, 0.5]))
@program(np.array(2.0), 5.0)
def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


@program(0.7, tags="second")
def identity(x):
    return x


@program(V)
def identity_array(v):
    return v


@program(0.7, 1.5)
def unused_argument(x, y):
    return 3.0 * x


@program(0.7, argnums=(0,))
def constant_result(x):
    return 4.0


@program(V)
def constant_array(v):
    return np.ones(3)


@program(0.7, 1.2)
def returns_tuple(x, y):
    return x * y, np.sin(x)


@program(0.7, V)
def returns_dict(x, v):
    return {"scaled": x * v, "sum": np.sum(v)}


@program(0.7)
def returns_list(x):
    return [x, x * x, 2.0]


@program(0.7, V)
def returns_nested(x, v):
    return (x * v, [x, (np.cos(x),)])


@program(1.3, tags="second")
def reassignment(x):
    x = x * x
    x = np.sin(x)
    x = x + 1.0
    return x


@program(0.4, tags="second")
def augmented_scalars(x):
    y = x
    y += 2.0
    y *= x
    y -= 0.5 * x
    y /= 1.0 + x
    y **= 2
    return y


@program(0.4, 1.9)
def swap(x, y):
    x, y = y, x
    return x - 3.0 * y


@program(0.4, 1.9)
def chained_assignment(x, y):
    a = b = c = x * y
    a = a + 1.0
    return a * b + c


@program(0.4, 1.9, 0.2)
def nested_unpacking(x, y, z):
    (a, b), c = (x, y), z
    [p, q] = [a * b, c]
    return p - q * q


@program(0.4, 1.9, 0.2)
def starred_unpacking(x, y, z):
    first, *middle, last = x, y * z, x * z, z
    return first + 2.0 * middle[0] * middle[1] - last


@program(V)
def starred_unpacking_of_array(v):
    head, *tail = v
    return head * tail[0] - tail[2]


@program(V)
def unpack_array(v):
    a, b, c, d = v
    return a * b - c / (2.0 + d)


@program(A)
def unpack_rows(m):
    p, q = m
    return np.sum(p * q) + p[0]


@program(0.4, 1.9)
def starred_display(x, y):
    xs = [x, y]
    ys = [*xs, x * y]
    t = (*ys, 1.0)
    return t[0] * t[1] + t[2] * t[3]


@program(0.4)
def walrus(x):
    return (y := np.sin(x)) * y + y


@program(0.4, -0.3)
def ternary(x, y):
    return (x * y if x > y else x + y) * 2.0


@program(0.4, -0.3)
@program(0.0, -0.3, argnums=(1,))
def or_value(x, y):
    return (x or y) * y


@program(0.4, -0.3)
@program(0.0, -0.3, argnums=(1,))
def and_value(x, y):
    z = x and x * y
    return z + y


@program(0.4, -0.3, 0.9)
def mixed_bool_values(x, y, z):
    w = (x > 1.0 and y) or (y < 0.0 and z * x) or x
    return w * w


@program(0.4, 0.9)
@program(1.4, 0.9)
def chained_comparison(x, hi):
    return x * hi if 0.0 < x < hi else x - hi


@program(0.4)
def not_test(x):
    if not x > 1.0:
        return x * x
    return x


@program(0.4)
def docstring_and_fstring(x):
    """A docstring, a message and an assertion that do not matter."""
    label = f"x={x!r:>10} {'a' + 'b'}"
    assert x > 0.0, f"positive: {x}"
    assert len(label) > 0
    return x * 3.0


@program(0.4)
def annotated(x: float) -> float:
    y: float = x * 2.0
    z: float
    z = y + x
    return z


@program(0.4)
def expression_statement(x):
    np.sin(x)
    x
    "just a string"
    return x * x


@program(0.4)
def passes(x):
    pass
    ...
    return -x


@program(0.4)
def global_constants(x):
    return SCALE * x + TABLE[1] * x * x


@program(V[:3])
def global_array(v):
    return np.sum(TABLE * v)


@program(1.3, 0.7, tags="second")
def python_operators(x, y):
    return -x + (+y) - x * y / 3.0 + x**2 - 2.0**y + x**y + x // 1.0 + x % 0.9


@program(1.3, 0.7)
def math_functions(x, y):
    a = math.sin(x) + math.cos(y) * math.tan(y) + math.exp(-x) + math.log(x) + math.sqrt(y)
    b = math.tanh(x) - math.atan2(x, y) + math.hypot(x, y) + math.pow(x, y) + math.log1p(x)
    c = math.asin(y) + math.acos(y) + math.atan(x) + math.sinh(y) + math.cosh(y) + math.expm1(y)
    return a + b * c + math.pi * math.fabs(x) + math.floor(x) + math.log(x, 3.0) + math.log2(x) + math.log10(y)


@program(1.3, -0.7)
def builtins(x, y):
    return abs(y) + max(x, y) * min(x, 2.0, y) + float(x) + pow(x, 2) + sum([x, y]) + round(0.4)


@program(1.3)
def same_value_many_times(x):
    return x * x * x + x / x + (x - x)


@program(1.3, V)
def broadcasts(x, v):
    return x + v * x - v / x + x**2 * v


@program(A, V[:3])
def broadcasts_rows(m, v):
    return m * v + v - m / (2.0 + v)


@program(A[:, :1], A[:1, :])
def broadcasts_both(col, row):
    return np.sum(col * row + col)


@program(A, 0.4)
def methods(m, x):
    return (m * x).T.copy().reshape(3, 2).sum(axis=0).mean() + m.ravel().dot(m.flatten()) + m.max()


@program(np.array(0.6), V)
def zero_dimensional(x, v):
    return x * np.sum(v) + x[()] * v[0]


@program(np.zeros(0), 0.3)
def empty_array(v, x):
    return np.sum(v * x) + x


@program(0.3, 2.0, True, "tanh")
def static_arguments(x, y, flag, name):
    if flag and name == "tanh":
        return np.tanh(x * y)
    return x + y


@program(0.3, None)
def none_argument(x, bias=None):
    if bias is None:
        bias = 1.0
    return x * bias + x


@program(0.3, 3)
def integer_argument(x, n):
    return x * n + x**n + n


@program(V, 2)
def integer_index_argument(v, k):
    return v[k] * v[k - 1] + v[-k]


@program(V)
def shape_driven(v):
    n = len(v)
    return np.sum(v) / n + v.shape[0] * v[0] + v.size * v[1] + v.ndim * v[2]


@program(V)
def matmul_chain(v):
    W = np.outer(v, v) + np.eye(4)
    return v @ W @ v


@program(0.3)
def conditional_import_names(x):
    sin = np.sin
    return sin(x) + sin(2.0 * x)


@program(0.3, 0.6)
def names_like_ours(x, x_bar):
    y_bar = x * x_bar
    ps = y_bar + x
    g = [ps, y_bar]
    return g[0] * g[1]


@program(0.3)
def delete_unneeded(x):
    y = np.sin(x)
    z = y * y
    del y
    return z


program(0.7)(lambda x: x * np.sin(x))
program(0.7, 0.2)(lambda x, y=2.0: x * y)
program(0.5)(lambda u: (lambda t: t * t)(u) + u)
