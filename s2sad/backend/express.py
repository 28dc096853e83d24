"""Expressions of Python from calls and arguments of the IR, and the global names they need."""
from __future__ import annotations

import ast
import builtins
import keyword
import math
import operator
import types
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.backend.plan import Plan
from s2sad.errors import InternalError
from s2sad.ir import UNDEFINED, Arg, Call, Const, Fact, Function, If, Pack, Var
from s2sad.ir.inert import is_a
from s2sad.ir.opnames import MODULES, global_name, identifier, op_name
from s2sad.ir.symbols import AUGMENTED, INFIX, PREFIX, SYNTAX


class Globals:
    """The global names of a generated function and what they are bound to; they avoid the names in ``reserved``."""

    def __init__(self, reserved: Collection[str]) -> None:
        self.reserved = {*reserved, *keyword.kwlist}
        self.namespace: dict[str, Any] = {}
        self.builtins: set[str] = set()
        self.names: dict[tuple[int, str], str] = {}

    @property
    def taken(self) -> set[str]:
        return {*self.namespace, *self.builtins}

    def bind(self, value: Any, wanted: str) -> ast.expr:
        """A name for ``value``."""
        key = (id(value), wanted)
        if key not in self.names:
            name, suffix = wanted, 0
            while name in self.reserved or name in self.taken:
                suffix += 1
                name = f"{wanted}_{suffix}"
            self.names[key] = name
            if name == wanted and vars(builtins).get(name) is value:
                self.builtins.add(name)
            else:
                self.namespace[name] = value
        return ast.Name(self.names[key], ast.Load())

    def refer(self, value: Any) -> ast.expr:
        """An expression for a function, class or module: ``np.linalg.solve``, ``len``, or a name bound to it."""
        dotted = global_name(value)
        if dotted is None:
            return self.bind(value, identifier(op_name(value)))
        first, *rest = dotted.split(".")
        if first == "runtime" or getattr(runtime, first, None) is value:
            return self.bind(value, (rest or [first])[-1])
        if getattr(operator, first, None) is value and not rest and vars(builtins).get(first) is not value:
            first, rest = "operator", [first]
        root = MODULES.get(first) or vars(builtins).get(first) or _module(first)
        found = self.bind(root, first)
        for name in rest:
            found = ast.Attribute(found, name, ast.Load())
        return found


def _module(name: str) -> Any:
    """A package whose functions are in use, so that it is imported."""
    return __import__(name)


class Expressions:
    """Turns arguments and calls into ``ast`` nodes. Names of variables are filled in at the end, by ``fill``."""

    def __init__(self, plan: Plan, scope: Globals) -> None:
        self.plan, self.scope = plan, scope
        self.named: list[tuple[ast.Name, Var]] = []
        self.special: dict[object, Callable[[Call], ast.expr | None]] = {
            operator.getitem: lambda c: self.subscript(self.arg(c.args[0]), c.args[1]),
            operator.contains: lambda c: ast.Compare(self.arg(c.args[1]), [ast.In()], [self.arg(c.args[0])]),
            getattr: self.attribute, runtime.attribute: self.attribute, np.transpose: lambda c: self.property(c, "T"),
            np.shape: lambda c: self.property(c, "shape"), np.ndim: lambda c: self.property(c, "ndim"),
            np.size: lambda c: self.property(c, "size"),
            np.ndarray.copy: lambda c: self.method(c, "copy"), runtime.copy: self.copy,
            runtime.add: self.add, runtime.view: self.view,
            runtime.zeros_like: self.zeros_like, runtime.same: lambda c: self.arg(c.args[0]),
            runtime.stop_gradient: lambda c: self.arg(c.args[0]),
            runtime.recursive_call: self.of_first, runtime.recursive_back: self.backward,
            runtime.enter: lambda c: _method(self.arg(c.args[0]), "__enter__", []),
            runtime.leave: lambda c: _method(self.arg(c.args[0]), "__exit__", [ast.Constant(None) for _ in range(3)])}

    def name(self, v: Var, store: bool = False) -> ast.Name:
        """The name of a variable, to be filled in."""
        node = ast.Name("", ast.Store() if store else ast.Load())
        self.named.append((node, v))
        return node

    def fill(self, names: Any) -> None:
        for node, v in self.named:
            node.id, node.variable = names[v], v  # type: ignore[attr-defined]

    def global_(self, value: Any) -> ast.expr:
        return self.scope.refer(value)

    # Arguments

    def arg(self, arg: Arg) -> ast.expr:
        """The expression of an argument."""
        if isinstance(arg, Const):
            return self.const(arg)
        if isinstance(arg, Pack):
            return self.pack(arg)
        stmt = self.plan.folded.get(arg)
        if stmt is None:
            return self.name(arg)
        found: Any = self.choice(stmt) if isinstance(stmt, If) else self.call(stmt)
        found.stmt = stmt
        return found

    def const(self, const: Const) -> ast.expr:
        if const.name is not None and const.name.isidentifier():
            return self.scope.bind(const.value, identifier(const.name))
        return self.literal(const.value)

    def literal(self, value: Any) -> ast.expr:
        """The expression of a constant."""
        kind = type(value)
        if value is UNDEFINED:
            return ast.Constant(None)
        if value is None or value is ... or kind in (bool, str, bytes):
            return ast.Constant(value)
        if kind in (int, float):
            return self.number(value)
        if kind is complex:
            if math.copysign(1.0, value.real) > 0 and value.real == 0 and 0 <= value.imag < math.inf:
                return ast.Constant(value)
            return _call(self.global_(complex), [self.number(value.real), self.number(value.imag)])
        if kind is tuple:
            return ast.Tuple([self.literal(v) for v in value], ast.Load())
        if kind is list:
            return ast.List([self.literal(v) for v in value], ast.Load())
        if kind is slice:
            return _call(self.global_(slice), [self.literal(v) for v in (value.start, value.stop, value.step)])
        if is_a(value, (np.floating, np.integer, np.bool_)) and value.dtype != np.longdouble:
            return _call(self.global_(kind), [self.literal(value.item())])
        if is_a(value, np.dtype) and value.names is None and value.kind in "biufc":
            return _call(self.global_(np.dtype), [ast.Constant(value.name)])
        if is_a(value, (type, types.FunctionType, types.BuiltinFunctionType)) or callable(value):
            return self.global_(value)
        return self.scope.bind(value, identifier(type(value).__name__.lower()))

    def number(self, value: float) -> ast.expr:
        if value != value:
            return ast.Attribute(self.global_(np), "nan", ast.Load())
        if math.copysign(1.0, value) < 0:
            return ast.UnaryOp(ast.USub(), self.number(-value))
        if value == math.inf:
            return ast.Attribute(self.global_(np), "inf", ast.Load())
        return ast.Constant(value)

    def pack(self, pack: Pack) -> ast.expr:
        items = [self.arg(item) for item in pack.items]
        if pack.kind == "tuple":
            return ast.Tuple(items, ast.Load())
        if pack.kind == "list":
            return ast.List(items, ast.Load())
        if pack.kind == "dict":
            return ast.Dict([self.literal(key) for key in pack.keys], items)
        return _call(self.global_(slice if pack.kind == "slice" else pack.kind), items)

    def index(self, arg: Arg) -> ast.expr:
        """What stands between the brackets."""
        if isinstance(arg, Pack) and arg.kind == "tuple" and arg.items:
            return ast.Tuple([self.index_item(item) for item in arg.items], ast.Load())
        if isinstance(arg, Const) and arg.name is None and type(arg.value) is tuple and arg.value:
            return ast.Tuple([self.index_item(Const(v)) for v in arg.value], ast.Load())
        return self.index_item(arg)

    def index_item(self, arg: Arg) -> ast.expr:
        parts: tuple[Arg, ...] = ()
        if isinstance(arg, Pack) and arg.kind == "slice":
            parts = arg.items
        elif isinstance(arg, Const) and arg.name is None and type(arg.value) is slice:
            parts = tuple(map(Const, (arg.value.start, arg.value.stop, arg.value.step)))
        if not parts:
            return self.arg(arg)
        return ast.Slice(*(None if isinstance(p, Const) and p.value is None else self.arg(p) for p in parts))

    def subscript(self, base: ast.expr, index: Arg, store: bool = False) -> ast.Subscript:
        return ast.Subscript(base, self.index(index), ast.Store() if store else ast.Load())

    # Calls

    def choice(self, s: If) -> ast.expr:
        """``a if c else b``, or ``c and a``, ``c or b``."""
        then, orelse = s.then.results[0], s.orelse.results[0]
        test = self.arg(s.test)
        certain = isinstance(s.test, Var) and s.test.fact.kind == "bool"
        if orelse is s.test or (certain and isinstance(orelse, Const) and orelse.value is False):
            return ast.BoolOp(ast.And(), [test, self.arg(then)])
        if then is s.test or (certain and isinstance(then, Const) and then.value is True):
            return ast.BoolOp(ast.Or(), [test, self.arg(orelse)])
        return ast.IfExp(test, self.arg(then), self.arg(orelse))

    def call(self, call: Call) -> ast.expr:
        """The expression of a call."""
        op, args = call.op, call.args
        if op in AUGMENTED and len(args) == 2:
            return ast.BinOp(self.arg(args[0]), AUGMENTED[op](), self.arg(args[1]))
        if op in INFIX and len(args) == 2:
            return self.infix(SYNTAX[op](), self.arg(args[0]), self.arg(args[1]))
        if op in PREFIX:
            return ast.UnaryOp(SYNTAX[op](), self.arg(args[0]))
        special = self.special.get(op)
        found = special(call) if special is not None and not call.kwargs else None
        if found is not None:
            return found
        if isinstance(op, Function):
            raise InternalError("S2S902", f"{op.name}: a function inside a function is not emitted", call.loc)
        keywords = [ast.keyword(name, self.arg(value)) for name, value in call.kwargs]
        if isinstance(getattr(op, "__objclass__", None), type) and args:  # a method: ``x.astype(float)``
            method = ast.Attribute(self.arg(args[0]), op.__name__, ast.Load())
            return ast.Call(method, [self.arg(a) for a in args[1:]], keywords)
        if op in (runtime.drawn, runtime.called) and isinstance(args[1], Const):  # ``generator.normal(size=3)``
            method = ast.Attribute(self.arg(args[0]), args[1].value, ast.Load())
            return ast.Call(method, [self.arg(a) for a in args[2:]], keywords)
        if op is runtime.attribute:
            return ast.Call(self.global_(getattr), [self.arg(a) for a in args], keywords)
        if op is runtime.applied:
            return ast.Call(self.arg(args[0]), [self.arg(a) for a in args[1:]], keywords)
        return ast.Call(self.global_(op), [self.arg(a) for a in args], keywords)

    def of_first(self, call: Call) -> ast.expr:
        """A call of the first argument with the others."""
        return ast.Call(self.arg(call.args[0]), [self.arg(a) for a in call.args[1:]], [])

    def backward(self, call: Call) -> ast.expr:
        """``sweep.backward(*kept[1:], y_bar)``"""
        sweep, kept, y_bar = map(self.arg, call.args)
        rest = ast.Subscript(kept, ast.Slice(ast.Constant(1), None, None), ast.Load())
        return ast.Call(ast.Attribute(sweep, "backward", ast.Load()), [ast.Starred(rest, ast.Load()), y_bar], [])

    def infix(self, symbol: ast.operator | ast.cmpop, left: ast.expr, right: ast.expr) -> ast.expr:
        if isinstance(symbol, ast.cmpop):
            return ast.Compare(left, [symbol], [right])
        return ast.BinOp(left, symbol, right)

    def attribute(self, call: Call) -> ast.expr | None:
        if len(call.args) != 2 or not isinstance(call.args[1], Const) or not str(call.args[1].value).isidentifier():
            return None
        return ast.Attribute(self.arg(call.args[0]), call.args[1].value, ast.Load())

    def property(self, call: Call, name: str) -> ast.expr | None:
        """``x.T`` for ``np.transpose(x)`` of something that is certainly an array."""
        if len(call.args) == 1 and fact_of(call.args[0]).is_array:
            return ast.Attribute(self.arg(call.args[0]), name, ast.Load())
        return None

    def method(self, call: Call, name: str) -> ast.expr | None:
        found = self.property(call, name)
        return _call(found, []) if found is not None else None

    def add(self, call: Call) -> ast.expr | None:
        if any(fact_of(a).is_array or fact_of(a).is_scalar for a in call.args):
            return ast.BinOp(self.arg(call.args[0]), ast.Add(), self.arg(call.args[1]))
        return None

    def copy(self, call: Call) -> ast.expr | None:
        """``a.copy()`` where the layout in memory cannot matter, for a user's array ``copy(a)``, which keeps it."""
        a = call.args[0]
        made = self.plan.definition.get(a) if isinstance(a, Var) else None
        fresh = made is not None and not ops.of(made.op).may_view and not ops.of(made.op).updates
        flat = isinstance(a, Var) and a.fact.dims is not None and len(a.fact.dims) == 1
        return self.method(call, "copy") if call.adjoint or (fresh and flat) else None

    def zeros_like(self, call: Call) -> ast.expr | None:
        if fact_of(call.args[0]).is_array:
            return _call(self.global_(np.zeros_like), [self.arg(call.args[0])])
        return None

    def view(self, call: Call) -> ast.expr:
        return self.walk_view(self.arg(call.args[0]), call.args[1])

    def walk_view(self, base: ast.expr, path: Arg) -> ast.expr:
        """``a[i].T`` for a path of views."""
        for step in _items(path):
            kind, *rest = _items(step)
            if kind.value == "index":
                base = self.subscript(base, rest[0])
            elif kind.value == "attr":
                base = ast.Attribute(base, rest[0].value, ast.Load())
            else:
                base = _call(self.global_(rest[0].value), [base, *(self.arg(a) for a in _items(rest[1]))])
        return base


def fact_of(arg: Arg) -> Fact:
    """What is known of an argument."""
    return arg.fact if isinstance(arg, Var) else Fact()


def _items(arg: Any) -> list[Any]:
    return list(arg.items) if isinstance(arg, Pack) else list(map(Const, arg.value))


def _method(base: ast.expr, name: str, args: list[ast.expr]) -> ast.Call:
    return _call(ast.Attribute(base, name, ast.Load()), args)


def _call(function: ast.expr, args: list[ast.expr]) -> ast.Call:
    return ast.Call(function, args, [])
