"""Which names may still be read after a statement, on the syntax tree.

A name that is not live needs no value after a branch or a loop, and cannot see a write made through another name.
``analyse`` marks every ``if``/``for``/``while``/``with`` node and the bodies of a function: ``node.live_after`` (names
read after it) and, for loops, ``node.live_head`` (read in the body or after, before being assigned).

Before: ``for i in r: t = a[i]; s = s + t`` then ``return s``.  After: head = {a, s, r}, after = {s}.
"""
from __future__ import annotations

from typing import Any, NamedTuple

import gast

Names = frozenset
CHANGE_LISTS = ("append", "pop", "extend", "insert", "remove", "clear", "sort", "reverse")
"""Methods that change a list."""


def reads_of(node: Any) -> Names:
    """Names read anywhere in an expression or statement, nested functions included."""
    known: Names | None = getattr(node, "names_read", None)
    if known is None:
        known = node.names_read = frozenset(n.id for n in gast.walk(node) if isinstance(n, gast.Name)
                                            and isinstance(n.ctx, gast.Load))
    return known


def stores_of(nodes: list[Any]) -> list[str]:
    """Names assigned anywhere in some statements (not inside nested functions), in order."""
    found: dict[str, None] = {}
    todo = list(reversed(nodes))
    while todo:
        node = todo.pop()
        if isinstance(node, gast.Name) and isinstance(node.ctx, (gast.Store, gast.Del)):
            found[node.id] = None
        elif isinstance(node, (gast.FunctionDef, gast.ClassDef, gast.AsyncFunctionDef)):
            found[node.name] = None
            continue
        elif isinstance(node, gast.Lambda):
            continue
        elif isinstance(node, (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)):
            found.update((w.target.id, None) for w in gast.walk(node) if isinstance(w, gast.NamedExpr))
            continue
        elif isinstance(node, gast.ExceptHandler) and node.name is not None:
            found[node.name.id if isinstance(node.name, gast.Name) else node.name] = None
        elif isinstance(node, (gast.Import, gast.ImportFrom)):
            found.update((a.asname or a.name.split(".")[0], None) for a in node.names)
        todo.extend(reversed(list(gast.iter_child_nodes(node))))
    return list(found)


def changed_lists(nodes: list[Any]) -> set[str]:
    """Names of which an item is assigned to, or a method is called that may change a list."""
    found: set[str] = set()
    for node in (n for top in nodes for n in gast.walk(top)):
        if isinstance(node, gast.Subscript) and isinstance(node.ctx, (gast.Store, gast.Del)):
            base = node.value
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
            base = node.func.value if node.func.attr in CHANGE_LISTS else None
        else:
            continue
        if isinstance(base, gast.Name):
            found.add(base.id)
    return found


def captured(fn: Any) -> set[str]:
    """Names that functions nested in ``fn`` read: always live."""
    found: set[str] = set()
    for node in gast.walk(fn):
        if node is not fn and isinstance(node, (gast.FunctionDef, gast.Lambda)):
            found |= reads_of(node)
            found |= {name for n in gast.walk(node) if isinstance(n, gast.Nonlocal) for name in n.names}
    return found


class Scope(NamedTuple):
    """The names that a function assigns, those declared ``nonlocal`` and ``global``, and whether it has ``yield``."""

    stored: tuple[str, ...]
    shared: Names
    outside: Names
    generates: bool


def scope_of(fn: Any) -> Scope:
    """What a function's body declares, nested functions left out."""
    if isinstance(fn, gast.Lambda):
        return Scope((), frozenset(), frozenset(), False)
    shared: set[str] = set()
    outside: set[str] = set()
    generates = False
    todo = list(fn.body)
    while todo:
        n = todo.pop()
        if isinstance(n, gast.Nonlocal):
            shared.update(n.names)
        elif isinstance(n, gast.Global):
            outside.update(n.names)
        generates |= isinstance(n, (gast.Yield, gast.YieldFrom, gast.Await))
        if not isinstance(n, (gast.FunctionDef, gast.Lambda, gast.ClassDef)):
            todo.extend(gast.iter_child_nodes(n))
    return Scope(tuple(stores_of(fn.body)), frozenset(shared), frozenset(outside), generates)


def analyse(fn: Any) -> None:
    """Mark the nodes of a function (once)."""
    if getattr(fn, "live_marked", False):
        return
    always = captured(fn)
    if not isinstance(fn, gast.Lambda):
        _block(fn.body, frozenset(always), None, None)
    fn.always_live = frozenset(always)
    fn.scope = scope_of(fn)
    fn.live_marked = True


def _block(stmts: list[Any], after: Names, brk: Names | None, cont: Names | None) -> Names:
    live = after
    for stmt in reversed(stmts):
        stmt.live_after = live | _at_exits(stmt, brk, cont)
        live = _stmt(stmt, live, brk, cont)
    return live


def _at_exits(s: Any, brk: Names | None, cont: Names | None) -> Names:
    """Names read where a ``break`` or ``continue`` inside a statement leads to: what follows the statement may assign
    them anew, but not on that way."""
    found: Names = frozenset()
    todo = [s]
    while todo:
        node = todo.pop()
        if isinstance(node, (gast.Break, gast.Continue)):
            found |= (brk if isinstance(node, gast.Break) else cont) or frozenset()
        elif isinstance(node, (gast.For, gast.While)):
            todo.extend(node.orelse)
        elif isinstance(node, (gast.If, gast.With, gast.Try, gast.Match)):
            todo.extend(n for n in gast.iter_child_nodes(node) if not isinstance(n, gast.expr))
        elif isinstance(node, (gast.ExceptHandler, gast.match_case)):
            todo.extend(node.body)
    return found


def _stmt(s: Any, live: Names, brk: Names | None, cont: Names | None) -> Names:
    if isinstance(s, gast.Return):
        return reads_of(s)
    if isinstance(s, gast.Raise):
        return reads_of(s) | live
    if isinstance(s, gast.Break):
        return brk if brk is not None else live
    if isinstance(s, gast.Continue):
        return cont if cont is not None else live
    if isinstance(s, gast.If):
        return _block(s.body, live, brk, cont) | _block(s.orelse, live, brk, cont) | reads_of(s.test)
    if isinstance(s, (gast.For, gast.While)):
        return _loop(s, live, brk, cont)
    if isinstance(s, gast.With):
        inner = _block(s.body, live, brk, cont)
        for item in s.items:
            inner = inner | reads_of(item.context_expr)
        return inner
    if isinstance(s, gast.Try):
        end = _block(s.finalbody, live, brk, cont) if s.finalbody else live
        handlers = frozenset().union(*(_block(h.body, end, brk, cont) for h in s.handlers)) | end
        body = _block([*s.body, *s.orelse], end | handlers, brk, cont)
        return body | handlers | frozenset(stores_of(s.body))
    if isinstance(s, gast.Match):
        arms = [_block(c.body, live, brk, cont) for c in s.cases]
        guards = [reads_of(c.guard) for c in s.cases if c.guard is not None]
        patterns = [reads_of(c.pattern) for c in s.cases]
        return frozenset().union(live, reads_of(s.subject), *arms, *guards, *patterns)
    return (live - _killed(s)) | reads_of(s) | _partial(s)


def _loop(s: Any, live: Names, brk: Names | None, cont: Names | None) -> Names:
    after = _block(s.orelse, live, brk, cont) | live if s.orelse else live
    header = reads_of(s.test) if isinstance(s, gast.While) else set()
    targets = frozenset() if isinstance(s, gast.While) else frozenset(stores_of([s.target]))
    head = after | header
    while True:
        inner = _block(s.body, head, live, head)
        new = head | (inner - targets)
        if new == head:
            break
        head = new
    s.live_exit, s.live_head = after, head
    return head if isinstance(s, gast.While) else head | reads_of(s.iter)


def _killed(s: Any) -> set[str]:
    """Names that a simple statement certainly assigns."""
    if isinstance(s, gast.Assign):
        return {n.id for t in s.targets for n in _plain_targets(t)}
    if isinstance(s, gast.AnnAssign) and s.value is not None:
        return {n.id for n in _plain_targets(s.target)}
    if isinstance(s, gast.FunctionDef):
        return {s.name}
    return set()


def _plain_targets(t: Any) -> list[Any]:
    if isinstance(t, gast.Name):
        return [t]
    if isinstance(t, (gast.Tuple, gast.List)):
        return [n for e in t.elts for n in _plain_targets(e)]
    return _plain_targets(t.value) if isinstance(t, gast.Starred) else []


def _partial(s: Any) -> set[str]:
    """Names that an augmented assignment reads."""
    return {s.target.id} if isinstance(s, gast.AugAssign) and isinstance(s.target, gast.Name) else set()
