"""The rest of the language: exceptions, contexts, patterns, scopes, parameters, decorators, generators."""

import contextlib
import functools
import logging
import warnings
from dataclasses import dataclass

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.3, -0.7, 1.2, 0.9])
M = np.array([[0.5, -0.3], [0.2, 0.9]])
TABLE = {"gauss": (0.5, 0.3), "box": (1.0, -0.2)}
COEFFICIENTS = [1.0, -0.5, 0.25]
NODES = np.array([-0.7, 0.1, 0.8])
FORMS = {"sin": np.sin, "square": lambda t: t * t}
log = logging.getLogger(__name__)

# ---- exceptions ------------------------------------------------------------------------------------------------------


@program(0.6, tags="second")
def try_without_exception(x):
    try:
        y = np.sin(x) * x
    except ValueError:
        y = 0.0
    else:
        y = y + 1.0
    finally:
        z = 2.0 * x
    return y * z


@program(0.6, {"a": 2.0}, argnums=(0,))
def try_with_certain_exception(x, d):
    try:
        k = d["b"]
    except KeyError:
        k = d["a"] * x
    try:
        k = k * x.missing
    except AttributeError as e:
        k = k + len(str(e)) * 0.0 * x
    return k


@program(0.6)
def try_import(x):
    try:
        import a_module_that_does_not_exist as backend
    except ImportError:
        backend = None
    return np.tanh(x) if backend is None else backend.tanh(x)


@program(V)
def try_in_loop(v):
    s = 0.0
    for k in range(4):
        try:
            s += v[k] * TABLE["gauss"][k % 2]
        except IndexError:
            s = 0.0
        finally:
            s = s * 0.9
    return s


@program(0.6, "box", argnums=(0,))
def try_return_in_branch(x, kind):
    if x > 0.5:
        try:
            return x * TABLE[kind][0]
        except KeyError:
            return 0.0
    return x


@program(0.6)
def early_validation(x, n=3, method="exact"):
    if n < 1:
        raise ValueError("n must be positive")
    if method not in ("exact", "fast"):
        raise ValueError(f"unknown method {method!r}")
    if not np.isscalar(x) and np.ndim(x) > 1:
        raise TypeError("x must be a number")
    return x**n


@program(0.6)
def validation_of_values(x):
    if x < 0.0:
        raise ValueError("negative")
    if not np.isfinite(x):
        raise FloatingPointError("not finite")
    assert x < 10.0, "too large"
    return np.sqrt(x)


@program(V)
def raise_in_loop_not_reached(v):
    s = 0.0
    for p in v:
        if p > 5.0:
            raise OverflowError(f"{p} is too large")
        s += p * p
    else:
        s *= 2.0
    return s


@program(0.6)
@program(0.4)
def raised_and_caught_at_run_time(x):
    try:
        if x > 0.5:
            raise ValueError
        y = x
    except ValueError:
        y = 2.0 * x
    return y


@program(0.6)
def suppressed(x):
    with contextlib.suppress(ZeroDivisionError):
        x = x * 2.0
    return x * x


# ---- contexts --------------------------------------------------------------------------------------------------------


class Doubled:
    """A user's context manager that keeps a number."""

    def __init__(self, x):
        self.x = x

    def __enter__(self):
        self.x = self.x * 2.0
        return self

    def __exit__(self, *exc):
        self.x = self.x + 1.0
        return False


@program(V)
def error_state(v):
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.where(v > 0.0, np.log(np.abs(v)), 0.0)
    return np.sum(w)


@program(0.6)
def caught_warnings(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = x * x
    return y * x


@program(0.6, tags="second")
def user_context(x):
    with Doubled(x) as d:
        y = d.x * x
    return y * d.x


@program(0.6)
def user_context_in_loop(x):
    s = 0.0
    for k in range(3):
        with Doubled(x * k) as d, np.errstate(all="ignore"):
            if k == 1:
                continue
            s += d.x
    return s * x


# ---- patterns --------------------------------------------------------------------------------------------------------


@dataclass
class Move:
    dx: float
    dy: float = 0.0


@program(0.6, "cube", argnums=(0,))
@program(0.6, "square", argnums=(0,))
def match_strings(x, kind):
    match kind:
        case "square" | "sq":
            return x * x
        case "cube":
            return x**3
        case _:
            return x


@program(0.6, 1.1)
def match_sequences(x, y):
    s = 0.0
    for item in ((x,), (x, y), [x, y, 2.0], 3.0):
        match item:
            case (a,):
                s += a
            case [a, b]:
                s += a * b
            case [a, *rest]:
                s += a * len(rest) + rest[0]
            case _:
                s *= item
    return s


@program(0.6, 1.1)
def match_classes(x, y):
    s = 0.0
    for move in (Move(x), Move(x, y), {"dx": y}, None):
        match move:
            case Move(dx=a, dy=0.0):
                s += a
            case Move(a, b):
                s += a * b
            case {"dx": a}:
                s *= a
            case None:
                s += 1.0
    return s


@program(0.6)
@program(1.6)
def match_with_guards(x):
    match (x, 2):
        case (t, 1):
            y = t
        case (t, n) if t > 1.0:
            y = t**n
        case (t, n):
            y = t * n
    return y


# ---- scopes ----------------------------------------------------------------------------------------------------------


@program(0.6, tags="second")
def nonlocal_in_loop(x):
    total, count = 0.0, 0

    def add(t):
        nonlocal total, count
        total = total * 0.5 + t
        count += 1

    for k in range(4):
        add(x * k)
    return total * count


@program(0.6)
@program(1.6)
def nonlocal_in_branch(x):
    best = 1.0

    def propose(t):
        nonlocal best
        if t > best:
            best = t
        return best * t

    return propose(x) + propose(x * x) + best


@program(0.6, V)
def inner_function_writes_captured(x, v):
    out, seen = np.zeros(4), []

    def visit(k, t):
        out[k] += t * x
        seen.append(t)
        if k + 1 < 4:
            visit(k + 1, t * v[k])

    visit(0, x)
    return out * len(seen) + sum(seen)


@program(0.6)
def two_closures_share_a_variable(x):
    state = 1.0

    def push(t):
        nonlocal state
        state = state + t * x

    def read():
        return state * x

    a = read()
    push(2.0)
    return a + read()


@program(0.6)
def closures_made_in_loop(x):
    fs = []
    for k in range(3):
        fs.append(lambda t, k=k: t * k + x)
    return sum(f(x) for f in fs)


@program(0.6)
def module_tables(x, kind="gauss"):
    a, b = TABLE[kind]
    p = 0.0
    for c in reversed(COEFFICIENTS):
        p = p * x + c
    return a * p + b * FORMS["square"](x) + np.sum(NODES * FORMS["sin"](x))


# ---- parameters and decorators ---------------------------------------------------------------------------------------


def scaled(x, /, k=2.0, *more, shift=0.0, **options):
    return x * k + sum(more) + shift * options.get("gain", 1.0)


@program(0.6)
def kinds_of_parameters(x):
    return scaled(x) + scaled(x, x, x, 1.0, shift=x, gain=3.0) + scaled(x, **{"k": x, "gain": 2.0})


@program(0.6, 1.1)
def positional_only(x, y=3.0, /, *, sign=-1.0):
    return sign * x * y


@program(0.6)
def keyword_only_with_defaults(x, *, power=3, weights=(0.3, 0.7)):
    return sum(w * x**power for w in weights)


def twice(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs) + fn(*args, **kwargs)

    return wrapper


def times(k):
    def decorate(fn):
        @functools.wraps(fn)
        def wrapper(x):
            return k * fn(x)

        return wrapper

    return decorate


@twice
@times(3.0)
def decorated_helper(x):
    return x * x


@functools.lru_cache(maxsize=None)
def binomial(n, k):
    return 1 if k in (0, n) else binomial(n - 1, k - 1) + binomial(n - 1, k)


@program(0.6, tags="second")
def decorated_with_arguments(x):
    @times(2.0)
    def inner(t):
        return t * x

    return decorated_helper(x) + inner(x)


@program(0.6, 3)
def cached_helper(x, n):
    return sum(binomial(3, k) * x**k for k in range(4)) * n


@program(0.6, V)
def partial_and_wraps(x, v):
    f = functools.partial(scaled, k=x, shift=x)
    g = functools.partial(f, gain=2.0)
    return g(x) + sum(map(f, v))


@program(0.6, V)
def prints_and_logs(x, v):
    log.debug("x is %s", x)
    y = np.sum(v) * x
    log.info(f"y is {y}")
    return y * y


@program(np.float64(0.6), V)
@program(0.6, V)
def normalised_arguments(x, v):
    x, v = np.asarray(x, dtype=float), np.atleast_1d(v)
    if x.ndim == 0:
        x = np.atleast_1d(x)
    if isinstance(v, (list, tuple)):
        v = np.array(v)
    return np.sum(x * v.astype(np.float64)) + float(len(v)) * x[0]


@program(V)
def vectorized_function(v):
    f = np.vectorize(lambda t: t * t if t > 0.0 else np.sin(t))
    return np.sum(f(v) * v)


@program(0.6)
def conditional_import(x):
    import math as m
    from math import cos as cosine

    return m.sin(x) * cosine(x)


@program(0.6)
def walrus_and_chained(x):
    if (y := x * x) > 0.1 and 0.0 < (z := y * x) <= 1.0 != x:
        return y * z
    return y


@program(0.6)
def star_expressions(x):
    first, *middle, last = [x, x * x, 2.0 * x, 1.0]
    both = [*middle, *(first, last)]
    merged = {**{"a": x}, "b": last, **{"a": x * x}}
    return sum(both) * merged["a"] + merged["b"]


@program(V, M)
def deletes_and_passes(v, m):
    w = v * 2.0
    d = {"a": w, "b": v}
    del w, d["b"]
    for k in range(2):
        pass
    return np.sum(d["a"]) * m[k, k] * len(d)


# ---- refused ---------------------------------------------------------------------------------------------------------


@refused("UnsupportedSyntax", 0.6, text="try")
def exception_of_a_loop_caught_at_run_time(x):
    try:
        for _ in range(3):
            x = x * 1.5
            if x > 1.0:
                raise ValueError
    except ValueError:
        x = 2.0 * x
    return x


@refused("UnsupportedSyntax", 0.6, code="S2S010", text="iterator")
def iterator_read_twice(x):
    pairs = zip([x, 1.0], [2.0, x])
    return sum(a * b for a, b in pairs) + sum(a for a, _ in pairs)
