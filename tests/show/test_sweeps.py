"""Tangents and adjoints of single steps, and their formulas."""
import numpy as np
import pytest
from scipy import special

from s2sad import grad, jvp
from s2sad.errors import NotDifferentiable
from s2sad.ir import Block, Call, Function, Var
from s2sad.show.notation import PRODUCT, Text
from s2sad.show.sweeps import fitted, lifted, pairs, scaled
from s2sad.show.trace import trace
from s2sad.tree import leaves

X = np.array([0.3, 1.2, 0.7])


def texts(rows) -> list[str]:
    return [str(row) for row in rows]


def tangents(fn, *args) -> list[str]:
    return texts(grad(fn).trace(*args, tangents=True).tangent)


def adjoints(fn, *args) -> list[str]:
    return texts(grad(fn).trace(*args).adjoint)


def test_factors_one_are_left_out_of_tangents():
    bar, half = Text("v̄"), Text("1 / v", PRODUCT)
    assert [scaled(bar, Text(t), ones=False).text for t in ("1", "−1", "2")] == ["v̄", "−v̄", "v̄ × 2"]
    assert scaled(bar, Text("1"), ones=True).text == "v̄ × 1"
    assert scaled(Text("a + b", 2), half, ones=True).text == "(a + b) / v"


@pytest.mark.parametrize("fn, args, row", [
    (lambda x: np.exp(x), (1.0,), "v̇₁ = v̇₀ × v₁ = 1 × 2.718 = 2.718"),
    (lambda x: 1.0 / x, (2.0,), "v̇₁ = v̇₀ × (−v₁ / v₀) = 1 × (−0.5 / 2) = −0.25"),
    (lambda x: -x, (2.0,), "v̇₁ = −v̇₀ = −1"),
    (lambda x: np.sum(x), (X,), "v̇₁ = Σ v̇₀ = Σ([1, 0, 0]) = 1"),
    (lambda x: x[1] * 2.0, (X,), "v̇₁ = v̇₀[1] = [1, 0, 0][1] = 0"),
    (lambda x: x @ x, (X,),
     "v̇₁ = v̇₀ @ v₀ + v₀ @ v̇₀ = [1, 0, 0] @ [0.3, 1.2, 0.7] + [0.3, 1.2, 0.7] @ [1, 0, 0] = 0.6"),
    (lambda x: np.linalg.norm(x), (X,), "v̇₁ = ∂v₁/∂v₀ v̇₀ = 0.211"),
], ids=range(7))
def test_formulas_of_tangents(fn, args, row):
    assert row in tangents(fn, *args)


@pytest.mark.parametrize("fn, args, row", [
    (lambda x: np.exp(x), (1.0,), "v̄₀ = v̄₁ ∂v₁/∂v₀ = v̄₁ × v₁ = 2.718"),
    (lambda x: np.log(x), (2.0,), "v̄₀ = v̄₁ ∂v₁/∂v₀ = v̄₁ / v₀ = 0.5"),
    (lambda x: x * x, (3.0,), "v̄₀ = v̄₁ × v₀ = 3"),
    (lambda x: np.sum(x), (X,), "v̄₀ = (∂v₁/∂v₀)ᵀ v̄₁ = [1, 1, 1]"),
    (lambda x: np.sum(2.0 * x[:, None]), (X,), "v̄₁ = v̄₂ ∂v₂/∂v₁ = v̄₂ × 2 = ⟨3 × 1⟩ all 2"),
    (lambda x: np.sum(x * X), (2.0,), "v̄₀ = Σ v̄₁ ∂v₁/∂v₀ = v̄₁ × [0.3, 1.2, 0.7] = 2.2"),
    (lambda x: special.gammaln(x), (2.0,), "v̄₀ = v̄₁ ∂v₁/∂v₀ = v̄₁ × psi v₀ = 0.423"),
    (lambda x: sum([x, 2.0 * x]), (2.0,), "v̄₁ = v̄₂ ∂v₂/∂v₁ = 1"),
], ids=range(8))
def test_formulas_of_adjoints(fn, args, row):
    assert row in adjoints(fn, *args)


@pytest.mark.parametrize("fn", [
    lambda x: np.where(x > 0.5, np.sqrt(np.abs(x - 0.5)), x), lambda x: np.stack([x, 2.0 * x]) @ x,
    lambda x: np.linalg.svd(np.outer(x, x) + np.diag(x), compute_uv=False), lambda x: np.concatenate([x, X, x * x]),
    lambda x: np.cumsum(x)[::-1] ** 2, lambda x: [np.sum(v) for v in np.split(x, 3)], lambda x: (x[0], {"a": x * 2.0}),
    lambda x: np.einsum("i,j->ij", x, x), lambda x: np.max(x) * np.sort(x),
], ids=range(9))
def test_tangents_are_those_of_jvp(fn):
    table = grad(fn).trace(X, tangents=(np.array([0.2, -1.0, 3.0]),))
    _, y_dot = jvp(fn, (X,), (np.array([0.2, -1.0, 3.0]),))
    for got, expected in zip(leaves(table.slope), leaves(y_dot), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_operators_in_place_leave_the_values_alone():
    def f(a, b):
        c = a * 1.0
        c @= b
        return np.sum(c * c)
    a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 1.0], [1.0, 1.0]])
    table = grad(f, (0, 1)).trace(a, b, tangents=(b, a))
    assert table.slope == pytest.approx(jvp(f, (a, b), (b, a))[1])
    np.testing.assert_allclose(table.gradient[1], grad(f, 1)(a, b))


def test_kinds_are_kept():
    assert isinstance(fitted(2.0, np.array(1.0)), np.ndarray) and not isinstance(fitted(np.array(2.0), 1.0), np.ndarray)
    assert fitted(2.0 + 1.0j, 1.0) == 2.0 and fitted(2.0 + 1.0j, 1j) == 2.0 + 1.0j
    assert fitted(np.ones(2), np.ones(2, np.float32)).dtype == np.float32
    assert type(lifted((1.0, [2.0, 3]))[1][0]) is np.float64 and type(lifted({"a": 1j})["a"]) is np.complex128


def test_pairs_of_structures():
    table = grad(lambda p: p["a"] * p["b"][1]).trace({"a": 2.0, "b": [1.0, 3.0]})
    assert table.gradient == {"a": 3.0, "b": [0.0, 2.0]}
    assert list(pairs(3, None)) == [] and list(pairs([1, "a"], [2.0, 3.0])) == []


def test_an_unknown_function_is_refused_in_both_directions():
    def mystery(x):
        return x + 1.0

    x, y = Var("x"), Var("y")
    fn = Function("g", Block((x,), (Call((y,), mystery, (x,)),), (y,)), (x,))
    with pytest.raises(NotDifferentiable, match="S2S003.*mystery"):
        trace(fn, (1.0,))
    with pytest.raises(NotDifferentiable, match="S2S003.*mystery"):
        trace(fn, (1.0,), tangents={x: 1.0}, adjoint=False)
