"""The evaluation trace: what a function computes, step by step, and how its derivative is accumulated.

The forward primal trace numbers every value that is computed, the inputs counting up to v₀. The reverse adjoint trace
walks the same steps backwards: v̄ is ∂y/∂v, and each step adds what it owes to the adjoints of its operands. The
layout is that of tables 2 and 3 of Baydin et al., "Automatic differentiation in machine learning: a survey" (2018).

For ``y = ln x1 + x1 x2``::

    v₋₁ = x₁                 = 2              v̄₃  = ȳ                              = 1
    v₀  = x₂                 = 5              v̄₁  = v̄₃ · ∂v₃/∂v₁ = v̄₃ · 1 = 1 · 1  = 1
    v₁  = ln v₋₁  = ln 2     = 0.693          v̄₂  = v̄₃ · ∂v₃/∂v₂ = v̄₃ · 1 = 1 · 1  = 1
    …                                         …

The trace is data first (``Trace.primal``, ``Trace.adjoint``: tuples of ``Row``), then text, Markdown or HTML. It
executes the primal IR with the reference meaning of every operation, so it is slow and right.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.errors import ArgumentError, NotDifferentiable
from s2sad.ir import Function
from s2sad.rules import lookup, pullback
from s2sad.show import layout
from s2sad.show.layout import Row
from s2sad.show.notation import ATOM, PRODUCT, SUM, Text, apply, bar, formula, infix, partials, symbol, value, variable
from s2sad.show.record import Node, Recorder, Step, is_numeric, nodes, plain


@dataclass(frozen=True)
class Trace:
    """The evaluation trace of one call. ``str(trace)`` is the table; in a notebook it shows itself."""

    title: str
    primal: tuple[Row, ...]
    adjoint: tuple[Row, ...]
    gradient: tuple[Any, ...] = field(default=())

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in the order of execution."""
        return self.primal + self.adjoint

    def __str__(self) -> str:
        return self.text()

    def text(self, columns: int | None = None) -> str:
        """The table as plain text: the two traces side by side if they fit, the adjoint trace read upwards; else one
        below the other. ``columns`` defaults to the width of the terminal."""
        return layout.text(self.title, self.primal, self.adjoint, columns)

    def markdown(self) -> str:
        """The two traces as Markdown tables."""
        return layout.markdown(self.title, self.primal, self.adjoint)

    def _repr_html_(self) -> str:
        return layout.html(self.title, self.primal, self.adjoint)


def trace(fn: Function, args: Sequence[Any], y_bar: Any = None) -> Trace:
    """Execute a primal function and its adjoint step by step.

    Parameters
    ----------
    fn : Function
        The IR of the primal; ``fn.inputs`` are what is differentiated.
    args : sequence
        One value for each of ``fn.params``.
    y_bar : optional
        The cotangent of the result, by default ones.

    Returns
    -------
    Trace

    Raises
    ------
    NotDifferentiable
        If a value that depends on an input enters an operation that has no rule.
    """
    recorder = Recorder(fn)
    nodes_of_args = [Node(x, varied=False, label=symbol(p.name)) for p, x in zip(fn.params, args, strict=True)]
    with np.errstate(all="ignore"):
        result = recorder.function(fn, nodes_of_args)
    steps, inputs = recorder.ordered(), recorder.inputs
    for k, (_, node) in enumerate(inputs):
        node.label = variable(k - len(inputs) + 1)
    primal = [Row((node.label, symbol(v.name), value(node.value).text), node.value, -1) for v, node in inputs]
    primal += _primal_rows(steps)
    outputs = [node for node in nodes(result) if node.varied]
    taken = {p.name.rstrip("0123456789") for p in fn.params}
    stem = next(name for name in ("y", "z", "w", "result") if name not in taken or name == "result")
    names = [stem] if len(outputs) == 1 else [symbol(f"{stem}{k}") for k in range(1, len(outputs) + 1)]
    primal += [Row((name, node.label, value(node.value).text), node.value, len(steps))
               for name, node in zip(names, outputs)]
    adjoint = _Adjoint()
    for name, node, seed in zip(names, outputs, _seeds(outputs, y_bar)):
        adjoint.seed(node, seed, bar(name), len(steps))
    with np.errstate(all="ignore"):
        for k in reversed(range(len(steps))):
            adjoint.walk(k, steps[k])
    gradient = tuple(adjoint.bars.get(node, runtime.zeros_like(node.value)) for _, node in inputs)
    for (v, node), x_bar in reversed(list(zip(inputs, gradient))):
        local = bar(node.label) if node in adjoint.bars else ""
        adjoint.rows.append(Row((bar(symbol(v.name)), local, value(x_bar).text), x_bar, -1))
    shown = ", ".join(f"{symbol(p.name)} = {value(x).text}" for p, x in zip(fn.params, args))
    return Trace(f"{fn.name} at {shown}", tuple(primal), tuple(adjoint.rows), gradient)


def _seeds(outputs: Sequence[Node], y_bar: Any) -> list[Any]:
    if y_bar is None:
        return [np.ones_like(out.value) if isinstance(out.value, np.ndarray) else 1.0 for out in outputs]
    seeds = list(y_bar) if len(outputs) != 1 else [y_bar]
    if len(seeds) != len(outputs):
        raise ArgumentError("S2S007", f"{len(seeds)} cotangents for {len(outputs)} results")
    return seeds


def _primal_rows(steps: Sequence[Step]) -> Iterator[Row]:
    """Number the values and write down each step."""
    count = 0
    for k, step in enumerate(steps):
        for out in step.outs:
            if is_numeric(out.value):
                count += 1
                out.label = variable(count)
        shown = [out for out in step.outs if out.label]
        if not shown:
            continue
        symbolic, numeric = (apply(step.op, [_text(a, numbers) for a in step.args],
                                   {n: _text(a, numbers) for n, a in step.kwargs.items()}).text
                             for numbers in (False, True))
        for out in shown:
            yield Row((out.label, symbolic, numeric, value(out.value).text), out.value, k, step.trips, step.loc)


def _text(x: Any, numbers: bool) -> Text:
    """An argument of a step as a formula, by the names of its values or by their numbers."""
    if isinstance(x, Node):
        return Text(x.label) if x.label and not numbers else value(x.value)
    if isinstance(x, (tuple, list)) and not hasattr(x, "_fields"):
        inner = ", ".join(_text(v, numbers).text for v in x[:8]) + ", …" * (len(x) > 8)
        return Text(f"[{inner}]" if isinstance(x, list) else f"({inner})")
    if isinstance(x, slice):
        start, stop, step = ("" if v is None else _text(v, numbers).text for v in (x.start, x.stop, x.step))
        return Text(f"{start}:{stop}" + (f":{step}" if step else ""))
    return value(x)


class _Adjoint:
    """Walk the steps backwards and write down every contribution."""

    def __init__(self) -> None:
        self.bars: dict[Node, Any] = {}
        self.rows: list[Row] = []

    def seed(self, node: Node, seed: Any, name: str, step: int) -> None:
        """Start with the cotangent of a result."""
        self.add(node, seed)
        self.rows.append(Row((bar(node.label), name, value(seed).text), seed, step))

    def add(self, node: Node, g: Any) -> None:
        self.bars[node] = runtime.add(self.bars[node], g) if node in self.bars else g

    def walk(self, k: int, step: Step) -> None:
        """The contributions of one step to its operands."""
        if not any(out in self.bars for out in step.outs if out.varied):
            return
        entry = lookup(step.op)
        if entry is None:
            name = getattr(step.op, "__name__", step.op)
            raise NotDifferentiable("S2S003", f"no derivative rule for {name}", step.loc)
        bars = tuple(self.bars.get(out) for out in step.outs)
        y_bar = bars[0] if len(bars) == 1 else bars
        args, kwargs, y, y_bar = _lifted((plain(step.args), plain(step.kwargs), step.result, y_bar))
        found = pullback(step.op, args, kwargs, y=y, y_bar=y_bar)
        bound = entry.bind(step.args, step.kwargs)
        repeated = len(set(nodes(list(bound.values())))) < len(list(nodes(list(bound.values()))))
        for name, g in found.items():
            for node, part in _pairs(bound[name], g):
                if node.varied:
                    texts = _Contribution(step, bound, name, bound[name] is node and not repeated)
                    self.contribute(k, step, node, part, texts)

    def contribute(self, k: int, step: Step, node: Node, g: Any, texts: _Contribution) -> None:
        """Add ``g`` to the adjoint of ``node`` and write the row; values without a name stay unwritten."""
        before = self.bars.get(node)
        self.add(node, g)
        if not node.label:
            return
        name = Text(bar(node.label))
        parts = [texts.chain(node), texts.local(self.bars, numbers=False), texts.local(self.bars, numbers=True)]
        if before is not None:
            parts[2] = parts[2] or value(g)
            parts = [part and _added(start, part) for start, part in zip((name, name, value(before)), parts)]
        shown = [part.text if part else "" for part in parts]
        y = self.bars[node]
        self.rows.append(Row((name.text, *shown, value(y).text), y, k, step.trips, step.loc))


def _lifted(x: Any) -> Any:
    """Python floats as NumPy's, which have infinities where Python raises ``ZeroDivisionError``."""
    if type(x) in (tuple, list):
        return type(x)(map(_lifted, x))
    if type(x) is dict:
        return {k: _lifted(v) for k, v in x.items()}
    return np.float64(x) if type(x) is float else x


def _added(start: Text, part: Text) -> Text:
    """``start + part``; where ``part`` adds to some elements of zeros, it adds to those of ``start``."""
    if part.text.startswith("0["):
        return Text(start.within(ATOM) + part.text[1:])
    return infix(start, "+", part, SUM)


def _pairs(x: Any, g: Any) -> Iterator[tuple[Node, Any]]:
    """The nodes of an argument with their cotangents."""
    if g is None:
        return
    if isinstance(x, Node):
        yield x, g
    elif isinstance(x, (list, tuple)):
        for item, part in zip(x, g):
            yield from _pairs(item, part)
    elif isinstance(x, Mapping):
        for key, item in x.items():
            yield from _pairs(item, g[key])


@dataclass(frozen=True)
class _Contribution:
    """How the contribution of a step to one parameter is written."""

    step: Step
    bound: dict[str, Any]
    name: str
    simple: bool

    def chain(self, node: Node) -> Text | None:
        """``v̄₄ · ∂v₄/∂v₁``; with a transpose where the step is not elementwise."""
        if not self.simple or len(self.step.outs) != 1:
            return None
        out, entry = self.step.outs[0], lookup(self.step.op)
        if entry is not None and entry.kind != "elementwise":
            return Text(f"(∂{out.label}/∂{node.label})ᵀ {bar(out.label)}", PRODUCT)
        total = "Σ " * (np.shape(node.value) != np.shape(out.value))
        return Text(f"{total}{bar(out.label)} · ∂{out.label}/∂{node.label}", PRODUCT)

    def local(self, bars: dict[Node, Any], numbers: bool) -> Text | None:
        """``v̄₄ · 1``: the formula of the rule with names or numbers put in, None if it is not one short expression."""
        entry, out = lookup(self.step.op), self.step.outs[0]
        if entry is None or self.name not in partials(entry) or len(self.step.outs) != 1:
            return None
        y_bar = value(bars[out]) if numbers else Text(bar(out.label))
        names = {n: _text(x, numbers) for n, x in self.bound.items()} | {"y": _text(out, numbers), "y_bar": y_bar}
        try:
            text = formula(partials(entry)[self.name], names, entry.vjp)
        except LookupError:
            return None
        if entry.kind == "elementwise":
            reciprocal = text.binds == PRODUCT and text.text.startswith("1 / ")
            text = Text(f"{y_bar.text} {text.text[2:]}", PRODUCT) if reciprocal else infix(y_bar, "·", text, PRODUCT)
        return text if len(text.text) <= layout.LONGEST else None
