"""Random functions of the IR: updates, views, shared values, branches, loops, collected values, lists."""
from __future__ import annotations

import operator
from dataclasses import replace
from random import Random

import numpy as np

from s2sad import runtime
from s2sad.ir import Arg, Block, Call, Const, Fact, Function, If, Pack, Stmt, Var
from s2sad.ir.facts import array
from s2sad.ir.walk import substitute
from tests.ir.helper import for_loop, while_loop

FACTS = {"vector": array(float, (4,)), "matrix": array(float, (4, 4)), "number": Fact("float"), "int": Fact("int"),
         "bool": Fact("bool"), "list": Fact("list", item=array(float, (4,)))}
NAMES = "abcxy"
FULL = (Const(None), Const(None), Const(-1))
SLICES = [Pack("slice", FULL), Pack("slice", (Const(1), Const(3), Const(None))), Const(2),
          Pack("slice", (Const(None), Const(-1), Const(None)))]


class Maker:
    """Makes one function. ``facts=False`` forgets what is known of the variables."""

    def __init__(self, seed: int, facts: bool = True, size: int = 8) -> None:
        self.random, self.facts, self.size = Random(seed), facts, size
        self.stmts: list[Stmt] = []
        self.scope: dict[str, list[Var]] = {kind: [] for kind in FACTS}

    def function(self) -> Function:
        params = (self.var("vector"), self.var("vector"), self.var("matrix"), self.var("number"))
        for p, kind in zip(params, ("vector", "vector", "matrix", "number")):
            self.scope[kind].append(p)
        self.call("vector", np.zeros, Const(4))
        self.call("list", list, Pack("tuple", (self.pick("vector"), self.pick("vector"))))
        self.call("matrix", runtime.copy, params[2])
        self.call("number", operator.getitem, params[1], Const(0))
        self.some(self.size, 0)
        result = Pack("tuple", tuple(self.pick(kind) for kind in ("vector", "vector", "matrix", "number", "list")))
        names = dict.fromkeys(p.name for p in params)
        body = Block(params, tuple(self.stmts), (result,))
        if len(names) < len(params):  # parameters have names of their own
            table = {p: Var(f"p{k}", p.fact) for k, p in enumerate(params)}
            body = replace(substitute(table, body), params=tuple(table.values()))
        return Function("f", body)

    def var(self, kind: str) -> Var:
        return Var(self.random.choice(NAMES), FACTS[kind] if self.facts else Fact())

    def pick(self, kind: str) -> Var:
        known = self.scope[kind]
        return known[-1 - min(int(self.random.expovariate(0.7)), len(known) - 1)]

    def call(self, kind: str, op: object, *args: Arg) -> Var:
        out = self.var(kind)
        self.stmts.append(Call((out,), op, args, adjoint=self.random.random() < 0.6))
        self.scope[kind].append(out)
        return out

    def some(self, n: int, depth: int) -> None:
        for _ in range(self.random.randint(1, n)):
            kinds = [self.fresh, self.view, self.update, self.update, self.update, self.element, self.lists, self.fused]
            if depth < 3:
                kinds += [self.branch, self.for_loop, self.while_loop]
            choice = self.random.choice(kinds)
            choice(depth) if choice in (self.branch, self.for_loop, self.while_loop) else choice()

    def fresh(self) -> None:
        choice = self.random.randrange(6)
        if choice == 0:
            self.call("vector", operator.add, self.pick("vector"), self.pick("vector"))
        elif choice == 1:
            self.call("vector", np.sin, self.pick("vector"))
        elif choice == 2:
            self.call("vector", np.broadcast_to, self.pick("number"), Pack("tuple", (Const(4),)))
        elif choice == 3:
            self.call("number", operator.mul, self.pick("number"), Const(0.5))
        elif choice == 4:
            self.call("number", operator.add, self.pick("number"), self.pick("number"))
        else:
            self.call("vector", np.zeros_like, self.pick("vector"))

    def view(self) -> None:
        choice = self.random.randrange(4)
        if choice == 0:
            self.call("vector", operator.getitem, self.pick("vector"), SLICES[0])
        elif choice == 1:
            self.call("vector", operator.getitem, self.pick("matrix"), Const(self.random.randrange(4)))
        elif choice == 2:
            self.call("matrix", np.transpose, self.pick("matrix"))
        else:
            self.call("vector", np.reshape, self.pick("vector"), Const(4))

    def element(self) -> None:
        self.call("number", operator.getitem, self.pick("vector"), Const(self.random.randrange(4)))

    def update(self) -> None:
        choice = self.random.randrange(7)
        i = Const(self.random.randrange(4))
        if choice == 0:
            self.call("vector", runtime.setitem, self.pick("vector"), i, self.pick("number"))
        elif choice == 1:
            self.call("vector", runtime.setitem, self.pick("vector"), SLICES[0], self.pick("vector"))
        elif choice == 2:
            self.call("vector", operator.iadd, self.pick("vector"), self.pick("vector"))
        elif choice == 3:
            self.call("vector", runtime.add_at, self.pick("vector"), i, self.pick("number"))
        elif choice == 4:
            self.call("vector", runtime.add_at, self.pick("vector"), Pack("list", (i, i, Const(0), Const(1))),
                      self.pick("vector"))
        elif choice == 5:
            path = Pack("tuple", (Pack("tuple", (Const("attr"), Const("T"))), Pack("tuple", (Const("index"), i))))
            self.call("matrix", runtime.setview, self.pick("matrix"), path, Const(1), self.pick("number"))
        else:
            self.call("matrix", runtime.setitem, self.pick("matrix"), i, self.pick("vector"))

    def fused(self) -> None:
        kind = self.random.choice(("vector", "matrix"))
        base = self.pick(kind)
        index = self.random.choice([Const(1), SLICES[0]])
        value = self.pick("vector") if kind == "matrix" or index is not Const else self.pick("number")
        if kind == "vector" and type(index) is Const:
            value = self.pick("number")
        element = "number" if kind == "vector" and type(index) is Const else "vector"
        part = Var("t", FACTS[element] if self.facts else Fact())
        new = Var("t", part.fact)
        self.stmts.append(Call((part,), operator.getitem, (base, index)))
        self.stmts.append(Call((new,), operator.iadd, (part, value)))
        self.call(kind, runtime.setitem, base, index, new)

    def lists(self) -> None:
        choice = self.random.randrange(5)
        xs = self.pick("list")
        if choice == 0:
            self.call("list", runtime.append, xs, self.pick("vector"))
        elif choice == 1:
            self.call("vector", operator.getitem, xs, Const(self.random.choice([0, -1])))
        elif choice == 2:
            self.call("list", runtime.setitem, xs, Const(0), self.pick("vector"))
        elif choice == 3:
            longer = self.call("list", runtime.append, xs, self.pick("vector"))
            out, x = self.var("list"), self.var("vector")
            self.stmts.append(Call((out, x), runtime.pop, (longer,)))
            self.scope["list"].append(out)
            self.scope["vector"].append(x)
        else:
            self.call("list", runtime.add_at, xs, Const(0), self.pick("vector"))

    def inside(self, params: list[tuple[str, Var]], n: int, depth: int, wanted: list[str]) -> Block:
        """A block with random statements and results of the given kinds."""
        outer_stmts, outer_scope = self.stmts, self.scope
        self.stmts, self.scope = [], {kind: list(known) for kind, known in outer_scope.items()}
        for kind, p in params:
            self.scope[kind].append(p)
        if self.random.random() < 0.9:
            self.some(n, depth + 1)
        block = Block(tuple(p for _, p in params), tuple(self.stmts),
                      tuple(self.flag() if kind == "bool" else self.pick(kind) for kind in wanted))
        block = Block(block.params, tuple(self.stmts), block.results)
        self.stmts, self.scope = outer_stmts, outer_scope
        return block

    def flag(self) -> Arg:
        if self.random.random() < 0.3:
            return Const(self.random.random() < 0.2)
        out = Var("stop", FACTS["bool"] if self.facts else Fact())
        if self.random.random() < 0.5:
            test = Var("c", out.fact)
            self.stmts.append(Call((test,), operator.gt, (self.pick("number"), Const(0.4))))
            end, go_on = self.inside([], 2, 3, ["vector"]), self.inside([], 2, 3, ["vector"])
            other = self.var("vector")
            self.stmts.append(If((out, other), test, Block((), end.stmts, (Const(True), *end.results)),
                                 Block((), go_on.stmts, (Const(False), *go_on.results))))
        else:
            self.stmts.append(Call((out,), operator.gt, (self.pick("number"), Const(0.4))))
        return out

    def kinds(self, n: int) -> list[str]:
        some = ("vector", "vector", "matrix", "number", "list")
        return [self.random.choice(some) for _ in range(self.random.randint(0, n))]

    def outs(self, kinds: list[str]) -> tuple[Var, ...]:
        made = tuple(map(self.var, kinds))
        for kind, v in zip(kinds, made):
            self.scope[kind].append(v)
        return made

    def branch(self, depth: int) -> None:
        test = Var("c", FACTS["bool"] if self.facts else Fact())
        self.stmts.append(Call((test,), operator.gt, (self.pick("number"), Const(0.1))))
        kinds = self.kinds(3)
        then, orelse = self.inside([], 4, depth, kinds), self.inside([], 4, depth, kinds)
        self.stmts.append(If(self.outs(kinds), test, then, orelse))

    def for_loop(self, depth: int) -> None:
        carried, collected = self.kinds(3), self.random.choice([[], ["vector"], ["vector"], ["number"]])
        stop = self.random.random() < 0.3
        sequences: list[tuple[Arg, str]] = [(Var("r", Fact("range") if self.facts else Fact()), "int")]
        self.stmts.append(Call((sequences[0][0],), range, (Const(2),)))
        if self.random.random() < 0.3:
            two = self.call("list", list, Pack("tuple", (self.pick("vector"), self.pick("vector"))))
            sequences.append((two, "vector"))
        items = [(kind, Var("i" if kind == "int" else self.random.choice(NAMES), FACTS[kind] if self.facts else Fact()))
                 for _, kind in sequences]
        params = items + [(kind, self.var(kind)) for kind in carried]
        inits = tuple(map(self.pick, carried))
        body = self.inside(params, 5, depth, carried + collected + ["bool"] * stop)
        outs = self.outs(carried) + self.lists_of(collected)
        if stop:
            outs += (Var("stop", FACTS["bool"] if self.facts else Fact()),)
        reverse = self.random.random() < 0.4 and not (stop and collected)
        self.stmts.append(for_loop([s for s, _ in sequences], inits, body, outs, stop, reverse))

    def lists_of(self, collected: list[str]) -> tuple[Var, ...]:
        """Outs for collected values; lists of vectors may be used, they may be empty after a loop that never ran."""
        return tuple(Var(f"{self.random.choice(NAMES)}", FACTS["list"] if self.facts else Fact()) for _ in collected)

    def while_loop(self, depth: int) -> None:
        carried, collected = self.kinds(3), self.random.choice([[], ["vector"], ["number"]])
        stop = self.random.random() < 0.3
        counter = [Var("k", FACTS["int"] if self.facts else Fact()) for _ in range(4)]
        inits = (Const(0), *map(self.pick, carried))
        test_params = tuple(map(self.var, carried))
        c = Var("c", FACTS["bool"] if self.facts else Fact())
        test = Block((counter[0], *test_params), (Call((c,), operator.lt, (counter[0], Const(2))),), (c,))
        params = [("int", counter[1])] + [(kind, self.var(kind)) for kind in carried]
        body = self.inside(params, 5, depth, carried + collected + ["bool"] * stop)
        step = Call((counter[2],), operator.add, (counter[1], Const(1)))
        body = Block(body.params, (*body.stmts, step), (counter[2], *body.results))
        if stop and type(body.results[-1]) is Var and self.random.random() < 0.7:
            body = Block(body.params, (step, *body.stmts[:-1]), body.results)
        outs = (counter[3], *self.outs(carried), *self.lists_of(collected))
        if stop:
            outs += (Var("stop", FACTS["bool"] if self.facts else Fact()),)
        self.stmts.append(while_loop(test, inits, body, outs, stop))


def arguments() -> list[object]:
    """Arguments for the functions made."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=4), rng.normal(size=4), rng.normal(size=(4, 4)), 0.3]
