"""Hand-written IR for the tests of the backend: ``x__2`` is a version of ``x``, ``text@`` gives statements a place."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.backend.emit import emit
from s2sad.backend.load import load
from s2sad.ir import Block, Fact, Function, Loc, Var
from s2sad.ir.facts import array
from s2sad.ir.text import parse
from s2sad.ir.walk import map_blocks, map_outs, statements, substitute
from s2sad.passes.linear import linear

FLOAT, INT, BOOL = Fact("float"), Fact("int"), Fact("bool")
VECTOR, MATRIX = array(float, ((-1, 0),)), array(float, ((-1, 0), (-2, 0)))


def ir(text: str, facts: Mapping[str, Fact] | None = None, places: Mapping[str, str] | None = None,
       namespace: Mapping[str, Any] | None = None) -> Function:
    """The function written in ``text``. ``facts`` are by base name; ``places`` gives the text of the user's statement
    by the full name of an out."""
    fn = parse(text, namespace)
    facts, places = facts or {}, places or {}
    made: dict[Var, Var] = {}

    def var(v: Var) -> Var:
        base = v.name.split("__")[0]
        return made.setdefault(v, Var(base, facts.get(base, facts.get(v.name, v.fact))))

    def block(b: Block) -> Block:
        return Block(tuple(map(var, b.params)), tuple(map(stmt, b.stmts)), b.results)

    def stmt(s: Any) -> Any:
        text = next((places[o.name] for o in s.outs if o.name in places), None)
        loc = Loc("f.py", 1 + list(places.values()).index(text), 0, text=text) if text is not None else s.loc
        return replace(map_outs(var, map_blocks(block, s)), loc=loc)

    body = block(fn.body)
    return replace(fn, body=substitute(made, body), inputs=tuple(made[v] for v in fn.inputs))


def compiled(fn: Function) -> Any:
    """The function that the backend makes of IR."""
    source = emit(linear(fn))
    return load(source.text, source.namespace, source.name)


def text(fn: Function) -> str:
    """What the backend prints."""
    return emit(linear(fn)).text


def equal(a: Any, b: Any) -> bool:
    """Equality of results, bit for bit."""
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(equal, a, b))
    return np.shape(a) == np.shape(b) and bool(np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind in "fc"))


def count(fn: Function, op: Any) -> int:
    """How often an operation occurs."""
    return sum(getattr(s, "op", None) is op for s in statements(fn.body))


__all__ = ["BOOL", "FLOAT", "Fact", "INT", "MATRIX", "VECTOR", "compiled", "count", "equal", "ir", "text"]
