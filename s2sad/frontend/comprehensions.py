"""Comprehensions and generator expressions.

Before: ``[x * w for w in ws if w > 0.0]``.  After: a loop that appends, or no loop where ``ws`` is known.
"""
from __future__ import annotations

from typing import Any

import gast

from s2sad.facts.arguments import fact_of
from s2sad.frontend.iteration import UNROLL_LIMIT
from s2sad.frontend.liveness import reads_of, stores_of
from s2sad.frontend.values import (
    FALSE,
    Atom,
    Frame,
    Generator,
    Value,
    const,
)

FEW_ITEMS = 4
"""Of so many items of an array whose length is known, a list is known item by item."""


class Comprehensions:
    """The part of the lowerer for comprehensions."""

    frames: list[Frame]
    unrolling: bool

    def comprehension(self, node: Any, elt: Any, hint: str, known: bool = False, first: Any = None) -> Value:
        """A list comprehension: unrolled over known items (over ranges too if ``known``), else a loop that appends.
        ``first``: the generator whose items are wanted, if it is one."""
        outer = self.frames[-1] if first is None else first.fn.frame
        names = frozenset(n for g in node.generators for n in stores_of([g.target]))
        inner = Frame({}, outer.source, outer.globals, outer.closure, outer, names, frozenset(), name="<comprehension>")
        inner.always_live = reads_of(node) | {"$list"}
        walked: Any = self.expr(node.generators[0].iter) if first is None else first.env[".0"]
        self.frames.append(inner)
        result = self.new_list(())
        inner.env["$list"] = result
        before, self.unrolling = self.unrolling, known
        try:
            self.generator(node.generators, elt, 0, walked)
        finally:
            self.frames.pop()
            self.unrolling = before
        return inner.env["$list"]

    def generator(self, generators: list[Any], elt: Any, k: int, first: Any = None) -> None:
        inner = self.frames[-1]
        if k == len(generators):
            self.list_append(inner.env["$list"], self.expr(elt))
            return
        g = generators[k]
        iterable = self.opened(self.expr(g.iter) if first is None else first)

        def one(item: Value) -> None:
            self.assign(g.target, item)
            self.filtered(g.ifs, generators, elt, k)

        if isinstance(iterable, Generator):
            self.check_ends(iterable)

            def take(item: Value) -> Value:
                one(item)
                return FALSE
            self.drive(iterable, take, (g.target, *g.ifs, elt))
            return
        if iterable.static is not None:
            for item in iterable.static:
                one(item)
            return

        def scan() -> None:
            walked, name, item_of = self.positions(iterable, g.target)
            live = inner.always_live
            self.scan(walked, name, None, lambda item: one(item_of(Atom(item, fact_of(item)))), live, live,
                      stores_of([g.target]), [])

        def unroll(items: tuple[Value, ...]) -> None:
            for item in items:
                one(item)
        trips = self.static_trips(iterable)
        few = UNROLL_LIMIT if self.unrolling else 0 if iterable.kind == "range" else FEW_ITEMS
        if trips is not None and trips <= few:
            unroll(tuple(self.position_item(iterable, const(k)) for k in range(trips)))
        else:
            self.scan_or_unroll(iterable, scan, unroll)
        inner.env.pop("$stopped", None)

    def filtered(self, ifs: list[Any], generators: list[Any], elt: Any, k: int) -> None:
        if not ifs:
            self.generator(generators, elt, k + 1)
            return
        live = self.frames[-1].always_live
        self.branch(self.expr(ifs[0]), lambda: self.filtered(ifs[1:], generators, elt, k), lambda: None, live)

    def expr_ListComp(self, node: Any, hint: str) -> Value:
        return self.comprehension(node, node.elt, hint)

    def expr_SetComp(self, node: Any, hint: str) -> Value:
        items = self.static_items(self.comprehension(node, node.elt, hint, known=True))
        if items is None:
            raise self.unsupported("a set of values computed at run time", "use a list", node=node)
        return self.set_of(items)

    def expr_DictComp(self, node: Any, hint: str) -> Value:
        pair = gast.Tuple(elts=[node.key, node.value], ctx=gast.Load())
        gast.copy_location(pair, node.key)
        return self.call_object(dict, (self.comprehension(node, pair, hint, known=True),), (), hint)
