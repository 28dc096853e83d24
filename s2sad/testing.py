"""Checks of derivatives against finite differences: of a user's function (`check_grads`), of one rule (`check_rule`).

    >>> import numpy as np
    >>> from s2sad.testing import check_rule
    >>> check_rule(np.sum, np.arange(6.0).reshape(2, 3), axis=0)

No derivative is written down by hand.  What is compared:

* the JVP with central differences of fourth order, at several step sizes (the best one counts);
* the VJP with the JVP: ``⟨ȳ, J ẋ⟩ = ⟨Jᵀ ȳ, ẋ⟩``, to rounding;
* structure, shape and dtype of cotangents with those of the primals; the inputs, which must be unchanged, bit by bit.

For complex values ``⟨a, b⟩ = Re Σ a b`` (no conjugation): the convention of JAX and autograd.
"""
from __future__ import annotations

import copy
import inspect
import linecache
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad import api, rules, tree
from s2sad.api.selfcheck import checking_once
from s2sad.numeric import (
    STEPS,
    compare,
    dot,
    flat,
    in_double,
    is_object,
    leaves,
    map_leaves,
    numerical_jvp,
    random_like,
)

__all__ = ["check_grads", "check_rule", "numerical_jvp"]

_VARIADIC = inspect.Parameter.VAR_POSITIONAL


def _bits(x: Any) -> Any:
    return [(np.asarray(v).dtype, np.shape(v), np.asarray(v).tobytes()) for v in _numbers(x, set())]


def _numbers(x: Any, seen: set[int]) -> list[Any]:
    """All numbers and arrays of a tree, integers too; those of an object once."""
    if isinstance(x, (np.ndarray, np.generic)) and np.asarray(x).dtype != object or type(x) in (int, float, complex,
        bool):
        return [x]
    if is_object(x):
        if id(x) in seen:
            return []
        seen.add(id(x))
    return [leaf for item in tree.parts(x).values() for leaf in _numbers(item, seen)]


def _is_single(*values: Any) -> bool:
    """Whether single precision takes part."""
    return any(getattr(v, "dtype", None) in (np.float32, np.complex64, np.float16) for v in leaves(values))


# Comparisons

def _check_like(g: Any, x: Any, what: str) -> None:
    """Raise unless g has the structure, shapes and dtypes of x."""
    def check(v: Any, part: Any) -> Any:
        if part is None:
            return v
        if np.shape(part) != np.shape(v):
            raise AssertionError(f"{what}: shape {np.shape(part)}, but the value has shape {np.shape(v)}")
        dtype = getattr(v, "dtype", None)
        if dtype is not None and np.asarray(part).dtype != dtype:
            raise AssertionError(f"{what}: dtype {np.asarray(part).dtype}, but the value has {dtype}")
        if dtype is None and type(v) is float and np.iscomplexobj(part):
            raise AssertionError(f"{what}: complex, but the value is real")
        return v

    if g is not None and isinstance(x, (list, tuple)) and len(tree.parts(g)) != len(x):
        raise AssertionError(f"{what}: {len(tree.parts(g))} parts, but the value has {len(x)}")
    try:
        map_leaves(check, x, g)
    except ValueError as error:
        raise AssertionError(f"{what}: {error}") from None


def _check_transpose(y_bar: Any, y_dot: Any, y: Any, x_bar: Any, x_dot: Any, x: Any, rtol: float, what: str) -> None:
    left, right = dot(y_bar, y_dot, y), dot(x_bar, x_dot, x)
    scale = (np.sum(np.abs(flat(y_bar, y) * flat(y_dot, y))) + np.sum(np.abs(flat(x_bar, x) * flat(x_dot, x))))
    if not abs(left - right) <= rtol * (1.0 + float(scale)):
        raise AssertionError(f"{what}: ⟨ȳ, J ẋ⟩ = {left} but ⟨Jᵀ ȳ, ẋ⟩ = {right}")


# One rule

def check_rule(op: Callable, /, *args: Any, through: str = "rules", rtol: float | None = None, **kwargs: Any) -> None:
    """Check the rule of one operation at one point.

    Parameters
    ----------
    op : callable
        An operation with a rule, in any spelling.
    *args, **kwargs
        Its arguments. Every float or complex value whose parameter has a derivative is varied.
    through : {"rules", "generated"}
        Evaluate the rule itself, or a generated function that calls ``op`` (this checks second derivatives too).
    rtol : float, optional
        Relative tolerance of the comparison with finite differences.

    Raises
    ------
    AssertionError
        If anything disagrees.
    KeyError
        If there is no rule.

    Examples
    --------
    >>> check_rule(np.multiply, 2.0, np.array([1.0, 3.0]))
    """
    entry = rules.lookup(op)
    if entry is None:
        raise KeyError(f"no rule for {op!r}")
    if through == "generated":
        f, values = _function_of(op, entry, args, kwargs)
        check_grads(f, values, rtol=rtol)
        return
    before = _bits((args, list(kwargs.values())))
    bound = entry.bind(args, kwargs)
    with np.errstate(all="ignore"):
        _check_rule_at(op, entry, bound, args, kwargs, rtol)
    if _bits((args, list(kwargs.values()))) != before:
        raise AssertionError(f"{_name(op)}: an input was changed")


def _check_rule_at(op: Callable, entry: rules.Rule, bound: dict, args: tuple, kwargs: dict,
                   rtol: float | None) -> None:
    rng = np.random.default_rng(0)
    y = op(*args, **kwargs)
    rtol = rtol or (2e-3 if _is_single(args, kwargs, y) else 1e-7)
    y_bar = random_like(rng, y)
    bars = rules.pullback(op, args, kwargs, y=y, y_bar=y_bar)
    passed = [*_positional(entry, len(args)), *kwargs]
    active = [n for n in entry.wrt if n in passed and leaves(bound[n]) and bars[n] is not NotImplemented]
    if not active:
        raise AssertionError(f"{_name(op)}: nothing to differentiate in {args}")
    for name in active:
        what, x = f"{_name(op)}, {name}", bound[name]
        x_dot = random_like(rng, x)
        y_dot = rules.pushforward(op, args, kwargs, y=y, dots={name: x_dot})
        _check_like(bars[name], x, f"{what}: cotangent")
        _check_like(y_dot, y, f"{what}: tangent")
        _check_transpose(y_bar, y_dot, y, bars[name], x_dot, x, 1e-4 if _is_single(x, y) else 1e-11, what)

        def alone(v: Any, name: str = name) -> Any:
            moved, named = _replaced(entry, in_double(args), in_double(kwargs), {name: v})
            return op(*moved, **named)

        compare(alone, [x], [x_dot], flat(y_dot, y), rtol, rtol, STEPS, what)
    if len(active) > 1:
        dots = {n: random_like(rng, bound[n]) for n in active}
        y_dot = rules.pushforward(op, args, kwargs, y=y, dots=dots)
        order = list(active)
        _check_transpose(y_bar, y_dot, y, [bars[n] for n in order], [dots[n] for n in order],
                         [bound[n] for n in order], 1e-4 if _is_single(args, kwargs) else 1e-11, _name(op))


def _replaced(entry: rules.Rule, args: tuple, kwargs: dict, new: dict) -> tuple[list[Any], dict]:
    """The arguments of the call with new values for some parameters, passed the way the caller passed them."""
    names = _positional(entry, len(args))
    rest = {n: list(v) for n, v in new.items() if n in names and entry.signature.parameters[n].kind is _VARIADIC}
    moved = [rest[n].pop(0) if n in rest else new.get(n, v) for n, v in zip(names, args)]
    return moved, {k: new.get(k, v) for k, v in kwargs.items()}


def _name(op: Callable) -> str:
    return getattr(op, "__name__", repr(op))


def _function_of(op: Callable, entry: rules.Rule, args: tuple, kwargs: dict) -> tuple[Callable, list[Any]]:
    """A function, with source, of the differentiable arguments of the call alone; and their values."""
    wrt = set(entry.wrt)
    spots: list[Any] = [None] * len(args)
    for i, p in zip(range(len(args)), _positional(entry, len(args))):
        spots[i] = p if p in wrt and leaves(args[i]) else None
    names: list[str] = []
    values: list[Any] = []
    known: dict[str, Any] = {"op": op}
    call = []
    for key, value, name in [(None, v, s) for v, s in zip(args, spots)] + [
            (k, v, k if k in wrt and leaves(v) else None) for k, v in kwargs.items()]:
        text = f"x{len(names)}" if name is not None else f"c{len(known)}"
        if name is not None:
            names.append(text)
            values.append(value)
        else:
            known[text] = value
        call.append(text if key is None else f"{key}={text}")
    source = f"def f({', '.join(names)}):\n    return op({', '.join(call)})\n"
    file = f"<check_rule {_name(op)} {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), known)
    return known["f"], values


def _positional(entry: rules.Rule, count: int) -> list[str]:
    """The parameter that each positional argument goes to."""
    names: list[str] = []
    for p in entry.params:
        names.extend([p.name] * (count - len(names)) if p.kind is p.VAR_POSITIONAL else [p.name])
    return names[:count]


# A user's function

def check_grads(f: Callable, args: Sequence[Any], order: int = 2, modes: Sequence[str] = ("rev", "fwd"),
                rtol: float | None = None, atol: float | None = None, eps: float | None = None,
                exact: bool = True) -> None:
    """Check the derivatives of a function against finite differences, and its primal value to the last bit.

    Parameters
    ----------
    f : callable
        The function.
    args : sequence
        The point: floats, arrays, or any nesting of tuples, lists, dicts and objects that hold them. All are varied.
    order : int
        Up to which order (the second derivative is the derivative of ``grad(f)``).
    modes : sequence of {"rev", "fwd"}
        Reverse mode, forward mode.
    rtol, atol : float, optional
        Tolerances; by default 1e-6 in double and 2e-3 in single precision.
    eps : float, optional
        The step of the finite differences; by default several are tried.
    exact : bool
        Whether the primal value must be the function's own bit by bit; False only for a function that contains
        derivatives, which may be rounded differently (within 1e-12) where they are inlined.

    Raises
    ------
    AssertionError
        If a derivative disagrees, has another shape or dtype than its argument, or if an argument was changed.

    Examples
    --------
    >>> check_grads(lambda x: np.sin(x) * x, [np.array([0.5, 2.0])])    # doctest: +SKIP
    """
    default = 2e-3 if _is_single(args) else 1e-6
    rtol, atol = rtol or default, atol or rtol or default
    steps = STEPS if eps is None else (eps,)
    rng = np.random.default_rng(0)
    before = _bits(args)
    with checking_once():
        for mode in modes:
            _check_first(f, args, mode, rng, rtol, atol, steps, exact)
        if order > 1:
            weights = random_like(rng, f(*copy.deepcopy(list(args))))
            directions = random_like(rng, list(args))
            for mode in modes:
                g = _slope(f, mode, weights, directions, len(args))
                check_grads(g, args, order - 1, modes, 10 * rtol, 10 * atol, eps, exact=False)
    if _bits(args) != before:
        raise AssertionError(f"{_name(f)}: an argument was changed")


def _check_first(f: Callable, args: Sequence[Any], mode: str, rng: np.random.Generator, rtol: float, atol: float,
                 steps: Sequence[float], exact: bool) -> None:
    """One derivative of f along a random direction, in one mode, compared with finite differences."""
    what = f"{_name(f)} ({mode})"
    expected = f(*copy.deepcopy(list(args)))
    dots = random_like(rng, list(args))
    if mode == "fwd":
        y, y_dot = api.jvp(f, tuple(args), tuple(dots))
        _check_same(y, expected, what, exact)
        _check_like(y_dot, y, f"{what}: tangent")
        compare(f, args, dots, flat(y_dot, y), rtol, atol, steps, what)
        return
    y, pull = api.vjp(f, *args)
    _check_same(y, expected, what, exact)
    y_bar = random_like(rng, y)
    bars = pull(y_bar)
    bars = bars if isinstance(bars, tuple) else (bars,)
    for i, (bar, x) in enumerate(zip(bars, args)):
        _check_like(bar, x, f"{what}: cotangent {i}")
    got = np.array([dot(list(bars), dots, list(args))])
    compare(lambda *xs: dot(y_bar, f(*xs), y), args, dots, got, rtol, atol, steps, what)


def _check_same(y: Any, expected: Any, what: str, exact: bool) -> None:
    """Raise unless the values agree: to the last bit, or to rounding where f itself contains derivatives."""
    if _bits(y) == _bits(expected):
        return
    if exact:
        raise AssertionError(f"{what}: the primal {y} is not what the function returns, {expected}")
    _check_like(y, expected, f"{what}: primal")
    rtol = 1e-5 if _is_single(expected) else 1e-12
    if not all(np.allclose(a, b, rtol=rtol, atol=rtol, equal_nan=True) for a, b in zip(leaves(y), leaves(expected))):
        raise AssertionError(f"{what}: the primal {y} is not what the function returns, {expected}")


def _slope(f: Callable, mode: str, weights: Any, directions: Sequence[Any], count: int) -> Callable:
    """The derivative of f in fixed directions: a function of the same arguments, with source."""
    names = ", ".join(f"x{i}" for i in range(count))
    known: dict[str, Any] = {"f": f, "vjp": api.vjp, "jvp": api.jvp, "weights": weights,
        "directions": tuple(directions)}
    if mode == "rev":
        body = f"    y, pull = vjp(f, {names})\n    return pull(weights)\n"
    else:
        body = f"    return jvp(f, ({names},), directions)[1]\n"
    source = f"def slope({names}):\n{body}"
    file = f"<check_grads {mode} {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), known)
    return known["slope"]
