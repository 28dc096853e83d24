"""Operators: arithmetic, comparison, membership; on arrays, numbers, tuples, lists, strings and objects.

Before: ``(a, b) + (c,) == t``.  After: one comparison per item.
"""
from __future__ import annotations

import operator
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from s2sad import runtime
from s2sad.facts.tried import is_plain
from s2sad.frontend.captures import is_key
from s2sad.frontend.sets import is_mapping
from s2sad.frontend.values import FALSE, TRUE, Atom, Fields, Method, Ref, Table, Tup, Value, const, static, unset_in
from s2sad.ir import Const, Fact
from s2sad.ir.facts import UNSET
from s2sad.ir.inert import compares_by_identity, is_a, is_of_the_user, look_in_class
from s2sad.ir.symbols import FUNCTION, IN_PLACE

OPERATOR: dict[type, Callable] = {getattr(gast, syntax.__name__): op for syntax, op in FUNCTION.items()}
"""The function of an operator in the syntax tree."""
MIRRORED = {operator.lt: operator.gt, operator.le: operator.ge, operator.gt: operator.lt, operator.ge: operator.le,
            operator.eq: operator.eq, operator.ne: operator.ne}
FORWARDS = {op: f"__{op.__name__.strip('_')}__" for op in (*IN_PLACE, *MIRRORED)}
BACKWARDS = {op: f"__r{name[2:]}" for op, name in FORWARDS.items()} | {
    op: FORWARDS[mirror] for op, mirror in MIRRORED.items()}


def _compare_without_code(left: Any, right: Any) -> bool:
    """Whether two known objects, one of which equals itself alone, are compared by nothing of the user's."""
    alone = [x is None or (x is not UNSET and compares_by_identity(x)) for x in (left, right)]
    return any(alone) and all(known or type(x) in (str, bytes, int, float, complex, bool)
                              for known, x in zip(alone, (left, right)))


def _holds_numbers(fact: Fact) -> bool:
    """Whether a value is a tuple or dict that may hold what varies; a shape holds integers."""
    return fact.kind == "dict" or (fact.kind == "tuple" and not all(f.is_discrete for f in fact.parts or ()))


class Operators:
    """The part of the lowerer for operators."""

    heap: dict[int, Any]

    def expr_BinOp(self, node: Any, hint: str) -> Value:
        left = self.expr(node.left)
        self.pending.append(left)
        right = self.expr(node.right)
        self.pending.pop()
        return self.binary(OPERATOR[type(node.op)], left, right, hint)

    def binary(self, op: Callable, left: Value, right: Value, hint: str = "") -> Value:
        """``left op right`` for arrays, numbers, tuples, lists, strings and objects."""
        left, right = (self.as_known_tuple(v) for v in (left, right))
        for a, b, names in ((left, right, FORWARDS), (right, left, BACKWARDS)):
            if isinstance(a, Tup) and isinstance(vars(a.cls).get(names.get(op, "")), types.FunctionType):
                return self.call(self.class_attribute(a, a.cls, names[op]), (b,), (), hint)
            if isinstance(a, Ref) and isinstance(self.heap[a.cell], Fields) and op in names:
                found = self.find_special(a, names[op])
                if found is not None and not self.is_generated(a, names[op]):
                    result = self.call(found, (b,), (), hint)
                    if static(result) is not NotImplemented:
                        return result
        if op is operator.ne and (self.is_object(left) or self.is_object(right)):
            return self.unary(operator.not_, self.binary(operator.eq, left, right))
        if op is operator.eq and (self.is_object(left) or self.is_object(right)):
            return self.equal_objects(left, right)
        if self.is_set(left) or self.is_set(right):
            found = self.set_operator(op, left, right)
            if found is not None:
                return found
        if op is operator.or_ and all(isinstance(v, Ref) and not v.path and is_mapping(self.heap[v.cell])
                                      for v in (left, right)):
            made = self.new_ref(self.heap[left.cell])
            self.call(Method(made, "update"), (right,), ())
            return made
        seqs, compared = [self.literal_items(v) for v in (left, right)], op in (operator.eq, operator.ne)
        if op is operator.add and seqs[0] is not None and seqs[1] is not None:
            both = (*seqs[0], *seqs[1])
            return Tup(both) if isinstance(left, Tup) else self.new_list(both)
        if op is operator.mul and (seqs[0] is None) != (seqs[1] is None):
            items, count = (seqs[0], right) if seqs[0] is not None else (seqs[1], left)
            if self.is_count(count):
                return self.repeat_items(items, count, isinstance(left if seqs[0] is not None else right, Tup))
        if op in MIRRORED and not compared and isinstance(left, Tup) and isinstance(right, Tup):
            values = [tuple(map(static, v.items)) for v in (left, right)]
            if all(map(is_plain, values)) and not any(map(unset_in, values)):
                return const(op(*values))
        if compared and seqs[0] is not None and seqs[1] is not None:
            return self.equal_items(op, seqs[0], seqs[1])
        if isinstance(left, Atom) and isinstance(right, Atom) and left.is_static and right.is_static and not (
                isinstance(left.arg, Const) and left.arg.name) and isinstance(left.value, (str, type,
                    types.UnionType, types.FunctionType, np.dtype)) and is_key(left.value) and is_key(right.value):
            return self.capture(op(left.value, right.value), None)
        if compared and _compare_without_code(static(left), static(right)):
            return const(op(static(left), static(right)))
        kinds = [self.fact(v).kind for v in (left, right)]
        if op in IN_PLACE and any(map(_holds_numbers, map(self.fact, (left, right)))) and not any(
                k in ("array", "scalar") for k in kinds):
            raise self.unsupported(f"`{op.__name__}` of a tuple or dict that comes out of a list of run-time length",
                                   "take its items by name: `a, b = pairs[k]`", code="S2S010")
        repeated = op is operator.mul and "list" in kinds and (self.is_count(left) or self.is_count(right))
        if not repeated and any(k in ("array", "scalar") for k in kinds) and (
                "list" in kinds or isinstance(left, Tup) or isinstance(right, Tup)):
            left, right = (self.as_array(v) for v in (left, right))
        elif "list" in kinds and not compared:
            return self.list_arithmetic(op, left, right)
        self.check_operands(op, (left, right))
        return self.emit(op, (self.reify(left), self.reify(right)), hint=hint)

    def as_known_tuple(self, value: Value) -> Value:
        """A tuple of numbers out of a list of run-time length as one whose items are known; others as they are."""
        fact = self.fact(value)
        if fact.kind != "tuple" or not fact.parts or isinstance(value, Tup) or not _holds_numbers(fact):
            return value
        return Tup(tuple(self.get(value, const(k)) for k in range(len(fact.parts))))

    def is_count(self, value: Value) -> bool:
        """Whether a value is an integer, which repeats a list: Python's or NumPy's."""
        fact = self.fact(value)
        return fact.kind == "int" or (fact.kind == "scalar" and fact.dtype is not None and fact.dtype.kind in "iu")

    def is_generated(self, owner: Value, name: str) -> bool:
        """Whether a special method of an object is one that ``dataclass`` made."""
        cls = self.heap[owner.cell].cls
        maker = next((c for c in cls.__mro__ if name in vars(c)), cls)
        return name == "__eq__" and "__dataclass_params__" in vars(maker) and maker.__dataclass_params__.eq and (
            vars(maker)[name].__code__.co_filename == "<string>")

    def list_arithmetic(self, op: Callable, left: Value, right: Value) -> Value:
        """``xs + ys`` and ``xs * n`` of lists whose length is known only at run time."""
        facts = [self.fact(v) for v in (left, right)]
        if op is operator.mul and (self.is_count(left) or self.is_count(right)):
            xs, n = (left, right) if facts[0].kind == "list" else (right, left)
            value = self.emit(runtime.repeat_list, (self.reify(xs), self.reify(n)))
            left = right = xs
        elif op is operator.add and all(f.kind == "list" for f in facts):
            value = self.emit(runtime.join_lists, (self.reify(left), self.reify(right)))
        else:
            raise self.unsupported(f"`{op.__name__}` of a list of run-time length", "convert it with np.array",
                                   code="S2S011")
        self.hold(value, left, right)
        return value

    def as_array(self, value: Value) -> Value:
        """A list or tuple of numbers, or an object that converts itself, as an array; other values as they are."""
        if isinstance(value, Ref) and isinstance(self.heap[value.cell], Fields):
            convert = self.find_special(value, "__array__")
            return value if convert is None else self.call(convert, (), ())
        if self.fact(value).kind == "list" or isinstance(value, Tup):
            return self.emit(np.array, (self.reify(value),))
        return value

    def repeat_items(self, items: tuple[Value, ...], count: Value, as_tuple: bool) -> Value:
        n = static(count)
        if n is UNSET or n * len(items) > 256:
            if as_tuple:
                raise self.unsupported("a tuple repeated a run-time number of times", "use a list", code="S2S010")
            made = self.dynamic_list(items)
            value = self.emit(runtime.repeat_list, (self.reify(made), self.reify(count)))
            self.hold(value, made, made)
            return value
        return Tup(items * n) if as_tuple else self.new_list(items * n)

    def equal_items(self, op: Callable, a: tuple[Value, ...], b: tuple[Value, ...]) -> Value:
        if len(a) != len(b):
            return FALSE if op is operator.eq else TRUE
        result: Value = TRUE
        for x, y in zip(a, b):
            same = self.binary(operator.eq, x, y)
            result = self.choose(same, lambda same=same: same, lambda: FALSE) if result is TRUE else self.choose(
                result, lambda same=same: same, lambda: FALSE)
        return result if op is operator.eq else self.unary(operator.not_, result)

    def expr_UnaryOp(self, node: Any, hint: str) -> Value:
        return self.unary(OPERATOR[type(node.op)], self.expr(node.operand), hint)

    def unary(self, op: Callable, value: Value, hint: str = "") -> Value:
        if op is operator.not_:
            truth = self.truth(value)
            if truth is not None:
                return const(not truth)
        if isinstance(value, Atom) and isinstance(value.arg, Const) and value.arg.name is None and value.is_static and (
                is_a(value.value, (int, float, complex))):
            return const(op(value.value))
        if op is operator.not_:
            return self.emit(op, (self.test_arg(value),), hint=hint)
        special = {operator.neg: "__neg__", operator.pos: "__pos__", operator.invert: "__invert__"}.get(op)
        if special is not None and isinstance(value, Ref) and isinstance(self.heap[value.cell], Fields):
            found = self.find_special(value, special)
            if found is not None:
                return self.call(found, (), (), hint)
        return self.emit(op, (self.reify(value),), hint=hint)

    def expr_Compare(self, node: Any, hint: str) -> Value:
        def rest(left: Value, k: int) -> Value:
            right = self.expr(node.comparators[k])
            result = self.compare(node.ops[k], left, right, hint)
            if k == len(node.ops) - 1:
                return result
            return self.choose(result, lambda: rest(right, k + 1), lambda: result, hint)
        return rest(self.expr(node.left), 0)

    def compare(self, op: Any, left: Value, right: Value, hint: str) -> Value:
        if isinstance(op, (gast.In, gast.NotIn)):
            found = self.contains(right, left)
            return self.unary(operator.not_, found) if isinstance(op, gast.NotIn) else found
        if isinstance(op, (gast.Is, gast.IsNot)):
            same = self.same_object(left, right)
            if same is not None:
                return const(same is isinstance(op, gast.Is))
        return self.binary(OPERATOR[type(op)], left, right, hint)

    def known_to_contain(self, container: Any, item: Any) -> Value:
        """``item in container`` of two constants."""
        written = look_in_class(type(container), "__contains__")
        if type(written) is types.FunctionType and is_of_the_user(type(container)):
            return self.call_function(written, (const(container), const(item)), (), "")
        if not is_key(item) or not (is_plain(container) or is_a(container, (dict, set, frozenset,
                                                                            types.MappingProxyType))):
            return self.emit(operator.contains, (Const(container), Const(item)))
        try:
            return const(item in container)
        except TypeError as error:
            raise self.failing(error) from None

    def contains(self, container: Value, item: Value) -> Value:
        if self.is_set(container) and not isinstance(item, Tup) and static(item) is UNSET:
            return self.emit(operator.contains, (Const(frozenset(self.members(container))), self.reify(item)))
        if isinstance(container, Ref) and is_mapping(self.heap[container.cell]) and self.is_computed(item):
            keys = Tup(tuple(self.capture(k, None) for k in self.heap[container.cell].keys))
            return self.emit(operator.contains, (self.reify(keys), self.reify(item)))
        if isinstance(container, Ref) and isinstance(self.heap[container.cell], Table):
            return const(self.static_key(item) in self.heap[container.cell].keys)
        if isinstance(container, Ref) and isinstance(self.heap[container.cell], Fields):
            return self.call_special(container, "__contains__", (item,))
        items = self.literal_items(container)
        if items is None:
            if static(container) is not UNSET and static(item) is not UNSET:
                return self.known_to_contain(static(container), static(item))
            return self.emit(operator.contains, (self.reify(container), self.reify(item)))
        result: Value = FALSE
        for x in reversed(items):
            same = self.binary(operator.eq, x, item)
            result = self.choose(same, lambda: TRUE, lambda result=result: result)
        return result
