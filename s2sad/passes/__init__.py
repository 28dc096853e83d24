"""Optimisation: each pass takes a ``Function`` and returns one that computes the same.

The pipeline reads as a sentence. ``run`` applies it; tests run ``ir.verify`` after each pass.

    >>> from s2sad.ir.text import format, parse
    >>> print(format(run(parse('''
    ... def f(x):
    ...     y := np.sin(x)
    ...     z := np.sin(x)
    ...     u := y - -z
    ...     v := u * u
    ...     return u
    ... '''))))
    def f(x):
        y := np.sin(x)
        u := y + y
        return u
"""
from __future__ import annotations

from collections.abc import Callable, Sequence

from s2sad.ir import Function
from s2sad.ir.regions import opened
from s2sad.passes.cse import cse
from s2sad.passes.dce import dce
from s2sad.passes.inplace import inplace
from s2sad.passes.linear import linear
from s2sad.passes.simplify import simplify

Pass = Callable[[Function], Function]

OPTIMISE: tuple[Pass, ...] = (simplify, cse, dce, simplify, cse, dce, opened, inplace)
PIPELINE = (*OPTIMISE, linear)
"""``linear`` comes last: what it has made of a program is printed as writes."""


def run(fn: Function, passes: Sequence[Pass] = PIPELINE) -> Function:
    """``fn`` after the passes, in order."""
    for each in passes:
        fn = each(fn)
    return fn
