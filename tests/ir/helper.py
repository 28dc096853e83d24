"""Loops from blocks: their parameters and results in the order walked, carried, collected, flag."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from s2sad.ir import Arg, Block, Carried, Collected, For, Stop, Var, Walked, While


def for_loop(sequences: Sequence[Arg], inits: Sequence[Arg], body: Block, outs: Sequence[Var], stop: bool = False,
             reverse: bool = False) -> For:
    """The loop over some sequences with this body."""
    params = iter(body.params)
    walked = tuple(Walked(next(params), sequence) for sequence in sequences)
    parts = _parts(zip(params, inits, strict=True), body, outs, stop)
    return For(walked, parts[0], body.stmts, *parts[1:], reverse)


def while_loop(test: Block, inits: Sequence[Arg], body: Block, outs: Sequence[Var], stop: bool = False) -> While:
    """The loop with this test and body."""
    heads = zip(body.params, inits, test.params, strict=True)
    carried, *rest = _parts(heads, body, outs, stop)
    return While(carried, test.stmts, test.results[0], body.stmts, *rest)


def _parts(heads: Any, body: Block, outs: Sequence[Var], stop: bool) -> Any:
    ends = list(zip(body.results, outs, strict=True))
    flag = Stop(*ends.pop()) if stop else None
    left = iter(ends)
    carried = tuple(Carried(param, init, *next(left), *tested) for param, init, *tested in heads)
    return carried, tuple(Collected(*end) for end in left), flag
