"""Rules lowered as source."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest

from s2sad import rules
from s2sad.ad.inline import RuleBodies
from s2sad.errors import Loc
from s2sad.facts.arguments import fact_of
from s2sad.frontend import rule_template
from s2sad.ir import Block, Call, Const, Fact, Function, Pack, Var
from s2sad.ir.facts import array
from s2sad.ir.interpret import interpret
from s2sad.ir.templates import RuleKinds
from s2sad.ir.walk import variables

X, Y = Var("x", Fact("float")), Var("y", Fact("float"))
A, B = Var("A", array(float, ((("n", 1), 0),))), Var("B", array(float, ((("n", 1), 0),)))
LOC = Loc("file.py", 3, 4)


def inlined(fn, **bound):
    return RuleBodies(lambda a: a, rule_template).inline(fn, bound, Call((), fn, (), (), LOC))


def run(stmts, result, **values):
    params = {v: values[v.name] for v in (X, Y, A, B) if v.name in values}
    return interpret(Function("f", Block(tuple(params), tuple(stmts), (result,))), *params.values())


def product(a, b, *, y_bar):
    return y_bar * b, y_bar * np.sin(a)


def test_the_body_takes_the_place_of_the_call():
    stmts, (first, second) = inlined(product, a=X, b=2.0 and Const(2.0), y_bar=Y)
    assert [s.op for s in stmts] == [operator.mul, math.sin, operator.mul]
    assert all(s.adjoint and s.loc is LOC for s in stmts)
    assert run(stmts, first, x=0.5, y=3.0) == 6.0 and run(stmts, second, x=0.5, y=3.0) == 3.0 * math.sin(0.5)


def test_floats_get_the_form_for_floats_and_arrays_the_form_for_arrays():
    assert [s.op for s in inlined(product, a=A, b=B, y_bar=A)[0]] == [operator.mul, np.sin, operator.mul]


def chosen(x, axis=None, keepdims=False, *, y_bar):
    if axis is not None and not keepdims:
        y_bar = np.expand_dims(y_bar, axis)
    return np.broadcast_to(y_bar, np.shape(x))


def test_tests_on_options_are_decided():
    stmts, _ = inlined(chosen, x=A, axis=Const(None), keepdims=Const(False), y_bar=Y)
    assert np.expand_dims not in [s.op for s in stmts]
    stmts, _ = inlined(chosen, x=A, axis=Const(0), keepdims=Const(False), y_bar=Y)
    assert np.expand_dims in [s.op for s in stmts]


def test_shapes_are_read_from_the_representative():
    other = Var("other", A.fact)
    stmts, result = RuleBodies(lambda a: other, rule_template).inline(
        chosen, {"x": A, "axis": Const(None), "keepdims": Const(False), "y_bar": Y}, Call((), chosen, (), (), LOC)
    )
    assert A not in {v for s in stmts for v in variables(*s.args)} and other in {
        v for s in stmts for v in variables(*s.args)
    }


def several(xs, *more, y_bar):
    return [y_bar * x for x in xs], None, NotImplemented, tuple(m for m in more)


def test_structures_none_and_not_implemented():
    stmts, (items, none, never, more) = inlined(several, xs=Pack("list", (X, Y)), more=(A, B), y_bar=Y)
    assert len(items) == 2 and none is None and never is NotImplemented and more == (A, B)
    assert run(stmts, items[0], x=0.5, y=3.0) == 1.5


def branching(x, *, y_bar):
    return y_bar * np.where(x > 0.0, 2.0, 3.0)


@pytest.mark.parametrize("x", [0.5, -0.5])
def test_a_choice_between_numbers_is_a_branch(x):
    stmts, result = inlined(branching, x=X, y_bar=Y)
    assert run(stmts, result, x=x, y=1.0) == float(np.where(x > 0.0, 2.0, 3.0))


def missing(x, *, y_bar):
    return None if y_bar is None else x


def test_a_missing_cotangent_is_none():
    assert inlined(missing, x=X, y_bar=None) == ([], None)
    assert inlined(missing, x=X, y_bar=Y) == ([], X)


def test_a_rule_written_by_a_user_is_inlined_like_ours():
    entry = rules.lookup(np.sin)
    stmts, result = inlined(entry.vjp, x=X)
    assert [s.op for s in stmts] == [math.cos]


def halved(x):
    return x * HALF


def test_a_template_is_made_once_until_a_rule_or_what_it_reads_changes(monkeypatch):
    monkeypatch.setitem(globals(), "HALF", 0.5)
    kinds = RuleKinds({"x": X}, lambda a: a, fact_of)
    first = rule_template(halved, kinds)
    assert rule_template(halved, RuleKinds({"x": Y}, lambda a: a, fact_of)) is first
    monkeypatch.setitem(globals(), "HALF", 0.25)
    second = rule_template(halved, kinds)
    assert second is not first and second.body.stmts[0].args[1].value == 0.25
    rules.no_gradient(halved)
    assert rule_template(halved, kinds) is not second
