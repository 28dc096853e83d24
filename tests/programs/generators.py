"""Generators, iterators and context managers written with ``yield``."""

import contextlib
import itertools
import math

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.3, -0.7, 1.2, 0.9])


def multiples(x, n):
    for k in range(n):
        yield x * k


def decay(x, n):
    for k in range(n):
        x = x * 0.9 + k
        yield k, x


def fibonacci(x):
    a, b = x, x * x
    while True:
        yield a
        a, b = b, a + b


@program(0.7, 4, tags="second")
@program(0.7, 0)
def in_for(x, n):
    s = 0.0
    for v in multiples(x, n):
        s += v * v * x
    return s


@program(0.7, 4, tags="second")
def with_break_and_else(x, n):
    s = 0.0
    for v in multiples(x, n):
        if v > 1.0:
            break
        s += v * v * x
    else:
        s = s * x
    for v in multiples(x, n):
        if v < 1.0:
            continue
        s += v * s
    else:
        s = s * x
    return s


@program(0.7, 5)
@program(0.7, 1)
def with_return(x, n):
    for v in multiples(x, n):
        if v > 1.0:
            return v * v
    return x


@program(0.7, 5, tags="second")
def in_branch_and_loop(x, n):
    s = 0.0
    for k in range(n):
        if k % 2 == 0:
            for v in multiples(x, k):
                s += v * v * k
        else:
            s = s * x
    return s


@program(0.7, 4)
def read_at_once(x, n):
    s = sum(v * v for v in multiples(x, n)) + max(multiples(x, n)) * x
    listed = np.array(list(multiples(x, n)))
    kept = [v * v * x for v in multiples(x, n) if v > 0.5]
    made = np.fromiter(multiples(x, n), dtype=float)
    a, b = multiples(x + 1.0, 2)
    return s + np.sum(listed**2) + sum(kept) + np.sum(made) * a * b + sum([*multiples(x, 3)])


@program(0.7, 6, tags="second")
def endless(x, n):
    s = 0.0
    for k, v in enumerate(fibonacci(x)):
        if k >= n:
            break
        s += v * v
    for v in itertools.islice(fibonacci(x * x), n):
        s += v * v
    return s + next(fibonacci(x))


@program(V)
def nested_loops(v):
    def pairs(a):
        for i in range(len(a)):
            for j in range(i):
                yield a[i], a[j]

    s = 0.0
    for a, b in pairs(v):
        s += (a - b) ** 2 * a
    return s


@program(0.7, 3)
def delegating(x, n):
    def parts():
        yield x
        yield from multiples(x, n)
        yield from [x * x, 2.0]

    s = 0.0
    for v in parts():
        s += v**3
    return s


@program(0.7, 3, tags="second")
def generator_of_generator(x, n):
    def large():
        for k, v in decay(x, n):
            if v > 1.0:
                yield v * v

    s = 0.0
    for a in large():
        for b in multiples(a, n):
            s += a * b * b
    return s


@program(0.7, 5)
def several_yields(x, n):
    def mixed():
        for k in range(n):
            if k % 2 == 0:
                yield x * k
            elif k == 3:
                yield x * x
            else:
                continue
            yield 1.0 * k
        if n > 100:
            return
        yield x

    s = 1.0
    for v in mixed():
        s += v * s * 0.1
    return s


@program(0.7)
def recursive(x):
    def tree(d):
        if d == 0:
            yield x
        else:
            yield from tree(d - 1)
            yield x * d
            yield from tree(d - 1)

    s = 0.0
    for k, v in enumerate(tree(2)):
        s += k * v * v
    return s


@program(V)
def writes_and_views(v):
    def rows(m):
        for i in range(m.shape[0]):
            m[i] *= 2.0
            yield m[i]

    m = np.outer(v, v)
    s = 0.0
    for r in rows(m):
        s += r[0]
        r[1] = r[2] * r[0]
    return s + np.sum(m * m)


@program(V)
def indices_of_writes(v):
    a = v.copy()
    for i, j in ((k, m) for k in range(len(v)) for m in range(k)):
        a[i] += 0.3 * a[j] * a[i]
    return np.sum(a * a)


@program(0.7, 4)
def shared_state(x, n):
    count = 0.0

    def steps():
        nonlocal count
        for k in range(n):
            count += x
            yield count * k

    s = 0.0
    for v in steps():
        s += v * count
    return s + count


@program(0.7, 3)
def finally_at_break(x, n):
    log = []

    def steps():
        try:
            for k in range(5):
                yield x * k
        finally:
            log.append(x * x)

    s = 0.0
    for v in steps():
        if v > 1.0:
            break
        s += v * v
    return s + log[0]


@program(0.7, 4)
def exceptions_stay_where_they_are(x, n):
    def careful():
        try:
            yield x
            yield x * x
        except ValueError:
            yield 100.0

    s = 0.0
    try:
        for v in careful():
            s += v
            if n == 4:
                raise ValueError
    except ValueError:
        s = s * x
    return s


@program(0.7, 4)
def zipped(x, n):
    s = 0.0
    for a, v in zip(V, multiples(x, n)):
        s += a * v * v
    for (i, a), (j, b) in zip(decay(x, n), decay(x * x, n + 1)):
        s += a * b * (i + j)
    for k, (v, w) in enumerate(zip(multiples(x, n), itertools.count(1)), start=2):
        s += k * v * w
    return s


@program(0.7, 4)
def library_iterators(x, n):
    v = [math.sin(x * k) for k in range(1, n + 1)]
    s = sum((b - a) ** 2 for a, b in itertools.pairwise(v)) + list(itertools.accumulate(v, lambda a, b: a * b))[-1]
    s += sum(a * a for i, a in itertools.takewhile(lambda t: t[1] < 3.0, decay(x, n)))
    for i, a in itertools.chain(decay(x, n), [(3, x)], decay(x * x, 2)):
        s += a * a * (i + 1)
    for a in itertools.dropwhile(lambda q: q < 0.9, v):
        s += a
    for a, b in itertools.islice(zip(v, v[1:]), 2):
        s += a * b
    for k, a in zip(range(5), itertools.cycle([x, 2.0])):
        s += k * a * x
    return s


@program(V)
def called_between_items(v):
    a = v.copy()
    s = 0.0
    for q in map(np.sin, a):
        s += q
        a[2] = a[2] * 1.5
    for q in filter(lambda t: t > 0, a):
        s += q * q
        a[3] = -1.0
    return s


@program(V)
def what_is_not_read_has_not_run(v):
    a, xs, table, c = v.copy(), [v[0], v[1]], {"a": v[0]}, 2.0
    squares = (a[i] * a[i] for i in range(4))
    scaled = (c * q for q in v)
    listed = (q * q for q in xs)
    joined = zip(xs, [1.0, 2.0, 3.0])
    doubled = map(lambda i: a[i] * 2.0, range(4))
    items = table.items()
    a[0] = v[1] * v[2]
    c = v[1]
    xs.append(v[2])
    table["b"] = v[1]
    total = sum(squares) + sum(scaled) + sum(listed) + sum(p * q for p, q in joined) + sum(doubled)
    return total + sum(w * w for k, w in items)


@program(V)
@program(V[:1])
def stepped_by_hand(v):
    it = iter(v)
    first = next(it)
    s = first * first
    for q in it:
        s += q * first
        if s > 0.5:
            break
    return s + next(it, 2.0) * v[0]


@program(0.7)
def iterator_stepped_by_hand(x):
    it = iter([x, 2.0 * x])
    return next(it) * next(it)


@program(V)
def first_that_fits(v):
    big = next((q for q in v if q > 1.0), 0.0)
    none = next((q for q in v if q > 10.0), v[0] * v[1])
    return big * big * v[0] + none


class Ramp:
    def __init__(self, x, n):
        self.x, self.n, self.k = x, n, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.k >= self.n:
            raise StopIteration
        self.k += 1
        return self.x * self.k


class Curve:
    def __init__(self, points):
        self.points = points

    def __iter__(self):
        for q in self.points:
            yield q * 2.0

    def segments(self, scale=1.0):
        for a, b in zip(self.points[:-1], self.points[1:]):
            yield (b - a) * scale


@program(0.7, 4, tags="second")
@program(0.7, 0)
def class_with_next(x, n):
    s = 0.0
    for v in Ramp(x, n):
        s += v * v
    ramp = Ramp(x, 9)
    for v in ramp:
        s += v
        if v > 2.0:
            break
    for v in ramp:
        s += v * v
    return s * ramp.k + sum(a * b for a, b in zip(Ramp(x, 4), [1.0, 2.0])) + list(Ramp(x, 2))[1]


@program(V)
def class_with_generator_methods(v):
    s = 0.0
    for q in Curve(v):
        s += q**3
    for q in Curve(v).segments(scale=2.0):
        s += q**3
    return s + sum(Curve(v))


@program(0.7)
def euler_steps(x):
    def solve(f, y, h):
        t = 0.0
        while t < 1.0:
            y = y + h * f(y)
            t += h
            yield t, y

    e = 0.0
    for t, y in solve(lambda y: -y * y, x, 0.25):
        e += t * y
    return e


@program(0.7)
def newton_until_it_stands(x):
    def newton(f, df, y):
        while True:
            y = y - f(y) / df(y)
            yield y

    before = x
    for y in newton(lambda t: t * t - 2.0 * x, lambda t: 2.0 * t, 1.0 + x):
        if abs(y - before) < 1e-13:
            break
        before = y
    return y * y * x


@contextlib.contextmanager
def replaced(state, value):
    before = state[0]
    state[0] = value
    try:
        yield before
    finally:
        state[0] = before


@contextlib.contextmanager
def swallowed():
    try:
        yield
    except ValueError:
        pass


@program(0.7, 3, tags="second")
def context_managers(x, n):
    state, other = [1.0], [x]
    with replaced(state, x * 2.0) as a, replaced(other, state[0]) as b:
        r = a * b * state[0] * other[0]
    s = 0.0
    for k in range(n):
        with replaced(state, x * k) as old:
            s += state[0] * old
            if k == 1:
                break
            s += x
    with contextlib.nullcontext(x) as y:
        s += y * y
    return (r + s) * state[0] * other[0]


@program(0.7)
def context_manager_left_early(x):
    state = [1.0]

    def inside():
        with replaced(state, x) as old:
            return state[0] * old * x

    with swallowed():
        x = x * inside()
        raise ValueError
    try:
        with replaced(state, x):
            y = state[0] * x
            raise ValueError
    except ValueError:
        y = y + state[0]
    return y


@refused("UnsupportedSyntax", 0.6, code="S2S010", text="read more than once")
def generator_stepped_by_hand(x):
    g = fibonacci(x)
    return next(g) * next(g)


@refused("UnsupportedSyntax", 0.6, code="S2S010", text="does not end by itself")
def endless_read_to_its_end(x):
    return sum(fibonacci(x))


@refused("UnsupportedSyntax", V, code="S2S010", text="one of which changes something")
def generators_in_turns(v):
    it = iter(v)
    return sum(a * b for a, b in zip(it, it))


@refused("UnsupportedSyntax", 0.6, code="S2S011", text="a generator handed to code that is not inlined")
def generator_as_array(x):
    return np.sum(np.array(x * k for k in range(3)))
