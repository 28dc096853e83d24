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

from s2sad import runtime
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
from s2sad.ir.effects import CREATES, SHARES, UPDATES, VIEWS, has_effect
from s2sad.ir.opnames import global_name
from s2sad.ir.walk import blocks, call_args, operands, statements, variables


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

READ_ONLY = {np.broadcast_to, runtime.broadcast_like, np.broadcast_arrays, np.diagonal, np.diag, np.imag,
             np.linalg.diagonal,
             np.lib.stride_tricks.sliding_window_view, np.lib.stride_tricks.as_strided}
MAY_RETURN = {np.einsum, np.linalg.matrix_power, np.broadcast_arrays, np.atleast_1d, np.atleast_2d, np.atleast_3d,
              np.matrix_transpose, np.linalg.matrix_transpose, np.linalg.diagonal, np.meshgrid, np.trim_zeros,
              np.array, max, min, sum, sorted}
"""Operations that may return one of their arguments, or a view of it."""
JOINS = {operator.add, operator.mul, operator.concat, runtime.add}
"""Operations whose result, if it is a list, holds what the operands hold."""
MAKES_NEW = {abs, round, divmod, pow, runtime.copy, runtime.zeros_like, runtime.masked_product, runtime.recurrence,
             runtime.cofactors, runtime.cofactors_along}
MAKES_SCALARS = {float, int, bool, complex, len, range, str, repr, isinstance, type, any, all, hash, np.shape, np.ndim,
                 np.size}
IMPURE = {iter, compile, globals, locals, vars, id, runtime.enter, runtime.leave, runtime.drawn}
IN_PLACE = UPDATES - {runtime.setitem, runtime.add_at, runtime.add_view, runtime.setview, runtime.append, runtime.pop}


def is_pure(op: object) -> bool:
    """Whether a call may be moved, as far as its operands allow: no effect, no hidden state."""
    if op in IMPURE or has_effect(op):
        return False
    if isinstance(op, type) and op.__module__ != "builtins" and not issubclass(op, (np.generic, np.dtype)):
        return False  # an object with a state of its own
    name = global_name(op)
    return name is not None and not name.startswith(("np.random.", "scipy.stats."))


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
        self.pure: dict[object, bool] = {}
        self.new: dict[object, bool] = {}
        self.plain: dict[object, bool] = {}
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

    def is_pure(self, op: object) -> bool:
        """``is_pure``, looked up once per operation."""
        known = self.pure.get(op)
        if known is None:
            known = self.pure[op] = is_pure(op)
        return known

    def is_update(self, call: Stmt) -> bool:
        """Whether the call writes into its first argument."""
        return isinstance(call, Call) and call.op in UPDATES

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
                    for out, a, b in zip(stmt.outs, stmt.then.results, stmt.orelse.results):
                        (top_a, in_a), (top_b, in_b) = self.pair(a), self.pair(b)
                        self.define(out, top_a | top_b, in_a | in_b)
                case _:
                    self.loop(stmt)

    def call(self, call: Call) -> None:
        op, outs = call.op, call.outs
        if self.is_update(call):
            return self.update(call)
        if op in MAKES_SCALARS:
            for out in outs:
                self.define(out, NONE, NONE)
            return None
        if op is operator.getitem:
            return self.define(outs[0], *self.item(call))
        if self.is_plainly_new(op):
            for out in outs:
                self.define(out, NONE if out.fact.is_scalar else self.fresh(),
                            self.fresh() if holds_references(out.fact) else NONE)
            return None
        args = frozenset().union(*map(self.reach, call_args(call)))
        anything = op in MAY_RETURN or self.is_unclear(op)
        if anything or op in VIEWS:
            base = args if anything else self.reach(call.args[0])
            extra = frozenset({FOREIGN}) if op in READ_ONLY or _names_imag(call) else NONE
            for out in outs:
                self.define(out, base | extra | self.fresh(), base | extra)
        elif not self.is_pure(op):
            for out in outs:
                self.define(out, args | self.fresh() | {FOREIGN}, args | {FOREIGN})
        else:
            held = NONE
            if op in JOINS:
                held = frozenset().union(*map(self.held, call_args(call)))
            elif op in SHARES or not self.makes_new(op):
                held = args
            for out in outs:
                self.define(out, self.fresh(), held | self.fresh())
        return None

    def is_plainly_new(self, op: object) -> bool:
        """Whether whatever an operation returns is new, and holds nothing of its arguments."""
        known = self.plain.get(op)
        if known is None:
            kept = op in MAY_RETURN or op in VIEWS or op in JOINS or op in SHARES or self.is_unclear(op)
            known = op is runtime.drawn or (not kept and self.is_pure(op) and self.makes_new(op))
            self.plain[op] = known
        return known

    def is_unclear(self, op: object) -> bool:
        """Methods of arrays and our own primitives may return a view or the argument itself, unless they are known."""
        if op in VIEWS or op in CREATES or op in MAKES_NEW or op in JOINS:
            return False
        return getattr(op, "__objclass__", None) is np.ndarray or getattr(op, "__module__", None) == runtime.__name__

    def makes_new(self, op: object) -> bool:
        """Whether an operation makes an array or a number of its own."""
        known = self.new.get(op)
        if known is None:
            head, _, rest = (global_name(op) or "").partition(".")
            known = op in MAKES_NEW or (head in ("np", "math", "cmath", "scipy") if rest else hasattr(operator, head))
            self.new[op] = known
        return known

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
        return isinstance(value, (list, np.ndarray)) or (type(value) is tuple and any(isinstance(v, (list, np.ndarray))
                                                                                     for v in value))
    return index.fact.kind == "list" or (index.fact.is_array and index.fact.ndim not in (0, None))


def _immutable(const: Const) -> bool:
    value = const.value
    if type(value) is tuple:
        return all(_immutable(Const(v)) for v in value)
    plain = (int, float, complex, str, bytes, np.generic, np.dtype, type, range, slice)
    return value is None or value is ... or value is UNDEFINED or isinstance(value, plain)


def _names_imag(call: Call) -> bool:
    return call.op is builtins.getattr and isinstance(call.args[1], Const) and call.args[1].value == "imag"


def count_uses(fn: Function) -> dict[Var, int]:
    """How often each variable is read, anywhere."""
    uses: dict[Var, int] = {}

    def read(*args: Arg) -> None:
        for v in variables(*args):
            uses[v] = uses.get(v, 0) + 1

    read(*fn.body.results)
    for stmt in statements(fn.body):
        match stmt:
            case Call():
                read(*call_args(stmt))
            case If():
                read(stmt.test, *stmt.then.results, *stmt.orelse.results)
            case _:
                read(*operands(stmt), *(r for b in blocks(stmt) for r in b.results))
    return uses
