"""``s2sad.tree`` inside a differentiated function: leaves of parameters, functions of each leaf.

    loss = data + sum(np.sum(p ** 2) for p in tree.leaves(params))       a penalty for every weight

The structure is known while a function is lowered, so nothing of the walk is left: before, ``tree.map(f, {"a": x, "b":
(y, 3)})``; after, ``{"a": f(x), "b": (f(y), 3)}``.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad import tree
from s2sad.frontend.values import Atom, Fields, Items, Ref, Table, Tup, Value, static


def lower_map(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``tree.map(fn, tree, *others)``."""
    fn, *trees = args
    return _walk(self, lambda *leaves: self.call(fn, leaves, ()), tuple(trees))


def lower_leaves(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``tree.leaves(tree)``."""
    found: list[Value] = []

    def keep(leaf: Value) -> Value:
        found.append(leaf)
        return leaf
    _walk(self, keep, args)
    return self.new_list(tuple(found))


def _walk(lowerer: Any, fn: Callable[..., Value], trees: tuple[Value, ...]) -> Value:
    """The first of the trees with ``fn`` of each leaf and of what the others have at its place."""
    first = trees[0]
    if _is_leaf(lowerer, first):
        return fn(*trees)
    keys, values = _parts(lowerer, first)
    if not values:
        return lowerer.copied(first, False, {}) if isinstance(first, Ref) else first
    inside = []
    for other in trees[1:]:
        names, items = _parts(lowerer, other)
        if set(names) != set(keys):
            raise lowerer.failing(ValueError("the trees differ in structure"), "trees that differ in structure",
                                  "give both the same keys and lengths", "S2S010")
        inside.append(dict(zip(names, items)))
    made = tuple(_walk(lowerer, fn, (v, *(o[k] for o in inside))) for k, v in zip(keys, values))
    if isinstance(first, Tup):
        return Tup(made, first.cls)
    cell = lowerer.heap[first.cell]  # type: ignore[union-attr]
    if isinstance(cell, Items):
        return lowerer.new_list(made)
    return lowerer.new_ref(Table(keys, made, cell.cls) if isinstance(cell, Table) else Fields(cell.cls, keys, made))


def _is_leaf(lowerer: Any, value: Value) -> bool:
    if isinstance(value, Atom) and value.is_static:
        return tree.is_leaf(static(value))
    fact = lowerer.fact(value)
    if fact.is_scalar or fact.is_array:
        return not fact.is_discrete
    if fact.kind in ("unknown", "object") and not isinstance(value, Tup) and not _is_container(lowerer, value):
        raise lowerer.unsupported("a tree with a value whose kind is not known", code="S2S011")
    return False


def _is_container(lowerer: Any, value: Value) -> bool:
    return isinstance(value, Ref) and not value.path and isinstance(lowerer.heap[value.cell], (Items, Table, Fields))


def _parts(lowerer: Any, value: Value) -> tuple[tuple[Any, ...], tuple[Value, ...]]:
    """Keys, positions or names of fields, and what is there."""
    if isinstance(value, Tup):
        return tuple(range(len(value.items))), value.items
    if not _is_container(lowerer, value):
        if lowerer.fact(value).kind in ("list", "dict"):
            raise lowerer.unsupported("a tree with a list of run-time length", code="S2S011")
        return (), ()
    cell = lowerer.heap[value.cell]  # type: ignore[union-attr]
    if isinstance(cell, Items):
        return tuple(range(len(cell.values))), cell.values
    return cell.keys if isinstance(cell, Table) else cell.names, cell.values
