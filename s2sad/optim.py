"""Optimisers: from parameters and their gradient to better parameters.

Parameters are any structure that ``grad`` accepts: nested tuples, lists and dicts, dataclasses, networks of
``s2sad.nn``. A step changes neither them nor the gradient nor the state; it returns what comes next:

    >>> import numpy as np
    >>> from s2sad import optim, value_and_grad
    >>> def loss(params):
    ...     return np.sum((params["x"] - 3.0) ** 2) + params["y"] ** 2
    >>> params = {"x": np.zeros(2), "y": 1.0}
    >>> optimiser = optim.sgd(0.1, momentum=0.5)
    >>> state = optimiser.init(params)
    >>> for _ in range(100):
    ...     value, gradient = value_and_grad(loss)(params)
    ...     params, state = optimiser.step(params, gradient, state)
    >>> params["x"].round(6), round(params["y"], 6)
    (array([3., 3.]), -0.0)

The state is a flat dict of arrays, so NumPy writes and reads it: ``np.savez(path, **state)``, ``dict(np.load(path))``.

    >>> sorted(state)
    ['step', 'velocity.x', 'velocity.y']

What stays as it is: a part whose gradient is None, the fields that an object names in ``frozen`` (a tuple of strings,
see ``s2sad.nn``), and whatever is not a floating-point number. An object in two places stays one object.
"""
from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import tree

__all__ = ["Optimiser", "adam", "sgd"]

Rate = float | Callable[[int], float]
State = dict[str, np.ndarray]
Update = Callable[[np.ndarray, np.ndarray, dict[str, np.ndarray], float], Any]
Visit = Callable[[str, Any, Any], Any]


@dataclass(frozen=True)
class Optimiser:
    """A way to make steps; ``sgd`` and ``adam`` return one.

    Attributes
    ----------
    rate : float or callable
        The step size, or a function of the number of steps made so far (0, 1, …).
    moments : tuple of str
        What is remembered of each array of the parameters, beside the number of its steps: names of ``state``.
    update : callable
        ``update(p, g, memory, rate)`` returns the next value of an array; ``memory`` is a dict with the moments of this
        array by name and "count", the number of this step (1, 2, …). New moments are assigned to its keys.
    """

    rate: Rate
    moments: tuple[str, ...]
    update: Update

    def init(self, params: Any) -> State:
        """The state before the first step.

        Parameters
        ----------
        params
            The parameters, any structure.

        Returns
        -------
        dict of arrays
            "step", the number of steps made, and for each moment an array of zeros, named after the way to its
            parameter: "mean.conv1.weight".

        Raises
        ------
        ValueError
            If two parameters have the same name or are the same array (their gradients are two, and after a step they
            would be two arrays; put it into an object that is in both places), or ``params`` contains itself.
        TypeError
            If ``frozen`` of an object is not a tuple of strings.

        Examples
        --------
        >>> {name: x.tolist() for name, x in adam(0.1).init([1.0, {"w": np.ones(2)}]).items()}
        {'step': 0, 'count.0': 0, 'mean.0': 0.0, 'square.0': 0.0,
         'count.1.w': 0, 'mean.1.w': [0.0, 0.0], 'square.1.w': [0.0, 0.0]}
        """
        state: State = {"step": np.array(0)}

        def add(name: str, leaf: Any, _: Any) -> Any:
            for moment in self.moments:
                key = _join(moment, name)
                if key in state:
                    raise ValueError(f"two parameters have the name {name!r}")
                state[key] = np.zeros(() if moment == "count" else np.shape(leaf), _dtype(moment, leaf))
            return leaf
        _walk(add, params, params)
        return state

    def step(self, params: Any, grads: Any, state: State) -> tuple[Any, State]:
        """The parameters and the state after one more step.

        Parameters
        ----------
        params
            The parameters.
        grads
            Their gradient, as ``grad`` returns it; None for any part that is to stay.
        state : dict of arrays
            From ``init`` or from the step before.

        Returns
        -------
        params, state
            Of the same structure, classes and dtypes. Arrays that stay are shared with the old parameters, containers
            are not.

        Raises
        ------
        ValueError
            If the gradient does not have the structure and shapes of the parameters, or the state is that of another
            optimiser or of other parameters.
        TypeError
            If what belongs to a parameter is not a number or array, or is complex where the parameter is real.

        Examples
        --------
        >>> optimiser = sgd(0.5)
        >>> optimiser.step((1.0, 2.0), (4.0, None), optimiser.init((1.0, 2.0)))
        ((-1.0, 2.0), {'step': array(1)})
        """
        _check_state(state, self.init(params))
        after = {name: np.array(x) for name, x in state.items()}
        rate = float(self.rate(int(state["step"])) if callable(self.rate) else self.rate)
        after["step"] += 1

        def move(name: str, leaf: Any, g: Any) -> Any:
            memory = {m: after[_join(m, name)] for m in self.moments}
            if "count" in memory:
                memory["count"] = memory["count"] + 1
            moved = self.update(np.asarray(leaf), _gradient(name, leaf, g), memory, rate)
            after.update({_join(m, name): np.asarray(memory[m], _dtype(m, leaf)) for m in self.moments})
            return _like(leaf, moved)
        return _walk(move, params, grads), after


def sgd(rate: Rate, momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0) -> Optimiser:
    """Gradient descent, with momentum if wanted; the formulas are those of ``torch.optim.SGD``.

    v ← momentum v + g,  p ← p − rate v;  Nesterov's form: p ← p − rate (g + momentum v).

    Parameters
    ----------
    rate : float or callable
        The step size, or a function of the number of steps made so far (0, 1, …).
    momentum : float
        How much of the last step is in the next one, 0 ≤ momentum < 1.
    nesterov : bool
        Whether to look ahead (Sutskever et al., 2013).
    weight_decay : float
        This times the parameters is added to the gradient: the penalty weight_decay / 2 · p².

    Returns
    -------
    Optimiser
        Its state has "velocity" if there is momentum.

    Raises
    ------
    ValueError
        If the momentum is out of range, or zero with ``nesterov``.

    Examples
    --------
    A rate that falls with the steps:

    >>> optimiser = sgd(lambda step: 1.0 / (1.0 + step))
    >>> params, state = 0.0, optimiser.init(0.0)
    >>> for _ in range(3):
    ...     params, state = optimiser.step(params, -1.0, state)
    >>> params == 1.0 + 1.0 / 2.0 + 1.0 / 3.0
    True
    """
    if not 0.0 <= momentum < 1.0:
        raise ValueError(f"momentum {momentum} is not between 0 and 1")
    if nesterov and momentum == 0.0:
        raise ValueError("nesterov needs momentum")

    def update(p: np.ndarray, g: np.ndarray, memory: dict[str, np.ndarray], rate: float) -> Any:
        if weight_decay:
            g = g + weight_decay * p
        if momentum:
            memory["velocity"] = momentum * memory["velocity"] + g
            g = g + momentum * memory["velocity"] if nesterov else memory["velocity"]
        return p - rate * g
    return Optimiser(rate, ("velocity",) if momentum else (), update)


def adam(rate: Rate = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
         weight_decay: float = 0.0) -> Optimiser:
    """Adam (Kingma and Ba, arXiv:1412.6980); with weight decay AdamW (Loshchilov and Hutter, arXiv:1711.05101).

    m ← β₁ m + (1 − β₁) g,  s ← β₂ s + (1 − β₂) |g|²,
    p ← p − rate (weight_decay p + m / (1 − β₁ᵗ) / (√(s / (1 − β₂ᵗ)) + eps)),  t = 1, 2, …

    Parameters
    ----------
    rate : float or callable
        The step size, or a function of the number of steps made so far (0, 1, …).
    betas : pair of floats
        How much of the means of gradient and square is kept in a step, 0 ≤ β < 1.
    eps : float
        Added to the root.
    weight_decay : float
        Apart from the gradient's means, as in ``torch.optim.AdamW``. (``torch.optim.Adam`` adds it to the gradient: for
        that, add the penalty to the loss.)

    Returns
    -------
    Optimiser
        Its state has "mean", "square" and "count", the t of each array.

    Raises
    ------
    ValueError
        If a β is out of range.

    Examples
    --------
    The first step has the length of the rate, whatever the gradient's:

    >>> params = np.array([1.0, 1.0])
    >>> optimiser = adam(0.1)
    >>> optimiser.step(params, np.array([1e-3, -1e3]), optimiser.init(params))[0].round(5)
    array([0.9, 1.1])
    """
    b1, b2 = betas
    if not (0.0 <= b1 < 1.0 and 0.0 <= b2 < 1.0):
        raise ValueError(f"betas {betas} are not between 0 and 1")

    def update(p: np.ndarray, g: np.ndarray, memory: dict[str, np.ndarray], rate: float) -> Any:
        t = int(memory["count"])
        memory["mean"] = b1 * memory["mean"] + (1.0 - b1) * g
        memory["square"] = b2 * memory["square"] + (1.0 - b2) * (g * g.conj()).real
        direction = memory["mean"] / (1.0 - b1 ** t) / (np.sqrt(memory["square"] / (1.0 - b2 ** t)) + eps)
        return p - rate * (direction + weight_decay * p if weight_decay else direction)
    return Optimiser(rate, ("count", "mean", "square"), update)


def _walk(visit: Visit, params: Any, grads: Any) -> Any:
    """The parameters with ``visit(name, leaf, gradient)`` in place of each leaf that may move."""
    made: dict[int, tuple[Any, bool]] = {}
    seen: dict[int, str] = {}

    def walk(x: Any, g: Any, name: str, above: tuple[int, ...]) -> Any:
        if tree.is_leaf(x):
            if g is None:
                return x
            if isinstance(x, np.ndarray) and seen.setdefault(id(x), name) != name:
                raise ValueError(f"parameters {seen[id(x)]!r} and {name!r} are the same array; let one object that is "
                                 "in both places hold it")
            return visit(name, x, g)
        items = tree.parts(x)
        if not items:
            return copy.copy(x) if isinstance(x, (dict, list)) else x
        if id(x) in made:
            built, stays = made[id(x)]
            if stays != (g is None):
                raise ValueError(f"the {type(x).__name__} at {name!r} moves in one place and stays in another")
            return built
        if id(x) in above:
            raise ValueError(f"a {type(x).__name__} contains itself")
        plain = isinstance(x, (dict, list, tuple))
        inside = dict.fromkeys(items) if g is None else _parts_of_gradient(g, x, items, name)
        inside.update(dict.fromkeys(() if plain or g is None else _frozen(x)))
        built = tree.rebuilt(x, {k: walk(v, inside[k], _join(name, k), (*above, id(x))) for k, v in items.items()})
        if not plain:
            made[id(x)] = built, g is None
        return built
    return walk(params, grads, "", ())


def _join(name: str, key: Any) -> str:
    return f"{name}.{key}" if name and key != "" else name or str(key)


def _frozen(x: Any) -> tuple[str, ...]:
    """The fields of an object that stay."""
    names = getattr(x, "frozen", ())
    if not isinstance(names, (tuple, list, set, frozenset)) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"`frozen` of a {type(x).__name__} names the fields that stay, as a tuple of strings; "
                        f"it is {names!r}")
    for name in names:
        if not hasattr(x, name):
            raise ValueError(f"`frozen` of a {type(x).__name__} names {name!r}, which is not a field of it")
    return tuple(names)


def _parts_of_gradient(g: Any, x: Any, items: dict[Any, Any], name: str) -> dict[Any, Any]:
    """What of the gradient belongs to each part of a container."""
    found = tree.parts(g)
    if found.keys() == items.keys():
        return dict(found)
    if not tree.leaves(x):
        return dict.fromkeys(items)
    wrong = [k for k in (*items, *found) if k not in found or k not in items][0]
    raise ValueError(f"the gradient of {name or 'the parameters'} does not have the structure of a {type(x).__name__}: "
                     f"it {'has' if wrong in found else 'lacks'} {wrong!r}")


def _gradient(name: str, leaf: Any, g: Any) -> np.ndarray:
    """The direction of steepest ascent: of a complex parameter the conjugate of the derivative ∂/∂x − i ∂/∂y."""
    found = np.asarray(g)
    if found.dtype.kind not in "iufc" or (found.dtype.kind == "c" and not np.iscomplexobj(leaf)):
        raise TypeError(f"the gradient of {name or 'the parameter'} is of dtype {found.dtype}, "
                        f"the parameter of dtype {np.asarray(leaf).dtype}")
    if found.shape != np.shape(leaf):
        raise ValueError(f"the gradient of {name or 'the parameter'} has shape {found.shape}, "
                         f"the parameter {np.shape(leaf)}")
    return found.astype(_dtype("mean", leaf), copy=False).conj()


def _dtype(moment: str, leaf: Any) -> np.dtype:
    """The dtype of a moment: the parameter's, but at least single precision, real for squares, whole for counts."""
    if moment == "count":
        return np.dtype(int)
    found = np.result_type(np.asarray(leaf).dtype, np.float32)
    return np.zeros(0, found).real.dtype if moment == "square" else found


def _like(leaf: Any, value: Any) -> Any:
    """A new value in the kind and dtype of a leaf."""
    if isinstance(leaf, np.ndarray):
        return np.asarray(value, leaf.dtype)
    return leaf.dtype.type(value) if isinstance(leaf, np.generic) else type(leaf)(value)


def _check_state(state: State, fresh: State) -> None:
    """That a state, which may come from a file, belongs to these parameters and this optimiser."""
    for name in sorted(fresh.keys() ^ state.keys()):
        raise ValueError(f"the state {'lacks' if name in fresh else 'has'} {name!r}: it is that of another optimiser "
                         "or of other parameters")
    for name, x in fresh.items():
        if np.shape(state[name]) != x.shape:
            raise ValueError(f"{name!r} of the state has shape {np.shape(state[name])}, not {x.shape}")
