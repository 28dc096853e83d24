"""Derivative rules: how they are written down, and where they are kept.

A rule is an ordinary Python function with the primal's own signature; after ``*`` comes what the reverse sweep knows
(``y`` the result, ``y_bar`` its cotangent).  It is parsed by the frontend and inlined into generated code, so it is
written in the Python that s2sad itself understands, with NumPy calls that have rules of their own.  A cotangent,
tangent or partial ``None`` is zero; ``NotImplemented`` refuses an active argument.  Each formula is written once:

======================  ==========================================  ==========================================
decorator               one writes                                  derived from it
======================  ==========================================  ==========================================
``@elementwise(f)``     the partials, in order (``None``: no        VJP (with unbroadcasting, done centrally), JVP
                        derivative); may ask for ``y``
``@linear(f, "x")``     the transpose: x_bar from ``y_bar``         JVP: the operation on tangents
``@bilinear(f)``        both transposes, from ``y_bar``             JVP: the product rule
``@rule(f)``            the VJP, and ``.jvp``                       nothing
======================  ==========================================  ==========================================

What a function of the user *is* is not known from its rule: it may print, keep or return its argument, so it is called
once in the forward sweep, never dropped and never merged with another call, and facts of its result do not come from
trying it. Each decorator takes more by keyword, which goes into the record of the function (``s2sad.ops``):
``pure=True`` (the same arguments give the same result, and nothing else happens), ``like="x"`` (the result is an array
of the shape and dtype of ``x``), ``shapes_of=("x",)`` (of ``x`` only these are read), ``constant_in=("x",)`` (the
derivative with respect to ``x`` counts as zero).

    >>> import numpy as np
    >>> from s2sad.rules import pullback
    >>> pullback(np.sin, (0.0,), {}, y=0.0, y_bar=2.0)
    {'x': np.float64(2.0)}
"""
from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from s2sad import ops, runtime


@dataclass(eq=False)
class Rule:
    """One registered rule. ``wrt`` names the parameters that have a derivative; ``extra`` the keyword-only names that
    the VJP asks for (``y``, ``y_bar``)."""

    primal: Callable
    kind: str
    vjp: Callable
    wrt: tuple[str, ...]
    extra: tuple[str, ...]
    pushforward: Callable | None = None

    @cached_property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.vjp)

    @cached_property
    def primal_signature(self) -> inspect.Signature:
        """The parameters that the rule has in common with the primal."""
        return self.signature.replace(parameters=self.params)

    @property
    def is_of_the_user(self) -> bool:
        """Whether somebody else has written it: what it gives is checked."""
        return not getattr(self.vjp, "__module__", "").startswith("s2sad.")

    @property
    def params(self) -> list[inspect.Parameter]:
        return [p for p in self.signature.parameters.values() if p.name not in self.extra]

    def jvp(self, fn: Callable) -> Callable:
        """Decorator for the JVP of an ``@rule``: same signature, after ``*`` come ``y`` and ``x_dot`` for each
        parameter ``x`` of ``wrt`` (``None`` where it does not vary)."""
        self.pushforward = fn
        _changed()
        return fn

    def bind(self, args: tuple, kwargs: dict) -> dict[str, Any]:
        """Arguments by parameter name (values, or IR arguments), defaults filled in."""
        bound = self.primal_signature.bind(*args, **kwargs)
        bound.apply_defaults()
        out = bound.arguments.get("out")
        if getattr(out, "value", out) is not None:
            raise TypeError("out= is not differentiated: assign the result instead")
        return bound.arguments


RULES: dict[Callable, Rule] = {}
NO_GRADIENT: set[Callable] = set()
OPAQUE: set[Callable] = set()
STATIC: set[Callable] = set()


WATCHERS: list[Callable[[], None]] = []
"""Called when a rule is made or changed: derivatives that were compiled with the old one are out of date."""


def _changed() -> None:
    for watcher in WATCHERS:
        watcher()


def _register(primals: tuple[Callable, ...], kind: str, wrt: tuple[str, ...] | None, fn: Callable,
              said: dict[str, Any]) -> Rule:
    parameters = list(inspect.signature(fn).parameters.values())
    extra = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name in ("y", "y_bar"))
    if wrt is None:
        wrt = tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
                    and p.default is p.empty)
    entry = Rule(primals[0], kind, fn, wrt, extra)
    for primal in primals:
        RULES[primal] = entry
        NO_GRADIENT.discard(primal)
        _describe(primal, kind, [p.name for p in parameters], **said)
    _changed()
    return entry


def _describe(primal: Callable, kind: str, names: list[str], pure: bool = False, like: str = "",
              shapes_of: tuple[str, ...] = (), constant_in: tuple[str, ...] = ()) -> None:
    """Record what a rule says of a function of which nothing is known otherwise."""
    said: dict[str, Any] = {"effect": ops.Effect.NONE, "memory": ops.Memory.ANY} if pure else {}
    if like:
        said["like"] = like
    if shapes_of:
        said["shapes_of"] = tuple(map(names.index, shapes_of))
    if constant_in:
        said["constant_in"] = constant_in
    if not ops.is_recorded(primal) and kind == "elementwise":
        said["zeros"] = ops.Zeros.KEEPS
    if said:
        ops.record(primal, **said)


def elementwise(*primals: Callable, wrt: tuple[str, ...] | None = None, **said: Any) -> Callable[[Callable], Rule]:
    """Register the partial derivatives of an elementwise function.

    Parameters
    ----------
    *primals : callable
        The function, and others that share the rule.
    wrt : tuple of str, optional
        The parameters that have a partial, by default those without default.

    Returns
    -------
    decorator
        For a function with the primal's positional parameters that returns the partial with respect to each of ``wrt``,
        as one value or a tuple (``None`` for a parameter without derivative). After ``*`` it may ask for ``y``.

    Examples
    --------
    >>> def softplus(x):
    ...     return np.log(1.0 + np.exp(x))
    >>> @elementwise(softplus)
    ... def softplus_rule(x):
    ...     return 0.5 + 0.5 * np.tanh(0.5 * x)
    >>> import s2sad
    >>> s2sad.grad(softplus)(0.0)
    0.5
    """
    return lambda fn: _register(primals, "elementwise", wrt, fn, said)


def linear(primal: Callable, *wrt: str, **said: Any) -> Callable[[Callable], Rule]:
    """Register the transpose of a function that is linear in the parameters ``wrt`` together.

    The decorated function has the primal's signature, then ``*, y_bar`` (and ``y`` if wanted), and returns the
    cotangent of ``wrt`` (a tuple if there are several). A parameter that is a list of arrays gets a list of cotangents.

    >>> def mirrored(x):
    ...     return np.asarray(x)[::-1]
    >>> @linear(mirrored, "x")
    ... def mirrored_rule(x, *, y_bar):
    ...     return y_bar[::-1]
    >>> import s2sad
    >>> s2sad.vjp(mirrored, np.array([1.0, 2.0]))[1](np.array([3.0, 4.0]))
    (array([4., 3.]),)
    """
    return lambda fn: _register((primal,), "linear", wrt, fn, said)


def bilinear(primal: Callable, *wrt: str, **said: Any) -> Callable[[Callable], Rule]:
    """Register the two transposes of a function that is linear in each of two parameters.

    ``wrt`` defaults to the parameters without default. The decorated function returns the two cotangents.

    >>> def weighted(a, b):
    ...     return float(np.sum(np.arange(len(a)) * a * b))
    >>> @bilinear(weighted)
    ... def weighted_rule(a, b, *, y_bar):
    ...     weights = y_bar * np.arange(len(a))
    ...     return weights * b, weights * a
    >>> import s2sad
    >>> s2sad.grad(weighted)(np.ones(3), np.array([4.0, 5.0, 6.0]))
    array([ 0.,  5., 12.])
    """
    return lambda fn: _register((primal,), "bilinear", wrt or None, fn, said)


def rule(*primals: Callable, wrt: tuple[str, ...] | None = None, **said: Any) -> Callable[[Callable], Rule]:
    """Register the VJP of a function; add the JVP with ``@name.jvp``.

    The decorated function has the primal's signature, then ``*, y, y_bar`` as far as it wants them, and returns the
    cotangents of ``wrt`` (by default the parameters without default), ``None`` where there is none. If the primal
    returns several values, ``y_bar`` is a tuple in which a missing cotangent is ``None``.

    >>> def root(a):
    ...     '''The x with x + exp(x) = a.'''
    ...     x = 0.0
    ...     while abs(x + np.exp(x) - a) > 1e-12:
    ...         x -= (x + np.exp(x) - a) / (1.0 + np.exp(x))
    ...     return x
    >>> @rule(root)
    ... def root_rule(a, *, y, y_bar):
    ...     return y_bar / (1.0 + np.exp(y))
    >>> import s2sad
    >>> float(s2sad.grad(root)(1.0))
    0.5
    """
    return lambda fn: _register(primals, "rule", wrt, fn, said)


def no_gradient(*primals: Callable, **said: Any) -> Callable | None:
    """Declare that the results of these functions carry no derivative (``np.argmax``, ``np.floor``, …).

    >>> @no_gradient
    ... def bin_of(x):
    ...     return int(10.0 * x)
    >>> import s2sad
    >>> s2sad.grad(lambda x: x * bin_of(x))(0.35)
    3.0
    """
    for primal in primals:
        NO_GRADIENT.add(primal)
        if said:
            _describe(primal, "", [], **said)
    _changed()
    return primals[0] if primals else None


def opaque(fn: Callable, **said: Any) -> Callable:
    """Declare that a function is called as it stands: its source is not read, and a derivative of it is an error.

    For a helper of a rule of one's own, where ``no_gradient`` would make second derivatives wrong.

    Parameters
    ----------
    fn : callable
        Any function; it may use any Python.
    **said
        What is known of it, as for ``rule``: ``pure``, ``like``, ``shapes_of``, ``constant_in``.

    Returns
    -------
    callable
        ``fn`` itself.

    >>> @opaque
    ... def table(x):
    ...     return float(eval("x * x"))
    >>> import s2sad
    >>> s2sad.grad(lambda x, y: x * table(y))(2.0, 3.0)
    9.0
    """
    OPAQUE.add(fn)
    NO_GRADIENT.discard(fn)
    if said:
        _describe(fn, "", [], **said)
    _changed()
    return fn


def is_operation(op: Callable) -> bool:
    """Whether a function is called and not read: it has a rule, no gradient, or is opaque."""
    return lookup(op) is not None or has_no_gradient(op) or (ops.may_be_looked_up(op) and op in OPAQUE)


def static(fn: Callable) -> Callable:
    """Declare a helper of rules that is a pure function of compile-time constants (axes, subscripts, ``ndim``).

    The frontend evaluates it while it inlines the rule, so it may use any Python; it returns constants, or nested
    tuples of them.
    """
    STATIC.add(fn)
    return fn


def along(axis: int, ndim: int, index: Any) -> tuple:
    """The index that takes ``index`` along one axis of an array of ``ndim`` dimensions; for axes from the front it may
    be any number."""
    return (slice(None),) * (axis if axis >= 0 else axis % ndim) + (index,)


def range_along(size: int, axis: int, ndim: int) -> Any:
    """0, 1, …, size - 1 along one axis of ``ndim``."""
    return np.reshape(np.arange(size), (1,) * axis + (size,) + (1,) * (ndim - axis - 1))


def is_list(x: Any) -> bool:
    """Whether ``x`` is a list or tuple; while a rule is inlined, whether it certainly is one (never known only at run
    time, so that a rule may call itself for the items)."""
    return isinstance(x, (list, tuple))


def shaped(g: Any, x: Any) -> Any:
    """``g`` in the shape of ``x``; a scalar for a scalar."""
    if np.ndim(x) == 0:
        return np.reshape(g, ())[()]
    return np.reshape(g, np.shape(x))


def lookup(op: Callable) -> Rule | None:
    """The rule for an operation in any spelling, or None."""
    if isinstance(op, runtime.Recursive):
        return RULES.get(op) or _recursive(op)
    if not ops.may_be_looked_up(op):
        return None
    try:
        return RULES.get(op) or RULES.get(ops.canonical(op)) or _of_distribution(op) or _of_filter(op)
    except TypeError:
        return None


def _of_distribution(op: Callable) -> Rule | None:
    """The rule of a method of ``scipy.stats``, which only those who use it have to import."""
    if not type(getattr(op, "__self__", None)).__module__.startswith("scipy.stats."):
        return None
    from s2sad.rules import cumulative, distributions  # noqa: F401  (registers its rules)
    return RULES.get(distributions.public(op))


def _of_filter(op: Callable) -> Rule | None:
    """The rule of a function of ``scipy.signal``, ``scipy.ndimage``, ``scipy.fft`` or ``scipy.spatial``, likewise."""
    module = getattr(op, "__module__", None) or ""
    if module == "scipy.spatial.distance":
        from s2sad.rules import distances  # noqa: F401  (registers its rules)
        return RULES.get(op)
    if not module.startswith(("scipy.signal", "scipy.ndimage", "scipy.fft")):
        return None
    from s2sad.rules import filters, scipy_fft  # noqa: F401  (registers its rules)
    return RULES.get(op)


def _recursive(op: runtime.Recursive) -> Rule:
    """The rule of a function that calls itself: its own derivative."""
    def vjp(*xs, y_bar):
        return runtime.DERIVATIVES["vjp"](op.fn, xs, y_bar)

    def jvp(*xs, xs_dot):
        return runtime.DERIVATIVES["jvp"](op.fn, xs, xs_dot)
    entry = RULES[op] = Rule(op, "rule", vjp, ("xs",), ("y_bar",), jvp)
    return entry


def is_constant_in(op: Callable, entry: Rule, name: str) -> bool:
    """Whether an argument given for a parameter may be active and have no derivative all the same."""
    known = ops.of(op)
    return name in known.constant_in or any(k < len(entry.params) and entry.params[k].name == name
                                            for k in known.shapes_of)


def has_no_gradient(op: Callable) -> bool:
    """Whether the operation is known to carry no derivative."""
    if not ops.may_be_looked_up(op):
        return False
    try:
        return op in NO_GRADIENT or (ops.canonical(op) in NO_GRADIENT and op not in RULES)
    except TypeError:
        return False


def pullback(op: Callable, args: tuple, kwargs: dict, *, y: Any, y_bar: Any, masked: bool = False) -> dict[str, Any]:
    """The VJP of one operation on concrete values, by parameter name: the reference meaning of a rule.

    Generated code holds the same formulas inlined; this function serves tests and the reference interpreter.
    A cotangent ``None`` is zero; ``NotImplemented`` means that this argument must not be active. ``masked``: a zero in
    ``y_bar`` is what was not chosen, and gives zero even where a partial derivative is infinite or nan.
    """
    entry = lookup(op)
    if entry is None:
        raise KeyError(f"no rule for {op!r}")
    bound = entry.bind(args, kwargs)
    known = {"y": y, "y_bar": y_bar}
    product = runtime.masked_product if masked else operator.mul
    result = _apply(entry.vjp, entry, bound, {k: known[k] for k in entry.extra})
    parts = _parts(entry, result)
    if entry.kind != "elementwise":
        return {n: _astype_of(part, bound[n]) for n, part in zip(entry.wrt, parts)}
    return {n: part if part is None or part is NotImplemented else runtime.unbroadcast(product(y_bar, part), bound[n])
            for n, part in zip(entry.wrt, parts)}


def pushforward(op: Callable, args: tuple, kwargs: dict, *, y: Any, dots: dict[str, Any]) -> Any:
    """The JVP of one operation on concrete values; ``dots`` maps parameter names to tangents. What a choice by a mask
    leaves out has tangent zero, whatever it is itself."""
    entry = lookup(op)
    if entry is None:
        raise KeyError(f"no rule for {op!r}")
    bound = entry.bind(args, kwargs)
    if entry.kind == "rule":
        if entry.pushforward is None:
            raise KeyError(f"no JVP for {op!r}")
        wanted = inspect.signature(entry.pushforward).parameters
        known = {"y": y} | {f"{name}_dot": dots.get(name) for name in entry.wrt}
        y_dot = _apply(entry.pushforward, entry, bound, {k: v for k, v in known.items() if k in wanted})
        return _astype_of(y_dot, y)
    if entry.kind == "elementwise":
        result = _apply(entry.vjp, entry, bound, {"y": y} if "y" in entry.extra else {})
        parts = _parts(entry, result)
        product = runtime.masked_product if ops.of(op).masks else operator.mul
        terms = [product(part, dots[n]) for n, part in zip(entry.wrt, parts) if part is not None and n in dots]
        total = runtime.astype_of(sum(terms), y) if terms else runtime.zeros_like(y)
        return np.broadcast_to(total, np.shape(y)) if np.shape(total) != np.shape(y) else total
    if entry.kind == "linear":
        passed = [n for n in entry.wrt if bound[n] is not entry.signature.parameters[n].default]
        moved = bound | {n: dots[n] if n in dots else runtime.zeros_like(bound[n]) for n in passed}
        return _call(op, entry, moved)
    return sum(_call(op, entry, bound | {n: dots[n]}) for n in entry.wrt if n in dots)


runtime.foreign.RULES.update(pullback=pullback, pushforward=pushforward)


def _apply(fn: Callable, entry: Rule, bound: dict[str, Any], known: dict[str, Any]) -> Any:
    """Call the function of a rule with bound arguments and what else it asks for."""
    args: list[Any] = []
    for p in entry.params:
        if p.kind is p.KEYWORD_ONLY:
            known = known | {p.name: bound[p.name]}
        else:
            args.extend(bound[p.name] if p.kind is p.VAR_POSITIONAL else [bound[p.name]])
    return fn(*args, **known)


def _parts(entry: Rule, result: Any) -> tuple:
    """What the VJP of a rule returned, one part for each parameter of ``wrt``."""
    if result is NotImplemented or result is None:
        return (result,) * len(entry.wrt)
    return result if len(entry.wrt) > 1 else (result,)


def _astype_of(g: Any, x: Any) -> Any:
    """``runtime.astype_of`` through lists and tuples; no cotangent stays none."""
    if g is None or g is NotImplemented:
        return g
    if isinstance(x, (list, tuple)):
        return [_astype_of(part, item) for part, item in zip(g, x)] if isinstance(g, (list, tuple)) else g
    return runtime.astype_of(g, x)


def _call(op: Callable, entry: Rule, bound: dict[str, Any]) -> Any:
    """Call the primal with bound arguments, leaving out those that have their default value."""
    args, kwargs = [], {}
    for p in entry.params:
        if p.kind is p.VAR_POSITIONAL:
            args.extend(bound[p.name])
        elif p.default is p.empty:
            args.append(bound[p.name])
        elif bound[p.name] is not p.default:
            kwargs[p.name] = bound[p.name]
    return op(*args, **kwargs)


# Importing a family registers its rules.
from s2sad.rules import (  # noqa: E402
    arithmetic,
    calculus,
    containers,
    creation,
    einsum,
    elementary,
    extrema,
    fft,
    indexing,
    joining,
    linalg,
    masked,
    matrix_functions,
    norms,
    probabilities,
    products,
    reductions,
    scans,
    scipy_linalg,
    scipy_spectral,
    shapes,
    special,
    spectral,
    statistics,
)

__all__ = ["NO_GRADIENT", "RULES", "Rule", "STATIC", "along", "arithmetic", "bilinear", "calculus", "containers",
           "creation", "einsum", "elementary", "elementwise", "extrema", "fft", "has_no_gradient", "indexing",
           "is_constant_in", "joining", "linalg", "linear", "lookup", "masked", "matrix_functions", "no_gradient",
           "norms", "opaque", "probabilities", "products", "pullback", "pushforward", "range_along", "reductions",
           "rule", "scans", "scipy_linalg", "scipy_spectral", "shaped", "shapes", "special", "spectral", "static",
           "statistics"]
