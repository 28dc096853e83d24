"""Dataflow: from which arguments each variable takes its value, and what follows from that for all of them.

Every question of the kind "what depends on this" or "what is needed for that" is a ``closure`` over ``sources`` or
``users``, in time linear in the size of the function::

    s = for i in range(n) carry p = a:          sources: s and p: a, q;  q: p, x
        q = p * x                               users: a: s, p;  q: s, p;  p: q;  x: q
        yield q

    >>> from s2sad.ir.text import parse
    >>> fn = parse('''
    ... def f(a, x, n):
    ...     s = for i in range(n) carry p = a:
    ...         q = p * x
    ...         yield q
    ...     return s
    ... ''')
    >>> flow = users(sources(fn.body))
    >>> sorted(v.name for v in closure([fn.params[1]], lambda v: flow.get(v, ())))
    ['p', 'q', 's', 'x']
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from s2sad.ir import Arg, Block, Call, Carried, For, If, Stmt, Var, While
from s2sad.ir.regions import is_region
from s2sad.ir.walk import blocks, call_args, variables

N = TypeVar("N")
Edge = tuple[Var, tuple[Arg, ...]]


def choices(stmt: Stmt) -> Iterator[Edge]:
    """Each variable that is one of several arguments, just as they are: the results of branches, what loops carry."""
    if isinstance(stmt, If):
        sides = (stmt.then,) if is_region(stmt) else (stmt.then, stmt.orelse)
        yield from zip(stmt.outs, zip(*(b.results for b in sides)))
    elif not isinstance(stmt, Call):
        for c in stmt.carried:
            yield c.param, (c.init, c.result)
            yield c.out, (c.init, c.result)
            if c.tested is not None:
                yield c.tested, (c.init, c.result)


def edges(stmt: Stmt) -> Iterator[Edge]:
    """Each variable that gets its value from a statement, parameters of its blocks included, and the arguments that the
    value is, or is made of."""
    match stmt:
        case Call():
            args = call_args(stmt)
            for out in stmt.outs:
                yield out, args
        case For() | While():
            for w in stmt.walked:
                yield w.item, (w.sequence,)
            yield from choices(stmt)
            for end in stmt.ends:
                if not isinstance(end, Carried):
                    yield end.out, (end.result,)
        case If():
            yield from choices(stmt)


def sources(body: Block, through: Callable[[Call], bool] = lambda call: True, tests: bool = True
            ) -> dict[Var, tuple[Arg, ...]]:
    """From which arguments each variable takes its value.

    Parameters
    ----------
    body : Block
    through : callable
        Whether the results of a call depend on its arguments, for the purpose at hand.
    tests : bool
        Whether the statements of the tests of ``while`` loops count.
    """
    found: dict[Var, tuple[Arg, ...]] = {}
    for stmt in body.stmts:
        if isinstance(stmt, Call):
            if through(stmt):
                found.update(edges(stmt))
            continue
        found.update(edges(stmt))
        for inner in blocks(stmt) if tests or not isinstance(stmt, While) else (stmt.body,):
            found.update(sources(inner, through, tests))
    return found


def users(sources: Mapping[Var, Iterable[Arg]]) -> dict[Var, list[Var]]:
    """Which variables take their value from each variable."""
    found: dict[Var, list[Var]] = {}
    for v, args in sources.items():
        for source in variables(*args):
            found.setdefault(source, []).append(v)
    return found


def closure(start: Iterable[N], step: Callable[[N], Iterable[N]], found: set[N] | None = None) -> set[N]:
    """What can be reached from ``start`` by ``step``, the start included. It is added to ``found``, if that is given;
    what is there already leads to nothing new."""
    found = set() if found is None else found
    todo = [node for node in dict.fromkeys(start) if node not in found]
    found.update(todo)
    while todo:
        for node in step(todo.pop()):
            if node not in found:
                found.add(node)
                todo.append(node)
    return found
