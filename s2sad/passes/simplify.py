"""Algebraic simplification: ``g * 1.0`` is ``g``, ``x + -y`` is ``x - y``, an unbroadcast of equal shapes is nothing.

Why: rules are written for the general case and inlined, so the code of a derivative is full of seeds, signs and shape
repairs that this particular signature does not need. The laws are a table of text (``laws``). The outermost operation
must be the derivative's own: what the user wrote is computed exactly as the user wrote it.

One sweep from the first statement to the last; a call that was rewritten is tried again. Operations on constant numbers
are done now; branches with a constant test dissolve, and so do outs that both branches agree on.

Before::

    t := y_bar * 1.0
    u := -t
    v := u * x
    w := z_bar + v
    x_bar := unbroadcast(w, x)          # same shape, same dtype

After, and after ``dce`` removed what nobody reads::

    t1 := y_bar * x
    x_bar := z_bar - t1
"""
from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import replace

import numpy as np

from s2sad import runtime
from s2sad.ir import Arg, Block, Call, Const, Fact, Function, If, Pack, Stmt, Var
from s2sad.ir.equal import same
from s2sad.ir.facts import UNKNOWN
from s2sad.ir.symbols import BINARY
from s2sad.ir.walk import blocks, call_args, ends, map_arg, map_blocks, map_operands, operands, variables, with_ends
from s2sad.memory.consumed import consumed
from s2sad.passes.laws import BY_OP
from s2sad.passes.match import SPELLED, Apply, Law, Literal, Match, Meta, Node, Path, fact_of, heads, known_op, real

FOLDABLE = frozenset(SPELLED.values()) & frozenset(op for _, _, op, _ in BINARY) | {operator.neg}
ARITHMETIC = FOLDABLE - {operator.pow}
"""What is done now if the operands are constants, and what has a result of the kind of its operands."""


def simplify(fn: Function) -> Function:
    """``fn`` with the laws applied to the calls that a derivative added."""
    sweep = _Simplifier(fn)
    body = sweep.block(fn.body)
    return replace(fn, body=body, inputs=tuple(v for i in fn.inputs if type(v := sweep.arg(i)) is Var))


class _Simplifier:
    """The state of one sweep.

    ``definitions``: the calls seen so far; ``known``: what a variable was replaced by; ``uses``: an upper bound of how
    often a variable is read; ``place``: where in the block being built a variable is defined.
    """

    def __init__(self, fn: Function) -> None:
        self.uses: Counter[Var] = Counter(fn.inputs)
        self.uses.update(_reads(fn.body))
        self.consumed = consumed(fn.body)
        self.definitions: dict[Var, Call] = {}
        self.known: dict[Var, Arg] = {}
        self.stmts: list[Stmt] = []
        self.place: dict[Var, tuple[list[Stmt], int]] = {}

    # ---- the sweep ---------------------------------------------------------------------------------------------------

    def arg(self, arg: Arg) -> Arg:
        if type(arg) is Var:
            while type(arg) is Var and arg in self.known:
                arg = self.known[arg]
            return arg
        return map_arg(self.arg, arg) if type(arg) is Pack else arg

    def block(self, block: Block) -> Block:
        outer, self.stmts = self.stmts, []
        results = self.inline(block)
        stmts, self.stmts = self.stmts, outer
        return Block(block.params, tuple(stmts), results)

    def inline(self, block: Block) -> tuple[Arg, ...]:
        """Append the statements of a block; what its results are."""
        for stmt in block.stmts:
            self.stmt(stmt)
        return tuple(map(self.arg, block.results))

    def stmt(self, stmt: Stmt) -> None:
        if self.known:
            stmt = map_operands(self.arg, stmt)
        match stmt:
            case Call():
                self.call(stmt)
            case If():
                self.branch(stmt)
            case _:
                self.stmts.append(map_blocks(self.block, stmt))

    def branch(self, stmt: If) -> None:
        if type(stmt.test) is Const and type(stmt.test.value) in (bool, int, float, str, type(None)):
            for out, result in zip(stmt.outs, self.inline(stmt.then if stmt.test.value else stmt.orelse)):
                self.forward(out, result)
            return
        stmt = If(stmt.outs, stmt.test, self.block(stmt.then), self.block(stmt.orelse), stmt.loc, stmt.adjoint)
        rest = []
        for out, x, y in ends(stmt):
            if type(x) is not Pack and same(x, y):
                self.forward(out, x)
            else:
                rest.append((out, x, y))
        self.stmts.append(with_ends(stmt, rest))

    def call(self, call: Call) -> None:
        if (call.adjoint or call.op is runtime.same) and len(call.outs) == 1 and isinstance(call.op, Hashable):
            for _ in range(20):
                new = self.rewrite(call)
                if new is None:
                    break
                if not isinstance(new, Call):
                    self.forward(call.outs[0], new, any(new is v for v in variables(*call.args)))
                    return
                call = new
            call = self.refresh(call)
        elif len(call.outs) == 1 and call.args and all(type(a) is Const and type(a.value) is int for a in call.args):
            whole = _fold(known_op(call), call.args)  # of the user's own arithmetic only that on whole numbers: exact
            if whole is not None and type(whole.value) is int:
                self.forward(call.outs[0], whole)
                return
        self.append(call)

    def refresh(self, call: Call) -> Call:
        """Arithmetic on Python floats makes a Python float, even if it was a NumPy scalar before simplification."""
        out = call.outs[0]
        kinds = {fact_of(a).kind for a in call.args}
        floats = call.op in ARITHMETIC and {"float"} <= kinds <= {"float", "int"}
        if not floats or out.fact.kind in ("float", "unknown"):
            return call
        self.known[out] = new = Var(out.name, Fact("float"))
        self.uses[new] = self.uses[out]
        return replace(call, outs=(new,))

    def append(self, call: Call) -> None:
        for out in call.outs:
            self.definitions[out] = call
            self.place[out] = self.stmts, len(self.stmts)
        self.stmts.append(call)

    # ---- rewriting ---------------------------------------------------------------------------------------------------

    def rewrite(self, call: Call) -> Call | Arg | None:
        """What a call of the derivative becomes: another call, an argument that has its value, or None."""
        if call.op is operator.getitem:
            return _item(call) or self.scalar_item(call)
        if call.op is np.shape and len(call.args) == 1 and (older := self.of_same_shape(call.args[0])) is not None:
            self.uses[older] += 1
            return replace(call, args=(older,))
        op = known_op(call)
        laws = BY_OP.get(op)
        if laws is None:
            return None
        folded = None if call.kwargs else _fold(op, call.args)
        if folded is not None:
            return folded
        operands_ = heads(call, self.definitions)
        for law in laws:
            found = law.match(call, self.definitions) if law.fits(operands_) else None
            if found is not None and self.worthwhile(law, found):
                return self.apply(law, found, call)
        return None

    def scalar_item(self, call: Call) -> Arg | None:
        """``np.reshape(x, ())[()]`` of a number is the number."""
        base, index, *_ = call.args
        made = self.definitions.get(base) if type(base) is Var else None
        if made is None or made.op is not np.reshape:
            return None
        if not (index.kind == "tuple" and not index.items if type(index) is Pack else
                type(index) is Const and type(index.value) is tuple and not index.value):
            return None
        return made.args[0] if fact_of(made.args[0]).is_scalar else None

    def of_same_shape(self, arg: Arg) -> Var | None:
        """The oldest array of the same shape that an array was computed from: nothing need be kept for its shape."""
        found: Var | None = None
        v: Var | None = arg if isinstance(arg, Var) and arg.fact.is_array and arg.fact.dims is not None else None
        while v is not None and v in self.definitions:
            operands_ = variables(*self.definitions[v].args)
            dims = v.fact.dims
            v = next((u for u in operands_ if u.fact.is_array and u.fact.dims == dims), None)
            found = v or found
        return found

    def worthwhile(self, law: Law, found: Match) -> bool:
        """Not if a call that others read would be computed twice, or if an array would have to outlive an update."""
        if any(type(a) is Var and a in self.consumed for a in found.deep):
            return False
        if not isinstance(law.right, Apply):
            return True
        if law.right.op is operator.neg or law.left.op is operator.neg:
            return type(law.right.args[0]) is Meta or all(self.uses[v] == 1 for v in found.inner.values())
        rebuilt = any(isinstance(a, Apply) and a.op is not operator.neg for a in law.right.args)
        return not rebuilt or all(self.uses[v] == 1 for v in found.inner.values()
                                  if self.definitions[v].op is not operator.neg)

    def apply(self, law: Law, found: Match, call: Call) -> Call | Arg:
        right = law.right
        if not isinstance(right, Apply):
            return self.build(right, (), law, found, call)
        args = tuple(self.build(node, (k,), law, found, call) for k, node in enumerate(right.args))
        kwargs = tuple((name, self.build(node, (name,), law, found, call)) for name, node in right.named)
        self.uses.update(variables(*args, *(a for _, a in kwargs)))
        self.uses.subtract(variables(*call_args(call)))
        return replace(call, op=right.op, args=args, kwargs=kwargs)

    def build(self, node: Node, path: Path, law: Law, found: Match, call: Call) -> Arg:
        """An argument of the right side; operations below the outermost become calls of their own."""
        match node:
            case Meta(name=name):
                return found.bound[name]
            case Literal(value=value):
                return Const(value)
            case Apply():
                args = tuple(self.build(n, (*path, k), law, found, call) for k, n in enumerate(node.args))
                kwargs = tuple((name, self.build(n, (*path, name), law, found, call)) for name, n in node.named)
                folded = None if kwargs else _fold(node.op, args)
                if folded is not None:
                    return folded
                self.uses.update(variables(*args, *(a for _, a in kwargs)))
                out = Var("t", self.inner_fact(node, path, args, law, found, call))
                self.append(Call((out,), node.op, args, kwargs, call.loc, True))
                return out
        return Pack("tuple", tuple(self.build(n, (*path, k), law, found, call) for k, n in enumerate(node.items)))

    def inner_fact(self, node: Apply, path: Path, args: tuple[Arg, ...], law: Law, found: Match, call: Call) -> Fact:
        """The fact of an operation of the right side: that of the same operation in the same place on the left, and
        what is about to be negated is like its negative."""
        like = found.inner.get(path)
        if like is not None and known_op(self.definitions[like]) is node.op:
            return like.fact
        if path == (0,) and isinstance(law.right, Apply) and law.right.op is operator.neg:
            return call.outs[0].fact.forget()
        return _fact(node.op, args)

    def forward(self, out: Var, value: Arg, direct: bool = False) -> None:
        """From now on ``value`` is read instead of ``out``. If it was read only there (``direct``: as an operand of the
        call that is gone), it takes the name of ``out``."""
        uses = self.uses[out]
        if direct and type(value) is Var and self.uses[value] == 1 and self.renames(value, out):
            stmts, k = self.place[value]
            call = stmts[k]
            assert isinstance(call, Call)
            new = Var(out.name, out.fact if value.fact == UNKNOWN else value.fact)
            stmts[k] = self.definitions[new] = replace(call, outs=(new,))
            self.place[new] = stmts, k
            self.known[value] = new
            self.consumed.update({new} if self.consumed & {out, value} else ())
            value = new
        self.known[out] = value
        for v in variables(value):
            self.uses[v] += uses
        if out in self.consumed:
            self.consumed.update(variables(value))

    def renames(self, value: Var, out: Var) -> bool:
        call = self.definitions.get(value)
        return (call is not None and call.adjoint and len(call.outs) == 1 and not _is_temporary(out.name)
                and self.place[value][0] is self.stmts)


def _is_temporary(name: str) -> bool:
    return name == "t" or (name[0] == "t" and name[1:].isdigit())


def _reads(block: Block) -> Iterator[Var]:
    """The variables that are read, as often as they are."""
    for stmt in block.stmts:
        yield from variables(*(call_args(stmt) if isinstance(stmt, Call) else operands(stmt)))
        for inner in blocks(stmt):
            yield from _reads(inner)
    yield from variables(*block.results)


def _item(call: Call) -> Arg | None:
    """``(a, b)[1]`` is ``b``."""
    if len(call.args) != 2 or type(call.args[1]) is not Const:
        return None
    pack, index = call.args[0], call.args[1].value
    if type(pack) is not Pack or pack.kind == "slice":
        return None
    if pack.kind == "dict":
        return next((a for k, a in zip(pack.keys, pack.items) if type(k) is type(index) and k == index), None)
    return pack.items[index] if type(index) is int and -len(pack.items) <= index < len(pack.items) else None


def _fold(op: object, args: tuple[Arg, ...]) -> Const | None:
    """The value of an operation on constant numbers, if it is a finite number."""
    values = [a.value for a in args if type(a) is Const and type(a.value) in (float, int)]
    if op not in FOLDABLE or len(values) != len(args):
        return None
    try:
        value = op(*values)  # type: ignore[operator]
    except ArithmeticError:  # left to raise, or to become inf, at run time
        return None
    if type(value) is int:
        return Const(value) if abs(value) < 2**53 else None
    return Const(value) if type(value) is float and math.isfinite(value) else None


def _fact(op: object, args: tuple[Arg, ...]) -> Fact:
    """The fact of arithmetic on real operands of one kind, or of one array and scalars."""
    facts = [fact_of(a).forget() for a in args]
    if op not in ARITHMETIC or not all(real(f) for f in facts):
        return UNKNOWN
    arrays = [f for f in facts if f.is_array]
    rest = [f for f in facts if not f.is_array]
    if arrays and all(f == arrays[0] for f in arrays) and all(f.kind == "float" for f in rest):
        return arrays[0]
    return rest[0] if not arrays and all(f == rest[0] for f in rest) else UNKNOWN
