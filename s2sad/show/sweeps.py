"""The derivative columns of the evaluation trace: tangents walk the steps forwards, adjoints backwards.

Each step's rule is applied to the values of the step (``rules.pullback``, ``rules.pushforward``), and the same rule,
read as text, gives the formula. For ``y = ln x1 + x1 x2``::

    v̇₁ = v̇₋₁ / v₋₁            v̄₁  = v̄₃ ∂v₃/∂v₁ = v̄₃ × 1
    v̇₂ = v̇₋₁ × v₀ + v̇₀ × v₋₁  v̄₂  = v̄₃ ∂v₃/∂v₂ = v̄₃ × 1
    …                         …
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.errors import NotDifferentiable
from s2sad.ir.symbols import AUGMENTED
from s2sad.ops import canonical, of
from s2sad.rules import Rule, lookup, pullback, pushforward
from s2sad.show import layout
from s2sad.show.layout import Row
from s2sad.show.notation import (
    ATOM,
    PRODUCT,
    SUM,
    Text,
    apply,
    bar,
    dot,
    formula,
    infix,
    partials,
    summary,
    value,
    width,
)
from s2sad.show.record import Node, Step, nodes, plain


def text(x: Any, numbers: bool, name: Callable[[Node], Text | None] = lambda node: None) -> Text:
    """An argument of a step as a formula, by the names of its values or by their numbers; ``name`` overrides both."""
    if isinstance(x, Node):
        return name(x) or (Text(x.label) if x.label and not numbers else value(x.value))
    if isinstance(x, (tuple, list)) and not hasattr(x, "_fields"):
        inner = ", ".join([text(v, numbers, name).text for v in x[:8]] + ["…"] * (len(x) > 8))
        return Text(f"[{inner}]" if isinstance(x, list) else f"({inner}{',' * (len(x) == 1)})")
    if isinstance(x, slice):
        start, stop, step = ("" if v is None else text(v, numbers, name).text for v in (x.start, x.stop, x.step))
        return Text(f"{start}:{stop}" + (f":{step}" if step else ""))
    return value(plain(x))


def rule_of(step: Step) -> Rule:
    """The rule of a step that has to be differentiated."""
    entry = lookup(step.op)
    if entry is None:
        name = getattr(step.op, "__name__", step.op)
        raise NotDifferentiable("S2S003", f"no derivative rule for {name}", step.loc)
    return entry


def leaves_out(step: Step, y_bar: Any, x_bar: Any) -> bool:
    """Whether zeros in a cotangent ``x_bar`` of an argument are those of elements that were not selected: the operation
    is a choice, or it is no product and ``y_bar``, of the result, has none."""
    if step.op is np.where:
        return True
    if rule_of(step).kind == "elementwise" and not of(step.op).selects:
        return False
    return not all(np.all(g) for g in ordered(x_bar)) and all(np.all(g) for g in ordered(y_bar))


def ordered(g: Any) -> Iterator[Any]:
    """The numbers and arrays in a cotangent."""
    if isinstance(g, (list, tuple)):
        for part in g:
            yield from ordered(part)
    elif g is not None:
        yield g


def lifted(x: Any) -> Any:
    """Python floats as NumPy's, which have infinities where Python raises ``ZeroDivisionError``."""
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return runtime.tuple_of(type(x), map(lifted, x))
    if type(x) in (tuple, list):
        return type(x)(map(lifted, x))
    if type(x) is dict:
        return {k: lifted(v) for k, v in x.items()}
    return np.float64(x) if type(x) is float else np.complex128(x) if type(x) is complex else x


def fitted(g: Any, x: Any) -> Any:
    """A cotangent or tangent in the kind of its value: an array for an array, real for a real number."""
    if isinstance(x, (np.ndarray, np.generic, float, complex)) and not isinstance(g, (list, tuple, dict)):
        return runtime.astype_of(np.asarray(g) if isinstance(x, np.ndarray) else np.asarray(g)[()], lifted(x))
    return g


def brief(formula: Text | None) -> str:
    """The text of a formula, '' if there is none or it is too long for a table."""
    return formula.text if formula is not None and width(formula.text) <= layout.LONGEST else ""


class Tangents:
    """Walk the steps forwards: the tangent of every value that has one."""

    def __init__(self) -> None:
        self.dots: dict[Node, Any] = {}
        self.rows: list[Row] = []

    def seed(self, node: Node, tangent: Any, name: str) -> None:
        """Start with the tangent of an input."""
        self.dots[node] = tangent
        self.rows.append(Row("tangent", dot(node.label), name, "", tangent, summary(tangent), -1))

    def of(self, x: Any, zero: bool) -> Any:
        """The tangents of an argument in its structure; zeros (or None) where there is none."""
        if isinstance(x, Node) and x in self.dots:
            return self.dots[x]
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return runtime.tuple_of(type(x), (self.of(v, zero) for v in x))
        if isinstance(x, (list, tuple)):
            return type(x)([self.of(v, zero) for v in x])
        if isinstance(x, dict):
            return {k: self.of(v, zero) for k, v in x.items()}
        return runtime.zeros_like(lifted(plain(x))) if zero else None

    def walk(self, k: int, step: Step) -> None:
        """The tangents of what a step computed."""
        operands = list(nodes((step.args, step.kwargs)))
        if not any(out.varied for out in step.outs) or not any(node in self.dots for node in operands):
            return
        found, texts = self.segment(step) if step.segment else self.rule(step)
        for out, y_dot in zip(step.outs, found):
            if not out.varied:
                continue
            y_dot = runtime.zeros_like(lifted(out.value)) if y_dot is None else fitted(y_dot, out.value)
            self.dots[out] = y_dot
            if out.label:
                self.rows.append(Row("tangent", dot(out.label), brief(texts[0]), brief(texts[1]), y_dot,
                                     summary(y_dot), k, step.trips, step.loc))

    def segment(self, step: Step) -> tuple[list[Any], list[Text | None]]:
        assert step.segment is not None
        found = step.segment.pushforward(lifted(plain(step.args)), [self.of(x, zero=True) for x in step.args])
        return found, [Text(f"{layout.count(step.segment.trips)} at once"), None]

    def rule(self, step: Step) -> tuple[list[Any], list[Text | None]]:
        entry = rule_of(step)
        bound = entry.bind(step.args, step.kwargs)
        moving = [n for n in entry.wrt if any(node in self.dots for node in nodes(bound[n]))]
        args, kwargs, y = lifted((plain(step.args), plain(step.kwargs), step.result))
        dots = {n: self.of(bound[n], zero=entry.kind != "rule") for n in moving}
        if step.op in AUGMENTED:
            args, dots = runtime.copy(args), runtime.copy(dots)
        if canonical(step.op) is np.where:
            test, a, b = list(bound.values())[:3]
            found = np.where(plain(test), self.of(a, zero=True), self.of(b, zero=True))
        else:
            found = pushforward(step.op, args, kwargs, y=y, dots=dots)
        results = [found] if len(step.outs) == 1 else list(found)
        return results, [self.formula(step, entry, bound, moving, numbers) for numbers in (False, True)]

    def formula(self, step: Step, entry: Rule, bound: Mapping[str, Any], moving: list[str],
                numbers: bool) -> Text | None:
        """``v̇₋₁ × v₀ + v̇₀ × v₋₁``, with names or with numbers."""
        def tangent(node: Node) -> Text:
            known = node in self.dots
            return value(self.dots[node]) if known and numbers else Text(dot(node.label) if known else "0")

        if entry.kind in ("linear", "bilinear"):
            parts = [set(entry.wrt)] if entry.kind == "linear" else [{n} for n in moving]
            every = [apply(step.op, *_call_texts(step, entry, bound, names, tangent, numbers)) for names in parts]
        else:
            every = [found for n in moving if (found := self.term(step, entry, bound, n, tangent, numbers)) is not None]
            if len(every) < len(moving):
                return None
        total = every[0]
        for part in every[1:]:
            total = infix(total, "+", part, SUM)
        return total

    def term(self, step: Step, entry: Rule, bound: Mapping[str, Any], name: str, tangent: Callable[[Node], Text],
             numbers: bool) -> Text | None:
        """What one parameter contributes: ``v̇₀ × cos v₀``; for a rule that is no single formula ``∂v₁/∂v₀ v̇₀``."""
        node = bound[name]
        if not isinstance(node, Node):
            return None
        if entry.kind == "elementwise":
            partial = local(step, entry, bound, name, numbers)
            if partial is not None:
                return scaled(tangent(node), partial, ones=False)
        if numbers or len(step.outs) != 1 or not node.label:
            return None
        return Text(f"∂{step.outs[0].label}/∂{node.label} {tangent(node).text}", PRODUCT)


def _call_texts(step: Step, entry: Rule, bound: Mapping[str, Any], names: set[str], tangent: Callable[[Node], Text],
                numbers: bool) -> tuple[list[Text], dict[str, Text]]:
    """The call of a step with the tangents of the parameters ``names`` in place of their values."""
    args: list[Text] = []
    kwargs: dict[str, Text] = {}
    for p in entry.params:
        given = text(bound[p.name], numbers, tangent if p.name in names else lambda node: None)
        if p.kind is p.VAR_POSITIONAL:
            args += [text(x, numbers, tangent if p.name in names else lambda node: None) for x in bound[p.name]]
        elif p.default is p.empty:
            args.append(given)
        elif bound[p.name] is not p.default:
            kwargs[p.name] = given
    return args, kwargs


def local(step: Step, entry: Rule, bound: Mapping[str, Any], name: str, numbers: bool,
          y_bar: Text | None = None) -> Text | None:
    """What the rule returns for a parameter, as a formula: a partial derivative, or the cotangent itself."""
    if name not in partials(entry) or len(step.outs) != 1:
        return None
    names = {n: text(x, numbers) for n, x in bound.items()} | {"y": text(step.outs[0], numbers)}
    try:
        return formula(partials(entry)[name], names | ({"y_bar": y_bar} if y_bar else {}), entry.vjp)
    except LookupError:
        return None


def scaled(slope: Text, partial: Text, ones: bool) -> Text:
    """A cotangent or tangent times a partial derivative; ``ones``: a factor 1 or −1 is written."""
    if partial.binds == PRODUCT and partial.text.startswith("1 / "):
        return Text(f"{slope.within(PRODUCT)} {partial.text[2:]}", PRODUCT)
    if not ones and partial.text == "1":
        return slope
    if not ones and partial.text == "−1":
        return apply(np.negative, [slope])
    return infix(slope, "×", partial, PRODUCT)


class Adjoints:
    """Walk the steps backwards and write down every contribution. ``masked`` are the values whose adjoints have exact
    zeros where something else was chosen."""

    def __init__(self) -> None:
        self.bars: dict[Node, Any] = {}
        self.masked: set[Node] = set()
        self.rows: list[Row] = []

    def seed(self, node: Node, seed: Any, name: str, step: int) -> None:
        """Start with the cotangent of a result."""
        self.add(node, seed)
        self.rows.append(Row("adjoint", bar(node.label), name, "", seed, summary(seed), step))

    def add(self, node: Node, g: Any) -> None:
        """Add to the adjoint of a value."""
        total = runtime.add(self.bars[node], g) if node in self.bars else g
        self.bars[node] = fitted(total, node.value)

    def walk(self, k: int, step: Step) -> None:
        """The contributions of one step to its operands."""
        if not any(out in self.bars for out in step.outs if out.varied):
            return
        bars = tuple(self.bars.get(out) for out in step.outs)
        masked = not self.masked.isdisjoint(step.outs)
        if step.segment is not None:
            zeros = [runtime.zeros_like(lifted(o.value)) if g is None else g for o, g in zip(step.outs, bars)]
            found = step.segment.pullback(lifted(plain(step.args)), zeros)
            parts = [(x, g, f"{layout.count(step.segment.trips)} at once") for x, g in zip(step.args, found)]
        else:
            entry = rule_of(step)
            args, kwargs, y, y_bar = lifted((plain(step.args), plain(step.kwargs), step.result,
                                             bars[0] if len(bars) == 1 else bars))
            bound = entry.bind(step.args, step.kwargs)
            parts = [(bound[name], g, name) for name, g in
                     pullback(step.op, args, kwargs, y=y, y_bar=y_bar, masked=masked).items()]
        once = _once(nodes((step.args, step.kwargs)))
        for x, g, name in parts:
            for node, share in pairs(x, g):
                if node.varied:
                    if masked or (step.segment is None and leaves_out(step, bars, share)):
                        self.masked.add(node)
                    texts = [Text(name), None] if step.segment else _contribution(
                        step, entry, bound, name, node, node in once, Text(bar(step.outs[0].label)))
                    self.contribute(k, step, node, share, texts)

    def contribute(self, k: int, step: Step, node: Node, g: Any, texts: list[Text | None]) -> None:
        """Add ``g`` to the adjoint of ``node`` and write the row; values without a name stay unwritten."""
        more = node in self.bars
        self.add(node, g)
        if not node.label:
            return
        name, y = Text(bar(node.label)), self.bars[node]
        chain, rule = (brief(part and (_added(name, part) if more else part)) for part in texts)
        self.rows.append(Row("adjoint", name.text, chain, rule, y, summary(y), k, step.trips, step.loc))


def _contribution(step: Step, entry: Rule, bound: Mapping[str, Any], name: str, node: Node, once: bool,
                  y_bar: Text) -> list[Text | None]:
    """``v̄₄ ∂v₄/∂v₁`` (with a transpose where the step is not elementwise) and ``v̄₄ × 1``, the formula of the rule."""
    chain: Text | None = None
    if once and entry.kind == "elementwise" and len(step.outs) == 1:
        total = "Σ " * (np.shape(node.value) != np.shape(step.outs[0].value))
        chain = Text(f"{total}{y_bar.text} ∂{step.outs[0].label}/∂{node.label}", PRODUCT)
    elif once:
        terms = [_product(out, node) for out in step.outs if out.varied and out.label]
        chain = Text(" + ".join(terms), PRODUCT if len(terms) == 1 else SUM) if terms else None
    rule = local(step, entry, bound, name, False, y_bar) if bound[name] is node else None
    if rule is not None and entry.kind == "elementwise":
        rule = scaled(y_bar, rule, ones=True)
    return [chain, rule]


def _product(out: Node, node: Node) -> str:
    """A cotangent times a Jacobian, or times a derivative where both are numbers."""
    if any(isinstance(x, (list, tuple, dict)) or np.ndim(x) for x in (out.value, node.value)):
        return f"(∂{out.label}/∂{node.label})ᵀ {bar(out.label)}"
    return f"{bar(out.label)} ∂{out.label}/∂{node.label}"


def _once(every: Iterator[Node]) -> set[Node]:
    """The nodes that occur only once."""
    found: dict[Node, int] = {}
    for node in every:
        found[node] = found.get(node, 0) + 1
    return {node for node, times in found.items() if times == 1}


def _added(start: Text, part: Text) -> Text:
    """``start + part``; where ``part`` adds to some elements of zeros, it adds to those of ``start``."""
    if part.text.startswith("0["):
        return Text(start.within(ATOM) + part.text[1:])
    return infix(start, "+", part, SUM)


def pairs(x: Any, g: Any) -> Iterator[tuple[Node, Any]]:
    """The nodes of an argument with their cotangents."""
    if g is None:
        return
    if isinstance(x, Node):
        yield x, g
    elif isinstance(x, (list, tuple)):
        for item, share in zip(x, g):
            yield from pairs(item, share)
    elif isinstance(x, Mapping):
        for key, item in x.items():
            yield from pairs(item, g[key])
