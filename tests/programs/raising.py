"""Programs that raise an exception for the arguments of the call: every derivative raises the same."""

import copy
import math

import numpy as np

from tests.programs.registry import raises

V = np.array([0.5, 0.2, 0.7])
A = np.ones((2, 3))


class Cell:
    def __init__(self, a):
        self.a = a


# counts


@raises(V)
def too_many_values(v):
    a, b = v
    return a * b


@raises(V)
def not_enough_values(v):
    a, b, c, d = v
    return a * b


@raises(V)
def not_enough_for_a_starred_target(v):
    a, b, c, d, *e = v
    return a * b


@raises(0.5, V)
def pairs_of_three(x, v):
    for p, q in [v]:
        x = x + p * q
    return x


@raises(A)
def rows_of_three(rows):
    s = 0.0
    for p, q in rows:
        s += p * q
    return s


@raises(A)
def rows_of_three_in_a_generator(rows):
    return sum(p * q for p, q in rows)


@raises(V)
def nested_target(v):
    a, (b, c) = v[0], v
    return a * b * c


@raises(V)
def list_of_three(v):
    a, b = [t * t for t in v]
    return a * b


@raises(V)
def generator_of_three(v):
    a, b = (t * 2.0 for t in v)
    return a * b


@raises(V)
def enumerated(v):
    a, b = enumerate(v)
    return a[1] * b[1]


@raises(V)
def tuple_of_three(v):
    a, b = v, v, v
    return np.sum(a * b)


@raises(V)
def shape_of_one(v):
    n, m = v.shape
    return n * m * v[0]


@raises(V)
def number_unpacked(v):
    a, b = v[0]
    return a * b


def product(a, b):
    return a * b


@raises(V)
def too_many_arguments(v):
    return product(*v)


@raises(V)
def arguments_after_others(v):
    return product(v[0], *v)


@raises(V)
def arguments_of_a_lambda(v):
    f = lambda a, b: a * b  # noqa: E731
    return f(*v)


@raises(V, np.ones(2))
def zip_of_different_lengths(v, w):
    s = 0.0
    for p, q in zip(v, w, strict=True):
        s += p * q
    return s


# names without a value


@raises(0.5, V)
def never_assigned_in_a_loop(x, v):
    for p in v:
        if x > 0.0:
            continue
        s = p * x
    return s * x


@raises(0.5)
def assigned_on_another_path(x):
    if x > 9.0:
        s = x
    return s * x


@raises(0.5)
def returned_without_a_value(x):
    if x > 9.0:
        s = x
    return s


@raises(0.5, V)
def object_of_another_path(x, v):
    for p in v:
        if x > 0.0:
            break
        o = Cell(p * x)
    return o.a * x


@raises(0.5, V)
def loop_without_trips(x, v):
    for k in range(0, len(v) - 3):
        s = v[k]
    return s * x


@raises(0.5)
def while_without_trips(x):
    while x > 9.0:
        s = x
        x = x / 2.0
    return s * x


@raises(0.5, V)
def position_after_no_trips(x, v):
    for i, _ in enumerate(v[3:]):
        pass
    return x * i


@raises(0.5)
def function_of_another_path(x):
    if x > 9.0:

        def g(t):
            return t

    return g(x)


@raises(0.5)
def list_of_another_path(x):
    if x > 9.0:
        xs = [x]
    xs.append(x)
    return xs[0]


@raises(0.5, V)
def array_of_another_path_written(x, v):
    if x > 9.0:
        w = v * 2.0
    w[0] = x
    return np.sum(w) * x


@raises(0.5)
def field_of_another_path(x):
    o = Cell(x)
    if x > 9.0:
        o.b = x
    return o.b


@raises(0.5)
def free_variable(x):
    def g():
        return s

    if x > 9.0:
        s = x
    return g() * x


@raises(0.5)
def read_in_a_comprehension(x):
    if x > 9.0:
        s = x
    return [s * k for k in range(3)][1] * x


@raises(0.5, V)
def read_in_the_loop_that_assigns(x, v):
    y = 0.0
    for p in v:
        if p > 0.6:
            s = p
        y += s * x
    return y


@raises(0.5, V)
def read_after_the_loop_that_saves(x, v):
    y = 0.0
    for p in v:
        if x > 9.0:
            s = p
        if x > 5.0:
            y += s * x
    return y + s


@raises(0.5)
def added_to(x):
    if x > 9.0:
        s = x
    s += x
    return s


@raises(0.5)
def deleted(x):
    if x > 9.0:
        s = x
    del s
    return x


@raises(0.5)
def deleted_and_needed(x):
    y = x * x
    del y
    return y * x


@raises(0.5)
def printed(x):
    if x > 9.0:
        s = x
    print(s)
    return x


@raises(0.5)
def read_and_not_needed(x):
    if x > 9.0:
        s = x
    y, _ = x, s
    return y


@raises(0.5)
def exponent_of_another_path(x):
    if x > 9.0:
        n = 3
    return x**n


@raises(0.5, V)
def index_of_another_path(x, v):
    if x > 9.0:
        k = 1
    return x * v[k]


@raises(0.5)
def undefined_global(x):
    return x * no_such_name  # noqa: F821


# functions that always raise


@raises(0.5)
def raises_at_once(x):
    raise ValueError("no")


def failing(p):
    raise RuntimeError("no")


@raises(0.5)
def fails_before_its_helper(x):
    _ = int("two")
    return failing(x)


def without_return(p):
    a = math.fmod(p, 0.0)  # noqa: F841


@raises(0.5)
def helper_without_return(x):
    x -= without_return(0.5)
    return x


@raises(0.5)
def result_of_a_helper(x):
    return failing(x) * 2.0 + x


@raises(0.5)
def helper_in_a_choice(x):
    return x + (x if x < 0.0 else failing(x))


@raises(0.5)
def helper_in_a_branch(x):
    y = x * 2.0
    if x > 0.0:
        failing(x)
    return y * x


@raises(0.5)
def helper_in_a_test(x):
    while failing(x):
        pass
    return x


@raises(0.5)
def helper_in_a_comprehension(x):
    return sum(failing(k) for k in range(3)) * x


@raises(V)
def raises_in_a_loop(v):
    for p in v:
        raise OSError("p")


@raises(0.5)
def endless_loop(x):
    while True:
        raise KeyError("a")


def items(x):
    yield x
    raise OSError("end")


@raises(0.5)
def end_of_a_generator(x):
    s = 0.0
    for p in items(x):
        s += p
    return s


@raises(V)
def number_of_axes(v):
    if v.ndim == 1:
        raise TypeError("one axis")
    return np.sum(v)


@raises(V[:2])
def shape_asserted(v):
    y = v * v
    assert y.shape == (3,), "shape"
    return np.sum(y)


@raises(0.5)
def caught_and_raised_again(x):
    try:
        failing(x)
    except RuntimeError:
        raise


@raises(0.5)
def not_caught(x):
    try:
        failing(x)
    except ValueError:
        return x
    return x * 2.0


@raises(0.5)
def raises_or_returns_nothing(x):
    if x > 0.0:
        raise ValueError("positive")
    print(x)


class Refusing:
    def __init__(self, a):
        if isinstance(a, float):
            raise TypeError("a float")
        self.a = a


@raises(0.5)
def refused_by_a_class(x):
    return Refusing(x).a


# what Python or NumPy does not take


@raises(0.5)
def missing_argument(x):
    return product(x)


@raises(0.5)
def argument_too_many(x):
    return product(x, 1.0, 2.0)


@raises(0.5)
def unknown_keyword(x):
    return product(x, c=1.0)


@raises(0.5)
def misspelt_function(x):
    return np.snh(x)


@raises(V)
def misspelt_method(v):
    return v.nothing()


@raises(0.5)
def missing_key(x):
    return {"a": x}["b"]


@raises(0.5)
def index_of_a_list(x):
    return [x, x][2]


@raises(0.5)
def index_of_a_tuple(x):
    return (x, x)[-3]


@raises(0.5)
def item_of_a_number_assigned(x):
    x[0] = 3.0
    return x


@raises(0.5)
def item_of_a_list_assigned(x):
    xs = [x]
    xs[4] = 2.0
    return xs[0]


@raises(0.5)
def product_with_none(x):
    return None * x


@raises(0.5)
def text_and_number(x):
    return "a" + x


@raises(0.5)
def number_called(x):
    return x()


@raises(0.5)
def length_of_a_number(x):
    return len(x)


@raises(0.5)
def loop_over_a_number(x):
    for _ in x:
        pass
    return x


@raises(0.5)
def set_subscript(x):
    members = {1, 2}
    return x * members[1]


@raises(V)
def floats_put_into_integers(v):
    return np.sum(np.multiply(v, v, out=np.zeros(3, int)) * v)


@raises(0.5)
def copied_before(x):
    o = copy.deepcopy(Cell(x))
    return o.b


# shapes of writes


@raises(V)
def all_items_written(v):
    v[:] = np.ones(12)
    return np.sum(v)


@raises(V)
def added_in_place(v):
    v += np.ones((3, 2))
    return np.sum(v)


@raises(V)
def copied_into(v):
    np.copyto(v, np.ones(12))
    return np.sum(v)


@raises(0.5, np.zeros(0))
def empty_array_written(x, z):
    z[...] = np.zeros((0, 4))
    return x * x


@raises(V)
def output_of_another_size(v):
    y = np.zeros(4)
    np.add(v, v, out=y)
    return np.sum(y)


@raises(V)
def output_in_a_slice(v):
    y = v * 1.0
    np.multiply(v, 2.0, out=y[:2])
    return np.sum(v)


@raises(V)
def array_put_into_an_element(v):
    y = v * 1.0
    y[0] = v
    return np.sum(y)


@raises(V)
def elements_in_a_loop(v):
    y = np.zeros(3)
    for k in range(3):
        y[k] = v
    return np.sum(v)


@raises(V)
def slice_written(v):
    y = v * 1.0
    y[:2] = v
    return np.sum(y)


@raises(V)
def slice_added_to(v):
    y = v * 1.0
    y[:2] += v
    return np.sum(y)


@raises(V)
def row_written(v):
    y = np.zeros((2, 3))
    y[0] = v[:2]
    return np.sum(y)


@raises(V)
def view_written(v):
    y = np.zeros((2, 2))
    r = y[0]
    r[:] = v
    return np.sum(y)


@raises(V)
def transpose_written(v):
    y = np.zeros((2, 3))
    y.T[:] = v
    return np.sum(y)


@raises(V, np.ones(5))
def mask_written(v, w):
    y = v * 1.0
    y[v > 0.3] = w
    return np.sum(y)


@raises(V)
def places_written(v):
    y = v * 1.0
    y[[0, 1]] = v
    return np.sum(y)


@raises(V, np.ones(5))
def written_and_not_needed(v, w):
    y = v * 1.0
    y -= w
    return np.sum(v)


@raises(V)
def overwritten_later(v):
    y = np.empty(3)
    y[:] = v
    y[:] = [1.0, 2.0]
    return np.sum(y)


@raises(V)
def written_on_a_path(v):
    y = v * 1.0
    if v[0] > 0.0:
        y[:] = np.ones(2)
    return np.sum(v)


@raises(V)
def out_of_range(v):
    y = np.zeros(3)
    y[5] = v[0]
    return np.sum(y)


@raises(V)
def filled_with_an_array(v):
    y = np.zeros(3)
    y.fill(v)
    return np.sum(v)


@raises(V)
def diagonal_of_a_vector(v):
    np.fill_diagonal(v, 0.0)
    return np.sum(v)


@raises(V)
def written_to_what_is_read_only(v):
    s = np.broadcast_to(v, (2, 3))
    s[0] = 1.0
    return np.sum(s)


@raises(V)
def added_to_what_is_read_only(v):
    s = np.broadcast_to(v, (2, 3))
    s += 1.0
    return np.sum(s)


@raises(V)
def floats_added_to_integers(v):
    y = np.zeros(3, int)
    y += v
    return np.sum(v)


@raises(0.5)
def power_of_a_negative_number(x):
    _ = math.pow(-1.0 - x, 0.5)
    return x


@raises(0.5)
def comprehension_over_what_it_makes(x):
    xs = [e * x for e in xs]  # noqa: F821, F841
    return x


@raises(np.ones((2, 3)))
def written_to_what_is_broadcast_to_its_own_shape(A):
    s = np.broadcast_to(A, (2, 3))
    np.sin(s, out=s)
    return np.sum(s)
