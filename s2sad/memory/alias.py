"""Which variables may share memory.

Every variable gets two sets of *roots*, names for pieces of memory: its own memory (``top``) and what it holds by
reference (``inner``, for lists). An operation that makes a fresh value makes a root; a view has those of what it views.

A root made inside a loop stands for the object of the current trip only. What a trip gets from the trips before it
has a root of its own per carried value, and two carried values share one only where their first values or the results
of a trip may share memory. So the two buffers of ``a, b = b, a`` stay apart.

    >>> import numpy as np, operator
    >>> from s2sad.ir import Block, Call, Const, Function, Pack, Var
    >>> n, a, p = Var("n"), Var("a"), Var("p")
    >>> row = Call((p,), operator.getitem, (a, Pack("slice", (Const(1), Const(None), Const(None)))))
    >>> memory = Memory(Function("f", Block((n,), (Call((a,), np.zeros, (n,)), row), (p,))))
    >>> touches(memory.reach(p), memory.reach(a))
    True
"""
from __future__ import annotations

import builtins
import itertools
import operator
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from s2sad import ops, runtime
from s2sad.ir import (
    UNDEFINED,
    Arg,
    Block,
    Call,
    Carried,
    Collected,
    Const,
    Fact,
    For,
    Function,
    If,
    Pack,
    Stmt,
    Var,
    While,
)
from s2sad.ir.inert import is_a
from s2sad.ir.walk import blocks, call_args, count_uses, ends
from s2sad.ops import Memory as Kind


@dataclass(eq=False, slots=True)
class Root:
    """A piece of memory. ``parts``: older roots that it may be; ``family``: roots of one family are disjoint.

    ``mask`` has a bit for this root and for everything that it may be: where two masks have no bit in common, two roots
    have no memory in common. ``foreign``: it may be memory that is not ours."""

    serial: int
    parts: frozenset[Root] = frozenset()
    family: object = None
    mask: int = 0
    foreign: bool = False


Roots = frozenset[Root]
NONE: Roots = frozenset()
FOREIGN = Root(0, foreign=True)
"""Memory that is not ours to write: arguments, captured objects, read-only arrays."""

def touches(a: Iterable[Root], b: Collection[Root]) -> bool:
    """Whether two sets of roots may have memory in common. Foreign memory does not count: nobody writes it."""
    apart: set[tuple[int, int]] = set()
    return any(x.mask & y.mask and _same(x, y, apart) for x in a for y in b)


def mask_of(roots: Iterable[Root]) -> int:
    """The masks of some roots in one: ``mask_of(a) & mask_of(b) == 0`` is a quick no to ``touches(a, b)``."""
    mask = 0
    for r in roots:
        mask |= r.mask
    return mask


def has_foreign(roots: Iterable[Root]) -> bool:
    """Whether some of it may be memory that is not ours."""
    return any(r.foreign for r in roots)


def _same(a: Root, b: Root, apart: set[tuple[int, int]]) -> bool:
    """``apart``: pairs of which it is known that they have nothing in common."""
    if a is b:
        return a is not FOREIGN
    if a.family is not None and a.family is b.family:
        return False
    if a.serial < b.serial:
        a, b = b, a
    if (a.serial, b.serial) in apart:
        return False
    found = any(part.mask & b.mask and _same(part, b, apart) for part in a.parts)
    if not found:
        apart.add((a.serial, b.serial))
    return found


def _older(roots: Iterable[Root], serial: int) -> set[Root]:
    """The roots, in terms of those made before ``serial``."""
    found: set[Root] = set()
    todo, seen = list(roots), set(roots)
    while todo:
        r = todo.pop()
        if r.serial < serial:
            found.add(r)
            continue
        todo += r.parts - seen
        seen |= r.parts
    return found


def holds_references(fact: Fact) -> bool:
    """Whether a value may refer to other objects: everything but scalars and arrays of numbers."""
    return not fact.is_scalar and not (fact.is_array and fact.dtype != object)


class Memory:
    """The roots of every variable of a function."""

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.top: dict[Var, Roots] = {}
        self.inner: dict[Var, Roots] = {}
        self.masks: dict[Var, int] = {}
        self.kept: dict[Collected, Roots] = {}
        self.serial = itertools.count(1)
        self.uses = count_uses(fn)
        for p in fn.params:
            self.define(p, frozenset({FOREIGN}), frozenset({FOREIGN}))
        self.block(fn.body)

    def reach(self, arg: Arg) -> Roots:
        """All memory that can be reached from an argument."""
        if isinstance(arg, Var):
            return self.top[arg] | self.inner[arg]
        if isinstance(arg, Pack):
            return frozenset().union(*map(self.reach, arg.items))
        return NONE if _immutable(arg) else frozenset({FOREIGN})

    def is_update(self, call: Stmt) -> bool:
        """Whether the call writes into its first argument."""
        return isinstance(call, Call) and ops.of(call.op).updates

    def written(self, call: Call) -> Roots:
        """The memory that an update writes."""
        target = call.args[0]
        if isinstance(target, Const):
            return self.reach(target)
        if not isinstance(target, Var):
            return NONE
        if call.op in (runtime.setview, runtime.add_view):
            return self.reach(target)
        return self.top[target]

    def fresh(self, parts: Iterable[Root] = (), family: object = None) -> Roots:
        older = frozenset(parts)
        serial = next(self.serial)
        return frozenset({Root(serial, older, family, mask_of(older) | 1 << serial, has_foreign(older))})

    def define(self, v: Var, top: Roots, inner: Roots) -> None:
        if v.fact.is_scalar or v.fact.kind in ("none", "str", "range"):
            top = inner = NONE
        elif not holds_references(v.fact):
            inner = NONE
        self.top[v], self.inner[v] = top, inner
        self.masks[v] = mask_of(top) | mask_of(inner)

    def pair(self, arg: Arg) -> tuple[Roots, Roots]:
        """Own memory and memory held, of an argument that becomes a value of its own."""
        if isinstance(arg, Var):
            return self.top[arg], self.inner[arg]
        if isinstance(arg, Pack):
            return self.fresh(), self.reach(arg)
        return self.reach(arg), self.reach(arg)

    def block(self, block: Block) -> None:
        for stmt in block.stmts:
            match stmt:
                case Call():
                    self.call(stmt)
                case If():
                    self.block(stmt.then)
                    self.block(stmt.orelse)
                    for out, a, b in ends(stmt):
                        (top_a, in_a), (top_b, in_b) = self.pair(a), self.pair(b)
                        self.define(out, top_a | top_b, in_a | in_b)
                case _:
                    self.loop(stmt)

    def call(self, call: Call) -> None:
        known, outs = ops.of(call.op), call.outs
        kind = known.uncopied if known.uncopied is not None and _may_be_uncopied(call) else known.memory
        if kind is Kind.UPDATE:
            return self.update(call)
        if call.op is operator.getitem:
            return self.define(outs[0], *self.item(call))
        if kind is Kind.NONE:
            for out in outs:
                self.define(out, NONE, NONE)
        elif kind is Kind.FRESH:
            for out in outs:
                self.define(out, NONE if out.fact.is_scalar else self.fresh(),
                            self.fresh() if holds_references(out.fact) else NONE)
        elif kind in (Kind.HOLDS, Kind.JOINS):
            held = frozenset().union(*map(self.held if kind is Kind.JOINS else self.reach, call_args(call)))
            for out in outs:
                self.define(out, self.fresh(), held | self.fresh())
        else:
            self.shared(call, known, kind)
        return None

    def shared(self, call: Call, known: ops.Operation, kind: Kind) -> None:
        """The results of an operation that may be, or view, arguments of it; of one of which nothing is known, anything
        that is not ours as well."""
        named = tuple(a for _, a in call.kwargs)
        given = known.sources(call.args, named) if kind in (Kind.VIEW, Kind.MAYBE) else call_args(call)
        args = frozenset().union(*map(self.reach, given or call_args(call)))
        if kind is Kind.UNKNOWN or known.read_only or _names_imag(call):
            args |= {FOREIGN}
        for out in call.outs:
            self.define(out, args | self.fresh(), args)

    def held(self, arg: Arg) -> Roots:
        if isinstance(arg, Var):
            return self.inner[arg]
        return self.reach(arg) if isinstance(arg, Pack) else NONE

    def update(self, call: Call) -> None:
        top, inner = self.pair(call.args[0])
        others = frozenset().union(*map(self.reach, call.args[1:]))
        if call.op is runtime.pop:
            self.define(call.outs[0], top, inner)
            self.define(call.outs[1], inner, inner)
            return
        fact = call.args[0].fact if isinstance(call.args[0], Var) else Fact()
        if call.op in (runtime.setitem, runtime.add_at, runtime.add_view, runtime.setview, runtime.append):
            self.define(call.outs[0], top, inner | others)
        else:
            self.define(call.outs[0], top if fact.is_array else top | self.fresh(), inner | others)

    def item(self, call: Call) -> tuple[Roots, Roots]:
        """``a[index]``: a view for a basic index of an array, what it holds for a list."""
        base, index = call.args
        fact = base.fact if isinstance(base, Var) else Fact()
        top, inner = self.pair(base)
        if fact.is_array:
            return (self.fresh() if is_advanced(index) else top) | inner, inner
        if fact.kind in ("list", "tuple", "dict"):
            return inner | self.fresh(), inner
        return top | inner | self.fresh(), inner | top

    def loop(self, loop: For | While) -> None:
        for w in loop.walked:
            top, inner = self.pair(w.sequence)
            indirect = top if not (isinstance(w.sequence, Var) and w.sequence.fact.kind == "list") else NONE
            self.define(w.item, inner | indirect | self.fresh(), inner | indirect)
        parts = [set(roots) for c in loop.carried for roots in self.pair(c.init)] + [set() for _ in loop.collected]
        group = list(range(len(parts)))
        _merge(group, [frozenset(p) for p in parts])
        while True:
            start = next(self.serial)
            carried, kept = self.tokens(loop, group, parts)
            for c in loop.carried:
                self.define(c.param, *carried[c])
                if c.tested is not None:
                    self.define(c.tested, *carried[c])
            self.kept.update(kept)
            for block in blocks(loop):
                self.block(block)
            results = [roots for c in loop.carried for roots in self.pair(c.result)]
            results += [kept[c] | self.reach(c.result) for c in loop.collected]
            changed = _merge(group, results)
            for part, roots in zip(parts, results):
                older = _older(roots, start)
                changed |= not older <= part
                part |= older
            if not changed:
                break
        carried, kept = self.tokens(loop, group, parts)
        for c in loop.carried:
            self.define(c.out, *carried[c])
        for k in loop.collected:
            self.define(k.out, self.fresh(), kept[k])
        if loop.stop:
            self.define(loop.stop.out, NONE, NONE)

    def tokens(self, loop: For | While, group: list[int], parts: list[set[Root]]
               ) -> tuple[dict[Carried, tuple[Roots, Roots]], dict[Collected, Roots]]:
        """A root for each group: own memory and memory held of what is carried, and what collected values hold."""
        family, made = object(), {}
        for g in dict.fromkeys(group):
            made[g] = self.fresh(set().union(*(p for p, h in zip(parts, group) if h == g)), family)
        tokens = iter([made[g] for g in group])
        carried = {c: (next(tokens), next(tokens)) for c in loop.carried}
        return carried, dict(zip(loop.collected, tokens))


def _merge(group: list[int], sets: list[Roots]) -> bool:
    """Put nodes whose sets may share memory into one group."""
    changed = False
    for i, j in itertools.combinations(range(len(sets)), 2):
        if group[i] != group[j] and touches(sets[i], sets[j]):
            old, new = group[j], group[i]
            group[:] = [new if g == old else g for g in group]
            changed = True
    return changed


def is_advanced(index: Arg) -> bool:
    """Whether an index is certainly advanced, so that indexing an array copies."""
    if isinstance(index, Pack):
        return index.kind == "list" or (index.kind == "tuple" and any(map(is_advanced, index.items)))
    if isinstance(index, Const):
        value = index.value
        return is_a(value, (list, np.ndarray)) or (type(value) is tuple and any(isinstance(v, (list, np.ndarray))
                                                                                     for v in value))
    return index.fact.kind == "list" or (index.fact.is_array and index.fact.ndim not in (0, None))


def _immutable(const: Const) -> bool:
    value = const.value
    if type(value) is tuple:
        return all(_immutable(Const(v)) for v in value)
    plain = (int, float, complex, str, bytes, np.generic, np.dtype, type, range, slice)
    return value is None or value is ... or value is UNDEFINED or is_a(value, plain)


def _may_be_uncopied(call: Call) -> bool:
    """Whether an option ``copy`` that is not True may be given, by name or as a further argument."""
    options = (*call.args[1:], *(a for name, a in call.kwargs if name == "copy"))
    return any(not isinstance(a, Const) or a.value is False or a.value is None for a in options)


def _names_imag(call: Call) -> bool:
    return call.op is builtins.getattr and isinstance(call.args[1], Const) and call.args[1].value == "imag"
