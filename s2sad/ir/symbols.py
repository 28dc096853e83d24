"""The operators of Python: symbol, syntax, function, augmented assignment. All other tables of them are made of this.

    >>> INFIX[operator.add], FUNCTION[ast.Add], AUGMENTED[operator.iadd]
    ('+', <built-in function add>, <class 'ast.Add'>)
"""
from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

BINARY: tuple[tuple[str, type[ast.operator], Callable, Callable], ...] = (
    ("+", ast.Add, operator.add, operator.iadd),
    ("-", ast.Sub, operator.sub, operator.isub),
    ("*", ast.Mult, operator.mul, operator.imul),
    ("/", ast.Div, operator.truediv, operator.itruediv),
    ("//", ast.FloorDiv, operator.floordiv, operator.ifloordiv),
    ("%", ast.Mod, operator.mod, operator.imod),
    ("**", ast.Pow, operator.pow, operator.ipow),
    ("@", ast.MatMult, operator.matmul, operator.imatmul),
    ("<<", ast.LShift, operator.lshift, operator.ilshift),
    (">>", ast.RShift, operator.rshift, operator.irshift),
    ("&", ast.BitAnd, operator.and_, operator.iand),
    ("|", ast.BitOr, operator.or_, operator.ior),
    ("^", ast.BitXor, operator.xor, operator.ixor))
COMPARISONS: tuple[tuple[str, type[ast.cmpop], Callable], ...] = (
    ("<", ast.Lt, operator.lt), ("<=", ast.LtE, operator.le), (">", ast.Gt, operator.gt), (">=", ast.GtE, operator.ge),
    ("==", ast.Eq, operator.eq), ("!=", ast.NotEq, operator.ne), ("is", ast.Is, operator.is_),
    ("is not", ast.IsNot, operator.is_not))
UNARY: tuple[tuple[str, type[ast.unaryop], Callable], ...] = (
    ("-", ast.USub, operator.neg), ("+", ast.UAdd, operator.pos), ("~", ast.Invert, operator.invert),
    ("not ", ast.Not, operator.not_))

_TWO: tuple[tuple[str, Any, Callable], ...] = (*(row[:3] for row in BINARY), *COMPARISONS)
INFIX: dict[Any, str] = {op: symbol for symbol, _, op in _TWO}
PREFIX: dict[Any, str] = {op: symbol for symbol, _, op in UNARY}
SYNTAX: dict[Any, Any] = {op: syntax for _, syntax, op in (*_TWO, *UNARY)}
"""The class of the syntax tree of a function."""
FUNCTION: dict[Any, Callable] = {syntax: op for _, syntax, op in (*_TWO, *UNARY)}
"""The function of a class of the syntax tree."""
AUGMENTED: dict[Any, type[ast.operator]] = {in_place: syntax for _, syntax, _, in_place in BINARY} | {
    operator.iconcat: ast.Add}
IN_PLACE: dict[Any, Callable] = {op: in_place for _, _, op, in_place in BINARY}
"""The augmented assignment of a function."""
