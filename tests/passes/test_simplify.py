import itertools
import random
import time
import warnings

import numpy as np
import pytest

from s2sad import runtime
from s2sad.ir import Block, Call, Function, Pack, Var
from s2sad.ir.facts import Fact, array, constant, of_value
from s2sad.ir.interpret import interpret
from s2sad.ir.text import constants, format, parse
from s2sad.ir.verify import verify
from s2sad.passes.dce import dce
from s2sad.passes.match import Apply, Law, Meta, Tuple
from s2sad.passes.simplify import LAWS, ROUNDED, simplify

SPECIAL = [1.5, -0.0, np.nan, -np.inf]
VALUES = [
    2.5,
    -0.0,
    0.0,
    np.nan,
    np.inf,
    -np.inf,
    -3,
    2,
    True,
    1 - 2j,
    np.float64(-1.25),
    np.float64(-0.0),
    np.float32(0.3),
    np.int64(3),
    np.array(SPECIAL),
    np.array(SPECIAL, np.float32),
    np.array([1, -2, 3, 4]),
    np.array([1 + 1j, 2, 0, -1j]),
    np.arange(8.0).reshape(2, 4) - 3,
    np.array(-2.5),
    np.array([True, False] * 2),
]
FEW = [
    2.5,
    -0.0,
    np.inf,
    np.float64(-1.25),
    -3,
    np.array(SPECIAL),
    np.array(SPECIAL, np.float32),
    np.arange(8.0).reshape(2, 4) - 3,
]
OTHERS = {
    "s": [(4,), 4, (2, 2), (2, 4), ()],
    "t": [(4,), (2, 2), (8,)],
    "i": [0, -1, 1],
    "j": [1, 0],
    "c": [2.0, -0.5, 3, 0.0, 0],
}


def names(node) -> list[str]:
    """The metavariables of a pattern, in order."""
    match node:
        case Meta():
            return [node.name]
        case Apply():
            return list(dict.fromkeys(n for a in node.args for n in names(a)))
        case Tuple():
            return list(dict.fromkeys(n for a in node.items for n in names(a)))
    return []


def fact(value) -> Fact:
    return array(value.dtype, value.shape) if isinstance(value, np.ndarray) else of_value(value)


def samples(law: Law):
    """Arguments for a law with their facts, where its left side has a value and its guard holds."""
    variables = names(law.left)
    pool = VALUES if len([v for v in variables if v not in OTHERS]) < 3 else FEW
    every = list(itertools.product(*(OTHERS.get(v, pool) for v in variables)))
    for values in random.Random(0).sample(every, len(every)):
        facts = {v: constant(x) if v == "c" else fact(x) for v, x in zip(variables, values)}
        yield variables, values, facts


def function(text: str, variables, facts) -> Function:
    return parse(f"def f({', '.join(variables)}):\n    result := {text}\n    return result", facts=facts)


def value(fn: Function, args):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return interpret(fn, *args)


def assert_equal(got, want, exact: bool) -> None:
    """One value, bit for bit up to the payload of NaN. A Python float and an ``np.float64`` are the same number."""
    if isinstance(want, tuple):
        assert got == want
        return
    assert np.shape(got) == np.shape(want)
    assert np.asarray(got).dtype == np.asarray(want).dtype
    if not exact:
        np.testing.assert_allclose(got, want, rtol=1e-6)
        return
    np.testing.assert_array_equal(got, want)
    for part in (np.real, np.imag):
        numbers = ~np.isnan(part(want))
        np.testing.assert_array_equal(
            np.signbit(part(np.asarray(got, complex))) & numbers, np.signbit(part(np.asarray(want, complex))) & numbers
        )


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.text)
def test_law_holds(law):
    left, right = law.text.partition(" if ")[0].split(" -> ")
    exact = law.text not in ROUNDED
    tried = applied = 0
    for variables, args, facts in samples(law):
        before = function(left, variables, facts)
        try:
            want = value(before, args)
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
            continue
        facts["result"] = fact(want) if not isinstance(want, tuple) else Fact("tuple")
        before = function(left, variables, facts)
        if not law.guard(facts):
            continue
        tried += 1
        assert_equal(value(_as_function(right, variables, facts), args), want, exact)
        after = verify(dce(simplify(before)))
        assert_equal(value(after, args), want, exact)
        applied += format(after) != format(before)
        if tried == 120:
            break
    assert tried, "no sample satisfies the guard"
    assert applied, "the law was never applied"


def _as_function(right: str, variables, facts) -> Function:
    """``right`` may be a bare variable or constant."""
    return parse(f"def f({', '.join(variables)}):\n    return {right}", facts=facts)


@pytest.mark.parametrize(
    "text",
    [
        "x * 0.0 -> 0.0",
        "x + 0.0 -> x if real(x)",
        "x * 1.0 -> x",
        "x * 1.0 -> x if numeric(x)",
        "x - x -> 0.0 if real(x)",
        "-(x - y) -> y - x if real(x) and real(y)",
        "np.sum(x) -> x if real(x)",
        "unbroadcast(g, x) -> g if same_dtype(g, x)",
        "unbroadcast(g, x) -> g if same_shape(g, x)",
        "x ** 0.5 -> np.sqrt(x) if real(x)",
        "x * (1.0 / y) -> x / y if real(x) and real(y)",
    ],
)
def test_what_is_not_a_law_is_found_out(text):
    law = Law(text)
    left, right = law.text.partition(" if ")[0].split(" -> ")
    wrong = 0
    pool = [*VALUES, 1e-310]
    for args in itertools.product(pool, repeat=len(names(law.left))):
        facts = {v: fact(x) for v, x in zip(names(law.left), args)}
        try:
            want = value(function(left, facts, facts), args)
            if law.guard(facts | {"result": fact(want)}):
                assert_equal(value(_as_function(right, facts, facts), args), want, True)
        except (TypeError, ValueError, ArithmeticError):
            continue
        except AssertionError:
            wrong += 1
    assert wrong


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
        "s := np.shape(a)", "t1 := x * y", "t2 := -t1", "h := np.broadcast_to(t2, s)", "return h"
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


def test_speed():
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
    times = []
    for _ in range(5):
        start = time.perf_counter()
        simplify(fn)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1  # 8 ms on an idle machine
