"""Loops: ranges, arrays, lists, enumerate, zip, reversed; carried and collected values."""
import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.2, 1.1, -0.4], [0.8, -0.6, 0.5]])


@program(0.9, 5, tags="second")
@program(0.9, 1)
@program(0.9, 0)
def power_loop(x, n):
    y = 1.0
    for _ in range(n):
        y = y * x
    return y


@program(0.4, 6, tags="second")
@program(0.4, 0)
def logistic(x, n):
    for i in range(n):
        x = 2.5 * x * (1.0 - x)
    return x


@program(0.4)
def range_forms(x):
    s = 0.0
    for i in range(3):
        s += x * i
    for i in range(2, 5):
        s = s * x + i
    for i in range(7, 0, -3):
        s -= np.sin(x * i)
    for i in range(5, 2):
        s = 100.0 * s
    return s


@program(V)
def over_array(v):
    s = 0.0
    for p in v:
        s = s + p * p * s + p
    return s


@program(A)
def over_rows(m):
    s = 0.0
    for row in m:
        s += np.sum(row * row) * row[0]
    return s


@program(np.zeros((0, 3)), 0.4)
def over_no_rows(m, x):
    s = x
    for row in m:
        s += np.sum(row) * x
    return s


@program(0.5, 1.5)
def over_list(x, y):
    s = 1.0
    for p in [x, y, x * y]:
        s = s * p + x
    return s


@program(0.5)
def over_tuple_of_constants(x):
    s = 0.0
    for k, c in ((1, 0.5), (2, 0.25), (3, 0.125)):
        s += c * x ** k
    return s


@program(V)
def enumerated(v):
    s = 0.0
    for i, p in enumerate(v):
        s += (i + 1) * p * p
    for i, p in enumerate(v, 10):
        s += i * p
    return s


@program(V, V[::-1].copy())
def zipped(v, w):
    s = 0.0
    for p, q in zip(v, w):
        s += p * q * s + q
    return s


@program(V, np.array([2.0, 3.0]))
def zipped_unequal(v, w):
    s = 0.0
    for p, q in zip(v, w):
        s += p * q
    return s


@program(V, V * 2.0)
def enumerate_zip(v, w):
    s = 0.0
    for i, (p, q) in enumerate(zip(v, w)):
        s += i * p - q * s
    return s


@program(V)
def reversed_array(v):
    s = 0.0
    for p in reversed(v):
        s = s * 0.5 + p * p
    for i in reversed(range(len(v))):
        s = s * v[i] + 1.0
    return s


@program(V)
def indices(v):
    s = 0.0
    for i in range(len(v)):
        s += v[i] * v[i - 1]
    return s


@program(V)
def neighbours(v):
    s = 0.0
    for i in range(1, v.shape[0] - 1):
        s += (v[i - 1] - 2.0 * v[i] + v[i + 1]) ** 2
    return s


@program(A)
def nested_loops(m):
    s = 0.0
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            s = s + m[i, j] * (i + 2 * j) * s * 0.1 + m[i, j]
    return s


@program(0.4, 4)
def triangular(x, n):
    s = 0.0
    for i in range(n):
        for j in range(i):
            s += x ** (i - j) * (j + 1)
    return s


@program(0.8, 3)
def three_deep(x, n):
    y = x
    for i in range(n):
        for j in range(i, n):
            t = y
            for k in range(2):
                t = np.sin(t * x) + k
            y = y + 0.1 * t
    return y


@program(0.3, 0)
@program(0.3, 3)
def loop_variable_after(x, n):
    i = 10
    for i in range(n):
        x = x * 1.5
    return x * i


@program(V)
def array_item_after(v):
    for p in v:
        pass
    return p * p


@program(0.3)
def loop_variable_reassigned(x):
    s = 0.0
    for i in range(4):
        s += x * i
        i = i * 10
        s += 0.01 * i * x
    return s


@program(0.3, 3)
def two_carried_crossed(x, n):
    a, b = x, 1.0
    for _ in range(n):
        a, b = b * x, a + b
    return a * b


@program(0.3, 3)
@program(0.3, 0)
def first_assigned_in_loop(x, n):
    y = x
    for i in range(n):
        z = np.sin(y)
        y = z * z + x
    return y


@program(0.3, 3)
def used_after_loop(x, n):
    for i in range(n):
        z = x * (i + 1)
        w = z * z
    return z + w


@program(0.3, 4)
def loop_invariant(x, n):
    s = 0.0
    for i in range(n):
        c = np.sin(x) * 2.0
        s += c * s + c
    return s


@program(0.3, 4)
def nothing_active(x, n):
    k = 0
    for i in range(n):
        k += i * 2
    return k * x


@program(0.3, 6)
@program(1.7, 6)
def branch_in_loop(x, n):
    for i in range(n):
        if x > 1.0:
            x = x * 0.5
        else:
            x = x * x + 0.6
    return x


@program(0.3, 6)
def branch_on_index(x, n):
    s = x
    for i in range(n):
        if i % 2 == 0:
            s = np.sin(s) + x
        elif i == 3:
            s = s * s
        else:
            s -= 0.5
    return s


@program(V, 3)
def array_carried(v, n):
    for i in range(n):
        v = np.sin(v) + 0.5 * v
    return v


@program(0.3, V, 3)
def scalar_becomes_array(x, v, n):
    s = 0.0
    for i in range(n):
        s = s * x + v
    return np.sum(s * s)


@program(V, 3)
def matrix_power_loop(v, n):
    M = np.outer(v, v)
    P = np.eye(4)
    for _ in range(n):
        P = P @ M * 0.3
    return P


@program(0.7)
def integer_start(x):
    s = 0
    for i in range(3):
        s = s + x
    return s * x


@program(0.7)
def integer_start_zero_trips(x):
    s = 0
    for i in range(0):
        s = s + x
    return s * x + x


@program(V)
def bounds_from_data(v):
    n = int(np.sum(v > 0.0))
    s = 1.0
    for i in range(n):
        s *= v[i] + 2.0
    return s


@program(V)
def running_maximum(v):
    best = v[0]
    for p in v[1:]:
        if p > best:
            best = p
    return best * best


@program(V)
def slices_in_loop(v):
    s = 0.0
    for i in range(1, len(v)):
        s += np.sum(v[:i]) * v[i]
    return s


@program(V)
def over_shape_and_slices(v):
    s = 0.0
    for n in v.shape:
        for p in v[1:n:2]:
            s += p * n
    return s


@program(0.4, 2)
def recomputed_constants(x, n):
    s = 0.0
    for i in range(n):
        w = 2.0 * i + 1.0
        h = 1.0 / (w * w)
        s += h * x ** 2
    return s


@program(0.4)
def dead_loop(x):
    y = x
    for i in range(3):
        y = y * x
    return x


@program(np.float64(0.4), 3)
@program(np.array(0.4), 3)
def numpy_scalar_carried(x, n):
    y = x
    for i in range(n):
        y = np.cos(y) * x
    return y


@program(np.array([0.3, -0.7, 1.2, 0.4]), np.array([0.5, 1.1, -0.2]), tags="second")
def a_carried_array_that_is_broadcast_in_the_first_step(c, x):
    c = c.reshape(c.shape + (1,))
    last, now = c[-2], c[-1]
    for k in range(3, len(c) + 1):
        last, now = c[-k] - now, last + now * 2.0 * x
    return np.sum((last + now * x) * np.arange(3.0))


@program(np.array([0.3, -0.7, 1.2, 0.4]), tags="second")
def an_array_that_shrinks_and_grows(x):
    y = x[:1]
    for k in range(2):
        y = np.concatenate([y * x[k], np.sin(y)])
    while len(x) > 1:
        x = x[1:] * x[:-1]
    return np.sum(y) * x[0]
