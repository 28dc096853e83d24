"""Branches: what is assigned where, what is live afterwards, tests of every kind."""
import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])


@program(0.5, tags="second")
@program(-0.5)
def if_else(x):
    if x > 0.0:
        y = np.sin(x)
    else:
        y = x * x
    return y * x


@program(0.5)
@program(-0.5)
def if_only(x):
    y = x
    if x > 0.0:
        y = y * 3.0
    return y * x


@program(0.2)
@program(1.2)
@program(2.2)
@program(3.2)
def elif_chain(x):
    if x < 1.0:
        y = x
    elif x < 2.0:
        y = x * x
    elif x < 3.0:
        y = x ** 3
    else:
        y = 1.0 / x
    return y + x


@program(0.5, 1.4)
@program(-0.5, 1.4)
@program(0.5, -1.4)
def nested(x, y):
    if x > 0.0:
        if y > 0.0:
            z = x * y
        else:
            z = x - y
        z = z * 2.0
    else:
        z = np.exp(x)
        if y > 1.0:
            z += y
    return z


@program(0.5)
@program(-0.5)
def inactive_side(x):
    if x > 0.0:
        y = 1.0
    else:
        y = x
    return x * y


@program(0.5)
@program(-0.5)
def assigned_on_one_side(x):
    if x > 0.0:
        scale = 2.0 * x
    if x > 0.0:
        return scale * x
    return x


@program(0.5)
@program(-0.5)
def different_kinds(x):
    if x > 0.0:
        y = x
    else:
        y = 2
    return y * x


@program(0.5, V)
@program(-0.5, V)
def scalar_or_array(x, v):
    if x > 0.0:
        y = v
    else:
        y = x
    return np.sum(y * v)


@program(0.5)
@program(-0.5)
def early_return(x):
    if x < 0.0:
        return x * x
    y = np.sin(x)
    return y * y


@program(0.5, 0.2)
@program(1.5, 0.2)
@program(2.5, 0.2)
@program(2.5, 1.2)
def early_returns_nested(x, y):
    if x < 1.0:
        return x
    y = y * x
    if x < 2.0:
        return y * y
    else:
        if y > 1.0:
            return y - x
        y = y + 1.0
    return x * y


@program(0.5)
@program(-0.5)
def all_paths_return(x):
    if x > 0.0:
        return np.cos(x)
    else:
        return np.exp(x)


@program(0.5)
@program(-0.5)
def return_then_dead_code(x):
    if x > 0.0:
        return x * x
        x = 100.0 * x
    return 2.0 * x


@program(0.5, V)
@program(-0.5, V)
def write_in_one_side(x, v):
    a = v * 2.0
    if x > 0.0:
        a[1] = x * a[2]
    return np.sum(a * a)


@program(0.5, V)
@program(-0.5, V)
def write_in_both_sides(x, v):
    a = v * 2.0
    if x > 0.0:
        a[1] = x * a[2]
    else:
        a[2:] *= x
    return np.sum(a * a)


@program(V)
def test_on_element_then_overwrite(v):
    a = v.copy()
    if a[0] > 0.0:
        a[0] = -a[0] * a[1]
    if a[0] > 0.0:
        a[1] = a[0] * 2.0
    return np.sum(a * a)


@program(0.5)
def test_then_reassign(x):
    y = x
    if y > 0.0:
        y = -y * y
    if y > 0.0:
        y = y * 100.0
    return y


@program(V)
@program(-V)
def any_all(v):
    if np.any(v > 1.0) and not np.all(v > 0.0):
        return np.sum(v * v)
    return np.prod(v)


@program(0.5, 1.0)
@program(-0.5, 1.0)
@program(-0.5, -1.0)
def boolean_operators_in_tests(x, y):
    if x > 0.0 and y > 0.0:
        return x * y
    if x > 0.0 or y > 0.0:
        return x - y
    return x + y


@program(0.5, 1.0)
def short_circuit_guards(x, y):
    if y == 0.0 or x / y > 10.0:
        return x
    return x / y


@program(0.5)
def test_is_a_name(x):
    positive = x > 0.0
    if positive:
        return x * x
    return x


@program(0.5, 2)
@program(0.5, 3)
def integer_test(x, n):
    if n % 2 == 0:
        return x ** n
    return n * x


@program(V)
def static_test_on_shape(v):
    if v.ndim == 1 and len(v) == 4:
        return v[0] * v[3]
    return np.sum(v)


@program(0.5)
def static_test_isinstance(x):
    if isinstance(x, np.ndarray):
        return np.sum(x)
    return x * x


@program(0.5)
@program(1.5)
def walrus_in_test(x):
    if (y := x * x) > 1.0:
        return y * x
    return y + x


@program(0.5, 0.1)
@program(-0.5, 0.1)
def ternary_nested(x, y):
    a = x if x > 0.0 else y if y > 0.5 else x * y
    b = (a, y) if a > 0.0 else (y, a)
    return b[0] * 2.0 - b[1] * a


@program(0.5)
@program(-0.5)
def function_chosen(x):
    if x > 0.0:
        act = np.sin
    else:
        act = np.exp
    return act(x) * x


@program(0.5, V)
@program(-0.5, V)
def list_appended_in_branch(x, v):
    xs = [x]
    if x > 0.0:
        xs.append(x * v[0])
    return xs[-1] * v[1]


@program(0.5)
@program(-0.5)
def tuple_from_branch(x):
    if x > 0.0:
        pair = (x, x * x)
    else:
        pair = (x * 2.0, 1.0)
    a, b = pair
    return a * b


@program(0.5, V)
@program(-0.5, V)
def rebinding_to_copy(x, v):
    a = v
    if x > 0.0:
        a = a.copy()
    return np.sum(a * x)


@program(0.5)
def try_other_side_would_fail(x):
    if x > 0.0:
        return np.log(x)
    return np.log(-x)


@program(V)
def where_selects(v):
    return np.where(v > 0.0, np.sqrt(np.abs(v)), v * v)


@program(0.5)
@program(-0.5)
def pass_in_branch(x):
    if x > 0.0:
        pass
    else:
        x = x * x
    return x


@program(0.5)
@program(-0.5)
def assertion_in_branch(x):
    if x > 0.0:
        assert x < 10.0
        y = x * 2.0
    else:
        y = x
    return y


@program(0.5, {"mode": "square"}, argnums=(0,))
def static_options(x, options):
    if options["mode"] == "square":
        return x * x
    elif options["mode"] == "cube":
        return x ** 3
    raise ValueError(options["mode"])


@program(0.5)
def raise_not_taken(x):
    if x < 0.0:
        raise ValueError(f"negative: {x}")
    return np.sqrt(x)
