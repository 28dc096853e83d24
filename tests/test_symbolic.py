import math
import sys

import numpy as np
import pytest

import s2sad
from s2sad.symbolic import derivative, expression, swell, towers

sympy = pytest.importorskip("sympy")


def straight(x, y):
    u = np.exp(-x * x) + math.pi
    u += np.sqrt(np.abs(y)) / (1.0 + np.square(x))
    return np.tanh(u) ** 3 - np.arctan2(x, y) * 0.3


def with_helper(x, y):
    def inner(t):
        return np.log(t) * np.sinh(t)

    a, b = inner(x), inner(y)
    return a / b + np.maximum(a, b)


def unrolled(x, y):
    parts = [x]
    for k in range(4):
        parts.append(np.sin(parts[-1]) * y + k)
    return sum(parts)


def builtin(x, y):
    return max(math.atan(x), min(y, 2.0)) + abs(x - y) + float(np.reciprocal(y)) + np.exp2(x) + np.cos(+y) ** -1.5


@pytest.mark.parametrize("f", [straight, with_helper, unrolled, builtin])
@pytest.mark.parametrize("argnum", [0, 1])
def test_value_and_derivative_agree_with_ad_to_rounding(f, argnum):
    x, y = sympy.Symbol("x", real=True), sympy.Symbol("y", real=True)
    for at in ((0.7, 1.3), (1.9, 0.4)):
        point = dict(zip((x, y), at))
        assert float(expression(f).evalf(25, point)) == pytest.approx(float(f(*at)), rel=1e-14)
        slope = float(derivative(f, wrt="xy"[argnum]).evalf(25, point))
        assert slope == pytest.approx(float(s2sad.grad(f, argnums=argnum)(*at)), rel=1e-13)


def test_nested_tower_agrees_with_ad():
    def tame(x):
        for _ in range(4):
            x = 0.25 * (np.exp(np.sin(x) + np.sin(x) ** 2) + np.sin(np.exp(x)))
        return x

    slope = float(derivative(tame).evalf(30, {sympy.Symbol("x", real=True): 0.3}))
    assert slope == pytest.approx(float(s2sad.grad(tame)(0.3)), rel=1e-13)


def test_names_symbols_values_and_structures():
    def f(p, n, scale=2.0):
        return p["a"] * p["b"][0] ** n * scale

    z = sympy.Symbol("z", positive=True)
    assert str(expression(f, {"a": "u", "b": ["v"]}, 3)) == "2*u*v**3"
    assert expression(f, {"a": z, "b": ["v"]}, 3, 0.5).free_symbols == {z, sympy.Symbol("v", real=True)}
    assert str(derivative(f, {"a": "u", "b": ["v"]}, 3, wrt="v")) == "6*u*v**2"
    assert derivative(f, {"a": z, "b": ["v"]}, 1, wrt=z) == 2 * sympy.Symbol("v", real=True)


def test_numbers_keep_their_value():
    constant = expression(lambda x: x * 0.1)
    assert constant.coeff(sympy.Symbol("x", real=True)) == sympy.Float(0.1, precision=53)
    assert expression(lambda x: x * 0.375).args[0] == sympy.Rational(3, 8)


def test_results_in_structures():
    def f(x):
        return {"y": (x * x, x)}

    assert str(derivative(f)) == "{'y': (2*x, 1)}"


def test_what_has_no_formula_is_an_error_that_names_the_line():
    def decides(x):
        if x > 1.0:
            return x * x
        return x

    def array(x):
        return np.sum(np.array([x, x]) * 2.0)

    with pytest.raises(TypeError, match=r"test_symbolic.py:\d+:\d+: `gt` of a symbol has no formula here"):
        expression(decides)
    with pytest.raises(TypeError, match=r"test_symbolic.py:\d+:\d+: `np.array` of a symbol has no formula here"):
        expression(array)
    for truth in (lambda x, y: x or y, lambda x, y: x * y if x * y else y):
        with pytest.raises(TypeError, match="`truth` of a symbol has no formula here"):
            expression(truth)
    with pytest.raises(TypeError, match="`np.floor` of a symbol"):
        expression(lambda x: np.floor(x))


def test_what_s2sad_does_not_accept_is_its_own_error():
    def f(x):
        yield x

    with pytest.raises(s2sad.S2SADError):
        expression(f)


def test_a_symbol_that_is_not_there():
    with pytest.raises(ValueError, match="no symbol t to differentiate by; there are: x"):
        derivative(lambda x: x * x, wrt="t")
    with pytest.raises(ValueError, match="there are: none"):
        derivative(lambda x: x * x, 2.0)
    with pytest.raises(ValueError, match="swell needs an argument that is a symbol"):
        swell(lambda x: x * x, 2.0)


def test_without_sympy_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(ImportError, match=r'needs sympy: pip install "s2sad\[symbolic\]"'):
        expression(lambda x: x * x)


def test_swell_counts_what_sympy_counts_and_what_is_executed():
    def f(x):
        return np.exp(x) * np.sin(x)

    (row,) = swell(f)
    slope = sympy.sympify("exp(x)*sin(x) + exp(x)*cos(x)")
    assert (row.name, row.formula, row.derivative) == ("f", 3, sympy.count_ops(slope))
    # exp, sin, ×, +, × of exp x (sin x + cos x), cos
    assert row.generated <= 7


def test_the_formula_swells_and_the_program_does_not():
    rows = swell(towers(5))
    assert [row.name.count("L") for row in rows] == [1, 2, 3, 4, 5]
    for before, after in zip(rows, rows[1:]):
        assert after.derivative > 5 * before.derivative
        assert after.generated - before.generated == rows[0].generated
        assert after.after_cse - before.after_cse == rows[1].after_cse - rows[0].after_cse
    assert rows[-1].derivative > 400 * rows[-1].generated


def test_table():
    lines = str(swell(towers(3))).splitlines()
    assert lines[0].split() == ["function", "formula", "derivative", "after", "cse", "s2sad"]
    assert lines[2].split() == ["L∘L", "57", "213", "30", "30"]
    assert len({len(line) for line in lines}) == 1
