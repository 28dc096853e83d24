"""Executing a function call by call, and keeping every call: what the evaluation trace is written from.

The operations have their reference meaning (``ir/interpret.py``). Variables hold ``Node`` objects, or structures of
them, so that a value is known again wherever a loop or a list carries it.

A loop is kept trip by trip as long as its share of ``ALLOWANCE`` lasts. What then follows up to the last trip becomes
one step, run by generated code (``show/segment.py``): a loop with 100 000 trips takes a trace no longer than one with
a hundred.
"""
from __future__ import annotations

import copy
import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.errors import Loc, S2SADError
from s2sad.ir import Arg, Block, Call, Const, For, Function, If, Pack, Stmt, Var, While
from s2sad.ir.symbols import AUGMENTED
from s2sad.rules import has_no_gradient
from s2sad.show.layout import FIRST_TRIPS, Loop, Mark
from s2sad.show.segment import Segment, Tail

ALLOWANCE = 1000
UNIT = 100_000
"""``ALLOWANCE`` is what a trace may keep: a value costs 1, and 1 more for each ``UNIT`` bytes; lists, which rules take
apart, cost 100 bytes an item."""
ARRANGE = {list, tuple, reversed, runtime.append, runtime.pop, runtime.join_lists, runtime.repeat_list, runtime.copy,
           runtime.same, runtime.setitem, operator.getitem}
"""What moves the items of a list, tuple or dict about and computes nothing."""


@dataclass(eq=False)
class Node:
    """A value that occurred. ``varied``: it depends on an input that is differentiated. ``origin``: the step that
    computed it. ``given``: it is an argument, or was taken out of one."""

    value: Any
    varied: bool
    label: str = ""
    origin: Step | None = None
    given: bool = False


@dataclass(eq=False)
class Step:
    """One executed call. ``args`` and ``kwargs`` hold nodes, and structures of nodes and plain values. ``segment``
    stands for the call where the step is many trips of a loop."""

    outs: tuple[Node, ...]
    op: Callable
    args: tuple
    kwargs: dict[str, Any]
    trips: tuple[tuple[Loop, int], ...]
    loc: Loc | None
    depth: int = 0
    segment: Segment | None = None
    marks: list[Mark] = field(default_factory=list)

    @property
    def result(self) -> Any:
        """What the call returned."""
        return self.outs[0].value if len(self.outs) == 1 else tuple(out.value for out in self.outs)


def is_numeric(x: Any) -> bool:
    """Whether a value deserves a line: floats and arrays of floats do, indices and truth values do not."""
    return isinstance(x, (float, complex, np.inexact)) or (isinstance(x, np.ndarray) and x.dtype.kind in "fc")


def nodes(x: Any) -> Iterator[Node]:
    """The nodes in a structure."""
    if isinstance(x, Node):
        yield x
    elif isinstance(x, (tuple, list)):
        for item in x:
            yield from nodes(item)
    elif isinstance(x, dict):
        yield from nodes(list(x.values()))
    elif isinstance(x, slice):
        yield from nodes((x.start, x.stop, x.step))


def plain(x: Any) -> Any:
    """A structure of nodes with the values in their places."""
    if isinstance(x, Node):
        return x.value
    if isinstance(x, tuple):
        items = [plain(v) for v in x]
        return runtime.tuple_of(type(x), items) if hasattr(x, "_fields") else tuple(items)
    if isinstance(x, list):
        return [plain(v) for v in x]
    if isinstance(x, dict):
        made = {} if type(x) is dict else copy.copy(x)  # a class of the user's stays what it is
        for k, v in x.items():
            dict.__setitem__(made, k, plain(v))
        return made
    return slice(*map(plain, (x.start, x.stop, x.step))) if isinstance(x, slice) else x


class Recorder:
    """Execute a function and keep every call; of loops that run long, as much as ``allowance`` permits."""

    def __init__(self, fn: Function, allowance: float = math.inf) -> None:
        self.wanted = dict.fromkeys(fn.inputs)
        self.found: dict[Var, Node] = {}
        self.env: dict[Var, Any] = {}
        self.steps: list[Step] = []
        self.marks: list[Mark] = []
        self.trips: tuple[tuple[Loop, int], ...] = ()
        self.straight = True
        self.depths: dict[Node, int] = {}
        self.allowance = allowance
        self.tails: dict[Stmt, Tail] = {}

    @property
    def inputs(self) -> list[tuple[Var, Node]]:
        """What is differentiated, in the order of ``fn.inputs``."""
        return [(var, self.found[var]) for var in self.wanted if var in self.found]

    def ordered(self) -> list[Step]:
        """The steps as executed; in straight-line code by distance from the inputs, as tables in books have it."""
        return sorted(self.steps, key=lambda step: step.depth) if self.straight else self.steps

    def bind(self, var: Var, x: Any) -> None:
        if var in self.wanted and isinstance(x, Node):
            x = self.found[var] = Node(x.value, varied=True, given=True)
        elif isinstance(x, Node) and x.given and not x.label:
            x.label = var.name
        self.env[var] = x

    def read(self, arg: Arg) -> Any:
        if isinstance(arg, Var):
            return self.env[arg]
        if isinstance(arg, Const):
            return arg.value
        return _packed(arg, [self.read(item) for item in arg.items])

    def function(self, fn: Function, args: Sequence[Any]) -> Any:
        for param, x in zip(fn.params, args, strict=True):
            if isinstance(x, Node) and x.origin is None:
                x.given = True
            self.bind(param, x)
        return self.block(fn.body)[0]

    def block(self, block: Block) -> list[Any]:
        for stmt in block.stmts:
            self.statement(stmt)
        return [self.read(result) for result in block.results]

    def statement(self, stmt: Stmt) -> None:
        outs: Sequence[Any]
        match stmt:
            case Call(op=Function()):
                result = self.function(stmt.op, [self.read(a) for a in stmt.args])
                outs = [result] if len(stmt.outs) == 1 else list(result)
            case Call():
                outs = self.call(stmt)
            case If():
                outs = self.branch(stmt)
            case For():
                outs = self.for_loop(stmt)
            case While():
                outs = self.while_loop(stmt)
        for var, x in zip(stmt.outs, outs, strict=True):
            self.bind(var, x)

    def call(self, call: Call) -> Sequence[Any]:
        args = tuple(self.read(a) for a in call.args)
        kwargs = {k: self.read(a) for k, a in call.kwargs}
        if args and call.op in (runtime.copy, runtime.same) and isinstance(args[0], Node):
            return [args[0]]
        if args and isinstance(args[0], (list, tuple, dict)) and not kwargs and _arranges(call.op):
            moved = call.op(*map(_arranged, args[:1]), *map(_index, args[1:2]), *args[2:])
            return (moved,) if len(call.outs) == 1 else moved
        if args and _takes_apart(call.op, args[0]):
            return [Node(call.op(args[0].value, *plain(args[1:])), varied=False, given=True)]
        if call.op is runtime.selected:
            return self.selected(args, call.loc)
        result = _perform(call.op, plain(args), plain(kwargs))
        return self.step(call.op, args, kwargs, () if not call.outs else (result,) if len(call.outs) == 1 else result,
                         call.loc)

    def selected(self, args: tuple, loc: Loc | None) -> Sequence[Node]:
        """``fn(…, out=start, where=mask)`` as two steps: ``t = fn(…)``, and ``t`` or ``start``."""
        fn, mask, start, *operands = args
        made = self.step(fn, tuple(operands), {}, (fn(*plain(operands)),), loc)[0]
        chosen = np.where(plain(mask), made.value, plain(start)).astype(plain(start).dtype)
        return self.step(np.where, (mask, made, start), {}, (chosen,), loc)

    def step(self, op: Callable, args: tuple, kwargs: dict[str, Any], results: Sequence[Any], loc: Loc | None,
             segment: Segment | None = None) -> tuple[Node, ...]:
        """Keep a call and what it returned."""
        operands = list(nodes((*args, *kwargs.values())))
        varied = any(node.varied for node in operands) and not has_no_gradient(op)
        outs = tuple(Node(y, varied and _may_vary(y)) for y in results)
        depth = 1 + max((self.depths.get(node, 0) for node in operands), default=0)
        step = Step(outs, op, args, kwargs, self.trips, loc, depth, segment, self.marks)
        for out in outs:
            self.depths[out], out.origin = depth, step
        lists = [y for y in (*results, *map(plain, operands)) if isinstance(y, (list, tuple))]
        self.allowance -= sum(1 + getattr(y, "nbytes", 0) / UNIT for y in results) + sum(map(len, lists)) * 100 / UNIT
        self.marks = []
        self.steps.append(step)
        return outs

    def branch(self, stmt: If) -> list[Any]:
        self.straight = False
        test = self.read(stmt.test)
        taken = bool(plain(test))
        if isinstance(test, Node) and test.origin is not None:
            self.mark(Mark("branch", stmt.loc, self.trips, test, taken))
        return self.block(stmt.then if taken else stmt.orelse)

    def mark(self, mark: Mark) -> None:
        """Note what control flow did before the next step, once."""
        if not any(old.what is mark.what and old.loc == mark.loc for old in self.marks):
            self.marks.append(mark)

    def for_loop(self, loop: For) -> list[Any]:
        sequences = [self.read(w.sequence) for w in loop.walked]
        count = min((len(plain(seq)) for seq in sequences), default=0)
        order = list(reversed(range(count)) if loop.reverse else range(count))
        carried, record = [self.read(c.init) for c in loop.carried], self.enter(loop, count)
        collected: dict[int, Any] = {}
        allowed = self.allowance / 2
        spent, stop, at = self.allowance - allowed, False, 0
        while at < count and not stop:
            if at >= FIRST_TRIPS and self.allowance < spent:
                spent = -1e300  # asked once
                last = at + self.rest(loop, order[at:], sequences, carried)
                if last - at > FIRST_TRIPS:
                    many = order[at:last]
                    carried, collected[min(many)] = self.skip(loop, record, many, sequences, carried)
                    at = last
            k = order[at]
            items = [self.item(seq, k, loop.loc) for seq in sequences]
            self.trip(record, [f"{w.item.name} = {plain(x)}" for w, x in zip(loop.walked, items)
                               if isinstance(plain(x), (int, str)) and not w.item.name.startswith("_")])
            carried, collected[k], stop = self.once(loop, items + carried)
            at += 1
        return self.leave(loop, carried, [collected[k] for k in sorted(collected)], stop)

    def while_loop(self, loop: While) -> list[Any]:
        carried, record = [self.read(c.init) for c in loop.carried], self.enter(loop)
        collected: dict[int, Any] = {}
        spent, stop = self.allowance / 2, False
        while not stop and plain(self.body(loop.test, carried)[0]):
            if record.trips >= FIRST_TRIPS and self.allowance < spent:
                spent = -1e300
                left = self.rest(loop, [], [], carried)
                if left > FIRST_TRIPS:
                    order = range(record.trips, record.trips + left)
                    carried, collected[record.trips] = self.skip(loop, record, order, [], carried)
            self.trip(record, [])
            carried, collected[record.trips - 1], stop = self.once(loop, carried)
        return self.leave(loop, carried, [collected[k] for k in sorted(collected)], stop)

    def once(self, loop: For | While, args: Sequence[Any]) -> tuple[list[Any], list[Any], bool]:
        """One trip: what is carried on, what is collected, and whether the loop ends."""
        results = iter(self.body(loop.body, args))
        carried, collected = [next(results) for _ in loop.carried], [next(results) for _ in loop.collected]
        return carried, collected, loop.stop is not None and bool(plain(next(results)))

    def body(self, block: Block, args: Sequence[Any]) -> list[Any]:
        for param, x in zip(block.params, args, strict=True):
            self.env[param] = x
        return self.block(block)

    def item(self, sequence: Any, k: int | slice, loc: Loc | None) -> Any:
        """An item of what a loop runs over."""
        if not isinstance(sequence, Node):
            return sequence[k]
        if sequence.varied:
            return self.step(operator.getitem, (sequence, k), {}, (sequence.value[k],), loc)[0]
        return sequence.value[k]

    def rest(self, loop: For | While, order: Sequence[int], sequences: Sequence[Any], carried: Sequence[Any]) -> int:
        """How many trips follow before the last one; 0 where that cannot be computed ahead."""
        try:
            tail = self.tails.setdefault(loop, Tail(loop)) if loop not in self.tails else self.tails[loop]
            if isinstance(loop, For) and not loop.stop:
                return len(order) - 1
            return tail.count(self.env_plain, [plain(seq)[_span(order)] for seq in sequences], plain(carried)) - 1
        except S2SADError:
            return 0

    def env_plain(self, var: Var) -> Any:
        return plain(self.env[var])

    def skip(self, loop: For | While, record: Loop, order: Sequence[int], sequences: Sequence[Any],
             carried: Sequence[Any]) -> tuple[list[Any], _Many]:
        """Run many trips as one step: the carried values after them, and the lists that they collected."""
        tail = self.tails[loop]
        items = [self.item(seq, _span(order), loop.loc) for seq in sequences] if sequences else [range(len(order))]
        free = [self.env[var] for var in tail.free]
        self.trip(record, [], len(order))
        args = (*free, *items, *carried)
        segment = tail.segment(len(order), [any(node.varied for node in nodes(a)) for a in args])
        results = segment.run(plain(args))
        outs = self.step(Segment.run, args, {}, results, loop.loc, segment)
        ends = iter(outs)
        return [next(ends) for _ in loop.carried], _Many(tuple(ends))

    def enter(self, loop: For | While, planned: int | None = None) -> Loop:
        self.straight = False
        record = Loop(loop.loc, planned=planned)
        self.mark(Mark("loop", loop.loc, self.trips, record))
        self.trips += ((record, -1),)
        return record

    def trip(self, record: Loop, items: Sequence[str], count: int = 1) -> None:
        self.trips = (*self.trips[:-1], (record, record.trips))
        record.items[record.trips] = ", ".join(items)
        record.trips += count

    def leave(self, loop: For | While, carried: list, collected: list[Any], stop: bool) -> list[Any]:
        self.trips = self.trips[:-1]
        lists = [self.joined([kept.lists[j] if isinstance(kept, _Many) else [kept[j]] for kept in collected], loop.loc)
                 for j in range(len(loop.collected))]
        return [*carried, *lists, *([stop] if loop.stop else [])]

    def joined(self, parts: Sequence[Any], loc: Loc | None) -> Any:
        """Lists, some of them nodes, one after the other."""
        total: Any = []
        for part in parts:
            if isinstance(total, list) and isinstance(part, list):
                total += part
            else:
                total = self.step(runtime.join_lists, (total, part), {}, (plain(total) + plain(part),), loc)[0]
        return total


@dataclass(frozen=True)
class _Many:
    """What many trips at once collected: a node for each list."""

    lists: tuple[Node, ...]


def _span(order: Sequence[int]) -> slice:
    return slice(min(order), max(order) + 1)


def _arranges(op: Callable) -> bool:
    try:
        return op in ARRANGE
    except TypeError:
        return False


def _arranged(x: Any) -> Any:
    """A container that an operation may walk and return."""
    return dict(x) if isinstance(x, dict) else x


def _index(x: Any) -> Any:
    return x.value if isinstance(x, Node) and isinstance(x.value, (int, np.integer, slice, str)) else x


def _takes_apart(op: Callable, x: Any) -> bool:
    """Whether this takes a part out of an argument that is a container."""
    return isinstance(x, Node) and x.given and not x.varied and op in (operator.getitem, getattr) and not isinstance(
        x.value, np.ndarray)


def _perform(op: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Call an operation; the in-place operators get a copy to write to."""
    return op(*(runtime.copy(args[:1]) if op in AUGMENTED else args[:1]), *args[1:], **kwargs)


def _packed(pack: Pack, items: list[Any]) -> Any:
    if pack.kind == "dict":
        return dict(zip(pack.keys, items))
    if pack.kind == "slice":
        return slice(*items)
    return {"tuple": tuple, "list": list}[pack.kind](items) if isinstance(pack.kind, str) else pack.kind(*items)


def _may_vary(x: Any) -> bool:
    """Whether a value can carry a derivative: numbers that are not integers, and containers."""
    return is_numeric(x) or isinstance(x, (list, tuple, dict))
