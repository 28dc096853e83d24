"""What can be iterated over: its items if they are known one by one, else its length and the item at a position.

Before: ``for k, (a, b) in enumerate(zip(xs, ys))``.  After: positions ``k`` with ``a = xs[k]`` and ``b = ys[k]``.
"""
from __future__ import annotations

import enum
import operator
import types
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gast

from s2sad import runtime
from s2sad.facts.tried import is_plain
from s2sad.frontend.failures import class_name, is_iterable
from s2sad.frontend.values import (
    Atom,
    Buffer,
    Fields,
    Frame,
    Generator,
    Items,
    Iteration,
    Lazy,
    Ref,
    Table,
    Tup,
    Value,
    const,
    static,
    unset_in,
)
from s2sad.ir import Arg, Fact, Var
from s2sad.ir.facts import UNSET, same_value
from s2sad.ir.inert import MISSING, is_a, is_of_the_user, look_in_class, written_method

UNROLL_LIMIT = 4096
_KNOWN_ITERABLES = (types.MappingProxyType, set, frozenset, *(
    type(v) for d in (dict[int, int](), OrderedDict[int, int]()) for v in (d.keys(), d.values(), d.items())))
"""What is walked now if it exists outside the function."""


class Iterables:
    """The part of the lowerer for iterables and iterators."""

    frames: list[Frame]
    heap: dict[int, Any]

    def known_items(self, value: Any) -> tuple[Value, ...]:
        """The items of a set, or the keys of a mapping, that is known now and stays as it is."""
        items = tuple(value)
        seen = tuple(map(id, items))
        self.keep.append((value, items))
        self.guard(("items", id(value)), lambda: tuple(map(id, value)), seen)
        return tuple(self.capture(v, None) for v in items)

    def iterate(self, value: Value) -> Iteration:
        """Anything that ``for`` accepts."""
        if self.fact(value).kind == "unknown" and self.is_opaque(value) and static(value) is UNSET:
            made = self.emit(runtime.items_of, (self.reify(value),), hint="items")
            self.opaque[self.plain_arg(made)] = self.harmless(value)
            return Iteration("seq", (made,))
        match value:
            case Iteration(kind="view"):
                return value.extra()
            case Iteration():
                return value
            case Generator() | Lazy():
                return self.iterate(self.read_all(value))
            case Tup():
                return Iteration("static", (), value.items)
            case Ref():
                cell = self.heap[value.cell] if not value.path else None
                if isinstance(cell, Items):
                    return Iteration("static", (), cell.values, lambda k: self.list_now(value, k))
                if self.is_set(value):
                    return self.walk_set(cell)
                if isinstance(cell, Table):
                    return Iteration("static", (), tuple(self.capture(k, None) for k in cell.keys))
                if isinstance(cell, Fields):
                    return self.iterate(self.opened(value))
                return Iteration("seq", (value,))
            case Atom() if value.is_static:
                v = value.value
                if is_a(v, range):
                    return Iteration("range", tuple(const(p) for p in (v.start, v.stop, v.step)), None, value)
                if is_a(v, (str, tuple, list, dict, frozenset, set, enum.EnumMeta)) and (
                        written_method(type(v), "__iter__") is None or type(v) is enum.EnumMeta) and (
                        not is_a(v, (set, frozenset)) or is_plain(frozenset(v))):
                    items = sorted(v, key=repr) if is_a(v, (set, frozenset)) else list(v)
                    if len(items) > 64 and all(type(i) in (int, float) for i in items):
                        return Iteration("seq", (value,))
                    return Iteration("static", (), tuple(self.capture(i, None) for i in items))
            case Atom() if value.fact.kind in ("tuple", "unknown", "list", "range"):
                return Iteration("seq", (value,))
        if isinstance(value, Atom) and value.is_static and is_of_the_user(type(value.value)) and look_in_class(
                type(value.value), "__iter__") is not MISSING:
            return self.iterate(self.opened(value))
        if isinstance(value, Atom) and value.is_static and type(value.value) in _KNOWN_ITERABLES:
            return Iteration("static", (), self.known_items(value.value))
        cls = self.class_of(value)
        if cls is not None and not is_iterable(cls):
            raise self.failing(TypeError(f"'{class_name(cls)}' object is not iterable"),
                               f"a loop over {self.describe(value)}")
        raise self.unsupported(f"a loop over {self.describe(value)}", "loop over a range, an array or a list")

    def list_now(self, ref: Ref, k: int) -> Value | None:
        """The item of a list at ``k`` now, while a loop over it runs; None at its end."""
        cell = self.heap[ref.cell]
        if isinstance(cell, Items):
            return cell.values[k] if k < len(cell.values) else None
        raise self.unsupported("a list that changes its form while a loop runs over it", "loop over a copy, `list(xs)`",
                               code="S2S010")

    def item_now(self, it: Iteration, k: int) -> Value | None:
        """The item of known items at ``k``, lists read as they are now; None at the end."""
        if it.extra is not None:
            return it.extra(k)
        return it.static[k] if it.static is not None and k < len(it.static) else None

    def length(self, it: Iteration) -> Value:
        """How many items there are."""
        if it.static is not None:
            return const(len(it.static))
        match it.kind:
            case "range":
                lo, hi, step = (static(p) for p in it.parts)
                if not unset_in((lo, hi, step)):
                    return const(len(range(lo, hi, step)))
                return self.emit(len, (self.reify(it.extra),), hint="n")
            case "seq":
                return self.emit(len, (self.reify(it.parts[0]),), hint="n")
            case "view":
                return self.length(it.extra())
            case "enumerate" | "reversed":
                return self.length(it.extra)
            case "zip":
                lengths = [self.length(p) for p in it.extra]
                first = lengths[0]
                syms = {v.fact.sym if isinstance(v, Atom) else None for v in lengths}
                if len(lengths) == 1 or (len(syms) == 1 and None not in syms):
                    return first
                if all(static(v) is not UNSET for v in lengths):
                    return const(min(static(v) for v in lengths))
                return self.emit(min, tuple(self.reify(v) for v in lengths), hint="n")
        raise self.unsupported("the length of this iterable is not known")

    def position_item(self, it: Iteration, k: Value) -> Value:
        """The item at position ``k``."""
        if it.static is not None:
            if static(k) is not UNSET:
                return it.static[static(k)]
            return self.get(self.dynamic_list(it.static), k)
        match it.kind:
            case "range":
                lo, _, step = it.parts
                if not unset_in((static(lo), static(step), static(k))):
                    return const(static(lo) + static(step) * static(k))
                if same_value(static(lo), 0) and same_value(static(step), 1):
                    return k
                if not unset_in((static(lo), static(step), static(k))):
                    return const(static(lo) + static(step) * static(k))
                return self.emit(operator.getitem, (self.reify(it.extra), self.reify(k)))
            case "seq":
                return self.get(it.parts[0], k)
            case "view":
                return self.position_item(it.extra(), k)
            case "enumerate":
                start = it.parts[0]
                number = k if same_value(static(start), 0) else self.binary(operator.add, start, k)
                return Tup((number, self.position_item(it.extra, k)))
            case "zip":
                return Tup(tuple(self.position_item(p, k) for p in it.extra))
            case "reversed":
                last = self.binary(operator.sub, self.length(it.extra), const(1))
                return self.position_item(it.extra, self.binary(operator.sub, last, k))
        raise self.unsupported("an item of this iterable")

    def positions(self, it: Iteration, target: Any) -> tuple[Arg, str, Callable[[Value], Value]]:
        """The sequence that the loop walks, the name of its item, and the user's item from it."""
        if it.kind == "range":
            return self.reify(it.extra), getattr(target, "id", "k"), lambda k: k
        name = "k"
        if it.kind == "enumerate" and isinstance(target, gast.Tuple) and same_value(static(it.parts[0]), 0):
            name = getattr(target.elts[0], "id", "k")
        n = self.length(it)
        made = Var("positions", Fact("range"))
        self.append_call((made,), range, (self.reify(n),))
        return made, name, lambda k: self.position_item(it, k)

    def static_items(self, value: Value) -> tuple[Value, ...] | None:
        """The items of something iterable, if they are known one by one."""
        value = self.read_all(value)
        if self.is_opaque(value):
            return None
        if isinstance(value, Ref) and not isinstance(self.heap[value.cell], (Items, Table, Fields)) or (
                isinstance(value, Ref) and value.path):
            dims = self.fact(value).dims
            if dims and isinstance(dims[0], int) and dims[0] <= 64:
                return tuple(self.get(value, const(k)) for k in range(dims[0]))
            return None
        if isinstance(value, Atom) and not value.is_static:
            dims = value.fact.dims
            if value.fact.kind == "tuple" and dims is not None:
                return tuple(self.get(value, const(k)) for k in range(len(dims)))
            return None
        it = self.iterate(value)
        if it.static is not None:
            return it.static
        n = static(self.length(it))
        if n is UNSET or n > UNROLL_LIMIT:
            return None
        return tuple(self.position_item(it, const(k)) for k in range(n))

    def items_up_to(self, it: Iteration, others: list[Iteration]) -> tuple[Value, ...] | None:
        """The first items of a run-time sequence that is walked beside known ones."""
        count = min(len(o.static) for o in others if o.static is not None)
        if it.kind == "range" and static(self.length(it)) is not UNSET:
            count = min(count, static(self.length(it)))
        elif it.kind != "seq":
            return None
        else:
            dims = self.fact(it.parts[0]).dims
            if not dims or not isinstance(dims[0], int):
                return None
            count = min(count, dims[0])
        return tuple(self.position_item(it, const(k)) for k in range(count))

    def collect_items(self, value: Value, hint: str, fn: Callable[[Value], Value] | None = None) -> Value:
        """A list of the items of something of run-time length, by a loop."""
        it = self.iterate(value)
        frame = Frame({}, self.frames[-1].source, parent=self.frames[-1], always_live=frozenset(("$list",)))
        frame.env["$list"] = result = self.new_list(())
        self.frames.append(frame)
        walked, name, item_of = self.positions(it, None)

        def body(item: Arg) -> None:
            got = item_of(Atom(item, Fact("int")))
            self.list_append(frame.env["$list"], got if fn is None else fn(got))
        try:
            self.scan(walked, name, None, body, frozenset(("$list",)), frozenset(("$list",)), [], [])
        finally:
            self.frames.pop()
        return result

    def hold(self, value: Value, *sources: Value) -> None:
        """Note that a run-time list holds things of other values."""
        if isinstance(value, Ref) and isinstance(self.heap[value.cell], Buffer):
            cell = self.heap[value.cell]
            if cell.fact.item is None or not cell.fact.item.is_scalar:  # numbers are nobody's
                self.heap[value.cell] = replace(cell, holds=self.gathered(cell.holds, sources))

    def kept_iterator(self, node: Any) -> Exception:
        return self.unsupported("an iterator is kept where it may be read more than once", "make it a list: `list(…)`",
                                node=node, code="S2S010")

    def check_read_once(self, name: str, root: Any, after: tuple[int, int], node: Any) -> None:
        """Refuse an iterator that is called ``name`` in the function ``root`` from ``after`` on if it may be read
        twice: in two places, in a loop, or in a function inside. A name bound anew ends it."""
        if root is None:
            return
        body = [] if isinstance(root, gast.Lambda) else root.body
        ends = [(s.end_lineno, s.end_col_offset) for s in body if isinstance(s, gast.Assign) and (
            s.lineno, s.col_offset) > after and any(isinstance(t, gast.Name) and t.id == name for t in s.targets)]
        repeated = [n for n in gast.walk(root) if n is not root and isinstance(
            n, (gast.For, gast.While, gast.FunctionDef, gast.Lambda)) and not any(m is node for m in gast.walk(n))]
        again = [part for n in repeated for part in (
            n.body if isinstance(n, gast.For) else [*n.body, n.test] if isinstance(n, gast.While) else [n])]
        inside = {id(m) for part in again for m in gast.walk(part)}
        until = min(ends, default=(1 << 60, 0))
        reads = [n for n in gast.walk(root) if isinstance(n, gast.Name) and n.id == name
                 and isinstance(n.ctx, gast.Load) and after < (n.lineno, n.col_offset) <= until]
        if len(reads) > 1 or any(id(n) in inside for n in reads):
            why = f"`{name}` is an iterator that is read more than once"
            raise self.unsupported(why, "make it a list: `list(…)`", node=node, code="S2S010")
