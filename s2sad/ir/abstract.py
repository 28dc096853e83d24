"""Executing a function on what is known of values, in place of the values.

Who asks a question gives the answer for constants, for variables that come from outside, and for calls; branches join
what their sides say, and loops are walked until nothing changes.

Before: ``s = for x in xs carry s = 1.0: s = mul(s, exp(x))``, and "is it positive?" of constants and calls.
After: ``s`` is positive.
"""
from __future__ import annotations

from functools import reduce
from typing import Any, Generic, TypeVar

from s2sad.ir import UNDEFINED, Arg, Block, Call, Carried, Const, For, If, Pack, Stmt, Var, While

T = TypeVar("T")


class Abstract(Generic[T]):
    """One question about all variables of a block. ``known`` has the answers; ``nothing`` is that about no value at
    all, and joined with another answer gives that one. Answers only ever get weaker, in finitely many steps."""

    nothing: T

    def __init__(self) -> None:
        self.known: dict[Var, T] = {}

    def constant(self, value: Any) -> T:
        """The answer for a constant."""
        raise NotImplementedError

    def outside(self, v: Var) -> T:
        """The answer for a variable that is defined outside."""
        raise NotImplementedError

    def call(self, s: Call) -> T:
        """The answer for the results of a call."""
        raise NotImplementedError

    def join(self, a: T, b: T) -> T:
        """The answer for a value of which one of two is known to hold."""
        raise NotImplementedError

    def again(self, answer: T) -> T:
        """The answer for what a step of a loop hands to the next."""
        return answer

    def left(self, init: T, result: T) -> T:
        """The answer for what a loop carries, after it: from that before the first step, and after any other."""
        return self.join(init, result)

    def passed(self, s: Stmt, answer: T) -> T:
        """The answer for what a branch or loop hands on or out, of which ``answer`` is known."""
        return answer

    def of(self, arg: Arg) -> T:
        """The answer for an argument; for a container what holds of all its items."""
        if type(arg) is Var:
            return self.known[arg] if arg in self.known else self.outside(arg)
        if type(arg) is Const:
            return self.nothing if arg.value is UNDEFINED else self.constant(arg.value)
        assert type(arg) is Pack
        return reduce(self.join, map(self.of, arg.items), self.nothing)

    def block(self, block: Block) -> None:
        """Walk the statements of a block."""
        for s in block.stmts:
            self.statement(s)

    def statement(self, s: Stmt) -> None:
        if isinstance(s, Call):
            if s.outs:
                self.known.update(dict.fromkeys(s.outs, self.call(s)))
        elif isinstance(s, If):
            self.block(s.then)
            self.block(s.orelse)
            for o, a, b in zip(s.outs, s.then.results, s.orelse.results):
                self.known[o] = self.passed(s, self.join(self.of(a), self.of(b)))
        else:
            self.loop(s)

    def loop(self, s: For | While) -> None:
        self.known.update((w.item, self.of(w.sequence)) for w in s.walked)
        before = [self.passed(s, self.of(c.init)) for c in s.carried]
        self.known.update(zip((c.param for c in s.carried), before))
        while True:
            self.known.update((c.tested, self.known[c.param]) for c in s.carried if c.tested is not None)
            if isinstance(s, While):
                self.block(s.test)
            self.block(s.body)
            after = [self.passed(s, self.of(end.result)) for end in s.ends]
            joined = [self.join(self.known[c.param], self.again(r)) for c, r in zip(s.carried, after)]
            if all(self.known[c.param] == new for c, new in zip(s.carried, joined)):
                break
            self.known.update(zip((c.param for c in s.carried), joined))
        self.known.update((c.out, self.left(init, r)) for c, init, r in zip(s.carried, before, after))
        self.known.update((end.out, r) for end, r in zip(s.ends, after) if not isinstance(end, Carried))
