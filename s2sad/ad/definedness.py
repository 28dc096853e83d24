"""Variables that have no value on some path, and what derivative code reads of them.

A variable that only one branch assigns is ``UNDEFINED`` on the other. The primal never reads it there, but derivative
code wants its zero on every path; then the path without a value gets a placeholder::

    before                                      after
    y = if test:                                y = if test:
        yield a                                     yield a
    else:                                       else:
        yield UNDEFINED                             yield nothing
    y_dot = zero_of(y)                          y_dot = zero_of(y)
"""
from __future__ import annotations

from dataclasses import replace

from s2sad import runtime
from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, For, Function, If, Stmt, Var, While
from s2sad.ir.regions import is_region
from s2sad.ir.walk import blocks, map_blocks, statements


def may_be_undefined(fn: Function) -> set[Var]:
    """The variables that may have no value on some path, and the lists that hold such."""
    found: set[Var] = set()
    todo: list[If | For | While] = []
    for s in statements(fn.body):
        if not isinstance(s, Call):
            todo.append(s)
        elif s.op is runtime.zero_of:
            found.update(s.outs)
    while True:
        size = len(found)
        for s in todo:
            if isinstance(s, If):
                sides = (s.then,) if is_region(s) else blocks(s)
                pairs = [(o, a) for block in sides for o, a in zip(s.outs, block.results)]
            else:
                params = s.body.params[len(s.body.params) - len(s.inits):]
                ends = s.body.results[:len(s.inits)]
                pairs = [(v, a) for vs in (params, s.outs) for args in (s.inits, ends) for v, a in zip(vs, args)]
                pairs += zip(s.outs[len(ends):], s.body.results[len(ends):])
                if isinstance(s, For):
                    pairs += zip(s.body.params, s.iters)
            found.update(v for v, a in pairs if undefined(a) or a in found)
        if len(found) == size:
            return found


def defined(stmts: list[Stmt] | tuple[Stmt, ...], wanted: set[Var]) -> tuple[Stmt, ...]:
    """The statements with a placeholder in place of no value for the variables ``wanted``: they are read on every
    path."""
    wanted = set(wanted)
    while True:
        size = len(wanted)
        _sources(stmts, wanted)
        if len(wanted) == size:
            break

    def filled(pairs: list[tuple[Var, Arg]]) -> tuple[Arg, ...]:
        return tuple(nothing(v) if v in wanted and type(a) is Const and a.value is UNDEFINED else a for v, a in pairs)

    def stmt(s: Stmt) -> Stmt:
        if isinstance(s, Call):
            return s
        s = map_blocks(block, s)
        if is_region(s):
            return s
        if isinstance(s, If):
            then = replace(s.then, results=filled(list(zip(s.outs, s.then.results))))
            return replace(s, then=then, orelse=replace(s.orelse, results=filled(list(zip(s.outs, s.orelse.results)))))
        return replace(s, inits=filled(list(zip(s.outs, s.inits))))

    def block(b: Block) -> Block:
        return Block(b.params, tuple(map(stmt, b.stmts)), b.results)

    return tuple(map(stmt, stmts))


def _sources(stmts: list[Stmt] | tuple[Stmt, ...], wanted: set[Var]) -> None:
    """Add the variables that the wanted ones may be."""
    for s in reversed(stmts):
        if isinstance(s, Call):
            continue
        if isinstance(s, If):
            for b in (s.then, s.orelse):
                wanted.update(r for o, r in zip(s.outs, b.results) if o in wanted and type(r) is Var)
        else:
            params = s.body.params[len(s.body.params) - len(s.inits):]
            for o, p, r, init in zip(s.outs, params, s.body.results, s.inits):
                if o in wanted or p in wanted:
                    wanted.update((o, p))
                    wanted.update(a for a in (r, init) if type(a) is Var)
        for b in blocks(s):
            _sources(b.stmts, wanted)


def nothing(x: Var) -> Arg:
    """What is saved where ``x`` has no value: never read, but it can be copied and has a zero."""
    return Const(0.0) if x.fact.is_float else Const(runtime.NOTHING, "nothing")


def undefined(arg: Arg) -> bool:
    """Whether an argument says that there is no value."""
    return type(arg) is Const and (arg.value is UNDEFINED or arg.value is runtime.NOTHING)
