"""Assignments between overlapping views of one array."""

import operator

import numpy as np
import pytest

import s2sad
from s2sad import runtime
from s2sad.frontend.overlaps import axes_of
from s2sad.frontend.values import Step
from s2sad.ir import Const, Pack, Var
from s2sad.ir.facts import Fact

A = np.array([[0.3, 1.2, -0.5], [0.8, -0.4, 0.9], [1.5, 0.1, 0.6]])
K = Var("k", Fact("int"))


def item(*parts):
    return Step(operator.getitem, (Pack("tuple", parts) if len(parts) > 1 else parts[0],))


@pytest.mark.parametrize(
    ("path", "axes"),
    [
        ((item(K),), [(1, 1)]),
        ((item(Const(slice(None)), K),), [(0, 1)]),
        ((item(Const(slice(None, None, 2))), item(Const(slice(1, None, -1)))), [(0, -2), (1, 1)]),
        ((item(Const(slice(None, None, 2)), K), item(Const(slice(None)))), [(0, 2)]),
        ((item(Const(None)),), None),
        ((Step(np.transpose),), None),
        ((item(K), item(K), item(K)), None),
    ],
)
def test_axes_of_a_view(path, axes):
    assert axes_of(path, 2) == axes


def row_to_column(a):
    b = a * 1.0
    b[:, 2] = b[-2]
    return np.sum(b * b)


def every_second(a):
    b = a[0] * 1.0
    b[::2] = b[:2]
    c = a.ravel() * 1.0
    c[::2] = c[:5]
    return np.sum(b * c[:3])


def masked(a):
    b = a.ravel() * 1.0
    b[b > 0.5] = b[:5]
    return np.sum(b)


@pytest.mark.parametrize("fn", [row_to_column, every_second, masked])
@pytest.mark.parametrize("call", [s2sad.grad, s2sad.value_and_grad, lambda f: lambda a: s2sad.jvp(f, (a,), (a,))])
def test_result_that_depends_on_memory_is_an_error(fn, call):
    with pytest.raises(s2sad.errors.AliasError, match="depends on the order in memory") as caught:
        call(fn)(A)
    assert caught.value.code == "S2S004"
    assert caught.value.hint


def test_the_check_is_only_where_it_is_needed():
    def shifted(a):
        b = a * 1.0
        b[1:] = b[:-1]
        b[:, 0] = b[:, 1]
        b[0] = b[1]
        b[0, ::-1] = b[0]
        b[:2, :2] = b[1:, 1:].T
        return np.sum(b * b)

    assert "check_order" not in s2sad.grad(shifted).source_for(A)


def test_order_of_disjoint_and_equal_places():
    runtime.check_order(A, (), (slice(None), 1), (("index", 1),))
    runtime.check_order(A, (("index", 0),), slice(1, None), (("index", (slice(1, None), 2)),))
    runtime.check_order(A, (), (slice(None), 1), (("index", (0, slice(0, 1))),))
    runtime.check_order(A[:0], (), (slice(None), 1), (("index", (slice(None), 0)),))
    with pytest.raises(runtime.OrderMatters):
        runtime.check_order(A, (), (slice(None), 1), (("index", 2),))
