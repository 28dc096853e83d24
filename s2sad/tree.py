"""Trees of parameters: numbers and arrays in tuples, lists, dicts, named tuples, dataclasses and plain objects.

A gradient has the structure of the argument it belongs to, so the two are walked side by side:

    >>> import numpy as np
    >>> from s2sad import tree
    >>> params = {"w": np.array([1.0, 2.0]), "b": 0.5, "name": "layer"}
    >>> step = {"w": np.array([10.0, 20.0]), "b": 1.0, "name": None}
    >>> tree.map(lambda p, g: p - 0.1 * g, params, step)
    {'w': array([0., 0.]), 'b': 0.4, 'name': 'layer'}

Leaves are floats, complex numbers, and NumPy scalars and arrays of them, in the order of the structure: items of
sequences, values of dicts in the order of their keys, fields of objects in the order they were set. Everything else
(integers, strings, None, functions) is part of the structure and stays as it is. The structure must not contain itself;
a leaf that is reached on two ways counts twice.
"""
from __future__ import annotations

import copy
import inspect
import types
from collections.abc import Callable, Hashable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

__all__ = ["flatten", "leaves", "map"]

_OPAQUE = (str, bytes, type, FunctionType, MethodType, BuiltinFunctionType, ModuleType)


def is_leaf(x: Any) -> bool:
    """Whether ``x`` is a number or an array that can be differentiated.

    >>> is_leaf(1.0), is_leaf(np.ones(2)), is_leaf(1), is_leaf("a")
    (True, True, False, False)
    """
    if isinstance(x, (np.ndarray, np.generic)):
        return x.dtype.kind in "fc"
    return isinstance(x, (float, complex))


def parts(x: Any) -> dict[Hashable, Any]:
    """The parts of a container by index, key or field name; empty for everything else.

    >>> parts([1.0, 2.0]), parts({"a": 3}), parts(4.0)
    ({0: 1.0, 1: 2.0}, {'a': 3}, {})
    """
    if isinstance(x, dict):
        return x
    if isinstance(x, (list, tuple)):
        return dict(enumerate(x))
    if isinstance(x, (np.ndarray, np.generic, *_OPAQUE)) or type(x).__module__ == "builtins":
        return {}
    fields = dict(getattr(x, "__dict__", {}))
    for cls in type(x).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and (found := _in_slot(x, name)):
                fields[name] = found[0]
    return fields


def _in_slot(x: Any, name: str) -> tuple[Any, ...]:
    """What a slot holds, nothing if it is empty; ``__getattr__`` of the class is not asked."""
    slot = inspect.getattr_static(x, name, None)
    if not isinstance(slot, types.MemberDescriptorType):
        return ()
    try:
        return (slot.__get__(x),)
    except AttributeError:
        return ()


def rebuilt(x: Any, items: dict[Hashable, Any]) -> Any:
    """A container like ``x`` with other parts; ``x`` is not changed and its class's ``__init__`` does not run.

    >>> rebuilt((1.0, 2.0), {0: 3.0, 1: 4.0})
    (3.0, 4.0)
    """
    if isinstance(x, tuple):
        return tuple.__new__(type(x), items.values())
    if isinstance(x, list):
        return type(x)(items.values())
    made = copy.copy(x)
    if isinstance(x, dict):
        made.update(items)
        return made
    for name, value in items.items():
        object.__setattr__(made, str(name), value)
    return made


def map(fn: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Apply a function to the leaves of a tree and to what is at the same places of other trees.

    Parameters
    ----------
    fn : callable
        Called as ``fn(leaf, *leaves of others)``.
    tree
        The tree that has the structure.
    *others
        Trees with the same keys and fields (the classes of objects may differ: the gradient of a plain object is a
        ``types.SimpleNamespace``). Only what is at the leaves of ``tree`` is used.

    Returns
    -------
    tree
        Like ``tree``, with new leaves. No container is shared with ``tree``.

    Raises
    ------
    ValueError
        If another tree lacks a part, or ``tree`` contains itself.

    Examples
    --------
    >>> map(lambda a, b: a + b, [1.0, (2.0, 7)], [10.0, (20.0, None)])
    [11.0, (22.0, 7)]
    """
    return _map(fn, tree, others, ())


def _map(fn: Callable[..., Any], tree: Any, others: tuple[Any, ...], above: tuple[int, ...]) -> Any:
    if is_leaf(tree):
        return fn(tree, *others)
    items = parts(tree)
    if not items:
        return tree if not isinstance(tree, (list, dict)) else copy.copy(tree)
    if id(tree) in above:
        raise ValueError(f"a {type(tree).__name__} contains itself")
    inside = [_parts_like(o, items, tree) for o in others]
    return rebuilt(tree, {k: _map(fn, v, tuple([o[k] for o in inside]), (*above, id(tree))) for k, v in items.items()})


def _parts_like(other: Any, items: dict[Hashable, Any], tree: Any) -> dict[Hashable, Any]:
    """The parts of another tree for the parts of a tree; None stands for a tree without leaves."""
    found = parts(other)
    if found.keys() == items.keys():
        return found
    if other is None and not leaves(tree):
        return dict.fromkeys(items)
    missing = [k for k in items if k not in found]
    raise ValueError(f"a {type(other).__name__} does not have the structure of the {type(tree).__name__}"
                     + (f": it has no {missing[0]!r}" if missing else ""))


def leaves(tree: Any) -> list[Any]:
    """The leaves of a tree, in order.

    >>> leaves({"a": 1.0, "b": [np.float32(2.0), 3, "text"]})
    [1.0, np.float32(2.0)]
    """
    found: list[Any] = []
    map(found.append, tree)
    return found


def flatten(tree: Any) -> tuple[np.ndarray, Callable[[Any], Any]]:
    """All leaves as one vector, and the way back.

    Parameters
    ----------
    tree
        A tree.

    Returns
    -------
    vector : ndarray, shape (n,)
        The entries of all leaves, arrays in C order. Its dtype is the common one of the leaves.
    unflatten : callable
        ``unflatten(vector)`` is a tree like ``tree`` whose leaves have the kinds, shapes and dtypes of the leaves of
        ``tree`` and share no memory with the vector.

    Raises
    ------
    ValueError
        By ``unflatten``, for a vector of another length or a complex one in place of a real one.

    Examples
    --------
    >>> vector, unflatten = flatten({"w": np.ones((1, 2)), "b": 0.5})
    >>> vector
    array([1. , 1. , 0.5])
    >>> unflatten(2 * vector)
    {'w': array([[2., 2.]]), 'b': 1.0}

    With an optimiser:

    >>> from scipy.optimize import minimize
    >>> from s2sad import value_and_grad
    >>> start = {"x": np.zeros(2), "y": 3.0}
    >>> loss = value_and_grad(lambda p: np.sum((p["x"] - 1.0) ** 2) + p["y"] ** 2)
    >>> vector, unflatten = flatten(start)
    >>> def objective(v):
    ...     value, gradient = loss(unflatten(v))
    ...     return value, flatten(gradient)[0]
    >>> best = unflatten(minimize(objective, vector, jac=True).x)
    >>> best["x"].round(6)
    array([1., 1.])
    """
    found = leaves(tree)
    vector = np.concatenate([np.ravel(x) for x in found]) if found else np.zeros(0)

    def unflatten(values: Any) -> Any:
        """A tree of the same structure with the entries of a vector as its leaves."""
        flat = np.asarray(values)
        if flat.shape != vector.shape:
            raise ValueError(f"the tree has {vector.size} numbers, but the vector has shape {flat.shape}")
        if np.iscomplexobj(flat) and not np.iscomplexobj(vector):
            raise ValueError("the tree is real, but the vector is complex")
        start = 0

        def take(leaf: Any) -> Any:
            nonlocal start
            piece = flat[start:start + np.size(leaf)]
            start += np.size(leaf)
            return _like(leaf, piece)
        return map(take, tree)
    return vector, unflatten


def _like(leaf: Any, piece: np.ndarray) -> Any:
    """Some numbers in the kind of a leaf."""
    piece = piece.real if np.iscomplexobj(piece) and not np.iscomplexobj(leaf) else piece
    if isinstance(leaf, np.ndarray):
        return piece.reshape(leaf.shape).astype(leaf.dtype)
    return leaf.dtype.type(piece[0]) if isinstance(leaf, np.generic) else type(leaf)(piece[0])
