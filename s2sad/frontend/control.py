"""Bodies of statements and the ways out of them: ``return``, ``break``, ``continue`` are flags.

What follows a conditional exit is lowered into the branch that falls through.

Before: ``if c: return x`` (then ``return -x``).  After: ``result = if c: x else: neg(x)``.
"""
from __future__ import annotations

from typing import Any

import gast

from s2sad.frontend.liveness import reads_of
from s2sad.frontend.values import (
    FALSE,
    NONE,
    TRUE,
    Frame,
    Value,
    static,
)
from s2sad.ir.facts import UNSET

FLAGS = ("$skip", "$stop", "$ret", "$val", "$dead", "$raised", "$ended")
_HINTS = {"class": "define the class at module level",
          "async def": "make it a plain function", "match": "use `if` and `elif`"}


def _keyword(stmt: Any) -> str:
    names = {"ClassDef": "class", "AsyncFunctionDef": "async def", "AsyncFor": "async for",
             "AsyncWith": "async with", "TryStar": "except*", "TypeAlias": "type"}
    return names.get(type(stmt).__name__, type(stmt).__name__)


class Control:
    """The part of the lowerer for sequences of statements and exits."""

    frames: list[Frame]

    def loop_else(self, node: Any) -> None:
        """The ``else`` of a loop, and the function's return from inside it."""
        env = self.frames[-1].env
        stopped = env.pop("$stopped", FALSE)
        returned = env.get("$ret", FALSE)
        env["$skip"] = env["$stop"] = returned
        if self.is_dead():
            env["$skip"] = TRUE
            return
        if not node.orelse or static(stopped) is True:
            return
        if static(stopped) is False:
            self.body(node.orelse, node.live_after)
        else:
            self.branch(stopped, lambda: None, lambda: self.body(node.orelse, node.live_after), node.live_after)

    def body(self, stmts: list[Any], live_out: frozenset[str]) -> None:
        """Lower statements; what follows a conditional exit goes into the branch that falls through."""
        for k, stmt in enumerate(stmts):
            frame = self.frames[-1]
            frame.live = getattr(stmt, "live_after", live_out)
            frame.stmt_reads = reads_of(stmt) if not isinstance(
                stmt, (gast.If, gast.For, gast.While, gast.With, gast.Try)) else frozenset()
            self.loc = self.at(stmt)
            if self.statement(stmt, stmts[k + 1:], live_out):
                return
            skip = self.flag("$skip")
            if static(skip) is True:
                return
            if static(skip) is UNSET:
                rest = stmts[k + 1:]
                if rest:
                    self.branch(skip, lambda: None, lambda rest=rest: self.body(rest, live_out), live_out)
                return

    def statement(self, stmt: Any, rest: list[Any], live_out: frozenset[str]) -> bool:
        """Lower one statement. True if the statements after it were lowered too."""
        with self.path():
            return self.on_path(stmt, rest, live_out)
        return False

    def on_path(self, stmt: Any, rest: list[Any], live_out: frozenset[str]) -> bool:
        if isinstance(stmt, gast.If):
            return self.lower_if(stmt, rest, live_out)
        if self.tries:
            self.statement_in_try(stmt)
            return False
        method = getattr(self, f"stmt_{type(stmt).__name__}", None)
        if method is None:
            raise self.unsupported(f"`{_keyword(stmt)}` is not differentiated", _HINTS.get(_keyword(stmt), ""),
                                   node=stmt)
        method(stmt)
        return False

    def flag(self, name: str) -> Value:
        return self.frames[-1].env.get(name, FALSE)

    def stmt_Return(self, node: Any) -> None:
        value = NONE if node.value is None else self.expr(node.value, "result")
        env = self.frames[-1].env
        env["$val"] = value
        env["$skip"] = env["$stop"] = env["$ret"] = TRUE

    def stmt_Break(self, node: Any) -> None:
        env = self.frames[-1].env
        env["$skip"] = env["$stop"] = TRUE

    def stmt_Continue(self, node: Any) -> None:
        self.frames[-1].env["$skip"] = TRUE
