"""Local derivatives: what one executed operation contributes to the adjoints of its operands.

The rule of the operation is asked twice: with the cotangent of the result for the contributions, with a cotangent of
ones for the partial derivative itself. For ``v₃ = sin v₀`` at 5 with v̄₃ = −1::

    contributions(step, 0, -1.0)   [(<v₀>, -0.284, "x")]
    partial(step, 0, <v₀>)         (0.284,)
"""
from __future__ import annotations

from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.rules import pullback
from s2sad.show.record import Node, Step, is_numeric, nodes, plain
from s2sad.show.sweeps import fitted, lifted, pairs, rule_of

Contributions = list[tuple[Node, Any, str]]


def partial(step: Step, k: int, x: Node) -> tuple[Any, ...]:
    """The local partial derivative: what a cotangent of ones contributes. Empty where that does not say it all."""
    y = step.outs[k].value
    says_all = is_number(y) or (rule_of(step).kind == "elementwise" and np.shape(x.value) == np.shape(y))
    if not says_all or not is_numeric(x.value) or np.iscomplexobj(y):
        return ()
    return (fitted(grouped(contributions(step, k, ones(y)))[x][0], x.value),)


def contributions(step: Step, k: int, y_bar: Any, masked: bool = False) -> Contributions:
    """What the cotangent of result ``k`` adds to the adjoints of the operands: node, cotangent, and the parameter where
    the node is the whole argument ('' where it is a part of it). ``masked``: zeros in ``y_bar`` are exact.

    Raises
    ------
    NotDifferentiable
        If the operation has no rule.
    """
    bars = y_bar if len(step.outs) == 1 else tuple(y_bar if j == k else None for j in range(len(step.outs)))
    bound = rule_of(step).bind(step.args, step.kwargs)
    args, kwargs, y, bars = lifted((plain(step.args), plain(step.kwargs), step.result, bars))
    return [(x, part, name if bound[name] is x else "")
            for name, g in pullback(step.op, args, kwargs, y=y, y_bar=bars, masked=masked).items()
            for x, part in pairs(bound[name], g) if x.varied]


def grouped(found: Contributions) -> dict[Node, tuple[Any, list[str]]]:
    """The sum of the contributions to each node, with the parameters that they come from."""
    groups: dict[Node, tuple[Any, list[str]]] = {}
    for x, g, name in found:
        total, names = groups.get(x, (None, []))
        groups[x] = (g if total is None else runtime.add(total, g), [*names, name])
    return groups


def ones(x: Any) -> Any:
    """The cotangent of ones."""
    if isinstance(x, (list, tuple)):
        return [ones(v) for v in x]
    return np.ones_like(x) if isinstance(x, np.ndarray) else 1.0


def operands(step: Step) -> list[Node]:
    """The values that a step reads, without repeats."""
    return list(dict.fromkeys(nodes([*step.args, *step.kwargs.values()])))


def is_number(x: Any) -> bool:
    return is_numeric(x) and np.ndim(x) == 0
