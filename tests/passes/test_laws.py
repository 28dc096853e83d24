import itertools
import random
import warnings

import numpy as np
import pytest

from s2sad.ir import Function
from s2sad.ir.facts import Fact, array, constant, of_value
from s2sad.ir.interpret import interpret
from s2sad.ir.text import format, parse
from s2sad.ir.verify import verify
from s2sad.passes.dce import dce
from s2sad.passes.laws import LAWS, ROUNDED
from s2sad.passes.match import Apply, Law, Meta, Tuple
from s2sad.passes.simplify import simplify

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
    "n": [0, -1],
    "k": [True],
}


def names(node) -> list[str]:
    """The metavariables of a pattern, in order."""
    match node:
        case Meta():
            return [node.name]
        case Apply():
            return list(dict.fromkeys(n for a in (*node.args, *(a for _, a in node.named)) for n in names(a)))
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
        facts = {v: constant(x) if v in "cnk" else fact(x) for v, x in zip(variables, values)}
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
        if tried == 60:
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
