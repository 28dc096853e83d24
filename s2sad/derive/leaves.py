"""Parameter trees: the arguments of a function as a structure whose leaves are IR variables.

The gradient has the argument's structure, so it is the tree with each leaf replaced by its cotangent.

Before: the argument ``{"w": w, "b": [b]}``.  After: leaves ``w`` and ``b``; ``b`` is at ``["b"][0]``.
"""
from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from typing import Any

from s2sad.frontend import Rebuild, Record, branches_of, tuple_kind
from s2sad.ir import Arg, Const, Pack, Var


def differentiable(v: Var) -> bool:
    """Whether an input can be differentiated by: a float or complex number or array."""
    return v.fact.is_smooth


def leaf_path(trees: tuple[Any, ...], v: Var) -> tuple[Any, ...]:
    """The steps from the arguments to a leaf."""
    def search(tree: Any) -> tuple | None:
        if tree is v:
            return ()
        for op, k, t in branches_of(tree):
            found = search(t)
            if found is not None:
                return ((op, k), *found)
        return None
    return search(trees) or ()


def structured(tree: Any, leaf: Callable[[Var], Arg]) -> Arg:
    """A parameter tree with each leaf replaced: the gradient has the argument's structure."""
    if isinstance(tree, Var):
        return leaf(tree)
    if isinstance(tree, Record):
        items = tuple(structured(t, leaf) for t in tree.fields.values())
        return Pack(record_builder(tree.cls, tuple(tree.fields)), items)
    if isinstance(tree, dict):
        return Pack("dict", tuple(structured(t, leaf) for t in tree.values()), tuple(tree))
    if isinstance(tree, list):
        return Pack("list", tuple(structured(t, leaf) for t in tree))
    if isinstance(tree, tuple):
        return Pack(tuple_kind(type(tree), len(tree)), tuple(structured(t, leaf) for t in tree))
    return Const(None)


def record_builder(cls: type, names: tuple[str, ...]) -> Callable:
    """A function that makes the gradient of an instance: the same class for dataclasses, else a SimpleNamespace."""
    return Rebuild(cls if dataclasses.is_dataclass(cls) else types.SimpleNamespace, names)
