"""The evaluation trace against the table of the lecture, by hand-built IR."""
import operator

import numpy as np
import pytest

from s2sad import grad, runtime
from s2sad.errors import NotDifferentiable
from s2sad.ir import Block, Call, Const, For, Function, Pack, Var
from s2sad.show.notation import width
from s2sad.show.trace import trace


def lecture() -> Function:
    """np.log(x1) + x1 * x2 - np.sin(x2), the calls in Python's order of evaluation."""
    x1, x2, a, b, c, d, y = map(Var, ("x1", "x2", "a", "b", "c", "d", "y"))
    stmts = (Call((a,), np.log, (x1,)), Call((b,), operator.mul, (x1, x2)), Call((c,), operator.add, (a, b)),
             Call((d,), np.sin, (x2,)), Call((y,), operator.sub, (c, d)))
    return Function("f", Block((x1, x2), stmts, (y,)), (x1, x2))


def iterate() -> Function:
    """for i in range(n): x = np.sin(x) * c"""
    x, n, c, p, q, r, i, s, y = map(Var, "x n c p q r i s y".split())
    body = Block((i, p), (Call((q,), np.sin, (p,)), Call((r,), operator.mul, (q, c))), (r, q))
    stmts = (Call((s,), range, (n,)), For((y, Var("qs")), (s,), (x,), body))
    return Function("iterate", Block((x, n, c), stmts, (y,)), (x,))


def march() -> Function:
    """a = np.zeros(n); a[0] = x; for i in range(1, n): a[i] = np.sin(a[i - 1]); return a[n - 1]"""
    x, n, a, b, c, d, i, j, k, p, q, r, s, y = map(Var, "x n a b c d i j k p q r s y".split())
    body = Block((i, c), (Call((j,), operator.sub, (i, Const(1))), Call((p,), operator.getitem, (c, j)),
                          Call((q,), np.sin, (p,)), Call((d,), runtime.setitem, (c, i, q))), (d, p))
    stmts = (Call((a,), np.zeros, (n,)), Call((b,), runtime.setitem, (a, Const(0), x)),
             Call((s,), range, (Const(1), n)), For((r, Var("ps")), (s,), (b,), body),
             Call((k,), operator.sub, (n, Const(1))), Call((y,), operator.getitem, (r, k)))
    return Function("march", Block((x, n), stmts, (y,)), (x,))


def test_primal_rows_of_the_lecture():
    assert [str(row) for row in trace(lecture(), (2.0, 5.0)).primal] == [
        "v₋₁ = x₁ = 2",
        "v₀ = x₂ = 5",
        "v₁ = ln v₋₁ = ln 2 = 0.693",
        "v₂ = v₋₁ × v₀ = 2 × 5 = 10",
        "v₃ = sin v₀ = sin 5 = −0.959",
        "v₄ = v₁ + v₂ = 0.693 + 10 = 10.693",
        "v₅ = v₄ − v₃ = 10.693 + 0.959 = 11.652",
        "y = v₅ = 11.652",
    ]


def test_adjoint_rows_of_the_lecture():
    assert [str(row) for row in trace(lecture(), (2.0, 5.0)).adjoint] == [
        "v̄₅ = ȳ = 1",
        "v̄₄ = v̄₅ · ∂v₅/∂v₄ = v̄₅ · 1 = 1 · 1 = 1",
        "v̄₃ = v̄₅ · ∂v₅/∂v₃ = v̄₅ · (−1) = 1 · (−1) = −1",
        "v̄₁ = v̄₄ · ∂v₄/∂v₁ = v̄₄ · 1 = 1 · 1 = 1",
        "v̄₂ = v̄₄ · ∂v₄/∂v₂ = v̄₄ · 1 = 1 · 1 = 1",
        "v̄₀ = v̄₃ · ∂v₃/∂v₀ = v̄₃ · cos v₀ = −1 · cos 5 = −0.284",
        "v̄₋₁ = v̄₂ · ∂v₂/∂v₋₁ = v̄₂ · v₀ = 1 · 5 = 5",
        "v̄₀ = v̄₀ + v̄₂ · ∂v₂/∂v₀ = v̄₀ + v̄₂ · v₋₁ = −0.284 + 1 · 2 = 1.716",
        "v̄₋₁ = v̄₋₁ + v̄₁ · ∂v₁/∂v₋₁ = v̄₋₁ + v̄₁ / v₋₁ = 5 + 1 / 2 = 5.5",
        "x̄₂ = v̄₀ = 1.716",
        "x̄₁ = v̄₋₁ = 5.5",
    ]


def test_gradient_is_returned_in_the_order_of_the_inputs():
    assert trace(lecture(), (2.0, 5.0)).gradient == pytest.approx((5.5, 2 - np.cos(5.0)))


def test_two_columns_when_they_fit():
    lines = trace(lecture(), (2.0, 5.0)).text(columns=200).splitlines()
    assert lines[0] == "f at x₁ = 2, x₂ = 5"
    assert any("v₁  = ln v₋₁" in line and "│ v̄₋₁ = v̄₋₁ + v̄₁" in line for line in lines)
    assert any(line.startswith("y ") and "│ v̄₅  = ȳ" in line for line in lines)


def test_one_below_the_other_in_a_narrow_terminal():
    lines = trace(lecture(), (2.0, 5.0)).text(columns=80).splitlines()
    assert lines.index("Forward primal trace") < lines.index("Reverse adjoint trace")
    assert lines[-1].split() == ["x̄₁", "=", "v̄₋₁", "=", "5.5"]


def test_text_is_the_same_every_time():
    assert trace(lecture(), (2.0, 5.0)).text(200) == trace(lecture(), (2.0, 5.0)).text(200)


def test_a_loop():
    table = trace(iterate(), (0.5, 2, 3.0))
    assert table.gradient == pytest.approx((9 * np.cos(0.5) * np.cos(3 * np.sin(0.5)),))
    assert "· trip 2 of 2" in table.text()
    assert str(table.primal[2]) == "v₂ = v₁ × c = 0.479 × 3 = 1.438"


def test_a_loop_without_trips():
    table = trace(iterate(), (0.5, 0, 3.0))
    assert [str(row) for row in table.rows] == ["v₀ = x = 0.5", "y = v₀ = 0.5", "v̄₀ = ȳ = 1", "x̄ = v̄₀ = 1"]


def test_a_long_loop_is_folded():
    table = trace(iterate(), (0.5, 100, 3.0))
    assert "⋮ 97 more trips" in table.text()
    assert "trip 2 of 100" in table.text() and "trip 3 of 100" not in table.text() and "trip 100 of 100" in table.text()
    assert len([row for row in table.primal if "sin" in row.parts[1]]) == 100


def test_a_loop_that_writes():
    table = trace(march(), (0.5, 4))
    expected = np.cos(0.5) * np.cos(np.sin(0.5)) * np.cos(np.sin(np.sin(0.5)))
    assert table.gradient == pytest.approx((expected,))


def test_an_operand_that_occurs_twice_gets_two_contributions():
    x, y = Var("x"), Var("y")
    fn = Function("square", Block((x,), (Call((y,), operator.mul, (x, x)),), (y,)), (x,))
    table = trace(fn, (3.0,))
    assert table.gradient == pytest.approx((6.0,))
    assert [str(row) for row in table.adjoint][1:3] == ["v̄₀ = v̄₁ · v₀ = 1 · 3 = 3",
                                                        "v̄₀ = v̄₀ + v̄₁ · v₀ = 3 + 1 · 3 = 6"]


def test_broadcasting_is_summed():
    x, w, y = Var("x"), Var("w"), Var("y")
    fn = Function("scale", Block((x, w), (Call((y,), operator.mul, (x, w)),), (y,)), (x, w))
    table = trace(fn, (np.array([1.0, 2.0, 3.0]), 2.0), y_bar=np.array([1.0, 0.0, 1.0]))
    assert table.gradient[0] == pytest.approx([2.0, 0.0, 2.0]) and table.gradient[1] == pytest.approx(4.0)
    assert any("Σ v̄₁ · ∂v₁/∂v₀" in str(row) for row in table.adjoint)


def test_several_results():
    x, a, b = Var("x"), Var("a"), Var("b")
    body = Block((x,), (Call((a,), np.sin, (x,)), Call((b,), np.exp, (x,))), (Pack("tuple", (a, b)),))
    table = trace(Function("g", body, (x,)), (0.0,))
    assert table.gradient == pytest.approx((2.0,))
    assert [row.name for row in table.primal][-2:] == ["y₁", "y₂"]


def test_an_unknown_function_is_refused():
    def mystery(x):
        return x + 1.0

    x, y = Var("x"), Var("y")
    with pytest.raises(NotDifferentiable, match="S2S003.*mystery"):
        trace(Function("g", Block((x,), (Call((y,), mystery, (x,)),), (y,)), (x,)), (1.0,))


def test_unused_input_gets_zero():
    x, z, y = Var("x"), Var("z"), Var("y")
    table = trace(Function("g", Block((x, z), (Call((y,), np.sin, (x,)),), (y,)), (x, z)), (0.0, 3.0))
    assert table.gradient == (pytest.approx(1.0), 0.0)
    assert str(table.adjoint[-2]) == "z̄ = 0"


def test_markdown_and_html():
    table = trace(lecture(), (2.0, 5.0))
    assert "| v₁ | ln v₋₁ | ln 2 | 0.693 |" in table.markdown()
    assert "<td style=\"text-align:left\">= ln v₋₁</td>" in table._repr_html_()


def test_in_place_operators_leave_the_argument_alone():
    x, y, z = Var("x"), Var("y"), Var("z")
    stmts = (Call((y,), runtime.copy, (x,)), Call((z,), operator.iadd, (y, Const(1.0))))
    a = np.array([1.0, 2.0])
    table = trace(Function("g", Block((x,), stmts, (z,)), (x,)), (a,))
    assert a.tolist() == [1.0, 2.0] and table.gradient[0].tolist() == [1.0, 1.0]


# ---- of functions, as users see it
# --------------------------------------------------------------------------------------

def texts(rows) -> list[str]:
    return [str(row) for row in rows]


def test_powers_are_written_as_powers():
    table = grad(lambda x, n: x ** 2 + x ** n).trace(3.0, 2.5)
    assert "v̄₀ = v̄₁ · ∂v₁/∂v₀ = v̄₁ · 2 × v₀ = 1 · 2 × 3 = 6" in [
        row.replace("v̄₀ = v̄₀ + ", "v̄₀ = ") for row in texts(grad(lambda x: x ** 2).trace(3.0).adjoint)]
    assert any("n × v₀ ^ (n − 1)" in row and "2.5 × 3 ^ 1.5" in row for row in texts(table.adjoint))
    assert table.gradient == pytest.approx((6.0 + 2.5 * 3.0 ** 1.5,))


def swept(x, n):
    a = np.zeros(n)
    a[0] = x
    for i in range(1, n):
        a[i] = np.sin(a[i - 1]) * x
    return np.sum(a)


def test_elements_that_are_read_and_written():
    table = grad(swept).trace(0.5, 3)
    assert "v₂ = v₁[0 ← v₀] = [0, 0, 0][0 ← 0.5] = [0.5, 0, 0]" in texts(table.primal)
    assert any("[0 ←+ v̄" in row for row in texts(table.adjoint))
    assert table.gradient == pytest.approx((grad(swept)(0.5, 3),))


@pytest.mark.parametrize("columns", [80, 100])
def test_tables_fit_the_terminal(columns):
    for table in (grad(swept).trace(0.5, 20), grad(lambda x: x ** x ** x).trace(1.5)):
        assert max(map(width, table.text(columns).splitlines())) <= columns


def test_a_parameter_called_y():
    table = grad(lambda x, y: x * y, argnums=(0, 1)).trace(2.0, 3.0)
    assert table.primal[-1].name == "z" and table.adjoint[0].parts[1] == "z̄"


def test_tests_before_the_first_trip():
    def halve(x):
        while abs(x) > 1.0:
            x = 0.5 * x
        return x

    text = str(grad(halve).trace(3.0))
    assert "before the first trip" in text and "trip 2 of 2" in text and "trip 0" not in text


def test_parameters_in_a_dict():
    table = grad(lambda p: p["w"] * np.sin(p["b"])).trace({"w": 2.0, "b": 0.5})
    assert table.title == "<lambda> at p = {w, b}"
    assert texts(table.primal)[:3] == ["v₋₁ = w = 2", "v₀ = b = 0.5", "v₁ = sin v₀ = sin 0.5 = 0.479"]


def test_where_python_would_raise():
    assert grad(lambda x: np.log(x)).trace(0.0).gradient[0] == np.inf


def test_a_derivative_is_traced_like_a_function():
    assert grad(grad(lambda x: x * x * x)).trace(2.0).gradient == pytest.approx((12.0,))
