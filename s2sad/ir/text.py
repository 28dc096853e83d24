"""The printed form of the IR: nearly Python, and ``parse`` reads it back.

::

    def f(x, n) wrt x:                              # x is what can be differentiated
        a1 = np.zeros(n)
        a2 = setitem(a1, 0, x)
        a5, ps = for i in range(1, n) carry a3 = a2 collect p:
            t1 = i - 1
            p = a3[t1]
            t2 = np.sin(p)
            a4 = setitem(a3, i, t2)
            yield a4                                # the carried values of the next trip
        y = np.sum(a5)
        return y

``:=`` instead of ``=`` marks what a derivative added. ``carry`` introduces the carried values with their first values,
``collect`` what comes out as a list, ``stop`` the flag that ends the loop; ``for … in reversed(zip(r, ps))`` walks from
the last position to the first. A ``while`` names its test and computes it in a block of its own::

        y4 = while c carry y1 = x:
            c = y1 > 1.0
        do y2:
            y3 = y2 / 2.0
            yield y3

A branch yields its outs. Variables that share a name are numbered in order. Operators are infix, bare names are those
of ``operator``, Python and ``s2sad.runtime`` (``setitem``). A ``range`` that one loop uses is shown in its head.
``parse(format(fn), constants(fn))`` is ``fn`` up to names, facts, source locations and guards.

    >>> print(format(parse('''
    ... def f(x, y):
    ...     z = x * y + np.sin(x)
    ...     return z
    ... ''')))
    def f(x, y):
        t1 = x * y
        t2 = np.sin(x)
        z = t1 + t2
        return z
"""
from __future__ import annotations

import builtins
import math
import operator
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, Fact, For, Function, If, Pack, Stmt, Var, While
from s2sad.ir.opnames import KEYWORDS, WORDS, find, global_name, identifier, lookup_op, op_name
from s2sad.ir.parse import parse
from s2sad.ir.symbols import INFIX, PREFIX
from s2sad.ir.walk import blocks, call_args, operands, statements, variables

__all__ = ["constants", "describe", "format", "lookup_op", "op_name", "parse"]

INDENT = "    "


def format(fn: Function, facts: bool = False) -> str:
    """The printed form of a function; the functions it calls come first.

    Parameters
    ----------
    fn : Function
    facts : bool
        Append what is known of each variable as a comment.

    Returns
    -------
    str
        Deterministic, without a newline at the end.
    """
    heads = _Heads(fn)
    return "\n\n\n".join("\n".join(_Printer(f, heads, facts).lines()) for f in heads.functions)


def constants(fn: Function) -> dict[str, Any]:
    """The captured values and user functions in ``format(fn)`` by printed name: the namespace that ``parse`` needs."""
    return dict(_Heads(fn).namespace)


def describe(fact: Fact, symbols: dict[Any, str] | None = None) -> str:
    """A fact in a few characters: ``float``, ``float64[3, n0]``. ``symbols`` names sizes, and is added to."""
    symbols = {} if symbols is None else symbols
    if fact.kind == "array":
        dtype = "array" if fact.dtype is None else str(fact.dtype)
        return dtype + ("" if fact.dims is None else f"[{', '.join(_dim(d, symbols) for d in fact.dims)}]")
    if fact.kind == "scalar" and fact.dtype is not None:
        return str(fact.dtype)
    if fact.kind == "list" and fact.item is not None and fact.item != Fact():
        return f"list of {describe(fact.item, symbols)}"
    return "?" if fact.kind == "unknown" else fact.kind


def _dim(dim: Any, symbols: dict[Any, str]) -> str:
    if not isinstance(dim, tuple):
        return str(dim)
    name = symbols.setdefault(dim[0], f"n{len(symbols)}")
    return name if dim[1] == 0 else f"{name}{dim[1]:+d}"


class _Heads:
    """Names that are not variables: functions of the text (callees first), and the user's constants and operations."""

    def __init__(self, fn: Function) -> None:
        self.functions: list[Function] = []
        self.namespace: dict[str, Any] = {}
        self.names: dict[Any, str] = {}
        self.used: set[str] = set()
        self.visit(fn, set())

    def visit(self, fn: Function, open_: set[int]) -> None:
        if fn in self.functions or id(fn) in open_:
            return
        open_.add(id(fn))
        for stmt in statements(fn.body):
            if isinstance(stmt, Call):
                if isinstance(stmt.op, Function):
                    self.visit(stmt.op, open_)
                elif id(stmt.op) not in _SYMBOLS:
                    self.name(stmt.op)
        self.functions.append(fn)
        self.claim(("function", id(fn)), fn.name)
        for arg in _all_args(fn.body):
            for const in _consts(arg):
                if literal(const.value) is None:
                    self.name(const.value, const.name)

    def name(self, value: Any, hint: str | None = None) -> str:
        """The printed name of an operation or constant."""
        key = ("value", id(value))
        if key not in self.names:
            known = global_name(value) if callable(value) or type(value) is type(math) else None
            if known is not None:
                self.names[key] = known
                self.used.add(known.split(".")[0])
            else:
                hint = hint or (op_name(value) if callable(value) else "const")
                self.namespace[self.claim(key, hint)] = value
        return self.names[key]

    def claim(self, key: Any, hint: str) -> str:
        """A free name like ``hint``."""
        base = name = identifier(hint)
        k = 1
        while name in self.used or name in WORDS or name in KEYWORDS or find(name) is not None:
            k += 1
            name = f"{base}_{k}"
        self.names[key] = name
        self.used.add(name)
        return name


class _Printer:
    """One function to lines."""

    def __init__(self, fn: Function, heads: _Heads, facts: bool) -> None:
        self.fn, self.heads, self.facts = fn, heads, facts
        self.symbols: dict[Any, str] = {}
        self.reads = Counter(v for arg in _all_args(fn.body) for v in variables(arg))
        self.folded = dict(self.ranges(fn.body))
        self.names = _number((v for v in _definitions(fn.body) if v not in self.folded), heads.used)
        self.out: list[tuple[str, tuple[Var, ...]]] = []

    def lines(self) -> list[str]:
        fn = self.fn
        wrt = f" wrt {self.vars(fn.inputs)}" if fn.inputs else ""
        self.emit(0, f"def {self.heads.names['function', id(fn)]}({self.vars(fn.params)}){wrt}:", fn.params)
        self.block(fn.body, 1, "return", [self.bare_tuple(r) for r in fn.body.results])
        if not self.facts:
            return [line for line, _ in self.out]
        width = min(max((len(line) for line, outs in self.out if outs), default=0), 60)
        return [f"{line:{width}}  # {', '.join(describe(v.fact, self.symbols) for v in outs)}" if outs else line
                for line, outs in self.out]

    def emit(self, depth: int, text: str, outs: tuple[Var, ...] = ()) -> None:
        self.out.append((INDENT * depth + text, outs))

    def block(self, block: Block, depth: int, verb: str, results: list[str]) -> None:
        start = len(self.out)
        for stmt in block.stmts:
            if not (stmt.outs and stmt.outs[0] in self.folded):
                self.statement(stmt, depth)
        if results:
            self.emit(depth, f"{verb} {', '.join(results)}")
        elif len(self.out) == start:
            self.emit(depth, "pass")

    def ranges(self, block: Block) -> Iterator[tuple[Var, Call]]:
        """The ranges that are shown in the head of their loop: used once, by a loop of the same block and origin."""
        calls = {s.outs[0]: s for s in block.stmts
                 if isinstance(s, Call) and s.op is range and len(s.outs) == 1 and not s.kwargs}
        for stmt in block.stmts:
            for w in stmt.walked if isinstance(stmt, For) else ():
                v = w.sequence
                if type(v) is Var and v in calls and self.reads[v] == 1 and calls[v].adjoint == stmt.adjoint:
                    yield v, calls[v]
            for inner in blocks(stmt):
                yield from self.ranges(inner)

    def statement(self, stmt: Stmt, depth: int) -> None:
        sign = ":=" if stmt.adjoint else "="
        left = f"{self.vars(stmt.outs)} {sign} " if stmt.outs else ":= " if stmt.adjoint else ""
        match stmt:
            case Call():
                self.emit(depth, left + self.call(stmt), stmt.outs)
            case If():
                self.emit(depth, f"{left}if {self.arg(stmt.test)}:", stmt.outs)
                self.block(stmt.then, depth + 1, "yield", self.args(stmt.then.results))
                if stmt.orelse.stmts or stmt.orelse.results:
                    self.emit(depth, "else:")
                    self.block(stmt.orelse, depth + 1, "yield", self.args(stmt.orelse.results))
            case For():
                self.emit(depth, f"{left}{self.for_head(stmt)}:", (*stmt.outs, *stmt.body.params))
                self.block(stmt.body, depth + 1, "yield", self.args(c.result for c in stmt.carried))
            case While():
                carry = self.carry(stmt.test.params, stmt)
                self.emit(depth, f"{left}while {self.arg(stmt.condition)}{carry}:", (*stmt.outs, *stmt.test.params))
                self.block(stmt.test, depth + 1, "yield", [])
                params = f" {self.vars(stmt.body.params)}" if stmt.body.params else ""
                self.emit(depth, f"do{params}{self.products(stmt)}:", stmt.body.params)
                self.block(stmt.body, depth + 1, "yield", self.args(c.result for c in stmt.carried))

    def for_head(self, loop: For) -> str:
        iters = ", ".join(self.call(self.folded[a]) if type(a) is Var and a in self.folded else self.arg(a)
                          for a in (w.sequence for w in loop.walked))
        if len(loop.walked) != 1:
            iters = f"zip({iters})"
        if loop.reverse:
            iters = f"reversed({iters})"
        carry = self.carry([c.param for c in loop.carried], loop)
        return f"for {self.vars(w.item for w in loop.walked)} in {iters}{carry}{self.products(loop)}"

    def carry(self, params: Iterable[Var], loop: For | While) -> str:
        pairs = ", ".join(f"{self.var(p)} = {self.arg(c.init)}" for p, c in zip(params, loop.carried))
        return f" carry {pairs}" if pairs else ""

    def products(self, loop: For | While) -> str:
        text = f" collect {', '.join(self.args(c.result for c in loop.collected))}" if loop.collected else ""
        return text + (f" stop {self.arg(loop.stop.result)}" if loop.stop else "")

    def call(self, call: Call) -> str:
        args = self.args(call.args)
        if not call.kwargs:
            text = self.symbolic(call.op, call.args, args)
            if text is not None:
                return text
        args += [f"{name}={self.arg(a)}" for name, a in call.kwargs]
        key = ("function", id(call.op)) if isinstance(call.op, Function) else ("value", id(call.op))
        return f"{self.heads.names.get(key) or op_name(call.op)}({', '.join(args)})"

    def symbolic(self, op: Any, args: tuple[Arg, ...], texts: list[str]) -> str | None:
        """The call in operator notation, if it has one."""
        if id(op) not in _SYMBOLS:
            return None
        if len(args) == 2 and op in INFIX:
            left = f"({texts[0]})" if op is operator.pow and texts[0].startswith("-") else texts[0]
            return f"{left} {INFIX[op]} {texts[1]}"
        if len(args) == 1 and op in PREFIX and type(args[0]) is Var:
            return PREFIX[op] + texts[0]
        if len(args) == 2 and op is operator.contains:
            return f"{texts[1]} in {texts[0]}"
        if len(args) != 2 or type(args[0]) is not Var:
            return None
        if op is operator.getitem:
            return f"{texts[0]}[{self.index(args[1])}]"
        if op is getattr and type(args[1]) is Const and isinstance(args[1].value, str) and args[1].value.isidentifier():
            return f"{texts[0]}.{args[1].value}"
        return None

    def index(self, arg: Arg) -> str:
        """An argument between square brackets."""
        if type(arg) is Pack and arg.kind == "tuple" and arg.items:
            return ", ".join(self.index_item(a) for a in arg.items) + ("," if len(arg.items) == 1 else "")
        return self.index_item(arg)

    def index_item(self, arg: Arg) -> str:
        if type(arg) is not Pack or arg.kind != "slice":
            return self.arg(arg)
        low, high, step = ("" if type(a) is Const and a.value is None else self.arg(a) for a in arg.items)
        return f"{low}:{high}" + (f":{step}" if step else "")

    def bare_tuple(self, arg: Arg) -> str:
        """An argument of ``return``: a tuple without its parentheses."""
        if type(arg) is Pack and arg.kind == "tuple" and len(arg.items) > 1:
            return ", ".join(self.args(arg.items))
        return self.arg(arg)

    def arg(self, arg: Arg) -> str:
        if type(arg) is Var:
            return self.var(arg)
        if type(arg) is Pack:
            return self.pack(arg)
        if type(arg) is not Const:
            return f"<{arg!r}>"
        text = literal(arg.value)
        return self.heads.name(arg.value, arg.name) if text is None else text

    def pack(self, pack: Pack) -> str:
        items = self.args(pack.items)
        if pack.kind == "tuple":
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        if pack.kind == "list":
            return f"[{', '.join(items)}]"
        if pack.kind == "dict":
            return "{" + ", ".join(f"{self.arg(Const(k))}: {v}" for k, v in zip(pack.keys, items)) + "}"
        if pack.kind == "slice":
            return f"slice({', '.join(items[:2] if items[2:] == ['None'] else items)})"
        return f"{self.heads.name(pack.kind)}({', '.join(items)})"

    def args(self, args: Iterable[Arg]) -> list[str]:
        return [self.arg(a) for a in args]

    def var(self, v: Var) -> str:
        return self.names.get(v) or f"<{v.name}>"

    def vars(self, variables: Iterable[Var]) -> str:
        return ", ".join(map(self.var, variables))


_SYMBOLS = {id(op) for op in (*INFIX, *PREFIX, operator.contains, operator.getitem, getattr)}


def literal(value: Any) -> str | None:
    """Python text of a plain constant, None if it has to be given by name."""
    kind = type(value)
    if kind in (int, bool, str, bytes, type(None), type(...)):
        return "..." if value is ... else repr(value)
    if kind is float:
        return repr(value)
    if kind is complex:
        return f"complex({value.real!r}, {value.imag!r})"
    if value is UNDEFINED:
        return "UNDEFINED"
    if kind in (slice, range):
        parts = [literal(x) for x in (value.start, value.stop, value.step)]
        if None in parts:
            return None
        shown = parts[:2] if value.step == (None if kind is slice else 1) else parts
        return f"{kind.__name__}({', '.join(map(str, shown))})"
    if kind is tuple:
        texts = [literal(x) for x in value]
        return None if None in texts else f"({', '.join(map(str, texts))}{',' if len(texts) == 1 else ''})"
    if isinstance(value, np.dtype) and value.isbuiltin == 1:
        return f"np.dtype({value.name!r})"
    if isinstance(value, np.generic) and type(value.item()) in (bool, int, float, complex):
        return f"np.{kind.__name__}({literal(value.item())})"
    return None


def _number(order: Iterable[Var], used: set[str]) -> dict[Var, str]:
    """Unique names: the variable's own where only one has it, else numbered in the order of definition."""
    defined = list(order)
    bases = [identifier(v.name) for v in defined]
    count = Counter(bases)
    taken = {*count, *used}
    numbers: Counter[str] = Counter()
    names: dict[Var, str] = {}
    for v, base in zip(defined, bases):
        name = base
        if count[base] > 1 or base in used or base in WORDS:
            stem = base + "_" if base[-1].isdigit() else base
            while name in taken or name in WORDS:
                numbers[stem] += 1
                name = f"{stem}{numbers[stem]}"
        names[v] = name
        taken.add(name)
    return names


def _definitions(block: Block) -> Iterator[Var]:
    yield from block.params
    for stmt in block.stmts:
        for inner in blocks(stmt):
            yield from _definitions(inner)
        yield from stmt.outs


def _all_args(block: Block) -> Iterator[Arg]:
    for stmt in block.stmts:
        yield from call_args(stmt) if isinstance(stmt, Call) else operands(stmt)
        for inner in blocks(stmt):
            yield from _all_args(inner)
    yield from block.results


def _consts(arg: Arg) -> Iterator[Const]:
    if type(arg) is Const:
        yield arg
    elif type(arg) is Pack:
        if not isinstance(arg.kind, builtins.str):
            yield Const(arg.kind)
        for item in arg.items:
            yield from _consts(item)
