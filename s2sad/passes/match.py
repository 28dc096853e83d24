"""Algebraic laws written as text, compiled once, matched against the calls of a function.

A law reads ``left -> right if guard``. Names that are not operations are *metavariables*: they stand for any argument,
the same one at each occurrence. Operations are written as they are printed (``x * 1.0``, ``np.transpose(x)``,
``unbroadcast(g, x)``); where the result is an array, ``np.multiply`` is ``*`` and so on. An argument that is given by
name (``np.sum(x, axis=n)``) is found by the signature, however the call gives it; the call must give no others.
A guard asks for facts of the metavariables, and of ``result``, the variable that is assigned; its words are the
functions in ``GUARDS``.

    >>> from s2sad.ir.facts import Fact
    >>> from s2sad.ir.parse import parse
    >>> fn = parse("def f(a):\\n    b := a * 1.0\\n    return b", facts={"a": Fact("float")})
    >>> Law("x * 1.0 -> x if real(x)").match(fn.body.stmts[0], {}).bound
    {'x': <a>}
"""
from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from s2sad import ops
from s2sad.ir import Arg, Call, Const, Pack, Var
from s2sad.ir.equal import same
from s2sad.ir.facts import UNKNOWN, Fact, constant, equal_dtypes
from s2sad.ir.opnames import lookup_op
from s2sad.ir.symbols import FUNCTION

SPELLED = {op: known.on_floats for op, known in ops.RECORDS.items() if known.symbol and known.on_floats is not None}
"""Functions that are operators if the result is an array (of Python numbers, they make NumPy scalars)."""


@dataclass(frozen=True, slots=True)
class Meta:
    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any


@dataclass(frozen=True, slots=True)
class Tuple:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Apply:
    op: Callable
    args: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...] = ()


Node = Meta | Literal | Tuple | Apply
Path = tuple[int | str, ...]


@dataclass(slots=True)
class Match:
    """``bound``: what the metavariables stand for. ``inner``: the variables of the calls below the outermost, by
    position (``(0,)`` is the first argument). ``deep``: arguments found in the calls below."""

    bound: dict[str, Arg] = field(default_factory=dict)
    inner: dict[Path, Var] = field(default_factory=dict)
    deep: list[Arg] = field(default_factory=list)


class Law:
    """One law; ``left`` is an operation, ``right`` anything made of the same metavariables."""

    def __init__(self, text: str) -> None:
        left, _, rest = text.partition(" -> ")
        right, _, guard = rest.partition(" if ")
        node = _compile(_expression(left))
        if not isinstance(node, Apply) or not right:
            raise ValueError(f"not a law: {text}")
        self.text = text
        self.left = node
        self.heads = tuple(_wanted(n) for n in node.args)
        self.right = _compile(_expression(right))
        self.guard = _compile_guard(_expression(guard or "True"))

    def match(self, call: Call, definitions: Mapping[Var, Call]) -> Match | None:
        """How the law fits a call, or None. Operands are looked up in ``definitions``."""
        found = Match()
        if len(call.outs) != 1 or not _match_call(self.left, call, (), found, definitions):
            return None
        facts = {name: fact_of(arg) for name, arg in found.bound.items()}
        facts["result"] = call.outs[0].fact
        return found if self.guard(facts) else None

    def __repr__(self) -> str:
        return f"Law({self.text!r})"

    def fits(self, found: Sequence[Any]) -> bool:
        """Whether the operands look right, as ``heads`` describes them: a quick test before ``match``."""
        if len(found) != len(self.heads) and not self.left.named:
            return False
        for want, have in zip(self.heads, found):
            if want is not ANY and want is not have:
                return False
        return True


ANY = object()


def _wanted(node: Node) -> Any:
    return Const if isinstance(node, Literal) else node.op if isinstance(node, Apply) else ANY


def heads(call: Call, definitions: Mapping[Var, Call]) -> list[Any]:
    """For each operand of a call: ``Const``, the operation that computed it, or None."""
    found: list[Any] = []
    for arg in call.args:
        inner = definitions.get(arg) if type(arg) is Var else None
        found.append(Const if type(arg) is Const else None if inner is None else known_op(inner))
    return found


def known_op(call: Call) -> Any:
    """The operation of a call as laws spell it."""
    op = call.op
    try:
        operator_ = SPELLED.get(op)
    except TypeError:  # an unhashable callable
        return op
    return operator_ if operator_ is not None and len(call.outs) == 1 and call.outs[0].fact.is_array else op


def fact_of(arg: Arg) -> Fact:
    """The fact of an argument."""
    if type(arg) is Var:
        return arg.fact
    return constant(arg.value) if type(arg) is Const else UNKNOWN


# ---- matching --------------------------------------------------------------------------------------------------------

def _match_call(node: Apply, call: Call, path: Path, found: Match, definitions: Mapping[Var, Call]) -> bool:
    if known_op(call) is not node.op:
        return False
    if node.named:
        return _match_named(node, call, path, found, definitions)
    if len(call.args) != len(node.args) or call.kwargs:
        return False
    return all(_match_arg(n, a, (*path, k), found, definitions) for k, (n, a) in enumerate(zip(node.args, call.args)))


def _match_named(node: Apply, call: Call, path: Path, found: Match, definitions: Mapping[Var, Call]) -> bool:
    """A call with options: each argument under the name of its parameter."""
    wanted, given = _by_name(node.op, node.args, node.named), _by_name(call.op, call.args, call.kwargs)
    if wanted is None or given is None or wanted.keys() != given.keys():
        return False
    places = {name: k for k, name in enumerate(_parameters(node.op) or ())}
    return all(_match_arg(n, given[name], (*path, places[name]), found, definitions) for name, n in wanted.items())


def _by_name(op: Callable, args: Sequence[Any], named: Sequence[tuple[str, Any]]) -> dict[str, Any] | None:
    parameters = _parameters(op)
    if parameters is None or len(args) > len(parameters):
        return None
    return dict(zip(parameters, args)) | dict(named)


@lru_cache(maxsize=1024)
def _parameters(op: Callable) -> tuple[str, ...] | None:
    """The parameters of an operation, None if they are not known or if it takes any number of arguments."""
    try:
        parameters = inspect.signature(op).parameters.values()
    except (TypeError, ValueError):
        return None
    return None if any(p.kind is p.VAR_POSITIONAL for p in parameters) else tuple(p.name for p in parameters)


def _match_arg(node: Node, arg: Arg, path: Path, found: Match, definitions: Mapping[Var, Call]) -> bool:
    match node:
        case Meta():
            if len(path) > 1:
                found.deep.append(arg)
            known = found.bound.setdefault(node.name, arg)
            return known is arg or same(known, arg)
        case Literal():
            return type(arg) is Const and _same_value(arg.value, node.value)
        case Tuple():
            items = arg.items if type(arg) is Pack and arg.kind == "tuple" else _constant_items(arg)
            return items is not None and len(items) == len(node.items) and all(
                _match_arg(n, a, (*path, k), found, definitions) for k, (n, a) in enumerate(zip(node.items, items)))
    if type(arg) is not Var:
        return False
    call = definitions.get(arg)
    if call is None or not (call.adjoint or ops.of(call.op).reads_shape) or len(call.outs) != 1:
        return False
    found.inner[path] = arg
    return _match_call(node, call, path, found, definitions)


def _constant_items(arg: Arg) -> tuple[Arg, ...] | None:
    if type(arg) is Const and type(arg.value) is tuple:
        return tuple(Const(x) for x in arg.value)
    return None


def _same_value(a: Any, b: Any) -> bool:
    """Equal plain values of one type; 0.0 is not -0.0."""
    if type(a) is not type(b) or type(a) not in (int, float, bool, str, type(None)):
        return False
    return a == b and repr(a) == repr(b)


# ---- compiling -------------------------------------------------------------------------------------------------------

def _expression(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def _compile(node: ast.expr) -> Node:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)):
            return Literal(-value)  # type: ignore[operator]
        case ast.Constant(value=value):
            return Literal(value)
        case ast.Name(id=name):
            return Meta(name)
        case ast.Tuple(elts=items):
            return Tuple(tuple(map(_compile, items)))
        case ast.BinOp(left=left, op=op, right=right):
            return Apply(FUNCTION[type(op)], (_compile(left), _compile(right)))
        case ast.UnaryOp(op=op, operand=operand):
            return Apply(FUNCTION[type(op)], (_compile(operand),))  # type: ignore[arg-type]
        case ast.Call(func=func, args=args, keywords=options):
            named = tuple((str(k.arg), _compile(k.value)) for k in options)
            return Apply(lookup_op(ast.unparse(func)), tuple(map(_compile, args)), named)
    raise ValueError(f"`{ast.unparse(node)}` in a law")


def _compile_guard(node: ast.expr) -> Callable[[Mapping[str, Fact]], bool]:
    match node:
        case ast.Constant(value=True):
            return lambda facts: True
        case ast.BoolOp(op=op, values=values):
            parts = tuple(map(_compile_guard, values))
            decide = all if isinstance(op, ast.And) else any
            return lambda facts: decide(part(facts) for part in parts)
        case ast.Call(func=ast.Name(id=name), args=args):
            test, names = GUARDS[name], [a.id for a in args if isinstance(a, ast.Name)]
            return lambda facts: test(*(facts[n] for n in names))
    raise ValueError(f"`{ast.unparse(node)}` in a guard")


# ---- guards ----------------------------------------------------------------------------------------------------------

def real(x: Fact) -> bool:
    """A real floating-point number, or an array of them."""
    if x.kind == "float":
        return True
    return x.dtype is not None and x.kind in ("scalar", "number", "array") and np.dtype(x.dtype).kind == "f"


def numeric(x: Fact) -> bool:
    """A number or an array of numbers, as far as is known: certainly no bool and no container."""
    if x.kind not in ("float", "int", "real", "complex", "scalar", "number", "array", "unknown"):
        return False
    return x.dtype is None or np.dtype(x.dtype).kind in "iufc"


def scalar(x: Fact) -> bool:
    """Certainly a Python or NumPy number."""
    return x.is_scalar


def array(x: Fact) -> bool:
    return x.is_array


def matrix(x: Fact) -> bool:
    """Certainly an array with two axes."""
    return x.is_array and x.ndim == 2


def python_float(x: Fact) -> bool:
    return x.kind == "float"


def double(x: Fact) -> bool:
    """Certainly one real number in double precision."""
    return x.is_float


def known(x: Fact) -> bool:
    """A compile-time number other than the integer 0 (which has no sign to flip)."""
    return type(x.value) is float or (type(x.value) is int and x.value != 0)


def same_shape(x: Fact, y: Fact) -> bool:
    """Provably of one shape, and both arrays or both numbers (a 0-d array is not a number)."""
    if x.is_array != y.is_array:
        return False
    m, n = (() if f.is_scalar else f.dims if f.is_array else None for f in (x, y))
    return m is not None and m == n


def same_dtype(g: Fact, x: Fact) -> bool:
    """``runtime.astype_of(g, x)`` is ``g``."""
    if x.is_float and x.kind != "scalar":  # a number in single precision becomes a float
        return g.is_float or g.kind in ("int", "bool") or (g.kind == "scalar" and np.dtype(g.dtype).kind in "biu")
    if x.kind in ("int", "bool", "complex"):
        return x.kind != "complex" or g.kind == "complex" or equal_dtypes(g.dtype, np.dtype(complex))
    if x.dtype is None or x.kind not in ("scalar", "array"):
        return False
    return np.dtype(x.dtype).kind not in "fc" or (
        g.kind in ("scalar", "array") and equal_dtypes(g.dtype, x.dtype))


GUARDS: dict[str, Callable[..., bool]] = {
    f.__name__: f for f in (real, numeric, scalar, array, matrix, double, python_float, known, same_shape, same_dtype)}
