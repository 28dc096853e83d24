"""NumPy functions as programs use them: shapes, reductions, products, linear algebra."""

import functools
import inspect

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.2, 1.1, -0.4], [0.8, -0.6, 0.5]])
S = np.array([[2.2, 0.3, 0.1], [0.3, 1.9, -0.4], [0.1, -0.4, 1.5]])
T = np.linspace(-1.0, 1.4, 24).reshape(2, 3, 4)


@program(V)
def elementwise_zoo(v):
    p = np.abs(v) + 0.5
    return (
        np.exp(v)
        + np.log(p) * np.sqrt(p)
        + np.tanh(v)
        + np.square(v)
        + np.arctan(v)
        + np.sinh(v) * np.cosh(v)
        + np.log1p(p)
        + np.expm1(v)
        + np.reciprocal(p)
        + np.power(p, v)
        + np.logaddexp(v, p)
        + np.hypot(v, p)
        + np.arctan2(v, p)
        + np.sign(v) * v
        + np.floor(v)
    )


@program(V, V[::-1].copy())
def pairwise_zoo(v, w):
    return (
        np.maximum(v, w + 0.1)
        + np.minimum(v, 0.2)
        + np.where(v > w, v, w * w)
        + np.clip(v, -0.5, 1.0)
        + np.add(v, w) * np.subtract(v, w)
        + np.multiply(v, w)
        + np.divide(v, 2.0 + w)
        + np.negative(v)
    )


@program(A)
def reductions(m):
    return (
        np.sum(m)
        + np.mean(m, axis=0)[0]
        + np.prod(m)
        + m.max() * m.min(axis=1)[0]
        + np.var(m)
        + np.std(m, axis=0)[1]
        + m.sum(axis=(0, 1))
        + np.cumsum(m)[3]
        + np.max(np.abs(m), axis=1, keepdims=True)[1, 0]
    )


@program(A)
def shapes(m):
    a = np.reshape(m, (3, 2)).T
    b = np.concatenate([a, m * 2.0], axis=0)
    c = np.stack([m, m * m], axis=1)
    d = np.expand_dims(b, 0) * 3.0
    e = np.moveaxis(c, 0, -1)
    return np.sum(b * b) + np.sum(c) + np.squeeze(d)[0, 0] * e[0, 1, 1] + np.ravel(m)[2]


@program(A)
def shapes_more(m):
    a = np.pad(m, 1) + np.pad(m, ((1, 1), (2, 0)))
    b = np.roll(m, 1, axis=1) * np.flip(m, axis=0)
    c = np.tile(m, (2, 1)) * np.repeat(m, 2, axis=0)
    return np.sum(a * a) + np.sum(b) + np.sum(c * c)


@program(A)
def splits(m):
    left, right = np.split(m, [1], axis=1)
    top, bottom = np.split(m, 2)
    return np.sum(left * right) + np.sum(top * bottom)


@program(S)
def triangles(m):
    return np.triu(m) @ np.tril(m) + np.diag(np.diag(m)) * np.trace(m)


@program(V)
def constructors(v):
    x = v[0]
    return (
        np.full(4, x)
        + np.zeros_like(v)
        + np.ones(4) * x
        + np.full_like(v, x)
        + np.linspace(0.0, 1.0, 4) * v
        + np.arange(4) * x
        + np.eye(4) @ v
        + np.array([x, 1.0, x * x, v[3]])
    )


@program(A, V[:3])
def products(m, v):
    return (
        m @ v
        + np.dot(m, v)
        + m.dot(v)
        + np.matmul(m, v)
        + np.inner(m, v)
        + np.tensordot(m, v, axes=1)
        + np.einsum("ij,j->i", m, v)
        + np.vdot(v, v)
        + np.outer(v, v)[0, 1]
        + np.kron(v, v)[4]
    )


@program(T, A)
def batched_products(t, m):
    a = np.matmul(m, t)
    b = np.einsum("bij,kj->bki", t.swapaxes(1, 2), m)
    return np.sum(a * b)


@program(S, V[:3])
def linear_algebra(m, v):
    return (
        np.linalg.solve(m, v) @ v
        + np.linalg.inv(m)[0, 1]
        + np.linalg.det(m)
        + np.linalg.slogdet(m)[1]
        + np.sum(np.linalg.cholesky(m @ m.T))
        + np.linalg.norm(v)
        + np.linalg.norm(m)
    )


@program(T)
def indexing(t):
    return (
        t[0, 1] * t[1, ..., :][0]
        + t[:, 1:, None][1, 0, 0]
        + t[..., -1].sum()
        + t[0][2][1:3].sum()
        + t[np.array([0, 1, 1]), 2, 0].sum()
        + t[t > 0.5].sum()
        + t[:, [2, 0]][1, 1]
    )


@program(V)
def sort_and_friends(v):
    order = np.argsort(v)
    return v[order] * np.array([1.0, 2.0, 3.0, 4.0]) + v[np.argmax(v)]


@program(V)
def stop_at_integers(v):
    k = int(np.floor(v[2] * 3.0))
    return v * k + np.argmin(v)


@program(A)
def softmax_rows(m):
    e = np.exp(m - np.max(m, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


@program(A)
def log_sum_exp(m):
    top = m.max(axis=1)
    return top + np.log(np.exp(m - top[:, None]).sum(axis=1))


@program(A)
def layer_norm(m):
    mu = m.mean(axis=-1, keepdims=True)
    sigma = m.std(axis=-1, keepdims=True)
    return (m - mu) / (sigma + 1e-5)


@program(V, tags="second")
def rosenbrock(v):
    return np.sum(100.0 * (v[1:] - v[:-1] ** 2) ** 2 + (1.0 - v[:-1]) ** 2)


@program(A, A * 0.5 + 0.1)
def pairwise_distances(p, q):
    diff = p[:, None, :] - q[None, :, :]
    return np.sqrt(np.sum(diff * diff, axis=-1))


@program(A)
def covariance(m):
    centred = m - m.mean(axis=0)
    return centred.T @ centred / (len(m) - 1)


@program(V)
def polynomial_horner(v):
    y = 0.0
    for c in (1.0, -2.0, 0.5):
        y = y * v + c
    return y


@program(V)
def trapezoid_rule(v):
    h = 0.25
    return h * (0.5 * v[0] + np.sum(v[1:-1]) + 0.5 * v[-1])


@program(A)
def method_spellings(m):
    return (
        (m.transpose() @ m).sum()
        + m.reshape(-1).cumsum()[-1]
        + m.prod(axis=1).mean()
        + m.var()
        + m.clip(-0.3, 0.7).min()
    )


@program(S)
def chained_solve(m):
    x = np.ones(3)
    for _ in range(3):
        x = np.linalg.solve(m, x)
        x = x / np.linalg.norm(x)
    return x @ m @ x


@program(np.array([0.0, 0.4, 0.0, 1.2, 0.0]))
@program(np.array([0.7, 0.4]))
def zeros_trimmed(v):
    w = np.where(np.abs(v) > 0.1, v, 0.0)
    front = np.trim_zeros(w * w, trim="f")
    return np.sum(np.trim_zeros(w)) * front[0] + np.sum(np.trim_zeros(w, "b") ** 2) + np.trim_zeros(w * 0.0, "B").size


@program(V, argnums=(0,))
@program(A, argnums=(0,))
def along_the_last_axis(a):
    scaled = np.apply_along_axis(lambda row, p: row / np.sum(row**p), -1, a, 2)
    return np.sum(scaled * a) + np.sum(np.apply_along_axis(np.max, 0, a))


@refused("UnsupportedSyntax", A, code="S2S011", text="integers")
def integers_along_an_axis(m):
    return np.sum(np.apply_along_axis(lambda row: 0 if row[0] > 0.5 else row[1], 1, m) * m[:, 0])


@program(A)
def along_columns(m):
    return np.apply_along_axis(lambda c: np.array([c[0] * c[1], c[0], c[1] ** 2]), 0, m) * m[0]


@program(V, np.array([0.5, -0.3]))
def polynomials(p, q):
    product = np.polymul(p, q)
    line = np.poly1d(q)
    return (line * np.poly1d(p) + line)(0.3) + np.sum(product) + np.polyder(p)[0]


@program(V)
def settings_put_back(v):
    old = np.seterr(invalid="ignore")
    w = np.sqrt(v * v) / 2.0
    np.seterr(**old)
    return w


@program(V, 4)
@program(V, 2)
def parts_of_run_time_number(v, k):
    parts = np.array_split(v, k)
    return sum(np.sum(p) ** 2 for p in np.split(v, k)) + len(parts) * v[0] + parts[-1][0] ** 2


@program(np.outer(V, V), np.array([1, 3]), argnums=(0,))
def parts_at_run_time_places(m, places):
    rows = np.vsplit(m, m.shape[0])
    parts = np.split(m, places)
    total = len(rows) * m[0, 0] + np.sum(rows[-1] ** 2)
    for part in parts:
        total = total * 0.5 + np.sum(part ** 3)
    return total + len(parts) * np.sum(np.hsplit(m, 2)[1])


@program(V, 0.7)
def joined_in_brackets(v, x):
    row = np.r_[1.0, v[1:], x, 0:3, [x, 2.0]]
    columns = np.c_[v, v * x, np.arange(4)]
    stacked = np.r_[A, x * A]
    return np.sum(row**2) + np.sum(columns @ np.array([1.0, x, x**2])) + np.sum(stacked * np.c_[A, A].reshape(4, 3))


@program(np.array([0.5, 1.5], dtype=np.float32), tags="float32")
def joined_in_brackets_in_single_precision(v):
    row = np.r_[1.0, v, np.r_[v]]
    return row * row


@program(A, np.array([0.3, -0.4]))
def columns_joined_in_brackets(m, v):
    return np.c_[m, v, np.ones(2)] ** 2


@program(V)
def empty_part_in_brackets(v):
    return np.r_[v[:0], 2.0, v * v][1:]


def checked(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        signature = inspect.signature(fn)
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        ignored = [p.name for p in signature.parameters.values() if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        given = {k: v for k, v in bound.arguments.items() if k not in ignored}
        for name, value in given.items():
            if isinstance(value, str):
                raise TypeError(name)
        return fn(*bound.args, **bound.kwargs) * len(given)

    return wrapper


@checked
def with_a_checked_signature(x, y=2.0, *rest, scale=1.0, **others):
    return x * y * scale + sum(rest) * others.get("w", 0.5)


@program(0.7, 1.3)
def arguments_that_are_checked_by_signature(x, y):
    return with_a_checked_signature(x) + with_a_checked_signature(x, y, x, y, scale=x, w=y) + (
        with_a_checked_signature(scale=y, x=x)
    )


@program(0.7)
def arguments_that_do_not_fit(x):
    try:
        inspect.signature(with_a_checked_signature).bind(y=x)
    except TypeError:
        return x * x
    return x


SETTINGS = {"scale": 2.0, "names": ["a"]}


@program(0.7, tags="second")
def settings_that_are_put_back(x):
    before = SETTINGS["scale"]
    SETTINGS["scale"] = 3.0
    SETTINGS["names"].append("b")
    y = x * x * SETTINGS["scale"] * len(SETTINGS["names"])
    SETTINGS["names"].pop()
    SETTINGS["scale"] = before
    return y


@refused("UnsupportedSyntax", 0.7, code="S2S009", text="this changes the global `SETTINGS`")
def settings_that_stay_changed(x):
    SETTINGS["scale"] = 3.0
    return x * x


@program(0.7)
def attributes_looked_up_statically(x):
    found = inspect.getattr_static(x, "mask", 2.0) + inspect.getattr_static([x], "mask", 3.0)
    return x * x * found * (inspect.getattr_static(x, "conjugate", None) is float.conjugate)


@program(A[:, :2], 0.4, tags="second")
@program(A, 0.4)
def diagonal_that_is_filled(m, x):
    k = np.exp(m * x)
    np.fill_diagonal(k, x * x)
    np.fill_diagonal(k[:1], 2, wrap=False)
    return np.sum(k * k)


@refused("UnsupportedSyntax", A, 0.4, code="S2S001", text="`fill_diagonal` writes to its argument")
def diagonal_that_is_filled_around(m, x):
    k = m * x
    np.fill_diagonal(k, x, wrap=True)
    return k


@program(0.7)
def number_without_axes(x):
    a = np.squeeze(x)
    return a.reshape(1) * (2.0 if a.ndim == 0 and a.__class__ is np.ndarray else 3.0) * x


@program(V)
def flags_by_letter(v):
    w = v * v
    return w * (2.0 if w.flags["C"] and w.flags["W"] else 3.0)
