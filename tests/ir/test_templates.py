"""The kinds of the arguments of a rule, and copies of templates."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.errors import Loc
from s2sad.facts.arguments import fact_of
from s2sad.ir import Block, Call, Const, Fact, Pack, Var
from s2sad.ir.facts import array, fresh_dim
from s2sad.ir.templates import RuleKinds, Template

N, M = fresh_dim(True), fresh_dim(True)


def kinds(meta=lambda a: a, **bound):
    return RuleKinds(bound, meta, fact_of)


def vector(dim, name="x"):
    return Var(name, array(float, (dim,)))


def test_variables_and_sizes_have_no_identity():
    assert kinds(x=vector(N), g=vector(N)).key == kinds(x=vector(M, "u"), g=vector(M, "v")).key
    x = vector(N)
    assert kinds(x=x, g=x).key != kinds(x=vector(N), g=vector(N)).key, "one variable twice"


@pytest.mark.parametrize("other", [(N, M), (N, 1), (N, fresh_dim())])
def test_equal_sizes_are_not_other_sizes(other):
    x, g = map(vector, other)
    assert kinds(x=x, g=g).key != kinds(x=vector(N), g=vector(N)).key


def test_the_slice_of_a_size_is_the_slice_of_another():
    def rest(dim, stop):
        return vector((("s", (dim, 0, stop)), 0))
    stop = Var("k", Fact("int"))
    assert kinds(x=vector(N), g=rest(N, stop)).key == kinds(x=vector(M), g=rest(M, Var("j", Fact("int")))).key
    assert kinds(x=vector(N), g=rest(N, stop)).key != kinds(x=vector(N), g=rest(M, stop)).key
    assert kinds(x=vector(N), g=rest(N, 3)).key != kinds(x=vector(N), g=rest(N, 4)).key


@pytest.mark.parametrize("a, b", [(1, 1.0), (0.0, -0.0), (1, True), ((1, 2), (1, 2.0)), (None, 0), ("a", b"a")])
def test_constants_of_another_class_or_sign_are_others(a, b):
    assert kinds(x=Const(a)).lasting and kinds(x=Const(a)).key != kinds(x=Const(b)).key
    assert kinds(x=Const(a)).key == kinds(x=Const(a)).key


def test_what_is_named_by_identity_does_not_last():
    assert not kinds(x=Const(np.ones(2))).lasting and not kinds(x=Pack("tuple", (Const(object()),))).lasting
    assert kinds(x=Const(np.dtype(float)), f=Const(np.add), t=Const((0, 1))).lasting


def test_shapes_count():
    long, short = vector(N), vector(M)
    assert kinds(lambda a: long, x=short).key != kinds(x=short).key


def test_a_copy_has_the_sizes_and_the_place_of_what_it_is_copied_for():
    made = kinds(x=vector(N))
    _, (x,), shapes = made.stand_ins()
    y, fresh = Var("y", x.fact), Var("z", array(float, (fresh_dim(),)))
    body = Block((), (Call((y,), np.sin, (x,)), Call((fresh,), np.unique, (y,))), ())
    template = Template((x,), shapes, body, (y, None, NotImplemented))
    loc, u = Loc("file.py", 3, 4), vector(M)
    stmts, (result, nothing, never) = template.copy(kinds(x=u), loc)
    assert stmts[0].args == (u,) and stmts[0].loc is loc and result is stmts[0].outs[0] and result is not y
    assert result.fact.dims == (M,) and nothing is None and never is NotImplemented
    assert stmts[1].outs[0].fact.dims not in ((M,), fresh.fact.dims)
