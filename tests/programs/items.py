"""Lists of run-time length whose items get names, change places and are replaced."""

import numpy as np

from tests.programs.registry import program, refused

V = np.array([0.7, 0.3])


@program(V, 0)
def item_outlives_its_place(v, n):
    xs = [v * 1.0, v * 2.0]
    row = xs[n]
    xs[n] = v * 5.0
    return np.sum(row)


@program(V, 0)
def item_bound_before_a_loop_that_replaces_it(v, n):
    xs = [v * 1.0, v * 2.0]
    row = xs[n]
    for i in range(3):
        xs[n] = xs[n] * row
    return np.sum(row * xs[n])


@program(V, 1)
def item_bound_anew_in_a_loop(v, n):
    xs = [v * 1.0, v * 2.0]
    row = xs[n]
    for i in range(3):
        xs[n] = xs[n] * row
        row = xs[n] + row
    return np.sum(row * xs[n])


@program(V, 0)
def item_written_while_a_loop_runs_over_it(v, n):
    xs = [v * 1.0, v * 2.0]
    for p in xs[n]:
        xs[n][1] = p * 3.0
    return np.sum(xs[n])


@program(V, 0)
def item_replaced_in_a_while_loop(v, n):
    xs = [v * 1.0, v * 2.0]
    g = xs[n]
    while g[0] < 5.0:
        xs[n] = g * 2.0
        g = xs[n] + 1.0
    return np.sum(xs[n])


@program(V, 3)
def last_item_before_an_append(v, n):
    xs = [v * 1.0]
    s = 0.0
    for i in range(n):
        last = xs[-1]
        xs.append(last * 2.0)
        s += np.sum(last)
    return s


@program(V, 2)
def last_item_before_a_pop(v, n):
    xs = [v * 1.0, v * 2.0]
    for i in range(n):
        xs.append(xs[-1] * 1.5)
    last = xs[-1]
    xs.pop()
    return np.sum(last)


@program(V, 1)
def item_written_through_a_name(v, n):
    xs = [v * 1.0, v * 2.0]
    for i in range(n):
        xs.append(xs[-1] * 1.5)
    row = xs[n]
    row[0] = 3.0
    return np.sum(xs[n] * row)


@program(V, 1)
def items_swapped_through_names(v, n):
    xs = [v * 1.0, v * 2.0]
    a, b = xs[n], xs[n - 1]
    xs[n], xs[n - 1] = b, a
    return np.sum(xs[0] * 3.0 + xs[1])


@program(V, 1)
def items_swapped(v, n):
    xs = [v * 1.0, v * 2.0]
    xs[n], xs[n - 1] = xs[n - 1], xs[n]
    return np.sum(xs[0] * 3.0 + xs[1])


@program(V, 1)
def item_in_a_dict(v, n):
    xs = [v * 1.0, v * 2.0]
    d = {"r": xs[n]}
    xs[n] = v * 5.0
    return np.sum(d["r"] * v)


@program(V, 1)
def item_as_an_argument(v, n):
    xs = [v * 1.0, v * 2.0]

    def inner(row):
        xs[n] = v * 5.0
        return np.sum(row * v)

    return inner(xs[n])


@program(V, 1)
def item_as_an_argument_of_what_appends(v, n):
    xs = [v * 1.0, v * 2.0]

    def inner(row):
        xs.append(row * 2.0)
        return np.sum(row * v)

    return inner(xs[-1]) + inner(xs[n])


@program(V, 1)
def item_replaced_on_one_path(v, n):
    xs = [v * 1.0, v * 2.0]
    row = xs[n]
    if v[0] > 0:
        xs[n] = v * 5.0
    return np.sum(row * v)


@program(V, 1)
def rows_exchanged_for_the_pivot(v, n):
    rows = [np.array([v[0], 2.0, 1.0]), np.array([3.0, v[1], 2.0])]
    k = n
    if abs(rows[k][0]) > abs(rows[0][0]):
        rows[0], rows[k] = rows[k], rows[0]
    f = rows[1][0] / rows[0][0]
    rows[1] = rows[1] - f * rows[0]
    return rows[1][2] / rows[1][1]


@program(V, 3)
def hidden_states(v, n):
    hs = [v]
    for t in range(n):
        h = hs[-1]
        hs.append(np.tanh(h * v))
        hs[-1] = hs[-1] + h
    return np.sum(hs[-1] * hs[0])


@program(V, 1)
def window_of_two(v, n):
    xs = [v * 1.0, v * 2.0]
    s = 0.0
    while xs[-1][0] < 30.0:
        prev, last = xs[-2], xs[-1]
        xs.append(prev + last)
        xs.pop(0)
        s = s + np.sum(prev * last)
    return s


@program(V, 1)
def item_read_before_a_pop_in_one_expression(v, n):
    xs = [v * 1.0, v * 2.0]
    return xs[-1].sum() + xs.pop().sum() + xs[-1].sum() * 2


@refused("UnsupportedSyntax", V, 0, text="while one of its items is in use")
def item_replaced_while_a_loop_runs_over_it(v, n):
    xs = [v * 1.0, v * 2.0]
    s = 0.0
    for i, p in enumerate(xs[n]):
        xs[n] = xs[n] + p
        s += p
    return s


@refused("UnsupportedSyntax", V, 2, text="while one of its items is in use")
def item_in_use_when_another_is_popped(v, n):
    xs = [v * 1.0, v * 2.0]
    for i in range(n):
        xs.append(xs[-1] * 2)
    return (xs[-1] * xs.pop()).sum() + (xs[-1] * 3).sum()


@refused("UnsupportedSyntax", V, 1, text="`row` is an item of a list that gets other items in this loop")
def helper_replaces_a_named_item_in_a_loop(v, n):
    xs = [v * 1.0, v * 2.0]
    row = xs[n]

    def change(ys):
        ys[n] = v * 5.0

    for i in range(n + 1):
        change(xs)
    return np.sum(row * v)


@program(V, 1, argnums=(0,))
def helper_replaces_a_named_item_in_a_loop_that_is_unrolled(v, n):
    xs = [v * 1.0, v * 2.0]
    row = xs[n]

    def change(ys, i):
        ys[n] = ys[n] * v * (i + 5.0)

    for i in range(2):
        change(xs, i)
    return np.sum(row * xs[n])


@refused("AliasError", V, 1, text="a list that may hold the item more than once")
def one_item_in_two_places(v, n):
    xs = [v * 1.0, v * 2.0]
    xs[0] = xs[n]
    xs[0][0] = 9.0
    return np.sum(xs[n] * v)


@refused("AliasError", V, 2, text="a list that may hold the item more than once")
def one_item_appended_again(v, n):
    xs = [v * 1.0]
    for i in range(n):
        xs.append(xs[-1])
    xs[0][0] = 9.0
    return np.sum(xs[n] * v)


@refused("AliasError", V, 3, text="a list that may hold the item more than once")
def repeated_list_whose_item_is_written(v, n):
    xs = [v * 2.0] * n
    xs[0][0] = 9.0
    return np.sum(xs[n - 1] * v)


@program(V, 3)
def items_updated_in_place(v, n):
    xs = [np.zeros(2) for i in range(n)]
    for i in range(n):
        row = xs[i]
        row += v * i
        xs[i][1] *= 3.0
    return np.sum(xs[n - 1] * v)
