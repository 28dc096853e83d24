"""Regions: statements whose values the reverse sweep computes again instead of keeping them (``s2sad.checkpoint``).

A region is an ``If`` whose test is the constant ``REGION``: always taken, with a scope of its own, so that what is
computed again in the reverse sweep is never merged with what was computed before. The frontend marks where one begins
and ends; ``structured`` makes the ``If``, ``opened`` puts its statements back in line once nothing merges any more::

    begin()                          y, = if region:                  t = np.sin(x)
    t = np.sin(x)         →              t = np.sin(x)          →     y = t * x
    y = t * x                            yield t * x
    end()
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from s2sad.errors import Loc
from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, Function, If, Stmt, Var
from s2sad.ir.walk import blocks, clone, map_blocks, map_operands, reads, replacing, statements, variables, with_body


class _Region:
    """The constant test of a region: true."""

    def __repr__(self) -> str:
        return "region"

    def __reduce__(self) -> str:
        return "REGION"


REGION = _Region()


def begin() -> None:
    """A region begins here."""


def end(y: Any = None) -> Any:
    """The region that began last ends here; its value is ``y``."""
    return y


def is_region(stmt: object) -> bool:
    """Whether a statement is a region."""
    return isinstance(stmt, If) and type(stmt.test) is Const and stmt.test.value is REGION


def region(outs: tuple[Var, ...], body: Block, loc: Loc | None, adjoint: bool = False) -> If:
    """The region with these statements."""
    nothing = Block((), (), tuple(Const(UNDEFINED) for _ in outs))
    return If(outs, Const(REGION, "region"), body, nothing, loc, adjoint)


def structured(fn: Function) -> Function:
    """The function with regions in place of the marks."""
    return with_body(fn, _structured(fn.body)) if _marked(fn.body) else fn


def _marked(block: Block) -> bool:
    return any(isinstance(s, Call) and s.op is begin or any(map(_marked, blocks(s))) for s in block.stmts)


def _structured(block: Block) -> Block:
    stmts = [map_blocks(_structured, s) for s in block.stmts]
    return replace(block, stmts=tuple(_grouped(stmts, set(variables(*block.results)))))


def _grouped(stmts: list[Stmt], read: set[Var]) -> list[Stmt]:
    """The statements of a block with regions; ``read`` is what is read of them afterwards."""
    made: list[Stmt] = []
    while stmts:
        s: Any = stmts.pop()
        if isinstance(s, Call) and s.op is end:
            inner, s = _taken(stmts)
            kept = tuple(v for t in inner for v in t.outs if v in read)
            body = clone(Block((), tuple(_grouped(inner, set(kept))), kept))
            s = region(kept, body, s.loc, s.adjoint)
        made.append(s)
        read.update(reads(s))
    return made[::-1]


def _taken(stmts: list[Stmt]) -> tuple[list[Stmt], Call]:
    """The statements since the mark that belongs to the end, taken from a list, and that mark."""
    inner: list[Stmt] = []
    depth = 1
    while True:
        s = stmts.pop()
        if isinstance(s, Call) and s.op in (begin, end):
            depth += 1 if s.op is end else -1
            if not depth:
                return inner[::-1], s
        inner.append(s)


def opened(fn: Function) -> Function:
    """The function with the statements of regions in line. Those that the reverse sweep runs again become its own, with
    the call that they come from as their place."""
    found = any(map(is_region, statements(fn.body)))
    return with_body(fn, _opened(fn.body, {}, None)) if found else fn


def _opened(block: Block, known: dict[Var, Arg], around: If | None) -> Block:
    stmts = tuple(_inline(block.stmts, known, around))
    return Block(block.params, stmts, tuple(map(replacing(known), block.results)))


def _inline(stmts: tuple[Stmt, ...], known: dict[Var, Arg], around: If | None) -> Iterator[Stmt]:
    """``around``: the region of the reverse sweep that the statements are in."""
    for s in stmts:
        if is_region(s):
            assert isinstance(s, If)
            yield from _inline(s.then.stmts, known, s if s.adjoint else around)
            known.update(zip(s.outs, map(replacing(known), s.then.results)))
            continue
        s = map_blocks(partial(_opened, known=known, around=around), s)
        if around is not None and not s.adjoint:
            loc = around.loc and replace(around.loc, text=f"again: {around.loc.text}")
            s = replace(s, adjoint=True, loc=loc)
        yield map_operands(replacing(known), s) if known else s
