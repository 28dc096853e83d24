"""Reverse and forward mode with the templates that the frontend makes of rules, of functions in which products that are
functions of matrices are operations of their own.

Before: ``ad.reverse.reverse(fn, wrt, outputs, params, result, templates)``.  After: the same without ``templates``.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.ad.forward import forward as _forward
from s2sad.ad.matrix_functions import matrix_functions
from s2sad.ad.reverse import reverse as _reverse
from s2sad.ad.reverse import sweeps as _sweeps
from s2sad.frontend import rule_template
from s2sad.ir import Arg, Function, Stmt, Var


def reverse(fn: Function, wrt: tuple[Var, ...], outputs: tuple[tuple[Arg, Arg], ...], params: tuple[Var, ...],
            result: Any) -> Function:
    """``ad.reverse.reverse``."""
    return _reverse(matrix_functions(fn, rule_template), wrt, outputs, params, result, rule_template)


def sweeps(fn: Function, wrt: tuple[Var, ...], outputs: tuple[tuple[Arg, Arg], ...], result: Any
           ) -> tuple[tuple[Stmt, ...], tuple[Stmt, ...], Arg]:
    """``ad.reverse.sweeps``."""
    return _sweeps(matrix_functions(fn, rule_template), wrt, outputs, result, rule_template)


def forward(fn: Function, tangents: dict[Var, Arg], params: tuple[Var, ...], result: Callable) -> Function:
    """``ad.forward.forward``."""
    return _forward(matrix_functions(fn, rule_template), tangents, params, result, rule_template)
