"""Is this IR well formed?  Run between passes in tests, so that a broken pass is caught where it breaks.

Checked: every variable is assigned once and read only where it is in scope; blocks and branches have as many
parameters, results and outs as the grammar in ``s2sad.ir`` says, and loops the parts; arguments are ``Var``, ``Const``
or ``Pack``.

    >>> from s2sad.ir import Block, Call, Function, Var
    >>> x, y = Var("x"), Var("y")
    >>> verify(Function("f", Block((x,), (Call((y,), abs, (Var("z"),)),), (y,))))
    Traceback (most recent call last):
    ...
    s2sad.errors.InternalError: S2S900: f: <z> is read but not in scope
      why: in `y = abs(z)`
"""
from __future__ import annotations

from typing import Any, NoReturn

from s2sad.errors import InternalError
from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, For, Function, If, Pack, Stmt, Var, While
from s2sad.ir.walk import operands

PACK_KINDS = ("tuple", "list", "dict", "slice")


def verify(fn: Function) -> Function:
    """Return ``fn`` if it is well formed, raise ``InternalError`` otherwise. Callees are verified too."""
    _Verifier(fn, set()).run()
    return fn


class _Verifier:
    def __init__(self, fn: Function, verified: set[int]) -> None:
        self.fn = fn
        self.assigned: set[Var] = set()
        self.scope: set[Var] = set()
        self.verified = verified
        self.stmt: Stmt | None = None

    def run(self) -> None:
        fn = self.fn
        self.expect(isinstance(fn, Function), f"{fn!r} is not a Function")
        self.verified.add(id(fn))
        self.expect(len(fn.body.results) == 1, f"{len(fn.body.results)} results instead of one")
        self.block(fn.body)
        top = {v for stmt in fn.body.stmts for v in stmt.outs} | set(fn.body.params)
        for v in fn.inputs:
            self.expect(v in top, f"input {v!r} is neither a parameter nor defined by a statement of the function")

    def fail(self, message: str) -> NoReturn:
        loc, why = (None, "") if self.stmt is None else (getattr(self.stmt, "loc", None), f"in `{_sketch(self.stmt)}`")
        raise InternalError("S2S900", f"{self.fn.name}: {message}", loc, why)

    def expect(self, condition: bool, message: str) -> None:
        if not condition:
            self.fail(message)

    def define(self, variables: tuple[Var, ...]) -> None:
        for v in variables:
            if type(v) is not Var:
                self.fail(f"{v!r} is assigned but is not a Var")
            if v in self.assigned:
                self.fail(f"{v!r} is assigned twice")
            self.assigned.add(v)
        self.scope.update(variables)

    def arg(self, arg: Arg) -> None:
        if isinstance(arg, Var):
            if arg not in self.scope:
                self.fail(f"{arg!r} is read but not in scope")
        elif isinstance(arg, Pack):
            self.pack(arg)
        elif not isinstance(arg, Const):
            hint = " (wrap it: Const(UNDEFINED))" if arg is UNDEFINED else ""
            self.fail(f"{arg!r} is not an argument: expected a Var, Const or Pack{hint}")

    def pack(self, pack: Pack) -> None:
        if pack.kind not in PACK_KINDS and not callable(pack.kind):
            self.fail(f"a Pack cannot be a {pack.kind!r}")
        if pack.kind == "slice" and len(pack.items) != 3:
            self.fail(f"a slice has three items, not {len(pack.items)}")
        if len(pack.keys) != (len(pack.items) if pack.kind == "dict" else 0):
            self.fail(f"a {pack.kind} of {len(pack.items)} items with {len(pack.keys)} keys")
        for item in pack.items:
            self.arg(item)

    def args(self, args: tuple[Arg, ...]) -> None:
        for arg in args:
            self.arg(arg)

    def block(self, block: Block) -> None:
        """A block sees what is around it; what it defines is forgotten when it ends."""
        if type(block) is not Block:
            self.fail(f"{block!r} is not a Block")
        enclosing = self.scope
        self.scope = set(enclosing)
        self.define(block.params)
        outer = self.stmt
        for stmt in block.stmts:
            self.stmt = stmt
            self.statement(stmt)
        self.stmt = outer
        self.args(block.results)
        self.scope = enclosing

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Call():
                self.call(stmt)
            case If():
                self.arg(stmt.test)
                for name, branch in (("then", stmt.then), ("else", stmt.orelse)):
                    self.count("parameters of the " + name + " block", branch.params, 0)
                    self.count("results of the " + name + " block", branch.results, len(stmt.outs))
                    self.block(branch)
            case For() | While():
                self.loop(stmt)
            case _:
                self.fail(f"{stmt!r} is not a statement")
        self.define(stmt.outs)

    def call(self, call: Call) -> None:
        self.args(call.args)
        for item in call.kwargs:
            self.expect(type(item) is tuple and len(item) == 2 and isinstance(item[0], str),
                        f"{item!r} is not a keyword argument")
            self.arg(item[1])
        op = call.op
        if isinstance(op, Function):
            self.count(f"arguments of {op.name}", call.args, len(op.params))
            self.expect(not call.kwargs, f"keyword arguments in a call of {op.name}")
            if id(op) not in self.verified:
                _Verifier(op, self.verified).run()
        elif not callable(op):
            self.fail(f"{op!r} is called but is not callable")

    def loop(self, loop: For | While) -> None:
        self.args(operands(loop))
        if isinstance(loop, While):
            self.expect(None not in [c.tested for c in loop.carried], "a carried value that the test does not take")
            self.block(loop.test)
        else:
            self.expect(len(loop.walked) > 0, "a For without a sequence has no number of trips")
            self.expect({c.tested for c in loop.carried} <= {None}, "a For has no test")
        self.expect(not (loop.reverse and loop.stop and loop.collected),
                    "what a reversed loop with a stop flag collects cannot be aligned to positions")
        self.block(loop.body)

    def count(self, what: str, found: tuple[Any, ...], wanted: int) -> None:
        if len(found) != wanted:
            self.fail(f"{len(found)} {what} instead of {wanted}")


def _sketch(stmt: Any) -> str:
    """One line about a statement that may be broken."""
    outs = ", ".join(getattr(v, "name", repr(v)) for v in getattr(stmt, "outs", ()))
    if not isinstance(stmt, Call):
        return f"{outs} = {type(stmt).__name__}"
    args = ", ".join(getattr(a, "name", None) or type(a).__name__ for a in stmt.args)
    op = getattr(stmt.op, "name", None) or getattr(stmt.op, "__name__", None) or repr(stmt.op)
    return f"{outs} = {op}({args})"
