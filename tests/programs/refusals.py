"""Programs that must be refused: with the right class, at the right line, and never with a wrong number."""

import numpy as np

from tests.programs.registry import refused

V = np.array([0.3, -0.7, 1.2, 0.9])
COUNTER = [0]
STATE = np.zeros(4)
TOTAL = 0.0


@refused("ArgumentError", 3)
def integer_argument(n):
    return n * n


@refused("ArgumentError", np.array([1, 2, 3]))
def integer_array(v):
    return np.sum(v * v)


@refused("ArgumentError", True)
def boolean_argument(b):
    return b * 2.0


@refused("ArgumentError", "text")
def string_argument(s):
    return 1.0


@refused("ArgumentError", V)
def vector_output(v):
    return v * v


@refused("ArgumentError", 0.5)
def tuple_output(x):
    return x, x * x


@refused("ArgumentError", 0.5)
def no_output(x):
    x * x


@refused("ArgumentError", 0.5, argnums=(3,))
def argnums_out_of_range(x):
    return x


@refused("UnsupportedSyntax", 0.5, text="yield")
def generator(x):
    yield x * x


@refused("UnsupportedSyntax", 0.5, text="global")
def global_write(x):
    global TOTAL
    TOTAL = x
    return x * x


@refused("UnsupportedSyntax", 0.5)
def writes_global_array(x):
    STATE[0] = x
    return x * STATE[0]


@refused("UnsupportedSyntax", 0.5)
def writes_global_list(x):
    COUNTER.append(1)
    return x


@refused("UnsupportedSyntax", 0.0, text="try")
def caught_at_run_time(x):
    try:
        y = 1.0 / x
    except ZeroDivisionError:
        y = 2.0 * x
    return y


@refused("UnsupportedSyntax", 0.5, text="class")
def class_statement(x):
    class Local:
        value = 2.0

    return x * Local.value


@refused("UnsupportedSyntax", 0.5, text="exec")
def exec_call(x):
    exec("y = 1")
    return x


@refused("UnsupportedSyntax", 0.5, text="eval")
def eval_call(x):
    return eval("x * 2.0")


@refused("UnsupportedSyntax", 0.5, text="async")
async def coroutine(x):
    return x


HALVE = np.frompyfunc(lambda t: 0.5 * t, 1, 1)


@refused("NotDifferentiable", V, text="HALVE")
def unknown_function(v):
    return np.sum(HALVE(v))


def opaque():
    """A callable whose source cannot be read."""
    namespace: dict = {"__name__": __name__}
    code = compile("def hidden(x):\n    return x * x\n", "<gone>", "exec")
    exec(code, namespace)
    return namespace["hidden"]


HIDDEN = opaque()
refused("SourceNotFound", 0.5)(HIDDEN)


@refused("AliasError", V)
def write_through_possible_view(v):
    b = v.reshape(2, 2)
    b[0, 0] = 3.0
    return np.sum(v * v)


@refused("AliasError", V)
def write_through_ravel(v):
    a = np.outer(v, v)
    b = a.ravel()
    b[0] = a[0, 1]
    return np.sum(a * a)


@refused("AliasError", V)
def write_through_branch_place(v):
    a = v * 1.0
    b = v * 2.0
    if v[0] > 0.0:
        c = a
    else:
        c = b
    c[0] = 5.0
    return np.sum(a * b)


_SHARED = V.copy()


@refused("AliasError", _SHARED, _SHARED[1:])
def arguments_share_memory(v, w):
    v[0] = w[0] * 2.0
    return np.sum(v) * np.sum(w)


@refused("UnsupportedSyntax", np.array([0.3, 1.1, 0.7, 0.4]), text="depth depends on run-time values")
def local_function_recursive_at_run_time(v):
    def real_parts(u):
        n = len(u)
        if n == 1:
            return [u[0]]
        even = real_parts(u[::2])
        odd = real_parts(u[1::2])
        return [even[k] + odd[k] for k in range(n // 2)] + [even[k] - odd[k] for k in range(n // 2)]

    return sum([r * r for r in real_parts(v)])


def _summed_twice(items):
    return sum(items) + sum(items)


def _pairs_of(v):
    return zip(v, v[1:])


@refused("UnsupportedSyntax", V, text="read more than once")
def iterator_read_twice_by_helper(v):
    return _summed_twice(iter([v[0], v[1] * 2.0])) + v[2]


@refused("UnsupportedSyntax", V, text="read more than once")
def generator_read_twice_by_helper(v):
    return _summed_twice(t * t for t in v)


@refused("UnsupportedSyntax", V, text="read more than once")
def returned_iterator_read_twice(v):
    pairs = _pairs_of(v)
    return sum([a * b for a, b in pairs]) + sum([a for a, _ in pairs])


@refused("UnsupportedSyntax", V, text="kept where it may be read more than once")
def iterator_in_a_tuple(v):
    kept = (iter([v[0], v[1]]), 2.0)
    return sum(kept[0]) + sum(kept[0]) * kept[1]


@refused("NotDifferentiable", 2.0, text="this loop searches for `lo` and `hi` by tests")
def root_found_by_bisection(c):
    lo, hi = 0.0, 10.0
    for _ in range(60):
        mid = 0.5 * (lo + hi)
        if mid * mid < c:
            lo = mid
        else:
            hi = mid
    return lo


@refused("AliasError", V)
def view_by_einsum_written(v):
    a = np.outer(v, v)
    np.einsum("ii->i", a)[...] = 0.0
    return np.sum(a * a)


@refused("AliasError", V)
def memory_read_from_a_buffer_written(v):
    a = np.ones(4)
    np.frombuffer(a)[0] = 7.0
    return np.sum(a * v)


MATRIX = np.matrix(np.eye(4))
MASKED = np.ma.masked_array(V, V > 1.0)


@refused("NotDifferentiable", V, code="S2S003", text="an object of a class that is not known")
def product_with_a_matrix(v):
    return np.sum(MATRIX * v[:, None])


@refused("NotDifferentiable", V, code="S2S003", text="an object of a class that is not known")
def product_with_a_matrix_made_here(v):
    return np.sum(np.asmatrix(np.eye(4)) * v[:, None])


@refused("NotDifferentiable", V, code="S2S003", text="an object of a class that is not known")
def product_with_a_masked_array(v):
    return np.sum(MASKED * v)


@refused("ArgumentError", MASKED, code="S2S006", text="class `numpy.MaskedArray`")
def masked_argument(v):
    return np.sum(v * v)


@refused("ArgumentError", MATRIX, code="S2S006", text="class `numpy.matrix`")
def matrix_argument(m):
    return np.sum(m * m)


@refused("UnsupportedSyntax", V, 4, code="S2S010", text="changes its length", argnums=(0,))
def slice_of_a_list_of_run_time_length_replaced(v, n):
    xs = [v[k] * k for k in range(n)]
    xs[1:3] = [v[1]]
    return sum(xs)
