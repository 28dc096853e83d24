"""Executing a function for its graph: every step with the statement and the control flow that it stands in.

``where[step]`` is the statement that executed the step (a call; for the items of a loop the loop) and, from the
outermost, the branches, loops and calls around it::

    if x > 0:            where = (z = x * y, ((If, True), (For, None)))
        for y in ys:
            z = x * y
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from s2sad import runtime
from s2sad.errors import Loc
from s2sad.ir import Call, For, Function, If, Stmt, Var, While
from s2sad.show.record import Node, Recorder, Step, plain

Context = tuple[tuple[Stmt, bool | None], ...]


class Tracker(Recorder):
    """A recorder that also keeps which statement each step executes, and what the user calls each value."""

    def __init__(self, fn: Function) -> None:
        super().__init__(fn, allowance=float("inf"))
        self.context: Context = ()
        self.where: dict[Step, tuple[Stmt, Context]] = {}
        self.claimed = 0
        self.hints: dict[Node, str] = {}
        self.entered: Counter[tuple[int, bool]] = Counter()

    def bind(self, var: Var, x: Any) -> None:
        super().bind(var, x)
        if isinstance(x, Node):
            self.hints.setdefault(self.env[var], var.name)

    def statement(self, stmt: Stmt) -> None:
        outer = self.context
        if isinstance(stmt, If):
            taken = bool(plain(self.read(stmt.test)))
            self.entered[id(stmt), taken] += 1
            self.context = (*outer, (stmt, taken))
        elif isinstance(stmt, (For, While)) or isinstance(stmt.op, Function):
            self.context = (*outer, (stmt, None))
        super().statement(stmt)
        self.claim(stmt)
        self.context = outer

    def call(self, call: Call) -> Sequence[Any]:
        if call.op in (runtime.copy, runtime.same) and not call.kwargs:
            whole = self.read(call.args[0])
            if isinstance(whole, (list, tuple, dict)):
                return [whole]  # nothing is ever changed, so a copy of a structure is the structure
        return super().call(call)

    def item(self, sequence: Any, k: Any, loc: Loc | None) -> Any:
        before = len(self.steps)
        found = super().item(sequence, k, loc)
        loop, trip = self.trips[-1]
        for step in self.steps[before:]:
            step.trips = (*self.trips[:-1], (loop, trip + 1))  # it is taken before the trip is counted
        self.claim(self.context[-1][0])
        return found

    def claim(self, stmt: Stmt) -> None:
        """Note which statement executed the latest steps."""
        for step in self.steps[self.claimed:]:
            self.where[step] = (stmt, self.context)
        self.claimed = len(self.steps)
