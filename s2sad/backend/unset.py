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
from s2sad.ir import UNDEFINED, Arg, Block, Call, Carried, Const, For, Function, If, Stmt, Var, While
from s2sad.ir.flow import choices, closure, users
from s2sad.ir.walk import blocks, operands, statements, variables


class Unset:
    """``handed_on``: the variables that may have no value and are handed on before anybody uses them, to a list or to
    another name; they must be ``None`` then, because Python would raise where they are only handed on. ``held``: those
    of which the program asks whether they have one, and Python would not notice: they are ``nothing``."""

    def __init__(self, fn: Function, plan: Plan, names: Names) -> None:
        self.plan = plan
        self.sources: dict[Var, tuple[Arg, ...]] = {v: args for s in statements(fn.body) for v, args in choices(s)}
        self.asked: dict[Var, Call] = {}
        self.moves: list[tuple[Var | None, Var]] = []
        self.walk(fn.body, frozenset())
        maybe = self.reached_by(UNDEFINED)
        moved = [v for w, v in self.moves if v in maybe and not (w is not None and (w is v or names.same(v, w)))]
        handed_on = self.origins(moved, maybe)
        filled = self.reached_by(UNDEFINED, handed_on) | self.reached_by(runtime.NOTHING)
        groups = _Groups(fn, names) if self.asked else None
        self.held = self.origins((v for v, s in self.asked.items() if v in filled or not _is_noticed(s, v) or (
            groups is not None and groups.is_given(v, maybe))), maybe)
        self.handed_on = handed_on | self.held

    def walk(self, block: Block, sure: frozenset[Var]) -> frozenset[Var]:
        """Note who is handed on to whom (None: to a list) and who is asked for a value; the variables that certainly
        have one at the end, where they certainly have at the start."""
        for s in block.stmts:
            if isinstance(s, Call) and s.op is runtime.check_bound:
                self.asked.update((v, s) for v in variables(s.args[0]))
                sure = sure.union(variables(s.args[0]))
            elif isinstance(s, If):
                for side in (s.then, s.orelse):
                    self.note(self.walk(side, sure), zip(s.outs, side.results))
            elif isinstance(s, (For, While)):
                self.note(sure, ((c.param, c.init) for c in s.carried))
                end = self.walk(s.body, sure)
                self.note(end, ((c.param, c.result) for c in s.carried))
                self.note(end, ((None, e.result) for e in s.ends if not isinstance(e, Carried)))
        return sure

    def note(self, sure: frozenset[Var], pairs: Iterable[tuple[Var | None, Arg]]) -> None:
        self.moves += [(w, v) for w, a in pairs for v in variables(a) if v not in sure]

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


class _Groups:
    """Who shares a name of Python with a variable, and in which blocks that gets a value. ``inside``: each block and
    those in it."""

    def __init__(self, fn: Function, names: Names) -> None:
        self.names = names
        self.home: dict[Var, Block] = {}
        self.inside: dict[Block, set[Block]] = {}
        self.enter(fn.body)

    def enter(self, block: Block) -> set[Block]:
        self.home.update((v, block) for v in (*block.params, *(o for s in block.stmts for o in s.outs)))
        found = {block}
        for s in block.stmts:
            for inner in blocks(s):
                found |= self.enter(inner)
        self.inside[block] = found
        return found

    def is_given(self, x: Var, maybe: set[Var]) -> bool:
        """Whether the name of ``x`` may have a value where ``x`` has none: somebody else's. In a block that ends with a
        value for ``x``, whatever the name has before is its own."""
        sure = {v: b for v, b in self.home.items() if v not in maybe and self.names.same(v, x)}
        own: set[Block] = set()
        for block, inside in self.inside.items():
            if any(isinstance(r, Var) and r in sure and sure[r] in inside for r in block.results):
                own |= inside
        return not own.issuperset(sure.values())


def _is_noticed(check: Call, x: Var) -> bool:
    """Whether Python raises the exception of a check by itself where a local variable of that name is read."""
    error, text = check.args[1:]
    assert isinstance(error, Const) and isinstance(text, Const)
    return error.value is UnboundLocalError and f"'{x.name}'" in text.value
