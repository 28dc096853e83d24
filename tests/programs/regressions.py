"""Programs that an earlier tool got wrong, and counterexamples of the fuzzer. One program per failure."""
import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.2, 1.1, -0.4], [0.8, -0.6, 0.5]])


@program(V)
def full_like_fill(x):
    """The gradient of the fill value."""
    return np.sum(np.full_like(x, x[0]) * x)


@program(V, A[0, 0])
def full_fill(x, y):
    return np.full((2, 4), y) * x


@program(A, V[:3])
def unbroadcast_divide(m, v):
    return m / (v + 2.0)


@program(np.abs(A), V[:3])
def unbroadcast_power(m, v):
    return m ** v


@program(A, V[:3])
def unbroadcast_multiply(m, v):
    return np.multiply(m, v)


@program(V[:3], A[:, :1])
def unbroadcast_both_ways(v, col):
    return v / (2.0 + col) - np.power(2.0 + col, v)


@program(V)
def fancy_index_repeated(v):
    return np.sum(v[[0, 0, 1]] * np.array([1.0, 2.0, 3.0]))


@program(V)
def fancy_array_index_repeated(v):
    idx = np.array([3, 3, 3])
    return v[idx] * v[:3]


@program(0.7)
def body_of_with(x):
    with np.errstate(divide="ignore"):
        y = x * x
        z = y * np.sin(x)
    return z * y


@program(V)
def write_in_body_of_with(v):
    a = v.copy()
    with np.errstate(all="ignore"):
        a[0] = a[1] * 2.0
    return np.sum(a * a)


@program(V, 0.4)
def element_plus_assign(y, v):
    y[0] += v
    return np.sum(y * y)


@program(V)
def retested_overwritten_element(a):
    for i in range(len(a)):
        if a[i] > 0.5:
            a[i] = -a[i] * a[i]
        else:
            a[i] = a[i] + 2.0
    return np.sum(a * a)


@program(V)
def while_test_overwritten(a):
    i = 0
    while a[i] < 1.0:
        a[i] = a[i] * 4.0 + 8.0
        i += 1
    return np.sum(a * a)


@program(V)
def branch_bit_of_alias(v):
    a = v.copy()
    b = a[1:]
    for i in range(3):
        if a[i] > 0.0:
            b[i] = -a[i]
        else:
            b[i] = a[i] * 3.0
    return np.sum(a * a)


@program(V)
def copy_semantics_of_plain_assignment(v):
    a = v * 1.0
    saved = a
    a = a * 2.0
    a[0] = saved[1]
    return saved * a


@program(V)
def cotangent_is_shared_by_sum(v):
    """Both terms of a sum get one cotangent: accumulating into it in place would be seen by the other."""
    a = v * 1.0
    b = v * 2.0
    s = a + b
    return np.sum(s * s) + np.sum(a * a * a)


@program(V)
def overlapping_shift_both_directions(v):
    a = v.copy()
    a[1:] = a[:-1]
    a[:-1] = a[1:] * 2.0
    a[::2] = a[1::2]
    return a * a


@program(np.array([2.0, 0.0, 3.0]))
def product_with_zero(v):
    return np.prod(v)


@program(np.array([[1.0, 2.0], [2.0, 4.0]]), tags="second")
@program(np.outer([1.0, 2.0, 3.0], [1.0, 1.0, 2.0]), tags="second")
def determinant_of_singular(m):
    return np.linalg.det(m)


@program(np.array([0.5, -0.5]))
def where_with_inactive_root(v):
    return np.sum(np.where(v > 0.0, np.sqrt(np.where(v > 0.0, v, 1.0)), 0.0))


@program(0.3)
def loop_else_after_break_value(x):
    found = 0.0
    for i in range(3):
        if x * i > 0.5:
            found = x * i
            break
    else:
        found = -x
    return found * found


@program(0.3, 3)
def returns_from_two_depths(x, n):
    for i in range(n):
        for j in range(n):
            x = x * 1.3 + 0.01 * j
            if x > 1.0:
                return x * i
        if x > 0.8:
            return x * x
    return x


@program(np.array([[0.5, 0.3], [1.1, 0.7], [0.7, 0.8], [0.1, 1.4]]), 2)
def column_copied_for_the_reverse_sweep(a, n):
    """The product is of a column in its place: that of a copy has another last bit."""
    b = np.tanh(a)
    for _ in range(n):
        w = b[:, 1] @ b
        b -= 0.25 * b
    return np.sum(w)


@program(np.asfortranarray(np.sin(np.arange(70.0)).reshape(7, 10)), np.cos(np.arange(10.0)))
def argument_in_fortran_order_written_to(a, x):
    """A copy in C order would give a product with another last bit."""
    a[0] *= 2.0
    return np.sum(a @ x)


class _Pair:
    def __init__(self, s, a):
        self.s, self.a = s, a


@program(0.6, V, 2)
def smallest_item_as_a_number(x, v, n):
    """The tangent of ``np.min`` is a number, not a 0-d array that ``-=`` would write to under both its names."""
    low = np.min(v)
    pair = _Pair(x, v)
    for _ in range(n):
        pair.s += np.exp(-v[0] ** 2)
        for _ in range(2):
            pair = _Pair(low - 0.7, 1.0 * pair.a)
    return pair.s + np.sum(v)


@program(np.array(-1.4), 0.7)
def zero_d_array_or_number(z, y):
    """The cotangent of a 0-d array that a loop makes a number of is a buffer all the same."""
    z[...] *= z.sum()
    while y > 1.0:
        z = np.exp(-np.add(z, z) ** 2)
    return np.sum(z)


@program(-1.2, V)
def results_of_some_paths_only(x, v):
    """Forward mode needs a zero for a result that only other paths have."""
    if x > 0.0:
        if v[0] > v[1]:
            return np.full((2, 2), x)
    elif v[1] > 0.5:
        return np.ones((2, 2))
    return np.zeros((2, 2)) + v[0]


@program(0.7, np.array([-0.3, 1.1, 0.8]))
def item_of_a_list_that_some_paths_make(x, v):
    xs1 = [np.add(v, v), np.ones((3,))[::-1]]
    if np.any(xs1[-1] > 0.9):
        if xs1[-1][2] <= 2.0:
            v = xs1[-1]
        elif np.sum(v) > sum([xs1[-1][q - 1] for q in range(3)]):
            if (1.1 + xs1[-1][0] ** 2) ** np.tanh(xs1[0][1]) < 0.3:
                xs1.append(v[0] - xs1[0] + v / (1.3 + v[2] ** 2))
            return v[2] + v[1]
        k3 = 0
        while xs1[-1][0] <= 1.5 and k3 < 4:
            k3 += 1
            return xs1[0][2]
    return 1.0 * np.sum(xs1[0])


@program(np.array([[0.3, 1.2, -0.5], [0.8, -0.4, 0.9], [1.5, 0.1, 0.6]]), np.array([0.7, -0.3, 1.1]), tags="second")
def cotangent_broadcast_and_added_to(a, v):
    """A cotangent that is a broadcast is added to in place."""
    return np.einsum("ij->j", a)[1] + np.einsum("ij,ij", a, a) + np.einsum("i,j,ij", v, v, a)


@program(np.array([[0.3, 1.2, -0.5], [0.8, -0.4, 0.9]]), np.array([0.7, -0.3, 1.1]), tags="second")
def cubes_of_tiles(a, v):
    """The derivative of a tile sums over axes that are computed: the sum of which little is known is no number."""
    return np.sum(np.tile(v, (3, 1)) ** 3) + np.sum(np.tile(a, 2) ** 3)


@program(0.3, 0.7, tags="second")
def complex_number_from_two_floats(x, y):
    z = complex(x, y)
    w = z ** 3 + z.conjugate() * 2
    return abs(w) + w.real * z.imag


@program(np.array([-0.5, 0.3, 1.7, 2.5]), np.array([0.4, 1.0, 0.2]))
def interpolated_between_knots_in_a_list(x, fp):
    ends = np.interp(x, [0.0, 1.0, 2.0], fp, left=1.0, right=-1.0)
    return np.sum(np.interp(x, [0.0, 1.0, 2.0], fp) ** 2) + np.sum(ends ** 2)


@program(np.array([[0.3, 1.2, -0.5], [0.8, -0.4, 0.9], [1.5, 0.1, 0.6]]), np.array([0.7, -0.3, 1.1]))
def first_of_the_results_of_least_squares(m, v):
    """The residuals of the solution have no tangent here."""
    return np.sum(np.linalg.lstsq(m[:, :2], v, rcond=None)[0] ** 3)


@program(np.array([0.7, -0.3, 1.1, 0.4]), 2, tags="second")
def assigned_in_some_trips_only(v, n):
    """The cotangent of what has no value yet has none, and so has the tangent of that."""
    for i in range(n):
        if i % 2 == 0:
            continue
        a = v * v / 2.0
    return np.sum(a * a)


@program(np.array([0.7, -0.3, 1.1, 0.4]), tags="second")
def zero_divided_by_zero_where_nobody_looks(v):
    a = 0.0 * v
    np.divide(a, a, out=a, where=np.abs(a) > 0.3)
    b = np.where(v > 0.0, np.sqrt(np.abs(v)), v * v)
    return np.sum((1.1 + a ** 2) ** 0.5 * v * v) + np.sum(b)


@program(np.array([0.7, -0.3, 1.1, 0.4]), np.array([True, False, True, True]))
def angle_of_a_truth_value(v, m):
    return np.sum(np.arctan2(v, m))


@program(np.array([[0.3, 1.1], [0.8, -0.4], [1.9, 0.2]]))
def distances_above_the_diagonal(x):
    """The root of zero on the diagonal is left out by triu, so it has no part in the derivative."""
    gaps = x[:, None, :] - x[None, :, :]
    return np.sum(np.triu(np.sqrt(np.sum(gaps**2, axis=-1)), 1)) + np.sum(np.tril(np.cbrt(gaps[..., 0]), -1))


@program(np.array([0.3, 1.1, 0.8, -0.4]))
def flattened_where_the_kind_is_not_known(t):
    pose = t.reshape(-1, 2)
    n = np.sqrt(np.sum(pose[0] ** 2))
    turn = np.eye(2) if n < 1e-4 else np.array([[np.cos(n), -np.sin(n)], [np.sin(n), np.cos(n)]])
    points = [np.dot(turn * pose[1], v) for v in (np.ones(2), np.arange(2.0))]
    out = np.zeros(2)
    for k, p in enumerate(points):
        out = out + p * k
    return (out - pose.T[[1, 0]]).flatten()


@program(np.array([0.7, -0.3]), 3, tags="second")
def counter_carried_by_a_loop(v, n):
    """The adjoint of the reverse loop needs the counter of each trip, and nothing else that was kept."""
    s, k, a = 0.0, 0, v[0]
    for _ in range(n):
        s += a * k
        k = k + 1
        a = a * v[1]
    return s * s


@program(np.array([[[1.0], [-0.5]]]))
def more_batches_on_the_left(b):
    a = np.stack([np.eye(2) + 0.1, 2.0 * np.eye(2)])
    return np.sum(np.sin(np.linalg.solve(a, b)) * np.arange(1.0, 3.0)[:, None, None])


@program(np.array([0.3, 2.0]))
def nan_to_num_of_what_is_infinite(v):
    d = np.array([0.0, 1.5])
    with np.errstate(all="ignore"):
        y = np.nan_to_num(np.log(d * (1.0 + v * v)) * v, neginf=0.0)
        return np.sum(y * v) + np.sum(np.nan_to_num(v / d, posinf=0.0))


@program(np.array([1.0, 2.0]), 0.5)
@program(np.array([2.0, 1.0]), 0.5)
def one_constant_on_two_paths(b, x):
    p = abs(1.5)
    q = float(p) if b[0] > 1.5 else p
    b[1] *= q
    return np.sum(b) * x
