"""Walking and rebuilding IR: which variables an argument, a statement or a block reads, and substitution.

    >>> from s2sad.ir import Call, Pack, Var
    >>> a, b, c = Var("a"), Var("b"), Var("c")
    >>> reads(Call((c,), max, (Pack("tuple", (a, b)),)))
    [<a>, <b>]
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from s2sad.errors import Loc
from s2sad.ir import Arg, Block, Call, Fact, For, Function, If, Pack, Stmt, Var, While


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
        case For():
            return (*stmt.iters, *stmt.inits)
        case While():
            return stmt.inits
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
        match stmt:
            case Call():
                read(*call_args(stmt))
            case If():
                read(stmt.test, *stmt.then.results, *stmt.orelse.results)
            case For():
                read(*stmt.iters, *stmt.inits, *stmt.body.results)
            case While():
                read(*stmt.inits, *stmt.test.results, *stmt.body.results)
    return uses


def substitute(mapping: Mapping[Var, Arg], node: Stmt | Block) -> Any:
    """The statement or block with free variables replaced. Nothing is renamed: bound variables stay what they are."""
    if not mapping:
        return node

    def leaf(arg: Arg) -> Arg:
        return mapping.get(arg, arg) if type(arg) is Var else arg

    def args(xs: tuple[Arg, ...]) -> tuple[Arg, ...]:
        return tuple(map_arg(leaf, x) for x in xs)

    def block(b: Block) -> Block:
        return Block(b.params, tuple(stmt(s) for s in b.stmts), args(b.results))

    def stmt(s: Stmt) -> Stmt:
        match s:
            case Call():
                kwargs = tuple((k, map_arg(leaf, v)) for k, v in s.kwargs)
                return Call(s.outs, s.op, args(s.args), kwargs, s.loc, s.adjoint, s.of)
            case If():
                return replace(s, test=map_arg(leaf, s.test), then=block(s.then), orelse=block(s.orelse))
            case For():
                return replace(s, iters=args(s.iters), inits=args(s.inits), body=block(s.body))
            case While():
                return replace(s, inits=args(s.inits), test=block(s.test), body=block(s.body))
        raise TypeError(s)

    return block(node) if isinstance(node, Block) else stmt(node)


def clone(block: Block, mapping: dict[Var, Arg] | None = None,
          place: Callable[[Loc | None], Loc | None] = lambda loc: loc,
          known: Callable[[Fact], Fact] = lambda fact: fact, of: Any = None) -> Block:
    """A copy of a block with fresh variables; ``mapping`` replaces free variables (and parameters, which then
    vanish), and gets an entry for each new variable. ``place`` and ``known`` give the places of the copied statements
    and the facts of the new variables; ``of`` is what the copies are the rule of."""
    table: dict[Var, Arg] = {} if mapping is None else mapping

    def fresh(v: Var) -> Var:
        table[v] = new = Var(v.name, known(v.fact))
        return new

    def leaf(arg: Arg) -> Arg:
        return table.get(arg, arg) if type(arg) is Var else arg

    def args(xs: tuple[Arg, ...]) -> tuple[Arg, ...]:
        return tuple(map_arg(leaf, x) for x in xs)

    def copy(b: Block, top: bool = False) -> Block:
        params = tuple(fresh(p) for p in b.params if not (top and p in table))
        stmts = tuple(stmt(s) for s in b.stmts)
        return Block(params, stmts, args(b.results))

    def stmt(s: Stmt) -> Stmt:
        loc = place(s.loc)
        match s:
            case Call():
                a, k = args(s.args), tuple((k, map_arg(leaf, v)) for k, v in s.kwargs)
                return Call(tuple(map(fresh, s.outs)), s.op, a, k, loc, s.adjoint, s.of if of is None else of)
            case If():
                test, then, orelse = map_arg(leaf, s.test), copy(s.then), copy(s.orelse)
                return replace(s, test=test, then=then, orelse=orelse, outs=tuple(map(fresh, s.outs)), loc=loc,
                               of=s.of if of is None else of)
            case For():
                iters, inits, body = args(s.iters), args(s.inits), copy(s.body)
                return replace(s, iters=iters, inits=inits, body=body, outs=tuple(map(fresh, s.outs)), loc=loc)
            case While():
                inits, before, body = args(s.inits), copy(s.test), copy(s.body)
                return replace(s, inits=inits, test=before, body=body, outs=tuple(map(fresh, s.outs)), loc=loc)
        raise TypeError(s)

    return copy(block, top=True)


def map_blocks(fn: Callable[[Block], Block], stmt: Stmt) -> Stmt:
    """The statement with ``fn`` applied to each block inside it."""
    match stmt:
        case If():
            return replace(stmt, then=fn(stmt.then), orelse=fn(stmt.orelse))
        case For():
            return replace(stmt, body=fn(stmt.body))
        case While():
            return replace(stmt, test=fn(stmt.test), body=fn(stmt.body))
    return stmt


def with_body(fn: Function, body: Block) -> Function:
    """The function with another body."""
    return replace(fn, body=body)
