"""The evaluation trace against the tables of the lecture, of hand-built IR and of functions as users write them."""
import dataclasses
import io
import operator

import numpy as np
import pytest

from examples.evaluation_trace import L, f
from s2sad import grad, jacfwd, jacobian, runtime, value_and_grad, vjp
from s2sad.errors import ArgumentError
from s2sad.ir import Block, Call, Const, Function, Pack, Var
from s2sad.show.notation import width
from s2sad.show.trace import Trace, trace
from s2sad.tree import leaves
from tests.differences import same
from tests.ir.helper import for_loop
from tests.programs import PROGRAMS
from tests.test_programs import is_scalar

PRIMAL = """
v₋₁ = x₁ = 2
v₀ = x₂ = 5
v₁ = ln v₋₁ = ln 2 = 0.693
v₂ = v₋₁ × v₀ = 2 × 5 = 10
v₃ = sin v₀ = sin 5 = −0.959
v₄ = v₁ + v₂ = 0.693 + 10 = 10.693
v₅ = v₄ − v₃ = 10.693 + 0.959 = 11.652
y = v₅ = 11.652
"""
TANGENT = """
v̇₋₁ = ẋ₁ = 1
v̇₀ = ẋ₂ = 0
v̇₁ = v̇₋₁ / v₋₁ = 1 / 2 = 0.5
v̇₂ = v̇₋₁ × v₀ + v̇₀ × v₋₁ = 1 × 5 + 0 × 2 = 5
v̇₃ = v̇₀ × cos v₀ = 0 × cos 5 = 0
v̇₄ = v̇₁ + v̇₂ = 0.5 + 5 = 5.5
v̇₅ = v̇₄ − v̇₃ = 5.5 − 0 = 5.5
ẏ = v̇₅ = 5.5
"""
ADJOINT = """
v̄₅ = ȳ = 1
v̄₄ = v̄₅ ∂v₅/∂v₄ = v̄₅ × 1 = 1
v̄₃ = v̄₅ ∂v₅/∂v₃ = v̄₅ × (−1) = −1
v̄₁ = v̄₄ ∂v₄/∂v₁ = v̄₄ × 1 = 1
v̄₂ = v̄₄ ∂v₄/∂v₂ = v̄₄ × 1 = 1
v̄₀ = v̄₃ ∂v₃/∂v₀ = v̄₃ × cos v₀ = −0.284
v̄₋₁ = v̄₂ ∂v₂/∂v₋₁ = v̄₂ × v₀ = 5
v̄₀ = v̄₀ + v̄₂ ∂v₂/∂v₀ = v̄₀ + v̄₂ × v₋₁ = 1.716
v̄₋₁ = v̄₋₁ + v̄₁ ∂v₁/∂v₋₁ = v̄₋₁ + v̄₁ / v₋₁ = 5.5
x̄₂ = v̄₀ = 1.716
x̄₁ = v̄₋₁ = 5.5
"""
"""Tables 2 and 3 of Baydin et al. (2018), row by row."""


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
    stmts = (Call((s,), range, (n,)), for_loop([s], [x], body, (y, Var("qs"))))
    return Function("iterate", Block((x, n, c), stmts, (y,)), (x,))


def march() -> Function:
    """a = np.zeros(n); a[0] = x; for i in range(1, n): a[i] = np.sin(a[i - 1]); return a[n - 1]"""
    x, n, a, b, c, d, i, j, k, p, q, r, s, y = map(Var, "x n a b c d i j k p q r s y".split())
    body = Block((i, c), (Call((j,), operator.sub, (i, Const(1))), Call((p,), operator.getitem, (c, j)),
                          Call((q,), np.sin, (p,)), Call((d,), runtime.setitem, (c, i, q))), (d, p))
    stmts = (Call((a,), np.zeros, (n,)), Call((b,), runtime.setitem, (a, Const(0), x)),
             Call((s,), range, (Const(1), n)), for_loop([s], [b], body, (r, Var("ps"))),
             Call((k,), operator.sub, (n, Const(1))), Call((y,), operator.getitem, (r, k)))
    return Function("march", Block((x, n), stmts, (y,)), (x,))


def texts(rows) -> list[str]:
    return [str(row) for row in rows]


@pytest.mark.parametrize("table", [
    trace(lecture(), (2.0, 5.0), tangents={lecture().inputs[0]: 1.0}), None], ids=["IR", "function"])
def test_the_tables_of_the_lecture(table):
    if table is None:
        table = grad(f, (0, 1)).trace(2.0, 5.0, tangents=True)
        assert texts(table.tangent) == TANGENT.strip().splitlines()
    assert texts(table.primal) == PRIMAL.strip().splitlines()
    assert texts(table.adjoint) == ADJOINT.strip().splitlines()


def test_the_values_of_the_lecture():
    table = grad(f, (0, 1)).trace(2.0, 5.0)
    primal = {row.name: row.value for row in table.primal}
    exact = {"v₋₁": 2, "v₀": 5, "v₁": np.log(2), "v₂": 10, "v₃": np.sin(5), "v₄": np.log(2) + 10,
             "v₅": np.log(2) + 10 - np.sin(5), "y": f(2.0, 5.0)}
    assert primal == pytest.approx(exact, rel=1e-15)
    assert [row.value for row in table.adjoint] == pytest.approx(
        [1, 1, -1, 1, 1, -np.cos(5), 5, 2 - np.cos(5), 5.5, 2 - np.cos(5), 5.5], rel=1e-15)


def test_what_is_written_twice_is_computed_twice():
    table = grad(L).trace(1.0)
    assert [row.expression for row in table.primal].count("exp v₀") == 4
    assert table.gradient == pytest.approx(grad(L)(1.0), rel=1e-14)


def shared(x):
    """The function L with its common parts named."""
    u = np.exp(x)
    s = u + u ** 2
    return np.exp(s) + np.sin(s)


def test_what_is_written_once_is_computed_once():
    table = grad(shared).trace(1.0)
    assert texts(table.primal) == [
        "v₀ = x = 1", "v₁ = exp v₀ = exp 1 = 2.718", "v₂ = v₁² = 2.718² = 7.389",
        "v₃ = v₁ + v₂ = 2.718 + 7.389 = 10.107", "v₄ = exp v₃ = exp 10.107 = 24522.294",
        "v₅ = sin v₃ = sin 10.107 = −0.631", "v₆ = v₄ + v₅ = 24522.294 − 0.631 = 24521.663", "y = v₆ = 24521.663"]
    assert texts(table.adjoint) == [
        "v̄₆ = ȳ = 1", "v̄₄ = v̄₆ ∂v₆/∂v₄ = v̄₆ × 1 = 1", "v̄₅ = v̄₆ ∂v₆/∂v₅ = v̄₆ × 1 = 1",
        "v̄₃ = v̄₅ ∂v₅/∂v₃ = v̄₅ × cos v₃ = −0.776", "v̄₃ = v̄₃ + v̄₄ ∂v₄/∂v₃ = v̄₃ + v̄₄ × v₄ = 24521.518",
        "v̄₁ = v̄₃ ∂v₃/∂v₁ = v̄₃ × 1 = 24521.518", "v̄₂ = v̄₃ ∂v₃/∂v₂ = v̄₃ × 1 = 24521.518",
        "v̄₁ = v̄₁ + v̄₂ ∂v₂/∂v₁ = v̄₁ + v̄₂ × 2 × v₁ = 157834.31", "v̄₀ = v̄₁ ∂v₁/∂v₀ = v̄₁ × v₁ = 429038.135",
        "x̄ = v̄₀ = 429038.135"]
    assert table.gradient == pytest.approx(grad(L)(1.0), rel=1e-14)


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
    assert len([row for row in table.primal if "sin" in row.expression]) == 100


def test_a_loop_that_writes():
    table = trace(march(), (0.5, 4))
    expected = np.cos(0.5) * np.cos(np.sin(0.5)) * np.cos(np.sin(np.sin(0.5)))
    assert table.gradient == pytest.approx((expected,))


def test_an_operand_that_occurs_twice_gets_two_contributions():
    x, y = Var("x"), Var("y")
    fn = Function("square", Block((x,), (Call((y,), operator.mul, (x, x)),), (y,)), (x,))
    table = trace(fn, (3.0,))
    assert table.gradient == pytest.approx((6.0,))
    assert texts(table.adjoint)[1:3] == ["v̄₀ = v̄₁ × v₀ = 3", "v̄₀ = v̄₀ + v̄₁ × v₀ = 6"]


def test_broadcasting_is_summed():
    x, w, y = Var("x"), Var("w"), Var("y")
    fn = Function("scale", Block((x, w), (Call((y,), operator.mul, (x, w)),), (y,)), (x, w))
    table = trace(fn, (np.array([1.0, 2.0, 3.0]), 2.0), y_bar=np.array([1.0, 0.0, 1.0]))
    assert table.gradient[0] == pytest.approx([2.0, 0.0, 2.0]) and table.gradient[1] == pytest.approx(4.0)
    assert any("Σ v̄₁ ∂v₁/∂v₀" in str(row) for row in table.adjoint)


def test_several_results():
    x, a, b = Var("x"), Var("a"), Var("b")
    body = Block((x,), (Call((a,), np.sin, (x,)), Call((b,), np.exp, (x,))), (Pack("tuple", (a, b)),))
    table = trace(Function("g", body, (x,)), (0.0,))
    assert table.gradient == pytest.approx((2.0,))
    assert [row.name for row in table.primal][-2:] == ["y₁", "y₂"]


def test_unused_input_gets_zero():
    x, z, y = Var("x"), Var("z"), Var("y")
    table = trace(Function("g", Block((x, z), (Call((y,), np.sin, (x,)),), (y,)), (x, z)), (0.0, 3.0))
    assert table.gradient == (pytest.approx(1.0), 0.0)
    assert str(table.adjoint[-2]) == "z̄ = 0"


def test_in_place_operators_leave_the_argument_alone():
    x, y, z = Var("x"), Var("y"), Var("z")
    stmts = (Call((y,), runtime.copy, (x,)), Call((z,), operator.iadd, (y, Const(1.0))))
    a = np.array([1.0, 2.0])
    table = trace(Function("g", Block((x,), stmts, (z,)), (x,)), (a,))
    assert a.tolist() == [1.0, 2.0] and table.gradient[0].tolist() == [1.0, 1.0]


# ---- of functions, as users see it
# --------------------------------------------------------------------------------------

def test_powers_are_written_as_powers():
    table = grad(lambda x, n: x ** 2 + x ** n).trace(3.0, 2.5)
    assert "v̄₀ = v̄₁ ∂v₁/∂v₀ = v̄₁ × 2 × v₀ = 6" in texts(grad(lambda x: x ** 2).trace(3.0).adjoint)
    assert any("n × v₀ ^ (n − 1)" in row for row in texts(table.adjoint))
    assert table.gradient == pytest.approx(6.0 + 2.5 * 3.0 ** 1.5)


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
    assert table.gradient == pytest.approx(grad(swept)(0.5, 3))


@pytest.mark.parametrize("columns", [80, 100])
def test_tables_fit_the_terminal(columns):
    for table in (grad(swept).trace(0.5, 20), grad(lambda x: x ** x ** x).trace(1.5)):
        assert max(map(width, table.text(columns).splitlines())) <= columns


def test_a_parameter_called_y():
    table = grad(lambda x, y: x * y, argnums=(0, 1)).trace(2.0, 3.0)
    assert table.primal[-1].name == "z" and table.adjoint[0].expression == "z̄"


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
    assert grad(lambda x: np.log(x)).trace(0.0).gradient == np.inf


def test_a_derivative_is_traced_like_a_function():
    assert grad(grad(lambda x: x * x * x)).trace(2.0).gradient == pytest.approx(12.0)


# ---- control flow ----------------------------------------------------------------------------------------------------

def double_or_sine(x, n):
    if x > 1.0 and n != 3:
        return 2.0 * x
    return np.sin(x)


def messages(table) -> list[str]:
    return [str(mark).split("⇒  ")[1] for mark in table.marks]


def test_branches_say_which_way_they_went():
    assert messages(grad(double_or_sine).trace(2.0, 2)) == ["v₀ > 1 is True", "n ≠ 3 is True"]
    assert messages(grad(double_or_sine).trace(0.5, 2)) == ["v₀ > 1 is False"]
    assert "if x > 1.0 and n != 3:  ⇒  v₀ > 1 is False" in grad(double_or_sine).trace(0.5, 2).text(100)


def test_tests_of_arrays_are_written_out():
    table = grad(lambda x: np.sum(x) if np.all(x > 0.0) else np.sum(x * x)).trace(np.ones(3))
    assert messages(table) == ["all(v₀ > 0) is True"]


def stopped(x, n):
    s = 0.0
    for i in range(n):
        s += x * i
        if s > 4.0:
            break
    return s


def test_loops_say_how_often_they_ran():
    assert messages(grad(stopped).trace(1.0, 9))[0] == "4 of 9 trips"
    assert messages(grad(stopped).trace(1.0, 3))[0] == "3 trips"
    assert messages(grad(stopped).trace(1.0, 0)) == ["no trips"]


def grid(x, n, m):
    s = 0.0
    for i in range(n):
        for j in range(m):
            s += np.sin(x * i) * j
    return s


def test_nested_loops_are_folded_at_every_depth():
    lines = [line.strip() for line in grad(grid).trace(0.5, 9, 9).text(100).splitlines()]
    assert lines.count("⋮ 6 more trips") == 3 + 1 + 3 + 1
    assert sum(line.startswith("· trip 9 of 9: i = 8") for line in lines) == 2
    assert sum(line.startswith("· trip 2 of 9: j = 1") for line in lines) == 6


def test_the_lines_of_helpers_are_shown():
    table = grad(lambda x: helper(x, 2.0) + helper(x, 3.0)).trace(0.5)
    assert [row.source for row in table.primal if "sin" in row.expression] == ["return np.sin(u) * k"] * 2


def helper(u, k):
    return np.sin(u) * k


# ---- arguments and results -------------------------------------------------------------------------------------------

@dataclasses.dataclass
class Layer:
    w: np.ndarray
    b: float
    name: str = "layer"


def test_the_gradient_is_that_of_the_derivative():
    def apply(layer, x):
        return np.sum(np.tanh(layer.w * x) + layer.b)
    at = Layer(np.array([1.0, 2.0]), 0.5)
    got, expected = grad(apply).trace(at, 2.0).gradient, grad(apply)(at, 2.0)
    assert type(got) is Layer and got.b == expected.b and got.name is None
    np.testing.assert_allclose(got.w, expected.w, rtol=1e-14)


def weighted(x, y=2.0, *, k=3, mode="a", extra=None):
    return (x * y * k if mode == "a" else x) + (0.0 if extra is None else extra)


def test_keywords_integers_strings_and_none():
    table = grad(weighted).trace(2.0, k=5, mode="a", extra=None)
    assert (table.value, table.gradient) == (20.0, 10.0)
    assert "mode = a" in table.title and "extra = None" in table.title
    assert grad(weighted, argnames="y").trace(2.0, y=3.0).gradient == 6.0
    assert grad(weighted, argnums=(0, 1)).trace(2.0, y=3.0).gradient == (9.0, 6.0)


def test_the_modes_that_return_more():
    assert value_and_grad(lambda x: x * x).trace(3.0).gradient == 6.0
    table = grad(lambda x: (x * x, np.exp(x)), has_aux=True).trace(3.0)
    assert table.gradient == 6.0 and table.value == (9.0, np.exp(3.0))
    assert [row.name for row in table.adjoint][0] == "v̄₁"


def test_jacfwd_traces_tangents_and_jacobian_adjoints():
    forwards, backwards = jacfwd(helper).trace(0.5, 2.0), jacobian(helper).trace(0.5, 2.0)
    assert forwards.slope == backwards.gradient == pytest.approx(2.0 * np.cos(0.5))
    assert not forwards.adjoint and forwards.gradient is None and texts(forwards.tangent)[0] == "v̇₀ = u̇ = 1"
    assert not backwards.tangent and backwards.slope is None


def test_the_pullback_of_vjp_traces_itself():
    _, pullback = vjp(lambda x: (np.sin(x), x * x), 2.0)
    assert pullback.trace((1.0, 10.0)).gradient == pullback((1.0, 10.0))


def test_tangents_are_given_like_those_of_jvp():
    df = grad(lambda x, p, n: np.sum(x) * p["a"] * n)
    args = (np.ones(2), {"a": 3.0}, 2)
    assert df.trace(*args, tangents=(np.array([1.0, 5.0]), None, None)).slope == 36.0
    assert df.trace(*args, tangents=True).slope == 6.0
    assert df.trace(*args).slope is None and not df.trace(*args).tangent
    with pytest.raises(ArgumentError, match="S2S008: tangents must be a tuple of 3"):
        df.trace(*args, tangents=(1.0,))


@pytest.mark.parametrize("x", [np.array(0.5), np.zeros((0, 3)), np.float32(0.5), np.full(2, 0.5, np.float32),
                               0.5 + 1.0j, np.array([0.5j])], ids=str)
def test_kinds_of_inputs(x):
    def total(x):
        return np.sum(np.real(x * x))
    got, expected = grad(total).trace(x, tangents=True).gradient, grad(total)(x)
    assert np.array_equal(got, expected) and np.shape(got) == np.shape(expected)
    assert np.asarray(got).dtype == np.asarray(expected).dtype


def test_what_has_no_derivative_is_refused():
    with pytest.raises(ArgumentError, match="S2S006"):
        grad(lambda x: x * 2).trace(2)
    with pytest.raises(ArgumentError, match="S2S007: 1 cotangents for 2 results"):
        grad(lambda x: (x, x * x)).trace(2.0, cotangent=(1.0,))


def test_a_constant_result():
    table = grad(lambda x: 3.0).trace(2.0)
    assert table.gradient == 0.0 and str(table.primal[-1]) == "y = 3"


def test_the_rows_as_data():
    table = grad(f, (0, 1)).trace(2.0, 5.0, tangents=True)
    data = table.to_dicts()
    assert {row["kind"] for row in data} == {"primal", "tangent", "adjoint"} and len(data) == len(table.rows)
    assert data[2] == {"kind": "primal", "name": "v₁", "expression": "ln v₋₁", "formula": "ln 2",
                       "value": np.log(2.0), "line": 15, "trip": (),
                       "source": "return np.log(x1) + x1 * x2 - np.sin(x2)"}


# ---- where it is shown -----------------------------------------------------------------------------------------------

class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_show_writes_plain_text_to_a_file():
    file = io.StringIO()
    table = grad(lambda x: x * x).trace(3.0)
    table.show(file)
    assert file.getvalue() == str(table) + "\n" == repr(table) + "\n"


def test_show_writes_in_colours_to_a_terminal(monkeypatch):
    rich = pytest.importorskip("rich.text")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    file = Terminal()
    table = grad(stopped).trace(1.0, 9)
    table.show(file)
    assert "\x1b[" in file.getvalue()
    assert rich.Text.from_ansi(file.getvalue()).plain.rstrip() == str(table)


def test_without_rich_a_terminal_gets_plain_text(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "rich.console", None)
    file = Terminal()
    table = grad(lambda x: x * x).trace(3.0)
    table.show(file)
    assert file.getvalue() == str(table) + "\n"


# ---- every program of the corpus -------------------------------------------------------------------------------------

SAMPLE = 4
"""Every so manieth program is traced in the suite; ``SAMPLE = 1`` traces them all (a minute)."""


@pytest.mark.parametrize("program", list(PROGRAMS.values())[::SAMPLE], ids=list(PROGRAMS)[::SAMPLE])
def test_programs(program):
    args, y = program.fresh(), program.fn(*program.fresh())
    table = grad(program.fn, program.argnums).trace(*args, tangents=True)
    assert isinstance(table, Trace) and same(args, program.fresh()) and same(table.value, y)
    for wide in (80, 400):
        assert table.text(wide)
    assert table.html() and table.markdown()
    assert not any(row.name in ("", "_bar", "_dot") for row in table.rows)
    dots = sum(np.sum(np.real(np.conj(s) * t)) for s, t in zip(leaves(_ones(y)), leaves(table.slope)))
    first = np.ravel(leaves(table.gradient)[0])
    expected = first[0].real if first.size else 0.0
    assert dots == pytest.approx(expected, rel=1e-3 if "float32" in program.tags else 1e-8, abs=1e-9)
    if is_scalar(y):
        for got, expected in zip(leaves(table.gradient), leaves(grad(program.fn, program.argnums)(*args)), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-8, atol=1e-10)
            assert np.shape(got) == np.shape(expected) and np.asarray(got).dtype == np.asarray(expected).dtype


def _ones(y):
    if isinstance(y, (list, tuple)):
        return [_ones(v) for v in y]
    if isinstance(y, dict):
        return {k: _ones(v) for k, v in y.items()}
    if isinstance(y, np.ndarray):
        return np.ones_like(y)
    return y * 0 + 1 if isinstance(y, (float, complex, np.inexact)) else y


@pytest.mark.parametrize("f", [
    lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0)),
    lambda x: np.sum(np.sqrt(x, out=np.zeros_like(x), where=x > 0) * 3.0),
    lambda x: np.sum(np.divide(x * x, x, out=np.zeros_like(x), where=x > 0)),
    lambda x: np.sqrt(x)[2] * x[2],
    lambda x: np.max(np.cbrt(x * x)),
    lambda x: np.sum(np.sqrt(np.maximum(x, 0.0))[2:]),
], ids=["where", "out", "divide", "index", "max", "maximum"])
def test_what_was_not_chosen_has_an_adjoint_of_exactly_zero(f):
    x = np.array([-1.0, 0.0, 4.0])
    with np.errstate(all="ignore"):
        expected = grad(f)(x)
        graph = grad(f).graph(x)
    assert expected[0] == expected[1] == 0.0
    np.testing.assert_array_equal(grad(f).trace(x).gradient, expected)
    np.testing.assert_array_equal(graph.nodes[0].adjoint, expected)
