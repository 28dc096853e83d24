"""What is set to zero and added back stays as it is::

    g      := u_bar1[s]                         g      := u_bar1[s]
    u_bar2 := setitem(u_bar1, s, 0.0)
    u_bar3 := add_at(u_bar2, r, h)              u_bar3 := add_at(u_bar1, r, h)
    u_bar4 := add_at(u_bar3, s, g)

So comes the adjoint of ``u[s] += v``: the old ``u[s]`` is read and overwritten, and its cotangent is that of the new
one. Between the two only sums may happen to the array, and nobody may read it: the order of sums does not matter (but
for rounding). The index must not reach an element twice.
"""
from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace

from s2sad import runtime
from s2sad.ir import Arg, Block, Call, Const, Function, Stmt, Var
from s2sad.ir.indices import selects_once
from s2sad.ir.walk import blocks, map_blocks, operands, statements, substitute, variables, with_body
from s2sad.passes.cse import key


def putback(fn: Function) -> Function:
    """The function without writes of zeros that are undone."""
    uses: Counter[Var] = Counter(variables(*fn.body.results))
    for s in statements(fn.body):
        uses.update(variables(*operands(s), *(a for b in blocks(s) for a in b.results)))
    return with_body(fn, _block(fn.body, uses))


def _block(block: Block, uses: Counter[Var]) -> Block:
    stmts = [map_blocks(lambda b: _block(b, uses), s) for s in block.stmts]
    block = replace(block, stmts=tuple(stmts))
    calls = [s for s in stmts if isinstance(s, Call) and s.adjoint and len(s.outs) == 1]
    users: dict[Var, Call] = {s.args[0]: s for s in calls if s.args and type(s.args[0]) is Var and uses[s.args[0]] == 1}
    gone: set[Stmt] = set()
    mapping: dict[Var, Arg] = {}
    for zeroed in calls:
        if _sets_to_zero(zeroed):
            back = _added_back(zeroed, calls, users)
            if back is not None:
                gone |= {zeroed, back}
                mapping.update({s.outs[0]: s.args[0] for s in (zeroed, back)})
    if not gone:
        return block
    kept = replace(block, stmts=tuple(s for s in stmts if s not in gone))
    return substitute({v: _end(v, mapping) for v in mapping}, kept)


def _sets_to_zero(call: Call) -> bool:
    return (call.op is runtime.setitem and type(call.args[0]) is Var and selects_once(call.args[1])
            and type(call.args[2]) is Const and type(call.args[2].value) in (float, int) and call.args[2].value == 0)


def _added_back(zeroed: Call, calls: list[Call], users: dict[Var, Call]) -> Call | None:
    """The call that adds what ``zeroed`` has overwritten, if only sums happen to the array until then."""
    array, index, _ = zeroed.args
    old = [s.outs[0] for s in calls if s.op is operator.getitem and s.args[0] is array and key(s.args[1]) == key(index)]
    call = users.get(zeroed.outs[0])
    while call is not None and call.op is runtime.add_at:
        if key(call.args[1]) == key(index) and call.args[2] in old:
            return call
        call = users.get(call.outs[0])
    return None


def _end(v: Var, mapping: dict[Var, Arg]) -> Arg:
    arg: Arg = v
    while type(arg) is Var and arg in mapping:
        arg = mapping[arg]
    return arg
