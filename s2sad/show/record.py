"""Executing a function call by call, and keeping every call: what the evaluation trace is written from.

The operations have their reference meaning (``ir/interpret.py``). Variables hold ``Node`` objects, or structures of
them, so that a value is known again wherever a loop or a list carries it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.errors import Loc
from s2sad.ir import Arg, Block, Call, Const, For, Function, If, Pack, Stmt, Var, While
from s2sad.ir.interpret import IN_PLACE
from s2sad.rules import has_no_gradient
from s2sad.show.layout import Loop


@dataclass(eq=False)
class Node:
    """A value that occurred. ``varied``: it depends on an input that is differentiated."""

    value: Any
    varied: bool
    label: str = ""


@dataclass(eq=False)
class Step:
    """One executed call. ``args`` and ``kwargs`` hold nodes, and structures of nodes and plain values."""

    outs: tuple[Node, ...]
    op: Callable
    args: tuple
    kwargs: dict[str, Any]
    trips: tuple[tuple[Loop, int], ...]
    loc: Loc | None
    depth: int = 0

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
        return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    if isinstance(x, list):
        return [plain(v) for v in x]
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    return slice(*map(plain, (x.start, x.stop, x.step))) if isinstance(x, slice) else x


class Recorder:
    """Execute a function and keep every call. Variables hold nodes, or structures of nodes."""

    def __init__(self, fn: Function) -> None:
        self.wanted = dict.fromkeys(fn.inputs)
        self.inputs: list[tuple[Var, Node]] = []
        self.env: dict[Var, Any] = {}
        self.steps: list[Step] = []
        self.trips: tuple[tuple[Loop, int], ...] = ()
        self.straight = True
        self.depths: dict[Node, int] = {}

    def ordered(self) -> list[Step]:
        """The steps as executed; in straight-line code by distance from the inputs, as tables in books have it."""
        return sorted(self.steps, key=lambda step: step.depth) if self.straight else self.steps

    def bind(self, var: Var, x: Any) -> None:
        if var in self.wanted and isinstance(x, Node):
            if self.steps and x in self.steps[-1].outs:
                self.steps.pop()  # taking a leaf out of an argument is no step
            x = Node(x.value, varied=True)
            self.inputs.append((var, x))
        self.env[var] = x

    def read(self, arg: Arg) -> Any:
        if isinstance(arg, Var):
            return self.env[arg]
        if isinstance(arg, Const):
            return arg.value
        items = [self.read(item) for item in arg.items]
        return _packed(arg, items)

    def function(self, fn: Function, args: Sequence[Any]) -> Any:
        for param, x in zip(fn.params, args, strict=True):
            self.bind(param, x)
        return self.block(fn.body)[0]

    def block(self, block: Block) -> list[Any]:
        for stmt in block.stmts:
            self.statement(stmt)
        return [self.read(result) for result in block.results]

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Call(op=Function()):
                outs = [self.function(stmt.op, [self.read(a) for a in stmt.args])]
                outs = list(outs[0]) if len(stmt.outs) != 1 else outs
            case Call():
                outs = self.call(stmt)
            case If():
                self.straight = False
                outs = self.block(stmt.then if plain(self.read(stmt.test)) else stmt.orelse)
            case For():
                outs = self.for_loop(stmt)
            case While():
                outs = self.while_loop(stmt)
        for var, x in zip(stmt.outs, outs, strict=True):
            self.bind(var, x)

    def call(self, call: Call) -> list[Any]:
        args = tuple(self.read(a) for a in call.args)
        kwargs = {k: self.read(a) for k, a in call.kwargs}
        if call.op in (runtime.copy, runtime.same) and isinstance(args[0], Node):
            return [args[0]]
        operands = list(nodes((*args, *kwargs.values())))
        result = _perform(call.op, plain(args), plain(kwargs))
        varied = any(node.varied for node in operands) and not has_no_gradient(call.op)
        results = () if not call.outs else (result,) if len(call.outs) == 1 else result
        outs = tuple(Node(y, varied and _may_vary(y)) for y in results)
        depth = 1 + max((self.depths.get(node, 0) for node in operands), default=0)
        self.depths.update(dict.fromkeys(outs, depth))
        self.steps.append(Step(outs, call.op, args, kwargs, self.trips, call.loc, depth))
        return list(outs)

    def for_loop(self, loop: For) -> list[Any]:
        sequences = [_items(self.read(it)) for it in loop.iters]
        positions = range(min(map(len, sequences), default=0))
        carried, collected, record = [self.read(a) for a in loop.inits], {}, self.enter(loop.loc)
        stop: Any = False
        for position in reversed(positions) if loop.reverse else positions:
            self.trip(record)
            results = self.body(loop.body, [seq[position] for seq in sequences] + carried)
            stop = results.pop() if loop.stop else False
            carried, collected[position] = results[:len(carried)], results[len(carried):]
            if plain(stop):
                break
        self.leave()
        return self.loop_outs(loop, carried, [collected[k] for k in sorted(collected)], stop)

    def while_loop(self, loop: While) -> list[Any]:
        carried, collected, record = [self.read(a) for a in loop.inits], [], self.enter(loop.loc)
        stop: Any = False
        while plain(self.body(loop.test, carried)[0]):
            self.trip(record)
            results = self.body(loop.body, carried)
            stop = results.pop() if loop.stop else False
            carried, kept = results[:len(carried)], results[len(carried):]
            collected.append(kept)
            if plain(stop):
                break
        self.leave()
        return self.loop_outs(loop, carried, collected, stop)

    def body(self, block: Block, args: Sequence[Any]) -> list[Any]:
        for param, x in zip(block.params, args, strict=True):
            self.env[param] = x
        return self.block(block)

    def loop_outs(self, loop: For | While, carried: list, collected: list, stop: Any) -> list[Any]:
        count = len(loop.outs) - len(carried) - loop.stop
        return [*carried, *([kept[j] for kept in collected] for j in range(count)), *([stop] if loop.stop else [])]

    def enter(self, loc: Loc | None) -> Loop:
        self.straight = False
        record = Loop(loc)
        self.trips += ((record, -1),)
        return record

    def trip(self, record: Loop) -> None:
        self.trips = (*self.trips[:-1], (record, record.trips))
        record.trips += 1

    def leave(self) -> None:
        self.trips = self.trips[:-1]


def _perform(op: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Call an operation; the in-place operators get a copy to write to."""
    return op(*(runtime.copy(args[:1]) if op in IN_PLACE else args[:1]), *args[1:], **kwargs)


def _packed(pack: Pack, items: list[Any]) -> Any:
    if pack.kind == "dict":
        return dict(zip(pack.keys, items))
    if pack.kind == "slice":
        return slice(*items)
    return {"tuple": tuple, "list": list}[pack.kind](items) if isinstance(pack.kind, str) else pack.kind(*items)


def _may_vary(x: Any) -> bool:
    """Whether a value can carry a derivative: numbers that are not integers, and containers."""
    return is_numeric(x) or isinstance(x, (list, tuple, dict))


def _items(x: Any) -> Sequence[Any]:
    """A sequence that can be indexed by position."""
    x = x.value if isinstance(x, Node) else x
    return x if isinstance(x, (list, tuple, range)) else list(x)
