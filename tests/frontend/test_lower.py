"""The lowerer as a whole: what dissolves, what is emitted, state and errors."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.errors import InternalError, UnsupportedSyntax
from s2sad.frontend.lower import Lowerer, finish
from s2sad.frontend.values import Atom, Buffer, Frame, Items, Ref, Tup, Unbound, const
from s2sad.ir import Fact, Var
from s2sad.ir.facts import array
from tests.frontend.helper import A, V, check, lower, text


@pytest.fixture
def lowerer():
    made = Lowerer()
    made.frames.append(Frame({}))
    return made


def test_the_docstring_example():
    def f(x):
        y = x * 2
        z = [x, y]
        return z[1]

    assert text(f, 1.5) == "y = x * 2\nreturn y"


def test_containers_helpers_and_static_tests_dissolve():
    def helper(pair, k):
        a, b = pair
        return a if k == "first" else b

    def f(x):
        table = {"u": (x, x * 2.0)}
        if "u" in table and isinstance(table, dict):
            return helper(table["u"], k="second")
        return table

    assert text(f, 1.5) == "t = x * 2.0\nreturn t"


def test_every_statement_has_its_place():
    def f(x):
        y = np.sin(x)
        return y * x

    first, second = lower(f, 1.5).body.stmts
    assert second.loc.line == first.loc.line + 1 and first.loc.text == "y = np.sin(x)" and first.loc.file == __file__


def test_names_of_variables_are_those_of_the_user():
    def f(x):
        speed = x * 2.0
        a, (b, *c) = speed, (x, x + 1.0, x + 2.0)
        return a * b * c[1]

    names = {v.name for s in lower(f, 1.5).body.stmts for v in s.outs}
    assert "speed" in names


def test_facts_ride_on_variables():
    def f(a):
        return np.sum(np.tanh(a) * a, axis=0)

    function = lower(f, A)
    assert [s.outs[0].fact.ndim for s in function.body.stmts] == [2, 2, 1]
    assert function.body.stmts[1].outs[0].fact.dims == function.params[0].fact.dims


def test_emit_wraps_what_can_be_changed(lowerer):
    x = Var("x", array(float, (3,)))
    made = lowerer.emit(np.sin, (x,), hint="y")
    assert isinstance(made, Ref) and isinstance(lowerer.heap[made.cell], Buffer)
    assert lowerer.fact(made).dims == (3,)
    number = lowerer.emit(np.sum, (x,))
    assert isinstance(number, Atom) and lowerer.reify(number) is lowerer.stmts[-1].outs[0]
    assert len(lowerer.stmts) == 2


def test_emit_takes_tuples_of_results_apart(lowerer):
    made = lowerer.emit(np.linalg.slogdet, (Var("A", array(float, (2, 2))),), hint="d")
    assert isinstance(made, Tup) and [v.name for v in lowerer.stmts[0].outs] == ["d1", "d2"]
    listed = lowerer.emit(np.split, (Var("v", array(float, (4,))), const(2).arg))
    assert isinstance(listed, Ref) and isinstance(lowerer.heap[listed.cell], Items)


def test_state_can_be_taken_back(lowerer):
    ref = lowerer.new_list((const(1),))
    lowerer.frame.env["x"] = ref
    state = lowerer.snapshot()
    lowerer.list_append(ref, const(2))
    lowerer.frame.env["y"] = ref
    assert len(lowerer.heap[ref.cell].values) == 2
    lowerer.restore(state)
    assert len(lowerer.heap[ref.cell].values) == 1 and "y" not in lowerer.frame.env


def test_a_block_of_its_own(lowerer):
    lowerer.emit(np.sin, (Var("x", Fact("float")),))
    with lowerer.block() as inner:
        lowerer.emit(np.cos, (Var("x", Fact("float")),))
    assert len(lowerer.stmts) == 1 and len(inner) == 1


def test_what_has_no_ir_form(lowerer):
    with pytest.raises(UnsupportedSyntax, match="two forms"):
        lowerer.reify(Unbound("it has two forms", "S2S010"))
    with pytest.raises(InternalError):
        lowerer.reify(object())
    assert finish(const(3), lowerer).value == 3


@pytest.mark.parametrize(
    "value, words",
    [
        (const(3.0), "`3.0`"),
        (const(len), "`len`"),
        (Tup(()), "a tuple"),
        (Atom(Var("x"), Fact("float")), "a value of kind float"),
        (Atom(Var("x")), "a value whose kind is not known"),
    ],
)
def test_values_in_words(lowerer, value, words):
    assert lowerer.describe(value) == words


def test_docstrings_f_strings_and_asserts_do_not_matter():
    def f(x):
        """Twice."""
        label = f"{x:.2f} of {V.shape}"
        "a string"
        assert len(label) >= 0 and x == x, label
        return x * 2.0

    check(f, 1.5)


def test_shapes():
    def f(a):
        n, m = a.shape
        return np.zeros(a.shape) + n * m

    check(f, A)
