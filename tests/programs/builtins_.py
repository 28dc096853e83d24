"""Builtins, methods of containers, comprehensions, functools, operator, itertools, math and cmath."""

import cmath
import collections
import functools
import itertools
import math
import operator

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.3, -0.7, 1.2, 0.9])
M = np.array([[0.5, -0.3, 0.4], [0.2, 0.9, -0.6]])

# ---- builtins --------------------------------------------------------------------------------------------------------


@program(0.6, 1.1, tags="second")
def abs_round_pow(x, y):
    return abs(x - y) * pow(x, y) + pow(y, 3) + round(x) * y + round(x, 1)


@program(0.6, 1.1)
def divmod_and_floor(x, y):
    q, r = divmod(7.8 * x, y)
    return q * x + r * r + 7.8 * x // y + 5.1 * y % x


@program(0.6, 1.1)
def conversions(x, y):
    return float(x) * int(3.7 * y) + bool(x) * y + complex(x, y).real * complex(x).imag + float(np.float32(2.0)) * x


@program(0.6, 1.1, 0.3)
def min_max_of_several(x, y, z):
    return min(x, y, z) * max([x, y, z]) + max((x, y), key=lambda t: -t) + min([z, x], default=1.0)


@program(V)
def min_max_of_array_items(v):
    return max(v) - min(v) * max(p * p for p in v)


@program(0.6, 1.1)
@program(1.6, 1.1)
def any_and_all(x, y):
    if any([x > 1.0, y < 0.0]) or all(t > 0.5 for t in (x, y)):
        return x * y
    return x + y


@program(V)
def any_and_all_in_loop(v):
    s = 0.0
    for p in v:
        if all([p > 0.0, s < 1.0]) and not any((p > 1.0, p < -1.0)):
            s += p * p
    return s


@program(0.6, 1.1)
def sum_with_start(x, y):
    return sum([x, y, x * y], x) + sum((t * t for t in (x, y)), start=1.0) + sum(range(4)) * x


@program(0.6, V)
def map_and_filter(x, v):
    squares = list(map(lambda t: t * x, v))
    odd = list(filter(lambda k: k % 2, range(4)))
    return sum(map(operator.mul, squares, v)) + sum(v[k] for k in odd) + len(odd) * x


@program(V)
def zip_enumerate_reversed(v):
    s = 0.0
    for k, (a, b) in enumerate(zip(v, reversed(v)), start=1):
        s += k * a * b
    for k, a in reversed(list(enumerate(v[:3]))):
        s = s * 0.5 + k * a
    return s


@program(0.6, 1.1)
def sorted_by_static_key(x, y):
    items = sorted([("b", x), ("a", y), ("c", x * y)], key=lambda item: item[0])
    names = sorted({"u": 1, "t": 2}, reverse=True)
    return items[0][1] * items[2][1] + items[1][1] * len(names[0])


@program(0.6, 1.1)
def isinstance_and_type(x, y):
    if isinstance(x, (int, np.ndarray)) or type(y) is list:
        return x
    return x * y if isinstance(y, float) and callable(np.sin) and hasattr(V, "shape") else y


@program(V)
def len_and_range_arithmetic(v):
    n = len(v)
    half, last = n // 2, (n - 1) % 3
    mask = (1 << 2) | 1
    return v[half] * v[last] + v[n - 1 >> 1] * (mask & 4) + v[-(n // n)] ** (n - 2)


@program(0.6)
def integers_stay_integers(x):
    n = 7
    n = n**2 // 5 % 4 + int("3") + (n ^ 2)
    k = -n // 2
    return x**n + x * k + n.bit_length() * x


@program(0.6)
def strings_and_formats(x):
    name = "rbf_" + "-".join(["a", "b"]).upper()
    parts = name.lower().split("_")
    return x * len(parts) + (x * x if parts[0].startswith("rb") and "a" in parts[1] else 0.0) + name.count("-")


@program(V)
def slices_as_values(v):
    s = slice(1, 3)
    return np.sum(v[s]) * v[slice(None, None, -1)][0] + np.sum(v[s.start :])


@program(0.6)
def getattr_and_dispatch(x):
    f = getattr(np, "si" + "n")
    g = getattr(math, "missing", math.cos)
    return f(x) * g(x)


# ---- containers ------------------------------------------------------------------------------------------------------


@program(0.6, 1.1)
def dict_methods(x, y):
    d = dict(a=x, b=y)
    d.update({"c": x * y}, e=2.0)
    d.setdefault("a", 100.0)
    d.setdefault("f", x)
    k = d.pop("b") + d.pop("missing", y)
    e = d.copy()
    e["a"] = 0.0
    total = sum(d.values()) + sum(v * len(n) for n, v in d.items())
    return total * k + d.get("a") * d.get("zz", y) + len(list(d.keys())) + e["a"]


@program(0.6, 1.1)
def dict_built_in_loop(x, y):
    d = {}
    for k, name in enumerate(("a", "b", "c")):
        d[name] = x * k
        if name in d and name != "b":
            d[name] += y
    return d["a"] * d["b"] + d["c"]


@program(0.6, 1.1)
def dict_of_tuples(x, y):
    table = {(0, 0): x, (0, 1): y, (1, 0): x * y}
    table[0, 0] *= 2.0
    del table[0, 1]
    return sum(table[k] * (1 + k[0]) for k in table)


@program(0.6)
def default_dicts(x):
    sums, groups = collections.defaultdict(float), collections.defaultdict(list)
    for name, t in (("a", x), ("b", x * x), ("a", 2.0)):
        sums[name] += t * x
        groups[name].append(t)
    ordered = collections.OrderedDict(u=x, v=2.0)
    return sums["a"] * sums["b"] + sum(groups["a"]) * len(groups) + sum(k * t for k, t in enumerate(ordered.values()))


@program(0.6)
def set_of_constants(x):
    seen = {"a", "b"} | {"c"}
    powers = {k % 3 for k in range(7)}
    s = x * len(seen)
    for k in sorted(powers):
        s += x**k
    return s if "c" in seen and 5 not in powers else 0.0


@program(0.6)
def list_methods(x):
    xs = [x, 2.0, x * x]
    xs.extend([1.0, x])
    xs.insert(1, 3.0 * x)
    xs.reverse()
    last = xs.pop()
    ys = xs.copy()
    ys.clear()
    xs += [last] * 2
    xs[1:3] = [x, x, x]
    return sum(xs) * last + xs[2] * len(ys) + [3, 4].index(4) + len(xs)


@program(0.6)
def list_deletion_and_slices(x):
    xs = [x * k for k in (1, 2, 3, 4, 5)]
    del xs[1]
    tail = xs[::2]
    return tail[-1] * xs[1] + sum(xs[1:-1])


@program(V)
def nested_comprehension_with_conditions(v):
    rows = [[p * q for q in v if q > 0.0] for p in v]
    return sum([t for row in rows for t in row if t < 0.5]) + sum(row[0] for row in rows)


@program(0.6, 3)
def comprehension_over_known_with_tests(x, n):
    d = {k: x**k for k in range(5) if k % 2 == 0}
    pairs = [(i, j) for i in range(3) for j in range(i) if i + j > 1]
    return sum(d.values()) + sum(x * i + j for i, j in pairs) * n


@program(M)
def comprehension_over_matrix(m):
    return sum(sum(q * q for q in row) for row in m) + max([np.sum(row) for row in m.T])


# ---- functools, operator, itertools ----------------------------------------------------------------------------------


@program(0.6, 1.1, tags="second")
def reduce_and_partial(x, y):
    horner = functools.partial(functools.reduce, lambda acc, c: acc * x + c)
    return horner([y, 1.0, x], 0.5) + functools.reduce(operator.mul, (x, y, 2.0))


@program(0.6, V)
def operator_functions(x, v):
    s = operator.add(x, operator.mul(x, operator.getitem(v, 1)))
    s = operator.sub(s, operator.truediv(x, 2.0)) ** operator.pow(2, 1) + operator.neg(x) + operator.abs(v[1])
    return s * operator.matmul(v, v) + operator.floordiv(5, 2) * x


@program((0.6, 1.1))
def getters(p):
    first, swap = operator.itemgetter(0), operator.itemgetter(1, 0)
    a, b = swap(p)
    return first(p) * a - b


@program(V)
def itertools_of_known(v):
    s = 0.0
    for i, j in itertools.product(range(2), (0, 3)):
        s += v[i] * v[j]
    for a, b in itertools.combinations(range(4), 2):
        s += v[a] * v[b] * 0.1
    for k in itertools.chain((0, 1), [2]):
        s *= 1.0 + 0.1 * v[k]
    return s + sum(x for x in itertools.repeat(v[0], 3))


@program(V)
def itertools_of_values(v):
    running = list(itertools.accumulate([v[0], v[1], v[2]]))
    pairs = zip(v, itertools.islice(v, 1, None))
    total = running[-1] * running[1]
    for a, b in pairs:
        total += a * b
    return total


@program(0.6)
def itertools_permutations_and_zip_longest(x):
    s = 0.0
    for a, b, c in itertools.permutations((1, 2, 3)):
        s += x * a - b * x * x * c
    for a, b in itertools.zip_longest([x, 2.0], [x], fillvalue=1.0):
        s += a * b
    return s


# ---- math and cmath --------------------------------------------------------------------------------------------------


@program(0.6, 1.4, tags="second")
def math_elementary(x, y):
    s = math.sin(x) * math.cos(y) + math.tan(x) + math.exp(x) * math.log(y) + math.log(y, 3.0) + math.log2(y)
    s += math.log10(y) + math.log1p(x) + math.expm1(x) + math.sqrt(y) + math.pow(x, y) + math.exp2(x) + math.cbrt(y)
    return s


@program(0.6, 1.4)
def math_inverse_and_hyperbolic(x, y):
    s = math.asin(x) + math.acos(x) * math.atan(y) + math.atan2(y, x) + math.sinh(x) * math.cosh(y) + math.tanh(x)
    return s + math.asinh(x) + math.acosh(y) + math.atanh(x)


@program(0.6, 1.4)
def math_special(x, y):
    return math.erf(x) * math.erfc(y) + math.gamma(y) + math.lgamma(y) + math.hypot(x, y) + math.dist((x, y),
                                                                                                      (1.0, 0.5))


@program(0.6, 1.4)
def math_parts(x, y):
    f, whole = math.modf(3.3 * y)
    s = f * x + whole + math.fabs(-x) + math.copysign(x, -y) + math.fmod(5.0 * y, x) + math.degrees(x) * math.radians(y)
    return s + math.floor(y) * x + math.ceil(y) * y + math.trunc(2.5 * y) * x


@program(0.6, 1.4)
def math_sums(x, y):
    s = math.fsum([x, y, x * y]) * math.prod((x, y), start=2.0) + math.pi * x + math.e * y
    return s + math.comb(5, 2) * x + math.factorial(4) * y + math.gcd(12, 18) * x + math.isqrt(17) * y


@program(0.6, 1.4)
@program(1.6, 1.4)
def math_tests(x, y):
    if math.isfinite(x) and not math.isnan(y) and not math.isinf(y) and not math.isclose(x, y):
        return x * y if math.floor(x) == 0 else x - y * y
    return x


@program(V)
def math_in_loop(v):
    s = 0.0
    for p in v:
        s += math.exp(-p) * math.sin(p) if p > math.sqrt(0.01) else math.cosh(p)
    return s


@program(0.6, 1.4)
def cmath_functions(x, y):
    z = complex(x, y)
    w = cmath.exp(1j * x) * cmath.sqrt(z) + cmath.log(z) + cmath.sin(z) / cmath.cosh(z) + cmath.tan(x)
    return abs(w) + w.real * cmath.phase(w) + (z * z.conjugate()).real


@program(0.6, 1.4)
def cmath_polar(x, y):
    r, phi = cmath.polar(complex(x, y))
    w = cmath.rect(r * x, phi + y) + cmath.asin(0.3 * x) + cmath.atan(complex(0.1, x))
    return w.real * w.imag


# ---- refused ---------------------------------------------------------------------------------------------------------


@refused("UnsupportedSyntax", 0.6, text="set")
def set_of_values(x):
    return sum({x, 2.0 * x})


@program(V)
def largest_tuple(v):
    a, b = (v[0], 1), (v[1], 2)
    c = min([(v[2], v[0]), (v[2], v[1])])
    return max(a, b)[0] * 2.0 + c[1] ** 2 + max((v[0], 1.0), (v[0], v[3]))[1]
