"""From the IR of a function and its arguments to the content of its computation graph.

The function is executed call by call (``show/record.py``); every call becomes a node, every operand an edge. The
adjoints are then accumulated backwards, and each rule is asked once more with the cotangent 1 for the local partial
derivative. Folding: all executions of one statement of the IR are one node; an edge into a later trip is carried.

Before: ``p = sin(x); q = p * x``.  After: nodes ``v₀`` (x), ``v₁`` (sin v₀), ``v₂`` (v₁ × v₀); edges ``v₀ → v₁``
(cos v₀), ``v₁ → v₂`` (v₀), ``v₀ → v₂`` (v₁).
"""
from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.errors import Loc
from s2sad.ir import Call, For, Function, If, Stmt, While
from s2sad.show import record
from s2sad.show.graph.model import Box, Content, Edge, Node
from s2sad.show.graph.partials import contributions, grouped, is_number, ones, operands, partial
from s2sad.show.graph.track import Context, Tracker
from s2sad.show.layout import Loop
from s2sad.show.notation import SUM, Text, apply, bar, formula, infix, partials, summary, symbol, variable
from s2sad.show.record import Step, is_numeric
from s2sad.show.sweeps import fitted, leaves_out, rule_of, text

LONGEST = 60


def content(fn: Function, args: Sequence[Any], fold: bool = True, adjoints: bool = True) -> Content:
    """The computation graph of one call.

    Parameters
    ----------
    fn : Function
        The IR; ``fn.inputs`` are what is differentiated.
    args : sequence
        One value for each of ``fn.params``. They are not changed.
    fold : bool
        Draw the body of a loop once, for all trips.
    adjoints : bool
        Walk back through the trace; False for the graph of a derivative, whose nodes are named as in its IR.

    Raises
    ------
    NotDifferentiable
        If a value that the result depends on comes out of an operation that has no rule.
    """
    given = [record.Node(x, varied=False, label=symbol(p.name), given=True)
             for p, x in zip(fn.params, args, strict=True)]
    tracker = Tracker(fn)
    with np.errstate(all="ignore"):
        result = tracker.function(fn, given)
        builder = Builder(tracker, fold, not adjoints, frozenset(v.name for v in (*fn.params, *fn.inputs)))
        builder.number()
        builder.outputs(list(record.nodes(result)))
        builder.connect()
        if adjoints:
            builder.backward()
    shown = ", ".join(f"{symbol(p.name)} = {summary(x)}" for p, x in zip(fn.params, args))
    title = f"{fn.name} at {shown}" if shown else fn.name
    return Content(title, tuple(builder.nodes.values()), tuple(builder.edges.values()))


@dataclass(eq=False)
class Operand:
    """A shown value in the arguments of a step: the node, and the loop from whose earlier trip it comes."""

    node: Node
    carried: Box | None = None


@dataclass(eq=False)
class Builder:
    """The graph while it is being made. Nodes and edges are found by keys: one for each execution, or one for all
    executions of a statement. ``by_name``: nodes are named as in the IR; ``taken`` are the names of the inputs."""

    tracker: Tracker
    fold: bool
    by_name: bool
    taken: frozenset[str]
    nodes: dict[Hashable, Node] = field(default_factory=dict)
    edges: dict[Hashable, Edge] = field(default_factory=dict)
    of: dict[record.Node, Node] = field(default_factory=dict)
    made: dict[record.Node, Step] = field(default_factory=dict)
    boxes: dict[Hashable, Box] = field(default_factory=dict)
    runs: dict[Box, dict[Loop, None]] = field(default_factory=dict)
    executed: dict[Node, list[Step]] = field(default_factory=dict)
    results: list[record.Node] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)

    # ---- nodes -----------------------------------------------------------------------------------------------------

    def number(self) -> None:
        """The nodes of inputs, constants and steps, with their names."""
        inputs = self.tracker.inputs
        for k, (v, x) in enumerate(inputs):
            if self.by_name and not is_numeric(x.value):
                continue
            name = self.unique(v.name) if self.by_name else variable(k - len(inputs) + 1)
            x.label = name
            self.add(x, Node(name, symbol(v.name) if not self.by_name else "", (x.value,), "input", hint=v.name))
        for x in dict.fromkeys(x for step in self.tracker.steps for x in operands(step)):
            if x.given and x not in self.of and is_numeric(x.value):
                x.label = self.unique(x.label)
                self.add(x, Node(x.label, "", (x.value,), "constant", hint=x.label, active=self.by_name))
        count = 0
        for step in self.steps():
            for k, out in enumerate(step.outs):
                if not (is_numeric(out.value) or out.varied):
                    continue
                key = self.key(step, k)
                if key in self.nodes:
                    node = self.nodes[key]
                    node.values, node.count = (node.values[0], out.value), node.count + 1
                else:
                    count += 1
                    node = self.nodes[key] = self.operation(step, out, count)
                self.made[out] = step
                self.executed.setdefault(node, []).append(step)
                out.label, self.of[out] = node.name, node
        self.entitle()
        for node, steps in self.executed.items():
            node.formula = self.text(steps[len(steps) // 2])

    def operation(self, step: Step, out: record.Node, number: int) -> Node:
        """The node of a step that is executed for the first time."""
        hint = self.tracker.hints.get(out, "")
        stmt, context = self.tracker.where[step]
        name = self.unique(hint or "t") if self.by_name else variable(number)
        return Node(name, "", (out.value,), hint=_users(hint, step.loc), box=self.box(step, stmt, context),
                    loc=step.loc, backward=self.by_name and stmt.adjoint, active=self.by_name)

    def steps(self) -> list[Step]:
        """The steps in the order of the trace."""
        return self.tracker.ordered()

    def add(self, x: record.Node, node: Node) -> None:
        self.of[x] = self.nodes[x] = node

    def unique(self, name: str) -> str:
        """A name of the IR, numbered from the second on, as the IR numbers it."""
        self.names[name] += 1
        return name if self.names[name] == 1 else f"{name}_{self.names[name] - 1}"

    def key(self, step: Step, k: int) -> Hashable:
        """What the executions of a step that are drawn as one have in common."""
        if not self.fold:
            return step.outs[k]
        stmt, context = self.tracker.where[step]
        item = tuple(self.of.get(x) for x in operands(step)) if not isinstance(stmt, Call) else ()
        return (id(stmt), id(step.op), k, item, *(id(outer) for outer, _ in context if isinstance(outer, Call)))

    def outputs(self, results: Sequence[record.Node]) -> None:
        """Mark the nodes that the result consists of."""
        found = [x for x in results if x in self.of and (is_numeric(x.value) or x.varied)]
        self.results = [x for x in found if x.varied] or found
        taken = {name.rstrip("0123456789") for name in self.taken}
        stem = next((name for name in ("y", "z", "w") if name not in taken), "result")
        for k, x in enumerate(self.results, 1):
            name = symbol(f"{stem}{k}") if len(self.results) > 1 else stem
            self.of[x].outputs = (*self.of[x].outputs, name) if not self.by_name else ("",)

    # ---- boxes -----------------------------------------------------------------------------------------------------

    def box(self, step: Step, last: Stmt, context: Context) -> Box | None:
        """The box of a step, made with those around it if it is new."""
        here: Box | None = None
        loops = iter(step.trips)
        open_: list[int] = []

        def enter(key: Hashable, kind: str, title: str, loc: Loc | None) -> Box:
            key = (here, key)
            if key not in self.boxes:
                self.boxes[key] = Box(kind, title, here, loc)
            return self.boxes[key]

        for stmt, taken in (*context, (last, None)):
            for site in _sites(stmt.loc) if not self.by_name else ():  # a derivative mixes the code of calls
                if id(site) not in open_:  # each call has its own, however alike they are
                    open_.append(id(site))
                    here = enter(id(site), "call", f"{site.name}(…)", site.loc)
            if isinstance(stmt, If):
                here = enter((id(stmt), taken), "branch", _branch(stmt, taken, self.tracker.entered), stmt.loc)
            elif isinstance(stmt, (For, While)):
                loop, trip = next(loops)
                here = enter(id(stmt) if self.fold else loop, "loop", _source(stmt.loc, "loop"), stmt.loc)
                self.runs.setdefault(here, {})[loop] = None
                if not self.fold:
                    here = enter(trip, "trip", f"trip {trip + 1}" if trip >= 0 else "first test", stmt.loc)
            elif isinstance(stmt, Call) and stmt is not last:
                here = enter(id(stmt), "call", f"{stmt.op.name}(…)", stmt.loc)
        return here

    def entitle(self) -> None:
        """Write the number of trips into the titles of loops."""
        runs: dict[Box, dict[Loop, None]] = {}
        for step in self.steps():
            for out in step.outs[:1]:
                node = self.of.get(out)
                loops = [b for b in (node.box.path if node and node.box else ()) if b.kind == "loop"]
                for box, (loop, _) in zip(loops, step.trips):
                    runs.setdefault(box, {})[loop] = None
        for box, found in runs.items():
            trips = sum(loop.trips for loop in found)
            box.title += f" · {trips} trip{'s' * (trips != 1)}" + (f" in {len(found)} runs" if len(found) > 1 else "")

    # ---- edges -----------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """The edges from operands to results."""
        for step in self.steps():
            for k, out in enumerate(step.outs):
                for x in operands(step) if out in self.of else ():
                    if x in self.of:
                        self.edge(x, step, k).count += 1

    def edge(self, x: record.Node, step: Step, k: int) -> Edge:
        """The edge from a value to a result of a step."""
        target, operand = self.of[step.outs[k]], self.operand(x, step)
        key = (operand.node, target, operand.carried)
        if key not in self.edges:
            self.edges[key] = Edge(operand.node, target, carried=operand.carried, count=0)
        return self.edges[key]

    def operand(self, x: record.Node, step: Step) -> Operand:
        """A value as a step sees it."""
        node = self.of[x]
        if self.fold and x in self.made:
            loops = [box for box in (node.box.path if node.box else ()) if box.kind == "loop"]
            for box, (loop, trip), (other, later) in zip(loops, self.made[x].trips, step.trips):
                if loop is not other:
                    break
                if trip != later:
                    return Operand(node, box)
        return Operand(node)

    # ---- texts -----------------------------------------------------------------------------------------------------

    def text(self, step: Step) -> str:
        """The formula of a step."""
        name = self.namer(step)
        args = [text(a, False, name) for a in step.args]
        return apply(step.op, args, {n: text(a, False, name) for n, a in step.kwargs.items()}).text

    def namer(self, step: Step) -> Callable[[record.Node], Text | None]:
        """The names of values as a step sees them: one of the trip before has a prime."""
        def name(x: record.Node) -> Text | None:
            return Text(x.label + "′") if x in self.of and self.operand(x, step).carried else None
        return name

    def local(self, step: Step, parameters: Sequence[str]) -> str:
        """The formula of a local derivative (the sum over ``parameters``), '' if it has no short one."""
        entry = rule_of(step)
        if len(step.outs) != 1 or not all(name in partials(entry) for name in parameters):
            return ""
        named = self.namer(step)
        names = {n: text(x, False, named) for n, x in entry.bind(step.args, step.kwargs).items()}
        names |= {"y": Text(step.outs[0].label), "y_bar": Text(bar(step.outs[0].label))}
        try:
            texts = [formula(partials(entry)[name], names, entry.vjp) for name in parameters]
        except LookupError:
            return ""
        total = texts[0]
        for part in texts[1:]:
            total = infix(total, "+", part, SUM)
        return total.text if len(total.text) <= LONGEST else ""

    # ---- the way back ----------------------------------------------------------------------------------------------

    def backward(self) -> None:
        """Adjoints at the nodes, partial derivatives and contributions at the edges."""
        bars: dict[record.Node, Any] = {}
        masked: set[record.Node] = set()  # adjoints with exact zeros where something else was chosen

        def add(x: record.Node, g: Any) -> None:
            bars[x] = fitted(runtime.add(bars[x], g) if x in bars else g, x.value)

        for x in self.results:
            if x.varied:
                add(x, ones(x.value))
        met: dict[Edge, list[tuple[Step, int, record.Node, list[str]]]] = {}
        for step in reversed(self.steps()):
            for k, out in enumerate(step.outs):
                if out in bars and out.varied:
                    found = contributions(step, k, bars[out], out in masked)
                    masked.update(x for x, g, _ in found if out in masked or leaves_out(step, bars[out], g))
                    for x, g, _ in found:
                        add(x, g)
                    for x, (g, names) in grouped(found).items():
                        edge = self.edge(x, step, k)
                        edge.contributions = (g, *edge.contributions[-1:])
                        met.setdefault(edge, []).append((step, k, x, names))
        for edge, places in met.items():
            self.differentiate(edge, places[::-1])
        ends: dict[Node, list[Any]] = {}
        for x, node in self.of.items():
            if x in bars:
                ends.setdefault(node, []).append(bars[x])
        for node, values in ends.items():
            node.active, node.adjoints = True, (values[0], *values[1:][-1:])

    def differentiate(self, edge: Edge, places: Sequence[tuple[Step, int, record.Node, list[str]]]) -> None:
        """The local derivative of an edge: its first and last value, and the formula of a trip in the middle."""
        step, k, x, names = places[len(places) // 2]
        elementwise = rule_of(step).kind == "elementwise"
        edge.linear_map = not elementwise and not (is_number(step.outs[k].value) and is_number(x.value))
        if all(names) and (elementwise or edge.linear_map):
            edge.formula = self.local(step, names)
        edge.partials = tuple(part for place in dict.fromkeys((0, len(places) - 1))
                              for part in partial(*places[place][:3]))


def _sites(loc: Loc | None) -> list[Any]:
    """The calls that a statement was inlined for, from the outermost."""
    found = []
    while loc is not None and loc.site is not None:
        found.append(loc.site)
        loc = loc.site.loc
    return found[::-1]


def _source(loc: Loc | None, default: str) -> str:
    """The head of the user's statement: ``for i in range(n)``, ``if p > 0``."""
    text = loc.text.strip() if loc else ""
    for tail in ("", " pass", "\n    pass"):
        try:
            stmt = ast.parse(text.removeprefix("el") + tail).body[0]
        except (SyntaxError, IndexError, ValueError):
            continue
        last = stmt.iter if isinstance(stmt, ast.For) else stmt.test if isinstance(stmt, (ast.If, ast.While)) else None
        if last is not None and last.end_lineno == 1 and text.isascii():
            return text.removeprefix("el")[:last.end_col_offset]
        break
    return text.rstrip(":") or default


def _branch(stmt: If, taken: bool | None, entered: Counter[tuple[int, bool]]) -> str:
    """The title of a branch: its test, and which way it went."""
    yes, no = entered[id(stmt), True], entered[id(stmt), False]
    text = _source(stmt.loc, "branch")
    way = f"{text if text.startswith(('if ', 'branch')) else 'branch of ' + text} · {'yes' if taken else 'no'}"
    return f"{way}, {yes if taken else no} of {yes + no} times" if yes and no else way


def _users(hint: str, loc: Loc | None) -> str:
    """The name of a variable if the user's statement assigns it."""
    if not hint or loc is None:
        return ""
    return hint if re.search(rf"(?<![\w.]){re.escape(hint)}\b[^=\n]*(?<![=<>!])=(?!=)", loc.text) else ""


