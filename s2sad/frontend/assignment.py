"""Assignment: names, items, attributes, unpacking, ``op=`` and ``del``.

Before: ``a, *b = t; b[0] += 1.0``.  After: names bound to places; one ``iadd`` and one ``setitem`` where memory
changes.
"""
from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import gast

from s2sad import runtime
from s2sad.errors import S2SADError
from s2sad.facts.arguments import fact_of
from s2sad.frontend.failures import class_name, is_iterable
from s2sad.frontend.generators import is_iterator
from s2sad.frontend.operators import OPERATOR
from s2sad.frontend.sets import is_mapping
from s2sad.frontend.values import (
    NONE,
    Buffer,
    Frame,
    Items,
    Iteration,
    Ref,
    Slice,
    Table,
    Unbound,
    Value,
    const,
    static,
)
from s2sad.ir import Const, Var
from s2sad.ir.symbols import IN_PLACE


class Assignment:
    """The part of the lowerer for assignment."""

    frames: list[Frame]
    heap: dict[int, Any]

    def stmt_Assign(self, node: Any) -> None:
        first = node.targets[0]
        hint = first.id if isinstance(first, gast.Name) else first.attr if isinstance(first, gast.Attribute) else ""
        value = self.expr(node.value, hint)
        if is_iterator(value) and isinstance(first, gast.Name):
            root = getattr(self.frames[-1].source, "node", None)
            try:
                self.check_read_once(first.id, root, (node.lineno, node.end_col_offset), node)
            except S2SADError:
                kept = self.sequence_iterator(value)
                if kept is None:
                    raise
                value = kept
        elif is_iterator(value) and not isinstance(first, (gast.Tuple, gast.List)):
            raise self.kept_iterator(node)
        for target in node.targets:
            self.assign(target, value)

    def stmt_AnnAssign(self, node: Any) -> None:
        if node.value is not None:
            self.assign(node.target, self.expr(node.value, getattr(node.target, "id", "")))

    def assign(self, target: Any, value: Value) -> None:
        """Bind a target to a value."""
        if isinstance(target, gast.Name):
            self.bind_name(target.id, value)
        elif isinstance(target, (gast.Tuple, gast.List)):
            self.unpack(target, value)
        elif isinstance(target, gast.Subscript):
            base = self.expr(target.value)
            self.pending += [base, value]
            index = self.expr(target.slice)
            del self.pending[-2:]
            self.put(base, index, value)
        elif isinstance(target, gast.Attribute):
            self.set_attribute(self.expr(target.value), target.attr, value)
        else:
            raise self.unsupported("this target of an assignment", node=target)

    def bind_name(self, name: str, value: Value) -> None:
        frame: Frame | None = self.frames[-1]
        if name in frame.outside:
            self.modules[id(frame.globals)].env[name] = value
            return
        if name in frame.nonlocals:
            frame = frame.parent
            while frame is not None and name not in frame.env and name not in frame.local_names:
                frame = frame.parent
            if frame is None:
                raise self.unsupported(f"`nonlocal {name}` of a function outside the differentiated one",
                                       "pass the value in and return it", code="S2S009")
        frame.env[name] = value

    def unpack(self, target: Any, value: Value) -> None:
        elts = target.elts
        value = self.read_all(value)
        star = next((k for k, e in enumerate(elts) if isinstance(e, gast.Starred)), None)
        cls = self.class_of(value)
        if cls is not None and not is_iterable(cls):
            raise self.failing(TypeError(f"cannot unpack non-iterable {class_name(cls)} object"), node=target)
        items = self.static_items(value)
        if items is None and isinstance(value, Iteration):
            value = self.call_object(list, (value,), (), "")
        if items is None:
            self.check_items(value, len(elts) - (star is not None), star is not None)
            if star is not None:
                return self.unpack_starred(elts, star, value)
            items = tuple(self.get(value, const(k), getattr(e, "id", "")) for k, e in enumerate(elts))
        try:
            runtime.unpack(len(items), len(elts) - (star is not None), star is not None)
        except ValueError as error:
            raise self.failing(error, node=target) from None
        if star is None:
            for e, item in zip(elts, items):
                self.assign(e, item)
            return
        after = len(elts) - star - 1
        for e, item in zip(elts[:star], items[:star]):
            self.assign(e, item)
        self.assign(elts[star].value, self.new_list(items[star:len(items) - after]))
        for e, item in zip(elts[star + 1:], items[len(items) - after:]):
            self.assign(e, item)

    def check_items(self, value: Value, count: int, more: bool) -> None:
        """Have the generated code check how many items are unpacked; those of a row of an array by its other axis."""
        if self.adjoint:
            return
        axis = 0
        while isinstance(value, Ref) and value.path and value.path[-1].op is operator.getitem and self.is_row(value):
            value, axis = self.without_last(value), axis + 1
        options = (("more", more), ("axis", axis))
        self.append_call((Var("nothing"),), runtime.check_items, (self.reify(value), Const(count)),
                         tuple((name, Const(option)) for name, option in options if option))

    def is_row(self, value: Ref) -> bool:
        """Whether a view is an item of an array, which has one axis less."""
        base, index = self.fact(self.without_last(value)), value.path[-1].args[0]
        return base.is_array and base.ndim is not None and fact_of(index).kind in ("int", "scalar")

    def without_last(self, value: Ref) -> Ref:
        """What a view is a view of."""
        base = Ref(value.cell, value.path[:-1])
        return replace(base, fact=fact_of(self.read(base)))

    def unpack_starred(self, elts: list[Any], star: int, value: Value) -> None:
        """``a, *b, c = xs`` for a sequence of run-time length: the starred name gets a list made by a loop."""
        after = len(elts) - star - 1
        for k, e in enumerate(elts[:star]):
            self.assign(e, self.get(value, const(k)))
        stop = const(-after) if after else NONE
        middle = self.get(value, Slice((const(star), stop, NONE)))
        self.assign(elts[star].value, self.call_object(list, (middle,), (), elts[star].value.id))
        for k, e in enumerate(elts[star + 1:]):
            self.assign(e, self.get(value, const(k - after)))

    def stmt_AugAssign(self, node: Any) -> None:
        op = OPERATOR[type(node.op)]
        target = node.target
        if isinstance(target, gast.Name):
            value = self.lookup(target.id)
            if isinstance(value, Unbound):
                raise self.unbound(value, target.id)
            value = self.bound(value, target.id)
            self.pending.append(value)
            operand = self.expr(node.value)
            self.pending.pop()
            self.bind_name(target.id, self.augment(value, op, operand, target.id))
            return
        if isinstance(target, gast.Attribute):
            owner = self.expr(target.value)
            old = self.attribute(owner, target.attr)
            self.set_attribute(owner, target.attr, self.augment(old, op, self.expr(node.value), target.attr))
            return
        base = self.expr(target.value)
        self.pending.append(base)
        index = self.expr(target.slice)
        old = self.get(base, index)
        operand = self.expr(node.value)
        self.pending.pop()
        if isinstance(old, Ref) and isinstance(base, Ref) and old.cell == base.cell:
            self.augment(old, op, operand)
            return
        if isinstance(old, Ref) and isinstance(self.heap[old.cell], Buffer) and isinstance(base, Ref) and isinstance(
                self.heap[base.cell], Buffer):
            new = self.emit(IN_PLACE.get(op, op), (self.reify(old), self.reify(self.as_array(operand))))
        else:
            new = self.augment(old, op, operand)
        if new != old or not isinstance(base, Ref):
            self.put(base, index, new)

    def stmt_Delete(self, node: Any) -> None:
        for target in node.targets:
            if isinstance(target, gast.Name):
                self.expr_Name(target, "")
                self.frames[-1].env[target.id] = Unbound(f"`{target.id}` was deleted")
            elif isinstance(target, gast.Subscript):
                self.delete_item(self.expr(target.value), self.expr(target.slice))
            else:
                raise self.unsupported("`del` of an attribute", node=node)

    def delete_item(self, base: Value, index: Value) -> None:
        cell = self.heap[base.cell] if isinstance(base, Ref) else None
        k = static(index)
        if isinstance(cell, (Items, Table)):
            self.check_change(base.cell)
        if isinstance(cell, Items) and isinstance(k, int):
            left = list(cell.values)
            try:
                del left[k]
            except IndexError as error:
                raise self.failing(error) from None
            self.heap[base.cell] = Items(tuple(left))
        elif isinstance(base, Ref) and base.cell in self.fields_of:
            raise self.unsupported("a field of an object is deleted", code="S2S010")
        elif is_mapping(cell) and self.static_key(index) in cell.keys:
            kept = [(a, b) for a, b in zip(cell.keys, cell.values) if a != self.static_key(index)]
            self.heap[base.cell] = replace(cell, keys=tuple(a for a, _ in kept), values=tuple(b for _, b in kept))
        elif isinstance(base, Ref) and (isinstance(cell, Items) or self.fact(base).kind == "list"):
            self.delete_from_list(base, index)
        else:
            raise self.unsupported("`del` of an item that is known only at run time", "build a new list", code="S2S010")

    def delete_from_list(self, base: Ref, index: Value) -> None:
        """``del xs[k]`` and ``del xs[a:b]``."""
        if not isinstance(index, Slice):
            self.list_pop(base, index)
            return
        first, stop, step = map(static, index.parts)
        plain = all(p is None or (type(p) is int and p >= 0) for p in (first, stop)) and step is None
        if not plain or (first is not None and stop is not None and stop < first):
            raise self.unsupported("`del` of this slice of a list", "build a new list", code="S2S010")

        def make(whole: Ref) -> Value:
            parts: list[tuple[Value, Value, Value]] = [(NONE, index.parts[0], NONE)] if first is not None else []
            parts += [(index.parts[1], NONE, NONE)] if stop is not None else []
            kept = [self.get(whole, Slice(p)) for p in parts] or [self.dynamic_list(())]
            return kept[0] if len(kept) == 1 else self.binary(operator.add, *kept)
        self.change_list(base, make)
