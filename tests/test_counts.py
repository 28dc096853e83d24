import math

import numpy as np
import pytest

from s2sad.counts import FORMULAS, counts, executed
from s2sad.derive import MODES, Request, build
from s2sad.frontend import lower
from s2sad.ir.kinds import kinds_of


def test_product_and_sine():
    def f(x, y):
        return x * y + np.sin(x)

    made = counts(f, 2.0, 3.0)
    assert made.by_operation == {"mul": 1, "np.sin": 1, "add": 1}
    # value: *, sin, +; gradient: x_bar = y + cos x, y_bar = x
    assert (made.inputs, made.outputs, made.primal, made.reverse_pass) == (2, 1, 3, 5)
    # value; tangents: ẋ y, x ẏ, +, cos x, × ẋ, +
    assert (made.forward_pass, made.forward, made.finite_differences) == (9, 18, 9)


@pytest.mark.parametrize("n", [2, 7, 100])
def test_sum_of_squares_costs_the_same_in_reverse_mode_for_any_number_of_inputs(n):
    made = counts(lambda x: np.sum(x * x), np.ones(n))
    assert made.primal == n + (n - 1)
    assert made.reverse == 2 * n - 1 + n
    assert made.forward == n * (3 * n + 2 * (n - 1))
    assert made.finite_differences == (n + 1) * (2 * n - 1)


@pytest.mark.parametrize(("m", "n"), [(3, 5), (5, 3), (1, 4)])
def test_matrix_times_vector(m, n):
    def f(A, x):
        return A @ x

    made = counts(f, np.ones((m, n)), np.ones(n), argnums=(1,))
    assert (made.inputs, made.outputs, made.primal) == (n, m, 2 * m * n)
    assert (made.forward_pass, made.reverse_pass) == (4 * m * n, 4 * m * n)
    assert (made.forward < made.reverse) == (n < m)


def test_a_loop_is_counted_trip_by_trip():
    def f(x, n):
        for _ in range(n):
            x = np.sin(x) * x
        return x

    for n in (1, 10, 25):
        made = counts(f, 0.5, n)
        # forwards sin, ×; backwards cos, × twice, × and + for the two ways to x
        assert (made.inputs, made.primal, made.reverse_pass) == (1, 2 * n, 7 * n)


def test_only_the_branch_that_is_taken_counts():
    def f(x):
        if x > 0.0:
            return x * x * x
        return x + 1.0

    assert counts(f, 1.0).primal == 2
    assert counts(f, -1.0).primal == 1


def test_writes_into_arrays_move_numbers_and_in_place_sums_add_them():
    def f(x):
        a = np.zeros(4)
        a[1:] = x
        a[0] += x[0] * 2.0
        b = a[::-1]
        b += 1.0
        return a

    assert counts(f, np.ones(3)).primal == 1 + 1 + 4


def test_structured_arguments_and_results_give_the_size_of_the_jacobian():
    def f(p, k):
        return {"y": p["w"] * p["b"], "n": k}

    made = counts(f, {"w": np.ones((2, 3)), "b": 2.0}, 3)
    assert (made.inputs, made.outputs, made.primal) == (7, 6, 6)


@pytest.mark.parametrize(("f", "args", "expected"), [
    (lambda x: np.mean(x, axis=0), [np.ones((4, 5))], 20),
    (lambda x: np.sum(x, axis=1), [np.ones((4, 5))], 16),
    (lambda x: np.var(x), [np.ones(6)], 24),
    (lambda x: np.std(x), [np.ones(6)], 25),
    (lambda x: np.cumsum(x, axis=1), [np.ones((4, 5))], 16),
    (lambda x: np.max(x), [np.arange(4.0)], 3),
    (lambda x: max(x, 2.0), [3.0], 1),
    (lambda x: sum([x, x, x]), [np.ones(4)], 12),
    (lambda xs: sum(xs), [[1.0] * 20], 20),
    (lambda x: sum([x, x, x], x), [2.0], 3),
    (lambda x: math.log(x, 2.0), [3.0], 1),
    (lambda x: math.fsum([x, x * x]), [3.0], 3),
    (lambda x, y: np.kron(x, y), [np.ones(3), np.ones(2)], 6),
    (lambda x: np.linalg.norm(x), [np.ones(6)], 12),
    (lambda x, y: np.einsum("ij,jk->ik", x, y), [np.ones((2, 3)), np.ones((3, 4))], 48),
    (lambda x, y: np.einsum("i,j->ij", x, y), [np.ones(2), np.ones(3)], 6),
    (lambda x, y: np.tensordot(x, y, axes=1), [np.ones((2, 3)), np.ones((3, 4))], 48),
    (lambda x, y: np.dot(x, y), [np.ones(6), 2.0], 6),
    (lambda x, y: np.outer(x, y), [np.ones(3), np.ones(2)], 6),
    (lambda x: np.where(x > 0.0, x, 0.0), [np.ones(3)], 0),
    (lambda x: np.concatenate([x.T.reshape(-1), x[0]]), [np.ones((2, 3))], 0),
    (lambda x: np.clip(x, 0.0, 1.0), [np.ones(3)], 3),
])
def test_formulas(f, args, expected):
    assert executed(lower(f, kinds_of(tuple(args))).function, *args)[1].total() == expected


def test_a_call_without_formula_is_an_error_that_names_the_line_and_the_remedy():
    def f(A):
        return np.sum(np.linalg.inv(A))

    assert np.linalg.inv not in FORMULAS
    with pytest.raises(TypeError, match=r"test_counts.py:\d+:\d+: counts has no formula for `np.linalg.inv`: pass "
                                        r"formulas=\{np.linalg.inv: lambda y, \*args: …\}"):
        counts(f, np.eye(3))
    made = counts(f, np.eye(3), formulas={np.linalg.inv: lambda y, a: 2 * len(a) ** 3})
    assert made.primal == 54 + 8


def test_a_function_that_calls_itself_is_not_counted_as_nothing():
    def tree_sum(x, n):
        if n <= 0:
            return x
        return tree_sum(x * 0.5, n - 1) + tree_sum(x * x, n - 2)

    with pytest.raises(TypeError, match="no formula"):
        counts(tree_sum, 0.5, 3)


def test_complex_arguments_are_refused():
    with pytest.raises(TypeError, match="real arguments"):
        counts(lambda z: np.abs(z), 1.0 + 2.0j)


def test_executing_a_derivative_gives_its_numbers():
    def f(x):
        return np.sum(np.exp(x) * x)

    x = np.array([0.5, 1.0])
    entry = build(f, (x,), {}, Request(MODES["grad"], (0,), True))
    result, tally = executed(entry.adjoint, x)
    assert np.array_equal(result, entry.function(x))
    assert tally["np.exp"] == 2


def test_table():
    lines = str(counts(lambda x: np.sum(x * x), np.ones(1000))).splitlines()
    assert [line.split()[-1] for line in lines[1:]] == ["1.0", "2500.3", "1.5", "1001.0"]
    assert "1000 inputs, 1 output " in lines[0]
    assert len({len(line) for line in lines[1:]}) == 1
