"""Functions that raise: always, in statements whose results nobody needs, in helpers, for these arguments."""

import math

import numpy as np

from tests.programs.registry import raising

V = np.array([0.4, -0.8, 1.1, 0.3])
M = np.array([[2.0, 0.5, 0.1], [0.3, 1.5, -0.4]])
W = np.array([0.7, 1.2, -0.5])


@raising(0.5)
def always(x):
    raise ValueError("no")


@raising(V)
def refuses_vectors(x):
    if x.ndim == 1:
        raise ValueError("not for vectors")
    return np.sum(x)


def fails(p):
    raise RuntimeError("no")


@raising(0.5)
def helper_that_always_raises(x):
    return x * fails(x)


@raising(0.5)
def first_of_two(x):
    _ = int("two")
    return fails(x)


def gives_nothing(p):
    math.fmod(p, 0.0)


@raising(0.5)
def helper_without_result(x):
    x -= gives_nothing(0.5)
    return x


@raising(V, W)
def sum_that_does_not_fit(v, w):
    _ = v + w
    return np.sum(v)


@raising(V)
def product_that_does_not_fit(v):
    np.dot(v, np.ones(17))
    return np.sum(v)


@raising(M, V)
def matrix_that_does_not_fit(m, v):
    return np.sum(m @ v)


@raising(V, W)
def bias_of_wrong_length(v, w):
    return np.sum(np.ones((5, 4)) * v + w)


@raising(V)
def place_that_is_not_there(v):
    _ = v[9]
    return np.sum(v)


@raising(V)
def place_reached_in_a_loop(v):
    total = 0.0
    for k in range(len(v)):
        total = total + v[0] * v[k + 1]
    return total


@raising(V)
def write_outside(v):
    a = np.zeros(3)
    a[3] = 1.0
    return np.sum(v)


@raising(0.5)
def logarithm(x):
    _ = math.log(-1.0 - x)
    return x * x


@raising(0.5)
def exponential(x):
    _ = math.exp(1000.0 + x)
    return x * x


@raising(0.5)
def remainder_by_zero(x):
    _ = x % 0.0
    return x * x


@raising(0.5, 0.0)
def division_by_an_argument(x, y):
    _ = 1.0 / y
    return x * x


@raising(V, W)
def choice_that_does_not_fit(v, u):
    np.where(v > 0.2, u[:3], 0.5)
    return np.sum(v)


@raising(V)
def product_with_a_number(v):
    _ = v @ 3
    return np.sum(v)


@raising(V)
def too_many_values(v):
    a, b = v
    return a * b


@raising(V)
def too_few_values(v):
    a, b, c, d, e, *rest = v
    return a * b * c * d * e


@raising(0.5)
def three_names_for_two(x):
    a, b, c = (x, x)
    return a * b * c


@raising(0.5, V)
def items_of_a_loop(x, v):
    for p, q in [v]:
        x = x + p * q
    return x


@raising(V)
def written_over_by_more(v):
    v[:] = np.ones(12)
    return np.sum(v)


@raising(V)
def added_in_place(v):
    v += np.ones((3, 4))
    return np.sum(v)


@raising(V)
def copied_into(v):
    np.copyto(v, np.ones(12))
    return np.sum(v)


@raising(0.5)
def key_that_is_not_there(x):
    table = {"a": x}
    return table["a"] * table["b"]


@raising(V)
def attribute_that_is_not_there(v):
    return np.sum(v.absent)


def pair(x, y):
    return x * y


@raising(0.5)
def argument_missing(x):
    return pair(x)


@raising(0.5)
def argument_too_many(x):
    return pair(x, x, x)


@raising(0.5)
def argument_of_another_name(x):
    return pair(x, z=x)


@raising(V)
def item_of_a_comprehension(v):
    return sum([v[k + 1] * {"a": 1.0}["b"] for k in range(v.ndim)])


@raising(M)
def singular(m):
    _ = np.linalg.inv(m @ np.zeros((3, 2)))
    return np.sum(m)


@raising(V)
def empty_maximum(v):
    _ = np.max(v[:0])
    return np.sum(v)


@raising(V)
def axis_that_is_not_there(v):
    _ = np.sum(v, axis=3)
    return np.sum(v)


@raising(V)
def shape_that_does_not_fit(v):
    _ = v.reshape(3, 5)
    return np.sum(v)


@raising(0.5)
def assertion(x):
    assert x > 1.0, "too small"
    return x * x


@raising(0.5)
def last_of_an_empty_list(x):
    items = [x]
    items.pop()
    items.pop()
    return x * x
