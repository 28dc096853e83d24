"""Lists that change in every way, dicts whose keys are computed, and the containers of ``collections``."""

import bisect
import math
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.3, -0.7, 1.2, 0.9])


def weighted(xs):
    s = 0.0
    for i in range(len(xs)):
        s += (i + 1) * xs[i] ** 2
    return s


@program(0.7, 4, tags="second")
@program(0.7, 0)
def inserts(x, n):
    xs, ys = [], [x, x * x]
    for k in range(n):
        xs.insert(0, x * k)
        ys.insert(1, x + k)
        ys.insert(-1, x * x * k)
    xs.insert(100, x)
    return weighted(xs) + weighted(ys)


@program(0.7, 4)
@program(0.7, 1)
def reversed_and_sorted_in_place(x, n):
    xs = []
    for k in range(n):
        xs.append(math.sin(x * (k + 1) * 1.3))
    xs.reverse()
    s = weighted(xs)
    xs.sort()
    s += weighted(xs)
    xs.sort(key=lambda q: q * q, reverse=True)
    return s + weighted(xs)


@program([0.7, 0.2, 1.4], tags="second")
def sorted_values(xs):
    a, b, c = sorted(xs)
    ys = sorted(xs, key=lambda q: -q * q)
    xs.sort(reverse=True)
    return a * b**2 * c**3 + weighted(ys) + weighted(xs)


@program(0.7, 4)
def sorted_pairs(x, n):
    points = [(math.sin(k * 3.0 * x), x * k) for k in range(n)]
    points.sort(key=lambda p: -p[0])
    s = 0.0
    for k, (a, b) in enumerate(points):
        s += k * a * b
    for k, (a, b) in enumerate(sorted(points)):
        s += k * a * b
    for k, (name, q) in enumerate(sorted({"b": x, "a": x * x}.items())):
        s += (k + 1) * q
    return s


@program(V)
def sorted_arrays_by_name(v):
    named = [("b", v), ("a", v * v), ("c", 2.0 * v)]
    (_, first), (_, second), _ = sorted(named, key=lambda p: p[0])
    return np.sum(first * second)


@program(0.7, 4)
@program(0.7, 0)
def extended(x, n):
    xs = [x * k for k in range(n)]
    ys = [x]
    ys.extend(xs)
    ys += xs
    ys = [x, *ys, *xs, 1.0] + xs
    ys.extend(q * q for q in xs)
    return weighted(ys)


@program(0.7, 5)
def deleted(x, n):
    xs = [x * (k + 1) for k in range(n)]
    del xs[0]
    del xs[1:3]
    ys = [x * (k + 1) for k in range(n)]
    del ys[:2]
    ys.remove(ys[0])
    zs = [x, x * x, 2.0]
    zs.remove(2.0)
    ws = [x * k for k in range(n)]
    del ws[3:]
    return weighted(xs) + weighted(ys) + weighted(zs) + weighted(ws)


@program(0.7, 5)
def cleared(x, n):
    s = 0.0
    pair = []
    for k in range(n):
        pair.append(x * k)
        if len(pair) == 2:
            s += pair[0] * pair[1]
            pair.clear()
    return s


@program(0.7, 4)
def slices(x, n):
    xs = [math.sin(x * k) for k in range(1, n + 1)]
    s = sum(xs[1:]) * x + sum(xs[::-1][:2])
    for a, b in zip(xs[:2], xs[1:]):
        s += a * b
    for a, b in zip(xs, xs[2:]):
        s += a * b
    return s + xs.index(max(xs)) * x + xs.count(5.0)


@program(0.7, 4, tags="second")
def tuples_in_a_list(x, n):
    rows = []
    for i in range(n):
        rows.append((x * i, x + i))
    s = 0.0
    for a, b in rows:
        s += a * b
    return s + rows[-1][0]


@program(0.7, 3)
def lists_in_a_list(x, n):
    grid = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            grid[i][j] = x * i + j * x * x
    buckets = [[] for _ in range(2)]
    rows = [[] for _ in range(n)]
    for k in range(n):
        buckets[k % 2].append(x * k)
        rows[k].append(x * k)
        rows[0].append(x)
    s = sum(buckets[0]) * sum(buckets[1]) + sum(sum(r) for r in rows)
    for i in range(n):
        for j in range(n):
            s += grid[i][j] * grid[j][i]
    return s


@program(0.7)
def looked_up_between(x):
    xs, ys = [0.0, 0.5, 1.0, 1.5], [1.0, x, x * x, 2.0]
    i = bisect.bisect_right(xs, x) - 1
    t = (x - xs[i]) / (xs[i + 1] - xs[i])
    return ys[i] * (1 - t) + ys[i + 1] * t


@program(0.7, 5, tags="second")
@program(0.7, 0)
def grown_dict(x, n):
    d = {}
    for k in range(n):
        d[k] = x * k
        if k > 0:
            d[k - 1] = d[k - 1] * d[k]
    s = sum(d.values()) * x + x * len(d)
    for k, v in d.items():
        s += k * v * v
    for k in d:
        s += d[k]
    return s


@program(0.7, 6)
def table_of_results(x, n):
    memo = {0: x, 1: x * x}
    for k in range(2, n):
        memo[k] = memo[k - 1] + memo[k - 2] * x
    table = {}
    for i in range(n):
        for j in range(n):
            table[i, j] = x * i if j == 0 else table[i, j - 1] + x * i * j
    return memo[n - 1] + table[n - 1, n - 1]


@program(0.7, 6)
def kept_results(x, n):
    memo = {}

    def power(k):
        if k in memo:
            return memo[k]
        memo[k] = x if k < 2 else power(k - 1) * x + power(k - 2)
        return memo[k]

    return power(5)


@program(0.7, 6, tags="second")
def counted_up(x, n):
    d, e, named = {}, defaultdict(float), {}
    for k in range(n):
        j = k % 3
        d[j] = d.get(j, 0.0) + x * k
        e[j] += x**k
        named[f"layer{k}"] = x * k
    s = d[0] * d[1] * d[2] + d.get(7, x) + e[9]
    for k, v in sorted(e.items()):
        s += k * v * v
    return s + sum(named[f"layer{k}"] ** 2 for k in range(n))


@program(0.7, 6)
def grouped(x, n):
    d = defaultdict(list)
    for k in range(n):
        d[k % 2].append(x * k)
    e = {}
    for k in range(n):
        e.setdefault(k % 3, []).append(x + k)
    return sum(d[0]) * sum(d[1]) + sum(e[2])


@program(0.7, 6)
def made_of_pairs(x, n):
    keys, values = [k * k for k in range(n)], [x * k for k in range(n)]
    d = dict(zip(keys, values))
    e = {k: v * v for k, v in d.items() if v > 1.0}
    f = dict(e)
    f.update(d)
    f.update({"q": x}, r=x * x)
    return d[4] * d[9] + max(d.values()) + sum(e.values()) + sum(f.values())


@program(0.7, 6)
def read_with_computed_keys(x, n):
    w = {"a": x, "b": x * x, "c": 2.0}
    s = 0.0
    for k in range(n):
        key = "abcd"[k % 4]
        if key in w:
            s += w[key] * k
        s += w.get(key, x)
    return s


@program({"a": 0.6, "b": 0.8}, 0.3)
def argument_with_a_key_known_at_run_time(d, x):
    return d["a" if x > 0.5 else "b"] * x


@program(0.7, 5)
def in_a_branch(x, n):
    d = {"a": x}
    name = "b" * n
    if n > 3:
        d[name] = x * x
    else:
        d["c"] = x
    return d["a"] * d[name]


@program(V, 5)
def arrays_in_a_dict(v, n):
    d = {}
    for k in range(n):
        d[k] = v * k
    d[2][0] = v[1] ** 2
    d[3] += v
    w = d[2]
    w *= 2.0
    return np.sum(d[2] * d[3])


@program(V)
def shortest_path(v):
    edges = {0: [1, 2], 1: [3], 2: [3], 3: []}
    far = {0: v[0]}
    for u in range(4):
        for w in edges[u]:
            way = far[u] + v[w] ** 2
            if w not in far or way < far[w]:
                far[w] = way
    return far[3] * far[1]


class Store:
    def __init__(self, x):
        self.x, self.kept = x, {}

    def put(self, k):
        self.kept[k] = self.x * k


@program(0.7, 6)
def dict_of_an_object(x, n):
    store = Store(x)
    for k in range(n):
        store.put(k)
    return store.kept[2] * store.kept[n - 1]


@program(0.7, 5, tags="second")
def moving_window(x, n):
    window, s = deque([0.0, 0.0, 0.0], maxlen=3), 0.0
    for k in range(n):
        window.append(x * k)
        s += sum(window) ** 2
    window.appendleft(x)
    window.rotate(-1)
    window.extendleft([x * x])
    return s * window[0] + len(window) * window[-1] + max(window)


@program(0.7, 4)
def breadth_first(x, n):
    queue, total = deque([(0, x)]), 0.0
    while queue:
        depth, v = queue.popleft()
        total += v * v
        if depth < n - 1:
            queue.append((depth + 1, v * 0.5))
            queue.append((depth + 1, v * x))
    return total


@program(0.7)
def known_collections(x):
    counts = Counter("abcab")
    s = counts["a"] * x * x + counts["z"] * x + counts.total()
    for _, k in counts.most_common(2):
        s += x**k
    d = OrderedDict([("b", x), ("a", x * x)])
    d.move_to_end("b")
    for k, (_, v) in enumerate(d.items()):
        s += k * v
    _, last = d.popitem()
    merged = {"a": x, "b": 1.0} | {"b": x * x}
    merged |= {"c": last}
    layered = ChainMap({"a": x}, {"a": 2.0, "b": x * x})
    made = dict.fromkeys(("p", "q"), x)
    return s + sum(merged.values()) + layered["a"] * layered["b"] * made["q"] + sum(v for _, v in layered.items())


@program(np.arange(1.0, 10.0).reshape(3, 3), 2)
def indexed_by_a_made_tuple(m, n):
    place = tuple(k for k in range(n))
    a = m.copy()
    a[place] = m[0, 0] ** 2
    corners = m[tuple(np.eye(m.ndim, dtype=int))]
    return m[place] ** 2 + np.sum(a * a) + np.sum(corners**2)


@program(0.7, 3)
def transposed_rows(x, n):
    rows = [[x * i + j * x * x for j in range(n)] for i in range(n + 1)]
    columns = [list(c) for c in zip(*rows)]
    s = 0.0
    for k in range(n):
        s += columns[k][k + 1] * rows[0][k] + sum(columns[k])
    return s


def mixed(sizes, weights):
    n = len(sizes)
    table = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            d = sizes[i] - sizes[j]
            table[i][j] = 0.5 * d * d + weights[i][j]
    return table


@program([0.5, 0.3, 0.2])
def matrix_of_lists(x):
    table = mixed([1.0, 2.0, 4.0], [[0.0] * 3 for _ in range(3)])
    s = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            s += x[i] * x[j] * table[i][j]
    return s


@refused("UnsupportedSyntax", 0.6, code="S2S010", text="a dict key that is computed at run time")
def taken_by_a_computed_key(x):
    return {0: x, 1: x * x}.pop(int(x))


@refused("AliasError", 0.6, 3, code="S2S004")
def grows_the_same_list_in_several_places(x, n):
    rows = [[]] * n
    rows[0].append(x)
    return sum(sum(r) for r in rows)
