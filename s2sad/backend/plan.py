"""Which statements print as statements, and which as part of the expression that uses them.

A value that is used once, by a later statement of the same block, is folded into it::

    t1 = np.cos(p)
    t2 = t_bar * t1         ->      p_bar = t_bar * np.cos(p)

unless the line gets too long, or something in between writes memory that the value reads, or gives one of the names it
reads to a new value. ``range(n)`` is cheap and is written out wherever a loop runs over it.
"""
from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from s2sad import ops, runtime
from s2sad.ir import UNDEFINED, Arg, Block, Call, Carried, Const, For, Function, If, Pack, Stmt, Var, While
from s2sad.ir.inert import is_a
from s2sad.ir.opnames import op_name
from s2sad.ir.symbols import INFIX, PREFIX
from s2sad.ir.walk import blocks, call_args, operands, statements, variables
from s2sad.memory.alias import Memory, Roots, touches
from s2sad.memory.conflicts import fused_updates

WIDTH = 88
SHORT = 60
"""A named value of one statement of the user folds into another statement only if the line stays this short."""

TEMPORARY = re.compile(r"|_.*|t_?\d*|.*\W.*")


@dataclass
class Pending:
    """A folded value that waits for its use: the memory and the names that it reads, and whether the function may
    raise there."""

    reads: Roots
    names: frozenset[str]
    raises: bool


@dataclass
class Plan:
    """``folded``: variables that stand for an expression, and the statement that is it. ``fused``: writes ``a[i] = t2``
    that print as ``a[i] += v``, with the in-place call. ``withs``: calls that enter a ``with`` block, and those that
    leave it. ``hidden``: statements that print nothing themselves. ``definition``: the calls that make one value."""

    fn: Function
    memory: Memory
    folded: dict[Var, Any] = field(default_factory=dict)
    fused: dict[Call, Call] = field(default_factory=dict)
    withs: dict[Call, Call] = field(default_factory=dict)
    hidden: set[Stmt] = field(default_factory=set)
    definition: dict[Var, Call] = field(init=False)

    def __post_init__(self) -> None:
        found = (s for s in statements(self.fn.body) if isinstance(s, Call) and len(s.outs) == 1)
        self.definition = {s.outs[0]: s for s in found}

    @property
    def uses(self) -> dict[Var, int]:
        return self.memory.uses

    def used(self, v: Var) -> bool:
        return self.uses.get(v, 0) > 0

    def reads(self, stmt: Stmt) -> tuple[Arg, ...]:
        """The arguments that appear in the text of a statement."""
        if stmt in self.fused:
            return (*stmt.args[:2], *self.fused[stmt].args[1:])
        return operands(stmt)

    def leaves(self, *args: Arg) -> Iterator[Var]:
        """The named variables in the text of some arguments."""
        for v in variables(*args):
            stmt = self.folded.get(v)
            if stmt is None:
                yield v
            elif isinstance(stmt, If):
                yield from self.leaves(stmt.test, *stmt.then.results, *stmt.orelse.results)
            else:
                yield from self.leaves(*self.reads(stmt))

    def prints(self, stmt: Stmt) -> bool:
        """Whether a statement has a line of its own."""
        return stmt not in self.hidden and not (len(stmt.outs) == 1 and self.folded.get(stmt.outs[0]) is stmt)

    def is_expression(self, stmt: If) -> bool:
        """Whether an ``If`` chooses between two expressions."""
        return len(stmt.outs) == 1 and not any(self.prints(s) for b in blocks(stmt) for s in b.stmts)


def plan(fn: Function) -> Plan:
    """Decide what is folded."""
    made = Plan(fn, Memory(fn))
    _Folding(made).run()
    return made


def is_temporary(name: str) -> bool:
    """Whether a name is nobody's choice."""
    return TEMPORARY.fullmatch(name) is not None


def is_scalar_update(call: Call) -> bool:
    """``x += v`` on a number: nothing is written, so it is an ordinary operation."""
    return ops.of(call.op).augmented and not isinstance(call.args[0], Pack) and (
        isinstance(call.args[0], Const) or call.args[0].fact.is_scalar)


class _Folding:
    def __init__(self, made: Plan) -> None:
        self.plan, self.memory = made, made.memory
        self.role: dict[Var, set[str]] = {}
        self.site: dict[Var, Block] = {}
        self.lengths: dict[Var, int] = {}
        self.stops = {s.body: s.stop.result for s in statements(made.fn.body) if isinstance(s, (For, While)) and s.stop}

    def run(self) -> None:
        fn = self.plan.fn
        self.sites(fn.body)
        self.ranges()
        self.block(fn.body, 1)

    def sites(self, block: Block) -> None:
        """Note where and how each variable is used."""
        for f in fused_updates(block, self.plan.uses):
            self.plan.fused[f.write] = f.update
            self.plan.hidden |= {f.read, f.update}
            for v in variables(f.read.args[1]):
                self.plan.uses[v] -= 1
        self.withs(block)
        for s in block.stmts:
            if s in self.plan.hidden:
                continue
            roles = ["plain"] * len(self.plan.reads(s))
            if isinstance(s, (For, While)):
                roles = [*("iter" for _ in s.walked), *("init" for _ in s.carried)]
            elif isinstance(s, Call) and self.memory.is_update(s) and not is_scalar_update(s):
                roles[0] = "target"
            for arg, role in zip(self.plan.reads(s), roles):
                self.note(arg, role, block)
            for inner in blocks(s):
                self.sites(inner)
            for inner, role, results in _results(s):
                for result in results:
                    self.note(result, role, inner)
        if block is self.plan.fn.body:
            self.note(block.results[0], "return", block)

    def withs(self, block: Block) -> None:
        """Pair the calls that enter and leave a context manager in one block."""
        entered: dict[Var, Call] = {}
        for s in block.stmts:
            if not isinstance(s, Call) or s.op not in (runtime.enter, runtime.leave) or not isinstance(s.args[0], Var):
                continue
            manager = s.args[0]
            if s.op is runtime.enter:
                entered[manager] = s
            elif manager in entered:
                self.plan.withs[entered.pop(manager)] = s
                self.plan.hidden.add(s)
                self.plan.uses[manager] -= 1

    def note(self, arg: Arg, role: str, block: Block) -> None:
        for v in variables(arg):
            self.role.setdefault(v, set()).add(role if role != "iter" or arg is v else "plain")
            self.site[v] = block

    def ranges(self) -> None:
        """Fold every ``range`` that only loops use, however many."""
        definition = self.plan.definition

        def cheap(arg: Arg) -> bool:
            if not isinstance(arg, Var):
                return isinstance(arg, Const)
            call = definition.get(arg)
            if call is not None and self.plan.uses[arg] == 1 and call.op in INFIX and arg.fact.kind == "int":
                return all(map(cheap, call.args))
            return arg.fact.kind == "int" or arg.fact.is_scalar or arg.fact.kind == "unknown"

        def fold(v: Var) -> None:
            call = definition[v]
            self.plan.folded[v] = call
            for arg in call.args:
                if isinstance(arg, Var) and arg in definition and self.plan.uses[arg] == 1 and (
                        definition[arg].op in INFIX and arg.fact.kind == "int"):
                    fold(arg)

        for v, call in definition.items():
            only_loops = call.op is range and self.role.get(v) == {"iter"}
            if only_loops and all(map(cheap, call.args)):
                fold(v)

    def block(self, block: Block, depth: int, into_results: bool = False) -> None:
        """Fold what can be folded in a block."""
        pending: dict[Var, Pending] = {}
        for s in block.stmts:
            if isinstance(s, Call) and s.op in (runtime.enter, runtime.leave):
                manager = s.args[0] if s not in self.plan.hidden else None
                for v in [v for v in pending if v is not manager]:
                    del self.plan.folded[v], pending[v]  # nothing moves into a `with` block, or out of it
            if not self.plan.prints(s):
                continue
            if isinstance(s, If):
                self.branches(s, depth)
            else:
                for inner in blocks(s):
                    self.block(inner, depth + 1)
            parts = [v for v in variables(*self.plan.reads(s)) if v in pending]
            if parts:
                self.fit(s, depth, pending, parts)
            taken = [pending.pop(v) for v in parts if v in pending]
            if self.may_fold(s, block, into_results):
                self.plan.folded[s.outs[0]] = s
                self.lengths[s.outs[0]] = self.length_of(s)
                pending[s.outs[0]] = self.pending(s, taken)
            else:
                self.disturb(s, pending)
        stop = self.stops.get(block)
        if stop in pending:
            if set(self.plan.leaves(stop)) & set(block.params):
                del self.plan.folded[stop]  # the test for `break` comes when the parameters have their next values

    def branches(self, s: If, depth: int) -> None:
        """Fold the two blocks of an ``If``; if all of it folds, it is a conditional expression."""
        whole = len(s.outs) == 1 and not (s.loc is not None and re.match(r"(el)?if\b", s.loc.text))
        whole = whole and UNDEFINED not in [getattr(b.results[0], "value", None) for b in blocks(s)]
        for inner in blocks(s):
            self.block(inner, depth + 1, whole)
        if whole and not (self.plan.is_expression(s) and self.length_of_choice(s) + 4 * depth < WIDTH - 8):
            for inner in blocks(s):
                for v in variables(*inner.results):
                    if self.role[v] == {"result"} and self.plan.folded.get(v) in inner.stmts:
                        del self.plan.folded[v]

    def may_fold(self, s: Stmt, block: Block, into_results: bool) -> bool:
        if len(s.outs) != 1 or self.plan.uses.get(s.outs[0], 0) != 1 or self.site.get(s.outs[0]) is not block:
            return False
        out = s.outs[0]
        (role,) = self.role[out]
        if role in ("target", "init", "carried") or (role == "result" and not into_results):
            return False
        if role == "return" and not is_temporary(out.name):
            return False
        if isinstance(s, If):
            return self.plan.is_expression(s)
        if not isinstance(s, Call) or not ops.of(s.op).is_pure:
            return False
        return is_scalar_update(s) or not self.memory.is_update(s)

    def pending(self, s: Stmt, taken: list[Pending]) -> Pending:
        args = (s.test, *s.then.results, *s.orelse.results) if isinstance(s, If) else self.plan.reads(s)
        leaves = list(self.plan.leaves(*args))
        reads = frozenset().union(*(p.reads for p in taken))
        if not (isinstance(s, Call) and ops.of(s.op).reads_shape and all(v.fact.is_array for v in leaves)):
            reads = reads.union(*map(self.memory.reach, leaves))
        raises = False
        if isinstance(s, Call) and not s.adjoint and s.loc is not None:
            raises = ops.of(s.op).raises is not ops.Raises.NEVER
        return Pending(reads, frozenset(v.name for v in leaves), raises or any(p.raises for p in taken))

    def disturb(self, s: Stmt, pending: dict[Var, Pending]) -> None:
        """A statement that prints: what waits for its use may not wait past it."""
        if not pending:
            return
        inner: list[Any] = [s, *(t for b in blocks(s) for t in statements(b))]
        written = frozenset().union(*(self.memory.written(t) for t in inner if self.memory.is_update(t)))
        written = written.union(*(self.memory.reach(a) for t in inner if isinstance(t, Call) and ops.of(
            t.op).effect is ops.Effect.UNKNOWN for a in call_args(t)))
        names = {v.name for t in inner for v in (*t.outs, *(p for b in blocks(t) for p in b.params))}
        acts = any(isinstance(t, Call) and ops.of(t.op).has_effect and ops.of(t.op).effect is not ops.Effect.ERROR
                   for t in inner)
        for v, p in list(pending.items()):
            if p.names & names or touches(p.reads, written) or (acts and p.raises):
                del self.plan.folded[v], pending[v]

    def fit(self, s: Stmt, depth: int, pending: dict[Var, Pending], parts: list[Var]) -> None:
        """Give lines of their own to the longest parts of a statement until it fits on its line."""
        for v in list(parts):
            if self.foreign(v, self.plan.folded[v], s) and self.line(s, depth) > SHORT:
                parts.remove(v)
                del self.plan.folded[v], pending[v]
        while parts and self.line(s, depth) > WIDTH:
            longest = max(parts, key=self.length)
            parts.remove(longest)
            del self.plan.folded[longest], pending[longest]

    def foreign(self, v: Var, stmt: Stmt, user: Stmt) -> bool:
        """Whether a named value comes from another statement of the user."""
        return (not is_temporary(v.name) and stmt.loc is not None and user.loc is not None
                and (stmt.loc.file, stmt.loc.line) != (user.loc.file, user.loc.line))

    def line(self, s: Stmt, depth: int) -> int:
        """The estimated length of the line that a statement prints as."""
        indent = 4 * depth
        if isinstance(s, If):
            if self.plan.is_expression(s):
                return indent + len(s.outs[0].name) + 3 + self.length_of_choice(s)
            return indent + 4 + self.length(s.test)
        if isinstance(s, For):
            header = 10 + sum(len(w.item.name) + self.length(w.sequence) + 4 + 10 * s.reverse for w in s.walked)
            return indent + max([header, *(self.length(c.init) + 10 for c in s.carried)])
        if isinstance(s, While):
            return indent + max([0, *(self.length(c.init) + 10 for c in s.carried)])
        if s.op in (runtime.setitem, runtime.add_at):
            return indent + sum(self.length(a) for a in self.plan.reads(s)) + 6
        return indent + sum(len(v.name) + 2 for v in s.outs) + 1 + self.length_of_call(s)

    def length_of(self, s: Any) -> int:
        return self.length_of_choice(s) if isinstance(s, If) else self.length_of_call(s)

    def length_of_choice(self, s: If) -> int:
        return 10 + sum(self.length(a) for a in (s.test, s.then.results[0], s.orelse.results[0]))

    def length(self, arg: Arg) -> int:
        """The estimated length of an argument's text."""
        if isinstance(arg, Const):
            plain = is_a(arg.value, (int, float, str))
            return len(arg.name) if arg.name else len(repr(arg.value)) if plain else 8
        if isinstance(arg, Pack):
            if arg.kind == "slice":
                return 2 + sum(self.length(a) for a in arg.items if not (isinstance(a, Const) and a.value is None))
            return 2 + sum(self.length(a) + 2 for a in arg.items)
        stmt = self.plan.folded.get(arg)
        if stmt is None:
            return len(arg.name)
        return self.lengths[arg] if arg in self.lengths else self.length_of_call(stmt)

    def length_of_call(self, call: Call) -> int:
        parts = [self.length(a) for a in call_args(call)]
        if call.op in INFIX or ops.of(call.op).augmented:
            return sum(parts) + 4
        if call.op in PREFIX:
            return sum(parts) + 1
        if call.op is operator.getitem:
            return sum(parts) + 2
        keywords = sum(len(k) + 1 for k, _ in call.kwargs)
        return len(op_name(call.op)) + 2 + sum(parts) + 2 * max(0, len(parts) - 1) + keywords


def _results(s: Stmt) -> Iterator[tuple[Block, str, list[Arg]]]:
    """The results of the blocks of a statement, and what becomes of them: a few are moved into variables."""
    match s:
        case If():
            for inner in blocks(s):
                yield inner, "result", list(inner.results)
        case For() | While():
            if isinstance(s, While):
                yield s.test, "plain", [s.condition]
            for end in s.ends:
                yield s.body, "carried" if isinstance(end, Carried) else "plain", [end.result]
