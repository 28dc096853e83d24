"""Jacobians."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import s2sad
from s2sad import (
    hessian,
    jacfwd,
    jacobian,
    jacrev,
)
from s2sad.errors import ArgumentError
from tests.differences import columns

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.6, -1.3, 2.2], [1.7, 0.4, -0.9]])


@pytest.mark.parametrize(
    "fn, x",
    [
        (lambda x: np.sin(x) * x[0], V),
        (lambda x: np.sum(x * x), V),
        (lambda x: np.outer(x, x), V[:2]),
        (lambda x: x @ x.T, A),
        (lambda x: np.array([x[0, 1] * x[1, 2]]), A),
        (lambda x: x[1:, ::2] * 2.0, A),
    ],
)
@pytest.mark.parametrize("transform", [jacobian, jacrev, jacfwd])
def test_jacobian(transform, fn, x):
    J = transform(fn)(x)
    expected = columns(fn, x)
    assert np.shape(J) == expected.shape
    np.testing.assert_allclose(J, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("transform", [jacobian, jacfwd])
def test_jacobian_of_scalars_and_several_arguments(transform):
    def f(x, t):
        return np.sin(x * t)

    Jx, Jt = transform(f, (0, 1))(V, 0.5)
    assert Jx.shape == (4, 4) and Jt.shape == (4,)
    np.testing.assert_allclose(Jx, columns(lambda x: f(x, 0.5), V), atol=1e-8)
    assert transform(lambda t: t * t)(0.5) == 1.0
    assert transform(f, 1)(V, t=0.5).shape == (4,)


@pytest.mark.parametrize("transform", [jacobian, jacfwd])
def test_arguments_with_a_structure(transform):
    J = transform(lambda p: p["a"] * p["b"][0])({"a": 2.0, "b": [np.arange(3.0)], "n": 3})
    np.testing.assert_array_equal(J["a"], np.arange(3.0))
    np.testing.assert_array_equal(J["b"][0], 2.0 * np.eye(3))
    assert J["n"] is None
    pair = transform(lambda p: np.array([p[0] * p[1], p[1]]))((2.0, 3.0))
    np.testing.assert_array_equal(pair, [[3.0, 2.0], [0.0, 1.0]])


def test_long_lists_of_numbers():
    J = jacobian(lambda p: np.array(p)[:2] ** 2)([2.0] * 70)
    assert J.shape == (2, 70) and J[1, 1] == 4.0 and J.sum() == 8.0


@pytest.mark.parametrize("transform", [jacobian, jacfwd])
def test_results_without_elements_and_of_other_kinds(transform):
    assert transform(lambda x: x[:0])(V).shape == (0, 4)
    assert transform(lambda x: np.sum(x))(np.ones(0)).shape == (0,)
    assert transform(lambda x: [x, x * x])(3.0).tolist() == [1.0, 6.0]
    assert transform(lambda x: np.array([1.0, 2.0]))(V).tolist() == [[0.0] * 4] * 2
    assert transform(lambda x: x * 2)(np.ones(2, np.float32)).dtype == np.float32
    assert transform(lambda z: z * z)(np.array([1j])).tolist() == [[2j]]


@pytest.mark.parametrize("transform", [jacobian, jacfwd])
@pytest.mark.parametrize("value, text, hint", [(None, "returns None", "return"), ("no", "a str", "floats")])
def test_results_that_are_no_numbers_are_refused(transform, value, text, hint):
    with pytest.raises(ArgumentError, match=text) as caught:
        transform(lambda x: value)(V)
    assert caught.value.code == "S2S007" and hint in caught.value.hint


@pytest.mark.parametrize("transform", [jacobian, jacfwd])
def test_argnums_and_argnames_together(transform):
    by_x, by_y = transform(lambda x, y: x * y * y, 0, argnames="y")(2.0, 3.0)
    assert (by_x, by_y) == (9.0, 12.0)


@pytest.mark.parametrize("transform", [jacobian, jacfwd])
def test_source_is_the_loop_that_runs(transform):
    source = transform(lambda x: np.sin(x)).source_for(V)
    assert "_jacobian(x):" in source and "in basis:" in source


def structured(p):
    return {"sum": p["a"] + p["b"], "pair": (p["a"] * p["a"], [2.0 * p["b"], np.sum(p["a"])]), "n": 3}


@pytest.mark.parametrize("transform", [jacobian, jacfwd])
def test_a_jacobian_for_each_leaf_of_the_result(transform):
    made = transform(structured)({"a": V, "b": 2.0})
    eye = np.eye(len(V))
    assert made["n"] is None and made["sum"]["a"].tolist() == eye.tolist() and made["sum"]["b"].tolist() == [1.0] * 4
    assert made["pair"][0]["a"].tolist() == (2.0 * V * eye).tolist() and made["pair"][1][0] == {
        "a": pytest.approx(np.zeros(4)), "b": 2.0}
    assert made["pair"][1][1]["a"].tolist() == [1.0] * 4
    both = transform(lambda x, y: (x * y, np.sum(y)), (0, 1))(V, V)
    assert both[0][1].tolist() == (V * eye).tolist() and both[1][0].tolist() == [0.0] * 4


def test_hessians_of_several_arguments_and_of_structures():
    (xx, xy), (yx, yy) = hessian(lambda x, y: np.sum(x * y * y), (0, 1))(V, V)
    assert np.all(xx == 0.0) and np.array_equal(xy, yx.T) and np.array_equal(yy, np.diag(2.0 * V))
    found = hessian(lambda p: p["s"] * np.sum(p["v"] ** 3))({"s": 2.0, "v": V})
    assert found["s"]["s"] == 0.0 and np.allclose(found["v"]["v"], np.diag(12.0 * V))
    assert np.allclose(found["s"]["v"], 3.0 * V**2) and np.allclose(found["v"]["s"], 3.0 * V**2)


@pytest.mark.parametrize("transform", [jacobian, jacfwd])
def test_what_else_is_wanted(transform):
    made, aux = transform(lambda x: (x * x, {"n": 3, "x": x}), has_aux=True)(V)
    assert np.array_equal(made, np.diag(2.0 * V)) and aux["n"] == 3 and aux["x"] is not V
    assert hessian(lambda x: (np.sum(x * x), "aux"), has_aux=True)(V)[1] == "aux"
    with pytest.raises(s2sad.S2SADError, match="a pair"):
        transform(lambda x: x, has_aux=True)(V)
    again = pickle.loads(pickle.dumps(transform(np.modf, has_aux=True)))
    assert np.array_equal(again(V)[0], np.eye(4))
