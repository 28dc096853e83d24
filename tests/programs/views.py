"""Views and aliases: two names for an array, rows, slices, transposes; what a write through them changes."""
import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.2, 1.1, -0.4], [0.8, -0.6, 0.5]])
S = np.array([[1.2, 0.3, 0.1], [0.2, 0.9, -0.4], [0.5, -0.3, 1.1]])


@program(0.6, V)
def two_names(x, v):
    a = v.copy()
    b = a
    b[0] = x
    a[1] = b[0] * 2.0
    return np.sum(a * b)


@program(0.6, V)
def two_names_of_argument(x, v):
    b = v
    b[0] = x
    return np.sum(v * v)


@program(0.6, V)
def alias_augmented(x, v):
    a = v.copy()
    b = a
    b += x
    return a * 2.0


@program(0.6, V)
def alias_then_rebound(x, v):
    a = v.copy()
    b = a
    a = a + x
    b[0] = 9.0
    return a * b


@program(0.6, A)
def row_written(x, m):
    a = m.copy()
    row = a[1]
    row[2] = x * row[0]
    row *= 2.0
    return np.sum(a * a)


@program(0.6, A)
def row_sees_write(x, m):
    a = m.copy()
    row = a[1]
    a[1, 2] = x
    return row * row


@program(0.6, A)
def column_written(x, m):
    a = m.copy()
    col = a[:, 1]
    col += x
    col[0] = col[1] * a[0, 0]
    return np.sum(a * a)


@program(0.6, V)
def slice_written(x, v):
    a = v.copy()
    tail = a[1:]
    tail[:2] = x * tail[1:]
    tail *= a[0]
    return a


@program(0.6, V)
def slice_of_slice(x, v):
    a = v.copy()
    b = a[1:]
    c = b[::2]
    c[1] = x * a[2]
    a[1] = 2.0 * c[1]
    return b * a[:3]


@program(0.6, A)
def transpose_written(x, m):
    a = m.copy()
    t = a.T
    t[2, 0] = x * a[1, 1]
    t[0] = t[1] * x
    return a * a


@program(0.6, A)
def transpose_chain(x, m):
    a = m.copy()
    a.T[1:].T[0] = x
    return a * a


@program(A)
def newaxis_view(m):
    a = m.copy()
    b = a[:, None, :]
    b[0, 0, 1] = a[1, 1] * 3.0
    return np.sum(a * a)


@program(A)
def swapaxes_view(m):
    a = m.copy()
    b = a.swapaxes(0, 1)
    b[2] = b[0] * b[1]
    return a


@program(A)
def view_in_loop(m):
    a = m.copy()
    for i in range(2):
        row = a[i]
        row[0] = row[1] * row[2]
        row += a[1 - i]
    return a


@program(A)
def rows_by_iteration(m):
    a = m.copy()
    for row in a:
        row[1:] = row[:-1] * row[1:]
        row[0] = np.sum(row)
    return a * a


@program(A)
def enumerate_rows_written(m):
    a = m.copy()
    for i, row in enumerate(a):
        row *= i + 1.0
        a[0, 0] += row[1]
    return a * a


@program(S)
def loop_over_views_of_rest(m):
    a = m.copy()
    n = a.shape[0]
    for k in range(n - 1):
        sub = a[k + 1:, k:]
        sub -= np.outer(a[k + 1:, k] / a[k, k], a[k, k:])
    return np.sum(a * a)


@program(V)
def copies_do_not_alias(v):
    a = v.copy()
    b = a.copy()
    c = np.array(a)
    d = a + 0.0
    a[0] = 100.0
    return b * c * d * a[1]


@program(V)
def fancy_is_a_copy(v):
    a = v.copy()
    b = a[[0, 1]]
    b[0] = 50.0
    c = a[a > 0.5]
    c *= 3.0
    return np.sum(a * a) + np.sum(b) * np.sum(c)


@program(V)
def element_is_a_copy(v):
    a = v.copy()
    p = a[0]
    p += 5.0
    a[0] = p * a[1]
    p *= 2.0
    return p * np.sum(a)


@program(V)
def reshape_read(v):
    a = v.copy()
    m = a.reshape(2, 2)
    return m @ m


@program(V)
def reshape_read_after_write(v):
    a = v.copy()
    a[1] = a[0] * 2.0
    m = a.reshape(2, 2)
    return m * m.ravel()[1]


@program(A, V[:3])
def alias_in_container(m, v):
    a = m.copy()
    parts = [a[0], a[1]]
    parts[0][1] = v[0]
    parts[1] *= v
    return a * a


@program(V)
def tuple_of_alias(v):
    a = v.copy()
    pair = (a, a[1:])
    pair[1][0] = a[0] * 3.0
    pair[0][3] = 2.0 * v[2]
    return a * a


@program(A)
def alias_through_helper(m):
    def last_row(b):
        return b[-1]

    a = m.copy()
    r = last_row(a)
    r[0] = a[0, 0] * 5.0
    return a * a


@program(V)
def view_then_root_augmented(v):
    a = v.copy()
    b = a[1:3]
    a *= 2.0
    s = np.sum(b * b)
    b[:] = s
    return a


@program(V)
def overlapping_views(v):
    a = v.copy()
    left, right = a[:-1], a[1:]
    right += left
    left *= 0.5
    return a


@program(V)
def flipped_view(v):
    a = v.copy()
    r = a[::-1]
    r[:2] = a[:2]
    return a * r


@program(S)
def diagonal_writes(m):
    a = m.copy()
    for i in range(3):
        a[i, i] = a[i, i - 1] * a[i, i]
    i = np.arange(3)
    a[i, i] += 1.0
    return a * a


@program(V)
def read_only_source(v):
    b = np.broadcast_to(v, (2, 4))
    c = b * 1.0
    c[0] = b[1] * 2.0
    return c


@program(V)
def broadcast_then_written(v):
    b = np.broadcast_to(v[0], (4,)).copy()
    b[1] = v[1]
    return b * v


@program(V)
def asarray_read(v):
    a = np.asarray(v)
    return a * np.atleast_1d(v)


@program(V)
def attributes_of_views(v):
    a = np.outer(v, v)
    return np.sum(a.T.T[1:, 1:].T) + a.T.shape[0] * a[0, 0]


@program(V, 3)
def alias_carried_round_loop(v, n):
    a = v.copy()
    b = a
    for i in range(n):
        b[i] = a[i + 1] * 2.0
        a[i] += b[0]
    return a * b


@program(V)
def alias_in_branch_only(v):
    a = v.copy()
    if v[0] > 0.0:
        b = a[1:]
        b[0] = a[0] * a[0]
    return a * a


@program(0.6, V)
def captured_array_written(x, v):
    a = GRID.copy()
    a[:4] *= v
    a[0] = x
    return np.sum(a)


GRID = np.linspace(0.1, 1.0, 6)


@program(A)
def real_and_squeeze_views(m):
    a = m[None].copy()
    b = a[0]
    b[1] = b[0] * 2.0
    return np.squeeze(a) * m


@program(A)
def row_kept_then_overwritten(m):
    a = m.copy()
    old = a[0].copy()
    alias = a[0]
    a[0] = a[1] * 2.0
    return old * alias


@program(V)
def in_place_on_view_expression(v):
    a = v.copy()
    a[1:][0] = 4.0 * a[0]
    a[:3][::2] += 1.0
    return a * a


@program(V)
def reshape_of_fresh_array_written(v):
    a = v.copy()
    b = a.reshape(2, 2)
    b[0] = b[1] * 2.0
    c = a.ravel()
    c[3] += 1.0
    return np.sum(a * a) * b[0, 1]


@program(0.5)
def ravel_of_fresh_array_written_in_loop(x):
    a = np.zeros((3, 2))
    f = a.ravel()
    for i in range(6):
        f[i] = x * i
        a[0, 0] += f[i]
    return np.sum(a * a)


@program(A)
def views_with_named_axes_written_through(a):
    b = np.stack([a, 2.0 * a, a * a], axis=-1)
    np.transpose(b, axes=(1, 2, 0))[0, 1, 1] = 5.0
    np.moveaxis(b, source=0, destination=-1)[1] *= 2.0
    np.expand_dims(b, axis=0)[0, 1] += 1.0
    np.swapaxes(b, axis1=0, axis2=1)[1] *= b[0, 0]
    c = np.zeros(12)
    np.reshape(c, shape=(-1, 3))[2] = b[0, 0]
    return np.sum(b * b) + np.sum(c * c)


@program(A)
def turned_views_written_through(a):
    b = a * 1.0
    c = np.flip(b)
    c[0, 1] = 2.0
    np.flip(b, axis=1)[1] *= a[0]
    np.fliplr(b)[0] += a[1]
    np.flipud(b).T[0] *= 3.0
    d = np.rot90(b, 3)
    d[0] = d[1]
    np.squeeze(b[None], 0)[1, 1] = a[0, 0] ** 2
    b[:, None].squeeze()[0] *= 2.0
    np.matrix_transpose(b)[1] *= c[0, 0]
    return np.sum(b * b * c)
