"""Tuples, lists, dicts and named tuples as values and as arguments; comprehensions."""
from collections import namedtuple

import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
ROWS = np.array([[1.1, 0.2], [-0.3, 0.8]])
Pair = namedtuple("Pair", "left right")


@program((0.4, 1.3))
@program([0.4, 1.3])
def pair_argument(p):
    return p[0] * p[1] + p[0]


@program({"w": V, "b": 0.2}, 0.5)
def dict_argument(params, x):
    return np.tanh(params["w"] * x + params["b"])


@program(Pair(0.4, V))
def named_tuple_argument(p):
    return p.left * np.sum(p.right) + p[0]


@program([{"w": V, "b": (0.1, V * 2.0)}, {"w": V + 1.0, "b": (0.5, V)}])
def nested_argument(layers):
    s = 0.0
    for layer in layers:
        s += np.sum(layer["w"] * layer["b"][1]) * layer["b"][0]
    return s


@program([V, V * 2.0, V + 1.0])
def list_of_arrays_argument(xs):
    s = xs[0]
    for x in xs[1:]:
        s = s * x
    return np.sum(s)


@program([0.5, 1.5, 2.5], 3)
def list_dynamic_index(xs, n):
    s = 0.0
    for i in range(n):
        s += xs[i] * xs[n - 1 - i] * (i + 1)
    return s


@program(0.4)
def tuple_indexing(x):
    t = (x, x * x, 3.0)
    return t[0] * t[-1] + t[1] + len(t)


@program(0.4)
def tuple_slicing_and_concatenation(x):
    t = (x, x * x, x + 1.0)
    u = t[1:] + (2.0,)
    a, b, c = u
    return a * b + c * t[:2][0]


@program(0.4)
def list_literal(x):
    xs = [x, 2.0 * x]
    xs[0] = xs[1] * x
    xs += [x * 3.0]
    xs = xs + [1.0]
    return xs[0] * xs[2] + xs[-1]


@program(0.4, 4)
@program(0.4, 0)
def list_append_in_loop(x, n):
    xs = [x]
    for i in range(n):
        xs.append(xs[-1] * x + i)
    return sum(xs) * xs[-1]


@program(0.4, 4)
def list_append_pop(x, n):
    stack = []
    for i in range(n):
        stack.append(x * (i + 1))
    s = 0.0
    while stack:
        s = s * 0.5 + stack.pop() ** 2
    return s


@program(0.4)
def list_pop_index(x):
    xs = [x, x * x, x ** 3]
    a = xs.pop(0)
    b = xs.pop()
    return a * b + xs[0] * len(xs)


@program(0.4)
def list_insert_extend(x):
    xs = [x]
    xs.extend([x * x, 2.0 * x])
    xs.insert(0, 3.0 * x)
    return xs[0] * xs[1] + xs[2] * xs[3]


@program(0.4)
def list_reverse_slice(x):
    xs = [x, x * x, x ** 3]
    ys = xs[::-1]
    return ys[0] * 2.0 + ys[1:][0] * xs[-2]


@program(0.4)
def list_repeat(x):
    xs = [x] * 3
    ys = [0.0] * 4
    ys[1] = xs[2] * x
    return sum(xs) + ys[1]


@program(0.4)
def list_alias(x):
    xs = [x, x]
    ys = xs
    ys[0] = x * x
    ys.append(5.0 * x)
    return xs[0] * xs[2]


@program(0.4)
def list_copy_is_independent(x):
    xs = [x, x]
    ys = list(xs)
    zs = xs.copy()
    ys[0] = x * x
    zs[1] = x ** 3
    return xs[0] + ys[0] * zs[1]


@program([0.4, 0.9])
def writes_list_argument(xs):
    xs[0] = xs[1] * xs[0]
    xs.append(xs[0] * 2.0)
    return xs[0] + xs[2]


@program(0.4, 5)
def list_setitem_in_loop(x, n):
    xs = [0.0] * n
    xs[0] = x
    for i in range(1, n):
        xs[i] = np.sin(xs[i - 1]) + x
    return xs[n - 1] * xs[1]


@program(0.4)
def list_augmented_item(x):
    xs = [x, 1.0]
    for i in range(3):
        xs[0] += xs[1] * x
        xs[1] *= xs[0]
    return xs[0] * xs[1]


@program(V)
def list_of_arrays_grown(v):
    hs = [v]
    for k in range(3):
        hs.append(np.tanh(hs[-1] * 1.1 + hs[0]))
    return np.sum(hs[-1] * hs[1])


@program(V)
def stack_of_list(v):
    rows = []
    for k in range(3):
        rows.append(v * k + v[k])
    return np.stack(rows) @ v


@program(V)
def array_of_list(v):
    xs = []
    for p in v:
        xs.append(p * p)
    return np.array(xs) * v


@program(0.4, 1.2)
def array_of_scalars(x, y):
    return np.array([x, y, x * y, 1.0])


@program(0.4, 1.2)
def array_of_nested_lists(x, y):
    R = np.array([[np.cos(x), -np.sin(x)], [np.sin(x), np.cos(x)]])
    return R @ np.array([y, 1.0])


@program(V)
def comprehension(v):
    ys = [p * p for p in v]
    return sum(ys) * ys[0]


@program(V)
def comprehension_with_test(v):
    return sum([p * p for p in v if p > 0.0])


@program(V)
def comprehension_nested(v):
    return sum([p * q for i, p in enumerate(v) for q in v[:i]])


@program(0.3, 3)
def comprehension_of_lists(x, n):
    rows = [[x * i + j for j in range(n)] for i in range(n)]
    return rows[1][2] * rows[2][0]


@program(V)
def generator_in_sum(v):
    return sum(p * p for p in v)


@program(0.3)
def comprehension_scope(x):
    i = 10.0
    ys = [x * i for i in range(3)]
    return ys[2] * i


@program(0.3)
def dict_values(x):
    d = {"a": x, "b": x * x}
    d["c"] = d["a"] * d["b"]
    d["a"] += 1.0
    return d["a"] * d["c"]


@program(0.3)
def dict_iteration(x):
    d = {"a": x, "b": x * x, "c": 2.0}
    s = 0.0
    for key in d:
        s += d[key]
    for key, value in d.items():
        s += value * value
    for value in d.values():
        s *= 1.0 + value
    return s


@program(0.3)
def dict_in_loop(x):
    state = {"pos": x, "vel": 1.0}
    for _ in range(4):
        acc = -state["pos"]
        state["vel"] = state["vel"] + 0.1 * acc
        state["pos"] += 0.1 * state["vel"]
    return state["pos"]


@program(0.3)
def dict_alias_and_comprehension(x):
    d = {k: x * k for k in (1, 2, 3)}
    e = d
    e[1] = x * x
    return d[1] + d[3] * d.get(7, x) * len(d)


@program({"a": 0.4, "b": V})
def writes_dict_argument(d):
    d["a"] = d["a"] * 2.0
    d["b"][0] = d["a"]
    return np.sum(d["b"]) * d["a"]


@program(0.3, V)
def named_tuple_value(x, v):
    p = Pair(x, v * x)
    q = p._replace(left=p.left * 2.0)
    return q.left * np.sum(q.right)


@program(0.3)
def tuple_carried(x):
    state = (x, 1.0)
    for _ in range(3):
        a, b = state
        state = (a * b, a + b)
    return state[0] * state[1]


@program(V)
def tuple_of_arrays_carried(v):
    state = (v, np.zeros(4))
    for _ in range(3):
        q, p = state
        p = p - 0.1 * np.sin(q)
        q = q + 0.1 * p
        state = (q, p)
    return np.sum(state[0] * state[1])


@program(V)
def list_of_rows_written(v):
    rows = [v * 1.0, v * 2.0]
    rows[0][1] = rows[1][2] * 3.0
    rows[1] += rows[0]
    return np.sum(rows[0] * rows[1])


@program(0.3)
def zip_of_lists(x):
    a = [x, 2.0 * x]
    b = [x * x, 1.0]
    s = 0.0
    for p, q in zip(a, b):
        s += p * q
    return s + sum([p - q for p, q in zip(b, a)])


@program(0.3)
def nested_lists_written(x):
    grid = [[x, 1.0], [2.0, x * x]]
    grid[0][1] = grid[1][1] * x
    grid[1] = [grid[0][1], 3.0]
    return grid[0][1] * grid[1][0]


@program(0.3)
def membership_and_length(x):
    xs = [x, 2.0, 3.0]
    if 2.0 in xs and len(xs) == 3:
        return x * x
    return x


@program(0.3, 3)
def list_compared_by_truth(x, n):
    queue = [x] * n
    s = 1.0
    while len(queue) > 1:
        a = queue.pop()
        s = s * a + 1.0
    return s * queue[0] if queue else s


@program(0.3, 1.1)
def max_of_list(x, y):
    xs = [x, y, x * y]
    return max(xs) * min(xs) + sum(xs, 1.0)


@program(0.3)
def sorted_pair(x):
    t = (x, 0.1)
    lo, hi = (t[0], t[1]) if t[0] < t[1] else (t[1], t[0])
    return lo - hi * hi


@program([V, V + 1.0], [0.5, 0.25])
def lists_zipped_arguments(vs, ws):
    return sum([w * np.sum(v * v) for v, w in zip(vs, ws)])


@program(V)
def lists_beside_arrays(v):
    a = v.copy()
    a += [1.0, 2.0, 3.0, 4.0]
    a *= (1, 2, 3, 4)
    a[1:3] = [v[0], 2]
    a[:2] = v[0], v[1] ** 2
    a[[2, 3]] = [a[0], v[1]]
    a[v > 0.0] *= (v[0], 2.0, 3.0)
    return np.sum(a * a) + np.sum((1, 2, 3, 4) * v ** [1, 2, 3, 1]) + np.sum((v[0], 2.0) / a[:2])


@program(V)
def lists_repeated_by_integers_of_numpy(v):
    n = np.int64(2)
    return sum(n * [v[0], v[1] ** 2]) + len([1, 2] * n) * v[0] + sum(list(v) * n) ** 2


@program(V, 4)
def slices_of_a_list_of_run_time_length(v, n):
    xs = [v[k] * k for k in range(n)]
    xs[1:3] = [v[1], v[0] ** 2]
    xs[::2] = (xs[1], xs[-1])
    return sum(x * (k + 1) for k, x in enumerate(xs))


@program(ROWS)
@program(ROWS[:0])
@program(ROWS[:1])
def rows_of_an_array(A):
    rows = [A[k] * 2.0 for k in range(len(A))]
    M = np.array(rows)
    return np.sum(M * M) + np.sum(np.array([np.sin(row) for row in A]))


@program(V)
def tuples_of_a_run_time_list_as_operands(v):
    pairs = []
    for x in v:
        pairs.append((x, 2.0 * x))
    a = np.zeros(2)
    for k in range(len(pairs)):
        a = pairs[k] + a * v[:2]
        if pairs[k] == pairs[0]:
            a = a * pairs[k]
        a = a + (pairs[k] + (v[0],))[2] + (2 * pairs[k])[3]
    return np.sum(a * a)
