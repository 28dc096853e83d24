"""Looking at a derivative: what the object that ``grad`` returns can show of itself.

``Views`` has one short method for each view; the work is done in ``s2sad.show``, which gets IR, source and values.

    >>> from s2sad import grad
    >>> print(grad(lambda x: 3.0 * x).source_for(1.0).splitlines()[-1].strip())
    return 3.0
"""
from __future__ import annotations

import dataclasses
import inspect
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import numeric, passes, runtime, tree
from s2sad.api.before import first_fitting
from s2sad.derive import Entry, Request, integer_argument, tree_of
from s2sad.derive.leaves import differentiable, leaf_path, structured
from s2sad.derive.request import Mode, Primal
from s2sad.derive.results import non_scalar
from s2sad.errors import ArgumentError
from s2sad.export import standalone
from s2sad.frontend import leaves_of, lower
from s2sad.ir import Const, Function, Var
from s2sad.ir.interpret import evaluate
from s2sad.ir.kinds import kinds_of
from s2sad.ir.regions import opened
from s2sad.show.graph import Graph, graph
from s2sad.show.trace import Trace, trace


class Views:
    """The views of a derivative; ``Derivative`` says what it is the derivative of."""

    fn: Callable
    mode: str
    kind: Mode
    argnums: tuple[Any, ...]
    single: bool
    has_aux: bool
    latest: Entry | None
    lock: threading.RLock

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def entry(self, args: tuple, kwargs: dict[str, Any]) -> Entry:
        """The compiled derivative for these arguments."""
        raise NotImplementedError

    def request(self, n: int, kwargs: dict[str, Any]) -> Request:
        """What is asked for in a call with ``n`` positional arguments."""
        raise NotImplementedError

    def positional(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """Keyword arguments that name positional parameters, in their place."""
        raise NotImplementedError

    @property
    def source(self) -> str:
        """The generated source: of the latest call. Before any call, for the simplest kinds of arguments that every
        operation of the function takes; they are named above it."""
        if self.latest is not None:
            return self.latest.source.text
        entry = self.generic()
        kinds = [item.text for item in entry.arguments]
        return f"# for {'; '.join(kinds)}\n{entry.source.text}"

    def generic(self) -> Entry:
        """The derivative before any call."""
        count = len([p for p in inspect.signature(self.fn).parameters.values()
                     if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)])
        positions = tuple(k for k in self.argnums if isinstance(k, int))
        count = max(count, 1 + max(positions, default=-1))
        try:
            varied = tuple(k % count for k in positions)
            return first_fitting(self.fn, count, varied, lambda given: self.entry(given, {}))
        finally:
            self.latest = None

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """The generated source for the kinds of these arguments."""
        return self.entry(args, kwargs).source.text

    def trace(self, *args: Any, tangents: Any = None, cotangent: Any = None, **kwargs: Any) -> Trace:
        """The evaluation trace with values: the forward primal trace, and beside it the reverse adjoint trace (of
        ``jacfwd`` the forward tangent trace).

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function.
        tangents : tuple or True, optional
            One tangent for each positional argument, with its structure (None: it does not move), as for ``jvp``; adds
            the tangent trace. True: the first number that is differentiated moves at rate 1, the others stand still.
        cotangent : optional
            The cotangent of the result, by default 1 (ones); of several results, a sequence of cotangents.

        Returns
        -------
        Trace
            Prints as a table, shows itself in a notebook; ``.rows`` has the data, ``.markdown()``, ``.html()`` and
            ``.text(columns)`` the table, ``.value``, ``.gradient`` and ``.slope`` what it ends with.

        Examples
        --------
        >>> from s2sad import grad
        >>> table = grad(lambda x: x * np.sin(x)).trace(2.0, tangents=True)
        >>> print(table.tangent[2])
        v̇₂ = v̇₀ × v₁ + v̇₁ × v₀ = 1 × 0.909 − 0.416 × 2 = 0.077
        """
        if kwargs:
            args, kwargs = self.positional(args, kwargs)
        lowered = lower(self.fn, kinds_of(args, kwargs))
        request, values = self.request(len(args), kwargs), (*args, *kwargs.values())
        trees = [tree_of(lowered, k, len(args)) for k in request.argnums]
        leaves = [v for t in trees for v in leaves_of(t) if differentiable(v)]
        if not leaves:
            k = request.argnums[0]
            raise integer_argument(self.fn, k, values[k])
        forwards = self.kind.forward
        dots = _tangents(lowered.leaves, leaves, values, True if forwards and tangents is None else tangents)
        primal = dataclasses.replace(opened(lowered.function), inputs=tuple(leaves))
        table = trace(primal, values, cotangent, tangents=dots, adjoint=not forwards, has_aux=self.has_aux)
        if forwards:
            return table
        found = dict(zip(leaves, table.gradient))
        parts = tuple(evaluate(structured(t, lambda v: v if v in found else Const(None)), found) for t in trees)
        return dataclasses.replace(table, gradient=parts[0] if self.single else parts)

    def graph(self, *args: Any, of: str = "function", fold: bool = True, inactive: bool = True, limit: int = 250,
              **kwargs: Any) -> Graph:
        """The computation graph at these arguments: every operation with its adjoint, local derivatives on the edges.

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function.
        of : str
            "function": the graph of the function, each forward node with its backward node. "derivative": the graph of
            the generated derivative itself, after all passes (with cotangents or tangents of ones, if it takes any).
        fold : bool
            Show the body of a loop once, for all trips, with the first and the last value; else trip by trip.
        inactive : bool
            Show constants, and what no derivative flows through, dimmed; else leave them out.
        limit : int
            The largest number of nodes in a drawing; a note says what is left out.

        Returns
        -------
        Graph
            Draws itself in a notebook; ``.svg()``, ``.dot()``, ``.mermaid()``, ``.networkx()``, ``.save(path)``, and as
            text ``print(graph)``. ``.nodes`` and ``.edges`` are the data.

        Raises
        ------
        NotDifferentiable
            If a value that the result depends on comes out of an operation that has no rule.

        Examples
        --------
        >>> from s2sad import grad
        >>> def f(x):
        ...     return x * np.sin(x)
        >>> print(grad(f).graph(2.0))
        f at x = 2
        <BLANKLINE>
        v₀ = x           = 2      │ v̄₀ = v̄₁ × cos v₀ + v̄₂ × v₁ = 0.077
        v₁ = sin v₀      = 0.909  │ v̄₁ = v̄₂ × v₀               = 2
        y = v₂ = v₀ × v₁ = 1.819  │ v̄₂ = ȳ                     = 1
        """
        if of not in ("function", "derivative"):
            raise ArgumentError("S2S008", f"there is no graph of={of!r}", hint='write of="function" or of="derivative"')
        if kwargs:
            args, kwargs = self.positional(args, kwargs)
        if of == "function":
            fn, values = self._primal(args, kwargs)
            return graph(fn, values, fold=fold, inactive=inactive, limit=limit)
        fn, values = self._derivative(args, kwargs)
        try:
            return graph(fn, values, fold=fold, limit=limit, adjoints=False)
        except runtime.NotScalar as error:
            raise non_scalar(self.fn, str(error)) from None

    def _primal(self, args: tuple, kwargs: dict[str, Any]) -> tuple[Function, tuple]:
        """The IR of what is differentiated, with the arguments for it; what is computed twice is there once."""
        values, lowered = (*args, *kwargs.values()), lower(self.fn, kinds_of(args, kwargs))
        request, primal = self.request(len(args), kwargs), passes.cse(opened(lowered.function))
        leaves = [v for k in request.argnums for v in leaves_of(tree_of(lowered, k, len(args))) if differentiable(v)]
        if not leaves:
            raise integer_argument(self.fn, request.argnums[0], values[request.argnums[0]])
        value, _ = Primal(primal, [], leaves, self.fn).parts(self.has_aux)
        body = dataclasses.replace(primal.body, results=(value,))
        return dataclasses.replace(primal, inputs=tuple(leaves), body=body), values

    def _derivative(self, args: tuple, kwargs: dict[str, Any]) -> tuple[Function, tuple]:
        """The IR of the derivative, with the arguments for it: cotangents and tangents are ones."""
        return self.entry(args, kwargs).adjoint, (*args, *kwargs.values(), *self.beside(args, kwargs))

    def beside(self, args: tuple, kwargs: dict[str, Any]) -> tuple:
        """Ones for what the derivative takes beside the arguments of the function: a cotangent, or tangents."""
        if self.kind.late == "tangents":
            values = (*args, *kwargs.values())
            return tuple(tree.map(np.ones_like, values[k]) for k in self.request(len(args), kwargs).argnums)
        if not self.kind.late:
            return ()
        y = self.fn(*runtime.copy(args), **runtime.copy(kwargs))
        return (tree.map(np.ones_like, y[0] if self.has_aux else y),)

    def check(self, *args: Any, rtol: float = 1e-6, atol: float = 1e-8, seed: int = 0) -> None:
        """Compare the gradient at these arguments with finite differences along a random direction.

        Raises
        ------
        AssertionError
            Where they disagree.
        """
        rng = np.random.default_rng(seed)
        argnums = self.request(len(args), {}).argnums
        directions = [d if k in argnums else None for k, d in enumerate(numeric.random_like(rng, list(args)))]
        result = self(*runtime.copy_together(args))
        at = self.request(len(args), {}).at
        grads = result if at is None else result[at]
        parts = [grads] if self.single else list(grads)
        slope = numeric.dot(parts, [directions[k] for k in argnums], [args[k] for k in argnums])

        def value(*given: Any) -> Any:
            y = self.fn(*runtime.copy_together(given))
            return y[0] if self.has_aux else y
        numeric.compare(value, args, directions, np.array([slope]), rtol, atol, numeric.STEPS, "gradient")

    def save(self, path: Any, *args: Any, **kwargs: Any) -> None:
        """Write a module that holds the derivative and needs numpy (and scipy, if it is used), but not s2sad.

        Parameters
        ----------
        path : str or path
            The file to write.
        *args, **kwargs
            The kinds of arguments that it is for; without any, those of the latest call, or floats.

        Raises
        ------
        ExportError
            If it uses something that a module cannot contain; the error names it.

        Examples
        --------
        >>> import os, runpy, tempfile
        >>> from s2sad import grad
        >>> def f(x):
        ...     return np.sum(np.tanh(x) ** 2)
        >>> path = os.path.join(tempfile.mkdtemp(), "grad.py")
        >>> grad(f).save(path, np.ones(2))
        >>> runpy.run_path(path)["f_grad"](np.zeros(2))
        array([0., 0.])
        """
        text = self.exported(*args, **kwargs)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def exported(self, *args: Any, **kwargs: Any) -> str:
        """The text of the module that ``save`` writes."""
        entry = self.entry(args, kwargs) if args or kwargs else self.latest or self.generic()
        return standalone(entry, self.fn)


def _tangents(trees: tuple[Any, ...], leaves: list[Var], args: tuple, tangents: Any) -> dict[Var, Any] | None:
    """The tangents of the leaves of the arguments, taken out of those of the arguments."""
    if tangents is None or tangents is False:
        return None
    if tangents is not True and (not isinstance(tangents, (tuple, list)) or len(tangents) != len(args)):
        raise ArgumentError("S2S008", f"tangents must be a tuple of {len(args)}, one for each argument",
                            hint="give None for an argument that does not move, or tangents=True for the first number")
    found = {}
    for k, v in enumerate(leaves):
        x: Any = args
        moved: Any = tangents
        for op, key in leaf_path(trees, v):
            x = op(x, key)
            moved = op(moved, key) if moved is not None and tangents is not True else None
        if tangents is True:
            zero = runtime.zeros_like(x)
            found[v] = _first(zero) if k == 0 else zero
        elif moved is not None:
            found[v] = moved if isinstance(x, list) else runtime.cotangent_of(moved, x)
    return found


def _first(zero: Any) -> Any:
    """The direction in which the first number moves at rate 1."""
    if isinstance(zero, list):
        return [1.0 if k == 0 else x for k, x in enumerate(zero)]
    if not isinstance(zero, np.ndarray):
        return zero + 1
    if zero.size:
        zero.flat[0] = 1
    return zero
