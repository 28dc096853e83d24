"""Writes at masks, at fancy indices with repeats, at indices known only at run time, and by ``out=``."""
import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.2, 1.1, -0.4], [0.8, -0.6, 0.5]])
INDEX = np.array([0, 2, 2, 1])


@program(V, 0.6)
def mask_write(v, x):
    a = v.copy()
    a[a > 0.5] = x
    a[a < 0.0] *= x
    return np.sum(a * a)


@program(V)
def mask_gets_masked(v):
    a = v.copy()
    m = a > 0.0
    a[m] = np.sqrt(a[m])
    a[~m] = a[~m] ** 2
    return a


@program(V)
def mask_overwritten_after(v):
    a = v.copy()
    m = a > 0.5
    a[m] = a[m] * 2.0
    m[:] = False
    return np.sum(a * a) + np.sum(m)


@program(V, V * 2.0)
def fancy_write(v, w):
    a = v.copy()
    a[[3, 1]] = w[:2] * a[[0, 1]]
    return a * a


@program(V, V * 2.0)
def fancy_write_repeated(v, w):
    a = v.copy()
    a[INDEX] = w
    return a * a


@program(V, V * 2.0)
def fancy_augmented_repeated(v, w):
    a = v.copy()
    a[INDEX] += w
    return a * a


@program(V, V * 2.0)
def fancy_multiply_repeated(v, w):
    a = v.copy()
    a[[1, 1, 0]] *= w[:3]
    return a * a


@program(V)
def fancy_read_repeated(v):
    return v[INDEX] * v[[1, 1, 1, 1]]


@program(V, V * 2.0)
def add_at(v, w):
    a = v.copy()
    np.add.at(a, INDEX, w * a[0])
    return a * a


@program(A, V)
def fancy_2d(m, v):
    b = m.copy()
    b[[0, 1], [2, 0]] = v[:2]
    b[:, [0, 0]] += v[0]
    b[[1, 0]] = b[[0, 1]]
    return b * b


@program(V, 0.6)
def integer_array_index_in_loop(v, x):
    a = v.copy()
    for i in INDEX:
        a[i] = a[i] * x + a[i - 1]
    return a


@program(V, 0.6)
def out_argument(v, x):
    b = np.empty(4)
    np.sin(v, out=b)
    np.multiply(b, x, out=b)
    np.add(b, v, b)
    return b * b


@program(V)
def out_of_slice(v):
    a = v.copy()
    np.exp(a[:2], out=a[2:])
    return a * a


@program(A)
def out_of_matmul(m):
    r = np.zeros((2, 2))
    np.matmul(m, m.T, out=r)
    np.dot(r, r, out=r.copy())
    return r * m[0, 0]


@program(V)
def out_returned(v):
    b = np.empty_like(v)
    c = np.cos(v, out=b)
    c[0] = 2.0
    return b * v


@program(V, 0.6)
def fill_and_copyto(v, x):
    a = np.empty(4)
    a.fill(x)
    b = np.empty(4)
    np.copyto(b, v * a)
    return a * b


@program(V)
def dynamic_index_write(v):
    a = v.copy()
    k = int(np.argmax(a))
    a[k] = a[k] * a[k - 1]
    a[k - 2:k] *= 3.0
    return a


@program(V, 4)
def accumulate_scatter(v, n):
    h = np.zeros(3)
    for i in range(n):
        h[i % 3] += v[i] * v[i]
    return h * h
