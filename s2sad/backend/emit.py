"""From the IR to the text of one Python function.

What is emitted mutates in place where the IR updates functionally; after ``passes.linear`` nobody can tell::

    a2 = setitem(a1, i, v)                          a[i] = v
    ps2 = append(ps1, p)                            ps.append(p)
    y, ps = for i in range(n) carry … collect p:    ps = []
                                                    for i in range(n): … ps.append(p)
"""
from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.backend.express import Expressions, Globals, fact_of
from s2sad.backend.names import Names, appended_early
from s2sad.backend.plan import is_scalar_update, plan
from s2sad.backend.text import render
from s2sad.backend.unset import Unset
from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, For, Function, If, Loc, Stmt, Var, While
from s2sad.ir.indices import selects_once
from s2sad.ir.opnames import identifier
from s2sad.ir.symbols import AUGMENTED, SYNTAX


def _is_undefined(arg: Arg) -> bool:
    return isinstance(arg, Const) and arg.value is UNDEFINED


def _is_one_place(index: Arg) -> bool:
    """Whether an index of a list certainly means one item."""
    return type(index.value) is int if type(index) is Const else fact_of(index).kind == "int"


@dataclass(frozen=True)
class Source:
    """The text of one function, its name, the objects that its global names stand for, and the tree that was printed:
    its nodes know the statements of the IR that they come from (``backend/lines.py``)."""

    text: str
    namespace: dict[str, Any]
    name: str
    tree: ast.FunctionDef


def emit(fn: Function) -> Source:
    """The Python source of a function that ``linear`` has gone through. The same function gives the same text."""
    return _Emitter(fn).source()


Early = dict[Var, list[Var]]
"""Variables whose values are appended to lists as soon as they are there."""


class _Emitter:
    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.plan = plan(fn)
        self.names = Names(self.plan)
        self.unset = Unset(fn, self.plan, self.names)
        self.scope = Globals([p.name for p in fn.params])
        self.to = Expressions(self.plan, self.scope)
        self.lines: list[ast.stmt] = []
        self.loc: Loc | None = None
        self.adjoint = False
        self.current: Stmt | None = None

    def source(self) -> Source:
        name = identifier(self.fn.name)
        body = self.capture(self.fn.body, self.finish)
        if self.fn.doc:
            body.insert(0, ast.Expr(ast.Constant(self.fn.doc)))
        self.names.assign(self.scope.taken)
        self.to.fill(self.names)
        args = ast.arguments([], [ast.arg(p.name) for p in self.fn.params], None, [], [], None, [])
        definition: Any = ast.FunctionDef(name, args, body, [])
        if "type_params" in ast.FunctionDef._fields:
            definition.type_params = []
        return Source(render(definition), dict(self.scope.namespace), name, definition)

    def finish(self) -> None:
        self.loc, self.adjoint, self.current = None, False, None
        if not (self.lines and isinstance(self.lines[-1], ast.Raise)):
            self.put(ast.Return(self.to.arg(self.fn.result)))

    # Statements

    def put(self, node: Any) -> None:
        """Add a line, remembering which statement of the user and of the IR it comes from."""
        node.origin, node.stmt = (self.loc, self.adjoint), self.current
        self.lines.append(node)

    def at(self, s: Stmt) -> None:
        """The lines that follow come from ``s``."""
        self.loc, self.adjoint, self.current = s.loc, s.adjoint, s

    def capture(self, block: Block | tuple[Stmt, ...], finish: Callable[[], None], early: Early | None = None
                ) -> list[ast.stmt]:
        """The lines of a block, then those that ``finish`` puts."""
        outer, self.lines = self.lines, []
        if isinstance(block, Block):
            self.append_early(block.params, early)
            block = block.stmts
        self.statements(block, early)
        finish()
        self.lines, made = outer, self.lines
        return made

    def statements(self, stmts: tuple[Stmt, ...], early: Early | None = None) -> None:
        k = 0
        while k < len(stmts):
            s = stmts[k]
            self.at(s)
            if s in self.plan.withs:
                end = stmts.index(self.plan.withs[s], k)
                self.with_block(s, stmts[k + 1:end], early)
                k = end
            elif self.unset.is_silent(s, stmts[k + 1:], self.fn.result if stmts is self.fn.body.stmts else None):
                pass
            elif self.plan.prints(s):
                self.statement(s)
                self.at(s)
                self.append_early(s.outs, early)
            k += 1

    def with_block(self, s: Call, stmts: tuple[Stmt, ...], early: Early | None) -> None:
        """The statements between ``enter`` and ``leave``."""
        manager = self.to.arg(s.args[0])
        target = self.to.name(s.outs[0], store=True) if s.outs and self.plan.used(s.outs[0]) else None
        body = self.capture(stmts, lambda: None, early)
        self.at(s)
        self.put(ast.With([ast.withitem(manager, target)], body or [ast.Pass()]))

    def append_early(self, variables: tuple[Var, ...], early: Early | None) -> None:
        for v in variables:
            for out in (early or {}).get(v, ()):
                self.append(out, v)

    def append(self, xs: Var, value: Arg) -> None:
        self.put(ast.Expr(ast.Call(ast.Attribute(self.to.name(xs), "append", ast.Load()), [self.to.arg(value)], [])))

    def statement(self, s: Stmt) -> None:
        match s:
            case Call():
                self.call(s)
            case If():
                self.branch(s)
            case For():
                self.for_loop(s)
            case While():
                self.while_loop(s)

    def assign(self, target: Var, value: ast.expr) -> None:
        self.put(ast.Assign([self.to.name(target, store=True)], value))

    def call(self, call: Call) -> None:
        if self.plan.memory.is_update(call) and not is_scalar_update(call):
            return self.update(call)
        if self.augmented(call):
            return None
        if call.op is runtime.raise_:
            self.put(ast.Raise(self.to.arg(call.args[0]), None))
            return None
        if call.op is runtime.check_bound and call.args[0] not in self.unset.held:
            self.put(ast.Expr(self.to.arg(call.args[0])))
            return None
        value = self.to.call(call)
        if not any(map(self.plan.used, call.outs)):
            self.put(ast.Expr(value))
        elif len(call.outs) == 1:
            self.assign(call.outs[0], value)
        else:
            targets = ast.Tuple([self.to.name(v, store=True) for v in call.outs], ast.Store())
            self.put(ast.Assign([targets], value))
        return None

    def augmented(self, call: Call) -> bool:
        """``x += v`` for numbers."""
        if len(call.outs) != 1 or len(call.args) != 2 or call.kwargs or not self.plan.used(call.outs[0]):
            return False
        out, (x, v), symbol = call.outs[0], call.args, None
        if call.op in AUGMENTED:
            symbol = AUGMENTED[call.op]()
        elif call.adjoint and ops.canonical(call.op) is np.add:
            symbol = ast.Add()
            if not self.names.same(out, x):
                x, v = v, x
        elif call.adjoint and ops.canonical(call.op) is np.subtract:
            symbol = ast.Sub()
        if symbol is None or not self.is_named(x) or not self.names.same(out, x):
            return False
        if not (fact_of(x).is_scalar and out.fact.is_scalar):
            return False
        symbol, v = self.without_minus(symbol, v)
        self.put(ast.AugAssign(self.to.name(out, store=True), symbol, self.to.arg(v)))
        return True

    def without_minus(self, symbol: ast.operator, v: Arg) -> tuple[ast.operator, Arg]:
        """``x -= v`` for ``x += -v``."""
        negated = self.plan.folded.get(v) if isinstance(v, Var) else None
        if isinstance(symbol, ast.Add) and isinstance(negated, Call) and SYNTAX.get(negated.op) is ast.USub:
            return ast.Sub(), negated.args[0]
        return symbol, v

    def is_named(self, arg: Arg) -> bool:
        return isinstance(arg, Var) and arg not in self.plan.folded

    def update(self, call: Call) -> None:
        """Write into a buffer that is ours."""
        out, target = call.outs[0], call.args[0]
        if not (self.is_named(target) and self.names.same(out, target)):
            self.assign(out, self.to.arg(target))
        base, args = self.to.name(out), call.args[1:]
        if call.op in AUGMENTED:
            self.put(ast.AugAssign(self.to.name(out, store=True), AUGMENTED[call.op](), self.to.arg(args[0])))
        elif call in self.plan.fused:
            inplace = self.plan.fused[call]
            self.put(ast.AugAssign(self.to.subscript(base, args[0], store=True), AUGMENTED[inplace.op](),
                                   self.to.arg(inplace.args[1])))
        elif call.op is runtime.setitem:
            self.put(ast.Assign([self.to.subscript(base, args[0], store=True)], self.to.arg(args[1])))
        elif call.op is runtime.setview:
            place = self.to.subscript(self.to.walk_view(base, args[0]), args[1], store=True)
            self.put(ast.Assign([place], self.to.arg(args[2])))
        elif call.op is runtime.add_view:
            self.add_into(self.to.walk_view(base, args[0]), args[1], args[2])
        elif call.op is runtime.append:
            self.append(out, args[0])
        elif call.op is runtime.pop:
            value = ast.Call(ast.Attribute(base, "pop", ast.Load()), [self.to.arg(a) for a in args], [])
            if self.plan.used(call.outs[1]):
                self.assign(call.outs[1], value)
            else:
                self.put(ast.Expr(value))
        else:
            self.add_at(base, call)

    def add_at(self, base: ast.Name, call: Call) -> None:
        target, index, value = call.args
        fact = fact_of(target)
        simple = fact.kind == "list" or selects_once(index) or (type(index) is Const and type(index.value) is str)
        if not simple:
            function: ast.expr = ast.Attribute(self.to.global_(np.add), "at", ast.Load())
            if fact.is_array and len(fact.dims or ()) > 1 and fact_of(index).is_array:
                function = self.to.global_(runtime.add_rows)
            self.put(ast.Expr(ast.Call(function, [base, self.to.arg(index), self.to.arg(value)], [])))
        elif fact.is_array or (fact.item is not None and fact.item.is_scalar and _is_one_place(index)):
            symbol, value = self.without_minus(ast.Add(), value)
            self.put(ast.AugAssign(self.to.subscript(base, index, store=True), symbol, self.to.arg(value)))
        else:  # an element may be an array that others hold, or several of them are meant
            old = self.to.subscript(self.to.name(call.outs[0]), index)
            total: ast.expr = ast.Call(self.to.global_(runtime.add), [old, self.to.arg(value)], [])
            if fact_of(value).is_array or fact_of(value).is_scalar:
                total = ast.BinOp(old, ast.Add(), self.to.arg(value))
            self.put(ast.Assign([self.to.subscript(base, index, store=True)], total))

    def add_into(self, place: ast.expr, index: Arg, value: Arg) -> None:
        """Add at an index of a view of an array."""
        if selects_once(index):
            self.put(ast.AugAssign(self.to.subscript(place, index, store=True), ast.Add(), self.to.arg(value)))
        else:
            function = ast.Attribute(self.to.global_(np.add), "at", ast.Load())
            self.put(ast.Expr(ast.Call(function, [place, self.to.arg(index), self.to.arg(value)], [])))

    # Moves

    def real_moves(self, pairs: list[tuple[Var, Arg]]) -> list[tuple[Var, Arg]]:
        """Those moves that change something."""
        nothing = Const(runtime.NOTHING, "nothing")
        filled = [(v, nothing if _is_undefined(a) and v in self.unset.held else a) for v, a in pairs]
        return [(v, a) for v, a in filled if not (_is_undefined(a) and v not in self.unset.handed_on)
                and not (self.is_named(a) and self.names.same(v, a))]

    def move(self, pairs: list[tuple[Var, Arg]]) -> None:
        """Give variables their values all at once, one by one where the order allows it."""
        left = self.real_moves(pairs)
        while left:
            for k, (v, a) in enumerate(left):
                others = [w for j, (_, b) in enumerate(left) if j != k for w in self.plan.leaves(b)]
                if not any(self.names.same(v, w) for w in others):
                    self.assign(v, self.to.arg(a))
                    del left[k]
                    break
            else:
                targets = ast.Tuple([self.to.name(v, store=True) for v, _ in left], ast.Store())
                self.put(ast.Assign([targets], ast.Tuple([self.to.arg(a) for _, a in left], ast.Load())))
                return

    # Branches

    def branch(self, s: If) -> None:
        if self.plan.is_expression(s) and self.plan.used(s.outs[0]) and not self.half_done(s) and not (
                s.outs[0] in self.unset.held and any(_is_undefined(b.results[0]) for b in (s.then, s.orelse))):
            return self.assign(s.outs[0], self.to.choice(s))
        test = self.to.arg(s.test)
        then, orelse = (self.capture(b, partial(self.move, self.branch_moves(s, b))) for b in (s.then, s.orelse))
        self.at(s)
        self.put_if(test, then, orelse)
        return None

    def half_done(self, s: If) -> bool:
        """Whether one branch leaves the variable as it is."""
        return any(not self.real_moves([(s.outs[0], b.results[0])]) for b in (s.then, s.orelse)) or (
            s.loc is not None and s.loc.text.startswith(("if ", "elif ", "if(")))

    def branch_moves(self, s: If, block: Block) -> list[tuple[Var, Arg]]:
        return [(out, r) for out, r in zip(s.outs, block.results) if self.plan.used(out)]

    def put_if(self, test: ast.expr, then: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        if then:
            self.put(ast.If(test, then, orelse))
        elif orelse:
            self.put(ast.If(ast.UnaryOp(ast.Not(), test), orelse, []))
        elif isinstance(test, (ast.Call, ast.Subscript)):
            self.put(ast.Expr(test))

    # Loops

    def for_loop(self, s: For) -> None:
        self.before_loop(s)
        sequences = [self.to.arg(w.sequence) for w in s.walked]
        if s.reverse:
            sequences = [ast.Call(self.to.global_(reversed), [x], []) for x in sequences]
        targets: list[ast.expr] = [self.to.name(w.item, store=True) for w in s.walked]
        iterated, target = sequences[0], targets[0]
        if len(targets) > 1:
            iterated, target = ast.Call(self.to.global_(zip), sequences, []), ast.Tuple(targets, ast.Store())
        body = self.loop_body(s)
        self.at(s)
        self.put(ast.For(target, iterated, body or [ast.Pass()], []))
        if s.reverse:
            for c in s.collected:
                if self.plan.used(c.out):
                    self.put(ast.Expr(ast.Call(ast.Attribute(self.to.name(c.out), "reverse", ast.Load()), [], [])))

    def while_loop(self, s: While) -> None:
        self.before_loop(s)
        outer, self.lines = self.lines, []
        self.statements(s.head)
        test, self.lines = self.lines, outer
        condition = self.to.arg(s.condition)
        body = self.loop_body(s)
        if test:
            leave = ast.If(ast.UnaryOp(ast.Not(), condition), [ast.Break()], [])
            body, condition = [*test, leave, *body], ast.Constant(True)
        self.at(s)
        self.put(ast.While(condition, body or [ast.Pass()], []))

    def before_loop(self, s: For | While) -> None:
        self.loc = self.current = None
        self.move([(c.param, c.init) for c in s.carried if self.names.needed(c)])
        for kept in s.collected:
            if self.plan.used(kept.out):
                self.assign(kept.out, ast.List([], ast.Load()))
        if s.stop and self.plan.used(s.stop.out):
            self.assign(s.stop.out, ast.Constant(False))

    def loop_body(self, s: For | While) -> list[ast.stmt]:
        early = appended_early(s, self.plan)
        late = [c for c in s.collected if self.plan.used(c.out) and c.result not in early]
        moves = self.real_moves([(c.param, c.result) for c in s.carried if self.names.needed(c)])
        stop = s.stop.result if s.stop else Const(False)

        def finish() -> None:
            self.loc, self.adjoint, self.current = None, s.adjoint, None
            for c in late:
                self.append(c.out, c.result)
            self.move(moves)

        if s.stop and self.plan.used(s.stop.out):
            flag = s.stop.out

            def finish_with_flag() -> None:
                self.assign(flag, self.to.arg(stop))
                finish()
                self.put(ast.If(self.to.name(flag), [ast.Break()], []))

            return self.capture(s.body, finish_with_flag, early)
        head = Block(s.body.params, (), ())
        overwritten = any(self.names.same(v, w) for v, _ in moves for w in self.plan.leaves(stop))
        if not overwritten:
            simple = not late and not moves
            return self.capture(head, lambda: self.tail(s.stmts, stop, finish, simple, early), early)

        def finish_twice() -> None:
            self.put(ast.If(self.to.arg(stop), [*self.capture((), finish), ast.Break()], []))
            finish()

        return self.capture(s.body, finish_twice, early)

    def tail(self, stmts: tuple[Stmt, ...], stop: Arg, finish: Callable[[], None], simple: bool,
             early: Early | None = None) -> None:
        """The statements of a loop body, ``finish``, and ``break`` if ``stop``. Where a branch decides about that last
        of all, it gets the ``break``."""
        last: Any = stmts[-1] if stmts else None
        decides = isinstance(last, If) and isinstance(stop, Var) and stop in last.outs and self.plan.uses[stop] == 1
        if not (decides and simple and self.plan.prints(last)) or any(v in (early or {}) for v in last.outs):
            self.statements(stmts, early)
            finish()
            self.leave(stop)
            return
        self.statements(stmts[:-1], early)
        test = self.to.arg(last.test)
        ends = []
        for b in (last.then, last.orelse):
            moves = [(out, r) for out, r in self.branch_moves(last, b) if out is not stop]
            result, simple = dict(zip(last.outs, b.results))[stop], not self.real_moves(moves)
            ends.append(self.capture((), partial(self.tail, b.stmts, result, partial(self.move, moves), simple)))
        then, orelse = ends
        self.at(last)
        if then and isinstance(then[-1], ast.Break):
            self.put_if(test, then, [])
            self.lines += orelse
        elif orelse and isinstance(orelse[-1], ast.Break):
            self.put(ast.If(ast.UnaryOp(ast.Not(), test), orelse, []))
            self.lines += then
        else:
            self.put_if(test, then, orelse)

    def leave(self, stop: Arg) -> None:
        if not isinstance(stop, Const):
            self.put(ast.If(self.to.arg(stop), [ast.Break()], []))
        elif stop.value is True:
            self.put(ast.Break())
