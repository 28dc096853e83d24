"""Results that are written to something that is there: ``out=``, ``where=``, ``ufunc.at``, ``copy=False``, and the
functions behind statements (``operator.iadd``, ``np.ndarray.fill``, ``list.append``)."""
import operator

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.7, -0.3, 1.1, 0.4])
N = np.array([0.0, 1.0, 2.0, 0.0])


@program(V, N, argnums=(0,), tags="second")
def divided_where_it_can_be(v, n):
    return np.sum(np.divide(v * v, n, out=np.zeros_like(v), where=n != 0.0))


@program(V, N, argnums=(0,))
def constants_divided_where_they_can_be(v, n):
    a = np.divide(1.0, n, out=np.full(4, 7.0), where=n != 0.0)
    return np.sum(a * v * v)


@program(np.array([0.7, 0.4, -0.5]), np.array([2.0, 0.0, 1.0]), argnums=(0,), tags="second")
def singular_outside_of_the_mask(v, n):
    """Neither the logarithm nor its derivative may be seen where it is not taken."""
    b = np.ones(3)
    np.reciprocal(n * v, out=b, where=n != 0.0)
    b = b * b
    c = np.log(v, out=2.0 * b, where=v > 0.0)
    return np.sum(c * c + b)


@program(V, 0.3, tags="second")
def result_written_where_it_is_read(v, x):
    a = 2.0 * v
    np.multiply(a, v, out=a, where=v > 0.0)
    np.add(a[1:], x, a[:-1], where=np.array([True, False, True]))
    np.add(a, v, where=[True, True, False, False], out=a)
    return np.sum(a * a)


@program(0.4, np.array([[0.5, -1.5], [2.5, 0.1]]), tags="second")
def mask_and_number_are_broadcast(x, a):
    b = np.zeros((2, 2))
    np.multiply(x, a[0], out=b, where=np.array([[True], [False]]))
    np.power(np.abs(a[1]), x, out=b[1], where=True)
    return np.sum(b * b)


@program(np.array([0.5, 1.5, -0.7], np.float32), tags="float32")
def masked_in_single_precision(v):
    a = np.exp(v, out=np.zeros(3, np.float32), where=v > 0)
    return np.sum(a * v)


@program(V, 3)
def masked_in_a_loop(v, n):
    a = v.copy()
    for k in range(n):
        np.multiply(a, v, out=a, where=a > 0.1 * k)
    return np.sum(a * a)


@program(V)
def results_at_places_given_by_position(v):
    a, b = np.zeros(4), np.zeros(2)
    np.cumsum(v * v, 0, None, a)
    np.take(a, [1, 3], None, b)
    np.add.accumulate(a, 0, None, a)
    v.clip(-0.1, 0.9, v)
    np.outer(b, v[:2]).sum(0, None, b)
    return np.sum(a * v) + np.sum(b * b)


@program(V)
def added_at_repeated_places(v):
    a = np.zeros(3)
    np.add.at(a, [0, 1, 1, 2], v)
    np.subtract.at(a, np.array([2, 2]), v[:2])
    return np.sum(a ** 2)


@program(V)
def other_operations_at_places(v):
    a = np.ones(4)
    b = v * v
    np.multiply.at(a, slice(0, 2), 2.0)
    np.maximum.at(a, 3, 5.0)
    np.multiply.at(b, v > 0.0, a[:3])
    np.negative.at(b, slice(None, None, 2))
    np.divide.at(b, (1,), v[2])
    return np.sum(a * v) + np.sum(b * np.arange(4.0))


@refused("UnsupportedSyntax", V, text="may repeat")
def multiplied_at_repeated_places(v):
    a = np.ones(4)
    np.multiply.at(a, [0, 0], 2.0)
    return np.sum(a * v)


@refused("NotDifferentiable", V, code="S2S003", text="`np.absolute` with `where=`")
def absolute_values_of_some(v):
    return np.sum(np.absolute(v, out=np.ones(4), where=v > 0.0))


@program(V)
def arrays_that_are_not_copied(v):
    a = np.array([1.0, 2.0, 3.0, 4.0])
    np.array(a, copy=False)[0] = 7.0
    a.astype(float, copy=False)[1] = 5.0
    a.conj()[3] = 9.0
    b = 2.0 * v
    c = np.array(b, copy=None)
    c[1] *= v[0]
    d = np.array(b)
    d[0] = 100.0
    return np.sum(a * v * b)


@program(V)
def missing_values_replaced_in_place(v):
    a = np.array([np.nan, 1.0, np.inf, 3.0])
    np.nan_to_num(a, copy=False, nan=7.0, posinf=2.0)
    b = np.where(v > 0.0, v, np.nan)
    np.nan_to_num(b, copy=False)
    return np.sum(a * v * v + b * b)


@program(V)
def order_that_may_be_overwritten(v):
    a = v * v
    m = np.median(v, overwrite_input=True)
    return m * m * np.percentile(a, 30.0, overwrite_input=False) + a[0]


@refused("UnsupportedSyntax", V, code="S2S010", text="`median` was allowed to overwrite")
def overwritten_and_read(v):
    return np.median(v, overwrite_input=True) + v[0]


@program(V)
def methods_called_as_functions(v):
    a = np.ones(4)
    np.ndarray.fill(a, 2.0)
    np.ndarray.__setitem__(a, 1, v[0])
    np.ndarray.__iadd__(a, v)
    b = v * v
    np.ndarray.sort(b)
    xs, d = [1.0], {}
    list.append(xs, v[1])
    dict.update(d, x=v[2])
    return np.sum(a * v) * sum(xs) + b[1] * d["x"] + np.ndarray.sum(a)


@program(V)
def operators_called_as_functions(v):
    a = 2.0 * v
    operator.setitem(a, 0, v[1] ** 2)
    a.__setitem__(1, v[0])
    b = operator.iadd(a, v)
    b *= 2.0
    c = a.__imul__(2.0)
    row = operator.getitem(a, slice(0, 2))
    row += v[2]
    x = v[0]
    y = operator.imul(x, 3.0)
    xs = operator.iconcat([x], [y])
    operator.delitem(xs, 0)
    return np.sum(a * v) + np.sum(c * b) + operator.pow(x, 2) * operator.add(xs, [y])[0]
