"""Out of SSA: which variables of the IR share a name of Python.

Two variables *interfere* if one is given its value while the other is still needed. The versions of a name, the
carried values of a loop, the results of the branches of an ``If`` and the buffer of an update are merged where they do
not interfere; where they do, the later one gets a suffix and a move ``x_1 = x`` is printed.

    a2 = setitem(a1, i, v)                    a[i] = v
    x3 = for … carry x2 = x1: … yield x4      for …: x = …
"""
from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from s2sad.backend.plan import Plan, is_scalar_update, is_temporary
from s2sad.ir import Arg, Block, Call, Carried, For, If, Stmt, Var, While
from s2sad.ir.opnames import identifier
from s2sad.ir.walk import blocks

AnyLoop = For | While


def appended_early(loop: AnyLoop, plan: Plan) -> dict[Var, list[Var]]:
    """The collected variables that have a line of their own (or are parameters), and the lists each is appended to."""
    defined = set(loop.body.params) | {v for s in loop.stmts if plan.prints(s) for v in s.outs}
    found: dict[Var, list[Var]] = {}
    for c in loop.collected:
        if plan.used(c.out) and isinstance(c.result, Var) and c.result in defined:
            found.setdefault(c.result, []).append(c.out)
    return found


def plural(name: str) -> str:
    """The name of a list of ``name``."""
    return name + "s"


def takes_over(v: Var, w: Var) -> bool:
    """Whether a cotangent ``v`` goes on in the buffer of a value ``w`` that somebody named: it keeps its own name."""
    return v.name.endswith("_bar") and not w.name.endswith("_bar") and not is_temporary(w.name)


class Names:
    """The groups of variables that share a name."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.node: dict[Var, int] = {}
        self.group: list[int] = []
        self.members: list[int] = []
        self.edges: list[int] = []
        self.votes: list[Counter[str]] = []
        self.fixed: dict[int, str] = {}
        self.home: dict[Var, Block] = {}
        self.text: dict[int, str] = {}
        self.unread: set[Var] = set()
        body = plan.fn.body
        for p in body.params:
            self.fixed[self.add(p)] = p.name
        self.collect(body)
        self.walk(body.stmts, self.mask(*body.results))
        params = self.bits(body.params)
        for p in body.params:
            self.interfere(p, params)
        self.merge_all()

    # What the variables are

    def add(self, v: Var, vote: int = 1) -> int:
        k = len(self.group)
        self.node[v] = k
        self.group.append(k)
        self.members.append(1 << k)
        self.edges.append(0)
        self.votes.append(Counter())
        self.vote(v, vote)
        return k

    def vote(self, v: Var, vote: int = 1) -> None:
        self.votes[self.node[v]][v.name] += 0 if is_temporary(v.name) else vote

    def share(self, v: Var, w: Var, vote: int = 2) -> None:
        """``v`` is the same variable of Python as ``w``."""
        self.node[v] = self.node[w]
        self.vote(v, vote)

    def collect(self, block: Block) -> None:
        """Number the variables in the order in which they get their values."""
        for s in block.stmts:
            if isinstance(s, (For, While)):
                self.collect_loop(s)
                continue
            for inner in blocks(s):
                self.collect(inner)
            for out in s.outs:
                self.add(out, 2 if isinstance(s, If) else 1)
                self.home[out] = block

    def collect_loop(self, loop: AnyLoop) -> None:
        for c in loop.carried:
            self.add(c.param, 2)
        for c in loop.carried:
            self.share(c.out, c.param)
        for c in loop.carried:
            if c.tested is not None:
                self.share(c.tested, c.param)
        for kept in loop.collected:
            k = self.add(kept.out)
            if isinstance(kept.result, Var) and kept.result.name == kept.out.name:
                self.votes[k] = Counter({plural(kept.out.name): 1})
        if loop.stop:
            self.add(loop.stop.out)
        for item in (w.item for w in loop.walked):
            self.votes[self.add(item)] = Counter({item.name: 1})
            if not item.name.strip("_") and not self.plan.used(item):
                self.unread.add(item)
        for inner in blocks(loop):
            self.collect(inner)

    # Interference

    def bits(self, variables: Iterable[Var]) -> int:
        mask = 0
        for v in variables:
            mask |= 1 << self.node[v]
        return mask

    def mask(self, *args: Arg) -> int:
        """The variables named in the text of some arguments."""
        return self.bits(self.plan.leaves(*args))

    def interfere(self, v: Var, live: int) -> None:
        k = self.node[v]
        self.edges[k] |= live & ~(1 << k)

    def move(self, v: Var, source: Arg, live: int) -> None:
        """``v`` gets the value of ``source``: the two are equal, so that alone is no reason to keep them apart."""
        if isinstance(source, Var) and source in self.node and source not in self.plan.folded:
            live &= ~(1 << self.node[source])
        self.interfere(v, live)

    def walk(self, stmts: tuple[Stmt, ...], live: int) -> int:
        """Note who interferes, backwards from what is live after some statements; returns what is live before."""
        for s in reversed(stmts):
            if not self.plan.prints(s):
                continue
            match s:
                case Call():
                    live = self.call(s, live)
                case If():
                    live = self.branch(s, live)
                case _:
                    live = self.loop(s, live)
        return live

    def call(self, call: Call, live: int) -> int:
        reads = self.mask(*self.plan.reads(call))
        defined = self.bits(call.outs)
        for k, out in enumerate(call.outs):
            around = live | defined
            if k == 0 and self.is_update(call):
                self.move(out, call.args[0], around | self.mask(*self.plan.reads(call)[1:]))
            else:
                self.interfere(out, around)
        return live & ~defined | reads

    def is_update(self, call: Call) -> bool:
        return self.plan.memory.is_update(call) and not is_scalar_update(call)

    def branch(self, s: If, live: int) -> int:
        after = live & ~self.bits(s.outs)
        defined = self.bits(out for out in s.outs if self.plan.used(out))
        before = self.mask(s.test)
        for inner in (s.then, s.orelse):
            end = after
            for out, result in zip(s.outs, inner.results):
                if self.plan.used(out):
                    self.move(out, result, after | defined)
                    end |= self.mask(result)
            before |= self.walk(inner.stmts, end)
        return before

    def loop(self, s: AnyLoop, live: int) -> int:
        items = [w.item for w in s.walked]
        kept = [end.out for end in s.ends if not isinstance(end, Carried) and self.plan.used(end.out)]
        own = self.bits((*s.body.params, *s.outs))
        keep = self.bits((*(c.param for c in s.carried if self.needed(c)), *kept))
        header = (live & ~own) | self.free(s) | keep
        iters = self.mask(*(w.sequence for w in s.walked))
        first = header | iters | self.mask(*(c.init for c in s.carried))
        for out in kept:
            self.interfere(out, first)
        for c in s.carried:
            self.move(c.param, c.init, header | iters)
        for item in items:
            self.interfere(item, header | self.bits(items))
        self.body(s, header, keep)
        return (header & ~own) | iters | self.mask(*(c.init for c in s.carried))

    def body(self, s: AnyLoop, header: int, keep: int) -> None:
        early = appended_early(s, self.plan)
        stop = self.mask(s.stop.result) if s.stop else 0
        end = (header & ~self.bits(c.param for c in s.carried)) | stop
        for c in s.carried:
            if keep >> self.node[c.param] & 1:
                self.move(c.param, c.result, header | stop)
                end |= self.mask(c.result)
        for kept in s.collected:
            if self.plan.used(kept.out) and kept.result not in early:
                end |= self.mask(kept.result)
        start = self.walk(s.stmts, end)
        if isinstance(s, While):
            self.walk(s.head, header | start | self.mask(s.condition))

    def needed(self, c: Carried) -> bool:
        """Whether a carried value is read at all."""
        return any(self.plan.used(v) for v in (c.param, c.out, c.tested) if v is not None)

    def free(self, s: AnyLoop) -> int:
        """What the blocks of a loop read from outside, and the carried values they read."""
        found = 0
        for inner in blocks(s):
            found |= self.free_in(inner)
        return found

    def free_in(self, block: Block) -> int:
        found, own = self.mask(*block.results), 0
        for s in block.stmts:
            own |= self.bits(s.outs)
            if not self.plan.prints(s):
                continue
            found |= self.mask(*self.plan.reads(s))
            for inner in blocks(s):
                found |= self.free_in(inner)
        return found & ~own & ~self.bits(block.params)

    # Merging

    def merge(self, v: Var, w: Arg) -> None:
        """Give two variables one name, if nothing keeps them apart."""
        if not isinstance(w, Var) or w not in self.node or v in self.plan.folded or w in self.plan.folded:
            return
        a, b = self.group[self.node[v]], self.group[self.node[w]]
        if a == b or (a in self.fixed and b in self.fixed) or self.kept_apart(a, b):
            return
        a, b = min(a, b), max(a, b)
        for k in _ones(self.members[b]):
            self.group[k] = a
        self.members[a] |= self.members[b]
        self.edges[a] |= self.edges[b]
        for name, n in self.votes[b].items():  # `+` of counters would drop zeros
            self.votes[a][name] += n

    def kept_apart(self, a: int, b: int) -> bool:
        """Whether two groups interfere: an edge is noted at one of its ends."""
        return bool(self.edges[a] & self.members[b] or self.edges[b] & self.members[a])

    def merge_all(self) -> None:
        moves = list(self.moves(self.plan.fn.body))
        for v, w, where in moves:
            if where is None and not takes_over(v, w):
                self.merge(v, w)
        for v, w, where in moves:
            if where is not None and (v.name == w.name or self.anonymous(v, w, where)):
                self.merge(v, w)
        named: dict[tuple[str, bool], list[Var]] = {}
        for v in self.node:
            if v in self.plan.folded or v in self.unread:
                continue
            k = self.node[v]
            same = named.setdefault((self.base(self.group[k]), self.chosen(v)), [])
            for w in same:
                if not self.kept_apart(self.group[k], self.group[self.node[w]]):
                    self.merge(w, v)
            if not any(self.group[self.node[w]] == self.group[k] for w in same):
                same.append(v)

    def chosen(self, v: Var) -> bool:
        """Whether somebody chose the name."""
        return any(self.votes[self.group[self.node[v]]].values())  # votes are not negative

    def anonymous(self, v: Var, w: Var, where: Block) -> bool:
        """Whether ``w`` is made only to become ``v``, in the same block. A parameter is not."""
        if self.group[self.node[w]] in self.fixed:
            return False
        return self.home.get(w) is where and self.plan.uses[w] == 1 or is_temporary(w.name) or is_temporary(v.name)

    def moves(self, block: Block) -> Iterator[tuple[Var, Var, Block | None]]:
        """Pairs that would like to share a name; a block says in which the second is moved, None: in an update."""
        for s in block.stmts:
            for inner in blocks(s):
                yield from self.moves(inner)
            pairs: list[tuple[Var, Arg, Block | None]] = []
            match s:
                case Call():
                    if self.is_update(s):
                        pairs = [(s.outs[0], s.args[0], None)]
                case If():
                    pairs = [(out, r, b) for b in (s.then, s.orelse) for out, r in zip(s.outs, b.results)]
                case _:
                    pairs = [(c.param, c.result, s.body) for c in s.carried]
                    pairs += [(c.param, c.init, block) for c in s.carried]
            for v, w, where in pairs:
                if isinstance(w, Var) and (self.plan.used(v) or not isinstance(s, If)):
                    yield v, w, where

    # Names

    def base(self, group: int) -> str:
        """The name that most variables of a group want."""
        if group in self.fixed:
            return self.fixed[group]
        votes = self.votes[group]
        best = max(votes.values())
        return identifier(next(name for name, n in votes.items() if n == best).lstrip("_") or "t")

    def same(self, v: Arg, w: Arg) -> bool:
        """Whether two variables share a name."""
        return isinstance(v, Var) and isinstance(w, Var) and v in self.node and w in self.node and (
            self.group[self.node[v]] == self.group[self.node[w]])

    def assign(self, taken: Collection[str]) -> None:
        """Choose the names, none of which is in ``taken``."""
        used = {*taken, *self.fixed.values(), *keyword.kwlist}
        blank = set() if "_" in used else self.unread
        self.text.update((self.group[self.node[v]], "_") for v in blank)
        groups = {self.group[k] for v, k in self.node.items() if v not in self.plan.folded and v not in blank}
        for group in sorted(groups, key=lambda g: (max(self.votes[g].values()) == 0, g)):
            name = base = self.base(group)
            suffix = 0
            while group not in self.fixed and name in used:
                suffix += 1
                name = f"{base}_{suffix}"
            used.add(name)
            self.text[group] = name

    def __getitem__(self, v: Var) -> str:
        return self.text[self.group[self.node[v]]]


def _ones(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
