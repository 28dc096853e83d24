"""In-place writes: elements, slices, augmented, buffers used again, to own arrays and to arguments."""
import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.2, 1.1, -0.4], [0.8, -0.6, 0.5]])


@program(0.6, V)
def element(x, v):
    a = v.copy()
    a[1] = x * a[0]
    return np.sum(a * a)


@program(0.6, V)
def element_of_argument(x, v):
    v[1] = x * v[0]
    return np.sum(v * v)


@program(0.6, V)
def argument_augmented(x, v):
    v += x
    v *= v
    return v


@program(0.6, 5, tags="second")
@program(0.6, 1)
def march(x, n):
    a = np.zeros(n)
    a[0] = x
    for i in range(1, n):
        p = a[i - 1]
        if p > 0.0:
            a[i] = np.sin(p) - x
        else:
            a[i] = p * x
    return np.sum(a)


@program(0.6, V)
def element_augmented(x, v):
    a = v * 1.0
    a[0] += x
    a[1] -= a[0] * x
    a[2] *= a[1]
    a[3] /= 2.0 + a[2]
    a[3] **= 2
    return np.sum(a)


@program(V)
def overwrite_forgets(v):
    a = v * 2.0
    a[1] = 3.0
    a[2] = a[1] * 2.0
    return np.sum(a * a)


@program(V)
def overwrite_everything(v):
    a = v * 2.0
    a[:] = 1.0
    return np.sum(a) + v[0]


@program(V)
def same_element_twice(v):
    a = np.zeros(2)
    a[0] = v[0] * v[1]
    a[0] = a[0] * v[2]
    a[1] = a[0]
    a[0] = 7.0
    return a


@program(V)
def old_value_read_before_write(v):
    a = v.copy()
    old = a[0]
    a[0] = a[1] * a[1]
    return old * a[0]


@program(V)
def value_used_after_overwrite(v):
    a = v.copy()
    s = np.sin(a)
    a[0] = 5.0
    return np.sum(s * a)


@program(V)
def square_then_overwrite(v):
    a = v.copy()
    s = np.sum(a * a)
    a[1:3] = 0.0
    return s * np.sum(a)


@program(V)
def swap_elements(v):
    a = v.copy()
    a[0], a[3] = a[3], a[0] * 2.0
    return a * np.array([1.0, 2.0, 3.0, 4.0])


@program(V)
def shift_overlapping(v):
    a = v.copy()
    a[1:] = a[:-1]
    return a * np.array([1.0, 2.0, 3.0, 4.0])


@program(V)
def shift_augmented_overlapping(v):
    a = v.copy()
    a[1:] += a[:-1] * a[1:]
    return np.sum(a * a)


@program(V)
def reverse_in_place(v):
    a = v.copy()
    a[:] = a[::-1]
    return a * np.array([1.0, 2.0, 3.0, 4.0])


@program(V, 0.6)
def slice_gets_scalar(v, x):
    a = v.copy()
    a[1:3] = x
    return np.sum(a * a)


@program(V, 0.6)
def slice_forms(v, x):
    a = np.zeros(8)
    a[::2] = v
    a[1::2] = v[::-1] * x
    a[-2:] *= x
    a[5:2:-1] += a[:3]
    a[3:3] = 100.0
    return a


@program(A, V[:3])
def rows_and_columns(m, v):
    b = m * 1.0
    b[0] = v
    b[:, 1] = b[1, :2]
    b[1] += b[0] * v
    b[:, -1] *= 2.0
    return np.sum(b * b)


@program(A, V[:3])
def broadcast_assignment(m, v):
    b = np.zeros((2, 3))
    b[:] = v
    b[:, :] += m
    b[...] *= v[0]
    b[:, 1:] = v[:2] * b[:1, :1]
    return b


@program(A)
def element_2d(m):
    b = m.copy()
    b[0, 1] = b[1, 2] * b[1, 0]
    b[1, -1] += b[0, 1]
    b[0][0] = b[1][1] * 2.0
    return np.sum(b * b)


@program(V, 0.6)
def name_augmented(v, x):
    a = v * 1.0
    a += x
    a *= v
    a -= a[0]
    a /= 2.0 + v
    return a


@program(V)
def augmented_with_itself(v):
    a = v * 1.0
    a += a
    a *= a
    a -= a * a
    return a


@program(V)
def augmented_after_read(v):
    a = v * 1.0
    b = a * a
    a += 5.0
    return np.sum(b * a)


@program(V)
def augmented_power(v):
    a = np.abs(v)
    a **= 2
    a **= 0.5
    return a * v


@program(A)
def matmul_augmented(m):
    b = m @ m.T
    b @= b
    return b


@program(A, 3)
def sweep_in_place(m, n):
    b = m.copy()
    for t in range(n):
        for i in range(2):
            for j in range(1, 3):
                b[i, j] = 0.5 * (b[i, j - 1] + b[1 - i, j]) * b[i, j]
    return np.sum(b)


@program(V, 3)
def buffer_reused(v, n):
    a = v.copy()
    tmp = np.zeros(4)
    for t in range(n):
        tmp[:] = a * a
        tmp[0] += a[1]
        a[:] = 0.5 * tmp + 0.1 * a
    return np.sum(a) + tmp[2]


@program(V, 3)
def buffers_swapped(v, n):
    a = v.copy()
    b = np.zeros(4)
    for t in range(n):
        b[1:-1] = a[:-2] + a[2:] * a[1:-1]
        a, b = b, a
    return np.sum(a * b)


@program(V, 4)
@program(V, 0)
def array_made_in_loop(v, n):
    s = 0.0
    for i in range(n):
        t = v * (i + 1)
        t[i % 2] = s
        s = s * 0.3 + np.sum(t * t) * 0.1
    return s


@program(V)
def conditional_element_write(v):
    a = v.copy()
    for i in range(len(a)):
        if a[i] > 0.5:
            a[i] = a[i] * a[i] - 2.0
    return np.sum(a * a)


@program(V)
def cumulative_by_hand(v):
    a = v.copy()
    for i in range(1, len(a)):
        a[i] += a[i - 1]
    return a * v


@program(0.6)
def array_element_of_scalar(x):
    a = np.empty((2, 2))
    a[0, 0] = x
    a[0, 1] = a[1, 0] = x * x
    a[1, 1] = a[0, 1] * x
    return np.linalg.det(a + np.eye(2))


@program(np.array(0.6))
def write_zero_dimensional(x):
    a = np.zeros(())
    a[()] = x * 2.0
    a[...] += x
    return a * x


@program(np.zeros(0), 0.5)
def write_empty(v, x):
    a = v.copy()
    a[:] = x
    a += x
    a[:0] *= 2.0
    return np.sum(a) + x


@program(V)
def in_place_in_while(v):
    a = v.copy()
    while np.sum(a * a) > 0.5:
        a *= 0.6
        a[0] += 0.1 * a[1]
    return a


@program(V)
def write_with_negative_and_none(v):
    a = v.copy()
    a[-1] = a[-2] * 2.0
    b = a[None, :] * a[:, None]
    b[-1, -1] = a[0]
    return b


@program(V)
def clip_in_place_by_minimum(v):
    a = v.copy()
    np.minimum(a, 0.5, out=a)
    return a * v


@program(V)
def write_of_overwritten_source(v):
    a = v.copy()
    b = np.zeros(4)
    b[0] = a[0]
    a[0] = b[0] * a[1]
    b[1] = a[0]
    return b * a[0]


@program(V)
def put_constants(v):
    a = np.ones(4)
    for i in range(4):
        a[i] = 2.0 * i
    return a * v


@program(V, tags="second")
def element_added_to_itself(v):
    a = v * 1.0
    a[1:] = a[1:] + a[1:]
    a[0] = a[0] - a[0]
    a[2] = a[2] * a[2] + a[2]
    a[v > 1.0] += a[v > 1.0]
    a[1] += a[1] + v[0]
    return np.sum(a * a * v)
