"""Facts held against values: the sentence for one value, the sizes of a run, and every fact of the corpus."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from s2sad.derive import MODES, Request
from s2sad.derive.jacobians import Structured
from s2sad.derive.road import travel
from s2sad.errors import NotDifferentiable
from s2sad.facts.holds import Check, untrue
from s2sad.frontend import deep_recursion
from s2sad.ir import UNDEFINED, Block, Call, Const, Fact, For, Function, Var, Walked
from s2sad.ir.facts import UNKNOWN, array, constant, own_dim
from s2sad.ir.interpret import interpret
from s2sad.ir.walk import statements
from tests.facts.helper import M, N
from tests.programs import PROGRAMS, Program
from tests.test_programs import directions, is_scalar, seed

F, DOUBLE, NUMBER = Fact("float"), Fact("scalar", np.dtype(float)), Fact("number", np.dtype(float))
MIXED, MAYBE = Fact("unknown", np.dtype(float)), Fact("unknown", item=F)
OWN = own_dim()
TRUE = [
    (UNKNOWN, object()), (F, 0.5), (DOUBLE, np.float64(0.5)), (Fact("int", sym=N), 4), (Fact("none"), None),
    (NUMBER, 0.5), (NUMBER, np.float64(0.5)), (Fact("number"), 1j), (Fact("number", np.dtype(bool)), np.bool_(True)),
    (Fact("real"), 1), (Fact("real"), 0.5), (Fact("real"), np.float64(0.5)), (MIXED, 0.5), (MIXED, np.ones(3)),
    (MAYBE, None), (MAYBE, 0.5), (constant(2.5), 2.5), (constant(np.nan), np.nan), (Fact("object"), object()),
    (array(float, (2, N, 1)), np.ones((2, 5, 1))), (array(float, (N, N)), np.ones((5, 5))), (array(None), np.ones(3)),
    (array(float, ((N[0], -2),)), np.ones(0)), (Fact("tuple", dims=(N, 3)), (5, 3)), (Fact("list", item=F), [0.5, 1.5]),
    (Fact("list"), []), (Fact("list", item=array(float, (OWN,))), [np.ones(2), np.ones(3)]),
    (Fact("tuple", parts=(F, Fact("int"))), (0.5, 1)), (F, UNDEFINED), (Fact("slice"), slice(1)),
]
FALSE = [
    (F, 1), (F, np.float64(0.5)), (DOUBLE, 0.5), (DOUBLE, np.float32(0.5)), (DOUBLE, np.array(0.5)), (F, None),
    (NUMBER, 1), (NUMBER, np.array(0.5)), (Fact("real"), True), (Fact("real"), np.float32(1)), (MIXED, np.ones(3, int)),
    (MAYBE, 1), (constant(2.5), 2.0), (constant(0.0), -0.0), (Fact("object"), 0.5), (Fact("slice"), 1),
    (array(float, (2,)), np.ones(3)), (array(float, (N,)), np.ones((3, 3))), (array(float, (N, N)), np.ones((5, 4))),
    (array(float, (N,)), np.ones(1)), (array(float), np.ones(3, np.float32)), (array(float, ((M[0], -1), M)),
                                                                              np.ones((3, 3))),
    (Fact("tuple", dims=(N, 3)), (5, 4)), (Fact("list", item=F), [0.5, 1]), (Fact("list"), [0.5]),
    (Fact("list", item=array(float, (M,))), [np.ones(2), np.ones(3)]),
    (Fact("list", item=array(float, (OWN, OWN))), [np.ones((2, 3))]),
    (Fact("tuple", parts=(F, F)), (0.5, 1)), (Fact("tuple", parts=(F,)), (0.5, 1.5)), (Fact("dict"), {"a": 1}),
]


@pytest.mark.parametrize("fact, value", TRUE, ids=map(str, range(len(TRUE))))
def test_true(fact: Fact, value: Any) -> None:
    assert untrue(fact, value, {}) is None


@pytest.mark.parametrize("fact, value", FALSE, ids=map(str, range(len(FALSE))))
def test_untrue(fact: Fact, value: Any) -> None:
    assert isinstance(untrue(fact, value, {}), str)


def test_sizes_are_remembered() -> None:
    sizes: dict[Any, int] = {}
    assert untrue(array(float, (N,)), np.ones(3), sizes) is None
    assert untrue(array(float, ((N[0], 1),)), np.ones(4), sizes) is None
    assert untrue(Fact("int", sym=N), 4, sizes) == "n is 3 and 4"


def loop_of(before: tuple[Any, ...]) -> Function:
    """``for k in range(1, 3): a = np.ones(k)``, where ``a`` has the symbol M, after an array of sizes ``before``."""
    k, a, b = Var("k", Fact("int")), Var("a", array(float, (M,))), Var("b", array(float, before))
    loop = For((Walked(k, Const(range(1, 3))),), (), (Call((a,), np.ones, (k,)),))
    return Function("f", Block((), (Call((b,), np.ones, (Const(2),)), loop), (b,)))


def test_sizes_in_a_loop_are_those_of_a_trip() -> None:
    fn = loop_of((N,))
    interpret(fn, observe=(check := Check(fn)))
    assert not check.false
    fn = loop_of((M,))
    interpret(fn, observe=(check := Check(fn)))
    assert list(check.false.values()) == ["m is 2 and 1"]


def test_a_size_that_is_an_integer() -> None:
    n = Var("n", Fact("int"))
    a = Var("a", array(float, ((("v", n), 0),)))
    fn = Function("f", Block((n,), (Call((a,), np.ones, (Const(4),)),), (a,)))
    interpret(fn, 4, observe=(right := Check(fn)))
    interpret(fn, 5, observe=(wrong := Check(fn)))
    assert not right.false and wrong.false == {a: "v is 5 and 4"}


def false(fn: Function, args: tuple[Any, ...]) -> dict[Var, str]:
    """The facts of a run that are not so. Generated code does with NumPy again what ``math`` refuses; here it ends."""
    check = Check(fn)
    with contextlib.suppress(ValueError, ArithmeticError), np.errstate(all="ignore"):
        interpret(fn, *args, observe=check)
    assert set(check.scopes) >= {o for s in statements(fn.body) for o in s.outs}
    return check.false


def requests(program: Program) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What is asked for, and the arguments beside those of the program."""
    out = program.fn(*program.fresh())
    yield ("value_and_grad", ()) if is_scalar(out) else ("vjp", (seed(program, out),))
    yield "jvp", next(directions(program))


def stages(program: Program, mode: str) -> Iterator[Function]:
    """The function as it was lowered, its derivative before the passes, and after all of them."""
    way = None
    for stage, way in travel(program.fn, program.fresh(), {}, Request(MODES[mode], program.argnums, False)):
        if stage.title in ("trace", "{derived}"):
            yield way.program
    assert way is not None
    yield way.program


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_corpus(program: Program) -> None:
    """Of the function, its gradient and its tangent, before the passes and after all of them."""
    with deep_recursion():
        for mode, more in requests(program):
            trace, *derived = stages(program, mode)
            assert mode == "jvp" or not false(trace, program.fresh())
            for fn in derived:
                assert not false(fn, (*program.fresh(), *more))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", list(PROGRAMS)[::12])
@pytest.mark.parametrize("mode", ["rows", "columns"])
def test_jacobians(name: str, mode: str) -> None:
    with deep_recursion():
        try:
            _, _, made = stages(PROGRAMS[name], mode)
        except Structured:  # a structure has no one Jacobian
            return
        except NotDifferentiable as error:  # a function with effects is not run again for each row
            assert error.code == "S2S003" and "log." in inspect.getsource(PROGRAMS[name].fn)
            return
        assert not false(made, PROGRAMS[name].fresh())
