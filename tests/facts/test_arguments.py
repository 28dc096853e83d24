"""Facts of IR arguments."""

from __future__ import annotations

from s2sad.facts.arguments import Result, fact_of
from s2sad.ir import Const, Fact, Pack, Var


def test_facts_of_arguments():
    fact = Fact("float")
    assert fact_of(Var("x", fact)) is fact
    assert fact_of(Const(2.0)).kind == "float" and fact_of(Const(2.0)).value == 2.0
    assert fact_of(Const(len)).value is len and fact_of(Const((1, 2))).value == (1, 2)
    assert fact_of(Pack("list", ())).kind == "list" and fact_of(Pack(complex, ())).kind == "tuple"


def test_a_result_has_one_fact_unless_it_is_a_structure():
    assert Result((Fact("int"),)).structure is None
