"""What the values of a program are to its derivative: active, saved for the reverse sweep, computed again there.

    before   t = np.sin(x); y = t * w                 # forward sweep
             w_bar = y_bar * t                        # reverse sweep
    after    saved: t

``saved`` and ``recomputed`` read the IR of a derivative, ``active_names`` that of the function.
"""
from __future__ import annotations

import ast
import operator
import textwrap
from collections.abc import Hashable, Iterable, Iterator

from s2sad.ir import Arg, Block, Call, Collected, For, Function, Pack, Var, While
from s2sad.ir.flow import closure
from s2sad.ir.walk import blocks, operands, statements, variables


def saved(fn: Function) -> frozenset[Var]:
    """The values of the forward sweep that the reverse sweep reads; those that a loop collects, their lists, and the
    variables that run over the lists in the reverse sweep."""
    forward = {v for s in statements(fn.body) if not s.adjoint for v in s.outs}
    forward |= {v for s in statements(fn.body) if not s.adjoint for b in blocks(s) for v in b.params}
    found: set[Var] = set()
    for s in statements(fn.body):
        if s.adjoint:
            found.update(v for v in variables(*operands(s)) if v in forward)
            found.update(v for b in blocks(s) for v in variables(*b.results) if v in forward)
    for s in statements(fn.body):
        if isinstance(s, For) and s.adjoint:
            found.update(w.item for w in s.walked if w.sequence in found and _is_list(w.sequence))
    for loop, c in _collected(fn):
        if c.out in found and not loop.adjoint:
            found.update(variables(c.result))
    return frozenset(found)


def _is_list(arg: Arg) -> bool:
    return isinstance(arg, Var) and arg.fact.kind == "list"


def _collected(fn: Function) -> Iterator[tuple[For | While, Collected]]:
    """What loops collect."""
    for s in statements(fn.body):
        if isinstance(s, (For, While)):
            yield from ((s, c) for c in s.collected)


def recomputed(fn: Function) -> frozenset[Var]:
    """The values of the reverse sweep that the forward sweep has computed already, by the same operation on the same
    values."""
    lists = {c.out: c.result for _, c in _collected(fn)}
    same: dict[Var, Var] = {}
    known: dict[Hashable, Var] = {}
    found: set[Var] = set()

    def key(s: Call) -> Hashable:
        return s.op, tuple(_key(a, same) for a in s.args), tuple((k, _key(a, same)) for k, a in s.kwargs)

    def walk(block: Block) -> None:
        for s in block.stmts:
            for w in s.walked if isinstance(s, For) else ():
                inner = lists.get(w.sequence) if isinstance(w.sequence, Var) else None
                if isinstance(inner, Var):
                    same[w.item] = same.get(inner, inner)
                elif isinstance(w.sequence, Var):
                    same[w.item] = known.setdefault(("item", same.get(w.sequence, w.sequence)), w.item)
            if isinstance(s, Call) and len(s.outs) == 1:
                twin = known.get(key(s))
                if s.adjoint and twin is not None:
                    same[s.outs[0]] = twin
                    found.add(s.outs[0])
                elif not s.adjoint:
                    known[key(s)] = s.outs[0]
            for inner_block in blocks(s):
                walk(inner_block)

    walk(fn.body)
    return frozenset(found)


def _key(arg: Arg, same: dict[Var, Var]) -> Hashable:
    if isinstance(arg, Var):
        return same.get(arg, arg)
    if isinstance(arg, Pack):
        return arg.kind, arg.keys, tuple(_key(item, same) for item in arg.items)
    try:
        hash(arg.value)
        return type(arg.value), arg.value, arg.name
    except TypeError:
        return id(arg.value)


def active_names(fn: Function, active: frozenset[Var], file: str, text: str) -> set[str]:
    """The names in a text of the user that stand for active variables.

    Parameters
    ----------
    fn : Function
        The trace of the function.
    active : frozenset of Var
        Its variables that carry a derivative. A parameter that such a variable is taken out of counts as active.
    file, text : str
        The file that the text is from. A name that the trace does not have, because its value came out of a helper that
        was inlined, is active if it is assigned from an active name.
    """
    every, names = {p.name for p in fn.params}, {p.name for p in fn.params if p in active}
    for s in statements(fn.body):
        every.update(v.name for v in s.outs)
        taken_out = isinstance(s, Call) and s.loc is None and s.op in (operator.getitem, getattr)
        if taken_out and active.intersection(s.outs):
            names.update(v.name for v in variables(operands(s)[0]))
        if s.loc is not None and s.loc.file == file:
            names.update(v.name for v in (*s.outs, *variables(*operands(s))) if v in active)
    try:
        found = [n for n in ast.walk(ast.parse(textwrap.dedent(text))) if isinstance(n, ast.Assign)]
    except SyntaxError:  # a lambda
        return names
    moved: dict[str, set[str]] = {}
    for node in found:
        for name in _names([node.value]):
            moved.setdefault(name, set()).update(_names(node.targets) - every)
    return closure(names, lambda name: moved.get(name, ()))


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
