"""Expressions: literals, displays, ``and``, ``or``, conditional expressions, f-strings.

Before: ``x.sum() * (a if c else b)``.  After: ``t = np.sum(x)``, an ``If`` with one out, ``t2 = mul(t, t1)``.
"""
from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast

from s2sad import runtime
from s2sad.errors import Loc
from s2sad.facts.arguments import fact_of
from s2sad.facts.tried import is_plain
from s2sad.frontend.generators import is_iterator
from s2sad.frontend.sets import is_mapping
from s2sad.frontend.values import (
    NONE,
    Frame,
    Ref,
    Table,
    Tup,
    Value,
    const,
)
from s2sad.ir import Const, Pack, Var


class Expressions:
    """The part of the lowerer for expressions."""

    frames: list[Frame]
    heap: dict[int, Any]
    loc: Loc | None

    def expr(self, node: Any, hint: str = "") -> Value:
        """Lower an expression."""
        method = getattr(self, f"expr_{type(node).__name__}", None)
        if method is None:
            raise self.unsupported(f"`{type(node).__name__}` expressions are not differentiated", node=node)
        return method(node, hint)

    def expr_Constant(self, node: Any, hint: str) -> Value:
        return const(node.value)

    def expr_BoolOp(self, node: Any, hint: str) -> Value:
        def rest(k: int) -> Value:
            value = self.expr(node.values[k])
            if k == len(node.values) - 1:
                return value
            if isinstance(node.op, gast.And):
                return self.choose(value, lambda: rest(k + 1), lambda: value, hint)
            return self.choose(value, lambda: value, lambda: rest(k + 1), hint)
        return rest(0)

    def expr_IfExp(self, node: Any, hint: str) -> Value:
        return self.choose(self.expr(node.test), lambda: self.expr(node.body), lambda: self.expr(node.orelse), hint,
                           arms=True)

    def expr_Tuple(self, node: Any, hint: str) -> Value:
        return Tup(self.displayed(node))

    def expr_List(self, node: Any, hint: str) -> Value:
        if any(isinstance(e, gast.Starred) for e in node.elts):
            return self.starred_list(node)
        return self.new_list(self.displayed(node))

    def starred_list(self, node: Any) -> Value:
        """``[a, *xs, b]``: the parts of known length, and those of run-time length between them, joined."""
        made: Value = self.new_list(())
        for e in node.elts:
            if isinstance(e, gast.Starred):
                got = self.expr(e.value)
                self.pending.append(made)
                items = self.static_items(got)
                part = self.call_object(list, (got,), (), "") if items is None else self.new_list(items)
                self.pending.pop()
            else:
                part = self.new_list(self.displayed(gast.List(elts=[e], ctx=gast.Load())))
            made = self.binary(operator.add, made, part)
        return made

    def displayed(self, node: Any) -> tuple[Value, ...]:
        """The items of a tuple or list display: no iterators, which the container would let be read twice."""
        values = self.elements(node.elts)
        if any(map(is_iterator, values)):
            raise self.kept_iterator(node)
        return tuple(map(self.settled_item, values))

    def settled_item(self, value: Value) -> Value:
        """An item of a run-time list as a container holds it: itself, whatever the list does later."""
        if isinstance(value, Ref) and value.path and self.is_dynamic(value):
            return self.item_itself(value)
        return value

    def expr_Set(self, node: Any, hint: str) -> Value:
        values = self.elements(node.elts)
        loc, self.loc = self.loc, self.at(node)
        made = self.set_of(values)
        self.loc = loc
        return made

    def expr_Dict(self, node: Any, hint: str) -> Value:
        keys: list[Any] = []
        values: list[Value] = []
        for k, v in zip(node.keys, node.values):
            value = self.expr(v)
            if k is None:
                table = self.heap[value.cell] if isinstance(value, Ref) else None
                if not is_mapping(table):
                    raise self.unsupported("`**` of something that is not a dict of known keys", node=node,
                                           code="S2S010")
                pairs = list(zip(table.keys, table.values))
            else:
                pairs = [(self.static_key(self.expr(k)), value)]
            for key, item in pairs:
                if key in keys:
                    values[keys.index(key)] = item
                else:
                    keys.append(key)
                    values.append(item)
        return self.new_ref(Table(tuple(keys), tuple(values)))

    def elements(self, nodes: list[Any], names: tuple[str, ...] = (),
                 left: Callable[[int], tuple[int | None, Any]] = lambda given: (None, None)) -> tuple[Value, ...]:
        """The values of some expressions, one after the other; ``names`` for those that have none. ``left``: how many a
        ``*`` at the end has to give after so many, if only that many are possible, and to which function."""
        values: list[Value] = []
        mark = len(self.pending)
        for e in nodes:
            if isinstance(e, gast.Starred):
                got = self.expr(e.value)
                items = self.static_items(got)
                if items is None and e is nodes[-1]:
                    items = self.counted_items(got, *left(len(values)))
                if items is None:
                    raise self.unsupported("`*` of something whose length is known only at run time",
                                           "name the items: `a, b = xs`, then `f(a, b)`", node=e, code="S2S010")
                values.extend(items)
            else:
                values.append(self.expr(e, names[len(values)] if len(values) < len(names) else ""))
            self.pending.append(values[-1] if values else NONE)
        del self.pending[mark:]
        return tuple(values)

    def counted_items(self, value: Value, count: int | None, taken: Any) -> tuple[Value, ...] | None:
        """The items of a sequence of run-time length that must have ``count`` items; ``taken``: the name of the
        function, its parameters, and how many arguments it has got before."""
        if count is None or not isinstance(value, Ref):
            return None
        name, parameters, given = taken
        args = (Const(name), Pack("list", tuple(map(Const, parameters))), self.reify(value), Const(given))
        self.append_call((Var("nothing"),), runtime.check_arguments, args[:None if given else 3])
        return tuple(self.get(value, const(k)) for k in range(count))

    def expr_NamedExpr(self, node: Any, hint: str) -> Value:
        value = self.expr(node.value, node.target.id)
        frame = self.frames[-1]
        while frame.name in ("<comprehension>", "<genexpr>") and frame.parent is not None:
            frame = frame.parent
        frame.env[node.target.id] = value
        frame.always_live |= {node.target.id}
        return value

    def expr_Lambda(self, node: Any, hint: str) -> Value:
        return self.closure(node)

    def expr_JoinedStr(self, node: Any, hint: str) -> Value:
        template, args = [], []
        for part in node.values:
            if isinstance(part, gast.Constant):
                template.append(str(part.value).replace("{", "{{").replace("}", "}}"))
            else:
                args.append(self.reify(self.as_text(self.expr(part.value), part.conversion, part.format_spec)))
                conv = {-1: "", 115: "!s", 114: "!r", 97: "!a"}[part.conversion]
                spec = ""
                if part.format_spec is not None:
                    spec = ":" + "".join(str(v.value) for v in part.format_spec.values if isinstance(v, gast.Constant))
                template.append("{" + conv + spec + "}")
        if not args:
            return const("".join(template).replace("{{", "{").replace("}}", "}"))
        if all(is_plain(fact_of(a).value) for a in args):
            return const("".join(template).format(*(fact_of(a).value for a in args)))
        return self.emit(str.format, (Const("".join(template)), *args), hint=hint)

    def as_text(self, value: Value, conversion: int, spec: Any) -> Value:
        """A value as an f-string writes it: of an object made here what its own method says."""
        formatted = conversion == -1 and isinstance(value, Ref) and self.is_object(value) and (
            spec is not None or self.find_special(value, "__format__") is not None)
        if isinstance(value, Ref) and self.is_object(value) and not formatted:
            names = ("__repr__",) if conversion in (ord("r"), ord("a")) else ("__str__", "__repr__")
            found = next((m for name in names if (m := self.find_special(value, name)) is not None), None)
            return value if found is None else self.call(found, (), ())
        return value

    def expr_Starred(self, node: Any, hint: str) -> Value:
        raise self.unsupported("`*` is not allowed here", node=node)

    def expr_Call(self, node: Any, hint: str) -> Value:
        return self.call_node(node, hint)
