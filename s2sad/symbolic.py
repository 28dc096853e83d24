"""Symbolic derivatives, for comparison: the formula of a function, its derivative by sympy, and how that swells.

    >>> import numpy as np
    >>> def f(x, y):
    ...     u = np.exp(x)
    ...     return u * np.sin(y) + u ** 2
    >>> expression(f)
    exp(2*x) + exp(x)*sin(y)
    >>> derivative(f, wrt="x")
    2*exp(2*x) + exp(x)*sin(y)

A formula has no names for what occurs twice, so the derivative of a composition repeats its parts in every factor:
expression swell. The derivative that s2sad writes is a program, in which each value is computed once. ``swell`` counts
both, and what common subexpression elimination makes of the formula afterwards:

    >>> print(swell(towers(4)))
    function       formula  derivative  after cse  s2sad
    L                   11          23         11     15
    L∘L                 57         213         30     30
    L∘L∘L              241        1341         49     45
    L∘L∘L∘L            977        7325         68     60

The formula comes from the same trace that derivatives are made from: helpers are followed, loops with a known number of
trips are unrolled (the program keeps them). Needs sympy: ``pip install "s2sad[symbolic]"``.
"""
from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.counts import executed, rewired
from s2sad.derive import MODES, Request, build
from s2sad.frontend import lower
from s2sad.ir import Block, Call, Function, If, Var, While
from s2sad.ir.interpret import interpret
from s2sad.ir.kinds import kinds_of
from s2sad.ir.opnames import op_name
from s2sad.ir.regions import opened
from s2sad.ir.symbols import AUGMENTED
from s2sad.ir.walk import map_blocks, with_body, with_test
from s2sad.ops import canonical

__all__ = ["Row", "Swell", "derivative", "expression", "swell", "towers"]

SAME_NAME = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sign")
OTHER_NAME = {np.arcsin: "asin", np.arccos: "acos", np.arctan: "atan", np.arctan2: "atan2", np.arcsinh: "asinh",
              np.arccosh: "acosh", np.arctanh: "atanh", np.absolute: "Abs", np.maximum: "Max", np.minimum: "Min",
              max: "Max", min: "Min"}
"""Functions that have the same name in numpy and sympy, and those that have another."""
ARITHMETIC: dict[Callable, Callable] = {
    np.add: lambda x, y: x + y, np.subtract: lambda x, y: x - y, np.multiply: lambda x, y: x * y,
    np.divide: lambda x, y: x / y, np.power: lambda x, y: x ** y, np.negative: lambda x: -x, np.positive: lambda x: x,
    np.square: lambda x: x ** 2, np.reciprocal: lambda x: 1 / x, np.exp2: lambda x: 2 ** x,
    float: lambda x: x, np.float64: lambda x: x, runtime.copy: lambda x: x, runtime.same: lambda x: x}
HANDING = {operator.getitem, getattr, len, sum, list, tuple, reversed, runtime.copy, runtime.same, runtime.append,
           runtime.pop, runtime.join_lists, runtime.repeat_list, runtime.setitem}
"""What hands on the items of lists, tuples and dicts as they are."""
SAMPLE = 0.5
"""The number that stands for a symbol where a program is run to count its operations."""


def _sympy() -> Any:
    try:
        import sympy
    except ImportError as error:
        raise ImportError('s2sad.symbolic needs sympy: pip install "s2sad[symbolic]"') from error
    return sympy


# ---- formulas -------------------------------------------------------------------------------------------------------

def expression(f: Callable, *names_or_args: Any) -> Any:
    """The formula of a function.

    Parameters
    ----------
    f : callable
        A function of numbers, and of lists, tuples and dicts of them, that s2sad accepts. What it computes with
        symbols are the functions that sympy has too, and it does not decide anything on them.
    *names_or_args
        For each parameter a name, or a sympy symbol, or a value that it has; tuples, lists and dicts of these. By
        default the parameters without default are symbols of their names.

    Returns
    -------
    sympy.Expr
        Numbers are exact where they are short (0.5 is 1/2), else floats. Symbols are real. A function that returns a
        tuple, list or dict gives one of formulas.

    Raises
    ------
    ImportError
        Without sympy.
    TypeError
        If the function does something with symbols that has no formula; it says where.
    S2SADError
        If s2sad does not accept the function.

    Examples
    --------
    >>> def power(x, n):
    ...     y = 1.0
    ...     for _ in range(n):
    ...         y = y * x
    ...     return y / 2.0
    >>> expression(power, "t", 5)
    t**5/2
    """
    sympy = _sympy()
    given = _arguments(sympy, f, names_or_args)
    fn = opened(lower(f, kinds_of(_samples(sympy, given))).function)
    table = {getattr(np, name): getattr(sympy, name) for name in SAME_NAME} | ARITHMETIC
    table |= {op: getattr(sympy, name) for op, name in OTHER_NAME.items()}
    run = rewired(_deciding(fn), lambda call: _symbolic(sympy, call, table))
    return _each(lambda y: _exact(sympy, y), interpret(run, *given))


def derivative(f: Callable, *names_or_args: Any, wrt: Any = None) -> Any:
    """The derivative of the formula of a function, by sympy.

    Parameters
    ----------
    f, *names_or_args
        As for ``expression``.
    wrt : str or sympy.Symbol, optional
        By default the first symbol.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    ValueError
        If there is no symbol of this name.
    Exception
        As for ``expression``.

    Examples
    --------
    >>> derivative(lambda x: np.sqrt(x) * x)
    3*sqrt(x)/2
    """
    sympy = _sympy()
    symbols = _symbols(sympy, _arguments(sympy, f, names_or_args))
    found = symbols[:1] if wrt is None else [s for s in symbols if wrt in (s, s.name)]
    if not found:
        there = ", ".join(map(str, symbols)) or "none"
        raise ValueError(f"no symbol {wrt or ''} to differentiate by; there are: {there}")
    return _each(lambda y: sympy.diff(y, found[0]), expression(f, *names_or_args))


def _arguments(sympy: Any, f: Callable, given: tuple) -> tuple:
    """The arguments with symbols for names."""
    if not given:
        parameters = inspect.signature(f).parameters.values()
        given = tuple(p.name for p in parameters if p.default is p.empty and p.kind <= p.POSITIONAL_OR_KEYWORD)
    return tuple(_each(lambda x: sympy.Symbol(x, real=True) if isinstance(x, str) else x, g) for g in given)


def _symbols(sympy: Any, given: Any, kind: Any = None) -> list[Any]:
    found: list[Any] = []
    _each(lambda x: found.append(x) if isinstance(x, kind or sympy.Symbol) else None, given)
    return found


def _samples(sympy: Any, given: tuple) -> tuple:
    return _each(lambda x: SAMPLE if isinstance(x, sympy.Expr) else x, given)


def _each(fn: Callable[[Any], Any], x: Any) -> Any:
    """``fn`` in lists, tuples and dicts."""
    if isinstance(x, dict):
        return {k: _each(fn, v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        items = [_each(fn, v) for v in x]
        return runtime.tuple_of(type(x), items) if isinstance(x, tuple) else type(x)(items)
    return fn(x)


def _exact(sympy: Any, x: Any) -> Any:
    """A number as sympy has it, of the same value."""
    if not isinstance(x, (float, np.floating)) or not np.isfinite(x):
        return sympy.sympify(x.item() if isinstance(x, np.generic) else x)
    share = Fraction(float(x))
    if share.denominator <= 1024 and abs(share.numerator) < 1e15:
        return sympy.Rational(share.numerator, share.denominator)
    return sympy.Float(float(x), precision=53)


def _deciding(fn: Function) -> Function:
    """The function with a call for each decision, since Python takes any symbol for true."""
    def block(b: Block, test: bool = False) -> Block:
        stmts: list[Any] = []
        for s in b.stmts:
            if isinstance(s, If):
                stmts.append(Call((decision := Var("test"),), operator.truth, (s.test,), (), s.loc))
                s = replace(s, test=decision)
            if isinstance(s, While):
                s = with_body(with_test(s, block(s.test, True)), block(s.body))
            elif isinstance(s, Call):
                s = replace(s, op=_deciding(s.op)) if isinstance(s.op, Function) else s
            else:
                s = map_blocks(block, s)
            stmts.append(s)
        if not test:
            return replace(b, stmts=tuple(stmts))
        stmts.append(Call((decision := Var("test"),), operator.truth, b.results))
        return replace(b, stmts=tuple(stmts), results=(decision,))

    return replace(fn, body=block(fn.body))


def _symbolic(sympy: Any, call: Call, table: dict[Callable, Callable]) -> Callable:
    """What a call does with symbols; with plain values it does what it always did."""
    op = canonical(call.op)

    def perform(*args: Any, **kwargs: Any) -> Any:
        plain = all(isinstance(x, (int, float, np.number, sympy.Expr)) for x in args) and not kwargs
        if not _symbols(sympy, args, sympy.Basic) and not _symbols(sympy, kwargs, sympy.Basic):
            return call.op(*(map(runtime.copy, args) if call.op in AUGMENTED else args), **kwargs)
        if plain and op in table:
            return table[op](*(_exact(sympy, x) for x in args))
        if op in HANDING and not any(isinstance(x, np.ndarray) for x in args):
            return call.op(*args, **kwargs)
        where = f"{call.loc}: " if call.loc else ""
        raise TypeError(f"{where}`{op_name(call.op)}` of a symbol has no formula here")

    return perform


# ---- expression swell -----------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Row:
    """Operations of a function's formula, of its derivative's, of that after common subexpression elimination
    (``sympy.cse``), and of the gradient that s2sad writes."""

    name: str
    formula: int
    derivative: int
    after_cse: int
    generated: int


class Swell(tuple[Row, ...]):
    """Rows of ``swell``; as text a table."""

    def __str__(self) -> str:
        wide = max([len(row.name) for row in self] + [14])
        lines = [f"{'function':{wide}} {'formula':>7}  derivative  after cse  s2sad"]
        lines += [f"{r.name:{wide}} {r.formula:7} {r.derivative:11} {r.after_cse:10} {r.generated:6}" for r in self]
        return "\n".join(lines)


def swell(functions: Callable | Sequence[Callable], *names_or_args: Any) -> Swell:
    """How many operations the derivative of a formula has, and the derivative program of s2sad.

    Parameters
    ----------
    functions : callable or sequence of callables
        As for ``expression``.
    *names_or_args
        As for ``expression``; the derivative is by the first argument that is a symbol.

    Returns
    -------
    Swell
        A tuple of rows. Formulas are counted by ``sympy.count_ops``, the program as in ``s2sad.counts``: every function
        and every arithmetic operation is one.

    Raises
    ------
    ValueError
        If no argument is a symbol.
    Exception
        As for ``expression``.

    Examples
    --------
    >>> swell(lambda x: np.sin(x) * np.cos(x))
    (Row(name='<lambda>', formula=3, derivative=5, after_cse=5, generated=7),)
    """
    return Swell(_row(f, names_or_args) for f in (functions if isinstance(functions, Sequence) else [functions]))


def _row(f: Callable, names_or_args: tuple) -> Row:
    sympy = _sympy()
    given = _arguments(sympy, f, names_or_args)
    at = [k for k, x in enumerate(given) if isinstance(x, sympy.Symbol)]
    if not at:
        raise ValueError("swell needs an argument that is a symbol")
    slope = derivative(f, *given, wrt=given[at[0]])
    shared, rest = sympy.cse(slope)
    entry = build(f, _samples(sympy, given), {}, Request(MODES["grad"], (at[0],), True))
    _, tally = executed(entry.adjoint, *_samples(sympy, given))
    return Row(f.__name__, int(sympy.count_ops(expression(f, *given))), int(sympy.count_ops(slope)),
               int(sum(sympy.count_ops(e) for e in (*(e for _, e in shared), *rest))), tally.total())


def towers(depth: int) -> list[Callable[[float], float]]:
    """L, L∘L, …, nested up to ``depth`` times, where L(x) = exp(exp x + exp(x)²) + sin(exp x + exp(x)²).

    >>> [f.__name__ for f in towers(2)]
    ['L', 'L∘L']
    """
    def L(x):
        return np.exp(np.exp(x) + np.exp(x) ** 2) + np.sin(np.exp(x) + np.exp(x) ** 2)

    def tower(k):
        def nested(x):
            for _ in range(k):
                x = L(x)
            return x

        nested.__name__ = "∘".join("L" * k)
        return nested

    return [tower(k) for k in range(1, depth + 1)]
