"""Generators and iterators: their bodies run where they are read, an item at a time.

The body of a generator is lowered in place of the loop that reads it, and the body of the loop in place of each
``yield``; a ``break`` of the loop ends the generator. Where all its items are wanted at once they are appended to a
list. What is not read yet has not run: a generator sees what is changed before it is read.

Before: ``for v in steps(x): s += v`` with ``def steps(x): for k in range(3): yield x * k``.
After: ``for k in range(3): v = x * k; s += v``.
"""
from __future__ import annotations

import functools
import itertools
import math
import operator
import types
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from s2sad.frontend import iterators, stand_ins
from s2sad.frontend.liveness import analyse, stores_of
from s2sad.frontend.values import (
    FALSE,
    NONE,
    TRUE,
    Closure,
    Consumer,
    Frame,
    Generator,
    Iteration,
    Kwargs,
    Lazy,
    Ref,
    Tup,
    Value,
    const,
    static,
)
from s2sad.ir.facts import UNSET
from s2sad.ir.inert import MISSING, is_of_the_user, look_in_class

ITERATORS = {iter, map, filter, zip, enumerate, reversed}
CONSUMERS: set[Any] = {list, tuple, dict, set, frozenset, sum, any, all, max, min, sorted, functools.reduce, math.fsum,
                       math.prod, np.fromiter, deque, Counter, OrderedDict}
"""Functions that read an iterator to its end when they are called."""
PUSHED: dict[Any, Callable] = {
    enumerate: iterators.enumerated, map: iterators.mapped, filter: iterators.filtered,
    itertools.chain.from_iterable: iterators.chained_all, itertools.starmap: iterators.starmapped,
    itertools.filterfalse: iterators.filtered_out, itertools.takewhile: iterators.taken_while,
    itertools.dropwhile: iterators.dropped_while, itertools.accumulate: iterators.accumulated,
    itertools.pairwise: iterators.paired, itertools.count: iterators.counted, itertools.cycle: iterators.cycled}
CALLING = {map, filter, itertools.starmap, itertools.filterfalse, itertools.takewhile, itertools.dropwhile,
           itertools.count, itertools.cycle}
"""Those that call the user's functions between items, or never end."""
READING: dict[Any, tuple[int, ...]] = {
           filter: (1,), itertools.starmap: (1,),
           itertools.filterfalse: (1,), itertools.takewhile: (1,), itertools.dropwhile: (1,),
           itertools.count: (), itertools.repeat: ()}
"""Which of their arguments they read, if it is not the first."""
MAKERS = {*ITERATORS, *PUSHED, itertools.chain, itertools.islice, itertools.product, itertools.combinations,
          itertools.combinations_with_replacement, itertools.permutations, itertools.repeat, itertools.zip_longest}
"""Functions that return an iterator."""


def _as_function(node: Any) -> Any:
    """A generator expression as a function with one parameter, its outermost iterable."""
    made = getattr(node, "as_function", None)
    if made is not None:
        return made
    body: Any = gast.Expr(value=gast.Yield(value=node.elt))
    for k, g in reversed(list(enumerate(node.generators))):
        for test in reversed(g.ifs):
            body = gast.If(test=test, body=[body], orelse=[])
        walked = gast.Name(id=".0", ctx=gast.Load(), annotation=None, type_comment=None) if k == 0 else g.iter
        body = gast.For(target=g.target, iter=walked, body=[body], orelse=[], type_comment=None)
    made = gast.parse("def made(x): pass").body[0]
    made.name, made.args.args[0].id, made.body = "<genexpr>", ".0", [body]
    for child in gast.walk(made):
        if "lineno" in child._attributes and not hasattr(child, "lineno") or child is made:
            gast.copy_location(child, node)
    analyse(made)
    node.as_function = made
    return made


def _endless(node: Any) -> bool:
    """Whether a function has a loop that only its reader can end."""
    return any(isinstance(n, gast.While) and isinstance(n.test, gast.Constant) and n.test.value and not any(
        isinstance(m, (gast.Break, gast.Return, gast.Raise)) for m in gast.walk(n)) for n in gast.walk(node))


def is_iterator(value: Value) -> bool:
    """Whether a value is an iterator: what is read from it is gone."""
    return isinstance(value, (Generator, Lazy))


class Generators:
    """The part of the lowerer for generators and iterators."""

    frames: list[Frame]
    heap: dict[int, Any]
    tries: list[Any]

    # ---- what is walked ----------------------------------------------------------------------------------------------

    def opened(self, value: Value) -> Iteration | Generator:
        """What a loop over a value walks: positions of something, or a generator that runs."""
        if isinstance(value, Generator):
            return value
        if isinstance(value, Lazy):
            return self.open_lazy(value)
        written = look_in_class(type(static(value)), "__iter__") if static(value) is not UNSET else MISSING
        if type(written) is types.FunctionType and is_of_the_user(type(static(value))):
            return self.opened(self.call_function(written, (value,), (), ""))
        if not self.is_object(value):
            return self.iterate(value)
        found = self.call_special(value, "__iter__", ())
        if self.is_object(found) and self.find_special(found, "__next__") is not None:
            return self.call_source(iterators.drained, (found,), (), "")
        if found == value:
            raise self.unsupported(f"a loop over {self.describe(value)}, which has no `__next__`", code="S2S011")
        return self.opened(found)

    def open_lazy(self, lazy: Lazy) -> Iteration | Generator:
        fn, args, kwargs = lazy.fn, lazy.args, lazy.kwargs
        if fn is iter:
            return self.opened(args[0])
        if fn is itertools.repeat and len(args) == 1 and not kwargs:
            return self.call_source(iterators.repeated, args, (), "")
        if fn is map and len(args) > 2:
            rows = self.open_zip(args[1:], ())
            return self.call_source(iterators.starmapped, (args[0], rows), (), "")
        if fn is map:
            return self.call_source(iterators.mapped, (args[0], self.opened(args[1])), (), "")
        if fn in (zip, itertools.chain):
            return self.open_zip(args, kwargs) if fn is zip else self.open_chain(args)
        reads = range(len(args)) if fn in (itertools.product, itertools.zip_longest) else READING.get(fn, (0,))
        read = tuple(self.opened(a) if k in reads else a for k, a in enumerate(args))
        walked = [a for k, a in enumerate(read) if k in reads]
        runs = any(isinstance(a, Generator) for a in walked)
        known = fn in ITERATORS or all(self.known_length(a) for a in walked)
        if fn is itertools.islice:
            known = isinstance(walked[0], Iteration) and (walked[0].kind == "seq" or known and all(
                static(a) is not UNSET for a in args[1:]))
        if fn in CALLING or runs or not known:
            if fn is itertools.islice:
                written = iterators.first_ones if len(read) == 2 else iterators.sliced
                return self.call_source(written, read, kwargs, "")
            if fn in PUSHED:
                return self.call_source(PUSHED[fn], read, kwargs, "")
        read = tuple(self.listed_items(a) if isinstance(a, Generator) else a for a in read)
        return self.iterate(self.library_iterator(fn, args if fn is itertools.islice and not runs else read, kwargs))

    def known_length(self, it: Value) -> bool:
        """Whether the items of something are known one by one, or their number."""
        return isinstance(it, Iteration) and (it.static is not None or static(self.length(it)) is not UNSET)

    def open_zip(self, args: tuple[Value, ...], kwargs: Kwargs) -> Iteration | Generator:
        """``zip(*args)``: one generator runs, further ones must be read beforehand."""
        read = [self.opened(a) for a in args]
        running = [k for k, it in enumerate(read) if isinstance(it, Generator)]
        strict = bool(kwargs) and static(kwargs[0][1]) is not False
        if not running and not strict:
            return self.iterate(self.library_iterator(zip, tuple(read), ()))
        endless = [k for k in running if _endless(read[k].fn.node)]  # type: ignore[union-attr]
        if strict and endless:
            raise self.unsupported("`zip(strict=True)` of a generator without end", "check the lengths before")
        at = (endless or running or [0])[0]
        for k in running:
            if strict or k != at:
                state = self.mark()
                read[k] = self.iterate(self.listed_items(read[k]))
                if self.has_effects(state) or any(self.heap[c] is not cell for c, cell in state[0][0].items()):
                    raise self.unsupported("two generators that run in turns, one of which changes something",
                                           "make a list of one first: `list(…)`", code="S2S010")
        if strict:
            return self.call_source(iterators.zipped_strictly, (Tup(tuple(read)),), (), "")
        return self.call_source(iterators.zipped, (Tup(tuple(read[:at])), read[at], Tup(tuple(read[at + 1:]))), (), "")

    def open_chain(self, args: tuple[Value, ...]) -> Iteration | Generator:
        read = [self.opened(a) for a in args]
        if all(isinstance(it, Iteration) and it.static is not None for it in read):
            return Iteration("static", (), tuple(v for it in read for v in it.static or ()))  # type: ignore[union-attr]
        return functools.reduce(lambda a, b: self.call_source(iterators.chained, (a, b), (), ""), read)

    def library_iterator(self, fn: Callable, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """What an iterator of the standard library goes through, if no generator runs for it."""
        result = self.specials[fn](self, args, dict(kwargs), "") if fn in self.specials else NotImplemented
        if result is NotImplemented:
            raise self.unsupported(f"`{getattr(fn, '__name__', fn)}` of values computed here", "write the loop",
                                   code="S2S010")
        return result

    # ---- running a generator -----------------------------------------------------------------------------------------

    def drive(self, gen: Generator, take: Callable[[Value], Value], nodes: tuple[Any, ...] = (),
              awaited: frozenset[str] | None = None) -> None:
        """Run a generator here; ``take(item)`` lowers what is done with an item, and says whether no more are read."""
        caller = self.frames[-1]
        frame = self.new_frame(gen.fn, dict(gen.env), gen.called)
        if gen.display is not None:
            targets = stores_of([g.target for g in gen.display.generators])
            frame.name, frame.local_names = "<genexpr>", frozenset((".0", *targets))
        frame.consumer = Consumer(caller, take, nodes, None if gen.manager else len(self.tries))
        outer, caller.awaited = caller.awaited, awaited
        try:
            self.run_frame(frame, gen.fn.node)
        finally:
            caller.awaited = outer

    def expr_Yield(self, node: Any, hint: str) -> Value:
        frame = self.frames[-1]
        consumer = frame.consumer
        if consumer is None:
            raise self.unsupported("`yield` here", "return a list instead of `yield`", node=node)
        item = NONE if node.value is None else self.expr(node.value)
        loc, tries = self.loc, self.tries
        if consumer.tries is not None:
            self.tries = tries[:consumer.tries]
        self.frames.append(consumer.frame)
        try:
            stop = consumer.take(item)
        finally:
            self.frames.pop()
            self.loc, self.tries = loc, tries
        env = frame.env
        if static(consumer.frame.env.get("$dead", FALSE)) is True:
            env["$dead"] = env["$skip"] = TRUE
        elif static(stop) is not False:
            env["$skip"] = env["$stop"] = env["$ret"] = stop
        return NONE

    def yield_from(self, node: Any) -> None:
        """``yield from items`` as a statement: a loop that yields."""
        loop = getattr(node, "as_loop", None)
        if loop is None:
            name = gast.Name(id="$item", ctx=gast.Store(), annotation=None, type_comment=None)
            read = gast.Name(id="$item", ctx=gast.Load(), annotation=None, type_comment=None)
            loop = gast.For(target=name, iter=node.value.value, orelse=[], type_comment=None,
                            body=[gast.Expr(value=gast.Yield(value=read))])
            for child in gast.walk(loop):
                if "lineno" in child._attributes and not hasattr(child, "lineno"):
                    gast.copy_location(child, node)
            loop.live_after = loop.live_exit = node.live_after
            loop.live_head = loop.body[0].live_after = node.live_after
            node.as_loop = loop
        self.stmt_For(loop)

    def loop_over_generator(self, node: Any, gen: Generator) -> None:
        """A ``for`` that reads a generator."""
        live = node.live_head | node.live_exit
        ended = f"$ended{len(self.frames)}"
        self.frames[-1].env[ended] = FALSE

        def take(item: Value) -> Value:
            env = self.frames[-1].env
            env["$skip"] = env["$stop"] = FALSE
            self.assign(node.target, item)
            self.body(node.body, live)
            env = self.frames[-1].env
            stop = env["$stop"] if static(env.get("$raised", FALSE)) is False else env["$raised"]
            env["$skip"] = env["$stop"] = FALSE
            env[ended] = stop
            return stop
        self.drive(gen, take, (node.target, *node.body), live)
        env = self.frames[-1].env
        env["$skip"] = env["$stop"] = FALSE
        env["$stopped"] = env.pop(ended, FALSE)
        if static(env.get("$dead", FALSE)) is True:
            env["$skip"] = TRUE

    def check_ends(self, gen: Generator) -> None:
        """Refuse to read to its end what has none."""
        if _endless(gen.fn.node):
            raise self.unsupported("a generator that does not end by itself is read to its end",
                                   "stop it: `itertools.islice(items, n)`, or `break` out of a loop over it",
                                   code="S2S010")

    def listed_items(self, gen: Generator, hint: str = "") -> Value:
        """All items of a generator, in a list."""
        self.check_ends(gen)
        if gen.display is not None:
            return self.comprehension(gen.display, gen.display.elt, hint, first=gen)
        outer = self.frames[-1]
        frame = Frame({}, outer.source, outer.globals, outer.closure, outer, always_live=frozenset(("$list",)))
        frame.env["$list"] = self.new_list(())
        self.frames.append(frame)

        def take(item: Value) -> Value:
            self.list_append(self.frames[-1].env["$list"], item)
            return FALSE
        try:
            self.drive(gen, take)
        finally:
            self.frames.pop()
        return frame.env["$list"]

    def read_all(self, value: Value, hint: str = "") -> Value:
        """A value, all items of it if it is an iterator."""
        if isinstance(value, Lazy):
            if value.fn is map and len(value.args) > 1:
                return self.read_map(value, hint)
            value = self.open_lazy(value)
        elif self.is_object(value) and self.find_special(value, "__iter__") is not None:
            value = self.opened(value)
        return self.listed_items(value, hint) if isinstance(value, Generator) else value

    def read_arguments(self, fn: Callable, args: tuple[Value, ...], hint: str) -> tuple[Value, ...]:
        """The arguments of a function that reads an iterator to its end."""
        if fn in (max, min) and len(args) > 1 or fn is dict and args and self.is_object(args[0]):
            return args
        at = 1 if fn is functools.reduce else 0
        read = tuple(self.read_all(a, hint) if k == at else a for k, a in enumerate(args))
        if fn in (max, min, math.fsum, math.prod) and isinstance(read[0], Iteration) and read[0].kind != "range":
            return (self.specials[list](self, read[:1], {}, hint), *read[1:])
        return read

    def read_map(self, lazy: Lazy, hint: str) -> Value:
        """``list(map(fn, *iterables))``."""
        rows = self.open_zip(lazy.args[1:], ())
        if isinstance(rows, Generator):
            return self.listed_items(self.call_source(iterators.starmapped, (lazy.args[0], rows), (), ""), hint)
        return self.specials[map](self, (lazy.args[0], rows), {}, hint)

    # ---- making and reading one by one -------------------------------------------------------------------------------

    def expr_GeneratorExp(self, node: Any, hint: str) -> Value:
        fn = Closure(_as_function(node), self.frames[-1].source, self.frames[-1])
        walked = self.expr(node.generators[0].iter)
        if self.is_object(walked):
            walked = self.opened(walked)
        return Generator(fn, {".0": walked}, "<genexpr>", node)

    def next_item(self, args: tuple[Value, ...]) -> Value:
        """``next(it)`` and ``next(it, default)``."""
        it = args[0]
        if self.is_object(it):
            ended, item = self.pulled(it)
            if len(args) == 2:
                return self.choose(ended, lambda: args[1], lambda: item)
            def end() -> None:
                raise self.failing(StopIteration())
            self.branch(ended, end, lambda: None, self.frames[-1].live)
            return item
        if not is_iterator(it):
            raise self.unsupported(f"`next` of {self.describe(it)}", "make it an iterator: `iter(…)`", code="S2S011")
        return self.call_source(iterators.first if len(args) == 1 else iterators.first_or, args, (), "")

    def pulled(self, it: Value) -> tuple[Value, Value]:
        """Whether an instance of a class with ``__next__`` is at its end, and its next item if not."""
        bound = self.find_special(it, "__next__")
        if bound is None:
            raise self.unsupported(f"`next` of {self.describe(it)}, which has no `__next__`", code="S2S011")
        fn = self.closure_of(bound.function.value)
        frame = self.new_frame(fn, self.bind(fn, "__next__", bound.args, ()), f"{self.class_of(it).__name__}.__next__")
        frame.env["$ended"] = FALSE
        item = self.run_frame(frame, fn.node)
        return frame.env["$ended"], item

    def sequence_iterator(self, value: Value) -> Value | None:
        """An iterator over a sequence as an object that knows its place; None if it is none."""
        if not isinstance(value, Lazy) or value.fn is not iter or len(value.args) != 1:
            return None
        items = value.args[0]
        known = isinstance(items, Tup) or (isinstance(items, Ref) and not self.is_set(items) and (
            self.literal_items(items) is not None or self.fact(items).kind in ("array", "list")))
        return self.construct(stand_ins.SequenceIterator, (items,), (), "") if known else None

    def within(self, seq: Iteration, k: Value) -> Value:
        """Whether something has an item ``k``."""
        n = self.length(seq)
        if static(n) is not UNSET and static(k) is not UNSET:
            return const(static(k) < static(n))
        return self.binary(operator.lt, k, n)
