"""Assignments between views of one array of which NumPy's result depends on the order in which it goes through memory.

NumPy copies the value first if it overlaps with the target, except where the target has one axis: there it takes the
elements from the first to the last, so ``A[:, 2] = A[-2]`` may read an element that it has just written. Whether it
does is known at run time only.

Before: ``A[:, k] = A[k]``.  After: ``check_order(A, (), (slice(None), k), (("index", k),))``, then the assignment.
"""
from __future__ import annotations

import operator

import numpy as np

from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import index_parts, is_basic
from s2sad.facts.infer import infer
from s2sad.frontend.values import Ref, Step
from s2sad.ir import Arg, Const, Pack
from s2sad.ir.facts import UNSET

Axes = list[tuple[int, int]]
"""For each axis of a view: the axis of the array that it goes along, and the step."""


def order_may_matter(root: Arg, target: Arg, base: Ref, index: Arg, value: Ref) -> bool:
    """Whether ``base[index] = value``, both views of the array ``root``, may read what it has just written. ``target``
    is the value of ``base``."""
    mask = any(fact_of(p).dtype == np.bool_ for p in index_parts(index) or ())
    if not mask and is_basic(index) is False:
        return False  # NumPy copies what an advanced index would overlap with
    if not mask and infer(operator.getitem, (target, index), ()).facts[0].ndim not in (1, None):
        return False
    ndim = fact_of(root).ndim
    if mask or ndim is None:
        return True
    ways = [axes_of(path, ndim) for path in ((*base.path, Step(operator.getitem, (index,))), value.path)]
    return any(way is None or len(way) != 1 for way in ways) or len({(axis, abs(by)) for way in ways
                                                                     for axis, by in way or ()}) > 1


def axes_of(path: tuple[Step, ...], ndim: int) -> Axes | None:
    """The axes of a view that slices and numbers make of an array with ``ndim`` axes; None if there is more to it."""
    axes: Axes = [(k, 1) for k in range(ndim)]
    for step in path:
        parts = index_parts(step.args[0]) if step.op is operator.getitem else None
        if parts is None or len(parts) > len(axes):
            return None
        steps = [_step_of(part) for part in parts]
        if None in steps:
            return None
        axes = [(axis, factor * by) for (axis, factor), by in zip(axes, steps) if by] + axes[len(parts):]
    return axes


def _step_of(part: Arg) -> int | None:
    """The step of a slice, 0 for a number, None for anything else."""
    if type(part) is Pack:
        step = fact_of(part.items[2]).value if part.kind == "slice" else UNSET
        return 1 if step is None else step if type(step) is int else None
    fact = fact_of(part)
    if type(part) is Const and isinstance(part.value, slice):
        return 1 if part.value.step is None else part.value.step
    whole = fact.kind == "int" or (fact.kind == "scalar" and fact.dtype is not None and fact.dtype.kind in "iu")
    return 0 if whole else None
