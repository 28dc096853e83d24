"""Variables that have no value on some path, in generated code: not assigned there, or assigned something that says so.

Python itself notices a local variable without value, if the program reads it. Where it is handed on before anybody
reads it, or where another exception is due (a field that is not set), it holds ``nothing``, which a check finds::

    if x > 9.0:                             if x > 9.0:
        s = x                                   b = x
    s                                       else:
    x_bar = …                                   b = nothing
                                            check_bound(b, AttributeError, "'T' object has no attribute 'b'")
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from s2sad import ops, runtime
from s2sad.backend.names import Names
from s2sad.backend.plan import Plan
from s2sad.ir import UNDEFINED, Arg, Call, Carried, Const, For, Function, If, Stmt, Var, While
from s2sad.ir.flow import choices, closure, users
from s2sad.ir.walk import operands, statements, variables


class Unset:
    """``handed_on``: the variables that may have no value and are handed on before anybody uses them, to a list or to
    another name; they must be ``None`` then, because Python would raise where they are only handed on. ``held``: those
    of which the program asks whether they have one, and Python would not notice: they are ``nothing``."""

    def __init__(self, fn: Function, plan: Plan, names: Names) -> None:
        self.plan = plan
        self.sources: dict[Var, tuple[Arg, ...]] = {}
        checks: list[Call] = []
        kept: list[Var] = []
        for s in statements(fn.body):
            self.sources.update(choices(s))
            if isinstance(s, (For, While)):
                kept += variables(*(end.result for end in s.ends if not isinstance(end, Carried)))
            elif isinstance(s, Call) and s.op is runtime.check_bound:
                checks.append(s)
        maybe = self.reached_by(UNDEFINED)
        moved = [v for w, args in self.sources.items() for a in args for v in variables(a)
                 if v in maybe and not (a is v and names.same(v, w))]
        handed_on = self.origins((*maybe.intersection(kept), *moved), maybe)
        filled = self.reached_by(UNDEFINED, handed_on) | self.reached_by(runtime.NOTHING)
        self.held = self.origins((v for s in checks for v in variables(s.args[0])
                                  if not _is_noticed(s, v) or v in filled), maybe)
        self.handed_on = handed_on | self.held

    def reached_by(self, value: object, through: Collection[Var] | None = None) -> set[Var]:
        """The variables that may be a certain constant, as it is given to some of them or to any."""
        flow = users({v: [a for a in args if isinstance(a, Var)] for v, args in self.sources.items()})
        start = [v for v, args in self.sources.items() if (through is None or v in through) and any(
            isinstance(a, Const) and a.value is value for a in args)]
        return closure(start, lambda v: flow.get(v, ()))

    def origins(self, found: Iterable[Var], maybe: set[Var]) -> set[Var]:
        """Some variables and those that they may be, as far as these may have no value."""
        return closure(found, lambda v: [a for a in self.sources.get(v, ()) if isinstance(a, Var) and a in maybe])

    def is_silent(self, s: Stmt, rest: Sequence[Stmt], result: Arg | None) -> bool:
        """Whether a check needs no line: Python notices it in the next line that is certainly run."""
        if not (isinstance(s, Call) and s.op is runtime.check_bound and isinstance(s.args[0], Var)):
            return False
        x = s.args[0]
        if x in self.held:
            return False
        for t in rest:
            if not self.plan.prints(t):
                continue
            args = (t.test,) if isinstance(t, If) else operands(t)
            if not isinstance(t, While) and x in self.plan.leaves(*args):
                return True
            if not isinstance(t, Call) or ops.of(t.op).effect not in (ops.Effect.NONE, ops.Effect.STATE):
                return False
        return result is not None and x in self.plan.leaves(result)


def _is_noticed(check: Call, x: Var) -> bool:
    """Whether Python raises the exception of a check by itself where a local variable of that name is read."""
    error, text = check.args[1:]
    assert isinstance(error, Const) and isinstance(text, Const)
    return error.value is UnboundLocalError and f"'{x.name}'" in text.value
