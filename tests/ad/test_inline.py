"""Rules in place of operations: copies of templates."""

from __future__ import annotations

import numpy as np

from s2sad.ad.inline import RuleBodies
from s2sad.errors import Loc
from s2sad.frontend import rule_template
from s2sad.ir import Call, Const, Fact, Var
from s2sad.ir.facts import array
from s2sad.ir.walk import variables

X, Y = Var("x", Fact("float")), Var("y", Fact("float"))
A, B = Var("A", array(float, ((("n", 1), 0),))), Var("B", array(float, ((("n", 1), 0),)))
LOC = Loc("file.py", 3, 4)


def at(loc):
    """A call at a place."""
    return Call((), len, (), (), loc)


class Counting:
    """A source of templates that notes what it is asked for."""

    def __init__(self):
        self.asked = []

    def __call__(self, fn, kinds):
        self.asked.append(kinds.key)
        return rule_template(fn, kinds)


def product(a, b, *, y_bar):
    return y_bar * b, y_bar * np.sin(a)


def sized(x, n, *, y_bar):
    return y_bar * np.ones(n)


def test_a_rule_is_lowered_once_and_every_copy_has_variables_sizes_and_a_place_of_its_own():
    source = Counting()
    bodies = RuleBodies(lambda a: a, source)
    n, m = Var("n", Fact("int")), Var("m", Fact("int"))
    first, y = bodies.inline(sized, {"x": A, "n": n, "y_bar": Y}, at(LOC))
    other = Loc("file.py", 5, 4)
    second, z = bodies.inline(sized, {"x": B, "n": m, "y_bar": Y}, at(other))
    assert len(set(source.asked)) == 1 and len(first) == len(second)
    assert {s.loc for s in first} == {LOC} and {s.loc for s in second} == {other}
    assert not {o for s in first for o in s.outs} & {o for s in second for o in s.outs}
    assert n in {v for s in first for v in variables(*s.args)} and m in {v for s in second for v in variables(*s.args)}
    assert (y.fact.dims, z.fact.dims) == (((("v", n), 0),), ((("v", m), 0),)), "n and m are two sizes"


def test_arguments_of_another_kind_are_another_body():
    source = Counting()
    bodies = RuleBodies(lambda a: a, source)
    bodies.inline(product, {"a": X, "b": Const(2.0), "y_bar": Y}, at(LOC))
    bodies.inline(product, {"a": X, "b": Const(3.0), "y_bar": Y}, at(LOC))
    bodies.inline(product, {"a": X, "b": Const(2), "y_bar": Y}, at(LOC))
    bodies.inline(product, {"a": X, "b": X, "y_bar": Y}, at(LOC))
    bodies.inline(product, {"a": A, "b": X, "y_bar": Y}, at(LOC))
    assert len(set(source.asked)) == 5


def test_a_constant_named_by_identity_belongs_to_one_derivative():
    source = Counting()
    bodies = RuleBodies(lambda a: a, source)
    for captured in (np.ones(2), np.ones(2)):
        for _ in range(2):
            bodies.inline(product, {"a": X, "b": Const(captured), "y_bar": Y}, at(LOC))
    assert len(source.asked) == 2
