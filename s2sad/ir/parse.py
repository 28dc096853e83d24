"""Text to IR: the inverse of ``text.format``, for tests, lectures and experiments.

Nested expressions are allowed and get temporaries, so hand-written IR may say ``z = x * y + np.sin(x)``.

    >>> fn = parse('''
    ... def f(x, n) wrt x:
    ...     a = np.zeros(n)
    ...     y = for i in range(n) carry p = a:
    ...         q = setitem(p, i, x * 2.0)
    ...         yield q
    ...     return y
    ... ''')
    >>> fn.name, fn.inputs, len(fn.body.stmts)
    ('f', (<x>,), 3)
"""
from __future__ import annotations

import ast
import io
import operator
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from s2sad.errors import InternalError
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
    Stop,
    Var,
    Walked,
    While,
)
from s2sad.ir.facts import UNKNOWN
from s2sad.ir.opnames import lookup_op
from s2sad.ir.symbols import FUNCTION
from s2sad.ir.verify import verify

SPECIAL = {"nan": float("nan"), "inf": float("inf"), "UNDEFINED": UNDEFINED}
NOT_LITERAL = object()
T = TypeVar("T")


def parse(text: str, namespace: Mapping[str, Any] | None = None, facts: Mapping[str, Fact] | None = None) -> Function:
    """Read the printed form of a function; of several, the last one (it may call those before it).

    Parameters
    ----------
    text : str
    namespace : dict, optional
        Captured values and user functions by name, as ``text.constants`` returns them.
    facts : dict, optional
        Facts of variables by name.

    Raises
    ------
    InternalError
        If the text is not the printed form of well-formed IR.
    """
    lines = [line for number, raw in enumerate(text.splitlines(), 1) if (line := _line(number, raw)) is not None]
    reader = _Reader(lines, dict(namespace or {}), dict(facts or {}))
    fn = None
    while reader.position < len(lines):
        fn = reader.function()
    if fn is None:
        raise InternalError("S2S900", "there is no function in this text")
    return verify(fn)


@dataclass(frozen=True)
class _Line:
    """A line without its comment. ``marks`` are the tokens outside of brackets, with their columns."""

    number: int
    indent: int
    text: str
    marks: tuple[tuple[str, int, int], ...]

    def find(self, *words: str) -> tuple[str, int, int] | None:
        return next((m for m in self.marks if m[0] in words), None)

    def parts(self, *words: str) -> dict[str, str]:
        """The text cut at some words: ``{"": before the first, word: what follows it, …}``."""
        cuts = [m for m in self.marks if m[0] in words]
        ends = [m[1] for m in cuts[1:]] + [len(self.text)]
        found = {"": self.text[:cuts[0][1]] if cuts else self.text}
        return found | {m[0]: self.text[m[2]:end].strip() for m, end in zip(cuts, ends)}


def _line(number: int, raw: str) -> _Line | None:
    text = raw.strip()
    marks, depth, end = [], 0, len(text)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                end = token.start[1]
            depth -= token.string in (")", "]", "}") and token.type == tokenize.OP
            if depth == 0 and token.type in (tokenize.NAME, tokenize.OP):
                marks.append((token.string, token.start[1], token.end[1]))
            depth += token.string in ("(", "[", "{") and token.type == tokenize.OP
    except (tokenize.TokenError, SyntaxError) as error:
        raise InternalError("S2S900", f"line {number}: {error}: {text}") from None
    text = text[:end].rstrip()
    return _Line(number, len(raw) - len(raw.lstrip()), text, tuple(marks)) if text else None


class _Reader:
    def __init__(self, lines: list[_Line], namespace: dict[str, Any], facts: dict[str, Fact]) -> None:
        self.lines, self.namespace, self.facts = lines, namespace, facts
        self.position = 0
        self.where = lines[0] if lines else None
        self.vars: dict[str, Var] = {}
        self.functions: dict[str, Function] = {}
        self.stmts: list[Stmt] = []
        self.adjoint = False

    # ---- lines -------------------------------------------------------------------------------------------------------

    @property
    def line(self) -> _Line:
        return self.lines[min(self.position, len(self.lines) - 1)]

    def peek(self, indent: int, *words: str) -> bool:
        """Whether the next line starts with one of ``words`` at this indentation."""
        return (self.position < len(self.lines) and self.line.indent == indent and bool(self.line.marks)
                and self.line.marks[0][0] in words)

    def fail(self, message: str) -> InternalError:
        line = self.where or self.line
        return InternalError("S2S900", f"line {line.number}: {message}: {line.text}")

    def header(self, *words: str) -> dict[str, str]:
        """The parts of a line that opens a block; the reader moves on to the block."""
        self.where = line = self.line
        if not line.text.endswith(":"):
            raise self.fail("expected `:` at the end")
        self.position += 1
        return _Line(line.number, line.indent, line.text[:-1], line.marks[:-1]).parts(*words)

    def bind(self, name: str) -> Var:
        if not name.isidentifier():
            raise self.fail(f"`{name}` is not a name")
        if name in self.vars:
            raise self.fail(f"`{name}` is assigned twice")
        self.vars[name] = v = Var(name, self.facts.get(name, UNKNOWN))
        return v

    def bind_all(self, text: str) -> tuple[Var, ...]:
        return tuple(self.bind(name.strip()) for name in text.split(",") if name.strip())

    # ---- blocks ------------------------------------------------------------------------------------------------------

    def function(self) -> Function:
        self.vars = {}
        parts = self.header("def", "wrt")
        if "def" not in parts:
            raise self.fail("expected `def`")
        name, _, params = parts["def"].partition("(")
        bound = self.bind_all(params.rpartition(")")[0])
        body = self.block(bound, "return")
        inputs = tuple(self.vars[v.strip()] for v in parts.get("wrt", "").split(",") if v.strip())
        self.functions[name.strip()] = fn = Function(name.strip(), body, inputs)
        return fn

    def block(self, params: tuple[Var, ...], verb: str = "yield", more: tuple[str, ...] = ()) -> Block:
        """The indented lines that follow; ``more`` are the texts of results that the header named."""
        outer, self.stmts = self.stmts, []
        start = self.line
        opener = self.lines[self.position - 1]
        if self.position >= len(self.lines) or start.indent <= opener.indent:
            raise self.fail("expected an indented block after this line")
        results: tuple[Arg, ...] = ()
        while self.position < len(self.lines) and self.line.indent == start.indent:
            self.where = self.line
            if self.peek(start.indent, verb):
                _, _, end = self.line.marks[0]
                results = self.results(self.line.text[end:], verb)
                self.position += 1
                break
            if self.line.text == "pass":
                self.position += 1
            else:
                self.statement()
        if self.position < len(self.lines) and self.line.indent > opener.indent:
            self.where = self.line
            raise self.fail("unexpected line in this block")
        results += tuple(a for text in more for a in self.results(text))
        block = Block(params, tuple(self.stmts), results)
        self.stmts = outer
        return block

    def results(self, text: str, verb: str = "yield") -> tuple[Arg, ...]:
        if verb == "return":
            return (self.arg(self.expression(text)),)
        call = self.expression(f"_({text})")
        assert isinstance(call, ast.Call)
        return tuple(self.arg(node) for node in call.args)

    # ---- statements --------------------------------------------------------------------------------------------------

    def statement(self) -> None:
        line = self.line
        first = line.marks[0][0] if line.marks else ""
        sign = None if first in ("if", "for", "while") else line.find("=", ":=")
        names = line.text[:sign[1]] if sign else ""
        enclosing, self.adjoint = self.adjoint, bool(sign and sign[0] == ":=")
        start = sign[2] if sign else 0
        right = line.text[start:].lstrip()
        shift = len(line.text) - len(right)
        marks = tuple((t, a - shift, b - shift) for t, a, b in line.marks if a >= shift)
        self.lines[self.position] = _Line(line.number, line.indent, right, marks)
        match marks[0][0] if marks else "":
            case "if":
                stmt: Any = self.branch(line.indent)
            case "for":
                stmt = self.for_loop()
            case "while":
                stmt = self.while_loop(line.indent)
            case _:
                self.position += 1
                stmt = self.primitive(self.expression(right))
        self.stmts.append(stmt(self.bind_all(names)))
        self.adjoint = enclosing

    def branch(self, indent: int) -> Any:
        adjoint = self.adjoint
        test = self.arg(self.expression(self.header("if")["if"]))
        then, orelse = self.block(()), Block((), (), ())
        if self.peek(indent, "else"):
            self.header("else")
            orelse = self.block(())
        return lambda outs: If(outs, test, then, orelse, adjoint=adjoint)

    def for_loop(self) -> Any:
        adjoint = self.adjoint
        parts = self.header("for", "in", "carry", "collect", "stop")
        node, reverse = self.expression(parts["in"]), False
        if _is_call(node, "reversed"):
            node, reverse = node.args[0], True
        sequences = [self.arg(n) for n in (node.args if _is_call(node, "zip") else [node])]
        names, inits = self.carried(parts)
        items, params = self.bind_all(parts["for"]), tuple(map(self.bind, names))
        walked = tuple(map(Walked, items, self.as_many("sequences", sequences, items)))
        body = self.block((*items, *params), more=self.products(parts))

        def made(outs: tuple[Var, ...]) -> For:
            carried, collected, stop = self.ends("stop" in parts, body, outs, params, inits)
            return For(walked, carried, body.stmts, collected, stop, reverse, adjoint=adjoint)
        return made

    def while_loop(self, indent: int) -> Any:
        adjoint = self.adjoint
        head = self.header("while", "carry")
        names, inits = self.carried(head)
        test = self.block(tuple(map(self.bind, names)), more=(head["while"],))
        if not self.peek(indent, "do"):
            raise self.fail("expected `do`")
        parts = self.header("do", "collect", "stop")
        body = self.block(self.bind_all(parts["do"]), more=self.products(parts))
        self.as_many("parameters", body.params, test.params)
        (condition,) = test.results

        def made(outs: tuple[Var, ...]) -> While:
            carried, collected, stop = self.ends("stop" in parts, body, outs, body.params, inits, test.params)
            return While(carried, test.stmts, condition, body.stmts, collected, stop, adjoint=adjoint)
        return made

    def ends(self, stops: bool, body: Block, outs: tuple[Var, ...], *heads: tuple[Any, ...]
             ) -> tuple[tuple[Carried, ...], tuple[Collected, ...], Stop | None]:
        """What a loop carries (``heads``: parameters, first values, parameters of the test) and collects, and its
        flag."""
        ends = list(zip(self.as_many("results", body.results, outs), outs))
        stop = Stop(*ends.pop()) if stops and ends else None
        kept = iter(ends)
        carried = tuple(Carried(p, init, *end, *tested) for (p, init, *tested), end in zip(zip(*heads), kept))
        self.as_many("carried results", carried, heads[0])
        return carried, tuple(Collected(*end) for end in kept), stop

    def as_many(self, what: str, found: Sequence[T], wanted: Sequence[Any]) -> Sequence[T]:
        if len(found) != len(wanted):
            raise self.fail(f"{len(found)} {what} of a loop instead of {len(wanted)}")
        return found

    def carried(self, parts: dict[str, str]) -> tuple[list[str], tuple[Arg, ...]]:
        call = self.expression(f"_({parts.get('carry', '')})")
        assert isinstance(call, ast.Call)
        return [str(k.arg) for k in call.keywords], tuple(self.arg(k.value) for k in call.keywords)

    def products(self, parts: dict[str, str]) -> tuple[str, ...]:
        return tuple(parts[word] for word in ("collect", "stop") if word in parts)

    # ---- expressions -------------------------------------------------------------------------------------------------

    def expression(self, text: str) -> Any:
        try:
            return ast.parse(text.strip(), mode="eval").body
        except SyntaxError as error:
            raise self.fail(f"{error.msg} in `{text.strip()}`") from None

    def primitive(self, node: ast.expr) -> Any:
        """An expression as a statement: a function of the outs."""
        adjoint = self.adjoint
        op, args, kwargs = self.operation(node)
        return lambda outs: Call(outs, op, args, kwargs, adjoint=adjoint)

    def operation(self, node: ast.expr) -> tuple[Any, tuple[Arg, ...], tuple[tuple[str, Arg], ...]]:
        match node:
            case ast.BinOp():
                return FUNCTION[type(node.op)], (self.arg(node.left), self.arg(node.right)), ()
            case ast.UnaryOp():
                return FUNCTION[type(node.op)], (self.arg(node.operand),), ()
            case ast.Compare(ops=[ast.In()], comparators=[right]):
                return operator.contains, (self.arg(right), self.arg(node.left)), ()
            case ast.Compare(ops=[op], comparators=[right]) if type(op) in FUNCTION:
                return FUNCTION[type(op)], (self.arg(node.left), self.arg(right)), ()
            case ast.Subscript():
                return operator.getitem, (self.arg(node.value), self.arg(node.slice)), ()
            case ast.Attribute():
                return getattr, (self.arg(node.value), Const(node.attr)), ()
            case ast.Call():
                kwargs = tuple((str(k.arg), self.arg(k.value)) for k in node.keywords)
                return self.callee(node.func), tuple(map(self.arg, node.args)), kwargs
        raise self.fail(f"`{ast.unparse(node)}` is not an operation")

    def callee(self, node: ast.expr) -> Any:
        name = ast.unparse(node)
        return self.functions.get(name) or self.lookup(name)

    def lookup(self, name: str) -> Any:
        try:
            return lookup_op(name, self.namespace)
        except LookupError as error:
            raise self.fail(str(error)) from None

    def arg(self, node: ast.expr) -> Arg:
        """An expression as an argument; what is not an argument is computed into a temporary."""
        value = self.literal(node)
        if value is not NOT_LITERAL:
            return Const(value)
        match node:
            case ast.Name(id=name):
                return self.vars[name] if name in self.vars else Const(self.lookup(name), self.const_name(name))
            case ast.Attribute() if not self.is_variable(node.value):
                return Const(self.lookup(ast.unparse(node)))
            case ast.Tuple(elts=items):
                return Pack("tuple", tuple(map(self.arg, items)))
            case ast.List(elts=items):
                return Pack("list", tuple(map(self.arg, items)))
            case ast.Dict():
                return Pack("dict", tuple(map(self.arg, node.values)), tuple(self.key(k) for k in node.keys))
            case ast.Slice():
                parts = (node.lower, node.upper, node.step)
                return Pack("slice", tuple(Const(None) if p is None else self.arg(p) for p in parts))
            case ast.Call(func=ast.Name(id="slice"), args=[_, _, *_] as items):
                none = [ast.Constant(None)] * (3 - len(items))
                return Pack("slice", tuple(map(self.arg, [*items, *none])))
            case ast.Call(keywords=[]) if isinstance(cls := self.callee(node.func), type) and hasattr(cls, "_fields"):
                return Pack(cls, tuple(map(self.arg, node.args)))
        op, args, kwargs = self.operation(node)
        temporary = Var("t")
        self.stmts.append(Call((temporary,), op, args, kwargs, adjoint=self.adjoint))
        return temporary

    def const_name(self, name: str) -> str | None:
        return name if name in self.namespace else None

    def is_variable(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return not isinstance(node, ast.Name) or node.id in self.vars

    def key(self, node: ast.expr | None) -> Any:
        value = self.literal(node) if node is not None else NOT_LITERAL
        if value is NOT_LITERAL and isinstance(node, ast.Tuple):
            return tuple(self.key(n) for n in node.elts)
        if value is NOT_LITERAL:
            raise self.fail("the keys of a dict must be plain values")
        return value

    def literal(self, node: ast.expr) -> Any:
        """The value of a number, string, ``complex(…)``, ``np.float32(…)``, ``np.dtype(…)`` of literals."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id="nan" | "inf" | "UNDEFINED" as name) if name not in self.vars:
                return SPECIAL[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value = self.literal(operand)
                return -value if type(value) in (int, float) else NOT_LITERAL
            case ast.Call(func=ast.Name(id="complex") | ast.Attribute(value=ast.Name(id="np")) as func, keywords=[]):
                return self.number(func, [self.literal(a) for a in node.args])
        return NOT_LITERAL

    def number(self, func: ast.expr, args: list[Any]) -> Any:
        """A complex number, a NumPy scalar or a dtype with literal arguments."""
        if not args or NOT_LITERAL in args:
            return NOT_LITERAL
        make = self.callee(func)
        return make(*args) if make is complex or make is np.dtype or (
            isinstance(make, type) and issubclass(make, np.generic)) else NOT_LITERAL


def _is_call(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name and not node.keywords
