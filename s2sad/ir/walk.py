"""Walking and rebuilding IR: which variables an argument, a statement or a block reads, and substitution.

    >>> from s2sad.ir import Call, Pack, Var
    >>> a, b, c = Var("a"), Var("b"), Var("c")
    >>> reads(Call((c,), max, (Pack("tuple", (a, b)),)))
    [<a>, <b>]
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from s2sad.errors import Loc
from s2sad.ir import (
    Arg,
    Block,
    Call,
    Carried,
    Collected,
    Fact,
    For,
    Function,
    If,
    Pack,
    Stmt,
    Stop,
    Var,
    Walked,
    While,
)

L = TypeVar("L", For, While, For | While)
T = TypeVar("T", Function, For, While, For | While)


def leaves(arg: Arg) -> Iterator[Arg]:
    """The variables and constants in an argument, left to right."""
    if isinstance(arg, Pack):
        for item in arg.items:
            yield from leaves(item)
    else:
        yield arg


def variables(*args: Arg) -> list[Var]:
    """The variables in some arguments, left to right, with repeats."""
    found: list[Var] = []
    for arg in args:
        if type(arg) is Var:
            found.append(arg)
        elif type(arg) is Pack:
            found += variables(*arg.items)
    return found


def map_arg(fn: Callable[[Arg], Arg], arg: Arg) -> Arg:
    """The argument with ``fn`` applied to each leaf (a Var or a Const)."""
    if not isinstance(arg, Pack):
        return fn(arg)
    items = tuple(map_arg(fn, item) for item in arg.items)
    return arg if all(x is y for x, y in zip(items, arg.items)) else replace(arg, items=items)


def call_args(call: Call) -> tuple[Arg, ...]:
    """Positional and keyword arguments of a call, in order."""
    return (*call.args, *(arg for _, arg in call.kwargs)) if call.kwargs else call.args


def operands(stmt: Stmt) -> tuple[Arg, ...]:
    """The arguments that a statement reads itself, not counting those of the blocks inside it."""
    match stmt:
        case Call():
            return call_args(stmt)
        case If():
            return (stmt.test,)
        case For() | While():
            return (*[w.sequence for w in stmt.walked], *[c.init for c in stmt.carried])
    raise TypeError(stmt)


def blocks(stmt: Stmt) -> tuple[Block, ...]:
    """The blocks inside a statement."""
    if type(stmt) is Call:
        return ()
    match stmt:
        case If():
            return stmt.then, stmt.orelse
        case For():
            return (stmt.body,)
        case While():
            return stmt.test, stmt.body
    return ()


def statements(block: Block) -> Iterator[Stmt]:
    """All statements of a block and of the blocks inside it, outer before inner."""
    for stmt in block.stmts:
        yield stmt
        if type(stmt) is not Call:
            for inner in blocks(stmt):
                yield from statements(inner)


def reads(stmt: Stmt) -> list[Var]:
    """The variables defined outside a statement that it or a block inside it reads, in order, without repeats."""
    found = dict.fromkeys(variables(*operands(stmt)))
    for inner in blocks(stmt):
        found.update(dict.fromkeys(free(inner)))
    return list(found)


def free(block: Block) -> list[Var]:
    """The variables that a block reads and does not define, in order, without repeats."""
    bound = set(block.params)
    found: dict[Var, None] = {}
    for stmt in block.stmts:
        found.update((v, None) for v in reads(stmt) if v not in bound)
        bound.update(stmt.outs)
    found.update((v, None) for v in variables(*block.results) if v not in bound)
    return list(found)


def count_uses(fn: Function) -> dict[Var, int]:
    """How often each variable is read, anywhere."""
    uses: dict[Var, int] = {}

    def read(*args: Arg) -> None:
        for v in variables(*args):
            uses[v] = uses.get(v, 0) + 1

    read(*fn.body.results)
    for stmt in statements(fn.body):
        read(*operands(stmt))
        if type(stmt) is not Call:
            for inner in blocks(stmt):
                read(*inner.results)
    return uses


def map_operands(fn: Callable[[Arg], Arg], stmt: Stmt) -> Stmt:
    """The statement with ``fn`` applied to each argument that it reads itself."""
    match stmt:
        case Call():
            kwargs = tuple([(k, fn(a)) for k, a in stmt.kwargs]) if stmt.kwargs else ()
            return Call(stmt.outs, stmt.op, tuple(map(fn, stmt.args)), kwargs, stmt.loc, stmt.adjoint, stmt.of)
        case If():
            return If(stmt.outs, fn(stmt.test), stmt.then, stmt.orelse, stmt.loc, stmt.adjoint, stmt.of)
        case For() | While():
            walked = tuple([Walked(w.item, fn(w.sequence)) for w in stmt.walked])
            carried = tuple([Carried(c.param, fn(c.init), c.result, c.out, c.tested) for c in stmt.carried])
            return _with_parts(stmt, walked, carried, stmt.stmts, stmt.collected, stmt.stop)
    raise TypeError(stmt)


def _with_parts(loop: L, walked: tuple[Walked, ...], carried: tuple[Carried, ...], stmts: tuple[Stmt, ...],
                collected: tuple[Collected, ...], stop: Stop | None) -> L:
    """The loop with other parts: what ``replace`` does, but fast."""
    if isinstance(loop, While):
        return While(carried, loop.head, loop.condition, stmts, collected, stop, loop.loc, loop.adjoint)
    return For(walked, carried, stmts, collected, stop, loop.reverse, loop.loc, loop.adjoint)


def map_blocks(fn: Callable[[Block], Block], stmt: Stmt) -> Stmt:
    """The statement with ``fn`` applied to each block inside it."""
    if type(stmt) is Call:
        return stmt
    match stmt:
        case If():
            return If(stmt.outs, stmt.test, fn(stmt.then), fn(stmt.orelse), stmt.loc, stmt.adjoint, stmt.of)
        case For():
            return with_body(stmt, fn(stmt.body))
        case While():
            return with_body(with_test(stmt, fn(stmt.test)), fn(stmt.body))
    return stmt


def rewrite_calls(fn: Callable[[list[Stmt], Call], None], block: Block) -> Block:
    """The block in which what stands for each call, in branches and loops too, is what ``fn`` appends to a list."""
    out: list[Stmt] = []
    for s in block.stmts:
        if isinstance(s, Call):
            fn(out, s)
        else:
            out.append(map_blocks(lambda b: rewrite_calls(fn, b), s))
    return replace(block, stmts=tuple(out))


def map_outs(fn: Callable[[Var], Var], stmt: Stmt) -> Stmt:
    """The statement with ``fn`` applied to each variable that it defines."""
    if isinstance(stmt, Call):
        return Call(tuple(map(fn, stmt.outs)), stmt.op, stmt.args, stmt.kwargs, stmt.loc, stmt.adjoint, stmt.of)
    if isinstance(stmt, If):
        return replace(stmt, outs=tuple(map(fn, stmt.outs)))
    carried = tuple([Carried(c.param, c.init, c.result, fn(c.out), c.tested) for c in stmt.carried])
    collected = tuple([Collected(c.result, fn(c.out)) for c in stmt.collected])
    stop = Stop(stmt.stop.result, fn(stmt.stop.out)) if stmt.stop is not None else None
    return _with_parts(stmt, stmt.walked, carried, stmt.stmts, collected, stop)


def replacing(mapping: Mapping[Var, Arg]) -> Callable[[Arg], Arg]:
    """What replaces variables in an argument; it also sees what is added to ``mapping`` later."""
    def leaf(arg: Arg) -> Arg:
        return mapping.get(arg, arg) if type(arg) is Var else arg
    return partial(map_arg, leaf)


def substitute(mapping: Mapping[Var, Arg], node: Stmt | Block) -> Any:
    """The statement or block with free variables replaced. Nothing is renamed: bound variables stay what they are."""
    if not mapping:
        return node
    arg = replacing(mapping)

    def block(b: Block) -> Block:
        return Block(b.params, tuple(map(stmt, b.stmts)), tuple(map(arg, b.results)))

    def stmt(s: Stmt) -> Stmt:
        return map_blocks(block, map_operands(arg, s))

    return block(node) if isinstance(node, Block) else stmt(node)


def clone(block: Block, mapping: dict[Var, Arg] | None = None,
          place: Callable[[Loc | None], Loc | None] = lambda loc: loc,
          known: Callable[[Fact], Fact] = lambda fact: fact, of: Any = None) -> Block:
    """A copy of a block with fresh variables; ``mapping`` replaces free variables (and parameters, which then
    vanish), and gets an entry for each new variable. ``place`` and ``known`` give the places of the copied statements
    and the facts of the new variables; ``of`` is what the copies are the rule of."""
    table: dict[Var, Arg] = {} if mapping is None else mapping
    arg = replacing(table)

    def fresh(v: Var) -> Var:
        table[v] = new = Var(v.name, known(v.fact))
        return new

    def copy(b: Block, top: bool = False) -> Block:
        params = tuple(fresh(p) for p in b.params if not (top and p in table))
        stmts = tuple(map(stmt, b.stmts))
        return Block(params, stmts, tuple(map(arg, b.results)))

    def stmt(s: Stmt) -> Stmt:
        s, loc = map_operands(arg, s), place(s.loc)
        if isinstance(s, Call):
            return Call(tuple(map(fresh, s.outs)), s.op, s.args, s.kwargs, loc, s.adjoint, s.of if of is None else of)
        new = replace(map_outs(fresh, map_blocks(copy, s)), loc=loc)
        return replace(new, of=of) if of is not None and isinstance(new, If) else new

    return copy(block, top=True)


def with_body(node: T, body: Block) -> T:
    """The function, or the loop, with another body; that of a loop has as many parameters and results."""
    if isinstance(node, Function):
        return replace(node, body=body)
    if body is node.body:
        return node
    assert len(body.params) == len(node.body.params) and len(body.results) == len(node.outs)
    params, results = iter(body.params), iter(body.results)
    walked = tuple([Walked(next(params), w.sequence) for w in node.walked])
    carried = tuple([Carried(next(params), c.init, next(results), c.out, c.tested) for c in node.carried])
    collected = tuple([Collected(next(results), c.out) for c in node.collected])
    stop = Stop(next(results), node.stop.out) if node.stop is not None else None
    return _with_parts(node, walked, carried, body.stmts, collected, stop)


def ends(branch: If) -> Iterator[tuple[Var, Arg, Arg]]:
    """What a branch hands out: each of its outs, with the results of the two blocks for it."""
    return zip(branch.outs, branch.then.results, branch.orelse.results)


def with_ends(branch: If, ends: Iterable[tuple[Var, Arg, Arg]]) -> If:
    """The branch with other outs, and the results of the two blocks for each."""
    outs, then, orelse = tuple(zip(*ends)) or ((), (), ())
    return If(outs, branch.test, Block((), branch.then.stmts, then), Block((), branch.orelse.stmts, orelse), branch.loc,
              branch.adjoint)


def with_test(loop: While, test: Block) -> While:
    """The loop with another test, which takes as many parameters."""
    if test is loop.test:
        return loop
    carried = tuple([replace(c, tested=p) for c, p in zip(loop.carried, test.params, strict=True)])
    return replace(loop, carried=carried, head=test.stmts, condition=test.results[0])
