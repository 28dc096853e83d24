"""Loops: unrolled over what is known, else scans at run time.

A loop is lowered again and again with more things carried, until what the body leaves at its end is of the form assumed
at its head (``carried``).

Before: ``for k in range(n): s += x[k]``.  After: ``s2 = for k in range(n) carry s1 = s: s2 = add(s1, getitem(x, k))``.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gast

from s2sad.errors import S2SADError
from s2sad.facts.arguments import fact_of
from s2sad.frontend.iteration import UNROLL_LIMIT
from s2sad.frontend.liveness import CHANGE_LISTS, changed_lists, stores_of
from s2sad.frontend.values import (
    FALSE,
    TRUE,
    Atom,
    Frame,
    Generator,
    Iteration,
    Ref,
    Value,
    const,
    static,
    unset_in,
)
from s2sad.ir import Arg

FEW_TRIPS = 64
"""Over so many known positions a loop is unrolled where it cannot be one."""


def _break_unless(test: Any) -> Any:
    node = gast.If(test=gast.UnaryOp(op=gast.Not(), operand=test), body=[gast.Break()], orelse=[])
    for child in (node, node.test, node.body[0]):
        gast.copy_location(child, test)
    return node


class Loops:
    """The part of the lowerer for loops."""

    frames: list[Frame]
    heap: dict[int, Any]
    loop_notes: set[str]
    loop_floor: int

    def stmt_For(self, node: Any) -> None:
        iterable = self.opened(self.expr(node.iter))
        live = node.live_head | node.live_exit
        mark = len(self.pending)
        self.pending.extend(iterable.parts)
        if isinstance(iterable, Generator):
            self.loop_over_generator(node, iterable)
        else:
            self.loop_over(node, iterable, live)
        del self.pending[mark:]
        self.loop_else(node)

    def loop_over(self, node: Any, iterable: Iteration, live: frozenset[str]) -> None:
        if iterable.static is not None:
            self.unroll(node, lambda k: self.item_now(iterable, k))
        else:
            self.scan_or_unroll(iterable, lambda: self.run_loop(node, iterable, live), lambda items: self.unroll(
                node, lambda k: items[k] if k < len(items) else None))

    def scan_or_unroll(self, iterable: Iteration, scan: Callable[[], None],
                       unroll: Callable[[tuple[Value, ...]], None]) -> None:
        """A loop at run time if that is possible; else over each of its positions, if they are few and known."""
        trips = self.static_trips(iterable)
        if trips is None or trips > FEW_TRIPS:
            return scan()
        state = self.mark()
        outer, self.unrollable = self.unrollable, True
        try:
            self.attempt(scan)
        except S2SADError as error:
            if error.code not in ("S2S010", "S2S011"):
                raise
            self.reset(state)
            self.unrollable = outer
            unroll(tuple(self.position_item(iterable, const(k)) for k in range(trips)))
        finally:
            self.unrollable = outer

    def static_trips(self, iterable: Iteration) -> int | None:
        """How many items there are, if that is known now."""
        match iterable.kind:
            case "range":
                bounds = [static(p) for p in iterable.parts]
                return None if unset_in(bounds) else len(range(*bounds))
            case "seq":
                dims = self.fact(iterable.parts[0]).dims
                return dims[0] if dims and isinstance(dims[0], int) else None
            case "enumerate" | "reversed":
                return self.static_trips(iterable.extra)
            case "zip":
                trips = [self.static_trips(part) for part in iterable.extra]
                return None if None in trips else min(trips, default=0)  # type: ignore[type-var]
        return None if iterable.static is None else len(iterable.static)

    def run_loop(self, node: Any, iterable: Iteration, live: frozenset[str]) -> None:
        walked, name, item_of = self.positions(iterable, node.target)

        def body(item: Arg) -> None:
            self.assign(node.target, item_of(Atom(item, fact_of(item))))
            self.body(node.body, node.live_head | node.live_exit)

        stored = [*stores_of([node.target]), *stores_of(node.body)]
        watched = [v for v in iterable.parts if isinstance(v, Ref) and self.fact(v).kind == "list"]
        before = [self.heap[v.cell] for v in watched]
        self.scan(walked, name, None, body, live, node.live_head, stored, node.body)
        for v, state in zip(watched, before):
            if self.heap[v.cell] is not state and any(self._grows(s) for _, s in self.looped(node.body)):
                raise self.unsupported("a list changes its length while the loop runs over it",
                                       "loop over a copy, `list(xs)`",
                                       node=node)

    def _grows(self, body: list[Any]) -> list[Any]:
        return [n for s in body for n in gast.walk(s) if isinstance(n, gast.Attribute) and n.attr in CHANGE_LISTS]

    def looped(self, nodes: list[Any]) -> Iterator[tuple[Frame, list[Any]]]:
        """The statements that a loop over ``nodes`` runs, those of who reads this generator too, by their frames."""
        frame = self.frames[-1]
        yield frame, nodes
        while frame.consumer is not None:
            yield frame.consumer.frame, list(frame.consumer.nodes)
            frame = frame.consumer.frame

    def stmt_While(self, node: Any) -> None:
        if any(isinstance(n, (gast.NamedExpr,)) or (isinstance(n, gast.Attribute) and n.attr == "pop")
               for n in gast.walk(node.test)):
            body = [_break_unless(node.test), *node.body]
            test: Any = gast.copy_location(gast.Constant(value=True, kind=None), node.test)
            body[0].live_after = node.live_head
        else:
            body, test = node.body, node.test
        live = node.live_head | node.live_exit
        self.scan(None, "", lambda: self.expr(test), lambda item: self.body(body, live), live, node.live_head,
                  stores_of(body), body)
        self.loop_else(node)

    def unroll(self, node: Any, item: Callable[[int], Value | None]) -> None:
        """Lower the body once for each of known items: ``item(k)`` until it is None."""
        live = node.live_head | node.live_exit

        def step(k: int) -> None:
            value = item(k)
            if value is None:
                self.frames[-1].env["$stopped"] = FALSE
                return
            self.unrolled += 1
            if self.unrolled > UNROLL_LIMIT:
                raise self.unsupported(f"more than {UNROLL_LIMIT} loop bodies would be unrolled", "loop over an array",
                                       code="S2S012", node=node)
            self.loc = self.at(node)
            self.assign(node.target, value)
            self.body(node.body, live)
            env = self.frames[-1].env
            stop = env.get("$stop", FALSE)
            if self.is_dead():
                return
            env["$skip"] = FALSE
            if static(stop) is True:
                env["$stopped"] = TRUE
            elif static(stop) is False:
                step(k + 1)
            else:
                def stopped() -> None:
                    self.frames[-1].env["$stopped"] = TRUE
                self.branch(stop, stopped, lambda: step(k + 1), live | {"$stopped"})
        step(0)

    def scan(self, walked: Arg | None, name: str, test: Callable[[], Value] | None, body: Callable[[Arg], None],
             live: frozenset[str], live_head: frozenset[str], stored: list[str], nodes: list[Any]) -> None:
        """A loop at run time: over the sequence ``walked``, or while ``test()``."""
        loc = self.loc
        frame = self.frames[-1]
        frame.env.update({"$skip": FALSE, "$stop": FALSE})
        for f, run in self.looped(nodes):
            for changed in map(f.env.get, changed_lists(run)):
                if isinstance(changed, Ref) and not changed.path and self.is_dynamic(changed):
                    self.release_items(changed)
        before = self.snapshot()
        plan = self.first_guess(stored, live_head, nodes)
        floor = self.next_cell + 1
        wild: set[Any] = set()
        notes: set[str] = set()
        for _ in range(24):
            self.restore(before)
            self.loc = loc
            self.loop_notes = notes
            self.scans.append(before[1])
            attempt = self.try_loop(plan, walked, name, test, body)
            self.scans.pop()
            if attempt is None:  # the test is false at the start, whatever is carried
                self.restore(before)
                frame.env["$stopped"] = FALSE
                return
            outer_floor, self.loop_floor = self.loop_floor, floor
            steady = self.stable(plan, before, attempt, live, wild)
            if "shared" not in notes and not self.disjoint(plan, before, attempt):
                notes.add("shared")
                steady = False
            self.loop_floor = outer_floor
            if steady:
                break
        else:
            raise self.unsupported("what this loop carries changes its form in every step",
                                   "loop over a list of the objects, or use arrays", code="S2S010")
        self.loop_notes = notes
        self.finish_loop(plan, before, attempt, walked, test, loc)
