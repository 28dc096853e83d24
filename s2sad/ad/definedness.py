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

from collections.abc import Collection, Iterable
from dataclasses import replace

from s2sad import runtime
from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, For, Function, If, Stmt, Var, While
from s2sad.ir.flow import choices, closure, sources, users
from s2sad.ir.regions import is_region
from s2sad.ir.walk import ends, map_blocks, statements, variables, with_ends


def may_be_undefined(fn: Function) -> set[Var]:
    """The variables that may have no value on some path, and the lists that hold such."""
    flow = sources(fn.body, through=lambda call: False)
    start = [v for v, args in flow.items() if any(map(undefined, args))]
    start += [o for s in statements(fn.body) if isinstance(s, Call) and s.op is runtime.zero_of for o in s.outs]
    handed_on = users({v: [a for a in args if type(a) is Var] for v, args in flow.items()})
    return closure(start, lambda v: handed_on.get(v, ()))


def checked(body: Block) -> set[Var]:
    """The variables of which the program asks whether they have a value, and those that they may be."""
    asked = [v for s in statements(body) if isinstance(s, Call) and s.op is runtime.check_bound
             for v in variables(s.args[0])]
    may_be = {v: args for s in statements(body) for v, args in choices(s)} if asked else {}
    return closure(asked, lambda v: [a for a in may_be.get(v, ()) if type(a) is Var])


def defined(stmts: Iterable[Stmt], wanted: Iterable[Var], asked: Collection[Var] = ()) -> tuple[Stmt, ...]:
    """The statements with a placeholder in place of no value for the variables ``wanted``: they are read on every
    path. ``asked``: those of which the program asks whether they have a value."""
    whole = Block((), tuple(stmts), ())
    may_be = {v: args for s in statements(whole) for v, args in choices(s)}
    found = closure(wanted, lambda v: [a for a in may_be.get(v, ()) if type(a) is Var])

    asked = {*asked, *checked(whole)}

    def filled(v: Var, a: Arg) -> Arg:
        return nothing(v, v in asked) if v in found and type(a) is Const and a.value is UNDEFINED else a

    def stmt(s: Stmt) -> Stmt:
        if isinstance(s, Call):
            return s
        s = map_blocks(block, s)
        if is_region(s):
            return s
        if isinstance(s, If):
            return with_ends(s, ((o, filled(o, a), filled(o, b)) for o, a, b in ends(s)))
        assert isinstance(s, (For, While))
        return replace(s, carried=tuple(replace(c, init=filled(c.param, filled(c.out, c.init))) for c in s.carried))

    def block(b: Block) -> Block:
        return Block(b.params, tuple(map(stmt, b.stmts)), b.results)

    return block(whole).stmts


def nothing(x: Var, asked: bool) -> Arg:
    """What is saved where ``x`` has no value: never read, but it can be copied and has a zero."""
    return Const(0.0) if x.fact.is_float and not asked else Const(runtime.NOTHING, "nothing")


def undefined(arg: Arg) -> bool:
    """Whether an argument says that there is no value."""
    return type(arg) is Const and (arg.value is UNDEFINED or arg.value is runtime.NOTHING)
