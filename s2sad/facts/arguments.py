"""The facts of an IR argument, and the results of an inference.

Before: the argument ``Const(2)``.  After: kind int, value 2; of a variable the fact that it carries.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from s2sad.ir import Arg, Const, Var
from s2sad.ir.facts import (
    UNKNOWN,
    UNSET,
    Fact,
    constant,
    join_items,
)


@dataclass(frozen=True)
class Result:
    """Facts of the outs of a call; ``structure`` is None for one result, else the class of the tuple or list.
    ``impossible``: the call raised an exception for every choice of sizes."""

    facts: tuple[Fact, ...]
    structure: Any = None
    impossible: bool = False


def fact_of(arg: Arg) -> Fact:
    """The fact of an IR argument."""
    if type(arg) is Var:
        return arg.fact
    if type(arg) is Const:
        fact = constant(arg.value)
        if fact.value is UNSET and fact.kind in ("function", "object", "tuple", "list", "dict", "range"):
            fact = replace(fact, value=arg.value)
        return fact
    if arg.kind == "tuple" or not isinstance(arg.kind, str):
        return of_items(tuple(map(fact_of, arg.items)))
    if arg.kind == "list" and arg.items:
        facts = [fact_of(a) for a in arg.items]
        return Fact("list", item=reduce(join_items, (f.forget() for f in facts)))
    if arg.kind == "dict" and arg.keys:
        return Fact("dict", item=reduce(join_items, (constant(k).forget() for k in arg.keys)))
    return Fact(arg.kind)


def of_items(facts: tuple[Fact, ...]) -> Fact:
    """The fact of a tuple of items of which facts are known."""
    return Fact("tuple", parts=tuple(map(_as_part, facts)))


def _as_part(fact: Fact) -> Fact:
    """What is kept of the fact of an item of a tuple: nothing that could change from one trip of a loop to the next."""
    if fact.kind == "list":
        return Fact("list", item=UNKNOWN)
    return replace(fact, value=UNSET, sym=None, dims=None) if fact.dims is not None else fact.forget()
