"""The passes on random programs: well-formed IR and the very same numbers after each of them."""

import operator
import random
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s2sad import runtime
from s2sad.facts.holds import Check
from s2sad.ir import Block, Call, Const, Function, If, Pack, Var
from s2sad.ir.facts import Fact, array
from s2sad.ir.interpret import interpret
from s2sad.ir.text import constants, format, parse
from s2sad.ir.verify import verify
from s2sad.passes import PIPELINE, run
from s2sad.passes.cse import cse
from s2sad.passes.dce import dce
from s2sad.passes.simplify import simplify
from tests.ir.helper import for_loop, while_loop

FLOAT, SCALAR, ARRAY = Fact("float"), Fact("scalar", np.dtype(float)), array(float, (3,))
SPECIAL = (1.0, -1.0, 0.0, -0.0, 2.0, 1, -1)


class Programs:
    """Random programs on floats, NumPy scalars and arrays of three numbers."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.stmts: list = []
        self.visible: list[Var] = []

    def function(self) -> Function:
        params = tuple(Var(name, fact) for name, fact in (("x", FLOAT), ("y", SCALAR), ("a", ARRAY), ("b", ARRAY)))
        self.visible += params
        for _ in range(self.random.randint(3, 12)):
            self.statement(2)
        results = self.random.choices(self.visible, k=4)
        return Function("f", Block(params, tuple(self.stmts), (Pack("tuple", tuple(results)),)))

    def pick(self, *facts: Fact):
        found = [v for v in self.visible if v.fact in (facts or (FLOAT, SCALAR, ARRAY))]
        return self.random.choice(found[-8:] if self.random.random() < 0.7 else found)

    def emit(self, fact, op, *args) -> None:
        out = Var(self.random.choice(["t", "u", "x_bar"]), fact)
        self.stmts.append(Call((out,), op, args, adjoint=self.random.random() < 0.75))
        self.visible.append(out)

    def statement(self, depth: int) -> None:
        kinds = [self.arithmetic] * 6 + [self.negate] * 3 + [self.special] * 3 + [self.repair] * 3 + [self.array_op] * 3
        if depth:
            kinds += [self.branch, self.loop, self.while_loop]
        kind = self.random.choice(kinds)
        kind(depth) if kind in (self.branch, self.loop, self.while_loop) else kind()

    def arithmetic(self) -> None:
        x, y = self.pick(), self.pick()
        fact = ARRAY if ARRAY in (x.fact, y.fact) else SCALAR if SCALAR in (x.fact, y.fact) else FLOAT
        ops = [operator.add, operator.sub, operator.mul]
        if fact is ARRAY:
            ops += [np.multiply, np.add]
        self.emit(fact, self.random.choice(ops), x, y)

    def negate(self) -> None:
        x = self.pick()
        self.emit(x.fact, operator.neg, x)

    def special(self) -> None:
        x, c = self.pick(), Const(self.random.choice(SPECIAL))
        op = self.random.choice([operator.add, operator.sub, operator.mul])
        self.emit(x.fact, op, *((x, c) if self.random.random() < 0.5 else (c, x)))

    def repair(self) -> None:
        g = self.pick()
        x = self.pick(g.fact)
        op = self.random.choice([runtime.unbroadcast, runtime.astype_of])
        self.emit(g.fact, op, g, x)

    def array_op(self) -> None:
        a = self.pick(ARRAY)
        match self.random.randrange(7):
            case 0:
                self.emit(ARRAY, np.cos, a)
            case 1:
                self.emit(SCALAR, np.sum, a)
            case 2:
                self.emit(ARRAY, runtime.setitem, a, Const(1), self.pick(FLOAT, SCALAR))
            case 3:
                self.emit(SCALAR, operator.getitem, a, Const(self.random.randrange(3)))
            case 4:
                self.emit(ARRAY, operator.iadd, a, self.pick())
            case 5:
                self.emit(ARRAY, np.zeros_like, a)
            case 6:
                out = Var("shape", Fact("tuple"))
                self.stmts.append(Call((out,), np.shape, (a,), adjoint=True))
                self.emit(ARRAY, np.broadcast_to, self.pick(FLOAT, SCALAR), out)

    def block(self, depth: int, params: tuple[Var, ...], wanted: list[Fact], more=()) -> Block:
        """A random body; its results have the wanted facts (and then those of ``more``)."""
        stmts, visible = self.stmts, self.visible
        self.stmts, self.visible = [], [*visible, *params]
        for _ in range(self.random.randint(0, 5)):
            self.statement(depth - 1)
        results = tuple(self.pick(fact) for fact in wanted) + tuple(make() for make in more)
        block = Block(params, tuple(self.stmts), results)
        self.stmts, self.visible = stmts, visible
        return block

    def test(self) -> Var:
        out = Var("test", Fact("number", np.dtype(bool)))
        self.stmts.append(Call((out,), operator.gt, (self.pick(FLOAT, SCALAR), Const(0.5))))
        return out

    def branch(self, depth: int) -> None:
        wanted = self.random.choices([FLOAT, SCALAR, ARRAY], k=self.random.randint(0, 3))
        test = Const(self.random.random() < 0.5) if self.random.random() < 0.3 else self.test()
        then, orelse = self.block(depth, (), wanted), self.block(depth, (), wanted)
        outs = tuple(Var("o", fact) for fact in wanted)
        self.stmts.append(If(outs, test, then, orelse, adjoint=self.random.random() < 0.5))
        self.visible += outs

    def carried(self) -> tuple[tuple[Var, ...], tuple[Var, ...], list[Fact]]:
        inits = tuple(self.pick() for _ in range(self.random.randint(0, 3)))
        facts = [v.fact for v in inits]
        return inits, tuple(Var("c", f) for f in facts), facts

    def loop(self, depth: int) -> None:
        inits, params, facts = self.carried()
        collect = self.random.choices([FLOAT, SCALAR, ARRAY], k=self.random.randint(0, 2))
        stop = self.random.random() < 0.3
        reverse = self.random.random() < 0.3 and not (stop and collect)
        trips = Var("r", Fact("range"))
        self.stmts.append(Call((trips,), range, (Const(3),)))
        iters = (trips, self.pick(ARRAY)) if self.random.random() < 0.5 else (trips,)
        items = (Var("i", Fact("int")), Var("z", SCALAR))[: len(iters)]
        body = self.block(depth, items + params, facts + collect, [self.test] if stop else [])
        outs = tuple(Var("o", f) for f in facts) + tuple(Var("ps", Fact("list", item=Fact())) for _ in collect)
        outs += (Var("stopped", Fact("bool")),) if stop else ()
        self.stmts.append(for_loop(iters, inits, body, outs, stop, reverse))
        self.visible += outs[: len(inits)]
        for ps, fact in zip(outs[len(inits) :], collect):
            if self.random.random() < 0.5:
                self.emit(fact, operator.getitem, ps, Const(0))

    def while_loop(self, depth: int) -> None:
        inits, params, facts = self.carried()
        count = Const(0)
        k1, k2, k3, c = Var("k", Fact("int")), Var("k", Fact("int")), Var("k", Fact("int")), Var("more", Fact("bool"))
        test = Block((k1, *(Var("c", f) for f in facts)), (Call((c,), operator.lt, (k1, Const(2))),), (c,))
        body = self.block(depth, params, facts)
        step = Call((k3,), operator.add, (k2, Const(1)))
        body = Block((k2, *params), (*body.stmts, step), (k3, *body.results))
        outs = (Var("k", Fact("int")), *(Var("o", f) for f in facts))
        self.stmts.append(while_loop(test, (count, *inits), body, outs))
        self.visible += outs[1:]


ARGS = (0.75, np.float64(-1.5), np.array([0.5, -0.0, 2.0]), np.array([1.0, np.nan, -np.inf]))


def outcome(fn: Function):
    """The result; on the way, the facts are compared with the values."""
    check = Check(fn)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        result = interpret(fn, *ARGS, observe=check)
    assert not check.false
    return result


def assert_same(got, want) -> None:
    for g, w in zip(got, want, strict=True):
        assert np.shape(g) == np.shape(w)
        np.testing.assert_array_equal(g, w)
        numbers = ~np.isnan(np.asarray(w))
        np.testing.assert_array_equal(np.signbit(g) & numbers, np.signbit(w) & numbers)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_passes_change_no_number(seed):
    fn = verify(Programs(seed).function())
    want = outcome(fn)
    for passes in ([simplify], [cse], [dce], [simplify, cse, simplify, dce]):
        after = fn
        for each in passes:
            after = verify(each(after))
        assert_same(outcome(after), want)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_text_of_random_programs_parses_back(seed):
    fn = Programs(seed).function()
    text = format(fn)
    again = parse(text, constants(fn))
    assert format(again) == text
    assert_same(outcome(again), outcome(fn))


def test_pipeline_order_and_run():
    assert PIPELINE[:6] == (simplify, cse, dce, simplify, cse, dce)
    fn = parse("def f(x):\n    y := np.sin(x)\n    z := np.sin(x)\n    u := y - -z\n    return u")
    assert format(run(fn)) == "def f(x):\n    y := np.sin(x)\n    u := y + y\n    return u"
    assert run(fn, ()) is fn


@pytest.mark.parametrize("each", [simplify, cse, dce])
def test_passes_do_not_touch_what_they_are_given(each):
    fn = Programs(3).function()
    before = format(fn)
    each(fn)
    assert format(fn) == before
