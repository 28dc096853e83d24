"""The evaluation trace: what a function computes, step by step, and how its derivative is accumulated.

The forward primal trace numbers every value that is computed, the inputs counting up to v₀. The reverse adjoint trace
walks the same steps backwards: v̄ is ∂y/∂v, and each step adds what it owes to the adjoints of its operands. The
forward tangent trace walks them forwards: v̇ is the rate at which v changes with the inputs. The layout is that of
tables 2 and 3 of Baydin et al., "Automatic differentiation in machine learning: a survey" (2018).

For ``y = ln x1 + x1 x2``::

    v₋₁ = x₁                 = 2              v̄₃  = ȳ                       = 1
    v₀  = x₂                 = 5              v̄₁  = v̄₃ ∂v₃/∂v₁ = v̄₃ × 1    = 1
    v₁  = ln v₋₁  = ln 2     = 0.693          v̄₂  = v̄₃ ∂v₃/∂v₂ = v̄₃ × 1    = 1
    …                                         …

The trace is data first (``Trace.rows``), then text, Markdown or HTML. It executes the primal IR with the reference
meaning of every operation, so it is slow and right.
"""
from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

import numpy as np

from s2sad import runtime
from s2sad.errors import ArgumentError
from s2sad.ir import Function, Var
from s2sad.show import layout, markup
from s2sad.show.layout import Mark, Row
from s2sad.show.notation import Text, apply, bar, dot, summary, symbol, value, variable
from s2sad.show.record import ALLOWANCE, Node, Recorder, Step, is_numeric, nodes, plain
from s2sad.show.sweeps import Adjoints, Tangents, brief, text


@dataclass(frozen=True, repr=False)
class Trace:
    """The evaluation trace of one call. ``print(trace)`` is the table; in a notebook it shows itself.

    ``primal``, ``tangent`` and ``adjoint`` are tuples of ``Row``; ``value`` is what the function returns, ``gradient``
    what the derivative returns (None in forward mode), ``slope`` the tangent of the value (None in reverse mode).
    """

    title: str
    primal: tuple[Row, ...]
    tangent: tuple[Row, ...] = ()
    adjoint: tuple[Row, ...] = ()
    marks: tuple[Mark, ...] = ()
    value: Any = None
    gradient: Any = None
    slope: Any = field(default=None)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in the order of execution."""
        return self.primal + self.tangent + self.adjoint

    @property
    def columns(self) -> dict[str, Sequence[Row]]:
        """The rows by kind."""
        return {"primal": self.primal, "tangent": self.tangent, "adjoint": self.adjoint}

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as dicts: ``pandas.DataFrame(trace.to_dicts())``.

        >>> from s2sad import grad
        >>> grad(lambda x: x * x).trace(3.0).to_dicts()[1]["formula"]
        '3 × 3'
        """
        return [row.to_dict() for row in self.rows]

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def text(self, columns: int | None = None) -> str:
        """The table as plain text: the traces side by side if they fit, the adjoint trace read upwards; else one
        below the other. ``columns`` defaults to the width of the terminal."""
        return layout.text(self.title, self.columns, self.marks, columns)

    def markdown(self) -> str:
        """The traces as Markdown tables."""
        return markup.markdown(self.title, self.columns, self.marks)

    def html(self) -> str:
        """The table as a piece of HTML that needs nothing else."""
        return markup.html(self.title, self.columns, self.marks)

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def __rich__(self) -> Any:
        return _styled(self.text())

    def show(self, file: TextIO | None = None) -> None:
        """Print the table; in colours if it goes to a terminal and rich is installed."""
        file = file or sys.stdout
        try:
            from rich.console import Console
        except ImportError:
            print(self.text(), file=file)
            return
        if not file.isatty():
            print(self.text(), file=file)
            return
        Console(file=file, soft_wrap=True).print(_styled(self.text()))


def _styled(table: str) -> Any:
    """The text of a table for rich: names and values stand out, headings of trips and rules stand back."""
    from rich.text import Text as Rich
    styled = Rich(table, no_wrap=True)
    styled.highlight_regex(r"(?m)^ *[·⋮].*$|[─┼]+|│", "dim")
    styled.highlight_regex(r"(?m)(?<== )[^=│\n]+?(?= *(│|$))", "green")
    styled.highlight_regex(r"(?m)(?:^|│) *(?:\d+  )?([^\s=│─·⋮]+) +(?== )", "bold cyan")
    styled.highlight_regex(r"(?m)^.*(Forward|Reverse) \w+ trace.*$|\A.*$", "bold")
    return styled


def trace(fn: Function, args: Sequence[Any], y_bar: Any = None, *, tangents: dict[Var, Any] | None = None,
          adjoint: bool = True, has_aux: bool = False) -> Trace:
    """Execute a primal function and its derivatives step by step.

    Parameters
    ----------
    fn : Function
        The IR of the primal; ``fn.inputs`` are what is differentiated.
    args : sequence
        One value for each of ``fn.params``.
    y_bar : optional
        The cotangent of the result (for several results a sequence of cotangents), by default ones.
    tangents : dict, optional
        The tangents of some of ``fn.inputs``; the others have zero. Without it there is no tangent trace.
    adjoint : bool
        Whether there is an adjoint trace.
    has_aux : bool
        The result is a pair of which only the first is differentiated.

    Returns
    -------
    Trace
        Its ``gradient`` is a tuple, one cotangent for each of ``fn.inputs``.

    Raises
    ------
    NotDifferentiable
        If a value that depends on an input enters an operation that has no rule.
    """
    recorder = Recorder(fn, ALLOWANCE)
    given = [Node(x, varied=False, label=symbol(p.name)) for p, x in zip(fn.params, args)]
    with np.errstate(all="ignore"):
        result = recorder.function(fn, given)
    steps, inputs = recorder.ordered(), recorder.inputs
    for k, (_, node) in enumerate(inputs):
        node.label = variable(k - len(inputs) + 1)
    primal = [Row("primal", node.label, symbol(v.name), "", node.value, summary(node.value), -1) for v, node in inputs]
    primal += _primal_rows(steps)
    outputs = [node for node in nodes(result[0] if has_aux else result) if node.varied]
    names = _names(fn, len(outputs))
    primal += [Row("primal", name, node.label, "", node.value, summary(node.value), len(steps))
               for name, node in zip(names, outputs)]
    if not outputs:
        out = plain(result[0] if has_aux else result)
        primal.append(Row("primal", _names(fn, 1)[0], "", "", out, summary(out), len(steps)))
    forwards, backwards = Tangents(), Adjoints()
    with np.errstate(all="ignore"):
        if tangents is not None:
            _walk_forwards(forwards, steps, inputs, list(zip(names, outputs)), tangents)
        if adjoint:
            _walk_backwards(backwards, steps, inputs, list(zip(names, outputs)), _seeds(outputs, y_bar))
    gradient = tuple(backwards.bars.get(recorder.found.get(v), _zero(recorder, v)) for v in fn.inputs)  # type: ignore
    shown = ", ".join(f"{symbol(p.name)} = {summary(x)}" for p, x in zip(fn.params, args))
    return Trace(f"{fn.name} at {shown}" if shown else fn.name, tuple(primal), tuple(forwards.rows),
                 tuple(backwards.rows), tuple(_marks(steps, recorder.marks)), plain(result),
                 gradient if adjoint else None, forwards.of(result, zero=True) if tangents is not None else None)


def _zero(recorder: Recorder, v: Var) -> Any:
    return runtime.zeros_like(recorder.found[v].value) if v in recorder.found else 0.0


def _names(fn: Function, count: int) -> list[str]:
    """What the results are called: y, or another letter where that is a parameter."""
    taken = {p.name.rstrip("0123456789") for p in (*fn.params, *fn.inputs)}
    stem = next(name for name in ("y", "z", "w", "result") if name not in taken or name == "result")
    return [stem] if count == 1 else [symbol(f"{stem}{k}") for k in range(1, count + 1)]


def _walk_forwards(tangents: Tangents, steps: Sequence[Step], inputs: Sequence[tuple[Var, Node]],
                   outputs: Sequence[tuple[str, Node]], given: dict[Var, Any]) -> None:
    for v, node in inputs:
        tangents.seed(node, given.get(v, runtime.zeros_like(node.value)), dot(symbol(v.name)))
    for k, step in enumerate(steps):
        tangents.walk(k, step)
    for name, node in outputs:
        y_dot = tangents.of(node, zero=True)
        tangents.rows.append(Row("tangent", dot(name), dot(node.label), "", y_dot, summary(y_dot), len(steps)))


def _walk_backwards(adjoints: Adjoints, steps: Sequence[Step], inputs: Sequence[tuple[Var, Node]],
                    outputs: Sequence[tuple[str, Node]], seeds: Sequence[Any]) -> None:
    for (name, node), seed in zip(outputs, seeds):
        adjoints.seed(node, seed, bar(name), len(steps))
    for k in reversed(range(len(steps))):
        adjoints.walk(k, steps[k])
    for v, node in reversed(inputs):
        x_bar = adjoints.bars.get(node, runtime.zeros_like(node.value))
        local = bar(node.label) if node in adjoints.bars else ""
        adjoints.rows.append(Row("adjoint", bar(symbol(v.name)), local, "", x_bar, summary(x_bar), -1))


def _seeds(outputs: Sequence[Node], y_bar: Any) -> list[Any]:
    if y_bar is None:
        return [_ones(out.value) for out in outputs]
    seeds = list(y_bar) if len(outputs) != 1 else [y_bar]
    if len(seeds) != len(outputs):
        raise ArgumentError("S2S007", f"{len(seeds)} cotangents for {len(outputs)} results",
                            hint="give one cotangent for each result, in their order")
    return seeds


def _ones(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return [_ones(v) for v in x]
    return np.ones_like(x) if isinstance(x, np.ndarray) else 1.0


def _primal_rows(steps: Sequence[Step]) -> Iterator[Row]:
    """Number the values and write down each step."""
    count = 0
    for k, step in enumerate(steps):
        for out in step.outs:
            if is_numeric(out.value) or out.varied:
                count += 1
                out.label = variable(count)
        shown = [out for out in step.outs if out.label]
        if not shown:
            continue
        if step.segment is not None:
            symbolic, numeric = f"{layout.count(step.segment.trips)} at once", ""
        else:
            symbolic, numeric = (brief(_expression(step, numbers)) for numbers in (False, True))
        for out in shown:
            yield Row("primal", out.label, symbolic, numeric, out.value, summary(out.value), k, step.trips, step.loc)


def _expression(step: Step, numbers: bool) -> Text:
    """What a step computes, by the names of its operands or by their numbers."""
    return apply(step.op, [text(a, numbers) for a in step.args], {n: text(a, numbers) for n, a in step.kwargs.items()})


def _marks(steps: Sequence[Step], rest: Sequence[Mark]) -> Iterator[Mark]:
    """What control flow did, with the step that followed and the test in words."""
    for k, marks in [*((k, step.marks) for k, step in enumerate(steps)), (len(steps), rest)]:
        for mark in marks:
            mark.step = k
            if isinstance(mark.what, Node):
                mark.detail = f"{_test(mark.what).text} is {mark.taken}"
            yield mark


def _test(node: Node, depth: int = 3) -> Text:
    """A truth value as the comparison that it comes from."""
    step = node.origin
    if node.label or step is None or depth == 0 or len(step.outs) != 1:
        return Text(node.label) if node.label else value(node.value)

    def name(inner: Node) -> Text | None:
        of_truth = isinstance(inner.value, (bool, np.ndarray, np.generic)) and np.asarray(inner.value).dtype.kind == "b"
        return _test(inner, depth - 1) if of_truth and not inner.label else None
    return apply(step.op, [text(a, False, name) for a in step.args],
                 {n: text(a, False, name) for n, a in step.kwargs.items()})
