import operator

import numpy as np
import pytest

from s2sad.ir import Const, Pack
from s2sad.ir.equal import same
from s2sad.ir.facts import UNKNOWN, Fact, array, constant
from s2sad.ir.text import parse
from s2sad.passes.match import GUARDS, Law, Literal, fact_of, heads, known_op

F, S, A = Fact("float"), Fact("scalar", np.dtype(float)), array(float, (("n", 0), 3))
F32, C, N, B = array(np.float32, (3,)), Fact("complex"), Fact("int"), Fact("bool")


def last(*lines: str, facts=None):
    """The last call of a function, and the definitions before it."""
    fn = parse("\n    ".join(["def f(x, y):", *lines, "return x"]), facts=facts)
    calls = fn.body.stmts
    return calls[-1], {out: c for c in calls[:-1] for out in c.outs}


def test_metavariables_stand_for_the_sameument():
    law = Law("x - x -> 0.0")
    assert law.match(*last("z := x - x")) and not law.match(*last("z := x - y"))


def test_inner_calls_are_found_through_variables():
    found = Law("x + -y -> x - y").match(*last("t := -y", "z := x + t"))
    assert [found.bound[k].name for k in "xy"] == ["x", "y"]
    assert found.inner[(1,)].name == "t" and [a.name for a in found.deep] == ["y"]


def test_the_users_inner_calls_are_not_looked_through_except_for_shapes():
    assert not Law("x + -y -> x - y").match(*last("t = -y", "z := x + t"))
    assert Law("np.reshape(x, np.shape(y)) -> x").match(*last("s = np.shape(y)", "z := np.reshape(x, s)"))


@pytest.mark.parametrize(
    ("text", "fits"), [("x * 1.0", True), ("x * 1", False), ("x * -1.0", False), ("x * True", False)]
)
def test_literals_match_by_type_and_sign(text, fits):
    assert (Law("x * 1.0 -> x").match(*last(f"z := {text}")) is not None) == fits
    assert (Law("x * -0.0 -> x").match(*last("z := x * 0.0"))) is None


def test_keywords_and_several_outs_do_not_match():
    assert not Law("np.sum(x) -> x").match(*last("z := np.sum(x, axis=0)"))
    assert not Law("divmod(x, y) -> x").match(*last("a, b := divmod(x, y)"))


def test_tuples_match_packs_and_constants():
    law = Law("np.broadcast_to(g, ()) -> g")
    call, known = last("z := np.broadcast_to(x, ())")
    assert isinstance(call.args[1], Pack) and law.match(call, known)
    call = type(call)(call.outs, call.op, (call.args[0], Const(())))
    assert law.match(call, known)


def test_numpy_spellings_for_arrays_only():
    law = Law("x * 1.0 -> x")
    assert law.match(*last("z := np.multiply(x, 1.0)", facts={"z": A}))
    assert not law.match(*last("z := np.multiply(x, 1.0)", facts={"z": S}))
    assert known_op(last("z := np.negative(x)", facts={"z": A})[0]) is operator.neg


def test_guards_know_the_result():
    law = Law("np.reshape(x, s) -> x if same_shape(x, result)")
    assert law.match(*last("z := np.reshape(x, y)", facts={"x": A, "z": A}))
    assert not law.match(*last("z := np.reshape(x, y)", facts={"x": A, "z": F32}))


def test_guards_combine():
    law = Law("x + y -> x if array(x) and scalar(y) or real(y) and scalar(x)")
    assert law.guard({"x": A, "y": N}) and law.guard({"x": N, "y": A}) and not law.guard({"x": A, "y": A})


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("real", [(F,), (S,), (A,), (F32,)], [(C,), (N,), (B,), (UNKNOWN,), (array(None),), (array(complex),)]),
        (
            "numeric",
            [(F,), (N,), (C,), (A,), (UNKNOWN,)],
            [(B,), (Fact("list"),), (Fact("str"),), (array(bool),), (array(object),)],
        ),
        ("scalar", [(F,), (S,), (B,), (Fact("number"),)], [(A,), (array(float, ()),), (UNKNOWN,)]),
        ("array", [(A,)], [(F,), (UNKNOWN,)]),
        ("python_float", [(F,)], [(S,), (Fact("number", np.dtype(float)),)]),
        ("known", [(constant(2.0),), (constant(-1),), (constant(0.0),)], [(constant(0),), (F,), (constant(True),)]),
        (
            "same_shape",
            [(A, A), (F, S)],
            [(A, F32), (array(int, ()), F), (A, array(float)), (UNKNOWN, UNKNOWN), (F, array(float))],
        ),
        (
            "same_dtype",
            [(A, A), (F, F), (S, S), (A, S), (A, array(int)), (A, N), (C, C)],
            [
                (F32, A),
                (array(None), A),
                (A, array(None)),
                (C, F),
                (UNKNOWN, F),
                (F, S),
                (A, UNKNOWN),
                (A, Fact("number")),
            ],
        ),
    ],
)
def test_guards(name, yes, no):
    assert all(GUARDS[name](*facts) for facts in yes)
    assert not any(GUARDS[name](*facts) for facts in no)


def test_arguments():
    nan = float("nan")
    x = last("z := x + y")[0].args[0]
    assert same(x, x) and same(Const(1.0), Const(1.0)) and same(Const(nan), Const(nan))
    assert not same(Const(1), Const(True)) and not same(Const(0.0), Const(-0.0)) and not same(x, Const(1))
    assert fact_of(Const(2.0)) == constant(2.0) and fact_of(Pack("tuple", ())) == UNKNOWN


def test_a_quick_look_at_the_operands():
    call, known = last("t := -y", "z := t * 2.0")
    assert heads(call, known) == [operator.neg, Const]
    assert Law("-x * c -> x").fits(heads(call, known)) and not Law("x * -c -> x").fits(heads(call, known))


def test_law_texts_are_checked():
    with pytest.raises(ValueError, match="not a law"):
        Law("x -> x")
    with pytest.raises(LookupError):
        Law("nonsense(x) -> x")
    with pytest.raises(ValueError, match="in a law"):
        Law("np.sum(x[0]) -> x")
    with pytest.raises(KeyError):
        Law("np.sum(x) -> x if nonsense(x)")
    assert Law("x * -1.0 -> x").left.args[1] == Literal(-1.0)
