"""The operations that Python writes with symbols."""
from __future__ import annotations

import ast
import operator as op

INFIX: dict[object, type[ast.operator] | type[ast.cmpop]] = {
    op.add: ast.Add, op.sub: ast.Sub, op.mul: ast.Mult, op.truediv: ast.Div, op.floordiv: ast.FloorDiv, op.mod: ast.Mod,
    op.pow: ast.Pow, op.matmul: ast.MatMult, op.and_: ast.BitAnd, op.or_: ast.BitOr, op.xor: ast.BitXor,
    op.lshift: ast.LShift, op.rshift: ast.RShift, op.lt: ast.Lt, op.le: ast.LtE, op.gt: ast.Gt, op.ge: ast.GtE,
    op.eq: ast.Eq, op.ne: ast.NotEq, op.is_: ast.Is, op.is_not: ast.IsNot}
AUGMENTED: dict[object, type[ast.operator]] = {
    op.iadd: ast.Add, op.isub: ast.Sub, op.imul: ast.Mult, op.itruediv: ast.Div, op.ifloordiv: ast.FloorDiv,
    op.imod: ast.Mod, op.ipow: ast.Pow, op.imatmul: ast.MatMult, op.iand: ast.BitAnd, op.ior: ast.BitOr,
    op.ixor: ast.BitXor, op.ilshift: ast.LShift, op.irshift: ast.RShift}
PREFIX: dict[object, type[ast.unaryop]] = {
    op.neg: ast.USub, op.pos: ast.UAdd, op.invert: ast.Invert, op.inv: ast.Invert, op.not_: ast.Not}
