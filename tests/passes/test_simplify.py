
import operator

import numpy as np
import pytest

from s2sad import runtime
from s2sad.ir import Block, Call, Function, Pack, Var
from s2sad.ir.facts import Fact, array
from s2sad.ir.interpret import interpret
from s2sad.ir.text import constants, format, parse
from s2sad.ir.verify import verify
from s2sad.passes.dce import dce
from s2sad.passes.simplify import simplify

F, S, A = Fact("float"), Fact("scalar", np.dtype(float)), array(float, (("n", 0), 3))
FACTS = dict.fromkeys(["x", "y", "g", "t", "u", "v", "w"], F) | dict.fromkeys(["a", "b", "h", "p", "q"], A)


def simplified(text: str, clean: bool = True) -> str:
    fn = parse(text, namespace={"K": np.ones(3)}, facts=FACTS)
    fn = verify(simplify(fn))
    return format(verify(dce(fn)) if clean else fn)


def lines(*body: str) -> str:
    return "\n    ".join(["def f(x, y, a, b):", *body])


def test_docstring_example():
    assert simplified(
        lines("t := y * 1.0", "u := -t", "v := u * x", "w := x + v", "x_bar := unbroadcast(w, x)", "return x_bar")
    ) == lines("t := y * x", "x_bar := x - t", "return x_bar")


def test_user_calls_are_left_alone():
    text = lines("t = y * 1.0", "u = -t", "v = -u", "w = x ** 2", "z = 1.0 + 2.0", "return v, w, z")
    assert simplified(text) == text


def test_user_calls_are_not_looked_through():
    text = lines("t = -y", "u := x + t", "return u")
    assert simplified(text) == text


def test_signs_move_outwards():
    assert simplified(lines("t := -y", "u := t * x", "v := x + u", "return v, u")) == lines(
        "t := y * x", "u := -t", "v := x - t", "return v, u"
    )
    assert simplified(lines("t := -y", "u := t / x", "v := u * y", "w := x + v", "return w")) == lines(
        "t1 := y / x", "t2 := t1 * y", "w := x - t2", "return w"
    )


def test_nothing_is_computed_twice():
    text = lines("t := -y", "u := t * x", "v := np.sin(t)", "w := x + u", "return u, v, w")
    assert simplified(text) == text


def test_signs_stay_on_the_smaller_array():
    text = lines("t := -x", "p := t * a", "return p")
    assert simplified(text) == text


def test_spread_numbers_are_not_arrays():
    body = ["s := np.shape(a)", "p := np.broadcast_to(1.0, s)", "q := 2.0 * b", "h := p * q", "return h"]
    assert simplified(lines(*body)) == lines("h := 2.0 * b", "return h")
    body = ["s := np.shape(a)", "p := np.broadcast_to(x, s)", "q := -p", "h := q * y", "return h"]
    assert simplified(lines(*body)) == lines(
        "s := np.shape(a)", "t1 := -x", "t2 := t1 * y", "h := np.broadcast_to(t2, s)", "return h"
    )


def test_a_shape_does_not_keep_an_array_alive():
    body = ["p = a - b", "q = p ** 2", "s := np.shape(q)", "h := np.zeros(s)", "return h"]
    assert simplified(lines(*body)) == lines("s := np.shape(a)", "h := np.zeros(s)", "return h")


def test_arithmetic_on_python_floats_is_a_python_float():
    fn = parse(lines("t := np.sum(x)", "u := t * y", "return u"), facts=FACTS | {"t": S, "u": S})
    after = simplify(fn)
    assert after.body.stmts[0].outs[0].fact == F
    assert type(interpret(after, 1.0, 2.0, None, None)) is float


def test_an_array_does_not_outlive_its_update():
    text = lines("p := -a", "h := setitem(a, 0, x)", "q := b - p", "return q, h")
    assert simplified(text) == text
    assert "b + a" in simplified(text.replace("setitem(a", "setitem(b"))


def test_shapes_that_broadcast_keep_their_unbroadcast():
    row = array(float, (3,))
    fn = parse("def f(g, r):\n    y := unbroadcast(g, r)\n    return y", facts={"g": A, "r": row})
    assert format(simplify(fn)) == format(fn)


def test_unknown_facts_are_safe():
    text = "def f(k):\n    l := k * 1.0\n    m := unbroadcast(l, k)\n    n := k ** 2\n    return m, n"
    assert simplified(text) == text


def test_constants_fold_in_the_derivative_only():
    assert simplified(lines("t := 3 - 1", "u := x ** t", "v := 1.0 / 0.0", "w = 2.0 + 1.0", "return u, v, w")) == lines(
        "u := x * x", "v := 1.0 / 0.0", "w = 2.0 + 1.0", "return u, v, w"
    )


def test_powers_of_scalars_and_arrays():
    assert simplified(lines("p := a ** 3", "return p")) == lines("t := a * a", "p := t * a", "return p")


def test_constant_branches_dissolve_and_agreeing_outs_too():
    assert simplified(
        lines(
            "t, u = if True:",
            "    v := np.sin(x)",
            "    yield v, y",
            "else:",
            "    yield x, x",
            "w, z = if x:",
            "    yield y, t",
            "else:",
            "    yield y, x",
            "return t, u, w, z",
        )
    ) == lines("v := np.sin(x)", "z = if x:", "    yield v", "else:", "    yield x", "return v, y, y, z")


def test_items_of_packs():
    assert simplified(lines("t := getitem((x, y), 1)", "u := getitem({'k': x}, 'k')", "return t, u")) == lines(
        "return y, x"
    )


def test_loops_are_simplified_inside():
    assert simplified(
        lines("u = for i in range(3) carry t = x:", "    v := t * 1.0", "    w := v + y", "    yield w", "return u")
    ) == lines("u = for i in range(3) carry t = x:", "    w := t + y", "    yield w", "return u")


def test_array_functions_are_operators_but_scalar_ones_are_not():
    assert simplified(lines("p := np.multiply(a, 1.0)", "t := np.multiply(x, 1.0)", "return p, t")) == lines(
        "t := np.multiply(x, 1.0)", "return a, t"
    )


def test_the_name_of_the_result_survives():
    assert simplified(lines("t := x * y", "x_bar := astype_of(t, x)", "return x_bar")) == lines(
        "x_bar := x * y", "return x_bar"
    )


def test_inner_reads_keep_their_name():
    fn = parse(lines("t := np.sin(x)", "u := -t", "w := -u", "return w"), facts=FACTS)
    assert interpret(verify(simplify(fn)), 0.5, 0.0, None, None) == np.sin(0.5)


def test_inputs_follow():
    leaf, same, out = Var("p0", F), Var("p1", F), Var("y", F)
    x = Var("p", Fact("tuple"))
    fn = Function(
        "f",
        Block(
            (x,),
            (
                Call((leaf,), runtime.copy, (x,)),
                Call((same,), runtime.copy, (leaf,), adjoint=True),
                Call((out,), np.sin, (same,)),
            ),
            (Pack("tuple", (out,)),),
        ),
        (leaf, same),
    )
    assert simplify(fn).inputs == (leaf, leaf)


def test_captured_constants_survive():
    fn = parse(lines("p := a * K", "q := p * 1.0", "return q"), namespace={"K": np.ones(3)}, facts=FACTS)
    assert list(constants(simplify(fn))) == ["K"]


def test_a_long_function_is_simplified_to_the_end():
    body, facts, g = [], {"x": A, "g": A}, "g"
    for k in range(100):
        body += [
            f"a{k} := np.cos({g})",
            f"b{k} := a{k} * 1.0",
            f"c{k} := -b{k}",
            f"d{k} := c{k} * x",
            f"e{k} := {g} + d{k}",
        ]
        facts |= {f"{v}{k}": A for v in "abcde"}
        g = f"e{k}"
    fn = parse("\n    ".join(["def f(x, g):", *body, f"return {g}"]), facts=facts)
    made = simplify(fn)
    ops = [s.op for s in made.body.stmts]
    assert ops.count(np.cos) == ops.count(operator.mul) == ops.count(operator.sub) == 100 and operator.add not in ops


def test_whole_numbers_of_the_user_are_folded_and_floats_are_not():
    text = "def f(x):\n    n = 64 * 8\n    m = n - 500\n    a = 0.5 * 3\n    b = a * m\n    y = x * b\n    return y"
    made = format(simplify(parse(text)))
    assert "64" not in made and "b = a * 12" in made and "a = 0.5 * 3" in made


@pytest.mark.parametrize("kind, index, gone", [("float", "()", True), ("array", "()", False), ("float", "[]", False)])
def test_a_number_in_the_shape_of_a_number(kind, index, gone):
    facts = {"x": Fact(kind, np.dtype(float) if kind == "array" else None)}
    fn = parse(f"def f(x):\n    t := np.reshape(x, ())\n    y := t[{index}]\n    return y", facts=facts)
    assert (simplify(fn).result is fn.params[0]) is gone
